import { describeKills } from "./kills";

describeKills(1);

import { describeKills } from "./kills";

describeKills(2);

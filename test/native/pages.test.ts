import { describePage } from "./forms";

describePage("yaml.md", () => ({}));

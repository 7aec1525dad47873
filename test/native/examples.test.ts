import { describeExamples } from "./forms";

describeExamples("yaml", () => ({}));

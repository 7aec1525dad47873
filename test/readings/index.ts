import { resolve } from "node:path";
import { parseArgs } from "node:util";
import Mocha from "mocha";
import { type Options } from "./readings.test";

/**
 * `npm run test:readings -- [--short] [--seed S] [--seeds N] [--row NAME] [--edits E]`: one life for each row and seed, and E random
 * edits after it. As tests of mocha, so that they are counted with all others.
 */
const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    seeds: { type: "string", default: "1" },
    row: { type: "string" },
    lanes: { type: "string", default: "2" },
    edits: { type: "string", default: "0" },
    spec: { type: "boolean", default: false },
  },
});
const options: Options = {
  short: values.short,
  seed: Number(values.seed),
  seeds: Number(values.seeds),
  row: values.row,
  lanes: Number(values.lanes),
  edits: Number(values.edits),
};
process.env.READINGS = JSON.stringify(options);
const mocha = new Mocha({ reporter: values.spec ? "spec" : "dot", timeout: 0 });
mocha.addFile(resolve(__dirname, "readings.test.ts"));
mocha.run((failures) => {
  process.exitCode = failures > 0 ? 1 : 0;
});

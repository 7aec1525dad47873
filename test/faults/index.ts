import { resolve } from "node:path";
import { parseArgs } from "node:util";
import Mocha from "mocha";

/**
 * `npm run test:faults -- --seeds N [--seed S] [--from K]`: N seeds of the series S, from the K-th on. One that fails says how it
 * is run again. As tests of mocha, so that they are counted with all others.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "800" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    progress: { type: "boolean", default: false },
  },
});
process.env.FAULTS = JSON.stringify({
  seeds: Number(values.seeds),
  seed: values.seed,
  from: Number(values.from),
  progress: values.progress,
});
const mocha = new Mocha({ reporter: "dot", timeout: 0 });
mocha.addFile(resolve(__dirname, "faults.test.ts"));
mocha.run((failures) => {
  process.exitCode = failures > 0 ? 1 : 0;
});

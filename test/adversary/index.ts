import { parseArgs } from "node:util";
import { resolve } from "node:path";
import { Campaign } from "./campaign";

/** `npm run test:adversary -- [--seeds N] [--first K] [--engine] [--theme NAME] [--provider PATH] [--words plain]`: see README.md. */
const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    only: { type: "string" },
    first: { type: "string", default: "1" },
    engine: { type: "boolean", default: false },
    theme: { type: "string" },
    provider: { type: "string", default: process.env.ADVERSARY_PROVIDER ?? resolve(__dirname, "../..") },
    words: { type: "string", default: "kinds" },
    workers: { type: "string" },
    all: { type: "boolean", default: false },
    stories: { type: "boolean", default: false },
    stop: { type: "boolean", default: false },
    progress: { type: "boolean", default: false },
  },
});
void new Campaign({
  seeds: values.seeds === undefined ? undefined : Number(values.seeds),
  only: values.only?.split(",").map(Number),
  first: Number(values.first),
  engine: values.engine,
  theme: values.theme,
  checkout: resolve(values.provider),
  dialect: values.words === "plain" ? "plain" : "kinds",
  workers: values.workers === undefined ? undefined : Number(values.workers),
  all: values.all,
  stories: values.stories,
  stop: values.stop,
  progress: values.progress,
})
  .run()
  .then((failed) => {
    process.exitCode = failed > 0 ? 1 : 0;
  });

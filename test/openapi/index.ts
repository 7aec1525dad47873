import { run } from "./command";
import { listen } from "./traffic";

/** `npm run test:openapi -- FILE [--seed S]`: the traffic of whole lives against a vendor's OpenAPI document. */
run(process.argv.slice(2), {
  print: (text) => console.log(text),
  complain: (text) => console.error(text),
  listen: (seed) => listen(seed),
}).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 70;
  },
);

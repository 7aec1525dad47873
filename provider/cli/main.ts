#!/usr/bin/env node
import { run } from "./program";

// Not process.exit: what is still on its way through a pipe would be cut off.
void run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  environment: process.env,
}).then((code) => {
  process.exitCode = code;
});

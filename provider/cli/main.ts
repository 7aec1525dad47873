#!/usr/bin/env node
import { run } from "./program";

// `pulumi-nylas review | head` closes the pipe early: whoever reads has enough, and that is no error.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

// Not process.exit: what is still on its way through a pipe would be cut off.
void run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  environment: process.env,
}).then((code) => {
  process.exitCode = code;
});

import * as path from "node:path";
import type { Stack } from "../test/engine/harness";

/**
 * The SDK of the plugin that does nothing, as a file beside a program that imports it by `./floor`. For every name it
 * has a resource class that registers its arguments and does no more.
 */
export function floorSdk(...classes: string[]): Record<string, string> {
  const text = classes.map(
    (name) => `exports.${name} = class ${name} extends pulumi.CustomResource {
  constructor(name, args, options) {
    super("floor:index:${name}", name, { ...args }, options);
  }
};
`,
  );
  return { "floor.js": `const pulumi = require("@pulumi/pulumi");\n${text.join("")}` };
}

/** Lets the engine find the plugin. */
export function withFloor(stack: Stack): Stack {
  const folder = path.join(__dirname, "plugins", "floor");
  stack.env["PATH"] = [folder, stack.env["PATH"]].join(path.delimiter);
  return stack;
}

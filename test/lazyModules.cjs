"use strict";
/**
 * Loaded before anything else into the processes that the tests start for Pulumi. @pulumi/pulumi asks for the TypeScript
 * compiler, npm's dependency resolver and more when it starts. That is most of what its start costs, and it hardly ever
 * uses them. Here they are loaded at their first use: the same modules, later.
 */
const Module = require("node:module");

const LATER = new Set([
  "typescript",
  "@npmcli/arborist",
  // What only the Automation API and the serializer of closures use.
  "./automation",
  "js-yaml",
  "normalize-package-data",
  "picomatch",
]);

const load = Module._load;
Module._load = function (request, ...rest) {
  if (!LATER.has(request)) return load.call(this, request, ...rest);
  const loaded = () => load.call(this, request, ...rest);
  // Bound, because such a function has no property that a proxy of it would have to show.
  return new Proxy(function () {}.bind(), {
    apply: (_target, self, args) => Reflect.apply(loaded(), self, args),
    construct: (_target, args) => Reflect.construct(loaded(), args),
    // From an ES module, `import * as it` copies nothing.
    get: (_target, name) => name === "__esModule" || loaded()[name],
    has: (_target, name) => name in loaded(),
    ownKeys: () => Reflect.ownKeys(loaded()),
    getOwnPropertyDescriptor: (_target, name) => {
      const property = Reflect.getOwnPropertyDescriptor(loaded(), name);
      return property && { ...property, configurable: true };
    },
  });
};

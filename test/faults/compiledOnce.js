"use strict";
/**
 * Loaded before anything else into the plugin process of a lane, in which every operation begins with modules of the package that are
 * loaded anew (and so remember nothing): what is loaded anew is not read and compiled anew.
 */
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const vm = require("node:vm");

const OURS = /[\\/]provider[\\/]dist[\\/]/;
const PARAMETERS = ["exports", "require", "module", "__filename", "__dirname"];
const compiled = new Map();

const load = Module._extensions[".js"];
Module._extensions[".js"] = function (module, file) {
  if (!OURS.test(file)) return load(module, file);
  let run = compiled.get(file);
  if (run === undefined) {
    run = vm.compileFunction(fs.readFileSync(file, "utf8"), PARAMETERS, { filename: file });
    compiled.set(file, run);
  }
  const require = (name) => module.require(name);
  require.resolve = (name) => Module._resolveFilename(name, module);
  run.call(module.exports, module.exports, require, module, file, path.dirname(file));
};

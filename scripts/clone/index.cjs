// What the engine runs where a program takes the plugin from a clone of this repository. A clone holds no bundle: the
// first start makes one, and so does the first one after a change.
const { execFileSync } = require("node:child_process");
const { existsSync, readdirSync, statSync } = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "../..");
const provider = path.join(root, "provider");
const bundle = path.join(provider, "plugin/pulumi-resource-nylas");

/** The time of the last change of any file in a folder; nothing in it that is itself built counts. */
function lastChange(folder) {
  let last = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    const isBuilt = folder === provider && ["dist", "plugin", "node_modules"].includes(entry.name);
    if (!isBuilt) last = Math.max(last, entry.isDirectory() ? lastChange(file) : statSync(file).mtimeMs);
  }
  return last;
}

function npm(...args) {
  // The engine reads the port from standard output, and nothing else may stand there.
  execFileSync("npm", args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
}

if (!existsSync(bundle) || statSync(bundle).mtimeMs < lastChange(provider)) {
  if (!existsSync(path.join(root, "node_modules"))) npm("ci");
  npm("run", "plugin");
}

require(bundle);

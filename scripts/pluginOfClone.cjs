// What the engine runs where a program takes the plugin from a clone of this repository: see PulumiPlugin.yaml. A clone
// holds no bundle, so the first start builds one, and so does the first one after a change.
const { execFileSync } = require("node:child_process");
const { readdirSync, statSync } = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const bundle = path.join(root, "provider/plugin/pulumi-resource-nylas");

function changedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestSource(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) =>
        !["dist", "plugin", "node_modules"].includes(entry.name) || folder !== path.join(root, "provider"),
    )
    .map((entry) => path.join(folder, entry.name))
    .reduce(
      (newest, file) => Math.max(newest, statSync(file).isDirectory() ? newestSource(file) : changedAt(file)),
      0,
    );
}

if (changedAt(bundle) < newestSource(path.join(root, "provider"))) {
  // The engine reads the port from standard output, and nothing else may stand there.
  execFileSync("npm", ["run", "plugin"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
}

require(bundle);

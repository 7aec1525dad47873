/** `npm run plugin`: makes the executable of the native plugin, `provider/plugin/pulumi-resource-nylas`, out of what was built. */
import * as fs from "node:fs";
import * as path from "node:path";
import { build, type Plugin } from "esbuild";

const provider = path.join(__dirname, "../provider");
export const pluginFolder = path.join(provider, "plugin");

const LAUNCHER = "pulumi-resource-nylas";

/** Requests leave little behind: with Node's own 16 MB for what is new, and an arena for each thread, a process holds a third more. */
const SMALL = "--max-semi-space-size=2";

/** A shell reads the first two lines, and becomes Node: `exec` makes no second process. For Node they are a text and a comment. */
const BEGIN = `#!/bin/sh\n":" //; MALLOC_ARENA_MAX="\${MALLOC_ARENA_MAX:-2}" exec node ${SMALL} "$0" "$@"`;

/** For Windows, whose shell finds no `#!`. */
const LAUNCHER_OF_WINDOWS = `@echo off\r\nnode ${SMALL} "%~dp0${LAUNCHER}" %*\r\n`;

/**
 * Parts of the SDK that make programs and dynamic providers. A plugin makes components alone. They would be five times as much as all the
 * rest. Whatever calls one finds nothing there.
 */
const OF_PROGRAMS = [
  /^typescript$/,
  /^@npmcli\/arborist$/,
  /^normalize-package-data$/,
  /^fdir$/,
  /^js-yaml$/,
  /^source-map-support$/,
  // Messages of the validator in fifty languages; the English ones are imported by themselves.
  /^\.\.\/locales\/index\.(js|cjs)$/,
];

const withoutPrograms: Plugin = {
  name: "without-programs",
  setup({ onResolve, onLoad }) {
    const empty = { path: "empty", namespace: "empty" };
    for (const filter of OF_PROGRAMS) onResolve({ filter }, () => empty);
    onResolve({ filter: /^\.\.?\/(automation|dynamic|typescript-shim)$/ }, ({ importer }) =>
      /@pulumi[\\/]pulumi[\\/]/.test(importer) ? empty : undefined,
    );
    onLoad({ filter: /^empty$/, namespace: "empty" }, () => ({ contents: "" }));
  },
};

/** Writes the files of the plugin. A second call at the same time does no harm: each file is put in place as a whole. */
export async function buildPlugin(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [path.join(provider, "dist/plugin.js")],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    minify: true,
    keepNames: true,
    legalComments: "none",
    banner: { js: BEGIN },
    logLevel: "warning",
    plugins: [withoutPrograms],
  });
  fs.mkdirSync(pluginFolder, { recursive: true });
  put(LAUNCHER, outputFiles[0]!.contents);
  put(`${LAUNCHER}.cmd`, LAUNCHER_OF_WINDOWS);
}

function put(name: string, contents: string | Uint8Array): void {
  const draft = path.join(pluginFolder, `.${name}.${process.pid}`);
  fs.writeFileSync(draft, contents, { mode: 0o755 });
  fs.renameSync(draft, path.join(pluginFolder, name));
}

async function main(): Promise<void> {
  await buildPlugin();
  const { size } = fs.statSync(path.join(pluginFolder, LAUNCHER));
  console.log(`provider/plugin/${LAUNCHER}: ${(size / 1024 / 1024).toFixed(2)} MB`);
}

if (require.main === module) void main();

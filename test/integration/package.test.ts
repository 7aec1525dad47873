import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { isBuiltin } from "node:module";
import * as os from "node:os";
import * as path from "node:path";
import * as semver from "semver";
import * as ts from "typescript";

const root = path.join(__dirname, "..", "..");
const manifest = JSON.parse(fs.readFileSync(path.join(root, "provider", "package.json"), "utf8")) as {
  exports: Record<string, string | { types: string; default: string }>;
  scripts?: Record<string, string>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
};

describe("the package", function () {
  this.timeout(60_000);

  const entries = Object.entries(manifest.exports).filter(([, target]) => typeof target !== "string");

  it("resolves each of its entries at run time", () => {
    for (const [entry, target] of entries) {
      const name = path.posix.join("pulumi-nylas", entry);
      const file = require.resolve(name, { paths: [root] });
      assert.equal(
        fs.realpathSync(file),
        path.join(root, "provider", (target as { default: string }).default),
        name,
      );
    }
  });

  for (const [name, options] of Object.entries({
    node10: { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 },
    node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
    bundler: { module: ts.ModuleKind.ES2022, moduleResolution: ts.ModuleResolutionKind.Bundler },
  })) {
    it(`gives the types of each entry under moduleResolution ${name}, which Pulumi's templates differ in`, () => {
      const host = ts.createCompilerHost(options);
      for (const [entry, target] of entries) {
        const module = path.posix.join("pulumi-nylas", entry);
        const found = ts.resolveModuleName(
          module,
          path.join(root, "program.ts"),
          options,
          host,
        ).resolvedModule;
        assert.equal(
          found && fs.realpathSync(found.resolvedFileName),
          path.join(root, "provider", (target as { types: string }).types),
          module,
        );
      }
    });
  }

  it("holds the compiled code, the schema of tenants.yaml, the examples, the README and the licence, and nothing else", () => {
    const { stdout } = spawnSync("npm", ["pack", "--dry-run", "--json", "--workspace", "provider"], {
      cwd: root,
      encoding: "utf8",
    });
    const [packed] = JSON.parse(stdout.slice(stdout.indexOf("["))) as { files: { path: string }[] }[];
    const files = packed!.files.map((file) => file.path);
    for (const file of [
      "README.md",
      "LICENSE",
      "CHANGELOG.md",
      "dist/index.js",
      "examples/quickstart/index.ts",
      "plugin/pulumi-resource-nylas",
    ]) {
      assert.ok(files.includes(file), `${file} is not in the package`);
    }
    // The bundle has all of that, and what it is made of needs packages that no program has to install.
    assert.deepEqual(
      files.filter((file) => /^dist\/(plugin|hosts\/plugin)/.test(file)),
      [],
    );
    const top = new Set(files.map((file) => file.split("/")[0]));
    assert.deepEqual([...top].sort(), [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "bin",
      "dist",
      "examples",
      "package.json",
      "plugin",
      "tenants.schema.json",
    ]);
  });

  it("loads no package but those it names: what only happens to be installed beside them, pnpm does not show it", () => {
    const dist = path.join(root, "provider", "dist");
    // A package finds itself by its name.
    const named = [
      "pulumi-nylas",
      ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
    ];
    const loaded = fs
      .readdirSync(dist, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".js") && !/^(plugin|hosts[\\/]plugin)/.test(file))
      .flatMap((file) => [
        ...fs.readFileSync(path.join(dist, file), "utf8").matchAll(/\brequire\("([^."][^"]*)"\)/g),
      ])
      .map(([, module]) => /^(@[^/]+\/)?[^/]+/.exec(module!)![0])
      .filter((module) => !isBuiltin(module));
    assert.ok(loaded.includes("@pulumi/pulumi"));
    assert.deepEqual(
      [...new Set(loaded)].filter((module) => !named.includes(module)),
      [],
    );
  });

  it("finding 22: nothing that npm ci installs wants a Node that the package does not", () => {
    const { packages } = JSON.parse(fs.readFileSync(path.join(root, "package-lock.json"), "utf8")) as {
      packages: Record<string, { engines?: { node?: string } }>;
    };
    const lowest = packages["provider"]!.engines!.node!.split("||").map(
      (range) => semver.minVersion(range)!.version,
    );
    assert.ok(lowest.length > 1, lowest.join());
    const tooNew = Object.entries(packages).flatMap(([name, { engines }]) =>
      lowest
        .filter((version) => engines?.node !== undefined && !semver.satisfies(version, engines.node))
        .map((version) => `${name} wants ${engines!.node}, not ${version}`),
    );
    assert.deepEqual(tooNew, []);
  });

  it("runs nothing when it is installed", () => {
    for (const script of ["preinstall", "install", "postinstall", "prepare"]) {
      assert.equal(manifest.scripts?.[script], undefined, script);
    }
  });

  it("says what to install where Pulumi's plugin could not find it, instead of failing late in the plugin", () => {
    const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), "elsewhere-"));
    try {
      const program = `
        const pulumi = require(${JSON.stringify(require.resolve("@pulumi/pulumi"))});
        pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) }).then(() => {
          const nylas = require(${JSON.stringify(require.resolve("pulumi-nylas"))});
          new nylas.NylasPolicy("outreach");
        }).catch((error) => console.log(error.message));`;
      const { stdout } = spawnSync(process.execPath, ["-e", program], { cwd: elsewhere, encoding: "utf8" });
      assert.match(
        stdout,
        /pulumi-nylas cannot be found from .*elsewhere-.*Add pulumi-nylas \d+\.\d+\.\d+ to the package\.json beside your program/s,
      );
    } finally {
      fs.rmSync(elsewhere, { recursive: true });
    }
  });

  it("loads neither an HTTP client nor a schema library nor a vendor's SDK into a program", () => {
    const program = `
      require("@pulumi/pulumi");
      const before = new Set(Object.keys(require.cache));
      require("pulumi-nylas");
      console.log(JSON.stringify(Object.keys(require.cache).filter((file) => !before.has(file))));`;
    const { stdout } = spawnSync(process.execPath, ["-e", program], { cwd: root, encoding: "utf8" });
    const loaded = (JSON.parse(stdout) as string[]).map((file) => path.relative(root, file));
    assert.deepEqual(
      loaded.filter((file) => !file.startsWith(path.join("provider", "dist"))),
      [],
    );
  });
});

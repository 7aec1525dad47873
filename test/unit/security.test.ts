import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { gunzipSync } from "node:zlib";
import { withGeneratedParts } from "../../scripts/docs";
import { KEYS } from "../canaries";

const root = path.join(__dirname, "..", "..");
const read = (...names: string[]): string => fs.readFileSync(path.join(root, ...names), "utf8");

interface Manifest {
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  bundleDependencies?: unknown;
  bundledDependencies?: unknown;
  gypfile?: unknown;
}

interface Locked {
  resolved?: string;
  integrity?: string;
  link?: boolean;
  hasInstallScript?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const lock = (JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> }).packages;
const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"];

describe("what SECURITY.md says of the package", function () {
  this.timeout(60_000);
  const security = read("SECURITY.md");
  let packed: Map<string, Buffer>;

  before(() => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "packed-"));
    try {
      // Without the scripts that copy README and examples: other tests may pack at the same time.
      const options = [
        "--ignore-scripts",
        "--silent",
        "--pack-destination",
        folder,
        "--workspace",
        "provider",
      ];
      execFileSync("npm", ["pack", ...options], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
      const [file] = fs.readdirSync(folder);
      packed = untar(gunzipSync(fs.readFileSync(path.join(folder, file!))));
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("nothing in the packed file runs when it is installed", () => {
    const manifest = JSON.parse(packed.get("package/package.json")!.toString("utf8")) as Manifest;
    for (const script of INSTALL_SCRIPTS) assert.equal(manifest.scripts?.[script], undefined, script);
    assert.equal(manifest.bundleDependencies ?? manifest.bundledDependencies ?? manifest.gypfile, undefined);
    assert.ok(packed.has("package/dist/index.js"));
    // npm builds whatever has such a file, without being told to.
    for (const name of packed.keys())
      assert.doesNotMatch(name, /binding\.gyp$|\.node$|npm-shrinkwrap|\/node_modules\//);
  });

  it("no key, no state and no setting of a developer is in it", () => {
    for (const [name, content] of packed) {
      assert.doesNotMatch(name, /(^|\/)(\.env|\.npmrc|\.pulumi|Pulumi\.\w+\.yaml|.*\.pem|.*\.key)$/);
      assert.doesNotMatch(content.toString("utf8"), KEYS, name);
    }
  });

  it("what it needs at run time is what is listed, and none of it runs anything when it is installed", () => {
    const manifest = JSON.parse(read("provider", "package.json")) as Manifest;
    assert.equal(manifest.optionalDependencies, undefined);
    const listed = /needs at run time: (.*), and what these need/.exec(security)?.[1];
    assert.equal(
      listed,
      Object.keys(manifest.dependencies ?? {})
        .sort()
        .map((name) => `\`${name}\``)
        .join(", "),
    );
    for (const [at, entry] of needed(Object.keys(manifest.dependencies ?? {}))) {
      assert.notEqual(entry.hasInstallScript, true, at);
      const { scripts } = JSON.parse(read(at, "package.json")) as Manifest;
      for (const script of INSTALL_SCRIPTS.filter((each) => !each.includes("prepare"))) {
        assert.equal(scripts?.[script], undefined, `${at} ${script}`);
      }
    }
  });

  it("the lock file pins all by hash, and takes nothing from elsewhere than the registry", () => {
    const entries = Object.entries(lock).filter(([at, { link }]) => at.includes("node_modules/") && !link);
    assert.ok(entries.length > 100);
    for (const [at, { resolved, integrity }] of entries) {
      // Where it is left out, the registry that npm is set to; what lies elsewhere would be named.
      if (resolved !== undefined) assert.match(resolved, /^https:\/\/registry\.npmjs\.org\//, at);
      assert.match(integrity ?? "", /^sha512-/, at);
    }
  });

  it("each test that it names is there, and the table of permissions is the generated one", () => {
    const named = [...security.matchAll(/`((?:test|provider)\/[\w./]+\.ts)`/g)].map(([, file]) => file!);
    assert.ok(new Set(named).size > 8);
    for (const file of named) assert.ok(fs.existsSync(path.join(root, file)), `${file} is not there`);
    assert.match(security, /\| `AgentAccount` \| `nylas:apiKey` \|/);
    assert.equal(withGeneratedParts(security), security, "SECURITY.md is out of date: npm run docs");
  });
});

/** The entries of the lock file that these packages come to, with all they need. */
function needed(names: string[]): Map<string, Locked> {
  const found = new Map<string, Locked>();
  const visit = (name: string, from: string): void => {
    const at = [...placesAbove(from)]
      .map((place) => `${place}node_modules/${name}`)
      .find((place) => lock[place]);
    assert.ok(at, `${name}, needed by ${from}, is not in the lock file`);
    if (found.has(at)) return;
    const entry = lock[at]!;
    found.set(at, entry);
    for (const next of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) visit(next, at);
  };
  for (const name of names) visit(name, "provider");
  return found;
}

/** Where a package is looked for: its own folder, and those above it. */
function* placesAbove(from: string): Generator<string> {
  for (
    let place = from;
    place !== "";
    place = place.replace(/(^|\/)(node_modules\/)?(@[^/]+\/)?[^/]+$/, "")
  ) {
    yield `${place}/`;
  }
  yield "";
}

/** The files of a tar archive. */
function untar(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; at < archive.length && archive[at] !== 0;) {
    const text = (from: number, length: number): string =>
      archive.toString("utf8", at + from, at + from + length).replace(/\0.*$/s, "");
    const size = parseInt(text(124, 12), 8);
    const name = [text(345, 155), text(0, 100)].filter((part) => part !== "").join("/");
    if (["0", ""].includes(text(156, 1))) files.set(name, archive.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

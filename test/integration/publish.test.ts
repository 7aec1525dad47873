import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const script = path.resolve(__dirname, "../../.ci/publish");
const MODULE = "github.com/pulumi-nylas/pulumi-nylas/sdk/go";
const hasGo = spawnSync("go", ["version"]).status === 0;

describe("npm run publish:*", function () {
  this.timeout(60_000);
  let folder: string;
  let home: string;
  const git = (...args: string[]) => execFileSync("git", args, { cwd: home, encoding: "utf8" }).trim();

  /** A repository with its remote, and what the jobs before have left in it. */
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "publish-"));
    home = path.join(folder, "home");
    for (const each of ["home/.ci", "home/archives", "home/sdk/go/nylas", "bin", "npm"])
      fs.mkdirSync(path.join(folder, each), { recursive: true });
    fs.copyFileSync(script, path.join(home, ".ci/publish"));
    write("home/.gitignore", "/sdk/\n/archives/\n");
    execFileSync("git", ["init", "-q", "--bare", path.join(folder, "origin.git")]);
    git("init", "-q", "-b", "main");
    git("remote", "add", "origin", path.join(folder, "origin.git"));
    git("add", ".");
    git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "x");
    git("push", "-q", "origin", "main");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const write = (file: string, text: string, mode?: number) =>
    fs.writeFileSync(path.join(folder, file), text, mode === undefined ? {} : { mode });

  function publish(...args: string[]) {
    const { PATH = "", HOME } = process.env;
    return spawnSync("bash", [path.join(home, ".ci/publish"), ...args], {
      encoding: "utf8",
      env: { PATH: `${folder}/bin${path.delimiter}${PATH}`, HOME, FOLDER: folder },
    });
  }

  describe("go", () => {
    beforeEach(() => {
      write("home/sdk/go/go.mod", `module ${MODULE}\n\ngo 1.21\n`);
      write("home/sdk/go/nylas/doc.go", "package nylas\n");
    });
    const tagged = () => git("ls-remote", "--tags", "origin").split(/\s+/);

    it("puts the SDK under the module's tag, beside the release's commit and in no branch", () => {
      const { status, stderr } = publish("go", "v1.2.3");
      assert.equal(status, 0, stderr);
      const [commit, ref] = tagged();
      assert.equal(ref, "refs/tags/sdk/go/v1.2.3");
      assert.equal(git("log", "-1", "--format=%P", commit!), git("rev-parse", "main"));
      const files = git("ls-tree", "-r", "--name-only", commit!).split("\n");
      assert.deepEqual(files, [".ci/publish", ".gitignore", "sdk/go/go.mod", "sdk/go/nylas/doc.go"]);
      assert.match(
        git("ls-remote", "--heads", "origin"),
        new RegExp(`^${git("rev-parse", "main")}\\s\\S+main$`),
      );
      assert.equal(git("status", "--porcelain"), "");
    });

    it("gives Go a module that it finds by its path and version", function () {
      if (!hasGo) this.skip();
      assert.equal(publish("go", "v1.2.3").status, 0);
      write(
        "gitconfig",
        `[url "file://${folder}/origin.git"]\n  insteadOf = https://github.com/pulumi-nylas/pulumi-nylas\n`,
      );
      const cache = path.join(folder, "cache");
      const env = {
        ...process.env,
        GIT_CONFIG_GLOBAL: path.join(folder, "gitconfig"),
        GOPROXY: "direct",
        GOPRIVATE: "*",
        GOMODCACHE: cache,
        GOFLAGS: "-modcacherw",
      };
      const answer = execFileSync("go", ["mod", "download", "-json", `${MODULE}@v1.2.3`], {
        cwd: folder,
        env,
        encoding: "utf8",
      });
      const { Dir } = JSON.parse(answer) as { Dir: string };
      assert.deepEqual(fs.readdirSync(Dir).sort(), ["go.mod", "nylas"]);
    });

    it("passes over a version that is there, because Go has its checksum for good", () => {
      publish("go", "v1.2.3");
      const before = tagged();
      write("home/sdk/go/nylas/doc.go", "package nylas // later\n");
      const { status, stdout } = publish("go", "v1.2.3");
      assert.equal(status, 0);
      assert.match(stdout, /sdk\/go\/v1\.2\.3 is published already/);
      assert.deepEqual(tagged(), before);
    });

    it("refuses a module of another path", () => {
      write("home/sdk/go/go.mod", "module example.com/other\n");
      assert.notEqual(publish("go", "v1.2.3").status, 0);
      assert.deepEqual(tagged(), [""]);
    });
  });

  describe("npm", () => {
    /** npm, as far as the script uses it: a folder is the registry. */
    beforeEach(() => {
      write(
        "bin/npm",
        `#!/bin/bash
        case "$1" in
        view) [ -e "$FOLDER/npm/$2" ] && echo "$2" || { echo E404 >&2; exit 1; } ;;
        publish)
            [ "$(basename "$2")" = "$(cat "$FOLDER/refused" 2>/dev/null)" ] && exit 1
            echo "\${*:3}" >"$FOLDER/npm/$(basename "$2" .tgz | sed 's/-\\([0-9]\\)/@\\1/')" ;;
        *) exit 9 ;;
        esac\n`,
        0o755,
      );
      for (const name of ["nylas-simulator", "pulumi-nylas"]) {
        fs.mkdirSync(path.join(folder, "package"), { recursive: true });
        write("package/package.json", JSON.stringify({ name, version: "1.2.3" }));
        execFileSync("tar", ["-czf", path.join(home, `archives/${name}-1.2.3.tgz`), "-C", folder, "package"]);
      }
    });
    const registry = () => fs.readdirSync(path.join(folder, "npm")).sort();

    it("publishes both packages, signed, and for everybody", () => {
      const { status, stderr } = publish("npm");
      assert.equal(status, 0, stderr);
      assert.deepEqual(registry(), ["nylas-simulator@1.2.3", "pulumi-nylas@1.2.3"]);
      for (const id of registry())
        assert.equal(fs.readFileSync(path.join(folder, "npm", id), "utf8"), "--provenance --access public\n");
    });

    it("goes on after a run that stopped between the two", () => {
      write("refused", "pulumi-nylas-1.2.3.tgz");
      assert.notEqual(publish("npm").status, 0);
      assert.deepEqual(registry(), ["nylas-simulator@1.2.3"]);
      fs.rmSync(path.join(folder, "refused"));
      const { status, stdout } = publish("npm");
      assert.equal(status, 0);
      assert.match(stdout, /nylas-simulator@1\.2\.3 is published already/);
      assert.deepEqual(registry(), ["nylas-simulator@1.2.3", "pulumi-nylas@1.2.3"]);
    });
  });

  it("github: makes a release of all files with their checksums, and completes one that is there", () => {
    write(
      "bin/gh",
      `#!/bin/bash
      [ "$2" = view ] && { [ -e "$FOLDER/release" ]; exit; }
      echo "$*" >>"$FOLDER/release"\n`,
      0o755,
    );
    const names = [
      "p-1.2.3.tgz",
      "pulumi-resource-nylas-v1.2.3-linux-amd64.tar.gz",
      "p-1.2.3-py3-none-any.whl",
    ];
    for (const name of names) write(`home/archives/${name}`, name);
    write("home/archives/notes.md", "### Added");
    for (const end of ["create", "upload"]) {
      const { status, stderr } = publish("github", "v1.2.3");
      assert.equal(status, 0, stderr);
      const line = fs.readFileSync(path.join(folder, "release"), "utf8").trim().split("\n").at(-1)!;
      assert.ok(line.startsWith(`release ${end} v1.2.3 `), line);
      for (const name of [...names, "SHA256SUMS"]) assert.ok(line.includes(`archives/${name}`), name);
    }
    const sums = fs.readFileSync(path.join(home, "archives/SHA256SUMS"), "utf8").trim().split("\n");
    const expected = names.map((name) => `${createHash("sha256").update(name).digest("hex")}  ${name}`);
    assert.deepEqual(sums.sort(), expected.sort());
  });

  it("refuses another word", () => assert.equal(publish("pypi").status, 2));
});

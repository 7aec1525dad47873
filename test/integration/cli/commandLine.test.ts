import { strict as assert } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Readable } from "node:stream";
import { type Simulator, startSimulator } from "nylas-simulator";
import { run } from "../../../provider/cli/program";
import { fixture } from "../../unit/cli/previews";
import { standInPulumi } from "./standInPulumi";

const manifest = JSON.parse(fs.readFileSync(require.resolve("pulumi-nylas/package.json"), "utf8")) as {
  version: string;
  bin: Record<string, string>;
};
const MAIN = path.join(
  path.dirname(require.resolve("pulumi-nylas/package.json")),
  manifest.bin["pulumi-nylas"]!,
);
const EDITS = path.join(__dirname, "../../unit/cli/fixtures/edits.json");

describe("the command line", function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-nylas-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  /** In this process, with what it wrote. */
  const called = async (args: string[], input?: string, environment: NodeJS.ProcessEnv = {}) => {
    const out: string[] = [];
    const err: string[] = [];
    const stdin = Object.assign(Readable.from(input === undefined ? [] : [input]), {
      isTTY: input === undefined,
    });
    const code = await run(args, {
      stdin,
      stdout: (text) => out.push(text),
      stderr: (text) => err.push(text),
      environment,
    });
    return { code, stdout: out.join(""), stderr: err.join("") };
  };

  it("is installed as pulumi-nylas, and says its version and what it can do", () => {
    assert.match(fs.readFileSync(MAIN, "utf8"), /^#!\/usr\/bin\/env node\n/);
    const said = (...args: string[]) => spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });
    assert.equal(said("--version").stdout, `${manifest.version}\n`);
    const help = said("--help");
    assert.deepEqual([help.status, help.stderr], [0, ""]);
    assert.match(help.stdout, /review \[options\] \[file\]/);
    assert.match(help.stdout, /Examples:\n {2}\$ npx pulumi-nylas review --stack prod\n/);
  });

  it("answers --help without loading what a command needs", () => {
    const script = `
      require(${JSON.stringify(MAIN)});
      process.on("exit", () => console.error(JSON.stringify(Object.keys(require.cache))));`;
    const { stderr } = spawnSync(process.execPath, ["-e", script, "--", "--help"], { encoding: "utf8" });
    const root = path.dirname(require.resolve("pulumi-nylas/package.json"));
    const loaded = (JSON.parse(stderr) as string[]).map((file) => path.relative(fs.realpathSync(root), file));
    assert.deepEqual(loaded.filter((file) => !file.includes("commander")).sort(), [
      "bin/pulumi-nylas.js",
      "dist/cli/import/kinds.js",
      "dist/cli/import/languages/language.js",
      "dist/cli/import/options.js",
      "dist/cli/io.js",
      "dist/cli/main.js",
      "dist/cli/probe/options.js",
      "dist/cli/program.js",
      "dist/review/gates.js",
      "package.json",
    ]);
  });

  it("answers --help at most 150 ms later than node itself does nothing", () => {
    const time = (script: string, ...args: string[]) => {
      const timed = `process.on("exit", () => require("fs").writeSync(2, String(performance.now()))); ${script}`;
      return Number(spawnSync(process.execPath, ["-e", timed, "--", ...args], { encoding: "utf8" }).stderr);
    };
    // The quickest of some, in turn, so that what else the machine does counts on neither side.
    const times = Array.from({ length: 7 }, () => ({
      nothing: time(""),
      help: time(`require(${JSON.stringify(MAIN)})`, "--help"),
    }));
    const nothing = Math.min(...times.map((each) => each.nothing));
    const help = Math.min(...times.map((each) => each.help));
    assert.ok(help - nothing < 150, `${help.toFixed(0)} ms against ${nothing.toFixed(0)} ms`);
  });

  it("names each kind that a gate can be set on, with its exit code, in review --help", async () => {
    const { code, stdout } = await called(["review", "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /10 {2}mail-loss +mail can be lost/);
    assert.match(stdout, /19 {2}change +anything changes at all/);
    const codes = [...stdout.matchAll(/^ {2}(\d\d) {2}[a-z-]+ /gm)].map(([, exit]) => exit);
    assert.equal(new Set(codes).size, codes.length);
  });

  it("reads a file or standard input, and writes to standard output or a file", async () => {
    const fromFile = await called(["review", EDITS]);
    assert.equal(fromFile.code, 0);
    assert.equal(fromFile.stderr, "");
    assert.match(
      fromFile.stdout,
      /^<!-- pulumi-nylas review [0-9a-f]{12} -->\n### What this change does to mail in `staging`\n/,
    );
    const fromInput = await called(["review"], fixture("edits.json"));
    assert.equal(fromInput.stdout, fromFile.stdout);
    const target = path.join(folder, "review.md");
    const toFile = await called(["review", "-", "--out", target], fixture("edits.json"));
    assert.deepEqual([toFile.code, toFile.stdout], [0, ""]);
    assert.equal(fs.readFileSync(target, "utf8"), fromFile.stdout);
  });

  it("ends with the code of the gravest thing that a gate was set on, and writes the review all the same", async () => {
    const gated = async (kinds: string, name = "edits.json") => {
      const { code, stdout, stderr } = await called(["review", "--fail-on", kinds], fixture(name));
      assert.match(stdout, /### What this change does/);
      return [code, stderr.split("\n").filter((line) => line !== "").length];
    };
    assert.deepEqual(await gated("mail-loss"), [10, 1]);
    assert.deepEqual(await gated("rename,delete,hand-over"), [11, 3]);
    assert.deepEqual(await gated("dns"), [17, 1]);
    assert.deepEqual(await gated("replace,unguard"), [0, 0]);
    assert.deepEqual(await gated("incomplete"), [18, 1]);
    assert.deepEqual(await gated("incomplete,change", "refused.json"), [18, 1]);
    assert.deepEqual(await gated("change", "refresh.json"), [0, 0]);
  });

  it("holds to the gates of every --fail-on", async () => {
    const code = async (...args: string[]) => (await called(["review", ...args], fixture("edits.json"))).code;
    const gravest = await code("--fail-on", "mail-loss,change");
    assert.equal(gravest, 10);
    assert.equal(await code("--fail-on", "mail-loss", "--fail-on", "change"), gravest);
    assert.equal(await code("--fail-on=change", "--fail-on=mail-loss", "--fail-on=rename"), gravest);
    assert.equal(await code("--fail-on", "toString"), 2);
  });

  it("redacts with the key of the environment: another key, other pseudonyms", async () => {
    const redacted = async (key: string) =>
      (await called(["review", "--redact"], fixture("edits.json"), { NYLAS_REDACT_KEY: key })).stdout;
    const [one, again, other] = [await redacted("one"), await redacted("one"), await redacted("other")];
    assert.equal(one, again);
    assert.notEqual(one, other);
    assert.doesNotMatch(one, /scheduling|customer-a|staging|example\.com|outreach/);
    assert.match(one, /The mailbox `account-[0-9a-v]{8}@domain-[0-9a-v]{8}` is deleted/);
  });

  it("says what is wrong in a sentence on standard error, with 2 for a command line that makes no sense", async () => {
    const wrong = async (code: number, args: string[], said: RegExp, input = "") => {
      const result = await called(args, input);
      assert.deepEqual([result.code, result.stdout], [code, ""]);
      assert.match(result.stderr, said);
      assert.doesNotMatch(result.stderr, /\n {4}at /);
    };
    await wrong(2, ["reveiw"], /^pulumi-nylas: unknown command 'reveiw'\n?.*review/);
    await wrong(
      2,
      ["review", "--nope"],
      /^pulumi-nylas: unknown option '--nope'\. Add --help to see what there is\.\n$/,
    );
    await wrong(
      2,
      ["review", "--fail-on", "mail-loss,fire"],
      /"fire" is none of mail-loss, hand-over, doors, drains, replace/,
    );
    await wrong(2, ["review", "--limit", "10"], /whole number from 1000/);
    await wrong(1, ["review", path.join(folder, "none.json")], /none\.json cannot be read: ENOENT/);
    await wrong(1, ["review"], /wrote nothing/);
    await wrong(
      1,
      ["review"],
      /This is not what pulumi preview --json writes/,
      "Previewing update (staging)",
    );
    const terminal = await called(["review"]);
    assert.equal(terminal.code, 2);
    assert.match(
      terminal.stderr,
      /There is nothing to read\. .*pulumi preview --json --show-sames \| npx pulumi-nylas review/,
    );
  });

  describe("--stack on review and map", () => {
    let pulumi: ReturnType<typeof standInPulumi>;
    beforeEach(() => {
      pulumi = standInPulumi();
      pulumi.resources = [{ type: "Policy", name: "outreach", id: "p-1", inputs: { name: "Outreach" } }];
      pulumi.preview = fixture("edits.json");
      pulumi.save();
    });
    afterEach(() => pulumi.remove());
    const asked = (...args: string[]) => called(args, undefined, { PATH: pulumi.folder });

    it("asks pulumi of that stack: its preview for the review, its state for the map", async () => {
      const reviewed = await asked("review", "--stack", "staging", "--cwd", folder);
      assert.deepEqual([reviewed.code, reviewed.stderr], [0, ""]);
      // C22: of a file it cannot tell what waits for its delete.
      const unseen = / It has not seen what waits for its delete [^\n]*? with `--fleet`\./;
      const ofFile = (await called(["review", EDITS])).stdout;
      assert.match(ofFile, unseen);
      assert.equal(reviewed.stdout, ofFile.replace(unseen, ""));
      const mapped = await asked("map", "--stack", "staging");
      assert.deepEqual([mapped.code, mapped.stderr], [0, ""]);
      assert.match(mapped.stdout, /^<!doctype html>/i);
      assert.match(mapped.stdout, /<h1>Mailboxes of staging<\/h1>/);
      assert.deepEqual(pulumi.calls(), [
        "preview --json --show-sames --show-replacement-steps --stack staging --non-interactive --color never",
        "stack export --stack staging --non-interactive --color never",
      ]);
    });

    it("reviews a preview that ended with an error, and says why there is none", async () => {
      pulumi.preview = fixture("refused.json");
      pulumi.failure = { preview: "error: preview failed" };
      pulumi.save();
      const refused = await asked("review", "--stack", "staging", "--fail-on", "incomplete");
      assert.equal(refused.code, 18, refused.stderr);
      assert.match(refused.stdout, /### What this change does/);

      for (const command of ["review", "map"]) {
        const none = await asked(command, "--stack", "nope");
        assert.deepEqual([none.code, none.stdout], [1, ""]);
        assert.match(
          none.stderr,
          /^pulumi-nylas: The stack nope cannot be read: pulumi .*: no stack named 'nope' found\.\n$/,
        );
        const both = await asked(command, EDITS, "--stack", "staging");
        assert.equal(both.code, 2);
        assert.match(both.stderr, /Name a file, or a stack .*; not both/);
        const nowhere = await called([command, "--stack", "staging"], undefined, { PATH: folder });
        assert.equal(nowhere.code, 1);
        assert.match(nowhere.stderr, /pulumi is not on the PATH/);
        const lost = await asked(command, "--cwd", path.join(folder, "nowhere"));
        assert.match(lost.stderr, /--cwd: there is no folder/);
      }
    });
  });

  describe("20: a closed pipe", () => {
    let pulumi: ReturnType<typeof standInPulumi>;
    let sim: Simulator;
    before(async () => (sim = await startSimulator()));
    after(() => sim.close());
    beforeEach(() => {
      pulumi = standInPulumi();
      pulumi.config = { "nylas:apiUrl": sim.url, "nylas:apiKey": { secret: sim.keys.apiKey } };
      pulumi.preview = fixture("edits.json");
      pulumi.save();
    });
    afterEach(() => pulumi.remove());

    /** The reader has gone before the first byte, and after the first line, as with `| head -1`. */
    const commands: Record<string, string[]> = {
      "--help": ["--help"],
      "review --help": ["review", "--help"],
      "review of a file": ["review", EDITS],
      "review --stack": ["review", "--stack", "staging"],
      map: ["map", "--stack", "staging"],
      doctor: ["doctor"],
      "doctor --json": ["doctor", "--json"],
      import: ["import", "--force"],
      "an error": ["review", "none.json"],
    };
    for (const [name, args] of Object.entries(commands)) {
      it(`ends ${name} quietly`, async () => {
        const typed = `exec 3>&1; ( "$NODE" "$MAIN" "$@" 2>"$ERRORS"; echo $? >&3 ) | `;
        for (const reader of ["true", "head -1"]) {
          const errors = path.join(folder, "errors.txt");
          const child = spawn("/bin/bash", ["-c", `${typed}${reader} >/dev/null`, "-", ...args], {
            cwd: folder,
            env: {
              ...process.env,
              NODE_OPTIONS: "",
              PATH: `${pulumi.folder}:/usr/bin:/bin`,
              NODE: process.execPath,
              MAIN,
              ERRORS: errors,
            },
          });
          let stdout = "";
          child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
          await new Promise((resolve) => child.on("close", resolve));
          const said = fs.readFileSync(errors, "utf8");
          assert.doesNotMatch(said, /EPIPE|^ {4}at /m, said);
          assert.equal(stdout.trim(), name === "an error" ? "1" : "0", said);
        }
      });
    }

    it("on standard error does not keep a command from its exit code", () => {
      const script = `"$NODE" "$MAIN" review none.json 2> >(true); echo $?`;
      const env = { ...process.env, NODE_OPTIONS: "", NODE: process.execPath, MAIN };
      const { stdout } = spawnSync("/bin/bash", ["-c", script], { encoding: "utf8", env });
      assert.equal(stdout.trim(), "1");
    });
  });
});

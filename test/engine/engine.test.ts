import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findEngine } from "../../scripts/engine";
import { isSecret, Stack } from "./harness";
import { describeInLongRun } from "./longRun";

/** A resource whose remote side is a file in the program's folder. */
const file = `
  import * as pulumi from "@pulumi/pulumi";
  const provider: pulumi.dynamic.ResourceProvider = {
    async create(inputs) {
      const fs = require("node:fs");
      if (inputs.slow) {
        console.log("the create has begun");
        await new Promise((resolve) => setTimeout(resolve, 60000));
      }
      fs.writeFileSync(inputs.file, inputs.text);
      return { id: inputs.file, outs: inputs };
    },
    async read(id, outs) {
      const fs = require("node:fs");
      return fs.existsSync(id) ? { id, props: { ...outs, text: fs.readFileSync(id, "utf8") } } : {};
    },
    async diff(_id, olds, news) { return { changes: olds.text !== news.text, replaces: olds.file !== news.file ? ["file"] : [] }; },
    async update(id, _olds, news) { require("node:fs").writeFileSync(id, news.text); return { outs: news }; },
    async delete(id) { require("node:fs").rmSync(id); },
  };
  class File extends pulumi.dynamic.Resource {
    constructor(name: string, args: { file: string; text: pulumi.Input<string>; slow?: boolean }, opts?: pulumi.CustomResourceOptions) {
      super(provider, name, args, opts);
    }
  }
  const config = new pulumi.Config();
`;

describeInLongRun("the engine on this machine", function () {
  it("goes through a stack's life with configuration, secrets and a program in a subfolder", async () => {
    const stack = new Stack({
      main: "programs/files",
      program: `${file} new File("greeting", { file: "greeting.txt", text: config.requireSecret("text") });
        console.log("about to greet " + config.require("whom"));
        export const whom = config.require("whom");`,
      config: { whom: "the world" },
      secrets: { text: "good morning" },
    });
    const greeting = path.join(stack.folder, "programs", "files", "greeting.txt");

    const preview = await stack.preview();
    assert.equal(preview.code, 0, preview.text);
    assert.deepEqual(preview.summary, { create: 1 });
    assert.ok(preview.diagnostics.some(({ message }) => message.includes("about to greet the world")));
    assert.ok(!fs.existsSync(greeting), "a preview writes nothing");

    const up = await stack.up();
    assert.equal(up.code, 0, up.text);
    assert.equal(fs.readFileSync(greeting, "utf8"), "good morning");
    assert.ok(isSecret(stack.resource("greeting")?.inputs?.["text"]), "the text is a secret in the state");
    assert.deepEqual(await stack.outputs(), { whom: "the world" });

    fs.writeFileSync(greeting, "good evening");
    const refresh = await stack.refresh();
    assert.equal(refresh.code, 0, refresh.text);
    const repaired = await stack.up();
    assert.deepEqual(repaired.summary, { update: 1 }, repaired.text);
    assert.equal(fs.readFileSync(greeting, "utf8"), "good morning");

    const destroyed = await stack.destroy("--run-program");
    assert.equal(destroyed.code, 0, destroyed.text);
    assert.equal(destroyed.summary.delete, 1);
    assert.ok(!fs.existsSync(greeting));
  });

  it("compiles a program in TypeScript, as users run it, and says where the program failed", async () => {
    const stack = new Stack({
      typescript: true,
      program: `${file} const boom: string = "no luck today"; throw new Error(boom);`,
    });
    const result = await stack.preview();
    assert.notEqual(result.code, 0);
    assert.match(result.text, /no luck today/);
    assert.match(result.text, /index\.ts:\d+/, "the stack trace points into the TypeScript");
    assert.doesNotMatch(result.text, /non-zero exit code/, "the user has been told already");
  });

  it("reports a program that exits with a code of its own", async () => {
    const stack = new Stack({ program: `process.exit(7);` });
    const result = await stack.preview();
    assert.notEqual(result.code, 0);
    assert.match(result.text, /Program exited with non-zero exit code: 7/);
  });

  it("is killed in the middle of a create and leaves the operation pending and the stack locked", async () => {
    const stack = new Stack({
      program: `${file} new File("slow", { file: "slow.txt", text: "x", slow: true });`,
    });
    const operation = await stack.start("up");
    await operation.said("the create has begun");
    operation.kill();
    const killed = await operation.finished;
    assert.equal(killed.code, null);
    const next = await stack.run("preview", "--non-interactive");
    assert.equal(next.code, 0, next.text);
    const locked = await stack.destroy();
    assert.match(locked.text, /locked/);
    assert.match(fs.readFileSync(stack.stateFile, "utf8"), /"type":\s*"creating"/);
  });
});

describe("npm run engine", function () {
  const script = path.join(__dirname, "..", "..", "scripts", "engine.ts");
  const register = require.resolve("ts-node/register/transpile-only");

  function run(home: string, searched: string): { code: number; text: string } {
    const env = { ...process.env, PULUMI_HOME: home, PATH: searched };
    try {
      const args = ["-r", register, script];
      return {
        code: 0,
        text: execFileSync(process.execPath, args, { env, encoding: "utf8", stdio: "pipe" }),
      };
    } catch (error) {
      const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
      return { code: status, text: stdout + stderr };
    }
  }

  let home: string;
  beforeEach(() => (home = fs.mkdtempSync(path.join(os.tmpdir(), "engine-home-"))));
  afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

  it("passes over a pulumi on the PATH that is too old, and takes one that is new enough", () => {
    const bin = path.join(home, "bin");
    fs.mkdirSync(bin);
    const pulumi = path.join(bin, "pulumi");
    fs.writeFileSync(pulumi, "#!/bin/sh\necho v3.254.1\n", { mode: 0o755 });
    const taken = run(home, `${bin}:/usr/bin:/bin`);
    assert.equal(taken.code, 0, taken.text);
    assert.match(taken.text, /Pulumi 3\.254\.1, found on the PATH: .*\/bin\/pulumi/);

    const cached = findEngine();
    assert.ok(cached, "the suite itself runs with an engine");
    fs.writeFileSync(pulumi, "#!/bin/sh\necho v3.99.9\n", { mode: 0o755 });
    const made = path.join(home, "pulumi-nylas-engine", "v3.256.0", "bin");
    fs.mkdirSync(made, { recursive: true });
    fs.symlinkSync(cached.pulumi, path.join(made, "pulumi"));
    const found = run(home, `${bin}:/usr/bin:/bin`);
    assert.equal(found.code, 0, found.text);
    assert.match(found.text, /Pulumi 3\.256\.0, .*pulumi-nylas-engine/);
  });

  it("names the three ways to get an engine where there is none and none can be had", () => {
    // With an empty PATH there is neither a toolchain nor what the installer needs, should its site be reachable.
    const result = run(home, home);
    assert.equal(result.code, 1, result.text);
    assert.match(result.text, /Three ways to get one:/);
    assert.match(result.text, /https:\/\/www\.pulumi\.com\/docs\/install/);
    assert.match(result.text, /no Go toolchain/);
    assert.deepEqual(
      fs.readdirSync(path.join(home, "pulumi-nylas-engine")),
      [],
      "neither a lock nor half an engine",
    );
  });
});

describe("the launchers beside an engine that was built here", function () {
  it("say that @pulumi/pulumi is missing instead of waiting for ever", function () {
    const engine = findEngine();
    if (engine?.origin !== "built from its Go module") return this.skip();
    const beside = path.dirname(engine.pulumi);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "no-modules-"));
    for (const launcher of ["pulumi-resource-pulumi-nodejs", "pulumi-language-nodejs"]) {
      const attempt = () =>
        execFileSync(path.join(beside, launcher), ["127.0.0.1:1"], {
          cwd: folder,
          stdio: "pipe",
          timeout: 20_000,
        });
      assert.throws(attempt, (error: Error & { stderr: Buffer }) => {
        assert.match(error.stderr.toString(), /@pulumi\/pulumi is not installed in .*npm install/);
        return true;
      });
    }
    fs.rmSync(folder, { recursive: true });
  });
});

import { strict as assert } from "node:assert";
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { openStackWorld, withoutProgress } from "./stackWorld";

const root = path.join(__dirname, "..", "..", "..");
const EMAIL = "bot@acme.nylas.email";

describe("the command line of an installed package", function () {
  this.timeout(60_000);
  const world = openStackWorld();
  let folder: string;

  before(() => {
    // Within the repository, so that what it depends on is found; what it is made of comes from the packed file alone.
    const work = path.join(__dirname, ".work");
    fs.mkdirSync(work, { recursive: true });
    folder = fs.mkdtempSync(path.join(work, "installed-"));
    // Without the scripts that copy README and examples: other tests may pack at the same time.
    const options = ["--ignore-scripts", "--silent", "--pack-destination", folder, "--workspace", "provider"];
    execFileSync("npm", ["pack", ...options], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
    const [packed] = fs.readdirSync(folder);
    const home = path.join(folder, "node_modules", "pulumi-nylas");
    fs.mkdirSync(path.join(folder, "node_modules", ".bin"), { recursive: true });
    fs.mkdirSync(home);
    execFileSync("tar", ["-xzf", path.join(folder, packed!), "-C", home, "--strip-components", "1"]);
    // As npm links it.
    const { bin } = JSON.parse(fs.readFileSync(path.join(home, "package.json"), "utf8")) as {
      bin: Record<string, string>;
    };
    for (const [name, target] of Object.entries(bin)) {
      fs.chmodSync(path.join(home, target), 0o755);
      fs.symlinkSync(
        path.join("..", "pulumi-nylas", target),
        path.join(folder, "node_modules", ".bin", name),
      );
    }
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const start = (args: string[]) => {
    world.pulumi.save();
    return spawn(path.join(folder, "node_modules", ".bin", "pulumi-nylas"), args, {
      cwd: folder,
      env: {
        ...world.environment,
        PATH: [world.pulumi.folder, path.dirname(process.execPath)].join(path.delimiter),
      },
    });
  };
  const typed = async (...args: string[]) => {
    const child = start(args);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { code, stdout, stderr: withoutProgress(stderr) };
  };

  it("says what each command does, with examples and its exit codes", async () => {
    const { code, stdout, stderr } = await typed("--help");
    assert.deepEqual([code, stderr], [0, ""]);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name]) => name!);
    for (const name of ["review", "map", "doctor", "smoke"]) assert.ok(commands.includes(name), name);
    for (const name of commands) {
      const help = await typed(name, "--help");
      assert.deepEqual([help.code, help.stderr], [0, ""], name);
      assert.match(help.stdout, new RegExp(`Examples:\\n {2}\\$ .*pulumi-nylas ${name}`), name);
    }
    const doctor = (await typed("doctor", "--help")).stdout;
    const codes = [...doctor.matchAll(/^ {2}(\d\d) {2}[a-z]+ +\S/gm)].map(([, exit]) => exit);
    assert.deepEqual(codes, ["10", "11", "12", "13", "14", "15", "16"]);
    assert.match(
      (await typed("smoke", "--help")).stdout,
      /\n {2}20 {2}it did not arrive in time\n {2}130 Ctrl-C/,
    );
  });

  // Without a listener for it, a closed pipe ended the command with a stack.
  it("ends quietly when whoever reads it has had enough", async () => {
    const child = start(["import", "--help"]);
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    assert.deepEqual([code, stderr], [0, ""]);
  });

  it("is linked by an install in a clone, where nothing is built yet", () => {
    const own = path.join(root, "provider");
    const { bin } = JSON.parse(fs.readFileSync(path.join(own, "package.json"), "utf8")) as {
      bin: Record<string, string>;
    };
    const committed = execFileSync("git", ["ls-files", "-s", bin["pulumi-nylas"]!], {
      cwd: own,
      encoding: "utf8",
    });
    assert.match(committed, /^100755 /, "the command is a file of the repository, and can be run");
  });

  it("examines, and sees mail arrive", async () => {
    world.sim.seed({ kind: "connector" });
    world.sim.seed({ kind: "grant", email: EMAIL });
    await world.domain("agents.example.com");
    const doctor = await typed("doctor");
    assert.deepEqual([doctor.code, doctor.stderr], [0, ""], doctor.stdout);
    assert.match(doctor.stdout, /✓ agents\.example\.com +verified; the records stand/);
    const smoke = await typed("smoke", EMAIL, "--send", "--timeout", "20");
    assert.deepEqual([smoke.code, smoke.stderr], [0, ""]);
    assert.match(smoke.stdout, /Arrived after/);
  });

  // The timer of a child that was never started kept the process for two minutes.
  it("ends at once where there is no pulumi", async () => {
    fs.rmSync(path.join(world.pulumi.folder, "pulumi"));
    const began = Date.now();
    const { code, stdout } = await typed("doctor");
    assert.equal(code, 10);
    assert.match(stdout, /pulumi is not on the PATH/);
    assert.ok(Date.now() - began < 60_000);
  });
});

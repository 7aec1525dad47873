import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Simulator, startSimulator } from "nylas-simulator";
import { Stack } from "./harness";
import { describeInLongRun } from "./longRun";
import { connection, keys } from "./scene";

const example = path.join(__dirname, "..", "..", "examples", "many-stacks");
const text = (file: string) => fs.readFileSync(path.join(example, file), "utf8");

describeInLongRun("examples/many-stacks", function () {
  this.timeout(300_000);
  let simulator: Simulator;
  let stack: Stack;

  before(async () => {
    simulator = await startSimulator();
    stack = new Stack({
      project: "nylas-many-stacks",
      program: text("index.ts"),
      files: {
        "deploy.ts": text("deploy.ts"),
        "stacks/tenants-01.yaml": text("stacks/tenants-01.yaml"),
        "stacks/tenants-02.yaml": text("stacks/tenants-02.yaml"),
      },
      env: { ...connection(simulator), ...keys(simulator), PULUMI_STACK: undefined },
    });
  });
  after(async () => {
    stack.dispose();
    await simulator.close();
  });

  const deploy = (...args: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((done, failed) => {
      const child = spawn(
        process.execPath,
        ["-r", require.resolve("ts-node/register/transpile-only"), "deploy.ts", ...args],
        { cwd: stack.folder, env: stack.env, stdio: ["ignore", "pipe", "pipe"] },
      );
      let [stdout, stderr] = ["", ""];
      child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
      child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
      child.on("error", failed);
      child.on("close", (code) => done({ code, stdout, stderr }));
    });
  const addresses = () =>
    simulator
      .state()
      .grants.map(({ email }) => email)
      .sort();

  it("goes on where one stack fails, and finishes that one alone when it is resumed", async () => {
    const inTheWay = simulator.seed({ kind: "grant", email: "customer-c-scheduling@acme.nylas.email" });
    const first = await deploy("--at-once", "2");
    assert.equal(first.code, 1, first.stderr);
    assert.match(first.stdout, /\| tenants-01 \| done \|.*\n\| tenants-02 \| failed \|.*customer-c/);
    assert.deepEqual(
      addresses().filter((address) => !address.startsWith("customer-c")),
      ["customer-a-scheduling@acme.nylas.email", "customer-b-scheduling@acme.nylas.email"],
    );

    simulator.remove("grant", inTheWay);
    const second = await deploy("--resume");
    assert.equal(second.code, 0, second.stderr);
    assert.ok(!second.stderr.includes("tenants-01 "), "what was done is passed over");
    assert.deepEqual(addresses().at(-1), "customer-c-scheduling@acme.nylas.email");
  });

  it("does nothing where a tenant stands in two files", async () => {
    stack.write("stacks/tenants-02.yaml", text("stacks/tenants-01.yaml"));
    simulator.clearRequests();
    const { code, stderr } = await deploy();
    assert.equal(code, 1);
    assert.match(stderr, /customer-a stands in tenants-01.yaml and in tenants-02.yaml. Nothing was done/);
    assert.deepEqual(simulator.requests, []);
  });
});

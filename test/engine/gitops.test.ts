import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { scriptOf } from "../gitops";
import { itInLongRun } from "./longRun";
import { closeScenes, keys, openScene, type Scene, writesOf } from "./scene";

const CLI = path.join(path.dirname(require.resolve("pulumi-nylas/package.json")), "dist", "cli", "main.js");

describe("the workflows of examples/gitops", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  /** What a step runs, as the job runs it: in the folder of the program, with the secrets that the step is given. */
  const step = async ({ stack }: Scene, file: string, name: string, secrets: Record<string, string> = {}) => {
    const child = spawn("bash", ["-e", "-c", scriptOf(file, name)], {
      cwd: stack.folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...stack.env, STACK: stack.name, ...secrets },
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
    const code = await new Promise((done) => child.on("close", done));
    return { code, text };
  };
  const program = (accounts: string[], sends: number) => `
    const outreach = new nylas.NylasPolicy("outreach", { limits: { dailySends: ${sends} } });
    const customer = new nylas.NylasWorkspace("customer", { policyId: outreach.id });
    for (const alias of ${JSON.stringify(accounts)})
      new nylas.AgentAccount(alias, { email: alias + "@acme.nylas.email", workspaceId: customer.id });`;

  itInLongRun(
    "review without a key, stop what loses mail, deploy, and find what was changed elsewhere",
    async () => {
      const scene = await openScene({
        program: program(["scheduling", "support"], 50),
        stack: "staging",
        withoutKeys: true,
      });
      const { sim, stack, declare } = scene;
      const read = (file: string) => fs.readFileSync(path.join(stack.folder, file), "utf8");
      // As an installed package has it.
      fs.mkdirSync(path.join(stack.folder, "node_modules", ".bin"), { recursive: true });
      fs.writeFileSync(
        path.join(stack.folder, "node_modules", ".bin", "pulumi-nylas"),
        `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(CLI)} "$@"\n`,
        { mode: 0o755 },
      );
      // Makes the stack, as its owner has done once.
      await stack.run("stack");

      const first = await step(scene, "review.yml", "Review");
      assert.equal(first.code, 0, first.text);
      assert.match(read("review.md"), /scheduling@acme\.nylas\.email/);
      assert.deepEqual(sim.requests, []);

      const up = await step(scene, "up.yml", "Up", {
        ...keys(sim),
        NYLAS_AUDIT_LOG: path.join(stack.folder, "audit.jsonl"),
      });
      assert.equal(up.code, 0, up.text);
      assert.equal(sim.state().grants.length, 2);
      assert.equal(read("audit.jsonl").trim().split("\n").length, writesOf(sim).length);

      const same = await step(scene, "drift.yml", "Compare", keys(sim));
      assert.equal(same.code, 0, same.text);
      sim.clearRequests();
      const [policy] = sim.state().policies;
      sim.edit("policy", policy!.id, { limits: { limit_count_daily_email_sent: 7 } });
      const changed = await step(scene, "drift.yml", "Compare", keys(sim));
      assert.notEqual(changed.code, 0);
      assert.match(read("drift.txt"), /dailySends\s*: 7 => 50/);
      assert.deepEqual(writesOf(sim), [], "nothing is put right");

      declare(program(["scheduling"], 50));
      const gate = await step(scene, "review.yml", "Review");
      assert.equal(gate.code, 10, gate.text);
      assert.match(read("review.md"), /support@acme\.nylas\.email` is deleted with all its mail/);
    },
  );
});

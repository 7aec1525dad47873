import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { Canaries } from "../canaries";
import { type Receiver, startReceiver } from "../receiver";
import { type Result } from "./harness";
import { closeScenes, openScene, succeeded } from "./scene";

const CLI = path.join(path.dirname(require.resolve("pulumi-nylas/package.json")), "dist", "cli", "main.js");

describe("V-C1: a webhook's address that is given as a secret", function () {
  this.timeout(300_000);
  let receiver: Receiver;
  before(async () => {
    receiver = await startReceiver();
  });
  after(async () => {
    await closeScenes();
    await receiver.close();
  });

  it("stands in no preview, review, event, error or audit log", async () => {
    const canaries = new Canaries();
    const token = canaries.plant("token", randomBytes(12).toString("hex"));
    const place = canaries.plant("path", randomBytes(12).toString("hex"));
    const other = canaries.plant("name", randomBytes(12).toString("hex"));
    const scene = await openScene({ program: "" });
    const { stack, sim } = scene;
    const auditLog = path.join(stack.folder, "audit.jsonl");
    stack.env["NYLAS_AUDIT_LOG"] = auditLog;
    stack.setConfig({}, { "project:hook": `${receiver.url}/${place}?token=${token}`, "project:name": other });
    const declare = (quarter: string, trigger = "message.created") =>
      scene.declare(`
        const config = new pulumi.Config("project");
        new nylas.NylasWebhook("events", {
          url: config.requireSecret("hook"), triggers: ["${trigger}"], rotateWhenChanged: { quarter: "${quarter}" },
        });
        new nylas.NylasRule("rule", {
          name: config.requireSecret("name"),
          conditions: [{ field: "from.domain", is: pulumi.interpolate\`\${config.requireSecret("name")}.example\` }], actions: ["block"],
        });
      `);
    const said: string[] = [];
    const note = (result: Result): Result => {
      said.push(result.text);
      const events = path.join(stack.folder, "events.jsonl");
      if (fs.existsSync(events)) said.push(fs.readFileSync(events, "utf8"));
      return result;
    };
    declare("1");
    note(succeeded(await stack.up()));
    assert.equal(sim.state().webhooks[0]!.webhook_url, `${receiver.url}/${place}?token=${token}`);
    assert.deepEqual(stack.resource("rule")!.inputs!["__secrets"], ["conditions[].is", "name"]);

    declare("2");
    const preview = note(
      succeeded(await stack.run("preview", "--json", "--show-sames", "--non-interactive")),
    );
    assert.match(preview.text, /the secret of webhook .* is rotated/);
    const { stdout } = spawnSync(process.execPath, [CLI, "review"], {
      input: preview.stdout,
      encoding: "utf8",
    });
    assert.match(stdout, /is rotated/);
    said.push(stdout);
    note(succeeded(await stack.up("--debug")));
    note(succeeded(await stack.refresh()));
    sim.addFault({
      method: "DELETE",
      kind: "status",
      status: 400,
      message: `no ${place} ${token} ${other}`,
      times: "always",
    });
    const failed = note(await stack.destroy("--continue-on-error"));
    assert.notEqual(failed.code, 0);
    sim.clearFaults();
    note(succeeded(await stack.destroy()));

    const log = fs.readFileSync(auditLog, "utf8");
    assert.match(log, /"POST","path":"\/v3\/webhooks"/);
    canaries.assertFindable();
    const lines = [...said, log].flatMap((text) => text.split("\n"));
    assert.deepEqual(
      lines.filter((line) => canaries.in(line).length > 0),
      [],
    );
  });
});

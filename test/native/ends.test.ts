import { strict as assert } from "node:assert";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, pidOf } from "../engine/processes";
import { closeScenes, leftBehind, publish, refused, succeeded } from "../engine/scene";
import { type Stack } from "../engine/harness";
import { openNative } from "./stack";

describe("an operation of the native plugin that ends before its time", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const DOMAIN = "agents.example.com";
  const waits = (options = "undefined") => `
    const domain = new native.Domain("domain", { domainName: "${DOMAIN}" });
    const records = new native.DomainRecords("records", { domainId: domain.id, domainName: domain.domainName });
    const verification = new native.DomainVerification("verification", {
      domainId: domain.id, domainName: domain.domainName, records: records.records,
    }, ${options});
    export const status = verification.status;
  `;
  const waiting = `${DOMAIN}: waiting for ownership, spf, mx, dkim, feedback`;
  const ledgers = (stack: Stack) => {
    const runs = join(stack.env["PULUMI_HOME"]!, "pulumi-nylas-runs");
    return existsSync(runs) ? readdirSync(runs) : [];
  };

  it("by Ctrl-C records what there is within seconds, by a kill leaves no plugin, and the next up goes on", async () => {
    const { sim, stack } = await openNative({ program: waits() });
    // In real time, so that there is a middle of a wait.
    stack.env["NYLAS_TEST_TIME_SCALE"] = "1";
    let up = await stack.start("up");
    await up.said(waiting);
    const began = Date.now();
    up.kill("SIGINT");
    refused(
      await up.finished,
      `${DOMAIN} is not verified yet: the run was interrupted after`,
      "The next pulumi up goes on.",
    );
    assert.ok(Date.now() - began < 15_000, `it took ${Date.now() - began} ms`);
    assert.equal(stack.resource("verification")!.outputs!["status"], "pending");
    assert.deepEqual(ledgers(stack), []);

    up = await stack.start("up");
    await up.said(waiting);
    const plugin = pidOf(up, "plugin")!;
    assert.equal(ledgers(stack).length, 1);
    up.kill();
    await up.finished;
    const deadline = Date.now() + 15_000;
    while (isAlive(plugin) && Date.now() < deadline) await sleep(100);
    assert.equal(isAlive(plugin), false, "no plugin waits on");
    assert.deepEqual(ledgers(stack), [], "the plugin has removed what there was");
    succeeded(await stack.unlock());

    publish(sim, stack, "records");
    stack.env["NYLAS_TEST_TIME_SCALE"] = "0.02";
    succeeded(await stack.up());
    assert.equal(stack.resource("verification")!.outputs!["status"], "verified");
    assert.deepEqual(leftBehind(sim), [`domain ${DOMAIN}`]);
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 3 });
  });

  it("by customTimeouts ends the wait, and the state has no trace of the limit", async () => {
    const { stack } = await openNative({ program: waits('{ customTimeouts: { create: "2s" } }') });
    stack.env["NYLAS_TEST_TIME_SCALE"] = "1";
    const began = Date.now();
    refused(await stack.up(), `${DOMAIN} is not verified`);
    assert.ok(Date.now() - began < 60_000, `it took ${Date.now() - began} ms`);
    assert.equal("timeoutSeconds" in stack.resource("verification")!.inputs!, false);
    assert.equal("timeoutSeconds" in stack.resource("verification")!.outputs!, false);
  });

  it("in part keeps the object in the state, its secrets encrypted, and the next up goes on", async () => {
    const PASSWORD = "Plain-in-the-program-1";
    const agent = (name: string) => `new native.AgentAccount("agent", {
      email: "agent@acme.nylas.email", displayName: pulumi.secret("${name}"), appPassword: "${PASSWORD}",
    });`;
    const { sim, stack, declare } = await openNative({ program: agent("First-name") });
    succeeded(await stack.up());
    declare(agent("Hidden-name"));
    sim.configure({ ignoredFields: ["name"] });
    const up = refused(await stack.up(), "does not show it");
    const [grant] = sim.state().grants;
    assert.equal(stack.resource("agent")!.id, grant!.id);
    assert.equal(stack.resource("agent")!.initErrors!.length, 1);
    for (const secret of [PASSWORD, "Hidden-name"]) {
      assert.equal(JSON.stringify(stack.state()).includes(secret), false, `${secret} is in the state`);
      assert.equal(up.text.includes(secret), false, `${secret} is shown`);
      assert.equal(JSON.stringify(up.events).includes(secret), false, `${secret} is in the events`);
    }
    sim.configure({ ignoredFields: [] });
    assert.deepEqual(succeeded(await stack.up()).summary, { update: 1 });
    assert.equal(sim.state().grants.length, 1);
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), []);
  });
});

import { strict as assert } from "node:assert";
import { type Simulator, startSimulator } from "nylas-simulator";
import { isSecret, Stack } from "./harness";
import { describeInLongRun } from "./longRun";

describeInLongRun("the DNS record of @pulumi/cloudflare on this machine", function () {
  let sim: Simulator;
  let stack: Stack;
  let zone: { id: string; name: string };

  const records = () => sim.state().zones.find(({ id }) => id === zone.id)?.records ?? [];
  const record = (type: string) => records().find((entry) => entry.type === type);
  const program = (mx: string, more = "") => `
    import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
    import * as pulumi from "@pulumi/pulumi";
    const at = { zoneId: "${zone.id}", ttl: 1 };
    const mx = new DnsRecord("mx", { ...at, name: "agents.${zone.name}", ${mx} });
    new DnsRecord("txt", { ...at, name: "agents.${zone.name}", type: "TXT", content: pulumi.secret('"hush"') });
    ${more}
    export const modified = mx.modifiedOn;`;

  before(async () => {
    sim = await startSimulator();
    zone = sim.zones[0]!;
    stack = new Stack({
      program: program(`type: "MX", content: "mail.example.net", priority: 10, proxied: false`),
      secrets: { "cloudflare:apiToken": sim.keys.cloudflareToken },
      env: { CLOUDFLARE_BASE_URL: sim.cloudflareUrl },
    });
  });

  after(async () => {
    stack.dispose();
    await sim.close();
  });

  it("shows what is declared in a preview, and asks Cloudflare nothing", async () => {
    const result = await stack.preview();
    assert.equal(result.code, 0, result.text);
    assert.deepEqual(result.summary, { create: 2 });
    assert.equal(result.steps.find((step) => step.name === "mx")?.inputs["content"], "mail.example.net");
    assert.deepEqual(sim.requests, []);
  });

  it("creates the records with the token of the configuration, and a second up changes nothing", async () => {
    const first = await stack.up();
    assert.equal(first.code, 0, first.text);
    assert.equal(record("MX")?.content, "mail.example.net");
    assert.equal(record("TXT")?.content, '"hush"');
    assert.ok(isSecret(stack.resource("txt")?.outputs?.["content"]), "the content is a secret in the state");
    assert.doesNotMatch(first.text, new RegExp(sim.keys.cloudflareToken));

    const second = await stack.up("--expect-no-changes");
    assert.equal(second.code, 0, second.text);
  });

  it("updates a record in place, takes over one that already stands, and finds drift on refresh", async () => {
    const old = sim.putRecord(zone.id, { type: "TXT", name: `old.${zone.name}`, content: '"x"', ttl: 1 });
    const existing = `new DnsRecord("old", { ...at, name: "old.${zone.name}", type: "TXT", content: '"x"' },
      { import: "${zone.id}/${old}" });`;
    stack.setProgram(program(`type: "MX", content: "mail.example.net", priority: 20`, existing));
    const result = await stack.up();
    assert.equal(result.code, 0, result.text);
    assert.deepEqual(result.summary, { update: 1, same: 1, import: 1 });
    assert.deepEqual(result.steps.find((step) => step.op === "update")?.diffs, ["priority"]);
    assert.equal(record("MX")?.priority, 20);
    assert.equal(stack.resource("old")?.id, old);

    sim.removeRecord(zone.id, record("MX")!.id);
    const refreshed = await stack.refresh();
    assert.equal(refreshed.code, 0, refreshed.text);
    assert.deepEqual(refreshed.summary, { same: 2, delete: 1 });
    const restored = await stack.up();
    assert.deepEqual(restored.summary, { same: 2, create: 1 }, restored.text);
    assert.equal(record("MX")?.priority, 20);
  });

  it("reports what Cloudflare refuses, and keeps the record as it was", async () => {
    stack.setProgram(program(`type: "MX", content: "mail.example.net"`));
    const result = await stack.up();
    assert.notEqual(result.code, 0);
    assert.match(result.text, /priority is a required data field/);
    assert.equal(record("MX")?.priority, 20);
  });

  it("replaces a record for another type, and destroy leaves the zone empty", async () => {
    stack.setProgram(program(`type: "A", content: "192.0.2.1"`));
    const preview = await stack.preview();
    assert.equal(preview.summary.replace, 1, preview.text);
    const destroyed = await stack.destroy();
    assert.equal(destroyed.code, 0, destroyed.text);
    assert.deepEqual(records(), []);
  });
});

import { strict as assert } from "node:assert";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { isSecret, Stack } from "./harness";

/** As much of Cloudflare's API as one zone's records need, held in a map that tests look into. */
class Zone {
  readonly records = new Map<string, Record<string, unknown>>();
  readonly requests: string[] = [];
  private readonly server: Server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      this.requests.push(`${request.method} ${request.headers.authorization}`);
      const [, id] = /^\/client\/v4\/zones\/zone1\/dns_records\/?(\w*)$/.exec(request.url ?? "") ?? [];
      const [status, result] = this.answer(request.method ?? "", id, text);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ success: status < 300, errors: [], messages: [], result }));
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/client/v4`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(method: string, id: string | undefined, text: string): [number, unknown] {
    const seen = {
      modified_on: new Date().toISOString(),
      proxiable: false,
      tags: [],
      settings: {},
      meta: {},
    };
    if (method === "POST" && id === "") {
      const created = `rec${this.requests.length}`;
      this.records.set(created, { id: created, proxied: false, ...JSON.parse(text), ...seen });
      return [200, this.records.get(created)];
    }
    if (id === undefined || !this.records.has(id)) return [404, null];
    if (method === "PUT") this.records.set(id, { id, proxied: false, ...JSON.parse(text), ...seen });
    const record = this.records.get(id);
    if (method === "DELETE") this.records.delete(id);
    return [200, record];
  }
}

describe("the DNS record of @pulumi/cloudflare on this machine", function () {
  let zone: Zone;
  let stack: Stack;
  const program = (mx: string, more = "") => `
    import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
    import * as pulumi from "@pulumi/pulumi";
    const name = "agents.example.com";
    const mx = new DnsRecord("mx", { zoneId: "zone1", name, type: "MX", ttl: 1, ${mx} });
    new DnsRecord("txt", { zoneId: "zone1", name, type: "TXT", ttl: 1, content: pulumi.secret('"hush"') });
    ${more}
    export const where = mx.modifiedOn;`;

  before(async () => {
    zone = new Zone();
    const url = await zone.listen();
    stack = new Stack({
      program: program(`content: "mail.example.net", priority: 10, proxied: false`),
      secrets: { "cloudflare:apiToken": "token-1" },
      env: { CLOUDFLARE_BASE_URL: url },
    });
  });

  after(() => zone.close());

  it("shows what is declared in a preview and asks Cloudflare nothing", async () => {
    const result = await stack.preview();
    assert.equal(result.code, 0, result.text);
    assert.deepEqual(result.summary, { create: 2 });
    const mx = result.steps.find((step) => step.name === "mx");
    assert.equal(mx?.inputs["content"], "mail.example.net");
    assert.deepEqual(zone.requests, []);
  });

  it("creates the records with the token of the configuration, and a second up changes nothing", async () => {
    const first = await stack.up();
    assert.equal(first.code, 0, first.text);
    assert.deepEqual(
      [...zone.records.values()].map(({ type, content }) => `${String(type)} ${String(content)}`).sort(),
      ["MX mail.example.net", 'TXT "hush"'],
    );
    assert.ok(zone.requests.every((request) => request.endsWith("Bearer token-1")));
    assert.ok(isSecret(stack.resource("txt")?.outputs?.["content"]), "the content is a secret in the state");

    const second = await stack.up("--expect-no-changes");
    assert.equal(second.code, 0, second.text);
  });

  it("updates a record in place, finds drift on refresh, and takes over a record that already stands", async () => {
    zone.records.set("old1", {
      id: "old1",
      name: "old.example.com",
      type: "TXT",
      content: '"x"',
      ttl: 1,
      proxied: false,
      tags: [],
    });
    const existing = `new DnsRecord("old", { zoneId: "zone1", name: "old.example.com", type: "TXT", ttl: 1, content: '"x"' },
      { import: "zone1/old1" });`;
    stack.setProgram(program(`content: "mail.example.net", priority: 20`, existing));
    const result = await stack.up();
    assert.equal(result.code, 0, result.text);
    assert.deepEqual(result.summary, { update: 1, same: 1, import: 1 });
    assert.deepEqual(result.steps.find((step) => step.op === "update")?.diffs, ["priority"]);
    const [mx] = [...zone.records.values()].filter((record) => record["type"] === "MX");
    assert.equal(mx?.["priority"], 20);

    mx!["priority"] = 30;
    zone.records.delete("old1");
    const refreshed = await stack.refresh();
    assert.equal(refreshed.code, 0, refreshed.text);
    assert.deepEqual(refreshed.summary, { update: 1, same: 1, delete: 1 });
    assert.equal(stack.resource("mx")?.outputs?.["priority"], 30);
  });

  it("replaces a record for another type only, and destroy leaves the zone empty", async () => {
    stack.setProgram(program(`content: "192.0.2.1"`).replace('"MX"', '"A"'));
    const preview = await stack.preview();
    assert.deepEqual(preview.summary, { replace: 1, same: 1 }, preview.text);
    const destroyed = await stack.destroy();
    assert.equal(destroyed.code, 0, destroyed.text);
    assert.equal(zone.records.size, 0);
  });
});

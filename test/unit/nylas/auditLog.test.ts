import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NylasApi } from "../../../provider/nylas/api";
import { cut, data, json, refusal, Remote, text, wireDomain, wireGrant, wireWorkspace } from "./remote";

/** The members of a line, as the table in SECURITY.md has them. */
function documented(): { name: string; types: string[] }[] {
  const security = readFileSync(join(__dirname, "..", "..", "..", "SECURITY.md"), "utf8");
  const [, section] = /## The audit log\n([\s\S]*?)\n## /.exec(security) ?? assert.fail("no such section");
  const rows = [...section!.matchAll(/^\| `(\w+)` \| ([\w ]+) \|/gm)];
  return rows.map(([, name, types]) => ({ name: name!, types: types!.split(" or ") }));
}

function typeOf(value: unknown): string {
  return value === null ? "null" : typeof value === "string" ? "text" : typeof value;
}

describe("the audit log", () => {
  let remote: Remote;
  let folder: string;
  let file: string;
  beforeEach(async () => {
    remote = await Remote.start();
    folder = mkdtempSync(join(tmpdir(), "nylas-"));
    file = join(folder, "audit.jsonl");
  });
  afterEach(async () => {
    await remote.stop();
    rmSync(folder, { recursive: true });
  });

  const client = (env: NodeJS.ProcessEnv = {}): NylasApi =>
    remote.client(remote.settings({ NYLAS_AUDIT_LOG: file, ...env }));
  const lines = (): string[] => {
    const whole = readFileSync(file, "utf8");
    assert.ok(whole.endsWith("\n"));
    return whole.slice(0, -1).split("\n");
  };

  it("has the format that SECURITY.md describes, line for line, whatever was written and however it ended", async () => {
    const { grants, workspaces, domains, webhooks, policies } = client({ NYLAS_REQUEST_TIMEOUT: "2" });
    const calls: [
      answer: Parameters<Remote["will"]>[0],
      call: () => Promise<unknown>,
      expected: unknown[],
    ][] = [
      [
        data(wireWorkspace),
        () => workspaces.create({ name: 'A "quoted"\nname ☕', autoGroup: false }),
        ["POST", "/v3/workspaces", 200, "r-1"],
      ],
      [
        refusal(409, "conflict", "taken"),
        () => workspaces.create({ name: "B", autoGroup: false }),
        ["POST", "/v3/workspaces", 409, "r-7"],
      ],
      [
        cut,
        () => grants.create({ email: "a@x.example", appPassword: "Canary-Password-0815" }),
        ["POST", "/v3/connect/custom", "UND_ERR_SOCKET", null],
      ],
      [() => undefined, () => policies.create({ name: "P" }), ["POST", "/v3/policies", "TIMEOUT", null]],
      [
        data(wireWorkspace),
        () => workspaces.update("ws 1/ä".replace("/", ""), { name: "x" }),
        ["PATCH", "/v3/workspaces/ws%201%C3%A4", 200, "r-1"],
      ],
      [
        json(200, { request_id: "r\n2" }),
        () => workspaces.delete("ws-1"),
        ["DELETE", "/v3/workspaces/ws-1", 200, "r 2"],
      ],
      [json(200, {}), () => workspaces.delete("ws-1"), ["DELETE", "/v3/workspaces/ws-1", 200, null]],
      [
        text(502, "<html>"),
        () => webhooks.create({ url: "https://x.example", triggers: ["grant.created"] }),
        ["POST", "/v3/webhooks", 502, null],
      ],
      [
        data(wireDomain),
        () => domains.create({ name: "x", address: "x.example" }),
        ["POST", "/v3/domains", 200, "r-1"],
      ],
    ];
    for (const [answer, call] of calls) {
      remote.will(answer);
      await call().catch(() => undefined);
    }
    const table = documented();
    assert.equal(table.length, 6);
    const read = lines().map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      read.map(({ method, path, status, requestId }) => [method, path, status, requestId]),
      calls.map(([, , expected]) => expected),
    );
    for (const line of read) {
      assert.deepEqual(
        Object.keys(line),
        table.map(({ name }) => name),
        "the members, in order",
      );
      for (const { name, types } of table)
        assert.ok(types.includes(typeOf(line[name])), `${name}: ${String(line[name])}`);
      assert.match(String(line.time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.match(String(line.method), /^(POST|PUT|PATCH|DELETE)$/);
    }
    assert.doesNotMatch(lines().join(), /Canary/);
  });

  it("has a line for each attempt of a write, and none for a question", async () => {
    const { workspaces, domains, grants } = client();
    remote.will(refusal(503, "x", "down"), json(200, { request_id: "r-2" }));
    await workspaces.delete("ws-1");
    remote.will(
      data(wireGrant),
      data({ domain_id: "d", status: "pending" }),
      data({ domain_id: "d", status: "pending" }),
    );
    await grants.get("grant-1");
    await domains.info("dom-1", "mx");
    await domains.verify("dom-1", "mx");
    assert.deepEqual(
      lines().map((line) => (JSON.parse(line) as { status: number }).status),
      [503, 200],
    );
  });

  it("is added to, and a file that is there keeps its mode", async () => {
    writeFileSync(file, '{"earlier":true}\n');
    chmodSync(file, 0o640);
    remote.always(json(200, { request_id: "r" }));
    await client().workspaces.delete("ws-1");
    await client().workspaces.delete("ws-2");
    assert.equal(lines().length, 3);
    assert.equal(lines()[0], '{"earlier":true}');
    assert.equal(statSync(file).mode & 0o777, 0o640);
  });
});

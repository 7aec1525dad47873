import assert from "node:assert/strict";
import fc from "fast-check";
import { makeAccount, send, startBench, type Bench } from "./client";

type Method = "POST" | "PUT" | "PATCH" | "DELETE";

describe("simulator: bodies that mean nothing", () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.simulator.close());

  it("never end in a 5xx or in an answer without an envelope, on any route that takes a body", async () => {
    const { simulator } = bench;
    const { url, keys, cloudflareUrl } = simulator;
    const grant = await makeAccount(bench, "a");
    const policy = simulator.seed({ kind: "policy", name: "p" });
    const workspace = simulator.seed({ kind: "workspace", name: "w" });
    simulator.seed({ kind: "domain", address: "agents.example.com" });
    const zone = simulator.zones[0]!.id;
    const record = simulator.putRecord("example.com", { type: "TXT", name: "t", content: "x" });
    const rule = simulator.seed({ kind: "rule", name: "r" });
    const list = simulator.seed({ kind: "list", name: "l" });
    const webhook = simulator.seed({ kind: "webhook", url: "http://127.0.0.1:9/" });
    const folder = simulator.seed({ kind: "folder", grant: grant.id, name: "f" });
    const principal = simulator.seed({ kind: "principal", name: "p" });
    const credential = simulator.seed({ kind: "credential", principalId: principal, name: "c" });
    const principals = `${url}/v3/iam/principals`;
    const routes: [Method, string, string][] = [
      ["POST", `${url}/v3/connectors`, keys.apiKey],
      ["POST", `${url}/v3/connect/custom`, keys.apiKey],
      ["PATCH", `${url}/v3/grants/${grant.id}`, keys.apiKey],
      ["POST", `${url}/v3/policies`, keys.apiKey],
      ["PUT", `${url}/v3/policies/${policy}`, keys.apiKey],
      ["POST", `${url}/v3/workspaces`, keys.apiKey],
      ["PATCH", `${url}/v3/workspaces/${workspace}`, keys.apiKey],
      ["POST", `${url}/v3/workspaces/${workspace}/manual-assign`, keys.apiKey],
      ["POST", `${url}/v3/domains`, keys.organizationKey],
      ["PUT", `${url}/v3/domains/agents.example.com`, keys.organizationKey],
      ["POST", `${url}/v3/domains/agents.example.com/info`, keys.organizationKey],
      ["POST", `${url}/v3/domains/agents.example.com/verify`, keys.organizationKey],
      ["POST", `${url}/v3/rules`, keys.apiKey],
      ["PUT", `${url}/v3/rules/${rule}`, keys.apiKey],
      ["POST", `${url}/v3/lists`, keys.apiKey],
      ["PUT", `${url}/v3/lists/${list}`, keys.apiKey],
      ["POST", `${url}/v3/lists/${list}/items`, keys.apiKey],
      ["DELETE", `${url}/v3/lists/${list}/items`, keys.apiKey],
      ["POST", `${url}/v3/webhooks`, keys.apiKey],
      ["PUT", `${url}/v3/webhooks/${webhook}`, keys.apiKey],
      ["POST", `${url}/v3/webhooks/send-test-event`, keys.apiKey],
      ["POST", `${url}/v3/webhooks/mock-payload`, keys.apiKey],
      ["POST", `${url}/v3/grants/${grant.id}/messages/send`, keys.apiKey],
      ["POST", `${url}/v3/grants/${grant.id}/folders`, keys.apiKey],
      ["PUT", `${url}/v3/grants/${grant.id}/folders/${folder}`, keys.apiKey],
      ["POST", principals, keys.organizationKey],
      ["PATCH", `${principals}/${principal}`, keys.organizationKey],
      ["POST", `${principals}/${principal}/credentials`, keys.organizationKey],
      ["PATCH", `${principals}/${principal}/credentials/${credential}`, keys.organizationKey],
      ["POST", `${cloudflareUrl}/zones/${zone}/dns_records`, keys.cloudflareToken],
      ["PATCH", `${cloudflareUrl}/zones/${zone}/dns_records/${record}`, keys.cloudflareToken],
    ];
    const members = [
      "name",
      "provider",
      "settings",
      "email",
      "app_password",
      "limits",
      "limit_storage_total",
      "limit_attachment_allowed_types",
      "spam_detection",
      "spam_sensitivity",
      "domain",
      "domain_address",
      "policy_id",
      "rule_ids",
      "auto_group",
      "assign_grants",
      "type",
      "options",
      "key_length",
      "content",
      "priority",
      "ttl",
      "data",
      "match",
      "conditions",
      "field",
      "operator",
      "value",
      "actions",
      "trigger",
      "items",
      "webhook_url",
      "trigger_types",
      "trigger_type",
      "to",
      "send_at",
      "resource_binding",
      "id",
      "roles",
      "expires_at",
      "status",
      "__proto__",
      "constructor",
    ];
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(
          "nylas",
          "TXT",
          "MX",
          "dkim",
          "from.domain",
          "in_list",
          "block",
          "message.created",
          "http://127.0.0.1:9/",
          "active",
          "application",
          "a@acme.nylas.email",
          "",
          "x.example.com",
          null,
          -1,
          0,
          1.5,
          true,
        ),
        fc.string({ maxLength: 12 }),
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...members), tie("any"), { maxKeys: 5 }),
      ),
    })).any;
    const request = fc.record({ route: fc.constantFrom(...routes), body: value });
    await fc.assert(
      fc.asyncProperty(request, async ({ route: [method, target, key], body }) => {
        const answer = await send(target, method, key, body);
        assert.ok(answer.status < 500, `${method} ${target} ${answer.status}`);
        assert.ok("request_id" in answer.body || "success" in answer.body);
      }),
      { numRuns: 1200 },
    );
    assert.equal((await bench.app("GET", "/v3/policies")).status, 200);
  });
});

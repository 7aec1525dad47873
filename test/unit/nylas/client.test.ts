import assert from "node:assert/strict";
import { inspect } from "node:util";
import { ANSWER, type Answered, answerOf } from "../../../provider/nylas/answer";
import {
  data,
  json,
  refusal,
  Remote,
  wireApplication,
  wireDomain,
  wireGrant,
  wirePolicy,
  wireWorkspace,
} from "./remote";
import { apiKeyWithSecret } from "../../../provider/nylas/wire/iam";
import { webhookWithSecret } from "../../../provider/nylas/wire/webhooks";

let remote: Remote;
beforeEach(async () => {
  remote = await Remote.start();
});
afterEach(() => remote.stop());

function withoutAnswer<T extends Answered>({ [ANSWER]: _, ...object }: T) {
  return object;
}

describe("a domain", () => {
  it("is read with every flag that is missing as false", async () => {
    remote.will(data({ ...wireDomain, region: null, unknown_field: { a: 1 } }));
    const domain = await remote.client().domains.get("dom-1");
    assert.deepEqual(domain?.verified, {
      ownership: true,
      mx: false,
      spf: false,
      dkim: false,
      feedback: false,
      dmarc: false,
      arc: false,
    });
    assert.equal(domain?.organizationId, "org-1");
  });

  it("is found by its address in any case, and not found where the API answers with another and lists it as little", async () => {
    remote.will(data(wireDomain), data(wireDomain), data([wireDomain]));
    assert.equal((await remote.client().domains.findByAddress("Agents.Example.com"))?.id, "dom-1");
    assert.equal(await remote.client().domains.findByAddress("other.example.com"), undefined);
  });

  it("that was made is looked for in a list from after that, and a list that failed is asked for again", async () => {
    const client = remote.client();
    const unknown = json(404, { error: { type: "not_found_error", message: "not found" } });
    const failed = json(403, { error: { type: "forbidden", message: "no" } });
    remote.will(unknown, failed, unknown, data([]), data(wireDomain), unknown, data([wireDomain]));
    await assert.rejects(client.domains.findByAddress("agents.example.com"));
    assert.equal(await client.domains.findByAddress("agents.example.com"), undefined);
    await client.domains.create({ name: "Agents", address: "agents.example.com" });
    assert.equal((await client.domains.findByAddress("agents.example.com"))?.id, "dom-1");
    assert.equal(remote.asked.filter((each) => each.startsWith("GET /v3/domains?")).length, 3);
  });

  it("is created, renamed with a fresh read after the sparse answer, and deleted", async () => {
    const client = remote.client();
    remote.will(
      data(wireDomain),
      data({ name: "New" }),
      data({ ...wireDomain, name: "New" }),
      json(200, { request_id: "r" }),
    );
    await client.domains.create({ name: "Agents", address: "agents.example.com" });
    assert.deepEqual(remote.body(0), { name: "Agents", domain_address: "agents.example.com" });
    assert.equal((await client.domains.rename("dom-1", "New")).name, "New");
    assert.deepEqual(remote.body(1), { name: "New" });
    assert.equal(await client.domains.delete("dom-1"), true);
    assert.deepEqual(remote.asked.slice(1), [
      "PUT /v3/domains/dom-1",
      "GET /v3/domains/dom-1",
      "DELETE /v3/domains/dom-1",
    ]);
  });

  it("is asked for its records with the same options for both questions", async () => {
    const attempt = {
      domain_id: "dom-1",
      status: "failed",
      expires_at: 0,
      attempt: { type: "dkim", options: { host: "@", type: "TXT", value: "v=DKIM1; p=x" } },
      message: "not yet",
    };
    remote.always(data(attempt));
    const client = remote.client();
    const answer = await client.domains.info("dom-1", "dkim", { dkimKeyLength: 2048 });
    await client.domains.verify("dom-1", "dkim", { dkimKeyLength: 2048 });
    assert.deepEqual(remote.body(0), { type: "dkim", options: { key_length: 2048 } });
    assert.deepEqual(remote.body(1), remote.body(0));
    assert.deepEqual(answer, {
      domainId: "dom-1",
      purpose: "dkim",
      status: "failed",
      record: { host: "@", type: "TXT", value: "v=DKIM1; p=x" },
      expiresAt: undefined,
      message: "not yet",
    });
  });
});

describe("the connector", () => {
  it("is made where there is none, once, however many need it", async () => {
    remote.will(
      data([{ provider: "google" }], { limit: 200 }),
      json(201, { request_id: "r", data: { provider: "nylas" } }),
    );
    const client = remote.client();
    await Promise.all([client.connectors.ensureNylas(), client.connectors.ensureNylas()]);
    await client.connectors.ensureNylas();
    assert.deepEqual(remote.asked, ["GET /v3/connectors", "POST /v3/connectors"]);
    assert.deepEqual(remote.body(1), { provider: "nylas" });
  });

  it("is left alone where there is one", async () => {
    remote.will(data([{ provider: "nylas" }], { limit: 200 }));
    await remote.client().connectors.ensureNylas();
    assert.equal(remote.seen.length, 1);
  });

  it("that somebody else makes in the same moment is as good", async () => {
    remote.will(
      data([], { limit: 200 }),
      refusal(400, "invalid_request_error", "connector already exists"),
      data([{ provider: "nylas" }], { limit: 200 }),
    );
    await remote.client().connectors.ensureNylas();
    assert.equal(remote.seen.length, 3);
  });

  it("that cannot be made is an error, and is tried again by the next who needs it", async () => {
    remote.will(data([], { limit: 200 }), refusal(400, "x", "no"), data([], { limit: 200 }));
    const client = remote.client();
    await assert.rejects(client.connectors.ensureNylas(), { kind: "refused" });
    remote.will(data([{ provider: "nylas" }], { limit: 200 }));
    await client.connectors.ensureNylas();
  });
});

describe("an account", () => {
  it("is created with what was given and nothing else", async () => {
    remote.will(json(201, { request_id: "r", data: wireGrant }), json(201, wireGrant));
    const client = remote.client();
    await client.grants.create({ email: "a@x.example" });
    assert.deepEqual(remote.body(0), { provider: "nylas", settings: { email: "a@x.example" } });
    // Without the data wrapper, as some answers come.
    const grant = await client.grants.create({
      email: "a@x.example",
      name: "A",
      workspaceId: "w",
      appPassword: "p",
    });
    assert.deepEqual(remote.body(1), {
      provider: "nylas",
      name: "A",
      workspace_id: "w",
      settings: { email: "a@x.example", app_password: "p" },
    });
    assert.deepEqual(withoutAnswer(grant), {
      id: "grant-1",
      provider: "nylas",
      email: "ops@agents.example.com",
      name: "Ops",
      status: "valid",
      workspaceId: "ws-1",
      hasAppPassword: true,
      createdAt: 1_790_000_000,
    });
  });

  it("is moved in one PATCH that sends the name along, which the API would clear, and leaves the settings alone", async () => {
    remote.will(data(wireGrant), data({ ...wireGrant, workspace_id: "ws-2" }));
    const moved = await remote.client().grants.update("grant-1", { workspaceId: "ws-2" });
    assert.equal(moved.workspaceId, "ws-2");
    assert.deepEqual(remote.asked, ["GET /v3/grants/grant-1", "PATCH /v3/grants/grant-1"]);
    assert.deepEqual(remote.body(1), { name: "Ops", workspace_id: "ws-2" });
  });

  it("gets a new password together with its address, since the API replaces the settings as a whole", async () => {
    remote.will(data({ ...wireGrant, name: "" }), data({ id: "grant-1" }), data(wireGrant));
    const grant = await remote.client().grants.update("grant-1", { appPassword: "New-Password-0815-xx" });
    assert.deepEqual(remote.body(1), {
      settings: { email: "ops@agents.example.com", app_password: "New-Password-0815-xx" },
    });
    // The answer was sparse: it was read again.
    assert.equal(grant.email, "ops@agents.example.com");
    assert.equal(remote.seen.length, 3);
  });

  it("is taken out of a workspace, and a removal that was skipped without a word is an error", async () => {
    const client = remote.client();
    remote.will(data({ grants_removed: ["grant-1"] }), data({ ...wireGrant, workspace_id: null }));
    assert.equal((await client.grants.removeFromWorkspace("grant-1", "ws-1")).workspaceId, undefined);
    assert.deepEqual(remote.body(0), { remove_grants: ["grant-1"] });
    assert.equal(remote.asked[0], "POST /v3/workspaces/ws-1/manual-assign");
    remote.will(data({ grants_removed: null }), data(wireGrant));
    await assert.rejects(client.grants.removeFromWorkspace("grant-1", "ws-1"), { kind: "refused" });
  });

  it("of another provider may lack an address", async () => {
    remote.will(data([{ id: "g2", provider: "virtual-calendar" }, wireGrant], { limit: 200 }));
    assert.deepEqual(
      (await remote.client().grants.list()).map(({ email }) => email),
      ["", "ops@agents.example.com"],
    );
  });

  it("says whether its mailbox holds mail, and is an error where the account is gone", async () => {
    const client = remote.client();
    remote.will(data([]), data([{ id: "m" }]), refusal(404, "grant.not_found", "gone"));
    assert.equal(await client.grants.holdsMail("grant-1"), false);
    assert.equal(await client.grants.holdsMail("grant-1"), true);
    assert.equal(remote.asked[0], "GET /v3/grants/grant-1/messages?limit=1");
    await assert.rejects(client.grants.holdsMail("grant-1"), { kind: "notFound" });
  });
});

describe("a workspace", () => {
  it("is created with auto_group always said, since its default has changed before", async () => {
    remote.will(data(wireWorkspace));
    const workspace = await remote.client().workspaces.create({ name: "Tenant A", autoGroup: false });
    assert.deepEqual(remote.body(0), { name: "Tenant A", auto_group: false });
    assert.deepEqual(withoutAnswer(workspace), {
      id: "ws-1",
      applicationId: "app-1",
      name: "Tenant A",
      domain: undefined,
      autoGroup: false,
      isDefault: false,
      policyId: "pol-1",
      ruleIds: ["rule-1"],
      createdAt: 1_790_000_000,
    });
  });

  it("is changed in one PATCH of what is given; null detaches the policy", async () => {
    remote.will(data({ ...wireWorkspace, policy_id: null }));
    const workspace = await remote.client().workspaces.update("ws-1", { policyId: null });
    assert.deepEqual(remote.body(0), { policy_id: null });
    assert.equal(workspace.policyId, undefined);
    assert.equal(remote.seen.length, 1);
  });

  it("is read again where the answer of the PATCH shows only a part of it", async () => {
    remote.will(data({ workspace_id: "ws-1", name: "B" }), data(wireWorkspace));
    assert.equal((await remote.client().workspaces.update("ws-1", { name: "B" })).policyId, "pol-1");
  });

  it("that nothing is to change about is not written", async () => {
    remote.will(data(wireWorkspace), data(wirePolicy), data(wireGrant));
    await remote.client().workspaces.update("ws-1", {});
    await remote.client().policies.update("pol-1", { limits: {} });
    await remote.client().grants.update("grant-1", {});
    assert.deepEqual(remote.asked, [
      "GET /v3/workspaces/ws-1",
      "GET /v3/policies/pol-1",
      "GET /v3/grants/grant-1",
    ]);
  });

  it("that does not say its application belongs to the one of the key", async () => {
    remote.will(data([{ ...wireWorkspace, application_id: undefined }]), data(wireApplication));
    assert.equal((await remote.client().workspaces.list())[0]?.applicationId, "app-1");
  });

  it("without its id is an error that names the field", async () => {
    remote.will(data({ name: "Tenant A" }));
    await assert.rejects(remote.client().workspaces.get("ws-1"), {
      kind: "malformed",
      message: /workspace_id is missing/,
    });
  });

  it("with a field of another type is an error that names it, and does not show it", async () => {
    remote.will(data({ ...wireWorkspace, rule_ids: "nyk_oops" }));
    await assert.rejects(remote.client().workspaces.get("ws-1"), (error: Error) => {
      assert.match(error.message, /rule_ids is not as documented \(it is a string\)/);
      return !error.message.includes("nyk_oops");
    });
  });
});

describe("a policy", () => {
  it("says no limit as −1 and reads −1 as none, where a limit may be absent", async () => {
    remote.will(data({ ...wirePolicy, limits: { ...wirePolicy.limits, limit_size_total_mime: -1 } }));
    const policy = await remote.client().policies.create({
      name: "Outreach",
      limits: { dailySends: 50, storageBytes: "unlimited", attachmentTypes: ["image/*"] },
      spamDetection: { dnsBlockLists: true, sensitivity: 1.5 },
    });
    assert.deepEqual(remote.body(0), {
      name: "Outreach",
      limits: {
        limit_count_daily_email_sent: 50,
        limit_storage_total: -1,
        limit_attachment_allowed_types: ["image/*"],
      },
      spam_detection: { use_list_dnsbl: true, spam_sensitivity: 1.5 },
    });
    assert.deepEqual(policy.limits, {
      dailySends: 50,
      storageBytes: "unlimited",
      inboxRetentionDays: 30,
      messageBytes: -1,
    });
    assert.deepEqual(policy.spamDetection, { dnsBlockLists: false, sensitivity: 1 });
  });

  it("is read again after an update, whose answer may lack the id", async () => {
    remote.will(data({ name: "Outreach", limits: {} }), data(wirePolicy));
    const policy = await remote.client().policies.update("pol-1", { limits: { dailySends: 60 } });
    assert.equal(policy.id, "pol-1");
    assert.deepEqual(remote.body(0), { limits: { limit_count_daily_email_sent: 60 } });
    assert.deepEqual(remote.asked, ["PUT /v3/policies/pol-1", "GET /v3/policies/pol-1"]);
  });
});

describe("what is kept of an answer", () => {
  it("holds no secret of a create", () => {
    const key = apiKeyWithSecret(
      { data: { id: "k", name: "n", status: "active", secret_under_a_new_name: "nyk_v0_canary-canary" } },
      "p",
    );
    const hook = webhookWithSecret({
      data: {
        id: "w",
        webhook_url: "https://x.example",
        trigger_types: ["grant.created"],
        status: "active",
        webhook_secret: "canary-canary-canary",
      },
    });
    for (const kept of [answerOf(key), answerOf(hook)]) {
      assert.equal(kept["status"], "active");
      assert.doesNotMatch(inspect(kept), /canary/);
    }
  });
});

import assert from "node:assert/strict";
import { failure } from "./failure";
import { data, json, refusal, Remote, text, wireApplication } from "./remote";

let remote: Remote;
beforeEach(async () => {
  remote = await Remote.start();
});
afterEach(() => remote.stop());

const wireRule = {
  id: "rule-1",
  application_id: "app-1",
  name: "Partners",
  trigger: "outbound",
  priority: 10,
  enabled: true,
  match: {
    operator: "any",
    conditions: [
      { field: "recipient.domain", operator: "in_list", value: ["list-1"] },
      { field: "from.tld", operator: "is_not", value: "zip" },
    ],
  },
  actions: [{ type: "mark_as_read" }, { type: "assign_to_folder", value: "Clients" }],
};

describe("rules", () => {
  const ours = [
    { field: "recipient.domain", inList: ["list-1"] },
    { field: "from.tld", isNot: "zip" },
  ];

  it("are read in the users' words, and listed from any of the envelopes they come in", async () => {
    remote.will(
      data({ items: [wireRule], next_cursor: null }),
      data([wireRule]),
      data({ items: null }),
      data([]),
    );
    const { rules } = remote.client();
    const [rule] = await rules.list();
    assert.deepEqual(rule?.conditions, ours);
    assert.deepEqual(rule?.actions, ["markAsRead", { assignToFolder: "Clients" }]);
    assert.equal(rule?.match, "any");
    assert.equal((await rules.list()).length, 1);
    assert.deepEqual(await rules.list(), []);
  });

  it("of an empty application are listed as none, also where the page says null", async () => {
    remote.will(data({ items: null, next_cursor: "c" }));
    assert.deepEqual(await remote.client().rules.list(), []);
    assert.equal(remote.seen.length, 1);
  });

  it("are written as Nylas has them, conditions together with how they match", async () => {
    remote.will(data(wireRule), data(wireRule));
    const { rules } = remote.client();
    await rules.create({
      name: "Partners",
      match: "any",
      conditions: [
        { field: "recipient.domain", inList: ["list-1"] },
        { field: "from.tld", isNot: "zip" },
      ],
      actions: ["markAsRead", { assignToFolder: "Clients" }],
    });
    assert.deepEqual(remote.body(0), {
      name: "Partners",
      match: wireRule.match,
      actions: wireRule.actions,
    });
    await rules.update("rule-1", { enabled: false });
    assert.deepEqual(remote.body(1), { enabled: false });
  });

  it("with an operator or an action of a later day can be listed all the same", async () => {
    const strange = {
      ...wireRule,
      match: { conditions: [{ field: "subject", operator: "matches", value: 7 }] },
      actions: [{ type: "move_to_folder", value: "x" }],
    };
    remote.will(data({ items: [strange] }), data({ items: [] }));
    const [rule] = await remote.client().rules.list();
    assert.deepEqual(rule?.conditions, [{ field: "subject", matches: "7" }]);
    assert.deepEqual(rule?.actions, ["move_to_folder"]);
  });

  it("beyond the plan are explained, with the plan's numbers", async () => {
    remote.will(refusal(403, "forbidden_access", "Maximum number of rules (5) reached for this plan"));
    const error = await failure(
      remote.client().rules.create({ name: "x", conditions: [], actions: ["block"] }),
    );
    assert.equal(error.kind, "quota");
    assert.match(error.message, /rules is used up \(Free: 5, Full Platform: 30, as of July 2026\)/);
  });
});

describe("lists", () => {
  it("take items in chunks of a thousand, a DELETE with its body too", async () => {
    remote.always(data({ id: "list-1", name: "x", type: "domain" }));
    const { lists } = remote.client();
    const items = Array.from({ length: 1001 }, (_, i) => `d${i}.example`);
    await lists.addItems("list-1", items);
    await lists.removeItems("list-1", items);
    await lists.removeItems("list-1", []);
    assert.deepEqual(remote.asked, [
      "POST /v3/lists/list-1/items",
      "POST /v3/lists/list-1/items",
      "DELETE /v3/lists/list-1/items",
      "DELETE /v3/lists/list-1/items",
    ]);
    assert.deepEqual(
      remote.seen.map(({ body }) => (JSON.parse(body) as { items: string[] }).items.length),
      [1000, 1, 1000, 1],
    );
  });

  it("do not say how many items there are where Nylas does not", async () => {
    remote.will(data({ id: "list-1", name: "x", type: "tld" }), data(wireApplication));
    assert.equal((await remote.client().lists.get("list-1"))?.itemsCount, undefined);
  });
});

describe("webhooks", () => {
  const wireWebhook = {
    id: "w-1",
    webhook_url: "https://a.example",
    trigger_types: ["grant.created"],
    status: "active",
  };
  const gone = refusal(400, "70000", "destination.id.not.found : record not found");

  it("that are not there come as a 400, which is a not-found here", async () => {
    remote.always(gone);
    const { webhooks } = remote.client();
    assert.equal(await webhooks.get("w-1"), undefined);
    assert.equal(await webhooks.delete("w-1"), false);
    assert.equal((await failure(webhooks.update("w-1", { compressed: true }))).kind, "notFound");
  });

  it("that are refused for another reason are not taken for gone", async () => {
    remote.always(refusal(400, "70001", "application_id.required : application id is required"));
    assert.equal((await failure(remote.client().webhooks.get("w-1"))).kind, "refused");
  });

  it("whose address does not answer are refused with what is expected of it, and not tried again here", async () => {
    remote.will(refusal(400, "70005", "unable.verify.webhook_url : status is not ok, got 404"));
    const error = await failure(
      remote.client().webhooks.create({ url: "https://a.example", triggers: ["grant.created"] }),
    );
    assert.equal(error.type, "70005");
    assert.match(error.message, /status is not ok, got 404.*the token alone as its whole body/);
    assert.equal(remote.seen.length, 1);
  });

  it("made without a secret in the answer are not counted as made well", async () => {
    remote.will(data(wireWebhook));
    const error = await failure(
      remote.client().webhooks.create({ url: "https://a.example", triggers: ["grant.created"] }),
    );
    assert.equal(error.kind, "ambiguous");
    assert.match(error.message, /webhook_secret is missing/);
  });

  it("are rotated by a route of their own", async () => {
    remote.will(data({ ...wireWebhook, webhook_secret: "s3" }));
    assert.equal(await remote.client().webhooks.rotateSecret("w-1"), "s3");
    assert.deepEqual(remote.asked, ["POST /v3/webhooks/rotate-secret/w-1"]);
    for (const answer of [{ data: { id: "w-1" }, webhook_secret: "s4" }, { webhook_secret: "s4" }]) {
      remote.will(json(200, { request_id: "r", ...answer }));
      assert.equal(await remote.client().webhooks.rotateSecret("w-1"), "s4", JSON.stringify(answer));
    }
  });
});

describe("principals and their keys", () => {
  const wirePrincipal = (binding: object) => ({
    id: "p-1",
    name: "Tenant",
    organization_id: "org-1",
    ...binding,
  });
  const bound = { type: "workspace", id: "ws-1" };

  for (const [what, wire, ours] of [
    ["type and id", { resource_binding: bound }, bound],
    ["a grant", { resource_binding: { type: "grant", id: "g-1" } }, { type: "account", id: "g-1" }],
    [
      "the names of the list filters",
      { resource_binding: { resource_binding_type: "workspace", resource_binding_id: "ws-1" } },
      bound,
    ],
    ["these names beside it", { resource_binding_type: "workspace", resource_binding_id: "ws-1" }, bound],
    ["a name for each kind", { resource_binding: { workspace_id: "ws-1", application_id: "app-1" } }, bound],
    ["a kind and its own name", { resource_binding: { type: "workspace", workspace_id: "ws-1" } }, bound],
  ] as const) {
    it(`are bound by ${what}`, async () => {
      remote.will(data(wirePrincipal(wire)));
      assert.deepEqual((await remote.client().principals.get("p-1"))?.binding, ours);
    });
  }

  it("whose binding cannot be read are an error that names it, not a principal bound to nothing", async () => {
    remote.will(data(wirePrincipal({ resource_binding: "ws-1" })));
    assert.match(
      (await failure(remote.client().principals.get("p-1"))).message,
      /resource_binding is not as documented/,
    );
  });

  it("are asked for with the organization key, without nulls and without the organization", async () => {
    remote.will(json(201, { request_id: "r", data: wirePrincipal({ resource_binding: bound }) }));
    await remote.client().principals.create({ name: "Tenant", binding: { type: "account", id: "g-1" } });
    assert.deepEqual(remote.body(0), { name: "Tenant", resource_binding: { type: "grant", id: "g-1" } });
    assert.match(remote.seen[0]?.headers.authorization ?? "", /organization/);
  });

  for (const name of ["secret", "api_key", "key"]) {
    it(`give their secret as ${name}`, async () => {
      remote.will(data({ id: "k-1", name: "Key", expires_at: 1_900_000_000, [name]: "nyk_tenant" }));
      const key = await remote.client().apiKeys.create("p-1", { name: "Key", expiresAt: 1_900_000_000 });
      assert.equal(key.secret, "nyk_tenant");
      assert.equal(key.principalId, "p-1");
    });
  }

  it("give their secret under a name that is new: it is the text that a later answer lacks (R12)", async () => {
    const shown = { id: "k-1", name: "Key", prefix_of_the_key: "nyk_v0_0123456789abcdef", note: "short" };
    const token = "nyk_v0_0123456789abcdef_tenant";
    remote.will(data({ ...shown, token }), data(shown));
    const key = await remote.client().apiKeys.create("p-1", { name: "Key", expiresAt: 1_900_000_000 });
    assert.equal(key.secret, token);
    assert.ok(!("others" in key), "what was not the secret is not handed on");
    assert.deepEqual(
      remote.seen.map(({ method, path }) => `${method} ${path}`),
      ["POST /v3/iam/principals/p-1/credentials", "GET /v3/iam/principals/p-1/credentials/k-1"],
    );
  });

  it("whose secret cannot be told from other texts are an open question, without any of them (R12)", async () => {
    const texts = { first_half: "nyk_v0_aaaaaaaaaaaaaaaa", second_half: "nyk_v0_bbbbbbbbbbbbbbbb" };
    remote.will(data({ id: "k-1", name: "Key", ...texts }), data({ id: "k-1", name: "Key" }));
    const error = await failure(remote.client().apiKeys.create("p-1", { name: "x", expiresAt: 1 }));
    assert.equal(error.kind, "ambiguous");
    assert.match(error.message, /first_half, second_half/);
    assert.doesNotMatch(error.message, /nyk_v0/);
  });

  it("whose routes are not there are a refusal with a way out, and not an empty list", async () => {
    remote.always(refusal(404, "not_found_error", "route not found"));
    const { principals } = remote.client();
    for (const asked of [
      () => principals.list(),
      () => principals.create({ name: "x", binding: { type: "workspace", id: "w" } }),
    ]) {
      const error = await failure(asked());
      assert.equal(error.kind, "refused");
      assert.match(error.message, /not everybody has it yet/);
    }
    assert.equal(await principals.get("p-1"), undefined);
  });

  it("of a proxy's 404 are neither", async () => {
    remote.always(text(404, "<html>not here</html>"));
    assert.equal((await failure(remote.client().principals.get("p-1"))).kind, "malformed");
  });

  it("beyond the quota say that expired keys count", async () => {
    remote.will(refusal(400, "invalid_request_error", "quota exceeded: a principal may have 10 credentials"));
    const error = await failure(remote.client().apiKeys.create("p-1", { name: "x", expiresAt: 1 }));
    assert.equal(error.kind, "quota");
    assert.match(error.message, /disabled or expired count too/);
  });

  it("that would lock everybody out are kept, and say so", async () => {
    remote.will(refusal(409, "conflict", "the last active IAM admin cannot be deleted"));
    assert.match(
      (await failure(remote.client().principals.delete("p-1"))).message,
      /last active administrator/,
    );
  });
});

describe("a workspace that names a rule which is gone", () => {
  it("is refused with the line to change", async () => {
    remote.will(
      refusal(400, "bad_request", "rule_ids: entry not found or does not belong to this application"),
    );
    const error = await failure(remote.client().workspaces.update("ws-1", { ruleIds: ["rule-1"] }));
    assert.match(error.message, /take it out of ruleIds/);
  });
});

describe("folders", () => {
  it("are looked into by their id before anybody deletes them", async () => {
    remote.will(data([{ id: "m-1" }]), data([]));
    const { folders } = remote.client();
    assert.equal(await folders.holdsMail("g-1", "f-1"), true);
    assert.equal(await folders.holdsMail("g-1", "f-1"), false);
    assert.deepEqual(remote.asked[0], "GET /v3/grants/g-1/messages?in=f-1&limit=1");
  });
});

describe("R2: the refusal of a move by PATCH", () => {
  for (const words of [
    "extra fields not permitted: workspace_id",
    'unknown field "workspace_id"',
    '"workspace_id" is not allowed',
    "workspace_id: unrecognized key",
    "workspace_id is read-only",
    "Additional properties are not supported: workspace_id",
  ])
    it(`says that there is no such field: ${words}`, async () => {
      const grant = {
        id: "g",
        provider: "nylas",
        grant_status: "valid",
        email: "a@x.example",
        created_at: 1,
      };
      remote.will(
        data({ ...grant, workspace_id: "w-1" }),
        json(400, { request_id: "r", error: { type: "invalid_request_error", message: words } }),
        data({ ...grant, workspace_id: "w-1" }),
        data({ grants_assigned: ["g"] }),
        data({ ...grant, workspace_id: "w-2" }),
      );
      const moved = await remote.client().grants.update("g", { workspaceId: "w-2" });
      assert.equal(moved.workspaceId, "w-2");
      assert.equal(remote.asked.at(-2), "POST /v3/workspaces/w-2/manual-assign");
    });

  for (const words of ["workspace_id: not found", "workspace_id is not a valid UUID", "name is not allowed"])
    it(`is of something else, and ends there: ${words}`, async () => {
      remote.will(
        data({ id: "g", provider: "nylas", grant_status: "valid", email: "a@x.example", created_at: 1 }),
        json(400, { request_id: "r", error: { type: "invalid_request_error", message: words } }),
      );
      await failure(remote.client().grants.update("g", { workspaceId: "w-2" }));
      assert.deepEqual(remote.asked, ["GET /v3/grants/g", "PATCH /v3/grants/g"]);
    });
});

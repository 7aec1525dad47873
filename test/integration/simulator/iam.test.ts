import assert from "node:assert/strict";
import { makeAccount, send, startBench, type Bench, type Wire } from "./client";

const YEAR = 365 * 86_400;

describe("simulator: principals and their keys", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.simulator.close());

  const now = (): number => Math.floor(Date.now() / 1000);
  const here = (): { type: string; id: string } => ({
    type: "application",
    id: bench.simulator.ids.application,
  });
  const create = (body: object = {}): Promise<Wire> =>
    bench.org("POST", "/v3/iam/principals", { name: "tenant", resource_binding: here(), ...body });
  const principal = async (body: object = {}): Promise<string> => {
    const { status, body: answer } = await create(body);
    assert.equal(status, 201, JSON.stringify(answer));
    return answer.data.id;
  };
  const patch = (id: string, body: object) => bench.org("PATCH", `/v3/iam/principals/${id}`, body);
  const addKey = (id: string, body: object = {}): Promise<Wire> =>
    bench.org("POST", `/v3/iam/principals/${id}/credentials`, {
      name: "key",
      expires_at: now() + 3600,
      ...body,
    });
  const key = async (id: string, body: object = {}): Promise<{ id: string; secret: string }> => {
    const answer = await addKey(id, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.data;
  };
  const as = (
    secret: string,
    method: "GET" | "POST" | "DELETE",
    path: string,
    body?: unknown,
  ): Promise<Wire> => send(bench.simulator.url + path, method, secret, body);
  const workspace = async (name: string): Promise<string> =>
    (await bench.app("POST", "/v3/workspaces", { name })).body.data.workspace_id;
  const admin = () => bench.simulator.state().principals.find((p) => p.name === "Made in the Dashboard")!;

  it("makes, reads, lists, changes and deletes a principal", async () => {
    const made = await create({ description: "d", direct_permissions: ["messages.read", "messages.read"] });
    assert.equal(made.status, 201);
    const { id, created_at, updated_at, ...rest } = made.body.data;
    assert.equal(created_at, updated_at);
    assert.deepEqual(rest, {
      organization_id: bench.simulator.ids.organization,
      name: "tenant",
      description: "d",
      status: "active",
      roles: [],
      direct_permissions: ["messages.read"],
      resource_binding: here(),
    });
    const changed = (await patch(id, { name: " other ", direct_permissions: [] })).body.data;
    assert.deepEqual([changed.name, changed.description, changed.direct_permissions], ["other", "d", []]);
    const filter = `resource_binding_type=application&resource_binding_id=${here().id}`;
    const { data } = (await bench.org("GET", `/v3/iam/principals?${filter}`)).body;
    assert.deepEqual(
      data.map((p: { id: string }) => p.id),
      [id],
    );
    assert.equal((await bench.org("GET", "/v3/iam/principals?resource_binding_type=grant")).status, 400);
    assert.equal((await bench.org("GET", "/v3/iam/principals?limit=201")).status, 400);
    assert.equal((await bench.org("DELETE", `/v3/iam/principals/${id}`)).status, 200);
    const gone = await bench.org("GET", `/v3/iam/principals/${id}`);
    assert.equal(gone.status, 404);
    assert.ok(gone.body.error.code && gone.body.error.details, "the dialect of IAM");
  });

  it("takes nothing unknown, nothing null, nothing empty and nothing too long", async () => {
    const id = await principal();
    const bad: object[] = [
      { organization_id: bench.simulator.ids.organization },
      { description: null },
      { name: "  " },
      { name: "x".repeat(129) },
      { description: "x".repeat(1025) },
      { status: "paused" },
      { roles: ["role_of_nobody"] },
      { direct_permissions: ["messages"] },
      { direct_permissions: Array.from({ length: 101 }, (_, i) => `messages.a${"b".repeat(i)}`) },
      { resource_binding: { type: "team", id: "x" } },
      { resource_binding: { ...here(), name: "x" } },
      { resource_binding: { type: "workspace", id: "00000000-0000-4000-8000-000000000000" } },
      { resource_binding: { type: "application", id: bench.simulator.ids.otherOrganizationApplication } },
      { resource_binding: { type: "organization", id: bench.simulator.ids.otherOrganization } },
    ];
    for (const body of bad) {
      assert.equal((await create(body)).status, 400, `POST ${JSON.stringify(body)}`);
      assert.equal((await patch(id, body)).status, 400, `PATCH ${JSON.stringify(body)}`);
    }
    assert.equal((await patch(id, {})).status, 400);
    assert.equal((await bench.org("POST", "/v3/iam/principals", { name: "x" })).status, 400);
  });

  it("tells a key's secret once, and never changes when it ends", async () => {
    const id = await principal();
    const expires_at = now() + 3600;
    const made = (await addKey(id, { expires_at })).body.data;
    assert.deepEqual(
      [made.type, made.principal_id, made.status, made.expires_at],
      ["api_key", id, "active", expires_at],
    );
    assert.ok(made.secret.length > 20);
    const path = `/v3/iam/principals/${id}/credentials/${made.id}`;
    const found = await bench.org("GET", path);
    const listed = await bench.org("GET", `/v3/iam/principals/${id}/credentials`);
    const changed = await bench.org("PATCH", path, { name: "new" });
    assert.equal(changed.body.data.name, "new");
    const everything = [
      found.body,
      listed.body,
      changed.body,
      bench.simulator.state(),
      bench.simulator.requests,
    ];
    assert.ok(!JSON.stringify(everything).includes(made.secret));
    assert.equal((await bench.org("PATCH", path, { expires_at: expires_at + 1 })).status, 400);
    assert.equal((await bench.org("PATCH", path, {})).status, 400);
    for (const wrong of [now() - 1, now() + 11 * YEAR, "tomorrow", 1.5, undefined]) {
      assert.equal((await addKey(id, { expires_at: wrong })).status, 400, String(wrong));
    }
    bench.simulator.configure({ credentialSecretField: "api_key" });
    const other = (await addKey(id)).body.data;
    assert.deepEqual(["secret" in other, typeof other.api_key], [false, "string"]);
  });

  it("lets a key do what its principal may, and no more", async () => {
    const id = await principal({ direct_permissions: ["policies.read", "policies.create"] });
    const { secret } = await key(id);
    assert.equal((await as(secret, "POST", "/v3/policies", { name: "p" })).status, 200);
    const [made] = (await as(secret, "GET", "/v3/policies")).body.data;
    const refused = await as(secret, "DELETE", `/v3/policies/${made.id}`);
    assert.deepEqual([refused.status, refused.body.error.type], [403, "insufficient_scopes"]);
    assert.equal((await as(secret, "GET", "/v3/rules")).status, 403);
    await patch(id, { direct_permissions: ["rules.read"] });
    assert.equal(
      (await as(secret, "GET", "/v3/policies")).status,
      403,
      "permissions are those of the moment",
    );
    assert.equal((await as(secret, "GET", "/v3/rules")).status, 200);
    assert.equal((await as(secret, "GET", "/v3/domains")).status, 403, "not an organization's key");
    assert.equal(bench.simulator.requests.at(-1)!.applicationId, bench.simulator.ids.application);
  });

  it("takes permissions from roles, those made in the Dashboard too", async () => {
    bench.simulator.seed({ kind: "role", id: "role_own", permissions: ["lists.read"] });
    const { secret } = await key(await principal({ roles: ["role_own", "role_system_messages_reader"] }));
    const account = await makeAccount(bench, "a");
    assert.equal((await as(secret, "GET", "/v3/lists")).status, 200);
    assert.equal((await as(secret, "GET", `/v3/grants/${account.id}/messages`)).status, 200);
    assert.equal((await as(secret, "GET", `/v3/grants/${account.id}/folders`)).status, 403);
  });

  it("answers 401 to a key that has ended, was disabled or deleted, or whose principal was", async () => {
    const id = await principal({ direct_permissions: ["rules.read"] });
    const status = async (secret: string): Promise<number> => (await as(secret, "GET", "/v3/rules")).status;
    const [one, two, three] = [await key(id), await key(id), await key(id, { expires_at: now() + 7200 })];
    const path = (credential: { id: string }) => `/v3/iam/principals/${id}/credentials/${credential.id}`;
    await bench.org("PATCH", path(one), { status: "disabled" });
    await bench.org("DELETE", path(two));
    assert.deepEqual(
      [await status(one.secret), await status(two.secret), await status(three.secret)],
      [401, 401, 200],
    );
    await patch(id, { status: "disabled" });
    assert.equal(await status(three.secret), 401);
    assert.equal((await bench.org("PATCH", path(one), { status: "active" })).status, 409);
    await patch(id, { status: "active" });
    assert.equal((await bench.org("PATCH", path(one), { status: "active" })).status, 200);
    assert.deepEqual([await status(one.secret), await status(three.secret)], [200, 200]);
    bench.simulator.advanceClock(5000);
    assert.deepEqual([await status(one.secret), await status(three.secret)], [401, 200]);
    await bench.org("DELETE", `/v3/iam/principals/${id}`);
    assert.equal(await status(three.secret), 401);
    assert.deepEqual(
      bench.simulator.state().credentials.filter((c) => c.principal_id === id),
      [],
      "keys go with their principal",
    );
  });

  it("binds a tenant's key to the accounts that are in its workspace at this moment", async () => {
    const [mine, theirs] = [await workspace("mine"), await workspace("theirs")];
    const a = await makeAccount(bench, "a", { workspace_id: mine });
    const b = await makeAccount(bench, "b", { workspace_id: theirs });
    const resource_binding = { type: "workspace", id: mine };
    const direct_permissions = ["messages.read", "messages.send", "grants.read", "workspaces.read"];
    const { secret } = await key(await principal({ resource_binding, direct_permissions }));
    const status = async (grant: string): Promise<number> =>
      (await as(secret, "GET", `/v3/grants/${grant}/messages`)).status;
    assert.deepEqual([await status(a.id), await status(b.id), await status(b.email)], [200, 403, 403]);
    const to = [{ email: b.email }];
    assert.equal((await as(secret, "POST", `/v3/grants/${a.id}/messages/send`, { to })).status, 200);
    const listed = (await as(secret, "GET", "/v3/grants")).body.data;
    assert.deepEqual(
      listed.map((g: { email: string }) => g.email),
      [a.email],
    );
    assert.equal((await as(secret, "GET", "/v3/workspaces")).status, 403, "more than its accounts");
    const grants = { assign_grants: [b.id] };
    await bench.app("POST", `/v3/workspaces/${mine}/manual-assign`, grants);
    assert.deepEqual([await status(a.id), await status(b.id)], [200, 200]);
    await bench.app("POST", `/v3/workspaces/${mine}/manual-assign`, { remove_grants: [a.id] });
    assert.deepEqual([await status(a.id), await status(b.id)], [403, 200]);
    await bench.app("DELETE", `/v3/workspaces/${mine}`);
    assert.equal(await status(b.id), 403, "a binding that dangles reaches nobody");
  });

  it("binds a key to one account", async () => {
    const [a, b] = [await makeAccount(bench, "a"), await makeAccount(bench, "b")];
    const resource_binding = { type: "grant", id: a.id };
    const { secret } = await key(
      await principal({ resource_binding, direct_permissions: ["messages.read"] }),
    );
    const statuses = await Promise.all(
      [a, b].map(async ({ id }) => (await as(secret, "GET", `/v3/grants/${id}/messages`)).status),
    );
    assert.deepEqual(statuses, [200, 403]);
  });

  it("refuses with 409 a binding that comes to no application while keys are active", async () => {
    const id = await principal();
    const { id: credential } = await key(id);
    const gone = { resource_binding: { type: "workspace", id: "00000000-0000-4000-8000-000000000000" } };
    assert.equal((await patch(id, gone)).status, 409);
    await bench.org("DELETE", `/v3/iam/principals/${id}/credentials/${credential}`);
    assert.equal((await patch(id, gone)).status, 400);
    const home = await workspace("w");
    assert.equal((await patch(id, { resource_binding: { type: "workspace", id: home } })).status, 200);
    await bench.app("DELETE", `/v3/workspaces/${home}`);
    assert.equal((await patch(id, { name: "still there" })).status, 200);
    assert.equal((await addKey(id)).status, 409);
  });

  it("keeps the last admin of an organization", async () => {
    const { id } = admin();
    const path = `/v3/iam/principals/${id}`;
    assert.equal((await bench.org("DELETE", path)).status, 409);
    assert.equal((await patch(id, { status: "disabled" })).status, 409);
    assert.equal((await patch(id, { roles: [] })).status, 409);
    assert.equal((await patch(id, { resource_binding: here() })).status, 409);
    assert.equal((await patch(id, { name: "renamed" })).status, 200);
    const resource_binding = { type: "organization", id: bench.simulator.ids.organization };
    await principal({ name: "second admin", roles: ["role_system_iam_admin"], resource_binding });
    assert.equal((await bench.org("DELETE", path)).status, 200);
    assert.equal((await bench.org("GET", "/v3/domains")).status, 401, "and its key with it");
  });

  it("wants the permission of each route, and no application key", async () => {
    assert.equal((await bench.app("GET", "/v3/iam/principals")).status, 403);
    bench.simulator.limitKey("organizationKey", {
      permissions: ["iam.principals.read", "iam.principals.create"],
    });
    assert.equal((await create()).status, 201);
    const { id } = admin();
    assert.equal((await bench.org("GET", `/v3/iam/principals/${id}/credentials`)).status, 403);
    assert.equal((await bench.org("DELETE", `/v3/iam/principals/${id}`)).status, 403);
    assert.deepEqual(
      (
        await send(
          `${bench.simulator.url}/v3/iam/principals`,
          "GET",
          bench.simulator.keys.otherOrganizationKey,
        )
      ).body.data.length,
      1,
      "the other organization sees its own only",
    );
  });

  it("refuses with 400 what is beyond the quotas", async () => {
    const id = await principal();
    for (let i = 0; i < 9; i++) await key(id);
    const last = await key(id);
    await bench.org("PATCH", `/v3/iam/principals/${id}/credentials/${last.id}`, { status: "disabled" });
    const eleventh = await addKey(id);
    assert.equal(eleventh.status, 400);
    assert.match(eleventh.body.error.message, /quota exceeded: a principal may have 10 credentials/);
    // Two of a hundred are there; the one application that is bound makes room for two more.
    for (let i = 0; i < 100; i++) bench.simulator.seed({ kind: "principal", name: `p${i}` });
    const beyond = await create();
    assert.equal(beyond.status, 400);
    assert.match(beyond.body.error.message, /102 principals/);
    const fresh = { type: "workspace", id: await workspace("w") };
    assert.equal((await create({ resource_binding: fresh })).status, 201, "another binding makes room");
  });

  it("can be gone altogether", async () => {
    bench.simulator.configure({ iamRoutes: "gone" });
    assert.equal((await bench.org("GET", "/v3/iam/principals")).status, 404);
  });
});

import assert from "node:assert/strict";
import NylasClient, { NylasApiError } from "nylas";
// The package types its CommonJS entry as a value only; the class's type stands at the other entry.
import type { default as Nylas } from "nylas" with { "resolution-mode": "import" };
import { startSimulator, type Simulator } from "nylas-simulator";

/** The official SDK is an independent reader of the API: what it understands, the simulator says right. */
describe("the official Nylas SDK against the simulator", () => {
  let simulator: Simulator;
  let nylas: Nylas;

  beforeEach(async () => {
    simulator = await startSimulator();
    nylas = new NylasClient({ apiKey: simulator.keys.apiKey, apiUri: simulator.url });
    simulator.seed({ kind: "connector" });
  });
  afterEach(() => simulator.close());

  const createAccount = (alias: string, more: object = {}) => {
    const requestBody = { provider: "nylas", settings: { email: `${alias}@acme.nylas.email` }, ...more };
    return nylas.auth.customAuthentication({ requestBody } as never);
  };

  it("reads the application", async () => {
    const { data } = await nylas.applications.getDetails();
    assert.equal(data.applicationId, simulator.ids.application);
    assert.equal(data.organizationId, simulator.ids.organization);
    assert.equal(data.region, "us");
  });

  it("sees the connector", async () => {
    const { data } = await nylas.connectors.list({});
    assert.deepEqual(
      data.map((c) => c.provider),
      ["nylas"],
    );
  });

  it("creates, reads, updates, lists and destroys a workspace", async () => {
    const { data: made } = await nylas.workspaces.create({
      requestBody: { name: "Tenant A", autoGroup: false },
    });
    const { data: found } = await nylas.workspaces.find({ workspaceId: made.workspaceId });
    assert.deepEqual(
      [found.name, found.default, found.applicationId],
      ["Tenant A", false, simulator.ids.application],
    );
    const change = { workspaceId: made.workspaceId, requestBody: { name: "Tenant B" } };
    assert.equal((await nylas.workspaces.update(change)).data.name, "Tenant B");
    const { data: all } = await nylas.workspaces.list();
    assert.deepEqual(all.map((w) => w.name).sort(), ["Default", "Tenant B"]);
    const { requestId } = await nylas.workspaces.destroy({ workspaceId: made.workspaceId });
    assert.ok(requestId);
    await assert.rejects(
      nylas.workspaces.find({ workspaceId: made.workspaceId }),
      (error: NylasApiError) => error instanceof NylasApiError && error.statusCode === 404,
    );
  });

  it("attaches and detaches a policy", async () => {
    const { data: policy } = await nylas.policies.create({ requestBody: { name: "p" } });
    const { data: made } = await nylas.workspaces.create({ requestBody: { name: "w", policyId: policy.id } });
    assert.equal(made.policyId, policy.id);
    const update = { workspaceId: made.workspaceId, requestBody: { policyId: null } };
    assert.equal((await nylas.workspaces.update(update)).data.policyId, null);
  });

  it("assigns a grant and understands null for nothing removed", async () => {
    const { data: account } = await createAccount("a");
    const { data: workspace } = await nylas.workspaces.create({ requestBody: { name: "w" } });
    const requestBody = { assignGrants: [account.id] };
    const { data } = await nylas.workspaces.manualAssign({ workspaceId: workspace.workspaceId, requestBody });
    assert.deepEqual([data.grantsAssigned, data.grantsRemoved], [[account.id], null]);
  });

  it("creates and updates a policy and walks over all of them", async () => {
    const limits = { limitCountDailyEmailSent: 50, limitInboxRetentionPeriod: 30 };
    const { data: made } = await nylas.policies.create({ requestBody: { name: "outreach", limits } });
    assert.equal(made.limits?.limitCountDailyEmailSent, 50);
    assert.equal(made.limits?.limitStorageTotal, 10 * 1024 ** 3);
    const change = { policyId: made.id, requestBody: { limits: { limitCountDailyEmailSent: 60 } } };
    const { data: updated } = await nylas.policies.update(change);
    assert.deepEqual(
      [updated.limits?.limitCountDailyEmailSent, updated.limits?.limitInboxRetentionPeriod],
      [60, 30],
    );
    for (let i = 0; i < 24; i++) simulator.seed({ kind: "policy", name: `p${i}` });
    const names = new Set<string>();
    for await (const page of nylas.policies.list()) for (const policy of page.data) names.add(policy.name);
    assert.equal(names.size, 25);
    await nylas.policies.destroy({ policyId: made.id });
    assert.equal(simulator.state().policies.length, 24);
  });

  it("creates an account by custom authentication, finds, lists, updates and destroys it", async () => {
    const { data: made } = await createAccount("ops", { name: "Ops" });
    const { data: found } = await nylas.grants.find({ grantId: made.id });
    assert.deepEqual(
      [found.email, found.provider, found.grantStatus],
      ["ops@acme.nylas.email", "nylas", "valid"],
    );
    const list = await nylas.grants.list({ queryParams: { limit: 200 } });
    assert.deepEqual(
      list.data.map((g) => g.id),
      [made.id],
    );
    const lagging = await nylas.grants.list({ queryParams: { provider: "nylas" as never } });
    assert.deepEqual(lagging.data, []);
    const settings = { email: "ops@acme.nylas.email" };
    await nylas.grants.update({ grantId: made.id, requestBody: { name: "New", settings } as never });
    assert.equal(simulator.state().grants[0]!.name, "New");
    await nylas.grants.destroy({ grantId: made.id });
    assert.deepEqual(simulator.state().grants, []);
  });

  it("reads mail and folders of an account", async () => {
    const { data: made } = await createAccount("ops");
    for (const subject of ["one", "two", "three"]) simulator.addMessage({ grant: made.id, subject });
    const one = await nylas.messages.list({ identifier: made.id, queryParams: { limit: 1 } });
    assert.deepEqual(
      one.data.map((m) => m.subject),
      ["one"],
    );
    const subjects: string[] = [];
    for await (const page of nylas.messages.list({ identifier: "ops@acme.nylas.email" })) {
      for (const message of page.data) subjects.push(message.subject!);
    }
    assert.deepEqual(subjects, ["one", "two", "three"]);
    const folders = await nylas.folders.list({ identifier: made.id });
    assert.equal(folders.data.find((f) => f.name === "inbox")?.totalCount, 3);
  });

  it("makes its own errors of ours, in the standard and in the flat dialect", async () => {
    const refused = await createAccount("a", { settings: { email: "a@unknown.example.com" } }).catch(
      (e: unknown) => e,
    );
    assert.ok(refused instanceof NylasApiError);
    assert.deepEqual([refused.statusCode, refused.type], [404, "api.not_found_error"]);
    assert.match(refused.message, /Domain not found/);
    assert.match(refused.requestId!, /^[0-9a-f-]{36}$/);
    const stranger = new NylasClient({ apiKey: "wrong", apiUri: simulator.url });
    const unauthorised = await stranger.grants.list().catch((e: unknown) => e);
    assert.ok(unauthorised instanceof NylasApiError);
    assert.equal(unauthorised.statusCode, 401);
  });
});

import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "nylas-simulator";
import { type NylasApi } from "../../../provider/nylas/api";
import { connectApart } from "../../../provider/nylas/client";
import { scaledClock } from "../../../provider/nylas/clock";
import { readSettings } from "../../../provider/nylas/credentials";
import { Lifetime } from "../../../provider/nylas/lifetime";
import { instantClock } from "../../unit/nylas/remote";

const purposes = ["ownership", "mx", "spf", "dkim", "feedback"] as const;

describe("against the simulator", () => {
  let simulator: Simulator;
  let api: NylasApi & { close(): Promise<void> };

  const connectWith = (env: NodeJS.ProcessEnv = {}) =>
    connectApart(
      readSettings(() => undefined, {
        NYLAS_API_URL: simulator.url,
        NYLAS_API_KEY: simulator.keys.apiKey,
        NYLAS_ORGANIZATION_KEY: simulator.keys.organizationKey,
        NYLAS_REQUEST_TIMEOUT: "0.5",
        ...env,
      }),
      { clock: instantClock(), lifetime: new Lifetime(), random: () => 0 },
    );

  before(async () => {
    simulator = await startSimulator();
  });
  after(() => simulator.close());
  beforeEach(() => {
    simulator.reset();
    api = connectWith();
  });
  afterEach(() => api.close());

  const account = async (email = "ops@agents.example.com") => {
    simulator.seed({ kind: "domain", address: "agents.example.com", verified: true });
    await api.connectors.ensureNylas();
    return api.grants.create({ email, name: "Ops", appPassword: "Abcdefgh-1234567890-x" });
  };

  it("the application is the one of the key", async () => {
    const { id, region, defaultWorkspaceId } = await api.application();
    assert.equal(id, simulator.ids.application);
    assert.equal(region, "us");
    assert.equal((await api.workspaces.get(defaultWorkspaceId ?? ""))?.isDefault, true);
  });

  it("domains are managed with the signature of a service account, where that is what there is", async () => {
    const signed = connectWith({
      NYLAS_ORGANIZATION_KEY: "",
      NYLAS_SERVICE_ACCOUNT: simulator.keys.serviceAccount,
    });
    try {
      const domain = await signed.domains.create({ name: "Söhne & Co", address: "agents.example.com" });
      assert.equal((await signed.domains.info(domain.id, "mx")).record?.type, "MX");
      simulator.addFault({ path: "^/v3/admin/domains$", kind: "status", status: 503, times: 2 });
      assert.deepEqual(
        (await signed.domains.list()).filter(({ branded }) => !branded).map(({ name }) => name),
        ["Söhne & Co"],
      );
      assert.equal(await signed.domains.delete(domain.id), true);
      assert.deepEqual(
        simulator.state().domains.filter(({ branded }) => !branded),
        [],
      );
    } finally {
      await signed.close();
    }
  });

  for (const deleteNeedsBody of [false, true])
    it(`a domain is deleted by a signed request, where a DELETE needs ${deleteNeedsBody ? "a" : "no"} body`, async () => {
      simulator.configure({ deleteNeedsBody });
      const signed = connectWith({
        NYLAS_ORGANIZATION_KEY: "",
        NYLAS_SERVICE_ACCOUNT: simulator.keys.serviceAccount,
      });
      try {
        const { id } = await signed.domains.create({ name: "A", address: "agents.example.com" });
        simulator.clearRequests();
        assert.equal(await signed.domains.delete(id), true);
        assert.equal(simulator.state().domains.filter(({ branded }) => !branded).length, 0);
        assert.deepEqual(
          simulator.requests.map(({ status }) => status),
          deleteNeedsBody ? [400, 200] : [200],
        );
      } finally {
        await signed.close();
      }
    });

  it("a domain is created, asked for its records, renamed and deleted", async () => {
    const domain = await api.domains.create({ name: "Agents", address: "Agents.Example.com" });
    assert.equal(domain.address, "agents.example.com");
    for (const purpose of purposes) {
      const attempt = await api.domains.info(domain.id, purpose);
      assert.equal(attempt.status, "pending");
      assert.equal(attempt.record?.type, purpose === "mx" || purpose === "feedback" ? "MX" : "TXT");
    }
    assert.equal((await api.domains.verify(domain.id, "mx")).status === "done", false);
    assert.equal((await api.domains.rename(domain.id, "Renamed")).name, "Renamed");
    assert.equal((await api.domains.findByAddress("agents.example.com"))?.id, domain.id);
    assert((await api.domains.list()).some(({ branded }) => branded));
    assert.equal(await api.domains.delete(domain.id), true);
    assert.equal(await api.domains.delete(domain.id), false);
    assert.equal(await api.domains.get(domain.id), undefined);
    await assert.rejects(api.domains.verify(domain.id, "mx"), { kind: "notFound" });
  });

  it("a second domain of the same address is a conflict", async () => {
    for (const duplicateDomainStatus of [400, 409] as const) {
      simulator.reset();
      simulator.configure({ duplicateDomainStatus });
      await api.domains.create({ name: "A", address: "agents.example.com" });
      await assert.rejects(api.domains.create({ name: "A", address: "agents.example.com" }), {
        kind: "conflict",
      });
    }
  });

  it("the application's key in the place of the organization's is refused with the way out", async () => {
    const wrong = connectWith({ NYLAS_ORGANIZATION_KEY: simulator.keys.secondApiKey });
    await assert.rejects(wrong.domains.list(), { kind: "forbidden", message: /bound to the organization/ });
    await wrong.close();
  });

  it("a key that was rotated is refused, and the new one is not", async () => {
    const apiKey = simulator.rotateKey("apiKey");
    await assert.rejects(api.grants.list(), { kind: "credential", message: /NYLAS_API_KEY/ });
    const renewed = connectWith({ NYLAS_API_KEY: apiKey });
    assert.deepEqual(await renewed.grants.list(), []);
    await renewed.close();
  });

  it("an account keeps its name and its password through a move, and is found by its address", async () => {
    const made = await account();
    const workspace = await api.workspaces.create({ name: "Tenant A", autoGroup: false });
    const moved = await api.grants.update(made.id, { workspaceId: workspace.id });
    assert.equal(moved.workspaceId, workspace.id);
    assert.equal(moved.name, "Ops");
    assert(simulator.checkAppPassword(made.id, "Abcdefgh-1234567890-x"));
    assert.equal((await api.grants.findByEmail("OPS@agents.example.com"))?.id, made.id);
    const removed = await api.grants.removeFromWorkspace(made.id, workspace.id);
    assert.notEqual(removed.workspaceId, workspace.id);
  });

  it("a new password takes the place of the old one and nothing else", async () => {
    const made = await account();
    await api.grants.update(made.id, { appPassword: "Zyxwvuts-0987654321-x" });
    assert(simulator.checkAppPassword(made.id, "Zyxwvuts-0987654321-x"));
    assert.equal((await api.grants.get(made.id))?.name, "Ops");
  });

  it("a mailbox says whether it holds mail, and is gone after the delete", async () => {
    const made = await account();
    assert.equal(await api.grants.holdsMail(made.id), false);
    simulator.addMessage({ grant: made.id, subject: "Hello" });
    assert.equal(await api.grants.holdsMail(made.id), true);
    assert.equal(await api.grants.delete(made.id), true);
    assert.equal(await api.grants.get(made.id), undefined);
  });

  it("more accounts than a page holds are all found", async () => {
    for (let n = 0; n < 230; n++) simulator.seed({ kind: "grant", email: `a${n}@agents.example.com` });
    assert.equal((await api.grants.list()).length, 230);
  });

  it("an unregistered domain, an exhausted plan and a foreign workspace are told apart", async () => {
    await api.connectors.ensureNylas();
    await assert.rejects(api.grants.create({ email: "a@nowhere.example.org" }), {
      kind: "refused",
      message: /domain nowhere\.example\.org is not registered/,
    });
    const made = await account();
    await assert.rejects(
      api.grants.update(made.id, { workspaceId: "0a0a0a0a-0000-4000-8000-000000000000" }),
      {
        kind: "refused",
        message: /workspace/,
      },
    );
    simulator.configure({ maxAccounts: 1 });
    await assert.rejects(api.grants.create({ email: "b@agents.example.com" }), { kind: "quota" });
  });

  it("a connector that this process makes at the same moment is none of before", async () => {
    const other = connectWith();
    const [, had] = await Promise.all([api.connectors.ensureNylas(), api.connectors.hadNylas()]);
    assert.deepEqual(
      [
        had,
        await api.connectors.hadNylas(),
        await other.connectors.hadNylas(),
        await api.connectors.hasNylas(),
      ],
      [false, false, true, true],
    );
    await other.close();
  });

  it("the connector is made once, also by two at a time", async () => {
    const other = connectWith();
    await Promise.all([api.connectors.ensureNylas(), other.connectors.ensureNylas()]);
    await other.close();
    assert.equal(simulator.state().connectors.filter(({ provider }) => provider === "nylas").length, 1);
  });

  it("a policy keeps what was not sent, and is listed although the last page has a cursor", async () => {
    simulator.configure({ policyPutWithoutId: true, alwaysCursor: true });
    const policy = await api.policies.create({
      name: "Outreach",
      limits: { dailySends: 50, dailyReceives: "unlimited" },
    });
    const updated = await api.policies.update(policy.id, { limits: { dailySends: 60 } });
    assert.equal(updated.limits.dailySends, 60);
    assert.equal(updated.limits.dailyReceives, "unlimited");
    assert.equal(updated.name, "Outreach");
    assert.deepEqual(
      (await api.policies.list()).map(({ id }) => id),
      [policy.id],
    );
    const workspace = await api.workspaces.create({ name: "A", autoGroup: false, policyId: policy.id });
    assert.equal(workspace.policyId, policy.id);
    assert.equal((await api.workspaces.update(workspace.id, { policyId: null })).policyId, undefined);
    assert.equal(await api.policies.delete(policy.id), true);
  });

  it("a limit above the plan is explained in our names", async () => {
    simulator.configure({ plan: "free" });
    await assert.rejects(api.policies.create({ name: "P", limits: { dailySends: 500 } }), {
      kind: "quota",
      message: /dailySends.*Full Platform/,
    });
  });

  it("a create whose answer is lost has happened once, and is ambiguous", async () => {
    for (const kind of ["reset", "cut", "html", "timeout"] as const) {
      simulator.reset();
      simulator.addFault({ method: "POST", path: "^/v3/workspaces$", when: "after", kind });
      await assert.rejects(api.workspaces.create({ name: "Once", autoGroup: false }), { kind: "ambiguous" });
      const made = simulator.state().workspaces.filter(({ name }) => name === "Once");
      assert.equal(made.length, 1, kind);
    }
  });

  it("a wave of faults passes over reads and idempotent writes unnoticed", async () => {
    const workspace = await api.workspaces.create({ name: "A", autoGroup: false });
    for (const fault of [
      { kind: "status", status: 429, retryAfter: 2 },
      { kind: "status", status: 503 },
      { kind: "reset" },
      { kind: "html", status: 502 },
    ] as const) {
      simulator.addFault({ ...fault, path: "^/v3/workspaces/" });
    }
    assert.equal((await api.workspaces.update(workspace.id, { name: "B" })).name, "B");
    simulator.addFault({ kind: "reset", method: "DELETE", when: "after" });
    assert.equal(await api.workspaces.delete(workspace.id), false);
  });

  it("stays under the limit of 50 requests a second, and is never told to slow down", async () => {
    simulator.configure({ requestsPerSecond: 50 });
    const patient = connectApart(
      readSettings(() => undefined, { NYLAS_API_URL: simulator.url, NYLAS_API_KEY: simulator.keys.apiKey }),
      // The wall's clock: the simulator counts by it.
      {
        clock: scaledClock(1),
        lifetime: new Lifetime(),
        random: () => 0,
      },
    );
    const id = (await patient.application()).defaultWorkspaceId ?? "";
    await Promise.all([...Array(100).keys()].map(() => patient.workspaces.get(id)));
    assert.equal(simulator.requests.filter(({ status }) => status === 429).length, 0);
    await patient.close();
  });
});

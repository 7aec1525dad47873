import assert from "node:assert/strict";
import { makeAccount, send, startBench, type Bench } from "../integration/simulator/client";
import { startReceiver } from "../receiver";

const NOBODY = "00000000-0000-4000-8000-000000000000";
const DAY = 86_400;

/**
 * What has caught, or can catch, a client of this API, each once and on the wire, in the order of the API's
 * description. A client that passes against this simulator has met them all.
 */
describe("the traps of the API", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.simulator.close());

  const domain = async (): Promise<string> =>
    (await bench.org("POST", "/v3/domains", { name: "a", domain_address: "Agents.example.com" })).body.data
      .id;
  const info = async (type: string) =>
    (await bench.org("POST", "/v3/domains/agents.example.com/info", { type })).body.data;
  const workspace = async (body: object): Promise<string> =>
    (await bench.app("POST", "/v3/workspaces", { name: "w", ...body })).body.data.workspace_id;

  describe("transport", () => {
    it("a charset after application/json makes a body that is no JSON", async () => {
      const { simulator } = bench;
      const type = { "content-type": "application/json; charset=utf-8" };
      const answer = await send(
        `${simulator.url}/v3/policies`,
        "POST",
        simulator.keys.apiKey,
        { name: "p" },
        type,
      );
      assert.equal(answer.status, 400);
    });

    it("a POST needs a body, though it be {}", async () => {
      const headers = { authorization: `Bearer ${bench.simulator.keys.apiKey}` };
      const url = `${bench.simulator.url}/v3/workspaces/auto-group`;
      assert.equal((await fetch(url, { method: "POST", headers })).status, 400);
      assert.equal((await bench.app("POST", "/v3/workspaces/auto-group", {})).status, 200);
    });

    it("deletes answer 200 with a body, never 204", async () => {
      const id = bench.simulator.seed({ kind: "policy", name: "p" });
      const { status, body } = await bench.app("DELETE", `/v3/policies/${id}`);
      assert.deepEqual([status, Object.keys(body)], [200, ["request_id"]]);
    });

    it("a create that was cut off may have happened, and no Idempotency-Key helps", async () => {
      const { simulator } = bench;
      simulator.addFault({ kind: "reset", when: "after", method: "POST", path: "^/v3/policies$" });
      const create = () =>
        send(
          `${simulator.url}/v3/policies`,
          "POST",
          simulator.keys.apiKey,
          { name: "p" },
          { "idempotency-key": "k" },
        );
      await assert.rejects(create());
      await create();
      assert.equal(simulator.state().policies.length, 2);
    });

    it("errors come in several shapes", async () => {
      const shapes = [
        (await bench.app("GET", `/v3/policies/${NOBODY}`)).body.error.type,
        (await bench.app("POST", "/v3/connect/custom", { surprise: 1 })).body.message,
        (await send(`${bench.simulator.url}/v3/grants`, "GET", "nope")).body.error.code,
        (await bench.app("GET", `/v3/webhooks/${NOBODY}`)).body.error.type,
        (await bench.org("GET", `/v3/iam/principals/${NOBODY}`)).body.error.code,
      ];
      assert.deepEqual(shapes, [
        "not_found_error",
        "extra fields not permitted: surprise",
        "token.unauthorized_access",
        "70000",
        "not_found_error",
      ]);
    });
  });

  describe("domains", () => {
    it("an update answers only with what it changed", async () => {
      const path = `/v3/domains/${await domain()}`;
      const { data } = (await bench.org("PUT", path, { name: "b" })).body;
      assert.deepEqual(Object.keys(data).sort(), ["name", "updated_at"]);
    });

    it("a check that fails answers 200", async () => {
      await domain();
      const { status, body } = await bench.org("POST", "/v3/domains/agents.example.com/verify", {
        type: "mx",
      });
      assert.deepEqual([status, body.data.status], [200, "pending"]);
    });

    it("the ownership value is another one after two days", async () => {
      await domain();
      const before = (await info("ownership")).attempt.options.value;
      assert.equal((await info("ownership")).attempt.options.value, before);
      bench.simulator.advanceClock(2 * DAY + 1);
      assert.notEqual((await info("ownership")).attempt.options.value, before);
    });

    it("the host is @, the bare name or ends in a dot; the MX value may hold its priority; there may be no attempt", async () => {
      await domain();
      const hosts: string[] = [];
      for (const hostStyle of ["@", "bare", "fqdn"] as const) {
        bench.simulator.configure({ hostStyle });
        hosts.push((await info("mx")).attempt.options.host);
      }
      assert.deepEqual(hosts, ["@", "agents.example.com", "agents.example.com."]);
      assert.match((await info("mx")).attempt.options.value, /^10 /);
      bench.simulator.configure({ mxStyle: "target", attemptNullFor: ["dkim"] });
      assert.doesNotMatch((await info("mx")).attempt.options.value, / /);
      assert.equal((await info("dkim")).attempt, null);
    });

    it("an address is taken in any case and stands in lower case", async () => {
      await domain();
      assert.equal(
        (await bench.org("GET", "/v3/domains/AGENTS.example.com")).body.data.domain_address,
        "agents.example.com",
      );
    });
  });

  describe("accounts", () => {
    it("an unknown domain is a 404 on create", async () => {
      bench.simulator.seed({ kind: "connector" });
      const settings = { email: "a@unknown.example.com" };
      const { status, body } = await bench.app("POST", "/v3/connect/custom", { provider: "nylas", settings });
      assert.equal(status, 404);
      assert.match(JSON.stringify(body), /Domain not found/);
    });

    it("the same address again is the same account, and after a delete another", async () => {
      const first = await makeAccount(bench, "a");
      assert.equal((await makeAccount(bench, "a")).id, first.id);
      await bench.app("DELETE", `/v3/grants/${first.id}`);
      assert.notEqual((await makeAccount(bench, "a")).id, first.id);
    });

    it("a list filtered by provider lacks what was just made", async () => {
      await makeAccount(bench, "a");
      const count = async (query: string): Promise<number> =>
        (await bench.app("GET", `/v3/grants${query}`)).body.data.length;
      assert.deepEqual([await count("?provider=nylas"), await count("")], [0, 1]);
      bench.simulator.advanceClock(71);
      assert.equal(await count("?provider=nylas"), 1);
    });

    it("a PATCH without the name clears it, one without the password in settings takes it", async () => {
      const app_password = "Correct-horse-battery-9";
      const { id, email } = await makeAccount(bench, "a", { name: "A", app_password });
      const { data } = (await bench.app("PATCH", `/v3/grants/${id}`, { settings: { email } })).body;
      assert.deepEqual([data.name, data.settings.has_app_password], ["", false]);
    });

    it("a workspace of null is ignored", async () => {
      const { id, workspace_id } = await makeAccount(bench, "a", { workspace_id: await workspace({}) });
      const { data } = (await bench.app("PATCH", `/v3/grants/${id}`, { name: "A", workspace_id: null })).body;
      assert.equal(data.workspace_id, workspace_id);
    });

    it("without the connector there are none, and its deletion makes all invalid", async () => {
      const settings = { email: "a@acme.nylas.email" };
      assert.equal(
        (await bench.app("POST", "/v3/connect/custom", { provider: "nylas", settings })).status,
        400,
      );
      await makeAccount(bench, "a");
      await bench.app("DELETE", "/v3/connectors/nylas");
      assert.equal(bench.simulator.state().grants[0]!.grant_status, "invalid");
    });
  });

  describe("workspaces", () => {
    it("a default one is there, and is protected", async () => {
      const id = bench.simulator.state().workspaces.find((w) => w.default)!.id;
      assert.equal((await bench.app("PATCH", `/v3/workspaces/${id}`, { name: "x" })).status, 400);
      assert.equal((await bench.app("DELETE", `/v3/workspaces/${id}`)).status, 400);
    });

    it("a change goes by the UUID only, though a read takes the domain", async () => {
      await workspace({ domain: "a.example.com" });
      assert.equal((await bench.app("GET", "/v3/workspaces/a.example.com")).status, 200);
      assert.equal((await bench.app("PATCH", "/v3/workspaces/a.example.com", { name: "x" })).status, 400);
    });

    it("a deleted policy stays where it was attached", async () => {
      const policy_id = bench.simulator.seed({ kind: "policy", name: "p" });
      const id = await workspace({ policy_id });
      await bench.app("DELETE", `/v3/policies/${policy_id}`);
      assert.equal((await bench.app("GET", `/v3/workspaces/${id}`)).body.data.policy_id, policy_id);
      assert.equal((await bench.app("PATCH", `/v3/workspaces/${id}`, { policy_id })).status, 400);
    });

    it("a rule deleted elsewhere makes a PATCH with its id fail", async () => {
      const rule = bench.simulator.seed({ kind: "rule", name: "r" });
      const id = await workspace({ rule_ids: [rule] });
      await bench.app("DELETE", `/v3/rules/${rule}`);
      assert.equal((await bench.app("PATCH", `/v3/workspaces/${id}`, { rule_ids: [rule] })).status, 400);
      assert.equal((await bench.app("PATCH", `/v3/workspaces/${id}`, { rule_ids: [] })).status, 200);
    });

    it("manual-assign passes over what it does not find, and says null for none", async () => {
      const id = await workspace({});
      const path = `/v3/workspaces/${id}/manual-assign`;
      const { status, body } = await bench.app("POST", path, { assign_grants: [NOBODY] });
      assert.deepEqual([status, body.data.grants_assigned, body.data.grants_removed], [200, null, null]);
    });

    it("auto-group runs once a minute", async () => {
      const group = async (): Promise<number> =>
        (await bench.app("POST", "/v3/workspaces/auto-group", {})).status;
      assert.deepEqual([await group(), await group()], [200, 429]);
      bench.simulator.advanceClock(61);
      assert.equal(await group(), 200);
    });

    it("an account goes where its domain is grouped, else to the default", async () => {
      const home = bench.simulator.state().workspaces.find((w) => w.default)!.id;
      assert.equal((await makeAccount(bench, "a")).workspace_id, home);
      const grouping = await workspace({ domain: "acme.nylas.email", auto_group: true });
      assert.equal((await makeAccount(bench, "b")).workspace_id, grouping);
    });
  });

  describe("policies", () => {
    it("answers show the plan's limits where none were set", async () => {
      const { data } = (await bench.app("POST", "/v3/policies", { name: "p" })).body;
      assert.equal(data.limits.limit_inbox_retention_period, 365);
    });

    it("a page is ten, and the last one has a cursor, too", async () => {
      for (let i = 0; i < 11; i++) bench.simulator.seed({ kind: "policy", name: `p${i}` });
      const first = (await bench.app("GET", "/v3/policies")).body;
      const last = (await bench.app("GET", `/v3/policies?page_token=${first.next_cursor}`)).body;
      const beyond = (await bench.app("GET", `/v3/policies?page_token=${last.next_cursor}`)).body;
      assert.deepEqual([first.data.length, last.data.length, beyond.data], [10, 1, []]);
      assert.ok(last.next_cursor && !beyond.next_cursor);
    });

    it("the answer to a PUT may lack the id", async () => {
      const id = bench.simulator.seed({ kind: "policy", name: "p" });
      bench.simulator.configure({ policyPutWithoutId: true });
      const { data } = (await bench.app("PUT", `/v3/policies/${id}`, { name: "q" })).body;
      assert.deepEqual([data.name, "id" in data], ["q", false]);
    });
  });

  describe("rules and lists", () => {
    it("rules stand in data.items, null when there is none", async () => {
      assert.deepEqual((await bench.app("GET", "/v3/rules")).body.data, { items: null });
    });

    it("a cap of the plan is a 403, as a missing permission is", async () => {
      bench.simulator.configure({ plan: "free" });
      for (let i = 0; i < 10; i++) bench.simulator.seed({ kind: "list", name: `l${i}` });
      const { status, body } = await bench.app("POST", "/v3/lists", { name: "l", type: "tld" });
      assert.deepEqual([status, body.error.type], [403, "forbidden_access"]);
    });

    it("items come back otherwise than they were sent", async () => {
      const id = bench.simulator.seed({ kind: "list", name: "l" });
      await bench.app("POST", `/v3/lists/${id}/items`, { items: [" A.Example ", "a.example"] });
      const { data } = (await bench.app("GET", `/v3/lists/${id}/items`)).body;
      assert.deepEqual(
        data.map((i: { value: string }) => i.value),
        ["a.example"],
      );
    });

    it("a rule that resends a deleted list's id is refused, one that does not is not", async () => {
      const list = bench.simulator.seed({ kind: "list", name: "l" });
      const match = { conditions: [{ field: "from.domain", operator: "in_list", value: [list] }] };
      const id = bench.simulator.seed({ kind: "rule", name: "r", match });
      await bench.app("DELETE", `/v3/lists/${list}`);
      assert.equal((await bench.app("PUT", `/v3/rules/${id}`, { name: "s" })).status, 200);
      assert.equal((await bench.app("PUT", `/v3/rules/${id}`, { match })).status, 400);
    });
  });

  describe("webhooks", () => {
    it("the endpoint must answer before the webhook can be made", async () => {
      const receiver = await startReceiver();
      const body = { webhook_url: receiver.url, trigger_types: ["message.created"] };
      const good = receiver.answer;
      receiver.answer = (_request, response) => response.writeHead(503).end();
      assert.equal((await bench.app("POST", "/v3/webhooks", body)).body.error.type, "70005");
      receiver.answer = good;
      assert.equal((await bench.app("POST", "/v3/webhooks", body)).status, 200);
      await receiver.close();
    });

    it("one that is gone is a 400, and what is sent empty is ignored", async () => {
      const url = "http://127.0.0.1:9/";
      const id = bench.simulator.seed({ kind: "webhook", url, description: "d" });
      const path = `/v3/webhooks/${id}`;
      assert.equal((await bench.app("PUT", path, { description: "" })).body.data.description, "d");
      bench.simulator.remove("webhook", id);
      assert.deepEqual((await bench.app("GET", path)).status, 400);
    });
  });

  describe("IAM", () => {
    const principal = (): string =>
      bench.simulator.seed({ kind: "principal", name: "p", permissions: ["messages.read"] });

    it("a quota is a 400, and a key that has ended still counts", async () => {
      const id = principal();
      for (let i = 0; i < 10; i++)
        bench.simulator.seed({ kind: "credential", principalId: id, name: "c", expiresAt: 1 });
      const body = { name: "c", expires_at: Math.floor(Date.now() / 1000) + 60 };
      assert.equal((await bench.org("POST", `/v3/iam/principals/${id}/credentials`, body)).status, 400);
    });

    it("null is refused, [] clears", async () => {
      const path = `/v3/iam/principals/${principal()}`;
      assert.equal((await bench.org("PATCH", path, { direct_permissions: null })).status, 400);
      const { data } = (await bench.org("PATCH", path, { direct_permissions: [] })).body;
      assert.deepEqual(data.direct_permissions, []);
    });

    it("moving an account moves who may read it", async () => {
      const mine = await workspace({});
      const account = await makeAccount(bench, "a");
      const id = bench.simulator.seed({
        kind: "principal",
        name: "tenant",
        binding: { type: "workspace", id: mine },
        permissions: ["messages.read"],
      });
      const body = { name: "c", expires_at: Math.floor(Date.now() / 1000) + 60 };
      const { secret } = (await bench.org("POST", `/v3/iam/principals/${id}/credentials`, body)).body.data;
      const read = async (): Promise<number> =>
        (await send(`${bench.simulator.url}/v3/grants/${account.id}/messages`, "GET", secret)).status;
      assert.equal(await read(), 403);
      await bench.app("PATCH", `/v3/grants/${account.id}`, { name: "A", workspace_id: mine });
      assert.equal(await read(), 200);
    });
  });
});

import assert from "node:assert/strict";
import { makeAccount, startBench, type Bench } from "./client";

const PASSWORD = "Correct-horse-battery-9";

describe("simulator: connectors and grants", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.simulator.close());

  const create = (email: string, more: object = {}, settings: object = {}) =>
    bench.app("POST", "/v3/connect/custom", { provider: "nylas", settings: { email, ...settings }, ...more });
  const grant = async (id: string) => (await bench.app("GET", `/v3/grants/${id}`)).body.data;

  it("has no connector at first, makes one with 201 and says already exists to a second", async () => {
    assert.deepEqual((await bench.app("GET", "/v3/connectors")).body.data, []);
    assert.equal((await bench.app("POST", "/v3/connectors", { provider: "nylas" })).status, 201);
    const again = await bench.app("POST", "/v3/connectors", { provider: "nylas" });
    assert.equal(again.status, 400);
    assert.match(again.body.error.message, /already exists/);
    assert.equal((await bench.app("GET", "/v3/connectors")).body.data[0].provider, "nylas");
    assert.deepEqual((await bench.second("GET", "/v3/connectors")).body.data, []);
  });

  it("names every connector in its answers: with the name that was given, or else by its provider", async () => {
    const made = await bench.app("POST", "/v3/connectors", { provider: "nylas" });
    assert.equal(made.body.data.name, "nylas");
    await bench.app("POST", "/v3/connectors", { provider: "imap", name: "Old mail" });
    const { body } = await bench.app("GET", "/v3/connectors");
    assert.deepEqual(
      body.data.map((each: { name: string }) => each.name),
      ["nylas", "Old mail"],
    );
    assert.equal((await bench.app("GET", "/v3/connectors/nylas")).body.data.name, "nylas");
  });

  it("refuses an account without the connector, in the OAuth dialect", async () => {
    const { status, body } = await create("a@acme.nylas.email");
    assert.equal(status, 400);
    assert.equal(typeof body.error, "string");
    assert.match(body.error_description, /connector/);
  });

  it("makes every account invalid when the connector goes, and loses no mail by it", async () => {
    const { id } = await makeAccount(bench, "a");
    bench.simulator.addMessage({ grant: id });
    assert.equal((await bench.app("DELETE", "/v3/connectors/nylas")).status, 200);
    assert.equal((await grant(id)).grant_status, "invalid");
    assert.deepEqual(bench.simulator.state().lostMail, []);
  });

  it("makes a second account, or refuses it with 409, under repeatedCreates", async () => {
    const first = await makeAccount(bench, "a");
    assert.equal((await create(first.email)).body.data.id, first.id);
    bench.simulator.configure({ repeatedCreates: "refused" });
    assert.equal((await create(first.email)).status, 409);
    bench.simulator.configure({ repeatedCreates: "second" });
    const again = await create(first.email);
    assert.equal(again.status, 201);
    assert.notEqual(again.body.data.id, first.id);
    assert.equal(bench.simulator.state().grants.length, 2);
  });

  describe("create", () => {
    beforeEach(() => bench.simulator.seed({ kind: "connector" }));

    it("answers 201 with the account in the default workspace", async () => {
      const { status, body } = await create("Ops@ACME.nylas.email", { name: "Ops" });
      assert.equal(status, 201);
      assert.equal(body.data.email, "ops@acme.nylas.email");
      assert.equal(body.data.grant_status, "valid");
      assert.deepEqual(body.data.settings, { has_app_password: false });
      const home = bench.simulator.state().workspaces.find((w) => w.id === body.data.workspace_id);
      assert.equal(home?.default, true);
    });

    it("answers the same address again with the existing id, as a re-authentication", async () => {
      const first = (await create("a@acme.nylas.email", { name: "A" })).body.data;
      const second = await create("A@acme.nylas.email", { name: "B" });
      assert.equal(second.status, 201);
      assert.equal(second.body.data.id, first.id);
      assert.equal((await grant(first.id)).name, "B");
      assert.equal(bench.simulator.state().grants.length, 1);
    });

    it("answers 404 Domain not found for a domain that is not registered", async () => {
      const { status, body } = await create("a@unknown.example.com");
      assert.deepEqual([status, body.error.type], [404, "api.not_found_error"]);
      assert.match(body.error.message, /Domain not found/);
    });

    it("refuses a domain whose ownership or MX is not verified", async () => {
      const id = bench.simulator.seed({ kind: "domain", address: "new.example.com" });
      assert.equal((await create("a@new.example.com")).status, 400);
      bench.simulator.edit("domain", id, { verified: { ownership: true } });
      assert.equal((await create("a@new.example.com")).status, 400);
      bench.simulator.edit("domain", id, { verified: { mx: true } });
      assert.equal((await create("a@new.example.com")).status, 201);
    });

    it("does not find another organization's domain", async () => {
      bench.simulator.seed({
        kind: "domain",
        address: "theirs.example.com",
        verified: true,
        organization: "second",
      });
      assert.equal((await create("a@theirs.example.com")).status, 404);
    });

    it("refuses unknown fields by name, in the flat dialect", async () => {
      const top = await create("a@acme.nylas.email", { display_name: "A" });
      assert.equal(top.status, 400);
      assert.match(top.body.message, /extra fields not permitted: display_name/);
      const inner = await create("a@acme.nylas.email", {}, { policy_id: "p" });
      assert.match(inner.body.message, /extra fields not permitted: settings.policy_id/);
      assert.equal(bench.simulator.state().grants.length, 0);
    });

    it("counts a name's characters, not its bytes: 256 emoji pass, 257 and none do not", async () => {
      assert.equal((await create("a@acme.nylas.email", { name: "😀".repeat(256) })).status, 201);
      assert.equal((await create("b@acme.nylas.email", { name: "😀".repeat(257) })).status, 400);
      assert.equal((await create("b@acme.nylas.email", { name: "" })).status, 400);
    });

    it("holds app_password to the documented rules and never shows it", async () => {
      const bad = [
        "Short-1",
        `${"Aa1".repeat(14)}`,
        "nouppercase-123456",
        "NOLOWERCASE-123456",
        "NoDigitsInThisOne-",
        "With space Aa1234567",
        "Ümlaut-Aa1234567890",
      ];
      for (const app_password of bad) {
        assert.equal((await create("a@acme.nylas.email", {}, { app_password })).status, 400, app_password);
      }
      const made = await create("a@acme.nylas.email", {}, { app_password: PASSWORD });
      assert.deepEqual(made.body.data.settings, { has_app_password: true });
      assert.ok(!JSON.stringify(made.body).includes(PASSWORD));
      assert.ok(bench.simulator.checkAppPassword(made.body.data.id, PASSWORD));
      assert.ok(!bench.simulator.checkAppPassword(made.body.data.id, `${PASSWORD}x`));
    });

    it("under the strict rules also wants a symbol and no mailbox name in app_password", async () => {
      const noSymbol = "CorrectHorseBattery9";
      assert.equal((await create("a@acme.nylas.email", {}, { app_password: noSymbol })).status, 201);
      bench.simulator.configure({ passwordRules: "strict" });
      assert.equal((await create("z@acme.nylas.email", {}, { app_password: noSymbol })).status, 400);
      assert.equal((await create("Horse@acme.nylas.email", {}, { app_password: PASSWORD })).status, 400);
      assert.equal((await create("z@acme.nylas.email", {}, { app_password: PASSWORD })).status, 201);
    });

    it("chooses the workspace: the asked one, else the auto-grouping one of the domain, else the default", async () => {
      const asked = bench.simulator.seed({ kind: "workspace", name: "asked" });
      const grouping = bench.simulator.seed({
        kind: "workspace",
        name: "grouping",
        domain: "acme.nylas.email",
        autoGroup: true,
      });
      assert.equal(
        (await create("a@acme.nylas.email", { workspace_id: asked })).body.data.workspace_id,
        asked,
      );
      assert.equal((await create("b@acme.nylas.email")).body.data.workspace_id, grouping);
      bench.simulator.edit("workspace", grouping, { auto_group: false });
      const { workspace_id } = (await create("c@acme.nylas.email")).body.data;
      assert.equal(bench.simulator.state().workspaces.find((w) => w.id === workspace_id)?.default, true);
    });

    it("refuses a workspace of another application, and one that is not there", async () => {
      const foreign = bench.simulator.seed({ kind: "workspace", name: "w", application: "second" });
      assert.equal((await create("a@acme.nylas.email", { workspace_id: foreign })).status, 400);
      assert.equal((await create("a@acme.nylas.email", { workspace_id: "nope" })).status, 400);
      assert.equal(bench.simulator.state().grants.length, 0);
    });

    it("refuses with 403 beyond the plan's accounts per organization, over all its applications", async () => {
      bench.simulator.configure({ plan: "free" });
      bench.simulator.seed({ kind: "connector", application: "second" });
      for (const alias of ["a", "b"]) assert.equal((await create(`${alias}@acme.nylas.email`)).status, 201);
      const settings = { email: "c@acme.nylas.email" };
      assert.equal(
        (await bench.second("POST", "/v3/connect/custom", { provider: "nylas", settings })).status,
        201,
      );
      const refused = await create("d@acme.nylas.email");
      assert.deepEqual([refused.status, refused.body.error.type], [403, "forbidden_access"]);
      assert.equal((await create("a@acme.nylas.email")).status, 201, "an existing address is no new account");
      bench.simulator.configure({ maxAccounts: 4 });
      assert.equal((await create("d@acme.nylas.email")).status, 201);
    });
  });

  describe("list", () => {
    it("pages by offset with 10 as the default limit", async () => {
      for (let i = 0; i < 13; i++) await makeAccount(bench, `a${i}`);
      const first = (await bench.app("GET", "/v3/grants")).body;
      assert.deepEqual([first.data.length, first.limit, first.offset], [10, 10, 0]);
      const second = (await bench.app("GET", "/v3/grants?offset=10")).body;
      assert.equal(second.data.length, 3);
      const ids = [...first.data, ...second.data].map((g: { id: string }) => g.id);
      assert.equal(new Set(ids).size, 13);
      assert.equal((await bench.app("GET", "/v3/grants?limit=200")).body.data.length, 13);
    });

    it("lags 70 seconds behind with the provider filter, and not without it", async () => {
      const { id } = await makeAccount(bench, "a");
      assert.deepEqual((await bench.app("GET", "/v3/grants?provider=nylas")).body.data, []);
      assert.equal((await bench.app("GET", "/v3/grants")).body.data[0].id, id);
      assert.equal((await grant(id)).id, id);
      bench.simulator.advanceClock(69);
      assert.deepEqual((await bench.app("GET", "/v3/grants?provider=nylas")).body.data, []);
      bench.simulator.advanceClock(2);
      assert.equal((await bench.app("GET", "/v3/grants?provider=nylas")).body.data[0].id, id);
    });

    it("filters by email, status and workspace, and shows grants of other providers too", async () => {
      const { id } = await makeAccount(bench, "a");
      bench.simulator.seed({ kind: "grant", provider: "google", email: "person@gmail.com" });
      const all = (await bench.app("GET", "/v3/grants")).body.data;
      assert.deepEqual(all.map((g: { provider: string }) => g.provider).sort(), ["google", "nylas"]);
      assert.ok(!("workspace_id" in all.find((g: { provider: string }) => g.provider === "google")));
      const byEmail = (await bench.app("GET", "/v3/grants?email=A@acme.nylas.email")).body.data;
      assert.deepEqual(
        byEmail.map((g: { id: string }) => g.id),
        [id],
      );
      assert.equal((await bench.app("GET", "/v3/grants?grant_status=invalid")).body.data.length, 0);
    });

    it("shows nothing of another application", async () => {
      const { id } = await makeAccount(bench, "a");
      assert.deepEqual((await bench.second("GET", "/v3/grants")).body.data, []);
      assert.equal((await bench.second("GET", `/v3/grants/${id}`)).status, 404);
      assert.equal((await bench.second("DELETE", `/v3/grants/${id}`)).status, 404);
      assert.equal(bench.simulator.state().grants.length, 1);
    });
  });

  describe("update", () => {
    it("clears a name that is left out", async () => {
      const { id } = await makeAccount(bench, "a", { name: "Ops" });
      const workspace = bench.simulator.seed({ kind: "workspace", name: "w" });
      assert.equal((await bench.app("PATCH", `/v3/grants/${id}`, { workspace_id: workspace })).status, 200);
      assert.equal((await grant(id)).name, "");
      bench.simulator.configure({ patchName: "keep" });
      await bench.app("PATCH", `/v3/grants/${id}`, { name: "Ops" });
      await bench.app("PATCH", `/v3/grants/${id}`, {});
      assert.equal((await grant(id)).name, "Ops");
    });

    it("cannot set an empty name", async () => {
      const { id } = await makeAccount(bench, "a", { name: "Ops" });
      assert.equal((await bench.app("PATCH", `/v3/grants/${id}`, { name: "" })).status, 400);
      assert.equal((await grant(id)).name, "Ops");
    });

    it("replaces settings as a whole: email is required again, and a password left out is gone", async () => {
      const { id, email } = await makeAccount(bench, "a", { name: "A", app_password: PASSWORD });
      const patch = (settings: object) => bench.app("PATCH", `/v3/grants/${id}`, { name: "A", settings });
      assert.equal((await patch({ app_password: PASSWORD })).status, 400);
      assert.equal((await patch({ email: "other@acme.nylas.email" })).status, 400);
      await bench.app("PATCH", `/v3/grants/${id}`, { name: "A" });
      assert.equal((await grant(id)).settings.has_app_password, true, "no settings, no change");
      assert.equal((await patch({ email, app_password: "Another-one-12345678" })).status, 200);
      assert.ok(bench.simulator.checkAppPassword(id, "Another-one-12345678"));
      assert.equal((await patch({ email })).status, 200);
      assert.equal((await grant(id)).settings.has_app_password, false);
    });

    it("ignores workspace_id: null, moves to a workspace of its own, refuses a foreign one", async () => {
      const { id, workspace_id } = await makeAccount(bench, "a");
      const patch = (workspace: string | null) =>
        bench.app("PATCH", `/v3/grants/${id}`, { workspace_id: workspace });
      assert.equal((await patch(null)).status, 200);
      assert.equal((await grant(id)).workspace_id, workspace_id);
      const own = bench.simulator.seed({ kind: "workspace", name: "w" });
      await patch(own);
      assert.equal((await grant(id)).workspace_id, own);
      const foreign = bench.simulator.seed({ kind: "workspace", name: "f", application: "second" });
      assert.equal((await patch(foreign)).status, 400);
      assert.equal((await grant(id)).workspace_id, own);
    });

    it("refuses unknown fields", async () => {
      const { id } = await makeAccount(bench, "a", { name: "A" });
      const { status, body } = await bench.app("PATCH", `/v3/grants/${id}`, { email: "b@acme.nylas.email" });
      assert.equal(status, 400);
      assert.match(body.message, /extra fields not permitted: email/);
      assert.equal((await grant(id)).name, "A");
    });
  });

  describe("delete", () => {
    it("is permanent: 404 afterwards, and the address made again has another id and no mail", async () => {
      const { id } = await makeAccount(bench, "a");
      bench.simulator.addMessage({ grant: id, subject: "keep me" });
      const { status, body } = await bench.app("DELETE", `/v3/grants/${id}`);
      assert.deepEqual([status, Object.keys(body)], [200, ["request_id"]]);
      assert.equal((await bench.app("GET", `/v3/grants/${id}`)).status, 404);
      assert.equal((await bench.app("DELETE", `/v3/grants/${id}`)).status, 404);
      const again = await makeAccount(bench, "a");
      assert.notEqual(again.id, id);
      assert.deepEqual((await bench.app("GET", `/v3/grants/${again.id}/messages`)).body.data, []);
    });

    it("may leave the account readable for a moment", async () => {
      const { id } = await makeAccount(bench, "a");
      bench.simulator.configure({ grantDeleteLagMs: 5_000 });
      await bench.app("DELETE", `/v3/grants/${id}`);
      assert.equal((await bench.app("GET", `/v3/grants/${id}`)).status, 200);
      assert.equal((await bench.app("PATCH", `/v3/grants/${id}`, { name: "x" })).status, 404);
      bench.simulator.advanceClock(6);
      assert.equal((await bench.app("GET", `/v3/grants/${id}`)).status, 404);
    });
  });

  it("may answer a single account without the data wrapper, never the list", async () => {
    const { id } = await makeAccount(bench, "a");
    bench.simulator.configure({ bareGrants: true });
    assert.equal((await bench.app("GET", `/v3/grants/${id}`)).body.id, id);
    assert.equal((await bench.app("PATCH", `/v3/grants/${id}`, { name: "A" })).body.name, "A");
    assert.equal((await bench.app("GET", "/v3/grants")).body.data[0].id, id);
  });

  it("gives the same ids for the same seed whatever the order of requests, and others for another seed", async () => {
    const ids = async (seed: string, aliases: string[]) => {
      const other = await startBench({ seed });
      const made = new Map<string, string>();
      for (const alias of aliases) made.set(alias, (await makeAccount(other, alias)).id);
      await other.simulator.close();
      return aliases.sort().map((alias) => made.get(alias));
    };
    assert.deepEqual(await ids("s", ["a", "b"]), await ids("s", ["b", "a"]));
    assert.notDeepEqual(await ids("s", ["a", "b"]), await ids("t", ["a", "b"]));
  });
});

import assert from "node:assert/strict";
import { type Simulator } from "nylas-simulator";
import { type Declared, type Of } from "./stack";
import {
  account,
  declare,
  defaultWorkspace,
  domain,
  done,
  openWorld,
  policy,
  refused,
  standing,
  succeeded,
  workspace,
  writesOf,
} from "./world";

type Fault = Parameters<Simulator["addFault"]>[0];

/** The workspace that the account is in: it bears the stack's label, so that an empty mailbox in it is provably ours. */
let home = "";
const EMAIL = "bot@acme.nylas.email";

/** One of each kind that can be made, changed and deleted; `edited` changes every one of them in place. */
const program = (edited = false): Declared[] => [
  policy("policy", { limits: { dailySends: edited ? 60 : 50 } }),
  workspace("workspace", { domainName: "agents.example.com", autoGroup: edited }),
  account("account", { email: EMAIL, displayName: edited ? "Robot" : "Bot", workspaceId: home }),
  domain("domain", { domainName: "agents.example.com", ...(edited ? { name: "Agents" } : {}) }),
];
const stands = [
  `account ${EMAIL}`,
  "domain agents.example.com",
  "policy project/stack/policy",
  "workspace project/stack/company",
  "workspace project/stack/workspace",
];
const company = ["workspace project/stack/company"];

/** The requests that make, change, delete and read each of them. */
const requests = {
  create: ["^/v3/policies$", "^/v3/workspaces$", "^/v3/connect/custom$", "^/v3/domains$"].map((path) => ({
    method: "POST",
    path,
  })),
  update: [
    { method: "PUT", path: "^/v3/policies/" },
    { method: "PATCH", path: "^/v3/workspaces/" },
    { method: "PATCH", path: "^/v3/grants/" },
    { method: "PUT", path: "^/v3/domains/" },
  ],
  delete: ["^/v3/policies/", "^/v3/workspaces/", "^/v3/grants/", "^/v3/domains/"].map((path) => ({
    method: "DELETE",
    path,
  })),
  read: ["^/v3/policies", "^/v3/workspaces", "^/v3/grants", "^/v3/domains"].map((path) => ({
    method: "GET",
    path,
  })),
};

type Spoilt = Omit<Fault, "path" | "method">;

/** What a single request can meet and the run gets over. */
const passing: Record<string, Spoilt> = {
  "a connection that is cut before the write": { kind: "reset", when: "before" },
  "a connection that is cut after the write": { kind: "reset", when: "after" },
  "an answer that does not come, nothing being done": { kind: "timeout", when: "before" },
  "an answer that does not come after the write": { kind: "timeout", when: "after" },
  "429 with Retry-After": { kind: "status", status: 429, retryAfter: 2 },
  "429 without Retry-After": { kind: "status", status: 429, times: 2 },
  "500 before the write": { kind: "status", status: 500, when: "before" },
  "500 after the write": { kind: "status", status: 500, when: "after" },
  "502 after the write": { kind: "status", status: 502, when: "after" },
  "503 before the write": { kind: "status", status: 503, when: "before", times: 2 },
  "504 after the write": { kind: "status", status: 504, when: "after" },
  "a proxy's error page before the write": { kind: "html", when: "before" },
  "a proxy's error page after the write": { kind: "html", when: "after" },
};

/** What stays wrong, or leaves an answer that cannot be read. */
const lasting: Record<string, Spoilt> = {
  "connections that are all cut before the write": { kind: "reset", when: "before", times: "always" },
  "connections that are all cut after the write": { kind: "reset", when: "after", times: "always" },
  "nothing but 429": { kind: "status", status: 429, times: "always" },
  "nothing but 503": { kind: "status", status: 503, times: "always" },
  "nothing but 500 after the write": { kind: "status", status: 500, when: "after", times: "always" },
  "403": { kind: "status", status: 403, times: "always" },
  "a proxy's page with status 200": { kind: "html", status: 200, times: "always" },
  "JSON that ends in the middle, nothing being done": { kind: "cut", when: "before", times: "always" },
  "JSON that ends in the middle, after the write": { kind: "cut", when: "after", times: "always" },
};

describe("a fault at Nylas", () => {
  const world = openWorld();
  beforeEach(() => {
    home = world.sim.seed({ kind: "workspace", name: "project/stack/company" });
  });

  const spoil = (operation: keyof typeof requests, fault: Spoilt) => {
    for (const request of requests[operation]) world.sim.addFault({ ...request, ...fault });
  };
  const allStruck = () => {
    for (const { hits, path } of world.sim.faults()) assert.ok(hits > 0, `the fault on ${path} struck`);
  };
  /** Without the fault, the next run ends in what is declared, once each and without leftovers. */
  const endsIn = async (program: Declared[], stands: string[]) => {
    const { sim, stack } = world;
    sim.clearFaults();
    succeeded(await stack.apply(program));
    assert.deepEqual(standing(sim), stands);
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    assert.deepEqual(done(succeeded(await stack.apply(program))), []);
    assert.equal(stack.state.length, program.length);
  };

  describe("during a create", () => {
    for (const [what, fault] of Object.entries(passing)) {
      it(`${what}: there is exactly one object afterwards, and it is recorded`, async () => {
        spoil("create", fault);
        succeeded(await world.stack.apply(program()));
        allStruck();
        assert.deepEqual(standing(world.sim), stands);
        await endsIn(program(), stands);
      });
    }
    for (const [what, fault] of Object.entries(lasting)) {
      it(`${what}: at most one object, and the next run has it`, async () => {
        const { sim, stack } = world;
        spoil("create", fault);
        const { errors } = await stack.apply(program(), { continueOnError: true });
        allStruck();
        if (fault.when === "after") {
          // It is there, and looking again finds it.
          assert.deepEqual(errors, []);
          assert.deepEqual(standing(sim), stands);
        } else {
          assert.equal(errors.length, 4);
          assert.deepEqual(standing(sim), company, "nothing was made");
          assert.deepEqual(stack.state, [], "nothing is recorded");
        }
        await endsIn(program(), stands);
      });
    }
    it("while it looks whether the object is there already: nothing is written, and the next run makes it", async () => {
      const { sim, stack } = world;
      for (const fault of [
        { kind: "status", status: 500 },
        { kind: "cut" },
        { kind: "html", status: 404 },
      ] as const) {
        spoil("read", { ...fault, times: "always" });
        assert.equal((await stack.apply(program(), { continueOnError: true })).errors.length, 4);
        assert.deepEqual(standing(sim), company);
        sim.clearFaults();
      }
      await endsIn(program(), stands);
    });

    it("that also spoils the look afterwards: an error, and the next run takes what is there", async () => {
      const { sim, stack } = world;
      spoil("create", { kind: "reset", when: "after" });
      // The look before the create passes; for an account its domain is looked at, too, and where there is no account yet its mailbox.
      const [policies] = requests.read;
      const lists = ["^/v3/workspaces$", "^/v3/grants$"].map((path) => ({ method: "GET", path }));
      for (const request of [policies, ...lists])
        sim.addFault({ ...request, kind: "status", status: 503, skip: 1, times: "always" });
      // By its address; the list of domains is looked at as well, before its absence is believed.
      sim.addFault({
        method: "GET",
        path: "^/v3/domains/agents",
        kind: "status",
        status: 503,
        skip: 1,
        times: "always",
      });
      assert.equal((await stack.apply(program(), { continueOnError: true })).errors.length, 4);
      assert.deepEqual(stack.state, []);
      assert.deepEqual(standing(sim), stands);
      writesOf(sim);
      await endsIn(program(), stands);
      assert.deepEqual(writesOf(sim), [], "each is taken, not made once more");
    });
  });

  describe("during an update", () => {
    for (const [what, fault] of Object.entries(passing)) {
      it(`${what}: the change is made and recorded`, async () => {
        succeeded(await world.stack.apply(program()));
        spoil("update", fault);
        assert.equal(done(succeeded(await world.stack.apply(program(true)))).length, 4);
        allStruck();
        await endsIn(program(true), stands);
      });
    }
    for (const [what, fault] of Object.entries(lasting)) {
      it(`${what}: the state is as it was, and the next run makes the change`, async () => {
        const { sim, stack } = world;
        succeeded(await stack.apply(program()));
        const state = structuredClone(stack.state);
        spoil("update", fault);
        const { errors } = await stack.apply(program(true), { continueOnError: true });
        assert.equal(errors.length, 4);
        assert.deepEqual(stack.state, state);
        assert.deepEqual(standing(sim), stands);
        await endsIn(program(true), stands);
      });
    }
  });

  describe("during a delete", () => {
    for (const [what, fault] of Object.entries(passing)) {
      it(`${what}: the object is gone, and so is its entry`, async () => {
        succeeded(await world.stack.apply(program()));
        spoil("delete", fault);
        succeeded(await world.stack.destroy());
        allStruck();
        assert.deepEqual(standing(world.sim), company);
        assert.deepEqual(world.stack.state, []);
      });
    }
    for (const [what, fault] of Object.entries(lasting)) {
      it(`${what}: the entry stays, or the object was gone, and the next run deletes what is still there`, async () => {
        const { sim, stack } = world;
        succeeded(await stack.apply(program()));
        spoil("delete", fault);
        const { errors } = await stack.destroy({ continueOnError: true });
        assert.equal(errors.length, stack.state.length, "what failed is still recorded");
        if (fault.when !== "after") {
          assert.equal(errors.length, 4);
          assert.deepEqual(standing(sim), stands);
        }
        sim.clearFaults();
        succeeded(await stack.destroy());
        assert.deepEqual(standing(sim), company);
        assert.deepEqual(stack.state, []);
      });
    }
  });

  it("a delete whose answer cannot be read is looked at: what is gone is not recorded any more, so the next up makes it anew", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program()));
    for (const request of requests.delete) sim.addFault({ ...request, kind: "cut", when: "after" });
    succeeded(await stack.destroy());
    allStruck();
    assert.deepEqual(standing(sim), company);
    // Where nobody can look either, the entry stays, and a refresh has the last word.
    succeeded(await stack.apply(program()));
    for (const request of requests.delete) sim.addFault({ ...request, kind: "cut", when: "after" });
    for (const request of requests.read)
      sim.addFault({ ...request, kind: "status", status: 503, skip: 2, times: "always" });
    assert.ok((await stack.destroy({ continueOnError: true })).errors.length > 0);
    assert.ok(stack.state.length > 0);
  });

  describe("during a refresh", () => {
    for (const [what, fault] of Object.entries({
      "a cut connection": { kind: "reset" },
      "an answer that does not come": { kind: "timeout" },
      "429 with Retry-After": { kind: "status", status: 429, retryAfter: 1 },
      "429": { kind: "status", status: 429 },
      "500": { kind: "status", status: 500 },
      "502": { kind: "html" },
      "504": { kind: "status", status: 504 },
    } as Record<string, Spoilt>)) {
      it(`${what}, once: nothing is noticed`, async () => {
        const { stack } = world;
        succeeded(await stack.apply(program()));
        const state = structuredClone(stack.state);
        spoil("read", fault);
        assert.deepEqual(done(succeeded(await stack.refresh())), []);
        allStruck();
        assert.deepEqual(stack.state, state);
      });
    }
  });

  it("an answer that lasts is waited for: a slow Nylas is no broken one", async () => {
    const { sim, stack } = world;
    sim.configure({ latencyMs: 100 });
    succeeded(await stack.apply([policy("outreach")]));
    assert.equal(writesOf(sim).length, 1);
  });

  it("the first connection for accounts, made twice at once, or with its answer lost, is there once", async () => {
    const { sim, stack } = world;
    sim.addFault({ method: "POST", path: "^/v3/connectors$", kind: "reset", when: "after" });
    succeeded(await stack.apply([account("bot", { email: EMAIL })]));
    assert.equal(sim.state().connectors.length, 1);
  });

  it("while the default workspace is set: the next run sets it", async () => {
    const { sim, stack } = world;
    const program = [policy("one"), defaultWorkspace("rest", { policyId: (of) => of("one").id })];
    sim.addFault({ method: "PATCH", path: "^/v3/workspaces/", kind: "cut", when: "after" });
    refused(await stack.apply(program));
    succeeded(await stack.apply(program));
    assert.deepEqual(done(succeeded(await stack.apply(program))), []);
    sim.addFault({ method: "PATCH", path: "^/v3/workspaces/", kind: "reset", when: "after" });
    succeeded(await stack.destroy());
    assert.ok(sim.state().workspaces.every((each) => each.policy_id === null));
  });

  it("the default workspace under another name in the program, which names no policy and no rule: those of before are taken off", async () => {
    const { sim, stack } = world;
    const rule = declare("Rule", "rule", {
      conditions: [{ field: "from.tld", is: "x" }],
      actions: ["block"],
    });
    const both = { policyId: (of: Of) => of("one").id, ruleIds: (of: Of) => [of("rule").id] };
    succeeded(await stack.apply([policy("one"), rule, defaultWorkspace("rest", both)]));
    sim.addFault({ method: "PATCH", path: "^/v3/workspaces/", kind: "cut", when: "after" });
    refused(await stack.apply([defaultWorkspace("others", { adopt: true })]));
    succeeded(await stack.apply([defaultWorkspace("others")]));
    const home = () => sim.state().workspaces.find((each) => each.default && each.policy_id !== undefined)!;
    assert.deepEqual([home().policy_id, home().rule_ids], [null, []]);
    assert.deepEqual(standing(sim), company);
    // What the other one names stays.
    const again = [policy("one"), rule, defaultWorkspace("others", both)];
    succeeded(await stack.apply(again));
    const { policy_id, rule_ids } = home();
    succeeded(await stack.apply([policy("one"), rule, defaultWorkspace("rest", { ...both, adopt: true })]));
    assert.deepEqual([home().policy_id, home().rule_ids], [policy_id, rule_ids]);
    assert.notEqual(policy_id, null);
  });

  it("while a list is emptied, and nobody can see what is in it: the next run empties it", async () => {
    const { sim, stack } = world;
    const list = (...items: string[]) => [declare("List", "list", { type: "domain", items })];
    succeeded(await stack.apply(list("a.example", "b.example")));
    sim.addFault({ method: "GET", path: "/items$", kind: "status", status: 500, times: "always" });
    refused(await stack.apply(list()), "its items are not all in place");
    sim.clearFaults();
    succeeded(await stack.apply(list()));
    assert.deepEqual(sim.state().lists[0]!.items, []);
  });

  it("the answer to a create of several steps lost after the first: the other steps are made all the same", async () => {
    const { sim, stack } = world;
    sim.configure({ publicWebhooks: "assume" });
    const several = [
      declare("List", "list", { type: "domain", items: ["a.example", "b.example"] }),
      account("account", { email: EMAIL, workspaceId: home, folders: ["Clients/Acme"] }),
      declare("Webhook", "webhook", {
        url: "https://hooks.example.org/a",
        triggers: ["message.created"],
        paused: true,
      }),
    ];
    const asDeclared = () => {
      const { lists, folders, webhooks } = sim.state();
      assert.deepEqual(
        lists.map(({ items }) => items.sort()),
        [["a.example", "b.example"]],
      );
      assert.deepEqual(
        folders.map(({ name }) => name),
        ["Clients/Acme"],
      );
      assert.deepEqual(
        webhooks.map(({ status }) => status),
        ["pause"],
      );
    };
    for (const path of ["^/v3/lists$", "^/v3/connect/custom$", "^/v3/webhooks$"])
      sim.addFault({ method: "POST", path, kind: "reset", when: "after" });
    succeeded(await stack.apply(several, { killed: true }));
    asDeclared();

    // The same where the run was killed there: the next one takes what its journal explains, and finishes it.
    const { lists, webhooks, folders } = sim.state();
    stack.state = [];
    sim.edit("list", lists[0]!.id, { items: ["b.example"] });
    sim.remove("folder", folders[0]!.id);
    sim.edit("webhook", webhooks[0]!.id, { status: "active" });
    succeeded(await stack.apply(several, { killed: true }));
    assert.deepEqual(done(succeeded(await stack.preview(several))), []);
    asDeclared();
    assert.equal(sim.state().lists.length + sim.state().grants.length + sim.state().webhooks.length, 3);

    // What has something that nobody declared was not left by such a create.
    stack.state = stack.state.filter(({ name }) => name !== "list");
    sim.edit("list", lists[0]!.id, { items: ["b.example", "c.example"] });
    refused(await stack.apply(several), "not provably this resource's own", lists[0]!.id);
  });

  it("after a key was made: nothing is left to fail, so no key is lost", async () => {
    const { sim, stack } = world;
    const boundTo = { application: sim.ids.application };
    const keys = [
      declare("Principal", "tenant", { boundTo }),
      declare("ApiKey", "key", {
        principalId: (of) => of("tenant").id,
        expiresAt: `${new Date().getUTCFullYear() + 1}-12-31T00:00:00Z`,
      }),
    ];
    succeeded(await stack.apply(keys.slice(0, 1)));
    sim.addFault({
      method: "GET",
      path: "^/v3/iam/principals/[^/]+$",
      kind: "status",
      status: 503,
      times: "always",
    });
    const made = () => sim.state().credentials.filter(({ name }) => name === "project/stack/key");
    refused(await stack.apply(keys), "503");
    assert.deepEqual(made(), []);
    sim.clearFaults();
    succeeded(await stack.apply(keys));
    assert.equal(made().length, 1);
  });

  it("a lost answer and a list that lags: it is looked for until it shows, and not made twice", async () => {
    const { sim, stack } = world;
    sim.addFault({ method: "POST", path: "^/v3/policies$", kind: "reset", when: "after" });
    sim.addFault({ method: "GET", path: "^/v3/policies$", kind: "stale", skip: 1, times: 3 });
    succeeded(await stack.apply([policy("outreach")]));
    assert.deepEqual(standing(sim), ["policy project/stack/outreach", ...company]);
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
  });

  it("a list that lags longer than anybody waits: where there are two, both are named, at once and at every refresh", async () => {
    const { sim, stack } = world;
    sim.addFault({ method: "POST", path: "^/v3/policies$", kind: "reset", when: "after" });
    sim.addFault({ method: "GET", path: "^/v3/policies$", kind: "stale", skip: 1, times: 5 });
    const { errors } = await stack.apply([policy("outreach")]);
    const ids = sim.state().policies.map(({ id }) => id);
    assert.equal(ids.length, 2);
    for (const id of ids) assert.ok(errors[0]!.message.includes(id), errors[0]!.message);
    const { id } = stack.find("outreach");
    const { warnings } = succeeded(await stack.refresh());
    assert.equal(warnings.length, 1);
    for (const each of ids) assert.ok(warnings[0]!.includes(each), warnings[0]);
    assert.deepEqual(done(succeeded(await stack.apply([policy("outreach")]))), []);
    sim.remove(
      "policy",
      ids.find((each) => each !== id)!,
    );
    assert.deepEqual((await stack.refresh()).warnings, []);
  });

  it("a create that lands after the next run has made its own: a refresh names both, of every kind that can be there twice", async () => {
    const { sim, stack } = world;
    sim.configure({ publicWebhooks: "assume" });
    const url = "https://hooks.example.org/a";
    const boundTo = { application: sim.ids.application };
    succeeded(
      await stack.apply([
        policy("policy"),
        policy("another"),
        workspace("workspace"),
        declare("List", "list", { type: "domain" }),
        declare("Rule", "rule", { conditions: [{ field: "from.tld", is: "x" }], actions: ["block"] }),
        declare("Webhook", "webhook", { url, triggers: ["message.created"] }),
        declare("Principal", "principal", { boundTo }),
      ]),
    );
    assert.deepEqual(succeeded(await stack.refresh()).warnings, []);
    const late = [
      sim.seed({ kind: "policy", name: "project/stack/policy" }),
      sim.seed({ kind: "workspace", name: "project/stack/workspace" }),
      sim.seed({ kind: "list", name: "project/stack/list", type: "domain" }),
      sim.seed({ kind: "rule", name: "project/stack/rule" }),
      sim.seed({ kind: "webhook", url, triggers: ["message.created"] }),
      sim.seed({ kind: "principal", name: "project/stack/principal" }),
    ];
    sim.clearRequests();
    const { warnings } = succeeded(await stack.refresh());
    assert.equal(warnings.length, late.length);
    const doubled = stack.state.filter(({ name }) => name !== "another");
    for (const [n, { id, name }] of doubled.entries())
      assert.ok(
        warnings.some((text) => text.includes(id) && text.includes(late[n]!)),
        name,
      );
    // A list for each kind, and not one for each resource.
    const lists = () =>
      sim.requests.filter(({ path, query }) => path === "/v3/policies" && !query.includes("page_token"));
    assert.equal(lists().length, 1);

    // It is a warning and no more: where the list cannot be had, the refresh is what it was without it.
    const state = structuredClone(stack.state);
    sim.addFault({ method: "GET", path: "^/v3/policies$", kind: "status", status: 500, times: "always" });
    const without = succeeded(await stack.refresh());
    assert.equal(without.warnings.length, late.length - 1);
    assert.deepEqual(done(without), []);
    assert.deepEqual(stack.state, state);
    sim.clearFaults();

    // Nobody looks for it otherwise: not in an up, and not for what is looked up by its id.
    sim.clearRequests();
    const { id } = stack.find("policy");
    const plugin = await world.plugin();
    await plugin.read("Policy", id, {});
    assert.equal(lists().length, 0);
    assert.deepEqual(plugin.warnings, []);
  });

  it("a key that a killed run made: it is named, and no second one is made beside it", async () => {
    const { sim, stack } = world;
    const boundTo = { application: sim.ids.application };
    const expiresAt = `${new Date().getUTCFullYear() + 1}-12-31T00:00:00Z`;
    const keys = (quarter: string) => [
      declare("Principal", "tenant", { boundTo }),
      declare("ApiKey", "key", {
        principalId: (of) => of("tenant").id,
        expiresAt,
        rotateWhenChanged: { quarter },
      }),
    ];
    succeeded(await stack.apply(keys("1")));
    const [made] = sim.state().credentials.filter(({ name }) => name === "project/stack/key");
    stack.state = stack.state.filter(({ name }) => name !== "key");
    refused(await stack.apply(keys("1")), made!.id, "nobody has its secret", "delete it at Nylas");
    sim.remove("credential", made!.id);
    succeeded(await stack.apply(keys("1")));
    // One that is recorded is no stranger: a rotation makes the next one beside it.
    assert.deepEqual(done(succeeded(await stack.apply(keys("2")))), ["replace key", "delete key"]);
    assert.equal(sim.state().credentials.filter(({ name }) => name === "project/stack/key").length, 1);
  });

  it("a rotation that ended half-way: the key that has still to be deleted is no stranger to a refresh", async () => {
    const { sim, stack } = world;
    const boundTo = { application: sim.ids.application };
    const expiresAt = `${new Date().getUTCFullYear() + 1}-12-31T00:00:00Z`;
    const keys = (quarter: string) => [
      declare("Principal", "tenant", { boundTo }),
      declare("ApiKey", "key", {
        principalId: (of) => of("tenant").id,
        expiresAt,
        rotateWhenChanged: { quarter },
      }),
    ];
    succeeded(await stack.apply(keys("1")));
    sim.addFault({ method: "DELETE", path: "/credentials/", kind: "status", status: 403 });
    refused(await stack.apply(keys("2")), "403");
    assert.equal(stack.state.filter(({ type }) => type === "ApiKey").length, 2);
    const together = { draw: () => 0 };
    assert.deepEqual(succeeded(await stack.refresh({ together })).warnings, []);
    succeeded(await stack.apply(keys("2")));
    assert.equal(sim.state().credentials.filter(({ name }) => name === "project/stack/key").length, 1);
  });

  it("two keys of one name and expiry in one program: each is made, and the one whose answer was lost is told from the other", async () => {
    const { sim, stack } = world;
    const boundTo = { application: sim.ids.application };
    const key = (name: string) =>
      declare("ApiKey", name, {
        name: "Both",
        principalId: (of) => of("tenant").id,
        expiresAt: `${new Date().getUTCFullYear() + 1}-12-31T00:00:00Z`,
      });
    const both = [declare("Principal", "tenant", { boundTo }), key("blue"), key("green")];
    sim.addFault({ method: "POST", path: "/credentials$", kind: "reset", when: "after", skip: 1 });
    succeeded(await stack.apply(both, { together: { draw: () => 0 } }));
    const there = () => sim.state().credentials.filter(({ name }) => name === "Both");
    assert.deepEqual(
      there()
        .map(({ principal_id, id }) => `${principal_id}/${id}`)
        .sort(),
      [stack.find("blue").id, stack.find("green").id].sort(),
    );
    assert.deepEqual(succeeded(await stack.refresh({ together: { draw: () => 0 } })).warnings, []);
  });

  it("while a folder is removed: it stays on record, and the next run removes it", async () => {
    const { sim, stack } = world;
    const inbox = (...folders: string[]) => [
      account("account", { email: EMAIL, workspaceId: home, folders }),
    ];
    succeeded(await stack.apply(inbox("Clients/Acme", "Clients/Other")));
    sim.addFault({ method: "GET", path: "/folders$", kind: "status", status: 500, times: "always" });
    refused(await stack.apply(inbox("Clients/Other")), "its folders are not all in place");
    sim.clearFaults();
    succeeded(await stack.apply(inbox("Clients/Other")));
    assert.deepEqual(
      sim.state().folders.map(({ name }) => name),
      ["Clients/Other"],
    );
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
  });

  it("anywhere, by chance: whatever happened, the run after it ends in what is declared", async () => {
    const { sim, stack } = world;
    const all = [
      policy("outreach", { limits: { dailySends: 50 } }),
      workspace("customer", { policyId: (of) => of("outreach").id }),
      account("a", { email: "a@acme.nylas.email", workspaceId: (of) => of("customer").id }),
      account("b", { email: "b@acme.nylas.email", workspaceId: (of) => of("customer").id }),
      domain("own", { domainName: "agents.example.com" }),
    ];
    const allStands = [
      "workspace project/stack/company",
      "account a@acme.nylas.email",
      "account b@acme.nylas.email",
      "domain agents.example.com",
      "policy project/stack/outreach",
      "workspace project/stack/customer",
    ];
    for (const kind of ["reset", "status", "cut", "html"] as const) {
      for (const when of ["before", "after"] as const) {
        sim.addFault({ kind, when, probability: 0.25, times: "always" });
        await stack.apply(all, { continueOnError: true });
        await stack.refresh();
        await stack.apply(all.slice(0, 3), { continueOnError: true });
        await stack.apply(all, { continueOnError: true });
        sim.clearFaults();
        succeeded(await stack.apply(all));
        assert.deepEqual(standing(sim), allStands.sort(), `${kind} ${when}`);
        assert.deepEqual(done(succeeded(await stack.refresh())), []);
      }
    }
    succeeded(await stack.destroy());
    assert.deepEqual(standing(sim), company);
  });
});

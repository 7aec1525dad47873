import { strict as assert } from "node:assert";
import { type Receiver, startReceiver } from "../receiver";
import { itInLongRun } from "./longRun";
import {
  changes,
  closeScenes,
  openScene,
  recorded,
  refused,
  says,
  type Scene,
  succeeded,
  writesOf,
} from "./scene";

describe("rules, lists, webhooks and keys", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  let receiver: Receiver;
  before(async () => {
    receiver = await startReceiver();
  });
  after(() => receiver.close());

  interface Edit {
    /** Stands before each name in the program. */
    prefix?: string;
    /** The component that all of them are moved into. */
    parent?: string;
    /** Engine options by the name without prefix. */
    options?: (name: string) => string;
    /** Without given names, they have those that follow from the program. */
    unnamed?: boolean;
    type?: "domain" | "address";
    expiresAt?: string;
    policy?: boolean;
  }
  const program = (edit: Edit = {}) => {
    const { prefix = "", parent, options = () => "", unnamed, type = "domain", policy = true } = edit;
    const named = (name: string) => (unnamed ? "" : `name: ${JSON.stringify(name)},`);
    const as = (name: string) => {
      const given = [parent === undefined ? "" : "parent", options(name)].filter((each) => each !== "");
      return `{ ${given.join(", ")} }`;
    };
    const items = { domain: ["spam.example"], address: ["a@spam.example"] }[type];
    return `
      import * as experimental from "pulumi-nylas/experimental";
      class Group extends pulumi.ComponentResource {
        constructor(name: string) { super("test:index:Group", name); }
      }
      ${parent === undefined ? "" : `const parent = new Group(${JSON.stringify(parent)});`}
      const careful = new nylas.NylasPolicy("careful", { limits: { dailySends: 50 } });
      const blocked = new nylas.NylasList("${prefix}blocked", {
        ${named("Blocked")} type: "${type}", items: ${JSON.stringify(items)},
      }, ${as("blocked")});
      const spam = new nylas.NylasRule("${prefix}spam", {
        ${named("Spam")} conditions: [{ field: "from.${type}", inList: [blocked.id] }], actions: ["block"],
      }, ${as("spam")});
      const shops = new nylas.NylasRule("${prefix}shops", {
        ${named("Shops")} conditions: [{ field: "from.tld", is: "shop" }], actions: ["markAsRead"],
      }, ${as("shops")});
      const customer = new nylas.NylasWorkspace("customer", { ruleIds: [spam.id, shops.id] });
      new nylas.NylasDefaultWorkspace("${prefix}rest", { ruleIds: [spam.id], ${policy ? "policyId: careful.id," : ""} }, ${as("rest")});
      const events = new nylas.NylasWebhook("${prefix}events", {
        ${named("Events")} url: ${JSON.stringify(receiver.url)}, triggers: ["message.created"],
      }, ${as("events")});
      const tenant = new experimental.NylasPrincipal("${prefix}tenant", {
        ${named("Tenant")} boundTo: { workspace: customer.id }, roles: ["role_system_messages_reader"],
      }, ${as("tenant")});
      const key = new experimental.NylasApiKey("${prefix}key", {
        ${named("Key")} principalId: tenant.id, expiresAt: "${edit.expiresAt ?? "2030-06-30T00:00:00Z"}",
      }, ${as("key")});
      export const tenantKey = key.secret;
    `;
  };
  const all = ["blocked", "events", "key", "rest", "shops", "spam", "tenant"];
  const ids = ({ stack }: Scene) =>
    Object.fromEntries(recorded(stack).map((entry) => entry.split(" ") as [string, string]));
  const rulesOf = ({ sim }: Scene, workspace: string) =>
    sim
      .state()
      .workspaces.find(({ id }) => id === workspace)!
      .rule_ids.sort();
  const refusedWrites = (sim: Scene["sim"]) =>
    sim.requests.filter(({ status, effect }) => effect === "write" && status >= 400);

  itInLongRun(
    "renamed or moved with an alias go on as the same objects; without one nothing is lost that the program still declares",
    async () => {
      const scene = await openScene({ program: program() });
      const { sim, stack, declare } = scene;
      succeeded(await stack.up());
      const before = ids(scene);
      const { tenantKey } = await stack.outputs();
      sim.clearRequests();

      declare(
        program({
          prefix: "new-",
          parent: "group",
          options: (name) => `aliases: [{ name: "${name}", parent: pulumi.rootStackResource }]`,
        }),
      );
      const renamed = succeeded(await stack.up());
      assert.deepEqual(changes(renamed), ["group create"]);
      assert.deepEqual(
        all.map((name) => ids(scene)[`new-${name}`]),
        all.map((name) => before[name]),
      );
      assert.equal((await stack.outputs())["tenantKey"], tenantKey);
      assert.deepEqual(writesOf(sim), []);

      // Back again without: a given name is no proof, so each is refused under its new name and kept under its old one.
      declare(program());
      refused(
        await stack.up(),
        "exists already and is not provably this resource's own. Nothing was changed.",
        `aliases: [{ name: "its-old-name" }]`,
      );
      const goneOn = refused(
        await stack.up("--continue-on-error"),
        `list "Blocked" (id ${before["blocked"]}) exists already`,
        `rule "Shops" (id ${before["shops"]}) exists already`,
        `webhook ${receiver.url} (id ${before["events"]}) exists already`,
      );
      says(
        goneOn,
        `rule "Shops" (id ${before["shops"]}) is kept: its successor project/test/shops was not made in this run`,
      );
      assert.doesNotMatch(goneOn.text, /rule rule|has a problem|is missing/);
      const kept = ids(scene);
      for (const name of ["blocked", "spam", "shops", "events", "tenant"])
        assert.equal(kept[`new-${name}`], before[name], `${name} is still in the state`);
      const { lists, rules, webhooks } = sim.state();
      assert.deepEqual([lists.length, rules.length, webhooks.length], [1, 2, 1]);
      assert.deepEqual(rulesOf(scene, before["customer"]!), [before["shops"], before["spam"]].sort());

      // The word is said: each is taken over as it is, and the old entry lets it go.
      const adopted = program()
        .replace(/name: "(Blocked|Spam|Shops|Events|Tenant)",/g, "$& adopt: true,")
        .replace('NylasDefaultWorkspace("rest", {', "$& adopt: true,");
      declare(adopted);
      const taken = succeeded(await stack.up());
      says(taken, "is taken over as it is", "another resource of this program holds it now");
      const now = ids(scene);
      for (const name of ["blocked", "spam", "shops", "events", "tenant", "rest"])
        assert.equal(now[name], before[name], name);
      assert.deepEqual(Object.keys(now).sort(), [...all, "careful", "customer"].sort(), "one entry each");
      assert.deepEqual(refusedWrites(sim), []);
      assert.deepEqual(
        rulesOf(scene, before["rest"]!),
        [before["spam"]],
        "the default workspace was not let go",
      );
      assert.equal(sim.state().webhooks.length, 1);

      sim.clearRequests();
      succeeded(await stack.destroy());
      assert.deepEqual(refusedWrites(sim), []);
      assert.deepEqual([sim.state().lists, sim.state().rules, sim.state().webhooks], [[], [], []]);
    },
  );

  itInLongRun(
    "are replaced where Nylas leaves no other way, and what disappears outside is made anew, with whatever names it following in place",
    async () => {
      const scene = await openScene({ program: program({ unnamed: true }) });
      const { sim, stack, declare } = scene;
      succeeded(await stack.up());
      const before = ids(scene);
      sim.clearRequests();

      // Another type of list and another expiry are other objects; the rule, the policy of the default workspace and the rest stay.
      const edited: Edit = {
        unnamed: true,
        type: "address",
        expiresAt: "2031-06-30T00:00:00Z",
        policy: false,
      };
      declare(program(edited));
      const replaced = succeeded(await stack.up());
      assert.deepEqual(
        replaced.steps
          .filter(({ op }) => op === "replace")
          .map(({ name }) => name)
          .sort(),
        ["blocked", "key"],
        replaced.text,
      );
      assert.deepEqual(
        changes(replaced).filter((change) => change.endsWith(" update")),
        ["rest update", "spam update"],
      );
      assert.deepEqual(writesOf(sim), [
        "DELETE /v3/iam/principals/:id/credentials/:id",
        "DELETE /v3/lists/:id",
        "PATCH /v3/workspaces/:id",
        "POST /v3/iam/principals/:id/credentials",
        "POST /v3/lists",
        "POST /v3/lists/:id/items",
        "PUT /v3/rules/:id",
      ]);
      const after = ids(scene);
      for (const name of ["spam", "shops", "events", "tenant", "rest"])
        assert.equal(after[name], before[name], name);
      assert.deepEqual(
        sim.state().lists.map(({ type }) => type),
        ["address"],
      );
      assert.deepEqual(sim.state().rules.find(({ id }) => id === after["spam"])!.match.conditions, [
        { field: "from.address", operator: "in_list", value: [after["blocked"]] },
      ]);
      assert.equal(sim.state().workspaces.find(({ id }) => id === after["rest"])!.policy_id, null);

      // Somebody removes all but one rule by hand. The workspaces still name the other rule, which no write may resend.
      for (const [kind, name] of [
        ["list", "blocked"],
        ["rule", "shops"],
        ["webhook", "events"],
        ["principal", "tenant"],
      ] as const)
        sim.remove(kind, after[name]!);
      const dropped = succeeded(await stack.refresh());
      assert.deepEqual(
        dropped.steps
          .filter(({ op }) => op === "delete")
          .map(({ name }) => name)
          .sort(),
        ["blocked", "events", "key", "shops", "tenant"],
        dropped.text,
      );
      sim.clearRequests();
      const anew = succeeded(await stack.up());
      assert.deepEqual(changes(anew), [
        "blocked create",
        "customer update",
        "events create",
        "key create",
        "shops create",
        "spam update",
        "tenant create",
      ]);
      assert.deepEqual(refusedWrites(sim), []);
      const last = ids(scene);
      assert.equal(last["spam"], before["spam"]);
      assert.deepEqual(rulesOf(scene, last["customer"]!), [last["shops"], last["spam"]].sort());
      const sender = sim.seed({
        kind: "grant",
        email: "bot@acme.nylas.email",
        workspaceId: last["customer"]!,
      });
      assert.equal(
        sim.receive({ grant: sender, from: "a@spam.example" }),
        null,
        "the rule looks into the new list",
      );
      const { tenantKey } = await stack.outputs();
      const headers = { authorization: `Bearer ${String(tenantKey)}` };
      assert.equal((await fetch(`${sim.url}/v3/grants/${sender}/messages`, { headers })).status, 200);
      sim.remove("grant", sender);
      sim.clearRequests();

      // An update of what is gone says so and leaves the state alone; the default workspace drifts like any other.
      sim.edit("workspace", last["rest"]!, { rule_ids: [] });
      succeeded(await stack.up("--refresh"));
      assert.deepEqual(writesOf(sim), ["PATCH /v3/workspaces/:id"]);
      assert.deepEqual(rulesOf(scene, last["rest"]!), [last["spam"]]);
      succeeded(await stack.refresh("--expect-no-changes"));

      succeeded(await stack.destroy());
      assert.deepEqual([sim.state().lists, sim.state().rules, sim.state().webhooks], [[], [], []]);
      assert.deepEqual(refusedWrites(sim), []);
    },
  );
});

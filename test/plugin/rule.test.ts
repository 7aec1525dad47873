import assert from "node:assert/strict";
import { type Inputs, describeConformance } from "./conformance";
import { unknown } from "./harness";
import { type Declared } from "./stack";
import { declare, defaultWorkspace, done, openWorld, succeeded, workspace, writesOf } from "./world";

const rule = (name: string, inputs: Inputs, more?: Partial<Declared>) => declare("Rule", name, inputs, more);
const list = (name: string, inputs: Inputs) => declare("List", name, inputs);

const BLOCK = { conditions: [{ field: "from.domain", is: "spam.example" }], actions: ["block"] };
const match = (operator: string, ...conditions: object[]) =>
  `"match":${JSON.stringify({ operator, conditions })}`;
const put = (text: string) => [`PUT /v3/rules/:id {${text}}`];

describeConformance({
  type: "Rule",
  declare: rule,
  beside: [list("blocked", { type: "domain" }), list("other", { type: "domain" })],
  least: { name: "Subject", ...BLOCK },
  whole: {
    name: "Subject",
    description: "Spam",
    trigger: "outbound",
    match: "any",
    priority: 20,
    enabled: false,
    conditions: [
      { field: "from.domain", inList: [(of) => of("blocked").id] },
      { field: "recipient.address", contains: "@spam." },
      { field: "outbound.type", isNot: "reply" },
    ],
    actions: ["markAsRead", { assignToFolder: "Clients/Acme" }],
  },
  created: [
    'POST /v3/rules {"name":"Subject","description":"Spam","trigger":"outbound","priority":20,"enabled":false,' +
      '"match":{"operator":"any","conditions":[{"field":"from.domain","operator":"in_list","value":["BLOCKED"]},' +
      '{"field":"recipient.address","operator":"contains","value":"@spam."},{"field":"outbound.type","operator":"is_not","value":"reply"}]},' +
      '"actions":[{"type":"mark_as_read"},{"type":"assign_to_folder","value":"Clients/Acme"}]}',
  ],
  edits: [
    [{ name: "Renamed" }, put('"name":"Renamed"')],
    [{ description: "Less" }, put('"description":"Less"')],
    [{ description: undefined }, put('"description":""')],
    [{ priority: 0 }, put('"priority":0')],
    [{ priority: undefined }, put('"priority":10')],
    [{ enabled: true }, put('"enabled":true')],
    [
      { conditions: [{ field: "from.domain", inList: [(of) => of("other").id] }] },
      put(
        `"trigger":"outbound",${match("any", { field: "from.domain", operator: "in_list", value: ["OTHER"] })}`,
      ),
    ],
    [
      { trigger: "inbound", match: "all", conditions: [{ field: "from.tld", isNot: "example" }] },
      put(`"trigger":"inbound",${match("all", { field: "from.tld", operator: "is_not", value: "example" })}`),
    ],
    [{ actions: ["block"] }, put('"actions":[{"type":"block"}]')],
    [
      { actions: ["markAsSpam", "markAsStarred", "archive", "trash"] },
      put(
        '"actions":[{"type":"mark_as_spam"},{"type":"mark_as_starred"},{"type":"archive"},{"type":"trash"}]',
      ),
    ],
    // The order of conditions, of lists and the case of texts mean nothing.
    [
      {
        conditions: [
          { field: "outbound.type", isNot: "Reply" },
          { field: "from.domain", inList: [(of) => of("blocked").id, (of) => of("blocked").id] },
          { field: "recipient.address", contains: "@SPAM." },
        ],
      },
      [],
    ],
  ],
  drift: {
    by: ({ sim }, id) => sim.edit("rule", id, { enabled: true, actions: [{ type: "trash" }] }),
    writes: put(
      '"enabled":false,"actions":[{"type":"mark_as_read"},{"type":"assign_to_folder","value":"Clients/Acme"}]',
    ),
  },
  remove: ({ sim }, id) => sim.remove("rule", id),
  seed: ({ sim }, differs) =>
    sim.seed({
      kind: "rule",
      name: "Subject",
      priority: differs ? 3 : 10,
      match: {
        operator: "all",
        conditions: [{ field: "from.domain", operator: "is", value: "spam.example" }],
      },
      actions: [{ type: "block" }],
    }),
  differing: { inputs: { priority: 5 }, said: "priority: there 3, declared 5" },
  bad: [
    [{ name: "" }, "name"],
    [{ description: 5 }, "description"],
    [{ trigger: "incoming" }, "trigger"],
    [{ match: "some" }, "match"],
    ...[-1, 1001, 1.5, "10"].map((priority): [Inputs, string] => [{ priority }, "priority"]),
    [{ enabled: "yes" }, "enabled"],
    [{ conditions: undefined }, "conditions"],
    [{ conditions: {} }, "conditions"],
    [{ conditions: [] }, "conditions"],
    [{ conditions: ["from spam.example"] }, "conditions[0]"],
    [{ actions: undefined }, "actions"],
    [{ actions: [] }, "actions"],
    [{ actions: "block" }, "actions"],
    [{ actions: ["mark_as_read"] }, "actions[0]"],
    [{ actions: [5] }, "actions[0]"],
    [{ actions: ["archive", "block"] }, "actions[1]"],
    [{ actions: [{ moveTo: "x" }] }, "actions[0]"],
    [{ actions: [{ assignToFolder: "" }] }, "actions[0].assignToFolder"],
    [{ adopt: 1 }, "adopt"],
    [{ workspaceId: "x" }, ""],
  ],
});

describe("the conditions of a Rule", () => {
  const world = openWorld();
  const check = async (inputs: Inputs) =>
    (
      await (
        await world.plugin()
      ).check("Rule", {}, { label: "project/stack/r", actions: ["block"], ...inputs })
    ).failures;

  const texts = {
    address: "someone@spam.example",
    domain: "spam.example",
    tld: "example",
    type: "reply",
  };
  const fields = [
    "from.address",
    "from.domain",
    "from.tld",
    "recipient.address",
    "recipient.domain",
    "recipient.tld",
    "outbound.type",
  ] as const;

  it("are held to the whole matrix of trigger, field and test, offline, by the path of the member", async () => {
    for (const trigger of ["inbound", "outbound"]) {
      for (const field of fields) {
        for (const test of ["is", "isNot", "contains", "inList"]) {
          const text = texts[field.split(".")[1] as keyof typeof texts];
          const failures = await check({
            trigger,
            conditions: [
              { field: "from.tld", is: "zip" },
              { field, [test]: test === "inList" ? ["list-1"] : text },
            ],
          });
          const wrongTrigger = trigger === "inbound" && !field.startsWith("from.");
          const wrongTest = field === "outbound.type" && !["is", "isNot"].includes(test);
          const expected = wrongTrigger
            ? ["conditions[1].field"]
            : wrongTest
              ? [`conditions[1].${test}`]
              : [];
          assert.deepEqual(
            failures.map(({ property }) => property),
            expected,
            `${trigger} ${field} ${test}`,
          );
        }
      }
    }
  });

  for (const [what, condition, property] of [
    ["no field", { is: "x" }, "conditions[0].field"],
    ["a field that is none", { field: "subject", is: "x" }, "conditions[0].field"],
    ["nothing to compare to", { field: "from.domain" }, "conditions[0]"],
    ["two tests", { field: "from.domain", is: "a.example", isNot: "b.example" }, "conditions[0]"],
    ["the API's own words", { field: "from.domain", operator: "is", value: "x" }, "conditions[0].operator"],
    ["an empty text", { field: "from.domain", contains: " " }, "conditions[0].contains"],
    ["a list as a text", { field: "from.domain", is: ["a.example"] }, "conditions[0].is"],
    ["a text as a list", { field: "from.domain", inList: "list-1" }, "conditions[0].inList"],
    ["an empty list of lists", { field: "from.domain", inList: [] }, "conditions[0].inList"],
    [
      "a domain among the ids of lists",
      { field: "from.domain", inList: ["l", "a b"] },
      "conditions[0].inList[1]",
    ],
    ["a URL as a domain", { field: "from.domain", is: "https://spam.example" }, "conditions[0].is"],
    ["an address as a domain", { field: "from.domain", is: "a@spam.example" }, "conditions[0].is"],
    ["a domain as an address", { field: "from.address", is: "spam.example" }, "conditions[0].is"],
    ["a dot before a top-level domain", { field: "from.tld", isNot: ".zip" }, "conditions[0].isNot"],
  ] as const) {
    it(`with ${what} are refused`, async () => {
      const failures = await check({ conditions: [condition as never] });
      assert.ok(failures.length > 0);
      assert.equal(failures[0]?.property, property);
      assert.match(failures[0]?.reason ?? "", /allowed: .*for example/);
    });
  }

  it("whose values are not known yet pass, and what is known beside them is still looked at", async () => {
    assert.deepEqual(await check({ conditions: unknown }), []);
    assert.deepEqual(await check({ conditions: [unknown, { field: "from.domain", inList: [unknown] }] }), []);
    assert.deepEqual(
      await check({ trigger: unknown, conditions: [{ field: "recipient.tld", is: "zip" }] }),
      [],
    );
    assert.deepEqual(await check({ actions: [unknown], conditions: [{ field: unknown, is: unknown }] }), []);
    const failures = await check({ conditions: [unknown, { field: "subject", is: unknown }] });
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["conditions[1].field"],
    );
  });

  it("that name a list of another type end with what is expected of it", async () => {
    const report = await world.stack.apply([
      list("people", { type: "address" }),
      rule("r", {
        conditions: [{ field: "from.domain", inList: [(of) => of("people").id] }],
        actions: ["block"],
      }),
    ]);
    assert.match(
      report.errors[0]?.message ?? "",
      /invalid list ID.*of type address for \*\.address, domain for/s,
    );
  });
});

describe("deleting rules", () => {
  const world = openWorld();

  const program = (...names: string[]) => [
    ...names.map((name) => rule(name, { ...BLOCK })),
    workspace("customer", { ruleIds: names.map((name) => (of) => of(name).id) }),
  ];
  const ruleIds = (name: string) =>
    world.sim.state().workspaces.find((each) => each.name === name)?.rule_ids ?? assert.fail();

  it("after they were taken out of their workspace leaves nothing behind, and later writes go well", async () => {
    const { stack } = world;
    succeeded(await stack.apply(program("a", "b", "c")));
    succeeded(await stack.apply(program("c")));
    assert.deepEqual(ruleIds("project/stack/customer"), [stack.find("c").id]);
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    succeeded(await stack.apply(program("c", "d")));
    assert.deepEqual(ruleIds("project/stack/customer"), [stack.find("c").id, stack.find("d").id]);
  });

  it("takes them out of every workspace that still names them, without what else is gone there", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply([rule("a", { ...BLOCK }), rule("b", { ...BLOCK })]));
    const [a, b] = [stack.find("a").id, stack.find("b").id];
    const stale = sim.seed({ kind: "rule", name: "gone" });
    const stays = sim.seed({ kind: "rule", name: "stays" });
    const foreign = sim.seed({ kind: "workspace", name: "foreign" });
    const other = sim.seed({ kind: "workspace", name: "other" });
    sim.edit("workspace", foreign, { rule_ids: [a, stale, stays, b] });
    sim.edit("workspace", other, { rule_ids: [b] });
    sim.remove("rule", stale);
    sim.clearRequests();
    const report = succeeded(await stack.apply([]));
    assert.deepEqual(ruleIds("foreign"), [stays]);
    assert.deepEqual(ruleIds("other"), []);
    assert.deepEqual(
      sim.state().rules.map(({ name }) => name),
      ["stays"],
    );
    assert.ok(report.log.some((line) => /taken out of foreign/.test(line)));
    assert.equal(writesOf(sim).filter((line) => line.includes("→")).length, 0);
  });

  it("at the same time does not put one back that another takes out", async () => {
    const { sim } = world;
    const plugin = await world.plugin();
    const ids = ["a", "b", "c", "d"].map((name) => sim.seed({ kind: "rule", name }));
    const shared = sim.seed({ kind: "workspace", name: "shared" });
    sim.edit("workspace", shared, { rule_ids: ids });
    await Promise.all(
      ids.map((id) => plugin.delete("Rule", id, { name: "x", applicationId: sim.ids.application })),
    );
    assert.deepEqual(ruleIds("shared"), []);
    assert.deepEqual(sim.state().rules, []);
  });

  it("that the default workspace of others names, too, lets it go without an error", async () => {
    const { sim, stack } = world;
    succeeded(
      await stack.apply([
        rule("mine", { ...BLOCK }),
        defaultWorkspace("rest", { ruleIds: [(of) => of("mine").id] }),
      ]),
    );
    const rest = stack.find("rest").id;
    const stale = sim.seed({ kind: "rule", name: "gone" });
    sim.edit("workspace", rest, { rule_ids: [stack.find("mine").id, stale] });
    sim.remove("rule", stale);
    succeeded(await stack.destroy());
    assert.deepEqual(sim.state().workspaces.find(({ id }) => id === rest)?.rule_ids, []);
  });

  it("by hand makes a workspace that declares them say which line to take out", async () => {
    const { sim, stack } = world;
    const id = sim.seed({ kind: "rule", name: "by hand" });
    succeeded(await stack.apply([workspace("customer", { ruleIds: [id] })]));
    sim.remove("rule", id);
    const report = await stack.apply([workspace("customer", { ruleIds: [id, id.replace(/.$/, "0")] })]);
    assert.match(report.errors[0]?.message ?? "", /take it out of ruleIds/);
  });
});

import assert from "node:assert/strict";
import { type Properties, unknown } from "../harness";
import { make, openWorld } from "../world";

/** Each of these was accepted, or refused for the wrong reason, before a bad input found it. */
describe("what bad inputs have found", () => {
  const world = openWorld();

  async function failures(type: string, inputs: Properties, olds: Properties = {}) {
    const plugin = await world.plugin();
    return (await plugin.check(type, olds, { label: "project/stack/subject", ...inputs })).failures;
  }
  async function refused(type: string, inputs: Properties, property: string, said: RegExp): Promise<void> {
    const found = await failures(type, inputs);
    assert.equal(found.length, 1, JSON.stringify(found));
    assert.equal(found[0]!.property, property);
    assert.match(found[0]!.reason, said);
    assert.deepEqual(world.sim.requests, []);
  }
  const accepted = async (type: string, inputs: Properties) =>
    assert.deepEqual(await failures(type, inputs), []);

  const account = { email: "a@agents.example.com" };
  const condition = { field: "from.domain", is: "spam.example" };
  const webhook = { url: "https://agents.example.com/nylas", triggers: ["message.created"] };
  const records = { domainId: "domain-1", domainName: "agents.example.com" };
  const key = { principalId: "p", expiresAt: "2030-01-01T00:00:00Z" };

  it("names that every object has are no properties of a resource, nor of a group in it", async () => {
    for (const name of ["constructor", "toString", "valueOf", "hasOwnProperty", "__defineGetter__"]) {
      await refused("Policy", { [name]: 5 }, "", new RegExp(`^${name} is not a property`));
      await refused("Policy", { limits: { [name]: 5 } }, `limits.${name}`, /is not a property/);
    }
  });

  it("a mistyped name that no path can have is shown beside the path, and steers nothing", async () => {
    await refused(
      "Policy",
      { limits: { "daily\u001b[2J\u202eSends": 5 } },
      "limits",
      /^limits: "daily\\u001b\[2J\\u202eSends" is not a property/,
    );
    await refused("Policy", { [`x${"y".repeat(5_000)}`]: 5 }, "", /^"xyyy[^"]*\.\.\. is not a property/);
  });

  it("a slot that there is not is no host, and a member that there is not is no part of a record", async () => {
    await refused(
      "DomainRecords",
      { ...records, hosts: { ownershp: "_nylas" } },
      "hosts.ownershp",
      /did you mean ownership\?/,
    );
    const mx = { type: "MX", name: "agents.example.com", value: "inbound.example.net" };
    await refused(
      "DomainRecords",
      { ...records, known: { mx: { ...mx, prio: 5 } } },
      "known.mx.prio",
      /is not a property/,
    );
    await refused(
      "DomainRecords",
      { ...records, known: { mx: { ...mx, priority: 65_536 } } },
      "known.mx.priority",
      /from 0 to 65535/,
    );
    await refused(
      "DomainRecords",
      { ...records, known: { spf: { ...mx, type: "MX" } } },
      "known.spf.type",
      /given "MX"; allowed: "TXT"/,
    );
  });

  it("a host is not held against a domain that is not known yet", () =>
    accepted("DomainRecords", {
      ...records,
      domainName: unknown,
      hosts: { ownership: "_nylas.agents.example.com." },
    }));

  it("the field of a condition is a text, and not a list that reads like one", () =>
    refused(
      "Rule",
      { conditions: [{ ...condition, field: ["from.domain"] }], actions: ["block"] },
      "conditions[0].field",
      /given \["from\.domain"\]/,
    ));

  it("nothing beside a test of a condition, or beside the binding of a principal, is not passed over", async () => {
    await refused(
      "Rule",
      { conditions: [{ ...condition, contains: null }], actions: ["block"] },
      "conditions[0]",
      /exactly one of/,
    );
    await refused("Principal", { boundTo: { workspace: null, account: "a" } }, "boundTo", /exactly one of/);
  });

  it("no roles and no permissions are no change for ever", async () => {
    const plugin = await world.plugin();
    const made = await make(plugin, "Principal", "none", {
      boundTo: { application: world.sim.ids.application },
      roles: [],
      permissions: [],
    });
    assert.equal((await plugin.diff("Principal", made.id, made.outputs, made.inputs, "none")).changes, false);
    const read = await plugin.read("Principal", made.id, made.outputs, made.inputs, "none");
    assert.deepEqual(read.inputs, made.inputs);
  });

  it("two webhooks whose triggers are not known yet are not the same one", async () => {
    const plugin = await world.plugin();
    for (const name of ["one", "two"]) {
      const { failures: found } = await plugin.check(
        "Webhook",
        {},
        { label: `project/stack/${name}`, ...webhook, triggers: unknown },
        name,
      );
      assert.deepEqual(found, []);
    }
  });

  it("a binding that is not known yet is not announced as one to a letter of the sign for it", async () => {
    const plugin = await world.plugin();
    await plugin.diff(
      "Principal",
      "p",
      { name: "A", boundTo: { workspace: "a" } },
      { name: "A", boundTo: unknown },
    );
    assert.deepEqual(
      plugin.warnings.filter((warning) => /bound to/.test(warning)),
      [],
    );
  });

  it("what is not known yet is called that in a warning, and not by its sign", async () => {
    const plugin = await world.plugin();
    const recorded = { name: "A", boundTo: { workspace: "a" } };
    const declared = { name: unknown, boundTo: { workspace: "b" } };
    await plugin.check("Principal", recorded, { label: "project/stack/subject", ...declared });
    await plugin.diff("Principal", "p", recorded, declared);
    assert.match(plugin.warnings.join(), /^principal "\(not known yet\)" is bound to workspace b/);
  });

  it("the name by default is held to what a name may be", async () => {
    const plugin = await world.plugin();
    for (const name of ["x".repeat(300), "two\nlines"]) {
      const { failures: found } = await plugin.check("Policy", {}, { label: `project/stack/${name}` });
      assert.deepEqual(
        found.map(({ property }) => property),
        ["name"],
      );
      assert.match(
        found[0]!.reason,
        /^name: given none, and the default \(project\/stack\/name\) would be .*; allowed: 1 to 256 characters .*; for example name: /,
      );
      assert.deepEqual(
        (
          await plugin.check(
            "Policy",
            {},
            { label: `project/stack/${name}`, name: `Outreach ${name.length}` },
          )
        ).failures,
        [],
      );
    }
  });

  it("a name steers no terminal and turns no text around, and is counted as people count", async () => {
    for (const control of ["\u0085", "\u009b1A", "\u2028", "\u202e", "\u2066", "\u007f"])
      await refused(
        "AgentAccount",
        { ...account, displayName: `Bank${control}` },
        "displayName",
        /given "Bank\\u[0-9a-f]{4}/,
      );
    await accepted("AgentAccount", { ...account, displayName: "😀".repeat(256) });
    await refused(
      "AgentAccount",
      { ...account, displayName: "😀".repeat(257) },
      "displayName",
      /1 to 256 characters/,
    );
  });

  it("a moment is in the calendar", () =>
    refused("ApiKey", { ...key, expiresAt: "2027-02-30T00:00:00Z" }, "expiresAt", /given "2027-02-30/));

  it("an address of four numbers is no domain", async () => {
    await refused("Domain", { domainName: "127.0.0.1" }, "domainName", /a domain name/);
    await refused("AgentAccount", { email: "a@10.0.0.1" }, "email", /an address/);
  });

  it("an address of a webhook is sent as it stands, so it needs no repair", async () => {
    for (const url of [
      "https:agents.example.com",
      "https:\\\\agents.example.com",
      "https://ag\nents.example.com",
      " https://agents.example.com",
      "https://аgents.example.com",
      "https://agents.example.com/a b",
    ])
      await refused("Webhook", { ...webhook, url }, "url", /a public https address/);
    // The engine prints the value of the property that a failure names, and there may be a password in this one.
    const user = "https://agents.example.com@127.0.0.1/";
    await refused("Webhook", { ...webhook, url: user }, "", /a public https address/);
    await refused(
      "Webhook",
      { ...webhook, notificationEmails: ["a@b.c\u0000"] },
      "notificationEmails[0]",
      /given "a@b\.c\\u0000"/,
    );
    await refused("Webhook", { ...webhook, triggers: ["booking..x"] }, "triggers[0]", /given "booking\.\.x"/);
  });

  it("an object is adopted by an id, and not by a path", async () => {
    for (const adopt of ["..", "../x", "a/b/c", "a?x=1", "%2e%2e", "a b"])
      await refused("Workspace", { adopt }, "adopt", /or its id/);
    await accepted("ApiKey", { ...key, adopt: "principal/key" });
  });

  it("the digest of a file of items is of a file", async () => {
    await refused(
      "List",
      { type: "domain", itemsDigest: "a".repeat(64) },
      "itemsDigest",
      /without itemsFile/,
    );
    await refused(
      "List",
      { type: "domain", itemsFile: "x", itemsDigest: "x" },
      "itemsDigest",
      /which the program makes itself/,
    );
  });

  it("an item holds nothing that nobody sees", async () => {
    for (const item of ["spam\u0000.example", "spam\u200b.example", "\u202espam.example"])
      await refused("List", { type: "domain", items: [item] }, "items[0]", /a domain name/);
  });

  it("a folder that a rule names is one that a mailbox can have", () =>
    refused(
      "Rule",
      { conditions: [condition], actions: [{ assignToFolder: "Clients//Acme" }] },
      "actions[0].assignToFolder",
      /path of a folder/,
    ));

  it("a wrong connection is one mistake, said once", () =>
    refused("Policy", { connection: "E U" }, "connection", /^connection: given "E U"; allowed: /));

  it("of ten thousand wrong items the first ones are told", async () => {
    const items = Array.from({ length: 10_000 }, (_, i) => `no item ${i}`);
    const found = await failures("List", { type: "domain", items });
    assert.equal(found.length, 20);
    assert.equal(found[0]!.property, "items[0]");
  });

  it("no text takes longer than it is long", async () => {
    const dots = ".".repeat(50_000);
    const began = Date.now();
    for (const [type, inputs] of [
      ["Webhook", { ...webhook, notificationEmails: [`a@${dots}\n`] }],
      ["Webhook", { ...webhook, triggers: [`booking${dots}`] }],
      ["List", { type: "address", items: [`a@b${dots}`] }],
      ["Domain", { domainName: `a${dots}` }],
      ["AgentAccount", { email: `a${dots}@b.example` }],
      ["Principal", { boundTo: { workspace: "a" }, permissions: [`a${"_a".repeat(25_000)}`] }],
    ] as const)
      assert.notDeepEqual(await failures(type, inputs), []);
    assert.ok(Date.now() - began < 90_000, `${Date.now() - began} ms`);
  });

  it("depth is no harm", async () => {
    let deep: unknown = "x";
    for (let i = 0; i < 150; i++) deep = i % 2 === 0 ? { a: deep } : [deep];
    for (const [type, property] of [
      ["Policy", "limits"],
      ["Rule", "conditions"],
      ["Principal", "boundTo"],
      ["Webhook", "rotateWhenChanged"],
    ] as const)
      assert.notDeepEqual(await failures(type, { [property]: deep }), [], type);
  });
});

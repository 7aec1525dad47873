import assert from "node:assert/strict";
import { type OperationError, Plugin, type Properties, unknown } from "./harness";
import { domainWord } from "../words";
import {
  account,
  declared,
  defaultWorkspace,
  domain,
  domainRecords,
  domainVerification,
  done,
  lostMail,
  make,
  openWorld,
  policy,
  publish,
  refused,
  standing,
  succeeded,
  workspace,
  writesOf,
} from "./world";

const EMAIL = "bot@acme.nylas.email";
const label = (name: string) => `project/stack/${name}`;

/** One of each, with everything that a program usually says. */
const oneOfEach = [
  policy("outreach", { limits: { dailySends: 50, inboxRetentionDays: 30 } }),
  workspace("customer", { policyId: (of) => of("outreach").id }),
  defaultWorkspace("rest", { policyId: (of) => of("outreach").id }),
  account("bot", { email: EMAIL, displayName: "Bot", workspaceId: (of) => of("customer").id }),
  domain("domain", { domainName: "agents.example.com" }),
  domainRecords("records", {
    domainName: (of) => of("domain").domainName,
    domainId: (of) => of("domain").id,
  }),
  domainVerification("verified", {
    domainName: (of) => of("domain").domainName,
    domainId: (of) => of("domain").id,
    records: (of) => of("records").records,
    wait: false,
  }),
];

describe("check", () => {
  const world = openWorld();
  let plugin: Plugin;
  beforeEach(async () => void (plugin = await world.plugin()));
  const check = (type: string, olds: Properties, news: Properties, name = "resource") =>
    plugin.check(type, olds, { label: label(name), ...news }, name);
  /** What a preview says of an update that will be refused; it is no failure, which would end the program. */
  const refusalOf = async (type: string, olds: Properties, news: Properties): Promise<string> => {
    const inUp = await check(type, olds, news);
    assert.deepEqual(inUp.failures, []);
    assert.ok(!("__refused" in inUp.inputs), "an up records nothing of it");
    const { inputs, failures } = await check(type, olds, { ...news, __refused: "" });
    assert.deepEqual(failures, []);
    return String(inputs.__refused ?? "");
  };

  it("is offline, and asks for no key: it passes in a process that has neither", async () => {
    await plugin.renew({});
    const good: [string, Properties][] = [
      ["Policy", { limits: { dailySends: 50 } }],
      ["Workspace", { policyId: "p-1" }],
      ["DefaultWorkspace", {}],
      ["AgentAccount", { email: EMAIL }],
      ["Domain", { domainName: "agents.example.com" }],
      ["DomainRecords", { domainName: "agents.example.com", domainId: "d-1" }],
      ["DomainVerification", { domainName: "agents.example.com", domainId: "d-1", records: {} }],
    ];
    for (const [type, inputs] of good) {
      const { failures } = await check(type, {}, inputs);
      assert.deepEqual(failures, [], type);
    }
    assert.deepEqual(world.sim.requests, []);
  });

  it("lets what is not known yet pass, alone, nested and in place of numbers", async () => {
    const inputs: [string, Properties][] = [
      [
        "Policy",
        {
          name: unknown,
          limits: { dailySends: unknown, attachmentTypes: ["image/*", unknown] },
          spamDetection: unknown,
        },
      ],
      ["Workspace", { name: unknown, domainName: unknown, autoGroup: unknown, ruleIds: ["r", unknown] }],
      ["DefaultWorkspace", { policyId: unknown, ruleIds: unknown }],
      [
        "AgentAccount",
        { email: unknown, displayName: unknown, appPassword: unknown, workspaceId: unknown, adopt: unknown },
      ],
      ["Domain", { domainName: unknown, name: unknown, forceDestroy: unknown }],
      ["DomainRecords", { domainName: unknown, domainId: unknown, hosts: { ownership: unknown } }],
      [
        "DomainVerification",
        {
          domainName: unknown,
          domainId: unknown,
          records: { mx: { type: "MX", name: unknown, value: unknown, priority: unknown } },
          purposes: [unknown],
          timeoutSeconds: unknown,
        },
      ],
    ];
    for (const [type, news] of inputs) {
      const checked = await check(type, {}, news);
      assert.deepEqual(checked.failures, [], type);
      for (const [key, value] of Object.entries(news)) assert.deepEqual(checked.inputs[key], value, type);
    }
  });

  it("still holds what is known beside something unknown to its rules, with the property's path", async () => {
    const { failures } = await check(
      "Policy",
      {},
      { limits: { dailySends: unknown, storageBytes: -1, attachmentTypes: [unknown, "picture"] } },
    );
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["limits.storageBytes", "limits.attachmentTypes[1]"],
    );
  });

  it("says of a failure what was given, what is allowed and an example", async () => {
    const { failures } = await check("Policy", {}, { spamDetection: { sensitivity: 6 } });
    assert.deepEqual(failures, [
      {
        property: "spamDetection.sensitivity",
        reason:
          "spamDetection.sensitivity: given 6; allowed: a number from 0.1 to 5.0; for example sensitivity: 1.5",
      },
    ]);
  });

  it("names are name ?? old name ?? label: sticky, a renamed stack renames nothing", async () => {
    for (const [type, more] of [
      ["Policy", {}],
      ["Workspace", {}],
      ["Domain", { domainName: "agents.example.com" }],
    ] as [string, Properties][]) {
      assert.equal((await check(type, {}, more)).inputs.name, label("resource"));
      assert.equal((await check(type, { ...more, name: "old/name" }, more)).inputs.name, "old/name");
      assert.equal(
        (await check(type, { ...more, name: "old" }, { ...more, name: "new" })).inputs.name,
        "new",
      );
      assert.ok(!("label" in (await check(type, {}, more)).inputs), "the label is dropped");
    }
  });

  it("defaults are made explicit, and are sticky: a later default of ours changes nobody's resources", async () => {
    const fresh = (await check("Workspace", {}, {})).inputs;
    assert.equal(fresh.autoGroup, false);
    // As a release would have written it whose default was another one.
    const before = {
      ...fresh,
      domainName: "agents.example.com",
      autoGroup: true,
      __defaults: { autoGroup: true },
    };
    const news = { domainName: "agents.example.com" };
    assert.equal((await check("Workspace", before, news)).inputs.autoGroup, true);
    // What the program itself had said is no default: taking the line away brings the default back.
    const { __defaults, ...said } = before as Properties;
    assert.equal((await check("Workspace", said, news)).inputs.autoGroup, false);
    assert.equal(
      (await check("DomainRecords", {}, { domainId: "d-1", domainName: "agents.example.com" })).inputs
        .dkimKeyLength,
      2048,
    );
  });

  it("a default that somebody changed by hand is put right like anything else", async () => {
    const { sim, stack } = world;
    const program = [workspace("customer", { domainName: "agents.example.com" })];
    succeeded(await stack.apply(program));
    sim.edit("workspace", stack.find("customer").id, { auto_group: true });
    assert.deepEqual(done(succeeded(await stack.refresh())), ["drift customer"]);
    assert.deepEqual(done(succeeded(await stack.apply(program))), ["update customer"]);
    assert.deepEqual(writesOf(sim).at(-1), 'PATCH /v3/workspaces/:id {"auto_group":false}');
    assert.deepEqual(done(succeeded(await stack.apply(program))), []);
  });

  it("refuses what the API cannot do: un-set a limit, take a password or a name away", async () => {
    const password = "A-good-Password-123456";
    const refusals: [string, Properties, Properties, string][] = [
      ["Policy", { name: "p", limits: { dailySends: 5 } }, { name: "p", limits: {} }, "limits.dailySends"],
      ["Policy", { name: "p", limits: { dailySends: 5 } }, { name: "p" }, "limits.dailySends"],
      [
        "Policy",
        { name: "p", spamDetection: { dnsBlockLists: true } },
        { name: "p" },
        "spamDetection.dnsBlockLists",
      ],
      ["AgentAccount", { email: EMAIL, displayName: "Bot" }, { email: EMAIL }, "displayName"],
    ];
    for (const [type, olds, news, property] of refusals) {
      const refusal = await refusalOf(type, olds, news);
      assert.match(refusal, new RegExp(`^${property}: .* cannot be (un-set|taken away)`));
    }
    const refusal = await refusalOf(
      "AgentAccount",
      { email: EMAIL, appPassword: password },
      { email: EMAIL },
    );
    assert.match(refusal, /^appPassword: once set it cannot be taken away/);
    assert.ok(!refusal.includes(password));
  });

  it("the same key declared twice in one program is refused, by both names", async () => {
    const twice: [string, Properties, Properties, string][] = [
      ["AgentAccount", { email: EMAIL }, { email: EMAIL.toUpperCase() }, `account ${EMAIL}`],
      ["Policy", { name: "Outreach" }, { name: "Outreach" }, 'policy "Outreach"'],
      ["Workspace", { name: "A" }, { name: "A" }, 'workspace "A"'],
      [
        "Workspace",
        { name: "B", domainName: "a.example.com" },
        { name: "C", domainName: "A.example.com." },
        "workspace of a.example.com",
      ],
      ["Domain", { domainName: "b.example.com" }, { domainName: "b.example.com." }, "domain b.example.com"],
      ["DefaultWorkspace", {}, {}, "default workspace of the application"],
    ];
    for (const [type, first, second, noun] of twice) {
      assert.deepEqual((await check(type, {}, first, `${type}-one`)).failures, []);
      const { failures } = await check(type, {}, second, `${type}-two`);
      assert.equal(failures.length, 1, type);
      for (const said of [noun, `${type}-one`, `${type}-two`]) {
        assert.ok(failures[0]!.reason.includes(said), `${failures[0]!.reason} should say ${said}`);
      }
      // The engine checks a resource a second time when it replaces it.
      assert.deepEqual((await check(type, {}, first, `${type}-one`)).failures, []);
    }
    // In another set of credentials it is another object.
    assert.deepEqual((await check("Policy", {}, { name: "Outreach", connection: "eu" }, "eu")).failures, []);
  });

  it("a change that would replace what holds mail or accounts is refused, unless the old inputs and the new ones say forceDestroy", async () => {
    for (const [type, before, after, property] of [
      ["AgentAccount", { email: EMAIL }, { email: "new@acme.nylas.email" }, "email"],
      ["Domain", { domainName: "a.example.com" }, { domainName: "b.example.com" }, "domainName"],
    ] as const) {
      const plain = await refusalOf(type, before, after);
      assert.match(plain, new RegExp(`^${property}: changing `));
      assert.match(plain, /in a change of its own first: forceDestroy: true, then pulumi up/);
      const atOnce = await refusalOf(type, before, { ...after, forceDestroy: true });
      assert.notEqual(atOnce, "", "the word comes in a change of its own");
      const takenBack = await refusalOf(type, { ...before, forceDestroy: true }, after);
      assert.notEqual(takenBack, "", "the change takes the word back");
      const still = { ...after, forceDestroy: true };
      assert.equal(await refusalOf(type, { ...before, forceDestroy: true }, still), "");
    }
    assert.equal(await refusalOf("AgentAccount", { email: EMAIL }, { email: unknown }), "");
  });

  it("a setting that cannot be right is said in the preview", async () => {
    await plugin.renew({ "nylas:region": "mars" });
    const { failures } = await check("Policy", {}, {});
    assert.equal(failures.length, 1);
    assert.match(failures[0]!.reason, /nylas:region.*"mars".*"us" or "eu"/);
  });

  it("takes thousands a minute", async () => {
    await check("Policy", {}, { limits: { dailySends: 50 } });
    const began = performance.now();
    for (let n = 0; n < 200; n++) await check("Policy", {}, { name: `p${n}`, limits: { dailySends: 50 } });
    const each = (performance.now() - began) / 200;
    assert.ok(each < 150, `${each.toFixed(2)} ms a check`);
  });
});

describe("diff", () => {
  const world = openWorld();
  let plugin: Plugin;
  beforeEach(async () => void (plugin = await world.plugin()));

  const outputs: Record<string, Properties> = {
    Policy: { name: "p", limits: { dailySends: 5 }, applicationId: "a" },
    Workspace: {
      name: "w",
      autoGroup: false,
      policyId: "p-1",
      applicationId: "a",
      __defaults: { autoGroup: false },
    },
    DefaultWorkspace: { policyId: "p-1", applicationId: "a" },
    AgentAccount: { email: EMAIL, workspaceId: "w-1", status: "valid", createdAt: 1, applicationId: "a" },
    Domain: { domainName: "a.example.com", name: "d", organizationId: "o", region: "us", trial: false },
    DomainRecords: { domainName: "a.example.com", domainId: "d-1", dkimKeyLength: 2048, records: {} },
    DomainVerification: { domainName: "a.example.com", domainId: "d-1", records: {}, status: "verified" },
  };
  const inputs: Record<string, Properties> = {
    Policy: { name: "p", limits: { dailySends: 5 } },
    Workspace: { name: "w", autoGroup: false, policyId: "p-1" },
    DefaultWorkspace: { policyId: "p-1" },
    AgentAccount: { email: EMAIL, workspaceId: "w-1" },
    Domain: { domainName: "a.example.com", name: "d" },
    DomainRecords: { domainName: "a.example.com", domainId: "d-1", dkimKeyLength: 2048 },
    DomainVerification: { domainName: "a.example.com", domainId: "d-1", records: {} },
  };
  const types = Object.keys(outputs);

  it("always answers with a boolean, also where only the provider's text has changed", async () => {
    for (const type of types) {
      const other = {
        ...outputs[type],
        __provider: `exports.handler=()=>require('pulumi-nylas/dynamic')["${type}"]`,
      };
      for (const olds of [outputs[type]!, other]) {
        assert.deepEqual(
          await plugin.diff(type, "id", olds, inputs[type]!),
          { changes: false, replaces: [], deleteBeforeReplace: false },
          type,
        );
      }
    }
  });

  it("diff is symmetric, and blind to what the server adds", async () => {
    for (const type of types) {
      assert.equal((await plugin.diff(type, "id", outputs[type]!, inputs[type]!)).changes, false, type);
      // Verification is judged by what is recorded, so a side without a status is one that is not verified.
      if (type === "DomainVerification") continue;
      assert.equal((await plugin.diff(type, "id", inputs[type]!, outputs[type]!)).changes, false, type);
    }
    const pairs: [string, Properties, Properties][] = [
      ["Policy", { name: "p" }, { name: "p", limits: { dailySends: 1 } }],
      ["Workspace", { name: "w" }, { name: "w", policyId: "p" }],
      ["AgentAccount", { email: EMAIL }, { email: EMAIL, forceDestroy: true }],
      ["Domain", { domainName: "a.example.com", name: "a" }, { domainName: "a.example.com", name: "b" }],
    ];
    for (const [type, one, other] of pairs) {
      assert.equal((await plugin.diff(type, "id", one, other)).changes, true);
      assert.equal((await plugin.diff(type, "id", other, one)).changes, true);
    }
  });

  it("compares in a normal form: case, final dot, the order of sets, unset against default", async () => {
    const same: [string, Properties, Properties][] = [
      ["AgentAccount", { email: EMAIL }, { email: "Bot@ACME.nylas.email" }],
      ["Domain", { domainName: "a.example.com" }, { domainName: "A.Example.com." }],
      ["Workspace", { ruleIds: ["a", "b"] }, { ruleIds: ["b", "a", "b"] }],
      ["DefaultWorkspace", { ruleIds: ["a", "b"] }, { ruleIds: ["b", "a"] }],
      [
        "Policy",
        { limits: { attachmentTypes: ["image/*", "text/plain"] } },
        { limits: { attachmentTypes: ["Text/plain", "image/*"] } },
      ],
      [
        "DomainVerification",
        { ...outputs.DomainVerification, purposes: ["mx", "spf"] },
        { ...inputs.DomainVerification, purposes: ["spf", "mx"] },
      ],
    ];
    for (const [type, olds, news] of same)
      assert.equal((await plugin.diff(type, "id", olds, news)).changes, false, type);
  });

  it("replaces only where the API leaves no other way", async () => {
    const replaced: [string, string, unknown][] = [
      ["Workspace", "domainName", "b.example.com"],
      ["AgentAccount", "email", "new@acme.nylas.email"],
      ["Domain", "domainName", "b.example.com"],
      ["DomainRecords", "domainId", "d-2"],
      ["DomainRecords", "domainName", "b.example.com"],
      ["DomainRecords", "dkimKeyLength", 1024],
      ["DomainRecords", "hosts", { ownership: "_nylas" }],
      ["DomainVerification", "domainId", "d-2"],
      ["DomainVerification", "domainName", "b.example.com"],
    ];
    for (const [type, property, value] of replaced) {
      const news = { ...inputs[type], [property]: value };
      const word = { forceDestroy: true };
      const answer = await plugin.diff(type, "id", { ...outputs[type]!, ...word }, { ...news, ...word });
      assert.deepEqual(answer, { changes: true, replaces: [property], deleteBeforeReplace: false }, type);
      if (type !== "AgentAccount" && type !== "Domain") continue;
      // Without the word it is no replacement, but an update that will be refused.
      const refused = await plugin.diff(type, "id", outputs[type]!, news);
      assert.deepEqual(refused, { changes: true, replaces: [], deleteBeforeReplace: false }, type);
    }
    const inPlace: [string, string, unknown][] = [
      ["Policy", "name", "q"],
      ["Policy", "limits", { dailySends: 6 }],
      ["Policy", "spamDetection", { sensitivity: 2 }],
      ["Workspace", "name", "v"],
      ["Workspace", "autoGroup", true],
      ["Workspace", "policyId", "p-2"],
      ["Workspace", "ruleIds", ["r"]],
      ["DefaultWorkspace", "policyId", "p-2"],
      ["AgentAccount", "displayName", "Bot"],
      ["AgentAccount", "workspaceId", "w-2"],
      ["AgentAccount", "appPassword", "A-good-Password-123456"],
      ["AgentAccount", "forceDestroy", true],
      ["Domain", "name", "e"],
      ["DomainVerification", "purposes", ["mx"]],
    ];
    for (const [type, property, value] of inPlace) {
      const answer = await plugin.diff(type, "id", outputs[type]!, { ...inputs[type], [property]: value });
      assert.deepEqual(
        answer,
        { changes: true, replaces: [], deleteBeforeReplace: false },
        `${type}.${property}`,
      );
    }
  });

  it("an unknown never replaces: what holds the marker counts as changed, and nothing asks to be deleted first", async () => {
    for (const type of types) {
      for (const property of Object.keys(inputs[type]!)) {
        for (const value of [unknown, `${unknown}@agents.example.com`, { nested: [unknown] }]) {
          const answer = await plugin.diff(type, "id", outputs[type]!, {
            ...inputs[type],
            [property]: value,
          });
          assert.deepEqual(
            answer,
            { changes: true, replaces: [], deleteBeforeReplace: false },
            `${type}.${property}`,
          );
        }
      }
    }
  });

  it("is never moved by what steers one operation: adopt, allowMailLoss, wait, a time limit", async () => {
    const directives: [string, Properties][] = [
      ["AgentAccount", { adopt: true, allowMailLoss: true }],
      ["Policy", { adopt: "p-1", allowMailLoss: true }],
      ["DomainRecords", { allowApex: true }],
      ["DomainVerification", { wait: false, timeoutSeconds: 5, publishedBy: "cloudflare" }],
    ];
    for (const [type, more] of directives)
      assert.equal(
        (await plugin.diff(type, "id", outputs[type]!, { ...inputs[type], ...more })).changes,
        false,
        type,
      );
  });

  it("is offline", async () => {
    for (const type of types)
      await plugin.diff(type, "id", outputs[type]!, { ...inputs[type], name: "other" });
    assert.deepEqual(world.sim.requests, []);
  });

  it("warns in the preview, through the engine's log, of what a change would lose or hand over", async () => {
    const policyOlds = { name: "Long", limits: { inboxRetentionDays: 300 } };
    const shorter = { ...policyOlds, limits: { inboxRetentionDays: 30 } };
    // A change that will be refused loses nothing.
    await plugin.diff("Policy", "id", policyOlds, shorter);
    assert.deepEqual(plugin.warnings, []);
    await plugin.diff("Policy", "id", policyOlds, { ...shorter, allowMailLoss: true });
    await plugin.diff("AgentAccount", "id", outputs.AgentAccount!, { email: EMAIL, workspaceId: "w-2" });
    assert.equal(plugin.warnings.length, 2);
    assert.match(
      plugin.warnings[0]!,
      /policy "Long": days of inbox go down to 30; mail beyond that is deleted/,
    );
    assert.match(
      plugin.warnings[1]!,
      /moves to workspace w-2.*whoever has a key bound to it can read the mailbox/,
    );
    plugin.log.length = 0;
    await plugin.diff("Policy", "id", policyOlds, { ...policyOlds, limits: { inboxRetentionDays: 301 } });
    await plugin.diff("AgentAccount", "id", outputs.AgentAccount!, { email: EMAIL, workspaceId: unknown });
    assert.deepEqual(plugin.warnings, []);
  });
});

describe("what is recorded", () => {
  // M10: a verified domain goes by its word alone.
  const world = openWorld({ env: { NYLAS_FORCE_DESTROY: domainWord("agents.example.com") } });

  it("outputs hold exactly the declared keys under an input's name, and nothing that is undefined", async () => {
    const { sim, stack } = world;
    // A server that leaves out all that it may.
    sim.configure({ omitFalseFlags: true, expiresAt: "absent", policyPutWithoutId: true, bareGrants: true });
    succeeded(await stack.apply(oneOfEach));
    const computed: Record<string, string[]> = {
      outreach: ["applicationId"],
      customer: ["applicationId"],
      rest: ["applicationId"],
      bot: ["applicationId", "createdAt", "hasAppPassword", "status"],
      domain: ["applicationId", "organizationId", "region", "trial"],
      records: ["organizationId", "records", "region", "stood"],
      verified: ["applicationId", "organizationId", "problems", "region", "status"],
    };
    for (const { name, inputs, outputs } of stack.state) {
      const own = Object.keys(outputs).filter((key) => !(key in inputs));
      assert.deepEqual(own.sort(), computed[name], name);
      for (const key of Object.keys(inputs)) assert.deepEqual(outputs[key], inputs[key], `${name}.${key}`);
      const text = JSON.stringify(outputs, (_, value: unknown) =>
        value === undefined ? "UNDEFINED" : value,
      );
      assert.doesNotMatch(text, /UNDEFINED|null/, name);
    }
  });

  it("the provider's text is a short constant, in inputs and outputs alike", async () => {
    const { stack } = world;
    succeeded(await stack.apply(oneOfEach));
    for (const { type, inputs, outputs } of stack.state) {
      const text = `exports.handler=()=>require('pulumi-nylas/dynamic').${type}`;
      assert.equal(inputs.__provider, text);
      assert.equal(outputs.__provider, text);
      assert.ok(text.length <= 80);
    }
  });

  it("a second run changes nothing, nor does one after a refresh, and neither writes", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(oneOfEach));
    publish(sim, stack.find("records").outputs.records);
    assert.deepEqual(
      done(succeeded(await stack.apply(oneOfEach))),
      ["update verified"],
      "it is verified by now",
    );
    const state = structuredClone(stack.state);
    sim.clearRequests();
    assert.deepEqual(done(succeeded(await stack.apply(oneOfEach))), []);
    assert.deepEqual(sim.requests, [], "a no-op asks nothing");
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    assert.deepEqual(stack.state, state);
    assert.deepEqual(done(succeeded(await stack.apply(oneOfEach))), []);
    assert.deepEqual(writesOf(sim), []);
    succeeded(await stack.destroy());
    assert.deepEqual(standing(sim), []);
    assert.equal(sim.state().connectors.length, 1, "the connector is never deleted");
  });

  it("an edit of a label blurs nothing else in the preview: what others consume is an input, or on a resource without mutable inputs", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(oneOfEach));
    publish(sim, stack.find("records").outputs.records);
    succeeded(await stack.apply(oneOfEach));
    const renamed = oneOfEach.map((each) =>
      each.name === "domain" ? { ...each, inputs: { ...each.inputs, name: "Another label" } } : each,
    );
    sim.clearRequests();
    assert.deepEqual(done(succeeded(await stack.preview(renamed))), ["update domain"]);
    assert.deepEqual(sim.requests, []);
    assert.deepEqual(done(succeeded(await stack.apply(renamed))), ["update domain"]);
    assert.deepEqual(writesOf(sim), ['PUT /v3/domains/:id {"name":"Another label"}']);
  });

  it("a preview of a new stack knows every address, needs no key and calls nothing", async () => {
    const { sim, stack } = world;
    stack.config = { "nylas:apiUrl": sim.url };
    const plan = succeeded(await stack.preview(oneOfEach));
    assert.deepEqual(
      done(plan),
      oneOfEach.map(({ name }) => `create ${name}`),
    );
    assert.deepEqual(sim.requests, []);
  });
});

describe("a partial failure", () => {
  const world = openWorld();

  const program = (more: Properties = {}) => [
    ...oneOfEach.slice(4, 6),
    domainVerification("verified", {
      ...oneOfEach[6]!.inputs,
      wait: true,
      timeoutSeconds: 20,
      ...(more as object),
    }),
  ];

  it("carries __provider and nothing undefined, and its whole explanation in the reasons", async () => {
    const plugin = await world.plugin();
    const { id, outputs } = await make(plugin, "Domain", "domain", { domainName: "agents.example.com" });
    const records = await make(plugin, "DomainRecords", "records", {
      domainName: "agents.example.com",
      domainId: id,
    });
    const inputs = {
      domainName: outputs.domainName,
      domainId: id,
      records: records.outputs.records,
      timeoutSeconds: 5,
    };
    await assert.rejects(plugin.create("DomainVerification", inputs), ({ partial }: OperationError) => {
      assert.equal(partial?.id, id);
      assert.equal(
        partial.properties.__provider,
        "exports.handler=()=>require('pulumi-nylas/dynamic').DomainVerification",
      );
      assert.equal(partial.properties.status, "pending");
      assert.doesNotMatch(JSON.stringify(partial.properties), /null/);
      assert.equal(partial.reasons.length, 1);
      assert.match(partial.reasons[0]!, /is not verified after .* s \(limit 5 s; customTimeouts sets it\)/);
      for (const slot of ["ownership", "spf", "mx", "dkim", "feedback"])
        assert.ok(partial.reasons[0]!.includes(slot), `${slot} is explained: ${partial.reasons[0]}`);
      return true;
    });
    // What was recorded can be refreshed.
    const read = await plugin.read("DomainVerification", id, { ...inputs, status: "pending" });
    assert.equal(read.id, id);
  });

  it("is still the truth after a refresh has wiped the errors: diff is true until it is what was wanted", async () => {
    const { sim, stack } = world;
    refused(await stack.apply(program()), "is not verified after");
    assert.equal(stack.find("verified").initErrors.length, 1);
    assert.equal(stack.find("verified").outputs.status, "pending");
    await stack.refresh();
    assert.deepEqual(stack.find("verified").initErrors, []);
    assert.deepEqual(done(await stack.preview(program())), ["update verified"]);
    publish(sim, stack.find("records").outputs.records);
    assert.deepEqual(done(succeeded(await stack.apply(program()))), ["update verified"]);
    assert.equal(stack.find("verified").outputs.status, "verified");
    assert.deepEqual(done(succeeded(await stack.apply(program()))), []);
  });
});

describe("configure", () => {
  const world = openWorld();

  it("concurrent first calls run configured", async () => {
    const plugin = await world.plugin();
    // Not one call of this process came before these.
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, n) => plugin.create("Policy", { name: `policy ${n}` }, `policy-${n}`)),
    );
    assert.equal(new Set(made.map(({ id }) => id)).size, 20);
    assert.equal(world.sim.state().policies.length, 20);
    const asked = world.sim.requests.filter(({ path }) => path === "/v3/applications");
    assert.equal(asked.length, 1, "one process, one client: whose key it is, is asked once");
  });

  it("the environment comes first: a rotated key reaches a refresh, which has the old configuration", async () => {
    const { sim } = world;
    const plugin = await world.plugin();
    const { id, outputs } = await make(plugin, "Policy", "outreach", {});
    const before = { ...world.config };
    const rotated = sim.rotateKey("apiKey");
    await plugin.renew(before);
    await assert.rejects(plugin.read("Policy", id, outputs), /401.*nylas:apiKey of the stack configuration/s);
    const withEnvironment = await Plugin.start({ config: before, env: { NYLAS_API_KEY: rotated } });
    try {
      assert.equal((await withEnvironment.read("Policy", id, outputs)).id, id);
    } finally {
      await withEnvironment.stop();
    }
  });

  it("the first call without a key says which, and where it goes", async () => {
    const plugin = await world.plugin();
    await plugin.renew({ "nylas:apiUrl": world.sim.url });
    await assert.rejects(plugin.create("Policy", { name: "p" }), /nylas:apiKey.*NYLAS_API_KEY/s);
    await assert.rejects(
      plugin.create("Domain", { name: "d", domainName: "agents.example.com" }),
      /nylas:organizationKey.*NYLAS_ORGANIZATION_KEY/s,
    );
    assert.deepEqual(world.sim.requests, []);
  });

  it("a resource names another set of credentials: two applications in one stack, with no key in any input", async () => {
    const { sim, stack } = world;
    stack.config = {
      ...world.config,
      "nylas-other:apiKey": sim.keys.secondApiKey,
      "nylas-other:apiUrl": sim.url,
    };
    const program = [
      policy("here", { name: "Same" }),
      policy("there", { name: "Same", connection: "other" }),
    ];
    succeeded(await stack.apply(program));
    assert.deepEqual(
      sim.state().policies.map(({ name, application_id }) => [name, application_id]),
      [
        ["Same", sim.ids.application],
        ["Same", sim.ids.secondApplication],
      ],
    );
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    assert.ok(!JSON.stringify(stack.state).includes(sim.keys.secondApiKey));
    // Another set of credentials is another object, never a change in place.
    const moved = [policy("here", { name: "Same", connection: "other" })];
    refused(await stack.apply(moved));
    assert.equal(sim.state().policies.length, 2);
    succeeded(await stack.destroy());
    assert.deepEqual(standing(sim), []);
  });
});

describe("create", () => {
  const world = openWorld();

  it("looks for the object by its natural key first, and creates when it is free", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([policy("outreach")]));
    assert.deepEqual(
      sim.requests.map(({ method, path }) => `${method} ${path}`),
      ["GET /v3/applications", "GET /v3/policies", "POST /v3/policies"],
    );
  });

  it("takes what is there, equal and made by a run that was killed between the write and its record", async () => {
    const { sim, stack } = world;
    const program = [
      ...oneOfEach.slice(0, 2),
      account("bot", { email: EMAIL, displayName: "Bot", workspaceId: (of) => of("customer").id }),
      domain("domain", { domainName: "agents.example.com" }),
    ];
    succeeded(await stack.apply(program, { killed: true }));
    const ids = stack.state.map(({ id }) => id);
    const kept = structuredClone(stack.state);
    // Nothing of it was recorded.
    stack.state = [];
    sim.clearRequests();
    const again = succeeded(await stack.apply(program));
    assert.deepEqual(writesOf(sim), [], "taking over writes nothing");
    assert.deepEqual(
      stack.state.map(({ id }) => id),
      ids,
    );
    assert.deepEqual(
      stack.state.map(({ outputs }) => outputs),
      kept.map(({ outputs }) => outputs),
    );
    assert.equal(
      again.log.filter((line) =>
        line.includes("made by an earlier run of this program; it is taken as it is"),
      ).length,
      4,
      "and says so",
    );
  });

  it("fails on anything else, naming its id, the fields that differ and the ways forward", async () => {
    const { sim, stack } = world;
    const id = sim.seed({ kind: "policy", name: "Outreach", limits: { limit_count_daily_email_sent: 7 } });
    refused(
      await stack.apply([policy("outreach", { name: "Outreach", limits: { dailySends: 50 } })]),
      `policy "Outreach" (id ${id}) exists already`,
      'limits: there {"dailySends":7}, declared {"dailySends":50}',
      "adopt: true",
      `adopt: "${id}"`,
      "choose another name",
      "aliases",
    );
    assert.deepEqual(stack.state, []);
    assert.deepEqual(writesOf(sim), []);
  });

  it("a name that somebody chose is no proof: two stacks that both declare it get a conflict, not a shared object", async () => {
    const { sim, stack } = world;
    const program = [policy("outreach", { name: "Outreach", limits: { dailySends: 50 } })];
    succeeded(await stack.apply(program));
    stack.state = [];
    refused(await stack.apply(program), "is not provably this resource's own");
    assert.equal(sim.state().policies.length, 1);
  });

  it("a 403 is an error, never free", async () => {
    const { sim, stack } = world;
    for (const [program, path] of [
      [policy("outreach"), "/v3/policies$"],
      [workspace("customer"), "/v3/workspaces$"],
      [account("bot", { email: EMAIL }), "/v3/grants$"],
      [domain("domain", { domainName: "agents.example.com" }), "/v3/domains"],
    ] as const) {
      sim.addFault({ method: "GET", path, kind: "status", status: 403, times: "always" });
      refused(await stack.apply([program]), "403");
      sim.clearFaults();
    }
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(standing(sim), []);
  });

  it("after an answer that leaves it open whether the write happened, looks again before any second write", async () => {
    const { sim, stack } = world;
    sim.addFault({ method: "POST", path: "^/v3/policies$", kind: "reset", when: "after" });
    const report = succeeded(await stack.apply([policy("outreach")]));
    assert.equal(writesOf(sim).length, 1);
    assert.equal(sim.state().policies.length, 1);
    assert.ok(
      report.log.some((line) => line.includes("the answer to its creation was lost, but it is there")),
    );
    sim.addFault({ method: "POST", path: "^/v3/workspaces$", kind: "reset", when: "before" });
    succeeded(await stack.apply([policy("outreach"), workspace("customer")]));
    assert.equal(writesOf(sim).length, 2, "it was not there: written once more");
    assert.deepEqual(standing(sim), [`policy ${label("outreach")}`, `workspace ${label("customer")}`]);
  });

  it("two objects of the same name are never guessed between", async () => {
    const { sim, stack } = world;
    const ids = [sim.seed({ kind: "policy", name: "Twin" }), sim.seed({ kind: "policy", name: "Twin" })];
    refused(await stack.apply([policy("twin", { name: "Twin", adopt: true })]), ...ids, 'adopt: "');
    succeeded(await stack.apply([policy("twin", { name: "Twin", adopt: ids[1]! })]));
    assert.equal(stack.find("twin").id, ids[1]);
  });

  it("adopt takes over and writes nothing; what differs is the next run's change", async () => {
    const { sim, stack } = world;
    const id = sim.seed({ kind: "policy", name: "Outreach", limits: { limit_count_daily_email_sent: 7 } });
    for (const adopt of [true, id]) {
      const program = [policy("outreach", { name: "Outreach", limits: { dailySends: 50 }, adopt })];
      succeeded(await stack.apply(program));
      assert.equal(stack.find("outreach").id, id);
      assert.deepEqual(stack.find("outreach").outputs.limits, { dailySends: 7 }, "as it is there");
      assert.deepEqual(writesOf(sim), []);
      stack.state = [];
    }
    succeeded(
      await stack.apply([policy("outreach", { name: "Outreach", limits: { dailySends: 50 }, adopt: true })]),
    );
    const after = succeeded(
      await stack.apply([policy("outreach", { name: "Outreach", limits: { dailySends: 50 } })]),
    );
    assert.deepEqual(done(after), ["update outreach"]);
    assert.deepEqual(writesOf(sim), ['PUT /v3/policies/:id {"limits":{"limit_count_daily_email_sent":50}}']);
  });

  it("adopt by an id that is not there, or of an object that cannot become what is declared, changes nothing", async () => {
    const { sim, stack } = world;
    const id = sim.seed({ kind: "grant", email: "other@acme.nylas.email" });
    refused(
      await stack.apply([account("bot", { email: EMAIL, adopt: "11111111-1111-4111-8111-111111111111" })]),
      "adopt: there is no account with the id",
      "Nothing was changed",
    );
    refused(
      await stack.apply([account("bot", { email: EMAIL, adopt: id })]),
      'email: there "other@acme.nylas.email", declared',
    );
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(stack.state, []);
  });

  it("an object that another resource of the program holds is not taken by a second one", async () => {
    const { sim, stack } = world;
    const program = [policy("one", { name: "One" })];
    succeeded(await stack.apply(program));
    const { id } = stack.find("one");
    refused(
      await stack.apply([...program, policy("two", { name: "Two", adopt: id })]),
      "belongs to another resource of this program already",
    );
    assert.deepEqual(
      stack.state.map(({ name }) => name),
      ["one"],
    );
    assert.equal(sim.state().policies.length, 1);
  });

  it("a workspace that loses its domain is another workspace, not the old one under its name", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([workspace("customer", { domainName: "agents.example.com" })]));
    const before = stack.find("customer").id;
    const report = succeeded(await stack.apply([workspace("customer")]));
    assert.deepEqual(done(report), ["replace customer", "delete customer"]);
    assert.notEqual(stack.find("customer").id, before);
    assert.deepEqual(
      sim
        .state()
        .workspaces.filter((each) => !each.default)
        .map(({ name, domain }) => [name, domain]),
      [[label("customer"), null]],
    );
  });
});

describe("a rename is a create and a delete", () => {
  const world = openWorld();

  it("the delete is a hand-over only if a create in this process ended with this very id", async () => {
    const { sim, stack } = world;
    const program = (name: string, inputs: { adopt?: boolean } = {}) => [
      workspace("customer"),
      account(name, { email: EMAIL, workspaceId: (of) => of("customer").id, ...inputs }),
    ];
    succeeded(await stack.apply(program("bot")));
    const { id } = stack.find("bot");
    sim.clearRequests();
    // An empty mailbox in a workspace of this stack is no proof.
    refused(await stack.apply(program("robot")), "is not provably this resource's own", "aliases");
    const report = succeeded(await stack.apply(program("robot", { adopt: true })));
    assert.deepEqual(done(report), ["create robot", "delete bot"]);
    assert.deepEqual(writesOf(sim), []);
    assert.equal(stack.find("robot").id, id);
    assert.equal(sim.state().grants[0]!.id, id);
    assert.ok(
      report.log.some((line) =>
        line.includes(`account ${id} is kept: another resource of this program holds it now`),
      ),
    );
    // In a process of its own nothing was made, and a delete is a delete.
    succeeded(await stack.destroy());
    assert.deepEqual(standing(sim), []);
  });

  it("a create that ended with another id is no hand-over", async () => {
    const plugin = await world.plugin();
    const old = await make(plugin, "Policy", "old", { name: "Old" });
    await plugin.renew(world.config);
    await make(plugin, "Policy", "new", { name: "New" });
    await plugin.delete("Policy", old.id, old.outputs);
    assert.deepEqual(
      world.sim.state().policies.map(({ name }) => name),
      ["New"],
    );
  });

  it("kept: its successor was not made in this run", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([account("bot", { email: EMAIL })]));
    const { id } = stack.find("bot");
    sim.clearRequests();
    // Not provably ours: its workspace is the default one. The create fails, and so must the delete.
    const report = refused(
      await stack.apply([account("robot", { email: EMAIL })], { continueOnError: true }),
      "exists already",
      `account ${EMAIL} (id ${id}) is kept: its successor project/stack/robot was not made in this run`,
      "aliases",
    );
    assert.deepEqual(done(report), []);
    assert.deepEqual(writesOf(sim), []);
    assert.equal(stack.find("bot").id, id, "nothing drops out of the state");
    succeeded(await stack.apply([account("robot", { email: EMAIL }, { aliases: ["bot"] })]));
    assert.deepEqual(writesOf(sim), []);
    assert.equal(stack.find("robot").id, id);
  });

  it("with adopt it is a hand-over with mail in it, too", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([account("bot", { email: EMAIL })]));
    sim.addMessage({ grant: EMAIL });
    const renamed = [account("robot", { email: EMAIL, adopt: true })];
    assert.deepEqual(done(succeeded(await stack.apply(renamed))), ["create robot", "delete bot"]);
    assert.deepEqual(lostMail(sim), []);
    assert.equal(sim.state().grants.length, 1);
    assert.deepEqual(done(succeeded(await stack.apply(renamed))), []);
  });

  it("both entries left by a run that ended in between are one object: the old one is let go in the next run", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([account("bot", { email: EMAIL })]));
    const { id } = stack.find("bot");
    stack.state.push({ ...structuredClone(stack.find("bot")), name: "robot" });
    const report = succeeded(await stack.apply([account("robot", { email: EMAIL })]));
    assert.deepEqual(done(report), ["delete bot"]);
    assert.equal(sim.state().grants[0]!.id, id);
    assert.equal(stack.state.length, 1);
  });

  it("two resources that swap their names in the program each keep their object", async () => {
    const { sim, stack } = world;
    const program = (one: string, two: string) => [
      workspace("customer"),
      account("one", { email: one, workspaceId: (of) => of("customer").id }),
      account("two", { email: two, workspaceId: (of) => of("customer").id }),
    ];
    const [a, b] = ["a@acme.nylas.email", "b@acme.nylas.email"] as const;
    succeeded(await stack.apply(program(a, b)));
    const ids = new Map(sim.state().grants.map(({ email, id }) => [email, id]));
    sim.addMessage({ grant: a });
    refused(await stack.apply(program(b, a), { continueOnError: true }), "would replace the account");
    assert.deepEqual(lostMail(sim), []);
    assert.deepEqual(new Map(sim.state().grants.map(({ email, id }) => [email, id])), ids);
  });
});

describe("update", () => {
  const world = openWorld();

  it("a value that turned out different only in this run is refused, not replaced", async () => {
    const { sim } = world;
    const plugin = await world.plugin();
    const { id, outputs } = await make(plugin, "AgentAccount", "bot", { email: EMAIL });
    sim.addMessage({ grant: EMAIL });
    sim.clearRequests();
    assert.deepEqual((await plugin.diff("AgentAccount", id, outputs, { email: unknown })).replaces, []);
    await assert.rejects(
      plugin.update("AgentAccount", id, outputs, { email: "new@acme.nylas.email" }),
      /email turned out to be different only during this run.*run pulumi up again to see it in a preview first/s,
    );
    assert.deepEqual(writesOf(sim), []);
    // What turned out to be the same is no write at all.
    const { outputs: same } = await plugin.update("AgentAccount", id, outputs, {
      email: EMAIL.toUpperCase(),
    });
    assert.equal(same.status, "valid");
    assert.deepEqual(writesOf(sim), []);
  });

  it("sends only what changed, and answers with what the server now says", async () => {
    const { sim, stack } = world;
    const limits = { dailySends: 50, dailyReceives: 100 };
    succeeded(await stack.apply([policy("outreach", { limits })]));
    sim.edit("policy", stack.find("outreach").id, { limits: { limit_count_daily_message_received: 99 } });
    sim.clearRequests();
    succeeded(await stack.apply([policy("outreach", { limits: { ...limits, dailySends: 60 } })]));
    // What nobody edited goes along as it stands: by one reading of the API a group is replaced as a whole.
    assert.deepEqual(writesOf(sim), [
      'PUT /v3/policies/:id {"limits":{"limit_count_daily_email_sent":60,"limit_count_daily_message_received":99}}',
    ]);
    assert.deepEqual(stack.find("outreach").outputs.limits, { dailySends: 60, dailyReceives: 99 });
    assert.deepEqual(
      done(await stack.preview([policy("outreach", { limits: { ...limits, dailySends: 60 } })])),
      ["update outreach"],
    );
  });

  it("reads the name of a grant first and sends it along, because the API resets what is omitted", async () => {
    const { sim, stack } = world;
    const program = (more: object) => [
      workspace("customer"),
      account("bot", { email: EMAIL, displayName: "Bot", ...more }),
    ];
    succeeded(await stack.apply(program({})));
    sim.edit("grant", stack.find("bot").id, { name: "Renamed by hand" });
    sim.clearRequests();
    succeeded(await stack.apply(program({ workspaceId: stack.find("customer").id })));
    const patch = writesOf(sim);
    assert.deepEqual(patch, [
      `PATCH /v3/grants/:id {"name":"Renamed by hand","workspace_id":"${stack.find("customer").id}"}`,
    ]);
    assert.equal(sim.state().grants[0]!.name, "Renamed by hand");
  });

  it("of forceDestroy alone is a record, and no remote write", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([account("bot", { email: EMAIL })]));
    sim.clearRequests();
    assert.deepEqual(
      done(succeeded(await stack.apply([account("bot", { email: EMAIL, forceDestroy: true })]))),
      ["update bot"],
    );
    assert.deepEqual(writesOf(sim), []);
    assert.equal(stack.find("bot").outputs.forceDestroy, true);
    assert.equal(stack.find("bot").outputs.status, "valid");
  });
});

describe("delete", () => {
  const world = openWorld();

  it("404 is success", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(oneOfEach));
    for (const { id } of sim.state().grants) sim.remove("grant", id);
    for (const { id } of sim.state().workspaces.filter((each) => !each.default)) sim.remove("workspace", id);
    for (const { id } of sim.state().policies) sim.remove("policy", id);
    // (The organization key can only be told apart while it shows some domain: the trial one stays.)
    for (const { id } of sim.state().domains.filter(({ branded }) => !branded)) sim.remove("domain", id);
    succeeded(await stack.destroy());
    assert.deepEqual(stack.state, []);
  });

  it("twice is once", async () => {
    const plugin = await world.plugin();
    for (const [type, inputs] of [
      ["Policy", {}],
      ["Workspace", {}],
      ["AgentAccount", { email: EMAIL }],
      ["Domain", { domainName: "agents.example.com" }],
      ["DefaultWorkspace", {}],
    ] as [string, Properties][]) {
      const { id, outputs } = await make(plugin, type, type.toLowerCase(), inputs);
      await plugin.renew(world.config);
      await plugin.delete(type, id, outputs);
      await plugin.delete(type, id, outputs);
    }
    assert.deepEqual(standing(world.sim), []);
    assert.equal(world.sim.state().workspaces.filter((each) => each.default).length > 0, true);
  });

  it("needs nothing but the outputs: a fresh process that has checked nothing can do it", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply(oneOfEach));
    const plugin = await world.plugin();
    for (const { type, id, outputs } of [...stack.state].reverse()) await plugin.delete(type, id, outputs);
    assert.deepEqual(standing(sim), []);
  });

  it("refuses what is not empty unless forceDestroy is recorded, and an entry out of reach has its way out in the configuration", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([account("bot", { email: EMAIL })]));
    sim.addMessage({ grant: EMAIL, subject: "wanted" });
    refused(
      await stack.apply([]),
      `account ${EMAIL}`,
      "its mailbox holds mail",
      "forceDestroy: true",
      "nylas:forceDestroy",
    );
    assert.equal(stack.find("bot").outputs.forceDestroy, undefined, "the entry stays as it was");
    assert.deepEqual(lostMail(sim), []);
    stack.config = {
      ...world.config,
      "nylas:forceDestroy": JSON.stringify([`account:${EMAIL.toUpperCase()}`]),
    };
    succeeded(await stack.apply([policy("still-here")]));
    assert.deepEqual(lostMail(sim), ["wanted: grant deleted"]);
  });
});

describe("read", () => {
  const world = openWorld();

  it("an empty id means gone", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([policy("outreach"), workspace("customer")]));
    sim.remove("policy", stack.find("outreach").id);
    assert.deepEqual(done(succeeded(await stack.refresh())), ["gone outreach"]);
    assert.deepEqual(done(succeeded(await stack.apply([policy("outreach"), workspace("customer")]))), [
      "create outreach",
    ]);
  });

  it("404 is gone, and nothing else is: 401, 403, 5xx and a body that does not parse are errors", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(oneOfEach));
    const state = structuredClone(stack.state);
    const faults = [
      { kind: "status", status: 401 },
      { kind: "status", status: 403 },
      { kind: "status", status: 500 },
      { kind: "status", status: 503 },
      { kind: "html", status: 404 },
      { kind: "html", status: 200 },
      { kind: "cut" },
      { kind: "reset" },
    ] as const;
    for (const fault of faults) {
      sim.addFault({ ...fault, times: "always" });
      const report = refused(await stack.refresh());
      assert.equal(report.errors.length, stack.state.length, JSON.stringify(fault));
      assert.deepEqual(stack.state, state, JSON.stringify(fault));
      sim.clearFaults();
    }
  });

  it("a 404 is believed only from the right application: a wrong key does not empty a state", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(oneOfEach));
    const state = structuredClone(stack.state);
    for (const keys of [
      { "nylas:apiKey": sim.keys.secondApiKey },
      {
        "nylas:apiKey": sim.keys.otherOrganizationApiKey,
        "nylas:organizationKey": sim.keys.otherOrganizationKey,
      },
    ]) {
      stack.config = { ...world.config, ...keys };
      const report = refused(
        await stack.refresh(),
        /The application key \(nylas:apiKey of the stack configuration\) is of application .* but this state is of application/,
      );
      assert.deepEqual(
        done(report).filter((step) => step !== "drift verified"),
        [],
      );
      assert.deepEqual(stack.state, state);
      refused(await stack.destroy({ continueOnError: true }), "but this state is of application");
      assert.equal(stack.state.filter(({ type }) => type === "AgentAccount").length, 1);
      stack.state = structuredClone(state);
    }
    stack.config = { ...world.config, "nylas:organizationKey": sim.keys.otherOrganizationKey };
    sim.seed({ kind: "domain", address: "elsewhere.example.net", organization: "second" });
    refused(await stack.refresh(), "but this state is of organization");
    assert.deepEqual(stack.state, state);
  });

  it("the first write waits for the same confirmation", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([policy("outreach")]));
    stack.config = { ...world.config, "nylas:apiKey": sim.keys.secondApiKey };
    sim.clearRequests();
    const program = [policy("outreach", { limits: { dailySends: 5 } }), workspace("customer")];
    refused(await stack.apply(program, { continueOnError: true }), "but this state is of application");
    assert.deepEqual(
      writesOf(sim),
      [],
      "a create beside a recorded object has to end in its application, too",
    );
    assert.deepEqual(standing(sim), [`policy ${label("outreach")}`]);
  });

  it("carries forward what the server does not know, and only the declared keys", async () => {
    const { sim, stack } = world;
    const program = [
      policy("outreach"),
      workspace("customer", { forceDestroy: true }),
      account("bot", {
        email: "Bot@acme.nylas.email",
        appPassword: "A-good-Password-123456",
        forceDestroy: true,
        adopt: true,
      }),
      domain("domain", { domainName: "Agents.example.com.", forceDestroy: true }),
      ...oneOfEach.slice(5),
    ];
    succeeded(await stack.apply(program));
    const before = structuredClone(stack.state);
    // Set by somebody else on the server, and declared by nobody here.
    sim.edit("workspace", stack.find("customer").id, { policy_id: stack.find("outreach").id });
    sim.edit("policy", stack.find("outreach").id, { limits: { limit_count_daily_email_sent: 9 } });
    succeeded(await stack.refresh());
    // The review has to know of a policy that a declared one would take the place of.
    const found = { foundPolicy: stack.find("outreach").id };
    for (const { name, inputs, outputs } of before) {
      assert.deepEqual(declared(stack.find(name).inputs), declared(inputs), name);
      const more = name === "customer" ? found : {};
      assert.deepEqual(stack.find(name).outputs, { ...outputs, ...more }, name);
    }
    assert.equal(stack.find("bot").inputs.appPassword, "A-good-Password-123456");
    assert.equal(stack.find("bot").inputs.email, "Bot@acme.nylas.email", "in the program's spelling");
    assert.equal(stack.find("outreach").inputs.name, label("outreach"), "a name made by default");
    assert.equal(stack.find("verified").inputs.wait, false);
    assert.deepEqual(
      done(await stack.preview(program.slice(0, 4))).filter((step) => !step.startsWith("delete")),
      [],
    );
  });

  it("a default workspace that declares nothing is not made to declare what stands there", async () => {
    const { sim, stack } = world;
    const policyId = sim.seed({ kind: "policy", name: "Nylas's own" });
    const home = sim
      .state()
      .workspaces.find((each) => each.default && each.application_id === sim.ids.application)!;
    sim.edit("workspace", home.id, { policy_id: policyId });
    succeeded(await stack.apply([defaultWorkspace("rest")]));
    succeeded(await stack.refresh());
    assert.deepEqual(done(succeeded(await stack.apply([defaultWorkspace("rest")]))), []);
    assert.equal(sim.state().workspaces.find(({ id }) => id === home.id)!.policy_id, policyId);
  });

  it("of an object that only its id is known of (.get) answers with all that is there", async () => {
    const { sim } = world;
    const plugin = await world.plugin();
    const id = sim.seed({ kind: "policy", name: "Elsewhere", limits: { limit_count_daily_email_sent: 9 } });
    const { outputs, inputs } = await plugin.read("Policy", id, {});
    assert.equal(outputs.name, "Elsewhere");
    assert.equal((outputs.limits as Properties).dailySends, 9);
    assert.deepEqual(declared(inputs!).name, "Elsewhere");
    const grant = sim.seed({ kind: "grant", email: EMAIL, name: "Bot" });
    const read = await plugin.read("AgentAccount", grant, {});
    assert.equal(read.outputs.email, EMAIL);
    assert.equal(read.outputs.displayName, "Bot");
  });
});

describe("errors", () => {
  const world = openWorld();

  it("name the object, what was expected, what was observed and the request, and never a secret", async () => {
    const { sim, stack } = world;
    const password = "A-good-Password-123456";
    sim.addFault({
      method: "POST",
      path: "^/v3/connect/custom$",
      kind: "status",
      status: 400,
      message: `app_password ${password} is not good enough, nor is the key ${sim.keys.apiKey}`,
    });
    const report = refused(
      await stack.apply([account("bot", { email: EMAIL, appPassword: password })]),
      `account ${EMAIL}`,
      "400",
      /request [\w-]+|request id/i,
    );
    const text = JSON.stringify(report);
    assert.ok(!text.includes(password), text);
    assert.ok(!text.includes(sim.keys.apiKey), text);
  });

  it("have no stack trace in them", async () => {
    const { stack } = world;
    stack.config = { ...world.config, "nylas:apiKey": "wrong" };
    const { errors } = refused(await stack.apply([policy("outreach")]), "401");
    assert.doesNotMatch(errors[0]!.message, /\n\s+at /);
  });
});

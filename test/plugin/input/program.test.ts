import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type * as Cloudflare from "pulumi-nylas/cloudflare";
import type * as Experimental from "pulumi-nylas/experimental";
import type * as Nylas from "pulumi-nylas";
import type * as Route53 from "pulumi-nylas/route53";

/** What a program without types may hand over, by its name. */
const GARBAGE: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["a text", "x"],
  ["an empty text", ""],
  ["a text with a control character", "a\u001b[2J\u202eb"],
  ["a number", 5],
  ["NaN", NaN],
  ["a bigint", 10n],
  ["a boolean", true],
  ["a list", ["a"]],
  ["an empty list", []],
  ["a list of nothing", [undefined, null]],
  ["an empty object", {}],
  ["an object of another kind", { toString: 5, length: 1 }],
  ["an object without a prototype", Object.create(null)],
  ["a function", () => 1],
  ["a date", new Date(0)],
  ["a map", new Map([["a", 1]])],
  ["a regular expression", /x/],
  ["a proxy", new Proxy({}, {})],
  [
    "a proxy that has everything",
    new Proxy({}, { get: (_, key) => (typeof key === "symbol" ? undefined : "x"), has: () => true }),
  ],
  ["an output", pulumi.output("x")],
  ["an output of an object", pulumi.output({ a: 1 })],
  ["an output of nothing", pulumi.output(undefined)],
  ["an output not known yet", notKnown()],
  ["a promise", Promise.resolve("x")],
];

describe("bad arguments in a program", function () {
  this.timeout(180_000);
  let nylas: typeof Nylas;
  let experimental: typeof Experimental;
  let cloudflare: typeof Cloudflare;
  let route53: typeof Route53;
  let registered = 0;
  const judged = { cases: 0, refused: 0 };

  before(async () => {
    nylas = await import("pulumi-nylas");
    experimental = await import("pulumi-nylas/experimental");
    cloudflare = await import("pulumi-nylas/cloudflare");
    route53 = await import("pulumi-nylas/route53");
  });
  beforeEach(() =>
    pulumi.runtime.setMocks(
      {
        newResource: ({ name, inputs }) => {
          registered++;
          return { id: `${name}-id`, state: inputs as Record<string, unknown> };
        },
        call: () => ({}),
      },
      "project",
      "stack",
    ),
  );
  after(() =>
    console.log(
      `      ${judged.cases} programs, ${judged.refused} of them refused before any resource, ${registered} resources`,
    ),
  );

  /** Passes where it goes through, for check to judge, or ends with a sentence of ours; never with an error of the language. */
  function judge(what: string, run: () => unknown): "refused" | "passed" {
    judged.cases++;
    try {
      run();
      return "passed";
    } catch (error) {
      judged.refused++;
      const { message, stack } = error as Error;
      assert.ok(pulumi.RunError.isInstance(error), `${what}: ${stack}`);
      assert.match(
        message,
        /given |is not a property|missing|has to be|has no meaning|domain|give the part|asks for|is not a record/,
        `${what}: ${message}`,
      );
      assert.doesNotMatch(
        message,
        /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|undefined \(reading|is not a function|Cannot /u,
        `${what}: ${message}`,
      );
      assert.ok(message.length < 2_000, message);
      return "refused";
    }
  }

  type Class = new (name: string, args: never, options?: pulumi.CustomResourceOptions) => pulumi.Resource;
  const classes = (): Record<string, [Class, Record<string, unknown>]> => ({
    NylasDomain: [
      nylas.NylasDomain,
      { domainName: "a.example.com", name: "A", forceDestroy: true, adopt: true },
    ],
    NylasDomainRecords: [
      nylas.NylasDomainRecords,
      {
        domainId: "a",
        domainName: "a.example.com",
        dkimKeyLength: 2048,
        hosts: {},
        known: {},
        allowApex: true,
      },
    ],
    NylasDomainVerification: [
      nylas.NylasDomainVerification,
      { domainName: "a.example.com", records: {}, purposes: ["mx"], wait: true },
    ],
    NylasWorkspace: [
      nylas.NylasWorkspace,
      { name: "A", domainName: "a.example.com", ruleIds: ["a"], policyId: "a" },
    ],
    NylasDefaultWorkspace: [nylas.NylasDefaultWorkspace, { policyId: "a", ruleIds: ["a"] }],
    NylasPolicy: [nylas.NylasPolicy, { name: "A", limits: { dailySends: 5 }, spamDetection: {} }],
    AgentAccount: [nylas.AgentAccount, { email: "a@a.example.com", appPassword: "x", folders: ["a"] }],
    NylasRule: [nylas.NylasRule, { conditions: [{ field: "from.tld", is: "zip" }], actions: ["block"] }],
    NylasList: [nylas.NylasList, { type: "domain", items: ["a.example"], itemsFile: "/nowhere" }],
    NylasWebhook: [
      nylas.NylasWebhook,
      { url: "https://a.example.com", triggers: ["message.created"], rotateWhenChanged: {} },
    ],
    NylasPrincipal: [experimental.NylasPrincipal, { boundTo: { workspace: "a" }, roles: ["a"] }],
    NylasApiKey: [experimental.NylasApiKey, { principalId: "a", expiresAt: "2030-01-01T00:00:00Z" }],
  });

  it("in place of a resource's arguments, or of one of them, end with a sentence or reach check", async () => {
    for (const [type, [Resource, good]] of Object.entries(classes())) {
      for (const [at, [garbage, value]] of GARBAGE.entries()) {
        const outcome = judge(`new ${type}("a", ${garbage})`, () => new Resource("a", value as never));
        const object = typeof value === "object" && value !== null;
        if (
          value !== undefined &&
          value !== null &&
          (!object || Array.isArray(value) || garbage.startsWith("an output") || garbage === "a promise")
        )
          assert.equal(outcome, "refused", `new ${type}("a", ${garbage})`);
        for (const [place, key] of Object.keys(good).entries()) {
          // Each sort of it in two places or more, over the classes.
          if ((at + place) % 4 !== 0) continue;
          // Of a bigint and of a proxy of everything Pulumi itself says that it cannot be sent.
          if (garbage === "a bigint" || garbage.startsWith("a proxy that") || garbage === "a function")
            continue;
          const { itemsFile, ...args } = { ...good, [key]: value };
          judge(
            `new ${type}("a", { ${key}: ${garbage} })`,
            () =>
              new Resource(
                "a",
                (key === "itemsFile" ? { ...args, items: undefined, itemsFile } : args) as never,
              ),
          );
        }
      }
    }
    await pulumi.runtime.disconnect().catch(noneOfTheLanguage);
  });

  it("in place of the options that we read end with a sentence", async () => {
    const good = { url: "https://a.example.com", triggers: ["message.created"] } as const;
    for (const [garbage, value] of GARBAGE) {
      if (value === undefined) continue;
      // What is not of ours to judge is Pulumi's: only these two are read here.
      for (const options of [
        { customTimeouts: { create: value } },
        { import: value },
      ] as unknown as pulumi.CustomResourceOptions[]) {
        if (typeof value === "string" && "import" in options) continue;
        const outcome = judge(
          `options ${Object.keys(options)[0]}: ${garbage}`,
          () => new nylas.NylasWebhook("a", { ...good, triggers: [...good.triggers] }, options),
        );
        assert.equal(outcome, "refused", `options ${Object.keys(options)[0]}: ${garbage}`);
      }
    }
    await pulumi.runtime.disconnect();
  });

  it("in place of AgentDomain's arguments, of each of them and of what is in them end with a sentence before any resource", async () => {
    const value = "10 inbound.example.net";
    const texts = { value: "a text" };
    const records = {
      ownership: texts,
      spf: texts,
      mx: { value },
      dkim: { ...texts, host: "k._domainkey" },
      feedback: { value, host: "bounce" },
    };
    const good = {
      domainName: "agents.example.com",
      dns: nylas.zoneFile(),
      records,
      hosts: { ownership: "_nylas" },
      dmarc: "v=DMARC1; p=none",
      allowApex: false,
    };
    const AgentDomain = nylas.AgentDomain as unknown as new (
      name: string,
      args: unknown,
    ) => Nylas.AgentDomain;
    for (const [garbage, wrong] of GARBAGE) {
      assert.equal(
        judge(`new AgentDomain("a", ${garbage})`, () => new AgentDomain("a", wrong)),
        "refused",
        garbage,
      );
      const places: [string, object][] = [
        ...["domainName", "dns", "records", "hosts", "dmarc", "allowApex"].map((key): [string, object] => [
          key,
          { ...good, [key]: wrong },
        ]),
        ["known", { ...good, records: undefined, known: wrong }],
        ...["ownership", "mx", "toString"].flatMap((slot): [string, object][] => [
          [`hosts.${slot}`, { ...good, hosts: { [slot]: wrong } }],
          [`records.${slot}`, { ...good, records: { ...records, [slot]: wrong } }],
          [`records.${slot}.host`, { ...good, records: { ...records, [slot]: { value, host: wrong } } }],
          [`known.${slot}.value`, { ...good, records: undefined, known: { [slot]: { value: wrong } } }],
        ]),
        ["strange", { ...good, [wrong === undefined ? "strange" : "dnss"]: wrong ?? 1 }],
      ];
      for (const [place, args] of places) {
        const before = registered;
        const outcome = judge(
          `new AgentDomain("a", { ${place}: ${garbage} })`,
          () => new AgentDomain(`a ${place} ${garbage}`, args),
        );
        if (outcome === "refused") assert.equal(registered, before);
        if (place === "strange" || place === "domainName" || place === "dns")
          assert.equal(outcome, "refused", `${place}: ${garbage}`);
      }
    }
    await pulumi.runtime.disconnect().catch(noneOfTheLanguage);
  });

  it("in place of an adapter's arguments and options, or of one of them, end with a sentence", () => {
    const adapters: [string, (args: unknown, options?: unknown) => unknown, Record<string, unknown>][] = [
      [
        "cloudflareDns",
        cloudflare.cloudflareDns as never,
        {
          zoneId: "023e105f4ecef8ad9ca31a8372d0c353",
          zoneName: "example.com",
          ttl: 300,
          adopt: { mx: "a" },
          comment: "a",
        },
      ],
      [
        "route53Dns",
        route53.route53Dns as never,
        { zoneId: "Z1", zoneName: "example.com", ttl: 300, adopt: { mx: true }, existing: ["a"] },
      ],
      ["zoneFile", nylas.zoneFile as never, { path: "a", ttl: 300 }],
    ];
    for (const [name, adapter, good] of adapters) {
      judge(`${name} in good order`, () => adapter(good));
      for (const [garbage, value] of GARBAGE) {
        judge(`${name}(${garbage})`, () => adapter(value));
        judge(`${name}(…, ${garbage})`, () => adapter(good, value));
        for (const key of Object.keys(good)) {
          const outcome = judge(`${name}({ ${key}: ${garbage} })`, () => adapter({ ...good, [key]: value }));
          if (value === null || /bigint|map|control|function|NaN/.test(garbage)) {
            const mayBeText = key === "comment" || key === "path";
            if (!(mayBeText && garbage.includes("control")))
              assert.equal(outcome, "refused", `${name}({ ${key}: ${garbage} })`);
          }
        }
        judge(`${name}({ adopt: { mx: ${garbage} } })`, () => adapter({ ...good, adopt: { mx: value } }));
        if (value !== undefined)
          assert.equal(
            judge(`${name}({ zone: ${garbage} })`, () => adapter({ ...good, zone: value })),
            "refused",
          );
      }
    }
    for (const zoneId of ["../x", "a/b", "a?x=1", "%2e%2e", "", "a b", "a\nb", "zone;x", "зоне"]) {
      for (const [name, adapter] of adapters.slice(0, 2))
        assert.equal(
          judge(`${name} ${zoneId}`, () => adapter({ zoneId })),
          "refused",
          `${name} ${zoneId}`,
        );
    }
    for (const ttl of [-1, 0.5, 2 ** 31, 1e21, NaN, Infinity, "300"]) {
      for (const [name, adapter, good] of adapters)
        assert.equal(
          judge(`${name} ttl ${ttl}`, () => adapter({ ...good, ttl })),
          "refused",
          `${name} ttl ${ttl}`,
        );
    }
  });

  it("of mailbox() never make the mailbox undefined@, null@ or [object Object]@", async () => {
    const domain = new nylas.AgentDomain("mailboxes", {
      domainName: "agents.example.com",
      dns: nylas.zoneFile(),
    });
    const mailbox = domain.mailbox.bind(domain) as (alias: unknown) => pulumi.Output<string>;
    for (const [garbage, value] of GARBAGE) {
      if (pulumi.Output.isInstance(value) || value instanceof Promise) continue;
      const good = typeof value === "string" && value !== "";
      assert.equal(
        judge(`mailbox(${garbage})`, () => mailbox(value)),
        good ? "passed" : "refused",
        garbage,
      );
    }
    const address = await valueOf(mailbox(pulumi.output("scheduling")));
    assert.equal(address, "scheduling@agents.example.com");
    // Undefined is what the engine leaves of a resource that it skipped: not known in this run.
    for (const nothing of [undefined, null])
      assert.notEqual(
        await valueOf(mailbox(pulumi.output(nothing as never))),
        `${nothing}@agents.example.com`,
      );
    for (const nothing of [5, {}, ""])
      await assert.rejects(
        valueOf(mailbox(pulumi.output(nothing))),
        /mailbox\(.*\): give the part before the @/,
      );
    await pulumi.runtime.disconnect();
  });
});

/** What Pulumi itself says of a value that it cannot send is its own sentence. */
function noneOfTheLanguage(error: unknown): void {
  assert.ok(!(error instanceof TypeError), (error as Error).stack);
}

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}

function notKnown(): pulumi.Output<string> {
  const Output = pulumi.Output as unknown as new (
    resources: Set<never>,
    value: Promise<unknown>,
    known: Promise<boolean>,
    secret: Promise<boolean>,
    all: Promise<Set<never>>,
  ) => pulumi.Output<string>;
  return new Output(
    new Set(),
    Promise.resolve(undefined),
    Promise.resolve(false),
    Promise.resolve(false),
    Promise.resolve(new Set<never>()),
  );
}

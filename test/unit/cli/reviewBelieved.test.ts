/** What a review once believed without seeing it, and passed: the adversary's finds B1 to B7, B9 and B11 to B13, each with its siblings. */
import { strict as assert } from "node:assert";
import { type Gate, RECOMMENDED } from "../../../provider/review/gates";
import { type Report } from "../../../provider/review/report";
import { readPreview, report, scopeOf } from "./hosts";
import { type Declared, gatesOf, object, previewOf, reviewOf, stops as areGated } from "./previews";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SECRET = "[secret]";
const NAME = "agents.example.com";
const CLOUDFLARE = "cloudflare:index/dnsRecord:DnsRecord";
const ROUTE53 = "aws:route53/record:Record";

const account = (name: string, inputs: object = {}) =>
  object("AgentAccount", name, { email: `${name}@${NAME}`, ...inputs });
const workspace = (name: string, inputs: object = {}, more: Partial<Declared> = {}) =>
  object("Workspace", name, { name, ...inputs }, more);
const policy = (name: string, limits: unknown = {}, inputs: object = {}) =>
  object("Policy", name, { name, limits, ...inputs });
const brake = (inputs: object = {}, more: Partial<Declared> = {}) =>
  object(
    "Rule",
    "brake",
    {
      name: "brake",
      trigger: "outbound",
      match: "any",
      enabled: true,
      conditions: [],
      actions: ["block"],
      ...inputs,
    },
    more,
  );
const domain = object("Domain", "d", { domainName: NAME });
const replaced = (declared: Declared): Declared => ({ ...declared, replaced: true });

/** A record at either vendor. */
const record = (
  vendor: string,
  name: string,
  inputs: { type: string; value: unknown; [more: string]: unknown },
) => {
  const { value, ...rest } = inputs;
  const values = vendor === ROUTE53 ? { records: [value].flat() } : { content: value };
  const priority = inputs.type === "MX" && vendor === CLOUDFLARE ? { priority: 1 } : {};
  return object(vendor, name, { zoneId: "z", name: NAME, ttl: 300, ...priority, ...values, ...rest });
};

const recommended = (result: Report) => gatesOf(result).filter((gate) => RECOMMENDED.includes(gate));
function stops(result: Report, ...wanted: Gate[]): string {
  assert.ok(!result.markdown.includes("Nothing changes"), result.markdown);
  return areGated(result, ...wanted);
}
function passes(result: Report): void {
  assert.deepEqual(recommended(result), [], result.markdown);
}
/** With the user's word that the stacks handed in are all that use the application. */
const whole = (before: Declared[], after: Declared[], ...fleet: Declared[][]) => {
  const preview = readPreview(previewOf(before, after), { showsPending: true });
  const others = fleet.map((declared, at) =>
    readPreview(previewOf(declared, declared, { stack: `other-${at}` }), { showsPending: true }),
  );
  return report(preview, { scope: scopeOf(preview, others, true) });
};

describe("what a review believed", () => {
  describe("B1: an unknown value that is made from the old one alone is not the old one", () => {
    const own = (workspaceId: unknown, more: object = {}) => [
      workspace("a"),
      policy("p"),
      account("one", { workspaceId, ...more }),
    ];
    for (const [title, from, to] of [
      ["an unknown one", { ref: "a" }, { unknown: ["a", "p"] }],
      ["a secret one", { ref: "a" }, { secret: ["a"] }],
      ["two secret ones", { secret: ["a"] }, { secret: ["a"] }],
      ["a secret one that becomes unknown", { secret: ["a"] }, { unknown: ["a"] }],
    ] as const)
      it(`the workspace of an account: ${title}`, () => {
        const after = own(to).map((each) => (each.name === "one" ? { ...each, updated: true } : each));
        const markdown = stops(reviewOf(own(from), after), "hand-over", "mail-loss");
        assert.match(markdown, /`one@.*` moves from workspace `a` to a workspace that is known at the up/);
        stops(whole(own(from), after), "hand-over", "mail-loss");
      });
    it("a workspace that is made anew is told once, with its accounts", () => {
      const markdown = stops(
        reviewOf(own({ ref: "a" }), [
          replaced(workspace("a")),
          policy("p"),
          account("one", { workspaceId: { ref: "a" } }),
        ]),
        "hand-over",
        "mail-loss",
      );
      assert.doesNotMatch(markdown, /moves from/);
      assert.match(markdown, /is made anew: 1 account moves over/);
    });

    const cases: [title: string, from: Declared[], to: Declared[], ...gates: Gate[]][] = [
      [
        "the policy of a workspace",
        [policy("p", { dailySends: 0 }), workspace("a", { policyId: { ref: "p" } })],
        [policy("p", { dailySends: 0 }), workspace("a", { policyId: { unknown: ["p"] } })],
        "mail-loss",
        "drains",
        "doors",
      ],
      [
        "the rules of a workspace",
        [brake(), workspace("a", { ruleIds: [{ ref: "brake" }] })],
        [brake(), workspace("a", { ruleIds: [{ unknown: ["brake"] }] })],
        "doors",
        "drains",
      ],
      [
        "a list of a rule",
        [
          object("List", "l", { type: "domain" }),
          brake({ trigger: "inbound", conditions: [{ field: "from.domain", inList: [{ ref: "l" }] }] }),
        ],
        [
          object("List", "l", { type: "domain" }),
          brake({ trigger: "inbound", conditions: [{ field: "from.domain", inList: [{ unknown: ["l"] }] }] }),
        ],
        "drains",
        "mail-loss",
      ],
      [
        "the principal of a key",
        [object("Principal", "p", {}), object("ApiKey", "k", { principalId: { ref: "p" } })],
        [object("Principal", "p", {}), object("ApiKey", "k", { principalId: { unknown: ["p"] } })],
        "hand-over",
      ],
      [
        "what a principal is bound to",
        [workspace("a"), object("Principal", "p", { boundTo: { workspace: { ref: "a" } } })],
        [workspace("a"), object("Principal", "p", { boundTo: { workspace: { unknown: ["a"] } } })],
        "hand-over",
      ],
      [
        "the address of a webhook",
        [policy("p"), object("Webhook", "w", { url: "https://a.example/", triggers: [] })],
        [policy("p"), object("Webhook", "w", { url: { unknown: ["p"] }, triggers: [] })],
        "hand-over",
      ],
      [
        "the domain that records are asked for",
        [domain, object("DomainRecords", "r", { domainId: { ref: "d" }, domainName: NAME })],
        [domain, object("DomainRecords", "r", { domainId: { unknown: ["d"] }, domainName: NAME })],
        "mail-loss",
      ],
      [
        "the domain that is verified",
        [domain, object("DomainVerification", "v", { domainId: { ref: "d" }, domainName: NAME })],
        [domain, object("DomainVerification", "v", { domainId: { unknown: ["d"] }, domainName: NAME })],
        "mail-loss",
      ],
    ];
    for (const [title, from, to, ...gates] of cases)
      it(title, () => void stops(reviewOf(from, to), ...gates));
    for (const vendor of [CLOUDFLARE, ROUTE53])
      for (const property of ["zoneId", "value"])
        it(`the ${property} of an MX in ${vendor}`, () => {
          const zone = object("aws:route53/zone:Zone", "zone", { name: "example.com" });
          const mx = (changed: object) =>
            record(vendor, "mx", { type: "MX", value: "in.example", ...changed });
          const now = mx({ [property]: { unknown: ["zone"] } });
          stops(
            reviewOf([zone, mx({})], [zone, property === "zoneId" ? replaced(now) : now]),
            "mail-loss",
            "hand-over",
          );
        });
  });

  describe("B2: a replacement that switches on what was off", () => {
    const key = (inputs: object) =>
      object("ApiKey", "k", {
        principalId: "p-1",
        name: "k",
        expiresAt: "2099-01-01T00:00:00Z",
        enabled: true,
        ...inputs,
      });
    const rotated = (from: object, to: object) =>
      reviewOf([key(from)], [replaced(key({ rotateWhenChanged: { turn: "2" }, ...to }))]);
    const past = "2020-01-01T00:00:00Z";
    for (const [title, from, to] of [
      ["enabled: false → true", { enabled: false }, {}],
      ["enabled: false → nothing", { enabled: false }, { enabled: undefined }],
      ["enabled: false → a secret", { enabled: false }, { enabled: SECRET }],
      ["enabled: false → unknown", { enabled: false }, { enabled: UNKNOWN }],
      ["enabled: a secret → true", { enabled: SECRET }, {}],
      ["an expiry that has passed", { expiresAt: past }, { expiresAt: "2099-06-01T00:00:00Z" }],
      ["an expiry that is a secret", { expiresAt: SECRET }, {}],
    ] as const)
      it(`a key: ${title}`, () => {
        assert.match(stops(rotated(from, to), "doors", "hand-over"), /is rotated, and works again/);
      });
    it("a rotation of a key that works, and one that leaves or switches the key off, pass", () => {
      passes(rotated({}, {}));
      passes(rotated({}, { expiresAt: "2099-06-01T00:00:00Z" }));
      passes(rotated({ enabled: false }, { enabled: false }));
      passes(rotated({}, { enabled: false }));
    });

    const others: [title: string, from: Declared, to: Declared, gate: Gate][] = [
      [
        "a principal",
        object("Principal", "p", { boundTo: { workspace: "w" }, enabled: false }),
        object("Principal", "p", { boundTo: { workspace: "w" }, enabled: true }),
        "doors",
      ],
      [
        "the permissions of a principal",
        object("Principal", "p", { boundTo: { workspace: "w" }, permissions: [] }),
        object("Principal", "p", { boundTo: { workspace: "w" }, permissions: ["messages.read"] }),
        "doors",
      ],
      [
        "a webhook",
        object("Webhook", "w", { url: "https://a.example/", triggers: ["message.created"], paused: true }),
        object("Webhook", "w", { url: "https://a.example/", triggers: ["message.created"], paused: false }),
        "doors",
      ],
      ["a brake", brake(), brake({ enabled: false }), "doors"],
      [
        "a rule that refuses",
        brake({ trigger: "inbound", enabled: false }),
        brake({ trigger: "inbound" }),
        "drains",
      ],
    ];
    for (const [title, from, to, gate] of others)
      it(title, () => void stops(reviewOf([from], [replaced(to)]), gate));

    const gathering = (inputs: object) => workspace("w", { domainName: NAME, autoGroup: true, ...inputs });
    it("a workspace that gathers accounts from then on, or those of another domain", () => {
      const elsewhere = workspace("b");
      const other = account("other", { workspaceId: { ref: "b" } });
      for (const from of [{ autoGroup: false }, { domainName: "other.example" }]) {
        const result = whole(
          [elsewhere, other, gathering(from)],
          [elsewhere, other, replaced(gathering({}))],
        );
        assert.match(stops(result, "hand-over"), /takes in new accounts of `agents\.example\.com` by itself/);
      }
    });
  });

  describe("B3: a create that Nylas would refuse does not speak for the rest of the change", () => {
    const asked = object("DomainRecords", "asked", { domainName: NAME, domainId: { ref: "d" } });
    for (const accounts of [[], [account("one")]]) {
      const where = accounts.length === 0 ? "accounts in another stack" : "accounts in this stack";
      for (const vendor of [CLOUDFLARE, ROUTE53])
        for (const type of ["MX", "NS", "DS", "CNAME", "DNAME"])
          it(`${type} in ${vendor} beside a new domain; ${where}`, () => {
            const own = record(vendor, "own", { type, value: "elsewhere.example" });
            stops(reviewOf(accounts, [...accounts, domain, own]), "mail-loss");
            // What waits for another domain's records is not held back by this one's.
            stops(reviewOf(accounts, [...accounts, domain, { ...own, dependsOn: ["one"] }]), "mail-loss");
          });
      it(`SPF beside a new domain; ${where}`, () => {
        const own = record(CLOUDFLARE, "own", { type: "TXT", value: "v=spf1 -all" });
        stops(reviewOf(accounts, [...accounts, domain, own]), "mail-loss");
      });
      it(`a workspace that gathers accounts of a new domain; ${where}`, () => {
        const gathers = workspace("w", { domainName: NAME, autoGroup: true });
        stops(reviewOf(accounts, [...accounts, domain, gathers]), "hand-over");
        passes(reviewOf(accounts, [...accounts, domain, { ...gathers, dependsOn: ["d"] }]));
      });
    }
    it("the records of a domain that is there already are none of a new one", () => {
      const known = object("DomainRecords", "asked", { domainName: NAME, domainId: "an-older-one" });
      const mx = record(CLOUDFLARE, "mx", { type: "MX", value: { unknown: ["asked"] } });
      stops(reviewOf([], [domain, known, mx]), "mail-loss", "hand-over");
    });
    it("what is made from Nylas' answer, or waits for it, passes: a first up of everything", () => {
      const first = (vendor: string) => [
        domain,
        asked,
        record(vendor, "mx", { type: "MX", value: { unknown: ["asked"] } }),
        record(vendor, "spf", { type: "TXT", value: { unknown: ["asked"] } }),
        { ...record(vendor, "delegation", { type: "NS", value: UNKNOWN }), dependsOn: ["d"] },
        object(
          "DomainVerification",
          "v",
          { domainName: NAME, records: { unknown: ["asked"] } },
          { dependsOn: ["mx"] },
        ),
        workspace("w", { domainName: { ref: "w-name" }, autoGroup: false }),
        { ...workspace("g", { domainName: NAME, autoGroup: true }), dependsOn: ["v"] },
        account("one", { workspaceId: { ref: "g" } }),
      ];
      for (const vendor of [CLOUDFLARE, ROUTE53]) passes(reviewOf([], first(vendor)));
    });
    it("so does an AgentDomain in a preview that streams", () => {
      const component = object("pulumi-nylas:index:AgentDomain", "agents", {}, { component: true });
      const inside = (each: Declared): Declared => ({ ...each, parent: "agents" });
      const mx = record(CLOUDFLARE, "agents-mx", { type: "MX", value: { unknown: ["asked"] }, name: NAME });
      const streamed = (declared: Declared[]) => {
        const { steps } = JSON.parse(previewOf([], declared)) as {
          steps: { op: string; urn: string; newState?: Record<string, unknown> }[];
        };
        const events: object[] = steps.map(({ op, urn, newState }) => {
          const { propertyDependencies: _made, dependencies: _waits, ...state } = newState ?? {};
          return { resourcePreEvent: { metadata: { op, urn, new: state } } };
        });
        events.push({ summaryEvent: { resourceChanges: { same: 1, create: declared.length } } });
        return report(
          readPreview(
            events.map((event, sequence) => JSON.stringify({ sequence, timestamp: 1, ...event })).join("\n"),
          ),
        );
      };
      const unknownId = { ...asked, inputs: { ...asked.inputs, domainId: UNKNOWN } };
      passes(streamed([component, inside(domain), inside(unknownId), inside(mx)]));
      stops(
        streamed([
          component,
          inside(domain),
          inside(unknownId),
          record(CLOUDFLARE, "own", { type: "MX", value: "x.example" }),
        ]),
        "mail-loss",
      );
    });
  });

  describe("B4: what cuts off a name whose accounts are in another stack", () => {
    const away = ["ns.a.example", "ns.b.example"] as const;
    for (const vendor of [CLOUDFLARE, ROUTE53])
      for (const type of ["NS", "DS", "DNAME", "CNAME", "MX"])
        for (const name of [NAME, "example.com", "agents", "*.example.com"]) {
          const at = (value: string) => record(vendor, "r", { type, value, name });
          it(`${type} ${name} in ${vendor}`, () => {
            stops(reviewOf([], [at(away[0])]), "mail-loss");
            stops(reviewOf([at(away[0])], [at(away[1])]), "mail-loss");
            stops(reviewOf([at(away[0])], [replaced(at(away[1]))]), "mail-loss");
            stops(reviewOf([at(away[0])], []), "mail-loss");
            if (type === "MX") return;
            // By the user's word, no other stack has accounts.
            for (const [before, after] of [
              [[], [at(away[0])]],
              [[at(away[0])], [at(away[1])]],
              [[at(away[0])], []],
            ])
              passes(whole(before!, after!));
          });
        }
    it("where the account's address is a secret, and in punycode", () => {
      for (const type of ["NS", "CNAME"]) {
        const at = (value: string, name: string) => record(CLOUDFLARE, "r", { type, value, name });
        const hidden = object("AgentAccount", "one", { email: SECRET });
        stops(whole([hidden, at(away[0], NAME)], [hidden, at(away[1], NAME)]), "mail-loss");
        const foreign = object("AgentAccount", "one", { email: "one@agents.müller.example" });
        for (const name of [
          "agents.xn--mller-kva.example",
          "agents.MÜLLER.example.",
          "*.agents.müller.example",
        ])
          stops(whole([foreign, at(away[0], name)], [foreign, at(away[1], name)]), "mail-loss");
        const ascii = object("AgentAccount", "one", { email: "one@agents.xn--mller-kva.example" });
        stops(whole([ascii, at(away[0], "agents.müller.example")], [ascii]), "mail-loss");
      }
    });
    it("a key of DKIM that is delegated", () => {
      const at = (value: string) =>
        record(CLOUDFLARE, "r", { type: "NS", value, name: `_domainkey.${NAME}` });
      stops(reviewOf([at(away[0])], [at(away[1])]), "mail-loss");
    });
    it("what no mailbox has its address at passes", () => {
      for (const vendor of [CLOUDFLARE, ROUTE53])
        for (const [type, name] of [
          ["CAA", NAME],
          ["A", NAME],
          ["CNAME", "www.example.com"],
          ["CNAME", "_acme-challenge.example.com"],
          ["NS", "_acme-challenge.example.com"],
        ] as const) {
          const at = (value: string) => record(vendor, "r", { type, value, name });
          passes(reviewOf([], [at("a.example")]));
          passes(reviewOf([at("a.example")], [at("b.example")]));
          passes(reviewOf([at("a.example")], []));
        }
    });
  });

  describe("B5: the text that tells Nylas whose domain it is", () => {
    const owned = "nylas-ownership-verify=1";
    const text = (name: string, value: unknown, vendor = CLOUDFLARE) =>
      record(vendor, name, { type: "TXT", value });
    const one = account("one");
    it("changes, becomes another one, is displaced or taken out of a set", () => {
      stops(reviewOf([one, text("t", owned)], [one, text("t", "nylas-ownership-verify=2")]), "mail-loss");
      stops(reviewOf([one, text("t", owned)], [one, text("t", "hello")]), "mail-loss");
      stops(reviewOf([one, text("t", owned)], [one, text("u", "nylas-ownership-verify=2")]), "mail-loss");
      const set = (...values: string[]) => text("t", values, ROUTE53);
      stops(reviewOf([one, set(owned, "v=spf1 ~all")], [one, set("v=spf1 ~all")]), "mail-loss");
    });
    it("stays, and another text comes or goes", () => {
      const set = (...values: string[]) => text("t", values, ROUTE53);
      passes(reviewOf([one, set(owned)], [one, set(owned, "hello")]));
      passes(reviewOf([one, set(owned, "hello")], [one, set(owned)]));
    });
  });

  describe("B6: what signs a zone, or holds records, at other vendors", () => {
    for (const type of [
      "aws-native:route53:Dnssec",
      "aws-native:route53:DNSSEC",
      "aws-native:route53:KeySigningKey",
      "azure-native:network:DnssecConfig",
      "aws:lightsail/domainEntry:DomainEntry",
      "ovh:Domain/name:Name",
      "ovh:Domain/zone:Zone",
    ])
      it(type, () => {
        const it = (value: number) =>
          object(type, "it", { zoneId: "z", name: NAME, domainName: NAME, value, type: "MX" });
        stops(reviewOf([account("one"), it(1)], [account("one"), it(2)]), "mail-loss");
        stops(reviewOf([account("one"), it(1)], [account("one")]), "mail-loss");
      });
  });

  describe("B7: a limit of no sends a day is a brake as well", () => {
    const under = (limits: unknown) => [
      policy("p", limits),
      workspace("w", { policyId: { ref: "p" } }),
      account("one", { workspaceId: { ref: "w" } }),
    ];
    for (const [title, from, to] of [
      ["0 → 50", { dailySends: 0 }, { dailySends: 50 }],
      ["0 → nothing", { dailySends: 0 }, {}],
      ["0 → unlimited", { dailySends: 0 }, { dailySends: "unlimited" }],
      ["0 → a secret", { dailySends: 0 }, { dailySends: SECRET }],
      ["0 → unknown", { dailySends: 0 }, { dailySends: UNKNOWN }],
      ["a secret → 50", { dailySends: SECRET }, { dailySends: 50 }],
      ["all limits unknown", { dailySends: 0 }, UNKNOWN],
    ] as const)
      it(`of a policy: ${title}`, () => {
        const markdown = stops(reviewOf(under(from), under(to)), "doors");
        if (to !== UNKNOWN) assert.match(markdown, /Accounts that could not send may send from then on/);
        stops(whole(under(from), under(to)), "doors");
      });
    it("of a policy that is swapped, or taken away", () => {
      const policies = [policy("none", { dailySends: 0 }), policy("some", { dailySends: 50 })];
      const fleet = (policyId?: unknown) => [
        ...policies,
        workspace("w", policyId === undefined ? {} : { policyId }),
        account("one", { workspaceId: { ref: "w" } }),
      ];
      const none = fleet({ ref: "none" });
      for (const to of [{ ref: "some" }, UNKNOWN, "elsewhere", { unknown: ["none"] }, undefined])
        stops(whole(none, fleet(to)), "doors");
      for (const from of ["elsewhere", UNKNOWN]) stops(whole(fleet(from), fleet()), "doors");
      passes(whole(fleet({ ref: "some" }), none));
    });
    it("of a policy that is taken over, or one that a workspace is taken over with", () => {
      stops(reviewOf([], [policy("p", { dailySends: 50 }, { adopt: true })]), "doors");
      stops(reviewOf([], [policy("p", { dailySends: UNKNOWN }, { adopt: true })]), "doors");
      stops(reviewOf([], [workspace("w", { policyId: "p-1", adopt: true })]), "doors");
    });
    it("more sends than some, and fewer, pass; so does a policy that nobody is under", () => {
      passes(whole(under({ dailySends: 50 }), under({ dailySends: 500 })));
      passes(whole(under({ dailySends: 50 }), under({ dailySends: 0 })));
      passes(whole(under({}), under({ dailySends: 50 })));
      passes(whole([policy("p", { dailySends: 0 })], [policy("p", { dailySends: 50 })]));
    });
  });

  describe("B9: what Nylas asked for has not always been published", () => {
    const asked = object(
      "DomainRecords",
      "asked",
      { domainId: "d", domainName: NAME },
      { outputs: { records: { mx: { type: "MX", name: NAME, value: "in.example", priority: 1 } } } },
    );
    const verification = (status: string, inputs: object = {}) =>
      object("DomainVerification", "v", { domainName: NAME, ...inputs }, { outputs: { status } });
    const mx = record(CLOUDFLARE, "mx", { type: "MX", value: "in.example" });
    const made = (...rest: Declared[]) => reviewOf([asked, ...rest], [asked, ...rest, mx]);
    it("a first MX of a domain that was never verified, or not for its mail", () => {
      stops(made(), "mail-loss", "hand-over");
      stops(made(verification("pending")), "mail-loss", "hand-over");
      stops(made(verification("verified", { purposes: ["spf"] })), "mail-loss");
      stops(
        made(
          object("DomainVerification", "v", { domainName: "x.example" }, { outputs: { status: "verified" } }),
        ),
        "mail-loss",
      );
    });
    it("the MX of a domain that was verified is put back", () => {
      for (const status of ["verified", "lost"]) passes(made(verification(status)));
      passes(made(verification("verified", { purposes: ["mx"] })));
    });
    it("a record of an AgentDomain whose first up did not come to it passes", () => {
      const component = object("pulumi-nylas:index:AgentDomain", "agents", {}, { component: true });
      const own = { ...mx, name: "agents-mx", parent: "agents" };
      passes(reviewOf([component, asked], [component, asked, own]));
    });
  });

  describe("B11: a record is judged by what it becomes, as by what it was", () => {
    const fleet = [domain, account("one")];
    const evil: Record<string, [type: string, value: string]> = {
      MX: ["MX", "elsewhere.example"],
      NS: ["NS", "elsewhere.example"],
      CNAME: ["CNAME", "elsewhere.example"],
      DS: ["DS", "1 8 2 AB"],
      SPF: ["TXT", "v=spf1 -all"],
      DKIM: ["TXT", "v=DKIM1; p=AAAA"],
      unknown: ["TXT", UNKNOWN],
      secret: ["TXT", SECRET],
    };
    for (const vendor of [CLOUDFLARE, ROUTE53])
      for (const [title, [type, value]] of Object.entries(evil)) {
        const now = record(vendor, "r", { type, value });
        for (const was of [
          record(vendor, "r", { type: "A", value: "192.0.2.1", name: "www.example.com" }),
          record(vendor, "r", { type: "A", value: "192.0.2.1", name: NAME }),
          record(vendor, "r", { type, value, name: "www.example.org" }),
        ])
          it(`${String(was.inputs!["type"])} ${String(was.inputs!["name"])} becomes ${title} of the live name in ${vendor}`, () => {
            for (const after of [now, replaced(now)])
              stops(reviewOf([...fleet, was], [...fleet, after]), "mail-loss");
          });
        it(`hello becomes ${title} in ${vendor}`, () => {
          const was = record(vendor, "r", { type: "TXT", value: "hello" });
          stops(reviewOf([...fleet, was], [...fleet, now]), "mail-loss");
          stops(whole([...fleet, was], [...fleet, now]), "mail-loss");
        });
      }
    it("an SPF beside other texts of a set, and of a name whose accounts cannot be seen", () => {
      const set = (...values: string[]) => record(ROUTE53, "r", { type: "TXT", value: values });
      stops(reviewOf([set("hello")], [set("hello", "v=spf1 -all")]), "mail-loss");
      passes(reviewOf([set("hello")], [set("hello", "world")]));
    });
    it("another address of a web server passes", () => {
      const at = (value: string, name = "www.example.com") =>
        record(CLOUDFLARE, "r", { type: "A", value, name });
      passes(reviewOf([...fleet, at("192.0.2.1")], [...fleet, at("192.0.2.2")]));
      passes(reviewOf([...fleet, at("192.0.2.1")], [...fleet, at("192.0.2.1", "shop.example.com")]));
    });
  });

  describe("B12: a look-up of an object hides nobody who lives under it", () => {
    const lookUp = (each: Declared): Declared => ({ ...each, external: true });
    const fleet = (days: number) => [
      policy("p", { inboxRetentionDays: days }),
      workspace("w", { policyId: { ref: "p" } }),
      account("one", { workspaceId: { ref: "w" } }),
    ];
    it("a policy and a workspace, by another stack", () => {
      for (const looked of [policy("p", { inboxRetentionDays: 300 }), workspace("w", { policyId: "id-p" })]) {
        const markdown = stops(whole(fleet(300), fleet(6), [lookUp(looked)]), "mail-loss");
        assert.match(markdown, /for 1 account in `w`/);
      }
    });
    for (const [where, type] of [
      ["before", "app:index:Group"],
      ["behind", "zoo:index:Group"],
    ] as const)
      it(`a workspace, by this stack itself, ${where} it in the order of the review`, () => {
        const swap = (policyId: string) => [
          object(type, "group", {}, { component: true }),
          policy("p", { inboxRetentionDays: 300 }),
          policy("q", { inboxRetentionDays: 6 }),
          workspace("w", { policyId: { ref: policyId } }),
          account("one", { workspaceId: { ref: "w" } }),
          { ...lookUp(workspace("w", { policyId: "id-p" })), parent: "group" },
        ];
        stops(whole(swap("p"), swap("q")), "mail-loss");
      });
    it("a rule and a list", () => {
      const list = (...items: string[]) => object("List", "l", { type: "address", items });
      const rule = brake({ conditions: [{ field: "from.address", inList: [{ ref: "l" }] }] });
      const w = workspace("w", { ruleIds: [{ ref: "brake" }] });
      const one = account("one", { workspaceId: { ref: "w" } });
      const all = (...items: string[]) => [list(...items), rule, w, one];
      stops(whole(all("a@x.example"), all(), [lookUp(list("a@x.example"))]), "doors");
      const narrowed = brake({ conditions: [] });
      stops(whole(all("a@x.example"), [list("a@x.example"), narrowed, w, one], [lookUp(rule)]), "doors");
    });
  });

  describe("B13: the plan's maximum may be less than what a policy keeps", () => {
    const fleet = (limits: object, policyId: unknown = { ref: "p" }) => [
      policy("p", limits),
      policy("q", { dailySends: 50 }),
      workspace("w", policyId === undefined ? {} : { policyId }),
      account("one", { workspaceId: { ref: "w" } }),
    ];
    const none = (declared: Declared[]) =>
      declared.map((each) => (each.name === "w" ? workspace("w") : each));
    for (const limits of [
      { inboxRetentionDays: 300 },
      { inboxRetentionDays: "unlimited" },
      { spamRetentionDays: 20 },
      { storageBytes: 10 * 1024 ** 3 },
      { inboxRetentionDays: SECRET },
    ]) {
      it(`${JSON.stringify(limits)} of a policy that is detached, swapped or no longer says it`, () => {
        const from = fleet(limits);
        assert.match(
          stops(whole(from, none(from)), "mail-loss", "unguard"),
          /Whether less mail is kept under these cannot be seen from here/,
        );
        stops(whole(from, fleet(limits, { ref: "q" })), "mail-loss");
        stops(whole(from, fleet({})), "mail-loss");
      });
    }
    it("a policy outside of this stack that is detached", () => {
      stops(reviewOf(fleet({}, "elsewhere"), none(fleet({}))), "mail-loss", "doors");
    });
    it("what every plan keeps passes, and so does a workspace without accounts", () => {
      const small = fleet({ inboxRetentionDays: 30, spamRetentionDays: 7, storageBytes: 1e9, dailySends: 5 });
      passes(whole(small, none(small)));
      passes(whole(small, fleet({ dailySends: 5 })));
      const empty = fleet({ inboxRetentionDays: 300 }).filter(({ name }) => name !== "one");
      passes(whole(empty, none(empty)));
    });
  });
});

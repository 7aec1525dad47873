import assert from "node:assert/strict";
import { type Declared, type Input } from "./stack";
import {
  account,
  declare,
  domain,
  domainRecords,
  domainVerification,
  done,
  openWorld,
  policy,
  type Records,
  publish,
  refused,
  succeeded,
  workspace,
} from "./world";

const DOMAIN = "agents.example.com";

/** Ways around the guard of a move, each of which took a live domain's MX away once. The engine's side of them is in `test/engine/attackedMoves.test.ts`. */
describe("a move of records", () => {
  const world = openWorld({ env: { NYLAS_TEST_TIME_SCALE: "0.006" } });
  const records = (more: Record<string, Input> = {}) =>
    domainRecords("records", { domainName: DOMAIN, domainId: (of) => of("domain").id, ...more });
  const verified = (place: string, more: Record<string, Input> = {}) =>
    domainVerification("verified", {
      domainName: DOMAIN,
      domainId: (of) => of("domain").id,
      records: (of) => of("records").records,
      publishedAt: place,
      publishedBy: place.split(":")[0]!,
      ...more,
    });
  const asked = (
    place: string,
    more: Record<string, Input> = {},
    ofVerification: Record<string, Input> = {},
  ) => [
    domain("domain", { domainName: DOMAIN }),
    records({ publishedAt: place, ...more }),
    verified(place, ofVerification),
  ];
  const live = async (ofVerification: Record<string, Input> = {}) => {
    const { sim, stack } = world;
    sim.configure({ dnsRole: "resolver" });
    succeeded(await stack.apply(asked("cloudflare:a").slice(0, 2)));
    publish(sim, stack.find("records").outputs.records);
    succeeded(await stack.apply(asked("cloudflare:a", {}, ofVerification)));
    assert.equal(stack.find("verified").outputs.status, "verified");
  };

  it("C1: is refused in a change that replaces the verification as well", async () => {
    await live();
    const { stack } = world;
    const given = domainVerification("verified", {
      domainName: DOMAIN,
      records: stack.find("verified").outputs.records as Input,
      publishedAt: "route53:b",
      publishedBy: "route53",
    });
    refused(await stack.apply([...asked("route53:b").slice(0, 2), given]), "Make the one change first");
    assert.equal(
      stack.find("verified").outputs.publishedAt,
      "cloudflare:a",
      "the entry that guards A is there",
    );
    // Each change by itself is what it was.
    refused(await stack.apply(asked("route53:b")), "is still served by");
  });

  for (const [what, edit] of [
    ["hosts", { hosts: { dkim: "key._domainkey" } }],
    ["dkimKeyLength", { dkimKeyLength: 1024 }],
  ] as const)
    it(`C2: into another zone under the same names is refused beside an edit of ${what}, which replaces`, async () => {
      await live();
      const { stack } = world;
      refused(
        await stack.apply(asked("cloudflare:b", edit)),
        "would move from cloudflare:a to cloudflare:b under the names",
      );
      assert.equal(stack.find("records").outputs.publishedAt, "cloudflare:a");
    });

  it("C3: into another zone under the same names is refused by way of a third place", async () => {
    await live();
    const { stack } = world;
    refused(await stack.apply(asked("route53:b")), "is still served by");
    assert.equal(stack.find("records").outputs.publishedAt, "route53:b");
    assert.deepEqual(
      stack.find("records").outputs.earlierPlaces,
      ["cloudflare:a"],
      "C32: a program can see it",
    );
    refused(
      await stack.apply(asked("cloudflare:c")),
      "would move from cloudflare:a to cloudflare:c under the names",
    );
    refused(
      await stack.refresh().then(() => stack.apply(asked("cloudflare:c"))),
      "would move from cloudflare:a",
    );
    // Back is free.
    succeeded(await stack.apply(asked("cloudflare:a")));
  });

  it("C33: what was held and adopted before is remembered by a replaced entry", async () => {
    await live();
    const { stack } = world;
    refused(await stack.apply(asked("route53:b")), "is still served by");
    refused(
      await stack.apply(
        asked("route53:b", {
          hosts: { dkim: (stack.find("records").outputs.records as Records).dkim!.name },
        }),
      ),
      "is still served by",
    );
    assert.deepEqual(stack.find("records").outputs.heldAt, ["cloudflare"]);
    refused(
      await stack.apply(asked("cloudflare:a", { adopts: { mx: "a/372e67954025e0ba6aaa6d586b9e0b59" } })),
      "this stack has made or adopted the record already",
    );
  });

  it("C4: of a domain that was pending and is verified since is looked at", async () => {
    const { sim, stack } = world;
    sim.configure({ dnsRole: "resolver" });
    const waits = { wait: false };
    succeeded(await stack.apply(asked("cloudflare:a", {}, waits)));
    assert.equal(stack.find("verified").outputs.status, "pending");
    const pending = await stack.apply(asked("route53:b", {}, waits));
    succeeded(pending);
    succeeded(await stack.apply(asked("cloudflare:a", {}, waits)));
    publish(sim, stack.find("records").outputs.records);
    // Somebody presses the button in the Dashboard.
    for (const each of sim.state().domains)
      sim.edit("domain", each.id, {
        verified: { ownership: true, mx: true, spf: true, dkim: true, feedback: true },
      });
    refused(await stack.apply(asked("route53:b", {}, waits)), "move from cloudflare:a to route53:b");
    assert.equal(stack.find("verified").outputs.publishedAt, "cloudflare:a");
  });

  it("C14: within a vendor is not believed because the old zone has lost a name server", async () => {
    await live();
    const { sim, stack } = world;
    const [zone] = sim.state().zones;
    sim.setDelegation("example.com", zone!.nameServers.slice(0, 1));
    refused(await stack.apply(asked("cloudflare:b (new)")), "is still served by");
  });

  /** The zone under other names than when the domain was verified, with all its records. */
  const renameServers = (...nameServers: string[]) => {
    const { sim, stack } = world;
    const id = sim.seed({ kind: "zone", name: "example.com", vendor: "cloudflare", nameServers });
    publishAt(id, stack.find("records").outputs.records as Records);
    sim.setDelegation("example.com", nameServers);
    return id;
  };
  const publishAt = (zone: string, records: Records) => {
    for (const { type, name, value: content, priority } of Object.values(records))
      world.sim.putRecord(zone, {
        type,
        name,
        content,
        ...(priority === undefined ? {} : { priority }),
      });
  };
  for (const [what, names] of [
    ["none of them", ["ns1.example.com", "ns2.example.com"]],
    ["some of them", ["ns-1.awsdns-02.com", "ns2.example.com"]],
  ] as const)
    for (const place of ["route53:b", "cloudflare:b (new)"])
      it(`C14: to ${place} is refused where the names of the servers tell the vendor of ${what}`, async () => {
        await live();
        const { sim, stack } = world;
        const told = place.startsWith("route53")
          ? names
          : names.map((name) => name.replace(/^ns-1.*/, "eve.ns.cloudflare.com"));
        const old = renameServers(...told);
        refused(await stack.apply(asked(place)), "do not tell", `NYLAS_FORCE_DESTROY=domain:${DOMAIN}`);
        assert.equal(stack.find("verified").outputs.publishedAt, "cloudflare:a");
        // Delegated to the vendor's own servers, it goes.
        const vendor = place.split(":")[0] as "cloudflare" | "route53";
        const id = sim.seed({ kind: "zone", name: "example.com", vendor });
        publishAt(id, stack.find("records").outputs.records as Records);
        refused(await stack.apply(asked(place)), "do not tell");
        sim.setDelegation("example.com", sim.state().zones.find((zone) => zone.id === id)!.nameServers);
        succeeded(await stack.apply(asked(place)));
        assert.notEqual(old, id);
      });
});

describe("C41: a foreign MX that comes after the first look", () => {
  const world = openWorld({ env: { NYLAS_TEST_TIME_SCALE: "0.006" } });
  const begun = (more: Record<string, Input> = {}) => [
    domain("domain", { domainName: DOMAIN }),
    domainRecords("records", {
      domainName: DOMAIN,
      domainId: (of) => of("domain").id,
      publishedAt: "cloudflare:a",
      ...more,
    }),
  ];
  const verified = domainVerification("verified", {
    domainName: DOMAIN,
    domainId: (of) => of("domain").id,
    records: (of) => of("records").records,
    publishedAt: "cloudflare:a",
    publishedBy: "cloudflare",
  });
  const foreign = () =>
    world.sim.putRecord("example.com", {
      type: "MX",
      name: DOMAIN,
      content: "mail.company.example",
      priority: 20,
    });

  it("is refused where the records of a pending domain are asked for again", async () => {
    const { sim, stack } = world;
    sim.configure({ dnsRole: "resolver" });
    succeeded(await stack.apply(begun()));
    foreign();
    stack.find("records").outputs.renew = true;
    refused(await stack.apply(begun()), "mail.company.example");
    assert.equal(stack.find("records").outputs.renew, true, "nothing was recorded");
  });

  it("is named when the domain is verified, and no later run looks for it", async () => {
    const { sim, stack } = world;
    sim.configure({ dnsRole: "resolver" });
    succeeded(await stack.apply(begun()));
    foreign();
    publish(sim, stack.find("records").outputs.records);
    const { warnings } = succeeded(await stack.apply([...begun(), verified]));
    assert.match(warnings.join("\n"), /MX 20 mail\.company\.example/);
    assert.deepEqual(done(succeeded(await stack.apply([...begun(), verified]))), []);
  });

  it("is not named where there is none", async () => {
    const { sim, stack } = world;
    sim.configure({ dnsRole: "resolver" });
    succeeded(await stack.apply(begun()));
    publish(sim, stack.find("records").outputs.records);
    const { warnings } = succeeded(await stack.apply([...begun(), verified]));
    assert.doesNotMatch(warnings.join("\n"), /MX/);
  });
});

describe("C39: what no policy keeps", () => {
  const world = openWorld();

  for (const storageBytes of [9_999_999_999, 10_000_000_000, 10 * 1024 ** 3 - 1])
    it(`may be more than ${storageBytes} bytes, so that a policy with that is refused`, async () => {
      const { sim, stack } = world;
      const program = (limited: boolean) => [
        policy("p", { name: "P", limits: { storageBytes } }),
        workspace("w", { name: "W", ...(limited ? { policyId: (of) => of("p").id } : {}) }),
        account("a", { email: "a@acme.nylas.email", workspaceId: (of) => of("w").id }),
      ];
      succeeded(await stack.apply(program(false)));
      sim.addMessage({ grant: "a@acme.nylas.email", subject: "keep" });
      refused(await stack.apply(program(true)), "allowMailLoss");
      assert.equal(sim.state().workspaces.find(({ name }) => name === "W")!.policy_id, null);
      assert.deepEqual(sim.state().lostMail, []);
    });
});

describe("C41: a foreign MX", () => {
  const world = openWorld({ env: { NYLAS_TEST_TIME_SCALE: "0.006" } });

  it("is found as well when the records of a pending domain move to another place", async () => {
    const { sim, stack } = world;
    sim.configure({ dnsRole: "resolver" });
    const at = (publishedAt: string) => [
      domain("domain", { domainName: DOMAIN }),
      domainRecords("records", { domainName: DOMAIN, domainId: (of) => of("domain").id, publishedAt }),
    ];
    succeeded(await stack.apply(at("cloudflare:mistyped")));
    sim.putRecord("example.com", {
      type: "MX",
      name: DOMAIN,
      content: "mail.company.example",
      priority: 20,
    });
    refused(await stack.apply(at("cloudflare:b")), "mail.company.example");
    refused(await stack.apply(at("route53:b")), "mail.company.example");
    assert.equal(stack.find("records").outputs.publishedAt, "cloudflare:mistyped");
  });
});

describe("what a run holds", () => {
  const world = openWorld({ env: { NYLAS_TEST_TIME_SCALE: "0.006" } });
  /** `connection: "two"` leads to the same application and organization. */
  const withTwo = (more: Record<string, string> = {}) => {
    const { stack, config } = world;
    const keys = ["apiKey", "organizationKey", "apiUrl", "dnsServers"];
    stack.config = {
      ...config,
      ...more,
      ...Object.fromEntries(keys.map((key) => [`nylas-two:${key}`, config[`nylas:${key}`]!])),
    };
  };

  const twice: Record<string, (name: string, more: Record<string, Input>) => Declared> = {
    domain: (name, more) => domain(name, { domainName: DOMAIN, ...more }),
    workspace: (name, more) => workspace(name, { name: "W", ...more }),
    policy: (name, more) => policy(name, { name: "P", ...more }),
    list: (name, more) => declare("List", name, { name: "L", type: "domain", items: ["a.example"], ...more }),
    rule: (name, more) =>
      declare("Rule", name, {
        name: "R",
        trigger: "inbound",
        conditions: [{ field: "from.domain", is: "x.example" }],
        actions: ["block"],
        ...more,
      }),
    account: (name, more) => account(name, { email: "a@acme.nylas.email", ...more }),
  };
  for (const [kind, of] of Object.entries(twice))
    it(`C37: a ${kind} is declared once, whichever connection leads to it`, async () => {
      withTwo();
      const { sim, stack } = world;
      const said = await stack.apply([of("a", {}), of("b", { connection: "two", adopt: true })]);
      refused(said, "is declared twice in this program");
      const { domains, grants, policies, rules, lists, workspaces } = sim.state();
      const made = [domains.filter(({ branded }) => !branded), workspaces.filter(({ default: own }) => !own)];
      for (const each of [...made, grants, policies, rules, lists]) assert.ok(each.length <= 1);
    });

  describe("C37: of a live domain", () => {
    const records = (more: Record<string, Input>) =>
      domainRecords("records", { domainName: DOMAIN, domainId: (of) => of("domain").id, ...more });
    const at = (place: string, more: Record<string, Input> = {}) => [
      domain("domain", { domainName: DOMAIN }),
      records({ publishedAt: place, ...more }),
    ];
    const verified = (place: string) =>
      domainVerification("verified", {
        domainName: DOMAIN,
        domainId: (of) => of("domain").id,
        records: (of) => of("records").records,
        publishedAt: place,
        publishedBy: place.split(":")[0]!,
      });
    const live = async () => {
      withTwo();
      const { sim, stack } = world;
      sim.configure({ dnsRole: "resolver" });
      succeeded(await stack.apply(at("cloudflare:a")));
      publish(sim, stack.find("records").outputs.records);
      succeeded(await stack.apply([...at("cloudflare:a"), verified("cloudflare:a")]));
    };

    it("the past of its records is known where another connection replaces them", async () => {
      await live();
      const { stack } = world;
      const { name } = (stack.find("records").outputs.records as Records).dkim!;
      refused(
        await stack.apply([
          ...at("cloudflare:b", { hosts: { dkim: `${name}.` }, connection: "two" }),
          verified("cloudflare:b"),
        ]),
        "would move from cloudflare:a to cloudflare:b under the names",
      );
      assert.equal(stack.find("records").outputs.publishedAt, "cloudflare:a");
    });

    it("the verification is kept while another connection declares it, whatever the word", async () => {
      await live();
      const { stack } = world;
      withTwo({ "nylas:forceDestroy": `["domain:${DOMAIN}"]` });
      const renamed = domainVerification("again", {
        domainName: DOMAIN,
        domainId: (of) => of("domain").id,
        records: (of) => of("records").records,
        publishedAt: "cloudflare:a",
        publishedBy: "cloudflare",
        connection: "two",
      });
      refused(await stack.apply([...at("cloudflare:a"), renamed]), `The verification of ${DOMAIN} is kept`);
      assert.ok(stack.find("verified"));
    });
  });

  it("C37: is held whichever connection leads to it", async () => {
    const { sim, stack } = world;
    withTwo();
    const email = "a@acme.nylas.email";
    succeeded(await stack.apply([account("a", { email, forceDestroy: true })]));
    sim.addMessage({ grant: email, subject: "keep" });
    await stack.apply([account("b", { email, connection: "two", adopt: true })]);
    assert.deepEqual(sim.state().lostMail, []);
    assert.equal(sim.state().grants.length, 1);
  });

  it("C30: a retired mailbox ends by its removal, and by no other address", async () => {
    const { sim, stack } = world;
    const bot = (email: string) => account("bot", { email, forceDestroy: true, retired: true });
    succeeded(await stack.apply([workspace("w", { name: "W" }), bot("a-s@acme.nylas.email")]));
    sim.addMessage({ grant: "a-s@acme.nylas.email", subject: "keep" });
    refused(
      await stack.apply([workspace("w", { name: "W" }), bot("b-s@acme.nylas.email")]),
      "It is retired: only its removal deletes it",
    );
    assert.deepEqual(sim.state().lostMail, []);
    succeeded(await stack.apply([workspace("w", { name: "W" })]));
    assert.equal(sim.state().lostMail.length, 1, "the removal was asked for by retire");
  });
});

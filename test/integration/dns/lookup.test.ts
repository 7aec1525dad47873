import assert from "node:assert/strict";
import type * as packet from "dns-packet";
import type { RecordSlots } from "../../../provider/dns/layout";
import { createLookup, observe, type DnsLookup } from "../../../provider/dns/lookup";
import { parseServer, serverText } from "../../../provider/dns/query";
import { a, cname, mx, NameServers, ns, resolving, serving, soa, txt, type Script } from "../../nameServers";

const zone = "example.com";
const name = "agents.example.com";

/** What a resolver knows of example.com: two name servers and their addresses. */
const known = [
  ns("com", "ns.com"),
  a("ns.com", "127.0.0.5"),
  ns(zone, "ns1.example.com"),
  ns(zone, "ns2.example.com"),
  a("ns1.example.com", "127.0.0.3"),
  a("ns2.example.com", "127.0.0.4"),
];

/** Every private hosted zone has these. */
const ROUTE53_PRIVATE = [
  "ns-0.awsdns-00.com",
  "ns-512.awsdns-00.net",
  "ns-1024.awsdns-00.org",
  "ns-1536.awsdns-00.co.uk",
];

describe("a look-up", () => {
  let servers: NameServers;

  beforeEach(() => {
    servers = new NameServers();
  });
  afterEach(() => servers.close());

  async function lookup(
    scripts: { resolver: Script; ns1?: Script; ns2?: Script; parent?: Script },
    timeoutMs = 2000,
  ): Promise<DnsLookup> {
    await servers.listen("127.0.0.2", scripts.resolver);
    if (scripts.ns1) await servers.listen("127.0.0.3", scripts.ns1);
    if (scripts.ns2) await servers.listen("127.0.0.4", scripts.ns2);
    if (scripts.parent) await servers.listen("127.0.0.5", scripts.parent);
    return createLookup({ resolvers: [`127.0.0.2:${servers.port}`], port: servers.port, timeoutMs });
  }

  async function published(records: packet.Answer[], elsewhere = records): Promise<DnsLookup> {
    return lookup({ resolver: resolving(known), ns1: serving(zone, records), ns2: serving(zone, elsewhere) });
  }

  describe("of the zone's own name servers", () => {
    it("finds MX with priority and TXT joined from its strings", async () => {
      const dns = await published([
        mx(name, "Inbound.Nylas.example"),
        txt(name, "v=spf1 ", "-all"),
        txt(name, "other"),
      ]);

      const answer = await dns.ask("Agents.example.com.", "MX");
      assert.equal(answer.kind, "found");
      assert.deepEqual(answer.records, [{ type: "MX", name, value: "inbound.nylas.example", priority: 10 }]);

      const texts = await dns.ask(name, "TXT");
      assert.equal(texts.kind, "found");
      assert.deepEqual(
        texts.records.map((r) => r.value),
        ["v=spf1 -all", "other"],
      );
    });

    it("asks them and not the resolver, whose cache would lag", async () => {
      const dns = await published([txt(name, "fresh")]);
      await dns.ask(name, "TXT");
      assert.deepEqual(servers.asked["127.0.0.3"], [`TXT ${name}`]);
      assert.ok(!servers.asked["127.0.0.2"]!.some((asked) => asked.startsWith("TXT")));
    });

    it("tells a name that is not there from one that has no such record", async () => {
      const dns = await published([txt(name, "x")]);
      assert.deepEqual(await dns.ask(name, "MX"), {
        kind: "none",
        nameExists: true,
        servers: ["ns1.example.com", "ns2.example.com"],
      });
      const missing = await dns.ask(`nothing.${name}`, "TXT");
      assert.ok(missing.kind === "none" && !missing.nameExists);
    });

    it("says which of them has a record that is still spreading", async () => {
      const dns = await published([txt(name, "new")], []);
      const answer = await dns.ask(name, "TXT");
      assert.ok(answer.kind === "found");
      assert.deepEqual(
        answer.servers.map(({ server, records }) => [server, records.length]),
        [
          ["ns1.example.com", 1],
          ["ns2.example.com", 0],
        ],
      );
    });

    it("reads a long text over TCP, where no datagram holds it", async () => {
      const long = Array.from({ length: 8 }, (_, at) => String(at).repeat(255));
      const dns = await published([txt(name, ...long)]);
      const answer = await dns.ask(name, "TXT");
      assert.ok(answer.kind === "found");
      assert.equal(answer.records[0]!.value, long.join(""));
    });

    it("reads bytes beyond ASCII as UTF-8", async () => {
      const dns = await published([txt(name, Buffer.from("grün ü"))]);
      const answer = await dns.ask(name, "TXT");
      assert.ok(answer.kind === "found" && answer.records[0]!.value === "grün ü");
    });

    it("reports an alias, and the records behind it where they come along", async () => {
      const dns = await published([cname(name, "elsewhere.example.net")]);
      const answer = await dns.ask(name, "MX");
      assert.ok(answer.kind === "alias" && answer.target === "elsewhere.example.net");
    });

    it("does with one of them where the other is silent", async () => {
      const dns = await lookup({
        resolver: resolving(known),
        ns1: () => undefined,
        ns2: serving(zone, [txt(name, "x")]),
      });
      const answer = await dns.ask(name, "TXT");
      assert.ok(answer.kind === "found");
      assert.deepEqual(
        answer.servers.map(({ server }) => server),
        ["ns2.example.com"],
      );
    });

    it("takes SERVFAIL and REFUSED for a failure, not for a missing record", async () => {
      const dns = await lookup({
        resolver: resolving(known),
        ns1: () => ({ rcode: "SERVFAIL" }),
        ns2: () => ({ rcode: "SERVFAIL" }),
      });
      const answer = await dns.ask(name, "TXT");
      assert.deepEqual(answer, {
        kind: "failed",
        reason: "SERVFAIL",
        servers: ["ns1.example.com", "ns2.example.com"],
      });
    });

    it("takes the resolver's word, marked as such, where they cannot be reached", async () => {
      const dns = await lookup({ resolver: resolving([...known, txt(name, "cached")]) });
      const answer = await dns.ask(name, "TXT");
      assert.ok(answer.kind === "found" && answer.cached === true && answer.records[0]!.value === "cached");
    });
  });

  describe("of who serves a domain", () => {
    it("names the zone and its servers", async () => {
      const dns = await published([]);
      assert.deepEqual(await dns.delegation(name), {
        kind: "delegated",
        zone,
        nameServers: ["ns1.example.com", "ns2.example.com"],
        lame: [],
      });
    });

    it("finds the lowest zone where a subdomain is delegated on", async () => {
      const below = [...known, ns(name, "ns1.example.com")];
      const dns = await lookup({ resolver: resolving(below), ns1: serving(name, []) });
      const found = await dns.delegation(name);
      assert.ok(found.kind === "delegated" && found.zone === name);
    });

    it("names a server that does not serve the zone it is named for", async () => {
      const dns = await lookup({
        resolver: resolving(known),
        ns1: serving(zone, []),
        ns2: () => ({ rcode: "REFUSED" }),
      });
      const found = await dns.delegation(name);
      assert.ok(found.kind === "delegated");
      assert.deepEqual(found.lame, ["ns2.example.com"]);
    });

    it("names the wrong servers at the parent within seconds, where none of them serves the zone", async () => {
      const started = performance.now();
      const dns = await lookup({
        resolver: (question) =>
          question.name === zone || question.name.endsWith("." + name) || question.name === name
            ? { rcode: "SERVFAIL" }
            : resolving([ns("com", "ns.com"), a("ns.com", "127.0.0.5"), a("old.host.test", "127.0.0.3")])(
                question,
              ),
        ns1: () => ({ rcode: "REFUSED" }),
        parent: () => ({ authorities: [ns(zone, "old.host.test")] }),
      });
      assert.deepEqual(await dns.delegation(name), {
        kind: "broken",
        zone,
        nameServers: ["old.host.test"],
        serversAnswer: false,
      });
      const answer = await dns.ask(name, "TXT");
      assert.ok(answer.kind === "failed" && answer.reason.includes("do not answer"));
      assert.ok(performance.now() - started < 20_000);
    });

    it("tells broken DNSSEC from wrong servers: the servers answer, resolvers do not", async () => {
      const dns = await lookup({
        resolver: (question) =>
          question.name === zone || question.name === name
            ? { rcode: "SERVFAIL" }
            : resolving([ns("com", "ns.com"), a("ns.com", "127.0.0.5"), a("ns1.example.com", "127.0.0.3")])(
                question,
              ),
        ns1: serving(zone, []),
        parent: () => ({ authorities: [ns(zone, "ns1.example.com")] }),
      });
      const found = await dns.delegation(name);
      assert.ok(found.kind === "broken" && found.serversAnswer);
    });

    it("says that nobody registered the domain, where only the suffix answers", async () => {
      const dns = await lookup({ resolver: resolving([ns("com", "ns.com"), a("ns.com", "127.0.0.5")]) });
      assert.deepEqual(await dns.delegation(name), { kind: "not-delegated", domain: zone });
      const answer = await dns.ask(name, "TXT");
      assert.ok(answer.kind === "none" && !answer.nameExists);
    });
  });

  it("does not take a private zone, from which the resolver answers, for the one that the world sees", async () => {
    await servers.listen(
      "127.0.0.9",
      resolving([ns("com", "ns.com"), ...ROUTE53_PRIVATE.map((each) => ns(zone, each))]),
    );
    const dns = createLookup({
      resolvers: [`127.0.0.9:${servers.port}`],
      port: servers.port,
      timeoutMs: 2000,
    });
    for (const outcome of [await dns.ask(name, "MX"), await dns.delegation(name)])
      assert.ok(
        outcome.kind === "unreachable" && outcome.reason.includes("private zone"),
        JSON.stringify(outcome),
      );
    assert.equal((await dns.servedBy(name)).kind, "unseen");
    assert.equal(await dns.isAbsent(name, "MX"), false);
  });

  describe("where the DNS cannot be reached", () => {
    it("says so in bounded time, when nothing answers", async () => {
      const dns = await lookup({ resolver: () => undefined }, 400);
      const started = performance.now();
      const answer = await dns.ask(name, "TXT");
      assert.ok(answer.kind === "unreachable" && answer.reason.includes("127.0.0.2"));
      assert.ok((await dns.delegation(name)).kind === "unreachable");
      assert.ok(performance.now() - started < 15_000);
    });

    it("says so at once, when nobody listens", async () => {
      await servers.listen("127.0.0.2", () => undefined);
      const { port } = servers;
      await servers.close();
      const started = performance.now();
      const answer = await createLookup({ resolvers: [`127.0.0.2:${port}`] }).ask(name, "MX");
      assert.ok(answer.kind === "unreachable" && /connection refused/.test(answer.reason));
      assert.ok(performance.now() - started < 15_000);
    });

    it("does not believe a closed network's resolver, to which not even com exists", async () => {
      const dns = await lookup({ resolver: () => ({ rcode: "NXDOMAIN" }) });
      const answer = await dns.ask(name, "TXT");
      assert.ok(answer.kind === "unreachable" && answer.reason.includes("does not even know com"));
      assert.equal((await dns.delegation(name)).kind, "unreachable");
    });

    it("says so, when the resolver refuses everything", async () => {
      const dns = await lookup({ resolver: () => ({ rcode: "REFUSED" }) });
      const answer = await dns.ask(name, "TXT");
      assert.ok(answer.kind === "unreachable" && answer.reason.includes("REFUSED"));
    });
  });

  describe("of configured servers", () => {
    it("asks those alone", async () => {
      await servers.listen("127.0.0.2", serving(zone, [txt(name, "internal")]));
      const dns = createLookup({ servers: [`127.0.0.2:${servers.port}`], resolvers: ["127.0.0.9:1"] });
      const answer = await dns.ask(name, "TXT");
      assert.ok(answer.kind === "found" && answer.records[0]!.value === "internal");
      assert.deepEqual(await dns.delegation(name), {
        kind: "configured",
        servers: [`127.0.0.2:${servers.port}`],
      });
    });

    /** One server that is configured, with the script. */
    const seen = async (script: Script, timeoutMs = 2000) => {
      await servers.listen("127.0.0.2", script);
      const server = `127.0.0.2:${servers.port}`;
      return { dns: createLookup({ servers: [server], timeoutMs }), server };
    };
    const publicDns = [ns("com", "ns.com"), ns(zone, "ns1.elsewhere.test"), soa(zone)];

    it("that resolve tells whom the zone is delegated to, in their word, without a way to those", async () => {
      const { dns, server } = await seen(resolving(publicDns));
      assert.deepEqual(await dns.delegation(name), {
        kind: "delegated",
        zone,
        nameServers: ["ns1.elsewhere.test"],
        lame: [],
        seenBy: [server],
      });
      assert.ok(!servers.asked["127.0.0.2"]!.some((asked) => /^A/.test(asked)), "nobody else is looked for");
    });

    it("that serve the zone themselves, as the inner side of a split horizon does, tells nothing of the outer side", async () => {
      const inner = [ns(zone, "ns.internal.test"), txt(name, "internal")];
      const { dns, server } = await seen(serving(zone, inner));
      assert.deepEqual(await dns.delegation(name), { kind: "configured", servers: [server] });
    });

    for (const [vendor, privateServers] of [
      ["Route 53", ROUTE53_PRIVATE],
      ["Google Cloud", ["ns-gcp-private.googledomains.com"]],
      ["Azure", ["azureprivatedns.net"]],
    ] as const)
      it(`that answer from a private zone of ${vendor} tell nothing of who serves it for the world`, async () => {
        const inner = [...privateServers.map((each) => ns(zone, each)), soa(zone), txt(name, "internal")];
        const { dns, server } = await seen(resolving([ns("com", "ns.com"), ...inner]));
        assert.deepEqual(await dns.delegation(name), { kind: "configured", servers: [server] });
        const served = await dns.servedBy(name);
        assert.ok(served.kind === "unseen" && served.reason.includes("private"), JSON.stringify(served));
      });

    it("that get no answer from those the zone is delegated to tells so, and from which zone on", async () => {
      const { dns, server } = await seen((question) =>
        question.name === zone || question.name.endsWith(`.${zone}`)
          ? { rcode: "SERVFAIL" }
          : resolving(publicDns)(question),
      );
      assert.deepEqual(await dns.delegation(name), {
        kind: "broken",
        zone,
        nameServers: [],
        serversAnswer: false,
        seenBy: [server],
      });
    });

    it("that serve the zone above and do not resolve tells to whom they refer", async () => {
      const cut = [ns(name, "ns1.old-host.example")];
      const { dns, server } = await seen((question) =>
        question.name === name || question.name.endsWith(`.${name}`)
          ? { authorities: cut }
          : serving(zone, [ns(zone, "ns1.example.com")])(question),
      );
      assert.deepEqual(await dns.delegation(name), {
        kind: "referred",
        zone: name,
        nameServers: ["ns1.old-host.example"],
        servers: [server],
      });
      const answer = await dns.ask(name, "TXT");
      assert.ok(answer.kind === "failed" && answer.reason === "it refers to other servers");
    });

    it("that know of no such domain tells that nobody registered it; that know nothing at all tells nothing", async () => {
      let closed = false;
      const { dns, server } = await seen((question) =>
        closed ? { rcode: "REFUSED" } : resolving([ns("com", "ns.com")])(question),
      );
      assert.deepEqual(await dns.delegation(name), { kind: "not-delegated", domain: zone, seenBy: [server] });
      closed = true;
      assert.deepEqual(await dns.delegation(name), { kind: "configured", servers: [server] });
    });

    it("that are silent tells that they cannot be reached, in bounded time", async () => {
      const { dns, server } = await seen(() => undefined, 400);
      const started = performance.now();
      const found = await dns.delegation(name);
      assert.ok(found.kind === "unreachable" && found.reason.includes(server));
      assert.ok(performance.now() - started < 15_000);
    });

    it("knows host:port in IPv4, IPv6 and by name, and refuses what is none", () => {
      assert.deepEqual(parseServer("192.0.2.1:5353"), { host: "192.0.2.1", port: 5353 });
      assert.deepEqual(parseServer("[2001:db8::1]:5353"), { host: "2001:db8::1", port: 5353 });
      assert.deepEqual(parseServer("2001:db8::1"), { host: "2001:db8::1", port: 53 });
      assert.deepEqual(parseServer("dns.internal"), { host: "dns.internal", port: 53 });
      assert.equal(serverText({ host: "2001:db8::1", port: 5353 }), "[2001:db8::1]:5353");
      for (const wrong of ["", "a:b", "1.2.3.4:99999", "1.2.3.4:0"])
        assert.throws(() => parseServer(wrong), /host:port/);
    });
  });

  describe("of all records of a domain", () => {
    const records: Partial<RecordSlots> = {
      ownership: { type: "TXT", name, value: "nylas-ownership-verify=abc" },
      spf: { type: "TXT", name, value: "v=spf1 -all" },
      feedback: { type: "MX", name: `bounce.${name}`, value: "feedback.nylas.example", priority: 10 },
    };

    it("asks each name and type once", async () => {
      const dns = await published([txt(name, "nylas-ownership-verify=abc"), txt(name, "v=spf1 -all")]);
      const observed = await observe(dns, records);
      assert.deepEqual(
        [observed.ownership?.kind, observed.spf?.kind, observed.feedback?.kind],
        ["found", "found", "none"],
      );
      assert.equal(servers.asked["127.0.0.3"]!.filter((asked) => asked === `TXT ${name}`).length, 1);
    });

    it("knows a wildcard's answer from a record", async () => {
      const wild: Script = ({ name: asked, type }) =>
        type === "MX" ? { aa: true, answers: [mx(asked, "catchall.example.com")] } : { aa: true };
      const dns = await lookup({ resolver: resolving(known), ns1: wild, ns2: wild });
      const { feedback } = await observe(dns, records);
      assert.ok(feedback?.kind === "found" && feedback.wildcard === true);
    });

    it("does not take a record somebody made for a wildcard's", async () => {
      const dns = await published([mx(`bounce.${name}`, "catchall.example.com")]);
      const { feedback } = await observe(dns, records);
      assert.ok(feedback?.kind === "found" && feedback.wildcard === undefined);
    });
  });
});

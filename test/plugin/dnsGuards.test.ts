import assert from "node:assert/strict";
import { a, cname, mx, NameServers, ns, soa, txt, type Says, type Script } from "../nameServers";
import { type Input } from "./stack";
import { domain, domainRecords, openWorld, publish, refused, succeeded, type Records } from "./world";

const DOMAIN = "agents.example.com";

describe("M14: before the first record is written", () => {
  const world = openWorld();
  let servers: NameServers;
  beforeEach(() => {
    servers = new NameServers();
  });
  afterEach(() => servers.close());

  const records = (more: Record<string, Input> = {}) =>
    world.stack.apply([
      domain("one", { domainName: DOMAIN }),
      domainRecords("records", { domainName: DOMAIN, domainId: (of) => of("one").id, ...more }),
    ]);
  const made = () => world.stack.state.some(({ name }) => name === "records");

  /** The DNS as one server tells it that `nylas:dnsServers` names. */
  const seenThrough = async (script: Script): Promise<void> => {
    await servers.listen("127.0.0.21", script);
    const dnsServers = JSON.stringify([`127.0.0.21:${servers.port}`]);
    world.stack.config = { ...world.config, "nylas:dnsServers": dnsServers };
  };
  /** A server of the zone that holds these answers for the domain alone. */
  const holding =
    (...answers: Parameters<typeof answerTo>[2]): Script =>
    ({ name, type }) =>
      answerTo(name, type, answers);

  describe("DNS that cannot be asked is a refusal, and allowUncheckedDns is the word that lets it through:", () => {
    const blind: Record<string, Script> = {
      SERVFAIL: () => ({ rcode: "SERVFAIL" }),
      REFUSED: () => ({ rcode: "REFUSED" }),
      "no answer": () => undefined,
      "it refers to other servers": () => ({ authorities: [ns("example.com", "ns1.elsewhere.test")] }),
    };
    for (const [reason, script] of Object.entries(blind)) {
      it(reason, async () => {
        await seenThrough(script);
        refused(
          await records(),
          `${DOMAIN}: DNS could not be asked from here`,
          reason,
          "No record was written",
          "allowUncheckedDns: true",
        );
        assert.equal(made(), false);
        const report = succeeded(await records({ allowUncheckedDns: true }));
        assert.equal(made(), true);
        assert.match(report.warnings.join("\n"), /it was not checked .*allowUncheckedDns is set/);
      });
    }

    it("also where one type alone cannot be asked", async () => {
      for (const failing of ["MX", "TXT", "A", "AAAA"]) {
        await seenThrough(({ name, type }) =>
          type === failing ? { rcode: "SERVFAIL" } : answerTo(name, type, []),
        );
        refused(await records(), "DNS could not be asked from here", failing);
        assert.equal(made(), false, failing);
        await servers.close();
      }
    });

    it("the word lets nothing else through: a foreign MX stays one", async () => {
      await seenThrough(holding(mx(DOMAIN, "aspmx.l.google.com", 1)));
      refused(
        await records({ allowUncheckedDns: true }),
        "already receives mail elsewhere: MX 1 aspmx.l.google.com",
      );
      assert.equal(made(), false);
    });

    it("an answer too long for a datagram is read, not taken for none", async () => {
      const many = Array.from({ length: 60 }, (_, at) =>
        mx(DOMAIN, `mail-${at}.a-rather-long-name.example.net`, at),
      );
      await seenThrough(holding(...many));
      refused(await records(), "already receives mail elsewhere", "mail-59.a-rather-long-name.example.net");
    });
  });

  describe("an address without an MX is a mail host (RFC 5321, 5.1), and allowImplicitMx is the word that lets it through:", () => {
    const hosts: Record<string, [Parameters<typeof answerTo>[2], string]> = {
      "an A record": [[a(DOMAIN, "192.0.2.25")], "an address (192.0.2.25)"],
      "only an AAAA record": [
        [{ type: "AAAA", name: DOMAIN, ttl: 60, data: "2001:db8::25" }],
        "an address (2001:db8::25)",
      ],
    };
    for (const [what, [answers, said]] of Object.entries(hosts)) {
      it(what, async () => {
        await seenThrough(holding(...answers));
        refused(await records(), `${DOMAIN} has no MX, but ${said}`, "allowImplicitMx: true");
        assert.equal(made(), false);
        succeeded(await records({ allowImplicitMx: true }));
        assert.equal(made(), true);
      });
    }

    // A program that publishes is refused for the alias itself: nothing can stand beside it.
    const aliased: typeof hosts = {
      "an alias that ends in an address": [
        [cname(DOMAIN, "mail.example.com"), a("mail.example.com", "192.0.2.26")],
        "an address through mail.example.com (192.0.2.26)",
      ],
      "an alias that leads to another zone": [
        [cname(DOMAIN, "app.host.example")],
        "an address (app.host.example)",
      ],
    };
    for (const [what, [answers, said]] of Object.entries(aliased)) {
      it(`${what}, where somebody else publishes the records`, async () => {
        await seenThrough(holding(...answers));
        const publishedAt = "zone file";
        refused(await records({ publishedAt }), `${DOMAIN} has no MX, but ${said}`, "allowImplicitMx: true");
        assert.equal(made(), false);
        const report = succeeded(await records({ publishedAt, allowImplicitMx: true }));
        assert.match(report.warnings.join("\n"), /is an alias \(CNAME\)/);
        assert.equal(made(), true);
      });
    }

    it("not where an MX of ours stands beside it: mail goes to that", async () => {
      await seenThrough(holding(a(DOMAIN, "192.0.2.25"), mx(DOMAIN, "inbound.us.mail.nylas-simulator.test")));
      succeeded(await records());
    });

    it("not for the answer of a wildcard, which goes away with the first record of the name", async () => {
      await seenThrough(({ name, type }) =>
        type === "A" && name.endsWith(".example.com")
          ? { aa: true, answers: [a(name, "192.0.2.1")] }
          : { aa: true },
      );
      succeeded(await records());
    });
  });

  it("a null MX is no foreign mail host, and is said to be in the way", async () => {
    await seenThrough(holding(mx(DOMAIN, ".", 0), a(DOMAIN, "192.0.2.25")));
    const report = refused(
      await records(),
      `${DOMAIN} has a null MX (MX 0 ., RFC 7505)`,
      "Remove the null MX first",
    );
    assert.doesNotMatch(
      report.errors.map(({ message }) => message).join(),
      /already receives mail elsewhere|allowImplicitMx/,
    );
    assert.equal(made(), false);
  });

  it("an empty name with other texts is free", async () => {
    await seenThrough(holding(txt(DOMAIN, "google-site-verification=x")));
    succeeded(await records());
  });
});

describe("findings 5 to 7: before the first record is written, all names are judged at once", () => {
  const world = openWorld();
  const apply = (more: Record<string, Input> = {}) =>
    world.stack.apply([
      domain("one", { domainName: DOMAIN }),
      domainRecords("records", { domainName: DOMAIN, domainId: (of) => of("one").id, ...more }),
    ]);
  const recorded = () => world.stack.state.find(({ name }) => name === "records");
  const slotsOf = () => recorded()!.outputs.records as Records;
  const put = (type: "MX" | "TXT" | "CNAME" | "A", name: string, content: string, priority = 10) =>
    world.sim.putRecord("example.com", { type, name, content, ...(type === "MX" ? { priority } : {}) });
  const dmarc = "v=DMARC1; p=reject";

  /** The records that Nylas asks for, with nothing left of the run that has asked. */
  const askedFor = async (): Promise<Records> => {
    succeeded(await apply());
    const records = slotsOf();
    world.sim.reset();
    world.stack.state = [];
    return records;
  };

  const rivals: Record<string, [(at: Records) => void, string[]]> = {
    "a second DMARC record": [
      () => put("TXT", `_dmarc.${DOMAIN}`, "v=DMARC1; p=none"),
      [
        `_dmarc.${DOMAIN} already has a DMARC record: "v=DMARC1; p=none"`,
        "Leave dmarc out",
        "adopt: { dmarc: ",
      ],
    ],
    "a second key at the DKIM selector": [
      ({ dkim }) => put("TXT", dkim!.name, "v=DKIM1; k=rsa; p=OLD"),
      ["p=OLD", "A second key at one selector", "Remove the old one", "adopt: { dkim: "],
    ],
    "a foreign feedback MX": [
      ({ feedback }) => put("MX", feedback!.name, "feedback-smtp.us-east-1.amazonses.com"),
      [
        "already receives mail elsewhere: MX 10 feedback-smtp.us-east-1.amazonses.com",
        "Remove the old MX first",
      ],
    ],
    "the same MX with another priority": [
      ({ mx }) => put("MX", DOMAIN, mx!.value, 20),
      ["with another priority: MX 20 ", "Nylas asks for 10 ", "adopt: { mx: "],
    ],
    "a CNAME at the domain": [
      () => put("CNAME", DOMAIN, "app.vercel.example"),
      [`${DOMAIN} is an alias (CNAME) for app.vercel.example`, "Use a subdomain of its own"],
    ],
    "a CNAME at the DKIM selector": [
      ({ dkim }) => put("CNAME", dkim!.name, "dkim.other.example"),
      ["is an alias (CNAME) for dkim.other.example", "Remove the CNAME first"],
    ],
    "a CNAME at _dmarc": [
      () => put("CNAME", `_dmarc.${DOMAIN}`, "_dmarc.example.com"),
      [`_dmarc.${DOMAIN} is an alias (CNAME) for _dmarc.example.com`],
    ],
  };
  for (const [what, [publishRival, said]] of Object.entries(rivals)) {
    it(`${what} is refused, and goes through when it is gone`, async () => {
      publishRival(await askedFor());
      refused(await apply({ dmarc }), "none was written", ...said);
      assert.equal(recorded(), undefined);
      for (const { id } of world.sim.state().zones[0]!.records) world.sim.removeRecord("example.com", id);
      succeeded(await apply({ dmarc }));
    });
  }

  it("everything that is in the way is named at once", async () => {
    const at = await askedFor();
    for (const [what, [publishRival]] of Object.entries(rivals))
      if (!what.includes("CNAME")) publishRival(at);
    refused(
      await apply({ dmarc }),
      ...Object.entries(rivals).flatMap(([what, [, said]]) => (what.includes("CNAME") ? [] : said)),
    );
  });

  it("what somebody else publishes is only warned of, as they need the new values to put it right; mail is never cut off", async () => {
    const at = await askedFor();
    rivals["a second key at the DKIM selector"]![0](at);
    rivals["a second DMARC record"]![0](at);
    const report = succeeded(await apply({ dmarc, publishedAt: "zone file" }));
    assert.match(report.warnings.join("\n"), /A second key at one selector[\s\S]*already has a DMARC record/);
    world.stack.state = world.stack.state.filter(({ name }) => name !== "records");
    rivals["a foreign feedback MX"]![0](at);
    refused(await apply({ dmarc, publishedAt: "zone file" }), "already receives mail elsewhere");
  });

  it("records that this stack has published itself are in nobody's way when they are asked for anew", async () => {
    succeeded(await apply({ dmarc }));
    const before = slotsOf();
    publish(world.sim, before);
    put("TXT", `_dmarc.${DOMAIN}`, dmarc);
    const spf = {
      ...before.spf!,
      value: `${before.spf!.value.replace(/ \S+$/, "")} include:_spf.example.net ~all`,
    };
    succeeded(
      await apply({ dmarc: "v=DMARC1; p=none", dkimKeyLength: 1024, known: { spf } as unknown as Input }),
    );
    assert.equal(slotsOf().spf!.value, spf.value);
    assert.notEqual(slotsOf().dkim!.value, before.dkim!.value);
  });

  describe("a wildcard is not the name's own record:", () => {
    const wildcards: Record<string, [() => void, RegExp]> = {
      "TXT v=spf1 -all": [() => put("TXT", "*.example.com", "v=spf1 -all"), /TXT "v=spf1 -all"/],
      MX: [() => put("MX", "*.example.com", "mx.corp.example"), /MX 10 mx\.corp\.example/],
      CNAME: [() => put("CNAME", "*.example.com", "pages.example.net"), /CNAME pages\.example\.net/],
      A: [() => put("A", "*.example.com", "192.0.2.80"), /A 192\.0\.2\.80/],
    };
    for (const [what, [publishWildcard, said]] of Object.entries(wildcards)) {
      it(`${what}: the records are published, and it is said what stops applying to the name`, async () => {
        publishWildcard();
        const report = succeeded(await apply({ dmarc }));
        const warnings = report.warnings.join("\n");
        assert.match(warnings, said);
        assert.match(warnings, /is answered by a wildcard of its zone today: .*this stops applying to/);
        assert.equal(warnings.match(/is answered by a wildcard/g)?.length, 1, warnings);
      });
    }

    it("an own record of the same content as the wildcard's is one, and is refused", async () => {
      put("MX", "*.example.com", "mx.corp.example");
      put("MX", DOMAIN, "mx.corp.example");
      refused(await apply(), "already receives mail elsewhere: MX 10 mx.corp.example");
    });

    it("an own record is one where the name below it exists alone", async () => {
      put("TXT", "*.example.com", "v=spf1 -all");
      put("TXT", DOMAIN, "v=spf1 include:other.example -all");
      refused(await apply(), 'already has an SPF record: "v=spf1 include:other.example -all"');
    });
  });

  it("a proposed merge of SPF records is counted, nested look-ups included", async () => {
    put("TXT", DOMAIN, `v=spf1 ${[1, 2, 3, 4, 5].map((at) => `include:s${at}.example.com`).join(" ")} ~all`);
    for (const at of [1, 2, 3, 4, 5]) put("TXT", `s${at}.example.com`, "v=spf1 a mx ~all");
    refused(
      await apply(),
      "would not work",
      "receivers stop at 10 (RFC 7208, 4.6.4)",
      "Use a subdomain of its own",
    );
  });

  it("an SPF record that is declared and needs too many look-ups is warned of", async () => {
    const value = `v=spf1 ${Array.from({ length: 11 }, (_, at) => `a:h${at}.example.com`).join(" ")} ~all`;
    const report = succeeded(await apply({ known: { spf: { type: "TXT", name: DOMAIN, value } } }));
    assert.match(report.warnings.join("\n"), /does not work: it needs 11 look-ups/);
  });
});

function answerTo(name: string, type: string, all: NonNullable<Says["answers"]>): Says {
  const own = all.filter(
    (record) => record.name === name && (record.type === type || record.type === "CNAME"),
  );
  const alias = own.find((record) => record.type === "CNAME");
  const target = alias?.type === "CNAME" ? alias.data : undefined;
  const behind =
    target !== undefined ? all.filter((record) => record.name === target && record.type === type) : [];
  return own.length > 0
    ? { aa: true, answers: [...own, ...behind] }
    : { aa: true, authorities: [soa("example.com")] };
}

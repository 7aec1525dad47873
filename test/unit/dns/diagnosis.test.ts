import assert from "node:assert/strict";
import { diagnose, formatDiagnosis, type DiagnosisLine } from "../../../provider/dns/diagnosis";
import { shortened, type RecordReport } from "../../../provider/dns/recordFinding";
import type { Slot } from "../../../provider/dns/layout";
import { type Delegation, type LookupOutcome } from "../../../provider/dns/outcomes";
import type { DnsRecord } from "../../../provider/dns/records";

const domain = "agents.example.com";
const server = "ns1.example.com";
const expected = {
  ownership: { type: "TXT", name: domain, value: "nylas-ownership-verify=abc123" },
  spf: { type: "TXT", name: domain, value: "v=spf1 include:nylas.example -all" },
  mx: { type: "MX", name: domain, value: "inbound.nylas.example", priority: 10 },
  dkim: { type: "TXT", name: `k._domainkey.${domain}`, value: `v=DKIM1; k=rsa; p=${"M".repeat(380)}` },
  feedback: { type: "MX", name: `bounce.${domain}`, value: "feedback.nylas.example", priority: 10 },
  dmarc: { type: "TXT", name: `_dmarc.${domain}`, value: "v=DMARC1; p=reject" },
} satisfies { [S in Slot]?: DnsRecord };

const found = (...records: DnsRecord[]): LookupOutcome => ({
  kind: "found",
  records,
  servers: [{ server, records }],
});
const none: LookupOutcome = { kind: "none", nameExists: true, servers: [server] };

function judged(slot: keyof typeof expected, report: Partial<RecordReport>): DiagnosisLine {
  const records = { [slot]: { expected: expected[slot], published: none, verified: false, ...report } };
  return diagnose({ domain, records }).lines[0]!;
}

function generalOf(delegation: Delegation, publishedBy?: string): string[] {
  return diagnose({
    domain,
    records: { mx: { expected: expected.mx, published: none, verified: false } },
    delegation,
    publishedBy,
  }).general;
}

describe("the diagnosis of a record", () => {
  for (const verified of [true, false]) {
    it(`finding 5: names two DMARC records, ${verified ? "verified or not" : "and does not say to wait"}`, () => {
      const other = { ...expected.dmarc, value: "v=DMARC1; p=none" };
      const { finding, problem } = judged("dmarc", { published: found(expected.dmarc, other), verified });
      assert.equal(finding, "duplicate");
      assert.match(problem!, /remove the other DMARC record \(v=DMARC1; p=none\)/);
      const text = { ...expected.dmarc, value: "see our wiki" };
      const beside = judged("dmarc", { published: found(expected.dmarc, text), verified });
      assert.notEqual(beside.finding, "duplicate");
    });
  }

  it("finding 6: takes a wildcard's CNAME for none of the name", () => {
    const { finding, problem } = judged("mx", {
      published: { kind: "alias", target: "pages.example", servers: [server], wildcard: true },
    });
    assert.equal(finding, "wildcard");
    assert.match(problem!, /publish it: agents\.example\.com MX/);
  });

  it("that is missing says what to publish where", () => {
    const { finding, problem, published } = judged("mx", {});
    assert.equal(finding, "missing");
    assert.equal(problem, "publish it: agents.example.com MX 10 inbound.nylas.example");
    assert.equal(published, "(no MX)");
  });

  it("is missing too where the name holds other texts only", () => {
    const { finding, published } = judged("spf", {
      published: found({ ...expected.spf, value: "google-site=1" }),
    });
    assert.deepEqual([finding, published], ["missing", "(other TXT only)"]);
  });

  it("that is missing is shown short in the table and whole in the advice, to be copied", () => {
    const { expected: cell, problem } = judged("dkim", {});
    assert.equal(cell.length, 44);
    assert.equal(problem, `publish it: ${expected.dkim.name} TXT ${expected.dkim.value}`);
  });

  it("with a wrong value shows what stands there shortened, and what has to stand there whole", () => {
    const old = `v=DKIM1; k=rsa; p=${"A".repeat(380)}`;
    const { finding, problem } = judged("dkim", { published: found({ ...expected.dkim, value: old }) });
    assert.equal(finding, "wrong");
    assert.match(problem!, /p=A+…A+ stands there; change it to /);
    assert.ok(problem!.endsWith(expected.dkim.value));
  });

  it("with an old ownership token names the likely cause", () => {
    const { problem } = judged("ownership", {
      published: found({ ...expected.ownership, value: "nylas-ownership-verify=old" }),
    });
    assert.match(problem!, /earlier attempt.*change it to nylas-ownership-verify=abc123/);
  });

  it("with the quotes inside the text, or without its blanks, says so", () => {
    const quoted = found({ ...expected.spf, value: `"${expected.spf.value}"` });
    assert.match(
      judged("ownership", { published: found({ ...expected.ownership, value: `"x` }) }).problem!,
      /publish it/,
    );
    assert.match(judged("spf", { published: quoted }).problem!, /publish it/);
    const dkim = found({ ...expected.dkim, value: expected.dkim.value.replaceAll(" ", "") });
    assert.match(judged("dkim", { published: dkim }).problem!, /blanks were lost/);
    const dkimQuoted = found({ ...expected.dkim, value: `"${expected.dkim.value}"` });
    assert.match(judged("dkim", { published: dkimQuoted }).problem!, /quotes have become part/);
  });

  it("with another priority only says that mail arrives", () => {
    const { finding, problem } = judged("mx", { published: found({ ...expected.mx, priority: 20 }) });
    assert.equal(finding, "wrong");
    assert.match(problem!, /priority differs \(20 instead of 10\)/);
  });

  it("beside a foreign MX asks for that to be removed, even where Nylas is content", () => {
    const both = found(expected.mx, { ...expected.mx, value: "aspmx.l.google.com", priority: 1 });
    const { finding, problem } = judged("mx", { published: both, verified: true });
    assert.equal(finding, "duplicate");
    assert.match(problem!, /remove the other MX \(1 aspmx\.l\.google\.com\)/);
  });

  it("beside a second SPF prints the one that serves both", () => {
    const both = found(expected.spf, { ...expected.spf, value: "v=spf1 include:_spf.google.com ~all" });
    const { finding, problem } = judged("spf", { published: both });
    assert.equal(finding, "duplicate");
    assert.ok(problem!.endsWith("v=spf1 include:nylas.example include:_spf.google.com -all"));
  });

  it("that comes from a wildcard asks for a record of its own", () => {
    const wild = found({ ...expected.feedback, value: "catchall.example.com" }) as LookupOutcome & {
      kind: "found";
    };
    const { finding, problem } = judged("feedback", { published: { ...wild, wildcard: true } });
    assert.equal(finding, "wildcard");
    assert.match(problem!, /wildcard.*publish it: bounce\.agents\.example\.com MX/);
  });

  it("at an alias asks for the alias to go", () => {
    const alias: LookupOutcome = { kind: "alias", target: "x.example.net", servers: [server] };
    assert.match(
      judged("mx", { published: alias }).problem!,
      /alias \(CNAME\) for x\.example\.net.*remove the CNAME/,
    );
  });

  it("where DNS is not reachable never says missing", () => {
    const { finding, problem, published } = judged("mx", {
      published: { kind: "unreachable", reason: "no answer" },
    });
    assert.deepEqual([finding, published], ["unknown", "(DNS not reachable)"]);
    assert.match(problem!, /not reachable from here/);
    assert.doesNotMatch(problem!, /publish|missing/);
  });

  it("where the servers fail names them and what they answer", () => {
    const failed: LookupOutcome = { kind: "failed", reason: "SERVFAIL", servers: [server] };
    const { finding, problem } = judged("mx", { published: failed });
    assert.equal(finding, "unknown");
    assert.match(problem!, /SERVFAIL.*ns1\.example\.com/);
  });

  it("that is published and unseen by Nylas asks for patience and nothing else", () => {
    const { finding, problem, published } = judged("mx", { published: found(expected.mx) });
    assert.deepEqual([finding, published], ["waiting", "the same"]);
    assert.match(problem!, /Nylas has not seen it yet/);
  });

  it("that one of the name servers lacks is spreading", () => {
    const half: LookupOutcome = {
      kind: "found",
      records: [expected.mx],
      servers: [
        { server, records: [expected.mx] },
        { server: "ns2.example.com", records: [] },
      ],
    };
    const { finding, problem } = judged("mx", { published: half });
    assert.equal(finding, "spreading");
    assert.match(problem!, /not yet on ns2\.example\.com/);
  });

  it("that is verified has nothing to say, even where DNS cannot be asked", () => {
    assert.equal(judged("mx", { published: found(expected.mx), verified: true }).problem, undefined);
    assert.equal(
      judged("mx", { published: { kind: "unreachable", reason: "x" }, verified: true }).problem,
      undefined,
    );
  });

  it("that was verified and is gone is missing; an ownership value is needed no more", () => {
    assert.match(judged("mx", { verified: true }).problem!, /verified once and is gone/);
    assert.equal(judged("ownership", { verified: true }).problem, undefined);
  });

  it("stands, where Nylas was not asked", () => {
    const line = judged("mx", { published: found(expected.mx), verified: undefined });
    assert.deepEqual([line.finding, line.problem, line.nylas], ["stands", undefined, "(not asked)"]);
  });
});

describe("the diagnosis of a domain", () => {
  it("names the wrong servers at the parent, and whose should be there", () => {
    const [problem] = generalOf(
      {
        kind: "broken",
        zone: "example.com",
        nameServers: ["ns1.old.test", "ns2.old.test"],
        serversAnswer: false,
      },
      "cloudflare",
    );
    assert.match(problem!, /delegated to ns1\.old\.test, ns2\.old\.test that do not serve it.*Cloudflare/);
  });

  it("tells broken DNSSEC from wrong servers", () => {
    const broken: Delegation = {
      kind: "broken",
      zone: "example.com",
      nameServers: [server],
      serversAnswer: true,
    };
    assert.match(generalOf(broken)[0]!, /DNSSEC.*DS record/);
  });

  it("names a zone that is served by another vendor, as long as nothing of ours is there", () => {
    const elsewhere: Delegation = {
      kind: "delegated",
      zone: "example.com",
      nameServers: ["ns1.registrar.test"],
      lame: [],
    };
    assert.match(generalOf(elsewhere, "cloudflare")[0]!, /served by ns1\.registrar\.test.*Cloudflare/);
    const stands = { mx: { expected: expected.mx, published: found(expected.mx), verified: false } };
    assert.deepEqual(
      diagnose({ domain, records: stands, delegation: elsewhere, publishedBy: "cloudflare" }).general,
      [],
    );
  });

  it("takes Cloudflare's and Route 53's servers for theirs", () => {
    const at = (name: string): Delegation => ({
      kind: "delegated",
      zone: "example.com",
      nameServers: [name],
      lame: [],
    });
    assert.deepEqual(generalOf(at("ada.ns.cloudflare.com"), "cloudflare"), []);
    assert.deepEqual(generalOf(at("ns-12.awsdns-34.co.uk"), "route53"), []);
    assert.equal(generalOf(at("ns-12.awsdns-34.co.uk"), "cloudflare").length, 1);
  });

  it("sends what a person has to publish to whoever runs the zone, not to the registrar", () => {
    const delegation: Delegation = {
      kind: "delegated",
      zone: "example.com",
      nameServers: ["ns1.customer.test"],
      lame: [],
    };
    const [general] = generalOf(delegation, "zone-file");
    assert.match(general!, /hand them to whoever runs the zone example\.com \(at ns1\.customer\.test\)/);
    assert.doesNotMatch(general!, /registrar/);
  });

  it("names lame servers, an unregistered domain, and a DNS out of reach with the way around it", () => {
    const lame: Delegation = {
      kind: "delegated",
      zone: "example.com",
      nameServers: ["ada.ns.cloudflare.com", "b.test"],
      lame: ["b.test"],
    };
    assert.match(
      generalOf(lame, "cloudflare")[0]!,
      /b\.test is named for example\.com and does not serve it/,
    );
    assert.match(
      generalOf({ kind: "not-delegated", domain: "example.com" })[0]!,
      /not in the DNS: register it/,
    );
    assert.match(
      generalOf({ kind: "unreachable", reason: "192.0.2.1: no answer" })[0]!,
      /192\.0\.2\.1.*nylas:dnsServers/,
    );
  });

  it("says whose word it is, where the servers of nylas:dnsServers were asked: they may see another side of a split horizon", () => {
    const seenBy = ["10.0.0.53"];
    const whose = "(as 10.0.0.53, of nylas:dnsServers, sees it)";
    const servers = ["ns1.old.test"];
    const elsewhere = generalOf({
      kind: "delegated",
      zone: "example.com",
      nameServers: servers,
      lame: [],
      seenBy,
    });
    assert.ok(
      elsewhere[0]!.includes("served by ns1.old.test") && elsewhere[0]!.endsWith(whose),
      elsewhere[0],
    );
    const broken: Delegation = {
      kind: "broken",
      zone: "example.com",
      nameServers: [],
      serversAnswer: false,
      seenBy,
    };
    assert.match(
      generalOf(broken, "route53")[0]!,
      /give no answer for it: at the registrar .*Route 53; where they are named, remove a DS record of other keys \(as/,
    );
    const named = generalOf({ ...broken, nameServers: servers })[0]!;
    assert.match(named, /example\.com is delegated to \(ns1\.old\.test\) give no answer/);
    assert.ok(generalOf({ kind: "not-delegated", domain: "example.com", seenBy })[0]!.endsWith(whose));
    assert.deepEqual(generalOf({ kind: "configured", servers: seenBy }), []);
  });

  it("names the servers that the one of nylas:dnsServers refers to, whichever of the two is wrong", () => {
    const [problem] = generalOf(
      { kind: "referred", zone: domain, nameServers: ["ns1.old.test"], servers: ["10.0.0.53"] },
      "cloudflare",
    );
    assert.match(
      problem!,
      /10\.0\.0\.53 \(of nylas:dnsServers\) does not answer for agents\.example\.com and refers to ns1\.old\.test/,
    );
    assert.match(
      problem!,
      /not the servers of Cloudflare, correct the NS records.*name a server in nylas:dnsServers that serves/,
    );
  });

  it("counts as problems only what somebody has to act on", () => {
    const { problems } = diagnose({
      domain,
      records: {
        ownership: { expected: expected.ownership, published: found(expected.ownership), verified: true },
        mx: { expected: expected.mx, published: found(expected.mx), verified: false },
        dkim: { expected: expected.dkim, published: none, verified: false },
        feedback: {
          expected: expected.feedback,
          published: { kind: "unreachable", reason: "x" },
          verified: false,
        },
      },
    });
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /^dkim TXT at k\._domainkey\.agents\.example\.com: publish it/);
  });
});

describe("the table of a diagnosis", () => {
  it("sets record, expectation, publication and Nylas' word side by side, and the advice below", () => {
    const table = formatDiagnosis(
      diagnose({
        domain,
        records: {
          ownership: { expected: expected.ownership, published: found(expected.ownership), verified: true },
          mx: {
            expected: expected.mx,
            published: none,
            verified: false,
            status: "pending",
            message: "No MX found.",
          },
        },
      }),
    );
    assert.equal(
      table,
      [
        "DNS of agents.example.com:",
        "  record         Nylas expects                  published  Nylas says",
        "  -------------  -----------------------------  ---------  ---------------------",
        "  agents.example.com",
        "  ownership TXT  nylas-ownership-verify=abc123  the same   verified",
        "  mx MX          10 inbound.nylas.example       (no MX)    pending: No MX found.",
        "      → publish it: agents.example.com MX 10 inbound.nylas.example",
      ].join("\n"),
    );
  });

  it("keeps the beginning and the end of a long value, and no control character", () => {
    assert.equal(shortened("short"), "short");
    const text = shortened("a".repeat(100) + "end");
    assert.equal(text.length, 44);
    assert.ok(text.endsWith("end") && text.startsWith("aaa"));
    assert.equal(shortened("a\u001b[31m\nb"), "a?[31m?b");
  });
});

import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  decodeTxt,
  hostToName,
  isWithin,
  nameProblem,
  normaliseName,
  parseMx,
  quoteTxt,
  recordFromAttempt,
  sameRecord,
  sameRecords,
  txtStrings,
  unquoteTxt,
  type DnsRecord,
} from "../../../provider/dns/records";

const domain = "agents.example.com";
const text = fc.string({ unit: "binary", maxLength: 700 }).filter((s) => Buffer.from(s).toString() === s);
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
const name = fc.array(label, { minLength: 2, maxLength: 5 }).map((labels) => labels.join("."));

describe("names", () => {
  it("are lower case, punycode and without the final dot", () => {
    assert.equal(normaliseName(" Agents.Bücher.Example. "), "agents.xn--bcher-kva.example");
    assert.equal(normaliseName("_DMARC.example.com"), "_dmarc.example.com");
  });

  it("keep digits that an URL parser would take for an address", () => {
    assert.equal(normaliseName("123"), "123");
    assert.equal(normaliseName("0x7f.1"), "0x7f.1");
  });

  it("normalise to the same name however often it is done", () => {
    fc.assert(
      fc.property(fc.oneof(name, fc.domain(), fc.string()), (n) => {
        const once = normaliseName(n);
        if (!once.endsWith(".") && once === once.trim()) assert.equal(normaliseName(once), once);
      }),
    );
  });

  it("lie in a domain only at the boundary of a label", () => {
    assert.equal(isWithin("agents.example.com", "example.com"), true);
    assert.equal(isWithin("example.com", "example.com"), true);
    assert.equal(isWithin("myexample.com", "example.com"), false);
  });

  it("that cannot stand in the DNS are told why", () => {
    assert.match(nameProblem("a..b") ?? "", /empty label/);
    assert.match(nameProblem("x".repeat(64) + ".com") ?? "", /64 characters/);
    assert.match(nameProblem("a b.com") ?? "", /not allowed: "a b"/);
    assert.match(nameProblem(Array(64).fill("abcd").join(".")) ?? "", /253/);
    assert.equal(nameProblem("_dmarc.example.com"), undefined);
  });
});

describe("the host in an answer of Nylas", () => {
  for (const host of ["@", "", " @ ", "agents.example.com", "agents.example.com.", "AGENTS.Example.com"]) {
    it(`${JSON.stringify(host)} is the domain itself`, () => assert.equal(hostToName(domain, host), domain));
  }

  it("that is relative lies below the registered domain, not below the zone", () => {
    assert.equal(hostToName(domain, "nylas._domainkey"), "nylas._domainkey.agents.example.com");
    assert.equal(hostToName(domain, "example.com"), "example.com.agents.example.com");
  });

  it("that is a full name stays what it is, with and without the final dot", () => {
    assert.equal(
      hostToName(domain, "nylas._domainkey.agents.example.com"),
      "nylas._domainkey.agents.example.com",
    );
    assert.equal(
      hostToName(domain, "nylas._domainkey.agents.example.com."),
      "nylas._domainkey.agents.example.com",
    );
  });

  it("that is absolute and elsewhere is not moved below the domain", () => {
    assert.equal(hostToName(domain, "example.com."), "example.com");
  });

  it("gives the same name in each of its forms", () => {
    fc.assert(
      fc.property(name, label, (base, host) => {
        const full = `${host}.${base}`;
        for (const form of [host, full, full + ".", full.toUpperCase()])
          assert.equal(hostToName(base, form), full);
      }),
    );
  });
});

describe("a record from an answer of Nylas", () => {
  it("has its priority from the value of the MX", () => {
    assert.deepEqual(
      recordFromAttempt(domain, "mx", { host: "@", type: "MX", value: "20  Inbound.Nylas.com." }),
      {
        type: "MX",
        name: domain,
        value: "inbound.nylas.com",
        priority: 20,
      },
    );
  });

  it("has priority 10 where the value holds none", () => {
    assert.deepEqual(parseMx("inbound.nylas.com."), { priority: 10, target: "inbound.nylas.com" });
    assert.deepEqual(parseMx("0 inbound.nylas.com"), { priority: 0, target: "inbound.nylas.com" });
  });

  it("has a TXT without its quotes and in one piece", () => {
    const answer = { host: "k._domainkey", type: "txt", value: '"v=DKIM1; k=rsa; " "p=MIIB"' };
    assert.deepEqual(recordFromAttempt(domain, "dkim", answer), {
      type: "TXT",
      name: "k._domainkey.agents.example.com",
      value: "v=DKIM1; k=rsa; p=MIIB",
    });
  });

  it("takes host and type from the layout where Nylas leaves them out", () => {
    const answer = { host: undefined, type: undefined, value: "v=spf1 -all" };
    assert.deepEqual(recordFromAttempt(domain, "spf", answer, { host: "@", type: "TXT" }), {
      type: "TXT",
      name: domain,
      value: "v=spf1 -all",
    });
  });

  it("without a value, without a host or of another type is refused", () => {
    const good = { host: "@", type: "TXT", value: "x" };
    assert.throws(
      () => recordFromAttempt(domain, "spf", { ...good, value: " " }),
      /no value for the spf record/,
    );
    assert.throws(
      () => recordFromAttempt(domain, "dkim", { ...good, host: undefined }),
      /no host for the dkim record/,
    );
    assert.throws(() => recordFromAttempt(domain, "dkim", { ...good, type: "CNAME" }), /CNAME/);
    assert.throws(() => recordFromAttempt(domain, "dkim", { ...good, host: "a b" }), /not allowed/);
  });
});

describe("the text of a TXT record", () => {
  it("survives being quoted, whatever it holds", () => {
    fc.assert(fc.property(text, (value) => assert.equal(unquoteTxt(quoteTxt(value)), value)));
  });

  it("is quoted the same way whether it came quoted or not", () => {
    fc.assert(
      fc.property(text, (value) => assert.equal(quoteTxt(unquoteTxt(quoteTxt(value))), quoteTxt(value))),
    );
  });

  it("is cut at 255 bytes, not at 255 characters", () => {
    fc.assert(
      fc.property(text, (value) => {
        const strings = txtStrings(value);
        assert.ok(strings.every((s) => s.length <= 255));
        assert.ok(strings.slice(0, -1).every((s) => s.length === 255));
        assert.equal(Buffer.concat(strings).toString("utf8"), value);
      }),
    );
    assert.equal(txtStrings("ü".repeat(200)).length, 2);
  });

  it("of 255 bytes is one quoted string and of 256 bytes two", () => {
    assert.equal(quoteTxt("a".repeat(255)), `"${"a".repeat(255)}"`);
    assert.equal(quoteTxt("a".repeat(256)), `"${"a".repeat(255)}" "a"`);
    assert.equal(quoteTxt(""), '""');
  });

  it("is only printable ASCII once quoted", () => {
    fc.assert(fc.property(text, (value) => assert.match(quoteTxt(value), /^[\x20-\x7e]*$/)));
    assert.equal(quoteTxt('say "ü" \\'), '"say \\"\\195\\188\\" \\\\"');
  });

  it("that only looks quoted stays as it is", () => {
    for (const odd of ['"open', 'half "quoted"', '"a" b', "plain", '"a"b"'])
      assert.equal(unquoteTxt(odd), odd);
  });

  it("whose bytes are no UTF-8 is still read, byte by byte", () => {
    assert.equal(decodeTxt(Buffer.from([0x61, 0xff])), "a\u00ff");
  });
});

describe("records", () => {
  const mx: DnsRecord = { type: "MX", name: domain, value: "inbound.nylas.com", priority: 10 };

  it("are the same in spite of case, final dots and an unwritten default priority", () => {
    assert.ok(sameRecord(mx, { type: "MX", name: "Agents.example.com.", value: "Inbound.nylas.com." }));
  });

  it("differ by priority, and a TXT by the case of its text", () => {
    assert.ok(!sameRecord(mx, { ...mx, priority: 20 }));
    const txt: DnsRecord = { type: "TXT", name: domain, value: "Token=Ab" };
    assert.ok(!sameRecord(txt, { ...txt, value: "token=ab" }));
  });

  it("are compared as sets", () => {
    const other: DnsRecord = { ...mx, value: "mx2.nylas.com" };
    assert.ok(sameRecords([mx, other], [other, mx, mx]));
    assert.ok(!sameRecords([mx], [mx, other]));
    assert.ok(!sameRecords([mx, other], [mx]));
  });
});

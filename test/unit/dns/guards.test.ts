import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  findConflicts,
  foreignMx,
  includesSpf,
  isRegistrableDomain,
  isSpf,
  mergeSpf,
  sameSpf,
  spfConflict,
} from "../../../provider/dns/guards";
import type { RecordSlots } from "../../../provider/dns/layout";
import type { DnsRecord } from "../../../provider/dns/records";

const name = "agents.example.com";
const mx: DnsRecord = { type: "MX", name, value: "inbound.nylas.example", priority: 10 };
const spf: DnsRecord = { type: "TXT", name, value: "v=spf1 include:nylas.example -all" };
const records: RecordSlots = {
  mx,
  spf,
  ownership: { type: "TXT", name, value: "nylas-ownership-verify=abc" },
  dkim: { type: "TXT", name: `k._domainkey.${name}`, value: "v=DKIM1" },
  feedback: { type: "MX", name: `bounce.${name}`, value: "feedback.nylas.example", priority: 10 },
};

describe("a registrable domain", () => {
  for (const domain of ["example.com", "Example.CO.UK.", "company.uk.com", "co.uk", "bücher.example"]) {
    it(`is ${domain}`, () => assert.equal(isRegistrableDomain(domain), true));
  }
  for (const domain of ["agents.example.com", "agents.example.co.uk", "a.b.example.test"]) {
    it(`is not ${domain}`, () => assert.equal(isRegistrableDomain(domain), false));
  }
});

describe("what already stands at a domain", () => {
  it("is no obstacle when it is nothing, or what Nylas asks for, or unknown", () => {
    assert.deepEqual(findConflicts(records, { mx: [], txt: [] }), []);
    assert.deepEqual(
      findConflicts(records, { mx: [{ ...mx, priority: 5 }], txt: [spf, records.ownership] }),
      [],
    );
    assert.deepEqual(findConflicts(records, { mx: undefined, txt: undefined }), []);
  });

  it("is refused when it is somebody else's MX, naming it", () => {
    const google: DnsRecord = { ...mx, value: "aspmx.l.google.com", priority: 1 };
    const [problem] = findConflicts(records, { mx: [google, mx], txt: [] });
    assert.match(problem!, /MX 1 aspmx\.l\.google\.com\./);
    assert.doesNotMatch(problem!, /elsewhere: MX [^N]*nylas/);
    assert.deepEqual(foreignMx([mx], [google, mx]), [google]);
  });

  it("is refused when it is a second SPF record, with the text that serves both", () => {
    const [problem] = findConflicts(records, {
      mx: [],
      txt: [{ ...spf, value: "v=spf1 include:_spf.google.com ~all" }],
    });
    assert.ok(problem!.includes("v=spf1 include:nylas.example include:_spf.google.com -all"), problem);
  });
});

describe("SPF records", () => {
  it("are told from other texts", () => {
    assert.ok(
      isSpf("v=spf1 -all") && isSpf("V=SPF1") && !isSpf("v=spf10 -all") && !isSpf("google-site=v=spf1 "),
    );
  });

  it("that differ only in case, blanks and order are no conflict", () => {
    assert.ok(sameSpf("v=spf1  include:a include:B -all", "v=spf1 include:b include:a -ALL"));
    assert.equal(spfConflict(spf, ["v=spf1  include:NYLAS.example -all", "other"]), undefined);
  });

  it("merge to the senders of both and the stricter end", () => {
    assert.equal(
      mergeSpf("v=spf1 include:a ~all", "v=spf1 ip4:192.0.2.1 include:A -all"),
      "v=spf1 include:a ip4:192.0.2.1 -all",
    );
    assert.equal(mergeSpf("v=spf1 mx", "v=spf1 +mx a"), "v=spf1 mx a");
  });

  it("merge a redirect as an include, or nothing would follow it", () => {
    assert.equal(
      mergeSpf("v=spf1 include:a -all", "v=spf1 redirect=_spf.b"),
      "v=spf1 include:a include:_spf.b -all",
    );
    assert.equal(mergeSpf("v=spf1 mx", "v=spf1 redirect=_spf.b"), "v=spf1 mx include:_spf.b ~all");
  });

  it("merged include both sides, have one version, one `all` at the end, and merge no further", () => {
    const term = fc.constantFrom(
      "include:a",
      "include:b",
      "ip4:192.0.2.0/24",
      "mx",
      "a:x",
      "-all",
      "~all",
      "?all",
    );
    const record = fc.uniqueArray(term).map((terms) => ["v=spf1", ...terms].join(" "));
    fc.assert(
      fc.property(record, record, (a, b) => {
        const merged = mergeSpf(a, b);
        assert.ok(includesSpf(merged, a) && includesSpf(merged, b));
        assert.equal(merged.match(/v=spf1/g)?.length, 1);
        const ends = merged
          .split(" ")
          .flatMap((t, at, all) => (/all$/.test(t) ? [at === all.length - 1] : []));
        assert.ok(ends.length <= 1 && ends.every(Boolean));
        assert.equal(mergeSpf(merged, b), merged);
      }),
    );
  });
});

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { includesSpf, isRegistrableDomain, isSpf, mergeSpf, sameSpf } from "../../../provider/dns/guards";

describe("a registrable domain", () => {
  for (const domain of ["example.com", "Example.CO.UK.", "company.uk.com", "co.uk", "bücher.example"]) {
    it(`is ${domain}`, () => assert.equal(isRegistrableDomain(domain), true));
  }
  for (const domain of ["agents.example.com", "agents.example.co.uk", "a.b.example.test"]) {
    it(`is not ${domain}`, () => assert.equal(isRegistrableDomain(domain), false));
  }
});

describe("SPF records", () => {
  it("are told from other texts", () => {
    assert.ok(
      isSpf("v=spf1 -all") && isSpf("V=SPF1") && !isSpf("v=spf10 -all") && !isSpf("google-site=v=spf1 "),
    );
  });

  it("that differ only in case, blanks and order say the same", () => {
    assert.ok(sameSpf("v=spf1  include:a include:B -all", "v=spf1 include:b include:a -ALL"));
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

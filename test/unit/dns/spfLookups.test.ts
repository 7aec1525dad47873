import assert from "node:assert/strict";
import * as fc from "fast-check";
import { findConflicts } from "../../../provider/dns/conflicts";
import type { DnsRecord } from "../../../provider/dns/records";
import { countSpfLookups, spfProblem } from "../../../provider/dns/spfLookups";

/** Counts over records that stand in a table; what is not in it cannot be read. */
const count = (text: string, records: Record<string, string[]> = {}) =>
  countSpfLookups(text, (name) => Promise.resolve(records[name]));

describe("finding 9: the look-ups of an SPF record", () => {
  const one: [string, number][] = [
    ["v=spf1 -all", 0],
    ["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 exp=why.example ~all", 0],
    ["v=spf1 a mx ptr a:x.example mx:y.example/24 a/24 +mx//64 ?ptr:z.example exists:%{i}.x.example -all", 9],
    ["v=spf1 A:X.example Include:%{d2}.example -ALL", 2],
    // After `all` nobody looks at it.
    ["v=spf1 -all redirect=x.example", 0],
  ];
  for (const [text, number] of one)
    it(`are ${number} of ${text}`, async () => assert.equal((await count(text)).count, number));

  it("are counted through every include and redirect", async () => {
    const records = {
      "_spf.google.com": ["v=spf1 include:a.google.com include:b.google.com ~all", "other=text"],
      "a.google.com": ["v=spf1 ip4:192.0.2.1 ~all"],
      "b.google.com": ["v=spf1 a redirect=c.google.com"],
      "c.google.com": ["v=spf1 mx -all"],
    };
    const seen = await count("v=spf1 include:_SPF.google.com. include:a.google.com -all", records);
    assert.deepEqual(seen, { count: 7, unread: [], errors: [] });
    assert.equal(spfProblem(seen), undefined);
  });

  it("are counted as often as they are made", async () => {
    const records = { "x.example": ["v=spf1 a mx -all"] };
    assert.equal((await count("v=spf1 include:x.example include:x.example -all", records)).count, 6);
  });

  it("end in a loop, which is an error", async () => {
    const records = { "x.example": ["v=spf1 include:y.example"], "y.example": ["v=spf1 include:x.example"] };
    const seen = await count("v=spf1 include:x.example -all", records);
    assert.match(spfProblem(seen)!, /x\.example, which includes itself/);
  });

  it("name an include without a record, or with two", async () => {
    const seen = await count("v=spf1 include:x.example include:y.example", {
      "x.example": ["hello"],
      "y.example": ["v=spf1 a", "v=spf1 mx"],
    });
    assert.match(
      spfProblem(seen)!,
      /x\.example, which has no SPF record; .*y\.example, which has more than one/,
    );
  });

  it("name a term that no receiver knows, and let unknown modifiers be", async () => {
    for (const wrong of [
      "inlcude:x.example",
      "ipv4:192.0.2.1",
      "include:",
      "all:x",
      "a=",
      "include=x.example",
    ])
      assert.match(
        spfProblem(await count(`v=spf1 ${wrong} -all`)) ?? "",
        wrong.includes("=") ? /^$/ : /is no term of SPF/,
        wrong,
      );
    const nested = await count("v=spf1 include:x.example -all", { "x.example": ["v=spf1 inlude:y -all"] });
    assert.match(spfProblem(nested)!, /x\.example has "inlude:y", which is no term of SPF/);
    const fine = "v=spf1 +a:x.example/24//64 ?ip6:2001:db8::/32 exp=a.example ra=x -all";
    assert.equal(spfProblem(await count(fine)), undefined);
  });

  it("say that there may be more where a record cannot be read", async () => {
    const seen = await count(
      `v=spf1 ${Array.from({ length: 11 }, (_, at) => `include:${at}.example`).join(" ")} -all`,
    );
    assert.match(spfProblem(seen)!, /needs at least 11 look-ups, and receivers stop at 10/);
    assert.equal(spfProblem(await count("v=spf1 include:x.example -all")), undefined);
  });

  it("are asked for a limited number of times, whatever the records hold", async () => {
    const name = fc.integer({ min: 0, max: 6 }).map((at) => `n${at}.example`);
    const term = fc.oneof(
      name.map((each) => `include:${each}`),
      name.map((each) => `redirect=${each}`),
      fc.constantFrom("a", "mx", "ip4:192.0.2.1"),
    );
    const record = fc.array(term, { maxLength: 6 }).map((terms) => `v=spf1 ${terms.join(" ")}`);
    const zone = fc.array(record, { minLength: 7, maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(record, zone, async (text, texts) => {
        let asked = 0;
        const seen = await countSpfLookups(text, (each) => {
          asked++;
          return Promise.resolve([texts[Number(/\d/.exec(each)![0])]!]);
        });
        assert.ok(asked <= 7, "each name once");
        const own = text.split(" ").filter((each) => /^(include|redirect|a$|mx$)/.test(each)).length;
        assert.ok(seen.count >= own && seen.count < 500);
      }),
      { numRuns: 300 },
    );
  });
});

describe("finding 9: the proposal to merge two SPF records", () => {
  const spf: DnsRecord = {
    type: "TXT",
    name: "agents.example.com",
    value: "v=spf1 include:nylas.example ~all",
  };
  const rival = { ...spf, value: "v=spf1 include:_spf.google.com ~all" };
  const text = (number: number) =>
    findConflicts(
      { spf },
      { at: { spf: { records: [rival] } }, mergedSpf: { count: number, unread: [], errors: [] } },
    )[0]!.text;

  it("is made up to ten look-ups", () => {
    assert.match(
      text(10),
      /One record has to serve both:\n {4}v=spf1 include:nylas\.example include:_spf\.google\.com ~all/,
    );
    assert.doesNotMatch(text(10), /would not work|subdomain/);
  });

  it("says above ten that it would not work, and offers the subdomain", () => {
    assert.match(text(11), /would not work/);
    assert.match(text(11), /it needs 11 look-ups, and receivers stop at 10/);
    assert.match(text(11), /Use a subdomain of its own/);
    assert.doesNotMatch(text(11), /Put that text in place/);
  });
});

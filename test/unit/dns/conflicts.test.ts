import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  findConflicts,
  foreignMx,
  rivalsOf,
  standingAt,
  wildcardAnswers,
  type Standing,
} from "../../../provider/dns/conflicts";
import { slots, type RecordSlots, type Slot } from "../../../provider/dns/layout";
import type { LookupOutcome } from "../../../provider/dns/outcomes";
import type { DnsRecord } from "../../../provider/dns/records";

const name = "agents.example.com";
const records: RecordSlots = {
  ownership: { type: "TXT", name, value: "nylas-ownership-verify=abc" },
  spf: { type: "TXT", name, value: "v=spf1 include:nylas.example -all" },
  mx: { type: "MX", name, value: "inbound.nylas.example", priority: 10 },
  dkim: { type: "TXT", name: `k._domainkey.${name}`, value: "v=DKIM1; k=rsa; p=NEW" },
  feedback: { type: "MX", name: `bounce.${name}`, value: "feedback.nylas.example", priority: 10 },
  dmarc: { type: "TXT", name: `_dmarc.${name}`, value: "v=DMARC1; p=reject" },
};
const recordsOf = (more: Partial<Record<Slot, DnsRecord[]>>): Standing["at"] =>
  Object.fromEntries(slots.map((slot) => [slot, { records: more[slot] ?? [] }]));
const other = (slot: Slot, edit: Partial<DnsRecord>): DnsRecord => ({ ...records[slot]!, ...edit });

describe("finding 5 and 7: what stands at the names of a domain", () => {
  it("is in nobody's way when it is nothing, the records themselves, or unknown", () => {
    const same = Object.fromEntries(slots.map((slot) => [slot, [records[slot]!]]));
    for (const at of [{}, recordsOf({}), recordsOf(same)])
      assert.deepEqual(findConflicts(records, { at }), []);
  });

  /** Of each slot: a record beside it that is in the way, the harm, and what the message says. */
  const rivals: [string, Slot, DnsRecord, "mail" | "record", RegExp[]][] = [
    [
      "a foreign MX",
      "mx",
      other("mx", { value: "aspmx.l.google.com", priority: 1 }),
      "mail",
      [/MX 1 aspmx\.l\.google\.com\./, /subdomain of its own/],
    ],
    [
      "a null MX",
      "mx",
      other("mx", { value: "", priority: 0 }),
      "mail",
      [/null MX/, /Remove the null MX first/],
    ],
    [
      "the same MX with another priority",
      "mx",
      other("mx", { priority: 5 }),
      "record",
      [
        /MX 5 inbound\.nylas\.example; Nylas asks for 10 inbound/,
        /adopt: \{ mx: /,
        /known: \{ mx: \{ value: "5 inbound\.nylas\.example" \} \}/,
      ],
    ],
    [
      "a foreign feedback MX",
      "feedback",
      other("feedback", { value: "mx.sparkpost.example" }),
      "mail",
      [/wants the bounces/, /mx\.sparkpost\.example/, /Remove the old MX first/],
    ],
    [
      "the same feedback MX with another priority",
      "feedback",
      other("feedback", { priority: 20 }),
      "record",
      [/adopt: \{ feedback: /, /host: "bounce\.agents\.example\.com\."/],
    ],
    [
      "another SPF",
      "spf",
      other("spf", { value: "v=spf1 include:_spf.google.com ~all" }),
      "mail",
      [/v=spf1 include:nylas\.example include:_spf\.google\.com -all/, /adopt: \{ spf: /],
    ],
    [
      "an SPF of other words",
      "spf",
      other("spf", { value: "v=spf1  include:NYLAS.example -all" }),
      "record",
      [/says the same in other words/, /adopt: \{ spf: /],
    ],
    [
      "a second key",
      "dkim",
      other("dkim", { value: "v=DKIM1; p=OLD" }),
      "record",
      [/p=OLD/, /Remove the old one/, /known: \{ dkim: /, /adopt: \{ dkim: /],
    ],
    [
      "a second DMARC",
      "dmarc",
      other("dmarc", { value: "v=DMARC1; p=none" }),
      "record",
      [/v=DMARC1; p=none/, /Leave dmarc out/, /adopt: \{ dmarc: /],
    ],
  ];
  for (const [what, slot, rival, harm, said] of rivals) {
    it(`is refused when it is ${what}, naming it and the way on`, () => {
      const found = findConflicts(records, { at: recordsOf({ [slot]: [rival] }) });
      assert.deepEqual(
        found.map((each) => [each.slot, each.harm]),
        [[slot, harm]],
      );
      for (const each of said) assert.match(found[0]!.text, each);
      // Beside the record itself it is no less in the way.
      assert.equal(findConflicts(records, { at: recordsOf({ [slot]: [records[slot]!, rival] }) }).length, 1);
      assert.deepEqual(rivalsOf(slot, records[slot]!, [records[slot]!, rival]), [rival]);
      // What this stack has published itself is in nobody's way.
      assert.deepEqual(findConflicts(records, { at: recordsOf({ [slot]: [rival] }), own: [rival] }), []);
    });
  }

  const friends: [string, Slot, DnsRecord][] = [
    ["another text at the domain", "spf", other("spf", { value: "google-site-verification=x" })],
    [
      "an ownership value of an earlier attempt",
      "ownership",
      other("ownership", { value: "nylas-ownership-verify=old" }),
    ],
    ["a text at _dmarc that is no policy", "dmarc", other("dmarc", { value: "see our wiki" })],
  ];
  for (const [what, slot, friend] of friends) {
    it(`is let be when it is ${what}`, () => {
      assert.deepEqual(findConflicts(records, { at: recordsOf({ [slot]: [friend] }) }), []);
    });
  }

  for (const slot of slots) {
    it(`is refused when it is a CNAME at the name of ${slot}, once for each name`, () => {
      const at = Object.fromEntries(
        slots.map((each) => [
          each,
          {
            records: [],
            alias: records[each]!.name === records[slot]!.name ? "app.vercel.example" : undefined,
          },
        ]),
      );
      const found = findConflicts(records, { at });
      assert.deepEqual(
        found.map(({ harm }) => harm),
        ["record"],
      );
      assert.ok(
        found[0]!.text.startsWith(`${records[slot]!.name} is an alias (CNAME) for app.vercel.example`),
        found[0]!.text,
      );
      assert.match(found[0]!.text, /remove the CNAME first/i);
    });
  }

  it("is a host that takes mail where the name has an address and no MX, also behind an alias that somebody else publishes", () => {
    const addresses = { addresses: ["192.0.2.1"], alias: "app.vercel.example" };
    const at = { ...recordsOf({}), mx: { records: [], alias: "app.vercel.example" } };
    assert.deepEqual(
      findConflicts(records, { at, addresses }).map(({ harm }) => harm),
      ["record"],
    );
    const byHand = findConflicts(records, { at, addresses }, false);
    assert.deepEqual(byHand.map(({ harm }) => harm).sort(), ["mail", "record"]);
    assert.match(byHand.map(({ text }) => text).join(), /allowImplicitMx/);
  });

  it("is named whole: every conflict of every name at once", () => {
    const at = recordsOf(Object.fromEntries(rivals.map(([, slot, rival]) => [slot, [rival]])));
    assert.equal(findConflicts(records, { at }).length, 5);
  });

  it("never makes a conflict of a record that is equal, whatever else stands there", () => {
    const value = fc.constantFrom("v=spf1 -all", "v=DMARC1; p=none", "x", "v=DKIM1; p=A", "host.example", "");
    const standing = fc.array(fc.record({ value, priority: fc.nat(20) }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...slots), standing, (slot, found) => {
        const there = found.map((each) =>
          records[slot]!.type === "MX" ? other(slot, each) : other(slot, { value: each.value }),
        );
        const without = findConflicts(records, { at: recordsOf({ [slot]: there }) });
        const beside = findConflicts(records, { at: recordsOf({ [slot]: [records[slot]!, ...there] }) });
        assert.deepEqual(beside, without);
        assert.equal(without.length > 0, rivalsOf(slot, records[slot]!, there).length > 0);
      }),
    );
  });

  it("tells foreign MX records from those of Nylas, whatever the priority", () => {
    const google = other("mx", { value: "aspmx.l.google.com", priority: 1 });
    assert.deepEqual(foreignMx([records.mx], [google, other("mx", { priority: 1 })]), [google]);
  });
});

describe("finding 6: the answer of a wildcard", () => {
  const wild = (found: DnsRecord[]): LookupOutcome => ({
    kind: "found",
    records: found,
    servers: [],
    wildcard: true,
  });
  const seen: Partial<Record<Slot, LookupOutcome>> = {
    spf: wild([other("spf", { value: "v=spf1 -all" })]),
    mx: wild([other("mx", { value: "mx.corp.example" })]),
    dkim: { kind: "alias", target: "pages.example", servers: [], wildcard: true },
  };

  it("does not stand at the name", () => {
    const at = standingAt(seen);
    assert.deepEqual(at, {
      spf: { records: [] },
      mx: { records: [] },
      dkim: { records: [], alias: undefined },
    });
    assert.deepEqual(findConflicts(records, { at }), []);
  });

  it("is what stops applying, by name", () => {
    assert.deepEqual(
      [...wildcardAnswers(records, seen)],
      [
        [name, ['TXT "v=spf1 -all"', "MX 10 mx.corp.example"]],
        [`k._domainkey.${name}`, ["CNAME pages.example"]],
      ],
    );
  });
});

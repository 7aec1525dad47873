import assert from "node:assert/strict";
import fc from "fast-check";
import {
  isOfAnotherVendor,
  isServedAsBefore,
  moveBlocker,
  type ServedBy,
  type Servers,
  serversOfPlace,
} from "../../../provider/dns/move";

const by = (...nameServers: string[]): ServedBy => ({ zone: "example.com", nameServers });
const CUSTOMER = by("ns1.customer.example", "ns2.customer.example");
const OURS = by("ada.ns.cloudflare.com", "bob.ns.cloudflare.com");
const THIRD = by("cleo.ns.cloudflare.com", "dan.ns.cloudflare.com");

/**
 * C49: Nylas may verify a domain at its new place before the delegation has moved there, by the equal records at the old one. The name servers that
 * are seen then are those of the old place.
 */
describe("C49: the name servers of a place are recorded only when they can be told from those before", () => {
  const run = (...steps: [place: string, seen: ServedBy | undefined][]): Servers =>
    steps.reduce<Servers>(
      (recorded, [publishedAt, seen]) => ({ publishedAt, ...serversOfPlace(seen, publishedAt, recorded) }),
      {},
    );

  it("at the first place, whoever serves it", () => {
    assert.deepEqual(run(["zone file", CUSTOMER]).servedBy, CUSTOMER);
    assert.equal(run(["zone file", undefined]).servedBy, undefined);
    assert.deepEqual(run(["zone file", undefined], ["zone file", CUSTOMER]).servedBy, CUSTOMER);
  });

  it("at the first place, not the servers that served the same records before", () => {
    const recorded = { publishedAt: "cloudflare:a", ...serversOfPlace(CUSTOMER, "cloudflare:a", {}, true) };
    assert.deepEqual(recorded, { publishedAt: "cloudflare:a", servedBefore: CUSTOMER });
    assert.deepEqual(serversOfPlace(OURS, "cloudflare:a", recorded, true), { servedBy: OURS });
  });

  it("at a new place, not the servers of the old one, until others are seen", () => {
    const before = run(["zone file", CUSTOMER], ["cloudflare:a", CUSTOMER]);
    assert.equal(before.servedBy, undefined);
    assert.deepEqual(before.servedBefore, CUSTOMER);
    const steps: [string, ServedBy][] = [
      ["zone file", CUSTOMER],
      ["cloudflare:a", CUSTOMER],
      ["cloudflare:a", CUSTOMER],
      ["cloudflare:a", OURS],
    ];
    assert.deepEqual(run(...steps).servedBy, OURS);
  });

  it("at a new place, at once where the delegation has moved already", () => {
    assert.deepEqual(run(["zone file", CUSTOMER], ["cloudflare:a", OURS]).servedBy, OURS);
  });

  it("never, where nothing is known of the old place and the same servers stay", () => {
    const blind = run(["cloudflare:a", undefined], ["cloudflare:b", OURS], ["cloudflare:b", OURS]);
    assert.equal(blind.servedBy, undefined);
  });

  it("whatever the steps, the servers that a place is said to have were never those of the last place", () => {
    const servers = fc.constantFrom(CUSTOMER, OURS, THIRD, undefined);
    const step = fc.tuple(fc.constantFrom("a", "b", "c"), servers);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        let recorded: Servers = {};
        for (const [publishedAt, seen] of steps) {
          const last = recorded;
          recorded = { publishedAt, ...serversOfPlace(seen, publishedAt, recorded) };
          if (last.publishedAt !== undefined && last.publishedAt !== publishedAt && recorded.servedBy)
            assert.notDeepEqual(recorded.servedBy, last.servedBy);
          assert.ok(recorded.servedBy === undefined || recorded.servedBefore === undefined);
        }
      }),
    );
  });

  const blocked = (from: string, to: string, recorded: ServedBy | undefined, seen: ServedBy) =>
    moveBlocker({
      recorded,
      served: { kind: "served", lame: [], ...seen },
      vendors: { from, to },
      records: {},
      published: {},
    });

  it("what is served by servers of the old vendor's names has not moved to another vendor, nor to a zone file", () => {
    for (const recorded of [undefined, CUSTOMER, THIRD])
      for (const to of ["zone file", "route53", "own"])
        assert.match(blocked("cloudflare", to, recorded, OURS)?.reason ?? "", /is served by ada\.ns/);
  });

  it("without a record of the old servers, only servers of another vendor's names prove a move", () => {
    assert.equal(blocked("cloudflare", "cloudflare", undefined, OURS)?.blind, true);
    assert.equal(blocked("cloudflare", "zone file", undefined, CUSTOMER)?.blind, true);
    assert.equal(blocked("route53", "cloudflare", undefined, OURS), undefined);
  });

  it("tells the servers of another vendor, and the servers from before", () => {
    assert.ok(isOfAnotherVendor(OURS, "route53"));
    assert.ok(!isOfAnotherVendor(OURS, "cloudflare"));
    assert.ok(!isOfAnotherVendor(CUSTOMER, "cloudflare"), "they may be names of one's own");
    assert.ok(!isOfAnotherVendor(by("ns-1.awsdns-01.com", "ada.ns.cloudflare.com"), "cloudflare"));
    assert.ok(!isOfAnotherVendor(OURS, "own"));
    assert.ok(isServedAsBefore(by("b.example", "a.example"), by("a.example", "b.example")));
    assert.ok(!isServedAsBefore(by("a.example"), by("a.example", "b.example")));
    assert.ok(!isServedAsBefore({ ...OURS, zone: "agents.example.com" }, OURS));
  });
});

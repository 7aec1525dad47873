import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { familyOf, samePlace, sameResources } from "../../../provider/dns/place";
import { droppedRecords, placeChange, replacedFrom } from "../../../provider/resources/recordPlaces";

const secretly = (zone: string) => createHash("sha256").update(zone).digest("hex").slice(0, 16);
const ZONE = "023e105f4ecef8ad9ca31a8372d0c353";
const OTHER = "f".repeat(32);

describe("the place of records", () => {
  const id = fc.oneof(
    fc
      .string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 32, maxLength: 32 })
      .map((zone) => `cloudflare:${zone}`),
    fc
      .string({ unit: fc.constantFrom(..."ABCDEFGHIJ0123456789"), minLength: 10, maxLength: 20 })
      .map((zone) => `route53:Z${zone}`),
  );
  const end = fc.constantFrom("", " (new)", " (old)");

  it("N2: is the same when its zone id becomes a secret, or stops being one; another one is another", () => {
    fc.assert(
      fc.property(id, id, end, (a, b, suffix) => {
        const [vendor, zone] = a.split(":") as [string, string];
        const hidden = `${vendor}:${secretly(zone)}${suffix}`;
        assert.ok(
          samePlace(`${a}${suffix}`, hidden) &&
            samePlace(hidden, `${a}${suffix}`) &&
            samePlace(hidden, hidden),
        );
        assert.equal(samePlace(`${b}${suffix}`, hidden), a === b);
        assert.equal(familyOf(hidden), familyOf(`${a}${suffix}`));
      }),
    );
    assert.ok(!samePlace(`cloudflare:${ZONE}`, `cloudflare:${ZONE} (new)`));
    assert.ok(!samePlace("zone file", undefined) && !samePlace(undefined, `cloudflare:${ZONE}`));
    assert.ok(samePlace(undefined, undefined) && samePlace("our own adapter", "our own adapter"));
  });

  it("N2: a zone id that becomes a secret moves no record, and another zone that is one does", () => {
    const at = (publishedAt: string) => ({ domainName: "agents.example.com", records: {}, publishedAt });
    const plain = at(`cloudflare:${ZONE}`);
    assert.equal(placeChange(plain, at(`cloudflare:${secretly(ZONE)}`)), undefined);
    assert.equal(replacedFrom(plain, at(`cloudflare:${secretly(ZONE)}`)), undefined);
    assert.notEqual(placeChange(plain, at(`cloudflare:${secretly(OTHER)}`)), undefined);
    assert.equal(replacedFrom(plain, at(`cloudflare:${secretly(OTHER)}`)), plain.publishedAt);
    assert.ok(sameResources(plain.publishedAt, `cloudflare:${secretly(OTHER)}`));
  });
});

describe("G1: records that an adapter publishes no more", () => {
  const dmarc = { type: "TXT", name: "_dmarc.agents.example.com", value: "v=DMARC1; p=reject" } as const;
  const published = (names: string[], count = names.length, withDmarc = false) => ({
    domainName: "agents.example.com",
    records: withDmarc ? { dmarc } : {},
    publishedAt: `cloudflare:${ZONE}`,
    publishedIds: Array.from({ length: count }, (_, i) => `id-${i}`),
    publishedAs: names,
  });
  const five = published(["mx", "spf", "dkim", "feedback", "ownership"]);
  const table: [title: string, news: ReturnType<typeof published>, dropped: number][] = [
    ["the same", five, 0],
    ["one less", published(["spf", "dkim", "feedback", "ownership"]), 1],
    ["one more", published([...five.publishedAs, "note"]), -1],
    ["another in place of one", published(["note", "spf", "dkim", "feedback", "ownership"]), 1],
    ["two others in place of one", published(["a", "b", "spf", "dkim", "feedback", "ownership"]), 1],
    ["a DMARC record comes", published([...five.publishedAs, "dmarc"], 6, true), 0],
    [
      "a DMARC record comes in place of one",
      published(["spf", "dkim", "feedback", "ownership", "dmarc"], 5, true),
      1,
    ],
    ["other names, with the old ones as aliases", published([...five.publishedAs, "mx-new"], 5), 0],
  ];
  for (const [title, news, dropped] of table)
    it(title, () => assert.equal(droppedRecords(five, news), dropped));

  it("an alias is taken away, and a DMARC record goes", () => {
    const aliased = published([...five.publishedAs, "mx-old"], 5);
    assert.equal(droppedRecords(aliased, five), 0);
    assert.equal(droppedRecords(published([...five.publishedAs, "dmarc"], 6, true), five), 0);
  });

  it("nothing is told of records that move, or of a state that recorded none", () => {
    assert.equal(droppedRecords(five, { ...five, publishedAt: `cloudflare:${OTHER}` }), undefined);
    const { publishedIds: _none, ...older } = five;
    assert.equal(droppedRecords(older, published(["note"])), undefined);
  });
});

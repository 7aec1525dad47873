import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { familyOf, samePlace, sameResources } from "../../../provider/dns/place";
import { placeChange, replacedFrom } from "../../../provider/resources/recordPlaces";

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

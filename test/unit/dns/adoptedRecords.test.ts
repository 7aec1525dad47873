import assert from "node:assert/strict";
import fc from "fast-check";
import {
  adoptedAgain,
  isNewToPast,
  withAdoptions,
  type AdoptedIds,
  type DeclaredAdoptions,
  type PastAdoptions,
} from "../../../provider/resources/adoptedRecords";

const HERE = "cloudflare:a";
const ours: PastAdoptions = { stood: [], publishedAt: HERE };
const adopting = (mx: string, more: Partial<DeclaredAdoptions> = {}): DeclaredAdoptions => ({
  adopts: { mx },
  publishedAt: HERE,
  ...more,
});

describe("A15: the slots whose adoption could delete the record", () => {
  const cases: [what: string, past: PastAdoptions, news: DeclaredAdoptions, refused: boolean][] = [
    ["made by this stack", ours, adopting("a/1"), true],
    ["a state of an earlier release", { publishedAt: HERE }, adopting("a/1"), true],
    ["a state that knows no place", { stood: [] }, adopting("a/1"), true],
    ["the line stays", ours, adopting("a/1", { adoptsBefore: { mx: "a/1" } }), false],
    ["the same id in another form", ours, adopting("a/1", { adoptsBefore: { mx: "1" } }), true],
    ["it stood before", { ...ours, stood: ["mx"] }, adopting("a/1"), false],
    ["another slot stood before", { ...ours, stood: ["spf"] }, adopting("a/1"), true],
    ["S1: the state does not have it", ours, adopting("a/1", { unheld: ["mx"] }), false],
    ["S1: the state does not have another one", ours, adopting("a/1", { unheld: ["spf"] }), true],
    [
      "S1: the state does not have it any more, and it was adopted",
      { ...ours, adopted: { mx: ["1"] } },
      adopting("a/1", { unheld: ["mx"] }),
      true,
    ],
    [
      "it stood before, and was adopted",
      { ...ours, stood: ["mx"], adopted: { mx: ["1"] } },
      adopting("a/1"),
      true,
    ],
    [
      "a mistyped id is corrected",
      { ...ours, stood: ["mx"], adopted: { mx: ["0"] } },
      adopting("a/1", { adoptsBefore: { mx: "a/0" } }),
      false,
    ],
    [
      "the adopted id is written in another case",
      { ...ours, stood: ["mx"], adopted: { mx: ["1f"] } },
      adopting("a/1F", { adoptsBefore: { mx: "a/1f" } }),
      true,
    ],
    ["a customer's zone before", { stood: [], publishedAt: "zone file" }, adopting("a/1"), false],
    ["another vendor before", { stood: [], publishedAt: "route53:Z1" }, adopting("a/1"), false],
    ["another suffix before", ours, adopting("a/1", { publishedAt: "cloudflare:a (new)" }), false],
    ["another zone under the same names", ours, adopting("a/1", { publishedAt: "cloudflare:b" }), true],
    [
      "held here, then elsewhere",
      { stood: [], publishedAt: "zone file", heldAt: ["cloudflare"] },
      adopting("a/1"),
      true,
    ],
  ];
  for (const [what, past, news, refused] of cases)
    it(`${what}: ${refused ? "refused" : "adopted"}`, () =>
      assert.deepEqual(adoptedAgain(past, news), refused ? ["mx"] : []));

  it("nothing is refused, and nothing is to be written, without a line", () => {
    for (const past of [{}, ours, { ...ours, adopted: { mx: ["1"] } }]) {
      assert.deepEqual(adoptedAgain(past, { publishedAt: HERE }), []);
      assert.equal(isNewToPast(past, { publishedAt: HERE }), false);
    }
  });

  it("whatever is edited between the runs, no record that the stack holds is adopted under a new line", () => {
    const place = fc.constantFrom(HERE, "cloudflare:b", "cloudflare:a (new)", "route53:Z1", "zone file");
    // What stands in the zone beside what the stack makes: one record, which the stack may meet, adopt, or never see.
    const run = fc.record({
      place,
      id: fc.constantFrom(undefined, "a/standing", "a/made", "a/typo"),
      refresh: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.boolean(), fc.array(run, { minLength: 2, maxLength: 8 }), (stands, runs) => {
        const [first, ...rest] = runs as [(typeof runs)[0], ...typeof runs];
        const isHeldIn = new Map<string, { id: string; importId?: string | undefined }>();
        /** The engine over the MX at a place. True where it would delete what it has imported. */
        const engine = (at: string, importId: string | undefined): boolean => {
          const family = at.replace(/:\S+/, "");
          if (at === "zone file") return false;
          const held = isHeldIn.get(family);
          const id = importId?.split("/")[1];
          if (importId === undefined) {
            if (held) delete held.importId;
            else if (!stands) isHeldIn.set(family, { id: "made" });
            return false;
          }
          const known = held && (held.importId ?? held.id);
          if (known === importId) return false;
          const exists = stands ? id === "standing" : held?.id === id;
          if (!exists) return false;
          isHeldIn.set(family, { id: id!, importId });
          return held?.id === id;
        };
        let past: PastAdoptions = { publishedAt: first.place, stood: stands ? ["mx"] : [] };
        const adoptsOf = (id: string | undefined): AdoptedIds => (id === undefined ? {} : { mx: id });
        Object.assign(past, withAdoptions({}, { adopts: adoptsOf(first.id), publishedAt: first.place }));
        engine(first.place, first.id);
        let last: AdoptedIds = adoptsOf(first.id);
        for (const each of rest) {
          if (each.refresh) last = {};
          const news = { adopts: adoptsOf(each.id), adoptsBefore: last, publishedAt: each.place };
          if (adoptedAgain(past, news).length > 0) continue;
          if (isNewToPast(past, news))
            past = { stood: past.stood!, publishedAt: each.place, ...withAdoptions(past, news) };
          assert.equal(engine(each.place, each.id), false, JSON.stringify({ past, news }));
          last = news.adopts;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

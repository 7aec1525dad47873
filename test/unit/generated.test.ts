import assert from "node:assert/strict";
import { type KindTable } from "../../provider/core/propertyTable";
import { stale } from "../../scripts/generate";
import { withPart } from "../../scripts/generate/exports";
import { inOrder } from "../../scripts/generate/tables";

describe("generated files", () => {
  it("are what npm run generate makes", async () => {
    assert.deepEqual([...(await stale()).keys()], []);
  }).timeout(60_000);
});

describe("the order of the kinds", () => {
  const kind = (type: string, listedAfter?: string): [string, KindTable] => [
    type.toLowerCase(),
    { type, ...(listedAfter === undefined ? {} : { listedAfter }) } as KindTable,
  ];

  it("puts each behind the one that it names, and two behind the same one by their files", () => {
    const kinds = [kind("A", "C"), kind("B", "A"), kind("C"), kind("D", "C")];
    assert.deepEqual(
      inOrder(kinds).map(([file]) => file),
      ["c", "a", "b", "d"],
    );
  });

  it("refuses a kind that names none, and two that name each other", () => {
    assert.throws(
      () => inOrder([kind("A"), kind("B", "Gone")]),
      /^Error: provider\/properties\/b\.ts: listedAfter/,
    );
    assert.throws(() => inOrder([kind("A"), kind("B", "C"), kind("C", "B")]), /b\.ts, .*c\.ts: listedAfter/);
  });
});

describe("the part of an entry that is made", () => {
  it("is all that changes, and its markers stay", () => {
    const text =
      "before\n// Made by `npm run generate` from provider/properties/, down to the end of the kinds.\nold\n// The end of the kinds.\nafter\n";
    assert.equal(withPart("index.ts", text, "new"), text.replace("old", "new"));
  });

  it("is not written where the markers are gone", () => {
    assert.throws(() => withPart("index.ts", "before\nafter\n", "new"), /index\.ts: the lines around/);
  });
});

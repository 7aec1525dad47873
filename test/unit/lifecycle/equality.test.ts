import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { same, strip } from "../../../provider/core/equality";

describe("equality of plain values", () => {
  it("is that of their JSON, whatever the order of the keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.ok(same(value, shuffled(value)));
      }),
    );
  });

  it("is symmetric", () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => assert.equal(same(a, b), same(b, a))));
  });

  it("takes an undefined or null member for no member", () => {
    assert.ok(same({ a: 1, b: undefined, c: null }, { a: 1 }));
  });

  it("tells a list from its reverse", () => {
    assert.ok(!same([1, 2], [2, 1]));
  });
});

describe("outputs for the engine", () => {
  it("hold nothing undefined at any depth: the engine would fail after the object exists", () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        fc.constant(undefined),
        fc.integer(),
        fc.array(tie("node")),
        fc.dictionary(fc.string(), tie("node")),
      ),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (outputs) => {
        assert.ok(!holdsUndefined(strip(outputs)));
      }),
    );
  });
});

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, shuffled(item)]),
  );
}

function holdsUndefined(value: unknown): boolean {
  if (value === undefined) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUndefined);
}

import { strict as assert } from "node:assert";
import { perOwner } from "../../../provider/lifecycle/perOwner";

describe("perOwner", () => {
  it("makes a value once for each owner, from the owner, and keeps undefined too", () => {
    const made: string[] = [];
    const of = perOwner(({ name }: { name: string }) => {
      made.push(name);
      return name === "none" ? undefined : [name];
    });
    const [a, none] = [{ name: "a" }, { name: "none" }];
    assert.equal(of(a), of(a));
    assert.notEqual(of(a), of({ name: "a" }));
    assert.equal(of(none), undefined);
    assert.equal(of(none), undefined);
    assert.deepEqual(made, ["a", "a", "none"]);
  });

  it("keeps nothing of a make that throws", () => {
    let tries = 0;
    const of = perOwner(() => {
      if (++tries === 1) throw new Error("not yet");
      return tries;
    });
    const owner = {};
    assert.throws(() => of(owner), /not yet/);
    assert.equal(of(owner), 2);
    assert.equal(of(owner), 2);
  });
});

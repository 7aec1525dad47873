import { strict as assert } from "node:assert";
import { aliasChoices, formerNameOf } from "../../../provider/core/aliasAdvice";

describe("21: the advice for a resource whose entry is elsewhere in the state", () => {
  it("names the former name where the object's own name tells it", () => {
    assert.equal(formerNameOf("p/s/new", "p/s/old"), "old");
    assert.equal(formerNameOf("p/s/new", "p/s/old (2)"), "old");
    assert.equal(formerNameOf("p/s/new", "p/other/old"), undefined);
    assert.equal(formerNameOf("p/s/new", "Chosen"), undefined);
    assert.equal(formerNameOf(undefined, "p/s/old"), undefined);
    assert.equal(formerNameOf("p/s/new", undefined), undefined);
  });

  it("tells a rename from a move, and keeps every way open where it cannot", () => {
    const ways = (...given: Parameters<typeof aliasChoices>) =>
      Object.fromEntries(
        aliasChoices(...given)
          .split("\n")
          .map((line) => [/- ([\w ]+):/.exec(line)![1], /aliases: \[(.*)\]/.exec(line)![1]]),
      );
    assert.deepEqual(ways("p/s/ws", "p/s/ws"), {
      "moved into a component": "{ parent: pulumi.rootStackResource }",
      "moved out of a component": '{ parent: "URN of the component" }',
    });
    assert.deepEqual(ways("p/s/new", "p/s/old"), {
      renamed: '{ name: "old" }',
      "moved into a component": '{ name: "old", parent: pulumi.rootStackResource }',
      "moved out of a component": '{ name: "old", parent: "URN of the component" }',
    });
    assert.deepEqual(ways("p/s/new", "Outreach"), {
      renamed: '{ name: "its-old-name" }',
      "moved into a component": "{ parent: pulumi.rootStackResource }",
      "moved out of a component": '{ parent: "URN of the component" }',
    });
  });
});

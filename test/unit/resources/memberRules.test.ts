import { strict as assert } from "node:assert";
import fc from "fast-check";
import { type RuleCondition } from "../../../provider/nylas/api";
import {
  addedMembers,
  covers,
  goneFrom,
  isMarked,
  markedDescription,
  withMembers,
  withoutMark,
  withoutMembers,
} from "../../../provider/resources/memberRules";

const domain = fc.constantFrom("a.example", "b.example", "acme.nylas.email");
const email = fc
  .tuple(fc.constantFrom("bot", "Ops", "sales", "x"), domain)
  .map(([local, name]) => `${local}@${name}`);
const condition: fc.Arbitrary<RuleCondition> = fc.oneof(
  email.map((is): RuleCondition => ({ field: "from.address", is })),
  domain.map((is): RuleCondition => ({ field: "from.domain", is })),
  domain.map((is): RuleCondition => ({ field: "recipient.domain", is })),
);

describe("S4: conditions with members beside them", () => {
  it("hold for every member, and come back as they were declared", () => {
    fc.assert(
      fc.property(fc.array(condition), fc.array(email), (declared, members) => {
        const there = withMembers(declared, members);
        for (const member of members) assert.ok(covers(there, member.toUpperCase()));
        assert.deepEqual(withoutMembers(there, declared), declared);
        assert.deepEqual(withMembers(there, members), there);
        const added = addedMembers(there, declared);
        assert.ok(added.every((each) => !covers(declared, each)));
        assert.equal(new Set(added).size, added.length);
        assert.equal(there.length, declared.length + added.length);
      }),
    );
  });

  it("a mark in the description is not shown", () => {
    for (const text of [undefined, "", "t is paused.", "two\nlines"]) {
      const marked = markedDescription(text);
      assert.ok(isMarked({ description: marked }));
      assert.equal(withoutMark(marked), text || undefined);
      assert.ok(!isMarked({ description: text }));
    }
  });
});

describe("G2: who was seen elsewhere is looked for again a minute later", () => {
  it("by the clock of Nylas, whatever this machine's shows", async () => {
    const waits: number[] = [];
    const remote = Date.now() - 7_200_000;
    const session = {
      api: { remoteNow: () => remote },
      clock: { sleep: (milliseconds: number) => Promise.resolve(void waits.push(milliseconds)) },
    };
    // The look itself fails here: nobody is gone by that.
    const gone = (seenAt: number) => goneFrom(session as never, "r-1", { "bot@acme.nylas.email": seenAt });
    assert.equal((await gone(remote - 10_000)).size, 0);
    assert.equal((await gone(remote - 61_000)).size, 0);
    assert.deepEqual(waits, [50_000]);
  });
});

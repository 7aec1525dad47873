import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type ChangeFacts,
  decideChange,
  decideDeletion,
  decideExisting,
  decideSeenDeletion,
  type DeletionFacts,
  type ExistingDecision,
  type ExistingFacts,
  isWorthProof,
  type SeenDeletionFacts,
} from "../../../provider/core/decide";

const text = fc.option(fc.constantFrom("a reason", "another reason"), { nil: undefined });
const names = fc.subarray(["email", "folders", "displayName"]);

describe("decideChange", () => {
  const same: ChangeFacts = {
    isLost: false,
    mayTakeItsPlace: false,
    refusal: undefined,
    replaced: [],
    firstImmutable: "email",
    isChanged: false,
    isToBeRecorded: false,
  };
  const table: [title: string, facts: Partial<ChangeFacts>, changes: boolean, replaces: string[]][] = [
    ["nothing differs", {}, false, []],
    ["an input differs", { isChanged: true }, true, []],
    ["a word is to be recorded", { isToBeRecorded: true }, true, []],
    [
      "an input differs that cannot be changed in place",
      { isChanged: true, replaced: ["email"] },
      true,
      ["email"],
    ],
    ["a refused replacement is an update", { isChanged: true, replaced: ["email"], refusal: "no" }, true, []],
    ["a lost object is not replaced without a word", { isLost: true, replaced: ["email"] }, true, []],
    [
      "a lost object is replaced where the program says so",
      { isLost: true, mayTakeItsPlace: true },
      true,
      ["email"],
    ],
    [
      "a lost object whose kind is never replaced",
      { isLost: true, mayTakeItsPlace: true, firstImmutable: undefined },
      true,
      [],
    ],
  ];
  for (const [title, facts, changes, replaces] of table)
    it(title, () => {
      const decision = decideChange({ ...same, ...facts });
      assert.deepEqual([decision.changes, decision.replaces], [changes, replaces]);
    });

  it("never replaces what is refused, and no lost object without a word", () => {
    const facts = fc.record({
      isLost: fc.boolean(),
      mayTakeItsPlace: fc.boolean(),
      refusal: text,
      replaced: names,
      firstImmutable: fc.constantFrom("email", undefined),
      isChanged: fc.boolean(),
      isToBeRecorded: fc.boolean(),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const { replaces } = decideChange(given);
        if (given.isLost ? !given.mayTakeItsPlace : given.refusal !== undefined)
          assert.deepEqual(replaces, []);
      }),
    );
  });
});

describe("decideExisting", () => {
  const own: ExistingFacts = {
    isAdopted: false,
    isUnmanageable: false,
    isBound: false,
    differing: [],
    immutable: [],
    isPartiallyCreated: false,
    isOwn: true,
  };
  const table: [title: string, facts: Partial<ExistingFacts>, ExistingDecision][] = [
    ["its own, as declared", {}, "take"],
    [
      "its own, interrupted between two steps",
      { differing: ["folders"], isPartiallyCreated: true },
      "resume",
    ],
    ["its own, and another resource has it", { isBound: true }, "refuseBound"],
    ["its own, but different", { differing: ["displayName"] }, "conflict"],
    ["somebody else's, exactly alike", { isOwn: false }, "conflict"],
    ["nobody has looked whose it is", { isOwn: undefined }, "conflict"],
    ["adopted, and somebody else's", { isAdopted: true, isOwn: undefined }, "adopt"],
    ["adopted, and different", { isAdopted: true, isOwn: undefined, differing: ["displayName"] }, "adopt"],
    [
      "adopted, and different for ever",
      { isAdopted: true, differing: ["email"], immutable: ["email"] },
      "conflict",
    ],
    ["adopted, and another resource has it", { isAdopted: true, isBound: true }, "refuseBound"],
    [
      "adopted, and a mailbox that its owner has connected",
      { isAdopted: true, isUnmanageable: true },
      "refuseUnmanageable",
    ],
  ];
  for (const [title, facts, expected] of table)
    it(`${title}: ${expected}`, () => assert.equal(decideExisting({ ...own, ...facts }), expected));

  it("takes nothing without a word that this state has not provably made", () => {
    const facts = fc.record({
      isAdopted: fc.boolean(),
      isUnmanageable: fc.boolean(),
      isBound: fc.boolean(),
      differing: names,
      immutable: names,
      isPartiallyCreated: fc.boolean(),
      isOwn: fc.constantFrom(true, false, undefined),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const decision = decideExisting(given);
        const isTaken = ["adopt", "take", "resume"].includes(decision);
        if (isTaken) {
          assert.ok(!given.isBound, "an object of two resources");
          assert.ok(given.isAdopted || (given.isOwn === true && isWorthProof(given)));
        }
        if (decision === "adopt") assert.ok(given.isAdopted && !given.isUnmanageable);
      }),
    );
  });
});

describe("decideDeletion", () => {
  const plain: DeletionFacts = {
    declaredElsewhere: undefined,
    isTransferred: false,
    isLost: false,
    withoutSuccessor: undefined,
    underSkipped: undefined,
    isDeletable: true,
  };
  const table: [title: string, facts: Partial<DeletionFacts>, expected: string][] = [
    ["nothing stands against it", {}, "look"],
    ["a kind that ends nothing", { isDeletable: false }, "letGo"],
    ["another resource has the object", { isTransferred: true }, "transfer"],
    ["declared elsewhere in this run", { declaredElsewhere: "a" }, "a"],
    ["declared elsewhere, before the hand-over", { declaredElsewhere: "a", isTransferred: true }, "a"],
    ["its successor was not made", { withoutSuccessor: "b" }, "b"],
    ["a skipped resource has it", { underSkipped: "c" }, "c"],
    [
      "a lost one is looked for before its successor is asked for",
      { isLost: true, withoutSuccessor: "b" },
      "look",
    ],
    ["a lost one under a skipped resource", { isLost: true, underSkipped: "c" }, "c"],
  ];
  for (const [title, facts, expected] of table)
    it(`${title}: ${expected}`, () => {
      const decision = decideDeletion({ ...plain, ...facts });
      assert.equal(decision.act === "refuse" ? decision.reason : decision.act, expected);
    });
});

describe("decideSeenDeletion", () => {
  const empty: SeenDeletionFacts = {
    isThere: true,
    isForced: false,
    succeeded: undefined,
    withoutSuccessor: undefined,
    blocker: undefined,
  };
  const table: [title: string, facts: Partial<SeenDeletionFacts>, expected: string][] = [
    ["it holds nothing", {}, "delete"],
    ["it holds mail", { blocker: "holds mail" }, "holds mail"],
    ["it holds mail, and the user has asked for that", { blocker: "holds mail", isForced: true }, "delete"],
    ["it is gone", { isThere: false }, "nothing"],
    ["it goes on under another id", { isThere: false, succeeded: "registered again" }, "registered again"],
    [
      "the same, and the user has asked",
      { isThere: false, succeeded: "registered again", isForced: true },
      "nothing",
    ],
    ["a lost one that is there again", { withoutSuccessor: "b", isForced: true }, "b"],
  ];
  for (const [title, facts, expected] of table)
    it(`${title}: ${expected}`, () => {
      const decision = decideSeenDeletion({ ...empty, ...facts });
      assert.equal(decision.act === "refuse" ? decision.reason : decision.act, expected);
    });

  it("deletes what holds something only where the user has asked for it", () => {
    const facts = fc.record({
      isThere: fc.boolean(),
      isForced: fc.boolean(),
      succeeded: text,
      withoutSuccessor: text,
      blocker: text,
    });
    fc.assert(
      fc.property(facts, (given) => {
        const { act } = decideSeenDeletion(given);
        if (act === "delete") assert.ok(given.isThere && (given.isForced || given.blocker === undefined));
      }),
    );
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type ChangeFacts,
  decideChange,
  decideDeletion,
  decideExisting,
  decideFailedCreate,
  decideSeenDeletion,
  decideUpdate,
  type DeletionFacts,
  type ExistingDecision,
  type ExistingFacts,
  type FailedCreateDecision,
  type FailedCreateFacts,
  isWorthProof,
  type SeenDeletionFacts,
  type UpdateDecision,
  type UpdateFacts,
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

describe("decideFailedCreate", () => {
  const lost: FailedCreateFacts = {
    error: "ambiguous",
    isFindable: true,
    isFound: true,
    differing: [],
    isPartiallyCreated: false,
    mayTryAgain: true,
  };
  const table: [title: string, facts: Partial<FailedCreateFacts>, decision: FailedCreateDecision][] = [
    ["the answer was lost, and it is there", {}, "take"],
    [
      "the answer was lost, and its first part is there",
      { differing: ["folders"], isPartiallyCreated: true },
      "resume",
    ],
    ["the answer was lost, and another one is there", { differing: ["displayName"] }, "conflict"],
    ["the answer was lost, and nothing is there", { isFound: false }, "again"],
    ["nothing is there at the last try", { isFound: false, mayTryAgain: false }, "fail"],
    ["the answer was lost of what cannot be found", { isFindable: false, isFound: false }, "fail"],
    ["somebody was faster", { error: "conflict", differing: ["displayName"] }, "takeOrRefuse"],
    ["refused as there already, and not shown", { error: "conflict", isFound: false }, "fail"],
    ["refused", { error: "other", isFound: false }, "fail"],
  ];
  for (const [title, facts, decision] of table)
    it(title, () => assert.equal(decideFailedCreate({ ...lost, ...facts }), decision));

  it("makes a second write only where a look has found nothing", () => {
    const facts = fc.record({
      error: fc.constantFrom("conflict" as const, "ambiguous" as const, "other" as const),
      isFindable: fc.boolean(),
      isFound: fc.boolean(),
      differing: names,
      isPartiallyCreated: fc.boolean(),
      mayTryAgain: fc.boolean(),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const decision = decideFailedCreate(given);
        if (decision === "again")
          assert.ok(given.error === "ambiguous" && given.isFindable && !given.isFound && given.mayTryAgain);
        if (decision === "take") assert.deepEqual(given.differing, []);
      }),
    );
  });
});

describe("decideUpdate", () => {
  const plain: UpdateFacts = {
    isLost: false,
    isStillGone: undefined,
    lostRefusal: undefined,
    noted: undefined,
    refusal: undefined,
    replaced: [],
  };
  const refuse = (reason: string): UpdateDecision => ({ act: "refuse", reason });
  const table: [title: string, facts: Partial<UpdateFacts>, decision: UpdateDecision][] = [
    ["nothing stands against it", {}, { act: "update" }],
    ["what diff has noted comes first", { noted: "noted", refusal: "judged" }, refuse("noted")],
    ["what is judged now", { refusal: "judged" }, refuse("judged")],
    [
      "a replacement that nobody saw before has its own text",
      { refusal: "judged", replaced: ["email"] },
      { act: "refuseReplacing" },
    ],
    [
      "what diff has noted stands before that",
      { noted: "noted", refusal: "judged", replaced: ["email"] },
      refuse("noted"),
    ],
    [
      "a lost object is not made anew",
      { isLost: true, isStillGone: true, lostRefusal: "lost" },
      refuse("lost"),
    ],
    [
      "a lost object that is there again is judged like any other",
      { isLost: true, isStillGone: false, lostRefusal: "lost", refusal: "judged" },
      refuse("judged"),
    ],
    [
      "a lost object that is there again, and nothing stands against it",
      { isLost: true, isStillGone: false, lostRefusal: "lost", noted: "noted" },
      { act: "update" },
    ],
    [
      "a lost object that may be made anew",
      { isLost: true, isStillGone: true, refusal: "judged" },
      { act: "update" },
    ],
  ];
  for (const [title, facts, decision] of table)
    it(title, () => assert.deepEqual(decideUpdate({ ...plain, ...facts }), decision));
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { isReadable } from "../../../provider/nylas/readable";
import * as wire from "../../../provider/nylas/wire";
import { secondsOf } from "../../../provider/nylas/wire/parts";

const rule = (more: object = {}) => ({
  id: "r-1",
  name: "Spam",
  trigger: "inbound",
  match: { operator: "all", conditions: [{ field: "from.domain", operator: "is", value: "x.example" }] },
  actions: [{ type: "block" }],
  created_at: 1_700_000_000,
  ...more,
});

describe("moments in any of the forms they come in (R7)", () => {
  it("a number, a number as text, and a date are the same", () => {
    for (const form of [1_700_000_000, "1700000000", "2023-11-14T22:13:20Z", "2023-11-14T23:13:20+01:00"])
      assert.equal(secondsOf(form), 1_700_000_000, String(form));
  });
  it("what is no moment is none, and never NaN", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const seconds = secondsOf(value);
        assert.ok(seconds === undefined || Number.isFinite(seconds));
      }),
    );
  });
  it("a date is read back as the second it was made of", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
        assert.equal(secondsOf(new Date(seconds * 1000).toISOString()), seconds);
      }),
    );
  });
});

describe("objects of a list that this release cannot read (R4)", () => {
  const page = (...items: unknown[]) => wire.page({ data: items }, wire.rule).items.map(({ item }) => item);

  it("stop nobody: the others are read, and of them id and name are known", () => {
    const [newer, known] = page(rule({ id: "r-2", name: "Meetings", match: null }), rule());
    assert.deepEqual([newer!.id, newer!.name, known!.name], ["r-2", "Meetings", "Spam"]);
    assert.deepEqual([isReadable(newer!), isReadable(known!)], [false, true]);
  });
  it("say what they are when more is asked of them", () => {
    const [newer] = page(rule({ match: null }));
    assert.throws(
      () => newer!.conditions,
      /Nylas lists a rule whose match is not as documented \(it is null\) \(id r-1, name "Spam"\)\. It may be newer than this release knows/,
    );
  });
  it("with values that are new to this release are read as they are", () => {
    const [newer] = page(rule({ trigger: "calendar", match: { operator: "none", conditions: [] } }));
    assert.deepEqual([newer!.trigger, newer!.match, isReadable(newer!)], ["calendar", "none", true]);
  });
  it("without an id are no list that can be believed", () => {
    assert.throws(() => page({ name: "Spam" }), wire.Missing);
  });
  it("by themselves are an error that names the member", () => {
    assert.throws(
      () => wire.rule({ data: rule({ match: null }) }),
      (error: unknown) => error instanceof wire.Missing && error.field === "match",
    );
  });
  it("whatever one of them is, it is read, refused as Missing, or known by its id", () => {
    const anything = fc.dictionary(
      fc.constantFrom("id", "name", "trigger", "match", "actions", "conditions", "created_at", "priority"),
      fc.anything(),
    );
    fc.assert(
      fc.property(anything, (item) => {
        try {
          const [read] = page(item, rule());
          assert.equal(typeof read!.id, "string");
        } catch (error) {
          assert.ok(error instanceof wire.Missing, String(error));
        }
      }),
    );
  });
});

describe("the record of a domain in any of the forms it comes in (R9)", () => {
  const options = { host: "@", type: "MX", value: "10 mx.example" };
  it("one or a list of one", () => {
    for (const attempt of [{ options }, [{ options }], { options: [options] }]) {
      const read = wire.domainAttempt({ data: { status: "in_progress", attempt } }, "d-1", "mx");
      assert.deepEqual([read.status, read.record], ["pending", options]);
    }
  });
  it("more than one is an error: this release publishes one", () => {
    assert.throws(
      () =>
        wire.domainAttempt(
          { data: { status: "pending", attempt: { options: [options, options] } } },
          "d-1",
          "mx",
        ),
      /2 records where one was expected: /,
    );
  });
});

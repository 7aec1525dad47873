import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import * as z from "zod/mini";
import { type Fields, validate } from "../../../provider/core/fields";
import { UNKNOWN } from "../../../provider/core/unknown";

const fields: Fields = {
  name: { schema: z.string().check(z.minLength(1)), allowed: "a name", example: '"Agents"', required: true },
  password: {
    schema: z.string().check(z.minLength(18)),
    allowed: "18 characters",
    example: "…",
    secret: true,
  },
  tags: { schema: z.array(z.string().check(z.minLength(2))), allowed: "a list of tags", example: '["aa"]' },
  limits: {
    schema: { dailySends: { schema: z.number().check(z.gte(0)), allowed: "a number from 0", example: "50" } },
    allowed: "limits",
    example: "{ dailySends: 50 }",
  },
};

describe("inputs held against their fields", () => {
  it("pass when they fit", () => {
    assert.deepEqual(validate(fields, { name: "a", tags: ["aa"], limits: { dailySends: 1 } }), []);
  });

  it("are refused with the path, what was given, what is allowed and an example", () => {
    assert.deepEqual(validate(fields, { name: "a", limits: { dailySends: -5 } }), [
      {
        property: "limits.dailySends",
        reason: "limits.dailySends: given -5; allowed: a number from 0; for example dailySends: 50",
      },
    ]);
  });

  it("are refused with the index of the item in a list, unknown items before it counted", () => {
    const [failure] = validate(fields, { name: "a", tags: [UNKNOWN, "aa", "b"] });
    assert.equal(failure?.property, "tags[2]");
  });

  it("are refused when one is missing", () => {
    assert.match(
      validate(fields, {})[0]!.reason,
      /^name is missing; allowed: a name; for example name: "Agents"$/,
    );
  });

  it("name the nearest property where a key is mistyped", () => {
    assert.match(validate(fields, { name: "a", limit: {} })[0]!.reason, /did you mean limits\?/);
  });

  it("never show a secret in the refusal", () => {
    const [failure] = validate(fields, { name: "a", password: "hunter2" });
    assert.equal(failure?.property, "password");
    assert.doesNotMatch(failure!.reason, /hunter2/);
  });

  it("may be unknown in any place: alone, in a list, in a group, instead of a number or of the whole group", () => {
    for (const inputs of [
      { name: UNKNOWN },
      { name: "a", tags: [UNKNOWN] },
      { name: "a", tags: UNKNOWN },
      { name: "a", limits: { dailySends: UNKNOWN } },
      { name: "a", limits: UNKNOWN },
    ]) {
      assert.deepEqual(validate(fields, inputs), []);
    }
  });

  it("of any shape end in a refusal or in none, never in an error, and no refusal moves the terminal", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("name", "tags", "limits", "other", "__proto__"), fc.anything()),
        (inputs) => {
          for (const { reason } of validate(
            fields,
            JSON.parse(JSON.stringify(inputs)) as Record<string, unknown>,
          )) {
            assert.doesNotMatch(reason, /[\x00-\x1f]/);
          }
        },
      ),
    );
  });
});

import assert from "node:assert/strict";
import { inputHandlingOf, table } from "../../../provider/core/propertyTable";
import { choice, flag, integer, list, text } from "../../../provider/core/types";
import { createMembers, observedMembers, updateMembers } from "../../../provider/core/wireMembers";

const about = { example: "x", text: "x" };
const properties = table({
  marks: { ...about, type: list(text("a mark"), "marks"), wire: "direct_marks", unset: [], isSet: true },
  note: { ...about, type: text("a note"), wire: "note", unset: "" },
  enabled: {
    ...about,
    type: flag,
    wire: { member: "status", yes: "active", no: "disabled" },
    defaultValue: true,
  },
  priority: { ...about, type: integer("a number", 0, 9), wire: "priority", defaultValue: 5 },
  colour: { ...about, type: choice(["red", "blue"], "a colour"), wire: "colour" },
  byHand: { ...about, type: text("a text") },
});

describe("members that a table names", () => {
  it("are all that is declared in a create, lists last and as sets", () => {
    const members = createMembers(properties, {
      marks: ["b", "a", "b"],
      note: "x",
      enabled: false,
      byHand: "y",
    });
    assert.equal(JSON.stringify(members), '{"note":"x","status":"disabled","direct_marks":["a","b"]}');
  });

  it("are what has changed in an update", () => {
    const news = { note: "x", priority: 7, colour: "red" };
    assert.deepEqual(updateMembers(properties, news, new Set(["priority", "byHand"])), { priority: 7 });
  });

  it("go back to nothing or to the default with their line, and stay where there is no way back", () => {
    const all = new Set(Object.keys(properties));
    assert.deepEqual(updateMembers(properties, {}, all), {
      note: "",
      status: "active",
      priority: 5,
      direct_marks: [],
    });
  });

  it("are read back under the names of the properties", () => {
    const answer = {
      note: "x",
      status: "disabled",
      priority: 0,
      colour: "green",
      direct_marks: ["a"],
      more: 1,
    };
    assert.deepEqual(observedMembers(properties, answer), {
      note: "x",
      enabled: false,
      priority: 0,
      colour: "green",
      marks: ["a"],
    });
  });

  it("that are null, empty or left out are none", () => {
    const none = { note: undefined, enabled: true, priority: 5, colour: undefined, marks: [] };
    assert.deepEqual(observedMembers(properties, {}), none);
    assert.deepEqual(
      observedMembers(properties, {
        note: "",
        priority: null,
        colour: null,
        direct_marks: null,
        status: null,
      }),
      none,
    );
  });

  it("are compared in a form in which the value for nothing is none", () => {
    const { normalForms = {} } = inputHandlingOf<Record<string, unknown>>(properties);
    assert.equal(normalForms.note!(""), undefined);
    assert.equal(normalForms.note!("x"), "x");
    assert.equal(normalForms.marks!([]), undefined);
    assert.deepEqual(normalForms.marks!(["b", "a", "b"]), ["a", "b"]);
    assert.equal(normalForms.priority, undefined);
  });
});

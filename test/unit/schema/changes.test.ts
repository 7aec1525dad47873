import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { type PackageSpec } from "../../../scripts/generate/schema/types";
import { bareSchema, schemaChanges, untold } from "../../../scripts/schemaChanges";

const root = path.join(__dirname, "../../..");
const folder = path.join(root, "test/golden/schema");
const { version } = JSON.parse(fs.readFileSync(path.join(root, "provider/package.json"), "utf8")) as {
  version: string;
};

/** A schema with one of everything. */
function schema(): PackageSpec {
  return {
    name: "x",
    config: { variables: { key: { type: "string", secret: true } } },
    provider: { properties: {}, inputProperties: { key: { type: "string", secret: true } } },
    types: {
      "x:index:Given": { type: "object", properties: { a: { type: "string" } } },
      "x:index:Read": { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
      "x:index:Word": { type: "string", enum: [{ name: "On", value: "on" }] },
    },
    resources: {
      "x:index:Thing": {
        inputProperties: {
          name: { type: "string" },
          size: { type: "integer", willReplaceOnChanges: true },
          given: { $ref: "#/types/x:index:Given" },
          word: { $ref: "#/types/x:index:Word" },
        },
        requiredInputs: ["name"],
        properties: {
          name: { type: "string" },
          password: { type: "string", secret: true },
          read: { $ref: "#/types/x:index:Read" },
        },
        required: ["name"],
        aliases: [{ type: "old:Thing" }],
      },
    },
    functions: {
      "x:index:getThing": {
        description: "",
        inputs: { properties: { name: { type: "string" } } },
        outputs: { properties: { id: { type: "string" } }, required: ["id"] },
      },
    },
  };
}

type Edit = (after: PackageSpec) => void;

const thing = (spec: PackageSpec) => spec.resources["x:index:Thing"]!;
const lookup = (spec: PackageSpec) => spec.functions["x:index:getThing"]!;
const type = (spec: PackageSpec, name: string) =>
  spec.types[`x:index:${name}`] as { properties: Record<string, object>; required?: string[] };
const words = (spec: PackageSpec) => spec.types["x:index:Word"] as { enum: object[] };

const BREAKING: [string, Edit][] = [
  ["a resource that is gone", (s) => delete s.resources["x:index:Thing"]],
  ["a function that is gone", (s) => delete s.functions["x:index:getThing"]],
  ["a type that is gone", (s) => delete s.types["x:index:Word"]],
  ["an input that is gone", (s) => delete thing(s).inputProperties["size"]],
  ["an output that is gone", (s) => delete thing(s).properties["password"]],
  ["an input that is required now", (s) => thing(s).requiredInputs!.push("size")],
  [
    "a new input that is required",
    (s) => {
      thing(s).inputProperties["more"] = { type: "string" };
      thing(s).requiredInputs!.push("more");
    },
  ],
  ["an output that may be missing now", (s) => (thing(s).required = [])],
  ["an input of another type", (s) => (thing(s).inputProperties["size"]!.type = "number")],
  ["an input that has to be plain now", (s) => (thing(s).inputProperties["name"]!.plain = true)],
  ["an input that replaces now", (s) => (thing(s).inputProperties["name"]!.willReplaceOnChanges = true)],
  ["a secret that is none any more", (s) => delete thing(s).properties["password"]!.secret],
  ["an alias that is gone", (s) => (thing(s).aliases = [])],
  ["a resource that becomes a component", (s) => (thing(s).isComponent = true)],
  ["a member that is required now", (s) => (type(s, "Given").required = ["a"])],
  ["a member that may be missing now", (s) => (type(s, "Read").required = [])],
  ["a member that is gone", (s) => delete type(s, "Read").properties["a"]],
  ["a word that is gone", (s) => (words(s).enum = [{ name: "Off", value: "off" }])],
  ["a word under another name", (s) => (words(s).enum = [{ name: "Yes", value: "on" }])],
  ["an argument that is required now", (s) => (lookup(s).inputs!.required = ["name"])],
  ["an answer that may be missing now", (s) => (lookup(s).outputs.required = [])],
  ["a setting that is gone", (s) => delete s.config.variables["key"]],
  ["an argument of the provider that is gone", (s) => delete s.provider.inputProperties["key"]],
];

const HARMLESS: [string, Edit][] = [
  ["a new resource", (s) => (s.resources["x:index:Other"] = { properties: {}, inputProperties: {} })],
  ["a new input", (s) => (thing(s).inputProperties["more"] = { type: "string" })],
  ["a new output", (s) => (thing(s).properties["more"] = { type: "string" })],
  ["a new output that is always there", (s) => thing(s).required!.push("more")],
  ["an input that may be left out now", (s) => (thing(s).requiredInputs = [])],
  ["an input that replaces no more", (s) => delete thing(s).inputProperties["size"]!.willReplaceOnChanges],
  ["an output that is a secret now", (s) => (thing(s).properties["name"]!.secret = true)],
  ["a new alias", (s) => thing(s).aliases!.push({ type: "older:Thing" })],
  ["a new word", (s) => words(s).enum.push({ name: "Off", value: "off" })],
  ["a new setting", (s) => (s.config.variables["more"] = { type: "string" })],
];

function changed(edit: Edit) {
  const after = schema();
  edit(after);
  return schemaChanges(schema(), after);
}

describe("changes of the schema", () => {
  for (const [what, edit] of BREAKING)
    it(`${what}: breaking`, () => assert.ok(changed(edit).some(({ isBreaking }) => isBreaking)));

  for (const [what, edit] of HARMLESS)
    it(`${what}: not breaking`, () => {
      const changes = changed(edit);
      assert.deepEqual(
        changes.filter(({ isBreaking }) => isBreaking),
        [],
      );
      if (!/always there/.test(what)) assert.equal(changes.length, 1);
    });

  it("a text: no change", () => {
    assert.deepEqual(
      changed((s) => (thing(s).description = "Another one.")),
      [],
    );
  });

  it("a breaking change is untold until a line of the changelog names it", () => {
    const changes = changed((s) => delete thing(s).inputProperties["size"]);
    const log = (line: string) =>
      `# Changelog\n\n## Unreleased\n\n${line}\n\n## 0.1.0\n\n- **Breaking:** \`size\`\n`;
    assert.equal(untold(changes, log("- `size` is gone.")).length, 1);
    assert.equal(untold(changes, log("- **Breaking:** `sizes` is gone.")).length, 1);
    assert.equal(untold(changes, log("- **Breaking:** a thing has no `size`.")).length, 0);
    assert.equal(untold(changes, log("- **Breaking:** `Thing.size` is gone.")).length, 0);
  });

  it("nothing breaks what the last release with a schema has, but what the changelog says", () => {
    const now = JSON.parse(
      fs.readFileSync(path.join(root, "provider/hosts/plugin/schema.json"), "utf8"),
    ) as PackageSpec;
    if (process.env["UPDATE_GOLDEN"]) {
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(path.join(folder, `schema-${version}.json`), bareSchema(now));
    }
    const releases = fs.readdirSync(folder).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    const last = JSON.parse(fs.readFileSync(path.join(folder, releases.at(-1)!), "utf8")) as PackageSpec;
    const changes = schemaChanges(last, now);
    assert.deepEqual(untold(changes, fs.readFileSync(path.join(root, "CHANGELOG.md"), "utf8")), []);
  });
});

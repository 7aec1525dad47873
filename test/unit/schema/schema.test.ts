import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { packageSchema } from "../../../scripts/generate/schema";
import { at, description, referencesIn } from "../../../scripts/generate/schema/texts";
import { type PackageSpec, type PropertySpec } from "../../../scripts/generate/schema/types";
import { SECRET_SETTINGS, SETTING_NAMES } from "../../../provider/nylas/settingNames";
import { TABLES } from "../../../provider/properties";
import { LOOKUPS } from "../../../provider/properties/lookups";

const spec: PackageSpec = packageSchema();
const resources = Object.entries(spec.resources);

/** Every description with the place that it stands at. */
function descriptions(value: unknown, place = "#"): [string, string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]): [string, string][] =>
    name === "description" && typeof member === "string"
      ? [[place, member]]
      : descriptions(member, `${place}/${name}`),
  );
}

/** Every property of the schema. */
function properties(value: unknown, place = "#"): [string, PropertySpec][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]): [string, PropertySpec][] => [
    ...(/^(properties|inputProperties|variables)$/.test(name)
      ? Object.entries(member as Record<string, PropertySpec>).map(
          ([each, property]): [string, PropertySpec] => [`${place}/${name}/${each}`, property],
        )
      : []),
    ...properties(member, `${place}/${name}`),
  ]);
}

describe("the schema of the plugin", () => {
  it("has the kinds that the dynamic provider serves, and the components", () => {
    const source = fs.readFileSync(path.join(__dirname, "../../../provider/dynamic.ts"), "utf8");
    const served = [...source.matchAll(/^export const (\w+) = provide\(/gm)].map(([, name]) => name!);
    assert.equal(served.length, Object.keys(TABLES).length);
    assert.deepEqual(
      Object.keys(spec.resources).toSorted(),
      [...served, "AgentDomain", "Tenant"].map((name) => `nylas:index:${name}`).toSorted(),
    );
  });

  it("has a function for each look-up", () => {
    const source = fs.readFileSync(path.join(__dirname, "../../../provider/lookups.ts"), "utf8");
    const asked = [...source.matchAll(/^export async function (get\w+)/gm)].map(([, name]) => name!);
    assert.deepEqual(Object.keys(LOOKUPS).toSorted(), asked.toSorted());
    assert.deepEqual(
      Object.keys(spec.functions).toSorted(),
      asked.map((name) => `nylas:index:${name}`).toSorted(),
    );
  });

  it("trap 2: no value comes from the environment by the SDK, or the key would stand in the state", () => {
    assert.doesNotMatch(JSON.stringify(spec), /"defaultInfo"/);
  });

  it("has no default of its own: check fills them in", () => {
    for (const [place, property] of properties(spec)) assert.ok(!Object.hasOwn(property, "default"), place);
  });

  it("lets no SDK force a replacement: the new value may not be known yet", () => {
    assert.doesNotMatch(JSON.stringify(spec), /"replaceOnChanges"/);
    const email = spec.resources["nylas:index:AgentAccount"]!.inputProperties["email"]!;
    assert.equal(email.willReplaceOnChanges, true);
  });

  it("trap 7: adopt is true or false, and an id is an import", () => {
    for (const [token, { inputProperties }] of resources)
      if (inputProperties["adopt"]) assert.equal(inputProperties["adopt"].type, "boolean", token);
    assert.equal(spec.resources["nylas:index:ApiKey"]!.inputProperties["adopt"], undefined);
  });

  it("trap 7: a whole number that may leave 32 bits is a number, any other an integer", () => {
    const limits = at(spec, "#/types/nylas:index:PolicyLimits/properties") as Record<string, PropertySpec>;
    assert.deepEqual(limits["storageBytes"]!.oneOf, [{ type: "number" }, { type: "string" }]);
    assert.deepEqual(limits["dailySends"]!.oneOf, [{ type: "integer" }, { type: "string" }]);
    assert.equal(limits["attachmentCount"]!.type, "integer");
  });

  it("says of each property what it takes: nothing is just anything", () => {
    for (const [place, { type, $ref, oneOf, items, additionalProperties }] of properties(spec)) {
      assert.ok(type ?? $ref ?? oneOf, place);
      assert.ok(type !== "array" || items, place);
      assert.ok(type !== "object" || additionalProperties, place);
    }
    assert.doesNotMatch(JSON.stringify(spec), /pulumi\.json#/);
  });

  it("trap 10: each setting is an argument of the provider under its name, the secrets as secrets", () => {
    for (const list of [spec.config.variables, spec.provider.inputProperties]) {
      assert.deepEqual(Object.keys(list), [...SETTING_NAMES]);
      const secrets = Object.entries(list).flatMap(([name, { secret }]) => (secret ? [name] : []));
      assert.deepEqual(secrets, [...SECRET_SETTINGS]);
    }
  });

  it("trap 11: each resource has the alias of what it is called without the plugin", () => {
    for (const [token, { aliases, isComponent }] of resources) {
      const name = token.split(":")[2]!;
      const type = isComponent ? `pulumi-nylas:index:${name}` : `pulumi-nodejs:dynamic/nylas:${name}`;
      assert.deepEqual(aliases, [{ type }], token);
    }
  });

  it("marks what the tables call secret", () => {
    for (const { type, properties: table, outputs } of Object.values(TABLES)) {
      const { inputProperties, properties: read } = spec.resources[`nylas:index:${type}`]!;
      for (const [name, { secret, isInternal }] of Object.entries(table))
        if (!isInternal) assert.equal(inputProperties[name]!.secret, secret, `${type}.${name}`);
      for (const [name, { secret }] of Object.entries(outputs))
        assert.equal(read[name]!.secret, secret, `${type}.${name}`);
    }
  });

  it("trap 9: each reference of a text leads somewhere", () => {
    const all = descriptions(spec).flatMap(([place, text]) =>
      referencesIn(text).map((pointer): [string, string] => [place, pointer]),
    );
    assert.ok(all.length > 100);
    for (const [place, pointer] of all) assert.notEqual(at(spec, pointer), undefined, `${place}: ${pointer}`);
  });

  it("trap 9: a text that names nothing of the schema is refused", () => {
    assert.throws(() => description(spec, "See {@link NylasNothing}.", ""), /NylasNothing/);
    assert.throws(() => description(spec, "See {@link NylasDomain.nothing}.", ""), /nothing/);
    assert.throws(() => description(spec, "Use `f({ a: 1 })`.", ""), /speaks TypeScript/);
  });

  it("trap 9: no text spells a property as one language does", () => {
    const names = new Set(properties(spec).map(([place]) => place.split("/").at(-1)!));
    for (const [place, text] of descriptions(spec)) {
      const [ours] = text.split("{{% examples %}}");
      const [said] = ours!.split(/(?:^| )API: /);
      for (const [, code] of said!.matchAll(/`([^`]+)`/g))
        assert.ok(!(/[a-z][A-Z]/.test(code!) && names.has(code!)), `${place}: \`${code!}\``);
      assert.doesNotMatch(said!, /\{@link|\bnew \w+\(|pulumi\.\w+|=>|\bundefined\b/, place);
    }
  });
});

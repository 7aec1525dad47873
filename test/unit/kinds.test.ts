/** Each kind and each property stands wherever it has to: what is forgotten in one place fails here. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as dynamic from "../../provider/dynamic";
import { type Property } from "../../provider/core/types";
import { TABLES } from "../../provider/properties";
import { NEEDS } from "../../provider/resources/needs";
import { KINDS as REVIEWED } from "../../provider/review/kinds";
import { answersOf } from "../../provider/testing/answers";
import { type Kind, kindOf } from "../../provider/testing/check";
import { componentOfToken, kindOfToken, nativeToken, typeToken } from "../../provider/hosts/dynamic/tokens";
import { KINDS as DRAWN } from "../plugin/input/kinds";

const kinds = Object.values(TABLES);
const types = kinds.map(({ type }) => type).sort();

describe("each kind of the property tables", () => {
  it("has a handler that the states load", () => {
    assert.deepEqual(Object.keys(dynamic).sort(), types);
  });

  it("says which key it needs", () => {
    assert.deepEqual(Object.keys(NEEDS).sort(), types);
    for (const { type, className } of kinds) assert.equal(NEEDS[type]!.resource, className);
  });

  it("is known to the review, but for the smoke test, which changes nothing", () => {
    assert.deepEqual(
      [...REVIEWED].sort(),
      types.filter((type) => type !== "SmokeTest"),
    );
  });

  it("is told apart in the review by properties that it has", () => {
    const strange = kinds.flatMap(({ type, properties, review }) =>
      (review?.sameBy ?? []).filter((name) => !(name in properties)).map((name) => `${type}.${name}`),
    );
    assert.deepEqual(strange, []);
  });

  it("is known to the mocks of pulumi-nylas/testing", () => {
    for (const type of types) {
      assert.equal(kindOf(typeToken(type)), type);
      assert.equal(kindOf(nativeToken(type)), type);
    }
    for (const component of ["AgentDomain", "Tenant"])
      for (const token of [`pulumi-nylas:index:${component}`, `nylas:index:${component}`]) {
        assert.equal(kindOfToken(token), undefined);
        assert.equal(componentOfToken(token), component);
      }
  });

  it("has an answer of the mocks for each output that is always there", () => {
    const silent = kinds.flatMap(({ type, outputs }) => {
      const answered = answersOf(type as Kind, "parent/own", {}, undefined);
      return Object.entries(outputs).flatMap(([name, { mayBeMissing }]) =>
        mayBeMissing || name in answered ? [] : [`${type}.${name}`],
      );
    });
    assert.deepEqual(silent, []);
  });

  it("is drawn by the random programs", () => {
    assert.deepEqual(DRAWN.map(({ type }) => type).sort(), types);
  });
});

describe("a new kind", () => {
  it("has to be entered in no list that is kept by hand, but in the sentences of onboarding/", () => {
    const plain = ["Policy", "Rule", "List", "Webhook", "Principal", "ApiKey"];
    // What a tenant loses with each of them is a sentence of its own, beside the word for it.
    const known = [path.join("onboarding", "objects.ts")];
    const kept = handWritten().filter(([, text]) =>
      plain.every((type) => new RegExp(`^\\s*(case )?["']?${type}["']?[:,]`, "m").test(text)),
    );
    assert.deepEqual(
      kept.map(([file]) => file),
      known,
    );
  });
});

/** The files of provider/ without what `npm run generate` makes. */
function handWritten(): [file: string, text: string][] {
  const root = path.join(__dirname, "../../provider");
  return fs
    .readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/(^|[\\/])(dist|node_modules|examples)[\\/]/.test(file))
    .map((file): [string, string] => [
      file,
      fs
        .readFileSync(path.join(root, file), "utf8")
        .replace(/^\/\/ Made by `npm run generate` from [^]*?(^\/\/ The end of the kinds\.$|(?![^]))/m, ""),
    ]);
}

describe("each property of the tables", () => {
  const properties = kinds.flatMap(({ type, properties: table }) =>
    Object.entries(table).map(([name, property]): [string, Property] => [`${type}.${name}`, property]),
  );
  const missing = (is: (property: Property) => boolean) =>
    properties.flatMap(([name, property]) => (!property.isInternal && is(property) ? [name] : []));

  it("is explained", () => {
    assert.deepEqual(
      missing(({ text }) => text.length < 10),
      [],
    );
  });

  it("says what a change does, where that is not what its text is about", () => {
    const words = /\bchange[sd]?\b|\bDefault: (false|none)|again/i;
    assert.deepEqual(
      missing(({ whenChanged, isDirective, text }) => !whenChanged && !isDirective && !words.test(text)),
      [],
    );
  });

  it("is drawn by the random programs", () => {
    const forgotten = DRAWN.flatMap(({ type, sorts }) => {
      const drawn = new Set(Object.keys(sorts).map((path) => path.replace(/[.[].*$/, "")));
      const table = kinds.find((kind) => kind.type === type)!.properties;
      return Object.entries(table).flatMap(([name, { isInternal }]) =>
        isInternal || drawn.has(name) ? [] : [`${type}.${name}`],
      );
    });
    assert.deepEqual(forgotten, []);
  });
});

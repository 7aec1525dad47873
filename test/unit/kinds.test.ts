/** Each kind and each property stands wherever it has to: what is forgotten in one place fails here. */
import assert from "node:assert/strict";
import * as dynamic from "../../provider/dynamic";
import { type Property } from "../../provider/core/types";
import { TABLES } from "../../provider/properties";
import { NEEDS } from "../../provider/resources/needs";
import { KINDS as REVIEWED } from "../../provider/review/fleet";
import { componentOfToken, kindOfToken, nativeToken, typeToken } from "../../provider/hosts/dynamic/tokens";
import { kindOf } from "../../provider/testing/check";
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

  it("is drawn by the random programs", () => {
    assert.deepEqual(DRAWN.map(({ type }) => type).sort(), types);
  });
});

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

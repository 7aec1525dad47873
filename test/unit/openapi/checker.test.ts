import assert from "node:assert/strict";
import { documentOf, differencesOf, operationOf, told } from "./bench";

const THING = {
  type: "object",
  required: ["id"],
  properties: {
    id: { type: "string" },
    count: { type: "integer" },
    kind: { enum: ["a", "b"] },
    parts: { type: "array", items: { $ref: "#/components/schemas/Part" } },
  },
};
const PART = { type: "object", properties: { size: { type: "integer" } } };
const components = { schemas: { Thing: THING, Part: PART } };
const thing = documentOf(operationOf({ gives: { $ref: "#/components/schemas/Thing" } }), { components });

describe("openapi: an exchange held against a document", () => {
  it("has nothing to say of an answer that is as documented", () => {
    assert.deepEqual(told(thing, { answerBody: { id: "1", count: 2, kind: "a", parts: [{ size: 1 }] } }), []);
  });

  it("tells a wrong type, a missing member, a foreign value and a member that no schema has", () => {
    assert.deepEqual(told(thing, { answerBody: { count: "2", kind: "c", colour: "red" } }), [
      "answer 200 /id is missing",
      "answer 200 /count must be integer",
      "answer 200 /kind is none of the values of the document",
      "answer 200 /colour is no member of the document",
    ]);
  });

  it("follows a $ref into a list, and names the place once however many of its objects have it", () => {
    assert.deepEqual(
      told(thing, { answerBody: { id: "1", parts: [{ size: "x" }, { size: 1 }, { size: "y" }] } }),
      ["answer 200 /parts/* must be integer".replace("/*", "/*/size")],
    );
  });

  it("tells what a request has too much, too little and wrong", () => {
    const takes = documentOf(operationOf({ takes: THING }), { components });
    assert.deepEqual(told(takes, { requestBody: { id: 1, nmae: "x" } }), [
      "request /id must be string",
      "request /nmae is no member of the document",
    ]);
    assert.deepEqual(told(takes, { requestBody: {} }), ["request /id is missing"]);
    assert.deepEqual(told(takes, { requestBody: undefined, requestType: null }), [
      "request a body is required",
    ]);
    assert.deepEqual(told(takes, { requestBody: { id: "1" }, requestType: "text/plain" }), [
      "request the document has no media type text/plain",
    ]);
    assert.deepEqual(told(thing, { requestBody: { id: "1" }, answerBody: { id: "1" } }), [
      "request the document has no body here",
    ]);
  });

  it("tells a route, a method and a status that the document has not", () => {
    assert.deepEqual(
      differencesOf(thing, { path: "/v3/others/4dcf2289-b882-43d2-88de-d2374da3fc6a/parts" }).map(
        ({ route, problem }) => `${route} ${problem}`,
      ),
      ["POST /v3/others/{}/parts is not in the document"],
    );
    assert.deepEqual(told(thing, { method: "GET" }), ["route is not in the document"]);
    assert.deepEqual(told(thing, { status: 404 }), ["answer 404 the document has no such status"]);
  });

  it("takes 4XX and default for statuses of their own", () => {
    const error = { content: { "application/json": { schema: { required: ["error"] } } } };
    const document = documentOf({ responses: { "4XX": error, default: { content: {} } } });
    assert.deepEqual(told(document, { status: 418, answerBody: {} }), ["answer 418 /error is missing"]);
    assert.deepEqual(told(document, { status: 500, answerBody: {} }), []);
  });

  it("tells an unknown query parameter, a wrong one and one that is missing; a number in a query is text", () => {
    const document = documentOf(
      operationOf({
        parameters: [
          { name: "limit", in: "query", schema: { type: "integer", maximum: 200 } },
          { name: "flag", in: "query", schema: { type: "boolean" } },
          {
            name: "only",
            in: "query",
            explode: false,
            schema: { type: "array", items: { enum: ["a", "b"] } },
          },
          { name: "since", in: "query", required: true, schema: { type: "integer" } },
        ],
      }),
    );
    assert.deepEqual(told(document, { query: "limit=200&flag=true&only=a,b&since=1" }), []);
    assert.deepEqual(told(document, { query: "limit=many&flag=yes&only=a,c&pgae=2" }), [
      "query pgae is no parameter of the document",
      "query limit must be integer",
      "query flag must be boolean",
      "query only is none of the values of the document",
      "query since is required",
    ]);
    assert.deepEqual(told(document, { query: "limit=201&since=1" }), ["query limit must be <= 200"]);
  });

  it("takes the path without placeholders before the one with", () => {
    const document = {
      openapi: "3.1.0",
      servers: [{ url: "https://api.example.com/v3" }],
      paths: {
        "/{id}": { get: { responses: { 200: {} } } },
        "/mine": { get: { responses: { 204: {} } } },
      },
    };
    assert.deepEqual(told(document, { method: "GET", path: "/v3/mine", status: 204 }), []);
    assert.deepEqual(told(document, { method: "GET", path: "/v3/x.y@z", status: 200 }), []);
  });

  it("says of a choice that nothing fits, or too much, and not what each of its schemas lacks", () => {
    const by = (word: string) =>
      documentOf(operationOf({ gives: { [word]: [THING, { type: "string" }] } }), { components });
    assert.deepEqual(told(by("oneOf"), { answerBody: 5 }), [
      "answer 200 fits none of the schemas of the document",
    ]);
    assert.deepEqual(told(by("anyOf"), { answerBody: {} }), [
      "answer 200 fits none of the schemas of the document",
    ]);
    const twice = documentOf(operationOf({ gives: { oneOf: [THING, { type: "object" }] } }), { components });
    assert.deepEqual(told(twice, { answerBody: { id: "1" } }), [
      "answer 200 fits more than one of the schemas of the document",
    ]);
  });

  it("knows members from every part of a composed schema, and leaves an open object open", () => {
    const composed = documentOf(
      operationOf({
        gives: {
          allOf: [
            { $ref: "#/components/schemas/Part" },
            { properties: { more: { additionalProperties: { type: "integer" } } } },
          ],
        },
      }),
      { components },
    );
    assert.deepEqual(told(composed, { answerBody: { size: 1, more: { any: 1 } } }), []);
    assert.deepEqual(told(composed, { answerBody: { size: 1, more: { any: "x" }, less: 1 } }), [
      "answer 200 /more/any must be integer",
      "answer 200 /less is no member of the document",
    ]);
  });

  it("takes any member where the schema says so, and those of a condition", () => {
    const open = { properties: { id: { type: "string" } }, additionalProperties: true };
    assert.deepEqual(
      told(documentOf(operationOf({ gives: open })), { answerBody: { id: "1", more: 1 } }),
      [],
    );
    const conditional = {
      properties: { kind: { type: "string" } },
      if: { properties: { kind: { const: "a" } } },
      then: { properties: { a: { type: "integer" } } },
      else: { properties: { b: { type: "integer" } } },
    };
    const document = documentOf(operationOf({ gives: conditional }));
    assert.deepEqual(told(document, { answerBody: { kind: "a", a: 1 } }), []);
    assert.deepEqual(told(document, { answerBody: { kind: "b", b: "x", c: 1 } }), [
      "answer 200 /b must be integer",
      "answer 200 /c is no member of the document",
    ]);
  });

  it("takes {} for no body: it is sent where there is nothing to say", () => {
    const optional = documentOf(
      {
        requestBody: { content: { "application/json": { schema: THING } } },
        responses: { 200: {} },
      },
      { components },
    );
    assert.deepEqual(told(optional, { requestBody: {} }), []);
    assert.deepEqual(told(optional, { requestBody: { count: 1 } }), ["request /id is missing"]);
    assert.deepEqual(told(documentOf(operationOf({})), { requestBody: {} }), []);
  });

  it("asks a client for no member that is readOnly, and the server for none that is writeOnly", () => {
    const both = {
      type: "object",
      required: ["id", "password"],
      properties: { id: { type: "string", readOnly: true }, password: { type: "string", writeOnly: true } },
    };
    const document = documentOf(operationOf({ takes: both, gives: both }));
    const referred = { ...both, properties: { ...both.properties, id: { $ref: "#/components/schemas/Id" } } };
    const Id = { type: "string", readOnly: true };
    const byRef = documentOf(operationOf({ takes: referred }), { components: { schemas: { Id } } });
    assert.deepEqual(told(byRef, { requestBody: { password: "x" } }), []);
    assert.deepEqual(told(document, { requestBody: { password: "x" }, answerBody: { id: "1" } }), []);
    assert.deepEqual(told(document, { requestBody: { id: "1" }, answerBody: { password: "x" } }), [
      "request /password is missing",
      "answer 200 /id is missing",
    ]);
  });

  it("shows no secret in a sample", () => {
    const document = documentOf(
      operationOf({
        gives: { properties: { webhook_secret: { type: "integer" }, keys: { type: "integer" } } },
      }),
    );
    const samples = differencesOf(document, {
      answerBody: { webhook_secret: "hunter2", keys: [{ api_key: "hunter2", name: "n" }] },
    }).map(({ sample }) => sample);
    assert.deepEqual(samples, ["(string, not shown)", '[{"api_key":"(not shown)","name":"n"}]']);
  });
});

describe("openapi: version 3.0", () => {
  const of30 = (gives: object, version = "3.0.3") => ({
    ...documentOf(operationOf({ gives: { properties: { x: gives } } }), { components }),
    openapi: version,
  });

  it("takes null where a schema is nullable, also beside enum, $ref and allOf", () => {
    for (const gives of [
      { type: "string", nullable: true },
      { type: "string", nullable: true, enum: ["a"] },
      { nullable: true, allOf: [{ $ref: "#/components/schemas/Part" }] },
      { nullable: true, $ref: "#/components/schemas/Part" },
    ]) {
      assert.deepEqual(told(of30(gives), { answerBody: { x: null } }), [], JSON.stringify(gives));
      assert.notDeepEqual(told(of30(gives), { answerBody: { x: 5 } }), [], JSON.stringify(gives));
      assert.notDeepEqual(told(of30({ ...gives, nullable: false }), { answerBody: { x: null } }), []);
    }
  });

  it("in 3.1 the word nullable says nothing: null is a type there", () => {
    const word = told(of30({ type: "string", nullable: true }, "3.1.0"), { answerBody: { x: null } });
    assert.deepEqual(word, ["answer 200 /x must be string"]);
    assert.deepEqual(told(of30({ type: ["string", "null"] }, "3.1.0"), { answerBody: { x: null } }), []);
  });

  it("reads an exclusive bound as a flag", () => {
    const above = of30({ type: "integer", minimum: 3, exclusiveMinimum: true });
    assert.deepEqual(told(above, { answerBody: { x: 4 } }), []);
    assert.deepEqual(told(above, { answerBody: { x: 3 } }), ["answer 200 /x must be > 3"]);
    assert.deepEqual(told(of30({ minimum: 3, exclusiveMinimum: false }), { answerBody: { x: 3 } }), []);
  });

  it("takes a property that is called like a keyword for a property", () => {
    const named = of30({
      type: "object",
      properties: { nullable: { type: "boolean" }, example: { type: "integer", nullable: true } },
    });
    assert.deepEqual(told(named, { answerBody: { x: { example: null } } }), []);
    assert.deepEqual(told(named, { answerBody: { x: { nullable: true, example: "e" } } }), [
      "answer 200 /x/example must be integer,null",
    ]);
  });

  it("takes the default answer for an answer, and not for a default value", () => {
    const answer = {
      content: {
        "application/json": {
          schema: { properties: { x: { allOf: [{ type: "string" }], nullable: true } } },
        },
      },
    };
    const document = { ...documentOf({ responses: { default: answer } }), openapi: "3.0.3" };
    assert.deepEqual(told(document, { answerBody: { x: null } }), []);
  });
});

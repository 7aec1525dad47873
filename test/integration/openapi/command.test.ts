import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { type Exchange } from "nylas-simulator";
import { run } from "../../openapi/command";
import { type Known } from "../../openapi/known";
import { exchangeOf } from "../../unit/openapi/bench";

const FIXTURE = join(__dirname, "../../unit/openapi/fixtures/postOffice.yaml");
const LIST = { id: "4dcf2289-b882-43d2-88de-d2374da3fc6a", name: "Senders", type: "domain" };
const get = (data: unknown, more: Partial<Exchange> = {}): Exchange =>
  exchangeOf({
    method: "GET",
    path: `/v3/lists/${LIST.id}`,
    requestType: null,
    requestBody: undefined,
    answerBody: { request_id: "r", data },
    ...more,
  });

describe("openapi: the command", () => {
  const folder = mkdtempSync(join(tmpdir(), "openapi-"));
  after(() => rmSync(folder, { recursive: true }));

  const written = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const call = async (args: string[], exchanges: Exchange[] = [], known: Known = {}) => {
    let [out, errors, asked] = ["", "", 0];
    const code = await run(args, {
      print: (text) => (out += text),
      complain: (text) => (errors += text),
      listen: (seed) => {
        asked = seed;
        return Promise.resolve(exchanges);
      },
      known,
    });
    return { code, out, errors, asked };
  };

  for (const [format, file] of [
    ["YAML", () => FIXTURE],
    ["JSON", () => written("document.json", JSON.stringify(parse(readFileSync(FIXTURE, "utf8"))))],
  ] as const)
    it(`ends with 0 and the figures where nothing differs, from ${format}`, async () => {
      assert.deepEqual(await call([file(), "--seed", "7"], [get(LIST), get(LIST)]), {
        code: 0,
        out: "1 route of the document, 2 exchanges, 0 unknown differences, 0 known errors of the document",
        errors: "",
        asked: 7,
      });
    });

  it("ends with 1 and shows what differs by route, path, count and sample", async () => {
    const other = get({ ...LIST, type: "words" });
    const { code, out } = await call([FIXTURE], [get(LIST), other, other]);
    assert.equal(code, 1);
    assert.match(
      out,
      /^1 route of the document, 3 exchanges, 1 unknown difference, .*\n\nGET \/v3\/lists\/\{list_id\}\n {2}answer 200 \/data\/type: is none of the values of the document \(2×\); such as "words"\n/,
    );
  });

  describe("a known error of the document", () => {
    const words = {
      name: "list-of-words",
      reason: "lists of words came later",
      shows: { route: "GET /v3/lists/{list_id}", path: "/data/type" },
    };
    const other = get({ ...LIST, type: "words" });

    it("is no difference, and is shown by its name with the reason", async () => {
      const { code, out } = await call([FIXTURE], [other], { known: [words] });
      assert.equal(code, 0, out);
      assert.match(out, /\n {2}list-of-words \(1×\): lists of words came later$/);
    });

    it("hides nothing but itself", async () => {
      const { code, out } = await call([FIXTURE], [get({ ...LIST, type: "words", id: "x" })], {
        known: [words],
      });
      assert.equal(code, 1);
      assert.match(out, /answer 200 \/data\/id: must match format "uuid"/);
      assert.doesNotMatch(out, /answer 200 \/data\/type/);
    });

    it("is said when it does not occur any more", async () => {
      const { code, out } = await call([FIXTURE], [get(LIST)], { known: [words] });
      assert.equal(code, 0);
      assert.match(out, /did not occur\. Take them out of test\/openapi\/known\.ts .*\n {2}list-of-words$/);
    });

    it("can be a path that the document has under another name, where the answer is checked all the same", async () => {
      const moved = [{ name: "new-path", reason: "newer", from: /^\/v3\/new\/lists/, to: "/v3/lists" }];
      const at = { path: `/v3/new/lists/${LIST.id}` };
      const good = await call([FIXTURE], [get(LIST, at)], { moved });
      assert.deepEqual([good.code, /new-path \(1×\): newer/.test(good.out)], [0, true], good.out);
      const bad = await call([FIXTURE], [get({ ...LIST, name: 1 }, at)], { moved });
      assert.deepEqual([bad.code, /\/data\/name: must be string/.test(bad.out)], [1, true], bad.out);
    });
  });

  describe("ends with 2, says what is wrong and what to do, and starts nothing", () => {
    const bad = (title: string, args: () => string[], says: RegExp) =>
      it(title, async () => {
        const { code, out, errors, asked } = await call(args());
        assert.deepEqual([code, out, asked], [2, "", 0]);
        assert.match(errors, says);
        assert.match(errors, /: [^:]*\.$|Usage: npm run test:openapi -- FILE \[--seed S\]$/);
      });
    const holding = (text: string) => () => [written("bad.yaml", text)];

    bad("no file", () => [], /^0 files given, expected one: download /);
    bad("two files", () => [FIXTURE, FIXTURE], /^2 files given/);
    bad("an unknown option", () => [FIXTURE, "--sed", "1"], /--sed/);
    bad("a seed that is no number", () => [FIXTURE, "--seed", "x"], /^--seed x is no whole number/);
    bad(
      "a file that is not there",
      () => [join(folder, "none.json")],
      /none\.json cannot be read \(ENOENT\)/,
    );
    bad("a folder", () => [folder], /cannot be read \(EISDIR\)/);
    bad("broken JSON", holding("{ not json"), /is neither JSON nor YAML/);
    bad("broken YAML", holding("a: [1\nb: 2"), /is neither JSON nor YAML/);
    bad("a text", holding("hello"), /holds no object/);
    bad("another file of YAML", holding("a: 1"), /has no member "openapi"/);
    bad("an older version", holding('swagger: "2.0"'), /is of version "2\.0": convert it/);
    bad("a newer version", holding("openapi: 3.2.0"), /is of version "3\.2\.0": convert it/);
    bad("no paths", holding("openapi: 3.1.0"), /has no paths/);
    const withRef = (ref: string) =>
      holding(`openapi: 3.1.0\npaths: { /v3/a: { get: { responses: { "200": { $ref: "${ref}" } } } } }`);
    bad("a $ref into another file", withRef("other.yaml#/a"), /\$ref other\.yaml#\/a leads to another file/);
    bad(
      "a $ref to nothing",
      withRef("#/components/responses/None"),
      /nothing stands at #\/components\/responses\/None/,
    );
    bad("a $ref to itself", withRef("#/paths/~1v3~1a/get/responses/200"), /leads back to itself/);
  });

  it("ends with 2 where a schema that is needed cannot be used", async () => {
    const file = written(
      "schema.yaml",
      'openapi: 3.1.0\npaths: { /v3/a: { get: { responses: { "200": { content: { application/json: { schema: { properties: { x: { $ref: "#/none" } } } } } } } } } }',
    );
    const { code, errors } = await call(
      [file],
      [exchangeOf({ method: "GET", path: "/v3/a", requestBody: undefined })],
    );
    assert.equal(code, 2);
    assert.match(
      errors,
      /^the schema at #\/paths\/~1v3~1a\/get\/.* cannot be used .*#\/none.*: mend the document\.$/,
    );
  });
});

import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as fc from "fast-check";
import { parse } from "yaml";
import { PRINTERS } from "../../../provider/cli/import/languages";
import { type Host, type Language, LANGUAGES } from "../../../provider/cli/import/languages/language";
import { exported, quoted } from "../../../provider/cli/import/languages/text";
import { yamlText } from "../../../provider/cli/import/languages/yaml";
import { nameOf } from "../../../provider/cli/import/languages/python";
import { SCHEMA } from "../../../provider/cli/import/languages/schemaTypes";
import { type Program, Reference, type Statement } from "../../../provider/cli/import/program";
import { importedProgram, ODD } from "./importFixture";

const GOLDEN = path.join(__dirname, "fixtures/import");

const FILES: [file: string, language: Language, host: Host][] = [
  ["dynamic.ts.txt", "typescript", "dynamic"],
  ["native.ts.txt", "typescript", "native"],
  ["__main__.py.txt", "python", "native"],
  ["main.go.txt", "go", "native"],
  ["Main.yaml.txt", "yaml", "native"],
];

/** A text as pulumi's YAML reads it: the parts between its references. */
function interpolated(text: string): (string | { reference: string })[] {
  const parts: (string | { reference: string })[] = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    if (text.startsWith("$$", at)) {
      plain += "$";
      at += 2;
    } else if (text.startsWith("${", at)) {
      const end = text.indexOf("}", at);
      if (plain !== "") parts.push(plain);
      plain = "";
      parts.push({ reference: text.slice(at + 2, end) });
      at = end + 1;
    } else {
      plain += text[at++]!;
    }
  }
  return plain === "" ? parts : [...parts, plain];
}

const wellFormed = (text: string) => text.replace(/\p{Cs}/gu, "\uFFFD");
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("$", "{", "}", '"', "\\", "\n", "'", "#", ":", " ", "a", "\u{1F600}") }),
);

describe("the program that pulumi-nylas import writes", () => {
  for (const [file, language, host] of FILES)
    it(`is written as it was before: ${file}`, () => {
      const written = PRINTERS[language](importedProgram({ withVendor: true }), host);
      const golden = path.join(GOLDEN, file);
      if (process.env["UPDATE_GOLDEN"]) fs.writeFileSync(golden, written);
      assert.equal(written, fs.readFileSync(golden, "utf8"));
    });

  it("means in YAML what the program says: each text, each reference, and nothing between them", () => {
    const { resources } = parse(PRINTERS.yaml(importedProgram({ withVendor: true }), "native")) as {
      resources: Record<
        string,
        { type: string; name?: string; properties?: Record<string, unknown>; options?: object }
      >;
    };
    const named = Object.values(resources).map(({ type, name }) => `${type} ${name}`);
    assert.equal(named.length, importedProgram({ withVendor: true }).statements.length);
    const find = (name: string) => Object.values(resources).find((each) => each.name === name)!;
    const rule = find("2027").properties as { name: string; conditions: { inList: string[] }[] };
    assert.deepEqual(interpolated(rule.name), [ODD]);
    for (const reference of rule.conditions[0]!.inList) {
      const [part] = interpolated(reference) as [{ reference: string }];
      assert.ok(resources[part.reference.replace(/\.id$/, "")]?.type === "nylas:List", reference);
    }
    assert.deepEqual(find("agents.example.com").options, { protect: true });
    assert.deepEqual(find("agents.example.com").properties!["addressesFor"], ["scheduling", "o'bri\"en"]);
    assert.deepEqual(find("import").properties!["limits"], {
      dailySends: 50,
      dailyReceives: "unlimited",
      storageBytes: 10737418240,
      attachmentTypes: [],
    });
  });

  it("quotes any text so that YAML means that text, and no text becomes a reference", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const read = (parse(`x: ${yamlText(text)}`) as { x: unknown }).x;
        assert.equal(typeof read, "string");
        assert.equal(interpolated(read as string).join(""), wellFormed(text));
        assert.ok(interpolated(read as string).every((part) => typeof part === "string"));
      }),
      { numRuns: 2000 },
    );
    for (const word of [
      "true",
      "Yes",
      "null",
      "~",
      "1e3",
      "0x1",
      "2027-01-01",
      "",
      "a: b",
      "- a",
      "on",
      "=",
      "NaN",
    ])
      assert.equal((parse(`x: ${yamlText(word)}`) as { x: unknown }).x, word);
  });

  it("quotes any text on one visible line that Python and Go read as well", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const shown = quoted(text);
        assert.match(
          shown,
          /^"([^"\\\n\r]|\\["\\nrt]|\\u[0-9A-F]{4}|\\U000[0-9A-F]{5}|\\U0010[0-9A-F]{4})*"$/u,
        );
        assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        const read = shown
          .slice(1, -1)
          .replace(/\\(u[0-9A-F]{4}|U[0-9A-F]{8}|.)/gu, (_, escape: string) =>
            escape.length > 1
              ? String.fromCodePoint(parseInt(escape.slice(1), 16))
              : ({ n: "\n", r: "\r", t: "\t" }[escape] ?? escape),
          );
        assert.equal(read, wellFormed(text));
      }),
      { numRuns: 2000 },
    );
  });

  it("gives each resource a name of its own that is no word of the language, whatever the names are", () => {
    const words: Record<Language, RegExp> = {
      typescript: /^(class|new|import|await|this|const|enum|NylasList|pulumi)$/,
      python: /^(class|import|is|not|list|None|pulumi|nylas|print)$/,
      go: /^(func|type|range|import|err|ctx|nylas|pulumi|main|_)$/,
      yaml: /^(pulumi|fn::.*)$/,
    };
    const found: Record<Language, RegExp> = {
      typescript: /^const (\S+) = new /gm,
      python: /^(\S+) = nylas\./gm,
      go: /^\t\t(\S+), err :=/gm,
      yaml: /^ {2}([^\s#]\S*):$/gm,
    };
    const names = fc.oneof(
      texts,
      fc.constantFrom(
        "class",
        "import",
        "err",
        "a-b",
        "a_b",
        "A.b",
        "ab",
        "2027",
        "list",
        "pulumi",
        "func",
        "is",
        "not",
      ),
    );
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 8 }), (all) => {
        const lists = all.map((name): Statement => ({
          section: "Lists",
          comments: [name],
          declared: { of: "kind", type: "List" },
          name: name === "" ? "list" : name,
          noun: "list",
          args: { type: "domain" },
          isProtected: false,
        }));
        const rule: Statement = {
          section: "Rules",
          comments: [],
          declared: { of: "kind", type: "Rule" },
          name: "rule-of-them",
          noun: "rule",
          args: {
            conditions: [{ field: "from.domain", inList: lists.map((each) => new Reference(each, "id")) }],
            actions: ["block"],
          },
          isProtected: false,
        };
        const program: Program = { head: () => all, statements: [...lists, rule], left: all };
        for (const language of LANGUAGES) {
          const text = PRINTERS[language](program, "native");
          const given = [...text.matchAll(found[language])].map(([, name]) => name!);
          const own = language === "yaml" ? given.filter((name) => name !== "ruleOfThem") : given;
          assert.equal(own.length, lists.length, text);
          assert.equal(new Set(own).size, lists.length, text);
          for (const name of own) {
            assert.match(name, /^[a-z][A-Za-z0-9_]*$/);
            assert.doesNotMatch(name, words[language]);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("lets no comment end before its line does", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const program: Program = { head: () => [text], statements: [], left: [text] };
        for (const language of LANGUAGES) {
          const lines = PRINTERS[language](program, "native").split("\n");
          const mark = language === "typescript" || language === "go" ? "// " : "# ";
          for (const line of [lines[0]!, lines.at(-2)!]) assert.ok(line.startsWith(mark), line);
          assert.doesNotMatch(
            lines.join(""),
            language === "yaml" ? /[\u2028\u2029\r\ufffe\uffff]/ : /[\u2028\u2029\r]/,
          );
        }
      }),
    );
  });

  it("names the properties of a comment as the language does", () => {
    const program = importedProgram({ withVendor: false });
    assert.match(PRINTERS.python(program, "native"), /# .*\. app_password here would set/);
    assert.match(
      PRINTERS.go(program, "native"),
      /\/\/ SpamRetentionDays is left out: give less than InboxRetentionDays/,
    );
    assert.match(PRINTERS.yaml(program, "native"), /# .*\. appPassword here would set/);
  });

  it("has a name in Python and Go for each property of the schema, and no two of one owner are the same", () => {
    const owners = [
      ...Object.values(SCHEMA.resources),
      ...Object.values(SCHEMA.types).flatMap((type) => ("properties" in type ? [type.properties] : [])),
    ].map(Object.keys);
    assert.ok(owners.length > 30);
    for (const names of owners) {
      assert.equal(new Set(names.map(nameOf)).size, names.length);
      for (const name of names) {
        assert.match(nameOf(name), /^[a-z][a-z0-9_]*$/);
        assert.match(exported(name), /^[A-Z][A-Za-z0-9]*$/);
      }
    }
    assert.equal(nameOf("is"), "is_");
  });
});

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { isDmarc, readDmarc } from "../../../provider/dns/dmarc";

const policies = ["none", "quarantine", "reject"];
const address = fc.constantFrom(
  "mailto:dmarc@example.com",
  "mailto:a%21b@example.co.uk!10m",
  "MAILTO:x@xn--bcher-kva.example",
);
const addresses = fc.array(address, { minLength: 1, maxLength: 3 }).map((all) => all.join(","));
const values: Record<string, fc.Arbitrary<string>> = {
  sp: fc.constantFrom(...policies),
  np: fc.constantFrom(...policies, "Reject"),
  rua: addresses,
  ruf: addresses,
  pct: fc.integer({ min: 0, max: 100 }).map(String),
  adkim: fc.constantFrom("r", "s"),
  aspf: fc.constantFrom("r", "s", "S"),
  fo: fc.constantFrom("0", "1", "1:d:s", "d : s"),
  ri: fc.nat(4_294_967_295).map(String),
  rf: fc.constant("afrf"),
  t: fc.constantFrom("y", "n"),
  psd: fc.constantFrom("y", "n", "u"),
};
const blank = fc.constantFrom("", " ", "\t".replace("\t", "  "));

/** A sound record: its tags in any order behind `p`, in any writing that the grammar allows. */
const record = fc
  .tuple(
    fc.constantFrom(...policies),
    fc
      .subarray(Object.keys(values))
      .chain((names) => fc.shuffledSubarray(names, { minLength: names.length })),
  )
  .chain(([p, names]) =>
    fc
      .tuple(
        ...names.map((name) =>
          fc.tuple(fc.constantFrom(name, name.toUpperCase()), values[name]!, blank, blank),
        ),
        fc.constantFrom("", ";", " ; "),
      )
      .map((parts) => {
        const end = parts.at(-1) as string;
        const tags = (parts.slice(0, -1) as string[][]).map(
          ([name, value, a, b]) => `${a}${name}${b}=${a}${value}`,
        );
        return { tags: [`p=${p}`, ...tags], text: `v=DMARC1; ${[`p=${p}`, ...tags].join(";")}${end}` };
      }),
  );

describe("finding 5: the text of a DMARC record", () => {
  it("is taken in every writing that the grammar allows", () => {
    fc.assert(
      fc.property(record, ({ text }) => {
        assert.deepEqual(readDmarc(text), { problems: [], warnings: [] });
        assert.ok(isDmarc(text));
      }),
      { numRuns: 500 },
    );
  });

  it("is refused with any tag twice, any tag unknown, any tag without a value, and without p", () => {
    fc.assert(
      fc.property(
        record,
        fc.nat(),
        fc.constantFrom("x", "policy", "rue", "subdomain"),
        ({ tags }, at, strange) => {
          const tag = tags[at % tags.length]!;
          const [name] = tag.trim().split(/\s*=/) as [string];
          const with_ = (all: string[]) => readDmarc(`v=DMARC1; ${all.join("; ")}`).problems.join("\n");
          assert.match(with_([...tags, tag]), new RegExp(`^${name.toLowerCase()} is there twice`, "m"));
          assert.match(with_([...tags, `${strange}=1`]), new RegExp(`"?${strange}"? is no tag of DMARC`));
          assert.match(with_(tags.map((each) => (each === tag ? `${name}=` : each))), /is empty; allowed: /);
          assert.match(with_(tags.slice(1)), /^p is missing/m);
        },
      ),
      { numRuns: 300 },
    );
  });

  const wrong: [string, RegExp][] = [
    ["p=reject", /begins with v=DMARC1/],
    ["v=DMARC2; p=none", /begins with v=DMARC1/],
    ["v=dmarc1; p=none", /begins with v=DMARC1/],
    ["v=DMARC1", /p is missing/],
    ["v=DMARC1; rua=mailto:x@example.com", /p is missing/],
    [
      "v=DMARC1; p=rejct",
      /p="?rejct"? is not allowed; allowed: none, quarantine or reject; did you mean reject\?/,
    ],
    ["v=DMARC1; p=none; sp=quarantaine", /did you mean quarantine\?/],
    ["v=DMARC1; p=none; rua=x@example.com", /did you mean mailto:x@example\.com\?/],
    ["v=DMARC1; p=none; rua=mailto:a@example.com,b@example.com", /did you mean mailto:b@example\.com\?/],
    ["v=DMARC1; p=none; rua=https://example.com/dmarc", /mailto: addresses/],
    ["v=DMARC1; p=none; rua=mailto:nobody", /mailto: addresses/],
    ["v=DMARC1; p=none; pct=200", /a whole number from 0 to 100/],
    ["v=DMARC1; p=none; pct=-1", /a whole number from 0 to 100/],
    ["v=DMARC1; p=none; p=reject", /p is there twice/],
    ["v=DMARC1; p=none; v=DMARC1", /v is there twice/],
    ["v=DMARC1; p=none; fo=2", /fo="?2"? is not allowed/],
    ["v=DMARC1; p=none; rau=mailto:x@example.com", /rau"? is no tag of DMARC; did you mean rua\?/],
    ["v=DMARC1; p=none; adkin=s", /did you mean adkim\?/],
    ["v=DMARC1; p=none;; adkim=s", /two semicolons/],
    ["v=DMARC1; p=none adkim=s", /p="?none adkim=s"? is not allowed/],
    ["v=DMARC1; p", /"?p"? has no =/],
    ["v=DMARC1; p=none; rua=mailto:x@bücher.example", /punycode/],
    ["v=DMARC1;\np=none", /one line/],
  ];
  for (const [text, said] of wrong) {
    it(`is refused: ${JSON.stringify(text)}`, () => assert.match(readDmarc(text).problems.join("; "), said));
  }

  it("says everything that is wrong at once", () => {
    assert.equal(
      readDmarc("v=DMARC1; p=rejct; pct=200; rua=x@example.com; x=1; adkim=s; adkim=r").problems.length,
      5,
    );
  });

  it("is warned of where p is not the second tag", () => {
    const { problems, warnings } = readDmarc("v=DMARC1; adkim=s; p=none");
    assert.deepEqual([problems, warnings.length], [[], 1]);
  });

  it("is told from other texts at _dmarc", () => {
    for (const text of ["v=DMARC1", "v=DMARC1;p=none", " v = DMARC1 ; x"]) assert.ok(isDmarc(text), text);
    for (const text of ["v=DMARC10; p=none", "v=spf1 -all", "DMARC1"]) assert.ok(!isDmarc(text), text);
  });
});

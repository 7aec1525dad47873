import assert from "node:assert/strict";
import { type Simulator, startSimulator } from "nylas-simulator";
import { createLookup } from "../../../provider/dns/lookup";
import { type DnsRecord, quoteTxt } from "../../../provider/dns/records";
import { txtValue } from "../../../provider/dns/adapters/route53";
import { markdownTable, type SlottedRecord, zoneFragment } from "../../../provider/dns/adapters/zoneFile";
import { CONTROLS, Dice, within, WORD } from "./values";

const SEED = Number(process.env.BAD_INPUT_SEED ?? 1);
const CASES = Number(process.env.BAD_INPUT_ZONES ?? 3_000);

/** What would be a record, a directive or a cell of its own if it were written as it stands. */
const INJECTIONS = [
  "\n@ IN MX 0 evil.example.",
  '\r\nevil 60 IN TXT "x"',
  "\n$INCLUDE /etc/passwd",
  "\n$ORIGIN evil.example.",
  "\n$GENERATE 1-9 a A 10.0.0.$",
  "$INCLUDE /etc/passwd",
  "$ORIGIN .",
  "; the rest",
  '"',
  '" "',
  '" IN MX 0 evil.example. "',
  '"\n@ IN MX 0 evil.example. ; "',
  "\\",
  '\\"',
  "\\010@ IN MX 0 evil.example.",
  "\\\n",
  "(",
  ")",
  "( \n @ IN MX 0 evil.example. \n )",
  " | evil | cell |",
  "|",
  "\\|",
  "`|`",
  "`",
  "``",
  "\n| MX | evil | 0 | evil | evil |",
  "\n\n# evil",
  "<td>evil</td>",
  "</code> | evil",
  "<!--",
  "&#124; evil",
  "&lt;b&gt;",
  "[evil](https://evil.example)",
  "![x](https://evil.example/x.png)",
  "{{ evil }}",
  "\t",
  "  ",
  "@",
  "*",
  ...CONTROLS,
  "é",
  "😀",
  "\ud800",
];
const SLOTS = ["ownership", "spf", "mx", "dkim", "feedback", "dmarc"] as const;

/** Records with something in every text that does not belong there. */
function records(dice: Dice): SlottedRecord[] {
  const nasty = (text: string) => {
    let made = text;
    for (let left = dice.whole(0, 3); left > 0; left--) made = within(dice, made, dice.one(INJECTIONS));
    return made;
  };
  const label = () => dice.text(WORD, 1, 9);
  return dice.some(SLOTS, 1).map((slot): SlottedRecord => {
    const mx = slot === "mx" || slot === "feedback";
    const name = nasty(`${label()}.agents.example.com`);
    return mx
      ? {
          slot,
          type: "MX",
          name,
          value: nasty(`${label()}.example.net`),
          ...(dice.chance(0.5) ? { priority: dice.whole(0, 65_535) } : {}),
        }
      : { slot, type: "TXT", name, value: nasty(dice.text(WORD, dice.one([0, 9, 254, 255, 256, 700]))) };
  });
}

describe("what is handed to people who run their own DNS", function () {
  this.timeout(120_000);
  let sim: Simulator;
  before(async () => {
    sim = await startSimulator({});
  });
  after(() => sim.close());

  const each = (judge: (dice: Dice, tell: string) => void) => {
    for (let number = 0; number < CASES; number++)
      judge(new Dice(SEED, number), `BAD_INPUT_SEED=${SEED}, case ${number}`);
  };

  it(`is a zone fragment with exactly these records in it, as another reader of RFC 1035 reads it: ${CASES} cases`, () => {
    each((dice, tell) => {
      const given = records(dice);
      const domain = within(dice, "agents.example.com", dice.one(INJECTIONS));
      const zone = zoneFragment(domain, given, 3600);
      const read = readZone(zone);
      const expected = given.map(({ type, name, value, priority }) => ({
        name: labels(name),
        ttl: 3600,
        type,
        data:
          type === "MX"
            ? [String(priority ?? 10), ...[labels(value).join(".")]]
            : [Buffer.from(value, "utf8").toString("latin1")],
      }));
      assert.deepEqual(read, expected, `${tell}\n${zone}`);
    });
  });

  it(`is a table with a row for each record and five cells in each, which show the very text: ${CASES} cases`, () => {
    each((dice, tell) => {
      const given = records(dice);
      const domain = within(dice, "agents.example.com", dice.one(INJECTIONS));
      // As a file holds it: half a character is none.
      const lines = markdownTable(domain, given, 300)
        .replace(/\p{Cs}/gu, "\ufffd")
        .split("\n");
      assert.equal(lines.length, given.length + 7, tell);
      const rows = lines.slice(4, -1);
      const outside = [...lines.slice(0, 4), ...lines.slice(-1)];
      assert.deepEqual(
        outside.map((line) => (line.startsWith("# ") ? "#" : line.startsWith("Please add ") ? "text" : line)),
        ["#", "", "text", "", ""],
        tell,
      );
      rows.splice(0, 2);
      assert.equal(rows.length, given.length, tell);
      rows.forEach((row, i) => {
        // Cells are told apart before anything else is read: also within code, and unless a backslash stands before.
        const cells = row.split("|").slice(1, -1);
        assert.equal(cells.length, 5, `${tell}: ${row}`);
        const { type, name, value, priority } = given[i]!;
        const shown = (text: string) =>
          /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text) ? quoteTxt(text) : text;
        assert.deepEqual(
          [cells[0]!.trim(), cells[2]!.trim(), codeOf(cells[1]!), codeOf(cells[3]!)],
          [
            type,
            type === "MX" ? String(priority ?? 10) : "",
            shown(name),
            shown(type === "MX" ? value || "." : value),
          ].map((text) => text.replace(/\p{Cs}/gu, "\ufffd")),
          `${tell}: ${row}`,
        );
      });
    });
  });

  it("is read by a name server as one record with the very text, also in the form for Cloudflare", async () => {
    const lookup = createLookup({ servers: [sim.dnsServer] });
    for (let number = 0; number < 150; number++) {
      const dice = new Dice(SEED, number);
      const value = within(
        dice,
        dice.text(WORD, dice.one([1, 20, 254, 255, 256, 511])),
        dice.one(INJECTIONS),
      ).replace(/\p{Cs}/gu, "");
      const name = `r${number}.example.com`;
      const id = sim.putRecord("example.com", { type: "TXT", name, content: quoteTxt(value) });
      const outcome = await lookup.ask(name, "TXT");
      assert.equal(outcome.kind, "found");
      assert.deepEqual(
        (outcome as { records: DnsRecord[] }).records.map((record) => record.value),
        [value],
        JSON.stringify(value),
      );
      sim.removeRecord("example.com", id);
    }
  });

  it(`is one string for Route 53, whose quotes and backslashes are all escaped: ${CASES} cases`, () => {
    each((dice, tell) => {
      const value = within(dice, dice.text(WORD, dice.one([0, 9, 255, 256, 700])), dice.one(INJECTIONS));
      // The provider puts the outer quotes around it; inside, a backslash and three octal digits are a byte.
      const strings = stringsOf(`"${txtValue(value)}"`);
      for (const each of strings) assert.ok(each.length <= 255, tell);
      assert.equal(strings.join(""), Buffer.from(value, "utf8").toString("latin1"), tell);
    });
  });

  it("refuses the priority of an MX that is more than a number", () => {
    const record = { slot: "mx", type: "MX", name: "a.example.com", value: "b.example.com" } as const;
    for (const priority of ["0 evil.example.\nx", "10", -1, 65_536, 0.5, NaN, null]) {
      const wrong = [{ ...record, priority: priority as number }];
      for (const write of [zoneFragment, markdownTable])
        assert.throws(
          () => write("example.com", wrong, 300),
          /the priority of the MX at a\.example\.com: given .*allowed: a whole number/,
        );
    }
  });
});

interface Read {
  /** Bytes as latin1, label by label. */
  name: string[];
  ttl: number;
  type: string;
  data: string[];
}

function labels(name: string): string[] {
  return name === "" ? [] : name.split(".").map((label) => Buffer.from(label, "utf8").toString("latin1"));
}

/**
 * Reads a zone file as RFC 1035 (5.1) says, written from there alone. An entry ends with a line unless a parenthesis
 * is open. A quote holds everything but a quote. A backslash takes the next character or three decimal digits. A
 * semicolon ends what counts of a line.
 */
function readZone(zone: string): Read[] {
  const entries: { text: string; quoted: boolean }[][] = [];
  let entry: { text: string; quoted: boolean }[] = [];
  let open = 0;
  let at = 0;
  const escaped = (): string => {
    const digits = /^\d{3}/.exec(zone.slice(at, at + 3))?.[0];
    if (digits !== undefined) {
      at += 3;
      assert.ok(Number(digits) < 256);
      return `\\${String.fromCharCode(Number(digits))}`;
    }
    return `\\${zone[at++]!}`;
  };
  while (at < zone.length) {
    const character = zone[at++]!;
    if (character === "\n") {
      if (open === 0) {
        if (entry.length > 0) entries.push(entry);
        entry = [];
      }
    } else if (character === ";") while (at < zone.length && zone[at] !== "\n") at++;
    else if (character === "(") open++;
    else if (character === ")") open--;
    else if (/\s/.test(character)) continue;
    else {
      let text = "";
      const quoted = character === '"';
      if (!quoted) at--;
      for (;;) {
        const next = zone[at];
        assert.ok(next !== undefined, "the end of the file within a text");
        if (quoted ? next === '"' : /[\s;()"]/.test(next)) break;
        assert.ok(!/[^\x20-\x7e]/.test(next), "a byte that is not printable");
        at++;
        text += next === "\\" ? escaped() : next;
      }
      if (quoted) at++;
      entry.push({ text, quoted });
    }
  }
  assert.equal(open, 0);
  assert.deepEqual(entry, [], "the last line has no end");
  return entries.map((words) => {
    assert.ok(!words[0]!.text.startsWith("$"), `a directive: ${words[0]!.text}`);
    const [name, ttl, kind, type, ...data] = words;
    assert.equal(kind!.text, "IN");
    const plain = (text: string) => text.replace(/\\([^])/g, "$1");
    /** Absolute, label by label; a dot that is escaped parts nothing. */
    const nameOf = (text: string) => {
      const parts = text.match(/(?:\\[^]|[^.\\])*\.?/g)!.filter((part) => part !== "");
      assert.ok(text.endsWith("."), `not absolute: ${text}`);
      return text === "." ? [] : parts.map((part) => plain(part.replace(/\.$/, "")));
    };
    if (type!.text === "MX") {
      assert.equal(data.length, 2);
      return {
        name: nameOf(name!.text),
        ttl: Number(ttl!.text),
        type: "MX",
        data: [data[0]!.text, nameOf(data[1]!.text).join(".")],
      };
    }
    assert.equal(type!.text, "TXT");
    const strings = data.map(({ text, quoted }) => {
      assert.ok(quoted);
      const bytes = plain(text);
      assert.ok(bytes.length <= 255);
      return bytes;
    });
    return { name: nameOf(name!.text), ttl: Number(ttl!.text), type: "TXT", data: [strings.join("")] };
  });
}

/** The text of a cell that is one piece of code: in backquotes, or as HTML with everything escaped. */
function codeOf(cell: string): string {
  const inner = /^ (?:`([^`]*)`|<code>([A-Za-z0-9.:;=/+&#-]*)<\/code>) $/.exec(cell);
  assert.ok(inner, `not one piece of code: ${cell}`);
  const [, plain, html] = inner;
  if (html === undefined) return plain!;
  return html.replace(/&#(\d+);/g, (_, code) =>
    Number(code) >= 0xd800 && Number(code) <= 0xdfff ? "\ufffd" : String.fromCodePoint(Number(code)),
  );
}

/** The strings of a TXT value as Route 53's documentation has them, byte by byte. */
function stringsOf(text: string): string[] {
  const whole = /^(?:"(?:[^"\\]|\\"|\\[0-3][0-7]{2})*")+$/;
  assert.match(text, whole);
  return [...text.matchAll(/"((?:[^"\\]|\\"|\\[0-3][0-7]{2})*)"/g)].map(([, inner]) =>
    inner!.replace(
      /\\(?:(")|([0-3][0-7]{2}))/g,
      (_, quote, octal) => quote ?? String.fromCharCode(parseInt(octal as string, 8)),
    ),
  );
}

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { emailInAscii } from "../../../provider/nylas/addresses";
import {
  forceWord,
  type ForceWords,
  howToGive,
  inShell,
  readForceWords,
} from "../../../provider/nylas/forceWords";

const ID = "0b7c3f2e-5d1a-4c7e-9f60-2a8b1c3d4e5f";

function read(text: string, from: "environment" | "configuration" = "environment"): ForceWords {
  const name = from === "environment" ? "NYLAS_FORCE_DESTROY" : "nylas:forceDestroy";
  return readForceWords({ text, source: name, from, name });
}

describe("M13: the words of forceDestroy", () => {
  it("name a kind and one object, alone or in a JSON list", () => {
    const words = {
      "account:x@agents.example.com": ["account:x@agents.example.com"],
      "domain:agents.example.com": ["domain:agents.example.com"],
      [`workspace:${ID}`]: [`workspace:${ID}`],
      "[]": [],
      '["account:a@b.example", " domain:b.example "]': ["account:a@b.example", "domain:b.example"],
      '["account:a@b.example","ACCOUNT:A@B.EXAMPLE."]': ["account:a@b.example"],
    };
    for (const [text, meant] of Object.entries(words))
      for (const from of ["environment", "configuration"] as const) {
        const { words: got, problem } = read(text, from);
        assert.deepEqual([got, problem], [meant, undefined], text);
      }
  });

  it("are refused by name, with what is allowed, wherever one of them is not plain", () => {
    const wrong: Record<string, RegExp> = {
      Acme: /the entry \("Acme"\) does not say what kind/,
      "Acme, Inc": /"Acme, Inc"\) has a comma in it/,
      "account:a@b.example,account:c@b.example": /has a comma in it/,
      "workspace:Acme": /does not name the id of one workspace/,
      "workspace:agents.example.com": /does not name the id of one workspace/,
      "account:*@b.example": /does not name the address of one account/,
      "account:b.example": /does not name the address of one account/,
      "account:@b.example": /does not name the address/,
      'account:"a b"@b.example': /does not name the address/,
      "domain:*.b.example": /does not name one domain/,
      "domain:x@b.example": /does not name one domain/,
      "domain:example": /does not name one domain/,
      "domain:1.2.3": /does not name one domain/,
      "domain:b.example/": /does not name one domain/,
      "account:": /does not name the address/,
      "policy:gold": /does not say what kind/,
      '["account:a@b.example",""]': /entry 2 is empty/,
      '["account:a@b.example",1]': /entry 2 is no text/,
      '{"account":"a@b.example"}': /does not say what kind/,
      '["account:a@b.example"': /no JSON list/,
      // The Kelvin sign and a Cyrillic letter: both look like ASCII, and the first one folds into it.
      "account:\u212aim@b.example": /\\u212aim@b\.example"\) does not name the address/,
      "account:\u0430@b.example": /does not name the address/,
      "domain:agents\u00ad.example.com": /does not name one domain/,
      "domain:agents\u200b.example.com": /does not name one domain/,
    };
    for (const [text, said] of Object.entries(wrong))
      for (const from of ["environment", "configuration"] as const) {
        const { words, problem } = read(text, from);
        assert.deepEqual(words, [], text);
        assert.match(problem?.message ?? "", said);
        assert.match(
          problem!.message,
          /account:x@agents\.example\.com, domain:agents\.example\.com or workspace:/,
        );
        assert.match(problem!.message, /Nothing was changed/);
      }
  });

  it("of the old form are refused with the new form to type", () => {
    const say = (text: string, from?: "configuration") => read(text, from).problem!.message;
    assert.match(say("X@b.example"), /If the account is meant: NYLAS_FORCE_DESTROY=account:x@b\.example$/);
    assert.match(say("b.example"), /If the domain is meant: NYLAS_FORCE_DESTROY=domain:b\.example$/);
    assert.match(
      say("a@b.example, b.example"),
      /If these are meant: NYLAS_FORCE_DESTROY='\["account:a@b\.example","domain:b\.example"\]'$/,
    );
    assert.match(
      say('["account:a@b.example","c@b.example"]', "configuration"),
      /If the account is meant: pulumi config set --path 'nylas:forceDestroy\[1\]' account:c@b\.example$/,
    );
    assert.match(
      say("c@b.example", "configuration"),
      /pulumi config rm nylas:forceDestroy && pulumi config set --path 'nylas:forceDestroy\[0\]' account:c@b\.example$/,
    );
  });

  const alnum = fc.string({ unit: fc.constantFrom(..."abcXYZ059"), minLength: 1, maxLength: 8 });
  const label = fc.oneof(alnum, fc.constantFrom("bücher", "größe", "почта", "日本", "xn--bcher-kva"));
  const domain = fc
    .tuple(label, alnum, fc.constantFrom("example", "Example.COM"))
    .map((parts) => parts.join("."));
  const local = fc.string({ unit: fc.constantFrom(..."aZ0+'!$&`{}|~=-_^#%/"), minLength: 1, maxLength: 12 });
  const email = fc.tuple(local, domain).map((parts) => parts.join("@"));

  it("have one normal form, whatever case, final dot or alphabet they are given in", () => {
    fc.assert(
      fc.property(fc.oneof(email, domain), fc.boolean(), fc.boolean(), (name, upper, dot) => {
        const kind = name.includes("@") ? "account" : "domain";
        const normal = forceWord(kind, name);
        assert.ok(normal, name);
        // Upper case of "ß" is another word, so only ASCII letters are raised.
        const spelt =
          (upper ? name.replace(/[a-z]/g, (letter) => letter.toUpperCase()) : name) + (dot ? "." : "");
        assert.equal(forceWord(kind, spelt), normal);
        assert.equal(forceWord(kind, normal.slice(kind.length + 1)), normal);
        assert.match(normal, /^[\x21-\x7e]+$/);
        assert.equal(normal, normal.toLowerCase());
        assert.deepEqual(read(JSON.stringify([` ${kind.toUpperCase()}:${spelt} `])).words, [normal]);
      }),
    );
  });

  it("never reach an object that the text does not name", () => {
    fc.assert(
      fc.property(email, fc.oneof(email, fc.string({ unit: "grapheme", maxLength: 30 })), (one, text) => {
        const other = emailInAscii(text);
        const { words } = read(JSON.stringify([`account:${text}`]));
        assert.deepEqual(words, other === undefined || /[*?]/.test(text) ? [] : [`account:${other}`]);
        if (other !== emailInAscii(one)) assert.ok(!words.includes(`account:${emailInAscii(one)}`));
        assert.ok(!words.some((word) => !word.startsWith("account:")), "the kind is part of the word");
      }),
    );
  });

  it("come out of a shell as they went in", () => {
    const odd = [
      "account:a$HOME@b.example",
      "account:~root@b.example",
      "account:o'brien+x@b.example",
      "account:`id`!x@b.example",
    ];
    for (const word of [...odd, JSON.stringify(odd)]) {
      const line = `NYLAS_FORCE_DESTROY=${inShell(word)} && printf %s "$NYLAS_FORCE_DESTROY"`;
      assert.equal(execFileSync("bash", ["-c", line], { encoding: "utf8" }), word);
    }
    const line = howToGive(odd, { from: "environment", name: "WORDS" });
    const out = execFileSync("bash", ["-c", `${line}; printf %s "$WORDS"`], { encoding: "utf8" });
    assert.deepEqual(
      read(out).words,
      odd.map((word) => word.toLowerCase()),
    );
  });
});

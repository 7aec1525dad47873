import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as fc from "fast-check";
import { redact, Secret } from "../../../provider/nylas/secret";

describe("a secret", () => {
  it("shows itself to nobody but who asks for it", () => {
    const secret = new Secret("nyk_visible");
    for (const shown of [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true }),
      Object.values(secret).join(),
    ])
      assert.doesNotMatch(shown, /visible/);
    assert.equal(secret.reveal(), "nyk_visible");
  });
});

describe("what is redacted", () => {
  const json = (text: string) => JSON.stringify(text).slice(1, -1);
  const html = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  const writings: Record<string, (text: string) => string> = {
    plain: (text) => text,
    json,
    goJson: (text) => json(text).replace(/[<>&]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`),
    phpJson: (text) => json(text).replaceAll("/", "\\/"),
    url: encodeURIComponent,
    lowerUrl: (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
    form: (text) => new URLSearchParams([["", text]]).toString().slice(1),
    html,
  };
  const writing = fc.constantFrom(...Object.values(writings));
  /** Printable ASCII without a space: what a key or a password is made of. */
  const secret = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 1,
    maxLength: 40,
  });

  it("is a secret in any writing, and in any two within each other", () => {
    fc.assert(
      fc.property(secret, writing, writing, (value, inner, outer) => {
        const written = outer(inner(value));
        assert.equal(redact(`«${written}»`, [value]), "«[secret]»");
      }),
      { numRuns: 3000 },
    );
  });

  it("is a secret of eight characters or more in base64, wherever it begins and in whatever it stands", () => {
    const long = secret.filter((value) => value.length >= 8);
    const around = fc.string({ unit: "binary", maxLength: 9 });
    fc.assert(
      fc.property(
        long,
        around,
        around,
        fc.constantFrom("base64" as const, "base64url" as const),
        (value, before, after, encoding) => {
          for (const text of [value, JSON.stringify({ value }), `Bearer ${value}`]) {
            const clean = redact(Buffer.from(before + text + after).toString(encoding), [value]);
            assert.ok(clean.includes("[secret]"), clean);
            const open = Buffer.from(clean.replaceAll("[secret]", "AAAA"), encoding).toString("latin1");
            assert.ok(!open.includes(value));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is the longer of two secrets of which one is a part of the other", () => {
    assert.equal(redact("a nyk_one_two b nyk_one", ["nyk_one", "", "nyk_one_two"]), "a [secret] b [secret]");
  });

  it("is a long run of letters and digits in a secret, in writings that nobody thought of", () => {
    const run = "0123456789abcdef0123";
    const odd = `%%%C3%${"5c".repeat(3)}\\x26${run}\\x25`;
    assert.doesNotMatch(redact(odd, [`&nyk_${run}%`]), /0123/);
    assert.doesNotMatch(redact(Buffer.from(odd).toString("base64"), [`&nyk_${run}%`]), /MTIzNDU2Nzg5/);
  });

  it("is nothing else, however a text or a secret looks", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), secret, (text, value) => {
        const clean = redact(text, [value]);
        if (!clean.includes("[secret]")) assert.equal(clean, text);
        else assert.ok(clean.replaceAll("[secret]", "").length < text.length);
      }),
    );
    assert.equal(redact("a.c abc a+c", ["a.c"]), "[secret] abc a+c");
    assert.equal(redact("nothing", []), "nothing");
  });

  it("is found in no time, in a text made to take long", () => {
    const value = '\\"\\"%5C%5C&&amp;\\\\\\\\'.repeat(2);
    const began = process.cpuUsage();
    for (const filler of ["\\", "%25", "%5C", "&amp;", '\\"', "%2525"])
      redact(filler.repeat(20_000), [value]);
    const spent = process.cpuUsage(began).user / 1000;
    assert.ok(spent < 3000, `${spent} ms of the processor`);
  });
});

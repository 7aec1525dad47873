import assert from "node:assert/strict";
import * as fc from "fast-check";
import { decodeText, TextError } from "../../../provider/core/textFile";

describe("the text of a file", () => {
  const utf16 = (text: string, littleEndian: boolean) => {
    const bytes = Buffer.from(`\uFEFF${text}`, "utf16le");
    return littleEndian ? bytes : bytes.swap16();
  };
  const texts = fc
    .string({ unit: "binary" })
    .filter((text) => !text.includes("\0") && !text.startsWith("\uFEFF"));

  it("is read by its byte order mark, whatever it holds", () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const bytes of [
          Buffer.from(text, "utf8"),
          Buffer.from(`\uFEFF${text}`, "utf8"),
          utf16(text, true),
          utf16(text, false),
        ])
          assert.equal(decodeText(bytes), text);
      }),
    );
  });

  it("is refused where it would be a guess, with the line", () => {
    assert.throws(
      () => decodeText(Buffer.from("a\nb\ncaf\xe9\n", "latin1")),
      /UTF-8 \(line 3\); save it as UTF-8/,
    );
    assert.throws(() => decodeText(Buffer.from("abc", "utf16le")), TextError);
    assert.throws(() => decodeText(Buffer.from([0xff, 0xfe, 0x00, 0xd8])), /UTF-16LE/);
    assert.throws(() => decodeText(Buffer.from([0xff, 0xfe, 0x41])), /UTF-16LE/);
  });
});

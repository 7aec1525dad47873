import { strict as assert } from "node:assert";
import { visible, visiblyEscaped } from "../../provider/shown";

describe("a text that anybody may have written", () => {
  for (const [what, text, replaced, escaped] of [
    ["plain text in any alphabet", "Ä b-1 名 😀", "Ä b-1 名 😀", "Ä b-1 名 😀"],
    ["a line break", "a\r\nb", "a??b", "a\\u000d\\u000ab"],
    ["a terminal code", "\u001b[2J", "?[2J", "\\u001b[2J"],
    ["a turn of the reading order", "a\u202eb", "a?b", "a\\u202eb"],
    ["a separator of lines", "a\u2028b", "a?b", "a\\u2028b"],
    ["what has no look of its own", "a\u200bb\u00adc", "a?b?c", "a\\u200bb\\u00adc"],
    ["half a character", "a\ud800b", "a?b", "a\\ud800b"],
    ["an unseen character of two units", "a\u{e0041}b", "a?b", "a\\udb40\\udc41b"],
  ] as const)
    it(`shows ${what}`, () => {
      assert.equal(visible(text), replaced);
      assert.equal(visible(text, "·"), replaced.replaceAll("?", "·"));
      assert.equal(visiblyEscaped(text), escaped);
      assert.equal(visible(escaped), escaped);
    });
});

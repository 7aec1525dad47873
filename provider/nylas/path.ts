import { NylasError, printable } from "./errors";

/** A path whose inserted parts are encoded: path`/v3/domains/${address}`. */
export function path(fixed: TemplateStringsArray, ...parts: string[]): string {
  return fixed.reduce((whole, text, index) => {
    const part = parts[index - 1] ?? "";
    if (!staysItself(part)) {
      throw new NylasError({
        kind: "refused",
        operation: "make a request",
        message:
          `Could not make a request to Nylas: ${printable(JSON.stringify(part), 120)} is no id. An id is not empty, and has no slash, ` +
          "question mark, number sign or control character in it.",
      });
    }
    return whole + encodeURIComponent(part) + text;
  });
}

/**
 * Whether a part of a path names one object and nothing else. An empty or dotted part would request another route: a
 * list, or a delete of something else. So would an encoded separator at a proxy that decodes it once too often.
 */
function staysItself(part: string): boolean {
  let text = part;
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(/%(25|2e|2f|5c|3f|23|0[0-9a-f]|1[0-9a-f]|7f)/gi, (code) => decodeURIComponent(code));
  }
  return !["", ".", ".."].includes(text) && !/[/\\?#\x00-\x1f\x7f]|\p{Surrogate}/u.test(text);
}

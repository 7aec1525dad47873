/** The bytes are no text that can be read without a guess. */
export class TextError extends Error {
  override readonly name = "TextError";
}

/**
 * Decodes a text by its byte order mark: UTF-8 (also without a mark), UTF-16 little endian and big endian. Throws a {@link TextError} for
 * everything else: a wrong guess would put other characters into names, addresses and lists.
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = startsWith(bytes, 0xff, 0xfe)
    ? "utf-16le"
    : startsWith(bytes, 0xfe, 0xff)
      ? "utf-16be"
      : "utf-8";
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new TextError(
      `it is not valid ${encoding.toUpperCase()}${encoding === "utf-8" ? ` (line ${lineOfFirstFault(bytes)})` : ""}; save it as UTF-8`,
    );
  }
  if (text.includes("\0"))
    throw new TextError("it holds NUL bytes, as UTF-16 without a byte order mark does; save it as UTF-8");
  return text;
}

function startsWith(bytes: Uint8Array, first: number, second: number): boolean {
  return bytes[0] === first && bytes[1] === second;
}

/** The line, counted from 1, that holds the first byte sequence that is not UTF-8. */
function lineOfFirstFault(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    try {
      decoder.decode(bytes.subarray(start, end === -1 ? undefined : end));
    } catch {
      return line;
    }
    if (end === -1) return line;
    start = end + 1;
    line++;
  }
}

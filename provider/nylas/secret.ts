import { inspect } from "node:util";

/**
 * A key that can be used but not shown. It prints as "[secret]" wherever a value ends up by accident (string
 * concatenation, JSON, console.log, an error's properties).
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The plain text, for the one place that sends it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}

/** The text with every one of the secrets in it replaced, in whichever way a body, a page, an address or a header writes it. */
export function redact(text: string, secrets: Iterable<string>): string {
  const forms = [...secrets].flatMap((secret) => (secret === "" ? [] : writingsOf(secret)));
  // The longest first: one secret may be a part of another. Plain texts and no pattern: whoever answers could make one take for ever.
  forms.sort((a, b) => b.length - a.length);
  // The mark is no part of any secret, as "[secret]" might be.
  return forms
    .reduce((clean, form) => clean.replaceAll(form, "\ufffe"), text)
    .replaceAll("\ufffe", "[secret]");
}

const known = new Map<string, string[]>();

/** All ways in which a secret may be written. */
export function writingsOf(secret: string): string[] {
  let forms = known.get(secret);
  if (!forms) {
    const once = [secret, ...WRITERS.map((write) => write(secret))];
    const twice = once.flatMap((text) => WRITERS.map((write) => write(text)));
    // Letters and digits are written alike everywhere: a long run of both is found in a writing that nobody thought of.
    const words = (secret.match(/[a-z0-9]{12,}/gi) ?? []).filter((word) => /[0-9]/.test(word));
    forms = [...new Set([...once, ...twice, ...words, ...[...once, ...words].flatMap(base64Forms)])];
    if (known.size > 100) known.clear();
    known.set(secret, forms);
  }
  return forms;
}

/** How a value is written in JSON, in an address, in a form and in a page. */
const WRITERS: ((text: string) => string)[] = [
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => JSON.stringify(text).slice(1, -1).replaceAll("/", "\\/"),
  // As Go writes it, so that it can stand in a page.
  (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[<>&]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`),
  encodeURIComponent,
  (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  (text) => new URLSearchParams([["", text]]).toString().slice(1),
  (text) => text.replace(/[&<>"]/g, (each) => ENTITIES[each]!),
  (text) => text.replace(/[&<>"']/g, (each) => ENTITIES[each]!),
];

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** What is sure to stand in the base64 of any text that holds the secret, wherever it begins in it. */
function base64Forms(secret: string): string[] {
  if (secret.length < 8) return [];
  const bytes = Buffer.from(secret, "utf8");
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    // Characters at the ends are made of the neighbours' bits too.
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((whole.length * 8) / 6);
    return (["base64", "base64url"] as const).map((encoding) => whole.toString(encoding).slice(first, last));
  });
}

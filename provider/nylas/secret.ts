import { inspect } from "node:util";

/**
 * A key that can be used but not shown: it prints as "[secret]" wherever a value ends up by accident
 * (string concatenation, JSON, console.log, an error's properties).
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

/** The text with every one of the secrets in it replaced, plain and as it looks in a URL or in JSON. */
export function redact(text: string, secrets: Iterable<string>): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret === "") continue;
    for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) {
      clean = clean.replaceAll(form, "[secret]");
    }
  }
  return clean;
}

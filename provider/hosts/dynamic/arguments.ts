import * as pulumi from "@pulumi/pulumi";
import { show, strangeKey } from "../../core/fields";
import { findOutputText, OUTPUT_TEXT_REMEDY } from "../../core/outputText";
import { argumentError, runError } from "./runError";

/**
 * Refuses, for a program without types, what the types refuse in TypeScript. A wrong argument ends with a sentence,
 * and not somewhere inside with a property of undefined. `names` are the properties there are; without it, others
 * judge them.
 */
export function requireArguments(
  what: string,
  given: unknown,
  example: string,
  names?: readonly string[],
): void {
  // Not a list, a Map, a Date.
  const isObject = Object.prototype.toString.call(given) === "[object Object]";
  if (!isObject || isLater(given)) {
    throw runError(
      `${what}: given ${shown(given)}; allowed: an object with ${names ? names.join(", ") : "its properties"}` +
        `${isLater(given) ? " (each of them may be an output, the whole may not)" : ""}; for example ${example}`,
    );
  }
  if (!names) return;
  const strange = Object.keys(given as object).find(
    (key) => !names.includes(key) && (given as Record<string, unknown>)[key] !== undefined,
  );
  if (strange !== undefined) throw runError(`${what}: ${strangeKey(strange, names)}`);
}

/** Refuses an argument that is given and does not fit; `later` where it may be an output, which is judged when it is known. */
export function requireArgument(
  what: string,
  property: string,
  given: unknown,
  rule: { fits(value: unknown): boolean; allowed: string; example: string; later?: boolean },
): void {
  if (rule.later && isLater(given)) return;
  if (typeof given === "string") requireNoOutputText(`${what}: ${property}`, given);
  if (!isLater(given) && rule.fits(given)) return;
  throw argumentError(
    what,
    property,
    `given ${shown(given)}; allowed: ${rule.allowed}; for example ${rule.example}`,
  );
}

/**
 * Refuses a text that was built from an output, such as a name in a template. It would hold the SDK's message instead
 * of the value.
 */
export function requireNoOutputText(what: string, text: unknown): void {
  if (findOutputText(text) !== undefined) throw runError(`${what}: ${OUTPUT_TEXT_REMEDY}`);
}

/** An output or a promise. */
export function isLater(value: unknown): boolean {
  return (
    pulumi.Output.isInstance(value) ||
    (typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function")
  );
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (isLater(value)) return pulumi.Output.isInstance(value) ? "an output" : "a promise";
  return typeof value === "function" ? "a function" : show(value);
}

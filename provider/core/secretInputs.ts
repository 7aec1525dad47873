import { hide, hideTokens } from "../shown";

type Properties = Record<string, unknown>;

/**
 * Stands among a resource's inputs and outputs: the paths of what the program gave as a secret. The engine hands all values over in plain text, and a
 * delete or a refresh has no program to ask.
 */
export const SECRETS = "__secrets";

/** The paths that are recorded as secret. */
export function secretsIn(properties: Properties | undefined): string[] {
  const paths = properties?.[SECRETS];
  return Array.isArray(paths) ? paths.filter((path) => typeof path === "string") : [];
}

/** Takes care that no message shows what is secret in these: the sides of one resource, which have their secrets in common. */
export function learnSecrets(always: readonly string[], ...sides: (Properties | undefined)[]): void {
  const paths = new Set([...always, ...sides.flatMap(secretsIn)]);
  for (const side of sides) {
    if (side === undefined) continue;
    for (const path of paths) for (const value of valuesAt(side, path.split("."))) hide(value);
    hideTokens(side);
  }
}

/** The inputs, by their names, in which something is secret. */
export function secretNames(...sides: (Properties | undefined)[]): Set<string> {
  return new Set(sides.flatMap(secretsIn).map((path) => path.split(/[.[]/)[0]!));
}

function valuesAt(value: unknown, [step, ...rest]: string[]): unknown[] {
  if (step === undefined) return [value];
  // What has another form than it should have is a secret all the same.
  if (typeof value !== "object" || value === null) return [value];
  const [name = "", ...lists] = step.split("[]");
  let found: unknown[] = Object.hasOwn(value, name) ? [(value as Properties)[name]] : [];
  for (const _ of lists)
    found = found.flatMap((each) => (Array.isArray(each) ? (each as unknown[]) : [each]));
  return found.flatMap((each) => valuesAt(each, rest));
}

import { shown } from "../shown";
import { holdsUnknown, UNKNOWN } from "./unknown";

/** Inputs or outputs of a resource, as they come from the engine. */
export type Properties = Record<string, unknown>;

export function present(bag: Properties): Properties {
  return Object.fromEntries(Object.entries(bag).filter(([, value]) => value !== undefined && value !== null));
}

export function withoutProvider(bag: Properties): Properties {
  const { __provider: _provider, ...rest } = present(bag);
  return rest;
}

/** Only the id is known of an object that is looked up (`.get`); a resource that declares nothing has outputs all the same. */
export function isLookUp(outputs: Properties): boolean {
  return Object.keys(outputs).every((key) => key === "connection");
}

/** What holds the marker somewhere inside is not known as a whole, and need not have the form that a known value has. */
export function withPlainUnknowns<Inputs extends object>(inputs: Inputs): Inputs {
  const entries = Object.entries(inputs as Properties).map(([key, value]) => [
    key,
    !Array.isArray(value) && holdsUnknown(value) ? UNKNOWN : value,
  ]);
  return Object.fromEntries(entries) as Inputs;
}

export function naturalKey(noun: string, key: string, connection: string | undefined): string {
  return `${noun} ${key}@${connection ?? ""}`;
}

/** `policy outreach@` → `policy outreach`. */
export function bare(key: string): string {
  return key.replace(/@[^@]*$/, "");
}

export function text(value: unknown): string {
  return value === undefined ? "nothing" : shown(JSON.stringify(value) ?? String(value));
}

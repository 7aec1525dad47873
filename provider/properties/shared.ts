import { type OutputProperty } from "../core/propertyTable";
import { type Property, seconds, type Type } from "../core/types";
import { description as descriptionType, name as nameType } from "./types";

/** Properties that several kinds have, in the same words. */

/** The name of an object, which is `project/stack/name` where the program gives none. */
export function name(example: string, type: Type<string> = nameType, longest = 256) {
  return {
    type,
    example,
    text: `A name for people, 1 to ${longest} characters.`,
    isNamedByDefault: true,
    whenChanged: { inPlace: true },
    api: "`name`",
    output: true,
    isReviewed: true,
  } as const satisfies Property<string>;
}

export const description = {
  type: descriptionType,
  example: '"Senders that were reported as spam"',
  text: "Free text.",
  whenChanged: { inPlace: "; taking the line away empties it." },
  wire: "description",
  unset: "",
  output: true,
  isReviewed: true,
} as const satisfies Property<string>;

/** Carries `customTimeouts`. */
export function timeoutSeconds(example: string) {
  return {
    type: seconds,
    example,
    text: "",
    isInternal: true,
    isDirective: true,
    isReviewed: true,
  } as const satisfies Property<number>;
}

export const applicationId: OutputProperty = {
  type: { text: "string" },
  text: "The application it belongs to.",
};

/** Nylas asks for all four, whatever is done. */
export const DOMAIN_PERMISSIONS = [
  "domains.read",
  "domains.create",
  "domains.update",
  "domains.delete",
] as const;

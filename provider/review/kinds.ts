/** The kinds that this review knows, in the order in which it counts them, and the words for them: from their tables. */
import { type KindTable, type ReviewSide } from "../core/propertyTable";
import { TABLES } from "../properties";
import { type DEFINITIONS } from "../resources/definitions";
import { type Named } from "./redactor";
import { type Markdown } from "./text";

/** The name in the type. */
export type Kind = keyof typeof DEFINITIONS;

interface Reviewed extends Omit<KindTable, "type" | "review"> {
  type: Kind;
  review: ReviewSide;
}

const SECTIONS: ReviewSide["section"][] = ["accounts", "policies", "dns", "rest"];

const reviewed = Object.values(TABLES).filter((table) => table.review !== undefined) as Reviewed[];

export const KINDS: readonly Kind[] = reviewed
  .toSorted((a, b) => SECTIONS.indexOf(a.review.section) - SECTIONS.indexOf(b.review.section))
  .map(({ type }) => type);

/** Kinds of which a state records the application at hand, and not one that they are in. */
export const OF_ORGANIZATIONS: readonly Kind[] = typesOf(({ key }) => key === "organizationKey");

/** Kinds of which two that are alike in all but their default names may be one. */
export const LOOK_ALIKE: readonly Kind[] = typesOf(({ review }) => review.isFoundByLikeness === true);

const BY_TYPE = new Map(reviewed.map(({ type, review }) => [type, review]));

/** The word before the name of an object. */
export function nounOf(kind: Kind): Markdown {
  return (BY_TYPE.get(kind)?.noun ?? "") as Markdown;
}

/** What a pseudonym begins with. */
export function namedOf(kind: Kind | undefined): Named {
  return ((kind && BY_TYPE.get(kind)?.noun) || "resource") as Named;
}

/** One of a kind, and several. */
export function countedOf(kind: Kind): readonly [one: Markdown, several: Markdown] {
  const { noun, counted } = BY_TYPE.get(kind)!;
  return (counted ?? [noun, `${noun}s`]) as unknown as readonly [Markdown, Markdown];
}

/** The properties whose texts no two objects share. */
export function sameBy(kind: Kind | undefined): readonly string[] | undefined {
  return kind && BY_TYPE.get(kind)?.sameBy;
}

function typesOf(is: (table: Reviewed) => boolean): Kind[] {
  return reviewed.filter(is).map(({ type }) => type);
}

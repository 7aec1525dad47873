import { slots, type Slot } from "../dns/layout";
import { familyOf } from "../dns/place";
import { holdsUnknown } from "../core/unknown";

/**
 * Why a record that this stack holds must not be adopted once more. The vendor's import id (`zone/record`) differs in form from the id in the
 * state (`record`). The engine takes the record for another one then: it imports it, and deletes "the old one", which is the same record.
 * Measured with engine 3.256.0 (`isImport` in step_generator.go). The engine remembers an import id only while the option stays.
 */

/** Import ids by slot, as the adapter hands them to the vendor's resource. */
export type AdoptedIds = Partial<Record<Slot, string>>;

/** What the outputs of the records tell of the past. */
export interface PastAdoptions {
  /** The slots whose very record stood before this stack made any; undefined in a state of an earlier release. */
  stood?: Slot[];
  /** Every id that was ever adopted, by slot. */
  adopted?: Partial<Record<Slot, string[]>>;
  /** The families of resources that the records were ever held as, before `publishedAt`. */
  heldAt?: string[];
  publishedAt?: string;
}

export interface DeclaredAdoptions {
  adopts?: AdoptedIds;
  /** What the last run declared; a refresh forgets it, and a line that stays counts as a new one then. */
  adoptsBefore?: AdoptedIds;
  /** The slots of which the state has no record now: whatever was made there, by a run that was interrupted, nobody has recorded. */
  unheld?: Slot[];
  publishedAt?: string;
}

/**
 * The slots whose adoption could delete the record: this stack may hold it already. One that stood before the stack made any may be adopted
 * once: the run that wanted to make it has failed with "exists already". The same holds for one that the state does not have. A mistyped id may be
 * corrected in its line.
 */
export function adoptedAgain(past: PastAdoptions, news: DeclaredAdoptions): Slot[] {
  const { adopts = {}, adoptsBefore = {}, unheld = [], publishedAt } = news;
  if (holdsUnknown(publishedAt)) return [];
  if (past.publishedAt !== undefined && publishedAt !== undefined && !wasHeldAt(past, publishedAt)) return [];
  return slots.filter((slot) => {
    const id = adopts[slot];
    if (id === undefined) return false;
    // The engine imports nothing while the option of a resource stays as it is.
    if (id === adoptsBefore[slot] && !hasMoved(past, publishedAt)) return false;
    if (past.stood?.includes(slot) !== true && !unheld.includes(slot)) return true;
    const earlier = past.adopted?.[slot] ?? [];
    const isCorrected = adoptsBefore[slot] !== undefined && !earlier.includes(recordOf(id));
    return earlier.length > 0 && !isCorrected;
  });
}

/** The record that an import id names, however it is written. */
function recordOf(importId: string): string {
  return importId.split("/").at(-1)!.toLowerCase();
}

/** Whether the outputs do not tell yet what is declared: an update writes it there, where a refresh keeps it. */
export function isNewToPast(past: PastAdoptions, { adopts = {}, publishedAt }: DeclaredAdoptions): boolean {
  const isUntold = (slot: Slot) =>
    adopts[slot] !== undefined && past.adopted?.[slot]?.includes(recordOf(adopts[slot])) !== true;
  return hasMoved(past, publishedAt) || slots.some(isUntold);
}

/** The slots that may be adopted once, from now on: what the state did not have is as what stood before. */
export function withUnheld(
  stood: readonly Slot[] | undefined,
  { adopts = {}, unheld = [] }: DeclaredAdoptions,
): Slot[] | undefined {
  const more = unheld.filter((slot) => adopts[slot] !== undefined);
  return more.length === 0 ? (stood as Slot[] | undefined) : [...new Set([...(stood ?? []), ...more])];
}

/** What the outputs remember from now on. */
export function withAdoptions(
  past: PastAdoptions,
  { adopts = {}, publishedAt }: DeclaredAdoptions,
): Pick<PastAdoptions, "adopted" | "heldAt"> {
  const adopted: Partial<Record<Slot, string[]>> = { ...past.adopted };
  for (const slot of slots) {
    const id = adopts[slot];
    if (id !== undefined) adopted[slot] = [...new Set([...(adopted[slot] ?? []), recordOf(id)])];
  }
  const before = [...(past.heldAt ?? []), ...familiesOf(past.publishedAt)];
  const heldAt = [...new Set(before)].filter((family) => !familiesOf(publishedAt).includes(family));
  return {
    ...(Object.keys(adopted).length > 0 ? { adopted } : {}),
    ...(heldAt.length > 0 ? { heldAt } : {}),
  };
}

export function adoptedAgainText(domainName: string, again: readonly Slot[]): string {
  const lines = again.map((slot) => `adopt.${slot}`).join(", ");
  const [line, record] = again.length === 1 ? ["the line", "the record"] : ["the lines", "the records"];
  return (
    `The DNS records of ${domainName}: ${lines} of the DNS adapter: this stack has made or adopted ${record} already, as far as it can tell. ` +
    `Adopting again would make the engine delete what it has just imported, and cut mail off. Nothing was changed. Take ${line} away, and run pulumi up.`
  );
}

/** Whether the records are other resources than the outputs tell. */
function hasMoved({ publishedAt: before }: PastAdoptions, publishedAt: string | undefined): boolean {
  if (before === undefined || publishedAt === undefined || holdsUnknown(publishedAt)) return false;
  return familyOf(before) !== familyOf(publishedAt);
}

function wasHeldAt(past: PastAdoptions, place: string): boolean {
  const now = familiesOf(place);
  return [...(past.heldAt ?? []), ...familiesOf(past.publishedAt)].some((family) => now.includes(family));
}

function familiesOf(place: string | undefined): string[] {
  return place === undefined ? [] : [familyOf(place)];
}

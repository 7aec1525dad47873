/** Since when the words stand that let mail go: recorded beside the inputs, said where one of them is used. */

import { type Properties } from "./properties";

/** Words that a resource says once, and that go on counting for as long as they stand. */
export const WORDS = ["forceDestroy", "allowMailLoss"] as const;
export type Word = (typeof WORDS)[number];

/**
 * The hidden input with the day of each word that stands, as `{ allowMailLoss: "2026-10-03" }`. A resource without words has none. A word
 * that stood before days were recorded has no day, and gets none: an upgrade changes no state.
 */
export const SINCE = "__since";

/** What is to be recorded of the words in `news`: the day of `before` for one that stood there already, today for a new one. */
export function daysOf(
  news: Properties,
  before: Properties | undefined,
  today: string,
): Properties | undefined {
  const recorded = recordedDays(before);
  const days = WORDS.filter((word) => news[word] === true).flatMap((word): [string, string][] => {
    const day = before?.[word] === true ? recorded[word] : today;
    return day === undefined ? [] : [[word, day]];
  });
  return days.length > 0 ? Object.fromEntries(days) : undefined;
}

/** Whether a word came or went, as far as days are recorded. The days themselves are never compared. */
export function wordsDiffer(olds: Properties, news: Properties): boolean {
  const [before, after] = [recordedDays(olds), recordedDays(news)];
  return WORDS.some((word) => (before[word] === undefined) !== (after[word] === undefined));
}

/**
 * Whether a word lets a change go through: it was recorded by an earlier run, and the change does not take it back. One that is not known
 * yet in a preview counts as still there; the `up` knows it.
 */
export function lets(word: Word, olds: object | undefined, news: object): boolean {
  const said = (news as Properties)[word];
  return (olds as Properties | undefined)?.[word] === true && said !== undefined && said !== false;
}

/** A sentence for the preview in which a word is used: since when it stands on this object. */
export function standsSince(word: Word, object: string, olds: Properties, news: Properties): string {
  const day = recordedDays(news)[word] ?? recordedDays(olds)[word];
  if (day === undefined) return `${word} on ${object} has stood since before this was recorded.`;
  if (olds[word] !== true && recordedDays(olds)[word] === undefined)
    return `${word} on ${object} is set in this change.`;
  return `${word} on ${object} has stood since ${day}.`;
}

function recordedDays(bag: Properties | undefined): Partial<Record<Word, string>> {
  const days = bag?.[SINCE];
  return typeof days === "object" && days !== null ? days : {};
}

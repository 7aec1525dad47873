import { type ForceKind, forceByName } from "../provider/resources/words";

/** What NYLAS_FORCE_DESTROY has to hold so that a run may delete this, as the provider's own message says it. */
export function wordFor(kind: ForceKind, name: string): string {
  const word = /NYLAS_FORCE_DESTROY=(\S+)/.exec(forceByName(kind, name))?.[1];
  if (word === undefined) throw new Error("the message names no word");
  return word;
}

/** What NYLAS_FORCE_DESTROY holds for several. */
export function wordsFor(...named: [ForceKind, string][]): string {
  return JSON.stringify(named.map(([kind, name]) => wordFor(kind, name)));
}

/** The word for a domain, with which it goes although accounts of other applications cannot be seen. */
export const domainWord = (name: string): string => wordFor("domain", name);

import { visible } from "../shown";
import { isSpf } from "./guards";
import { normaliseName } from "./records";

/** Receivers give up at the eleventh look-up, and reject or doubt the mail of every sender (RFC 7208, 4.6.4). */
export const maxSpfLookups = 10;

/** The look-ups that a receiver needs for an SPF record, nested ones included. */
export interface SpfLookups {
  count: number;
  /** Names whose records could not be read, so that there may be more. */
  unread: string[];
  /** Why receivers take the record for a broken one whatever the number, a sentence each. */
  errors: string[];
}

/** Records that are read for one count. Ten look-ups are the limit, so nobody needs more to know the answer. */
const maxReads = 25;

/** A mechanism, or a modifier, whose name may be any. What is neither makes receivers give up on the whole record. */
const TERM =
  /^(?:[-~?+]?(?:all|(?:a|mx)(?::.+|(?:\/\d+)?(?:\/\/\d+)?)|ptr(?::.+)?|(?:include|exists|ip4|ip6):.+)|[a-z][a-z0-9_.-]*=.*)$/i;

/**
 * Counts what RFC 7208 counts: include, a, mx, ptr, exists and redirect, and the same in every record that is included. `textsOf` answers
 * the TXT records at a name, and undefined where they cannot be read. A name that is made of macros differs from message to message, and
 * counts as one.
 */
export async function countSpfLookups(
  text: string,
  textsOf: (name: string) => Promise<readonly string[] | undefined>,
): Promise<SpfLookups> {
  const result: SpfLookups = { count: 0, unread: [], errors: [] };
  const read = new Map<string, Promise<readonly string[] | undefined>>();
  let reads = 0;

  async function follow(name: string, path: readonly string[]): Promise<void> {
    if (path.includes(name)) {
      result.errors.push(`it includes ${visible(name)}, which includes itself`);
      return;
    }
    if (++reads > maxReads) return;
    const asked = read.get(name) ?? textsOf(name);
    read.set(name, asked);
    const texts = await asked;
    if (texts === undefined) {
      result.unread.push(name);
      return;
    }
    const [nested, ...more] = texts.filter(isSpf);
    if (nested === undefined || more.length > 0) {
      const number = nested === undefined ? "no SPF record" : "more than one SPF record";
      result.errors.push(`it includes ${visible(name)}, which has ${number}`);
      return;
    }
    await count(nested, [...path, name]);
  }

  async function count(record: string, path: readonly string[]): Promise<void> {
    const terms = record.trim().split(/\s+/).slice(1);
    const endsWithAll = terms.some((term) => /^[-~?+]?all$/i.test(term));
    for (const term of terms) {
      if (!TERM.test(term)) {
        const where = path.length === 0 ? "it" : visible(path.at(-1)!);
        result.errors.push(
          `${where} has "${visible(term.slice(0, 60))}", which is no term of SPF (RFC 7208, 4.6.1)`,
        );
      }
      const [, mechanism, rest] =
        /^[-~?+]?(include:|exists:|(?:a|mx|ptr)(?=[:/]|$)|redirect=)(.*)$/i.exec(term) ?? [];
      if (mechanism === undefined) continue;
      const kind = mechanism.toLowerCase();
      // Where there is an `all`, a redirect is passed over (RFC 7208, 6.1).
      if (kind === "redirect=" && endsWithAll) continue;
      result.count++;
      if ((kind === "include:" || kind === "redirect=") && !rest!.includes("%"))
        await follow(normaliseName(rest!), path);
    }
  }

  await count(text, []);
  return { ...result, unread: [...new Set(result.unread)], errors: [...new Set(result.errors)] };
}

/** What is wrong with a record of these look-ups, as the end of a sentence; undefined where nothing is. */
export function spfProblem({ count, unread, errors }: SpfLookups): string | undefined {
  const more = unread.length > 0 ? "at least " : "";
  const found = [
    ...errors,
    ...(count > maxSpfLookups
      ? [`it needs ${more}${count} look-ups, and receivers stop at ${maxSpfLookups} (RFC 7208, 4.6.4)`]
      : []),
  ];
  return found.length > 0 ? found.join("; ") : undefined;
}

import { type RecordSlots } from "../dns/layout";
import { isOfAnotherVendor, isServedAsBefore, type ServedBy } from "../dns/move";
import { samePlace, vendorOf } from "../dns/place";
import { type Context } from "../core/definition";
import { isInUse, servedNow } from "./recordsMove";
import { type Session } from "./session";
import { forceByName } from "./words";

/** What is recorded of records that stand beside those of another place. */
export interface GuardedPlace {
  domainId?: string;
  domainName: string;
  records: Partial<RecordSlots>;
  publishedAt: string;
  servedBefore?: ServedBy;
}

/** The place of each domain that a run has seen to serve it no more, or was told to believe so. */
const left = new WeakMap<Session, Map<string, string>>();

/** The records of a domain have moved away from a place in this run: nobody is served from there. */
export function noteLeft(session: Session, domainName: string, place: string | undefined): void {
  if (place === undefined) return;
  const of = left.get(session) ?? new Map<string, string>();
  left.set(session, of.set(domainName, place));
}

/**
 * Why the records at a place must stay although the program declares them no more; undefined where they may go. A move that was refused has made
 * them, and the delegation may have moved there since: then mail goes by them.
 */
export async function whyPlaceIsKept(
  { session }: Context<Session>,
  place: GuardedPlace,
): Promise<string | undefined> {
  const { domainName, publishedAt, servedBefore } = place;
  if (samePlace(left.get(session)?.get(domainName), publishedAt)) return undefined;
  if (!(await isInUse(session, { ...place, status: "pending" }))) return undefined;
  const served = await servedNow(session, domainName);
  if (served.kind === "served") {
    if (servedBefore !== undefined && isServedAsBefore(served, servedBefore)) return undefined;
    if (isOfAnotherVendor(served, vendorOf(publishedAt))) return undefined;
  }
  const seen =
    served.kind === "served"
      ? `it is served by ${served.nameServers.join(", ")} now` +
        (servedBefore === undefined
          ? ""
          : `, and was served by ${servedBefore.nameServers.join(", ")} when they were made`)
      : `its delegation cannot be seen: ${served.reason}`;
  return (
    `The DNS records of ${domainName} at ${publishedAt} are kept, because mail may go by them: ${seen}. Declare the adapter for ${publishedAt} again and run ` +
    `pulumi up, which finishes the move. To go back, delegate the domain to the old name servers first, wait until that is seen, and run pulumi up. ` +
    `To remove them in any case, even if mail is cut off, ${forceByName("domain", domainName, session)}.`
  );
}

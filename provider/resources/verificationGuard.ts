import { type Context } from "../core/definition";
import { type RecordSlots } from "../dns/layout";
import { mxStands } from "../dns/live";
import { normaliseName } from "../dns/records";
import { domainDeletionBlocker } from "./domainGuard";
import { isOfCustomer } from "./recordPlaces";
import { stillDeclared } from "./renamedDomain";
import { type Session } from "./session";
import { type Verification } from "./verify";

/**
 * Whether another resource of this run declares the domain, so that the records under this one's names go although the domain stays.
 * Nothing of the program's is published where somebody else runs the zone.
 */
export function movedElsewhere(
  context: Context<Session>,
  id: string,
  outputs: Record<string, unknown>,
): string | undefined {
  if (
    isOfCustomer(outputs.publishedBy as string | undefined, outputs) ||
    outputs.guardOnly === true ||
    context.isReplaced(id)
  )
    return undefined;
  const domainName = normaliseName(String(outputs.domainName));
  const verification = context.claimOf("verification", `of ${domainName}`);
  const others = [
    context.claimOf("DNS records", `of ${domainName}`),
    context.claimOf("domain", domainName),
  ].filter((claim) => claim?.how === "new");
  const holder = context.holderOf(id);
  const claim = verification ?? others[0] ?? (holder && ({ label: holder, how: "new" } as const));
  return claim && stillDeclared(domainName, claim);
}

/** One that was verified once may be so no more in the eyes of Nylas, and receive mail all the same. */
export function wasVerified({ status, verifiedOnce }: Record<string, unknown>): boolean {
  return status === "verified" || status === "lost" || verifiedOnce === true;
}

/** Why the published records may not go, where this is deleted in their stead. */
export async function neededDomain(
  context: Context<Session>,
  { domain, domainName }: Verification,
  outputs: Record<string, unknown>,
): Promise<string | undefined> {
  // Only this resource is made anew; the domain and its records stay.
  if (context.isReplaced(domain?.id ?? domainName)) return undefined;
  const address = normaliseName(domainName);
  const { id, organizationId, verified, branded } = domain ?? {};
  const isVerified = branded !== true && (verified?.mx === true || wasVerified(outputs));
  const served = !isVerified && domain === undefined && (await isServed(context.session, outputs));
  const receivesMail = served ? ("served" as const) : isVerified;
  const subject = { address, id, organizationId, receivesMail };
  return domainDeletionBlocker(context, subject, outputs.applicationId);
}

/**
 * Nylas is not asked for a domain whose records were given, so "pending" is what this state knew last: it may be verified since. Records that
 * the customer publishes from a file stay where they are.
 */
async function isServed({ settings }: Session, outputs: Record<string, unknown>): Promise<boolean> {
  const { mx } = (outputs.records ?? {}) as Partial<RecordSlots>;
  if (mx === undefined || isOfCustomer(outputs.publishedAt as string | undefined, outputs)) return false;
  return mxStands(mx, settings.dnsServers);
}

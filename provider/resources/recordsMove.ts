/** Whether records of a domain in use may go: looks at the delegation, at what is served, and at who lives there. */
import type { RecordSlots } from "../dns/layout";
import { loadLookup, mxStands } from "../dns/live";
import { type Served } from "../dns/outcomes";
import { vendorOf } from "../dns/place";
import { moveBlocker, movedNames, recordsBlocker, type ServedBy } from "../dns/move";
import { type Context } from "../core/definition";
import { UserError } from "../core/failure";
import { lets } from "../core/standing";
import { poll } from "../nylas/clock";
import { interruptible } from "../nylas/lifetime";
import { accountsOn } from "./inhabitants";
import { droppedRecords, fewerText, placeChange, type Published, replacedText } from "./recordPlaces";
import { type Session } from "./session";
import { forceByName, isForceDestroyed } from "./words";

/** Milliseconds between the looks at the delegation, before the change is refused. */
const PAUSES = [3_000, 6_000];

/**
 * Throws where the records of a live domain would be replaced by records in another zone. While a replaced record
 * waits for its delete, the engine does not know who needs it, so a later run with --continue-on-error would delete
 * it. Records with names of their own it knows. A word for one run lets nothing through here. If that run were
 * stopped in the middle, a later one without the word would do what the word was for.
 */
export async function assertMayBeReplaced(
  { session }: Context<Session>,
  domain: { address: string; verified: { mx: boolean } },
  from: string,
  to: string,
): Promise<void> {
  if (!domain.verified.mx && !(await hasAccounts(session, domain.address))) return;
  throw new UserError(replacedText(domain.address, from, to));
}

/**
 * Throws while the old records are still needed. It is no partial failure: the state keeps the old entry with its
 * dependencies. The engine keeps the records that a failed entry depends on, with --continue-on-error as well.
 */
export async function assertOldRecordsMayGo(
  context: Context<Session>,
  olds: Published & { domainId?: string; forceDestroy?: boolean; status?: unknown; servedBy?: ServedBy },
  news: Published & { forceDestroy?: boolean },
): Promise<void> {
  const change = placeChange(olds, news);
  const moved = movedNames(olds.records, news.records);
  const fewer = droppedRecords(olds, news) ?? 0;
  if (!change && moved.length === 0 && fewer <= 0) return;
  const { session } = context;
  const { domainName } = olds;
  if (lets("forceDestroy", olds, news) || isForceDestroyed(session, "domain", domainName)) return;
  if (!(await isInUse(session, olds))) return;
  if (fewer > 0)
    throw new UserError(
      `${fewerText(domainName, fewer)} Nothing was taken away. Have the DNS adapter publish them again. ` +
        `If their resources have only got other names, give each an alias with its old name. ` +
        `To remove them all the same, even if mail is cut off, ${forceByName("domain", domainName, session)}.`,
    );

  const { seen: blocker } = await poll(
    interruptible(session.clock),
    () => look(session, olds, news, change),
    {
      until: (seen) => seen === undefined,
      pauses: PAUSES,
      waiting: (seen) =>
        context.log("progress", `${domainName}: waiting for the new name servers (${seen?.reason})`),
    },
  );
  if (blocker === undefined) return;
  const wayOut = forceByName("domain", domainName, session);
  throw new UserError(
    change
      ? placeRefusal(domainName, change, blocker, wayOut)
      : nameRefusal(domainName, moved, news, blocker, wayOut),
  );
}

async function look(
  session: Session,
  olds: Published & { servedBy?: ServedBy },
  news: Published,
  change: { from: string; to: string } | undefined,
): Promise<{ reason: string; blind: boolean } | undefined> {
  const { createLookup, observe } = loadLookup();
  // Afresh each time: a look-up remembers the name servers for a while.
  const lookup = createLookup({ servers: session.settings.dnsServers });
  const [served, published] = await Promise.all([
    lookup.servedBy(olds.domainName),
    observe(lookup, news.records),
  ]);
  if (!change) return recordsBlocker(news.records, published);
  return moveBlocker({
    recorded: olds.servedBy,
    served,
    vendors: { from: vendorOf(change.from), to: vendorOf(change.to) },
    records: news.records,
    published,
  });
}

/**
 * Whether mail may arrive by the old records. That a domain was pending is what the state knew last: Nylas may have verified it since, and
 * accounts of other applications cannot be seen. Where Nylas is not asked, an MX that is served counts.
 */
export async function isInUse(
  session: Session,
  {
    domainId,
    domainName,
    records,
    status,
    verifiedOnce,
  }: Published & { domainId?: string; status?: unknown; verifiedOnce?: unknown },
): Promise<boolean> {
  if (status !== "pending" || verifiedOnce === true) return true;
  const domain = domainId === undefined ? undefined : await session.api.domains.get(domainId);
  // One that Nylas does not show may be in use: a single answer lets no record go.
  if (domainId !== undefined && domain?.verified.mx !== false) return true;
  const { mx } = records;
  if (domainId === undefined && mx !== undefined && (await mxStands(mx, session.settings.dnsServers)))
    return true;
  return hasAccounts(session, domainName);
}

/** Whether accounts live on the domain; a domain whose accounts cannot be seen counts as lived on. */
async function hasAccounts(session: Session, domainName: string): Promise<boolean> {
  try {
    return (await accountsOn(session, domainName)).length > 0;
  } catch (error) {
    throw new UserError(
      `The DNS records of ${domainName} move, and whether accounts live on it cannot be seen: ${(error as Error).message} ` +
        `Nothing was taken away. Give the application key, or ${forceByName("domain", domainName, session)}.`,
      { cause: error },
    );
  }
}

function placeRefusal(
  domainName: string,
  { from, to }: { from: string; to: string },
  { reason, blind }: { reason: string; blind: boolean },
  wayOut: string,
): string {
  return (
    `The DNS records of ${domainName} move from ${from} to ${to}, and ${reason}. Nothing was taken away: the records at ${from} stand as they were.\n` +
    (blind
      ? `Run pulumi up where the delegation can be seen. If you know that ${domainName} is served from ${to}, ${wayOut}: ` +
        `the records at ${from} go then without a look.`
      : `Delegate the zone to the name servers of ${to} (at the registrar, or in the zone above), wait until that is seen, and run pulumi up again: it ` +
        `removes the records at ${from} then. To go back instead, declare the old adapter again.\n` +
        `To remove the old records in any case, even if mail is cut off, ${wayOut}.`)
  );
}

function nameRefusal(
  domainName: string,
  moved: string[],
  { records }: Published,
  { reason }: { reason: string },
  wayOut: string,
): string {
  const names = moved.map((slot) => `${slot} (${records[slot as keyof RecordSlots]?.name})`).join(", ");
  return (
    `Records of ${domainName} are declared at other names now: ${names}. The new ones are not seen: ${reason}. ` +
    `This run removes no record at an old name. Run pulumi up again when they are served. If they cannot be seen from here, ${wayOut}.`
  );
}

/** Who serves a domain, for the state of a verification that has just succeeded; undefined where it cannot be told. */
export async function whoServes(session: Session, domainName: string): Promise<ServedBy | undefined> {
  const served = await servedNow(session, domainName);
  return served.kind === "served" ? { zone: served.zone, nameServers: served.nameServers } : undefined;
}

/** Who serves a domain, asked afresh. */
export function servedNow(session: Session, domainName: string): Promise<Served> {
  return loadLookup().createLookup({ servers: session.settings.dnsServers }).servedBy(domainName);
}

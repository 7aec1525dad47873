import type { RecordSlots } from "../dns/layout";
import { loadLookup } from "../dns/live";
import { type Served } from "../dns/lookup";
import { samePlace, sameResources, vendorOf } from "../dns/place";
import { type DnsRecord, sameRecord } from "../dns/records";
import { moveBlocker, movedNames, recordsBlocker, type ServedBy } from "../dns/move";
import { type Context } from "../core/definition";
import { UserError } from "../core/failure";
import { type Failure } from "../core/fields";
import { lets } from "../core/standing";
import { holdsUnknown } from "../core/unknown";
import { poll } from "../nylas/clock";
import { interruptible } from "../nylas/lifetime";
import { accountsOn } from "./inhabitants";
import { type Session } from "./session";
import { forceByName, isForceDestroyed } from "./words";

/** What a verification knows of where its records are published. */
export interface Published {
  domainName: string;
  records: Partial<RecordSlots>;
  publishedAt?: string;
  publishedBy?: string;
  publishedIds?: string[];
  publishedAs?: string[];
}

/** Milliseconds between the looks at the delegation, before the change is refused. */
const PAUSES = [3_000, 6_000];

/** How `zoneFile()` names its place and its kind: records there are the customer's own, and no run of ours takes them away. */
export const ZONE_FILE_PLACE = "zone file";
export const ZONE_FILE_KIND = "zone-file";

/** Where the records go from and to; undefined while they stay. An entry of an earlier release knows the vendor alone. */
export function placeChange(olds: Published, news: Published): { from: string; to: string } | undefined {
  const from = olds.publishedAt ?? olds.publishedBy;
  const to = olds.publishedAt === undefined ? news.publishedBy : news.publishedAt;
  if (from === undefined || samePlace(from, to) || from === ZONE_FILE_PLACE || from === ZONE_FILE_KIND)
    return undefined;
  if (olds.publishedAt === undefined && to === undefined) return undefined;
  return { from, to: holdsUnknown(to) || to === undefined ? "another place" : to };
}

/**
 * By how many the vendor's records are fewer than before, at the same place: what the program declares no more, the engine deletes. Negative where they
 * are more. Undefined where it is not known, or where they move. A DMARC record comes and goes as it is declared.
 */
export function fewerRecords(olds: Published, news: Partial<Published>): number | undefined {
  if (olds.publishedIds === undefined || holdsUnknown(news) || news.domainName === undefined)
    return undefined;
  if (placeChange(olds, news as Published)) return undefined;
  const declared = ({ publishedIds = [], records, domainName }: Partial<Published>): number =>
    // What guards records at a place is no record.
    publishedIds.filter((id) => !id.startsWith(`${domainName} at `)).length - (records?.dmarc ? 1 : 0);
  return declared(olds) - declared(news);
}

function vendorChange(olds: Published, news: Published): { from: string; to: string } | undefined {
  return placeChange(
    { ...olds, publishedAt: undefined } as unknown as Published,
    { ...news, publishedAt: undefined } as unknown as Published,
  );
}

/**
 * Why a verification must not be replaced in the run in which its records move: what asks whether the old records may go is an update of it. A
 * replacement asks nothing, and comes after the records.
 */
export function moveByReplacement(
  olds: Published & { domainId?: string; forceDestroy?: boolean },
  news: Published & { domainId?: string; forceDestroy?: boolean },
): string | undefined {
  if (lets("forceDestroy", olds, news) || news.domainId === olds.domainId) return undefined;
  const change = placeChange(olds, news);
  const moved = movedNames(olds.records, news.records);
  if (!change && moved.length === 0) return undefined;
  const what = change
    ? `move from ${change.from} to ${change.to}`
    : `are declared at other names (${moved.join(", ")})`;
  return (
    `The DNS records of ${olds.domainName} ${what}, and in the same change the domain is ` +
    `${olds.domainId === undefined ? "asked for at Nylas instead of given by records" : "another one at Nylas, or given by records"}. Whether the old records may ` +
    "go could not be looked at then. Make the one change first, run pulumi up, and then the other."
  );
}

/** What the preview says of records that move. */
export function moveWarnings(
  olds: Published & { forceDestroy?: boolean },
  news: Published & { forceDestroy?: boolean },
): string[] {
  const change = placeChange(olds, news);
  const { domainName } = olds;
  if (!change) {
    const fewer = fewerRecords(olds, news) ?? 0;
    return fewer > 0 && !lets("forceDestroy", olds, news) ? [fewerText(domainName, fewer)] : [];
  }
  const move = `The DNS records of ${domainName} move from ${change.from} to ${change.to}.`;
  if (lets("forceDestroy", olds, news))
    return [`${move} forceDestroy is recorded: the old records go without a look at the delegation.`];
  return [
    `${move} The new records are made beside the old ones. The old ones go ` +
      `only when ${domainName} is delegated to the new place and is served from there; until then pulumi up fails at this resource.`,
  ];
}

/**
 * In an `up`, a verification whose records could not be made is skipped, and with --continue-on-error the engine then deletes the
 * records at the old place. Only a failed check keeps it from that.
 */
export function assertNoHalfMove(
  news: Published,
  olds: Published | undefined,
  failedBefore: boolean,
): Failure[] {
  if (!olds || !failedBefore) return [];
  // A zone that failed itself has no id in this run; its records keep their resources then, and only another vendor's are others.
  const known = holdsUnknown(news.publishedAt) ? { ...news, publishedAt: olds.publishedAt } : news;
  const change = placeChange(olds, known as Published) ?? vendorChange(olds, news);
  // What is replaced under its own name is not deleted while its replacement is skipped.
  if (change && !sameResources(change.from, change.to))
    return [
      {
        property: "publishedAt",
        reason:
          `the DNS records of ${olds.domainName} move from ${change.from} to ${change.to}, and something that they depend on failed in this run. ` +
          `The run ends here, because going on would delete the old records. Correct the first error, and run pulumi up again.`,
      },
    ];
  const renamed = leftNames(olds, news);
  return renamed.length > 0
    ? [{ property: "publishedAs", reason: renamedText(olds.domainName, renamed.length) }]
    : [];
}

/** The names as resources that records had and that the program neither declares nor gives as an alias. */
function leftNames({ publishedAs: before }: Published, { publishedAs: now }: Published): string[] {
  if (before === undefined || now === undefined || holdsUnknown(now) || holdsUnknown(before)) return [];
  // A record that the program has no more, such as a DMARC record, has got no other name.
  if (now.every((name) => before.includes(name))) return [];
  return before.filter((name) => !now.includes(name));
}

function renamedText(domainName: string, count: number): string {
  return (
    `the DNS records of ${domainName} have other names as resources than before (${count} of them), and they could not be made under the new ones. The run ends ` +
    `here, because going on would delete the old records. Give each resource an alias with its old name, such as aliases: [{ name: "agents-mx" }], ` +
    `and run pulumi up again.`
  );
}

/** What the preview says of records that the adapter publishes no more. */
function fewerText(domainName: string, fewer: number): string {
  return (
    `${fewer} of the DNS records of ${domainName} ${fewer === 1 ? "is" : "are"} published by the program no more, and would be deleted. ` +
    `While ${domainName} is in use, that is refused.`
  );
}

/** What is known of the places that records were ever published at. */
export interface PastPlaces {
  publishedAt?: string;
  /** Of each other family of resources, the place that its records were published at last. */
  earlierPlaces?: string[];
}

/** Where the records were, when they move under the names that they have as resources; undefined where they do not. */
export function replacedFrom(
  olds: PastPlaces | undefined,
  { publishedAt }: { publishedAt?: string },
): string | undefined {
  if (olds === undefined || publishedAt === undefined || holdsUnknown(publishedAt)) return undefined;
  const places = [olds.publishedAt, ...(olds.earlierPlaces ?? [])];
  return places.find(
    (from) => from !== undefined && !samePlace(from, publishedAt) && sameResources(from, publishedAt),
  );
}

/**
 * What is remembered of the places: a move that was refused has made records at the new place, and those at the old one are resources still.
 * A place is forgotten when another one of its family takes over.
 */
export function withEarlierPlaces(
  past: PastPlaces,
  { publishedAt }: { publishedAt?: string },
): Pick<PastPlaces, "earlierPlaces"> {
  const before = [past.publishedAt, ...(past.earlierPlaces ?? [])].filter((place) => place !== undefined);
  const others = before.filter(
    (place) =>
      publishedAt === undefined || (!samePlace(place, publishedAt) && !sameResources(place, publishedAt)),
  );
  const earlierPlaces = publishedAt === undefined ? (past.earlierPlaces ?? []) : [...new Set(others)];
  return earlierPlaces.length > 0 ? { earlierPlaces } : {};
}

/**
 * Throws where the records of a live domain would be replaced by records in another zone. While a replaced record waits for its delete, the
 * engine does not know who needs it, so a later run with --continue-on-error would delete it. Records with names of their own it knows.
 * A word for one run lets nothing through here: stopped in the middle, that run would leave to a later one, without the word, what the word was for.
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

/** What the preview says of it. */
export function replacedText(domainName: string, from: string, to: string): string {
  return (
    `The DNS records of ${domainName} would move from ${from} to ${to} under the names that they have. For a domain that is in use that is ` +
    `refused, and nothing is changed: the old records could not be kept until the new zone serves the domain. Give the new adapter a ` +
    `nameSuffix, such as nameSuffix: "new"; its records then stand beside the old ones until the delegation has moved.`
  );
}

/**
 * Throws while the old records are still needed. It is no partial failure: the state keeps the old entry with its dependencies, and the
 * engine keeps the records that a failed entry depends on, with --continue-on-error as well.
 */
export async function assertOldRecordsMayGo(
  context: Context<Session>,
  olds: Published & { domainId?: string; forceDestroy?: boolean; status?: unknown; servedBy?: ServedBy },
  news: Published & { forceDestroy?: boolean },
): Promise<void> {
  const change = placeChange(olds, news);
  const moved = movedNames(olds.records, news.records);
  const fewer = fewerRecords(olds, news) ?? 0;
  if (!change && moved.length === 0 && fewer <= 0) return;
  const { session } = context;
  const { domainName } = olds;
  if (lets("forceDestroy", olds, news) || isForceDestroyed(session, "domain", domainName)) return;
  if (!(await isInUse(session, olds))) return;
  if (fewer > 0)
    throw new UserError(
      `${fewerText(domainName, fewer)} Nothing was taken away. Have the DNS adapter publish them again. ` +
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

/** Whether an MX is served; one that cannot be seen counts as served. */
export async function mxStands(mx: DnsRecord, servers: string[]): Promise<boolean> {
  const { createLookup, observe } = loadLookup();
  const seen = (await observe(createLookup({ servers }), { mx })).mx;
  return seen?.kind === "found" ? seen.records.some((each) => sameRecord(each, mx)) : seen?.kind !== "none";
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

/** Where the records of a domain were and are, as the program and the state tell it: pure judgements. */
import type { RecordSlots } from "../dns/layout";
import { samePlace, sameResources } from "../dns/place";
import { movedNames } from "../dns/move";
import { type Failure } from "../core/fields";
import { type FailedBefore } from "../core/label";
import { lets } from "../core/standing";
import { holdsUnknown } from "../core/unknown";

/** What a verification knows of where its records are published. */
export interface Published {
  domainName: string;
  records: Partial<RecordSlots>;
  publishedAt?: string;
  publishedBy?: string;
  publishedIds?: string[];
  publishedAs?: string[];
}

/** How `zoneFile()` names its place and its kind. */
export const ZONE_FILE_PLACE = "zone file";
export const ZONE_FILE_KIND = "zone-file";

/** Whether nothing of the program stands at a place. An adapter that is made of `zoneFile()` may publish all the same. */
export function isOfCustomer(place: unknown, { publishedIds }: { publishedIds?: unknown }): boolean {
  const isZoneFile = place === ZONE_FILE_PLACE || place === ZONE_FILE_KIND;
  return isZoneFile && !(Array.isArray(publishedIds) && publishedIds.length > 0);
}

/** Where the records go from and to; undefined while they stay. An entry of an earlier release knows the vendor alone. */
export function placeChange(olds: Published, news: Published): { from: string; to: string } | undefined {
  const from = olds.publishedAt ?? olds.publishedBy;
  const to = olds.publishedAt === undefined ? news.publishedBy : news.publishedAt;
  if (from === undefined || samePlace(from, to) || isOfCustomer(from, olds)) return undefined;
  if (olds.publishedAt === undefined && to === undefined) return undefined;
  return { from, to: holdsUnknown(to) || to === undefined ? "another place" : to };
}

/**
 * How many of the vendor's records go, at the same place: what the program declares no more, the engine deletes. Negative
 * where there are more than before. Undefined where it is not known, or where they move. A DMARC record comes and goes as
 * it is declared. As many records under other names may be other records: those that went count as well.
 */
export function droppedRecords(olds: Published, news: Partial<Published>): number | undefined {
  if (olds.publishedIds === undefined || holdsUnknown(news) || news.domainName === undefined)
    return undefined;
  if (placeChange(olds, news as Published)) return undefined;
  const declared = ({ publishedIds = [], records, domainName }: Partial<Published>): number =>
    // What guards records at a place is no record.
    publishedIds.filter((id) => !id.startsWith(`${domainName} at `)).length - (records?.dmarc ? 1 : 0);
  const fewer = declared(olds) - declared(news);
  if (fewer > 0) return fewer;
  const dmarcWent = olds.records?.dmarc !== undefined && news.records?.dmarc === undefined;
  const left = leftNames(olds, news).length - (dmarcWent ? 1 : 0);
  return left > 0 ? left : fewer;
}

function vendorChange(olds: Published, news: Published): { from: string; to: string } | undefined {
  return placeChange(
    { ...olds, publishedAt: undefined } as unknown as Published,
    { ...news, publishedAt: undefined } as unknown as Published,
  );
}

/**
 * Why a verification must not be replaced in the run in which its records move. Its update asks whether the old
 * records may go. A replacement asks nothing, and comes after the records.
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
    const fewer = droppedRecords(olds, news) ?? 0;
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
 * In an `up`, a failed record makes the engine skip the verification. With --continue-on-error it then deletes the
 * records at the old place. Only a failed check prevents that.
 */
export function assertNoHalfMove(
  news: Published,
  olds: Published | undefined,
  failedBefore: FailedBefore,
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
          `the DNS records of ${olds.domainName} move from ${change.from} to ${change.to}, and ` +
          HALF_MOVES[failedBefore === true ? "failed" : failedBefore],
      },
    ];
  const renamed = leftNames(olds, news);
  return renamed.length > 0
    ? [{ property: "publishedAs", reason: renamedText(olds.domainName, renamed.length, failedBefore) }]
    : [];
}

/** Why a move does not begin, by what is known of earlier errors. */
const HALF_MOVES = {
  failed:
    "something that they depend on failed in this run. " +
    "The run ends here, because going on would delete the old records. Correct the first error, and run pulumi up again.",
  unseen:
    "this run goes on after errors (--continue-on-error). After an error it would delete the old records. Nothing more was changed. " +
    "Run pulumi up without --continue-on-error.",
  untold:
    "it cannot be told whether this run goes on after errors (--continue-on-error). If it does, it deletes the old records after an error. " +
    "Nothing more was changed. Run pulumi up without that flag, with PULUMI_CONTINUE_ON_ERROR=false in the environment.",
};

/** The names as resources that records had and that the program neither declares nor gives as an alias. */
function leftNames(
  { publishedAs: before }: Partial<Published>,
  { publishedAs: now }: Partial<Published>,
): string[] {
  if (before === undefined || now === undefined || holdsUnknown(now) || holdsUnknown(before)) return [];
  // A record that the program has no more, such as a DMARC record, has got no other name.
  if (now.every((name) => before.includes(name))) return [];
  return before.filter((name) => !now.includes(name));
}

function renamedText(domainName: string, count: number, failedBefore: FailedBefore): string {
  const why = {
    failed: "they could not be made under the new ones",
    unseen: "this run goes on after errors (--continue-on-error)",
    untold: "it cannot be told whether this run goes on after errors",
  }[failedBefore === true || failedBefore === false ? "failed" : failedBefore];
  return (
    `the DNS records of ${domainName} have other names as resources than before (${count} of them), and ${why}. The run ends ` +
    `here, because going on would delete the old records. Give each resource an alias with its old name, such as aliases: [{ name: "agents-mx" }], ` +
    `and run pulumi up again.`
  );
}

/** What the preview says of records that the adapter publishes no more. */
export function fewerText(domainName: string, fewer: number): string {
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
 * What is remembered of the places. A refused move has made records at the new place, and those at the old one are
 * resources still. A place is forgotten when another one of its family takes over.
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

/** What the preview says of it. */
export function replacedText(domainName: string, from: string, to: string): string {
  return (
    `The DNS records of ${domainName} would move from ${from} to ${to} under the names that they have. For a domain that is in use that is ` +
    `refused, and nothing is changed: the old records could not be kept until the new zone serves the domain. Give the new adapter a ` +
    `nameSuffix, such as nameSuffix: "new"; its records then stand beside the old ones until the delegation has moved.`
  );
}

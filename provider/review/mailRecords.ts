/** Whose mail hangs on a record in the DNS. */
import { normaliseName } from "../dns/records";
import { type Resource, urnParts } from "./fleet";
import { asObject, asText, nameIn } from "./json";
import { AGENT_DOMAIN, CLOUDFLARE, type Records, recordsOf, slotFor, withPriority } from "./records";
import { type Review } from "./review";
import { notShown } from "./standing";

/**
 * New records that stand in place of others in one zone: the new one is written before the old one goes. A set of Route 53 is known
 * by its name alone, so there the delete takes the new one as well; the same holds for two records of one content.
 */
export function displacedBy(changing: readonly Resource[]): Map<Resource, Resource> {
  const displaced = new Map<Resource, Resource>();
  const going = changing.filter((each) => each.change === "delete" || each.change === "leftover");
  for (const made of changing.filter((each) => each.change === "create" && CLOUDFLARE.includes(each.type))) {
    const now = recordsOf(made, "after")!;
    const old = going.find((each) => {
      const was = recordsOf(each, "before")!;
      return (
        [now.zone, now.name, now.values[0]].every((known) => known !== undefined) &&
        was.vendor === now.vendor &&
        was.zone === now.zone &&
        was.name === now.name &&
        was.type === now.type &&
        was.values[0] !== now.values[0] &&
        // Two MX records stand side by side; of a TXT, only one for the same purpose is in the way.
        (was.type !== "TXT" || slotFor(was) === slotFor(now)) &&
        ![...displaced.values()].includes(each)
      );
    });
    if (old) displaced.set(made, old);
  }
  return displaced;
}

/** The domain of mailboxes that a record belongs to; for a name that belongs to none that is known, the name itself. */
export function mailDomainOf(review: Review, { name, parent }: Records): string | undefined {
  if (name === undefined) return domainIn(review, parent);
  const labels = name.split(".");
  const above = labels.map((_, at) => labels.slice(at).join("."));
  return above.find((each) => review.mailDomains.has(each)) ?? relativeTo(review, name) ?? name;
}

/**
 * The domain of mailboxes that a name relative to its zone may belong to: `agents` or `x.agents` in the zone of agents.example.com. The
 * zone's own name, `@`, may be that of any.
 */
function relativeTo({ mailDomains }: Review, name: string): string | undefined {
  const labels = name.split(".");
  const below = labels.map((_, at) => labels.slice(at).join("."));
  return [...mailDomains].find(
    (domain) => name === "@" || name === "" || below.some((each) => domain.startsWith(`${each}.`)),
  );
}

/** Whether a name is above a domain, absolute or relative to a zone. */
function isAbove(name: string, domain: string): boolean {
  return domain.endsWith(`.${name}`) || `.${domain}`.includes(`.${name}.`);
}

/** The domain of an `AgentDomain`, which the names of some of its records do not tell before the `up`. */
function domainIn({ after, before }: Review, component: string | undefined): string | undefined {
  if (component === undefined || urnParts(component).types.at(-1) !== AGENT_DOMAIN) return undefined;
  const found = [after, before]
    .flatMap((fleet) =>
      fleet.of("DomainVerification").map((each) => ({
        parent: each[fleet.side]!.parent,
        name: asText(fleet.inputs(each)["domainName"]),
      })),
    )
    .find(({ parent, name }) => parent === component && name !== undefined && !notShown(name));
  return nameIn(found?.name);
}

/** Whether mail may be lost when a record goes, changes, or is displaced. */
export function mailHangsOn(review: Review, records: Records): boolean {
  const { name, type } = records;
  const domain = mailDomainOf(review, records);
  const known = domain !== undefined && review.mailDomains.has(domain);
  // A delegation reaches all names below it.
  const delegates =
    name !== undefined &&
    ["NS", "DNAME", "DS"].includes(type) &&
    [...review.mailDomains].some((each) => isAbove(name.replace(/^\*\./, ""), each));
  if (delegates) return true;
  const concerns =
    domain === undefined || type === "?" || type === "MX" || slotFor(records) !== undefined || known;
  if (!concerns) return false;
  // Mail of a domain that is none of Nylas' is the company's own.
  return known ? review.mayLiveOn(domain) : true;
}

/** Whether a new record is what Nylas asked for before: it is put back where it was missing. */
export function isRepair(review: Review, { name, type, values }: Records): boolean {
  return review.before.of("DomainRecords").some(({ before }) =>
    Object.values(asObject(before?.outputs["records"]) ?? {}).some((asked) => {
      const record = asObject(asked);
      const value = record && withPriority(String(record["value"]), record["priority"]);
      return (
        record?.["type"] === type &&
        name !== undefined &&
        normaliseName(String(record["name"])) === name &&
        values.length === 1 &&
        values[0] !== undefined &&
        normaliseName(values[0]) === normaliseName(value!)
      );
    }),
  );
}

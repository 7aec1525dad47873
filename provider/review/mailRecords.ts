/** Whose mail hangs on a record in the DNS. */
import { type Resource, urnParts } from "./fleet";
import { asObject, asText, nameIn } from "./json";
import { isAgentDomain, CLOUDFLARE, type Records, recordsOf, slotFor, withPriority } from "./records";
import { type Review } from "./review";
import { notShown } from "./standing";

/**
 * New records that stand in place of others in one zone: the new one is written before the old one goes. A set of
 * Route 53 is known by its name alone, so there the delete takes the new one as well. The same holds for two records
 * of one content.
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
  if (component === undefined || !isAgentDomain(urnParts(component).types.at(-1))) return undefined;
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

/** Types that reach all names below their own. */
const DELEGATING = ["NS", "DNAME", "DS"];

/** Types that may cut off a name without being a record of mail. */
const CUTTING = [...DELEGATING, "CNAME"];

/**
 * Whether no mailbox has its address at a name or below it. That is so for `www`, and for what begins with an
 * underscore and is no mail record.
 */
function isOfNoMailbox(name: string): boolean {
  const labels = name.split(".");
  return labels[0] === "www" || labels.some((label) => /^_(?!(domainkey|dmarc)$)/.test(label));
}

/** Whether mail may be lost when a record goes, changes, or is displaced. */
export function mailHangsOn(review: Review, records: Records): boolean {
  const { name, type } = records;
  const domain = mailDomainOf(review, records);
  const known = domain !== undefined && review.mailDomains.has(domain);
  const delegates =
    name !== undefined &&
    DELEGATING.includes(type) &&
    [...review.mailDomains].some((each) => isAbove(name.replace(/^\*\./, ""), each));
  if (delegates) return true;
  // The domain may be one of an account that cannot be seen from here.
  const cuts =
    name !== undefined && CUTTING.includes(type) && review.hasUnseenAddresses && !isOfNoMailbox(name);
  const concerns =
    domain === undefined || type === "?" || type === "MX" || slotFor(records) !== undefined || known || cuts;
  if (!concerns) return false;
  // Mail of a domain that is none of Nylas' is the company's own.
  return known ? review.mayLiveOn(domain) : true;
}

/** Whether a new record is one that Nylas asked for and that has stood: it is put back where it was missing. */
export function isRepair(review: Review, records: Records): boolean {
  const { name, type, values } = records;
  return review.before.of("DomainRecords").some((each) =>
    Object.entries(asObject(each.before?.outputs["records"]) ?? {}).some(([slot, asked]) => {
      const record = asObject(asked);
      const value = record && withPriority(String(record["value"]), record["priority"]);
      return (
        record?.["type"] === type &&
        name !== undefined &&
        nameIn(record["name"]) === name &&
        values.length === 1 &&
        values[0] !== undefined &&
        nameIn(values[0]) === nameIn(value) &&
        hasStood(review, each, slot, records)
      );
    }),
  );
}

/**
 * What was asked for has not always been published. It has where the domain was verified; and a record of an `AgentDomain` comes after the
 * look at its name.
 */
function hasStood(review: Review, asked: Resource, slot: string, { slot: own }: Records): boolean {
  if (own !== undefined) return true;
  const { before } = review;
  const nameOf = (each: Resource) => nameIn(before.inputs(each)["domainName"]);
  return before.of("DomainVerification").some((each) => {
    const { status, purposes } = each.before!.outputs;
    const looked = !Array.isArray(purposes) || purposes.includes(slot);
    return nameOf(each) === nameOf(asked) && looked && (status === "verified" || status === "lost");
  });
}

/**
 * Whether the `up` makes a record only after it has registered its domain and has looked at what stands at the names. A domain that Nylas has
 * already is refused, and with it what waits for it; the rest of the change goes on.
 */
export function followsNewDomain(review: Review, resource: Resource, records: Records): boolean {
  const { after, preview } = review;
  const domain = mailDomainOf(review, records);
  const made = review.newDomain(domain);
  if (made === undefined) return false;
  // Nothing else can be published before the domain is asked about.
  if (DELEGATING.includes(records.type) && after.dependsOn(resource, made)) return true;
  return review.changing("DomainRecords", "create").some((asked) => {
    const inputs = after.inputs(asked);
    if (nameIn(inputs["domainName"]) !== domain) return false;
    if (!preview.streamed) return after.dependsOn(asked, made) && after.dependsOn(resource, asked);
    // Such a preview tells of no dependency: what is not known yet, inside of one component, is made from what Nylas answers.
    const inside = [made, asked].every((each) => each.after!.parent === records.parent);
    return (
      inside && notShown(inputs["domainId"]) && records.slot !== undefined && !records.values.some(Boolean)
    );
  });
}

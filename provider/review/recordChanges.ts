/** The records in the DNS: which appear, change or go, what they displace, and whose mail hangs on them. */
import { same } from "../core/equality";
import { changed, changedProperties, type Resource } from "./fleet";
import { type Gate } from "./gates";
import { displacedBy, followsNewDomain, isRepair, mailDomainOf, mailHangsOn } from "./mailRecords";
import { mayHoldMail } from "./otherVendors";
import {
  announcesServers,
  isRecord,
  isZone,
  purpose,
  purposesOf,
  reachesAllRecords,
  type Records,
  recordsOf,
} from "./records";
import { type Finding, type Review } from "./review";
import { counted, enumerated, say, some, type Markdown } from "./text";

export function recordFindings(review: Review): Finding[] {
  return [
    ...zones(review),
    ...editedZones(review),
    ...reachingAllRecords(review),
    ...ofUnknownVendors(review),
    ...records(review),
  ];
}

function zones(review: Review): Finding[] {
  const going = review.resources.filter(
    (each) => isZone(each) && ["delete", "leftover", "replace"].includes(each.change),
  );
  review.told(...going);
  return going.map((zone) => ({
    section: "loss",
    gates: ["mail-loss", "dns", "delete", "change"],
    text: say`The DNS zone ${review.programName(zone)} ${
      zone.change === "replace" ? say`is made anew` : say`is deleted`
    }, and every record in it goes: mail for its names is no longer delivered.`,
  }));
}

/** What of a zone may change while its records are answered as before. */
const HARMLESS_IN_A_ZONE = ["comment", "tags", "tagsAll", "plan"];

function editedZones(review: Review): Finding[] {
  return review.resources
    .filter((each) => isZone(each) && each.change === "update")
    .flatMap((zone): Finding[] => {
      const names = changedProperties(zone).filter((name) => isInput(zone, name));
      const strange = names.filter((name) => !HARMLESS_IN_A_ZONE.includes(name));
      if (strange.length === 0) return [];
      review.told(zone);
      return [
        {
          section: "loss",
          gates: ["mail-loss", "incomplete", "dns", "change"],
          text: say`The DNS zone ${review.programName(zone)} changes (${enumerated(strange.map((name) => review.redactor.value(name)))}): this review cannot tell whether its records are answered as before.`,
        },
      ];
    });
}

/** What takes records away or signs a zone, without a row for each record. */
function reachingAllRecords(review: Review): Finding[] {
  const changing = review.resources.filter(
    (each) => reachesAllRecords(each) && !["same", "read", "forget"].includes(each.change),
  );
  review.told(...changing);
  return changing.map((each) => ({
    section: "loss",
    gates: ["mail-loss", "incomplete", "dns", "change"],
    text: say`${review.programName(each)} (${review.redactor.value(each.type)}) is ${
      each.change === "create" ? say`made` : each.change === "delete" ? say`deleted` : say`changed`
    }. It reaches records of a zone, or its delegation, without a row for each, and this review cannot read it.`,
  }));
}

/** A record that this review cannot read may be the MX. */
function ofUnknownVendors(review: Review): Finding[] {
  const changing = review.resources.filter(
    (each) => mayHoldMail(review, each) && !["same", "read", "forget"].includes(each.change),
  );
  review.told(...changing);
  return changing.map((each) => ({
    section: "loss",
    gates: [...(each.change === "create" ? [] : (["mail-loss"] as const)), "incomplete", "dns", "change"],
    text: say`${review.programName(each)}, which may be a record of a domain of mailboxes, changes (${review.redactor.value(each.change)}), and this review cannot read records of its type ${review.redactor.value(each.type)}.`,
  }));
}

function records(review: Review): Finding[] {
  const changing = review.resources.filter(
    (each) => isRecord(each) && !["same", "read"].includes(each.change),
  );
  review.told(...changing);
  const displaced = displacedBy(changing);
  const covered = new Set(displaced.values());
  return changing
    .filter((each) => !covered.has(each))
    .flatMap((each): Finding[] => {
      const [was, now] = [recordsOf(each, "before"), recordsOf(each, "after")];
      const old = displaced.get(each);
      if (old) {
        const earlier = recordsOf(old, "before")!;
        return [
          ...rerouted(review, each, earlier, now!, false),
          differs(review, earlier, now!, say`displaces`),
        ];
      }
      switch (each.change) {
        case "create":
          return appears(review, each, now!);
        case "adopt":
          return [
            dns(["change"], say`${title(review, now!)} is taken over as it stands; nothing is written.`),
          ];
        case "delete":
        case "leftover":
          return goes(review, was!);
        case "forget":
          return [dns(["change"], say`${title(review, was!)} is let go, and left as it stands.`)];
        default:
          if (!was || !now) return [];
          return [
            ...rerouted(review, each, was, now, each.change === "replace"),
            edited(review, each, was, now),
          ];
      }
    });
}

function appears(review: Review, resource: Resource, now: Records): Finding[] {
  const over = now.overwrites ? say` It writes over whatever stands there (\`allowOverwrite\`).` : say``;
  const mail =
    now.type === "MX" && now.slot !== "feedback" ? say` Mail for that name goes there from then on.` : say``;
  const finding = dns(
    now.overwrites ? ["dns", "change"] : ["change"],
    say`${title(review, now)} appears: ${values(review, now.values)}.${mail}${over}`,
  );
  return [...displacing(review, resource, now), finding];
}

/** A record that stands at a name from now on, and may take mail from what stands there. */
function displacing(review: Review, resource: Resource, now: Records): Finding[] {
  if (!mayDisplace(review, resource, now)) return [];
  if (announcesServers(now)) return [announced(review, now, say`appears`)];
  const accounts = review.livingOn(mailDomainOf(review, now));
  return [
    {
      section: "loss",
      gates: [...(["TXT", "DS"].includes(now.type) ? [] : (["hand-over"] as const)), "mail-loss", "change"],
      text: say`${title(review, now)} appears beside what stands there, or in its place: ${values(review, now.values)}. ${
        now.type === "TXT"
          ? say`Mail from ${host(review, now)} may be refused from then on.`
          : now.type === "DS"
            ? say`Mail ${whose(review, accounts, now)} is lost unless the zone is signed with that key.`
            : say`Mail ${whose(review, accounts, now)} may go there from then on.`
      }`,
    },
  ];
}

/** The policy itself stands on a web server, which no preview shows. */
function announced(review: Review, now: Records, verb: Markdown): Finding {
  return {
    section: "loss",
    gates: ["mail-loss", "change"],
    text: say`${title(review, now)} ${verb}: ${values(review, now.values)}. Senders deliver only to the servers of that policy (MTA-STS) from then on. Mail is refused where it does not name those of Nylas.`,
  };
}

/** Whether a new record takes mail from what stands: at a name that is in use, or of which that is not known. */
function mayDisplace(review: Review, resource: Resource, now: Records): boolean {
  const takes = ["MX", "NS", "CNAME", "DNAME", "DS", "?"].includes(now.type) || now.overwrites;
  if (!takes && !namesSenders(now, now.values) && !announcesServers(now)) return false;
  // A domain that is registered in this very change has no mail yet; what stands there from before, the `up` looks at.
  if (followsNewDomain(review, resource, now)) return false;
  if (isRepair(review, now)) return false;
  return mailHangsOn(review, now);
}

/** Whether texts say who may send for the domain, or sign for it: of two such texts at one name, neither holds. */
function namesSenders(records: Records, texts: readonly (string | undefined)[]): boolean {
  return (
    records.type === "TXT" &&
    purposesOf(records, texts).some((purpose) => ["spf", "dkim", "?"].includes(purpose))
  );
}

/** Whether a text tells Nylas whose domain it is. */
function isOwnership(records: Records, text: string | undefined): boolean {
  return purposesOf(records, [text]).includes("ownership");
}

function goes(review: Review, was: Records): Finding[] {
  const gone = say`${title(review, was)} goes: ${values(review, was.values)}.`;
  const gates: Gate[] = ["dns", "delete", "change"];
  if (!mailHangsOn(review, was)) return [dns(gates, gone)];
  if (was.type !== "MX") {
    return [
      {
        section: "loss",
        gates: ["mail-loss", ...gates],
        text: say`${gone} The domain may be in use: mail from it or to it may be refused.`,
      },
    ];
  }
  const accounts = review.livingOn(mailDomainOf(review, was));
  return [
    {
      section: "loss",
      gates: ["mail-loss", "change"],
      text:
        accounts.length > 0
          ? say`The MX of ${host(review, was)} goes: mail to ${counted(
              accounts.length,
              say`account`,
            )} is no longer delivered (${review.names(accounts, 10)}).`
          : say`The MX of ${host(review, was)} goes: mail for that name is no longer delivered. Who has an address there cannot be seen from here.`,
    },
    dns(gates, gone),
  ];
}

/** A record that names something else, or stands elsewhere, while mail hangs on it. */
function rerouted(review: Review, resource: Resource, was: Records, now: Records, anew: boolean): Finding[] {
  const stays =
    was.name !== undefined &&
    was.name === now.name &&
    was.type === now.type &&
    was.zone === now.zone &&
    was.vendor === now.vendor;
  const changes = changesValues(was, now);
  if (!anew && stays && !changes) return [];
  // It was for nobody's mail until now; what it becomes is judged as a new one.
  if (!mailHangsOn(review, was)) return displacing(review, resource, now);
  const accounts = review.livingOn(mailDomainOf(review, was));
  const who = whose(review, accounts, was);
  if (announcesServers(now)) return [announced(review, now, stays ? say`changes` : say`goes elsewhere`)];
  if (was.type === "TXT" && now.type === "TXT") {
    // Another text at the same place: mail from the domain may be refused where it speaks of senders.
    const touched = [
      ...was.values.filter((value) => !now.values.includes(value)),
      ...now.values.filter((value) => value === undefined || !was.values.includes(value)),
    ];
    const speaks = [was, now].some((side) => namesSenders(side, touched));
    const proves = was.values.some((value) => touched.includes(value) && isOwnership(was, value));
    if (stays && !anew && !speaks && !proves) return [];
    return [
      {
        section: "loss",
        gates: ["mail-loss", "change"],
        text: say`${title(review, was)} ${
          stays ? say`changes` : say`goes elsewhere`
        } while the domain may be in use: mail from it may be refused.`,
      },
    ];
  }
  const servers = now.values.filter((value) => value === undefined || !was.values.includes(value));
  const text =
    stays && !anew && changes
      ? say`Mail ${who} goes to another server from then on: ${values(review, servers)}${named(review, accounts)}.`
      : say`The ${was.type === "MX" ? say`MX` : title(review, was)} of ${host(review, was)} ${
          stays ? say`is made anew` : say`goes elsewhere`
        }: mail ${who} may no longer be delivered${named(review, accounts)}.`;
  return [{ section: "loss", gates: ["hand-over", "mail-loss", "change"], text }];
}

function whose(review: Review, accounts: Resource[], records: Records): Markdown {
  const domain = mailDomainOf(review, records);
  const where = domain === undefined ? say`a name that is known at the \`up\`` : review.redactor.host(domain);
  return accounts.length > 0
    ? say`to ${counted(accounts.length, say`account`)} on ${where}`
    : say`for ${where}, whose accounts cannot be seen from here,`;
}

function named(review: Review, accounts: Resource[]): Markdown {
  return accounts.length > 0 ? say` (${review.names(accounts, 10)})` : say``;
}

/** A value that is not known yet may be any. */
function changesValues(was: Records, now: Records): boolean {
  return !same(was.values, now.values) || now.values.includes(undefined);
}

function edited(review: Review, resource: Resource, was: Records, now: Records): Finding {
  const anew = resource.change === "replace";
  if (changesValues(was, now) || was.name !== now.name || was.type !== now.type) {
    return differs(review, was, now, anew ? say`is made anew and displaces` : say`displaces`);
  }
  const ttl = changed(resource, "ttl");
  const rest = changedProperties(resource).filter((name) => name !== "ttl" && isInput(resource, name));
  const strange = rest.filter((name) => !isHarmless(now, name.split(/[.[]/)[0]!));
  if (!anew && strange.length > 0 && mailHangsOn(review, now))
    return {
      section: "loss",
      gates: ["mail-loss", "incomplete", "dns", "change"],
      text: say`${title(review, now)} keeps its value, and ${enumerated(strange.map((name) => review.redactor.value(name)))} of it changes: this review cannot tell who is still answered with it.`,
    };
  const parts = [
    ...(ttl && typeof ttl.to === "number"
      ? [say`it is kept by resolvers for ${seconds(ttl.to)} (until now ${seconds(ttl.from)})`]
      : []),
    ...(rest.length > 0
      ? [say`other settings: ${some(rest.map((name) => review.redactor.value(name)))}`]
      : []),
  ];
  const how = anew
    ? say`is made anew in ${was.zone === now.zone && was.vendor === now.vendor ? say`its zone` : say`another zone`}`
    : say`keeps its value`;
  return dns(
    ["dns", "change", ...(anew ? (["delete"] as const) : [])],
    say`${title(review, now)} ${how}${parts.length > 0 ? say`; ${enumerated(parts)}` : say``}.`,
  );
}

/**
 * What of a record may change while everybody is answered as before. Route 53's routing, health checks and set
 * identifiers are not among it. Of an alias that Cloudflare proxies or flattens, only addresses are answered: mail
 * servers and keys behind it are not found. The `data` of a DS record is its content.
 */
function isHarmless({ type }: Records, property: string): boolean {
  switch (property) {
    case "comment":
    case "tags":
    case "allowOverwrite":
      return true;
    case "proxied":
    case "settings":
      return !["CNAME", "DNAME", "?"].includes(type);
    case "data":
      return !["DS", "?"].includes(type);
    default:
      return false;
  }
}

/** What the vendor alone computes, such as the time of the last change, is no setting. */
function isInput({ before, after }: Resource, name: string): boolean {
  const [property] = name.split(/[.[]/) as [string];
  return [before, after].some((state) => state !== undefined && property in state.inputs);
}

/** One value, or a set of them, in place of another. */
function differs(review: Review, was: Records, now: Records, verb: Markdown): Finding {
  const text = (value: string | undefined) => (value === undefined ? undefined : value);
  const added = now.values.filter((value) => text(value) === undefined || !was.values.includes(value));
  const removed = was.values.filter((value) => text(value) === undefined || !now.values.includes(value));
  const at = was.name === now.name && was.type === now.type ? say`` : say` (until now ${title(review, was)})`;
  if (was.values.length === 1 && now.values.length === 1) {
    return dns(
      ["dns", "change"],
      say`${title(review, now)}${at}: ${values(review, now.values)} ${verb} ${values(review, was.values)}.`,
    );
  }
  const parts = [
    ...(added.length > 0
      ? [say`${values(review, added)} ${added.length === 1 ? say`is` : say`are`} added`]
      : []),
    ...(removed.length > 0
      ? [say`${values(review, removed)} ${removed.length === 1 ? say`is` : say`are`} taken out`]
      : []),
  ];
  const stays = now.values.length - added.length;
  return dns(
    ["dns", "change"],
    say`${title(review, now)}${at}: ${parts.length > 0 ? enumerated(parts) : say`the same values`}${
      stays > 0 ? say`; ${stays} ${stays === 1 ? say`stays` : say`stay`}` : say``
    }.`,
  );
}

function title(review: Review, records: Records): Markdown {
  const kinds = [...new Set(records.values.map((value) => purpose(records.type, value, records.slot)))];
  // Of several texts in one set, what each is for says too much.
  const kind = kinds.length === 1 ? kinds[0]! : purpose(records.type, undefined);
  return say`${kind} ${host(review, records)}`;
}

function host(review: Review, { name }: Records): Markdown {
  return name === undefined
    ? say`at a name that Nylas is asked for in the \`up\``
    : review.redactor.host(name);
}

function values(review: Review, all: readonly (string | undefined)[]): Markdown {
  const known = all.filter((value) => value !== undefined);
  const open = all.length - known.length;
  const parts = known.map((value) => review.redactor.value(value, 100));
  if (open > 0)
    parts.push(
      open === 1
        ? say`a value that is known at the \`up\``
        : say`${open} values that are known at the \`up\``,
    );
  return some(parts, 6);
}

function seconds(value: unknown): Markdown {
  if (value === 1) return say`as long as Cloudflare sees fit`;
  return typeof value === "number" ? counted(value, say`second`) : say`the default time`;
}

function dns(gates: Gate[], text: Markdown): Finding {
  return { section: "dns", gates, text };
}

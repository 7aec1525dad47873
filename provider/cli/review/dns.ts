/** Domains, and the records in the DNS: which appear, change or go, and what they displace. */
import { same } from "../../lifecycle/equality";
import { changed, domainOf, type Resource } from "./fleet";
import { asText } from "./preview";
import { isRecord, purpose, type Records, recordsOf } from "./records";
import { type Gate } from "./gates";
import { type Finding, type Review } from "./review";
import { counted, enumerated, say, some, type Markdown } from "./text";

export function dnsFindings(review: Review): Finding[] {
  return [...domains(review), ...records(review)];
}

function domains(review: Review): Finding[] {
  const { before, after } = review;
  const findings: Finding[] = [];
  const accountsOn = (name: unknown, fleet = before) => {
    const domain = asText(name)?.toLowerCase().replace(/\.$/, "");
    return fleet.of("AgentAccount").filter((account) => domainOf(fleet.email(account)) === domain);
  };
  for (const domain of review.changing("Domain", "delete", "leftover", "replace")) {
    review.told(domain);
    const accounts = accountsOn(before.inputs(domain)["domainName"]);
    const address = review.voice.host(asText(before.inputs(domain)["domainName"]) ?? domain.name);
    const ends = say` It ends the mail of every account on it${
      accounts.length > 0
        ? say` (${counted(accounts.length, say`account`)} in this stack: ${review.names(accounts, 10)})`
        : say``
    }.`;
    const guard = domain.before?.protect
      ? say` It is protected: the engine refuses it until \`protect\` is taken off.`
      : review.isForced(domain)
        ? say` \`forceDestroy\` is recorded: it goes even with accounts on it.`
        : say` \`up\` refuses it as long as accounts live on it.`;
    findings.push({
      section: "loss",
      gates: [
        "mail-loss",
        ...(domain.change === "replace" ? (["replace"] as const) : []),
        "delete",
        "change",
      ],
      text:
        domain.change === "replace"
          ? say`The domain ${address} becomes ${review.name(domain)}: the old one is deleted, and a new one is registered.${ends}${guard}`
          : say`The domain ${address} is deleted.${ends}${guard}`,
    });
  }
  for (const domain of review.changing("Domain", "forget")) {
    review.told(domain);
    findings.push({
      section: "dns",
      gates: ["change"],
      text: say`The domain ${review.name(domain)} is let go, and left as it is at Nylas.`,
    });
  }
  for (const domain of review.changing("Domain", "create", "adopt")) {
    review.told(domain);
    const accounts = accountsOn(after.inputs(domain)["domainName"], after);
    const on = accounts.length > 0 ? say`, with ${counted(accounts.length, say`account`)}` : say``;
    findings.push({
      section: "dns",
      gates: ["change"],
      text:
        domain.change === "adopt"
          ? say`The domain ${review.name(domain)} is taken over as it is${on}.`
          : say`The domain ${review.name(domain)} is registered with Nylas${on}.`,
    });
  }
  // Nylas is asked for records by the one and verifies them for the other: what is published is told record by record.
  for (const asked of review.changing("DomainRecords", "create", "adopt", "delete", "forget", "leftover"))
    review.told(asked);
  for (const asked of review.changing("DomainRecords", "update", "replace")) {
    review.told(asked);
    findings.push({
      section: "dns",
      gates: ["change"],
      text: say`Nylas is asked again which records it wants for ${review.name(asked)}; what it answers may change them.`,
    });
  }
  for (const waits of review.changing("DomainVerification", "create", "adopt", "update", "replace")) {
    review.told(waits);
    const goes =
      waits.after?.inputs["wait"] === false ? say`is looked at, without waiting for it` : say`is waited for`;
    const again = waits.change === "create" || waits.change === "adopt" ? say`` : say` runs again, and`;
    findings.push({
      section: "dns",
      gates: ["change"],
      text: say`The verification of ${review.name(waits)}${again} ${goes}.`,
    });
  }
  for (const ends of review.changing("DomainVerification", "delete", "forget", "leftover")) review.told(ends);
  return findings;
}

function records(review: Review): Finding[] {
  const changing = review.resources.filter(
    (each) => isRecord(each) && !["same", "read"].includes(each.change) && !review.isRenamed(each),
  );
  review.told(...changing);
  const going = changing.filter((each) => each.change === "delete" || each.change === "leftover");
  const displaced = new Map<Resource, Resource>();
  const covered = new Set<Resource>();
  for (const made of changing.filter((each) => each.change === "create")) {
    const now = recordsOf(made, "after");
    // Two MX records stand side by side; of a TXT, only one for the same purpose is in the way.
    const old = going.find((each) => {
      const was = recordsOf(each, "before");
      return (
        was !== undefined &&
        now?.name !== undefined &&
        was.name === now.name &&
        was.type === now.type &&
        (was.type !== "TXT" ||
          purpose("TXT", was.values[0], was.slot) === purpose("TXT", now.values[0], now.slot)) &&
        !covered.has(each)
      );
    });
    if (!old) continue;
    displaced.set(made, old);
    covered.add(old);
  }
  return changing
    .filter((each) => !covered.has(each))
    .flatMap((each): Finding[] => {
      const now = recordsOf(each, "after");
      const old = displaced.get(each);
      if (old)
        return [
          ...rerouted(review, recordsOf(old, "before")!, now!),
          differs(review, recordsOf(old, "before")!, now!, say`displaces`),
        ];
      switch (each.change) {
        case "create":
          return [appears(review, now!)];
        case "adopt":
          return [
            dns(["change"], say`${title(review, now!)} is taken over as it stands; nothing is written.`),
          ];
        case "delete":
        case "leftover":
          return [...lost(review, recordsOf(each, "before")!), goes(review, recordsOf(each, "before")!)];
        case "forget":
          return [
            dns(
              ["change"],
              say`${title(review, recordsOf(each, "before")!)} is let go, and left as it stands.`,
            ),
          ];
        default: {
          const was = recordsOf(each, "before");
          if (!was || !now) return [];
          return [...rerouted(review, was, now), edited(review, each, was, now)];
        }
      }
    });
}

function appears(review: Review, now: Records): Finding {
  const over = now.overwrites ? say` It writes over whatever stands there (\`allowOverwrite\`).` : say``;
  const mail =
    now.type === "MX" && now.slot !== "feedback" ? say` Mail for that name goes there from then on.` : say``;
  return dns(
    now.overwrites ? ["dns", "change"] : ["change"],
    say`${title(review, now)} appears: ${values(review, now.values)}.${mail}${over}`,
  );
}

function goes(review: Review, was: Records): Finding {
  return dns(["dns", "delete", "change"], say`${title(review, was)} goes: ${values(review, was.values)}.`);
}

function edited(review: Review, resource: Resource, was: Records, now: Records): Finding {
  const anew = resource.change === "replace";
  if (!same(was.values, now.values) || was.name !== now.name || was.type !== now.type) {
    return differs(review, was, now, anew ? say`is made anew and displaces` : say`displaces`);
  }
  const ttl = changed(resource, "ttl");
  const rest = resource.diffs.filter((name) => name !== "ttl" && name !== "__provider");
  const parts = [
    ...(ttl && typeof ttl.to === "number"
      ? [say`it is kept by resolvers for ${seconds(ttl.to)} (until now ${seconds(ttl.from)})`]
      : []),
    ...(rest.length > 0 ? [say`other settings: ${some(rest.map((name) => review.voice.value(name)))}`] : []),
  ];
  const how = anew
    ? say`is made anew in ${was.zone === now.zone ? say`its zone` : say`another zone`}`
    : say`keeps its value`;
  return dns(
    ["dns", "change", ...(anew ? (["delete"] as const) : [])],
    say`${title(review, now)} ${how}${parts.length > 0 ? say`; ${enumerated(parts)}` : say``}.`,
  );
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

/** An MX that goes while accounts live on its name. */
function lost(review: Review, was: Records): Finding[] {
  const accounts = livingOn(review, was);
  if (was.type !== "MX" || accounts.length === 0) return [];
  return [
    {
      section: "loss",
      gates: ["mail-loss", "change"],
      text: say`The MX of ${host(review, was)} goes: mail to ${counted(
        accounts.length,
        say`account`,
      )} is no longer delivered (${review.names(accounts, 10)}).`,
    },
  ];
}

/** An MX that names another server while accounts live on its name. */
function rerouted(review: Review, was: Records, now: Records): Finding[] {
  if (was.type !== "MX") return [];
  const accounts = livingOn(review, was);
  if (accounts.length === 0) return [];
  const target = (value: string | undefined) =>
    value
      ?.replace(/^\d+\s+/, "")
      .replace(/\.$/, "")
      .toLowerCase();
  const before = was.values.map(target);
  const servers = now.values.filter((value) => !before.includes(target(value)));
  const left = now.type === was.type && now.name === was.name;
  if (left && (servers.length === 0 || servers.includes(undefined))) return [];
  return [
    {
      section: "loss",
      gates: ["hand-over", "mail-loss", "change"],
      text: left
        ? say`Mail to ${counted(
            accounts.length,
            say`account`,
          )} on ${host(review, was)} goes to another server from then on: ${values(review, servers)} (${review.names(accounts, 10)}).`
        : say`The MX of ${host(review, was)} goes elsewhere: mail to ${counted(
            accounts.length,
            say`account`,
          )} is no longer delivered (${review.names(accounts, 10)}).`,
    },
  ];
}

function livingOn({ before, after }: Review, records: Records): Resource[] {
  return after
    .of("AgentAccount")
    .filter((account) => before.has(account) && domainOf(after.email(account)) === records.name);
}

function title(review: Review, records: Records): Markdown {
  const kinds = [...new Set(records.values.map((value) => purpose(records.type, value, records.slot)))];
  // Of several texts in one set, what each is for says too much.
  const kind = kinds.length === 1 ? kinds[0]! : purpose(records.type, undefined);
  return say`${kind} ${host(review, records)}`;
}

function host(review: Review, { name }: Records): Markdown {
  return name === undefined ? say`at a name that Nylas is asked for in the \`up\`` : review.voice.host(name);
}

function values(review: Review, all: readonly (string | undefined)[]): Markdown {
  const known = all.filter((value) => value !== undefined);
  const open = all.length - known.length;
  const parts = known.map((value) => review.voice.value(value, 100));
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

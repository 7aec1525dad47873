import {
  findConflicts,
  mergedSpf,
  standingAt,
  wildcardAnswers,
  type Conflict,
  type Standing,
} from "../dns/conflicts";
import { slots, type RecordSlots, type Slot } from "../dns/layout";
import { loadLookup } from "../dns/live";
import { type DnsLookup } from "../dns/lookup";
import { type AddressOutcome, type LookupOutcome } from "../dns/outcomes";
import { recordKey, sameRecord, type DnsRecord } from "../dns/records";
import { countSpfLookups, spfProblem } from "../dns/spfLookups";
import { type Context } from "../core/definition";
import { UserError } from "../core/failure";
import { ZONE_FILE_PLACE } from "./recordPlaces";
import { type Session } from "./session";

/** What the program says about the names, beside the records. */
export interface NameWords {
  allowUncheckedDns?: boolean;
  allowImplicitMx?: boolean;
  publishedAt?: string;
  known?: Partial<RecordSlots>;
}

/**
 * Throws where the records of a domain may not be published beside what stands at their names today. All names are judged at once, before
 * any record exists. `own` are records that this stack has published: they change with the program. Answers which of the very records stand
 * already by somebody else's hand; one that cannot be seen counts as standing.
 */
export async function assertNamesAreFree(
  { session, log }: Context<Session>,
  records: RecordSlots,
  { allowUncheckedDns, allowImplicitMx, publishedAt, known }: NameWords,
  own: readonly DnsRecord[] | undefined,
): Promise<Slot[]> {
  const { createLookup, observe } = loadLookup();
  const lookup = createLookup({ servers: session.settings.dnsServers });
  const [seen, host] = await Promise.all([observe(lookup, records), lookup.addresses(records.mx.name)]);
  const at = standingAt(seen);
  const stood = slots.filter((slot) => mayStand(records[slot], seen[slot], own));
  const looksAtHost = allowImplicitMx !== true && host.kind === "found" && !host.wildcard;
  const standing: Standing = {
    at,
    own,
    addresses: looksAtHost ? host : undefined,
    mergedSpf: await lookupsOfMerged(lookup, records.spf, at, own),
  };
  const publishes = publishedAt !== ZONE_FILE_PLACE;
  const conflicts = findConflicts(records, standing, publishes);
  // What somebody else publishes is not written by this run, and the new values are what they need to put it right.
  const refused = conflicts.filter(({ harm }) => publishes || harm === "mail");
  if (refused.length > 0) throw new UserError(refusal(records.mx.name, refused));
  for (const { text } of conflicts) await log("warning", `${text}.`);

  for (const warning of wildcardWarnings(records, seen, host)) await log("warning", warning);
  const declared = known?.spf && spfProblem(await countSpfLookups(known.spf.value, textsAt(lookup)));
  if (declared !== undefined)
    await log(
      "warning",
      `The SPF record that is declared for ${records.spf.name} does not work: ${declared}.`,
    );

  const unseen = [
    unseenOutcome(`MX ${records.mx.name}`, seen.mx),
    unseenOutcome(`TXT ${records.spf.name}`, seen.spf),
    // With an MX there, the addresses receive no mail.
    host.kind === "unseen" && seen.mx?.kind !== "found" && allowImplicitMx !== true
      ? `A and AAAA ${records.mx.name}: ${host.reason}`
      : undefined,
  ].filter((line) => line !== undefined);
  if (unseen.length === 0) {
    await warnOfUnseen(records, seen, log);
    return stood;
  }
  const what = `${records.mx.name}: DNS could not be asked from here (${unseen.join("; ")})`;
  if (allowUncheckedDns !== true) {
    throw new UserError(
      `${what}, so it cannot be told whether mail for it goes elsewhere today or a second SPF record stands there. No record was written. ` +
        `Run pulumi up where DNS can be reached, or name a server that can be: pulumi config set --path 'nylas:dnsServers[0]' HOST:PORT. ` +
        `If you know that no mail goes to the name, say allowUncheckedDns: true.`,
    );
  }
  await log(
    "warning",
    `${what}, so it was not checked whether mail for it goes elsewhere today or a second SPF record stands there: allowUncheckedDns is set.`,
  );
  return stood;
}

/** Whether a record stands that this stack has not published, or may stand where that cannot be seen. */
function mayStand(
  record: DnsRecord | undefined,
  outcome: LookupOutcome | undefined,
  own: readonly DnsRecord[] = [],
): boolean {
  if (record === undefined || outcome === undefined || own.some((each) => sameRecord(each, record)))
    return false;
  if (outcome.kind === "found")
    return !outcome.wildcard && outcome.records.some((found) => sameRecord(found, record));
  return outcome.kind !== "none" && outcome.kind !== "alias";
}

/** What stands beside a record that is published, and came after the first look at its name; `own` are records that this stack has published. */
export async function conflictBeside(
  session: Session,
  record: { mx: DnsRecord } | { dmarc: DnsRecord },
  own: readonly DnsRecord[],
): Promise<string | undefined> {
  const { createLookup, observe } = loadLookup();
  const seen = await observe(createLookup({ servers: session.settings.dnsServers }), record);
  return findConflicts(record, { at: standingAt(seen), own })[0]?.text;
}

function refusal(name: string, conflicts: readonly Conflict[]): string {
  const breaks = conflicts.some(({ harm }) => harm === "mail");
  const head = breaks
    ? `The records of ${name} would break mail that works today; none was written.`
    : `The records of ${name} cannot stand beside what is published there today; none was written.`;
  return `${head}\n${conflicts.map(({ text }) => `  - ${text}`).join("\n")}`;
}

/** The look-ups of the SPF record that would serve the senders of both; undefined where there is no other sender. */
async function lookupsOfMerged(
  lookup: DnsLookup,
  spf: DnsRecord,
  at: Standing["at"],
  own: readonly DnsRecord[] = [],
): Promise<Standing["mergedSpf"]> {
  const ours = new Set(own.map(recordKey));
  const others = (at.spf?.records ?? []).filter((record) => !ours.has(recordKey(record)));
  const merged = mergedSpf(spf, others);
  return merged === undefined ? undefined : countSpfLookups(merged, textsAt(lookup));
}

function textsAt(lookup: DnsLookup): (name: string) => Promise<string[] | undefined> {
  return async (name) => {
    const outcome = await lookup.ask(name, "TXT");
    if (outcome.kind === "found") return outcome.records.map(({ value }) => value);
    return outcome.kind === "none" || outcome.kind === "alias" ? [] : undefined;
  };
}

/** A name with records of its own is no longer covered by the wildcard of its zone, for no type at all. */
function wildcardWarnings(
  records: RecordSlots,
  seen: Partial<Record<keyof RecordSlots, LookupOutcome>>,
  host: AddressOutcome,
): string[] {
  const answers = wildcardAnswers(records, seen);
  if (host.kind === "found" && host.wildcard) {
    const name = records.mx.name;
    const ends =
      host.alias === undefined ? `A ${host.addresses.slice(0, 4).join(", ")}` : `CNAME ${host.alias}`;
    answers.set(name, [...new Set([...(answers.get(name) ?? []), ends])]);
  }
  const said = new Set<string>();
  const warnings: string[] = [];
  for (const [name, values] of answers) {
    const fresh = values.filter((value) => !said.has(value));
    for (const value of fresh) said.add(value);
    if (fresh.length === 0) continue;
    warnings.push(
      `${name} is answered by a wildcard of its zone today: ${fresh.join("; ")}. A name that has a record of its own is no longer covered by ` +
        `a wildcard, so this stops applying to ${name} and the names below it. What is to go on there, publish for the name itself.`,
    );
  }
  return warnings;
}

/** At the names below the domain no mail arrives today, as far as anybody knows: that one cannot be seen is no reason to stop. */
async function warnOfUnseen(
  records: RecordSlots,
  seen: Partial<Record<keyof RecordSlots, LookupOutcome>>,
  say: Context<Session>["log"],
): Promise<void> {
  const unseen = slots.flatMap((slot) => {
    const record = records[slot];
    return record ? (unseenOutcome(`${record.type} ${record.name}`, seen[slot]) ?? []) : [];
  });
  if (unseen.length === 0) return;
  await say(
    "warning",
    `${records.mx.name}: it could not be seen whether other records stand where these are published: ${[...new Set(unseen)].join("; ")}.`,
  );
}

/** Why nothing is known of a name. A server that does not answer may know what the others have not heard of. */
function unseenOutcome(what: string, outcome: LookupOutcome | undefined): string | undefined {
  if (outcome?.kind !== "unreachable" && outcome?.kind !== "failed") return undefined;
  return `${what}: ${outcome.reason}`;
}

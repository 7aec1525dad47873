import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import {
  domainVerificationProperties,
  type DomainVerificationProperties,
  type VerificationPurpose,
} from "../properties/domainVerification";
import { requiredSlots, type RecordSlots, type Slot } from "../dns/layout";
import { loadDiagnosis, loadLookup, mxStands } from "../dns/live";
import { type ServedBy, type Servers, serversOfPlace } from "../dns/move";
import { familyOf } from "../dns/place";
import { type Delegation, type LookupOutcome } from "../dns/lookup";
import { type DnsRecord, normaliseName } from "../dns/records";
import { type Diagnosis } from "../dns/diagnosis";
import { type CommonInputs, type Context, type Definition } from "../core/definition";
import { NotSettled, UserError } from "../core/failure";
import { type Failure, show } from "../core/fields";
import { holdsUnknown } from "../core/unknown";
import { growing, poll } from "../nylas/clock";
import { interruptible } from "../nylas/lifetime";
import { type Domain, type DomainAttempt } from "../nylas/api";
import { type NylasError } from "../nylas/errors";
import { registeredAgain, registeredAgainText } from "./domain";
import { applicationAtHand, domainDeletionBlocker } from "./domainGuard";
import { assertRightZone, placeProblems } from "./zones";
import { conflictBeside } from "./freeNames";
import { assertOldRecordsMayGo, whoServes } from "./recordsMove";
import {
  droppedRecords,
  ZONE_FILE_KIND,
  ZONE_FILE_PLACE,
  moveByReplacement,
  moveWarnings,
  placeChange,
  assertNoHalfMove,
} from "./recordPlaces";
import { type GuardedPlace, noteLeft, whyPlaceIsKept } from "./placeGuard";
import { stillDeclared } from "./renamedDomain";
import {
  assertOrganization,
  organizationOwner,
  rememberOrganization,
  type Session,
  stillListed,
} from "./session";
import { isForceDestroyed } from "./words";

export type DomainVerificationInputs = CommonInputs & DomainVerificationProperties;

type Status = "verified" | "pending" | "lost";

export interface Verification {
  domainName: string;
  domain: Domain | undefined;
  /** Undefined: as recorded, unless the domain's flags say more. */
  status: Status | undefined;
  problems: string[];
  /** The application whose accounts can be looked for. */
  applicationId?: string | undefined;
  /** Who served the domain when it was seen verified; undefined where nobody looked, or it could not be seen. */
  servedBy?: ServedBy | undefined;
  /** Set for one that only guards the records at this place. */
  guards?: string | undefined;
  /** Who served the domain when the records at the place were made: not that place. */
  servedBefore?: ServedBy | undefined;
}

const DEFAULT_TIMEOUT_SECONDS = 30 * 60;
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;

export const domainVerification: Definition<DomainVerificationInputs, Verification, Session> = {
  type: "DomainVerification",
  noun: "verification",
  fields: (z) => fieldsOf(domainVerificationProperties, z),
  inputs: inputHandlingOf<DomainVerificationInputs>(domainVerificationProperties, {
    domainName: normaliseName,
    purposes: (purposes) => [...purposes].sort(),
  }),
  identity: {
    key: (inputs) => inputs.domainName && `of ${normaliseName(inputs.domainName)}${atPlace(inputs)}`,
  },
  settling: {
    needsUpdate: (outputs, news) =>
      outputs.guardOnly !== true &&
      (outputs.status !== "verified" || otherCount(outputs as unknown as DomainVerificationInputs, news)),
    waitsFor({ status, wait, domainName, problems }) {
      if (status !== "pending" || wait !== false) return undefined;
      const expired = String(problems ?? "").includes("has expired");
      const next = expired
        ? "The ownership value has expired: run pulumi up --refresh."
        : "The next pulumi up looks again.";
      return `${String(domainName)}: verification pending. ${next}`;
    },
  },
  validation: {
    failures: (news, olds, failedBefore) => [
      ...placeProblems(news),
      ...(news.guardOnly === true
        ? []
        : [...validateWithoutDomain(news), ...assertNoHalfMove(news, olds, failedBefore)]),
    ],
    warnings: (olds, news) => (news.guardOnly === true ? [] : moveWarnings(olds, news)),
    endsProgram: (outputs, news) =>
      news.guardOnly === true
        ? undefined
        : moveByReplacement(outputs as unknown as DomainVerificationInputs, news),
  },

  async get(session, id, outputs) {
    const domainName = String(outputs.domainName);
    if (outputs.guardOnly === true) return guardOf(outputs as unknown as DomainVerificationInputs);
    if (outputs.domainId === undefined)
      return { domainName, domain: undefined, status: undefined, problems: [] };
    const domain = await session.api.domains.get(id);
    if (!domain) return undefined;
    rememberOrganization(session, domain);
    const missing = unverified(domain, outputs.purposes as VerificationPurpose[] | undefined);
    if (missing.length === 0) return { domainName, domain, status: "verified", problems: [] };
    const lost = outputs.status === "verified" || outputs.status === "lost";
    const problems = lost
      ? [`no longer verified: ${missing.join(", ")}`]
      : ((outputs.problems as string[] | undefined) ?? []);
    return { domainName, domain, status: lost ? "lost" : "pending", problems };
  },
  gone: {
    isListed: (session, id) => stillListed(session, () => session.api.domains.list(), id),
    successor: (session, id, outputs) =>
      outputs.domainId === undefined ? Promise.resolve(undefined) : registeredAgain(session, id, outputs),
    successorText: registeredAgainText,
    staysReason: ({ domainId, publishedBy }) =>
      domainId === undefined || publishedBy === ZONE_FILE_KIND
        ? undefined
        : "the domain was deleted outside Pulumi. This entry stays in the state, so that nobody's mail is cut off if the domain is registered again: " +
          "a delete of its DNS records asks first. The next pulumi up registers it; a pulumi destroy removes what is left.",
  },
  async create(context, inputs) {
    if (inputs.guardOnly === true)
      return { ...guardOf(inputs), servedBefore: await whoServes(context.session, inputs.domainName) };
    const verification = await verifyInApplication(context, inputs);
    await warnOfForeignMx(context, inputs, undefined);
    return verification;
  },
  async update(context, { olds, news }) {
    if (news.guardOnly === true) return guardOf(news);
    await assertOldRecordsMayGo(context, olds as DomainVerificationInputs & { servedBy?: ServedBy }, news);
    if (placeChange(olds, news)) noteLeft(context.session, news.domainName, olds.publishedAt);
    const verification = await verifyInApplication(context, news);
    await warnOfForeignMx(context, news, olds.records?.mx);
    await warnOfSecondDmarc(context, news, olds.records?.dmarc);
    return verification;
  },
  // Nothing is written: it stands before the deletes of the records.
  delete: () => Promise.resolve(true),
  deletionGuard: {
    blockerWhileDeclared: movedElsewhere,
    blocker: (context, remote, outputs) =>
      outputs.guardOnly === true
        ? whyPlaceIsKept(context, outputs as unknown as GuardedPlace)
        : neededDomain(context, remote, outputs),
    isForced: (session, outputs) =>
      isForceDestroyed(session, "domain", normaliseName(String(outputs.domainName))),
  },

  id: ({ domain, domainName, guards }) =>
    guards === undefined ? (domain?.id ?? domainName) : `${domainName} at ${guards}`,
  describe: ({ domainName, guards }) =>
    guards === undefined
      ? `the verification of ${domainName}`
      : `the guard of the records of ${domainName} at ${guards}`,
  observed: ({ domain, domainName }) => ({
    ...(domain ? { domainId: domain.id, domainName: domain.address } : { domainName }),
  }),
  outputs: ({ domain, status, problems, applicationId, servedBy, servedBefore }, inputs, recorded) => ({
    ...(inputs.guardOnly === true
      ? { servedBefore: recorded.servedBefore ?? servedBefore }
      : serversOfPlace(servedBy, inputs.publishedAt, recorded as Servers, inputs.stoodBefore)),
    status: status ?? recorded.status,
    // A look that finds it unverified, such as in an outage of DNS, does not end what may be mail for accounts that nobody sees.
    ...(status === "pending" && wasVerified(recorded) ? { verifiedOnce: true } : {}),
    ...(status === undefined ? { problems: recorded.problems } : problems.length > 0 ? { problems } : {}),
    ...(domain ? { organizationId: domain.organizationId, region: domain.region } : {}),
    applicationId: recorded.applicationId ?? applicationId,
  }),
  owner: {
    of: organizationOwner,
    assert: assertOrganization,
  },
};

/** Whether the vendor has other records than are recorded: the update asks whether those that go are needed. */
function otherCount(olds: DomainVerificationInputs, news: Partial<DomainVerificationInputs>): boolean {
  return (droppedRecords(olds, news) ?? 0) !== 0;
}

/**
 * Whether another resource of this run declares the domain, so that the records under this one's names go although the domain stays.
 * Nothing of the program's is published where somebody else runs the zone.
 */
function movedElsewhere(
  context: Context<Session>,
  id: string,
  outputs: Record<string, unknown>,
): string | undefined {
  if (outputs.publishedBy === ZONE_FILE_KIND || outputs.guardOnly === true || context.isReplaced(id))
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
function wasVerified({ status, verifiedOnce }: Record<string, unknown>): boolean {
  return status === "verified" || status === "lost" || verifiedOnce === true;
}

/** Why the published records may not go, where this is deleted in their stead. */
async function neededDomain(
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
  if (mx === undefined || outputs.publishedAt === ZONE_FILE_PLACE) return false;
  return mxStands(mx, settings.dnsServers);
}

async function verifyInApplication(
  context: Context<Session>,
  inputs: DomainVerificationInputs,
): Promise<Verification> {
  assertRightZone(inputs);
  const applicationId = await applicationAtHand(context.session);
  try {
    return { ...(await verify(context, inputs)), applicationId };
  } catch (error) {
    if (!(error instanceof NotSettled)) throw error;
    throw new NotSettled({ ...(error.remote as Verification), applicationId }, error.message, error.recorded);
  }
}

/** The record may have come into the program when the others stood already, and nothing has looked at its name then. */
async function warnOfSecondDmarc(
  { session, log }: Context<Session>,
  { records, publishedAt }: DomainVerificationInputs,
  old: DnsRecord | undefined,
): Promise<void> {
  const { dmarc } = records;
  if (dmarc === undefined || publishedAt === ZONE_FILE_PLACE) return;
  const conflict = await conflictBeside(session, { dmarc }, old === undefined ? [] : [old]);
  if (conflict !== undefined) await log("warning", `${conflict}.`);
}

/** Somebody may have put another MX at the name since it was looked at before the first record. A run that writes looks once more. */
async function warnOfForeignMx(
  { session, log }: Context<Session>,
  { records: { mx } }: DomainVerificationInputs,
  old: DnsRecord | undefined,
): Promise<void> {
  if (mx === undefined) return;
  const conflict = await conflictBeside(session, { mx }, old === undefined ? [] : [old]);
  if (conflict === undefined) return;
  await log(
    "warning",
    `${conflict}. The MX of Nylas stands beside it. Mail goes to whichever has the lower priority.`,
  );
}

/** What only guards records is there as long as its entry is: there is nothing to ask for. */
function guardOf({ domainName, publishedAt = "" }: DomainVerificationInputs): Verification {
  return { domainName, domain: undefined, status: undefined, problems: [], guards: familyOf(publishedAt) };
}

/** A domain has one verification, and a guard for each family of its records. */
function atPlace({ guardOnly, publishedAt }: DomainVerificationInputs): string {
  return guardOnly === true && publishedAt !== undefined ? ` at ${familyOf(publishedAt)}` : "";
}

/** Without Nylas to ask, a purpose without a record would count as verified with nobody having looked. */
function validateWithoutDomain({ domainId, records, purposes }: DomainVerificationInputs): Failure[] {
  if (domainId !== undefined || holdsUnknown(records) || holdsUnknown(purposes)) return [];
  const wanted = purposes ?? requiredSlots;
  const lacking = wanted.filter((slot) => records[slot] === undefined);
  if (lacking.length === 0 || (purposes === undefined && lacking.length < wanted.length)) return [];
  const property = purposes === undefined ? "records" : "purposes";
  return [
    {
      property,
      reason:
        `${property}: given ${purposes === undefined ? "no record" : show(purposes)} without a domainId, so that only DNS can be looked at, and records has none for ` +
        `${lacking.join(", ")}; allowed: purposes that records has a record for; for example purposes: ["mx"] with records: { mx: … }`,
    },
  ];
}

/** Asks Nylas (or, without it, DNS) until everything is verified, with pauses from two seconds to a minute. */
async function verify(context: Context<Session>, inputs: DomainVerificationInputs): Promise<Verification> {
  const limit = (inputs.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
  const named = new Set<string>();
  const { outcome, seen, waited } = await poll(
    interruptible(context.session.clock),
    () => look(context, inputs),
    {
      until: ({ done, hopeless }) => done || inputs.wait === false || Boolean(hopeless),
      pauses: growing(FIRST_PAUSE, 1.5, LONGEST_PAUSE),
      limit,
      cutsLastPause: false,
      waiting: async ({ diagnosis, missing }, soFar) => {
        // A wrong delegation is named as soon as it is seen, and once: waiting for the limit would not tell more.
        for (const problem of diagnosis?.general ?? []) {
          if (!named.has(problem)) await context.log("warning", problem);
          named.add(problem);
        }
        await context.log(
          "progress",
          `${inputs.domainName}: waiting for ${missing.join(", ")} (${inSeconds(soFar)} s)`,
        );
      },
    },
  );
  if (seen.done) {
    const servedBy = await whoServes(context.session, inputs.domainName);
    return { ...result(inputs, seen, "verified"), servedBy };
  }
  if (inputs.wait === false) {
    const next =
      seen.expired ?? "verification pending; the program goes on, and the next pulumi up looks again.";
    await context.log("warning", `${inputs.domainName}: ${next}\n${seen.report}`);
    return result(inputs, seen, "pending");
  }
  throw new NotSettled(result(inputs, seen, "pending"), `${why()}\n${seen.report}`);

  function why(): string {
    if (seen.hopeless) return seen.hopeless;
    if (outcome === "interrupted")
      return `${inputs.domainName} is not verified yet: the run was interrupted after ${inSeconds(waited)} s of waiting. The next pulumi up goes on.`;
    return `${inputs.domainName} is not verified after ${inSeconds(waited)} s (limit ${limit / 1000} s; customTimeouts sets it). The next pulumi up goes on.`;
  }
}

function inSeconds(milliseconds: number): number {
  return Math.round(milliseconds / 1000);
}

interface Seen {
  done: boolean;
  domain: Domain | undefined;
  missing: VerificationPurpose[];
  diagnosis: Diagnosis | undefined;
  report: string;
  /** Waiting cannot help: why, and what to do. */
  hopeless: string | undefined;
  /** The same, where the ownership value has expired. */
  expired?: string | undefined;
}

async function look(context: Context<Session>, inputs: DomainVerificationInputs): Promise<Seen> {
  const { session } = context;
  const { domainId } = inputs;
  if (domainId === undefined) return lookAtDnsAlone(session, inputs);

  let domain = await domainOrError(session, domainId, inputs.domainName);
  const attempts: Partial<Record<Slot, DomainAttempt>> = {};
  for (const purpose of unverified(domain, inputs.purposes)) {
    attempts[purpose] = await session.api.domains.verify(domainId, purpose, dkimOptions(purpose, inputs));
  }
  if (inputs.records.dmarc && !domain.verified.dmarc) {
    const attempt = await checkDmarc(session, domainId);
    if (attempt) attempts.dmarc = attempt;
  }
  // The flags of the domain count, not the answers to the checks.
  if (Object.keys(attempts).length > 0) domain = await domainOrError(session, domainId, inputs.domainName);
  const missing = unverified(domain, inputs.purposes);
  if (missing.length === 0)
    return { done: true, domain, missing, diagnosis: undefined, report: "", hopeless: undefined };

  const { published, delegation } = await askDns(session, inputs);
  const expired = rotated(inputs, attempts);
  const records = loadDiagnosis().reportRecords(inputs.records, (slot, expected) => ({
    expected,
    published: published[slot],
    verified: domain.verified[slot],
    expired: slot === "ownership" && expired !== undefined,
    status: attempts[slot]?.status,
    message: attempts[slot]?.message,
  }));
  const diagnosis = loadDiagnosis().diagnose({
    domain: inputs.domainName,
    records,
    delegation,
    publishedBy: inputs.publishedBy,
  });
  return {
    done: false,
    domain,
    missing,
    diagnosis,
    report: loadDiagnosis().formatDiagnosis(diagnosis),
    hopeless: expired ?? wrongDelegation(delegation, diagnosis),
    expired,
  };
}

/** Without an organization key nobody can be asked whether Nylas is content; that everything stands in DNS can be seen. */
async function lookAtDnsAlone(session: Session, inputs: DomainVerificationInputs): Promise<Seen> {
  const { published, delegation } = await askDns(session, inputs);
  const records = loadDiagnosis().reportRecords(inputs.records, (slot, expected) => ({
    expected,
    published: published[slot],
    verified: undefined,
  }));
  const diagnosis = loadDiagnosis().diagnose({
    domain: inputs.domainName,
    records,
    delegation,
    publishedBy: inputs.publishedBy,
  });
  const standing = new Set(
    diagnosis.lines.filter((line) => line.finding === "stands").map((line) => line.slot),
  );
  const missing = (inputs.purposes ?? requiredSlots).filter(
    (slot) => inputs.records[slot] !== undefined && !standing.has(slot),
  );
  return {
    done: missing.length === 0,
    domain: undefined,
    missing,
    diagnosis,
    report: loadDiagnosis().formatDiagnosis(diagnosis),
    hopeless: wrongDelegation(delegation, diagnosis),
  };
}

/**
 * Has Nylas look at the DMARC record that the program declares. Nothing waits for it: no mailbox needs it, and not every
 * version of the API checks it, which is a 400 then.
 */
async function checkDmarc(session: Session, domainId: string): Promise<DomainAttempt | undefined> {
  try {
    return await session.api.domains.verify(domainId, "dmarc");
  } catch (error) {
    if ((error as NylasError).status === 400) return undefined;
    throw error;
  }
}

async function askDns(
  session: Session,
  inputs: DomainVerificationInputs,
): Promise<{ published: Partial<Record<Slot, LookupOutcome>>; delegation: Delegation }> {
  const lookup = loadLookup().createLookup({ servers: session.settings.dnsServers });
  const [published, delegation] = await Promise.all([
    loadLookup().observe(lookup, inputs.records),
    lookup.delegation(inputs.domainName),
  ]);
  return { published, delegation };
}

async function domainOrError(session: Session, id: string, name: string): Promise<Domain> {
  const domain = await session.api.domains.get(id);
  if (!domain)
    throw new UserError(`There is no domain ${id} (${name}) any more; run pulumi refresh, then pulumi up.`);
  rememberOrganization(session, domain);
  return domain;
}

function unverified(
  domain: Domain,
  purposes: readonly VerificationPurpose[] | undefined,
): VerificationPurpose[] {
  if (domain.branded) return [];
  return (purposes ?? requiredSlots).filter((purpose) => !domain.verified[purpose]);
}

/** The same options as when the record was asked for: another key length would be another key. */
function dkimOptions(
  purpose: VerificationPurpose,
  inputs: DomainVerificationInputs,
): { dkimKeyLength: 1024 | 2048 } | undefined {
  if (purpose !== "dkim") return undefined;
  // A 2048-bit key is 392 characters of base64, a 1024-bit one 216.
  return { dkimKeyLength: (inputs.records.dkim?.value.length ?? 400) > 300 ? 2048 : 1024 };
}

/** An ownership value has a time; once Nylas asks for another one, waiting for the old one cannot end well. */
function rotated(
  inputs: DomainVerificationInputs,
  attempts: Partial<Record<Slot, DomainAttempt>>,
): string | undefined {
  const { record, status, message } = attempts.ownership ?? {};
  const declared = inputs.records.ownership?.value;
  if (!declared) return undefined;
  // Either the check answers with another value already, or it says so and leaves the new one to be asked for.
  const another = record?.value !== undefined && !record.value.includes(declared);
  const expired = status === "failed" && /\bexpired\b/i.test(message ?? "");
  if (!another && !expired) return undefined;
  return (
    `The ownership value of ${inputs.domainName} has expired: Nylas asks for a new one now, so the published one will not be accepted any more. ` +
    `Run pulumi up --refresh: it fetches the new value, publishes it and goes on from there.`
  );
}

/**
 * No record can be seen while the zone is delegated wrongly; that is said at once, not after the time-out. Servers
 * that `nylas:dnsServers` names may see another side of a split horizon than Nylas does. Their answer is a warning,
 * and the wait goes on.
 */
function wrongDelegation(delegation: Delegation, diagnosis: Diagnosis): string | undefined {
  if (delegation.kind !== "broken" && delegation.kind !== "not-delegated") return undefined;
  if (delegation.seenBy) return undefined;
  return `${diagnosis.general[0] ?? `${diagnosis.domain} is not delegated`}. Waiting does not help; run pulumi up again when that is put right.`;
}

function result(inputs: DomainVerificationInputs, seen: Seen, status: Status): Verification {
  return {
    domainName: inputs.domainName,
    domain: seen.domain,
    status,
    problems: status === "verified" ? [] : (seen.diagnosis?.problems ?? []),
  };
}

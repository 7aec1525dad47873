import { type CommonInputs, type Context } from "../core/definition";
import { NotSettled, UserError } from "../core/failure";
import { type LookupOutcome, type Delegation } from "../dns/outcomes";
import { type Diagnosis } from "../dns/diagnosis";
import { requiredSlots, type Slot } from "../dns/layout";
import { loadDiagnosis, loadLookup } from "../dns/live";
import { type ServedBy } from "../dns/move";
import { type Domain, type DomainAttempt } from "../nylas/api";
import { growing, poll } from "../nylas/clock";
import { type NylasError } from "../nylas/errors";
import { interruptible } from "../nylas/lifetime";
import {
  type DomainVerificationProperties,
  type VerificationPurpose,
} from "../properties/domainVerification";
import { whoServes } from "./recordsMove";
import { rememberOrganization, type Session } from "./session";

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

/** Asks Nylas (or, without it, DNS) until everything is verified, with pauses from two seconds to a minute. */
export async function verify(
  context: Context<Session>,
  inputs: DomainVerificationInputs,
): Promise<Verification> {
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

export function unverified(
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

import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import { domainVerificationProperties, type VerificationPurpose } from "../properties/domainVerification";
import { requiredSlots } from "../dns/layout";
import { type ServedBy, type Servers, serversOfPlace } from "../dns/move";
import { familyOf } from "../dns/place";
import { type DnsRecord, normaliseName } from "../dns/records";
import { type Context, type Definition } from "../core/definition";
import { NotSettled } from "../core/failure";
import { type Failure, show } from "../core/fields";
import { holdsUnknown } from "../core/unknown";
import { registeredAgain, registeredAgainText } from "./domain";
import { applicationAtHand } from "./domainGuard";
import { assertRightZone, placeProblems } from "./zones";
import { conflictBeside } from "./freeNames";
import { assertOldRecordsMayGo, whoServes } from "./recordsMove";
import {
  droppedRecords,
  isOfCustomer,
  moveByReplacement,
  moveWarnings,
  placeChange,
  assertNoHalfMove,
} from "./recordPlaces";
import { type GuardedPlace, noteLeft, whyPlaceIsKept } from "./placeGuard";
import {
  assertOrganization,
  organizationOwner,
  rememberOrganization,
  type Session,
  stillListed,
} from "./session";
import { isForceDestroyed } from "./words";
import { type DomainVerificationInputs, type Verification, verify, unverified } from "./verify";
import { movedElsewhere, wasVerified, neededDomain } from "./verificationGuard";

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
    staysReason: ({ domainId, publishedBy, publishedIds }) =>
      domainId === undefined || isOfCustomer(publishedBy, { publishedIds })
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
  { records, publishedAt, publishedIds }: DomainVerificationInputs,
  old: DnsRecord | undefined,
): Promise<void> {
  const { dmarc } = records;
  if (dmarc === undefined || isOfCustomer(publishedAt, { publishedIds })) return;
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

import { createHash } from "node:crypto";
import { UserError } from "../core/failure";
import { type Owner } from "../core/owner";
import { type Domain, type NylasApi } from "../nylas/api";
import { type Clock, poll } from "../nylas/clock";
import { type Settings } from "../nylas/credentials";
import { isReadable } from "../nylas/readable";
import { perOwner } from "../core/perOwner";

/** What every resource works with: the API under one set of credentials. */
export interface Session {
  settings: Settings;
  api: NylasApi;
  /** The time that its waits take, handed in by the entry of the process. */
  clock: Clock;
  /**
   * Whether a program runs in this process, as far as it has declared a resource of ours by now. Only then the
   * configuration is the one in the stack's file. Otherwise it is the one that the state remembers from an earlier
   * run.
   */
  readonly programRuns: boolean;
  /** Shared with the sessions of other connections that lead to the same. Not given: the session stands for itself. */
  readonly sides?: Sides;
}

/** The application that an object belongs to, as its outputs record it. */
export function applicationOwner(outputs: Record<string, unknown>): Owner | undefined {
  return typeof outputs.applicationId === "string" ? { applicationId: outputs.applicationId } : undefined;
}

/** Throws unless the application key is of the application that the state was made in. */
export async function assertApplication(session: Session, owner: Owner | undefined): Promise<void> {
  const application = await session.api.application();
  const recorded = owner?.applicationId;
  if (recorded === undefined || recorded === application.id) return;
  throw new UserError(
    `The application key (${session.settings.sources.apiKey ?? "nylas:apiKey"}) is of application ${application.id} ` +
      `in ${application.region}, but this state is of application ${recorded}. Nothing was changed. Use the key of ` +
      `${recorded}; for a second application in one stack give its resources connection: "name" and set nylas-name:apiKey.`,
  );
}

/** What the journal of creates files an application's objects under. */
export async function applicationScope({ api, settings }: Session): Promise<string> {
  return `application ${(await api.application()).id} at ${settings.apiUrl}`;
}

/** The same for an organization, which its key does not name; only a digest of the whole reaches the journal. */
export function organizationScope({ settings }: Session): string {
  const { apiUrl, region, serviceAccount, organizationKey } = settings;
  const owner = serviceAccount?.organizationId ?? organizationKey?.reveal() ?? "";
  return `organization ${owner} in ${region} at ${apiUrl}`;
}

/** Organizations own domains, and a domain lives in one region. */
export function organizationOwner(outputs: Record<string, unknown>): Owner | undefined {
  const { organizationId, region } = outputs;
  return typeof organizationId === "string" && typeof region === "string"
    ? { organizationId, region }
    : undefined;
}

/**
 * Throws unless the organization key is of the organization and region that the state was made in. The key cannot be
 * asked whose it is; the domains it shows can.
 */
export async function assertOrganization(session: Session, owner: Owner | undefined): Promise<void> {
  const recorded = owner?.organizationId;
  if (recorded === undefined) return;
  const seen = await organizationSeen(session);
  const { domainCredential: credential, sources } = session.settings;
  const key = `${credential === "serviceAccount" ? "service account" : "organization key"} (${sources[credential] ?? `nylas:${credential}`})`;
  if (seen === undefined) {
    throw new UserError(
      `The ${key} shows no domain at all, so it cannot be told whether it is of organization ` +
        `${recorded}, which this state is of. Nothing was changed. Check the key; if the domain really was deleted outside ` +
        `of Pulumi and was the last one, take it out of the state: pulumi state delete URN.`,
    );
  }
  if (seen.organizationId === recorded && (owner?.region === undefined || seen.region === owner.region))
    return;
  throw new UserError(
    `The ${key} is of organization ${seen.organizationId} in ${seen.region}, but this state is of ` +
      `organization ${recorded} in ${owner?.region ?? "its region"}. Nothing was changed. Use the key of ${recorded}, and nylas:region ${owner?.region ?? ""}.`,
  );
}

const organizations = new WeakMap<Session, { organizationId: string; region: string }>();

/** A domain's answer tells whose key it was, and whether mailboxes can be made on it. */
export function rememberOrganization(session: Session, domain: Domain): void {
  organizations.set(session, domain);
  if (readyForMail(domain)) readyDomains(session).set(domain.address, domain);
}

export function readyForMail({ branded, verified }: Domain): boolean {
  return branded || (verified.ownership && verified.mx);
}

/** A domain that this process has seen verified: an account that waits for it need not ask again. */
export function readyDomain(session: Session, address: string): Domain | undefined {
  return readyDomains(session).get(address);
}

const readyDomains = perOwner((_session: Session) => new Map<string, Domain>());

async function organizationSeen(
  session: Session,
): Promise<{ organizationId: string; region: string } | undefined> {
  const remembered = organizations.get(session);
  if (remembered) return remembered;
  const first = (await session.api.domains.list()).find(isReadable);
  if (first) rememberOrganization(session, first);
  return first ?? organizationOfServiceAccount(session);
}

/** A service account whose signature was accepted belongs to the organization that its file names. */
function organizationOfServiceAccount({
  settings,
}: Session): { organizationId: string; region: string } | undefined {
  if (settings.domainCredential !== "serviceAccount") return undefined;
  const { organizationId, region } = settings.serviceAccount ?? {};
  return organizationId === undefined ? undefined : { organizationId, region: region ?? settings.region };
}

/** Principals and keys belong to an organization; their outputs record which, where Nylas says so. */
export function iamOwner({ organizationId }: Record<string, unknown>): Owner | undefined {
  return typeof organizationId === "string" ? { organizationId } : undefined;
}

/** Throws unless the organization key is of the organization of the state: the principals it shows (its own among them) tell. */
export async function assertPrincipals(session: Session, owner: Owner | undefined): Promise<void> {
  const recorded = owner?.organizationId;
  if (recorded === undefined) return;
  const shown = await session.api.principals.list();
  const key = `organization key (${session.settings.sources.organizationKey ?? "nylas:organizationKey"})`;
  if (shown.length === 0) {
    throw new UserError(
      `The ${key} shows no principal, not even its own, so it cannot be told whether it is of organization ${recorded}, which this state is of. ` +
        `Nothing was changed. Check the key, and try again.`,
    );
  }
  const seen = shown.find(({ organizationId }) => organizationId !== undefined);
  if (seen === undefined || seen.organizationId === recorded) return;
  throw new UserError(
    `The ${key} is of organization ${seen.organizationId}, but ` +
      `this state is of organization ${recorded}. Nothing was changed. Use the key of ${recorded}.`,
  );
}

/** Whether an object that is not to be found by its id stands in its list, and goes on standing there for some seconds. */
export async function stillListed(
  session: Session,
  list: () => Promise<{ id: string }[]>,
  id: string,
): Promise<boolean> {
  return staysListed(session, async () => (await list()).some((each) => each.id === id));
}

/** A list may show a deleted object for some seconds. */
export async function staysListed({ clock }: Session, isListed: () => Promise<boolean>): Promise<boolean> {
  const { seen } = await poll(clock, isListed, { until: (listed) => !listed, pauses: [2_000, 2_000] });
  return seen;
}

/** Milliseconds between two looks at the same thing. */
export const BETWEEN_LOOKS = 3_000;

/**
 * An object by its id. That there is none is believed only if Nylas says so twice, some seconds apart, and the list lacks it both times.
 */
export async function certainly<T extends { id: string }>(
  { clock }: Session,
  read: { get(id: string): Promise<T | undefined>; list(): Promise<T[]> },
  id: string,
): Promise<T | undefined> {
  const look = async () => (await read.get(id)) ?? (await read.list()).find((each) => each.id === id);
  const found = await look();
  if (found) return found;
  await clock.sleep(BETWEEN_LOOKS);
  return look();
}

/** What a set of credentials leads to. Two connections with equal credentials have one and the same. */
export interface Side {
  /** The same in every process that has these credentials. No part of it leaves one in plain. */
  readonly key: string;
}

/** An organization owns domains, principals and keys; an application everything else. */
export interface Sides {
  readonly application: Side;
  readonly organization: Side;
}

/** The sides that this process knows. Equal keys tell it without a call; two keys of one application are two here, and ids are compared besides. */
export class KnownSides {
  readonly #sides = new Map<string, Side>();

  of(settings: Settings): Sides {
    const { apiUrl, region, apiKey, organizationKey, serviceAccount } = settings;
    const organization = serviceAccount?.organizationId ?? organizationKey?.reveal();
    return {
      application: this.#side(["application", apiUrl, apiKey?.reveal()]),
      organization: this.#side(["organization", apiUrl, region, organization]),
    };
  }

  #side(parts: unknown[]): Side {
    const key = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
    const side = this.#sides.get(key) ?? { key };
    this.#sides.set(key, side);
    return side;
  }
}

/** Stands for the application in what this process remembers of it. */
export function applicationOf(session: Session): object {
  return session.sides?.application ?? session;
}

/** Stands for the organization. */
export function organizationOf(session: Session): object {
  return session.sides?.organization ?? session;
}

/** Makes something once for each application, whichever connections lead to it; with the session that asks first. */
export function perApplication<T>(make: (session: Session) => T): (session: Session) => T {
  const of = perOwner((_application: object, session: Session) => make(session));
  return (session) => of(applicationOf(session), session);
}

/** Makes something once for each organization, whichever connections lead to it. */
export function perOrganization<T>(make: () => T): (session: Session) => T {
  const of = perOwner(make);
  return (session) => of(organizationOf(session));
}

import * as pulumi from "@pulumi/pulumi";
import { valueOf } from "../hosts/dynamic/produced";
import { movedNames } from "../dns/move";
import { type RecordSlots, type Slot, slots } from "../dns/layout";
import { urnOfChild } from "../dns/adapters/heldRecords";
import { isMocked, readOwnState, type StateEntry } from "../hosts/dynamic/ownState";
import { programEnvironment } from "../hosts/dynamic/programEnvironment";
import type * as PulumiCommand from "../hosts/dynamic/pulumiCommand";
import { kindOfToken, nativeToken, typeToken } from "../hosts/dynamic/tokens";
import { lets } from "../core/standing";
import { runError } from "../hosts/dynamic/runError";
import { familyOf, samePlace } from "../dns/place";
import { digestOfName } from "./published";
import { readSettings } from "../nylas/credentials";
import { mxStands } from "../dns/live";
import {
  type PastPlaces,
  replacedFrom,
  replacedText,
  withEarlierPlaces,
  isOfCustomer,
  placeChange,
} from "../resources/recordPlaces";

/** What the program declares of a domain's records. */
export interface DeclaredDomain {
  domainName: string;
  /** Undefined while the place is not known. */
  publishedAt: string | undefined;
  /** Undefined where Nylas is asked for them in this run. */
  records: Partial<RecordSlots> | undefined;
  forceDestroy?: boolean | undefined;
}

interface RecordedDomain {
  domainName: string;
  records: Partial<RecordSlots>;
  publishedAt?: string;
  publishedIds?: string[];
  publishedAs?: string[];
  status?: string;
  forceDestroy?: boolean;
}

/** Why the records must not become what is declared under the names that they have as resources; undefined where they may. */
export function changeInPlace(past: RecordedDomain, now: DeclaredDomain): string | undefined {
  if (isOfCustomer(past.publishedAt, past)) return undefined;
  if (past.domainName !== now.domainName)
    return (
      `The DNS records of ${past.domainName} would become those of ${now.domainName}, and its mail would end. Nothing was changed. Declare ` +
      `${now.domainName} as another AgentDomain, and take this one away when nobody writes to it any more.`
    );
  const from = replacedFrom(past, now.publishedAt === undefined ? {} : { publishedAt: now.publishedAt });
  if (from !== undefined) return replacedText(now.domainName, from, now.publishedAt!);
  const moved = now.records === undefined ? [] : movedNames(past.records, now.records);
  if (moved.length === 0) return undefined;
  return (
    `The DNS records of ${now.domainName} (${moved.join(", ")}) would go to other names, and the old ones would be gone at once. Nothing was changed. ` +
    `Give them the hosts that they have.`
  );
}

/**
 * Throws where a domain in use would lose its records. Where the records are given, or the domain is adopted, no
 * resource that knows the past precedes the vendor's records. Then the recorded verification is compared with what is
 * declared.
 */
export async function holdAgainstState(
  component: string,
  domain: pulumi.Resource,
  now: DeclaredDomain,
  connection: string | undefined,
): Promise<void> {
  if (isMocked()) return;
  const past = recorded(await stateFor(component), await urnsOf(domain), component);
  const change = past && changeInPlace(past, now);
  if (past === undefined || change === undefined || lets("forceDestroy", past, now)) return;
  if (!(await mayBeInUse(past, connection))) return;
  // A word for one run does not help: see `assertMayBeReplaced`.
  throw runError(
    `AgentDomain ${component}: ${change} If mail may be cut off, take the change back, set forceDestroy: true, run pulumi up, and change it then.`,
  );
}

async function mayBeInUse(
  { records: { mx }, status }: RecordedDomain,
  connection: string | undefined,
): Promise<boolean> {
  if (status !== "pending") return true;
  const { dnsServers } = readSettings(
    (key) => pulumi.runtime.getConfig(key),
    programEnvironment(),
    connection,
  );
  return mx !== undefined && (await mxStands(mx, dnsServers));
}

/**
 * Throws where the records of a domain in use would become those of another place under the names that they have as resources. Of the
 * vendors' adapters their places tell it, see `sameResources`. An adapter of the program's own may give its resources any name and type.
 */
export async function holdUnderNames(
  component: string,
  domain: pulumi.Resource,
  now: DeclaredDomain & { published: readonly pulumi.Resource[] },
  { connection, isSure }: { connection: string | undefined; isSure: boolean },
): Promise<void> {
  if (isMocked()) return;
  const { publishedAt, published } = now;
  if (publishedAt === undefined || published.length === 0) return;
  // Where nothing tells that the records have moved, a state that cannot be read is no reason to stop.
  const state = isSure ? await stateFor(component) : await readOwnState().catch(() => []);
  const components = await urnsOf(domain);
  const past = recorded(state, components, component);
  if (past?.publishedAt === undefined || placeChange(past, { ...past, publishedAt }) === undefined) return;
  if (lets("forceDestroy", past, now)) return;
  const declared = published.map((record) => {
    const { __name: name = "", __pulumiType: type = "" } = record as {
      __name?: string;
      __pulumiType?: string;
    };
    return { name, urns: components.map((urn) => urnOfChild(urn, type, name)) };
  });
  if (!recordsInPlace(state, components, past, declared)) return;
  if (!(await mayBeInUse(past, connection))) return;
  throw runError(
    `AgentDomain ${component}: The DNS records of ${now.domainName} would move from ${past.publishedAt} to ${publishedAt} under the names that they have as ` +
      "resources. For a domain that is in use that is refused, and nothing is changed: the old records could not be kept until the new place serves the " +
      `domain. Let the DNS adapter give the resources at the new place other names, such as "${component}-mx-new". ` +
      "If mail may be cut off, take the change back, set forceDestroy: true, run pulumi up, and change it then.",
  );
}

/**
 * Whether one of the declared records is, in the state, a record of the old place. A run that was refused may have made those of the new place
 * already: another type under the same name is another resource.
 */
export function recordsInPlace(
  state: readonly StateEntry[],
  components: readonly string[],
  { publishedAs, publishedIds }: Pick<RecordedDomain, "publishedAs" | "publishedIds">,
  declared: readonly { name: string; urns: readonly string[] }[],
): boolean {
  const vendors = state.filter(({ type }) => kindOfToken(type) === undefined);
  return declared.some(({ name, urns }) => {
    const own = vendors.find(({ urn }) => urns.includes(urn));
    if (own === undefined) return false;
    const { id } = own.outputs;
    if (typeof id === "string" && publishedIds?.includes(id)) return true;
    if (publishedAs === undefined || !publishedAs.includes(digestOfName(name))) return false;
    return !vendors.some(
      ({ urn, type }) =>
        type !== own.type && components.some((component) => urn === urnOfChild(component, type, name)),
    );
  });
}

/**
 * Throws in a run with --continue-on-error in which the records move to a zone that is a resource of the program. A zone
 * that was replaced waits for its delete, and the engine does not know that the old records need it. Such a run goes
 * on to that delete after this domain's refusal, and with the zone go all its records.
 */
export async function assertZoneStays(
  component: string,
  domain: pulumi.Resource,
  { domainName, place }: { domainName: string; place: pulumi.Output<string> },
): Promise<void> {
  if (isMocked()) return;
  const { goesOnAfterErrors, pulumiArguments } = loadPulumiCommand();
  if (!goesOnAfterErrors(pulumiArguments(), programEnvironment())) return;
  const publishedAt = await valueOf(place);
  const past = recorded(await stateFor(component), await urnsOf(domain), component);
  const from = past?.publishedAt;
  if (from === undefined || isOfCustomer(from, past!) || publishedAt === undefined) return;
  if (samePlace(from, publishedAt)) return;
  throw runError(
    `AgentDomain ${component}: the DNS records of ${domainName} move from ${from} to ${publishedAt}, whose zone is a resource of this program. If that ` +
      "zone was replaced, a run with --continue-on-error deletes the old one with all its records. Nothing more was changed. Run pulumi up without " +
      "--continue-on-error.",
  );
}

function loadPulumiCommand(): typeof PulumiCommand {
  // oxlint-disable-next-line typescript/no-require-imports -- few programs have a zone of their own
  return require("../hosts/dynamic/pulumiCommand") as typeof PulumiCommand;
}

/**
 * Which of the slots have no record in the state, under any name that the component has or had; undefined where that cannot be told. An adapter may name
 * its resources otherwise than by slot: one that no slot can be told of may be each of them.
 */
export async function slotsWithoutEntry(
  domain: pulumi.Resource,
  wanted: readonly Slot[],
): Promise<Slot[] | undefined> {
  if (isMocked()) return undefined;
  const [state, components] = await Promise.all([readOwnState().catch(() => undefined), urnsOf(domain)]);
  if (state === undefined) return undefined;
  const unheld = unheldSlots(state, components, wanted);
  return unheld.length > 0 ? unheld : undefined;
}

/** The name of what guards the records at a place: a place of another family has another guard. */
export function guardName(component: string, place: string): string {
  return `${component}-${familyOf(place)
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/-$/, "")}`;
}

/**
 * Whether the records of a domain were ever declared at another place than this one, as the state has it. For a run in which the outputs of the
 * records cannot tell: they are given, or not known in a preview.
 */
export async function hasMoved(
  component: string,
  domain: pulumi.Resource,
  publishedAt: string,
): Promise<boolean> {
  if (isMocked()) return false;
  const [state, components] = await Promise.all([readOwnState().catch(() => []), urnsOf(domain)]);
  return hasMovedInState(state, components, { component, publishedAt });
}

export function hasMovedInState(
  state: readonly StateEntry[],
  components: readonly string[],
  { component, publishedAt }: { component: string; publishedAt: string },
): boolean {
  const child = (kind: string, name?: (own: string) => string) =>
    childOf(state, components, { component, kind, name })?.outputs as PastPlaces | undefined;
  const records = child("DomainRecords");
  if (records !== undefined) return withEarlierPlaces(records, { publishedAt }).earlierPlaces !== undefined;
  const { publishedAt: last } = child("DomainVerification") ?? {};
  if (last !== undefined && !samePlace(last, publishedAt)) return true;
  return child("DomainVerification", (own) => guardName(own, publishedAt)) !== undefined;
}

export function unheldSlots(
  state: readonly StateEntry[],
  components: readonly string[],
  wanted: readonly Slot[],
): Slot[] {
  const names = state
    .filter(({ type }) => kindOfToken(type) === undefined)
    .filter(({ urn, type }) => {
      const name = urn.split("::").slice(3).join("::");
      return components.some((component) => urn === urnOfChild(component, type, name));
    })
    .map(({ urn }) => urn.split("::").slice(3).join("::"));
  const isOf = (name: string, slot: Slot) => new RegExp(`-${slot}(-|$)`).test(name);
  if (names.some((name) => !slots.some((slot) => isOf(name, slot)))) return [];
  return wanted.filter((slot) => !names.some((name) => isOf(name, slot)));
}

function stateFor(component: string): Promise<StateEntry[]> {
  return readOwnState().catch((error: Error) => {
    throw runError(
      `AgentDomain ${component}: what this stack holds cannot be read (${error.message}), so it cannot be told whether the records of a domain in use ` +
        "would go. Nothing was changed; run pulumi up where the state can be read.",
    );
  });
}

/** The verification of this very component, under the name that it has or had. */
function recorded(
  state: readonly StateEntry[],
  components: readonly string[],
  component: string,
): RecordedDomain | undefined {
  const outputs = childOf(state, components, { component, kind: "DomainVerification" })?.outputs;
  return typeof outputs?.["domainName"] === "string" ? (outputs as unknown as RecordedDomain) : undefined;
}

/** A child of a component, under a name that follows from each name that the component has or had. */
function childOf(
  state: readonly StateEntry[],
  components: readonly string[],
  {
    component,
    kind,
    name = (own) => own,
  }: { component: string; kind: string; name?: ((component: string) => string) | undefined },
): StateEntry | undefined {
  const types = [typeToken(kind), nativeToken(kind)];
  const own = (urn: string) => urn.split("::").slice(3).join("::") || component;
  const urns = components.flatMap((urn) => types.map((type) => urnOfChild(urn, type, name(own(urn)))));
  return state.find(({ urn }) => urns.includes(urn));
}

/** The component's URN, and those that its aliases lead to. */
async function urnsOf(domain: pulumi.Resource): Promise<string[]> {
  // What a transformation of a parent has added is kept in no public place.
  const { __aliases: aliases = [] } = domain as { __aliases?: pulumi.Input<string>[] };
  return valueOf(pulumi.all([domain.urn, ...aliases]));
}

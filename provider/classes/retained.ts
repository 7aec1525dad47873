import * as pulumi from "@pulumi/pulumi";
import { show } from "../core/fields";
import {
  type FinalOptions,
  inherited,
  validatedLast,
  transformsOfProgram,
  wasSeen,
  watchOptions,
} from "../hosts/dynamic/finalOptions";
import { kindOfToken } from "../hosts/dynamic/tokens";
import { runError } from "../hosts/dynamic/runError";

/**
 * The delete of a verification stands before the deletes of the DNS records. With `retainOnDelete` or `deletedWith` the engine passes it
 * by, so that is refused unless the records are let go as well.
 */
const VERIFICATION = "DomainVerification";

/** Sees the options of the resources that are declared from now on: those of the records among them. */
export function watchRecords(): void {
  watchOptions();
  watchTransforms();
}

/** The options of a resource that is declared before the records are. */
export function watchedOptions(
  options: pulumi.CustomResourceOptions | undefined,
): pulumi.CustomResourceOptions | undefined {
  watchRecords();
  const ready = watching.get(transformsOfProgram() ?? {});
  // The records are declared after this resource is made, so it is the one that waits.
  return ready === undefined
    ? options
    : { ...options, dependsOn: ready.then(() => options?.dependsOn ?? []) as Promise<pulumi.Resource[]> };
}

/** The options of a verification, with a look at what becomes of them. */
export function validatedOptions(
  options: pulumi.CustomResourceOptions | undefined,
): pulumi.CustomResourceOptions {
  watchRecords();
  return {
    ...options,
    transformations: [...(options?.transformations ?? []), validatedLast(assertRetained)],
  };
}

function assertRetained(verification: pulumi.Resource, options: FinalOptions, name: string): void {
  if (inherited(verification, "deletedWith") !== undefined) throw deletedWith(name);
  if (inherited(verification, "retainOnDelete") !== true) return;
  const before = [options.dependsOn ?? []].flat() as unknown[];
  const others = before.filter((each) => !isOurs(each));
  const deleted = others.filter(
    (each) =>
      !pulumi.Resource.isInstance(each) || (wasSeen(each) && inherited(each, "retainOnDelete") !== true),
  );
  if (deleted.length > 0) throw retained(name, deleted.map(nameOf));
}

function isOurs(value: unknown): boolean {
  const type = (value as { __pulumiType?: unknown } | undefined)?.__pulumiType;
  return typeof type === "string" && kindOfToken(type) !== undefined;
}

function nameOf(resource: unknown): string {
  const name = (resource as { __name?: unknown } | undefined)?.__name;
  return typeof name === "string" ? name : "a resource that is known later";
}

function retained(verification: string, records: string[]): pulumi.RunError {
  const shown = records.slice(0, 5).join(", ") + (records.length > 5 ? ", …" : "");
  return runError(
    `NylasDomainVerification ${show(verification)}: retainOnDelete is refused, because its DNS records do not have it (${shown}). The engine would let go of ` +
      `the verification without asking it, and delete the records of a domain in use. Set retainOnDelete on the AgentDomain, which hands it to all its ` +
      `parts, or on these records too; or leave it out.`,
  );
}

function deletedWith(verification: string): pulumi.RunError {
  return runError(
    `NylasDomainVerification ${show(verification)}: deletedWith is refused. The engine would let go of the verification without asking it, and delete ` +
      `the DNS records of a domain in use. Leave it out.`,
  );
}

// ---------------------------------------------------------------- transforms that the engine runs

const watching = new WeakMap<object, Promise<void>>();

/** Such transforms cost a call for each resource, so this one is there only in a program that has others already: it is the last. */
function watchTransforms(): void {
  const server = transformsOfProgram();
  if (server === undefined || watching.has(server)) return;
  const kept = new Map<string, boolean>();
  const assertTransformed: pulumi.ResourceTransform = async ({ custom, type, name, opts }) => {
    const retain = opts.retainOnDelete === true;
    if (custom && kindOfToken(type) === undefined) kept.set(`${type}::${name}`, retain);
    if (kindOfToken(type) !== VERIFICATION) return undefined;
    if (opts.deletedWith !== undefined) throw deletedWith(name);
    if (!retain) return undefined;
    const before = [opts.dependsOn ?? []].flat() as pulumi.Resource[];
    const urns = await Promise.all(before.map(({ urn }) => known(urn)));
    const deleted = urns.map(typeAndName).filter((each) => kept.get(each) === false);
    if (deleted.length > 0)
      throw retained(
        name,
        deleted.map((each) => each.split("::")[1]!),
      );
    return undefined;
  };
  const registrations = () => server.awaitStackRegistrations?.();
  // The engine takes them in the order in which they arrive, and the program's own are still on their way.
  const register = async (): Promise<void> => {
    await registrations();
    pulumi.runtime.registerResourceTransform(assertTransformed);
    await registrations();
  };
  watching.set(server, register());
}

function known(urn: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => urn.apply(resolve));
}

/** `cloudflare:index:DnsRecord::agents-mx` of a URN, without the types of the parents. */
function typeAndName(urn: string): string {
  const [, , types = "", ...name] = urn.split("::");
  return `${types.split("$").at(-1)}::${name.join("::")}`;
}

watchOptions();

import { visible } from "../../shown";
import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { valueOf } from "../../hosts/dynamic/produced";
import { isMocked, readOwnState, type StateEntry } from "../../hosts/dynamic/ownState";
import { normaliseName } from "../records";

/**
 * What keeps a record from being adopted that this stack holds. The engine compares an import id with the one of the
 * last import, and takes another text for another object. It then imports the record, and deletes "the old one",
 * which is the same record. Measured with engine 3.256.0 (`isImport` in step_generator.go). So an import is handed to
 * the engine only where the state has no such entry. The state itself is looked at, because every resource of ours
 * can be left out of a run, and may know nothing of the past.
 */

/** A record that is about to be registered with an import id. */
export interface Imported {
  type: string;
  importId: string;
  props: Record<string, unknown>;
}

export type Judgement =
  | { kind: "import" }
  /** The state has an entry under this name: it goes on as it is. */
  | { kind: "leave-out" }
  /** The state has the same record under another name, which would be deleted. */
  | { kind: "refuse"; heldAs: string };

export function judgeImport(record: Imported & { urn: string }, state: readonly StateEntry[]): Judgement {
  if (state.some(({ urn }) => urn === record.urn)) return { kind: "leave-out" };
  const held = state.find((entry) => entry.type === record.type && isSameRecord(record, entry.outputs));
  return held ? { kind: "refuse", heldAs: held.urn } : { kind: "import" };
}

/** By its id, where the vendor's resource tells it, or by all that tells one record of a zone from another. */
function isSameRecord({ importId, props }: Imported, held: Record<string, unknown>): boolean {
  if (typeof held["id"] === "string" && recordOf(held["id"]) === recordOf(importId)) return true;
  const zone = zoneOf(props);
  if (zone === undefined || zone !== zoneOf(held) || props["type"] !== held["type"]) return false;
  const [name, heldName] = [props["name"], held["name"]];
  if (typeof name !== "string" || typeof heldName !== "string") return false;
  if (normaliseName(name) !== normaliseName(heldName)) return false;
  // Two TXT records of one name differ by their content alone. In a preview that may be unknown, and then their ids tell them apart.
  if (props["content"] === undefined && typeof held["id"] !== "string") return true;
  return props["content"] === held["content"];
}

function recordOf(id: string): string {
  return id.split("/").at(-1)!.toLowerCase();
}

function zoneOf({ zoneId }: Record<string, unknown>): string | undefined {
  return typeof zoneId === "string" ? zoneId.replace(/^\/?hostedzone\//, "").toLowerCase() : undefined;
}

/** The URN that the engine gives to a child. */
export function urnOfChild(parentUrn: string, type: string, name: string): string {
  const [urn, stack, project, parentType] = splitUrn(parentUrn);
  return `${urn}:${stack}::${project}::${parentType}$${type}::${name}`;
}

/** `urn:pulumi`, stack, project and qualified type. A name may hold anything. */
function splitUrn(urn: string): [string, string, string, string] {
  const [head = "", project = "", type = ""] = urn.split("::");
  const at = head.lastIndexOf(":");
  return [head.slice(0, at), head.slice(at + 1), project, type];
}

/**
 * Options for a record that may have an import id. The engine asks the transform in every run, before it registers
 * the record. That holds with `--target` and `--exclude`, without Nylas, and whichever way the program was started.
 */
export function importOnce(): Pick<pulumi.ResourceOptions, "transforms"> {
  return { transforms: beforeImport(leaveOutHeld) };
}

type Result = ReturnType<pulumi.ResourceTransform>;

/** A transform of what is about to be imported alone; none where there is no engine. */
function beforeImport(
  judge: (record: Imported, args: pulumi.ResourceTransformArgs) => Promise<Awaited<Result>>,
): pulumi.ResourceTransform[] {
  if (isMocked()) return [];
  const transform: pulumi.ResourceTransform = async (args) => {
    const { import: importId } = args.opts as pulumi.CustomResourceOptions;
    if (!args.custom || !importId) return undefined;
    const props = await withoutSecrets(args.props as Record<string, unknown>);
    return judge({ type: args.type, importId, props }, args);
  };
  // The engine calls from outside, where a program of the Automation API has no engine to ask.
  return [AsyncResource.bind(transform)];
}

async function leaveOutHeld(
  record: Imported,
  { type, name, props, opts }: pulumi.ResourceTransformArgs,
): Promise<Awaited<Result>> {
  const parent = await urnOf(opts.parent);
  if (parent === undefined) return undefined;
  const state = await readOwnState().catch((error: Error) => {
    throw new Error(
      `adopt of ${name}: what this stack holds cannot be read (${error.message}), and a record that it holds already would be deleted by ` +
        `the import. Nothing was changed. Take the line away, or run pulumi up where the state can be read.`,
    );
  });
  const judged = judgeImport({ ...record, urn: urnOfChild(parent, type, name) }, state);
  if (judged.kind === "import") return undefined;
  if (judged.kind === "refuse") throw new Error(heldElsewhereText(name, judged.heldAs));
  const { ignoreChanges = [] } = opts as pulumi.CustomResourceOptions;
  await pulumi.log.warn(leftOutText(name, ignoreChanges), opts.parent);
  return { props, opts: { ...opts, import: "" } as pulumi.CustomResourceOptions };
}

/** Why a record must not be imported; undefined where it is the one that is declared. What is not known yet is not held against it. */
export type LookAtRecord = (
  record: Imported,
  parent: pulumi.Resource | undefined,
) => Promise<string | undefined>;

/**
 * A transform that looks at the record which an import id names, before the engine imports it. The engine takes whatever record that is, and
 * changes it into what is declared: a slip in an id would take somebody else's MX. Measured with engine 3.256.0 (`ContinueStepsFromImport`).
 */
export function onlyWhatIsDeclared(look: LookAtRecord): pulumi.ResourceTransform[] {
  return beforeImport(async (record, { name, opts }) => {
    const reason = await look(record, opts.parent);
    if (reason === undefined) return undefined;
    throw new Error(
      `adopt of ${name}: ${record.importId} is not the record that is declared here: ${reason}. Adopting it would change that record, and whoever uses ` +
        "it would be cut off. Nothing was changed. Correct the id, or take the line away.",
    );
  });
}

/** How two texts of one property differ, as a part of a sentence; undefined where they agree or one is not known. */
export function difference(
  what: string,
  [there, declared]: readonly [there: unknown, declared: unknown],
  normal: (text: string) => string = (text) => text,
): string | undefined {
  if (typeof there !== "string" || typeof declared !== "string") return undefined;
  return normal(there) === normal(declared)
    ? undefined
    : `its ${what} is ${visible(there)}, and declared is ${visible(declared)}`;
}

/** `kept`: the properties that a take-over keeps as they stand for as long as its line is there. */
export function leftOutText(name: string, kept: readonly string[]): string {
  const keeps =
    kept.length === 0
      ? ""
      : `While the line is there, ${kept.join(" and ")} of the record stay as they are, whatever the program says. `;
  return (
    `adopt of ${name}: this stack holds a record under this name already, so nothing is imported. ${keeps}` +
    `Take the line away. If the record is gone at the DNS vendor, run pulumi refresh first.`
  );
}

export function heldElsewhereText(name: string, heldAs: string): string {
  return (
    `adopt of ${name}: this stack holds that record already, as ${heldAs}. Adopting it a second time would leave two entries of one record, and the ` +
    `delete of one would delete it. Nothing was changed. Take the line away.`
  );
}

/** What is a secret comes as an output, and what is not known yet as one without a value. */
async function withoutSecrets(props: Record<string, unknown>): Promise<Record<string, unknown>> {
  const plain = Object.entries(props).map(async ([name, value]) => [
    name,
    pulumi.Output.isInstance(value) ? await valueOf(value) : value,
  ]);
  return Object.fromEntries((await Promise.all(plain)) as [string, unknown][]);
}

function urnOf(resource: pulumi.Resource | undefined): Promise<string | undefined> {
  if (resource === undefined) return Promise.resolve(undefined);
  return valueOf(resource.urn);
}

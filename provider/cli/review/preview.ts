import { documentIn, isOfEmptyStack } from "./documents";
import { listsParts, withoutParts } from "./replacements";

/**
 * What the engine says it would do, read from `pulumi preview --json`: one object with all steps, or, where
 * `PULUMI_ENABLE_STREAMING_JSON_PREVIEW` is set, one event a line.
 */
export interface Preview {
  project: string | undefined;
  stack: string | undefined;
  steps: Step[];
  messages: Message[];
  /** How many resources go through what, by the engine's own count; undefined where it did not come to the end. */
  counts: Record<string, number> | undefined;
  /** The stack's configuration, with its secrets blinded. */
  config: Record<string, string>;
  /** Whether resources that stay as they are were listed too (`--show-sames`), all that the engine counted. */
  showsSames: boolean;
  /** How many other steps the engine counted and did not list: such a preview is cut. */
  missing: number;
  /** Whether what waits for its delete since an earlier replacement would be among the steps, if there is any. */
  showsPending: boolean;
  /** The other stacks that steps are of: previews that were put together. */
  mixedWith: string[];
  /** Made of events: these do not tell what a value that is not known yet is made from. */
  streamed: boolean;
  /** Steps that could not be read, as far as their names are known. */
  unreadable: string[];
}

/** One step on one resource, as the engine has it. */
export interface Step {
  op: string;
  urn: string;
  old: State | undefined;
  new: State | undefined;
  /** The properties that differ. */
  diffs: string[];
  /** The properties that ask for a replacement. */
  replaces: string[];
}

/** A resource on one side of a step. */
export interface State {
  urn: string;
  type: string;
  /** Whether a provider manages it; a component groups others only. */
  custom: boolean;
  id: string | undefined;
  parent: string | undefined;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  /** Which resources a property is made from; the only trace of a value that is not known yet. */
  propertyDependencies: Record<string, string[]>;
  /** All resources that it waits for, in an `up`. */
  dependencies: string[];
  /** The provider's URN, without the id of this very run. */
  provider: string | undefined;
  protect: boolean;
  retainOnDelete: boolean;
  /** Left over from a replacement, to be deleted. */
  leftover: boolean;
  /** Looked up by its id (`.get`): managed by another stack, or elsewhere. */
  external: boolean;
}

export interface Message {
  severity: string;
  text: string;
  urn: string | undefined;
}

/** Something in the input or the arguments that a person has to put right. */
export class ReviewError extends Error {}

/**
 * Reads what `pulumi preview --json --show-sames` wrote. `showsPending`: whether it is known to have been made with
 * `--show-replacement-steps`, which nothing in it tells where nothing is replaced.
 */
export function readPreview(text: string, { showsPending = false } = {}): Preview {
  const source = text.replace(/^\ufeff/, "").trim();
  if (source === "") {
    throw new ReviewError(
      "There is nothing to read: the preview wrote nothing. Look at what it said on standard error; then run pulumi preview --json --show-sames again.",
    );
  }
  const { digest, events } = documentIn(source);
  if (digest && ["steps", "changeSummary", "diagnostics"].some((key) => key in digest))
    return fromDigest(digest, showsPending);
  if (digest && isOfEmptyStack(digest)) return fromDigest(digest, showsPending);
  if (!digest && events.length > 0) return fromEvents(events);
  throw new ReviewError(
    "This is not what pulumi preview --json writes: a JSON object with steps was expected. Write it with pulumi preview --json --show-sames > preview.json, and hand that file over.",
  );
}

function fromDigest(digest: Record<string, unknown>, showsPending: boolean): Preview {
  const unreadable: string[] = [];
  const steps = asList(digest["steps"]).flatMap((step): Step[] => {
    const fields = asObject(step);
    const urn = asText(fields?.["urn"]);
    if (!fields || urn === undefined || !isReadable(fields)) {
      unreadable.push(urn ?? "");
      return [];
    }
    return [
      {
        op: fields["op"] as string,
        urn,
        old: state(fields["oldState"]),
        new: state(fields["newState"]),
        diffs: texts(fields["diffReasons"]),
        replaces: texts(fields["replaceReasons"]),
      },
    ];
  });
  const messages = asList(digest["diagnostics"]).flatMap(message);
  const summary = counts(digest["changeSummary"]);
  const preview = complete(steps, messages, summary, digest["config"], unreadable, false);
  return { ...preview, showsPending: showsPending || listsParts(steps) || isNew(steps) };
}

/** The same, of steps as the engine's events have them; what the engine said and counted beside them is not among it. */
export function previewOfSteps(steps: readonly object[]): Preview {
  return fromEvents(steps.map((metadata) => ({ resourcePreEvent: { metadata } })));
}

/** What the engine can do to a resource. */
const OPS = [
  "same",
  "create",
  "update",
  "delete",
  "replace",
  "create-replacement",
  "delete-replaced",
  "read",
  "read-replacement",
  "read-discard",
  "refresh",
  "discard",
  "discard-replaced",
  "remove-pending-replace",
  "import",
  "import-replacement",
  "diff",
  "extend-parameterize",
];

/** Whether a step says what is done, and to which resource. */
function isReadable(step: Record<string, unknown>): boolean {
  const states = [step["oldState"], step["newState"]].filter((each) => each !== undefined && each !== null);
  return (
    OPS.includes(asText(step["op"]) ?? "") &&
    states.length > 0 &&
    states.every((each) => state(each) !== undefined)
  );
}

function fromEvents(events: Record<string, unknown>[]): Preview {
  const unreadable: string[] = [];
  const steps = events.flatMap((event): Step[] => {
    const step = asObject(asObject(event["resourcePreEvent"])?.["metadata"]);
    if (!step) return [];
    const urn = asText(step["urn"]);
    if (urn === undefined || !isReadable({ op: step["op"], oldState: step["old"], newState: step["new"] })) {
      unreadable.push(urn ?? "");
      return [];
    }
    return [
      {
        op: step["op"] as string,
        urn,
        old: state(step["old"]),
        new: state(step["new"]),
        diffs: texts(step["diffs"]),
        replaces: texts(step["keys"]),
      },
    ];
  });
  const messages = events.flatMap((event) => message(event["diagnosticEvent"]));
  const summary = events.map((event) => asObject(event["summaryEvent"])).find((each) => each !== undefined);
  const prelude = events.map((event) => asObject(event["preludeEvent"])).find((each) => each !== undefined);
  return complete(
    steps,
    messages,
    counts(summary?.["resourceChanges"]),
    prelude?.["config"],
    unreadable,
    true,
  );
}

function complete(
  steps: Step[],
  messages: Message[],
  counts: Record<string, number> | undefined,
  config: unknown,
  unreadable: string[],
  streamed: boolean,
): Preview {
  const [stack, project] = stackOf(steps[0]?.urn ?? "");
  const others = steps.map(({ urn }) => stackOf(urn)).filter(([s, p]) => s !== stack || p !== project);
  // A refresh may turn into an update or a delete, so there may be more of those than were counted.
  const unlisted = (op: string) =>
    Math.max(0, (counts?.[op] ?? 0) - steps.filter((step) => step.op === op).length);
  return {
    project: project || undefined,
    stack: steps.length === 0 ? undefined : stack || undefined,
    steps: withoutParts(steps),
    messages,
    counts,
    streamed,
    unreadable,
    config: Object.fromEntries(
      Object.entries(asObject(config) ?? {}).flatMap(([key, value]) =>
        typeof value === "string" ? [[key, value]] : [],
      ),
    ),
    showsSames: unlisted("same") === 0,
    missing: Object.keys(counts ?? {})
      .filter((op) => op !== "same")
      .reduce((sum, op) => sum + unlisted(op), 0),
    showsPending: true,
    mixedWith: [...new Set(others.map(([s, p]) => `${p}/${s}`))],
  };
}

function stackOf(urn: string): [stack: string, project: string] {
  const [stack = "", project = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
  return [stack, project];
}

/** A stack that is made in this very change has nothing of before. */
function isNew(steps: readonly Step[]): boolean {
  return (
    steps.some(({ op, urn }) => op === "create" && urn.includes("::pulumi:pulumi:Stack::")) &&
    steps.every(({ old }) => old === undefined)
  );
}

function state(value: unknown): State | undefined {
  const fields = asObject(value);
  const urn = asText(fields?.["urn"]);
  if (!fields || urn === undefined) return undefined;
  return {
    urn,
    type: asText(fields["type"]) ?? "",
    custom: fields["custom"] === true,
    id: asText(fields["id"]) || undefined,
    parent: asText(fields["parent"]) || undefined,
    inputs: asObject(fields["inputs"]) ?? {},
    outputs: asObject(fields["outputs"]) ?? {},
    propertyDependencies: Object.fromEntries(
      Object.entries(asObject(fields["propertyDependencies"]) ?? {}).map(([key, urns]) => [key, texts(urns)]),
    ),
    dependencies: texts(fields["dependencies"]),
    provider: asText(fields["provider"])?.replace(/::[^:]*$/, "") || undefined,
    protect: fields["protect"] === true,
    retainOnDelete: fields["retainOnDelete"] === true,
    leftover: fields["delete"] === true,
    external: fields["external"] === true,
  };
}

function message(value: unknown): Message[] {
  const fields = asObject(value);
  const text = asText(fields?.["message"]);
  if (!fields || text === undefined || fields["ephemeral"] === true) return [];
  // Events carry the terminal's colours as <{%reset%}>.
  const plain = `${asText(fields["prefix"]) ?? ""}${text}`.replace(/<\{%[^%]*%\}>/g, "");
  return [{ severity: asText(fields["severity"]) ?? "info", text: plain, urn: asText(fields["urn"]) }];
}

function counts(value: unknown): Record<string, number> | undefined {
  const fields = asObject(value);
  if (!fields) return undefined;
  return Object.fromEntries(
    Object.entries(fields).flatMap(([op, count]) => (typeof count === "number" ? [[op, count]] : [])),
  );
}

export function asObject(value: unknown): Record<string, unknown> | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function texts(value: unknown): string[] {
  return asList(value).filter((item) => typeof item === "string");
}

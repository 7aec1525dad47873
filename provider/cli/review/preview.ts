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
  /** Whether resources that stay as they are were listed too (`--show-sames`). */
  showsSames: boolean;
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
  protect: boolean;
  retainOnDelete: boolean;
  /** Left over from a replacement, to be deleted. */
  leftover: boolean;
}

export interface Message {
  severity: string;
  text: string;
  urn: string | undefined;
}

/** Something in the input or the arguments that a person has to put right. */
export class ReviewError extends Error {}

/** Reads what `pulumi preview --json --show-sames` wrote. */
export function readPreview(text: string): Preview {
  const source = text.replace(/^\ufeff/, "").trim();
  if (source === "") {
    throw new ReviewError(
      "There is nothing to read: the preview wrote nothing. Look at what it said on standard error; then run pulumi preview --json --show-sames again.",
    );
  }
  const whole = asObject(parsed(source)) ?? asObject(parsed(amongOtherLines(source)));
  const lines = whole ? [] : source.split("\n").map((line) => asObject(parsed(line.trim())));
  const events = lines.filter((event) => event !== undefined);
  const digest = whole ?? events.find((each) => "steps" in each);
  if (digest && ("steps" in digest || "changeSummary" in digest || "diagnostics" in digest))
    return fromDigest(digest);
  if (events.some((event) => "sequence" in event && "timestamp" in event)) return fromEvents(events);
  // A stack without a single resource: the engine leaves out every empty list.
  if (digest && Object.keys(digest).every((key) => ["config", "duration", "maybeCorrupt"].includes(key)))
    return fromDigest(digest);
  throw new ReviewError(
    "This is not what pulumi preview --json writes: a JSON object with steps was expected. Write it with pulumi preview --json --show-sames > preview.json, and hand that file over.",
  );
}

function fromDigest(digest: Record<string, unknown>): Preview {
  const steps = asList(digest["steps"]).flatMap((step): Step[] => {
    const fields = asObject(step);
    const urn = asText(fields?.["urn"]);
    if (!fields || urn === undefined) return [];
    return [
      {
        op: asText(fields["op"]) ?? "same",
        urn,
        old: state(fields["oldState"]),
        new: state(fields["newState"]),
        diffs: texts(fields["diffReasons"]),
        replaces: texts(fields["replaceReasons"]),
      },
    ];
  });
  const messages = asList(digest["diagnostics"]).flatMap(message);
  return complete(steps, messages, counts(digest["changeSummary"]), digest["config"]);
}

function fromEvents(events: Record<string, unknown>[]): Preview {
  const steps = events.flatMap((event): Step[] => {
    const step = asObject(asObject(event["resourcePreEvent"])?.["metadata"]);
    const urn = asText(step?.["urn"]);
    // The single steps of a replacement stand beside the one that names it.
    if (!step || urn === undefined || /-replace(ment|d)$/.test(asText(step["op"]) ?? "")) return [];
    return [
      {
        op: asText(step["op"]) ?? "same",
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
  return complete(steps, messages, counts(summary?.["resourceChanges"]), prelude?.["config"]);
}

function complete(
  steps: Step[],
  messages: Message[],
  counts: Record<string, number> | undefined,
  config: unknown,
): Preview {
  const [stack, project] = (steps[0]?.urn ?? "").replace(/^urn:pulumi:/, "").split("::");
  const same = steps.filter((step) => step.op === "same" && !step.urn.includes("::pulumi:pulumi:Stack::"));
  return {
    project: project || undefined,
    stack: steps.length === 0 ? undefined : stack || undefined,
    steps,
    messages,
    counts,
    config: Object.fromEntries(
      Object.entries(asObject(config) ?? {}).flatMap(([key, value]) =>
        typeof value === "string" ? [[key, value]] : [],
      ),
    ),
    // The stack itself is always listed.
    showsSames: same.length > 0 || (counts?.["same"] ?? 0) <= 1,
  };
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
    protect: fields["protect"] === true,
    retainOnDelete: fields["retainOnDelete"] === true,
    leftover: fields["delete"] === true,
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

/** A log may stand before and after the object: an npm banner, a line of standard error. */
function amongOtherLines(source: string): string {
  const start = /^\{\s*$/m.exec(source)?.index ?? -1;
  const end = [...source.matchAll(/^\}\s*$/gm)].at(-1)?.index ?? -1;
  return start < 0 || end < start ? "" : source.slice(start, end + 1);
}

function parsed(text: string): unknown {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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

/** What stands in the text that a preview is read from: one document, between other lines of a log. */
import { ReviewError } from "./errors";
import { asObject } from "./json";

type Fields = Record<string, unknown>;

/** The one document, or the events of one preview, one a line. Both are undefined where there is neither. */
export function documentIn(source: string): { digest: Fields | undefined; events: Fields[] } {
  const alone = asObject(parsed(source));
  if (alone && !isEvent(alone)) return { digest: alone, events: [] };
  const { inside, outside } = splitAtObject(source);
  const pretty = asObject(parsed(inside));
  const lines = (pretty ? outside : source).split("\n").flatMap((line) => {
    const fields = asObject(parsed(line.trim()));
    return fields ? [fields] : [];
  });
  const events = lines.filter(isEvent);
  const digests = [
    ...(pretty ? [pretty] : []),
    ...lines.filter((fields) => !isEvent(fields) && isDocument(fields)),
  ];
  const streams = streamsIn(events);
  const documents = digests.length + streams;
  if (documents > 1) throw new ReviewError(manyDocuments(documents));
  return { digest: digests[0], events };
}

function manyDocuments(count: number): string {
  return (
    `There are ${count} previews or exports in one input, and each has to be judged by itself. ` +
    "Write each into a file of its own, and run the command once for each; other stacks go in with --fleet FILE."
  );
}

/** An event of a preview that streams (`PULUMI_ENABLE_STREAMING_JSON_PREVIEW`). */
export function isEvent(fields: Fields): boolean {
  return "sequence" in fields && "timestamp" in fields;
}

/** Whether an object is a preview or an export, and not a line of another tool's log. */
function isDocument(fields: Fields): boolean {
  if (["steps", "changeSummary", "diagnostics", "deployment"].some((key) => key in fields)) return true;
  return isOfEmptyStack(fields);
}

/** A stack without a single resource: the engine leaves out every empty list. */
export function isOfEmptyStack(fields: Fields): boolean {
  const keys = Object.keys(fields);
  return keys.length > 0 && keys.every((key) => ["config", "duration", "maybeCorrupt"].includes(key));
}

/** Each preview that streams begins once and ends once, and counts its events upwards. */
function streamsIn(events: readonly Fields[]): number {
  if (events.length === 0) return 0;
  const count = (name: string) => events.filter((event) => name in event).length;
  let restarts = 0;
  events.forEach((event, at) => {
    if (at > 0 && Number(event["sequence"]) < Number(events[at - 1]!["sequence"])) restarts += 1;
  });
  return Math.max(1, count("preludeEvent"), count("summaryEvent"), restarts + 1);
}

/** A log may stand before and after an object that is written over several lines: an npm banner, a line of standard error. */
function splitAtObject(source: string): { inside: string; outside: string } {
  const start = /^\{\s*$/m.exec(source)?.index ?? -1;
  const end = [...source.matchAll(/^\}\s*$/gm)].at(-1)?.index ?? -1;
  if (start < 0 || end < start) return { inside: "", outside: source };
  return {
    inside: source.slice(start, end + 1),
    outside: `${source.slice(0, start)}\n${source.slice(end + 1)}`,
  };
}

function parsed(text: string): unknown {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What Pulumi's SDK puts into a text in place of an output, whose value is not known yet when the program builds the text. */
const OUTPUT_TEXT = /Calling \[to(String|JSON)\] on an \[Output<T>\] is not supported/;

/** The remedy, for a program. */
export const OUTPUT_TEXT_REMEDY =
  "it was built from an output with a template or +, which puts no value into it; allowed: pulumi.interpolate`…`, or output.apply(…)";

/**
 * The path of the first text, at or inside a value, that holds the SDK's message instead of a value; undefined where there is none. Such a
 * text would be sent as it is, and never change.
 */
export function findOutputText(value: unknown, path = ""): string | undefined {
  if (typeof value === "string") return OUTPUT_TEXT.test(value) ? path : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    if (OUTPUT_TEXT.test(key)) return path;
    const at = Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const found = findOutputText(member, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

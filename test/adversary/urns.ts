import { type Entry, urnOf } from "./engineModel/state";

/**
 * The URNs that end like these: `AgentAccount::team/a`, or a name alone. One that is not in the state yet is taken for a resource of
 * ours outside of any component.
 */
export function resolveUrns(ends: readonly string[], entries: readonly Entry[], stack: string): string[] {
  return ends.flatMap((end) => {
    const found = entries.filter(({ urn }) => urn.endsWith(`::${end}`) || urn.endsWith(`:${end}`));
    if (found.length > 0) return found.map(({ urn }) => urn);
    const [type, name] = end.split("::") as [string, string?];
    return name === undefined ? [] : [urnOf(stack, undefined, `pulumi-nodejs:dynamic/nylas:${type}`, name)];
  });
}

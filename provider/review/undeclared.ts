/**
 * What an object has that no program has declared. A take-over leaves it as it is and the state does not tell all of it, so it is not known here
 * what stands.
 */
import { UNKNOWN } from "../core/unknown";
import { texts } from "./json";
import { type State } from "./steps";

/** A resource of a preview, as far as it matters here. */
interface Seen {
  urn: string;
  change: string;
  before: State | undefined;
}

/** A value that Nylas alone knows, in the form of one that is known at the `up` alone. It is the same value on both sides of a change. */
function undeclaredValue({ urn }: Seen): string {
  return `${UNKNOWN} ${urn}`;
}

/** Whether a value is one that no program has declared. */
export function isUndeclared(value: unknown): boolean {
  return typeof value === "string" && value.startsWith(`${UNKNOWN} urn:`);
}

/** The members of a policy that the program declares, and those that one which was taken over may have beside them. */
export function withUndeclared(
  policy: Seen,
  declared: Record<string, unknown>,
  members: readonly string[],
): Record<string, unknown> {
  if (!wasTakenOver(policy)) return declared;
  const open = members.filter((name) => declared[name] === undefined);
  return { ...declared, ...Object.fromEntries(open.map((name) => [name, undeclaredValue(policy)])) };
}

/** Whether somebody else has made it, and may have set what the program does not declare. */
function wasTakenOver({ change, before }: Seen): boolean {
  const { adopt, takenOver } = before?.outputs ?? {};
  return change === "adopt" || takenOver === true || (adopt !== undefined && adopt !== false);
}

/** What a workspace has of a property that the program does not declare: the id of its policy, or those of its rules. */
export function foundOn(
  { change, before }: Seen,
  property: "policyId" | "ruleIds",
  side: "before" | "after",
): string[] | "unknown" {
  if (before === undefined) return change === "adopt" ? "unknown" : [];
  // A new one in its place has nothing of it, and a line that is taken away takes off what stood there.
  const { [property]: recorded, foundPolicy, foundRules } = before.outputs;
  if (side === "after" && (change === "replace" || recorded !== undefined)) return [];
  return property === "policyId" ? texts([foundPolicy]) : texts(foundRules);
}

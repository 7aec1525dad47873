/**
 * What an object has that no program has declared. A take-over leaves it as it is and the state does not tell all of it, so it is not known here
 * what stands.
 */
import { UNKNOWN } from "../core/unknown";
import { type Resource, type Side } from "./fleet";
import { texts } from "./json";

/** A value that Nylas alone knows, in the form of one that is known at the `up` alone. It is the same value on both sides of a change. */
function undeclaredValue({ urn }: Resource): string {
  return `${UNKNOWN} ${urn}`;
}

/** Whether a value is one that no program has declared. */
export function isUndeclared(value: unknown): boolean {
  return typeof value === "string" && value.startsWith(`${UNKNOWN} urn:`);
}

/** The members of a policy that the program declares, and those that one which was taken over may have beside them. */
export function withUndeclared(
  policy: Resource,
  declared: Record<string, unknown>,
  members: readonly string[],
): Record<string, unknown> {
  if (!wasTakenOver(policy)) return declared;
  const open = members.filter((name) => declared[name] === undefined);
  return { ...declared, ...Object.fromEntries(open.map((name) => [name, undeclaredValue(policy)])) };
}

/** Whether somebody else has made it, and may have set what the program does not declare. */
function wasTakenOver({ change, before }: Resource): boolean {
  const { adopt, takenOver } = before?.outputs ?? {};
  return change === "adopt" || takenOver === true || (adopt !== undefined && adopt !== false);
}

/** What a workspace has of a property that the program does not declare: the id of its policy, or those of its rules. */
export function foundOn(
  { change, before }: Resource,
  property: "policyId" | "ruleIds",
  side: Side,
): string[] | "unknown" {
  if (before === undefined) return change === "adopt" ? "unknown" : [];
  // A new one in its place has nothing of it, and a line that is taken away takes off what stood there.
  const { [property]: recorded, foundPolicy, foundRules } = before.outputs;
  if (side === "after" && (change === "replace" || recorded !== undefined)) return [];
  return property === "policyId" ? texts([foundPolicy]) : texts(foundRules);
}

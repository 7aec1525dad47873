/** What stands before a change, and what a preview does not show. */
import { holdsUnknown } from "../core/unknown";
import { type State } from "./steps";

/**
 * The properties of an object of ours as it stands. The outputs hold what Nylas answered last, under the names of the
 * inputs. After a take-over (`adopt`) the inputs hold what the program declares, which nobody has written yet. A
 * property that Nylas says there is none of stands in neither. An entry without any output, such as one that was
 * interrupted, has its inputs alone.
 */
export function standing(state: State): Record<string, unknown> {
  return Object.keys(state.outputs).some(isDeclared) ? state.outputs : state.inputs;
}

/** Whether a property is one of the program's, and not one that the SDK adds. */
export function isDeclared(property: string): boolean {
  return !property.startsWith("__") && property !== "label";
}

/** Whether a value is not known before the `up`, or kept from sight as a secret; also somewhere inside. */
export function notShown(value: unknown): boolean {
  if (value === "[secret]") return true;
  if (Array.isArray(value)) return value.some(notShown);
  if (value !== null && typeof value === "object") return Object.values(value).some(notShown);
  return holdsUnknown(value);
}

import { applicationOf, type Session } from "./session";

/**
 * Which limits the policies of this program leave out, as far as this process has seen them. Nylas shows the plan's maximum for such a limit. A
 * policy that was taken over may have been given limits before that, so it tells nothing.
 */
export class LeftOutLimits {
  readonly #declared = new Map<string, ReadonlySet<string>>();

  /** A policy as the state records it, or as it was just made. */
  recorded(id: string, { limits, adopt }: Record<string, unknown>): void {
    if (adopt !== undefined || this.#declared.has(id)) return;
    if (limits !== undefined && (typeof limits !== "object" || limits === null)) return;
    this.#declared.set(id, new Set(Object.keys(limits ?? {})));
  }

  has(id: string, limit: string): boolean {
    return this.#declared.get(id)?.has(limit) === false;
  }
}

const bySession = new WeakMap<object, LeftOutLimits>();

export function leftOutLimits(session: Session): LeftOutLimits {
  const known = bySession.get(applicationOf(session)) ?? new LeftOutLimits();
  bySession.set(applicationOf(session), known);
  return known;
}

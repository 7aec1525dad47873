import { type Grant } from "../nylas/api";
import { type Clock } from "../nylas/clock";
import { perApplication } from "./session";

/** An account that this process knows without a list. */
export interface KnownAccount {
  id: string;
  email: string;
  workspaceId: string | undefined;
  /** When an answer about this account alone showed it; undefined if only the state names it. */
  seenAt: number | undefined;
}

/** What this process knows of accounts beside the lists: the entries of the state, and the answers about single accounts. */
export class KnownAccounts {
  readonly #accounts = new Map<string, KnownAccount>();
  readonly #gone = new Set<string>();

  constructor(private readonly clock: Pick<Clock, "now">) {}

  /** An entry of the state names it. */
  recorded(id: string, { email, workspaceId, currentWorkspaceId }: Record<string, unknown>): void {
    if (this.#accounts.has(id) || this.#gone.has(id) || typeof email !== "string") return;
    const workspace = workspaceId ?? currentWorkspaceId;
    this.#accounts.set(id, {
      id,
      email,
      workspaceId: typeof workspace === "string" ? workspace : undefined,
      seenAt: undefined,
    });
  }

  /** An answer about this account alone shows it. */
  seen({ id, email, workspaceId }: Grant): void {
    this.#gone.delete(id);
    this.#accounts.set(id, { id, email, workspaceId, seenAt: this.clock.now() });
  }

  /** This process has deleted it, or Nylas has none with this id and does not list it. */
  isGone(id: string): boolean {
    return this.#gone.has(id);
  }

  /** Whether any account has gone in this run. */
  get anyGone(): boolean {
    return this.#gone.size > 0;
  }

  gone(id: string): void {
    this.#accounts.delete(id);
    this.#gone.add(id);
  }

  get(id: string): KnownAccount | undefined {
    return this.#accounts.get(id);
  }

  all(): KnownAccount[] {
    return [...this.#accounts.values()];
  }
}

export const knownAccounts = perApplication(({ clock }) => new KnownAccounts(clock));

import { type Grant, type LostMail, type Message } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { DAY } from "../runtime/clock.js";
import { limitsOf } from "./limits.js";

/**
 * Drops what retention and storage no longer allow. It runs after every write and every step of the clock. At these
 * moments mail is lost that nobody named: by a policy, a workspace, a move.
 */
export function enforceLimits(store: Store, cause: string): void {
  const now = store.clock.seconds();
  for (const [grantId, messages] of groupBy(store.messages.all(), (m) => m.grant_id)) {
    const grant = store.grants.get(grantId);
    if (!grant || grant.provider !== "nylas") continue;
    const limits = limitsOf(store, grant);
    const kept = messages.filter((message) => {
      const days =
        message.folder === "junk" ? limits.limit_spam_retention_period : limits.limit_inbox_retention_period;
      if (days === -1 || store.settings.retention === "keeps" || now - message.date <= days * DAY)
        return true;
      lose(store, message, grant, "retention", cause);
      return false;
    });
    let used = kept.reduce((sum, m) => sum + m.size, 0);
    for (const message of kept.sort((a, b) => a.date - b.date)) {
      if (limits.limit_storage_total === -1 || used <= limits.limit_storage_total) break;
      used -= message.size;
      lose(store, message, grant, "storage", cause);
    }
  }
}

/** Ends a mailbox: its mail goes into the ledger, the grant stays readable by id for the configured moment. */
export function deleteGrant(store: Store, grant: Grant, reason: LostMail["reason"], cause: string): void {
  for (const message of store.messages.where((m) => m.grant_id === grant.id))
    lose(store, message, grant, reason, cause);
  for (const folder of store.folders.where((f) => f.grant_id === grant.id)) store.folders.remove(folder.id);
  grant.deletedAtMs = store.clock.ms();
}

/** Takes a message out of its mailbox and writes it into the ledger. */
export function lose(
  store: Store,
  message: Message,
  grant: Grant,
  reason: LostMail["reason"],
  cause: string,
): void {
  store.messages.remove(message.id);
  store.lostMail.push({
    messageId: message.id,
    grantId: grant.id,
    email: grant.email,
    subject: message.subject,
    folder: message.folder,
    date: message.date,
    reason,
    cause,
    lostAt: store.clock.seconds(),
  });
}

function groupBy<T>(values: T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group) group.push(value);
    else groups.set(key(value), [value]);
  }
  return groups;
}

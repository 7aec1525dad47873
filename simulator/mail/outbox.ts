import { type Store } from "../model/store.js";

/** Sends what has waited long enough. */
export function depart(store: Store): void {
  const now = store.clock.ms();
  const due = store.outbox.filter((mail) => mail.dueMs <= now);
  store.outbox.splice(0, Infinity, ...store.outbox.filter((mail) => mail.dueMs > now));
  for (const mail of due) mail.depart();
}

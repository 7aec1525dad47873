import { normaliseName } from "../dns/records";
import { domainOfEmail } from "../nylas/addresses";
import { type Grant } from "../nylas/api";
import { type Context } from "../core/definition";
import { every, poll } from "../nylas/clock";
import { interruptible } from "../nylas/lifetime";
import { accountsWhere } from "./accountLooks";
import { type Session } from "./session";

/** The accounts on a domain, as far as the application key can see them: those that any of several looks shows. */
export function accountsOn(session: Session, address: string): Promise<Grant[]> {
  const domain = normaliseName(address);
  return accountsWhere(session, ({ email }) => domainOfEmail(email) === domain);
}

/**
 * The accounts that stay on a domain. Accounts that are deleted beside the domain may take a moment, and one with a
 * literal address has no dependency on it. So they are waited for up to a minute.
 */
export async function accountsStayingOn(
  { session, log }: Pick<Context<Session>, "session" | "log">,
  address: string,
): Promise<Grant[]> {
  const { seen } = await poll(interruptible(session.clock), () => accountsOn(session, address), {
    until: (left) => left.length === 0,
    pauses: every(5_000),
    limit: 60_000,
    waiting: (left) => log("progress", `${address}: waiting for ${listOf(left)} to go first`),
  });
  return seen;
}

/** Up to five addresses, and how many more there are. */
export function listOf(grants: Grant[]): string {
  const shown = grants.slice(0, 5).map((grant) => grant.email);
  return grants.length > shown.length
    ? `${shown.join(", ")} and ${grants.length - shown.length} more`
    : shown.join(", ");
}

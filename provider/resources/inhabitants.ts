import { type Grant } from "../nylas/api";
import { clock } from "../nylas/clock";
import { patiently } from "../nylas/lifetime";
import { type Context } from "../core/definition";
import { accountsWhere } from "./accountLooks";
import { type Session } from "./session";

/** The accounts on a domain, as far as the application key can see them: those that any of several looks shows. */
export function accountsOn(session: Session, address: string): Promise<Grant[]> {
  return accountsWhere(session, ({ email }) => email.toLowerCase().endsWith(`@${address}`));
}

/**
 * The accounts that stay on a domain. Accounts that are deleted beside the domain may take a moment, and one with a literal address has
 * no dependency on it, so they are waited for up to a minute.
 */
export async function accountsStayingOn(
  { session, say }: Pick<Context<Session>, "session" | "say">,
  address: string,
): Promise<Grant[]> {
  let left = await accountsOn(session, address);
  const end = clock.now() + 60_000;
  while (left.length > 0 && clock.now() < end) {
    await say("progress", `${address}: waiting for ${listOf(left)} to go first`);
    if (!(await patiently(5_000))) break;
    left = await accountsOn(session, address);
  }
  return left;
}

/** Up to five addresses, and how many more there are. */
export function listOf(grants: Grant[]): string {
  const shown = grants.slice(0, 5).map((grant) => grant.email);
  return grants.length > shown.length
    ? `${shown.join(", ")} and ${grants.length - shown.length} more`
    : shown.join(", ");
}

import { type Context } from "../core/definition";
import { UserError } from "../core/failure";
import { type Grant } from "../nylas/api";
import { type Session } from "./session";

/** Milliseconds: whole seconds are told, on both sides, and the clocks of a service's machines differ a little. */
const TOLERANCE = 5_000;

/** Milliseconds by which two clocks differ of which one is wrong. */
const APART = 5 * 60_000;

/** Milliseconds that a create takes, but for repeated ones. */
const LONGEST_CREATE = 2 * 60_000;

/**
 * Nylas takes the create of an address that exists for a second sign-in and answers with the first account. Every look before it may have
 * missed that account, because lists lag. The answer tells when the account was made: before the create, it is somebody else's. The clock of Nylas
 * tells when the create began, because the one of this machine may be wrong.
 *
 * An account that was made in the last five seconds before the create cannot be told from a new one.
 */
export async function assertNotOlderAccount(
  { session, creation }: Context<Session>,
  grant: Grant,
  inputs: { displayName?: string; workspaceId?: string; appPassword?: string },
): Promise<void> {
  const { beganThere } = creation ?? {};
  const madeAt = grant.createdAt * 1000;
  if (creation === undefined || beganThere === undefined || madeAt <= 0) return;
  if (madeAt + TOLERANCE >= beganThere || isMadeNow(madeAt, creation.began, beganThere)) return;
  const application = await session.api.application();
  if (await creation?.isOwn({ grant, application })) return;
  const written = [
    ...(inputs.displayName === undefined ? [] : ["displayName"]),
    ...(inputs.workspaceId === undefined ? [] : ["workspaceId"]),
    ...(inputs.appPassword === undefined ? [] : ["appPassword"]),
  ];
  const changed =
    written.length === 0
      ? "Nothing of it was changed"
      : `Nylas has set its ${written.join(" and ")} as declared here; what stood there before is not known`;
  throw new UserError(
    `Account ${grant.email} (id ${grant.id}) was not made here: Nylas answered the create with an account of ` +
      `${new Date(grant.createdAt * 1000).toISOString()}, which no list showed. ${changed}. To manage it in this program, write adopt: true; else give ` +
      `this account another address, and tell whoever uses that mailbox.`,
  );
}

/**
 * The date of the answers may be far from this machine's. If this machine saw the create begin when the account was
 * made, the date of the answers is wrong.
 */
function isMadeNow(madeAt: number, began: number, beganThere: number): boolean {
  return (
    Math.abs(began - beganThere) > APART && madeAt + TOLERANCE >= began && madeAt <= began + LONGEST_CREATE
  );
}

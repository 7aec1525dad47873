/** `pulumi-nylas smoke`: that mail from outside arrives in an account, or that an account's own does. */
import { type Grant, type MessageSeen } from "../../nylas/api";
import { NylasError, printable } from "../../nylas/errors";
import { endWaits } from "../../nylas/lifetime";
import { arrivedOf, awaitArrival, newToken, sendToItself } from "../../nylas/smokeMail";
import { type Connection, type ConnectionOptions, connectTo, redacted } from "../connection";
import { AREAS } from "../doctor/findings";
import { refusal } from "../doctor/keys";
import { type Io } from "../io";
import { Progress } from "../progress";
import { readStack, type StackSeen } from "../stack";
import { INTERRUPTED, NOT_ARRIVED } from "./codes";

export interface SmokeOptions extends ConnectionOptions {
  /** Seconds. */
  timeout: number;
  send?: boolean;
  json?: boolean;
}

/** Waits for a message with a token of its own in the subject. Gives the exit code. */
export async function smoke(account: string, options: SmokeOptions, plainIo: Io): Promise<number> {
  let stack: StackSeen | undefined;
  const io = redacted(plainIo, () => stack);
  const progress = new Progress(io, "reading the stack with pulumi");
  let connection: Connection | undefined;
  try {
    stack = await readStack(options, io);
    connection = connectTo(stack, options, io);
    progress.now("looking for the account");
    const grant = await find(connection, account);
    if (!grant) {
      io.stderr(
        `pulumi-nylas: there is no account ${printable(account, 200)} in the application of this key.\n`,
      );
      return AREAS.accounts.exit;
    }
    // From here on the wait ends and the end is told; a second Ctrl-C ends it at once.
    process.once("SIGINT", endWaits);
    return await waitFor(connection, grant, options, io, progress);
  } catch (error) {
    if (!(error instanceof NylasError)) throw error;
    // A rule that blocks the sending, or a limit, is the account's matter.
    const own = ["refused", "quota", "notFound"].includes(error.kind);
    const { area, text } = refusal(error, account, own ? "accounts" : "reach");
    io.stderr(`pulumi-nylas: ${text}\n`);
    return AREAS[area].exit;
  } finally {
    process.removeListener("SIGINT", endWaits);
    progress.end();
    await connection?.close();
  }
}

async function waitFor(
  { api, clock }: Connection,
  grant: Grant,
  { timeout, send, json }: SmokeOptions,
  io: Io,
  progress: Progress,
): Promise<number> {
  const token = newToken();
  const subject = `Smoke test ${token}`;
  const before = new Set((await api.messages.recent(grant.id)).map(({ id }) => id));
  // For a program that sends the mail, the first line is all it needs.
  const asked = json
    ? JSON.stringify({ writeTo: grant.email, subject, timeoutSeconds: timeout })
    : `Write to ${grant.email} from outside, with ${token} in the subject ("${subject}"). Waiting up to ${timeout} s; Ctrl-C ends it.`;
  if (!send) io.stdout(`${asked}\n`);
  const sent = send ? await sendToItself(api, grant, subject, token) : undefined;
  if (send && !json) io.stdout(`${grant.email} has sent a message to itself ("${subject}").\n`);

  let others = 0;
  progress.now(`waiting for mail in ${grant.email}`);
  const { message, interrupted, waitedSeconds } = await awaitArrival(api, grant.id, {
    clock,
    arrived: (messages) => {
      const fresh = messages.filter(({ id }) => !before.has(id));
      const ours = fresh.filter((each) => each.subject.toLowerCase().includes(token));
      others = fresh.length - ours.length;
      return arrivedOf(ours, sent);
    },
    limit: timeout * 1000,
    waiting: () => undefined,
  });
  progress.end();
  const code = message ? 0 : interrupted ? INTERRUPTED : NOT_ARRIVED;
  if (json) {
    io.stdout(
      `${JSON.stringify({ arrived: message !== undefined, from: message?.from, token, waitedSeconds, otherMessages: others, exitCode: code })}\n`,
    );
  } else
    io.stdout(
      `${told(message, { grant, token, interrupted, waitedSeconds, others, sent: send === true })}\n`,
    );
  return code;
}

/** Of what arrived: who it is from, and the token. Its subject as a whole, like its text, is nobody's business here. */
function told(
  message: MessageSeen | undefined,
  seen: {
    grant: Grant;
    token: string;
    interrupted: boolean;
    waitedSeconds: number;
    others: number;
    sent: boolean;
  },
): string {
  const { grant, token, interrupted, waitedSeconds, others, sent } = seen;
  if (message)
    return `Arrived after ${waitedSeconds} s: from ${printable(message.from ?? "somebody", 320)}, ${token}.`;
  const rest =
    others > 0 && !sent
      ? ` ${others === 1 ? "Another message has" : `${others} other messages have`} arrived meanwhile, without ${token} in the subject.`
      : "";
  if (interrupted) return `Interrupted after ${waitedSeconds} s; nothing with ${token} has arrived.${rest}`;
  return (
    `Nothing with ${token} has arrived in ${grant.email} after ${waitedSeconds} s.${rest} ` +
    `Look at its domain, its workspace's rules and its limits: npx pulumi-nylas doctor --account ${grant.email}`
  );
}

/** By its address, in any case, or by its id. */
async function find({ api }: Connection, account: string): Promise<Grant | undefined> {
  return account.includes("@") ? api.grants.findByEmail(account.trim()) : api.grants.get(account.trim());
}

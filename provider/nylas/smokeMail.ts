import { randomBytes } from "node:crypto";
import { type Grant, type MessageSeen, type MessageSent, type NylasApi } from "./api";
import { type Clock, growing, poll } from "./clock";
import { NylasError } from "./errors";
import { interruptible } from "./lifetime";

/**
 * The mail of a smoke test, known by a token in its subject that nothing else in a mailbox has. An account sends it
 * to itself, or somebody outside sends it, and the test waits for it.
 */
export function newToken(): string {
  return randomBytes(6).toString("hex");
}

/** Has an account send a message to itself; sent once, whatever becomes of the answer. */
export function sendToItself(
  api: NylasApi,
  { id, email }: Pick<Grant, "id" | "email">,
  subject: string,
  token: string,
): Promise<MessageSent> {
  return api.messages
    .send(id, {
      to: email,
      subject,
      body: "Sent by pulumi-nylas to see that mail leaves and arrives. It can be deleted.",
      idempotencyKey: `pulumi-nylas-${token}`,
    })
    .catch((error: unknown): MessageSent => {
      // Nylas has taken it and only the answer cannot be read: whether it arrives is to be seen.
      if (error instanceof NylasError && error.kind === "malformed") return { id: undefined };
      throw error;
    });
}

/** The message that arrived, of those with the token; the copy that the sender keeps is another one. */
export function arrivedOf(messages: MessageSeen[], sent: MessageSent | undefined): MessageSeen | undefined {
  if (sent === undefined) return messages[0];
  if (sent.id !== undefined) return messages.find(({ id }) => id !== sent.id);
  return messages.length > 1 ? messages[0] : undefined;
}

/** How a wait for a message ended. */
export interface Arrival {
  /** What arrived; undefined where the time was up, or the run was interrupted. */
  message: MessageSeen | undefined;
  interrupted: boolean;
  waitedSeconds: number;
}

/** Looks into a mailbox until the message is there or the time is up, with pauses from one second to ten. The last look is at the end. */
export async function awaitArrival(
  api: NylasApi,
  grantId: string,
  wait: {
    clock: Clock;
    arrived: (messages: MessageSeen[]) => MessageSeen | undefined;
    limit: number;
    waiting: (seconds: number) => Promise<void> | void;
  },
): Promise<Arrival> {
  const { outcome, seen, waited } = await poll(
    interruptible(wait.clock),
    async () => wait.arrived(await api.messages.recent(grantId)),
    {
      until: (message) => message !== undefined,
      pauses: growing(1_000, 1.5, 10_000),
      limit: wait.limit,
      waiting: (_message, soFar) => wait.waiting(Math.round(soFar / 1000)),
    },
  );
  return {
    message: seen,
    interrupted: outcome === "interrupted",
    waitedSeconds: Math.round(waited / 1000),
  };
}

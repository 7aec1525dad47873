import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import { smokeTestProperties, type SmokeTestProperties } from "../properties/smokeTest";
import { randomUUID } from "node:crypto";
import { type CommonInputs, type Context, type Definition } from "../core/definition";
import { UserError } from "../core/failure";
import { NylasError } from "../nylas/errors";
import { arrivedOf, awaitArrival, newToken, sendToItself } from "../nylas/smokeMail";
import { applicationOwner, assertApplication, type Session } from "./session";

export type SmokeTestInputs = CommonInputs & SmokeTestProperties;

/** A test that has passed. */
export interface PassedTest {
  id: string;
  passedAt: string;
  applicationId: string;
}

const DEFAULT_TIMEOUT_SECONDS = 120;

export const smokeTest: Definition<SmokeTestInputs, PassedTest, Session> = {
  type: "SmokeTest",
  noun: "smoke test",
  fields: (z) => fieldsOf(smokeTestProperties, z),
  inputs: inputHandlingOf<SmokeTestInputs>(smokeTestProperties),

  create: (context, inputs) => pass(context, inputs, `smoke-test-${randomUUID()}`),
  update: (context, { id, news }) => pass(context, news, id),
  // Nothing stands at Nylas that could be gone or be another: what was recorded is all there is.
  get: (_session, id, { passedAt, applicationId }) =>
    Promise.resolve(
      typeof passedAt === "string" ? { id, passedAt, applicationId: String(applicationId) } : undefined,
    ),

  id: ({ id }) => id,
  describe: ({ id }) => `smoke test ${id}`,
  observed: () => ({}),
  outputs: ({ passedAt, applicationId }) => ({ passedAt, applicationId }),
  owner: {
    of: applicationOwner,
    assert: assertApplication,
  },
};

async function pass(context: Context<Session>, inputs: SmokeTestInputs, id: string): Promise<PassedTest> {
  const { api } = context.session;
  for (const account of new Set(inputs.accounts)) await list(context, account);
  if (inputs.sender !== undefined) {
    if (inputs.paused === true)
      await context.log(
        "info",
        "smoke test: sending is paused, so no message was sent; the mailboxes can be listed.",
      );
    else await sendAndReceive(context, inputs, inputs.sender);
  }
  const { id: applicationId } = await api.application();
  return { id, passedAt: new Date().toISOString(), applicationId };
}

async function list({ session }: Context<Session>, account: string): Promise<void> {
  try {
    await session.api.grants.holdsMail(account);
  } catch (error) {
    if (!(error instanceof NylasError) || error.kind !== "notFound") throw error;
    throw new UserError(
      `smoke test: the mailbox of account ${account} cannot be listed: Nylas knows no such account. If it was deleted outside Pulumi, run pulumi refresh. ${error.message}`,
    );
  }
}

async function sendAndReceive(
  context: Context<Session>,
  { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS }: SmokeTestInputs,
  sender: string,
): Promise<void> {
  const { api, clock } = context.session;
  const grant = await api.grants.get(sender);
  if (!grant)
    throw new UserError(`smoke test: there is no account ${sender}; run pulumi refresh, then pulumi up.`);
  const token = newToken();
  const subject = `Smoke test ${token}`;
  const sent = await sendToItself(api, grant, subject, token);
  const { email } = grant;
  const { message, interrupted, waitedSeconds } = await awaitArrival(api, grant.id, {
    clock,
    arrived: (messages) =>
      arrivedOf(
        messages.filter((each) => each.subject === subject),
        sent,
      ),
    limit: timeoutSeconds * 1000,
    waiting: (seconds) => context.log("progress", `${email}: waiting for its own message (${seconds} s)`),
  });
  if (message) return;
  if (interrupted) {
    throw new UserError(
      `smoke test: the run was interrupted while ${email} waited for its own message; the next pulumi up tests again.`,
    );
  }
  throw new UserError(
    `smoke test: ${email} sent a message to itself ("${subject}"), which has not arrived after ${waitedSeconds} s (limit ${timeoutSeconds} s; customTimeouts sets it). ` +
      `Look at the domain's MX record, and at the rules of its workspace; the next pulumi up tests again.`,
  );
}

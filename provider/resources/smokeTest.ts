import { randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { type CommonInputs, type Context, type Definition } from "../core/definition";
import { UserError } from "../core/failure";
import { optionsFor, registered, typeToken } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { NylasError } from "../nylas/errors";
import { arrivedOf, awaitArrival, newToken, sendToItself } from "../nylas/smokeMail";
import { flag, ID } from "./fields";
import { applicationOwner, assertApplication, type Session } from "./session";

/** Arguments of {@link NylasSmokeTest}. */
export interface NylasSmokeTestArgs {
  /** The accounts whose mailboxes are listed, by grant id, as a set. A change of it runs the test again. */
  accounts: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The account that sends a message to itself, and has to receive it. Default: none, nothing is sent. A change runs the test again.
   * The message stays in the mailbox, which holds mail from then on: deleting it takes `forceDestroy`.
   */
  sender?: pulumi.Input<string>;
  /** Sending is paused: a test that runs now sends nothing. A change of this alone runs nothing. Default: false. */
  paused?: pulumi.Input<boolean>;
  /** Any values: when one of them changes, the test runs again. */
  rerunWhenChanged?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/**
 * The last step of a set-up: that mailboxes can be listed through the API, and (with `sender`) that a message is sent and arrives. It runs when it is made
 * and when its arguments change, and is recorded as passed; another `up` runs nothing. One that fails ends the `up` with an error, undoes nothing,
 * and runs again in the next. Deleting it only forgets it.
 *
 * It waits two minutes for the message; `customTimeouts: { create: "5m" }` sets another limit.
 * API: [Messages](https://developer.nylas.com/docs/reference/api/messages/).
 */
export class NylasSmokeTest extends pulumi.CustomResource {
  readonly accounts!: pulumi.Output<string[]>;
  readonly sender!: pulumi.Output<string | undefined>;
  /** When it passed, as in RFC 3339. */
  readonly passedAt!: pulumi.Output<string>;

  constructor(name: string, args: NylasSmokeTestArgs, options?: pulumi.CustomResourceOptions) {
    super(
      typeToken("SmokeTest"),
      name,
      registered("SmokeTest", name, args, options, {
        outputs: ["accounts", "sender", "passedAt"],
        timeoutInput: "timeoutSeconds",
      }),
      optionsFor("SmokeTest", options, {}),
    );
    restoreStackDepth();
  }
}

export interface SmokeTestInputs extends CommonInputs {
  accounts: string[];
  sender?: string;
  paused?: boolean;
  rerunWhenChanged?: Record<string, string>;
  timeoutSeconds?: number;
}

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
  fields: (z) => ({
    accounts: {
      schema: z.array(z.string().check(z.regex(ID))).check(z.minLength(1)),
      allowed: "a list of at least one grant id",
      example: "[account.id]",
      required: true,
    },
    sender: {
      schema: z.string().check(z.regex(ID)),
      allowed: "the grant id of an account",
      example: "account.id",
    },
    paused: flag(z),
    rerunWhenChanged: {
      schema: z.record(z.string(), z.string()),
      allowed: "an object of texts",
      example: '{ release: "2027-1" }',
    },
    timeoutSeconds: { schema: z.number().check(z.gt(0)), allowed: "seconds", example: "120" },
  }),
  inputs: {
    directives: ["paused", "timeoutSeconds"],
    normalForms: { accounts: (accounts) => [...new Set(accounts)].sort() },
  },

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

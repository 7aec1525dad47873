import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import { asSet, createMembers, observedMembers, updateMembers } from "../core/wireMembers";
import { answerOf } from "../nylas/answer";
import { TRIGGERS, webhookProperties, type WebhookProperties } from "../properties/webhook";
import { normalEmail } from "../nylas/addresses";
import { type CommonInputs, type Context, type Definition } from "../core/definition";
import { NotSettled, UserError } from "../core/failure";
import { type Failure, show } from "../core/fields";
import { holdsUnknown } from "../core/unknown";
import { whoseLabel } from "../core/whose";
import { type Webhook } from "../nylas/api";
import { growing, poll } from "../nylas/clock";
import { interruptible } from "../nylas/lifetime";
import { NylasError } from "../nylas/errors";
import { applicationOwner, applicationScope, assertApplication, type Session, stillListed } from "./session";
import { makeShownOnce, type WithSecret } from "./shownOnce";
import { theOnlyOne } from "./workspace";
import { isReadable } from "../nylas/readable";

export type WebhookInputs = CommonInputs & WebhookProperties;

/** A webhook, whose application the answer does not name, with its secret where this very answer had it. */
export interface HeldWebhook {
  webhook: Webhook;
  applicationId: string;
  secret?: string;
}

const DEFAULT_TIMEOUT_SECONDS = 120;
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 15_000;

export const webhook: Definition<WebhookInputs, HeldWebhook, Session> = {
  type: "Webhook",
  noun: "webhook",
  fields: (z) => fieldsOf(webhookProperties, z),
  inputs: inputHandlingOf<WebhookInputs>(webhookProperties, {
    notificationEmails: (emails) => asSet(emails.map(normalEmail)),
  }),
  identity: {
    key: ({ url, triggers }) =>
      Array.isArray(triggers) && !holdsUnknown(triggers)
        ? `${url} ${[...new Set(triggers)].sort().join(",")}`
        : undefined,

    async find(session, inputs, isReleasing) {
      const wanted = [...new Set(inputs.triggers)].sort().join();
      const found = theOnlyOne(
        (await readableWebhooks(session)).filter(
          ({ id, url, triggers }) =>
            url === inputs.url && [...triggers].sort().join() === wanted && !isReleasing(id),
        ),
        "webhook",
        inputs.url,
      );
      return found && held(session, found);
    },
    scope: applicationScope,
    createdAt: ({ webhook }) => webhook.createdAt,
    whose: (context, { webhook }) => whoseLabel(context.label, webhook.description),
    logTaken: (context, { webhook }) =>
      context.log(
        "warning",
        `the secret of webhook ${webhook.url} was lost with the run that made it: change rotateWhenChanged to get one.`,
      ),
  },
  validation: {
    failures: (news, olds) => [...validateTriggers(news), ...validateEmails(news, olds)],
    refusals: cannotBeCleared,
    warnings: (olds, news) =>
      rotates(olds, news) && !holdsUnknown(news.rotateWhenChanged)
        ? [
            `the secret of webhook ${news.url} is rotated: signatures made with the old one stop at that moment.`,
          ]
        : [],
  },
  settling: {
    /** Nylas gave up on it: what is declared is a webhook that works. */
    needsUpdate: (outputs) => outputs.status === "failed" && outputs.paused !== true,
  },
  partialCreation: {
    isPartiallyCreated: ({ webhook }, inputs, differing) =>
      differing.every((key) => key === "paused") && inputs.paused === true && webhook.status === "active",
    resumeCreate: pause,
  },
  duplicates: {
    all: async (session, { applicationId }) =>
      (await readableWebhooks(session)).map((webhook) => ({ webhook, applicationId })),
    duplicateKey: ({ webhook }) => `${webhook.url} ${[...webhook.triggers].sort().join()}`,
  },
  async get(session, id) {
    const found = await session.api.webhooks.get(id);
    return found && held(session, found);
  },
  gone: {
    isListed: (session, id) => stillListed(session, () => session.api.webhooks.list(), id),
  },
  async create(context, inputs) {
    const made = await answering(context, inputs, () => makeWebhook(context.session, inputs));
    const { secret, ...webhook } = made;
    const whole = await held(context.session, webhook, secret);
    return inputs.paused === true ? pause(context, whole) : whole;
  },
  async update(context, { id, olds, news, changed }) {
    const { webhooks } = context.session.api;
    // Sets it going as well where Nylas gave up on it.
    const revives = news.paused !== true && (changed.has("paused") || olds.status === "failed");
    const updated = await answering(context, news, () =>
      webhooks.update(id, {
        ...(changed.has("url") ? { url: news.url } : {}),
        ...(changed.has("triggers") ? { triggers: news.triggers } : {}),
        ...(changed.has("name") ? { description: news.name! } : {}),
        ...(changed.has("notificationEmails") && news.notificationEmails
          ? { notificationEmails: news.notificationEmails }
          : {}),
        ...(changed.has("compressed") ? { compressed: news.compressed ?? false } : {}),
        ...(revives
          ? { status: "active" as const }
          : changed.has("paused")
            ? { status: "pause" as const }
            : {}),
        members: updateMembers(webhookProperties, news, changed),
      }),
    );
    const secret = rotates(olds, news) ? await webhooks.rotateSecret(id) : undefined;
    return held(context.session, updated, secret);
  },
  delete: ({ session }, id) => session.api.webhooks.delete(id),

  id: ({ webhook }) => webhook.id,
  describe: ({ webhook }) => `webhook ${webhook.url} (id ${webhook.id})`,
  observed: ({ webhook }) => ({
    ...observedMembers(webhookProperties, answerOf(webhook)),
    url: webhook.url,
    triggers: webhook.triggers,
    name: webhook.description,
    notificationEmails: webhook.notificationEmails.length > 0 ? webhook.notificationEmails : undefined,
    ...(webhook.compressed === undefined ? {} : { compressed: webhook.compressed }),
    paused: webhook.status === "pause",
  }),
  outputs: ({ webhook, applicationId, secret }, _inputs, recorded) => ({
    status: webhook.status,
    secret: secret ?? recorded.secret,
    applicationId,
  }),
  owner: {
    of: applicationOwner,
    assert: assertApplication,
  },
};

/** It stands already: what goes wrong is recorded together with it. */
async function pause({ session }: Context<Session>, made: HeldWebhook): Promise<HeldWebhook> {
  const { id, url } = made.webhook;
  try {
    return { ...made, webhook: await session.api.webhooks.update(id, { status: "pause" }) };
  } catch (error) {
    throw new NotSettled(
      made,
      `webhook ${url} (id ${id}) exists, but is not paused yet: ${(error as Error).message}`,
    );
  }
}

/** Runs a write for which Nylas asks the address first, again and again until the address answers or the time is over. */
async function answering<T>(
  { log, session: { clock } }: Context<Session>,
  { url, timeoutSeconds }: WebhookInputs,
  write: () => Promise<T>,
): Promise<T> {
  const seconds = timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const attempt = async (): Promise<{ done: T } | { silent: NylasError }> => {
    try {
      return { done: await write() };
    } catch (error) {
      if (error instanceof NylasError && error.type === "70005") return { silent: error };
      throw error;
    }
  };
  const { outcome, seen } = await poll(interruptible(clock), attempt, {
    until: (each) => "done" in each,
    pauses: growing(FIRST_PAUSE, 2, LONGEST_PAUSE),
    limit: seconds * 1000,
    cutsLastPause: false,
    waiting: async (each) => {
      if ("silent" in each)
        await log("progress", `webhook: waiting for ${url} to answer the challenge (${each.silent.message})`);
    },
  });
  if ("done" in seen) return seen.done;
  const tried =
    outcome === "timedOut" ? `It was tried for ${seconds} seconds` : "The run was interrupted before it did";
  throw new UserError(
    `${seen.silent.message} ${tried}; where the endpoint takes longer to come up, raise customTimeouts ` +
      `({ create: "10m" }), or let the webhook depend on it (dependsOn).`,
    { cause: seen.silent },
  );
}

/** A webhook whose address this release cannot read is nobody's that it could find. */
async function readableWebhooks({ api }: Session): Promise<Webhook[]> {
  return (await api.webhooks.list()).filter(isReadable);
}

/** Creates it. One whose secret was lost with the answer gets a new one. */
function makeWebhook(session: Session, inputs: WebhookInputs): Promise<WithSecret<Webhook>> {
  const { webhooks } = session.api;
  return makeShownOnce<Webhook>(session.clock, {
    same: async () =>
      (await readableWebhooks(session)).filter(
        ({ url, description }) => url === inputs.url && description === inputs.name,
      ),
    create: () =>
      webhooks.create({
        url: inputs.url,
        triggers: inputs.triggers,
        description: inputs.name!,
        compressed: inputs.compressed ?? false,
        ...(inputs.notificationEmails === undefined ? {} : { notificationEmails: inputs.notificationEmails }),
        members: createMembers(webhookProperties, inputs),
      }),
    async recover([made]) {
      const { url, id } = made!;
      try {
        return { ...made!, secret: await webhooks.rotateSecret(id) };
      } catch (rotation) {
        throw new NotSettled(
          await held(session, made!),
          `webhook ${url} (id ${id}) exists, but its secret was lost with the answer to its creation, and another one was not to be ` +
            `had: ${(rotation as Error).message} Change rotateWhenChanged to get one.`,
        );
      }
    },
    // The life cycle looks once more, and makes it again.
    tries: 1,
  });
}

async function held({ api }: Session, webhook: Webhook, secret?: string): Promise<HeldWebhook> {
  return {
    webhook,
    applicationId: (await api.application()).id,
    ...(secret === undefined ? {} : { secret }),
  };
}

/** Whether the program asks for another secret; a first `rotateWhenChanged` does, too. */
function rotates(
  olds: { rotateWhenChanged?: Record<string, string> },
  news: { rotateWhenChanged?: Record<string, string> },
): boolean {
  if (news.rotateWhenChanged === undefined) return false;
  const text = (values: Record<string, string> | undefined) =>
    JSON.stringify(Object.entries(values ?? {}).sort());
  return text(olds.rotateWhenChanged) !== text(news.rotateWhenChanged);
}

function validateTriggers({ triggers }: WebhookInputs): Failure[] {
  if (!Array.isArray(triggers)) return [];
  if (triggers.length === 0) {
    return [
      {
        property: "triggers",
        reason:
          'triggers: given an empty list; allowed: one or more trigger types; for example triggers: ["message.created"]',
      },
    ];
  }
  return triggers.flatMap((trigger, i) => {
    if (holdsUnknown(trigger) || (TRIGGERS as readonly string[]).includes(trigger)) return [];
    if (
      /^(booking|notetaker)(\.[a-z]+(_[a-z]+)*)+$/.test(trigger) &&
      trigger.length <= 100 &&
      !trigger.endsWith(".truncated")
    )
      return [];
    const base = trigger.replace(/\.truncated$/, "");
    const hint =
      base === trigger
        ? `allowed: ${TRIGGERS.join(", ")}, booking.… and notetaker.…`
        : `payloads that are too large come under that name by themselves; allowed: ${base}`;
    return [
      {
        property: `triggers[${i}]`,
        reason: `triggers[${i}]: given ${show(trigger)}; ${hint}; for example triggers: ["message.created"]`,
      },
    ];
  });
}

/** An empty list where nothing stands. Where addresses stand, the change is refused. */
function validateEmails(
  { notificationEmails: now }: WebhookInputs,
  olds: WebhookInputs | undefined,
): Failure[] {
  if (!Array.isArray(now) || now.length > 0 || (olds && holdsEmails(olds))) return [];
  return [
    {
      property: "notificationEmails",
      reason:
        'notificationEmails: given an empty list, which the API ignores; allowed: one address or more, or no such line; for example notificationEmails: ["ops@example.com"]',
    },
  ];
}

/** The API ignores what is empty: silence would leave the old addresses in force. */
function cannotBeCleared({ notificationEmails: now }: WebhookInputs, olds: WebhookInputs): string[] {
  if (!holdsEmails(olds) || (now !== undefined && now.length > 0)) return [];
  return [
    `notificationEmails: it was ${show(olds.notificationEmails)} and cannot be emptied again, only changed (the API ignores an empty list). Write who should be ` +
      `written to; or take the webhook out, run pulumi up, and declare it anew, with a new secret.`,
  ];
}

function holdsEmails({ notificationEmails }: WebhookInputs): boolean {
  return notificationEmails !== undefined && notificationEmails.length > 0;
}

import { normalEmail } from "../nylas/addresses";
import * as pulumi from "@pulumi/pulumi";
import { type CommonInputs, type Context, type Definition } from "../core/definition";
import { NotSettled, UserError } from "../core/failure";
import { type Failure, show } from "../core/fields";
import { optionsFor, registered, typeToken } from "../hosts/dynamic/registration";
import { showRefusal } from "../hosts/dynamic/refusalsInPreview";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { holdsUnknown } from "../core/unknown";
import { whoseLabel } from "../core/whose";
import { type Webhook } from "../nylas/api";
import { growing, poll } from "../nylas/clock";
import { interruptible } from "../nylas/lifetime";
import { isLoopback } from "../nylas/credentials";
import { NylasError } from "../nylas/errors";
import { flag, isEmail, nameField } from "./fields";
import { applicationOwner, applicationScope, assertApplication, type Session, stillListed } from "./session";
import { theOnlyOne } from "./workspace";
import { isReadable } from "../nylas/readable";

/** What Nylas can tell a webhook of. A payload that is too large comes under the same name with `.truncated` behind it. */
export type NylasTrigger = (typeof TRIGGERS)[number] | `booking.${string}` | `notetaker.${string}`;

/** Arguments of {@link NylasWebhook}. */
export interface NylasWebhookArgs {
  /**
   * Where events are sent: a public https address, which has to answer Nylas' challenge (`GET` with `?challenge=…`: the token alone,
   * with 200, within ten seconds) when the webhook is made. Changed in place. API: `webhook_url`.
   */
  url: pulumi.Input<string>;
  /** What it is told of, as a set; one or more. Changed in place. API: `trigger_types`. */
  triggers: pulumi.Input<pulumi.Input<NylasTrigger>[]>;
  /** A name for people, 1 to 256 characters. Default: `project/stack/name`. Changed in place; never empty. API: `description`. */
  name?: pulumi.Input<string>;
  /**
   * Who is written to when deliveries fail, as a set. Changed in place. Cannot be taken away again, only changed: the API ignores an
   * empty list. API: `notification_email_addresses`.
   */
  notificationEmails?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether bodies are sent gzipped (the signature is over the compressed bytes). Default: false. Changed in place. API: `compressed_delivery`. */
  compressed?: pulumi.Input<boolean>;
  /** Whether nothing is sent for now. Default: false. Changed in place; going on needs the challenge again. API: `status` `pause`. */
  paused?: pulumi.Input<boolean>;
  /** Any values: when one of them changes, the secret is rotated. The old secret is dead at that moment. */
  rotateWhenChanged?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Take over a webhook that exists already (by address and triggers): true, or its id. Its secret stays unknown until it is rotated. */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/**
 * A webhook: Nylas sends events of **all** accounts of the application to it, so an application needs one, and a stack of its own
 * to hold it. Creating it waits up to two minutes (`customTimeouts`) for an address that does not answer the challenge yet.
 *
 * A webhook that Nylas gave up on (`failed`, after 72 hours of failures) is set going again by the next `pulumi up`.
 * API: [Webhooks](https://developer.nylas.com/docs/v3/notifications/).
 */
export class NylasWebhook extends pulumi.CustomResource {
  readonly url!: pulumi.Output<string>;
  readonly triggers!: pulumi.Output<string[]>;
  readonly name!: pulumi.Output<string>;
  readonly notificationEmails!: pulumi.Output<string[] | undefined>;
  readonly compressed!: pulumi.Output<boolean>;
  readonly paused!: pulumi.Output<boolean>;
  readonly rotateWhenChanged!: pulumi.Output<Record<string, string> | undefined>;
  /** `active`, `pause`, `failing` or `failed`. */
  readonly status!: pulumi.Output<string>;
  /**
   * A secret: what the header `x-nylas-signature` is made with (hex HMAC-SHA256 of the raw body). Nylas shows it at the create and
   * at a rotation alone; undefined for a webhook that was taken over, until it is rotated.
   */
  readonly secret!: pulumi.Output<string | undefined>;
  /** The application it belongs to. */
  readonly applicationId!: pulumi.Output<string>;

  constructor(name: string, args: NylasWebhookArgs, options?: pulumi.CustomResourceOptions) {
    super(
      typeToken("Webhook"),
      name,
      registered("Webhook", name, args, options, {
        outputs: [
          "url",
          "triggers",
          "name",
          "notificationEmails",
          "compressed",
          "paused",
          "rotateWhenChanged",
          "status",
          "secret",
          "applicationId",
        ],
        timeoutInput: "timeoutSeconds",
        mayBeRefused: true,
      }),
      optionsFor("Webhook", options, { secrets: ["secret"] }),
    );
    restoreStackDepth();
    showRefusal(this);
  }

  /** A webhook that is managed elsewhere, by its id; without its secret. Asks Nylas, in a preview too. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): NylasWebhook {
    return new NylasWebhook(name, undefined as never, { ...options, id });
  }
}

export interface WebhookInputs extends CommonInputs {
  url: string;
  triggers: string[];
  name?: string;
  notificationEmails?: string[];
  compressed?: boolean;
  paused?: boolean;
  rotateWhenChanged?: Record<string, string>;
  timeoutSeconds?: number;
}

/** A webhook, whose application the answer does not name, with its secret where this very answer had it. */
export interface HeldWebhook {
  webhook: Webhook;
  applicationId: string;
  secret?: string;
}

const TRIGGERS = [
  "message.delivered",
  "message.bounced",
  "message.complaint",
  "message.rejected",
  "message.created",
  "message.updated",
  "message.deleted",
  "message.created.cleaned",
  "message.send_success",
  "message.send_failed",
  "message.bounce_detected",
  "message.opened",
  "message.opened.legacy",
  "message.link_clicked",
  "message.link_clicked.legacy",
  "message.transactional.delivered",
  "message.transactional.bounced",
  "message.transactional.complaint",
  "message.transactional.rejected",
  "thread.replied",
  "thread.replied.legacy",
  "grant.created",
  "grant.updated",
  "grant.deleted",
  "grant.expired",
  "grant.imap_sync_completed",
  "calendar.created",
  "calendar.updated",
  "calendar.deleted",
  "event.created",
  "event.updated",
  "event.deleted",
  "contact.updated",
  "contact.deleted",
  "folder.created",
  "folder.updated",
  "folder.deleted",
] as const;

const DEFAULT_TIMEOUT_SECONDS = 120;
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 15_000;

export const webhook: Definition<WebhookInputs, HeldWebhook, Session> = {
  type: "Webhook",
  noun: "webhook",
  fields: (z) => ({
    url: {
      schema: z.string().check(z.refine(isAddress)),
      allowed: "a public https address, not one of ngrok's (http on a loopback address, for the simulator)",
      example: '"https://agents.example.com/nylas"',
      required: true,
    },
    triggers: {
      schema: z.array(z.string()),
      allowed: "a list of trigger types",
      example: '["message.created", "message.bounced"]',
      required: true,
    },
    name: nameField(z, "Mail events"),
    notificationEmails: {
      schema: z.array(z.string().check(z.refine(isEmail))),
      allowed: "a list of e-mail addresses",
      example: '["ops@example.com"]',
    },
    compressed: flag(z),
    paused: flag(z),
    rotateWhenChanged: {
      schema: z.record(z.string(), z.string()),
      allowed: "an object of texts",
      example: '{ quarter: "2027-1" }',
    },
    timeoutSeconds: { schema: z.number().check(z.gt(0)), allowed: "seconds", example: "120" },
  }),
  inputs: {
    directives: ["timeoutSeconds"],
    defaults: { compressed: false, paused: false },
    isNamedByDefault: true,
    normalForms: {
      triggers: (triggers) => [...new Set(triggers)].sort(),
      notificationEmails: (emails) => [...new Set(emails.map(normalEmail))].sort(),
    },
  },
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
    const made = await answering(context, inputs, () => makeOnce(context.session, inputs));
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
      }),
    );
    const secret = rotates(olds, news) ? await webhooks.rotateSecret(id) : undefined;
    return held(context.session, updated, secret);
  },
  delete: ({ session }, id) => session.api.webhooks.delete(id),

  id: ({ webhook }) => webhook.id,
  describe: ({ webhook }) => `webhook ${webhook.url} (id ${webhook.id})`,
  observed: ({ webhook }) => ({
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

/**
 * Creates it. Where the answer was lost the webhook may be there without its secret, which nobody has seen then: it is looked
 * for, and gets a new one.
 */
async function makeOnce(session: Session, inputs: WebhookInputs): Promise<Webhook & { secret: string }> {
  const { api } = session;
  const before = new Set((await api.webhooks.list()).map(({ id }) => id));
  try {
    return await api.webhooks.create({
      url: inputs.url,
      triggers: inputs.triggers,
      description: inputs.name!,
      compressed: inputs.compressed ?? false,
      ...(inputs.notificationEmails === undefined ? {} : { notificationEmails: inputs.notificationEmails }),
    });
  } catch (error) {
    if (!(error instanceof NylasError) || error.kind !== "ambiguous") throw error;
    const made = (await readableWebhooks(session)).find(
      (candidate) =>
        !before.has(candidate.id) && candidate.url === inputs.url && candidate.description === inputs.name,
    );
    if (!made) throw error;
    try {
      return { ...made, secret: await api.webhooks.rotateSecret(made.id) };
    } catch (rotation) {
      throw new NotSettled(
        await held(session, made),
        `webhook ${made.url} (id ${made.id}) exists, but its secret was lost with the answer to its creation, and another one was not to be ` +
          `had: ${(rotation as Error).message} Change rotateWhenChanged to get one.`,
      );
    }
  }
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

function isAddress(text: string): boolean {
  // What the parser would repair in silence (line breaks, blanks, missing slashes, letters of other alphabets) is sent as it stands.
  if (!/^https?:\/\/[\x21-\x5b\x5d-\x7e]{1,2040}$/i.test(text)) return false;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return false;
  }
  // "https://agents.example.com@127.0.0.1" leads to 127.0.0.1, whatever it looks like.
  if (url.username || url.password) return false;
  if (isLoopback(url.hostname)) return ["http:", "https:"].includes(url.protocol);
  return url.protocol === "https:" && !/(^|\.)ngrok(-free)?\.\w+$/.test(url.hostname);
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

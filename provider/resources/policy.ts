import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import { asSet, createMembers, observedMembers, updateMembers } from "../core/wireMembers";
import { answerOf } from "../nylas/answer";
import { policyProperties, type PolicyProperties } from "../properties/policy";
import { type CommonInputs, type Definition } from "../core/definition";
import { same } from "../core/equality";
import { Gone, UserError } from "../core/failure";
import { type Failure } from "../core/fields";
import { holdsUnknown } from "../core/unknown";
import { type Policy, type PolicyLimits, type SpamDetection, type Workspace } from "../nylas/api";
import { every, poll } from "../nylas/clock";
import { isReadable, textsShown } from "../nylas/readable";
import { KEEPING, type Keeping, keepsLess, leftOutLimits, shortened, withKeepingLock } from "./mailKeeping";
import {
  applicationOwner,
  applicationScope,
  certainly,
  assertApplication,
  type Session,
  stillListed,
} from "./session";
import { identityByName } from "./workspace";
import { workspacesWhere } from "./workspaceLooks";

export type PolicyInputs = CommonInputs & PolicyProperties;

export const policy: Definition<PolicyInputs, Policy, Session> = {
  type: "Policy",
  noun: "policy",
  fields: (z) => fieldsOf(policyProperties, z),
  inputs: inputHandlingOf<PolicyInputs>(policyProperties, {
    limits: (limits) =>
      limits.attachmentTypes
        ? { ...limits, attachmentTypes: asSet(limits.attachmentTypes.map((type) => type.toLowerCase())) }
        : limits,
  }),
  identity: identityByName("policy", ({ api }) => api.policies.list(), applicationScope),
  validation: {
    failures: (news) => retentionOrder(news.limits ?? {}),
    refusals: (news, olds) => [...unset(news, olds), ...mailLoss(news, olds)],
    warnings: (olds, news, stands) => [
      ...shortened(olds.limits ?? {}, news.limits ?? {})
        .filter((limit) => news.limits?.[limit] !== undefined && !holdsUnknown(news.limits[limit]))
        .map(
          (limit) =>
            `policy "${news.name}": ${KEEPING[limit]} go down to ${String(news.limits![limit])}; mail beyond that is deleted in every mailbox under it.` +
            (news.allowMailLoss === true ? ` ${stands("allowMailLoss")}` : ""),
        ),
      ...turnsAway(olds, news),
    ],
  },
  duplicates: { all: ({ api }) => api.policies.listAmongMany(), duplicateKey: ({ name }) => name },
  onRecorded: (session, id, outputs) => leftOutLimits(session).recorded(id, outputs),
  get: ({ api }, id) => api.policies.get(id),
  getBatched: ({ api }, id) => api.policies.getAmongMany(id),
  gone: {
    isListed: (session, id) => stillListed(session, () => session.api.policies.list(), id),
  },
  async create({ session }, inputs) {
    const { name, limits, spamDetection } = inputs;
    const made = await session.api.policies.create({
      name: name!,
      ...(limits ? { limits } : {}),
      ...(spamDetection ? { spamDetection } : {}),
      members: createMembers(policyProperties, inputs),
    });
    leftOutLimits(session).made(made.id, { limits });
    return made;
  },
  async update({ session }, { id, olds, news, changed }) {
    const limits = changedMembers(olds.limits, news.limits);
    const spamDetection = changedMembers(olds.spamDetection, news.spamDetection);
    return withKeepingLock(session, async () => {
      const now = await standing(session, id, news, limits, spamDetection);
      if (news.allowMailLoss !== true) assertKeepsAsMuch(now?.limits, limits);
      return session.api.policies.update(id, {
        ...(changed.has("name") ? { name: news.name! } : {}),
        ...whole("limits", news.limits, limits, now?.limits),
        ...whole("spamDetection", news.spamDetection, spamDetection, now?.spamDetection),
        members: updateMembers(policyProperties, news, changed),
      });
    });
  },
  delete: ({ session }, id) => session.api.policies.delete(id),
  deletionGuard: {
    async blocker({ session }, remote) {
      const using = await workspacesWith(session, remote.id);
      if (using.length === 0) return undefined;
      return (
        `policy "${remote.name}" (id ${remote.id}) is kept: ${using.map((workspace) => `workspace "${workspace.name}" (id ${workspace.id})`).join(", ")} ` +
        `still names it, and its accounts would run without limits. Take policyId off there first (or give it another policy), then delete this one.`
      );
    },
  },

  id: (remote) => remote.id,
  describe: (remote) => `policy "${remote.name}" (id ${remote.id})`,
  observed: (remote, declared) => ({
    ...observedMembers(policyProperties, answerOf(remote)),
    name: remote.name,
    limits: restrict(remote.limits, declared?.limits),
    spamDetection: restrict(remote.spamDetection, declared?.spamDetection),
  }),
  outputs: (remote, inputs, recorded) => ({
    applicationId: remote.applicationId,
    // The line may go afterwards, and what such a policy shows tells nothing of the plan.
    ...(inputs.adopt !== undefined || recorded.adopt !== undefined || recorded.takenOver === true
      ? { takenOver: true }
      : {}),
  }),
  owner: {
    of: applicationOwner,
    assert: assertApplication,
  },
};

/** The workspaces that name a policy. A list that still shows what this process has just taken away is asked again. */
async function workspacesWith(session: Session, policyId: string): Promise<Workspace[]> {
  const isLate = ({ id }: Workspace) => {
    const written = session.api.workspaces.policyJustWritten(id);
    return written !== undefined && written !== policyId;
  };
  const names = (each: Pick<Workspace, "policyId">) =>
    isReadable(each) ? each.policyId === policyId : textsShown(each, "policy_id").includes(policyId);
  const { seen } = await poll(session.clock, () => workspacesWhere(session, names, { others: true }), {
    until: (using) => !using.some(isLate),
    pauses: every(3_000),
  });
  return seen;
}

/** What costs no mail that is there, but some that would have come. */
function turnsAway(olds: PolicyInputs, news: PolicyInputs): string[] {
  const warnings: string[] = [];
  for (const [limit, what] of Object.entries({
    dailyReceives: "messages a day",
    messageBytes: "bytes of a message",
  } as const) as ["dailyReceives" | "messageBytes", string][]) {
    const now = news.limits?.[limit];
    if (now === undefined || holdsUnknown(now) || !keepsLess(olds.limits?.[limit], now)) continue;
    warnings.push(
      `policy "${news.name}": ${what} go down to ${String(now)}; what comes beyond that is turned away, in every mailbox under it.`,
    );
  }
  for (const [limit, what] of Object.entries({
    attachmentBytes: "bytes of an attachment",
    attachmentCount: "attachments of a message",
  } as const) as ["attachmentBytes" | "attachmentCount", string][]) {
    const now = news.limits?.[limit];
    if (now === undefined || holdsUnknown(now) || !keepsLess(olds.limits?.[limit], now)) continue;
    warnings.push(
      `policy "${news.name}": ${what} go down to ${String(now)}; mail with more than that may be turned away or lose attachments, in every mailbox under it.`,
    );
  }
  const types = news.limits?.attachmentTypes;
  if (Array.isArray(types) && allowsLess(olds.limits?.attachmentTypes, types)) {
    warnings.push(
      `policy "${news.name}": attachments of other types than ${types.join(", ")} are not allowed any more; mail with them may be turned away or lose them, ` +
        `in every mailbox under it.`,
    );
  }
  for (const [setting, what] of [
    ["dnsBlockLists", "DNS block lists"],
    ["headerAnomalies", "anomalies in the headers"],
  ] as const) {
    if (news.spamDetection?.[setting] !== true || olds.spamDetection?.[setting] === true) continue;
    warnings.push(
      `policy "${news.name}": spam is told by ${what} too; more mail is taken for spam from then on, which is kept for spamRetentionDays alone.`,
    );
  }
  const before = olds.spamDetection?.sensitivity ?? 1;
  const sensitivity = news.spamDetection?.sensitivity;
  if (typeof sensitivity === "number" && sensitivity > before) {
    warnings.push(
      `policy "${news.name}": spam sensitivity goes up from ${before} to ${sensitivity}; more mail is taken for spam from then on, which is kept for spamRetentionDays alone.`,
    );
  }
  return warnings;
}

/** Whether a type that was allowed is not allowed any more. None at all stands for all that the plan allows. */
function allowsLess(before: readonly string[] = [], now: readonly string[]): boolean {
  if (now.length === 0) return false;
  const allowed = now.map((type) => type.toLowerCase());
  const isAllowed = (type: string) =>
    allowed.includes(type) || allowed.includes(`${type.slice(0, type.indexOf("/"))}/*`);
  return before.length === 0 || !before.every((type) => isAllowed(type.toLowerCase()));
}

/** Why the two times that mail is kept cannot be declared together; nothing where they can. */
export function retentionOrder({
  inboxRetentionDays: inbox,
  spamRetentionDays: spam,
}: PolicyLimits): Failure[] {
  if (inbox === undefined || spam === undefined || holdsUnknown(inbox) || holdsUnknown(spam)) return [];
  if (inbox === "unlimited" && spam !== "unlimited") return [];
  if (typeof inbox === "number" && typeof spam === "number" && inbox > spam) return [];
  return [
    {
      property: "limits.spamRetentionDays",
      reason:
        `limits.spamRetentionDays: given ${JSON.stringify(spam)} with limits.inboxRetentionDays ${JSON.stringify(inbox)}; allowed: less ` +
        `than inboxRetentionDays; for example spamRetentionDays: 7 with inboxRetentionDays: 30`,
    },
  ];
}

/** The API merges field by field and has no verb to un-set one: silence would leave the old limit in force. */
function unset(news: PolicyInputs, olds: PolicyInputs): string[] {
  return (["limits", "spamDetection"] as const).flatMap((group) => {
    const before = (olds[group] ?? {}) as Record<string, unknown>;
    const after = news[group] as Record<string, unknown> | undefined;
    if (holdsUnknown(after) && typeof after === "string") return [];
    return Object.keys(before)
      .filter((key) => before[key] !== undefined && after?.[key] === undefined)
      .map(
        (key) =>
          `${group}.${key}: it was ${JSON.stringify(before[key])} and cannot be un-set: the API would keep the old value. Write what should ` +
          `hold instead (${group === "limits" ? '"unlimited", or the plan\'s maximum' : "the other value"}), or use a new policy and point the workspaces at it.`,
      );
  });
}

function mailLoss(news: PolicyInputs, olds: PolicyInputs): string[] {
  if (news.allowMailLoss === true || !news.limits || typeof news.limits === "string") return [];
  const before = olds.limits ?? {};
  return (Object.keys(KEEPING) as Keeping[])
    .filter((limit) => {
      const now = news.limits![limit];
      return (
        now !== undefined &&
        !holdsUnknown(now) &&
        !holdsUnknown(before[limit]) &&
        keepsLess(before[limit], now)
      );
    })
    .map(
      (limit) =>
        `limits.${limit}: going from ${before[limit] === undefined ? "the plan's maximum" : JSON.stringify(before[limit])} to ` +
        `${JSON.stringify(news.limits![limit])} deletes mail beyond it in every mailbox under this policy. If that is wanted, set ` +
        `allowMailLoss: true on the policy together with it.`,
    );
}

/** What is in force may be more than what was recorded (somebody raised it by hand): lowering it again deletes mail too. */
function assertKeepsAsMuch(now: PolicyLimits = {}, limits: PolicyLimits): void {
  const keeping = (Object.keys(KEEPING) as Keeping[]).filter((limit) => limits[limit] !== undefined);
  const less = keeping.filter((limit) => keepsLess(now[limit], limits[limit]));
  if (less.length === 0) return;
  throw new UserError(
    `limits.${less.join(", limits.")}: in force is ${less.map((limit) => String(now[limit] ?? "the plan's maximum")).join(", ")}, and lowering it to ` +
      `${less.map((limit) => String(limits[limit])).join(", ")} deletes mail beyond it. Nothing was changed. If that is wanted, set allowMailLoss: true on the policy.`,
  );
}

/**
 * The policy as it stands, where the write hangs on that: a shorter retention, or members that go along unchanged. What is recorded is no answer in
 * its place, because a limit that somebody raised since would be lowered by it.
 */
async function standing(
  session: Session,
  id: string,
  news: PolicyInputs,
  limits: PolicyLimits,
  spamDetection: SpamDetection,
): Promise<Policy | undefined> {
  const size = (group: object | undefined) => Object.keys(group ?? {}).length;
  const goesAlong = (changes: object, declared: object | undefined) =>
    size(changes) > 0 && size(declared) > size(changes);
  const needed =
    Object.keys(KEEPING).some((limit) => limit in limits) ||
    goesAlong(limits, news.limits) ||
    goesAlong(spamDetection, news.spamDetection);
  if (!needed) return undefined;
  const now = await certainly(session, session.api.policies, id);
  if (now) return now;
  throw new Gone(
    `policy "${news.name}" (id ${id}) is gone; run pulumi refresh, then pulumi up. Nothing was changed.`,
  );
}

/**
 * A group with every declared member. By one reading of the API a nested object is merged, by another it is replaced,
 * and both end in the same result this way. A member that is not edited goes along as it stands, so that an edit made
 * elsewhere is not taken back by this one.
 */
function whole<T extends object>(
  name: string,
  declared: T | undefined,
  changes: Partial<T>,
  now: T | undefined,
): Record<string, T> {
  if (Object.keys(changes).length === 0) return {};
  const unchanged = Object.keys(declared ?? {})
    .map((key) => [key, now?.[key as keyof T] ?? declared?.[key as keyof T]] as const)
    .filter(([, value]) => value !== undefined);
  return { [name]: { ...Object.fromEntries(unchanged), ...changes } as T };
}

function changedMembers<T extends object>(olds: T | undefined, news: T | undefined): Partial<T> {
  const before = (olds ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(news ?? {}).filter(([key, value]) => !same(before[key], value)),
  ) as Partial<T>;
}

/** The members that the program declares; all of them for an object that no program has declared yet. */
function restrict<T extends object>(remote: T, declared: T | undefined): T | undefined {
  if (declared === undefined) return Object.keys(remote).length > 0 ? remote : undefined;
  return Object.fromEntries(Object.entries(remote).filter(([key]) => key in declared)) as T;
}

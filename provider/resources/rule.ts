import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import { createMembers, observedMembers, updateMembers } from "../core/wireMembers";
import { answerOf } from "../nylas/answer";
import { ruleProperties, type RuleProperties } from "../properties/rule";
import { type CommonInputs, type Definition } from "../core/definition";
import { type Rule, type RuleCondition } from "../nylas/api";
import { shortLived } from "../nylas/systemFolders";
import { isAscii, normalItem } from "../properties/listItems";
import {
  conditionsWithMembers,
  forgetRulesOfWorkspaces,
  goneFrom,
  isMarked,
  knowRule,
  markedDescription,
  membersSeen,
  type SeenMembers,
  withoutMark,
  withoutMembers,
} from "./memberRules";
import { brakeText, stopsSending, workspacesNaming } from "./othersBrakes";
import { detachRule, withRulesLock } from "./ruleAttachments";
import { applicationOwner, applicationScope, assertApplication, type Session, stillListed } from "./session";
import { identityByName } from "./workspace";
import { validateConditions, validateActions, validateMembers } from "./ruleValidation";

export type RuleInputs = CommonInputs & RuleProperties;

/** A rule as a refresh has seen it: whether it misses somebody that it should hold for. */
type SeenRule = Rule & SeenMembers;

export const rule: Definition<RuleInputs, SeenRule, Session> = {
  type: "Rule",
  noun: "rule",
  fields: (z) => fieldsOf(ruleProperties, z),
  inputs: inputHandlingOf<RuleInputs>(ruleProperties, {
    includeMembers: (value) => value || undefined,
    conditions: (conditions) => conditions.map(normalCondition).sort(byText),
  }),
  identity: identityByName("rule", ({ api }) => api.rules.list(), applicationScope),
  validation: {
    failures: (news) => [...validateConditions(news), ...validateActions(news), ...validateMembers(news)],
    warnings: warnOfMail,
  },
  settling: {
    needsUpdate: ({ membersDiffer: differ }) => differ === true,
  },
  duplicates: { all: ({ api }) => api.rules.listAmongMany(), duplicateKey: ({ name }) => name },
  onRecorded: (session, id, { includeMembers }) => {
    knowRule(session, id, includeMembers === true);
  },
  get: ({ api }, id) => api.rules.get(id),
  async getBatched(session, id, { includeMembers, conditions, elsewhere }) {
    const found = await session.api.rules.getAmongMany(id);
    if (!found || includeMembers !== true || !Array.isArray(conditions)) return found;
    const seen = await membersSeen(session, found, conditions as RuleCondition[], elsewhere);
    return seen.membersDiffer ? { ...found, ...seen } : found;
  },
  gone: {
    isListed: (session, id) => stillListed(session, () => session.api.rules.list(), id),
  },
  async create({ session }, inputs) {
    const { name, match, conditions, actions, includeMembers } = inputs;
    const made = await session.api.rules.create({
      name: name!,
      conditions: conditions.map(sentCondition),
      actions,
      ...omitUndefined({ match }),
      members: createMembers(ruleProperties, described(inputs)),
    });
    knowRule(session, made.id, includeMembers === true);
    return made;
  },
  update: ({ session }, { id, olds, news, changed }) => {
    const write = (conditions: RuleCondition[], matches: boolean) =>
      session.api.rules.update(id, {
        ...(changed.has("name") ? { name: news.name! } : {}),
        members: updateMembers(
          ruleProperties,
          described(news),
          new Set([
            ...changed,
            ...(changed.has("includeMembers") ? ["description"] : []),
            // The API holds it against the conditions.
            ...(matches ? ["trigger"] : []),
          ]),
        ),
        ...(matches
          ? { ...omitUndefined({ match: news.match }), conditions: conditions.map(sentCondition) }
          : {}),
        ...(changed.has("actions") ? { actions: news.actions } : {}),
      });
    if (changed.has("includeMembers")) forgetRulesOfWorkspaces(session);
    knowRule(session, id, news.includeMembers === true);
    if (!news.includeMembers) {
      const differ = ["conditions", "match", "includeMembers"].some((key) => changed.has(key));
      return write(news.conditions, differ);
    }
    const gone = goneFrom(session, id, olds.elsewhere);
    return gone.then((emails) =>
      withRulesLock(session, async () => {
        // The answer to a write shows the rule as it stands; a read may be a minute old.
        const now = await session.api.rules.update(id, { name: news.name! });
        return write(await conditionsWithMembers(session, now, news.conditions, emails), true);
      }),
    );
  },
  deletionGuard: {
    // What another stack has paused is not to send because the rule of this one goes.
    async blocker({ session }, remote) {
      if (!stopsSending(remote)) return undefined;
      const naming = await workspacesNaming(session, remote.id);
      return naming.length > 0 ? brakeText(rule.describe(remote), naming) : undefined;
    },
  },
  async delete({ session, log }, id) {
    forgetRulesOfWorkspaces(session);
    const workspaces = await detachRule(session, id);
    if (workspaces.length > 0)
      await log("info", `rule ${id} was taken out of ${workspaces.join(", ")} before its deletion.`);
    return session.api.rules.delete(id);
  },

  id: (remote) => remote.id,
  describe: (remote) => `rule "${remote.name}" (id ${remote.id})`,
  observed: (remote, declared) => {
    const { name, description, match, conditions, actions } = remote;
    const shown = declared?.includeMembers && declared.conditions;
    return {
      ...observedMembers(ruleProperties, answerOf(remote)),
      name,
      description: withoutMark(description),
      match,
      conditions: shown ? withoutMembers(conditions, shown) : conditions,
      actions,
      includeMembers: isMarked(remote) ? true : undefined,
    };
  },
  outputs: (remote) => ({
    applicationId: remote.applicationId,
    ...(remote.membersDiffer ? { membersDiffer: true } : {}),
    ...(remote.elsewhere ? { elsewhere: remote.elsewhere } : {}),
  }),
  owner: {
    of: applicationOwner,
    assert: assertApplication,
  },
};

/** A rule for members says so in its description. */
function described(inputs: RuleInputs): RuleInputs {
  return inputs.includeMembers ? { ...inputs, description: markedDescription(inputs.description) } : inputs;
}

const CONSEQUENCES: Record<string, string> = {
  block: "is refused and never arrives (outgoing: is not sent)",
  markAsSpam: "goes to junk, where it is kept for spamRetentionDays alone",
  trash: "goes to trash, and what is there may be deleted",
  archive: "goes to the archive, past the inbox",
};

/** What becomes of mail from then on: another action, other conditions for one that was there, or a rule that is switched on. */
function warnOfMail(olds: RuleInputs, news: RuleInputs): string[] {
  if (news.enabled === false || !Array.isArray(news.actions)) return [];
  const textOf = (value: unknown) => JSON.stringify(value) ?? "";
  const wider =
    olds.enabled === false ||
    ["conditions", "match", "trigger"].some(
      (key) => textOf(olds[key as keyof RuleInputs]) !== textOf(news[key as keyof RuleInputs]),
    );
  return news.actions.flatMap((action) => {
    const consequence = typeof action === "string" ? CONSEQUENCES[action] : consequenceOfFolder(action);
    const stood = olds.actions?.some((each) => textOf(each) === textOf(action));
    if (consequence === undefined || (!wider && stood)) return [];
    return [`rule "${news.name}": mail that its conditions hold for ${consequence}.`];
  });
}

function consequenceOfFolder({ assignToFolder: folder }: { assignToFolder: string }): string | undefined {
  const kind = typeof folder === "string" ? shortLived(folder) : undefined;
  return kind && CONSEQUENCES[kind === "junk" ? "markAsSpam" : "trash"];
}

function normalCondition(condition: RuleCondition): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(condition).map(([name, value]) => [
      name,
      Array.isArray(value) ? [...new Set(value)].sort() : normalItem(String(value)),
    ]),
  );
}

/** A condition as it is sent: domains in punycode, because that is how they stand in a message. Everything else as it was written. */
function sentCondition<T extends RuleCondition>(condition: T): T {
  const whole = (["is", "isNot"] as const).find((test) => !isAscii((condition as Tests)[test] ?? ""));
  return whole === undefined
    ? condition
    : { ...condition, [whole]: normalItem((condition as Tests)[whole]!) };
}

type Tests = { is?: string; isNot?: string };

function byText(a: unknown, b: unknown): number {
  const [left, right] = [textOf(a), textOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function textOf(condition: unknown): string {
  return JSON.stringify(Object.entries(condition as object).sort());
}

function omitUndefined<T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

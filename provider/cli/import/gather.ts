/** The objects of a fleet as declarations of a program, each with what the state is to hold of it; and what cannot be one. */
import { type PolicyLimits, type RuleCondition, type Workspace } from "../../nylas/api";
import { account } from "../../resources/account";
import { defaultWorkspace } from "../../resources/defaultWorkspace";
import { list as listDefinition } from "../../resources/list";
import { accountProperties } from "../../properties/account";
import { defaultWorkspaceProperties } from "../../properties/defaultWorkspace";
import { listProperties } from "../../properties/list";
import { digestOfItems, normalItems } from "../../properties/listItems";
import { policyProperties } from "../../properties/policy";
import { ruleProperties } from "../../properties/rule";
import { webhookProperties } from "../../properties/webhook";
import { workspaceProperties } from "../../properties/workspace";
import { policy as policyDefinition, retentionOrder } from "../../resources/policy";
import { rule as ruleDefinition } from "../../resources/rule";
import { type Session } from "../../resources/session";
import { webhook as webhookDefinition } from "../../resources/webhook";
import { workspace as workspaceDefinition } from "../../resources/workspace";
import { type Fleet } from "./fleet";
import { domains } from "./gatherDomains";
import { type Progress } from "../progress";
import { type Bag, Recorder } from "./recorder";
import { domainOf, type Selection } from "./selection";
import { declared, type Gathered, Step, type Surroundings } from "./step";
import { Names, slug } from "./names";
import { holdsTokens, withoutTokens } from "../../shown";

/** Items of a list that stand in the program; more go into a file. */
const MOST_ITEMS = 200;

export async function gather(
  session: Session,
  fleet: Fleet,
  selection: Selection,
  { zones, ...surroundings }: Surroundings,
  progress: Progress,
): Promise<Gathered> {
  const gathered: Gathered = {
    domains: [],
    policies: new Map(),
    lists: new Map(),
    rules: new Map(),
    workspaces: new Map(),
    accounts: [],
    webhooks: [],
    left: [],
    held: 0,
    secrets: [],
    hints: [],
  };
  const step = new Step(new Recorder(session), gathered, surroundings);
  progress.now("holding what was read against what a program can say");
  await policies(step, fleet, selection);
  await lists(step, fleet, selection);
  await rules(step, fleet, selection);
  await workspaces(step, fleet, selection);
  await domains(step, session, fleet, selection, zones, progress);
  await accounts(step, fleet, selection, progress);
  await webhooks(step, fleet, selection);
  nameKeys(step, fleet);
  return gathered;
}

async function policies(step: Step, fleet: Fleet, selection: Selection): Promise<void> {
  if (!selection.kind("policies")) return;
  for (const policy of fleet.policies.filter(({ id }) => selection.policy(id))) {
    const { limits, comments } = declarable(policy.limits);
    const args = { ...declared(policyDefinition, policyProperties, policy), limits: orNothing(limits) };
    const imported = await step.bring(policyDefinition, policy, args, policy.name);
    if (!imported) continue;
    imported.comments.push(...comments);
    step.gathered.policies.set(policy.id, imported);
    const users = fleet.workspaces.filter(({ policyId }) => policyId === policy.id);
    const outside = users.filter((workspace) => !selection.workspace(workspace));
    if (outside.length > 0)
      step.gathered.hints.push(
        `${policyDefinition.describe(policy)} also holds for ${names(outside)}, which ${outside.length > 1 ? "are" : "is"} not brought in: a change of it here reaches the accounts there.`,
      );
  }
}

/**
 * Nylas shows the plan's maximum for a limit that was never set, and takes no policy that keeps spam as long as the inbox. Where it shows
 * such a pair, at least one of the two was never set.
 */
function declarable(limits: PolicyLimits): { limits: PolicyLimits; comments: string[] } {
  if (retentionOrder(limits).length === 0) return { limits, comments: [] };
  const { spamRetentionDays, ...rest } = limits;
  return {
    limits: rest,
    comments: [
      `spamRetentionDays is left out: Nylas shows ${String(spamRetentionDays)}, which is the plan's maximum. To declare it, ` +
        `give less than inboxRetentionDays (${String(limits.inboxRetentionDays)}).`,
    ],
  };
}

async function lists(step: Step, fleet: Fleet, selection: Selection): Promise<void> {
  if (!selection.kind("lists")) return;
  const files = new Names();
  for (const { list, items } of fleet.lists.filter(({ list }) => selection.list(list.id))) {
    const { name } = list;
    const sorted = normalItems(items);
    const path = sorted.length > MOST_ITEMS ? `lists/${files.unique(slug(name, "list"))}.txt` : undefined;
    const contents: Bag = path ? { itemsFile: path, itemsDigest: digestOfItems(sorted) } : { items: sorted };
    const imported = await step.bring(
      listDefinition,
      { list, items },
      { ...declared(listDefinition, listProperties, { list, items: undefined }), ...contents },
      name,
    );
    if (!imported) continue;
    // The constructor makes it of the file.
    delete imported.args.itemsDigest;
    const file = path === undefined ? undefined : { path, text: `${sorted.join("\n")}\n` };
    step.gathered.lists.set(list.id, file ? { ...imported, file } : imported);
  }
}

async function rules(step: Step, fleet: Fleet, selection: Selection): Promise<void> {
  if (!selection.kind("rules")) return;
  for (const rule of fleet.rules.filter(({ id }) => selection.rule(id))) {
    const { description, conditions } = rule;
    const args = declared(ruleDefinition, ruleProperties, rule);
    // One for all members names them as its conditions, and a program can say so much.
    const imported = await step.bring(
      ruleDefinition,
      rule,
      { ...args, ...(description === undefined ? {} : { description }), includeMembers: undefined },
      rule.name,
    );
    if (!imported) continue;
    step.gathered.rules.set(rule.id, imported);
    const known = new Set(fleet.lists.map(({ list }) => list.id));
    const gone = inLists(conditions).filter((id) => !known.has(id));
    if (gone.length > 0)
      step.gathered.hints.push(
        `${ruleDefinition.describe(rule)} looks into ${gone.length > 1 ? "lists" : "a list"} that Nylas does not show (${gone.join(", ")}): that condition matches nothing.`,
      );
  }
}

async function workspaces(step: Step, fleet: Fleet, selection: Selection): Promise<void> {
  if (!selection.kind("workspaces")) return;
  for (const workspace of fleet.workspaces.filter((each) => selection.workspace(each))) {
    const { id, name, isDefault, policyId, ruleIds } = workspace;
    const home = isDefault || id === fleet.application.defaultWorkspaceId;
    const imported = home
      ? await step.bring(
          defaultWorkspace,
          workspace,
          declared(defaultWorkspace, defaultWorkspaceProperties, workspace),
          "default",
          [
            fleet.policies.find((each) => each.id === policyId)?.name,
            ...fleet.rules.filter((each) => ruleIds.includes(each.id)).map((each) => each.name),
          ],
        )
      : await step.bring(
          workspaceDefinition,
          workspace,
          declared(workspaceDefinition, workspaceProperties, workspace),
          name,
        );
    if (!imported) continue;
    const gone = [
      ...(policyId !== undefined && !fleet.policies.some((each) => each.id === policyId)
        ? [`policy ${policyId}`]
        : []),
      ...ruleIds
        .filter((rule) => !fleet.rules.some((each) => each.id === rule))
        .map((rule) => `rule ${rule}`),
    ];
    if (gone.length > 0) {
      const what = `names ${gone.join(", ")}, which Nylas does not show (any more). Take it out in a change of its own.`;
      imported.comments.push(`It ${what}`);
      step.gathered.hints.push(`workspace "${name}" (id ${id}) ${what}`);
    }
    if (home) step.gathered.defaultWorkspace = imported;
    else step.gathered.workspaces.set(id, { ...imported, workspace });
  }
}

async function accounts(step: Step, fleet: Fleet, selection: Selection, progress: Progress): Promise<void> {
  if (!selection.kind("accounts")) return;
  const home =
    fleet.application.defaultWorkspaceId ?? fleet.workspaces.find(({ isDefault }) => isDefault)?.id;
  const meant = fleet.grants.filter((grant) => selection.account(grant));
  let done = 0;
  for (const grant of meant) {
    if (++done % 50 === 0) progress.now(`declaring accounts: ${done} of ${meant.length}`);
    const { email, workspaceId, hasAppPassword, provider } = grant;
    if (provider !== "nylas") {
      const place = fleet.workspaces.find(({ id }) => id === (workspaceId ?? home));
      step.leave(
        `mailbox ${email} (${provider}, id ${grant.id})`,
        `its owner has connected it, and a program cannot make it or grant that anew. It stays ${place ? `in workspace "${place.name}"` : "in no workspace"}, under its policy and rules`,
      );
      continue;
    }
    const held = { grant, application: fleet.application };
    const imported = await step.bring(
      account,
      held,
      {
        ...declared(account, accountProperties, held),
        email: `${email.slice(0, email.lastIndexOf("@"))}@${domainOf(email)}`,
        // An account that names none is in the default workspace, and one that is there names none.
        workspaceId: workspaceId === home ? undefined : workspaceId,
      },
      email,
      [fleet.workspaces.find(({ id }) => id === workspaceId)?.name],
    );
    if (!imported) continue;
    if (hasAppPassword === true) {
      imported.comments.push(
        "It has an app password, which Nylas does not show. appPassword here would set another one.",
      );
      step.gathered.secrets.push(
        `the app password of ${email}: it goes on working, and the program leaves it out`,
      );
    }
    step.gathered.accounts.push({ ...imported, grant });
  }
  if (meant.some(({ provider, hasAppPassword }) => provider === "nylas" && hasAppPassword === undefined))
    step.gathered.secrets.push(
      "whether accounts have app passwords: Nylas does not say; what is set goes on working",
    );
}

async function webhooks(step: Step, fleet: Fleet, selection: Selection): Promise<void> {
  if (!selection.kind("webhooks") || !selection.applicationWide) return;
  for (const webhook of fleet.webhooks) {
    const { url, description } = webhook;
    const held = { webhook, applicationId: fleet.application.id };
    const imported = await step.bring(
      webhookDefinition,
      held,
      declared(webhookDefinition, webhookProperties, held),
      description ?? withoutTokens(url),
    );
    if (!imported) continue;
    imported.comments.push(
      "Its secret cannot be read back: webhook.secret is undefined until rotateWhenChanged is set, which ends the old one.",
    );
    if (holdsTokens(url)) {
      imported.comments.push(
        "Its address holds what may be a token: put it into the configuration (pulumi config set --secret), and read it from there.",
      );
    }
    step.gathered.secrets.push(
      `the secret of webhook ${withoutTokens(url)}: keep it where it is, or rotate it later with rotateWhenChanged`,
    );
    step.gathered.webhooks.push(imported);
  }
}

/** Keys of tenants are shown once, at their making; what is left of them to manage is not worth the risk of a second one. */
function nameKeys(step: Step, fleet: Fleet): void {
  // The key that reads is one as well, and no tenant's.
  const tenants = fleet.principals?.filter(({ binding }) => binding.type !== "organization") ?? [];
  for (const { id, name, binding } of tenants) {
    step.leave(
      `principal "${name}" (id ${id}, for ${binding.type} ${binding.id})`,
      "its API keys cannot be read back; they go on working",
    );
  }
}

export function inLists(conditions: RuleCondition[]): string[] {
  return conditions.flatMap(({ inList }) => inList ?? []);
}

function names(workspaces: Workspace[]): string {
  const shown = workspaces.slice(0, 5).map(({ name }) => `workspace "${name}"`);
  return workspaces.length > shown.length
    ? `${shown.join(", ")} and ${workspaces.length - shown.length} more`
    : shown.join(", ");
}

function orNothing<T extends object>(group: T): T | undefined {
  return Object.keys(group).length > 0 ? group : undefined;
}

/** The objects of a fleet as declarations of a program, each with what the state is to hold of it; and what cannot be one. */
import {
  type Domain,
  type Grant,
  type PolicyLimits,
  type RuleCondition,
  type Workspace,
} from "../../nylas/api";
import { type CommonInputs, type Definition } from "../../core/definition";
import { same } from "../../core/equality";
import { type PropertyTable } from "../../core/types";
import { typeToken } from "../../hosts/dynamic/tokens";
import { account } from "../../resources/account";
import { defaultWorkspace } from "../../resources/defaultWorkspace";
import { domain as domainDefinition, type HeldDomain } from "../../resources/domain";
import { domainRecords } from "../../resources/domainRecords";
import { domainVerification } from "../../resources/domainVerification";
import { list as listDefinition } from "../../resources/list";
import { accountProperties } from "../../properties/account";
import { defaultWorkspaceProperties } from "../../properties/defaultWorkspace";
import { domainProperties } from "../../properties/domain";
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
import { bearsNameOf, foreignStack } from "./foreign";
import { type DomainDns, readDns, type WholeDomain, type Zones } from "./dns";
import { type Fleet } from "./fleet";
import { type Progress } from "../progress";
import { type Bag, type Recorded, Recorder } from "./recorder";
import { domainOf, type Selection } from "./selection";
import { Names, slug } from "./names";
import { holdsTokens, withoutTokens } from "../../shown";

/** A declaration and its entry in the state. */
export interface ImportedResource {
  /** As in `pulumi-nodejs:dynamic/nylas:Policy`. */
  type: string;
  id: string;
  /** What it is called at Nylas. */
  title: string;
  /** The arguments, with the ids of others as they are. */
  args: Bag;
  inputs: Bag;
  outputs: Bag;
  /** What a reader of the program should know, a line each. */
  comments: string[];
}

export interface ImportedDomain extends ImportedResource {
  domain: Domain;
  dns?: DomainDns;
  /** The parts of an AgentDomain that are resources of ours. */
  records?: ImportedResource;
  verification?: ImportedResource;
}

export interface ImportedWorkspace extends ImportedResource {
  workspace: Workspace;
}

export interface ImportedAccount extends ImportedResource {
  grant: Grant;
}

export interface ImportedList extends ImportedResource {
  /** Where its items are too many for the program and the state: the file that they go to. */
  file?: { path: string; text: string };
}

/** What stays as it is, outside the program. */
export interface LeftOut {
  what: string;
  why: string;
}

export interface Gathered {
  domains: ImportedDomain[];
  policies: Map<string, ImportedResource>;
  lists: Map<string, ImportedList>;
  rules: Map<string, ImportedResource>;
  workspaces: Map<string, ImportedWorkspace>;
  defaultWorkspace?: ImportedResource;
  accounts: ImportedAccount[];
  webhooks: ImportedResource[];
  left: LeftOut[];
  /** How many objects the stack holds already. */
  held: number;
  /** What an API that never shows it again keeps from us. */
  secrets: string[];
  /** What is brought in as it is, and should be looked at. */
  hints: string[];
}

/** What else there is to know. */
export interface Surroundings {
  /** Where DNS records are looked for; undefined: nowhere. */
  zones: Zones | undefined;
  /** What the state holds already, as `type id`. */
  held: ReadonlySet<string>;
  connection: string | undefined;
  /** `project/stack` of the stack that all of it is for. */
  target: string | undefined;
  /** Bring in what bears the default name of another stack, too. */
  includeForeign: boolean;
}

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

/** Records one object after the other. */
class Step {
  constructor(
    private readonly recorder: Recorder,
    readonly gathered: Gathered,
    private readonly around: Omit<Surroundings, "zones">,
  ) {}

  /**
   * The object as a declaration; undefined, and named, where it cannot be one. `named` is what tells whose it is: its own name,
   * or that of what it lives in.
   */
  async bring<Remote>(
    definition: Pick<Definition<never, Remote, Session>, "type" | "describe" | "id">,
    remote: Remote,
    args: Bag,
    title: string,
    named = [args.name],
  ): Promise<ImportedResource | undefined> {
    const { target, includeForeign } = this.around;
    if (this.around.held.has(`${typeToken(definition.type)} ${definition.id(remote)}`)) {
      this.gathered.held++;
      return undefined;
    }
    const foreign = named.map((name) => foreignStack(name, target)).find((stack) => stack !== undefined);
    const where = definition.type === "AgentAccount" ? "is in a workspace that " : "";
    if (foreign !== undefined && !includeForeign) {
      this.leave(
        definition.describe(remote),
        `it ${where}${bearsNameOf(foreign)}, and two stacks would undo each other's changes. If no stack holds it any more, --include-foreign brings it in`,
      );
      return undefined;
    }
    const recorded = await this.try(definition, remote, args);
    if ("problem" in recorded) {
      this.leave(definition.describe(remote), recorded.problem);
      return undefined;
    }
    const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
    const comments: string[] = [];
    if (foreign !== undefined) {
      comments.push(
        `It ${where}${bearsNameOf(foreign)}: take it out of that stack first (pulumi state delete).`,
      );
      this.gathered.hints.push(
        `${definition.describe(remote)} ${where}${bearsNameOf(foreign)}: take it out of that stack first (pulumi state delete), or both change and delete it.`,
      );
    }
    return {
      type: definition.type,
      id: definition.id(remote),
      title,
      args: given,
      ...recorded,
      comments,
    };
  }

  try<Remote>(definition: object, remote: Remote, args: Bag): Promise<Recorded> {
    const { connection } = this.around;
    return this.recorder.record(
      definition as Definition<object, Remote, Session>,
      remote,
      present({ ...args, connection }),
    );
  }

  leave(what: string, why: string): void {
    this.gathered.left.push({ what, why });
  }
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

async function domains(
  step: Step,
  { api, settings }: Session,
  fleet: Fleet,
  selection: Selection,
  zones: Zones | undefined,
  progress: Progress,
): Promise<void> {
  if (!selection.kind("domains")) return;
  if (!fleet.domains) {
    step.leave(
      "every domain",
      `domains cannot be read without the organization key (NYLAS_ORGANIZATION_KEY), which was not given`,
    );
    return;
  }
  let done = 0;
  for (const domain of fleet.domains) {
    progress.now(`looking at ${domain.address} (${++done} of ${fleet.domains.length} domains)`);
    const what = domainDefinition.describe(domain);
    if (domain.branded) {
      if (selection.applicationWide || selection.domain(domain))
        step.leave(what, "it is a trial domain, which comes from the Dashboard and needs no resource");
      continue;
    }
    if (!selection.domain(domain)) {
      if (selection.applicationWide)
        step.leave(
          what,
          `no account and no workspace of this application uses it, and domains are the organization's: it may be another application's. --domain ${domain.address} brings it in`,
        );
      continue;
    }
    const held: HeldDomain = {
      ...domain,
      ...(settings.apiKey && fleet.application.organizationId === domain.organizationId
        ? { applicationId: fleet.application.id }
        : {}),
    };
    const args = declared(domainDefinition, domainProperties, held);
    const imported = await step.bring(domainDefinition, held, args, domain.address);
    if (!imported) continue;
    const dns = zones && (await readDns(api, zones, domain));
    if (!dns) {
      step.gathered.domains.push({ ...imported, domain });
      continue;
    }
    const whole = "zone" in dns ? dns.whole : undefined;
    const parts = whole && (await agentDomain(step, domain, whole, zones.vendor.name));
    const why = !("zone" in dns) ? dns.why : typeof parts === "string" ? parts : dns.why;
    if (why !== undefined) {
      const plain = "zone" in dns && dns.plain.length > 0;
      step.gathered.hints.push(
        `${domain.address} is brought in as a NylasDomain ${plain ? "with its records one by one" : "without DNS records"}, not as an AgentDomain: ${why}.`,
      );
      imported.comments.push(`Not an AgentDomain: ${why}.`);
    }
    step.gathered.domains.push({
      ...imported,
      domain,
      ...("zone" in dns ? { dns } : {}),
      ...(typeof parts === "object" ? parts : {}),
    });
  }
}

/** The two resources of ours that an AgentDomain has beside the domain, or why they cannot be. */
async function agentDomain(
  step: Step,
  domain: Domain,
  { adapted, slots, args }: WholeDomain,
  vendor: string,
): Promise<{ records: ImportedResource; verification: ImportedResource } | string> {
  const { dmarc: _, ...asked } = slots;
  const place = { domainId: domain.id, domainName: domain.address };
  const known = args.known && { spf: { ...slots.spf, value: args.known.spf.value } };
  const { dkimKeyLength, allowApex } = args;
  const record = async (
    definition: typeof domainRecords | typeof domainVerification,
    remote: object,
    inputs: Bag,
  ): Promise<ImportedResource | string> => {
    const recorded = await step.try(definition, remote, inputs);
    if ("problem" in recorded) return recorded.problem;
    return {
      type: definition.type,
      id: domain.id,
      title: domain.address,
      args: inputs,
      ...recorded,
      comments: [],
    };
  };
  const records = await record(
    domainRecords,
    { domain, records: asked },
    present({ ...place, dkimKeyLength, known, allowApex }),
  );
  if (typeof records === "string") return records;
  const verification = await record(
    domainVerification,
    { domainName: domain.address, domain, status: "verified", problems: [] },
    {
      ...place,
      records: slots,
      wait: true,
      publishedBy: vendor,
      publishedAt: `${vendor}:${String(adapted.args["zoneId"])}`,
    },
  );
  return typeof verification === "string" ? verification : { records, verification };
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
        "Its address holds what may be a token: put it into the configuration (pulumi config set --secret), and give it with config.requireSecret.",
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

/** What a program says of an object that stands, in the order of the table. What is as it would be without a line gets none. */
function declared<Inputs extends CommonInputs, Remote>(
  { observed, inputs }: Pick<Definition<Inputs, Remote, Session>, "observed" | "inputs">,
  properties: PropertyTable,
  remote: Remote,
): Bag {
  const seen = observed(remote) as Bag;
  const isSaid = (name: string, value: unknown) =>
    value !== undefined &&
    !same(value, inputs?.defaults?.[name as keyof Inputs]) &&
    !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(
    Object.keys(properties).flatMap((name) => (isSaid(name, seen[name]) ? [[name, seen[name]]] : [])),
  );
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

function present(args: Bag): Bag {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}

/** The program and the import file that belongs to it: each resource stands in both, under the same name. */
import { typeToken } from "../../hosts/dynamic/tokens";
import { comment, Expression, literal } from "./code";
import { type Fleet } from "./fleet";
import {
  type ImportedResource,
  type ImportedAccount,
  type ImportedDomain,
  type ImportedList,
  type Gathered,
} from "./step";
import { Names, slug, variable } from "./names";
import { domainOf } from "./selection";
import { type PlannedTenant } from "./tenants";
import { installedVersion, type StandingRecord, type Vendor } from "./vendors";

/** An entry of the file that `pulumi import --file` reads. */
export interface Entry {
  type: string;
  /** Unique in the file. */
  name: string;
  /** The resource's name, where it is another. */
  logicalName?: string;
  parent?: string;
  component?: true;
  id?: string;
  version?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

export interface Layout {
  program: string;
  entries: Entry[];
  /** Files that the program reads. */
  files: { path: string; text: string }[];
}

export interface Target {
  vendor: Vendor | undefined;
  /** As the program's reader is told. */
  importFile: string;
  /** The set of credentials that every resource names. */
  connection: string | undefined;
  /** Names that the stack has given out already. */
  taken: { type: string; name: string }[];
}

export function layOut(
  fleet: Fleet,
  gathered: Gathered,
  tenants: PlannedTenant[],
  { vendor, importFile, connection, taken }: Target,
): Layout {
  const writer = new Writer(vendor, connection);
  for (const { type, name } of taken) writer.taken(type, name);
  // What a tenant makes itself is named after it; nothing beside it is to have the same name.
  for (const { name } of tenants) writer.reserve(name);
  const inTenants = new Set<ImportedResource>(tenants.flatMap(partsOf));
  const flat = <T extends ImportedResource>(all: Iterable<T>): T[] =>
    [...all].filter((each) => !inTenants.has(each));

  for (const domain of flat(gathered.domains)) writer.domain(domain);
  for (const list of flat(gathered.lists.values())) writer.list(list);
  for (const rule of flat(gathered.rules.values())) writer.rule(rule);
  for (const policy of flat(gathered.policies.values())) writer.policy(policy);
  if (gathered.defaultWorkspace) writer.defaultWorkspace(gathered.defaultWorkspace);
  for (const workspace of flat(gathered.workspaces.values())) writer.workspace(workspace);
  for (const tenant of tenants) writer.tenant(tenant);
  for (const account of flat(gathered.accounts)) writer.account(account);
  for (const webhook of gathered.webhooks) writer.webhook(webhook);
  return { program: writer.text(fleet, gathered, importFile), entries: writer.entries, files: writer.files };
}

/** What a tenant declares itself; a domain that it shares with others is declared beside. */
function partsOf({
  workspace,
  accounts,
  policy,
  lists,
  rules,
  domain,
  domainIsShared,
}: PlannedTenant): ImportedResource[] {
  return [
    workspace,
    ...accounts.values(),
    ...lists.values(),
    ...rules.values(),
    ...(policy ? [policy] : []),
    ...(domain && !domainIsShared ? [domain] : []),
  ];
}

interface Statement {
  section: string;
  comments: string[];
  /** Given a `const` where something refers to it. */
  variable: string;
  code: string;
}

const TITLES = {
  Domains: "Domains",
  Lists: "Lists",
  Rules: "Rules",
  Policies:
    "Policies. Nylas shows every limit that is in force; one that was never set stands here as the plan's maximum.",
  Workspaces: "Workspaces",
  Tenants: "Tenants",
  Accounts: "Accounts",
  Webhooks: "Webhooks",
};
const SECTIONS = Object.keys(TITLES) as (keyof typeof TITLES)[];

/**
 * An imported entry depends on nothing. So the verification of a domain precedes the delete of its records only once
 * an `up` has recorded that. The engine takes its own protection off each record by itself, also in an `up` that
 * fails before it comes to the verification.
 */
const PROTECTED = { protect: true } as const;

const PROTECTION = [
  "Keep { protect: true } of a domain, or of a tenant with one, until a pulumi up has ended well: before that, nothing else guards its DNS records.",
];

class Writer {
  readonly entries: Entry[] = [];
  readonly files: { path: string; text: string }[] = [];
  readonly #statements: Statement[] = [];
  readonly #variables = new Names();
  readonly #resources = new Map<string, Names>();
  readonly #entryNames = new Names();
  /** The variables of what others refer to, by its id. */
  readonly #declared = new Map<string, string>();
  readonly #agentDomains = new Map<string, string>();
  readonly #used = new Set<string>();
  readonly #imports = new Map<string, Set<string>>();
  readonly #version: string | undefined;
  /** Whether an AgentDomain is protected. */
  #protects = false;

  constructor(
    private readonly vendor: Vendor | undefined,
    private readonly connection: string | undefined,
  ) {
    this.#version = vendor && installedVersion(vendor.resource.module, vendor.folder);
  }

  taken(type: string, name: string): void {
    const isRecord = type === this.vendor?.resource.type;
    this.#name(isRecord ? "record" : type.split(":").at(-1)!, name);
  }

  reserve(tenant: string): void {
    for (const type of ["Domain", "Policy", "Workspace"]) this.#name(type, tenant);
  }

  domain(domain: ImportedDomain): void {
    const { address } = domain.domain;
    const name = this.#name("Domain", address);
    if (domain.records && domain.dns?.whole) {
      const known = this.#variable(name, "domain");
      this.#agentDomains.set(address, known);
      const args = { domainName: address, ...this.#published(domain) };
      this.#statement("Domains", domain.comments, known, "AgentDomain", name, args, PROTECTED);
      this.#agentDomainEntries(name, domain, undefined);
      return;
    }
    this.#resource("Domains", "NylasDomain", "domain", name, domain);
    for (const record of domain.dns?.plain ?? []) this.#plainRecord(record);
  }

  list(list: ImportedList): void {
    this.#resource("Lists", "NylasList", "list", this.#name("List", slug(list.title, "list")), list);
    this.#keep(list);
  }

  rule(rule: ImportedResource): void {
    const name = this.#name("Rule", slug(rule.title, "rule"));
    this.#resource("Rules", "NylasRule", "rule", name, rule, this.#rule(rule.args, new Map()));
  }

  policy(policy: ImportedResource): void {
    this.#resource(
      "Policies",
      "NylasPolicy",
      "policy",
      this.#name("Policy", slug(policy.title, "policy")),
      policy,
    );
  }

  defaultWorkspace(workspace: ImportedResource): void {
    const name = this.#name("DefaultWorkspace", "default");
    this.#resource(
      "Workspaces",
      "NylasDefaultWorkspace",
      "workspace",
      name,
      workspace,
      this.#keeping(workspace.args),
    );
  }

  workspace(workspace: ImportedResource): void {
    const name = this.#name("Workspace", slug(workspace.title, "workspace"));
    this.#resource(
      "Workspaces",
      "NylasWorkspace",
      "workspace",
      name,
      workspace,
      this.#keeping(workspace.args),
    );
  }

  account(account: ImportedAccount): void {
    const { email, workspaceId, ...rest } = account.args;
    const address = String(email);
    const domain = this.#agentDomains.get(domainOf(address));
    const alias = address.slice(0, address.lastIndexOf("@"));
    const args = {
      email: domain === undefined ? email : this.#use(domain, `.mailbox(${literal(alias)})`),
      ...rest,
      ...(workspaceId === undefined ? {} : { workspaceId: this.#reference(String(workspaceId)) }),
    };
    this.#resource("Accounts", "AgentAccount", "account", this.#name("AgentAccount", address), account, args);
  }

  webhook(webhook: ImportedResource): void {
    const name = this.#name("Webhook", slug(webhook.title, "webhook"));
    this.#resource("Webhooks", "NylasWebhook", "webhook", name, webhook);
  }

  tenant(tenant: PlannedTenant): void {
    const { workspace, accounts, policy, lists, rules, domain, domainIsShared, trial } = tenant;
    const name = this.#name("Tenant", tenant.name);
    const parent = this.#entry({ type: "pulumi-nylas:index:Tenant", logicalName: name, component: true });
    const { policyId, ruleIds, ...settings } = workspace.args;
    const ownRules = new Set([...rules.values()].map(({ id }) => id));
    const shared = ((ruleIds ?? []) as string[]).filter((id) => !ownRules.has(id));
    const parts = new Map([...lists].map(([part, { id }]) => [id, part]));
    const args: Record<string, unknown> = {
      ...this.#tenantDomain(domain, domainIsShared, trial, name),
      accounts: Object.fromEntries(
        [...accounts].map(
          ([
            alias,
            {
              args: { email: _e, workspaceId: _w, ...rest },
            },
          ]) => [alias, rest],
        ),
      ),
      policy: policy?.args,
      policyId: policyId === undefined || policy ? undefined : this.#reference(String(policyId)),
      lists: members(lists, ({ args }) => args),
      rules: members(rules, (rule) => this.#rule(rule.args, parts)),
      ruleIds: shared.length > 0 ? shared.map((id) => this.#reference(id)) : undefined,
      workspace: settings,
    };
    const commented: ImportedResource[] = [workspace, ...(policy ? [policy] : []), ...accounts.values()];
    const comments = commented.flatMap((each) =>
      each.comments.map((line) => (each === workspace || each === policy ? line : `${each.title}: ${line}`)),
    );
    const own = domain && !domainIsShared ? domain : undefined;
    const options = own && PROTECTED;
    this.#statement("Tenants", comments, this.#variable(name, "tenant"), "Tenant", name, args, options);

    if (own) this.#agentDomainEntries(name, own, parent);
    if (policy) this.#recorded(policy, name, parent);
    for (const [part, list] of lists) this.#recorded(this.#keep(list), `${name}/${part}`, parent);
    for (const [part, rule] of rules) this.#recorded(rule, `${name}/${part}`, parent);
    this.#recorded(workspace, name, parent);
    for (const [alias, account] of accounts)
      this.#recorded(account, `${name}/${alias}${trial ? "@trial" : ""}`, parent);
  }

  text({ application }: Fleet, { left }: Gathered, importFile: string): string {
    const head = [
      `Written by pulumi-nylas import: what stands in application ${application.id} (${application.region}), as it stands.`,
      `It belongs to ${importFile}; take that into the state before anything else:`,
      `  pulumi import --file ${importFile} --generate-code=false --yes`,
      "The preview after it is empty. pulumi up then records what depends on what, and writes nothing at Nylas.",
      ...(this.#protects ? PROTECTION : []),
    ].map(comment);
    const imports = [...this.#imports]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([module, names]) => {
        const list = [...names].sort();
        const line = `import { ${list.join(", ")} } from "${module}";`;
        return line.length <= 110
          ? line
          : `import {\n${list.map((each) => `  ${each},\n`).join("")}} from "${module}";`;
      });
    const body = SECTIONS.flatMap((section) => {
      const statements = this.#statements.filter((each) => each.section === section);
      if (statements.length === 0) return [];
      return ["", comment(TITLES[section]), ...statements.flatMap((each) => ["", ...this.#shown(each)])];
    });
    const rest =
      left.length === 0
        ? []
        : ["", comment("Not brought in:"), ...left.map(({ what, why }) => comment(`- ${what}: ${why}.`))];
    // Without anything imported or exported it would be a script, whose names are everybody's.
    const modules = imports.length > 0 ? imports : ["export {};"];
    return [...head, "", ...modules, ...body, ...rest, ""].join("\n");
  }

  #shown({ comments, variable, code }: Statement): string[] {
    return [...comments.map(comment), `${this.#used.has(variable) ? `const ${variable} = ` : ""}${code}`];
  }

  #tenantDomain(
    domain: ImportedDomain | undefined,
    isShared: boolean,
    trial: PlannedTenant["trial"],
    tenant: string,
  ): Record<string, unknown> {
    if (trial)
      return {
        trial:
          trial.prefix === `${tenant}-`
            ? trial.domainName
            : { domainName: trial.domainName, prefix: trial.prefix },
      };
    const { address } = domain!.domain;
    if (isShared) return { domain: this.#use(this.#agentDomains.get(address)!, "") };
    const { dns, ...domainArgs } = this.#published(domain!);
    return { domainName: address, dns, domainArgs };
  }

  /** The arguments of an AgentDomain beside its name. */
  #published(domain: ImportedDomain): Record<string, unknown> {
    const { module, functionName } = this.vendor!.adapter;
    const { adapted, args } = domain.dns!.whole!;
    this.#import(module, functionName);
    return {
      dns: new Expression(`${functionName}(${literal(adapted.args, 2)})`),
      name: domain.args.name,
      ...args,
    };
  }

  #agentDomainEntries(name: string, domain: ImportedDomain, tenant: string | undefined): void {
    const component = this.#entry({
      type: "pulumi-nylas:index:AgentDomain",
      logicalName: name,
      component: true,
      ...(tenant === undefined ? {} : { parent: tenant }),
    });
    this.#recorded(domain, name, component);
    this.#recorded(domain.records!, name, component);
    for (const [suffix, record] of domain.dns!.whole!.adapted.records)
      this.#vendorEntry(`${name}-${suffix}`, record, component);
    this.#recorded(domain.verification!, name, component);
    this.#protects = true;
  }

  #plainRecord(record: StandingRecord): void {
    const { module, className } = this.vendor!.resource;
    const name = this.#name("record", `${record.name}-${record.type.toLowerCase()}`);
    this.#import(module, className);
    // No verification depends on it, so nothing of ours is asked before its delete.
    this.#statement("Domains", [], this.#variable(name, "record"), className, name, record.args, PROTECTED);
    this.#vendorEntry(name, record, undefined);
  }

  /** Read by the vendor's own plugin, of the version that the program has. */
  #vendorEntry(logicalName: string, record: StandingRecord, parent: string | undefined): void {
    this.#entry({
      type: this.vendor!.resource.type,
      logicalName,
      ...(parent === undefined ? {} : { parent }),
      id: record.importId,
      ...(this.#version === undefined ? {} : { version: this.#version }),
    });
  }

  #resource(
    section: string,
    className: string,
    kind: string,
    name: string,
    imported: ImportedResource,
    args: Record<string, unknown> = imported.args,
  ): void {
    const known = this.#variable(name, kind);
    this.#declared.set(imported.id, known);
    this.#statement(section, imported.comments, known, className, name, args);
    this.#recorded(imported, name, undefined);
  }

  #statement(
    section: string,
    comments: string[],
    variable: string,
    className: string,
    name: string,
    args: Record<string, unknown>,
    options?: { protect: true },
  ): void {
    const ours = className !== this.vendor?.resource.className;
    if (ours) this.#import("pulumi-nylas", className);
    const all = ours ? { ...args, connection: this.connection } : args;
    const given = Object.values(all).some((value) => value !== undefined) ? `, ${literal(all)}` : "";
    this.#statements.push({
      section,
      comments,
      variable,
      code: `new ${className}(${literal(name)}${given}${options ? `, ${literal(options)}` : ""});`,
    });
  }

  #recorded(
    { type, id, inputs, outputs }: ImportedResource,
    logicalName: string,
    parent: string | undefined,
  ): void {
    this.#entry({
      type: typeToken(type),
      logicalName,
      ...(parent === undefined ? {} : { parent }),
      id,
      inputs,
      outputs,
    });
  }

  #entry(entry: Omit<Entry, "name"> & { logicalName: string }): string {
    const { logicalName, type, ...rest } = entry;
    const name = this.#entryNames.unique(logicalName, ` (${type.split(":").at(-1)}) `);
    this.entries.push({ type, name, ...(name === logicalName ? {} : { logicalName }), ...rest });
    return name;
  }

  #keep<T extends ImportedList>(list: T): T {
    if (list.file) this.files.push(list.file);
    return list;
  }

  #keeping({ policyId, ruleIds, ...rest }: Record<string, unknown>): Record<string, unknown> {
    return {
      ...rest,
      policyId: policyId === undefined ? undefined : this.#reference(String(policyId)),
      ruleIds: (ruleIds as string[] | undefined)?.map((id) => this.#reference(id)),
    };
  }

  /** A rule with the lists it looks into by their variables, or by the names that a tenant has for them. */
  #rule(args: Record<string, unknown>, parts: ReadonlyMap<string, string>): Record<string, unknown> {
    const conditions = args.conditions as { inList?: string[] }[];
    return {
      ...args,
      conditions: conditions.map((condition) =>
        condition.inList
          ? { ...condition, inList: condition.inList.map((id) => parts.get(id) ?? this.#reference(id)) }
          : condition,
      ),
    };
  }

  /** The id of an object: of the program's own by its variable, of others as it is. */
  #reference(id: string): unknown {
    const known = this.#declared.get(id);
    return known === undefined ? id : this.#use(known, ".id");
  }

  #use(variable: string, rest: string): Expression {
    this.#used.add(variable);
    return new Expression(`${variable}${rest}`);
  }

  #name(type: string, wanted: string): string {
    const names = this.#resources.get(type) ?? new Names();
    this.#resources.set(type, names);
    return names.unique(wanted);
  }

  #variable(resource: string, kind: string): string {
    return this.#variables.unique(variable(resource, kind), "");
  }

  #import(module: string, name: string): void {
    const names = this.#imports.get(module) ?? new Set<string>();
    this.#imports.set(module, names.add(name));
  }
}

function members<T>(
  parts: ReadonlyMap<string, T>,
  as: (part: T) => unknown,
): Record<string, unknown> | undefined {
  if (parts.size === 0) return undefined;
  return Object.fromEntries([...parts].map(([name, part]) => [name, as(part)]));
}

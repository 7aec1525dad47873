/** The program and the import file that belongs to it: each resource stands in both, under the same name. */
import { dynamicComponentToken, nativeToken, typeToken } from "../../hosts/dynamic/tokens";
import { type Fleet } from "./fleet";
import { PRINTERS } from "./languages";
import { type Host, type Language } from "./languages/language";
import { Dns, Mailbox, Reference, type Statement } from "./program";
import {
  type ImportedResource,
  type ImportedAccount,
  type ImportedDomain,
  type ImportedList,
  type Gathered,
} from "./step";
import { Names, slug } from "./names";
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
  language: Language;
  host: Host;
  /** As the program's reader is told. */
  importFile: string;
  /** The set of credentials that every resource names. */
  connection: string | undefined;
  /** Names that the stack has given out already. */
  taken: { type: string; name: string }[];
}

export function layOut(fleet: Fleet, gathered: Gathered, tenants: PlannedTenant[], target: Target): Layout {
  const { importFile, taken } = target;
  const writer = new Writer(target);
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

/**
 * An imported entry depends on nothing. So the verification of a domain precedes the delete of its records only once
 * an `up` has recorded that. The engine takes its own protection off each record by itself, also in an `up` that
 * fails before it comes to the verification.
 */
const PROTECTED = true;

class Writer {
  readonly entries: Entry[] = [];
  readonly files: { path: string; text: string }[] = [];
  readonly #statements: Statement[] = [];
  readonly #resources = new Map<string, Names>();
  readonly #entryNames = new Names();
  /** What others refer to, by its id. */
  readonly #declared = new Map<string, Statement>();
  readonly #agentDomains = new Map<string, Statement>();
  readonly #version: string | undefined;
  /** Whether an AgentDomain is protected. */
  #protects = false;

  constructor(private readonly target: Target) {
    const { vendor } = target;
    this.#version = vendor && installedVersion(vendor.resource.module, vendor.folder);
  }

  /** Whether components are the native plugin's. In Node they are made of dynamic resources. */
  get #hasNativeComponents(): boolean {
    return this.target.language !== "typescript";
  }

  taken(type: string, name: string): void {
    const isRecord = type === this.target.vendor?.resource.type;
    this.#name(isRecord ? "record" : type.split(":").at(-1)!, name);
  }

  reserve(tenant: string): void {
    for (const type of ["Domain", "Policy", "Workspace"]) this.#name(type, tenant);
  }

  domain(domain: ImportedDomain): void {
    const { address } = domain.domain;
    const name = this.#name("Domain", address);
    if (domain.records && domain.dns?.whole) {
      const args = { domainName: address, ...this.#published(domain) };
      const declared = { of: "component", type: "AgentDomain" } as const;
      const { comments } = domain;
      const statement = { section: "Domains", comments, declared, name, noun: "domain", args } as const;
      this.#agentDomains.set(address, this.#statement({ ...statement, isProtected: PROTECTED }));
      this.#agentDomainEntries(name, domain, undefined);
      return;
    }
    this.#resource("Domains", "domain", name, domain);
    for (const record of domain.dns?.plain ?? []) this.#plainRecord(record);
  }

  list(list: ImportedList): void {
    this.#resource("Lists", "list", this.#name("List", slug(list.title, "list")), list);
    this.#keep(list);
  }

  rule(rule: ImportedResource): void {
    const name = this.#name("Rule", slug(rule.title, "rule"));
    this.#resource("Rules", "rule", name, rule, this.#rule(rule.args, new Map()));
  }

  policy(policy: ImportedResource): void {
    this.#resource("Policies", "policy", this.#name("Policy", slug(policy.title, "policy")), policy);
  }

  defaultWorkspace(workspace: ImportedResource): void {
    const name = this.#name("DefaultWorkspace", "default");
    this.#resource("Workspaces", "workspace", name, workspace, this.#keeping(workspace.args));
  }

  workspace(workspace: ImportedResource): void {
    const name = this.#name("Workspace", slug(workspace.title, "workspace"));
    this.#resource("Workspaces", "workspace", name, workspace, this.#keeping(workspace.args));
  }

  account(account: ImportedAccount): void {
    const { email, workspaceId, ...rest } = account.args;
    const address = String(email);
    const domain = this.#agentDomains.get(domainOf(address));
    const alias = address.slice(0, address.lastIndexOf("@"));
    // A key in a path of Pulumi's YAML has no way to write a backslash.
    const isReferred = domain !== undefined && !(this.#hasNativeComponents && alias.includes("\\"));
    const args = {
      email: isReferred ? new Mailbox(domain, alias) : email,
      ...rest,
      ...(workspaceId === undefined ? {} : { workspaceId: this.#reference(String(workspaceId)) }),
    };
    this.#resource("Accounts", "account", this.#name("AgentAccount", address), account, args);
  }

  webhook(webhook: ImportedResource): void {
    const name = this.#name("Webhook", slug(webhook.title, "webhook"));
    this.#resource("Webhooks", "webhook", name, webhook);
  }

  tenant(tenant: PlannedTenant): void {
    const { workspace, accounts, policy, lists, rules, domain, domainIsShared, trial } = tenant;
    const name = this.#name("Tenant", tenant.name);
    const parent = this.#entry({ type: this.#component("Tenant"), logicalName: name, component: true });
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
    const declared = { of: "component", type: "Tenant" } as const;
    const isProtected = own ? PROTECTED : false;
    this.#statement({ section: "Tenants", comments, declared, name, noun: "tenant", args, isProtected });

    if (own) this.#agentDomainEntries(name, own, parent);
    if (policy) this.#recorded(policy, name, parent);
    for (const [part, list] of lists) this.#recorded(this.#keep(list), `${name}/${part}`, parent);
    for (const [part, rule] of rules) this.#recorded(rule, `${name}/${part}`, parent);
    this.#recorded(workspace, name, parent);
    for (const [alias, account] of accounts)
      this.#recorded(account, `${name}/${alias}${trial ? "@trial" : ""}`, parent);
  }

  text({ application }: Fleet, { left }: Gathered, importFile: string): string {
    const { language, host } = this.target;
    const head = (protect: string) => [
      `Written by pulumi-nylas import: what stands in application ${application.id} (${application.region}), as it stands.`,
      `It belongs to ${importFile}; take that into the state before anything else:`,
      `  pulumi import --file ${importFile} --generate-code=false --yes`,
      "The preview after it is empty. pulumi up then records what depends on what, and writes nothing at Nylas.",
      ...(this.#protects
        ? [
            `Keep ${protect} of a domain, or of a tenant with one, until a pulumi up has ended well: before that, nothing else guards its DNS records.`,
          ]
        : []),
    ];
    const rest = left.map(({ what, why }) => `- ${what}: ${why}.`);
    const program = {
      head,
      statements: this.#statements,
      left: rest.length > 0 ? ["Not brought in:", ...rest] : [],
    };
    return PRINTERS[language](program, host);
  }

  #tenantDomain(
    domain: ImportedDomain | undefined,
    isShared: boolean,
    trial: PlannedTenant["trial"],
    tenant: string,
  ): Record<string, unknown> {
    if (trial) {
      const { domainName, prefix } = trial;
      if (prefix !== `${tenant}-`) return { trial: { domainName, prefix } };
      return { trial: this.#hasNativeComponents ? { domainName } : domainName };
    }
    const { address } = domain!.domain;
    if (isShared) return { domain: new Reference(this.#agentDomains.get(address)!, "itself") };
    const { dns, ...domainArgs } = this.#published(domain!);
    return { domainName: address, dns, domainArgs };
  }

  /** The arguments of an AgentDomain beside its name. */
  #published(domain: ImportedDomain): Record<string, unknown> {
    const { name, adapter } = this.target.vendor!;
    const { adapted, args } = domain.dns!.whole!;
    return {
      dns: new Dns(name, adapter, adapted.args),
      name: domain.args.name,
      ...args,
    };
  }

  #agentDomainEntries(name: string, domain: ImportedDomain, tenant: string | undefined): void {
    const component = this.#entry({
      type: this.#component("AgentDomain"),
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
    const { resource } = this.target.vendor!;
    const name = this.#name("record", `${record.name}-${record.type.toLowerCase()}`);
    const declared = { of: "vendor", resource } as const;
    // No verification depends on it, so nothing of ours is asked before its delete.
    const statement = { section: "Domains", comments: [], declared, name, noun: "record" } as const;
    this.#statement({ ...statement, comments: [], args: record.args, isProtected: PROTECTED });
    this.#vendorEntry(name, record, undefined);
  }

  /** Read by the vendor's own plugin, of the version that the program has. */
  #vendorEntry(logicalName: string, record: StandingRecord, parent: string | undefined): void {
    this.#entry({
      type: this.target.vendor!.resource.type,
      logicalName,
      ...(parent === undefined ? {} : { parent }),
      id: record.importId,
      ...(this.#version === undefined ? {} : { version: this.#version }),
    });
  }

  #resource(
    section: Statement["section"],
    noun: string,
    name: string,
    imported: ImportedResource,
    args: Record<string, unknown> = imported.args,
  ): void {
    const declared = { of: "kind", type: imported.type } as const;
    const { comments } = imported;
    const statement = this.#statement({ section, comments, declared, name, noun, args, isProtected: false });
    this.#declared.set(imported.id, statement);
    this.#recorded(imported, name, undefined);
  }

  #statement(statement: Statement): Statement {
    const { declared, args } = statement;
    const { connection } = this.target;
    const made = declared.of === "vendor" ? statement : { ...statement, args: { ...args, connection } };
    this.#statements.push(made);
    return made;
  }

  #recorded(
    { type, id, inputs, outputs }: ImportedResource,
    logicalName: string,
    parent: string | undefined,
  ): void {
    const isNative = this.target.host === "native" && (parent === undefined || this.#hasNativeComponents);
    this.#entry({
      type: isNative ? nativeToken(type) : typeToken(type),
      logicalName,
      ...(parent === undefined ? {} : { parent }),
      id,
      inputs: isNative ? withoutText(inputs) : inputs,
      outputs: isNative ? withoutText(outputs) : outputs,
    });
  }

  #component(type: "AgentDomain" | "Tenant"): string {
    return this.#hasNativeComponents ? nativeToken(type) : dynamicComponentToken(type);
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
    return known === undefined ? id : new Reference(known, "id");
  }

  #name(type: string, wanted: string): string {
    const names = this.#resources.get(type) ?? new Names();
    this.#resources.set(type, names);
    return names.unique(wanted);
  }
}

/** What a dynamic resource is served by. The native plugin has no use for it. */
function withoutText({ __provider: _provider, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

function members<T>(
  parts: ReadonlyMap<string, T>,
  as: (part: T) => unknown,
): Record<string, unknown> | undefined {
  if (parts.size === 0) return undefined;
  return Object.fromEntries([...parts].map(([name, part]) => [name, as(part)]));
}

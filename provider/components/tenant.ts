import * as pulumi from "@pulumi/pulumi";
import type { DnsInstructions } from "../dns/adapters/adapter";
import { show } from "../core/fields";
import { neverIgnoreRules, assertNotOnComponent } from "../hosts/dynamic/resourceOptions";
import { type AgentAccount } from "../classes/account";
import { type NylasRuleArgs } from "../classes/rule";
import { type NylasOutboundCondition } from "../classes/types";
import { aliasesOfChild, withAliasesForChildren } from "./aliases";
import { AgentDomain, omitUndefined } from "./agentDomain";
import { type Kinds, kindsOf, servedBy } from "./served";
import { type Address, BRAKE, planTenant, type Plan, type PlannedAccount } from "./tenantPlan";
import { type TenantArgs, type TenantApiKeyArgs } from "./tenantArgs";

/**
 * A customer as one component. It holds a domain of its own with its DNS records (or the trial domain), a workspace
 * with policy and rules, and accounts in it.
 *
 * ```ts
 * const customerA = new Tenant("customer-a", {
 *   domainName: "agents.customer-a.com",
 *   dns: cloudflareDns({ zoneId, zoneName }),
 *   policy: { limits: { dailySends: 50 } },
 *   accounts: { scheduling: { displayName: "Scheduling" }, billing: {} },
 * });
 * export const grantIds = customerA.grantIds;
 * ```
 *
 * The second `up` changes nothing. What goes wrong with one tenant stops no other under `pulumi up --continue-on-error`. A mailbox that holds mail is guarded
 * here as everywhere (see {@link AgentAccount}).
 */
export class Tenant extends pulumi.ComponentResource {
  /** The accounts in use, by alias. */
  readonly accounts: Readonly<Record<string, AgentAccount>>;
  /** After the switch: the accounts that stay on the trial domain, by alias. */
  readonly trialAccounts: Readonly<Record<string, AgentAccount>>;
  /** Their addresses by alias, known in a preview. */
  readonly addresses: pulumi.Output<Record<string, string>>;
  /** Their grant ids by alias. */
  readonly grantIds: pulumi.Output<Record<string, string>>;
  /** The workspace they are in. */
  readonly workspaceId: pulumi.Output<string>;
  /** Which domain they run on. */
  readonly accountsOn: "trial" | "own";
  /** Whether they may send. */
  readonly sending: "on" | "paused";
  /**
   * Of the own domain: `verified` (with `accountsOn: "trial"`: the switch is possible), `pending` until then, `lost` when it was verified once and is no more. `trial` where there
   * is none.
   */
  readonly status: pulumi.Output<"verified" | "pending" | "lost" | "trial">;
  /** The own domain; undefined where there is none. */
  readonly domain: AgentDomain | undefined;
  /** The records to hand to whoever publishes them, with `zoneFile`. */
  readonly dnsInstructions: pulumi.Output<DnsInstructions | undefined>;
  /** The tenant's key, a secret; undefined without `apiKey`. */
  readonly apiKey: pulumi.Output<string | undefined>;
  readonly #kinds: Kinds;

  constructor(name: string, args: TenantArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planTenant(name, args);
    assertNotOnComponent(`Tenant ${show(name)}`, opts);
    const children: { of?: pulumi.Resource } = {};
    const isOwnChild = (parent?: pulumi.Resource) => parent !== undefined && parent === children.of;
    const kinds = kindsOf(new.target);
    const type = kinds.token("Tenant");
    const formerType = kinds.formerToken?.("Tenant");
    super(type, name, {}, withAliasesForChildren(type, name, opts, isOwnChild, formerType));
    this.#kinds = kinds;
    children.of = this;
    const { connection, domainArgs, policy, sending = "on" } = args;
    const child = { parent: this };

    this.domain =
      args.domain ??
      (plan.ownDomain === undefined
        ? undefined
        : new (domainClassOf(kinds))(
            name,
            omitUndefined({ ...domainArgs, domainName: plan.ownDomain, dns: args.dns!, connection }),
            omitUndefined({
              ...child,
              customTimeouts: opts?.customTimeouts,
              aliases: [
                ...(args.domainAliases ?? []),
                ...aliasesOfChild(type, name, opts, name, kinds.token("AgentDomain"), formerType),
              ],
            }),
          ));

    const policyId = policy
      ? new kinds.Policy(name, omitUndefined({ ...policy, connection }), child).id
      : args.policyId;
    const declared = this.#rules(name, args);
    if (sending === "paused") neverIgnoreRules(this);
    const brake =
      sending === "paused" ? this.#brake(name, plan, connection, args.domain !== undefined) : undefined;
    const rules = brake ? [...declared, brake] : declared;
    const workspace = new kinds.Workspace(
      name,
      omitUndefined({
        ...args.workspace,
        policyId,
        ruleIds: rules.length > 0 ? rules : undefined,
        connection,
      }),
      child,
    );

    this.accountsOn = plan.accountsOn;
    const make = ({ alias, resource, email, args: account }: PlannedAccount): [string, AgentAccount] => [
      alias,
      new kinds.Account(
        resource,
        omitUndefined({
          ...account,
          email: this.#address(plan, email),
          workspaceId: workspace.id,
          connection,
        }),
        child,
      ),
    ];
    this.accounts = Object.fromEntries(plan.inUse.map(make));
    this.trialAccounts = Object.fromEntries(plan.staying.map(make));
    if (plan.staying.length > 0) void pulumi.log.info(whatStays(name, plan), this);

    const each = Object.entries(this.accounts);
    this.addresses = pulumi.output(Object.fromEntries(each.map(([alias, { email }]) => [alias, email])));
    this.grantIds = pulumi.output(Object.fromEntries(each.map(([alias, { id }]) => [alias, id])));
    this.workspaceId = workspace.id;
    this.sending = sending;
    this.status = this.domain?.status ?? pulumi.output("trial" as const);
    this.dnsInstructions = this.domain?.dnsInstructions ?? pulumi.output(undefined);
    this.apiKey = args.apiKey
      ? this.#key(name, args.apiKey, workspace.id, connection)
      : pulumi.output(undefined);
    this.#smokeTest(name, args);
    const { accountsOn, addresses, grantIds, workspaceId, status } = this;
    this.registerOutputs({ accountsOn, sending, addresses, grantIds, workspaceId, status });
  }

  /** @deprecated The former name of `dnsInstructions`; it goes with the next release. */
  get handover(): pulumi.Output<DnsInstructions | undefined> {
    return this.dnsInstructions;
  }

  /** One on the own domain waits for its verification, and goes before the records do. */
  #address({ accountsOn }: Plan, { alias, domainName }: Address): pulumi.Input<string> {
    const own = accountsOn === "own" && domainName === undefined;
    return own ? this.domain!.mailbox(alias) : `${alias}@${domainName}`;
  }

  #rules(tenant: string, args: TenantArgs): pulumi.Input<string>[] {
    const { connection } = args;
    const child = { parent: this };
    const lists = Object.fromEntries(
      Object.entries(args.lists ?? {}).map(([name, list]) => [
        name,
        new this.#kinds.List(`${tenant}/${name}`, omitUndefined({ ...list, connection }), child).id,
      ]),
    );
    const own = Object.entries(args.rules ?? {}).map(
      ([name, rule]) =>
        new this.#kinds.Rule(
          `${tenant}/${name}`,
          omitUndefined({ ...withLists(rule, lists), connection }) as NylasRuleArgs,
          child,
        ).id,
    );
    return [...(args.ruleIds ?? []), ...own];
  }

  /**
   * Its conditions name the tenant's senders, one by one, and `includeMembers` every other account in the workspace.
   * Nylas' documents disagree on where outbound rules run: for the workspaces that name them, or for the whole
   * application. A brake of one tenant must never stop another.
   */
  #brake(
    tenant: string,
    { inUse, staying, ownDomain }: Plan,
    connection: pulumi.Input<string> | undefined,
    sharedDomain: boolean,
  ): pulumi.Output<string> {
    const addresses: pulumi.Input<string>[] = [...inUse, ...staying].map(({ email }) =>
      email.domainName === undefined && ownDomain === undefined
        ? pulumi.interpolate`${email.alias}@${this.domain!.domainName}`
        : `${email.alias}@${email.domainName ?? ownDomain}`,
    );
    const conditions: NylasOutboundCondition[] = [
      ...(ownDomain === undefined || sharedDomain ? [] : [{ field: "from.domain" as const, is: ownDomain }]),
      ...addresses.map((is) => ({ field: "from.address" as const, is })),
    ];
    // A rule needs a condition, also while the tenant declares no account. Nobody has an address on this name.
    if (conditions.length === 0) conditions.push({ field: "from.domain", is: "no-account.invalid" });
    const rule = new this.#kinds.Rule(
      `${tenant}/${BRAKE}`,
      omitUndefined({
        trigger: "outbound" as const,
        match: "any" as const,
        priority: 0,
        conditions,
        actions: ["block"] as const,
        includeMembers: true,
        description: `${tenant} is paused: nothing is sent until sending: "paused" is taken away.`,
        connection,
      }),
      { parent: this },
    );
    return rule.id;
  }

  #smokeTest(name: string, { smokeTest = false, sending, connection }: TenantArgs): void {
    const accounts = Object.values(this.accounts);
    if (smokeTest === false || accounts.length === 0) return;
    new this.#kinds.SmokeTest(
      name,
      omitUndefined({
        accounts: accounts.map(({ id }) => id),
        sender: typeof smokeTest === "object" && smokeTest.send === true ? accounts[0]!.id : undefined,
        paused: sending === "paused" ? true : undefined,
        connection,
      }),
      { parent: this },
    );
  }

  #key(
    name: string,
    { expiresAt, enabled, rotateWhenChanged, permissions, roles }: TenantApiKeyArgs,
    workspaceId: pulumi.Output<string>,
    connection: pulumi.Input<string> | undefined,
  ): pulumi.Output<string | undefined> {
    const principal = new this.#kinds.Principal(
      name,
      omitUndefined({ boundTo: { workspace: workspaceId }, permissions, roles, connection }),
      { parent: this },
    );
    return new this.#kinds.ApiKey(
      name,
      omitUndefined({ principalId: principal.id, expiresAt, enabled, rotateWhenChanged, connection }),
      { parent: this },
    ).secret;
  }
}

/** The class of the tenant's own domain, whose children are served like the tenant's. */
function domainClassOf(kinds: Kinds): typeof AgentDomain {
  if (kindsOf(AgentDomain) === kinds) return AgentDomain;
  const known = domainClasses.get(kinds);
  if (known !== undefined) return known;
  const made = class extends AgentDomain {};
  servedBy(made, kinds);
  domainClasses.set(kinds, made);
  return made;
}

const domainClasses = new WeakMap<Kinds, typeof AgentDomain>();

/** A rule with the tenant's lists in place of their names. */
function withLists(rule: NylasRuleArgs, lists: Record<string, pulumi.Output<string>>): object {
  const resolve = (id: unknown) => (typeof id === "string" && Object.hasOwn(lists, id) ? lists[id] : id);
  const conditions: unknown = rule.conditions;
  if (!Array.isArray(conditions)) return rule;
  return {
    ...rule,
    conditions: conditions.map((condition: { inList?: unknown } | null) =>
      Array.isArray(condition?.inList)
        ? { ...condition, inList: condition.inList.map(resolve) }
        : (condition as unknown),
    ),
  };
}

/** Said on every run until the trial mailboxes are gone: there are two for each account, and only people know when one is enough. */
function whatStays(name: string, { inUse, staying, ownDomain, retire }: Plan): string {
  const address = ({ alias, domainName }: Address) =>
    `${alias}@${domainName ?? ownDomain ?? "the own domain"}`;
  const list = (accounts: PlannedAccount[]) => accounts.map(({ email }) => address(email)).join(", ");
  const trialDomain = staying[0]!.email.domainName;
  return (
    `Tenant ${name}: the accounts run on the own domain: ${list(inUse)}. Their mailboxes on the trial domain stay, with the mail in them, and go on receiving: ` +
    `${list(staying)}. ` +
    (retire
      ? "retire is set: once this is recorded by an up, taking trial away deletes them with their mail."
      : `When nobody writes there any more: trial: { domainName: ${show(trialDomain)}, retire: true }, pulumi up, and then take trial away, which deletes them.`)
  );
}

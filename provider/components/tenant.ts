import * as pulumi from "@pulumi/pulumi";
import type { DnsAdapter, Handover } from "../dns/adapter";
import { show } from "../lifecycle/fields";
import { neverIgnoreRules, refuseOnComponent } from "../lifecycle/resourceOptions";
import { AgentAccount, type AgentAccountArgs } from "../resources/account";
import type * as ApiKeys from "../resources/apiKey";
import { NylasList, type NylasListArgs } from "../resources/list";
import { NylasPolicy, type NylasPolicyArgs } from "../resources/policy";
import type * as Principals from "../resources/principal";
import { NylasRule, type NylasOutboundCondition, type NylasRuleArgs } from "../resources/rule";
import { NylasSmokeTest } from "../resources/smokeTest";
import { NylasWorkspace, type NylasWorkspaceArgs } from "../resources/workspace";
import { aliasesOfChild, withAliasesForChildren } from "./aliases";
import { AgentDomain, type AgentDomainArgs, given } from "./agentDomain";
import { type Address, BRAKE, judge, type Plan, type PlannedAccount } from "./tenantPlan";

const TENANT = "pulumi-nylas:index:Tenant";

/** Arguments of {@link Tenant}. */
export interface TenantArgs {
  /**
   * The tenant's own domain, such as `agents.customer-a.com`. With `dns` beside it. A plain string, so that a preview shows every
   * address. Changing it replaces the domain; with accounts on it, that is refused in the preview.
   */
  domainName?: string;

  /** Where the records of `domainName` are published: `cloudflareDns(…)`, `route53Dns(…)`, `zoneFile(…)` or another adapter. */
  dns?: DnsAdapter;

  /** What else {@link AgentDomain} takes, for `domainName`: `dmarc`, `wait`, `records`, `adopt` and so on. */
  domainArgs?: Omit<AgentDomainArgs, "domainName" | "dns" | "connection">;

  /**
   * Where the engine finds the entries of `domainName`, when the domain was declared elsewhere before:
   * `[{ name: "agents", parent: pulumi.rootStackResource }]` for an `AgentDomain` "agents" at the top of the program. Without it a move
   * into the tenant is refused. Nothing is written because of it.
   */
  domainAliases?: pulumi.ComponentResourceOptions["aliases"];

  /** A domain that the program declares itself, because several tenants are on it; in place of `domainName` and `dns`. */
  domain?: AgentDomain;

  /**
   * The trial domain (`acme.nylas.email`, from the Dashboard), where accounts can run before the own domain is there. It serves all tenants, so the addresses
   * on it begin with the tenant's name: `customer-a-scheduling@acme.nylas.email`.
   */
  trial?: string | TenantTrial;

  /**
   * Which domain the accounts run on; to be said where there are both, an own and a trial one. Changing `"trial"` into `"own"` is the switch, and the one
   * line that it takes: a new mailbox on the own domain for each account, in the same workspace. **No mailbox ends by it**: those on
   * the trial domain stay in the program, keep their mail and go on receiving, until `trial` is taken away (see {@link TenantTrial.retire}).
   * `accounts`, `addresses` and `grantIds` are the new ones from then on.
   *
   * Changing it back takes the mailboxes on the own domain out of the program, which deletes empty ones and is refused for those
   * that hold mail.
   */
  accountsOn?: "trial" | "own";

  /** The accounts by alias, the part of the address before the @: `{ scheduling: { displayName: "Scheduling" } }`. */
  accounts: Record<string, TenantAccountArgs>;

  /** The tenant's own policy: limits, retention, spam detection. Left out, with no `policyId` either: the plan's maxima. */
  policy?: Omit<NylasPolicyArgs, "connection">;

  /** A policy that tenants share, by its id; in place of `policy`. */
  policyId?: pulumi.Input<string>;

  /** Lists of the tenant's own by name, for its rules to look into. */
  lists?: Record<string, Omit<NylasListArgs, "connection">>;

  /**
   * Rules of the tenant's own by name. `inList` takes the names of the tenant's `lists` as well as ids:
   * `{ spam: { conditions: [{ field: "from.domain", inList: ["blocked"] }], actions: ["block"] } }`.
   */
  rules?: Record<string, NylasRuleArgs>;

  /** Rules that tenants share, by their ids; beside `rules`. */
  ruleIds?: pulumi.Input<string>[];

  /** What else {@link NylasWorkspace} takes: `name`, `adopt`, `autoGroup` and so on. */
  workspace?: Omit<NylasWorkspaceArgs, "policyId" | "ruleIds" | "connection">;

  /**
   * The brake. `"paused"`: no account of the tenant can send; each send is answered with 403. What comes in still arrives, and no message, policy or
   * limit is touched. Taking the line away (or `"on"`, the default) lets them send again.
   *
   * It is an outbound rule of the tenant's own that blocks what comes from its addresses, its own domain and every other account in its workspace: one that
   * was taken out of the program and is kept for its mail, or one that another resource or stack puts there. An account that another tool puts there is
   * found by the next `pulumi refresh`, and the `pulumi up` after it pauses that one as well. An account that leaves the workspace leaves the pause.
   *
   * A policy with
   * `dailySends: 0` would do as well, but a limit that was set once cannot be un-set at Nylas, and swapping a shared policy for another one and back
   * could shorten what mailboxes keep. It counts as one rule of the plan (5 or 30 in all). Messages that Nylas has queued already
   * still leave. Refused beside `workspace.adopt` or `adopt` of an account: what is taken over is not written to in the same run, and would go on sending.
   */
  sending?: "on" | "paused";

  /**
   * A key for the tenant, which reaches the accounts of its workspace and no others. Needs the organization key with `iam.*`. Experimental, as
   * `pulumi-nylas/experimental` is. Taking it away ends the key.
   */
  apiKey?: TenantApiKeyArgs;

  /**
   * A test as the last step, see {@link NylasSmokeTest}: `true` lists the mailboxes in use through the API; `{ send: true }` also sends a message from the first
   * account to itself and waits for it (it stays in the mailbox). It runs when it is new and when an account is, not on every `up`; while sending is
   * paused it sends nothing.
   */
  smokeTest?: boolean | { send?: boolean };

  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/** The trial domain of a tenant, where its name alone does not say enough. */
export interface TenantTrial {
  /** The trial domain, such as `acme.nylas.email`. */
  domainName: string;
  /** What the addresses on it begin with. Default: the tenant's name and a dash. A change would replace the mailboxes. */
  prefix?: string;
  /**
   * After the switch: the mailboxes on the trial domain may be deleted with their mail. Nothing happens at Nylas when this is set; it is
   * recorded, and the change that takes `trial` away after that deletes them. Without it, those that hold mail are kept then, by an error.
   */
  retire?: boolean;
}

/** An account of a tenant. Its address comes from its alias, its workspace is the tenant's. */
export interface TenantAccountArgs extends Omit<AgentAccountArgs, "email" | "workspaceId" | "connection"> {
  /** Whether it has (or had, before the switch) a mailbox on the trial domain. Default: true; false for one that is added after the switch. */
  onTrial?: boolean;
}

/** The key of a tenant: a principal bound to its workspace, and an API key of that. */
export interface TenantApiKeyArgs extends Pick<
  ApiKeys.NylasApiKeyArgs,
  "expiresAt" | "enabled" | "rotateWhenChanged"
> {
  /** What it may do, such as `["messages.read", "messages.send"]`. */
  permissions?: Principals.NylasPrincipalArgs["permissions"];
  /** Ids of roles, such as `role_system_messages_reader`. */
  roles?: Principals.NylasPrincipalArgs["roles"];
}

/**
 * A customer, as one: a domain of its own with its DNS records (or the trial domain), a workspace with policy and rules, and accounts in it.
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
  readonly handover: pulumi.Output<Handover | undefined>;
  /** The tenant's key, a secret; undefined without `apiKey`. */
  readonly apiKey: pulumi.Output<string | undefined>;

  constructor(name: string, args: TenantArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = judge(name, args);
    refuseOnComponent(`Tenant ${show(name)}`, opts);
    const children: { of?: pulumi.Resource } = {};
    const isOwnChild = (parent?: pulumi.Resource) => parent !== undefined && parent === children.of;
    super(TENANT, name, {}, withAliasesForChildren(TENANT, name, opts, isOwnChild));
    children.of = this;
    const { connection, domainArgs, policy, sending = "on" } = args;
    const child = { parent: this };

    this.domain =
      args.domain ??
      (plan.ownDomain === undefined
        ? undefined
        : new AgentDomain(
            name,
            given({ ...domainArgs, domainName: plan.ownDomain, dns: args.dns!, connection }),
            given({
              ...child,
              customTimeouts: opts?.customTimeouts,
              aliases: [...(args.domainAliases ?? []), ...aliasesOfChild(TENANT, name, opts, name)],
            }),
          ));

    const policyId = policy
      ? new NylasPolicy(name, given({ ...policy, connection }), child).id
      : args.policyId;
    const declared = this.#rules(name, args);
    if (sending === "paused") neverIgnoreRules(this);
    const brake =
      sending === "paused" ? this.#brake(name, plan, connection, args.domain !== undefined) : undefined;
    const rules = brake ? [...declared, brake] : declared;
    const workspace = new NylasWorkspace(
      name,
      given({
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
      new AgentAccount(
        resource,
        given({ ...account, email: this.#address(plan, email), workspaceId: workspace.id, connection }),
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
    this.handover = this.domain?.handover ?? pulumi.output(undefined);
    this.apiKey = args.apiKey
      ? this.#key(name, args.apiKey, workspace.id, connection)
      : pulumi.output(undefined);
    this.#smokeTest(name, args);
    const { accountsOn, addresses, grantIds, workspaceId, status } = this;
    this.registerOutputs({ accountsOn, sending, addresses, grantIds, workspaceId, status });
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
        new NylasList(`${tenant}/${name}`, given({ ...list, connection }), child).id,
      ]),
    );
    const own = Object.entries(args.rules ?? {}).map(
      ([name, rule]) =>
        new NylasRule(
          `${tenant}/${name}`,
          given({ ...withLists(rule, lists), connection }) as NylasRuleArgs,
          child,
        ).id,
    );
    return [...(args.ruleIds ?? []), ...own];
  }

  /**
   * Its conditions name the tenant's senders, one by one, and `includeMembers` whoever else is in the workspace: whether Nylas runs outbound rules for the workspaces that name them or for the whole application,
   * its own documents do not agree on, and a brake of one tenant must never stop another.
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
    const rule = new NylasRule(
      `${tenant}/${BRAKE}`,
      given({
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
    new NylasSmokeTest(
      name,
      given({
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
    // Few tenants have one: loaded where it is used.
    /* eslint-disable @typescript-eslint/no-require-imports */
    const { NylasPrincipal } = require("../resources/principal") as typeof Principals;
    const { NylasApiKey } = require("../resources/apiKey") as typeof ApiKeys;
    /* eslint-enable @typescript-eslint/no-require-imports */
    const principal = new NylasPrincipal(
      name,
      given({ boundTo: { workspace: workspaceId }, permissions, roles, connection }),
      { parent: this },
    );
    return new NylasApiKey(
      name,
      given({ principalId: principal.id, expiresAt, enabled, rotateWhenChanged, connection }),
      { parent: this },
    ).secret;
  }
}

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

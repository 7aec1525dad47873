// Made by `npm run generate` from provider/properties/components/tenant.ts. Edit that file.
import type * as pulumi from "@pulumi/pulumi";
import { type AgentAccountArgs } from "../classes/account";
import { type NylasApiKeyArgs } from "../classes/apiKey";
import { type NylasListArgs } from "../classes/list";
import { type NylasPolicyArgs } from "../classes/policy";
import { type NylasRuleArgs } from "../classes/rule";
import { type NylasWorkspaceArgs } from "../classes/workspace";
import { type DnsAdapter } from "../dns/adapters/adapter";
import { type AgentDomain } from "./agentDomain";
import { type AgentDomainArgs } from "./agentDomainArgs";

/** Arguments of `Tenant`. */
export interface TenantArgs {
  /**
   * The tenant's own domain, such as `agents.customer-a.com`. With `dns` beside it. A plain string, so that a preview
   * shows every address. Changing it replaces the domain; with accounts on it, that is refused in the preview.
   */
  domainName?: string;
  /**
   * Where the records of `domainName` are published: `cloudflareDns(…)`, `route53Dns(…)`, `zoneFile(…)` or another
   * adapter.
   */
  dns?: DnsAdapter;
  /** What else {@link AgentDomain} takes, for `domainName`: `dmarc`, `wait`, `records`, `adopt` and so on. */
  domainArgs?: Omit<AgentDomainArgs, "domainName" | "dns" | "connection">;
  /**
   * Where the engine finds the entries of `domainName`, when the domain was declared elsewhere before. For an
   * `AgentDomain` "agents" at the top of the program: `[{ name: "agents", parent: pulumi.rootStackResource }]`. Without it
   * a move into the tenant is refused. Nothing is written because of it.
   */
  domainAliases?: pulumi.ComponentResourceOptions["aliases"];
  /** A domain that the program declares itself, because several tenants are on it; in place of `domainName` and `dns`. */
  domain?: AgentDomain;
  /**
   * The trial domain (`acme.nylas.email`, from the Dashboard), where accounts can run before the own domain is there. It
   * serves all tenants, so the addresses on it begin with the tenant's name: `customer-a-scheduling@acme.nylas.email`.
   */
  trial?: string | TenantTrial;
  /**
   * Which domain the accounts run on. Required where there are both, an own and a trial one. Changing `"trial"` into
   * `"own"` is the switch; no other line changes. It makes a new mailbox on the own domain for each account, in the same
   * workspace. **It deletes no mailbox**: those on the trial domain stay in the program, keep their mail and go on
   * receiving. They stay until `trial` is taken away (see {@link TenantTrial.retire}). `accounts`, `addresses` and
   * `grantIds` are the new ones from then on.
   *
   * Changing it back takes the mailboxes on the own domain out of the program. That deletes empty ones and is refused for
   * those that hold mail.
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
   * Rules of the tenant's own by name. `inList` takes the names of the tenant's `lists` as well as ids: `{ spam: {
   * conditions: [{ field: "from.domain", inList: ["blocked"] }], actions: ["block"] } }`.
   */
  rules?: Record<string, NylasRuleArgs>;
  /** Rules that tenants share, by their ids; beside `rules`. */
  ruleIds?: pulumi.Input<string>[];
  /** What else {@link NylasWorkspace} takes: `name`, `adopt`, `autoGroup` and so on. */
  workspace?: Omit<NylasWorkspaceArgs, "policyId" | "ruleIds" | "connection">;
  /**
   * The brake. `"paused"`: no account of the tenant can send; each send is answered with 403. What comes in still arrives,
   * and no message, policy or limit is touched. Taking the line away (or `"on"`, the default) lets them send again.
   *
   * It is an outbound rule of the tenant's own. It blocks mail from the tenant's addresses, from its own domain and from
   * every other account in its workspace. Such an account was taken out of the program and is kept for its mail, or
   * another resource or stack puts it there. An account that another tool puts there is found by the next `pulumi
   * refresh`, and the `pulumi up` after it pauses that one as well. An account that leaves the workspace leaves the pause.
   *
   * A policy with `dailySends: 0` would stop sending too, but a limit that was set once cannot be un-set at Nylas.
   * Swapping a shared policy for another one and back could shorten what mailboxes keep. The brake counts as one rule of
   * the plan (5 or 30 in all). Messages that Nylas has queued already still leave. Refused beside `workspace.adopt` or
   * `adopt` of an account. An adopted object is not written to in the same run, and would go on sending.
   */
  sending?: "on" | "paused";
  /**
   * A key for the tenant, which reaches the accounts of its workspace and no others. Needs the organization key with
   * `iam.*`. Experimental, as `pulumi-nylas/experimental` is. Taking it away ends the key.
   */
  apiKey?: TenantApiKeyArgs;
  /**
   * A test as the last step, see {@link NylasSmokeTest}. `true` lists the mailboxes in use through the API. `{ send: true
   * }` also sends a message from the first account to itself and waits for it (it stays in the mailbox). It runs when it
   * is new and when an account is, not on every `up`; while sending is paused it sends nothing.
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
   * After the switch: the mailboxes on the trial domain may be deleted with their mail. Nothing happens at Nylas when this
   * is set; it is recorded, and the change that takes `trial` away after that deletes them. Without it, those that hold
   * mail are kept then, by an error.
   */
  retire?: boolean;
}

/** An account of a tenant. Its address comes from its alias, its workspace is the tenant's. */
export interface TenantAccountArgs extends Omit<AgentAccountArgs, "email" | "workspaceId" | "connection"> {
  /**
   * Whether it has (or had, before the switch) a mailbox on the trial domain. Default: true; false for one that is added
   * after the switch.
   */
  onTrial?: boolean;
}

/** The key of a tenant: a principal bound to its workspace, and an API key of that. */
export interface TenantApiKeyArgs extends Pick<
  NylasApiKeyArgs,
  "expiresAt" | "enabled" | "rotateWhenChanged"
> {
  /** What it may do, such as `["messages.read", "messages.send"]`. */
  permissions?: pulumi.Input<pulumi.Input<string>[]>;
  /** Ids of roles, such as `role_system_messages_reader`. */
  roles?: pulumi.Input<pulumi.Input<string>[]>;
}

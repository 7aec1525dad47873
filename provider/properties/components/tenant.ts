import { object, table, type ComponentTable, type KindTable } from "../../core/propertyTable";
import { choice, flag, list, text, texts, type Property, type PropertyTable } from "../../core/types";
import { accountKind } from "../account";
import { apiKeyProperties } from "../apiKey";
import { listKind } from "../list";
import { policyKind } from "../policy";
import { principalProperties } from "../principal";
import { ruleKind } from "../rule";
import { domainName, id, ID, typed } from "../types";
import { workspaceKind } from "../workspace";
import { agentDomainComponent, agentDomainProperties, instructions } from "./agentDomain";

export const tenantTrialProperties = table({
  domainName: {
    type: domainName,
    example: '"acme.nylas.email"',
    text: "The trial domain, such as `acme.nylas.email`.",
    required: true,
    isPlain: true,
  },
  prefix: {
    type: text("the beginning of an address"),
    example: '"customer-a-"',
    text: "What the addresses on it begin with. Default: the tenant's name and a dash. A change would replace the mailboxes.",
    isPlain: true,
  },
  retire: {
    type: flag,
    example: "true",
    text: "After the switch: the mailboxes on the trial domain may be deleted with their mail. Nothing happens at Nylas when this is set; it is recorded, and the change that takes `trial` away after that deletes them. Without it, those that hold mail are kept then, by an error.",
    isPlain: true,
  },
});

/** What an account of a tenant has beside an account of its own. */
export const tenantAccountProperties = table({
  onTrial: {
    type: flag,
    example: "false",
    text: "Whether it has (or had, before the switch) a mailbox on the trial domain. Default: true; false for one that is added after the switch.",
    isPlain: true,
  },
});

export const tenantApiKeyProperties = table({
  permissions: {
    ...described(principalProperties.permissions),
    text: 'What it may do, such as `["messages.read", "messages.send"]`.',
  },
  roles: {
    ...described(principalProperties.roles),
    text: "Ids of roles, such as `role_system_messages_reader`.",
  },
});

const account = object(
  "TenantAccount",
  { text: "TenantAccountArgs" },
  { ...inputs(accountKind, ["email", "workspaceId"]), ...tenantAccountProperties },
  "an object",
  "An account of a tenant. Its address comes from its alias, its workspace is the tenant's.",
);

const apiKey = object(
  "TenantApiKey",
  { text: "TenantApiKeyArgs" },
  {
    expiresAt: apiKeyProperties.expiresAt,
    enabled: apiKeyProperties.enabled,
    rotateWhenChanged: apiKeyProperties.rotateWhenChanged,
    ...tenantApiKeyProperties,
  },
  "an object",
  "The key of a tenant: a principal bound to its workspace, and an API key of that.",
);

const trial = object(
  "TenantTrial",
  { text: "TenantTrial" },
  tenantTrialProperties,
  "an object",
  "The trial domain of a tenant.",
);

const smokeTest = object(
  "TenantSmokeTest",
  { text: "{ send?: boolean }" },
  table({
    send: {
      type: flag,
      example: "true",
      text: "Whether a message is sent from the first account to itself and waited for. Default: false.",
      isPlain: true,
    },
  }),
  "an object",
  "A test as the last step. It lists the mailboxes in use through the API.",
);

export const tenantProperties = table({
  domainName: {
    type: domainName,
    example: '"agents.customer-a.com"',
    text: "The tenant's own domain, such as `agents.customer-a.com`. With `dns` beside it. A plain string, so that a preview shows every address. Changing it replaces the domain; with accounts on it, that is refused in the preview.",
    isPlain: true,
  },
  dns: {
    type: agentDomainProperties.dns.type,
    example: agentDomainProperties.dns.example,
    text: "Where the records of `domainName` are published: `cloudflareDns(…)`, `route53Dns(…)`, `zoneFile(…)` or another adapter.",
    elsewhere: "Where the records of `domainName` are published.",
  },
  domainArgs: {
    type: typed<object>(
      object(
        "TenantDomain",
        { text: "object" },
        Object.fromEntries(
          Object.entries({
            ...agentDomainProperties,
            ...adoptOf(agentDomainComponent.adopt),
          }).filter(([name]) => name !== "domainName" && name !== "dns"),
        ),
        "an object",
        "What else a domain of a tenant takes.",
      ),
      {
        text: 'Omit<AgentDomainArgs, "domainName" | "dns" | "connection">',
        imports: { AgentDomainArgs: "components/agentDomainArgs" },
        isPlain: true,
      },
    ),
    example: '{ dmarc: "v=DMARC1; p=reject" }',
    text: "What else {@link AgentDomain} takes, for `domainName`: `dmarc`, `wait`, `records`, `adopt` and so on.",
    elsewhere: "What else {@link AgentDomain} takes, for `domainName`.",
  },
  domainAliases: {
    type: typed<object>(texts, { text: 'pulumi.ComponentResourceOptions["aliases"]', isPlain: true }),
    example: '[{ name: "agents", parent: pulumi.rootStackResource }]',
    text: 'Where the engine finds the entries of `domainName`, when the domain was declared elsewhere before. For an `AgentDomain` "agents" at the top of the program: `[{ name: "agents", parent: pulumi.rootStackResource }]`. Without it a move into the tenant is refused. Nothing is written because of it.',
    elsewhere: false,
  },
  domain: {
    type: typed<object>(
      { ...texts, shape: { kind: "resource", type: "AgentDomain" } },
      { text: "AgentDomain", imports: { AgentDomain: "components/agentDomain" }, isPlain: true },
    ),
    example: "domain",
    text: "A domain that the program declares itself, because several tenants are on it; in place of `domainName` and `dns`.",
  },
  trial: {
    type: typed<object>(trial, { text: "string | TenantTrial", isPlain: true }),
    example: '"acme.nylas.email"',
    text: "The trial domain (`acme.nylas.email`, from the Dashboard), where accounts can run before the own domain is there. It serves all tenants, so the addresses on it begin with the tenant's name: `customer-a-scheduling@acme.nylas.email`.",
  },
  accountsOn: {
    type: choice(["trial", "own"], '"trial" or "own"', "TenantAccountsOn"),
    example: '"own"',
    text: 'Which domain the accounts run on. Required where there are both, an own and a trial one. Changing `"trial"` into `"own"` is the switch; no other line changes. It makes a new mailbox on the own domain for each account, in the same workspace. **It deletes no mailbox**: those on the trial domain stay in the program, keep their mail and go on receiving. They stay until `trial` is taken away (see {@link TenantTrial.retire}). `accounts`, `addresses` and `grantIds` are the new ones from then on.\n\nChanging it back takes the mailboxes on the own domain out of the program. That deletes empty ones and is refused for those that hold mail.',
    isPlain: true,
  },
  accounts: {
    type: typed<object>(byName(account), { text: "Record<string, TenantAccountArgs>", isPlain: true }),
    example: '{ scheduling: { displayName: "Scheduling" } }',
    text: 'The accounts by alias, the part of the address before the @: `{ scheduling: { displayName: "Scheduling" } }`.',
    elsewhere: "The accounts by alias, the part of the address before the @.",
    required: true,
  },
  policy: {
    type: typed<object>(
      object("TenantPolicy", { text: "object" }, inputs(policyKind), "an object", "A policy of a tenant."),
      {
        text: 'Omit<NylasPolicyArgs, "connection">',
        imports: { NylasPolicyArgs: "classes/policy" },
        isPlain: true,
      },
    ),
    example: "{ limits: { dailySends: 50 } }",
    text: "The tenant's own policy: limits, retention, spam detection. Left out, with no `policyId` either: the plan's maxima.",
  },
  policyId: {
    type: id("policy"),
    example: "policy.id",
    text: "A policy that tenants share, by its id; in place of `policy`.",
  },
  lists: {
    type: typed<object>(
      byName(object("TenantList", { text: "object" }, inputs(listKind), "an object", "A list of a tenant.")),
      {
        text: 'Record<string, Omit<NylasListArgs, "connection">>',
        imports: { NylasListArgs: "classes/list" },
        isPlain: true,
      },
    ),
    example: '{ blocked: { type: "domain", items: ["spam.example"] } }',
    text: "Lists of the tenant's own by name, for its rules to look into.",
  },
  rules: {
    type: typed<object>(
      byName(object("TenantRule", { text: "object" }, inputs(ruleKind), "an object", "A rule of a tenant.")),
      {
        text: "Record<string, NylasRuleArgs>",
        imports: { NylasRuleArgs: "classes/rule" },
        isPlain: true,
      },
    ),
    example: '{ spam: { conditions: [{ field: "from.domain", inList: ["blocked"] }], actions: ["block"] } }',
    text: 'Rules of the tenant\'s own by name. `inList` takes the names of the tenant\'s `lists` as well as ids: `{ spam: { conditions: [{ field: "from.domain", inList: ["blocked"] }], actions: ["block"] } }`.',
    elsewhere:
      "Rules of the tenant's own by name. `inList` takes the names of the tenant's `lists` as well as ids.",
  },
  ruleIds: {
    type: typed<string[]>(list(text("an id", ID), "a list of rule ids"), {
      text: "pulumi.Input<string>[]",
      isPlain: true,
    }),
    example: "[blockSpam.id]",
    text: "Rules that tenants share, by their ids; beside `rules`.",
  },
  workspace: {
    type: typed<object>(
      object(
        "TenantWorkspace",
        { text: "object" },
        inputs(workspaceKind, ["policyId", "ruleIds"]),
        "an object",
        "What else the workspace of a tenant takes.",
      ),
      {
        text: 'Omit<NylasWorkspaceArgs, "policyId" | "ruleIds" | "connection">',
        imports: { NylasWorkspaceArgs: "classes/workspace" },
        isPlain: true,
      },
    ),
    example: "{ autoGroup: true }",
    text: "What else {@link NylasWorkspace} takes: `name`, `adopt`, `autoGroup` and so on.",
    elsewhere: "What else {@link NylasWorkspace} takes.",
  },
  sending: {
    type: choice(["on", "paused"], '"on" or "paused"', "TenantSending"),
    example: '"paused"',
    text: 'The brake. `"paused"`: no account of the tenant can send; each send is answered with 403. What comes in still arrives, and no message, policy or limit is touched. Taking the line away (or `"on"`, the default) lets them send again.\n\nIt is an outbound rule of the tenant\'s own. It blocks mail from the tenant\'s addresses, from its own domain and from every other account in its workspace. Such an account was taken out of the program and is kept for its mail, or another resource or stack puts it there. An account that another tool puts there is found by the next `pulumi refresh`, and the `pulumi up` after it pauses that one as well. An account that leaves the workspace leaves the pause.\n\nA policy with `dailySends: 0` would stop sending too, but a limit that was set once cannot be un-set at Nylas. Swapping a shared policy for another one and back could shorten what mailboxes keep. The brake counts as one rule of the plan (5 or 30 in all). Messages that Nylas has queued already still leave. Refused beside `workspace.adopt` or `adopt` of an account. An adopted object is not written to in the same run, and would go on sending.',
    isPlain: true,
  },
  apiKey: {
    type: typed<object>(apiKey, { text: "TenantApiKeyArgs", isPlain: true }),
    example: '{ expiresAt: "2027-06-30T00:00:00Z", permissions: ["messages.read"] }',
    text: "A key for the tenant, which reaches the accounts of its workspace and no others. Needs the organization key with `iam.*`. Experimental, as `pulumi-nylas/experimental` is. Taking it away ends the key.",
    elsewhere:
      "A key for the tenant, which reaches the accounts of its workspace and no others. Needs the organization key with `iam.*`. Experimental. Taking it away ends the key.",
  },
  smokeTest: {
    type: typed<object>(smokeTest, { text: "boolean | { send?: boolean }", isPlain: true }),
    example: "true",
    text: "A test as the last step, see {@link NylasSmokeTest}. `true` lists the mailboxes in use through the API. `{ send: true }` also sends a message from the first account to itself and waits for it (it stays in the mailbox). It runs when it is new and when an account is, not on every `up`; while sending is paused it sends nothing.",
    elsewhere:
      "A test as the last step, see {@link NylasSmokeTest}. It runs when it is new and when an account is, not on every `up`; while sending is paused it sends nothing.",
  },
});

export const tenantComponent: ComponentTable = {
  type: "Tenant",
  text: `A customer as one component. It holds a domain of its own with its DNS records (or the trial domain), a workspace with policy and rules, and accounts in it.

The second \`up\` changes nothing. What goes wrong with one tenant stops no other under \`pulumi up --continue-on-error\`. A mailbox that holds mail is guarded here as everywhere (see {@link AgentAccount}).`,
  properties: tenantProperties,
  outputs: {
    addresses: {
      type: { text: "Record<string, string>" },
      shape: texts.shape,
      text: "The addresses of the accounts in use by alias, known in a preview.",
    },
    grantIds: {
      type: { text: "Record<string, string>" },
      shape: texts.shape,
      text: "The grant ids of the accounts in use by alias.",
    },
    workspaceId: { type: { text: "string" }, text: "The workspace they are in." },
    accountsOn: {
      type: { text: '"trial" | "own"' },
      shape: tenantProperties.accountsOn.type.shape,
      text: "Which domain they run on.",
    },
    sending: {
      type: { text: '"on" | "paused"' },
      shape: tenantProperties.sending.type.shape,
      text: "Whether they may send.",
    },
    status: {
      type: { text: '"verified" | "pending" | "lost" | "trial"' },
      shape: choice(["verified", "pending", "lost", "trial"], "", "TenantStatus").shape,
      text: 'Of the own domain: `verified` (with `accountsOn: "trial"`: the switch is possible), `pending` until then, `lost` when it was verified once and is no more. `trial` where there is none.',
    },
    dnsInstructions: {
      type: { text: "DnsInstructions" },
      shape: instructions(),
      text: "The records to hand to whoever publishes them, with `zoneFile`. Not set where the program publishes them itself.",
      mayBeMissing: true,
    },
    apiKey: {
      type: { text: "string" },
      text: "The tenant's key, a secret. Not set without the argument of that name.",
      mayBeMissing: true,
      secret: true,
    },
  },
};

/** What a program gives a resource of a kind that a tenant makes, but for what the tenant itself gives. */
function inputs({ properties, adopt }: KindTable, without: string[] = []): PropertyTable {
  const given = Object.entries(properties).filter(
    ([name, { isInternal }]) => isInternal !== true && !without.includes(name),
  );
  return { ...Object.fromEntries(given), ...adoptOf(adopt) };
}

/** An id is what an import takes. */
export function adoptOf(adopt: { text: string; type?: "id" } | undefined): PropertyTable {
  if (adopt === undefined || adopt.type === "id") return {};
  return {
    adopt: { type: flag, example: "true", text: adopt.text.replace(/: true, or its (grant )?id\./, ".") },
  };
}

function byName(of: { shape: Property["type"]["shape"] }) {
  return { ...texts, shape: { kind: "map", of: of.shape } } as const;
}

/** A property without what it is at a resource. */
function described<P extends Property>({ type, example }: P): Pick<P, "type" | "example"> {
  return { type, example };
}

/** A program as `pulumi-nylas import` has it before it is written in a language: each kind, each type of property, and names of all sorts. */
import { Dns, Mailbox, type Program, Reference, type Statement } from "../../../provider/cli/import/program";

/** A text that each language has to quote in another way. */
export const ODD = "Agent \"0\" of ${x} $${y} $z 'q' `b` \\n #{h} %s \n\t\r é \u202e\u{e0001}\ufffe end$";

/** With `withVendor`, there are resources of a DNS vendor in it too. */
export function importedProgram({ withVendor }: { withVendor: boolean }): Program {
  const statements: Statement[] = [];
  const add = (
    section: Statement["section"],
    declared: Statement["declared"],
    [name, noun]: [string, string],
    args: Record<string, unknown>,
    more: Partial<Statement> = {},
  ): Statement => {
    const made = { section, declared, name, noun, args, comments: [], isProtected: false, ...more };
    statements.push(made);
    return made;
  };
  const kind = (type: string) => ({ of: "kind", type }) as const;
  const component = (type: "AgentDomain" | "Tenant") => ({ of: "component", type }) as const;
  const dns = new Dns(
    "cloudflare",
    { module: "pulumi-nylas/cloudflare", functionName: "cloudflareDns" },
    { zoneId: "023e105f4ecef8ad9ca31a8372d0c353", zoneName: "example.com", ttl: 300 },
  );

  const agents = add(
    "Domains",
    component("AgentDomain"),
    ["agents.example.com", "domain"],
    {
      domainName: "agents.example.com",
      dns,
      name: "Agents",
      dmarc: "v=DMARC1; p=none",
      dkimKeyLength: 1024,
      known: { spf: { value: "v=spf1 include:other.example ~all" } },
    },
    { isProtected: true },
  );
  add(
    "Domains",
    kind("Domain"),
    ["odd.example.net", "domain"],
    { domainName: "odd.example.net" },
    { comments: ["Not an AgentDomain: the records differ in their ttl."] },
  );
  if (withVendor)
    add(
      "Domains",
      {
        of: "vendor",
        resource: {
          type: "cloudflare:index/dnsRecord:DnsRecord",
          module: "@pulumi/cloudflare/dnsRecord",
          className: "DnsRecord",
          python: { module: "pulumi_cloudflare", name: "DnsRecord" },
          go: { module: "github.com/pulumi/pulumi-cloudflare/sdk/v6/go/cloudflare", name: "DnsRecord" },
          numbers: "number",
        },
      },
      ["odd.example.net-mx", "record"],
      {
        zoneId: "z",
        type: "MX",
        name: "odd.example.net",
        content: "mx.example",
        priority: 10,
        ttl: 60,
        tags: ["a"],
      },
      { isProtected: true },
    );
  const blocked = add("Lists", kind("List"), ["class", "list"], {
    name: "class",
    type: "domain",
    items: ["spam.example"],
  });
  const long = add("Lists", kind("List"), ["long", "list"], {
    name: "Long",
    type: "address",
    itemsFile: "lists/long.txt",
  });
  const spam = add("Rules", kind("Rule"), ["2027", "rule"], {
    name: ODD,
    match: "any",
    priority: 20,
    enabled: false,
    conditions: [
      { field: "from.domain", inList: [new Reference(blocked, "id"), new Reference(long, "id")] },
      { field: "from.address", is: "person@elsewhere.example" },
    ],
    actions: ["markAsRead", { assignToFolder: "Later" }],
  });
  const policy = add(
    "Policies",
    kind("Policy"),
    ["import", "policy"],
    {
      name: "import",
      limits: { dailySends: 50, dailyReceives: "unlimited", storageBytes: 10737418240, attachmentTypes: [] },
      spamDetection: { dnsBlockLists: true, sensitivity: 1.5 },
    },
    { comments: ["spamRetentionDays is left out: give less than inboxRetentionDays (30)."] },
  );
  add("Workspaces", kind("DefaultWorkspace"), ["default", "workspace"], {});
  const customer = add("Workspaces", kind("Workspace"), ["customer-a", "workspace"], {
    name: "Customer A",
    policyId: new Reference(policy, "id"),
    ruleIds: [new Reference(spam, "id"), "0b7c3f2e-5d1a-4c7e-9f60-2a8b1c3d4e5f"],
  });
  add(
    "Tenants",
    component("Tenant"),
    ["customer-b", "tenant"],
    {
      domain: new Reference(agents, "itself"),
      accounts: { desk: {}, "the.help": { displayName: "Help" } },
      policy: { limits: { dailySends: 10 } },
      lists: { blocked: { name: "Blocked", type: "domain", items: ["spam.example"] } },
      rules: {
        spam: {
          name: "Spam",
          conditions: [{ field: "from.domain", inList: ["blocked"] }],
          actions: ["block"],
        },
      },
      ruleIds: [new Reference(spam, "id")],
      workspace: { name: "Customer B" },
    },
    { comments: ["It bears the default name of another stack."] },
  );
  add("Tenants", component("Tenant"), ["customer-c", "tenant"], {
    trial: { domainName: "acme.nylas.email", prefix: "c-" },
    accounts: { desk: {} },
    policyId: new Reference(policy, "id"),
  });
  add(
    "Accounts",
    kind("AgentAccount"),
    ["scheduling@agents.example.com", "account"],
    {
      email: new Mailbox(agents, "scheduling"),
      displayName: ODD,
      workspaceId: new Reference(customer, "id"),
    },
    {
      comments: [
        "It has an app password, which Nylas does not show. appPassword here would set another one.",
      ],
    },
  );
  add("Accounts", kind("AgentAccount"), ["o'brien@agents.example.com", "account"], {
    email: new Mailbox(agents, "o'bri\"en"),
  });
  add("Webhooks", kind("Webhook"), ["events", "webhook"], {
    url: "https://hooks.example.com/nylas?x='\"`$%7B1%7D",
    triggers: ["message.created", "message.bounced"],
    name: "Events",
    compressed: true,
  });
  return {
    head: (protect) => ["Written by pulumi-nylas import: what stands.", `Keep ${protect} of a domain.`],
    statements,
    left: ["Not brought in:", `- mailbox "${ODD}": its owner has connected it.`],
  };
}

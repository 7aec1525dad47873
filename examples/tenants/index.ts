import * as pulumi from "@pulumi/pulumi";
import { NylasPolicy, Tenant } from "pulumi-nylas";
import { cloudflareDns } from "pulumi-nylas/cloudflare";
import { tenantsFromFile } from "pulumi-nylas/tenants";

const config = new pulumi.Config();
const zone = config.get("zone") ?? "example.com";
const dns = cloudflareDns({ zoneId: config.require("zoneId"), zoneName: zone });
const trial = config.get("trialDomain") ?? "acme.nylas.email";

// What several customers share is declared once, and named by its id.
const careful = new NylasPolicy("careful", { limits: { dailySends: 50 } });

// On a domain of its own, with limits, a list and a rule that nobody else has.
const customerA = new Tenant("customer-a", {
  domainName: `customer-a.agents.${zone}`,
  dns,
  policy: { limits: { dailySends: 200, inboxRetentionDays: 90 } },
  lists: { blocked: { type: "domain", items: ["spam.example"] } },
  rules: { spam: { conditions: [{ field: "from.domain", inList: ["blocked"] }], actions: ["block"] } },
  accounts: { scheduling: { displayName: "Scheduling" }, billing: { displayName: "Billing" } },
  // The last step: both mailboxes can be listed. { send: true } would also send a message and wait for it.
  smokeTest: true,
});

// Its domain is declared and being verified; "trial" becomes "own" when it is, and that line is the switch.
const customerB = new Tenant("customer-b", {
  trial,
  domainName: `customer-b.agents.${zone}`,
  dns,
  accountsOn: "trial",
  policyId: careful.id,
  accounts: { scheduling: { displayName: "Scheduling" } },
});

// The brake: it receives, and sends nothing until the line is taken away.
const customerC = new Tenant("customer-c", {
  trial,
  policyId: careful.id,
  sending: "paused",
  accounts: { scheduling: { displayName: "Scheduling" } },
});

// All the others: a customer more is some lines there, and no TypeScript.
const listed = tenantsFromFile("tenants.yaml", { dns: { ours: dns }, policies: { careful: careful.id } });

const tenants = {
  "customer-a": customerA,
  "customer-b": customerB,
  "customer-c": customerC,
  ...listed.tenants,
};
const each = Object.entries(tenants);
export const addresses = Object.fromEntries(each.map(([name, tenant]) => [name, tenant.addresses]));
export const grantIds = Object.fromEntries(each.map(([name, tenant]) => [name, tenant.grantIds]));
export const status = Object.fromEntries(each.map(([name, tenant]) => [name, tenant.status]));

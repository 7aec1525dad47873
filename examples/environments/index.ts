import * as pulumi from "@pulumi/pulumi";
import { AgentAccount, AgentDomain, NylasPolicy, NylasWorkspace } from "pulumi-nylas";
import { cloudflareDns } from "pulumi-nylas/cloudflare";

// One program, one stack per environment: what differs stands in Pulumi.staging.yaml and Pulumi.prod.yaml.
const config = new pulumi.Config();
const domainName = config.require("domain");
const zoneId = config.require("zoneId");
// With it, a preview refuses a domain that does not lie in the zone.
const zoneName = config.require("zoneName");
const dailySends = config.requireNumber("dailySends");
const inboxRetentionDays = config.getNumber("inboxRetentionDays") ?? 30;

// Limits for the agents that write to people.
const outreach = new NylasPolicy("outreach", { limits: { dailySends, inboxRetentionDays } });

// A workspace per customer: policy, rules and tenant keys follow the workspace an account is in.
const customerA = new NylasWorkspace("customer-a", { policyId: outreach.id });
const customerB = new NylasWorkspace("customer-b", { policyId: outreach.id });

// The domain, its records in Cloudflare, and the wait until Nylas has verified it.
const domain = new AgentDomain("agents", { domainName, dns: cloudflareDns({ zoneId, zoneName }) });

const scheduling = new AgentAccount("scheduling", {
  email: domain.mailbox("scheduling"),
  displayName: "Scheduling",
  workspaceId: customerA.id,
});

const support = new AgentAccount("support", {
  email: domain.mailbox("support"),
  displayName: "Support",
  workspaceId: customerB.id,
});

export const addresses = [scheduling.email, support.email];
export const grantIds = { scheduling: scheduling.id, support: support.id };

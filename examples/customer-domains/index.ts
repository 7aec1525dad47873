import * as pulumi from "@pulumi/pulumi";
import { AgentAccount, AgentDomain, NylasPolicy, NylasWorkspace } from "pulumi-nylas";
import { cloudflareDns } from "pulumi-nylas/cloudflare";

const config = new pulumi.Config();
const zoneId = config.require("zoneId");
const zone = config.get("zone") ?? "example.com";
const trialDomain = config.get("trialDomain") ?? "acme.nylas.email";

// A domain per customer: one customer's reputation never touches another's.
function customerDomain(customer: string): AgentDomain {
  return new AgentDomain(customer, {
    domainName: `${customer}.agents.${zone}`,
    dns: cloudflareDns({ zoneId, zoneName: zone }),
  });
}

// customer-a: 50 sends a day.
const careful = new NylasPolicy("fifty-a-day", { limits: { dailySends: 50 } });
const workspaceA = new NylasWorkspace("customer-a", { policyId: careful.id });
const domainA = customerDomain("customer-a");
const schedulingA = new AgentAccount("customer-a-scheduling", {
  email: domainA.mailbox("scheduling"),
  displayName: "Scheduling",
  workspaceId: workspaceA.id,
});

// customer-b: no policy, so the plan's own limits hold.
const workspaceB = new NylasWorkspace("customer-b");
const domainB = customerDomain("customer-b");
const schedulingB = new AgentAccount("customer-b-scheduling", {
  email: domainB.mailbox("scheduling"),
  displayName: "Scheduling",
  workspaceId: workspaceB.id,
});

// internal: the company's own agents, on a domain of their own.
const internal = new NylasWorkspace("internal");
const internalDomain = customerDomain("internal");
const oncall = new AgentAccount("internal-oncall", {
  email: internalDomain.mailbox("oncall"),
  displayName: "On call",
  workspaceId: internal.id,
});

// trial: a customer whose DNS is not there yet starts on the trial domain.
const trial = new NylasWorkspace("trial");
const trialBot = new AgentAccount("trial-bot", {
  email: `customer-c@${trialDomain}`,
  displayName: "Customer C (trial)",
  workspaceId: trial.id,
});

export const addresses = {
  "customer-a": schedulingA.email,
  "customer-b": schedulingB.email,
  internal: oncall.email,
  trial: trialBot.email,
};

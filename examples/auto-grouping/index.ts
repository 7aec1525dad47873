import * as pulumi from "@pulumi/pulumi";
import { AgentAccount, AgentDomain, NylasPolicy, NylasWorkspace } from "pulumi-nylas";
import { cloudflareDns } from "pulumi-nylas/cloudflare";

const config = new pulumi.Config();
const trialDomain = config.get("trialDomain") ?? "acme.nylas.email";

const domain = new AgentDomain("support", {
  domainName: config.require("domain"),
  dns: cloudflareDns({ zoneId: config.require("zoneId"), zoneName: config.require("zoneName") }),
});

// Whoever makes an account on this domain and names no workspace gets it in this one: this program, your service at
// run time, a colleague in the Dashboard.
const support = new NylasWorkspace("support", {
  domainName: domain.domainName,
  autoGroup: true,
  policyId: new NylasPolicy("support", { limits: { dailySends: 100 } }).id,
});

// Nylas groups once, at the create. An account that names no workspace does not wait for one by itself, so it says so.
const accounts = ["billing", "returns"].map(
  (alias) =>
    new AgentAccount(alias, { email: domain.mailbox(alias), displayName: alias }, { dependsOn: support }),
);

// No workspace groups the trial domain: this one lands in the application's default workspace.
const visitor = new AgentAccount("visitor", {
  email: `visitor@${trialDomain}`,
  displayName: "Visitor",
});

// Where Nylas put them; `workspaceId` stays empty, since the program declares none.
export const supportWorkspace = support.id;
export const currentWorkspaces = pulumi
  .all([...accounts, visitor].map(({ email, currentWorkspaceId }) => pulumi.all([email, currentWorkspaceId])))
  .apply((pairs) => Object.fromEntries(pairs) as Record<string, string>);

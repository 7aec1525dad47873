import * as pulumi from "@pulumi/pulumi";
import { AgentAccount, AgentDomain, NylasWorkspace } from "pulumi-nylas";
import { cloudflareDns } from "pulumi-nylas/cloudflare";

const config = new pulumi.Config();
const trialDomain = config.get("trialDomain") ?? "acme.nylas.email";
// Step 1 of the move: pulumi config set ownDomain agents.customer-c.com (and zoneId, zoneName).
const ownDomain = config.get("ownDomain");
// Step 2: pulumi config set retireTrial true.
const retireTrial = config.getBoolean("retireTrial") ?? false;

const workspace = new NylasWorkspace("customer-c");

// An address cannot be changed: the account on the own domain is another mailbox, beside the first one.
const onTrial = new AgentAccount("scheduling-trial", {
  email: `customer-c-scheduling@${trialDomain}`,
  displayName: "Scheduling",
  workspaceId: workspace.id,
  // Recorded by the up of step 2; only the next one, in which the block is removed, may delete the mailbox.
  ...(retireTrial ? { forceDestroy: true } : {}),
});

let onOwnDomain: AgentAccount | undefined;
if (ownDomain !== undefined) {
  const domain = new AgentDomain("customer-c", {
    domainName: ownDomain,
    dns: cloudflareDns({ zoneId: config.require("zoneId"), zoneName: config.require("zoneName") }),
  });
  onOwnDomain = new AgentAccount("scheduling", {
    email: domain.mailbox("scheduling"),
    displayName: "Scheduling",
    workspaceId: workspace.id,
  });
}

// What the agents read: the own address as soon as it is there.
export const address = (onOwnDomain ?? onTrial).email;
export const grantId = (onOwnDomain ?? onTrial).id;

import * as pulumi from "@pulumi/pulumi";
import { AgentAccount, AgentDomain, zoneFile } from "pulumi-nylas";

const config = new pulumi.Config();

// The customer's people publish the records: they get them as a zone file and as a table.
const domain = new AgentDomain("acme", {
  domainName: config.require("domain"),
  dns: zoneFile({ path: "for-acme" }),
});

// Accounts come in a change of their own, once the records stand: pulumi config set published true
if (config.getBoolean("published")) {
  new AgentAccount("support", { email: domain.mailbox("support"), displayName: "Acme support" });
}

export const status = domain.status;
export const dnsInstructions = domain.dnsInstructions.apply((records) => records?.table);

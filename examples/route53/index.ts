import * as pulumi from "@pulumi/pulumi";
import { AgentAccount, AgentDomain } from "pulumi-nylas";
import { route53Dns } from "pulumi-nylas/route53";

const config = new pulumi.Config();

// One record set per name and type, so TXT values of others at the domain are declared beside those of Nylas.
const domain = new AgentDomain("agents", {
  domainName: config.require("domain"),
  dmarc: "v=DMARC1; p=reject",
  dns: route53Dns({
    zoneId: config.require("zoneId"),
    zoneName: config.require("zoneName"),
    existing: config.getObject<string[]>("existingTxt") ?? [],
  }),
});

const scheduling = new AgentAccount("scheduling", {
  email: domain.mailbox("scheduling"),
  displayName: "Scheduling",
});

export const address = scheduling.email;
export const grantId = scheduling.id;
export const status = domain.status;

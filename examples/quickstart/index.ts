import * as pulumi from "@pulumi/pulumi";
import { AgentAccount, AgentDomain } from "pulumi-nylas";
import { cloudflareDns } from "pulumi-nylas/cloudflare";

const config = new pulumi.Config();

// The first day: one key, no DNS. The trial domain (NAME.nylas.email) is made in the Nylas Dashboard.
const trialDomain = config.get("trialDomain") ?? "acme.nylas.email";
const bot = new AgentAccount("bot", { email: `bot@${trialDomain}`, displayName: "Acme bot" });

export const address = bot.email;
export const grantId = bot.id;

// The second day: a domain of your own, its records in Cloudflare, verified before the mailbox is made.
const domainName = config.get("domain");
export const ownAddress =
  domainName === undefined
    ? undefined
    : new AgentAccount("assistant", {
        email: new AgentDomain("agents", {
          domainName,
          dns: cloudflareDns({ zoneId: config.require("zoneId") }),
        }).mailbox("assistant"),
        displayName: "Assistant",
      }).email;

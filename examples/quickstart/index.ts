import * as pulumi from "@pulumi/pulumi";
import { AgentAccount, AgentDomain } from "pulumi-nylas";
import { cloudflareDns } from "pulumi-nylas/cloudflare";

const config = new pulumi.Config();

// The first day: one key, no DNS. The trial domain (NAME.nylas.email) is made in the Nylas Dashboard.
const trialDomain = config.get("trialDomain") ?? "acme.nylas.email";
const bot = new AgentAccount("bot", { email: `bot@${trialDomain}`, displayName: "Acme bot" });

export const grantId = bot.id;

// The second day: a domain of your own, its records in Cloudflare, verified before the mailbox is made.
const domainName = config.get("domain");
const own = domainName === undefined ? [] : [ownMailbox(domainName)];

export const addresses = [bot, ...own].map(({ email }) => email);

function ownMailbox(domainName: string): AgentAccount {
  const domain = new AgentDomain("agents", {
    domainName,
    // With zoneName, a preview refuses a domain that does not lie in the zone.
    dns: cloudflareDns({ zoneId: config.require("zoneId"), zoneName: config.require("zoneName") }),
  });
  return new AgentAccount("assistant", { email: domain.mailbox("assistant"), displayName: "Assistant" });
}

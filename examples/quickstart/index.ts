import * as pulumi from "@pulumi/pulumi";
import { AgentAccount } from "pulumi-nylas";

// The first day: one key, no DNS. The trial domain (NAME.nylas.email) is made in the Nylas Dashboard.
const trialDomain = new pulumi.Config().get("trialDomain") ?? "acme.nylas.email";

const bot = new AgentAccount("bot", { email: `bot@${trialDomain}`, displayName: "Acme bot" });

export const address = bot.email;
export const grantId = bot.id;

import * as pulumi from "@pulumi/pulumi";
import { NylasDefaultWorkspace, NylasPolicy, NylasWebhook } from "pulumi-nylas";

// An application has one default workspace and one set of webhooks, whatever the environments in it: one stack owns them.
const config = new pulumi.Config();

// Accounts that name no workspace run under these limits, so that one made by hand cannot send without end.
const fallback = new NylasPolicy("fallback", { limits: { dailySends: 20 } });
const defaultWorkspace = new NylasDefaultWorkspace("default", { policyId: fallback.id });

// Every delivery of the application goes to one endpoint; receiver.ts is one. It has to answer when this is made.
const url = config.get("webhookUrl");
const webhook =
  url === undefined
    ? undefined
    : new NylasWebhook("events", {
        url,
        triggers: ["message.created", "message.bounced", "message.complaint", "grant.expired"],
      });

// The environments read these through a StackReference: new pulumi.StackReference("org/nylas-environments-shared/main").
export const applicationId = defaultWorkspace.applicationId;
export const defaultWorkspaceId = defaultWorkspace.id;
export const webhookSecret = webhook?.secret ?? null;

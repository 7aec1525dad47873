import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

const events = new nylas.Webhook("events", {
    url: "https://agents.example.com/nylas",
    triggers: [
        nylas.WebhookTrigger.MessageCreated,
        nylas.WebhookTrigger.MessageBounced,
    ],
});
export const secret = events.secret;

import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

const careful = new nylas.Policy("careful", {
    limits: {
        dailySends: 50,
        inboxRetentionDays: 30,
        spamRetentionDays: 7,
    },
    spamDetection: {
        sensitivity: 1.5,
    },
});

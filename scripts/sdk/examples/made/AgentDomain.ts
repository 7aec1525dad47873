import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

const agents = new nylas.AgentDomain("agents", {
    domainName: "agents.example.com",
    dns: {
        cloudflare: {
            zoneId: "023e105f4ecef8ad9ca31a8372d0c353",
            zoneName: "example.com",
        },
    },
    addressesFor: ["scheduling"],
});
const scheduling = new nylas.AgentAccount("scheduling", {
    email: agents.addresses.scheduling,
    displayName: "Scheduling",
});

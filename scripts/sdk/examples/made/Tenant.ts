import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

const customerA = new nylas.Tenant("customerA", {
    domainName: "agents.customer-a.com",
    dns: {
        route53: {
            zoneId: "Z1D633PJN98FT9",
            zoneName: "customer-a.com",
        },
    },
    policy: {
        limits: {
            dailySends: 50,
        },
    },
    accounts: {
        scheduling: {
            displayName: "Scheduling",
        },
        billing: {
            displayName: "Billing",
        },
    },
});
export const grantIds = customerA.grantIds;

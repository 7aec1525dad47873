import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

const domain = new nylas.Domain("domain", {domainName: "agents.example.com"});
const records = new nylas.DomainRecords("records", {
    domainId: domain.id,
    domainName: "agents.example.com",
});
const verification = new nylas.DomainVerification("verification", {
    domainId: domain.id,
    domainName: "agents.example.com",
    records: records.records,
});
export const status = verification.status;

import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

export = async () => {
    const domain = new nylas.Domain("domain", {domainName: "agents.example.com"});
    const records = new nylas.DomainRecords("records", {
        domainId: domain.id,
        domainName: "agents.example.com",
    });
    return {
        records: records.records,
    };
}

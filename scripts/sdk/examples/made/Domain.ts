import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

const domain = new nylas.Domain("domain", {
    domainName: "agents.example.com",
    name: "Agents of Example",
});

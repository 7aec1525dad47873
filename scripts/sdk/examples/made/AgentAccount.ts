import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

const config = new pulumi.Config();
const schedulingPassword = config.require("schedulingPassword");
const customerA = new nylas.Workspace("customerA", {name: "Customer A"});
const scheduling = new nylas.AgentAccount("scheduling", {
    email: "scheduling@agents.example.com",
    displayName: "Scheduling",
    workspaceId: customerA.id,
    appPassword: schedulingPassword,
});
export const grantId = scheduling.id;

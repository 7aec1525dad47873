import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

const customerA = new nylas.Workspace("customerA", {name: "Customer A"});
const reader = new nylas.Principal("reader", {
    boundTo: {
        workspace: customerA.id,
    },
    permissions: ["messages.read"],
});

import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

const careful = new nylas.Policy("careful", {limits: {
    dailySends: 50,
}});
const customerA = new nylas.Workspace("customerA", {
    name: "Customer A",
    policyId: careful.id,
});

import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

const careful = new nylas.Policy("careful", {limits: {
    dailySends: 50,
}});
const rest = new nylas.DefaultWorkspace("rest", {policyId: careful.id});

import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

const blocked = new nylas.List("blocked", {
    type: nylas.ListType.Domain,
    items: ["spam.example"],
});
const spam = new nylas.Rule("spam", {
    conditions: [{
        field: nylas.RuleField.FromDomain,
        inList: [blocked.id],
    }],
    actions: ["block"],
});

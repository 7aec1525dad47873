import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

const blocked = new nylas.List("blocked", {
    type: nylas.ListType.Domain,
    items: [
        "spam.example",
        "bulk.example",
    ],
});

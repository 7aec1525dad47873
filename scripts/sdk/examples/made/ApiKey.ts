import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

export = async () => {
    const customerA = new nylas.Workspace("customerA", {name: "Customer A"});
    const reader = new nylas.Principal("reader", {
        boundTo: {
            workspace: customerA.id,
        },
        permissions: ["messages.read"],
    });
    const key = new nylas.ApiKey("key", {
        principalId: reader.id,
        expiresAt: "2027-06-30T00:00:00Z",
    });
    return {
        key: key.secret,
    };
}

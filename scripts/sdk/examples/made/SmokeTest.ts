import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas-native";

const scheduling = new nylas.AgentAccount("scheduling", {email: "scheduling@agents.example.com"});
const works = new nylas.SmokeTest("works", {
    accounts: [scheduling.id],
    sender: scheduling.id,
});

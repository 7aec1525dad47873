import * as pulumi from "@pulumi/pulumi";
import { AgentAccount, AgentDomain, NylasPolicy, NylasWorkspace } from "pulumi-nylas";
import { cloudflareDns } from "pulumi-nylas/cloudflare";

const config = new pulumi.Config();
const domainName = config.get("domain") ?? "sales.example.com";
// pulumi config set --path 'paused[0]' sales-b: the brake of one shard; the others go on.
const paused = config.getObject<string[]>("paused") ?? [];

const domain = new AgentDomain("sales", {
  domainName,
  dns: cloudflareDns({ zoneId: config.require("zoneId"), zoneName: config.require("zoneName") }),
});

const cruising = new NylasPolicy("cruising", { limits: { dailySends: 80 } });
// Nothing leaves a mailbox under this policy; what comes in still arrives.
const stopped = new NylasPolicy("stopped", { limits: { dailySends: 0 } });

// A workspace per shard, so that one can be stopped alone.
const shards = ["sales-a", "sales-b", "sales-c"].map((shard) => {
  const workspace = new NylasWorkspace(shard, { policyId: (paused.includes(shard) ? stopped : cruising).id });
  return new AgentAccount(shard, {
    email: domain.mailbox(shard),
    displayName: "Acme Sales",
    workspaceId: workspace.id,
  });
});

export const senders = shards.map((shard) => shard.email);

// npm test: what the stack of staging would declare, without an engine, a key or a network. See docs/testing-programs.md.
import { strict as assert } from "node:assert";
import * as pulumi from "@pulumi/pulumi";
import { mockNylas } from "pulumi-nylas/testing";

it("puts every account of staging into a workspace of its own, with the limits of staging", async () => {
  const mocks = mockNylas();
  await pulumi.runtime.setMocks(mocks, "environments", "staging");
  pulumi.runtime.setAllConfig({
    "environments:domain": "agents.staging.example.com",
    "environments:zoneName": "example.com",
    "environments:zoneId": "023e105f4ecef8ad9ca31a8372d0c353",
    "environments:dailySends": "50",
  });
  require("./index");
  await mocks.settled();

  const accounts = mocks.all("AgentAccount");
  assert.deepEqual(
    accounts.map(({ inputs }) => inputs.email),
    ["scheduling@agents.staging.example.com", "support@agents.staging.example.com"],
  );
  assert.equal(new Set(accounts.map(({ inputs }) => inputs.workspaceId)).size, 2);
  for (const { inputs } of mocks.all("Workspace")) assert.ok(inputs.policyId);
  assert.deepEqual(mocks.find("Policy", "outreach").inputs.limits, {
    dailySends: 50,
    inboxRetentionDays: 30,
  });
});

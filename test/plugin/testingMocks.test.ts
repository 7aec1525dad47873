import assert from "node:assert/strict";
import { mockNylas } from "pulumi-nylas/testing";
import {
  account,
  defaultWorkspace,
  domain,
  domainRecords,
  domainVerification,
  openWorld,
  policy,
  succeeded,
  workspace,
} from "./world";

/** The mocks of pulumi-nylas/testing are held against the provider itself. */
describe("the mocks for unit tests", () => {
  const world = openWorld();

  it("have the outputs that the provider has, for every kind that needs nobody beside Nylas", async () => {
    const { stack } = world;
    const program = [
      policy("outreach", { limits: { dailySends: 50 } }),
      workspace("customer", { policyId: (of) => of("outreach").id }),
      defaultWorkspace("rest"),
      account("bot", { email: "bot@acme.nylas.email", workspaceId: (of) => of("customer").id }),
      account("at-home", { email: "home@acme.nylas.email" }),
      { type: "List", name: "list", inputs: { type: "domain", items: ["spam.example"] } },
      {
        type: "Rule",
        name: "rule",
        inputs: { conditions: [{ field: "from.domain", is: "spam.example" }], actions: ["block"] },
      },
      {
        type: "Principal",
        name: "agent",
        inputs: {
          boundTo: (of: (name: string) => Record<string, unknown>) => ({ workspace: of("customer").id }),
          permissions: ["messages.read"],
        },
      },
      domain("domain", { domainName: "agents.example.com" }),
      domainRecords("records", {
        domainName: (of) => of("domain").domainName,
        domainId: (of) => of("domain").id,
      }),
      domainVerification("verified", {
        domainName: (of) => of("domain").domainName,
        domainId: (of) => of("domain").id,
        records: (of) => of("records").records,
        wait: false,
      }),
    ];
    succeeded(await stack.apply(program as Parameters<typeof stack.apply>[0]));

    const mocks = mockNylas();
    const visible = (bag: Record<string, unknown>) =>
      Object.keys(bag)
        .filter((key) => !key.startsWith("__") && bag[key] !== undefined)
        .sort();
    for (const { type, name, inputs, outputs } of stack.state) {
      const given = Object.fromEntries(Object.entries(inputs).filter(([key]) => !key.startsWith("__")));
      const { state } = await mocks.newResource({
        type: `pulumi-nodejs:dynamic/nylas:${type}`,
        name,
        custom: true,
        inputs: given,
      });
      // What a domain that is waited for in vain has beside it, and what Nylas does not always say.
      const left = (keys: string[]) =>
        keys.filter((key) => !["problems", "hasAppPassword", "servedBy"].includes(key));
      assert.deepEqual(left(visible(state as Record<string, unknown>)), left(visible(outputs)), type);
    }
    await mocks.settled();
  });
});

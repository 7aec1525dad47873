import { strict as assert } from "node:assert";
import type { NylasListArgs, NylasRuleArgs, NylasTrigger, TenantArgs } from "pulumi-nylas";
import type { NylasPrincipalArgs } from "pulumi-nylas/experimental";

/**
 * What the compiler refuses before anything runs. `npm run typecheck` is what holds these: a line that compiles although it should
 * not is an error there.
 */
describe("types", () => {
  it("say which conditions, actions and triggers there are", () => {
    const accepted: NylasRuleArgs[] = [
      { conditions: [{ field: "from.domain", is: "spam.example" }], actions: ["block"] },
      {
        trigger: "outbound",
        conditions: [
          { field: "recipient.address", inList: ["list-1"] },
          { field: "outbound.type", isNot: "reply" },
        ],
        actions: ["markAsRead", { assignToFolder: "Clients/Acme" }],
      },
    ];
    const block = { actions: ["block"] as const };
    const refused: unknown[] = [
      // @ts-expect-error -- recipients are known of outgoing mail alone
      { ...block, conditions: [{ field: "recipient.tld", is: "zip" }] } satisfies NylasRuleArgs,
      // @ts-expect-error -- one test to a condition
      { ...block, conditions: [{ field: "from.tld", is: "zip", isNot: "com" }] } satisfies NylasRuleArgs,
      // @ts-expect-error -- something to compare to
      { ...block, conditions: [{ field: "from.tld" }] } satisfies NylasRuleArgs,
      // @ts-expect-error -- lists are a list
      { ...block, conditions: [{ field: "from.tld", inList: "list-1" }] } satisfies NylasRuleArgs,
      {
        ...block,
        trigger: "outbound",
        // @ts-expect-error -- a kind of message is no text to search in
        conditions: [{ field: "outbound.type", contains: "re" }],
      } satisfies NylasRuleArgs,
      // @ts-expect-error -- refusing goes with nothing else
      { conditions: [{ field: "from.tld", is: "zip" }], actions: ["block", "trash"] } satisfies NylasRuleArgs,
      // @ts-expect-error -- at least one action
      { conditions: [{ field: "from.tld", is: "zip" }], actions: [] } satisfies NylasRuleArgs,
      // @ts-expect-error -- three types of lists
      { type: "email" } satisfies NylasListArgs,
      // @ts-expect-error -- what Nylas cannot tell of
      "message.exploded" satisfies NylasTrigger,
      // @ts-expect-error -- a binding by a name that there is not
      { boundTo: { grant: "g-1" } } satisfies NylasPrincipalArgs,
    ];
    assert.equal(accepted.length + refused.length, 12);
  });

  it("say what belongs to a tenant, and what it brings itself", () => {
    const accepted: TenantArgs = {
      trial: "acme.nylas.email",
      rules: { spam: { conditions: [{ field: "from.domain", inList: ["blocked"] }], actions: ["block"] } },
      accounts: { scheduling: { displayName: "Scheduling", onTrial: true } },
    };
    const trial = { trial: "acme.nylas.email", accounts: {} };
    const refused: unknown[] = [
      // @ts-expect-error -- its accounts have to be said
      { trial: "acme.nylas.email" } satisfies TenantArgs,
      // @ts-expect-error -- the address comes from the alias
      { ...trial, accounts: { ops: { email: "ops@acme.nylas.email" } } } satisfies TenantArgs,
      // @ts-expect-error -- the workspace's policy is the tenant's
      { ...trial, workspace: { policyId: "p-1" } } satisfies TenantArgs,
      // @ts-expect-error -- on or paused
      { ...trial, sending: "off" } satisfies TenantArgs,
      // @ts-expect-error -- a key ends one day
      { ...trial, apiKey: { permissions: ["messages.read"] } } satisfies TenantArgs,
    ];
    assert.equal(Object.keys(accepted).length + refused.length, 8);
  });
});

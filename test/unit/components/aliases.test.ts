import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { aliasesOfChild, withAliasesForChildren } from "../../../provider/components/aliases";

type Aliases = pulumi.ComponentResourceOptions["aliases"];

/** What an alias leads to: the types down from the top of the stack, and the name. */
async function places(aliases: Aliases): Promise<string[]> {
  const known = await (
    pulumi.output(aliases ?? []) as unknown as { promise(): Promise<(string | pulumi.Alias)[]> }
  ).promise();
  return known.map((alias) => {
    if (typeof alias === "string") return alias;
    const { name = "", type = "", parent } = alias;
    const above = typeof parent === "string" ? `${parent.split("::")[2]}$` : "";
    return `${above}${type} ${name}`.trim();
  });
}

describe("the aliases of what is in a component", () => {
  before(() =>
    pulumi.runtime.setMocks(
      { newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) },
      "p",
      "s",
    ),
  );

  const [NATIVE, DYNAMIC] = ["nylas:index:Tenant", "pulumi-nylas:index:Tenant"];

  /** Of a child of the component that has these aliases. */
  const ofChild = async (
    type: string,
    given: Aliases,
    child: [type: string, name: string],
    formerType?: string,
  ): Promise<string[]> => {
    const own: pulumi.ComponentResourceOptions = { aliases: given! };
    const options = withAliasesForChildren(type, "a", own, () => true, formerType)!;
    const [handOn] = options.transformations!;
    const made = handOn!({ type: child[0], name: child[1], props: {}, opts: {}, resource: {} as never });
    return places((made?.opts as pulumi.CustomResourceOptions).aliases);
  };

  it("are of the type that it had in the host where its component was", async () => {
    assert.deepEqual(await ofChild(NATIVE, [], ["nylas:index:Policy", "a"], DYNAMIC), [
      "pulumi-nylas:index:Tenant$pulumi-nodejs:dynamic/nylas:Policy a",
    ]);
    assert.deepEqual(
      await ofChild(DYNAMIC, [{ type: NATIVE }], ["pulumi-nodejs:dynamic/nylas:Rule", "a/x"]),
      ["nylas:index:Tenant$nylas:index:Rule a/x"],
    );
    assert.deepEqual(await ofChild(NATIVE, [], ["nylas:index:AgentDomain", "a"], DYNAMIC), [
      "pulumi-nylas:index:Tenant$pulumi-nylas:index:AgentDomain a",
    ]);
  });

  it("are of its own type for a vendor's record, and under somebody else's component", async () => {
    const record = "cloudflare:index/dnsRecord:DnsRecord";
    assert.deepEqual(await ofChild(NATIVE, [], [record, "a-mx"], DYNAMIC), [
      "pulumi-nylas:index:Tenant$cloudflare:index/dnsRecord:DnsRecord a-mx",
    ]);
    const own = "urn:pulumi:s::p::my:own:Customer::old";
    assert.deepEqual(await ofChild(DYNAMIC, [own], ["pulumi-nodejs:dynamic/nylas:Policy", "a"]), [
      "my:own:Customer$pulumi-nodejs:dynamic/nylas:Policy old",
    ]);
    assert.deepEqual(
      (await ofChild(NATIVE, [own], ["nylas:index:Policy", "a"], DYNAMIC)).filter((each) =>
        each.startsWith("my:"),
      ),
      ["my:own:Customer$nylas:index:Policy old"],
    );
  });

  it("combine a rename with the other host, also for a component in the component", async () => {
    assert.deepEqual(
      (await ofChild(NATIVE, [{ name: "old" }], ["nylas:index:List", "a/x"], DYNAMIC)).sort(),
      [
        "nylas:index:Tenant$nylas:index:List old/x",
        "pulumi-nylas:index:Tenant$pulumi-nodejs:dynamic/nylas:List a/x",
        "pulumi-nylas:index:Tenant$pulumi-nodejs:dynamic/nylas:List old/x",
      ],
    );
    const nested = aliasesOfChild(
      NATIVE,
      "a",
      { aliases: [{ name: "old" }] },
      "a",
      "nylas:index:AgentDomain",
      DYNAMIC,
    );
    assert.deepEqual((await places(nested)).sort(), [
      "nylas:index:Tenant$nylas:index:AgentDomain old",
      "pulumi-nylas:index:Tenant$pulumi-nylas:index:AgentDomain a",
      "pulumi-nylas:index:Tenant$pulumi-nylas:index:AgentDomain old",
    ]);
  });

  it("are none where there is nothing to come from", () => {
    assert.equal(
      withAliasesForChildren(DYNAMIC, "a", undefined, () => true),
      undefined,
    );
  });
});

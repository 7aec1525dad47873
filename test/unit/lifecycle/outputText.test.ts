import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as nylas from "pulumi-nylas";
import { zoneFile } from "pulumi-nylas";
import { findOutputText } from "../../../provider/core/outputText";
import { type CommonInputs } from "../../../provider/core/definition";
import { type DynamicProvider } from "../../../provider/hosts/dynamic/dynamicProvider";
import * as resources from "../../../provider/dynamic";

const TEXT = `${pulumi.output("value") as unknown as string}`;

describe("a text that was built from an output without interpolate", () => {
  it("is found as the SDK writes it, wherever it stands", () => {
    assert.equal(findOutputText(`a-${TEXT}-b`, "name"), "name");
    assert.equal(findOutputText({ a: [{ b: TEXT }] }), "a[0].b");
    assert.equal(findOutputText({ on: { [TEXT]: 1 } }), "on");
    assert.equal(findOutputText({ a: ["plain", 1, null, undefined], b: "Calling" }), undefined);
  });

  type Kind = Pick<DynamicProvider<CommonInputs, unknown, unknown>, "check" | "configure">;
  const kinds = resources as unknown as Record<string, Kind>;
  const good: Record<string, Record<string, unknown>> = {
    Policy: { name: TEXT },
    List: { type: "domain", description: TEXT },
    Rule: { conditions: [{ field: "from.address", contains: TEXT }], actions: ["block"] },
    Workspace: { name: `w-${TEXT}` },
    AgentAccount: { email: "a@a.example.com", displayName: TEXT },
    Webhook: { url: "https://a.example/", triggers: ["message.created"], rotateWhenChanged: { key: TEXT } },
    Domain: { domainName: "a.example.com", name: TEXT },
  };
  for (const [type, inputs] of Object.entries(good)) {
    it(`is refused by check of ${type}, with its path and pulumi.interpolate`, async () => {
      const provider = kinds[type] ?? assert.fail(`no kind ${type}`);
      void provider.configure({ config: { get: () => undefined } });
      const { failures } = await provider.check({}, { ...inputs, label: "project/stack/name" });
      assert.equal(failures.length, 1, JSON.stringify(failures));
      assert.match(failures[0]!.reason, /pulumi\.interpolate/);
    });
  }

  it("is refused as the id of what is read or imported, and in a look-up, before anything is asked", async () => {
    assert.throws(() => nylas.NylasPolicy.get("p", TEXT), /its id: .*pulumi\.interpolate/);
    assert.throws(
      () => new nylas.NylasList("l", { type: "tld" }, { import: TEXT }),
      /import: .*pulumi\.interpolate/,
    );
    for (const look of [
      () => nylas.getPolicy({ id: TEXT }),
      () => nylas.getAgentAccount({ email: TEXT }),
      () => nylas.getDomain({ domainName: `a.${TEXT}` }),
    ])
      await assert.rejects(look(), /get\w+: .*pulumi\.interpolate/);
  });

  it("is refused as a resource's name, an alias or a domain", async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: name, state: inputs as Record<string, unknown> }),
      call: () => ({}),
    });
    const domain = (domainName: string) => new nylas.AgentDomain("d", { domainName, dns: zoneFile() });
    assert.throws(() => new nylas.NylasPolicy(`p-${TEXT}`), /pulumi\.interpolate/);
    assert.throws(() => domain(`${TEXT}.example.com`), /pulumi\.interpolate/);
    assert.throws(() => domain("agents.example.com").mailbox(TEXT), /pulumi\.interpolate/);
    const tenant = (args: Partial<nylas.TenantArgs>) =>
      new nylas.Tenant("t", { trial: "acme.nylas.email", accounts: {}, ...args } as nylas.TenantArgs);
    assert.throws(() => tenant({ accounts: { [TEXT]: {} } }), /accounts: .*pulumi\.interpolate/);
    assert.throws(
      () => tenant({ rules: { [`block-${TEXT}`]: { conditions: [], actions: ["block"] } } }),
      /rules: .*pulumi\.interpolate/,
    );
  });
});

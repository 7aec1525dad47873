import { strict as assert } from "node:assert";
import * as pulumi from "@pulumi/pulumi";
import { type Definition } from "../../../provider/core/definition";
import {
  pulumiArguments,
  saysItGoesOn,
  stopsAfterPreview,
} from "../../../provider/hosts/dynamic/pulumiCommand";
import { REFUSED } from "../../../provider/core/fields";
import { account } from "../../../provider/resources/account";
import { apiKey } from "../../../provider/resources/apiKey";
import { defaultWorkspace } from "../../../provider/resources/defaultWorkspace";
import { domain } from "../../../provider/resources/domain";
import { domainRecords } from "../../../provider/resources/domainRecords";
import { domainVerification } from "../../../provider/resources/domainVerification";
import { list } from "../../../provider/resources/list";
import { policy } from "../../../provider/resources/policy";
import { principal } from "../../../provider/resources/principal";
import { rule } from "../../../provider/resources/rule";
import { smokeTest } from "../../../provider/resources/smokeTest";
import { webhook } from "../../../provider/resources/webhook";
import { workspace } from "../../../provider/resources/workspace";

describe("finding 3: a preview with a refused resource", () => {
  it("fails, unless it is the first half of an up that goes on after errors", () => {
    const up = ["up", "--yes"];
    const cases: [args: string[] | undefined, env: string | undefined, fails: boolean][] = [
      [["preview"], undefined, true],
      [["preview", "--json"], "true", true],
      [["-C", "folder", "preview"], "1", true],
      [up, undefined, true],
      [[...up, "--continue-on-error"], undefined, false],
      [[...up, "--continue-on-error=true"], undefined, false],
      [["update", "--continue-on-error"], undefined, false],
      [["-C", "folder", ...up, "--continue-on-error"], undefined, false],
      [[...up, "--continue-on-error=false"], "true", true],
      [[...up, "--continue-on-error", "--continue-on-error=false"], undefined, true],
      [up, "true", false],
      [up, "1", false],
      [up, "false", true],
      [up, "", true],
      // Where the arguments cannot be seen, the variable alone decides.
      [undefined, undefined, true],
      [undefined, "true", false],
    ];
    for (const [args, variable, fails] of cases) {
      const env = variable === undefined ? {} : { PULUMI_CONTINUE_ON_ERROR: variable };
      assert.equal(stopsAfterPreview(args, env), fails, `${args?.join(" ")} with ${variable}`);
    }
  });

  it("reads the variable that the engine has for the flag, after the flag and before the older one", () => {
    const up = ["up", "--yes"];
    const cases: [
      args: string[] | undefined,
      ofFlag: string,
      older: string | undefined,
      goesOn: boolean | undefined,
    ][] = [
      [up, "true", undefined, true],
      [up, "TRUE", undefined, true],
      [up, "1", "false", true],
      [up, "false", "true", false],
      [up, "0", "true", false],
      // The engine takes these for no value.
      [up, "", "true", true],
      [up, "yes", undefined, false],
      [[...up, "--continue-on-error=false"], "true", "true", false],
      [[...up, "--continue-on-error"], "false", "false", true],
      [undefined, "true", undefined, true],
      [undefined, "false", undefined, false],
      [undefined, "", "false", false],
      // Nobody tells.
      [undefined, "", undefined, undefined],
    ];
    for (const [args, ofFlag, older, goesOn] of cases) {
      const env = {
        PULUMI_OPTION_CONTINUE_ON_ERROR: ofFlag,
        ...(older === undefined ? {} : { PULUMI_CONTINUE_ON_ERROR: older }),
      };
      assert.equal(saysItGoesOn(args, env), goesOn, `${args?.join(" ")} with ${ofFlag} and ${older}`);
    }
  });

  it("knows no arguments where no pulumi runs the process", () => {
    assert.equal(pulumiArguments(), undefined);
  });

  it("asks the plugin about every kind of resource that can be refused for what stands", async () => {
    const registered = new Map<string, Record<string, unknown>>();
    const mocks: pulumi.runtime.Mocks = {
      newResource: ({ type, inputs }) => {
        registered.set(type.split(":").at(-1)!, inputs as Record<string, unknown>);
        return { id: "id", state: inputs as Record<string, unknown> };
      },
      call: () => ({}),
    };
    const nylas = await import("pulumi-nylas");
    const experimental = await import("pulumi-nylas/experimental");
    const declare = async (isPreview: boolean) => {
      registered.clear();
      await pulumi.runtime.setMocks(mocks, "project", "stack", isPreview);
      const resources: pulumi.Resource[] = [
        new nylas.NylasDomain("a", { domainName: "a.example.com" }),
        new nylas.NylasDomainRecords("a", { domainId: "a", domainName: "a.example.com" }),
        new nylas.NylasDomainVerification("a", { domainName: "a.example.com", records: {} }),
        new nylas.NylasWorkspace("a"),
        new nylas.NylasDefaultWorkspace("a"),
        new nylas.NylasPolicy("a"),
        new nylas.AgentAccount("a", { email: "a@a.example.com" }),
        new nylas.NylasRule("a", { conditions: [{ field: "from.tld", is: "zip" }], actions: ["block"] }),
        new nylas.NylasList("a", { type: "domain" }),
        new nylas.NylasWebhook("a", { url: "https://a.example.com", triggers: ["message.created"] }),
        new experimental.NylasPrincipal("a", { boundTo: { workspace: "ws-1" } }),
        new experimental.NylasApiKey("a", { principalId: "p-1", expiresAt: "2031-01-01T00:00:00Z" }),
        new nylas.NylasSmokeTest("a", { accounts: ["g-1"] }),
      ];
      for (const resource of resources)
        await (resource.urn as unknown as { promise(): Promise<string> }).promise();
    };
    const definitions = [
      domain,
      domainRecords,
      domainVerification,
      workspace,
      defaultWorkspace,
      policy,
      account,
      rule,
      list,
      webhook,
      principal,
      apiKey,
      smokeTest,
    ] as unknown as Definition<object, unknown, unknown>[];
    await declare(true);
    assert.equal(registered.size, definitions.length);
    for (const { type, validation, replacement, gone } of definitions) {
      const mayBeRefused = (validation?.refusals ?? replacement ?? gone?.loses) !== undefined;
      assert.equal(registered.get(type)![REFUSED], mayBeRefused ? "" : undefined, type);
    }
    await declare(false);
    for (const [type, inputs] of registered)
      assert.ok(!(REFUSED in inputs), `${type}: an up records nothing of it`);
  });
});

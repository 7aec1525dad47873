import assert from "node:assert/strict";
import * as fs from "node:fs";
import { NEEDS } from "../../provider/resources/needs";
import { documents, withGeneratedParts } from "../../scripts/docs";
import { startReceiver, type Receiver } from "../receiver";
import { type Declared, type Of } from "./stack";
import { declare, openWorld } from "./world";

describe("what a resource needs to be let in", () => {
  const world = openWorld();
  let receiver: Receiver;
  before(async () => (receiver = await startReceiver()));
  after(() => receiver.close());

  const id = (name: string) => (of: Of) => of(name).id;
  const domain = declare("Domain", "domain", { domainName: "agents.example.com", forceDestroy: true });

  /** A program around one resource of each type: what it needs beside itself comes first. */
  const programs: Record<string, () => Declared[]> = {
    Domain: () => [domain],
    DomainRecords: () => [
      domain,
      declare("DomainRecords", "records", { domainId: id("domain"), domainName: "agents.example.com" }),
    ],
    DomainVerification: () => [
      domain,
      declare("DomainVerification", "verification", {
        forceDestroy: true,
        domainId: id("domain"),
        domainName: "agents.example.com",
        records: {},
        wait: false,
      }),
    ],
    Workspace: () => [declare("Workspace", "workspace")],
    DefaultWorkspace: () => [declare("DefaultWorkspace", "default")],
    Policy: () => [declare("Policy", "policy")],
    AgentAccount: () => [declare("AgentAccount", "account", { email: "bot@acme.nylas.email" })],
    Rule: () => [
      declare("Rule", "rule", {
        conditions: [{ field: "from.domain", is: "spam.example" }],
        actions: ["block"],
      }),
    ],
    List: () => [declare("List", "list", { type: "domain", items: ["spam.example"] })],
    Webhook: () => [declare("Webhook", "webhook", { url: receiver.url, triggers: ["message.created"] })],
    Principal: () => [
      declare("Principal", "principal", {
        boundTo: { application: world.sim.ids.application },
        permissions: ["messages.read"],
      }),
    ],
    SmokeTest: () => [
      declare("AgentAccount", "account", { email: "bot@acme.nylas.email" }),
      declare("SmokeTest", "smoke", { accounts: [id("account")] }),
    ],
    ApiKey: () => [
      declare("ApiKey", "key", {
        principalId: world.sim.state().principals[0]!.id,
        expiresAt: "2027-06-30T00:00:00Z",
      }),
    ],
  };

  it("is said of every resource there is, in the documentation as well", async () => {
    const dynamic = Object.keys((await import("pulumi-nylas/dynamic")) as object).filter((key) =>
      /^[A-Z]/.test(key),
    );
    assert.deepEqual(Object.keys(NEEDS).sort(), dynamic.sort());
    assert.deepEqual(Object.keys(programs).sort(), dynamic.sort());
    for (const document of documents) {
      const text = fs.readFileSync(document, "utf8");
      assert.equal(withGeneratedParts(text), text, `${document} is out of date: npm run docs`);
    }
  });

  for (const [type, { key, permissions, signed }] of Object.entries(NEEDS)) {
    const setting = key === "application" ? "nylas:apiKey" : "nylas:organizationKey";

    function useOnlyTheKeySaid(allowed: readonly string[]): void {
      const { "nylas:apiKey": apiKey, "nylas:organizationKey": organizationKey, ...rest } = world.config;
      world.stack.config = {
        ...rest,
        ...(key === "application"
          ? { "nylas:apiKey": apiKey! }
          : { "nylas:organizationKey": organizationKey! }),
      };
      if (key === "organization") world.sim.limitKey("organizationKey", { permissions: [...allowed] });
    }

    it(`${type}: the ${key} key alone makes it, reads it and ends it`, async () => {
      useOnlyTheKeySaid(permissions);
      const program = programs[type]!();
      assert.deepEqual((await world.stack.apply(program)).errors, []);
      assert.deepEqual((await world.stack.refresh()).errors, []);
      assert.deepEqual((await world.stack.destroy()).errors, []);
      assert.deepEqual(world.stack.state, []);
    });

    it(`${type}: a service account ${signed ? "does in place of" : "does not replace"} the ${key} key`, async () => {
      const { "nylas:apiKey": _one, "nylas:organizationKey": _other, ...rest } = world.config;
      world.stack.config = { ...rest, "nylas:serviceAccount": world.sim.keys.serviceAccount };
      const { errors } = await world.stack.apply(programs[type]!());
      if (signed) assert.deepEqual([...errors, ...(await world.stack.destroy()).errors], []);
      else assert.match(errors.map(({ message }) => message).join("\n"), new RegExp(setting));
    });

    it(`${type}: without that key the error names ${setting}, and nothing is written`, async () => {
      const program = programs[type]!();
      const { [setting]: _without, ...rest } = world.config;
      world.stack.config = rest;
      world.sim.clearRequests();
      const { errors } = await world.stack.apply(program);
      assert.match(errors.map(({ message }) => message).join("\n"), new RegExp(setting));
      assert.deepEqual(world.sim.writes(), []);
    });

    for (const missing of permissions) {
      it(`${type}: without ${missing} it is refused with what is missing`, async () => {
        useOnlyTheKeySaid(permissions.filter((permission) => permission !== missing));
        const program = programs[type]!();
        const life = [await world.stack.apply(program)];
        life.push(
          await world.stack.apply(
            program.map((each) => ({ ...each, inputs: { ...each.inputs, name: "Changed" } })),
          ),
        );
        life.push(await world.stack.refresh(), await world.stack.destroy());
        const refused = life.flatMap(({ errors }) => errors).map(({ message }) => message);
        assert.ok(refused.length > 0, `nothing was refused without ${missing}`);
        assert.match(refused.join("\n"), /403|permission/i);
      });
    }
  }
});

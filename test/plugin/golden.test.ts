import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startReceiver, type Receiver } from "../receiver";
import { domainWord } from "../words";
import { type Declared, type Recorded } from "./stack";
import { declare, done, openWorld, publish, standing, succeeded } from "./world";

/** States as releases wrote them, one of each resource. `UPDATE_GOLDEN=1` writes the one of the version at hand. */
const folder = resolve(__dirname, "../golden");
const { version } = JSON.parse(readFileSync(resolve(__dirname, "../../provider/package.json"), "utf8")) as {
  version: string;
};

interface Golden {
  version: string;
  /** What differs from one simulator to the next beside the ids of the resources. */
  facts: Record<string, string>;
  state: Recorded[];
}

describe("a state that a release has written", () => {
  // M10: a verified domain goes by its word alone.
  const world = openWorld({ env: { NYLAS_FORCE_DESTROY: domainWord("agents.example.com") } });
  let receiver: Receiver;
  before(async () => void (receiver = await startReceiver()));
  after(() => receiver.close());

  /** Of each resource one; it has to go on working as it is written here, or old programs would not. */
  const program = (): Declared[] => [
    declare("Policy", "policy", {
      limits: { dailySends: 50, attachmentTypes: ["image/*"], inboxRetentionDays: 30, spamRetentionDays: 7 },
      spamDetection: { sensitivity: 1.5 },
    }),
    declare("List", "list", { type: "domain", items: ["spam.example"] }),
    declare("Rule", "rule", {
      conditions: [{ field: "from.domain", is: "spam.example" }],
      actions: ["block"],
    }),
    declare("Workspace", "workspace", {
      domainName: "agents.example.com",
      policyId: (of) => of("policy").id,
      ruleIds: [(of) => of("rule").id],
    }),
    declare("DefaultWorkspace", "rest", { policyId: (of) => of("policy").id }),
    declare("Domain", "domain", { domainName: "Agents.example.com." }),
    declare("DomainRecords", "records", {
      domainId: (of) => of("domain").id,
      domainName: (of) => of("domain").domainName,
    }),
    declare("DomainVerification", "verified", {
      domainId: (of) => of("domain").id,
      domainName: (of) => of("domain").domainName,
      records: (of) => of("records").records,
      wait: false,
    }),
    declare("AgentAccount", "account", {
      email: "Bot@acme.nylas.email",
      displayName: "Bot",
      workspaceId: (of) => of("workspace").id,
      appPassword: "A-good-Password-123456",
    }),
    declare("Webhook", "webhook", { url: receiver.url, triggers: ["message.created"] }),
    declare("SmokeTest", "smoke", { accounts: [(of) => of("account").id] }),
    declare("Principal", "principal", {
      boundTo: { workspace: (of) => of("workspace").id },
      permissions: ["messages.read"],
    }),
    declare("ApiKey", "key", { principalId: (of) => of("principal").id, expiresAt: "2035-01-01T00:00:00Z" }),
  ];
  const facts = (): Golden["facts"] => {
    const { sim } = world;
    return { application: sim.ids.application, organization: sim.ids.organization, receiver: receiver.url };
  };
  /** Makes the remote side of it, up to a domain that is verified. */
  const build = async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program()));
    publish(sim, stack.find("records").outputs.records);
    succeeded(await stack.apply(program()));
    assert.equal(stack.find("verified").outputs.status, "verified");
  };

  if (process.env.UPDATE_GOLDEN !== undefined) {
    it(`is written for ${version}`, async () => {
      await build();
      const golden: Golden = { version, facts: facts(), state: world.stack.state };
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${version}.json`), `${JSON.stringify(golden, null, 2)}\n`);
    });
  }

  it("is there for this version, with every resource that there is", () => {
    const { state } = read(`${version}.json`);
    // What the texts in the state load.
    const module_ = readFileSync(resolve(__dirname, "../../provider/dynamic.ts"), "utf8");
    const types = [...module_.matchAll(/^export const (\w+) = provide\(/gm)].map(([, type]) => type!);
    assert.ok(types.length >= 7);
    assert.deepEqual([...new Set(state.map(({ type }) => type))].sort(), types.sort());
  });

  const releases = readdirSync(folder).filter((file) => file.endsWith(".json"));
  for (const file of releases) {
    it(`${file.replace(".json", "")}: is refreshed, left alone by the same program, and destroyed by the code at hand`, async () => {
      const { sim, stack } = world;
      await build();
      const golden = read(file);
      const names = golden.state.map(({ name }) => name);
      // The same objects under the ids that this simulator has given them.
      let text = JSON.stringify(golden.state);
      for (const { name, id } of golden.state) text = text.replaceAll(id, stack.find(name).id);
      for (const [name, value] of Object.entries(facts())) text = text.replaceAll(golden.facts[name]!, value);
      stack.state = JSON.parse(text) as Recorded[];
      for (const { inputs, outputs } of stack.state) {
        assert.equal(outputs.__provider, inputs.__provider);
      }

      const programOfRelease = program().filter(({ name }) => names.includes(name));
      assert.deepEqual(done(succeeded(await stack.preview(programOfRelease))), []);
      assert.deepEqual(done(succeeded(await stack.apply(programOfRelease))), []);
      assert.deepEqual(done(succeeded(await stack.refresh())), []);
      assert.deepEqual(done(succeeded(await stack.apply(programOfRelease))), []);
      succeeded(await stack.destroy());
      assert.deepEqual(stack.state, []);
      assert.deepEqual(standing(sim), []);
    });
  }

  function read(file: string): Golden {
    return JSON.parse(readFileSync(join(folder, file), "utf8")) as Golden;
  }
});

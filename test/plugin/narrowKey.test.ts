import assert from "node:assert/strict";
import { account, done, openWorld, policy, refused, succeeded, workspace } from "./world";

const FAMILIES = ["workspaces", "policies", "grants", "folders", "messages", "threads", "rules", "lists"];
const EVERYTHING = FAMILIES.flatMap((family) =>
  ["read", "create", "update", "delete"].map((action) => `${family}.${action}`),
);

describe("R14: a key that may not read its application or the connectors", () => {
  const world = openWorld();

  /** The application key becomes one of a principal with these permissions. */
  async function useKey(permissions: readonly string[]): Promise<void> {
    const { sim, stack, config } = world;
    const id = sim.seed({
      kind: "principal",
      name: "pipeline",
      binding: { type: "application", id: sim.ids.application },
      permissions: [...permissions],
    });
    const made = await fetch(`${sim.url}/v3/iam/principals/${id}/credentials`, {
      method: "POST",
      headers: { authorization: `Bearer ${sim.keys.organizationKey}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "key", expires_at: Math.floor(Date.now() / 1000) + 3600 }),
    });
    const { data } = (await made.json()) as { data: { secret: string } };
    stack.config = { ...config, "nylas:apiKey": data.secret };
  }

  it("makes, moves, refreshes and deletes where the objects tell the owner", async () => {
    const { sim, stack } = world;
    await useKey(EVERYTHING);
    sim.seed({ kind: "connector", provider: "nylas" });
    const program = (of: "a" | "b", dailySends: number) => [
      policy("p", { name: "P", limits: { dailySends } }),
      workspace("a", { name: "A" }),
      workspace("b", { name: "B" }),
      account("bot", { email: "bot@acme.nylas.email", workspaceId: (at) => at(of).id }),
    ];
    succeeded(await stack.apply(program("a", 50)));
    succeeded(await stack.apply(program("b", 40)));
    const [grant] = sim.state().grants;
    assert.equal(grant!.workspace_id, stack.find("b").id, "moved, and the same mailbox");
    assert.equal(grant!.id, stack.find("bot").id);
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    assert.deepEqual(done(succeeded(await stack.apply(program("b", 40)))), []);
    assert.equal(stack.find("bot").outputs.applicationId, sim.ids.application);
    succeeded(await stack.destroy());
    assert.deepEqual(sim.state().grants, []);
  });

  it("is held to the application of the state like any other", async () => {
    const { sim, stack } = world;
    const program = [workspace("a", { name: "A" })];
    stack.config = { ...world.config, "nylas:apiKey": sim.keys.secondApiKey };
    succeeded(await stack.apply(program));
    await useKey(EVERYTHING);
    refused(
      await stack.apply([workspace("a", { name: "B" })]),
      new RegExp(`is of application ${sim.ids.application} .*but this state is of application`),
    );
  });

  it("is told the route and the permission where nothing tells the owner", async () => {
    const { sim, stack } = world;
    await useKey(["grants.read", "grants.create"]);
    refused(
      await stack.apply([account("bot", { email: "bot@acme.nylas.email" })]),
      /for GET \/v3\/applications an IAM key needs the permission applications\.read/,
    );
    assert.deepEqual(sim.state().grants, []);
  });

  it("is told what to do where the connector is missing", async () => {
    const { sim, stack } = world;
    await useKey(EVERYTHING);
    refused(await stack.apply([account("bot", { email: "bot@acme.nylas.email" })]), /has no connector/);
    assert.deepEqual(sim.state().grants, []);
    sim.seed({ kind: "connector", provider: "nylas" });
    succeeded(await stack.apply([account("bot", { email: "bot@acme.nylas.email" })]));
  });

  for (const missing of ["policies.create", "workspaces.update", "grants.delete"])
    it(`is told that ${missing} is missing, and nothing is lost`, async () => {
      const { sim, stack } = world;
      await useKey(EVERYTHING.filter((permission) => permission !== missing));
      sim.seed({ kind: "connector", provider: "nylas" });
      const one = [
        workspace("a", { name: "A" }),
        account("bot", { email: "bot@acme.nylas.email", workspaceId: (at) => at("a").id }),
      ];
      succeeded(await stack.apply(one));
      const attempt = {
        "policies.create": [...one, policy("p", { name: "P" })],
        "workspaces.update": [workspace("a", { name: "B" }), one[1]!],
        "grants.delete": [one[0]!],
      }[missing]!;
      refused(await stack.apply(attempt), new RegExp(`needs the permission ${missing.replace(".", "\\.")} `));
      assert.equal(sim.state().grants.length, 1);
    });
});

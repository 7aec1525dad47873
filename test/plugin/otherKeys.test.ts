import assert from "node:assert/strict";
import { secondKey } from "../secondKey";
import { account, openWorld, succeeded } from "./world";

describe("A9: another connection to the same application, by another key", () => {
  const world = openWorld();

  it("does not delete a mailbox that the program still declares (F4)", async () => {
    const { sim, stack, config } = world;
    const kinds = ["grants", "workspaces", "policies", "rules", "lists", "folders", "messages", "connectors"];
    const key = await secondKey(sim, async (call) => {
      const { application_id: id } = await call("GET", "/v3/applications", undefined, sim.keys.apiKey);
      const of = [...kinds, "applications"].flatMap((kind) =>
        ["read", "create", "update", "delete"].map((action) => `${kind}.${action}`),
      );
      return { resource_binding: { type: "application", id }, direct_permissions: of };
    });
    stack.config = { ...config, "nylas-two:apiUrl": sim.url, "nylas-two:apiKey": key };
    const email = "a@acme.nylas.email";
    succeeded(await stack.apply([account("a", { email, forceDestroy: true })]));
    sim.addMessage({ grant: email, subject: "keep" });
    const renamed = account("b", { email, forceDestroy: true, connection: "two" });
    const said = await stack.apply([renamed], { continueOnError: true });
    assert.match(JSON.stringify(said.errors), /exists already/);
    assert.deepEqual(sim.state().lostMail, []);
    assert.equal(sim.state().grants.length, 1);
  });

  it("N5: nor by a key that is not accepted", async () => {
    const { sim, stack, config } = world;
    stack.config = { ...config, "nylas-two:apiUrl": sim.url, "nylas-two:apiKey": "nyk_v0_this_is_no_key" };
    const email = "a@acme.nylas.email";
    succeeded(await stack.apply([account("a", { email, forceDestroy: true })]));
    sim.addMessage({ grant: email, subject: "keep" });
    const said = await stack.apply([account("b", { email, forceDestroy: true, connection: "two" })], {
      continueOnError: true,
    });
    assert.ok(said.errors.length >= 2, JSON.stringify(said.errors));
    assert.deepEqual(sim.state().lostMail, []);
    assert.equal(sim.state().grants.length, 1);
  });
});

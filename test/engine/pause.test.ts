import { strict as assert } from "node:assert";
import { wordsFor } from "../words";
import { itInLongRun } from "./longRun";
import { closeScenes, mailbox, openScene, refused, type Scene, succeeded, writesOf } from "./scene";

const TRIAL = "acme.nylas.email";
const at = (local: string) => `${local}@${TRIAL}`;

/** Whether a mailbox can send, asked as whoever has its grant id would: "sent", or the status of the refusal. */
async function send({ sim, nylas }: Scene, from: string): Promise<unknown> {
  return nylas.messages
    .send({
      identifier: mailbox(sim, from)!.id,
      requestBody: { to: [{ email: "x@example.net" }], subject: "Hello" },
    })
    .then(
      () => "sent",
      (error: { statusCode?: number }) => error.statusCode,
    );
}

interface Said {
  accounts?: string[];
  sending?: "on" | "paused";
  workspace?: string;
  more?: string;
}

function program({ accounts = ["a", "b"], sending = "paused", workspace = "{}", more = "" }: Said): string {
  return `
    const t = new nylas.Tenant("t", {
      trial: "${TRIAL}",
      sending: "${sending}",
      workspace: ${workspace},
      accounts: { ${accounts.map((alias) => `${alias}: {}`).join(", ")} },
    });
    new nylas.Tenant("other", { trial: "${TRIAL}", accounts: { c: {} } });
    ${more}
  `;
}

/** Two tenants, of which "t" is paused and has mail in its second mailbox. */
async function paused(said: Said = {}, simulator = {}): Promise<Scene> {
  const scene = await openScene({ simulator, program: program(said) });
  succeeded(await scene.stack.up());
  scene.sim.addMessage({ grant: at("t-b"), subject: "keep me" });
  assert.deepEqual(
    [await send(scene, at("t-a")), await send(scene, at("t-b")), await send(scene, at("other-c"))],
    [403, 403, "sent"],
  );
  return scene;
}

const workspaceOf = ({ sim }: Scene, name: string) =>
  sim.state().workspaces.find((each) => each.name.endsWith(`/${name}`))!.id;

describe("S4: no account of a paused tenant's workspace can send until the pause is ended", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  itInLongRun(
    "C42: is refused where ignoreChanges would keep the brake out of the workspace, and holds without that option",
    async () => {
      const scene = await openScene({ program: program({ sending: "on" }) });
      const { stack, declare } = scene;
      succeeded(await stack.up());
      for (const register of ["registerStackTransformation", "registerResourceTransform"]) {
        const ignoring = `pulumi.runtime.${register}(({ type, props, opts }) =>
        type.endsWith("nylas:Workspace") ? { props, opts: { ...opts, ignoreChanges: ["ruleIds"] } } : undefined);\n`;
        declare(ignoring + program({ sending: "on" }));
        succeeded(await stack.up());
        declare(ignoring + program({}));
        refused(await stack.up(), "ignoreChanges of ruleIds is refused: the tenant is paused");
      }
      assert.equal(await send(scene, at("t-a")), "sent", "that is why it is an error");
      declare(program({}));
      succeeded(await stack.up());
      assert.equal(await send(scene, at("t-a")), 403);
      succeeded(await stack.up("--expect-no-changes"));
    },
  );

  it("one that is taken out of the program and kept for its mail", async () => {
    const scene = await paused();
    const { sim, stack, declare } = scene;
    declare(program({ accounts: ["a"] }));
    for (const flags of [[], ["--continue-on-error"]]) {
      refused(await stack.up(...flags), `account ${at("t-b")}`, "is kept: its mailbox holds mail");
      assert.deepEqual([await send(scene, at("t-a")), await send(scene, at("t-b"))], [403, 403]);
    }
    // With no account left to name, too.
    declare(program({ accounts: [] }));
    refused(await stack.up("--continue-on-error"), "is kept: its mailbox holds mail");
    assert.equal(await send(scene, at("t-b")), 403);
    assert.equal(await send(scene, at("other-c")), "sent");

    // Ended on purpose.
    declare(program({ accounts: [], sending: "on" }));
    refused(await stack.up("--continue-on-error"), "is kept: its mailbox holds mail");
    assert.equal(await send(scene, at("t-b")), "sent");

    declare(program({ accounts: ["b"] }));
    succeeded(await stack.up());
    assert.equal(await send(scene, at("t-b")), 403);
    assert.deepEqual(sim.state().rules.length, 1);
  });

  itInLongRun("one that is let go with its mail: by retainOnDelete, and by pulumi state delete", async () => {
    const keep = `pulumi.runtime.registerStackTransformation(({ name, props, opts }) =>
      name === "t/b@trial" ? { props, opts: { ...opts, retainOnDelete: true } } : undefined);`;
    const scene = await openScene({ program: keep + program({ accounts: ["a", "b", "d"] }) });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    for (const name of ["t-b", "t-d"]) sim.addMessage({ grant: at(name), subject: "keep me" });
    succeeded(await stack.run("state", "delete", stack.resource("t/d@trial")!.urn, "--yes"));
    declare(program({ accounts: ["a"] }));
    succeeded(await stack.up());
    assert.deepEqual(
      [await send(scene, at("t-a")), await send(scene, at("t-b")), await send(scene, at("t-d"))],
      [403, 403, 403],
    );
    succeeded(await stack.up("--expect-no-changes"));
  });

  itInLongRun("a new one that up --target makes without the rule", async () => {
    const scene = await paused();
    const { stack, declare } = scene;
    declare(program({ accounts: ["a", "b", "d"] }));
    const account = stack.resource("t/a@trial")!.urn.replace(/t\/a@trial$/, "t/d@trial");
    succeeded(await stack.up("--target", account));
    assert.equal(await send(scene, at("t-d")), 403);
    succeeded(await stack.up());
    assert.equal(await send(scene, at("t-d")), 403);
    succeeded(await stack.up("--expect-no-changes"));
  });

  it("one that another resource or another stack puts into its workspace, new or moved", async () => {
    const plain = `new nylas.AgentAccount("moved", { email: "moved@${TRIAL}" });`;
    const scene = await paused({ more: plain });
    const { sim, stack, declare } = scene;
    const id = workspaceOf(scene, "t");
    const inside = `
      new nylas.AgentAccount("moved", { email: "moved@${TRIAL}", workspaceId: "${id}" });
      new nylas.AgentAccount("made", { email: "made@${TRIAL}", workspaceId: t.workspaceId });`;
    declare(program({ more: inside }));
    succeeded(await stack.up());
    const second = await openScene({
      beside: sim,
      project: "second",
      program: `new nylas.AgentAccount("late", { email: "late@${TRIAL}", workspaceId: "${id}" });`,
    });
    succeeded(await second.stack.up());
    for (const name of ["made", "moved", "late"]) assert.equal(await send(scene, at(name)), 403, name);
    assert.equal(await send(scene, at("other-c")), "sent");
    // The rule's own entry in the state knows nothing of them, and leaves them in.
    succeeded(await stack.up("--expect-no-changes"));
    succeeded(await stack.refresh());
    succeeded(await stack.up("--expect-no-changes"));
    declare(program({ accounts: ["a", "b", "d"], more: inside }));
    succeeded(await stack.up());
    for (const name of ["made", "moved", "late"]) assert.equal(await send(scene, at(name)), 403, name);
  });

  itInLongRun(
    "one that stands in the workspace when the pause begins, whoever has put it there",
    async () => {
      const scene = await openScene({ program: program({ sending: "on" }) });
      const { sim, stack, declare } = scene;
      succeeded(await stack.up());
      sim.seed({ kind: "grant", email: at("hand"), workspaceId: workspaceOf(scene, "t") });
      declare(program({ sending: "paused" }));
      succeeded(await stack.up());
      assert.deepEqual([await send(scene, at("hand")), await send(scene, at("other-c"))], [403, "sent"]);
      // And one that another tool puts there later: a refresh finds it, and the next up covers it.
      sim.seed({ kind: "grant", email: at("hand2"), workspaceId: workspaceOf(scene, "t") });
      succeeded(await stack.refresh());
      succeeded(await stack.up());
      assert.equal(await send(scene, at("hand2")), 403);
      succeeded(await stack.refresh("--expect-no-changes"));
      succeeded(await stack.up("--expect-no-changes"));
    },
  );

  itInLongRun("one that lands there by auto-grouping", async () => {
    const workspace = `{ domainName: "${TRIAL}", autoGroup: true }`;
    const scene = await paused({ workspace });
    const { stack, declare } = scene;
    declare(program({ workspace, more: `new nylas.AgentAccount("auto", { email: "auto@${TRIAL}" });` }));
    succeeded(await stack.up());
    assert.equal(await send(scene, at("auto")), 403);
  });

  itInLongRun(
    "and one that moves on to another tenant can send there at once, in either reading of outbound rules",
    async () => {
      for (const outboundRules of ["workspace", "application"] as const) {
        const scene = await paused({}, { outboundRules });
        const { sim, stack, declare } = scene;
        const moved = `new nylas.AgentAccount("b", { email: "t-b@${TRIAL}", workspaceId: pulumi.output("${workspaceOf(scene, "other")}") },
        { aliases: [{ name: "t/b@trial", parent: t }] });`;
        declare(program({ accounts: ["a"], more: moved }));
        succeeded(await stack.up());
        assert.deepEqual(
          [await send(scene, at("t-a")), await send(scene, at("t-b"))],
          [403, "sent"],
          outboundRules,
        );
        assert.ok(mailbox(sim, at("t-b"))!.subjects.includes("keep me"));
        succeeded(await stack.up("--expect-no-changes"));
      }
    },
  );

  itInLongRun("and an empty one that is deleted leaves nothing of it behind", async () => {
    const scene = await paused({ accounts: ["a", "b", "empty"] });
    const { sim, stack, declare } = scene;
    declare(program({}));
    succeeded(await stack.up());
    const [rule] = sim.state().rules;
    assert.equal(JSON.stringify(rule).includes(at("t-empty")), false);
    succeeded(await stack.up("--expect-no-changes"));
    sim.clearRequests();
    stack.env["NYLAS_FORCE_DESTROY"] = wordsFor(["account", at("t-b")], ["account", at("other-c")]);
    declare("");
    succeeded(await stack.up());
    assert.deepEqual(sim.state().rules, []);
    assert.equal(writesOf(sim).filter((write) => write.startsWith("PUT /v3/rules")).length, 0);
  });

  itInLongRun(
    "C10: one list of workspaces that comes short while the pause is edited, and one that is kept for its mail",
    async () => {
      const scene = await paused();
      const { sim, stack, declare } = scene;
      declare(program({ accounts: ["a"] }));
      refused(await stack.up(), "is kept: its mailbox holds mail");
      sim.addFault({ kind: "short", method: "GET", path: "^/v3/workspaces$", times: 1 });
      declare(program({ accounts: ["a", "n"] }));
      await stack.up("--continue-on-error");
      assert.ok(sim.faults()[0]!.hits > 0);
      assert.deepEqual(
        [await send(scene, at("t-a")), await send(scene, at("t-n")), await send(scene, at("t-b"))],
        [403, 403, 403],
      );
      assert.equal(await send(scene, at("other-c")), "sent");
    },
  );
});

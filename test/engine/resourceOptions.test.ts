import { strict as assert } from "node:assert";
import { readPreview } from "../../provider/review/preview";
import { report } from "../../provider/review/report";
import { itInLongRun, itOrdinarilyIf } from "./longRun";
import { closeScenes, mailbox, openScene, refused, says, succeeded } from "./scene";

const ADDRESS = "bot@acme.nylas.email";
const workspace = `const workspace = new nylas.NylasWorkspace("w", { forceDestroy: true });`;
const account = (options: string) =>
  `new nylas.AgentAccount("a", { email: "${ADDRESS}", workspaceId: workspace.id }, ${options});`;
const team = (options: string) => `class Team extends pulumi.ComponentResource {
    constructor() { super("my:index:Team", "team", {}, ${options}); }
  }`;

describe("finding 10: deletedWith on an account that holds mail", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  const ways: Record<string, string> = {
    "on the account": `${workspace} ${account("{ deletedWith: workspace }")}`,
    "inherited from a component": `${workspace} ${team("{ deletedWith: workspace }")} ${account("{ parent: new Team() }")}`,
    "set by a transformation of the stack": `
      pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
        type.endsWith(":AgentAccount") ? { props, opts: { ...opts, deletedWith: workspace } } : undefined);
      ${workspace} ${account("{}")}`,
    "set by a transform that the engine runs": `
      pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
        type.endsWith(":AgentAccount") ? { props, opts: pulumi.mergeOptions(opts, { deletedWith: workspace }) } : undefined);
      ${workspace} ${account("{}")}`,
    "set by a transform of its component, which the engine runs": `${workspace}
      ${team(`{ transforms: [({ type, props, opts }) =>
        type.endsWith(":AgentAccount") ? { props, opts: pulumi.mergeOptions(opts, { deletedWith: workspace }) } : undefined] }`)}
      ${account("{ parent: new Team() }")}`,
  };
  for (const [way, program] of Object.entries(ways)) {
    itOrdinarilyIf(
      way === "inherited from a component",
      `${way} is refused in the preview, and the mailbox stays`,
      async () => {
        const { sim, stack, declare } = await openScene({ program: `${workspace} ${account("{}")}` });
        succeeded(await stack.up());
        sim.receive({ grant: ADDRESS, from: "person@example.com", subject: "hello" });
        declare(program);
        refused(await stack.preview(), 'NylasAgentAccount "a": deletedWith is refused');
        refused(await stack.up(), "deletedWith is refused");
        refused(await stack.destroy());
        assert.deepEqual(mailbox(sim, ADDRESS)?.subjects, ["hello"]);
      },
    );
  }

  itInLongRun(
    "hideDiffs hides a shorter retention neither from the refusal, nor from the warning, nor from a review",
    async () => {
      const { sim, stack, declare } = await openScene({ program: "" });
      const keeping = (days: number, word = "") => `
      const policy = new nylas.NylasPolicy("p", { name: "P", limits: { inboxRetentionDays: ${days}, spamRetentionDays: 1 }, ${word} },
        { hideDiffs: ["limits", "allowMailLoss"] });
      const workspace = new nylas.NylasWorkspace("w", { name: "W", policyId: policy.id });
      new nylas.AgentAccount("a", { email: "${ADDRESS}", workspaceId: workspace.id });`;
      declare(keeping(300));
      succeeded(await stack.up());
      sim.addMessage({ grant: ADDRESS, subject: "old", ageSeconds: 90 * 86_400 });
      declare(keeping(6));
      refused(await stack.preview(), "allowMailLoss: true on the policy");
      declare(keeping(6, "allowMailLoss: true"));
      says(succeeded(await stack.preview()), 'allowMailLoss on policy "P" is set in this change');
      const { stdout } = succeeded(await stack.run("preview", "--json", "--show-sames"));
      const { markdown, gates } = report(readPreview(stdout));
      assert.ok(
        gates.some(({ gate }) => gate === "mail-loss"),
        markdown,
      );
      assert.deepEqual(mailbox(sim, ADDRESS)?.subjects, ["old"]);
    },
  );

  itInLongRun(
    "hooks run around what they are bound to, and one on the delete lets it go by --run-program alone",
    async () => {
      const { sim, stack, declare } = await openScene({ program: "" });
      const guarded = `
      const stop = new pulumi.ResourceHook("stop", () => { throw new Error("not today"); }, {});
      new nylas.NylasPolicy("p", { name: "P" }, { hooks: { beforeDelete: [stop] } });`;
      declare(guarded);
      succeeded(await stack.up());
      refused(await stack.destroy("--run-program"), "not today");
      assert.deepEqual(
        sim.state().policies.map(({ name }) => name),
        ["P"],
      );
      refused(await stack.destroy(), "--run-program");
      assert.equal(sim.state().policies.length, 1);
    },
  );

  it("finding 15: a missing itemsFile is refused in under two seconds of the program's time", async () => {
    const { stack } = await openScene({ program: `new nylas.NylasPolicy("p");` });
    const time = async () => {
      const started = performance.now();
      const result = await stack.preview();
      return { result, ms: performance.now() - started };
    };
    await time();
    const empty = await time();
    stack.setProgram(
      `import * as nylas from "pulumi-nylas"; new nylas.NylasList("l", { type: "domain", itemsFile: "missing.txt" });`,
    );
    const missing = await time();
    refused(missing.result, "missing.txt");
    assert.ok(
      missing.ms - empty.ms < 2000,
      `${Math.round(missing.ms - empty.ms)} ms longer than a program without it`,
    );
  });
});

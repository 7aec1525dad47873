import { strict as assert } from "node:assert";
import { itInLongRun } from "./longRun";
import {
  changes,
  closeScenes,
  mailbox,
  openScene,
  recorded,
  refused,
  says,
  succeeded,
  writesOf,
} from "./scene";

describe("objects that exist already", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  it("are refused with the ways forward, taken over on request without a write, and looked up", async () => {
    const program = (options: { adopt: string; imported: string; displayName?: string }) => `
      const policy = new nylas.NylasPolicy("policy", { name: "Outreach", limits: { dailySends: 50 }, ${options.adopt} });
      const workspace = new nylas.NylasWorkspace("workspace", { name: "Customer A", policyId: policy.id, ${options.adopt} });
      const bot = new nylas.AgentAccount("bot", {
        email: "bot@acme.nylas.email",
        displayName: "${options.displayName ?? "Acme bot"}",
        workspaceId: workspace.id,
        ${options.adopt}
      });
      new nylas.NylasPolicy("imported", { name: "Support", limits: { dailySends: 7 } }, { ${options.imported} });
    `;
    const scene = await openScene({ program: program({ adopt: "", imported: "" }) });
    const { sim, stack, declare } = scene;
    const outreach = sim.seed({
      kind: "policy",
      name: "Outreach",
      limits: { limit_count_daily_email_sent: 50 },
    });
    const support = sim.seed({
      kind: "policy",
      name: "Support",
      limits: { limit_count_daily_email_sent: 9 },
    });
    const workspace = sim.seed({ kind: "workspace", name: "Customer A", policyId: outreach });
    const bot = sim.seed({
      kind: "grant",
      email: "bot@acme.nylas.email",
      name: "Another bot",
      workspaceId: workspace,
    });
    sim.addMessage({ grant: bot, subject: "keep me" });

    succeeded(await stack.preview());
    assert.deepEqual(sim.requests, []);
    const conflicts = refused(
      await stack.up("--continue-on-error"),
      `policy "Outreach" (id ${outreach}) exists already and is not provably this resource's own`,
      `policy "Support" (id ${support}) exists already`,
      "limits: there",
      `adopt: true (or adopt: "${outreach}")`,
    );
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(recorded(stack), [], conflicts.text);

    // adopt: true takes the one with the name, adopt: its id and the import option the one with the id.
    declare(program({ adopt: "adopt: true", imported: `import: "${support}"` }));
    const taken = succeeded(await stack.up());
    assert.equal(taken.summary.create, 4, taken.text);
    says(taken, "is taken over as it is");
    assert.deepEqual(writesOf(sim), [], "a take-over writes nothing");
    assert.deepEqual(recorded(stack), [
      `bot ${bot}`,
      `imported ${support}`,
      `policy ${outreach}`,
      `workspace ${workspace}`,
    ]);

    // What differed is put right by the next run, and is shown by its preview; adopt may stay or go.
    declare(program({ adopt: "", imported: "" }));
    const shown = succeeded(await stack.preview());
    assert.deepEqual(changes(shown), ["bot update", "imported update"]);
    succeeded(await stack.up());
    assert.deepEqual(writesOf(sim), ["PATCH /v3/grants/:id", "PUT /v3/policies/:id"]);
    assert.equal(sim.state().grants[0]!.name, "Acme bot");
    assert.equal(
      sim.state().policies.find(({ id }) => id === support)!.limits.limit_count_daily_email_sent,
      7,
    );
    assert.deepEqual(mailbox(sim, "bot@acme.nylas.email"), { id: bot, subjects: ["keep me"] });

    // Another stack looks at them, with no hand on them; its own of the same name is a conflict, not a shared object.
    const other = await openScene({
      beside: sim,
      stack: "other",
      program: `
        const seen = nylas.NylasPolicy.get("seen", "${outreach}");
        const place = nylas.NylasWorkspace.get("place", "${workspace}");
        const box = nylas.AgentAccount.get("box", "${bot}");
        export const limits = seen.limits;
        export const name = place.name;
        export const email = box.email;
        new nylas.NylasPolicy("outreach", { name: "Outreach", limits: { dailySends: 50 } });
      `,
    });
    sim.clearRequests();
    refused(
      await other.stack.up(),
      `policy "Outreach" (id ${outreach}) exists already and is not provably this resource's own`,
    );
    assert.deepEqual(writesOf(sim), []);
    other.declare(`
      const seen = nylas.NylasPolicy.get("seen", "${outreach}");
      const place = nylas.NylasWorkspace.get("place", "${workspace}");
      const box = nylas.AgentAccount.get("box", "${bot}");
      export const limits = seen.limits;
      export const name = place.name;
      export const email = box.email;
    `);
    succeeded(await other.stack.up());
    const outputs = await other.stack.outputs();
    assert.equal((outputs["limits"] as Record<string, unknown>)["dailySends"], 50);
    assert.equal(outputs["name"], "Customer A");
    assert.equal(outputs["email"], "bot@acme.nylas.email");
    succeeded(await other.stack.destroy());
    assert.deepEqual(writesOf(sim), []);
    assert.equal(sim.state().policies.length, 2);
  });
});

describe("the engine's own options", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  itInLongRun("that would do nothing, or harm, are refused in the constructor with the way out", async () => {
    const { sim, stack } = await openScene({
      program: `
        new nylas.NylasPolicy("good");
        const attempts: Record<string, object> = {
          replaceOnChanges: { replaceOnChanges: ["name"] },
          deleteBeforeReplace: { deleteBeforeReplace: true },
          provider: { provider: {} },
        };
        for (const [name, options] of Object.entries(attempts)) {
          for (const Resource of [nylas.NylasPolicy, nylas.NylasWorkspace, nylas.NylasDefaultWorkspace, nylas.AgentAccount, nylas.NylasDomain] as any[]) {
            let refusal = "nothing";
            try { new Resource("refused-" + name, {}, options); } catch (error) { refusal = (error as Error).message; }
            console.log(name + " on " + Resource.name + ": " + refusal);
          }
        }
      `,
    });
    const preview = succeeded(await stack.preview());
    assert.equal(preview.summary.create, 1);
    for (const name of [
      "NylasPolicy",
      "NylasWorkspace",
      "NylasDefaultWorkspace",
      "AgentAccount",
      "NylasDomain",
    ]) {
      says(
        preview,
        new RegExp(
          `replaceOnChanges on ${name}: replaceOnChanges on a Nylas \\w+ has no effect in the engine, .* Leave it out`,
        ),
        new RegExp(
          `deleteBeforeReplace on ${name}: deleteBeforeReplace on a Nylas \\w+ would delete .* Leave it out`,
        ),
        new RegExp(`provider on ${name}: provider on a Nylas \\w+ is not used: .* connection: "eu"`),
      );
    }
    assert.deepEqual(sim.requests, []);
  });

  it("work: protect and nylas:protect, retainOnDelete, ignoreChanges, transforms", async () => {
    const program = (edit: { sends: number; retained: boolean; transformed: number; bot?: false }) => `
      pulumi.runtime.registerResourceTransform((args) => {
        if (args.name !== "transformed") return undefined;
        return { props: { ...args.props, limits: { dailySends: ${edit.transformed} } }, opts: args.opts };
      });
      new nylas.NylasPolicy("ignored", { limits: { dailySends: ${edit.sends} } }, { ignoreChanges: ["limits"] });
      new nylas.NylasPolicy("transformed", { limits: { dailySends: 1 } });
      new nylas.NylasPolicy("protected", {}, { protect: true });
      ${edit.retained ? `new nylas.AgentAccount("retained", { email: "kept@acme.nylas.email" }, { retainOnDelete: true, protect: false });` : ""}
      ${edit.bot === false ? "" : `new nylas.AgentAccount("bot", { email: "bot@acme.nylas.email" });`}
    `;
    const { sim, stack, declare } = await openScene({
      program: program({ sends: 10, retained: true, transformed: 20 }),
      config: { "nylas:protect": true },
    });
    succeeded(await stack.up());
    assert.equal(stack.resource("bot")!.protect, true, "nylas:protect reaches accounts");
    assert.notEqual(stack.resource("retained")!.protect, true, "a word at the resource comes first");
    const sends = () =>
      Object.fromEntries(
        sim.state().policies.map(({ name, limits }) => [name, limits.limit_count_daily_email_sent]),
      );
    assert.deepEqual(sends(), {
      "project/test/ignored": 10,
      "project/test/transformed": 20,
      "project/test/protected": undefined,
    });
    sim.clearRequests();

    declare(program({ sends: 11, retained: false, transformed: 21 }));
    const edited = succeeded(await stack.up());
    assert.deepEqual(changes(edited), ["retained delete", "transformed update"]);
    assert.deepEqual(writesOf(sim), ["PUT /v3/policies/:id"]);
    assert.deepEqual(sends(), {
      "project/test/ignored": 10,
      "project/test/transformed": 21,
      "project/test/protected": undefined,
    });
    assert.ok(mailbox(sim, "kept@acme.nylas.email"), "retainOnDelete leaves it");

    refused(await stack.destroy(), "protect");
    // No provider is asked in a preview about what the program no longer has: the engine's own word is what refuses.
    declare(program({ sends: 11, retained: false, transformed: 21, bot: false }));
    refused(await stack.preview(), "protect");
    refused(await stack.up(), "protect");
    assert.ok(mailbox(sim, "bot@acme.nylas.email"));
    assert.ok(sim.state().policies.some(({ name }) => name === "project/test/protected"));
  });
});

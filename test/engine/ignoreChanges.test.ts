import { strict as assert } from "node:assert";
import { itInLongRun } from "./longRun";
import { assertMailArrives, cloudflare, held, open, program, route53, secondZone } from "./moving";
import { closeScenes, mailbox, openScene, refused, succeeded } from "./scene";

const ADDRESS = "a@acme.nylas.email";

describe("D2: ignoreChanges of a word that lets mail go", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  it("is refused: a word that was taken back replaces no mailbox, in whatever form the path is written", async () => {
    const account = (email: string, word: string, options = "{}") =>
      `new nylas.AgentAccount("a", { email: "${email}", ${word} }, ${options});`;
    const { sim, stack, declare } = await openScene({ program: account(ADDRESS, "forceDestroy: true") });
    succeeded(await stack.up());
    sim.addMessage({ grant: ADDRESS, subject: "an order" });
    for (const path of ["forceDestroy", '[\\"forceDestroy\\"]', "*", "[*]"]) {
      const hidden = `{ ignoreChanges: ["${path}"] }`;
      declare(account(ADDRESS, "", hidden));
      refused(await stack.up(), /ignoreChanges of \S+ is refused: a word that lets mail go/);
      declare(account("z@acme.nylas.email", "", hidden));
      const replaced = await stack.up();
      assert.deepEqual(sim.state().lostMail, [], `${path}: ${replaced.text}`);
      assert.deepEqual(mailbox(sim, ADDRESS)?.subjects, ["an order"]);
      refused(replaced, "Leave it out for this resource");
    }
    // What it prints: without the option the word is taken back.
    declare(account(ADDRESS, ""));
    succeeded(await stack.up());
    declare("");
    refused(await stack.up(), "its mailbox holds mail");
    assert.deepEqual(mailbox(sim, ADDRESS)?.subjects, ["an order"]);
  });

  itInLongRun(
    "is refused where a transform of the engine brings it: a policy keeps what it kept",
    async () => {
      const policy = (days: number, word: string, transform = "") => `${transform}
      const policy = new nylas.NylasPolicy("p", { limits: { inboxRetentionDays: ${days}, spamRetentionDays: 1 }, ${word} });
      const workspace = new nylas.NylasWorkspace("w", { policyId: policy.id });
      new nylas.AgentAccount("a", { email: "${ADDRESS}", workspaceId: workspace.id });`;
      const { sim, stack, declare } = await openScene({ program: policy(300, "allowMailLoss: true") });
      succeeded(await stack.up());
      sim.addMessage({ grant: ADDRESS, subject: "old", ageSeconds: 90 * 86_400 });
      declare(
        policy(
          5,
          "",
          `pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
          type.endsWith(":Policy") ? { props, opts: pulumi.mergeOptions(opts, { ignoreChanges: ["allowMailLoss"] }) } : undefined);`,
        ),
      );
      const shorter = await stack.up();
      assert.deepEqual(sim.state().lostMail, [], shorter.text);
      refused(shorter, "ignoreChanges of allowMailLoss is refused");
      declare(policy(300, ""));
      succeeded(await stack.up());
      assert.deepEqual(mailbox(sim, ADDRESS)?.subjects, ["old"]);
    },
  );
});

describe("D3: ignoreChanges of what the guard of published records looks at, in another form of its path", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  itInLongRun("is refused as well: a live domain keeps its records", async () => {
    const { sim, stack, declare, first } = await open();
    declare(program(cloudflare(first)));
    succeeded(await stack.up());
    const moved = program(route53(secondZone(sim, "route53").at));
    for (const paths of [['["records"]', '["publishedAt"]'], ["[*]"], ['["*"]']]) {
      declare(`pulumi.runtime.registerStackTransformation(({ type, props, opts }) => type.startsWith("pulumi-nodejs:dynamic/nylas:")
        ? { props, opts: { ...opts, ignoreChanges: ${JSON.stringify(paths)} } } : undefined);\n${moved}`);
      const up = await stack.up();
      assert.equal(held(sim, first), 5, `${paths.join()}: ${up.text}`);
      await assertMailArrives(sim);
      refused(up, /ignoreChanges of .+ is refused/);
    }
  });
});

import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { closeScenes, openScene, type Scene, succeeded, writesOf } from "./scene";

const CLI = path.join(path.dirname(require.resolve("pulumi-nylas/package.json")), "dist", "cli", "main.js");

describe("the review of a pull request", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  interface Edit {
    sends?: number;
    /** The accounts of customer A, by name. */
    a?: string[];
    b?: string[];
    /** The name that the desk has in the program, and its options. */
    desk?: [name: string, options?: string];
    /** The component around the policy of customer B, and its options. */
    group?: [name: string, options?: string];
  }

  const agents = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, at) => `agent-${from + at}`);

  const program = ({
    sends = 50,
    a = agents(1, 14),
    b = [],
    desk = ["desk"],
    group = ["group-b"],
  }: Edit = {}) => `
    class Group extends pulumi.ComponentResource {
      constructor(name: string, options = {}) { super("test:index:Group", name, {}, options); }
    }
    const outreach = new nylas.NylasPolicy("outreach", { limits: { dailySends: ${sends}, inboxRetentionDays: 30 } });
    const group = new Group("${group[0]}", { ${group[1] ?? ""} });
    const support = new nylas.NylasPolicy("${group[0]}-limits", { name: "Support", limits: { dailySends: 500 } }, { parent: group });
    const a = new nylas.NylasWorkspace("customer-a", { policyId: outreach.id });
    const b = new nylas.NylasWorkspace("customer-b", { policyId: support.id });
    const account = (name: string, workspace: nylas.NylasWorkspace, alias = name, options = {}) =>
      new nylas.AgentAccount(name, { email: alias + "@acme.nylas.email", workspaceId: workspace.id }, options);
    for (const name of ${JSON.stringify(a)}) account(name, a);
    for (const name of ${JSON.stringify(b)}) account(name, b);
    account("${desk[0]}", b, "desk", { ${desk[1] ?? ""} });
  `;

  /** As the README says it: the preview's standard output into the command line. */
  const review = async ({ stack }: Scene, ...args: string[]) => {
    const preview = succeeded(await stack.run("preview", "--json", "--show-sames", "--non-interactive"));
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, "review", ...args], {
      input: preview.stdout,
      encoding: "utf8",
    });
    return { code: status, markdown: stdout, stderr };
  };

  it("says what an edit does to whom, draws the fleet, and names the aliases that make a rename no change", async () => {
    const scene = await openScene({
      program: program(),
      project: "acme",
      stack: "staging",
      withoutKeys: false,
    });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    sim.clearRequests();
    // A job for a pull request has no key.
    for (const name of ["NYLAS_API_KEY", "NYLAS_ORGANIZATION_KEY"]) delete stack.env[name];

    const edit: Edit = { sends: 200, a: agents(1, 12), b: ["agent-13"] };
    declare(program({ ...edit, desk: ["helpdesk"], group: ["customers"] }));
    const { code, markdown, stderr } = await review(scene, "--fail-on", "hand-over,delete,replace");
    assert.equal(code, 11, stderr);
    const lines = markdown.split("\n");
    for (const line of [
      "### What this change does to mail in `staging`",
      "**5 things to look at first:** mail can be lost (3) and a rename without an alias (2).",
      "- The mailbox `agent-14@acme.nylas.email` is deleted with all its mail. `up` refuses it as long as there is mail in it.",
      "- `agent-13@acme.nylas.email` moves from workspace `customer-a` to workspace `customer-b`; whoever has a key for workspace `customer-b` can read the mailbox from then on. From then on: 50 → 500 sends a day and 30 → the plan's maximum days of inbox.",
      "- Policy `outreach`: 50 → 200 sends a day for 12 accounts in `customer-a`.",
      "- 12 accounts",
    ]) {
      assert.ok(lines.includes(line), `expected the line\n${line}\nin\n${markdown}`);
    }
    const renamed = lines.filter((line) => line.startsWith("- Renamed or moved"));
    assert.equal(renamed.length, 2, markdown);
    const aliasOf = (name: string) =>
      renamed
        .map((line) => /write `(.*?)` into the options of `(.*?)`/.exec(line)!)
        .find((found) => found[2] === name)![1]!;
    assert.match(markdown, /^```mermaid\nflowchart LR\n/m);
    assert.deepEqual(writesOf(sim), []);

    declare(
      program({
        ...edit,
        desk: ["helpdesk", aliasOf("helpdesk")],
        group: ["customers", aliasOf("customers")],
      }),
    );
    const aliased = await review(scene, "--redact", "--fail-on", "rename");
    assert.equal(aliased.code, 0, aliased.markdown);
    assert.doesNotMatch(aliased.markdown, /acme|customer-|agent-|outreach|desk|staging/);
    assert.match(aliased.markdown, /\*\*2 things to look at first:\*\*/);

    const exported = succeeded(await stack.run("stack", "export"));
    const { stdout: page } = spawnSync(process.execPath, [CLI, "map"], {
      input: exported.stdout,
      encoding: "utf8",
    });
    assert.match(page, /<p>15 accounts in 2 workspaces\.<\/p>/);
    assert.match(page, /<summary>customer-a, 14 accounts<\/summary>/);
    assert.match(page, /<td>desk@acme\.nylas\.email<\/td>/);
  });
});

import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import * as path from "node:path";
import { RECOMMENDED } from "../../provider/review/gates";
import { closeScenes, mailbox, refused, type Scene, succeeded, writesOf } from "../engine/scene";
import { openNative, openYaml, yamlProject } from "./stack";

const MAIN = path.join(path.dirname(require.resolve("pulumi-nylas/package.json")), "dist", "cli", "main.js");

/** As a person types it in the project's folder: what it says, and the code it ends with. */
async function typed({ stack }: Scene, args: string[]): Promise<{ code: number | null; text: string }> {
  const { NODE_OPTIONS: _loader, ...env } = stack.env;
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: stack.folder, env });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stdin.end();
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, text };
}

/** The review of a pull request, held to what is recommended. */
function review(scene: Scene) {
  return typed(scene, ["review", "--stack", "test", "--fail-on", RECOMMENDED.join(",")]);
}

describe("what the commands say of resources of the native plugin", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const AGENT = "agent@acme.nylas.email";
  const rest = `
resources:
  outreach:
    type: nylas:Policy
    properties: { limits: { dailySends: 100 } }
  customer:
    type: nylas:Workspace
    properties: { policyId: "\${outreach.id}" }
`;
  const agent = `
  agent:
    type: nylas:AgentAccount
    properties: { email: ${AGENT}, workspaceId: "\${customer.id}", appPassword: Plain-in-the-program-1 }
`;

  it("a program in YAML that leaves out a mailbox is gated; doctor and map show what stands", async () => {
    const scene = await openYaml(rest + agent);
    const { sim, stack } = scene;
    succeeded(await stack.up());
    sim.receive({ grant: AGENT, from: "person@elsewhere.example", subject: "first" });
    const calm = await review(scene);
    assert.equal(calm.code, 0, calm.text);
    assert.match(calm.text, /\*\*Nothing changes\.\*\*/);

    const doctor = await typed(scene, ["doctor"]);
    assert.match(doctor.text, /1 account of this stack, all there and valid/);
    const map = await typed(scene, ["map", "--stack", "test"]);
    assert.equal(map.code, 0, map.text);
    assert.match(map.text, /<p>1 account in 1 workspace\.<\/p>/);
    assert.ok(map.text.includes(`<td>${AGENT}</td>`));
    assert.doesNotMatch(map.text + doctor.text, /Plain-in-the-program-1/);

    writesOf(sim);
    stack.write("Pulumi.yaml", yamlProject(rest));
    const { code, text } = await review(scene);
    assert.equal(code, 10, text);
    assert.ok(text.includes(`The mailbox \`${AGENT}\` is deleted with all its mail.`), text);
    refused(await stack.up(), "is kept: its mailbox holds mail");
    assert.deepEqual(mailbox(sim, AGENT)?.subjects, ["first"]);
  });

  it("the way from one host to the other is no loss with aliases, and is gated without them", async () => {
    const program = (host: string) => `
      const outreach = new ${host}.Policy("outreach", { limits: { dailySends: 100 } });
      const customer = new ${host}.Workspace("customer", { policyId: outreach.id });
      new ${host}.AgentAccount("agent", { email: "${AGENT}", workspaceId: customer.id });`;
    const scene = await openNative({ program: program("nylas") });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    sim.receive({ grant: AGENT, from: "person@elsewhere.example", subject: "first" });
    declare(program("native"));
    const there = await review(scene);
    assert.equal(there.code, 0, there.text);
    assert.match(there.text, /\*\*Nothing changes\.\*\*/);
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 3 });
    declare(program("nylas"));
    const back = await review(scene);
    assert.equal(back.code, 14, back.text);
    assert.match(back.text, /aliases: \["urn:pulumi:test::project::nylas:index:AgentAccount::agent"\]/);
    assert.deepEqual(mailbox(sim, AGENT)?.subjects, ["first"]);
  });
});

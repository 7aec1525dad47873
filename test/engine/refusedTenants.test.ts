import { strict as assert } from "node:assert";
import { type Simulator } from "nylas-simulator";
import { readPreview } from "../../provider/review/preview";
import { report } from "../../provider/review/report";
import { type Result } from "./harness";
import { itInLongRun } from "./longRun";
import { changes, closeScenes, mailbox, openScene, refused, says, type Scene, succeeded } from "./scene";

const TRIAL = "acme.nylas.email";

const program = `
  import { cloudflareDns } from "pulumi-nylas/cloudflare";
  import { tenantsFromFile } from "pulumi-nylas/tenants";
  const config = new pulumi.Config();
  const ours = cloudflareDns({ zoneId: config.require("zoneId"), zoneName: "example.com" });
  const careful = new nylas.NylasPolicy("careful", { limits: { dailySends: config.requireNumber("sends") } });
  tenantsFromFile("tenants.yaml", { dns: { ours }, policies: { careful: careful.id } });
`;

interface Tenant {
  name: string;
  /** Its trial domain; "own" stands for a domain of its own. */
  on?: string;
  accounts: string[];
}

const yaml = (tenants: Tenant[], displayName: string) =>
  [
    "tenants:",
    ...tenants.flatMap(({ name, on = TRIAL, accounts }) => [
      `  ${name}:`,
      ...(on === "own" ? [`    domainName: ${name}.example.com`, "    dns: ours"] : [`    trial: ${on}`]),
      "    policy: careful",
      "    accounts:",
      ...accounts.map(
        (each) =>
          `      ${each.replace("!", "")}: { displayName: ${displayName}${each.endsWith("!") ? ", allowMailLoss: true" : ""} }`,
      ),
    ]),
  ].join("\n");

const before: Tenant[] = [
  { name: "ready-1", accounts: ["support", "obsolete"] },
  { name: "ready-2", accounts: ["support"] },
  { name: "lost", accounts: ["support"] },
  { name: "limited", accounts: ["support"] },
];
const after = (fixed: { typo?: string; word?: string } = {}): Tenant[] => [
  { name: "ready-1", accounts: ["support"] },
  { name: "ready-2", accounts: ["support", "billing"] },
  { name: "new-1", on: "own", accounts: ["support"] },
  { name: "lost", accounts: [`support${fixed.word ?? ""}`] },
  { name: "mistyped", on: fixed.typo ?? "amce.nylas.email", accounts: ["support"] },
  { name: "limited", accounts: ["support"] },
];

const names = (sim: Simulator) =>
  Object.fromEntries(
    sim
      .state()
      .grants.map(({ email, name }) => [
        email.replace(`@${TRIAL}`, "").replace("@new-1.example.com", ""),
        name,
      ])
      .sort(),
  );
const rows = (result: Result) => new Set(result.steps.map(({ name }) => name));

/** The three states of a customer that stop nobody else: its mailbox is lost, its domain mistyped, its calls rate limited. */
describe("finding 3: six tenants, of which one is lost, one is mistyped at Nylas, and one is rate limited", function () {
  this.timeout(500_000);
  afterEach(closeScenes);

  let scene: Scene;
  let lostId: string;
  beforeEach(async () => {
    scene = await openScene({ program });
    const { sim, stack } = scene;
    Object.assign(stack.env, {
      CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
      CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
    });
    stack.setConfig({ zoneId: sim.zones[0]!.id, sends: 50 });
    stack.write("tenants.yaml", yaml(before, "Old"));
    succeeded(await stack.up());
    for (const name of ["ready-1", "ready-2", "lost", "limited"])
      sim.addMessage({ grant: `${name}-support@${TRIAL}`, subject: `mail of ${name}` });
    lostId = mailbox(sim, `lost-support@${TRIAL}`)!.id;
    sim.remove("grant", lostId);
    says(succeeded(await stack.refresh()), "was deleted outside Pulumi");
    stack.setConfig({ zoneId: sim.zones[0]!.id, sends: 60 });
    stack.write("tenants.yaml", yaml(after(), "New"));
    const { id } = mailbox(sim, `limited-support@${TRIAL}`)!;
    sim.addFault({
      method: "PATCH",
      path: `/v3/grants/${id}$`,
      kind: "status",
      status: 429,
      times: "always",
    });
    sim.clearRequests();
  });

  const LOST =
    /account lost-support@acme\.nylas\.email \(id [^)]+\) was deleted outside Pulumi, and its mail is lost/;
  /** What the three working tenants are to have at Nylas, and the three others not yet. */
  const otherThreeAreComplete = (up: Result) => {
    assert.deepEqual(
      names(scene.sim),
      {
        "limited-support": "Old",
        "ready-1-support": "New",
        "ready-2-billing": "New",
        "ready-2-support": "New",
        support: "New",
      },
      up.text,
    );
    assert.equal(scene.sim.state().policies[0]!.limits?.limit_count_daily_email_sent ?? 60, 60);
    assert.ok(mailbox(scene.sim, "support@new-1.example.com"), "the domain of the new one is verified");
  };
  const mailIsThere = () => {
    for (const name of ["ready-1", "ready-2", "limited"])
      assert.deepEqual(mailbox(scene.sim, `${name}-support@${TRIAL}`)!.subjects, [`mail of ${name}`]);
    assert.deepEqual(
      scene.sim.state().lostMail.map(({ subject }) => subject),
      ["mail of lost"],
    );
  };

  it("shows every row in a preview, the refusal at its own one, and fails", async () => {
    const { sim, stack } = scene;
    for (const flags of [[], ["--refresh"]]) {
      const preview = refused(await stack.preview(...flags), LOST, "stops nothing else");
      const errors = preview.diagnostics.filter(
        ({ severity, urn }) => severity === "error" && /AgentAccount::/.test(urn),
      );
      assert.deepEqual(
        errors.map(({ urn }) => urn.split("::").at(-1)),
        ["lost/support@trial"],
        preview.text,
      );
      assert.match(errors[0]!.urn, /nylas:index:Tenant\$pulumi-nodejs/);
      for (const name of [
        "ready-1/support@trial",
        "ready-1/obsolete@trial",
        "ready-2/billing@trial",
        "new-1",
        "new-1-mx",
        "mistyped/support@trial",
        "limited/support@trial",
      ])
        assert.ok(rows(preview).has(name), `${name} has no row:\n${preview.text}`);
      assert.ok(changes(preview).includes("ready-1/obsolete@trial delete"), "deletes are planned too");
      assert.ok(changes(preview).includes("lost/support@trial update"));
      assert.ok(!preview.text.includes("__refused"), "what tells the program of it is not shown");
    }
    const json = await stack.preview("--json", "--show-sames");
    assert.notEqual(json.code, 0);
    const { markdown, gates } = report(readPreview(json.stdout));
    assert.match(
      markdown,
      /`pulumi up` would refuse 1 change of this, as the errors below say\. Everything else is shown here\./,
    );
    assert.match(markdown, /#### Errors[^#]*was deleted outside Pulumi/);
    assert.doesNotMatch(markdown, /run bailed|is not complete/);
    assert.ok(
      gates.some(({ gate }) => gate === "incomplete"),
      "a pull request with a refused change does not pass",
    );
    assert.deepEqual(sim.writes(), []);
  });

  it("completes the other three in one up that goes on after errors, and gets further in each of the next ones", async () => {
    const { sim, stack } = scene;
    const first = refused(await stack.up("--continue-on-error"), LOST, "429");
    otherThreeAreComplete(first);
    assert.ok(!mailbox(sim, `ready-1-obsolete@${TRIAL}`));
    mailIsThere();

    // The rate limit is over, and somebody corrects the typo: the lost one alone is left.
    sim.clearFaults();
    stack.write("tenants.yaml", yaml(after({ typo: TRIAL }), "New"));
    const second = refused(await stack.up("--continue-on-error"), LOST);
    assert.equal(names(sim)["limited-support"], "New");
    assert.equal(names(sim)["mistyped-support"], "New");
    assert.deepEqual(changes(refused(await stack.up("--continue-on-error"), LOST)), [], second.text);

    stack.write("tenants.yaml", yaml(after({ typo: TRIAL, word: "!" }), "New"));
    succeeded(await stack.up("--continue-on-error"));
    assert.deepEqual(mailbox(sim, `lost-support@${TRIAL}`)!.subjects, []);
    assert.deepEqual(changes(succeeded(await stack.up())), []);
    mailIsThere();
  });

  itInLongRun(
    "does the same with its own preview before it, as the pipelines of examples/gitops run it",
    async () => {
      const { stack } = scene;
      const up = await stack.run("up", "--yes", "--continue-on-error", "--non-interactive");
      assert.notEqual(up.code, 0);
      otherThreeAreComplete(up);
      mailIsThere();
    },
  );

  itInLongRun(
    "does the same where PULUMI_CONTINUE_ON_ERROR asks for it, and a preview alone fails all the same",
    async () => {
      const { stack } = scene;
      stack.env["PULUMI_CONTINUE_ON_ERROR"] = "true";
      refused(await stack.preview(), LOST);
      const up = await stack.run("up", "--yes", "--non-interactive");
      assert.notEqual(up.code, 0);
      otherThreeAreComplete(up);
    },
  );

  itInLongRun(
    "ends before anything is written in an up that does not go on after errors, and loses nothing without its preview",
    async () => {
      const { sim, stack } = scene;
      const up = await stack.run("up", "--yes", "--non-interactive");
      refused(up, LOST);
      assert.deepEqual(sim.writes(), []);
      refused(await stack.up());
      assert.ok(mailbox(sim, `ready-1-obsolete@${TRIAL}`), "no delete runs after an error");
      mailIsThere();
    },
  );

  itInLongRun("is refreshed and destroyed with the lost one in it", async () => {
    const { sim, stack } = scene;
    sim.clearFaults();
    succeeded(await stack.refresh());
    succeeded(await stack.refresh("--run-program"));
    for (const flag of [[], ["--run-program"]]) {
      // With a preview, and without: mail keeps the others.
      const args = ["destroy", "--yes", "--continue-on-error", "--non-interactive", ...flag];
      const destroy = refused(await stack.run(...args), "its mailbox holds mail");
      assert.doesNotMatch(destroy.text, /error: .*was deleted outside Pulumi/, destroy.text);
    }
    mailIsThere();
    assert.equal(stack.resource("lost/support@trial"), undefined, "nothing is left to be kept");
  });
});

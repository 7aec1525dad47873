import { strict as assert } from "node:assert";
import { wordsFor } from "../words";
import {
  changes,
  closeScenes,
  leftBehind,
  mailbox,
  openScene,
  refused,
  says,
  type Scene,
  succeeded,
  writesOf,
} from "./scene";

const TRIAL = "acme.nylas.email";
const onTrial = "customer-a-scheduling@acme.nylas.email";
const onOwn = "scheduling@agents.example.com";

/** What the program says in one step of the tenants' life. */
interface Said {
  accountsOn?: "trial" | "own";
  sending?: "paused";
  trial?: string;
  policyOfB?: string;
}

describe("tenants", function () {
  this.timeout(240_000);

  let scene: Scene;
  /** The ids of the mailboxes of customer-a, as they were first seen. */
  let first: string;

  const declare = ({ accountsOn = "trial", sending, trial = `"${TRIAL}"`, policyOfB }: Said = {}): void =>
    scene.declare(`
      import { cloudflareDns } from "pulumi-nylas/cloudflare";
      const customerA = new nylas.Tenant("customer-a", {
        domainName: "agents.example.com",
        dns: cloudflareDns({ zoneId: "${scene.sim.zones[0]!.id}", zoneName: "example.com" }),
        ${trial === "" ? "" : `trial: ${trial}, accountsOn: "${accountsOn}",`}
        ${sending ? `sending: "${sending}",` : ""}
        policy: { limits: { dailySends: 50 } },
        lists: { blocked: { type: "domain", items: ["spam.example"] } },
        rules: { spam: { conditions: [{ field: "from.domain", inList: ["blocked"] }], actions: ["block"] } },
        apiKey: { expiresAt: "2035-01-01T00:00:00Z", permissions: ["messages.read"] },
        accounts: { scheduling: { displayName: "Scheduling" } },
      });
      const customerB = new nylas.Tenant("customer-b", {
        trial: "${TRIAL}",
        ${policyOfB ? `policyId: "${policyOfB}",` : ""}
        accounts: { scheduling: {} },
      });
      const customerC = new nylas.Tenant("customer-c", {
        trial: "${TRIAL}",
        smokeTest: { send: true },
        accounts: { scheduling: {} },
      });
      export const addresses = customerA.addresses;
      export const grantIds = customerA.grantIds;
      export const key = customerA.apiKey;
      export const status = customerA.status;
    `);
  const workspaceOf = (name: string) =>
    scene.sim.state().workspaces.find((each) => each.name === `project/test/${name}`);
  const send = (from: string) =>
    scene.nylas.messages
      .send({
        identifier: mailbox(scene.sim, from)!.id,
        requestBody: { to: [{ email: "x@example.net" }], subject: "Hello" },
      })
      .then(
        () => "sent",
        (error: { statusCode?: number }) => error.statusCode,
      );

  before(async () => {
    // The harsher of the two readings: every outbound rule runs for the whole application.
    scene = await openScene({ simulator: { outboundRules: "application" }, program: "" });
    const { sim, stack } = scene;
    Object.assign(stack.env, {
      CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
      CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
    });
  });
  after(closeScenes);

  it("one that fails stops no other under --continue-on-error", async () => {
    const { sim, stack } = scene;
    declare({ policyOfB: "11111111-2222-3333-4444-555555555555" });
    refused(await stack.up("--continue-on-error"), "customer-b", "policy");

    const { grants } = sim.state();
    assert.deepEqual(grants.map(({ email }) => email).sort(), [
      "customer-a-scheduling@acme.nylas.email",
      "customer-c-scheduling@acme.nylas.email",
    ]);
    assert.equal(grants.find(({ email }) => email === onTrial)!.workspace_id, workspaceOf("customer-a")!.id);
    first = mailbox(sim, onTrial)!.id;
    // The one whose smoke test sends a message to itself has it, and the copy of what was sent.
    assert.match(
      mailbox(sim, "customer-c-scheduling@acme.nylas.email")!.subjects.join(", "),
      /^Smoke test ([0-9a-f]{12}), Smoke test \1$/,
    );
    assert.equal((await stack.outputs())["status"], "verified");
  });

  it("stand after the next up, and the one after that changes nothing", async () => {
    const { sim, stack } = scene;
    declare();
    sim.clearRequests();
    succeeded(await stack.up());
    assert.deepEqual(writesOf(sim), ["POST /v3/connect/custom", "POST /v3/workspaces"]);
    succeeded(await stack.up("--expect-no-changes"));
    assert.deepEqual(writesOf(sim), []);

    const { policies, workspaces, rules, lists, principals } = sim.state();
    const workspace = workspaceOf("customer-a")!;
    assert.equal(
      policies.find(({ id }) => id === workspace.policy_id)!.limits.limit_count_daily_email_sent,
      50,
    );
    assert.deepEqual(workspace.rule_ids, [
      rules.find(({ name }) => name === "project/test/customer-a/spam")!.id,
    ]);
    assert.deepEqual(rules[0]!.match.conditions[0]!.value, [lists[0]!.id]);
    assert.equal(workspaces.filter(({ default: isDefault }) => !isDefault).length, 3);
    const bound = principals.find(({ name }) => name === "project/test/customer-a")!;
    assert.deepEqual(bound.resource_binding, { type: "workspace", id: workspace.id });
  });

  it("have a key that reads the tenant's own mailbox and no other's", async () => {
    const { sim, stack } = scene;
    const { key } = await stack.outputs();
    const status = async (email: string) =>
      (
        await fetch(`${sim.url}/v3/grants/${mailbox(sim, email)!.id}/messages`, {
          headers: { authorization: `Bearer ${String(key)}` },
        })
      ).status;
    assert.equal(await status(onTrial), 200);
    assert.equal(await status("customer-c-scheduling@acme.nylas.email"), 403);
  });

  it("pause and go on with sending, one without the others, and neither touches a message, a policy or an account", async () => {
    const { sim, stack } = scene;
    sim.addMessage({ grant: onTrial, subject: "Can we meet?" });
    const untouched = () => JSON.stringify([sim.state().messages, sim.state().policies, sim.state().grants]);
    const before = untouched();

    declare({ sending: "paused" });
    const paused = succeeded(await stack.up());
    assert.deepEqual(changes(paused), ["customer-a update", "customer-a/sending-paused create"]);
    assert.equal(untouched(), before);
    assert.equal(await send(onTrial), 403);
    sim.addMessage({ grant: onTrial, subject: "Are you there?" });
    assert.deepEqual(mailbox(sim, onTrial)!.subjects, ["Are you there?", "Can we meet?"]);
    assert.equal(await send("customer-c-scheduling@acme.nylas.email"), "sent");

    const beforeUndo = untouched();
    declare();
    sim.clearRequests();
    succeeded(await stack.up());
    assert.deepEqual(writesOf(sim), ["DELETE /v3/rules/:id", "PATCH /v3/workspaces/:id"]);
    assert.equal(untouched(), beforeUndo);
    assert.equal(await send(onTrial), "sent");
  });

  it("are switched to the own domain by one line: a new mailbox there, and the old one stays with its mail", async () => {
    const { sim, stack } = scene;
    const { subjects } = mailbox(sim, onTrial)!;
    declare({ accountsOn: "own" });
    sim.clearRequests();
    const switched = succeeded(await stack.up());
    assert.deepEqual(changes(switched), ["customer-a/scheduling create"]);
    says(
      switched,
      `the accounts run on the own domain: ${onOwn}.`,
      `${onTrial}. When nobody writes there any more`,
    );
    assert.deepEqual(writesOf(sim), ["POST /v3/connect/custom"]);
    assert.deepEqual(mailbox(sim, onTrial), { id: first, subjects });
    const created = mailbox(sim, onOwn)!;
    assert.deepEqual(await stack.outputs().then(({ addresses, grantIds }) => ({ addresses, grantIds })), {
      addresses: { scheduling: onOwn },
      grantIds: { scheduling: created.id },
    });
  });

  it("keep the old mailbox when its line is taken away without a word before, and end it after retire", async () => {
    const { sim, stack } = scene;
    declare({ trial: "" });
    refused(await stack.up(), `account ${onTrial}`, "is kept: its mailbox holds mail");
    assert.equal(mailbox(sim, onTrial)!.id, first);

    declare({ accountsOn: "own", trial: `{ domainName: "${TRIAL}", retire: true }` });
    sim.clearRequests();
    succeeded(await stack.up());
    assert.deepEqual(writesOf(sim), []);
    assert.equal(mailbox(sim, onTrial)!.id, first);

    declare({ trial: "" });
    succeeded(await stack.up());
    assert.deepEqual(writesOf(sim), ["DELETE /v3/grants/:id"]);
    assert.equal(mailbox(sim, onTrial), undefined);
  });

  it("leave nothing behind: accounts before workspaces and records, the key before its workspace", async () => {
    const { sim, stack } = scene;
    const [account, workspace] = [mailbox(sim, onOwn)!.id, workspaceOf("customer-a")!.id];
    stack.env["NYLAS_FORCE_DESTROY"] = wordsFor(
      ["account", "customer-c-scheduling@acme.nylas.email"],
      ["domain", "agents.example.com"],
    );
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), []);
    const { rules, lists, zones } = sim.state();
    assert.deepEqual(
      [
        rules.length,
        lists.length,
        zones.flatMap(({ records }) => records).filter(({ type }) => type === "MX").length,
      ],
      [0, 0, 0],
    );
    const ends = sim.writes().filter(({ method }) => method === "DELETE");
    const end = (part: string) => ends.findIndex(({ path }) => path.includes(part));
    const order = [
      end(account),
      end(workspace),
      end("dns_records"),
      end("/v3/domains/"),
      end("/credentials/"),
    ];
    assert.ok(
      order.every((at) => at >= 0),
      ends.map(({ path }) => path).join(", "),
    );
    const [mail, home, records, domain, key] = order as [number, number, number, number, number];
    assert.ok(mail < home && mail < records && records < domain && key < home, String(order));
  });
});

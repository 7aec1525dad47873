import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { isSecret } from "./harness";
import {
  changes,
  closeScenes,
  keys,
  leftBehind,
  mailbox,
  openScene,
  refused,
  says,
  succeeded,
  writesOf,
} from "./scene";

describe("policies, workspaces and accounts on a trial domain", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  /** What the tests edit, one word at a time. */
  const declared = {
    dailySends: 50,
    policyOfB: "outreach",
    workspaceOfBot: "a",
    botName: "Acme bot",
    password: "first-Password-0001",
    forceDestroy: false,
  };
  const program = (edit: Partial<typeof declared> = {}) => {
    const now = { ...declared, ...edit };
    return `
      const outreach = new nylas.NylasPolicy("outreach", {
        limits: { dailySends: ${now.dailySends}, inboxRetentionDays: 30, attachmentTypes: ["image/*", "application/pdf"] },
        spamDetection: { sensitivity: 1.5, dnsBlockLists: true },
      });
      const support = new nylas.NylasPolicy("support", { name: "Support", limits: { inboxRetentionDays: 30 } });
      const a = new nylas.NylasWorkspace("customer-a", { name: "Customer A", policyId: outreach.id });
      const b = new nylas.NylasWorkspace("customer-b", { policyId: ${now.policyOfB}.id });
      new nylas.NylasDefaultWorkspace("rest", { policyId: support.id });
      const bot = new nylas.AgentAccount("bot", {
        email: "bot@acme.nylas.email",
        displayName: "Acme bot",
        workspaceId: ${now.workspaceOfBot}.id,
      });
      const named = new nylas.AgentAccount("named", {
        email: "Named@acme.nylas.email",
        displayName: ${JSON.stringify(now.botName)},
        workspaceId: a.id,
        forceDestroy: ${now.forceDestroy},
      });
      const opened = new nylas.AgentAccount("opened", { email: "opened@acme.nylas.email", appPassword: ${JSON.stringify(now.password)} });
      export const grantId = bot.grantId;
      export const imap = bot.imap.host;
    `;
  };

  it("are shown without a key or a call, made, left alone, edited in place, and gone in the end", async () => {
    const { sim, stack, nylas, declare } = await openScene({ program: program(), withoutKeys: true });

    const preview = succeeded(await stack.preview());
    assert.equal(preview.summary.create, 8, preview.text);
    says(preview, "outreach", "customer-a", "customer-b", "rest", "bot", "named", "opened");
    assert.equal(
      preview.steps.find(({ name }) => name === "bot")?.inputs["email"],
      "bot@acme.nylas.email",
      "the address stands in the preview",
    );
    assert.deepEqual(sim.requests, [], "a preview asks nobody");

    Object.assign(stack.env, keys(sim));
    const up = succeeded(await stack.up());
    assert.equal(up.summary.create, 8, up.text);
    assert.deepEqual(writesOf(sim), [
      "PATCH /v3/workspaces/:id",
      "POST /v3/connect/custom",
      "POST /v3/connect/custom",
      "POST /v3/connect/custom",
      "POST /v3/connectors",
      "POST /v3/policies",
      "POST /v3/policies",
      "POST /v3/workspaces",
      "POST /v3/workspaces",
    ]);

    // What the SDK sees is what the program says.
    const id = (name: string) => stack.resource(name)!.id!;
    const policy = (await nylas.policies.find({ policyId: id("outreach") })).data;
    assert.equal(policy.name, "project/test/outreach");
    assert.equal(policy.limits?.limitCountDailyEmailSent, 50);
    assert.equal(policy.limits?.limitInboxRetentionPeriod, 30);
    assert.deepEqual(policy.limits?.limitAttachmentAllowedTypes, ["image/*", "application/pdf"]);
    assert.equal(policy.spamDetection?.spamSensitivity, 1.5);
    assert.equal(policy.spamDetection?.useListDnsbl, true);
    const workspaces = (await nylas.workspaces.list()).data;
    const shown = workspaces.map(({ name, policyId, autoGroup }) => ({ name, policyId, autoGroup }));
    assert.deepEqual(
      shown.sort((x, y) => x.name.localeCompare(y.name)),
      [
        { name: "Customer A", policyId: id("outreach"), autoGroup: false },
        { name: "Default", policyId: id("support"), autoGroup: false },
        { name: "project/test/customer-b", policyId: id("outreach"), autoGroup: false },
      ],
    );
    const bot = (await nylas.grants.find({ grantId: id("bot") })).data;
    assert.deepEqual(
      { email: bot.email, name: bot.name, provider: bot.provider },
      { email: "bot@acme.nylas.email", name: "Acme bot", provider: "nylas" },
    );
    const grantOf = (name: string) => sim.state().grants.find((grant) => grant.id === id(name))!;
    assert.equal(grantOf("bot").workspace_id, id("customer-a"));
    assert.equal(
      grantOf("opened").workspace_id,
      id("rest"),
      "an account that names no workspace is in the default one",
    );
    assert.equal(grantOf("named").email, "named@acme.nylas.email");
    assert.ok(sim.checkAppPassword("opened@acme.nylas.email", declared.password));
    assert.deepEqual(await stack.outputs(), { grantId: id("bot"), imap: "imap.nylas.email" });
    const bodies = JSON.stringify(sim.requests);
    assert.ok(!bodies.includes(declared.password));
    sim.clearRequests();

    const again = succeeded(await stack.up());
    assert.deepEqual(again.summary, { same: 8 });
    assert.deepEqual(sim.requests, [], "an up that changes nothing asks nobody");
    const refresh = succeeded(await stack.refresh());
    assert.deepEqual(refresh.summary, { same: 8 }, refresh.text);
    assert.deepEqual(writesOf(sim), []);

    // Limits, the policy of a workspace: each is one write.
    for (const name of ["bot", "named", "opened"])
      sim.addMessage({ grant: id(name), subject: `for ${name}` });
    const before = ["bot", "named", "opened"].map(id);
    declare(program({ dailySends: 70, policyOfB: "support" }));
    const limits = succeeded(await stack.up());
    assert.deepEqual(limits.summary, { same: 6, update: 2 });
    assert.deepEqual(
      sim.writes().map(({ method, body }) => ({ method, body })),
      [
        // A group goes whole: by one reading of the API it is replaced. What nobody edited goes along as it stands.
        {
          method: "PUT",
          body: {
            limits: {
              limit_attachment_allowed_types: ["image/*", "application/pdf"],
              limit_count_daily_email_sent: 70,
              limit_inbox_retention_period: 30,
            },
          },
        },
        { method: "PATCH", body: { policy_id: id("support") } },
      ],
    );
    sim.clearRequests();

    // A move, a display name and a rotated password: each is one PATCH; forceDestroy is the state's own business.
    const edited = { dailySends: 70, policyOfB: "support", workspaceOfBot: "b", botName: "Acme robot" };
    const rotated = { ...edited, password: "second-Password-0002" };
    declare(program({ ...rotated, forceDestroy: true }));
    const moving = succeeded(await stack.preview());
    const warning = moving.diagnostics.find(({ severity }) => severity === "warning");
    assert.match(
      warning?.message ?? moving.text,
      /bot@acme\.nylas\.email moves to workspace .*can read the mailbox/,
    );
    says(moving, "warning: account bot@acme.nylas.email moves to workspace");
    assert.deepEqual(sim.requests, []);
    const accounts = succeeded(await stack.up());
    assert.deepEqual(accounts.summary, { same: 5, update: 3 });
    const patched = sim.writes().map(({ method, path, body }) => ({ method, path, body }));
    assert.deepEqual(
      patched.sort((x, y) => JSON.stringify(x.body).localeCompare(JSON.stringify(y.body))),
      [
        {
          method: "PATCH",
          path: `/v3/grants/${id("bot")}`,
          body: { name: "Acme bot", workspace_id: id("customer-b") },
        },
        { method: "PATCH", path: `/v3/grants/${id("named")}`, body: { name: "Acme robot" } },
        {
          method: "PATCH",
          path: `/v3/grants/${id("opened")}`,
          body: { settings: { email: "opened@acme.nylas.email", app_password: "[secret]" } },
        },
      ],
    );
    sim.clearRequests();
    assert.equal(grantOf("named").name, "Acme robot");
    assert.equal(grantOf("bot").workspace_id, id("customer-b"));
    assert.ok(sim.checkAppPassword("opened@acme.nylas.email", rotated.password));
    assert.equal(stack.resource("named")!.inputs!["forceDestroy"], true);

    // forceDestroy alone asks nobody and writes nothing.
    declare(program(rotated));
    const word = succeeded(await stack.up());
    assert.deepEqual(changes(word), ["named update"]);
    assert.deepEqual(writesOf(sim), []);

    assert.deepEqual(["bot", "named", "opened"].map(id), before, "no edit replaces an account");
    assert.deepEqual(mailbox(sim, "bot@acme.nylas.email")!.subjects, ["for bot"]);
    assert.deepEqual(sim.state().lostMail, []);

    // The password stands encrypted in the state and nowhere else.
    const opened = stack.resource("opened")!;
    assert.ok(isSecret(opened.inputs!["appPassword"]) && isSecret(opened.outputs!["appPassword"]));
    const places: Record<string, string> = { "the state": fs.readFileSync(stack.stateFile, "utf8") };
    for (const result of [preview, up, again, refresh, limits, moving, accounts, word]) {
      places[`the output of ${result.command[0]}`] = result.text;
      // Pulumi's own SDK writes what it registered into debug messages, which nobody sees without --debug.
      const shown = result.events.filter(({ diagnosticEvent }) => diagnosticEvent?.severity !== "debug");
      places[`the events of ${result.command[0]}`] = JSON.stringify(shown);
    }
    for (const [place, text] of Object.entries(places)) {
      for (const secret of [declared.password, rotated.password, sim.keys.apiKey, sim.keys.organizationKey]) {
        const at = text.indexOf(secret);
        assert.equal(at, -1, `a secret stands open in ${place}: ${text.slice(at - 300, at + 100)}`);
      }
    }

    // Mailboxes with mail in them stay, until the mail is gone.
    refused(await stack.destroy("--continue-on-error"), "its mailbox holds mail");
    for (const { id } of sim.state().messages) sim.remove("message", id);
    sim.clearRequests();
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), []);
    assert.equal(sim.state().connectors.length, 1, "the connector stays");
    assert.deepEqual(
      sim
        .state()
        .workspaces.filter((workspace) => workspace.application_id === sim.ids.application)
        .map(({ name, policy_id }) => ({ name, policy_id })),
      [{ name: "Default", policy_id: null }],
    );
    assert.ok(
      !sim.requests.some(({ effect, status }) => effect === "write" && status >= 400),
      "nothing is deleted twice",
    );
  });
});

import assert from "node:assert/strict";
import * as fs from "node:fs";
import { holdToLayout } from "../../provider/dns/layout";
import { argumentsIn, commandsIn, configured, programs } from "../remedies/pasted";
import { typeErrorsOf } from "../remedies/compiled";
import { importInto, programFolder, runProgram, takeInto } from "./imported";
import { type Declared, type Input, type Report } from "./stack";
import {
  account,
  defaultWorkspace,
  domain,
  domainRecords,
  domainVerification,
  done,
  lostMail,
  openWorld,
  policy,
  publish,
  refused,
  standing,
  succeeded,
  workspace,
  writesOf,
} from "./world";

const A = "a@acme.nylas.email";
const B = "b@acme.nylas.email";
const DAY = 86_400;

const textOf = ({ errors }: Report) => errors.map(({ message }) => message).join("\n");

/**
 * Each takes the remedy out of the message, does what it says, and looks at the other side. The remedy works, and
 * costs nothing that was not asked for.
 */
describe("the remedy that a message prints", function () {
  this.timeout(120_000);
  const world = openWorld();

  after(() => assert.deepEqual(typeErrorsOf(programs), [], "every snippet compiles where it is pasted"));

  const inAccount = (snippet: string) =>
    `new nylas.AgentAccount("x", { email: "x@acme.nylas.email", ${snippet} });`;
  const inPolicy = (snippet: string) => `new nylas.Policy("x", { name: "X", ${snippet} });`;
  const inWorkspace = (snippet: string) => `new nylas.Workspace("x", { name: "X", ${snippet} });`;
  const inDomain = (snippet: string) => `new nylas.Domain("x", { domainName: "x.example.com", ${snippet} });`;
  const inRecords = (snippet: string) =>
    `new nylas.DomainRecords("x", { domainId: "d", domainName: "x.example.com", ${snippet} });`;
  const inAgentDomain = (snippet: string) =>
    `new nylas.AgentDomain("x", { domainName: "x.example.com", dns: nylas.zoneFile(), ${snippet} });`;

  const fleet = (edit: Record<string, Record<string, Input>> = {}, without: string[] = []): Declared[] =>
    [
      policy("long", { limits: { inboxRetentionDays: 300 }, ...edit.long }),
      policy("short", { limits: { inboxRetentionDays: 5, spamRetentionDays: 1 }, ...edit.short }),
      workspace("home", { policyId: (of) => of("long").id, ...edit.home }),
      workspace("away", { policyId: (of) => of("short").id, ...edit.away }),
      account("a", { email: A, workspaceId: (of) => of("home").id, ...edit.a }),
      account("b", { email: B, workspaceId: (of) => of("home").id, ...edit.b }),
    ].filter(({ name }) => !without.includes(name));
  const withMail = async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(fleet()));
    for (const email of [A, B]) {
      sim.addMessage({ grant: email, subject: `new of ${email}` });
      sim.addMessage({ grant: email, subject: `old of ${email}`, ageSeconds: 90 * DAY });
    }
    sim.clearRequests();
  };
  const policyAt = (name: string) =>
    world.sim.state().policies.find(({ id }) => id === world.stack.find(name).id)!;
  const idle = async (program: Declared[]) =>
    assert.deepEqual(done(succeeded(await world.stack.apply(program))), []);

  describe("mail", () => {
    beforeEach(withMail);

    it("a policy that keeps less goes through with the word, and with the mail of nobody else", async () => {
      const { sim, stack } = world;
      const shorter = { limits: { inboxRetentionDays: 30 } };
      const said = textOf(refused(await stack.apply(fleet({ long: shorter }))));
      assert.deepEqual(lostMail(sim), []);
      const word = argumentsIn(said, /set (allowMailLoss: true) on the policy/, inPolicy);
      succeeded(await stack.apply(fleet({ long: { ...shorter, ...word } })));
      assert.equal(policyAt("long").limits.limit_inbox_retention_period, 30);
      assert.deepEqual(lostMail(sim).sort(), [`old of ${A}: retention`, `old of ${B}: retention`]);
    });

    it("a policy that somebody raised by hand is lowered with the word alone", async () => {
      const { sim, stack } = world;
      sim.edit("policy", policyAt("short").id, { limits: { limit_inbox_retention_period: 360 } });
      const edit = { limits: { inboxRetentionDays: 6, spamRetentionDays: 1 } };
      const said = textOf(refused(await stack.apply(fleet({ short: edit })), "in force is 360"));
      const word = argumentsIn(said, /set (allowMailLoss: true) on the policy/, inPolicy);
      succeeded(await stack.apply(fleet({ short: { ...edit, ...word } })));
      assert.equal(policyAt("short").limits.limit_inbox_retention_period, 6);
      assert.deepEqual(lostMail(sim), [], "nobody is under it");
    });

    it("an account is moved with the word, and the other one stays with its mail", async () => {
      const { sim, stack } = world;
      const move = { workspaceId: ((of) => of("away").id) as Input };
      const said = textOf(refused(await stack.apply(fleet({ a: move }))));
      const word = argumentsIn(said, /say (allowMailLoss: true) on the account/, inAccount);
      succeeded(await stack.apply(fleet({ a: { ...move, ...word } })));
      const moved = sim.state().grants.find(({ email }) => email === A)!;
      assert.equal(moved.workspace_id, stack.find("away").id);
      assert.deepEqual(lostMail(sim), [`old of ${A}: retention`]);
    });

    it("a workspace takes another policy with the word", async () => {
      const { sim, stack } = world;
      const swap = { policyId: ((of) => of("short").id) as Input };
      const said = textOf(refused(await stack.apply(fleet({ home: swap }))));
      assert.deepEqual(lostMail(sim), []);
      const word = argumentsIn(said, /say (allowMailLoss: true) on the workspace/, inWorkspace);
      succeeded(await stack.apply(fleet({ home: { ...swap, ...word } })));
      const home = sim.state().workspaces.find(({ id }) => id === stack.find("home").id)!;
      assert.equal(home.policy_id, stack.find("short").id);
    });

    it("an address changes after forceDestroy in a change of its own; the other mailbox is as it was", async () => {
      const { sim, stack } = world;
      const other = { email: "other@acme.nylas.email" };
      const said = textOf(refused(await stack.apply(fleet({ a: other }))));
      const word = argumentsIn(said, /change of its own first: (forceDestroy: true), then/, inAccount);
      succeeded(await stack.apply(fleet({ a: word })));
      assert.deepEqual(writesOf(sim), [], "recording the word writes nothing");
      succeeded(await stack.apply(fleet({ a: { ...other, ...word } })));
      assert.deepEqual(lostMail(sim).sort(), [`new of ${A}: grant deleted`, `old of ${A}: grant deleted`]);
      assert.ok(standing(sim).includes(`account ${other.email}`) && standing(sim).includes(`account ${B}`));
    });

    it("a mailbox goes after forceDestroy was recorded, and that one alone", async () => {
      const { sim, stack } = world;
      const said = textOf(refused(await stack.apply(fleet({}, ["a"]))));
      const word = argumentsIn(said, /set (forceDestroy: true) on the account/, inAccount);
      succeeded(await stack.apply(fleet({ a: word })));
      succeeded(await stack.apply(fleet({}, ["a"])));
      assert.deepEqual(lostMail(sim).sort(), [`new of ${A}: grant deleted`, `old of ${A}: grant deleted`]);
    });

    it("a mailbox out of the program goes by the printed line for the configuration, and that one alone", async () => {
      const { sim, stack } = world;
      const said = textOf(refused(await stack.apply(fleet({}, ["a", "b"]), { continueOnError: true })));
      const line = new RegExp(`(pulumi config set --path 'nylas:forceDestroy\\[0\\]' account:${A})`);
      stack.config = configured(world.config, commandsIn(said, line));
      refused(await stack.apply(fleet({}, ["a", "b"]), { continueOnError: true }), B);
      assert.deepEqual(lostMail(sim).sort(), [`new of ${A}: grant deleted`, `old of ${A}: grant deleted`]);
    });

    it("a word that is left behind is taken away by the printed line", async () => {
      const { sim, stack } = world;
      const config = { ...world.config, "nylas:forceDestroy": JSON.stringify([`account:${A}`]) };
      stack.config = config;
      const { warnings } = succeeded(await stack.preview(fleet()));
      stack.config = configured(
        config,
        commandsIn(warnings.join("\n"), /(pulumi config rm nylas:forceDestroy)/),
      );
      assert.deepEqual(succeeded(await stack.preview(fleet())).warnings, []);
      refused(await stack.apply(fleet({}, ["a"])), "its mailbox holds mail");
      assert.deepEqual(lostMail(sim), []);
    });

    it("a word of the old form is put right by the printed line", async () => {
      const { sim, stack } = world;
      const config = { ...world.config, "nylas:forceDestroy": A };
      stack.config = config;
      const said = textOf(refused(await stack.apply(fleet())));
      stack.config = configured(
        config,
        commandsIn(
          said,
          /(pulumi config rm nylas:forceDestroy && pulumi config set --path '[^']*' \S+?)\.?$/m,
        ),
      );
      succeeded(await stack.apply(fleet({}, ["a"])));
      assert.deepEqual(lostMail(sim).sort(), [`new of ${A}: grant deleted`, `old of ${A}: grant deleted`]);
    });

    it("a workspace goes when its accounts have moved, and nothing of theirs is lost", async () => {
      const { sim, stack } = world;
      sim.seed({ kind: "grant", email: "c@acme.nylas.email", workspaceId: stack.find("home").id });
      // The policy of their workspace keeps more than every plan is known to.
      const word = { allowMailLoss: true };
      const without = fleet({}, ["home", "a", "b"]).concat(
        account("a", { email: A, ...word }),
        account("b", { email: B, ...word }),
      );
      refused(
        await stack.apply(without, { continueOnError: true }),
        "is kept: 1 account(s) are in it",
        "Move them first",
      );
      const grant = sim.state().grants.find(({ email }) => email === "c@acme.nylas.email")!;
      sim.edit("grant", grant.id, { workspace_id: null });
      succeeded(await stack.apply(without));
      assert.equal(
        sim.state().workspaces.some(({ name }) => name === "project/stack/home"),
        false,
      );
      assert.deepEqual(lostMail(sim), []);
      await idle(without);
    });

    it("a workspace goes after forceDestroy was recorded, and its accounts stay with their mail", async () => {
      const { sim, stack } = world;
      const extra = (more: Record<string, Input> = {}) => [
        ...fleet(),
        workspace("extra", { name: "Extra", ...more }),
      ];
      succeeded(await stack.apply(extra()));
      const id = sim.seed({
        kind: "grant",
        email: "c@acme.nylas.email",
        workspaceId: stack.find("extra").id,
      });
      sim.addMessage({ grant: id, subject: "of c" });
      const said = textOf(refused(await stack.apply(fleet()), "is kept: 1 account(s) are in it"));
      const word = argumentsIn(said, /set (forceDestroy: true), run pulumi up/, inWorkspace);
      succeeded(await stack.apply(extra(word)));
      succeeded(await stack.apply(fleet()));
      assert.ok(standing(sim).includes("account c@acme.nylas.email"));
      assert.ok(!standing(sim).includes("workspace Extra"));
      assert.deepEqual(lostMail(sim), []);
    });

    it("the accounts of a deleted workspace that would lose mail are each named, for one run", async () => {
      const { sim, stack } = world;
      const rest = defaultWorkspace("rest", { policyId: (of) => of("short").id });
      const extra = (more: Record<string, Input> = {}) => [
        ...fleet(),
        rest,
        workspace("extra", { name: "Extra", policyId: (of) => of("long").id, ...more }),
      ];
      succeeded(await stack.apply(extra({ forceDestroy: true })));
      const { id } = stack.find("extra");
      const c = sim.seed({ kind: "grant", email: "c@acme.nylas.email", workspaceId: id });
      sim.addMessage({ grant: c, subject: "old of c", ageSeconds: 90 * DAY });
      const said = textOf(refused(await stack.apply([...fleet(), rest]), "would delete mail"));
      assert.ok(
        said.includes(
          `account:ADDRESS of each of them beside workspace:${id} in NYLAS_FORCE_DESTROY (a JSON list)`,
        ),
      );
      assert.deepEqual(lostMail(sim), []);
      const words = JSON.stringify(["account:c@acme.nylas.email", `workspace:${id}`]);
      const env = { NYLAS_TEST_TIME_SCALE: "0.002", PULUMI_HOME: world.home };
      await stack.use({ env: { ...env, NYLAS_FORCE_DESTROY: words } });
      try {
        succeeded(await stack.apply([...fleet(), rest]));
      } finally {
        await stack.use({ env });
      }
      assert.ok(standing(sim).includes("account c@acme.nylas.email"));
      assert.ok(!standing(sim).includes("workspace Extra"));
      assert.deepEqual(lostMail(sim), ["old of c: retention"], "what was named, and nothing of anybody else");
    });

    it("a mailbox that its owner has connected is let go by taking it out of the state, and stays", async () => {
      const { sim, stack } = world;
      const gmail = sim.seed({ kind: "grant", email: "owner@gmail.example", provider: "google" });
      // As a release has recorded it that did not ask what it takes over.
      stack.state.push({ ...stack.find("a"), name: "owner", id: gmail });
      stack.find("owner").outputs = { ...stack.find("a").outputs, email: "owner@gmail.example" };
      stack.find("owner").inputs = { ...stack.find("a").inputs, email: "owner@gmail.example" };
      const said = textOf(refused(await stack.apply(fleet()), "owner has connected"));
      assert.deepEqual(commandsIn(said, /(pulumi state delete URN)/), [["state", "delete", "URN"]]);
      stack.state = stack.state.filter(({ name }) => name !== "owner");
      await idle(fleet());
      assert.ok(sim.state().grants.some(({ id }) => id === gmail));
    });

    it("an account under a new name is taken over with the word, and its old entry is let go", async () => {
      const { sim, stack } = world;
      const renamed = (more: Record<string, Input> = {}) =>
        fleet({}, ["a"]).concat(account("robot", { email: A, workspaceId: (of) => of("home").id, ...more }));
      const said = textOf(refused(await stack.apply(renamed(), { continueOnError: true }), "its successor"));
      const word = argumentsIn(said, /Take it over under the new name with (adopt: true)/, inAccount);
      succeeded(await stack.apply(renamed(word)));
      assert.deepEqual(writesOf(sim), []);
      await idle(renamed());
      assert.deepEqual(lostMail(sim), []);
    });

    it("a state that does not say where an object was made lets it go by hand, and nothing else", async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply([...fleet(), policy("gone", { name: "Gone" })]));
      sim.remove("policy", stack.find("gone").id);
      delete stack.find("gone").outputs.applicationId;
      const said = textOf(refused(await stack.refresh(), "does not tell where it was made"));
      assert.equal(commandsIn(said, /(pulumi state delete URN)/).length, 1);
      stack.state = stack.state.filter(({ name }) => name !== "gone");
      await idle(fleet());
      assert.deepEqual(lostMail(sim), []);
    });
  });

  describe("what exists already", () => {
    const kinds: Record<string, [string, Record<string, Input>, (snippet: string) => string]> = {
      policy: ["Policy", { name: "Outreach" }, inPolicy],
      workspace: ["Workspace", { name: "Customer A" }, inWorkspace],
      account: ["AgentAccount", { email: A }, inAccount],
      domain: ["Domain", { domainName: "agents.example.com", name: "Agents" }, inDomain],
    };
    for (const [what, [type, inputs, around]] of Object.entries(kinds))
      for (const [form, pattern] of [
        ["true", /take it over: (adopt: true)/],
        ["its id", /\(or (adopt: "[^"]+")\)/],
      ] as const)
        it(`a ${what} is taken over by adopt: ${form}, without a write`, async () => {
          const { sim, stack } = world;
          const program = (more: Record<string, Input> = {}): Declared[] => [
            { name: "x", type, inputs: { ...inputs, ...more } },
          ];
          succeeded(await stack.apply(program()));
          const { id } = stack.find("x");
          if (type === "AgentAccount") sim.addMessage({ grant: A, subject: "keep me" });
          stack.state = [];
          sim.clearRequests();
          const said = textOf(refused(await stack.apply(program())));
          const word = argumentsIn(said, pattern, around);
          succeeded(await stack.apply(program(word)));
          assert.equal(stack.find("x").id, id);
          await idle(program());
          assert.deepEqual(writesOf(sim), []);
          assert.deepEqual(lostMail(sim), []);
        });

    it("what another stack holds is brought in once it is out of that one's state, and that one deletes nothing", async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply([policy("p", { name: "shop/prod/p" })]));
      const folder = programFolder();
      try {
        const imported = await importInto(folder, sim, "--include-foreign");
        const command = /take it out of that stack first \((pulumi state delete)\)/;
        assert.deepEqual(commandsIn(imported.stdout, command), [["state", "delete"]]);
        assert.match(imported.program, command);
        // Theirs: the entry is taken out, and a destroy has nothing to delete.
        stack.state = [];
        sim.clearRequests();
        succeeded(await stack.destroy());
        // Ours.
        const program = takeInto(stack, imported, await runProgram(folder, imported));
        assert.deepEqual(done(succeeded(await stack.apply(program))), []);
        assert.deepEqual(writesOf(sim), []);
        assert.deepEqual(standing(sim), ["policy shop/prod/p"]);
      } finally {
        fs.rmSync(folder, { recursive: true });
      }
    });

    it("of two with one name, the one that is named by its id", async () => {
      const { sim, stack } = world;
      const ids = [1, 2].map(() => sim.seed({ kind: "policy", name: "Twice" }));
      const said = textOf(refused(await stack.apply([policy("x", { name: "Twice" })]), "which one is meant"));
      const word = argumentsIn(said, /by its id: (adopt: "[^"]+")/, inPolicy);
      succeeded(await stack.apply([policy("x", { name: "Twice", ...word })]));
      assert.ok(ids.includes(stack.find("x").id));
      await idle([policy("x", { name: "Twice" })]);
      assert.deepEqual(writesOf(sim), []);
    });
  });

  describe("domains and DNS", () => {
    const DOMAIN = "agents.example.com";
    const chain = (edit: Record<string, Record<string, Input>> = {}, without: string[] = []): Declared[] =>
      [
        domain("domain", { domainName: DOMAIN, ...edit.domain }),
        domainRecords("records", { domainId: (of) => of("domain").id, domainName: DOMAIN, ...edit.records }),
        domainVerification("verified", {
          domainId: (of) => of("domain").id,
          domainName: DOMAIN,
          records: (of) => of("records").records,
          wait: false,
          ...edit.verified,
        }),
      ].filter(({ name }) => !without.includes(name));
    const verified = async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply(chain()));
      publish(sim, stack.find("records").outputs.records);
      succeeded(await stack.apply(chain()));
      assert.equal(stack.find("verified").outputs.status, "verified");
      sim.clearRequests();
    };
    const all = ["verified", "records", "domain"];

    it("a verified domain goes after forceDestroy was recorded on it and its verification", async () => {
      const { sim, stack } = world;
      await verified();
      const said = textOf(refused(await stack.apply([policy("p")])));
      const word = argumentsIn(said, /set (forceDestroy: true) on the domain/, inDomain);
      sim.clearRequests();
      succeeded(await stack.apply([policy("p"), ...chain({ domain: word, verified: word })]));
      assert.deepEqual(writesOf(sim), []);
      succeeded(await stack.apply([policy("p")]));
      assert.ok(!standing(sim).includes(`domain ${DOMAIN}`));
    });

    it("a verified domain out of the program goes by the printed line for the configuration", async () => {
      const { sim, stack } = world;
      await verified();
      const without = [policy("p", { name: "P" })];
      const said = textOf(refused(await stack.apply(without)));
      stack.config = configured(
        world.config,
        commandsIn(said, /(pulumi config set --path 'nylas:forceDestroy\[0\]' domain:\S+)\)/),
      );
      succeeded(await stack.apply(without));
      assert.deepEqual(standing(sim), ["policy P"]);
    });

    it("a domain whose accounts cannot be seen goes when the key is given that sees none", async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply(chain({}, all.slice(0, 2))));
      const { "nylas:apiKey": key, ...blind } = world.config;
      stack.config = blind;
      const said = textOf(refused(await stack.destroy(), "without an application key"));
      assert.match(said, /Set nylas:apiKey \(NYLAS_API_KEY\)/);
      stack.config = { ...blind, "nylas:apiKey": key! };
      succeeded(await stack.destroy());
      assert.deepEqual(standing(sim), []);
    });

    it("records are read from DNS once hosts says where the DKIM record stands", async () => {
      const { sim, stack } = world;
      await verified();
      const { dkim } = stack.find("records").outputs.records as { dkim: { name: string } };
      stack.state = stack.state.filter(({ name }) => name === "domain");
      const said = textOf(refused(await stack.apply(chain())));
      const hosts = argumentsIn(said, /read from DNS: (hosts: \{ dkim: "[^"]*" \})/, inAgentDomain);
      assert.deepEqual(Object.keys(hosts), ["hosts"]);
      const filled = { hosts: { dkim: dkim.name.replace(`.${DOMAIN}`, "") } };
      succeeded(await stack.apply(chain({ records: filled })));
      assert.deepEqual(writesOf(sim), [], "nothing was asked of Nylas again");
      assert.equal(stack.find("verified").outputs.status, "verified");
    });

    it("records that are given as known are taken, in the printed form", async () => {
      const { sim, stack } = world;
      await verified();
      const { dkim } = stack.find("records").outputs.records as { dkim: { name: string; value: string } };
      stack.state = stack.state.filter(({ name }) => name === "domain");
      const said = textOf(refused(await stack.apply(chain())));
      const onAgentDomain = /on AgentDomain: (known: \{ dkim: \{.*\} \})$/m;
      argumentsIn(said, onAgentDomain, inAgentDomain);
      const known = argumentsIn(said, /on NylasDomainRecords: (known: \{ dkim: \{.*\} \})$/m, inRecords);
      const form = (known as { known: { dkim: Record<string, string> } }).known.dkim;
      assert.deepEqual(Object.keys(form), ["type", "name", "value"]);
      const filled = { known: { dkim: { ...form, name: dkim.name, value: dkim.value } } };
      succeeded(await stack.apply(chain({ records: filled })));
      assert.deepEqual(writesOf(sim), []);
      assert.equal((stack.find("records").outputs.records as typeof filled.known).dkim.value, dkim.value);
    });

    it("DNS that cannot be asked is asked at the server that the printed line names", async () => {
      const { sim, stack } = world;
      stack.config = { ...world.config, "nylas:dnsServers": '["127.0.0.1:9"]' };
      const said = textOf(refused(await stack.apply(chain({}, ["verified"])), "No record was written"));
      stack.config = configured(
        { ...world.config, "nylas:dnsServers": '["127.0.0.1:9"]' },
        commandsIn(said, /(pulumi config set --path 'nylas:dnsServers\[0\]' HOST:PORT)/, {
          "HOST:PORT": sim.dnsServer,
        }),
      );
      succeeded(await stack.apply(chain({}, ["verified"])));
      assert.equal(stack.state.length, 2);
    });

    it("DNS that cannot be asked is passed by with the word", async () => {
      const { stack } = world;
      stack.config = { ...world.config, "nylas:dnsServers": '["127.0.0.1:9"]' };
      const said = textOf(refused(await stack.apply(chain({}, ["verified"]))));
      const word = argumentsIn(said, /say (allowUncheckedDns: true)/, inRecords);
      succeeded(await stack.apply(chain({ records: word }, ["verified"])));
      argumentsIn(said, /say (allowUncheckedDns: true)/, inAgentDomain);
    });

    it("a host that Nylas names elsewhere is declared as printed, and then fits", () => {
      const answers = {
        ownership: { host: "@", type: "TXT", value: "nylas-ownership-verify=abc" },
        spf: { host: "@", type: "TXT", value: "v=spf1 include:nylas.example -all" },
        mx: { host: "@", type: "MX", value: "10 inbound.nylas.example." },
        dkim: { host: "k1._domainkey", type: "TXT", value: "v=DKIM1; p=MIIB" },
        feedback: { host: "bounce", type: "MX", value: "feedback.nylas.example" },
      };
      const said = (changed: object) => {
        try {
          holdToLayout(DOMAIN, { ...answers, ...changed });
        } catch (error) {
          return (error as Error).message;
        }
        return "";
      };
      for (const [changed, name] of [
        [{ ownership: { host: "_nylas", type: "TXT", value: "x" } }, `_nylas.${DOMAIN}`],
        [{ dkim: { host: "k1._domainkey.agents", type: "TXT", value: "x" } }, `k1._domainkey.${DOMAIN}`],
      ] as const) {
        const { hosts } = argumentsIn(said(changed), /declare (hosts: \{ \w+: "[^"]*" \})/, inAgentDomain);
        const held = holdToLayout(DOMAIN, { ...answers, ...changed }, hosts as Record<string, string>);
        assert.equal(held[Object.keys(changed)[0] as "dkim"].name, name);
      }
    });

    it("a domain as it is registered is taken with the word", async () => {
      const { sim, stack } = world;
      const apex = (more: Record<string, Input> = {}) => [
        domain("domain", { domainName: "example.com" }),
        domainRecords("records", { domainId: (of) => of("domain").id, domainName: "example.com", ...more }),
      ];
      const said = textOf(refused(await stack.preview(apex())));
      const word = argumentsIn(said, /say (allowApex: true)/, inRecords);
      argumentsIn(said, /say (allowApex: true)/, inAgentDomain);
      succeeded(await stack.apply(apex(word)));
      assert.deepEqual(standing(sim), ["domain example.com"]);
    });

    it("the last domain that was deleted outside is taken out of the state by hand", async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply(chain({}, all.slice(0, 2))));
      for (const { id } of sim.state().domains) sim.remove("domain", id);
      // The application key would tell the organization.
      const { "nylas:apiKey": _, ...blind } = world.config;
      stack.config = blind;
      const said = textOf(refused(await stack.refresh(), "shows no domain at all"));
      assert.equal(commandsIn(said, /(pulumi state delete URN)/).length, 1);
      stack.state = stack.state.filter(({ name }) => name !== "domain");
      assert.deepEqual(done(succeeded(await stack.refresh())), []);
      assert.deepEqual(standing(sim), []);
    });
  });

  describe("webhooks", () => {
    const URL_ = "https://hooks.example.com/nylas";
    const hook = (name: string, more: Record<string, Input> = {}): Declared => ({
      name,
      type: "Webhook",
      inputs: { url: URL_, triggers: ["message.created"], name: "Events", ...more },
    });

    it("that should write to nobody any more is taken out and declared anew", async () => {
      const { sim, stack } = world;
      sim.configure({ publicWebhooks: "assume" });
      succeeded(await stack.apply([hook("hook", { notificationEmails: ["a@example.com"] })]));
      const { id } = stack.find("hook");
      refused(await stack.apply([hook("hook")]), "take the webhook out, run pulumi up, and declare it anew");
      succeeded(await stack.apply([]));
      succeeded(await stack.apply([hook("hook")]));
      assert.deepEqual(
        sim
          .state()
          .webhooks.map((each) => [each.webhook_url, each.id === id, each.notification_email_addresses]),
        [[URL_, false, []]],
      );
      await idle([hook("hook")]);
    });
  });

  describe("keys", () => {
    it("of two credentials for domains, the one that the printed line chooses is used", async () => {
      const { sim, stack } = world;
      const both = { ...world.config, "nylas:serviceAccount": sim.keys.serviceAccount };
      stack.config = both;
      const program = [domain("d", { domainName: "agents.example.com", name: "Agents" })];
      const said = textOf(refused(await stack.apply(program), "are both set"));
      stack.config = configured(
        both,
        commandsIn(said, /(pulumi config set nylas:domainCredential organizationKey)/),
      );
      succeeded(await stack.apply(program));
      assert.deepEqual(standing(sim), ["domain agents.example.com"]);
    });

    it("an API key that a lost run has made is taken over by its id, without its secret", async () => {
      const { sim, stack } = world;
      const program = (more: Record<string, Input> = {}): Declared[] => [
        workspace("w", { name: "W" }),
        { name: "p", type: "Principal", inputs: { boundTo: { workspace: (of) => of("w").id }, name: "P" } },
        {
          name: "k",
          type: "ApiKey",
          inputs: { principalId: (of) => of("p").id, expiresAt: "2030-01-01T00:00:00Z", name: "K", ...more },
        },
      ];
      succeeded(await stack.apply(program()));
      const { id } = stack.find("k");
      stack.state = stack.state.filter(({ name }) => name !== "k");
      sim.clearRequests();
      const said = textOf(refused(await stack.apply(program()), "unknown to this state"));
      const word = argumentsIn(
        said,
        /(adopt: "[^"]+")\.$/m,
        (snippet) => `new ApiKey("x", { principalId: "p", expiresAt: "2030-01-01T00:00:00Z", ${snippet} });`,
      );
      succeeded(await stack.apply(program(word)));
      assert.equal(stack.find("k").id, id);
      assert.deepEqual(writesOf(sim), []);
    });

    it("a key that is missing is set by the printed line", async () => {
      const { sim, stack } = world;
      const { "nylas:apiKey": key, ...without } = world.config;
      stack.config = without;
      const said = textOf(
        refused(await stack.apply([policy("p", { name: "P" })]), "nylas:apiKey is not set"),
      );
      const commands = commandsIn(said, /"(pulumi config set --secret nylas:apiKey)"/);
      // Pulumi asks for the value, which is not part of the line.
      stack.config = configured(without, [[...commands[0]!, key!]]);
      succeeded(await stack.apply([policy("p", { name: "P" })]));
      assert.deepEqual(standing(sim), ["policy P"]);
    });
  });
});

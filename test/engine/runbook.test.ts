import { assertLive, openLiveDomain } from "./liveDomain";
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Simulator } from "nylas-simulator";
import { findEngine } from "../../scripts/engine";
import { type Result, type Stack } from "./harness";
import { itInLongRun } from "./longRun";
import {
  closeScenes,
  keys,
  leftBehind,
  mailbox,
  openScene,
  publish,
  recorded,
  type Scene,
  succeeded,
} from "./scene";
import { slowNylas } from "./slowNylas";

/** The page, by its headings: every command line and every message that stands under each. */
const page = readPage(path.join(__dirname, "../../docs/runbook.md"));

const followed = new Set<string>();

describe("docs/runbook.md", function () {
  this.timeout(600_000);
  // Each goes on where the one before it ended.
  this.bail(true);
  after(closeScenes);

  const EMAIL = "scheduling@acme.nylas.email";
  const PASSWORD = "first-Password-0001";
  interface Edit {
    sends?: number;
    workspaceName?: string;
    withoutAccount?: boolean;
    /** More arguments of the account. */
    account?: string;
    withoutPassword?: boolean;
    domain?: boolean;
    extra?: string;
  }
  const program = (edit: Edit = {}) => `
    const config = new pulumi.Config();
    const policy = new nylas.NylasPolicy("outreach", { limits: { dailySends: ${edit.sends ?? 50} } });
    const customerA = new nylas.NylasWorkspace("customer-a", {
      policyId: policy.id,
      ${edit.workspaceName === undefined ? "" : `name: "${edit.workspaceName}",`}
    });
    ${
      edit.withoutAccount
        ? ""
        : `new nylas.AgentAccount("scheduling", {
             email: "${EMAIL}",
             workspaceId: customerA.id,
             ${edit.withoutPassword ? "" : `appPassword: config.requireSecret("schedulingPassword"),`}
             ${edit.account ?? ""}
           });`
    }
    ${
      edit.domain
        ? `const domain = new nylas.NylasDomain("domain", { domainName: "agents.example.com" });
           const records = new nylas.NylasDomainRecords("records", { domainId: domain.id, domainName: domain.domainName });
           new nylas.NylasDomainVerification("verification", {
             domainId: domain.id,
             domainName: domain.domainName,
             records: records.records,
           }, { customTimeouts: { create: "1m", update: "1m" } });`
        : ""
    }
    ${edit.extra ?? ""}
  `;

  let scene: Scene;
  let sim: Simulator;
  let stack: Stack;
  let slow: Awaited<ReturnType<typeof slowNylas>>;
  const statusOf = () => stack.resource("verification")!.outputs!["status"];
  const workspaceOf = () => sim.state().grants.find(({ email }) => email === EMAIL)?.workspace_id;

  before(async () => {
    scene = await openScene({ program: program(), secrets: { schedulingPassword: PASSWORD } });
    ({ sim, stack } = scene);
    slow = await slowNylas(sim, "/v3/connect/custom");
    stack.env["NYLAS_API_URL"] = slow.url;
  });
  after(() => slow.close());

  follows("A pipeline was killed", async (terminal) => {
    const killed = await stack.start("up");
    await slow.asked;
    killed.kill();
    await killed.finished;
    terminal.failed(await stack.up());
    // As a kill in the middle of a write leaves it.
    fs.truncateSync(`${stack.stateFile}.attrs`);
    terminal.failed(await stack.run("cancel", "--yes"));
    await terminal.type(stack, "find .pulumi/stacks -name '*.attrs' -empty -delete");
    const backend = stack.env["PULUMI_BACKEND_URL"];
    stack.env["PULUMI_BACKEND_URL"] = `${backend}?metadata=skip`;
    await terminal.type(stack, "pulumi cancel");
    // An up that has nothing to ask of Nylas.
    terminal.shows(succeeded(await stack.up("--target", stack.resource("outreach")!.urn)));
    await terminal.type(stack, "pulumi refresh --clear-pending-creates", {
      meanwhile: async (running) => {
        await running.said("A run that was killed");
        assert.equal(mailbox(sim, EMAIL), undefined, "it is still under way");
        slow.goOn();
      },
    });
    sim.clearRequests();
    await terminal.type(stack, "pulumi up");
    assert.deepEqual(
      sim.writes().map(({ path: route }) => route),
      [],
      "everything had been made",
    );
    assert.deepEqual(leftBehind(sim), [
      `account ${EMAIL}`,
      "workspace project/test/customer-a",
      "policy project/test/outreach",
    ]);
    assert.equal(stack.resource("scheduling")!.id, mailbox(sim, EMAIL)!.id);
    assert.equal(fs.existsSync(`${stack.stateFile}.attrs`), false);
    stack.env["PULUMI_BACKEND_URL"] = backend;
    await elsewhere(terminal);
    sim.addMessage({ grant: EMAIL, subject: "keep me" });
  });

  /** A run is killed on one machine and taken up on another, which has another home folder. */
  const elsewhere = async (terminal: Terminal) => {
    const silver = (adopt = "") => program({ extra: `new nylas.NylasPolicy("silver", { ${adopt} });` });
    const homes = [1, 2].map((n) => path.join(stack.folder, `home-${n}`));
    homes.forEach((home) => fs.mkdirSync(home));
    scene.declare(silver());
    const { PULUMI_HOME: before } = stack.env;
    stack.env["PULUMI_HOME"] = homes[0];
    sim.addFault({ method: "POST", path: "^/v3/policies$", kind: "delay", delayMs: 3000 });
    const killed = await stack.start("up");
    while (!sim.faults().some(({ hits }) => hits > 0)) await sleep(20);
    killed.kill();
    await killed.finished;
    const made = () => sim.state().policies.find(({ name }) => name === "project/test/silver");
    while (!made()) await sleep(100);
    sim.clearFaults();
    stack.env["PULUMI_HOME"] = homes[1];
    succeeded(await stack.unlock());
    succeeded(await stack.refresh("--clear-pending-creates"));
    terminal.failed(await stack.up());
    assert.equal(stack.resource("silver"), undefined);
    scene.declare(silver("adopt: true"));
    await terminal.type(stack, "pulumi up");
    assert.equal(stack.resource("silver")!.id, made()!.id);
    scene.declare(program());
    succeeded(await stack.up());
    stack.env["PULUMI_HOME"] = before;
  };

  follows("A verification is stuck", async (terminal) => {
    scene.declare(program({ domain: true }));
    terminal.failed(await stack.up());
    sim.advanceClock(4 * 86_400);
    await terminal.type(stack, "pulumi up", { fails: true });
    // What is published by hand is not there yet.
    await terminal.type(stack, "pulumi up --refresh", { fails: true });
    publish(sim, stack, "records");
    await terminal.type(stack, "pulumi up");
    assert.equal(statusOf(), "verified");
  });

  follows("A run was stopped with Ctrl-C", async (terminal) => {
    const domain = sim.state().domains.find(({ domain_address }) => domain_address === "agents.example.com")!;
    const records = sim.state().zones.flatMap((zone) => zone.records);
    const mx = records.find(({ type, name }) => type === "MX" && name === "agents.example.com")!;
    sim.removeRecord("example.com", mx.id);
    sim.edit("domain", domain.id, { verified: { mx: false } });
    const scale = stack.env["NYLAS_TEST_TIME_SCALE"];
    stack.env["NYLAS_TEST_TIME_SCALE"] = "1";
    const interrupted = await stack.start("up", "--refresh");
    await interrupted.said("agents.example.com: waiting for mx");
    interrupted.kill("SIGINT");
    terminal.failed(await interrupted.finished);
    assert.equal(statusOf(), "pending");
    stack.env["NYLAS_TEST_TIME_SCALE"] = scale;
    sim.putRecord("example.com", { type: "MX", name: mx.name, content: mx.content, priority: mx.priority! });
    await terminal.type(stack, "pulumi up");
    assert.equal(statusOf(), "verified");
  });

  follows("A key was revoked or rotated", async (terminal) => {
    const inTheEnvironment = sim.rotateKey("apiKey");
    terminal.failed(await stack.refresh());
    await terminal.type(stack, "export NYLAS_API_KEY=…", { value: inTheEnvironment });
    scene.declare(program({ domain: true, sends: 60 }));
    await terminal.type(stack, "pulumi up");
    assert.equal(sim.state().policies[0]!.limits.limit_count_daily_email_sent, 60);

    delete stack.env["NYLAS_API_KEY"];
    const inTheConfiguration = sim.rotateKey("apiKey");
    await terminal.type(stack, "pulumi config set --secret nylas:apiKey …", { value: inTheConfiguration });
    await terminal.type(stack, "pulumi refresh --run-program");
    await terminal.type(stack, "pulumi up");
    // The state remembers it from now on.
    succeeded(await stack.refresh());
  });

  follows("The key of another application", async (terminal) => {
    const standing = recorded(stack);
    stack.env["NYLAS_API_KEY"] = sim.keys.secondApiKey;
    terminal.failed(await stack.refresh());
    assert.deepEqual(recorded(stack), standing);
    await terminal.type(stack, "export NYLAS_API_KEY=…", { value: keys(sim)["NYLAS_API_KEY"]! });
    await terminal.type(stack, "pulumi refresh");
  });

  follows("A workspace was deleted outside", async (terminal) => {
    sim.remove("workspace", stack.resource("customer-a")!.id!);
    scene.declare(program({ domain: true, workspaceName: "Customer A" }));
    terminal.failed(await stack.up());
    await terminal.type(stack, "pulumi refresh");
    assert.equal(stack.resource("customer-a"), undefined);
    await terminal.type(stack, "pulumi up");
    assert.equal(workspaceOf(), stack.resource("customer-a")!.id, "the account has moved back");
    assert.deepEqual(mailbox(sim, EMAIL)!.subjects, ["keep me"]);
  });

  follows("An app password has leaked", async (terminal) => {
    const NEXT = "second-Password-0002";
    assert.ok(sim.checkAppPassword(EMAIL, PASSWORD));
    await terminal.type(stack, "pulumi config set --secret schedulingPassword …", { value: NEXT });
    await terminal.type(stack, "pulumi up");
    assert.ok(!sim.checkAppPassword(EMAIL, PASSWORD));
    assert.ok(sim.checkAppPassword(EMAIL, NEXT));
    assert.deepEqual(mailbox(sim, EMAIL)!.subjects, ["keep me"]);
    scene.declare(program({ domain: true, workspaceName: "Customer A", withoutPassword: true }));
    terminal.failed(await stack.preview());
  });

  follows("Something exists already", async (terminal) => {
    const id = sim.seed({ kind: "policy", name: "Gold", limits: { limit_count_daily_email_sent: 7 } });
    const gold = (adopt: string) =>
      program({
        workspaceName: "Customer A",
        extra: `new nylas.NylasPolicy("gold", { name: "Gold", ${adopt} });`,
      });
    scene.declare(gold(""));
    terminal.failed(await stack.up());
    scene.declare(gold("adopt: true"));
    await terminal.type(stack, "pulumi up");
    assert.equal(stack.resource("gold")!.id, id);
  });

  follows("A mailbox was deleted outside", async (terminal) => {
    const old = mailbox(sim, EMAIL)!.id;
    sim.remove("grant", old);
    await terminal.type(stack, "pulumi refresh");
    scene.declare(program({ workspaceName: "Customer A" }));
    terminal.failed(await stack.up());
    assert.equal(mailbox(sim, EMAIL), undefined, "nothing is made without a word");
    scene.declare(program({ workspaceName: "Customer A", account: "allowMailLoss: true," }));
    await terminal.type(stack, "pulumi up");
    assert.deepEqual(mailbox(sim, EMAIL)!.subjects, []);
    assert.notEqual(mailbox(sim, EMAIL)!.id, old);
  });

  follows("A domain was registered again outside", async (terminal) => {
    const domain = "agents.example.com";
    const declared = (more = "") => `
      const domain = new nylas.AgentDomain("agents", { domainName: "${domain}", dns, ${more} });
      export const status = domain.status;`;
    const live = await openLiveDomain(declared());
    succeeded(await live.stack.up());
    live.sim.remove("domain", live.sim.state().domains.find((each) => each.domain_address === domain)!.id);
    const again = live.sim.seed({ kind: "domain", address: domain, verified: true });
    await terminal.type(live.stack, "pulumi refresh");
    live.declare(declared(`adopt: "${again}"`));
    await terminal.type(live.stack, "pulumi up");
    live.declare(declared());
    succeeded(await live.stack.up());
    await assertLive(live.sim, "registered again");
  });

  follows("An entry is kept that is no longer in the program", async (terminal) => {
    for (const forced of [
      ["NYLAS_FORCE_DESTROY=account:scheduling@acme.nylas.email pulumi up"],
      [
        "pulumi config set --path 'nylas:forceDestroy[0]' account:scheduling@acme.nylas.email",
        "pulumi up",
        "pulumi config rm --path 'nylas:forceDestroy[0]'",
      ],
    ]) {
      sim.addMessage({ grant: EMAIL, subject: "may go" });
      scene.declare(program({ withoutAccount: true, workspaceName: "Customer A" }));
      terminal.failed(await stack.up());
      assert.deepEqual(mailbox(sim, EMAIL)!.subjects, ["may go"]);
      for (const line of forced) await terminal.type(stack, line);
      assert.equal(mailbox(sim, EMAIL), undefined);
      scene.declare(program({ workspaceName: "Customer A" }));
      succeeded(await stack.up());
    }
    await stack.run("config", "set", "--path", "nylas:forceDestroy[0]", `account:${EMAIL}`);
    terminal.shows(succeeded(await stack.preview()));
    // The state remembers the word from here on, although it is taken back.
    succeeded(await stack.up());
    await stack.run("config", "rm", "nylas:forceDestroy");
  });

  follows("A destroy is refused because a mailbox holds mail", async (terminal) => {
    sim.addMessage({ grant: EMAIL, subject: "may go" });
    await terminal.type(stack, "pulumi destroy", { fails: true });
    assert.deepEqual(mailbox(sim, EMAIL)!.subjects, ["may go"]);
    await terminal.type(stack, "NYLAS_FORCE_DESTROY=account:scheduling@acme.nylas.email pulumi destroy");
    assert.deepEqual(leftBehind(sim), []);
    scene.declare(program({ workspaceName: "Customer A", account: "forceDestroy: true," }));
    await terminal.type(stack, "pulumi up");
    sim.addMessage({ grant: EMAIL, subject: "may go" });
    await terminal.type(stack, "pulumi destroy");
    assert.deepEqual(leftBehind(sim), []);
  });

  follows("The state refers to an unknown provider", async (terminal) => {
    const small = `
      const workspace = new nylas.NylasWorkspace("customer-a");
      new nylas.AgentAccount("scheduling", { email: "${EMAIL}", workspaceId: workspace.id });
    `;
    const broken = await openScene({ program: small });
    succeeded(await broken.stack.up());
    broken.sim.addMessage({ grant: EMAIL, subject: "keep me" });
    broken.declare(`new nylas.NylasPolicy("outreach", {});`);
    await terminal.type(broken.stack, "pulumi destroy --run-program --continue-on-error", { fails: true });
    assert.deepEqual(mailbox(broken.sim, EMAIL)!.subjects, ["keep me"]);
    const { version } = findEngine()!;
    if (version !== "3.256.0") return terminal.skip(`the engine is ${version}, and this is a bug of 3.256.0`);
    await terminal.type(broken.stack, "pulumi state repair", { fails: true });
    await terminal.type(broken.stack, "pulumi stack history");
    const history = path.join(broken.stack.folder, "state/.pulumi/history/project/test");
    const good = fs
      .readdirSync(history)
      .filter((file) => file.endsWith(".checkpoint.json"))
      .sort();
    fs.copyFileSync(path.join(history, good.at(-1)!), broken.stack.stateFile);
    await terminal.type(broken.stack, "pulumi refresh");
    assert.deepEqual(mailbox(broken.sim, EMAIL)!.subjects, ["keep me"]);
    for (const { id } of broken.sim.state().messages) broken.sim.remove("message", id);
    await terminal.type(broken.stack, "pulumi destroy");
    assert.deepEqual(leftBehind(broken.sim), []);
  });

  it("has no heading that nobody follows", () => {
    assert.deepEqual([...followed].sort(), [...page.keys()].sort());
  });
});

/** Declares the test of one heading: all that stands under it has to be typed and seen. */
function follows(heading: string, flow: (terminal: Terminal) => Promise<void>): void {
  followed.add(heading);
  itInLongRun(`is true under "${heading}"`, async () => {
    const section = page.get(heading);
    assert.ok(section, `the page has no heading "${heading}"`);
    const terminal = new Terminal(section);
    await flow(terminal);
    terminal.assertComplete();
  });
}

/** What is typed, and all that is seen. */
class Terminal {
  private readonly lines = new Set<string>();
  private seen = "";
  private skipped = false;

  constructor(private readonly section: Section) {}

  /** Types a line of the page; `…` in it stands for the value. */
  async type(
    stack: Stack,
    line: string,
    options: {
      value?: string;
      fails?: boolean;
      meanwhile?: (running: Awaited<ReturnType<Stack["start"]>>) => Promise<void>;
    } = {},
  ): Promise<void> {
    assert.ok(this.section.commands.includes(line), `"${line}" is not on the page`);
    this.lines.add(line);
    const whole = line.replace("…", options.value ?? "…");
    const exported = /^export ([A-Z_]+)=(\S+)$/.exec(whole);
    if (exported) return void (stack.env[exported[1]!] = exported[2]!);
    if (whole.startsWith("find ")) {
      execFileSync("sh", ["-c", whole], { cwd: path.join(stack.folder, "state") });
      return;
    }
    const [, name, value, command] = /^(?:([A-Z_]+)=(\S+) )?pulumi (.+)$/.exec(whole) ?? [];
    assert.ok(command !== undefined, `not a command line: ${line}`);
    const [verb, ...args] = command.split(" ").map((word) => word.replace(/^'(.*)'$/, "$1"));
    if (name !== undefined) stack.env[name] = value;
    const result = await this.run(stack, verb!, args, options.meanwhile);
    if (name !== undefined) delete stack.env[name];
    this.shows(result);
    assert.equal(result.code !== 0, options.fails ?? false, `${line}\n${result.text}`);
  }

  /** What is seen without being typed from the page. */
  shows(result: Result): void {
    this.seen += `\n${result.text}`;
  }

  /** The trouble that the page is about. */
  failed(result: Result): void {
    assert.notEqual(result.code, 0, `pulumi ${result.command.join(" ")} should have failed:\n${result.text}`);
    this.shows(result);
  }

  /** What stands on the page does not happen here, and why. */
  skip(why: string): void {
    console.error(`      not looked at: ${why}`);
    this.skipped = true;
  }

  assertComplete(): void {
    if (this.skipped) return;
    const text = this.seen.replace(/\s+/g, " ");
    for (const message of this.section.messages) {
      const pattern = message
        .replace(/\s+/g, " ")
        .split("…")
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
        .join(".{0,200}?");
      assert.match(
        text,
        new RegExp(pattern),
        `the page says this is seen: ${message}\nSeen was:\n${this.seen}`,
      );
    }
    assert.deepEqual(
      this.section.commands.filter((line) => !this.lines.has(line)),
      [],
      "not typed",
    );
  }

  private async run(
    stack: Stack,
    verb: string,
    args: string[],
    meanwhile?: (running: Awaited<ReturnType<Stack["start"]>>) => Promise<void>,
  ): Promise<Result> {
    if (verb === "up" || verb === "refresh" || verb === "destroy") {
      const running = await stack.start(verb, ...args);
      await meanwhile?.(running);
      return running.finished;
    }
    const unasked = verb === "cancel" || (verb === "state" && args[0] === "repair") ? ["--yes"] : [];
    return stack.run(verb, ...args, ...unasked);
  }
}

interface Section {
  commands: string[];
  messages: string[];
}

/** Lines in `sh` blocks and commands in the text are typed; each line of a `text` block is seen. */
function readPage(file: string): Map<string, Section> {
  const sections = new Map<string, Section>();
  for (const part of fs.readFileSync(file, "utf8").split(/^## /m).slice(1)) {
    const blocks = (language: string) =>
      [...part.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].flatMap(([, body]) =>
        body!.split("\n").filter((line) => line.trim() !== ""),
      );
    const prose = part.replace(/^```.*?^```/gms, "");
    const inline = [...prose.matchAll(/`(pulumi [^`]+)`/g)].map(([, line]) => line!);
    sections.set(part.split("\n")[0]!.trim(), {
      commands: [...new Set([...blocks("sh"), ...inline])],
      messages: blocks("text"),
    });
  }
  return sections;
}

/**
 * `npm run demo`: the life of a domain, its records, workspaces, a policy and mailboxes, on the real engine with the
 * simulator as the other side. No account, no key, no DNS; nothing outside of `.pulumi-state/` is written.
 */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { startSimulator, type Simulator } from "nylas-simulator";
import { withStandIns } from "../test/plugins";
import { type Engine, ensureEngine } from "./engine";

const root = path.join(__dirname, "..");
const example = path.join(root, "examples", "environments");
const work = path.join(root, ".pulumi-state", "demo");
const account = "scheduling@agents.staging.example.com";

async function main(): Promise<void> {
  const engine = await ensureEngine((line) => console.error(line));
  const started = Date.now();
  const simulator = await startSimulator({});
  try {
    await tour(new Shell(engine, simulator), simulator);
    screen(simulator, Math.round((Date.now() - started) / 1000));
  } finally {
    await simulator.close();
    fs.rmSync(work, { recursive: true, force: true });
  }
}

async function tour(shell: Shell, simulator: Simulator): Promise<void> {
  say("A preview of staging: no key is set, and nothing is asked of Nylas or Cloudflare");
  await shell.pulumi("preview", "--stack", "staging");
  expect(count(simulator) === 0, "a preview makes no API call");

  say("Staging, then prod: the same program, a stack each");
  await shell.pulumi("up", "--yes", "--skip-preview", "--stack", "staging");
  await shell.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");

  say("A second up changes nothing, and makes no API call");
  const before = count(simulator);
  await shell.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "staging");
  expect(count(simulator) === before, "an up without changes makes no API call");

  say("One line in Pulumi.staging.yaml: 80 sends a day instead of 50. One policy is updated");
  shell.edit("Pulumi.staging.yaml", 'dailySends: "50"', 'dailySends: "80"');
  await shell.pulumi("up", "--yes", "--stack", "staging");

  say("One line in the program: scheduling moves to customer B. One PATCH, the mailbox stays");
  simulator.addMessage({ grant: account, subject: "Can we meet on Friday?" });
  shell.edit("index.ts", "workspaceId: customerA.id", "workspaceId: customerB.id");
  await shell.pulumi("up", "--yes", "--skip-preview", "--stack", "staging");

  say("Drift: somebody raises the limit in the Dashboard. --refresh finds it, and up puts it right");
  const policy = simulator
    .state()
    .policies.find(({ name }) => name === "nylas-environments/staging/outreach");
  simulator.edit("policy", policy!.id, { limits: { limit_count_daily_email_sent: 5000 } });
  await shell.pulumi("up", "--yes", "--skip-preview", "--refresh", "--stack", "staging");

  say(
    "A rename in the program, without an alias: to the engine a create and a delete. The mailbox holds mail, so it is kept",
  );
  shell.edit("index.ts", 'AgentAccount("scheduling"', 'AgentAccount("calendar"');
  await shell.pulumi("up", "--yes", "--skip-preview", "--stack", "staging", { mayFail: true });
  expect(mailHeld(simulator) === 1, "the mailbox and its mail are still there");

  say("The way out it names: an alias. Nothing changes at Nylas");
  shell.edit(
    "index.ts",
    'displayName: "Scheduling",\n  workspaceId: customerB.id,\n});',
    'displayName: "Scheduling",\n  workspaceId: customerB.id,\n}, { aliases: [{ name: "scheduling" }] });',
  );
  await shell.pulumi("up", "--yes", "--skip-preview", "--stack", "staging");
  expect(mailHeld(simulator) === 1, "the mailbox and its mail are still there");

  say(
    "A domain that is verified goes by a word alone: accounts of other applications may be on it, and cannot be seen",
  );
  shell.edit("index.ts", "{ domainName, dns:", "{ domainName, forceDestroy: true, dns:");
  await shell.pulumi("up", "--yes", "--skip-preview", "--stack", "staging");
  await shell.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");

  say("Destroying staging: the mailbox that holds mail is kept, until somebody says so");
  await shell.pulumi("destroy", "--yes", "--skip-preview", "--stack", "staging", { mayFail: true });
  expect(mailHeld(simulator) === 1, "the mailbox and its mail are still there");
  await shell.pulumi("destroy", "--yes", "--skip-preview", "--run-program", "--stack", "staging", {
    environment: { NYLAS_FORCE_DESTROY: `account:${account}` },
  });

  say("Destroying prod: Pulumi itself refuses, for as long as nylas:protect stands in Pulumi.prod.yaml");
  await shell.pulumi("destroy", "--yes", "--skip-preview", "--stack", "prod", { mayFail: true });
  shell.edit("Pulumi.prod.yaml", 'nylas:protect: "true"', 'nylas:protect: "false"');
  await shell.pulumi("destroy", "--yes", "--skip-preview", "--run-program", "--stack", "prod");
}

/** The other side is empty again: what was made is gone, what was there before (the connector excepted) is as it was. */
function screen(simulator: Simulator, seconds: number): void {
  const state = simulator.state();
  const left = {
    domains: state.domains.filter(({ branded }) => !branded),
    policies: state.policies.filter(({ name }) => name.startsWith("nylas-environments/")),
    workspaces: state.workspaces.filter((workspace) => !workspace.default),
    accounts: state.grants,
    "DNS records": state.zones
      .flatMap(({ records }) => records)
      .filter(({ name }) => name.includes("agents")),
  };
  const nothing = Object.values(left).every((objects) => objects.length === 0);
  expect(nothing, "nothing is left on the other side but the connector");
  const counts = Object.entries(left).map(([kind, objects]) => `${objects.length} ${kind}`);
  console.log(`
────────────────────────────────────────────────────────────────────────
Done in ${seconds} s: two environments were declared, published, verified, edited, drifted, renamed and destroyed.
Left on the other side: ${counts.join(", ")}. The connector stays: other accounts may need it.
Calls to the Nylas API: ${count(simulator)}, of them ${simulator.writes().filter((each) => each.path.startsWith("/v3/")).length} writes.

The same program against a real account:

  cp -r examples/environments my-agents && cd my-agents && npm install
  export NYLAS_API_KEY=…            # the application's API key
  export NYLAS_ORGANIZATION_KEY=…   # an IAM key bound to the organization, with the four domains permissions
  export CLOUDFLARE_API_TOKEN=…     # may edit DNS in your zone
  # set domain, zoneId and zoneName in Pulumi.staging.yaml
  pulumi stack init staging && pulumi up
────────────────────────────────────────────────────────────────────────`);
}

/** Types commands in a copy of the example, so that the repository stays as it is. */
class Shell {
  constructor(
    private readonly engine: Engine,
    private readonly simulator: Simulator,
  ) {
    fs.rmSync(work, { recursive: true, force: true });
    fs.mkdirSync(path.join(work, "state"), { recursive: true });
    for (const file of [
      "index.ts",
      "Pulumi.yaml",
      "Pulumi.staging.yaml",
      "Pulumi.prod.yaml",
      "package.json",
      "tsconfig.json",
    ]) {
      fs.copyFileSync(path.join(example, file), path.join(work, file));
    }
  }

  async pulumi(
    ...words: (string | { mayFail?: boolean; environment?: Record<string, string> })[]
  ): Promise<void> {
    const args = words.filter((word) => typeof word === "string");
    const { mayFail = false, environment = {} } = words.find((word) => typeof word !== "string") ?? {};
    const stack = args[args.indexOf("--stack") + 1]!;
    await this.#init(stack);
    const typed = Object.entries(environment).map(([name, value]) => `${name}=${value} `);
    console.log(`\n$ ${typed.join("")}pulumi ${args.join(" ")}`);
    const keys = args[0] === "preview" ? {} : this.#keys();
    const code = await this.#run(args, { ...keys, ...environment });
    if (code !== 0 && !mayFail) throw new Error(`pulumi ${args.join(" ")} ended with ${code}`);
    if (mayFail) expect(code !== 0, "it is refused");
  }

  /** Replaces a line of the program, as a pull request would. */
  edit(file: string, from: string, to: string): void {
    const target = path.join(work, file);
    const text = fs.readFileSync(target, "utf8");
    if (text.split(from).length !== 2)
      throw new Error(`${file} does not hold ${JSON.stringify(from)} exactly once`);
    fs.writeFileSync(target, text.replace(from, to));
    for (const line of from.split("\n")) console.log(`  - ${line}`);
    for (const line of to.split("\n")) console.log(`  + ${line}`);
  }

  readonly #stacks = new Set<string>();

  async #init(stack: string): Promise<void> {
    if (this.#stacks.has(stack)) return;
    this.#stacks.add(stack);
    console.log(`\n$ pulumi stack init ${stack}`);
    if ((await this.#run(["stack", "init", stack], {})) !== 0)
      throw new Error(`pulumi stack init ${stack} failed`);
  }

  #keys(): NodeJS.ProcessEnv {
    const { keys } = this.simulator;
    return { NYLAS_API_KEY: keys.apiKey, NYLAS_ORGANIZATION_KEY: keys.organizationKey };
  }

  #run(args: string[], keys: NodeJS.ProcessEnv): Promise<number | null> {
    const child = spawn(this.engine.pulumi, [...args, "--non-interactive"], {
      cwd: work,
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...this.engine.env,
        PATH: withStandIns(this.engine.path),
        PULUMI_BACKEND_URL: `file://${work}/state`,
        PULUMI_CONFIG_PASSPHRASE: "demo",
        NYLAS_API_URL: this.simulator.url,
        NYLAS_DNS_SERVERS: this.simulator.dnsServer,
        CLOUDFLARE_API_TOKEN: this.simulator.keys.cloudflareToken,
        CLOUDFLARE_BASE_URL: this.simulator.cloudflareUrl,
        ...keys,
      },
    });
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", resolve);
    });
  }
}

function count(simulator: Simulator): number {
  return simulator.requests.filter((request) => request.path.startsWith("/v3/")).length;
}

function mailHeld(simulator: Simulator): number {
  const { grants, messages } = simulator.state();
  const mailbox = grants.find(({ email }) => email === account);
  return messages.filter(({ grant_id: grant }) => grant === mailbox?.id).length;
}

function say(text: string): void {
  console.log(`\n━━ ${text}`);
}

/** The demo says what is so: where it is not, it ends with an error. */
function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not so: ${what}`);
  console.log(`   ✓ ${what}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

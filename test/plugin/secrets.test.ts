import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Simulator } from "nylas-simulator";
import { Canaries } from "../canaries";
import { type Echo, startEcho } from "../echo";
import { type Receiver, startReceiver } from "../receiver";
import { type Plugin } from "./harness";
import { type Declared, type Input, type Report } from "./stack";
import { account, declare, domain, openWorld, policy, succeeded, workspace } from "./world";

const READS = ["GET"];
const WRITES = ["POST", "PUT", "PATCH", "DELETE"];
const logs = mkdtempSync(join(tmpdir(), "secrets-"));
const auditLog = join(logs, "audit.jsonl");
const trace = join(logs, "requests.log");

describe("a secret in the plugin's own words", () => {
  const world = openWorld({
    env: { NYLAS_TRACE: trace },
    simulator: { seed: `secrets-${process.pid}-${Date.now()}` },
  });
  let echo: Echo;
  let receiver: Receiver;
  let canaries: Canaries;
  let passwords: Record<"first" | "second", string>;
  let said: string[];
  let plugin: Plugin | undefined;

  before(async () => {
    receiver = await startReceiver();
  });
  after(async () => {
    await receiver.close();
    rmSync(logs, { recursive: true });
  });
  beforeEach(async () => {
    echo = await startEcho(world.sim.url);
    canaries = new Canaries();
    const { keys } = world.sim;
    for (const name of ["apiKey", "organizationKey"] as const) canaries.plant(name, keys[name]);
    const { private_key: pem } = JSON.parse(keys.serviceAccount) as { private_key: string };
    for (const line of [4, 10, 16, 22]) canaries.plant(`private key, line ${line}`, pem.split("\n")[line]!);
    passwords = {
      first: canaries.password("app password"),
      second: canaries.password("app password after the edit"),
    };
    // The plugin is handed the secrets of every other provider as well.
    const others = {
      "cloudflare:apiToken": canaries.plant("Cloudflare's token", keys.cloudflareToken),
      "aws:secretKey": canaries.password("Amazon's secret key"),
    };
    world.stack.config = { ...world.config, ...others, "nylas:apiUrl": echo.url, "nylas:auditLog": auditLog };
    said = [];
  });
  afterEach(() => echo.close());

  /** Everything of which a key or a password is a part, or comes out of. */
  const program = (edited = false): Declared[] => [
    workspace("customer"),
    policy("outreach", { limits: { dailySends: edited ? 60 : 50 } }),
    account("bot", {
      email: "bot@acme.nylas.email",
      workspaceId: (of) => of("customer").id,
      displayName: edited ? "Robot" : "Bot",
      appPassword: edited ? passwords.second : passwords.first,
      folders: ["Receipts", ...(edited ? ["Invoices"] : [])],
      forceDestroy: true,
    }),
    domain("domain", { domainName: "agents.example.com", name: edited ? "Agents" : "Bots" }),
    declare("List", "list", { type: "domain", items: ["spam.example", ...(edited ? ["bulk.example"] : [])] }),
    declare("Rule", "rule", {
      conditions: [{ field: "from.domain", inList: [(of) => of("list").id] }],
      actions: [edited ? "archive" : "block"],
    }),
    declare("Webhook", "events", {
      url: receiver.url,
      triggers: ["message.created"],
      rotateWhenChanged: { edited: String(edited) },
      timeoutSeconds: 1,
    }),
    declare("Principal", "tenant", {
      boundTo: { workspace: (of) => of("customer").id as Input & string },
      permissions: ["messages.read", ...(edited ? ["messages.send"] : [])],
    }),
    declare("ApiKey", "key", {
      principalId: (of) => of("tenant").id,
      expiresAt: "2030-06-30T00:00:00Z",
      rotateWhenChanged: { edited: String(edited) },
    }),
  ];
  const during = (running: Plugin) => void (plugin = running);

  function heard(report: Report): Report {
    said.push(
      JSON.stringify(report.errors),
      report.errors.map(({ message }) => message).join("\n"),
      report.log.join("\n"),
    );
    return report;
  }

  /** The secrets that Nylas has made, as the state has them and as lost answers had them. */
  function plantMade(): void {
    for (const name of ["events", "key"]) {
      const entry = world.stack.state.find((each) => each.name === name);
      if (entry?.outputs.secret !== undefined)
        canaries.plant(`secret of ${name} ${canaries.names.length}`, String(entry.outputs.secret));
    }
    for (const answer of echo.lost) {
      for (const [, secret] of answer.matchAll(/"(?:webhook_secret|secret|api_key)":"([^"]+)"/g))
        canaries.plant(`secret of a lost answer ${canaries.names.length}`, secret!);
    }
  }

  function assertNothingFound(): void {
    canaries.assertFindable();
    assert.deepEqual(
      said.flatMap((text) => text.split("\n")).filter((line) => canaries.in(line).length > 0),
      [],
    );
    assert.ok(plugin, "no plugin was seen");
    assert.deepEqual(canaries.in(plugin.stdout), [], "on standard output");
    assert.deepEqual(canaries.in(plugin.stderr), [], "on standard error");
    assert.deepEqual(canaries.in(readFileSync(trace)), [], "in the trace of requests");
    assert.deepEqual(canaries.in(readFileSync(auditLog)), [], "in the audit log");
  }

  it("is not found after a life without any failure", async () => {
    const { stack } = world;
    heard(succeeded(await stack.apply(program(), { during })));
    plantMade();
    heard(succeeded(await stack.refresh()));
    heard(succeeded(await stack.preview(program(true))));
    heard(succeeded(await stack.apply(program(true))));
    plantMade();
    heard(succeeded(await stack.destroy()));
    assert.ok(canaries.names.some((name) => name.startsWith("secret of key")));
    assertNothingFound();
  });

  it("is not found after every operation has failed at an other side that repeats what it is told", async () => {
    const { stack } = world;
    const failing = async (run: () => Promise<Report>, methods: string[], least: number): Promise<void> => {
      echo.refuse(...methods);
      // Each time another object meets another shape of refusal.
      for (let times = 0; times < 4; times++) {
        const { errors } = heard(await run());
        assert.ok(errors.length >= least, `only ${errors.length} failed`);
        echo.said.push("");
      }
      echo.refuse();
    };
    const up = (edited: boolean) => () => stack.apply(program(edited), { during, continueOnError: true });
    await failing(up(false), READS, 2);
    await failing(up(false), WRITES, 3);
    // What the others need is there: the account gets as far as sending its password.
    world.sim.seed({ kind: "connector" });
    heard(succeeded(await stack.apply(program().slice(0, 2))));
    await failing(up(false), WRITES, 3);
    heard(succeeded(await stack.apply(program())));
    plantMade();
    await failing(() => stack.refresh(), READS, 9);
    await failing(up(true), WRITES, 6);
    await failing(() => stack.destroy({ continueOnError: true }), [...READS, ...WRITES], 3);
    const repeated = canaries.in(echo.said.join("\n"));
    for (const name of ["apiKey", "organizationKey", "app password", "app password after the edit"])
      assert.ok(repeated.includes(name), `${name} was never repeated`);
    assert.ok(said.join("\n").includes("[secret]"));
    assertNothingFound();
  });

  it("is not found where the answer that holds it was cut", async () => {
    const { stack } = world;
    for (const methods of [["POST"], ["PUT", "PATCH"], ["DELETE"], READS]) {
      echo.cut(...methods);
      heard(await stack.apply(program(), { during, continueOnError: true }));
      heard(await stack.apply(program(true), { continueOnError: true }));
      heard(await stack.refresh());
      echo.cut();
      plantMade();
      heard(await stack.apply(program(true), { continueOnError: true }));
    }
    assert.ok(canaries.names.filter((name) => name.startsWith("secret of a lost answer")).length >= 2);
    assertNothingFound();
  });

  it("is not found after partial failures: folders that cannot be made, a webhook that does not answer", async () => {
    const { sim, stack } = world;
    sim.addFault({
      method: "POST",
      path: "/folders$",
      kind: "status",
      status: 400,
      message: canaries.value("apiKey"),
      times: "always",
    });
    const { answer } = receiver;
    receiver.answer = (_request, response) => response.writeHead(500).end(canaries.value("apiKey"));
    const { errors } = heard(await stack.apply(program(), { during, continueOnError: true }));
    receiver.answer = answer;
    assert.match(errors.map(({ message }) => message).join("\n"), /its folders are not all in place/);
    assert.match(errors.map(({ message }) => message).join("\n"), /challenge/);
    sim.clearFaults();
    heard(await stack.refresh());
    heard(succeeded(await stack.apply(program())));
    plantMade();
    assertNothingFound();
  });

  it("is not found after any fault of the simulator, before or after the write", async () => {
    const { sim, stack } = world;
    const kinds = ["status", "reset", "html", "cut", "otherApplication"] as const;
    for (const kind of kinds) {
      for (const when of ["before", "after"] as const) {
        if (kind === "otherApplication" && when === "after") continue;
        sim.addFault({ kind, when, probability: 0.5, times: "always" });
        heard(await stack.apply(program(when === "after"), { during, continueOnError: true }));
        heard(await stack.refresh());
        sim.clearFaults();
        plantMade();
      }
    }
    assertNothingFound();
  });

  it("is not found where it, or the property it stands under, is refused; and the engine is not told to print it", async () => {
    const asked = await world.plugin();
    plugin = asked;
    await asked.renew({ ...world.config, "nylas:auditLog": auditLog });
    const { first } = passwords;
    const email = "bot@acme.nylas.email";
    const bad: Record<string, unknown>[] = [
      { appPassword: `${first} ` },
      { appPassword: first.toLowerCase() },
      { appPassword: first + first },
      { appPassword: [first] },
      { appPassword: { value: first } },
      { appPassword: { [first]: 1 } },
      { AppPassword: first },
      { apppassword: first },
      { appPasswords: [first] },
      { password: { value: first } },
      { secret: first, appPassword: 5 },
    ];
    for (const inputs of bad) {
      const { failures } = await asked.check(
        "AgentAccount",
        {},
        { email, label: "project/stack/bot", ...inputs },
      );
      assert.ok(failures.length > 0, JSON.stringify(Object.keys(inputs)));
      for (const { property, reason } of failures) {
        assert.equal(property, "", "the engine prints the value of the property that a failure names");
        said.push(reason);
      }
    }
    // Nor where an old value of it is compared with a new one.
    const recorded = { email, appPassword: first };
    const taken = await asked.check("AgentAccount", recorded, { email, __refused: "" });
    assert.match(String(taken.inputs.__refused), /appPassword/, "a preview says why the up would refuse it");
    said.push(JSON.stringify(taken));
    await asked.diff(
      "AgentAccount",
      "grant-1",
      { ...recorded, workspaceId: "ws-1" },
      { email, appPassword: passwords.second, workspaceId: "ws-2" },
    );
    assert.ok(asked.log.length > 0, "a move is warned of");
    said.push(JSON.stringify(asked.log));
    canaries.assertFindable();
    assert.deepEqual(
      said.flatMap((text) => text.split("\n")).filter((line) => canaries.in(line).length > 0),
      [],
    );
    assert.deepEqual(canaries.in(asked.stdout + asked.stderr), []);
  });

  it("is not found where a setting cannot be used, were it the secret itself", async () => {
    const asked = await world.plugin();
    plugin = asked;
    const { keys } = world.sim;
    const pasted: Record<string, string>[] = [
      { "nylas:region": keys.apiKey },
      { "nylas:apiUrl": keys.apiKey },
      { "nylas:apiUrl": `https://x:${keys.apiKey}@api.us.nylas.com` },
      { "nylas:apiKey": `${keys.apiKey}\n${keys.organizationKey}` },
      { "nylas:domainCredential": keys.organizationKey },
      { "nylas:serviceAccount": keys.apiKey },
      { "nylas:serviceAccount": keys.serviceAccount.slice(0, -20) },
      { "nylas:serviceAccount": keys.serviceAccount.replace("PRIVATE KEY", "PUBLIC KEY") },
      { "nylas:dnsServers": `["${keys.apiKey}"]` },
      { "nylas:forceDestroy": `["${keys.apiKey}"` },
      { "nylas:requestTimeout": keys.apiKey },
      { "nylas:protect": keys.apiKey },
    ];
    for (const settings of pasted) {
      await asked.renew({ ...world.config, ...settings });
      const { failures } = await asked.check("Policy", {}, { label: "project/stack/p" });
      assert.equal(failures.length, 1, `${Object.keys(settings).join()} was taken`);
      said.push(JSON.stringify(failures), JSON.stringify(asked.log));
    }
    canaries.assertFindable();
    assert.deepEqual(
      said.flatMap((text) => text.split("\n")).filter((line) => canaries.in(line).length > 0),
      [],
    );
  });

  it("of a service account that signs is not found in what its requests leave", async () => {
    const { stack, sim } = world;
    const { "nylas:organizationKey": _key, ...config } = world.config;
    stack.config = {
      ...config,
      "nylas:apiUrl": echo.url,
      "nylas:auditLog": auditLog,
      "nylas:serviceAccount": sim.keys.serviceAccount,
    };
    const domains = [domain("domain", { domainName: "agents.example.com" })];
    echo.refuse(...WRITES);
    for (let times = 0; times < 8; times++) heard(await stack.apply(domains, { during }));
    echo.refuse();
    const signatures = [...echo.said.join("\n").matchAll(/"x-nylas-signature":"([^"]+)"/g)].map(
      ([, text]) => text!,
    );
    assert.ok(signatures.length > 0);
    signatures.forEach((signature, i) => canaries.plant(`signature ${i}`, signature));
    heard(succeeded(await stack.apply(domains)));
    assertNothingFound();
  });
});

/** The simulator's own keys are new in every run: a find is one of this run. */
describe("the canaries", () => {
  const world = openWorld({
    env: { NYLAS_TRACE: trace },
    simulator: { seed: `other-${process.pid}-${Date.now()}` },
  });
  it("are others in every run, and found wherever they stand", () => {
    const keysOf = (sim: Simulator) => Object.values(sim.keys);
    assert.equal(new Set(keysOf(world.sim)).size, keysOf(world.sim).length);
    const canaries = new Canaries();
    canaries.plant("key", world.sim.keys.apiKey);
    canaries.password("password");
    canaries.assertFindable();
    assert.deepEqual(canaries.in("nothing to be found here"), []);
  });
});

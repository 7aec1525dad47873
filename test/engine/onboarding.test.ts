import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type Simulator } from "nylas-simulator";
import { zoneFile } from "pulumi-nylas";
import {
  onboardTenant,
  OnboardingError,
  type OnboardingEvent,
  type OnboardingOptions,
} from "pulumi-nylas/onboarding";
import { type OnboardingService, openOnboardingService } from "./onboardingService";
import { mailbox, writesOf } from "./scene";

const DOMAIN = "agents.example.com";

describe("onboarding a tenant from a service", function () {
  this.timeout(240_000);

  let service: OnboardingService;
  let sim: Simulator;
  let workDir: string;
  const events: OnboardingEvent[] = [];
  /** The zone file that the first call hands over. */
  let zone: string;

  before(async () => {
    service = await openOnboardingService();
    ({ sim, workDir } = service);
  });
  after(() => service.close());

  const onboard = (
    alias: string,
    more: Partial<OnboardingOptions> = {},
    env: Record<string, string> = {},
    domain = DOMAIN,
  ) => {
    events.length = 0;
    return onboardTenant(domain, alias, {
      workDir,
      name: "customer-a",
      tenant: { dns: zoneFile(), policy: { limits: { dailySends: 50 } } },
      account: { displayName: "Scheduling" },
      env: { ...service.settings, ...env },
      onProgress: (event) => void events.push(event),
      ...more,
    });
  };

  async function refused(call: Promise<unknown>, step: string, ...said: RegExp[]): Promise<OnboardingError> {
    let error: unknown;
    await call.catch((caught: unknown) => (error = caught));
    assert.ok(error instanceof OnboardingError, String(error));
    assert.equal(error.step, step, error.message);
    for (const each of said) assert.match(error.message, each);
    return error;
  }

  it("says that the domain is pending, with the records to publish, as long as nobody has published them", async () => {
    const result = await onboard("scheduling");
    assert.deepEqual(
      [result.status, result.grantId, result.address, result.stack, result.changed],
      ["pending", undefined, "scheduling@agents.example.com", "customer-a", true],
    );
    zone = result.dnsInstructions!.zone;
    assert.match(zone, /agents\.example\.com\.\s.*MX/);
    assert.equal(sim.state().grants.length, 0);
    assert.equal(result.workspaceId, sim.state().workspaces.find(({ default: isDefault }) => !isDefault)!.id);
  });

  it("gives the grant once the records stand, tells how it goes, and the same again changes nothing", async () => {
    for (const line of zone.split("\n")) publishLine(sim, line);
    const result = await onboard("scheduling");
    assert.equal(result.status, "ready");
    assert.equal(result.grantId, mailbox(sim, "scheduling@agents.example.com")!.id);
    assert.ok(
      events.some(
        (event) =>
          event.kind === "resource" &&
          event.type === "AgentAccount" &&
          event.operation === "create" &&
          event.state === "done",
      ),
      JSON.stringify(events),
    );
    assert.deepEqual(
      events.flatMap((event) => (event.kind === "step" ? [event.step] : [])),
      ["check", "open", "plan", "apply", "done"],
    );

    sim.clearRequests();
    assert.deepEqual(await onboard("scheduling"), { ...result, changed: false });
    assert.deepEqual(writesOf(sim), []);
  });

  it("ends no mailbox that a call leaves out, without a word", async () => {
    sim.clearRequests();
    await refused(
      onboard("billing"),
      "open",
      /accounts that this call leaves out: scheduling/,
      /tenant: \{ accounts: \{ "scheduling": \{\} \} \}; to end them: remove: \["scheduling"\]/,
    );
    await refused(
      onboard("x", { name: "customer-b", stack: "customer-a" }),
      "open",
      /stack customer-a is of the tenant customer-a, not of customer-b/,
    );
    assert.deepEqual(writesOf(sim), []);
    assert.ok(mailbox(sim, "scheduling@agents.example.com"));
  });

  it("says what Pulumi and Nylas refuse, and what to do, without a key in it", async () => {
    const wrong = "nyk_wrong_0123456789abcdef";
    const policy = { tenant: { dns: zoneFile(), policy: { limits: { dailySends: 60 } } } };
    const error = await refused(
      onboard("scheduling", policy, { NYLAS_API_KEY: wrong }),
      "apply",
      /401/,
      /NYLAS_API_KEY/,
      /call again/,
    );
    for (const secret of [wrong, sim.keys.organizationKey, "correct horse battery"])
      assert.ok(!JSON.stringify([error.message, error.findings, events]).includes(secret));
    await refused(
      onboard("scheduling", {}, { PULUMI_CONFIG_PASSPHRASE: "another one" }),
      "plan",
      /incorrect passphrase/,
      /Set the PULUMI_CONFIG_PASSPHRASE that this stack was made with/,
    );
  });

  it("brings in two tenants at the same time, from one process and in one folder", async () => {
    const [b, c] = await Promise.all(
      ["customer-b", "customer-c"].map((name) =>
        onboard("ops", { name, tenant: {} }, {}, "acme.nylas.email"),
      ),
    );
    assert.deepEqual(
      [b!.status, b!.address, b!.grantId],
      ["ready", "customer-b-ops@acme.nylas.email", mailbox(sim, "customer-b-ops@acme.nylas.email")!.id],
    );
    assert.deepEqual(
      [c!.status, c!.address, c!.grantId],
      ["ready", "customer-c-ops@acme.nylas.email", mailbox(sim, "customer-c-ops@acme.nylas.email")!.id],
    );
  });

  it("comes to an end when it is told to, in the middle of a wait, and the next call goes on", async () => {
    const domain = "agents-d.example.com";
    const d = { name: "customer-d", account: {} };
    const abort = new AbortController();
    const waiting = onboard(
      "ops",
      {
        ...d,
        tenant: { dns: zoneFile(), domainArgs: { wait: true } },
        signal: abort.signal,
        onProgress(event) {
          if (event.kind === "message" && event.message.includes("waiting for ownership")) abort.abort();
        },
      },
      {},
      domain,
    );
    await refused(
      waiting,
      "apply",
      /agents-d\.example\.com is not verified yet: the run was interrupted/,
      /call again/,
    );
    const next = await onboard("ops", { ...d, tenant: { dns: zoneFile() } }, {}, domain);
    assert.equal(next.status, "pending");
    assert.equal(sim.state().domains.filter(({ domain_address }) => domain_address === domain).length, 1);
  });

  it("looks at its arguments and its work folder before anything is begun", async () => {
    sim.clearRequests();
    await refused(
      onboardTenant("acme.nylas.email", "ops", { workDir }),
      "check",
      /name: is missing, and "acme\.nylas\.email" is a trial domain/,
    );
    await refused(onboard("ops", { tenant: {} }), "check", /dns: given nothing; allowed: a DNS adapter/);
    await refused(
      onboard("ops", { workdir: "x" } as never),
      "check",
      /workdir is not a property .*did you mean workDir\?/,
    );
    const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), "elsewhere-"));
    try {
      await refused(
        onboard("ops", { workDir: elsewhere }),
        "check",
        /pulumi-nylas cannot be found from .*elsewhere/,
        /Choose a folder at or below/,
      );
    } finally {
      fs.rmSync(elsewhere, { recursive: true });
    }
    const file = path.join(workDir, "occupied");
    fs.writeFileSync(file, "");
    await refused(onboard("ops", { workDir: file }), "check", /cannot be used \((EEXIST|ENOTDIR)\)/);
    await refused(
      onboard("ops", { project: "another" }),
      "check",
      /Pulumi\.yaml there is of the project "nylas-tenants", and not of "another"/,
    );
    assert.deepEqual(sim.requests, []);
  });
});

/** As the person does who gets the zone file: `name ttl IN type rest`. */
function publishLine(sim: Simulator, line: string): void {
  const [, name, type, rest] = /^(\S+)\.\s+\d+\s+IN\s+(MX|TXT)\s+(.*)$/.exec(line) ?? [];
  if (!name || !type || !rest) return;
  const [, priority, target] = /^(\d+)\s+(\S+?)\.?$/.exec(rest) ?? [];
  sim.putRecord(
    "example.com",
    type === "MX"
      ? { type, name, content: target!, priority: Number(priority) }
      : { type, name, content: rest },
  );
}

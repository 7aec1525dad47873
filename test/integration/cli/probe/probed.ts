/** A simulated application with somebody else's objects in it, and a probe of it. */
import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Readable } from "node:stream";
import { type Settings, type Simulator, startSimulator } from "nylas-simulator";
import { probe, type ProbeOptions } from "../../../../provider/cli/probe/command";
import { type Result } from "../../../../provider/cli/probe/points";
import { type RouteSeen } from "../../../../provider/cli/probe/eyes";
import { scaledClock } from "../../../../provider/nylas/clock";
import { Lifetime } from "../../../../provider/nylas/lifetime";
import { Canaries } from "../../../canaries";
import { startReceiver, type Receiver } from "../../../receiver";

/** The probe's clock runs faster than that of the simulator: its waits are shorter, and the lags that it measures are longer. */
export const SCALE = 0.05;

export interface Probed {
  code: number;
  stdout: string;
  stderr: string;
  /** Undefined where the probe wrote none. */
  report: { points: Result[]; routes: RouteSeen[]; settings: Partial<Settings>; left: number } | undefined;
  profile: { about: string; settings: Partial<Settings> } | undefined;
  /** The points that differ, as `R3` or `R9: NylasDomainRecords`. */
  differing: string[];
}

export interface ProbeWorld {
  readonly sim: Simulator;
  readonly folder: string;
  readonly journals: string;
  /** Answers challenges. */
  readonly receiver: Receiver;
  readonly environment: NodeJS.ProcessEnv;
  readonly canaries: Canaries;
  /** Fills the application with objects of others, one of each kind at least. */
  fill(): void;
  /** Everything that the simulator holds. */
  state(): unknown;
  probe(options?: Partial<ProbeOptions>, more?: { lifetime?: Lifetime; terminal?: string }): Promise<Probed>;
}

export function openProbeWorld(): ProbeWorld {
  let sim: Simulator;
  let folder: string;
  let receiver: Receiver;
  let environment: NodeJS.ProcessEnv;
  let canaries: Canaries;
  before(async () => {
    sim = await startSimulator({ environment: "staging" });
    receiver = await startReceiver();
  });
  after(async () => {
    await sim.close();
    await receiver.close();
  });
  beforeEach(() => {
    sim.reset();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "nylas-probe-"));
    canaries = new Canaries();
    for (const [name, value] of Object.entries(sim.keys)) if (!/^\{/.test(value)) canaries.plant(name, value);
    environment = {
      PATH: folder,
      HOME: folder,
      NYLAS_API_URL: sim.url,
      NYLAS_API_KEY: sim.keys.apiKey,
      NYLAS_ORGANIZATION_KEY: sim.keys.organizationKey,
    };
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const world: ProbeWorld = {
    get sim() {
      return sim;
    },
    get folder() {
      return folder;
    },
    get journals() {
      return path.join(folder, ".pulumi", "pulumi-nylas-probe");
    },
    get receiver() {
      return receiver;
    },
    get environment() {
      return environment;
    },
    get canaries() {
      return canaries;
    },
    fill() {
      sim.seed({ kind: "connector" });
      const policyId = sim.seed({
        kind: "policy",
        name: "Theirs",
        limits: { limit_storage_total: 1_000_000 },
      });
      const workspaceId = sim.seed({ kind: "workspace", name: "Customer A", policyId });
      const grant = sim.seed({ kind: "grant", email: "bot@acme.nylas.email", workspaceId });
      sim.addMessage({ grant, subject: "Private", body: "The text of a message." });
      sim.seed({ kind: "folder", grant, name: "Clients/Acme" });
      const list = sim.seed({ kind: "list", name: "Partners", items: ["partner.example"] });
      const match = {
        operator: "any",
        conditions: [{ field: "from.domain", operator: "in_list", value: [list] }],
      };
      const rule = sim.seed({ kind: "rule", name: "From partners", match });
      sim.edit("workspace", workspaceId, { rule_ids: [rule] });
      sim.seed({ kind: "webhook", url: "https://hooks.example.com/nylas", description: "Theirs" });
      sim.seed({ kind: "domain", address: "agents.example.com", verified: true });
      const principalId = sim.seed({ kind: "principal", name: "Customer A", permissions: ["messages.read"] });
      sim.seed({ kind: "credential", principalId, name: "Their key" });
      sim.clearRequests();
    },
    state: () => JSON.parse(JSON.stringify(sim.state())) as unknown,
    async probe(options = {}, { lifetime = new Lifetime(), terminal } = {}) {
      const out: string[] = [];
      const err: string[] = [];
      const json = path.join(folder, "report.json");
      const profile = path.join(folder, "profile.json");
      const io = {
        stdin: Object.assign(Readable.from(terminal === undefined ? [] : [terminal]), {
          isTTY: terminal !== undefined,
        }),
        stdout: (text: string) => out.push(text),
        stderr: (text: string) => err.push(text),
        environment,
      };
      const around = { clock: scaledClock(SCALE), lifetime, random: () => 0 };
      let failure: Error | undefined;
      const code = await probe({ patience: 12, json, profile, ...options }, io, around).catch(
        (error: unknown) => {
          failure = error as Error;
          return 1;
        },
      );
      if (failure && failure.constructor.name !== "CliError") throw failure;
      const told = { stdout: out.join(""), stderr: err.join("") + (failure?.message ?? "") };
      for (const [place, text] of Object.entries(told)) assert.deepEqual(canaries.in(text), [], place);
      assert.deepEqual(canaries.below(folder), []);
      const report = readIfThere(json) as Probed["report"];
      return {
        code,
        ...told,
        report,
        profile: readIfThere(profile) as Probed["profile"],
        differing: (report?.points ?? [])
          .filter(({ verdict }) => verdict === "harmless" || verdict === "affected")
          .map(({ id, kinds }) => (kinds.length === 0 ? id : `${id}: ${kinds.join(", ")}`)),
      };
    },
  };
  return world;
}

function readIfThere(file: string): unknown {
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as unknown) : undefined;
}

/** Holds everything in the simulator against what was there before. */
export function assertSame(world: ProbeWorld, before: unknown, what = ""): void {
  const after = world.state();
  assert.deepEqual(withoutHistory(after), withoutHistory(before), what);
}

/** What happened is no part of what is there. */
function withoutHistory(state: unknown): object {
  const { webhookDeliveries: _deliveries, ...rest } = state as Record<string, unknown>;
  return rest;
}

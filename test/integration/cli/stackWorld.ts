/** A simulated Nylas, a stack that pulumi (a stand-in) knows, and the command line between them. */
import { strict as assert } from "node:assert";
import { Readable } from "node:stream";
import { type Simulator, startSimulator } from "nylas-simulator";
import { holdToLayout, type RecordSlots, requiredSlots } from "../../../provider/dns/layout";
import { run } from "../../../provider/cli/program";
import { type Io } from "../../../provider/cli/io";
import { connectApart } from "../../../provider/nylas/client";
import { readSettings } from "../../../provider/nylas/credentials";
import { Lifetime } from "../../../provider/nylas/lifetime";
import { instantClock } from "../../unit/nylas/remote";
import { type Resource, type StandIn, standInPulumi } from "./standInPulumi";

export interface Called {
  code: number;
  stdout: string;
  stderr: string;
  /** Standard error without what a slow machine has it say of its progress. */
  errors: string;
}

export interface StackWorld {
  readonly sim: Simulator;
  readonly pulumi: StandIn;
  /** The environment that commands see; no Nylas key is in it unless a test puts one there. */
  readonly environment: NodeJS.ProcessEnv;
  io(heard?: (text: string) => void): Io & { result(): Omit<Called, "code"> };
  /** Runs the command line in this process. No secret may come out of it, and doctor may send nothing but GETs. */
  call(...args: string[]): Promise<Called>;
  callHearing(heard: (text: string) => void, ...args: string[]): Promise<Called>;
  /** Registers a domain, as a program would: its records in the state, and (unless left out) in the zone. */
  domain(
    address: string,
    options?: { publish?: boolean; verify?: boolean; parent?: Resource },
  ): Promise<RecordSlots>;
}

export function openStackWorld(): StackWorld {
  let sim: Simulator;
  let pulumi: StandIn;
  let environment: NodeJS.ProcessEnv;
  before(async () => (sim = await startSimulator()));
  after(() => sim.close());
  beforeEach(() => {
    sim.reset();
    pulumi = standInPulumi();
    pulumi.config = {
      "nylas:apiUrl": sim.url,
      "nylas:dnsServers": JSON.stringify([sim.dnsServer]),
      "nylas:apiKey": { secret: sim.keys.apiKey },
      "nylas:organizationKey": { secret: sim.keys.organizationKey },
      "cloudflare:apiToken": { secret: sim.keys.cloudflareToken },
    };
    environment = { PATH: pulumi.folder };
  });
  afterEach(() => pulumi.remove());

  const world: StackWorld = {
    get sim() {
      return sim;
    },
    get pulumi() {
      return pulumi;
    },
    get environment() {
      return environment;
    },
    io(heard) {
      const out: string[] = [];
      const err: string[] = [];
      return {
        stdin: Object.assign(Readable.from([]), { isTTY: true }),
        stdout: (text) => {
          out.push(text);
          heard?.(text);
        },
        stderr: (text) => err.push(text),
        environment,
        result: () => ({
          stdout: out.join(""),
          stderr: err.join(""),
          errors: withoutProgress(err.join("")),
        }),
      };
    },
    call: (...args) => world.callHearing(() => undefined, ...args),
    async callHearing(heard, ...args) {
      pulumi.save();
      const io = world.io(heard);
      const code = await run(args, io);
      const result = { code, ...io.result() };
      for (const [name, secret] of Object.entries(sim.keys)) {
        assert.ok(!(result.stdout + result.stderr).includes(secret), `${name} was shown`);
      }
      if (args[0] === "doctor")
        assert.deepEqual(
          sim.requests
            .filter(({ method }) => method !== "GET")
            .map(({ method, path }) => `${method} ${path}`),
          [],
          "doctor only reads",
        );
      return result;
    },
    async domain(address, { publish = true, verify = true, parent } = {}) {
      const api = connectApart(
        readSettings(() => undefined, {
          NYLAS_API_URL: sim.url,
          NYLAS_ORGANIZATION_KEY: sim.keys.organizationKey,
        }),
        { clock: instantClock(), lifetime: new Lifetime(), random: () => 0 },
      );
      try {
        const { id, organizationId, region } = await api.domains.create({ name: address, address });
        const answers: Record<string, Awaited<ReturnType<typeof api.domains.info>>["record"]> = {};
        let expiresAt: number | undefined;
        for (const slot of requiredSlots) {
          const answer = await api.domains.info(
            id,
            slot,
            slot === "dkim" ? { dkimKeyLength: 2048 } : undefined,
          );
          answers[slot] = answer.record;
          if (slot === "ownership") expiresAt = answer.expiresAt;
        }
        const records = holdToLayout(address, answers);
        if (publish)
          for (const { value, ...record } of Object.values(records))
            sim.putRecord("example.com", { ...record, content: value });
        if (publish && verify)
          for (const slot of requiredSlots)
            await api.domains.verify(id, slot, slot === "dkim" ? { dkimKeyLength: 2048 } : undefined);
        const common = { inputs: { domainId: id, domainName: address }, ...(parent ? { parent } : {}) };
        pulumi.resources.push(
          { ...common, type: "Domain", name: address, id, outputs: { organizationId, region } },
          { ...common, type: "DomainRecords", name: address, id, outputs: { records, expiresAt } },
          {
            ...common,
            type: "DomainVerification",
            name: address,
            id,
            inputs: { ...common.inputs, records, publishedBy: "cloudflare" },
            outputs: { status: publish && verify ? "verified" : "pending" },
          },
        );
        sim.clearRequests();
        return records;
      } finally {
        await api.close();
      }
    },
  };
  return world;
}

export function withoutProgress(stderr: string): string {
  return stderr.replace(/^… .*\n/gm, "");
}

/** An account in the simulator and in the state. */
export function declareAccount(world: StackWorld, email: string, workspaceId?: string): string {
  const id = world.sim.seed({ kind: "grant", email, ...(workspaceId ? { workspaceId } : {}) });
  const applicationId = world.sim.ids.application;
  world.pulumi.resources.push({
    type: "AgentAccount",
    name: email,
    id,
    inputs: { email, ...(workspaceId ? { workspaceId } : {}) },
    outputs: { applicationId },
  });
  return id;
}

/** A policy in the simulator and in the state: what the program declares, and what Nylas was told. */
export function declarePolicy(
  world: StackWorld,
  name: string,
  limits: Record<string, unknown>,
  wire: Record<string, number>,
): string {
  const id = world.sim.seed({ kind: "policy", name, limits: wire });
  world.pulumi.resources.push({ type: "Policy", name, id, inputs: { name, limits } });
  return id;
}

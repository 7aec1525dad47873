import assert from "node:assert/strict";
import { type Simulator, type SimulatorOptions, startSimulator } from "nylas-simulator";
import { Plugin, type Properties } from "./harness";
import { forgetRuns, temporaryHome } from "./journals";
import { type Declared, FakeStack, type Input, type Report } from "./stack";

/** A simulated Nylas with a stack beside it, both empty before every test of a `describe`. */
export interface World {
  readonly sim: Simulator;
  readonly stack: FakeStack;
  /** A plugin to be asked one call at a time; within a test it is one and the same process. */
  plugin(): Promise<Plugin>;
  /** The engine's home folder, with the journals of creates in it. */
  readonly home: string;
  /** The configuration that points at the simulator, with both keys. */
  readonly config: Record<string, string>;
}

export interface WorldOptions {
  simulator?: SimulatorOptions;
  /** Gives every operation of the stack a process of its own. */
  ownProcesses?: boolean;
  env?: Record<string, string>;
}

/**
 * Opens a world for the `describe` it is called in. One plugin process serves all its tests (and those of other files
 * with the same options), with nothing remembered from one operation to the next.
 */
export function openWorld(options: WorldOptions = {}): World {
  let parts: Parts;
  let renewed = false;
  const config = () => {
    const { url, keys, dnsServer } = parts.sim;
    return {
      "nylas:apiUrl": url,
      "nylas:apiKey": keys.apiKey,
      "nylas:organizationKey": keys.organizationKey,
      "nylas:dnsServers": JSON.stringify([dnsServer]),
      // An answer that does not come is waited for this long, in real seconds.
      "nylas:requestTimeout": "0.4",
    };
  };
  before(async () => {
    const name = JSON.stringify(options);
    if (!opened.has(name)) opened.set(name, openParts(options));
    parts = await opened.get(name)!;
  });
  beforeEach(() => {
    parts.sim.reset();
    parts.stack.state = [];
    parts.stack.config = config();
    forgetRuns(parts.env.PULUMI_HOME!);
    renewed = false;
  });
  return {
    get sim() {
      return parts.sim;
    },
    get stack() {
      return parts.stack;
    },
    get home() {
      return parts.env.PULUMI_HOME!;
    },
    get config() {
      return config();
    },
    async plugin() {
      const plugin = await (parts.plugin ??= Plugin.start({ config: config(), env: parts.env }));
      if (!renewed) await plugin.renew(config());
      renewed = true;
      return plugin;
    },
  };
}

interface Parts {
  sim: Simulator;
  stack: FakeStack;
  env: Record<string, string | undefined>;
  plugin: Promise<Plugin> | undefined;
}

const opened = new Map<string, Promise<Parts>>();

async function openParts({ simulator, ownProcesses, env: more }: WorldOptions): Promise<Parts> {
  const env = {
    ...NO_SETTINGS,
    NYLAS_TEST_TIME_SCALE: "0.002",
    PULUMI_HOME: temporaryHome(),
    ...more,
  };
  return {
    sim: await startSimulator(simulator),
    stack: new FakeStack({ env, oneProcess: ownProcesses !== true }),
    env,
    plugin: undefined,
  };
}

after(async () => {
  // A worker of `--parallel` has other files to run in these, and takes them along when it ends; so do plugins without engine.
  if (process.env.MOCHA_WORKER_ID !== undefined) return;
  for (const parts of opened.values()) {
    const { sim, stack, plugin } = await parts;
    await (await plugin)?.stop();
    await stack.close();
    await sim.close();
  }
});

/** A resource of a program. */
export function declare(
  type: string,
  name: string,
  inputs: Record<string, Input> = {},
  more: Partial<Declared> = {},
): Declared {
  return { name, type, inputs, ...more };
}

export const policy = (name: string, inputs: Record<string, Input> = {}, more?: Partial<Declared>) =>
  declare("Policy", name, inputs, more);
export const workspace = (name: string, inputs: Record<string, Input> = {}, more?: Partial<Declared>) =>
  declare("Workspace", name, inputs, more);
export const defaultWorkspace = (
  name: string,
  inputs: Record<string, Input> = {},
  more?: Partial<Declared>,
) => declare("DefaultWorkspace", name, inputs, more);
export const account = (name: string, inputs: Record<string, Input>, more?: Partial<Declared>) =>
  declare("AgentAccount", name, inputs, more);
export const domain = (name: string, inputs: Record<string, Input>, more?: Partial<Declared>) =>
  declare("Domain", name, inputs, more);
export const domainRecords = (name: string, inputs: Record<string, Input>, more?: Partial<Declared>) =>
  declare("DomainRecords", name, inputs, more);
export const domainVerification = (name: string, inputs: Record<string, Input>, more?: Partial<Declared>) =>
  declare("DomainVerification", name, inputs, more);

/** Checks and creates as the engine does, in a plugin that goes on. */
export async function make(plugin: Plugin, type: string, name: string, inputs: Properties) {
  const checked = await plugin.check(type, {}, { label: `project/stack/${name}`, ...inputs }, name);
  assert.deepEqual(checked.failures, []);
  return { inputs: checked.inputs, ...(await plugin.create(type, checked.inputs, name)) };
}

/** Waits for something to come true on the other side. */
export async function eventually(true_: () => boolean, seconds = 15): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!true_()) {
    if (Date.now() > end) throw new Error(`it did not come true within ${seconds} s: ${true_.toString()}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** What was done, as `op name`, without what stayed the same. */
export function done(report: Report): string[] {
  return report.steps.filter(({ op }) => op !== "same").map(({ name, op }) => `${op} ${name}`);
}

/** The report, of an operation that must have gone well. */
export function succeeded(report: Report): Report {
  assert.deepEqual(report.errors, []);
  return report;
}

/** The report, of an operation that must have failed with one error that says all of this. */
export function refused(report: Report, ...said: (string | RegExp)[]): Report {
  const text = report.errors
    .map(({ name, property, message }) => `${name} ${property ?? ""}: ${message}`)
    .join("\n");
  assert.notEqual(report.errors.length, 0, "it should have failed");
  for (const each of said) {
    const there = typeof each === "string" ? text.includes(each) : each.test(text);
    assert.ok(there, `expected it to say ${String(each)}, but it said:\n${text}`);
  }
  return report;
}

/** The writes since the last look, as `PATCH /v3/grants/:id { … }`; refused ones with their status. */
export function writesOf(sim: Simulator): string[] {
  const writes = sim.writes().map(({ method, path, status, body }) => {
    const route = `${method} ${path.replace(/\/[0-9a-f-]{32,36}(?=\/|$)/g, "/:id")}`;
    const sent = method === "DELETE" ? "" : ` ${JSON.stringify(body)}`;
    return `${route}${sent}${status >= 200 && status < 300 ? "" : ` → ${status}`}`;
  });
  sim.clearRequests();
  return writes;
}

/** The names of what stands at Nylas beside what was there from the start. */
export function standing(sim: Simulator): string[] {
  const { grants, workspaces, policies, domains, lists, webhooks } = sim.state();
  return [
    ...lists.map(({ name }) => `list ${name}`),
    ...webhooks.map(({ webhook_url }) => `webhook ${webhook_url}`),
    ...grants.map(({ email }) => `account ${email}`),
    ...workspaces.filter((each) => !each.default).map(({ name }) => `workspace ${name}`),
    ...policies.map(({ name }) => `policy ${name}`),
    ...domains.filter(({ branded }) => !branded).map(({ domain_address }) => `domain ${domain_address}`),
  ].sort();
}

/** The mail that is gone for good, as `subject: reason`. */
export function lostMail(sim: Simulator): string[] {
  return sim.state().lostMail.map(({ subject, reason }) => `${subject}: ${reason}`);
}

export interface Records {
  [slot: string]: { type: "MX" | "TXT"; name: string; value: string; priority?: number };
}

/** Publishes records as a DNS vendor would; returns their ids in the zone by slot. */
export function publish(sim: Simulator, records: unknown, slots?: string[]): Record<string, string> {
  const ids: Record<string, string> = {};
  for (const [slot, { type, name, value, priority }] of Object.entries(records as Records)) {
    if (slots && !slots.includes(slot)) continue;
    ids[slot] = sim.putRecord("example.com", {
      type,
      name,
      content: value,
      ...(priority === undefined ? {} : { priority }),
    });
  }
  return ids;
}

/** Inputs without what the harness or check adds to them. */
export function declared(inputs: Properties): Properties {
  const { __provider, __defaults, ...rest } = inputs;
  return rest;
}

// What stands in the environment of whoever runs the tests must not reach the plugin.
const NO_SETTINGS = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => name.startsWith("NYLAS_"))
    .map((name) => [name, undefined]),
);

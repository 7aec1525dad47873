/**
 * A simulated Nylas with a stack beside it, and the eyes to look at what stands on the other side.
 *
 *     const { sim, stack, nylas } = await openScene({ program: `new nylas.NylasPolicy("outreach")` });
 *     succeeded(await stack.up());
 *     assert.deepEqual(writesOf(sim), ["POST /v3/policies"]);
 */
import { strict as assert } from "node:assert";
import type Nylas from "nylas" with { "resolution-mode": "import" };
import { type Simulator, type SimulatorOptions, startSimulator } from "nylas-simulator";
import { type Result, Stack, type StackOptions, type StateResource } from "./harness";

export interface Scene {
  sim: Simulator;
  stack: Stack;
  /** The official SDK: a client that knows nothing of this project. */
  nylas: Nylas;
  /** Replaces the program; the imports stand before it. */
  declare(program: string): void;
}

export interface SceneOptions extends StackOptions {
  simulator?: SimulatorOptions;
  /** A simulator that other stacks use as well. */
  beside?: Simulator;
  /** Leave the environment without any key. */
  withoutKeys?: boolean;
}

// The types of its CommonJS entry do not compile.
// oxlint-disable-next-line typescript/no-require-imports
const { default: Client } = require("nylas") as { default: typeof Nylas };

const open: (() => Promise<void>)[] = [];

/** Ends every simulator and removes every stack that was opened; for `afterEach`. */
export async function closeScenes(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

export async function openScene(options: SceneOptions): Promise<Scene> {
  const { simulator, beside, withoutKeys, program, env, ...rest } = options;
  const sim = beside ?? (await startSimulator({ ...simulator }));
  const stack = new Stack({
    ...rest,
    env: { ...connection(sim), ...(withoutKeys ? {} : keys(sim)), ...env },
    ...(program === undefined ? {} : { program: withImports(program) }),
  });
  open.push(async () => {
    stack.dispose();
    if (!beside) await sim.close();
  });
  return {
    sim,
    stack,
    nylas: new Client({ apiKey: sim.keys.apiKey, apiUri: sim.url }),
    declare: (text) => stack.setProgram(withImports(text)),
  };
}

/** What points the provider at the simulator; no key among it. */
export function connection(sim: Simulator): Record<string, string> {
  return {
    NYLAS_API_URL: sim.url,
    NYLAS_DNS_SERVERS: sim.dnsServer,
    // Back-offs and waits pass fifty times as fast.
    NYLAS_TEST_TIME_SCALE: "0.02",
  };
}

export function keys(sim: Simulator): Record<string, string> {
  return { NYLAS_API_KEY: sim.keys.apiKey, NYLAS_ORGANIZATION_KEY: sim.keys.organizationKey };
}

function withImports(program: string): string {
  return `import * as pulumi from "@pulumi/pulumi";\nimport * as nylas from "pulumi-nylas";\n${program}`;
}

/** The result, of an operation that must have gone well. */
export function succeeded(result: Result): Result {
  assert.equal(result.code, 0, `pulumi ${result.command.join(" ")} failed:\n${result.text}`);
  return result;
}

/** The result, of an operation that must have failed and said all of this. */
export function refused(result: Result, ...said: (string | RegExp)[]): Result {
  assert.ok(result.code !== 0, `pulumi ${result.command.join(" ")} should have failed:\n${result.text}`);
  says(result, ...said);
  return result;
}

/** Asserts that the output holds all of this. The engine breaks and indents lines, so white space is one blank here. */
export function says(result: Result, ...said: (string | RegExp)[]): void {
  const text = result.text.replace(/\s+/g, " ");
  for (const each of said) {
    const there = typeof each === "string" ? text.includes(each.replace(/\s+/g, " ")) : each.test(text);
    assert.ok(there, `expected it to say ${String(each)}, but it said:\n${result.text}`);
  }
}

/** The writes since the last look, without the ids: `PATCH /v3/grants/:id`. Refused ones count, with their status. */
export function writesOf(sim: Simulator): string[] {
  const writes = sim.writes().map(({ method, path, status }) => {
    const route = `${method} ${path.replace(/\/[0-9a-f-]{32,36}(?=\/|$)/g, "/:id")}`;
    return status >= 200 && status < 300 ? route : `${route} → ${status}`;
  });
  sim.clearRequests();
  return writes.sort();
}

/** The steps that were no "same", as `name op`. */
export function changes(result: Result): string[] {
  return result.steps
    .filter(({ op, failed }) => op !== "same" && !failed)
    .map(({ name, op }) => `${name} ${op}`)
    .sort();
}

/** The mailbox of an address: its grant id and the subjects of its mail; undefined where there is none. */
export function mailbox(sim: Simulator, email: string): { id: string; subjects: string[] } | undefined {
  const { grants, messages } = sim.state();
  const grant = grants.find((each) => each.email === email);
  if (!grant) return undefined;
  const own = messages.filter((message) => message.grant_id === grant.id);
  return { id: grant.id, subjects: own.map(({ subject }) => subject).sort() };
}

/** What the program made at Nylas and has to be gone after a destroy: names of everything but the default workspace. */
export function leftBehind(sim: Simulator): string[] {
  const { grants, workspaces, policies, domains } = sim.state();
  return [
    ...grants.map(({ email }) => `account ${email}`),
    ...workspaces.filter((workspace) => !workspace.default).map(({ name }) => `workspace ${name}`),
    ...policies.map(({ name }) => `policy ${name}`),
    ...domains.filter(({ branded }) => !branded).map(({ domain_address }) => `domain ${domain_address}`),
  ];
}

/** Publishes what Nylas asks for in the zone example.com, as the state has it under this name. Returns the ids by slot. */
export function publish(sim: Simulator, stack: Stack, name: string): Record<string, string> {
  const records = stack.resource(name)!.outputs!["records"] as Record<
    string,
    { type: string; name: string; value: string; priority?: number }
  >;
  return Object.fromEntries(
    Object.entries(records).map(([slot, { value, ...record }]) => [
      slot,
      sim.putRecord("example.com", { ...record, content: value }),
    ]),
  );
}

/** The entries of the state that are resources of ours, as `name id`. */
export function recorded(stack: Stack): string[] {
  return stack
    .state()
    .filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/nylas:"))
    .map((entry) => `${nameOf(entry)} ${entry.id}`)
    .sort();
}

function nameOf({ urn }: StateResource): string {
  return urn.split("::").at(-1)!;
}

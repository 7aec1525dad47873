import * as pulumi from "@pulumi/pulumi";
import { perOwner } from "../../core/perOwner";

/** An entry of this stack's state, as the engine shows it to the program. What waits for its delete is not among them. */
export interface StateEntry {
  urn: string;
  type: string;
  outputs: Record<string, unknown>;
}

const READ_RESOURCES = "pulumi:pulumi:readStackResourceOutputs";

/** One look for each run: a program of the Automation API may run more than once in a process. */
const readOnce = perOwner((_monitor: object) => read());

/** Whether the program runs in a unit test with mocks, where there is no state and no engine. */
export function isMocked(): boolean {
  const monitor = pulumi.runtime.getMonitor() as object | undefined;
  return monitor !== undefined && "mocks" in monitor;
}

/**
 * What the state of this stack holds, whatever the run was told to leave out. It asks the engine that runs the program, in the way of a
 * `StackReference`, so no argument of the command line is needed.
 */
export function readOwnState(): Promise<StateEntry[]> {
  const monitor = pulumi.runtime.getMonitor() as object | undefined;
  if (monitor === undefined) return Promise.reject(new Error("no engine runs this program"));
  return readOnce(monitor);
}

async function read(): Promise<StateEntry[]> {
  keepAnswersOutOfDebugLines();
  const [organization, stack] = [pulumi.getOrganization(), pulumi.getStack()];
  const whole = ask(`${organization}/${pulumi.getProject()}/${stack}`);
  // A bucket of an old layout has stacks without projects, and takes the bare name alone.
  const answer = await (organization === "organization" ? whole.catch(() => ask(stack)) : whole);
  return Object.entries(answer.outputs).map(([urn, { type, outputs }]) => ({ urn, type, outputs }));
}

interface Answer {
  outputs: Record<string, { type: string; outputs: Record<string, unknown> }>;
}

function ask(stackName: string): Promise<Answer> {
  return pulumi.runtime.invoke(READ_RESOURCES, { stackName }) as Promise<Answer>;
}

let quiet = false;

/** The SDK writes a debug line with the whole answer in it, secrets opened. */
function keepAnswersOutOfDebugLines(): void {
  if (quiet) return;
  quiet = true;
  // The SDK has loaded it already, for the very same answers.
  // oxlint-disable-next-line typescript/no-require-imports
  const { InvokeResponse } = require("@pulumi/pulumi/proto/provider_pb") as {
    InvokeResponse: { prototype: { toString(): string } };
  };
  InvokeResponse.prototype.toString = () => "(values not shown)";
}

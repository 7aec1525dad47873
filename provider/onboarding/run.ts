import { createHash } from "node:crypto";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as automation from "@pulumi/pulumi/automation";
import { same } from "../core/equality";
import { failed } from "./failure";
import { kindOf } from "./objects";
import { type OnboardingEvent, type OnboardingOptions } from "./options";
import { type Step } from "./steps";
import { runError } from "../hosts/dynamic/runError";

type Tell = (event: OnboardingEvent) => void;
type Program = () => Promise<Record<string, unknown>>;

/** The stack of a tenant, made where there is none. */
export async function openStack(
  projectName: string,
  stackName: string,
  program: Program,
  options: OnboardingOptions,
  secrets: string[],
): Promise<automation.Stack> {
  const workDir = path.resolve(options.workDir);
  try {
    return await automation.LocalWorkspace.createOrSelectStack(
      { projectName, stackName, program },
      {
        workDir,
        // The plugin looks for this package from here, whatever folder the service runs in.
        projectSettings: { name: projectName, runtime: "nodejs", main: workDir },
        ...(options.env ? { envVars: options.env } : {}),
        ...(options.secretsProvider ? { secretsProvider: options.secretsProvider } : {}),
        ...(options.pulumiCommand ? { pulumiCommand: options.pulumiCommand } : {}),
      },
    );
  } catch (error) {
    throw failed("open", [], error, secrets);
  }
}

/** A resource of the state, as far as it is looked at. */
export interface Entry {
  type: string;
  urn: string;
  id?: string;
  delete?: boolean;
  inputs?: unknown;
  outputs?: unknown;
  protect?: boolean;
  /** When it was changed last. */
  modified?: string;
}

/** What the stack has recorded. */
export async function readState(stack: automation.Stack, secrets: string[]): Promise<Entry[]> {
  try {
    return await entriesOf(stack);
  } catch (error) {
    throw failed("open", [], error, secrets);
  }
}

async function entriesOf(stack: automation.Stack): Promise<Entry[]> {
  const { deployment } = await stack.exportStack();
  return (deployment as { resources?: Entry[] } | undefined)?.resources ?? [];
}

/** The stack itself and its providers are recorded as soon as a run begins. */
function fingerprint(entries: Entry[]): string {
  const told = entries
    .filter(({ type }) => !type.startsWith("pulumi:"))
    .map((entry) =>
      JSON.stringify([entry.urn, entry.id, entry.delete, entry.inputs, entry.outputs, entry.protect]),
    )
    .sort();
  return createHash("sha256").update(JSON.stringify(told)).digest("hex");
}

/** What a preview has shown. */
export interface Preview {
  steps: Step[];
  /** What the stack's outputs would be; undefined where something of it is not known yet. */
  outputs: Record<string, unknown> | undefined;
  findings: string[];
  error: unknown;
}

/** The engine's own preview. It takes no lock and writes nothing. */
export async function preview(
  stack: automation.Stack,
  program: Program,
  tell: Tell,
  signal: AbortSignal | undefined,
): Promise<Preview> {
  const seen: Preview = { steps: [], outputs: undefined, findings: [], error: undefined };
  const watched: Program = async () => {
    const outputs = await program();
    pulumi.output(outputs).apply((known) => (seen.outputs = known as Record<string, unknown>));
    return outputs;
  };
  const onEvent = (event: automation.EngineEvent): void => {
    if (event.resourcePreEvent) seen.steps.push(event.resourcePreEvent.metadata);
    const said = diagnostic(event);
    if (!said) return;
    if (said.severity === "error") seen.findings.push(said.message);
    tell({ kind: "message", ...said });
  };
  try {
    await stack.preview({ program: watched, onEvent, ...(signal ? { signal } : {}) });
  } catch (error) {
    seen.error = error;
  }
  return seen;
}

/** Whether the outputs that a preview knows are those that the stack has recorded. */
export function sameOutputs(
  known: Record<string, unknown> | undefined,
  recorded: automation.OutputMap,
): boolean {
  const values = Object.fromEntries(
    Object.entries(recorded).map(([key, { value }]) => [key, value as unknown]),
  );
  return known !== undefined && Object.keys(recorded).length > 0 && same(plain(known), plain(values));
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** How an update went. */
export interface Run {
  changed: boolean;
  /** What each resource that failed said. */
  failed: { type: string; said: string[] }[];
  findings: string[];
  error: unknown;
  /** The state was not any more what the plan was made from: nothing was done. */
  outdated: boolean;
}

/** The update that `previewed` led to. The state is looked at once more while this run, and no other, may change it. */
export async function apply(
  stack: automation.Stack,
  program: Program,
  previewed: Entry[],
  tell: Tell,
  signal: AbortSignal | undefined,
): Promise<Run> {
  const run: Run = { changed: false, failed: [], findings: [], error: undefined, outdated: false };
  const guarded: Program = async () => {
    // Before the first resource is registered: a program that fails here has changed nothing.
    run.outdated = fingerprint(await entriesOf(stack)) !== fingerprint(previewed);
    if (run.outdated) throw runError("the state has changed since the plan");
    return program();
  };
  const said = new Map<string, string[]>();
  const failedUrns = new Map<string, string>();
  const onEvent = (event: automation.EngineEvent): void => {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent } = event;
    const [metadata, state] = resourcePreEvent
      ? [resourcePreEvent.metadata, "begun" as const]
      : resOutputsEvent
        ? [resOutputsEvent.metadata, "done" as const]
        : [resOpFailedEvent?.metadata, "failed" as const];
    if (metadata && metadata.op !== "same" && metadata.type !== "pulumi:pulumi:Stack") {
      if (state === "done") run.changed = true;
      if (state === "failed") failedUrns.set(metadata.urn, metadata.type);
      const [type, name] = [metadata.type.split(":").at(-1)!, metadata.urn.split("::").at(-1)!];
      tell({ kind: "resource", type, name, operation: metadata.op, state });
    }
    const message = diagnostic(event);
    if (!message) return;
    if (message.severity === "error") {
      run.findings.push(message.message);
      const { urn } = event.diagnosticEvent!;
      if (urn) said.set(urn, [...(said.get(urn) ?? []), message.message]);
    }
    tell({ kind: "message", ...message });
  };
  try {
    // What goes wrong with one account keeps no other from being made.
    await stack.up({ continueOnError: true, program: guarded, onEvent, ...(signal ? { signal } : {}) });
  } catch (error) {
    run.error = error;
  }
  run.failed = [...failedUrns].map(([urn, type]) => ({ type, said: said.get(urn) ?? [] }));
  return run;
}

function diagnostic({
  diagnosticEvent,
}: automation.EngineEvent): { severity: "info" | "warning" | "error"; message: string } | undefined {
  if (!diagnosticEvent) return undefined;
  const { severity } = diagnosticEvent;
  // Colours are marks in the text, as the engine leaves them to whoever shows it.
  const message = diagnosticEvent.message.replace(/<\{%[^%]*%\}>/g, "").trim();
  if (message === "" || /^(update|preview) failed$/.test(message)) return undefined;
  return { severity: severity === "info#err" ? "info" : severity, message };
}

/** The account's own word for it, as `AgentAccount` gives it before anything is made. */
export function waitsForDomain({ type, said }: Run["failed"][number]): boolean {
  return kindOf(type) === "AgentAccount" && said.some((message) => message.includes("domain pending"));
}

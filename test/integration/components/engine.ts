import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

/** A resource as a program registers it. */
export interface Registered extends pulumi.runtime.MockResourceArgs {
  /** The last part of its type: `Workspace`. */
  kind: string;
}

export interface Run<T> {
  result: T;
  resources: Registered[];
  /** The inputs of the one of that kind and name. */
  inputs(kind: string, name: string): Record<string, unknown>;
  /** What there is, as `Kind name`, without the components. */
  names(): string[];
  /** What the program said to the person at the terminal. */
  said: string;
}

/** A program against an engine that only remembers: in a preview nothing but the inputs is known. */
export async function run<T>(program: () => T, { preview = false } = {}): Promise<Run<T>> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        const kind = args.type.split(":").at(-1)!;
        resources.push({ ...args, kind });
        if (preview) return { id: undefined as unknown as string, state: args.inputs };
        const outputs = {
          DomainRecords: { records: answered(String(args.inputs.domainName)) },
          DomainVerification: { status: "verified" },
          ApiKey: { secret: "the-key" },
        }[kind];
        return { id: `${args.name}-id`, state: { ...args.inputs, ...outputs } };
      },
      call: () => ({}),
    },
    "project",
    "stack",
    preview,
  );
  const { result, said } = await listening(program);
  const own = resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
  return {
    result,
    resources: own,
    said,
    inputs(kind, name) {
      const found = own.find((each) => each.kind === kind && each.name === name);
      assert.ok(found, `${kind} ${name} among ${own.map((each) => `${each.kind} ${each.name}`).join(", ")}`);
      return found.inputs as Record<string, unknown>;
    },
    names: () =>
      own
        .filter(({ type }) => !type.startsWith("pulumi-nylas:"))
        .map(({ kind, name }) => `${kind} ${name}`)
        .sort(),
  };
}

/** Without an engine, what a program logs goes to the console. */
async function listening<T>(program: () => T): Promise<{ result: T; said: string }> {
  const lines: unknown[] = [];
  const { log } = console;
  console.log = (line: unknown) => void lines.push(line);
  try {
    const result = program();
    await pulumi.runtime.disconnect();
    return { result, said: lines.join("\n") };
  } finally {
    console.log = log;
  }
}

/** What an output has become, and whether it is known. */
export async function value<T>(output: pulumi.Output<T>): Promise<{ known: boolean; value: T }> {
  const inner = output as unknown as { isKnown: Promise<boolean>; promise(): Promise<T> };
  return { known: await inner.isKnown, value: await inner.promise() };
}

function answered(domainName: string): object {
  const txt = (name: string, text: string) => ({ type: "TXT", name, value: text });
  const mx = (name: string, target: string) => ({ type: "MX", name, value: target, priority: 10 });
  return {
    ownership: txt(domainName, "nylas-ownership-verify=abc"),
    spf: txt(domainName, "v=spf1 include:nylas.example -all"),
    mx: mx(domainName, "inbound.nylas.example"),
    dkim: txt(`k._domainkey.${domainName}`, "v=DKIM1; p=M"),
    feedback: mx(`bounce.${domainName}`, "feedback.nylas.example"),
  };
}

/** Whether an input has reached the engine as a secret with this value. */
export function isSecret(input: unknown, plain: string): boolean {
  return JSON.stringify(input)?.includes(plain) === true && typeof input === "object";
}

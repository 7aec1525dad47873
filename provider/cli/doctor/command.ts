/** `pulumi-nylas doctor`: what is wrong between a stack and Nylas. */
import { type Settings } from "../../nylas/credentials";
import { NylasError } from "../../nylas/errors";
import { type Connection, type ConnectionOptions, connectTo, redacted } from "../connection";
import { type Io } from "../io";
import { Progress } from "../progress";
import { readStack, type StackSeen } from "../stack";
import { declaredIn } from "./declared";
import { type Examination, runChecks } from "./checks";
import { exitCode, type Finding } from "./findings";
import { officialHost, refusal } from "./keys";
import { page } from "./page";

export interface DoctorOptions extends ConnectionOptions {
  account?: string;
  json?: boolean;
}

/** Examines, and says what it found. Gives the exit code. `hostOf` is for tests. */
export async function doctor(
  options: DoctorOptions,
  plainIo: Io,
  hostOf: (region: "us" | "eu", settings: Settings) => string | undefined = officialHost,
): Promise<number> {
  let stack: StackSeen | undefined;
  const io = redacted(plainIo, () => stack);
  const progress = new Progress(io, "reading the stack with pulumi");
  let connection: Connection | undefined;
  try {
    stack = await readStack(options, io);
    const declared = declaredIn(stack.resources, options.connection);
    const notes = stackFindings(stack, declared.connections);
    try {
      connection = connectTo(stack, options, io);
    } catch (error) {
      if (!(error instanceof NylasError)) throw error;
      const found = [...notes, refusal(error, "settings")];
      return say({ findings: found, domains: [], account: undefined }, stack, options, io);
    }
    const seen = await runChecks({ ...connection, declared, hostOf }, options.account, (doing) =>
      progress.now(doing),
    );
    return say({ ...seen, findings: [...notes, ...seen.findings] }, stack, options, io);
  } finally {
    progress.end();
    await connection?.close();
  }
}

function stackFindings({ unread }: StackSeen, connections: string[]): Finding[] {
  const others = connections.map((name): Finding => {
    const text = `resources of this stack use connection "${name}"`;
    const next = `npx pulumi-nylas doctor --connection ${name}`;
    return { area: "keys", subject: "stack", state: "note", text, next };
  });
  return [
    ...unread.map((text): Finding => ({ area: "keys", subject: "stack", state: "unknown", text })),
    ...others,
  ];
}

function say(seen: Examination, stack: StackSeen, { json }: DoctorOptions, io: Io): number {
  const code = exitCode(seen.findings);
  const { findings, domains, account } = seen;
  if (json) {
    const whole = { version: 1, stack: stack.name, exitCode: code, findings, domains, account };
    io.stdout(`${JSON.stringify(whole, undefined, 2)}\n`);
  } else {
    const unnamed = stack.resources ? "the selected stack" : "the environment alone";
    io.stdout(page(seen, stack.name === undefined ? unnamed : `stack ${stack.name}`));
  }
  return code;
}

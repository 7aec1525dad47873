/** Nylas as the stack in this folder reaches it: the environment first, then the stack's configuration. */
import { type NylasApi } from "../nylas/api";
import { connectApart } from "../nylas/client";
import { type Clock, clockOf } from "../nylas/clock";
import { readSettings, type SettingName, type Settings } from "../nylas/credentials";
import { lifetime } from "../nylas/lifetime";
import { redact } from "../nylas/secret";
import { type Io } from "./io";
import { secretsOf } from "./secrets";
import { type StackOptions, type StackSeen } from "./stack";

export interface ConnectionOptions extends StackOptions {
  connection?: string;
}

/** A connection, with what is known of the stack. */
export interface Connection {
  stack: StackSeen;
  settings: Settings;
  api: NylasApi;
  clock: Clock;
  /** Another connection, with settings of its own; ended with this one. */
  beside(change: Partial<Settings>): NylasApi;
  close(): Promise<void>;
}

/** Opens it; nothing is sent before the first call. Throws where a setting cannot be used. */
export function connectTo(stack: StackSeen, { connection }: ConnectionOptions, io: Io): Connection {
  const read = readSettings((key) => stack.config.get(key), io.environment, connection);
  // A person waits for it: a request that hangs is told sooner than in an up.
  const settings = { ...read, requestTimeout: Math.min(read.requestTimeout, 20_000) };
  const clock = clockOf(io.environment);
  const around = { clock, lifetime, random: Math.random };
  const api = connectApart(settings, around);
  const opened = [api];
  return {
    stack,
    settings,
    api,
    clock,
    beside: (change) => {
      const another = connectApart({ ...settings, ...change }, around);
      opened.push(another);
      return another;
    },
    close: async () => {
      await Promise.all(opened.map((each) => each.close()));
    },
  };
}

/** Why a key that is configured is missing all the same; undefined where it is not configured at all. */
export function closedKey(
  { stack }: Pick<Connection, "stack">,
  name: SettingName,
  connection?: string,
): string | undefined {
  const key = `nylas${connection === undefined ? "" : `-${connection}`}:${name}`;
  if (!stack.closed.has(key)) return undefined;
  return `${key} stands in the stack's configuration, encrypted, and could not be opened. ${stack.unread.join(" ")}`;
}

/** An Io that shows no secret, whatever it is given: neither those of the stack nor those of the environment. */
export function redacted(io: Io, stack: () => StackSeen | undefined): Io {
  const clean = (text: string) =>
    redact(
      text,
      [...(stack()?.secrets ?? []), ...secretsOf(io.environment)]
        .flatMap(secretPartsOf)
        .filter((secret) => secret.length >= 8),
    );
  return {
    ...io,
    stdout: (text) => io.stdout(clean(text)),
    stderr: (text) => io.stderr(clean(text)),
  };
}

/** Of a credential file, the key: whose it is and of which region may be told. */
function secretPartsOf(secret: string): string[] {
  try {
    const { private_key: key } = JSON.parse(secret) as { private_key?: unknown };
    if (typeof key === "string") return [key];
  } catch {
    // Most secrets are no JSON.
  }
  return [secret];
}

/** What a probe is about to make, on disk before it is made: so that a dead run's objects are found and removed. */
import * as fs from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";
import { isRunning, startOfProcess } from "../../processes";
import { CliError } from "../io";

/** The kinds of object that a probe makes, in the order in which they are removed: nothing goes before what refers to it. */
export const KINDS = [
  "key",
  "principal",
  "grant",
  "workspace",
  "rule",
  "list",
  "policy",
  "webhook",
  "domain",
] as const;
export type Kind = (typeof KINDS)[number];

/** An object that was made, or that may have been. */
export interface Entry {
  n: number;
  kind: Kind;
  /** Begins with the run's mark. By it an object is known that was made without an answer. */
  name: string;
  /** Undefined where the answer never came. */
  id?: string;
  /** Of a key, its principal. */
  parent?: string;
}

interface Head {
  version: 1;
  /** What every name of the run begins with. */
  mark: string;
  apiUrl: string;
  /** Digest of whose the objects are: the application, else the key. */
  owner: string;
  began: string;
  pid: number;
  start: string;
}

type Line = { begin: Entry } | { made: { n: number; id: string } } | { gone: number };

/** One run's file: a line for each step, on disk before the next step begins. */
export class ProbeJournal {
  private constructor(
    readonly file: string,
    readonly head: Head,
    private readonly entries: Map<number, Entry>,
  ) {}

  static begin(folder: string, head: Pick<Head, "mark" | "apiUrl" | "owner">): ProbeJournal {
    const whole: Head = {
      version: 1,
      ...head,
      began: new Date().toISOString(),
      pid: process.pid,
      start: startOfProcess(process.pid),
    };
    const file = path.join(folder, `${head.mark}.jsonl`);
    try {
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
      fs.writeFileSync(file, `${JSON.stringify(whole)}\n`, { flag: "wx", mode: 0o600, flush: true });
    } catch (error) {
      throw new CliError(
        `The journal ${file} cannot be written (${(error as NodeJS.ErrnoException).code}), so nothing is made. Name another folder: --journal FOLDER.`,
      );
    }
    return new ProbeJournal(file, whole, new Map());
  }

  /** The journals that runs left in a folder. Torn lines count for nothing: what they tell of was not begun. */
  static all(folder: string): ProbeJournal[] {
    let names: string[];
    try {
      names = fs.readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
    } catch (error) {
      if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
      throw new CliError(`The folder ${folder} cannot be read: ${(error as Error).message}.`);
    }
    return names.sort().flatMap((name) => ProbeJournal.#read(path.join(folder, name)) ?? []);
  }

  static #read(file: string): ProbeJournal | undefined {
    const [head, ...lines] = fs.readFileSync(file, "utf8").split("\n").map(parsed);
    if (!isHead(head)) return undefined;
    const entries = new Map<number, Entry>();
    for (const line of lines as (Line | undefined)[]) {
      if (line === undefined || line === null) continue;
      if ("begin" in line) entries.set(line.begin.n, line.begin);
      else if ("made" in line) Object.assign(entries.get(line.made.n) ?? {}, { id: line.made.id });
      else if ("gone" in line) entries.delete(line.gone);
    }
    return new ProbeJournal(file, head, entries);
  }

  /** What may still be there, in the order in which it is to be removed. */
  get left(): Entry[] {
    return [...this.entries.values()].sort(
      (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.n - b.n,
    );
  }

  /** Whether the run that it is of goes on. */
  get isOpen(): boolean {
    const { pid, start } = this.head;
    return pid !== process.pid && isRunning(pid, start);
  }

  begin(entry: Omit<Entry, "n">): Entry {
    const whole = { ...entry, n: Math.max(0, ...this.entries.keys()) + 1 };
    this.#append({ begin: whole });
    this.entries.set(whole.n, whole);
    return whole;
  }

  made(entry: Entry, id: string): void {
    entry.id = id;
    this.#append({ made: { n: entry.n, id } });
  }

  gone(entry: Entry): void {
    this.entries.delete(entry.n);
    this.#append({ gone: entry.n });
  }

  /** Removes the file where nothing is left. */
  end(): void {
    if (this.entries.size === 0) fs.rmSync(this.file, { force: true });
  }

  #append(line: Line): void {
    fs.appendFileSync(this.file, `${JSON.stringify(line)}\n`, { mode: 0o600, flush: true });
  }
}

/** `pulumi-nylas-probe` in the engine's home folder. */
export function journalFolder(given: string | undefined, environment: NodeJS.ProcessEnv): string {
  if (given !== undefined) return path.resolve(given);
  const home = environment["PULUMI_HOME"] || path.join(environment["HOME"] || homedir(), ".pulumi");
  return path.join(home, "pulumi-nylas-probe");
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function isHead(value: unknown): value is Head {
  const head = value as Partial<Head> | null | undefined;
  return (
    head?.version === 1 &&
    typeof head.mark === "string" &&
    /^pulumi-nylas-probe-[0-9a-f]{12}$/.test(head.mark)
  );
}

import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { isRunning } from "../processes";
import { type Fact, type Facts } from "./runLedger";

/** The process that runs an operation, and where it listens. */
export interface Operation {
  address: string;
  /** Undefined where the machine does not tell it. */
  engine: { pid: number; start: string } | undefined;
}

/** After this time nobody asks any more, where it is not known whose a folder is. */
const EXPIRES = 24 * 3_600_000;

/** Milliseconds in which a folder may change twice and show one time. */
const SAME_MOMENT = 1_000;

/**
 * What the processes of one operation tell each other, in a folder that they alone have: a file for each, to which it appends. The engine starts
 * a process for each instance and each version of a provider, and gives all of them its address. An address comes again some day, so the folder
 * is the engine's process too. A folder that is left behind by a killed one is never read.
 *
 * There are several places for the folder. A process writes to the first one that takes what it has to tell, and reads all of them. The disk of one
 * may be full for this process, and have been free for another one.
 *
 * Keys and ids are written as digests with the operation as their salt.
 */
export class SharedFacts implements Facts {
  readonly #roots: readonly string[];
  readonly #name: string;
  readonly #pid: number;
  readonly #file: string;
  readonly #digests = new Map<string, string>();
  /** What of the others' files has been read. */
  readonly #read = new Map<string, { offset: number; rest: string }>();
  readonly #own: string[] = [];
  /** The others' files in each folder, and when it was looked at. */
  readonly #seen = new Map<string, { at: number; others: string[] }>();
  /** Where the file of this process is open. */
  #open: { folder: string; descriptor: number } | undefined;
  #hasEnded = false;

  constructor(operation: Operation, roots: readonly string[], pid = process.pid) {
    const { address, engine } = operation;
    this.#roots = roots;
    this.#pid = pid;
    this.#name = `run-${engine?.pid ?? 0}-${engine?.start ?? 0}-${short(address).slice(0, 12)}`;
    this.#file = `facts-${pid}-${randomBytes(6).toString("hex")}`;
  }

  digest(text: string): string {
    let known = this.#digests.get(text);
    if (known === undefined) this.#digests.set(text, (known = short(`${this.#name} ${text}`)));
    return known;
  }

  add(fact: Fact): void {
    this.#revive();
    const line = `${JSON.stringify(fact)}\n`;
    this.#own.push(line);
    // Where no place takes it, this process knows what it knows. `isWhole` tells of it.
    if (!this.#writes(line)) this.#start();
  }

  news(): Fact[] {
    this.#revive();
    if (!this.#isThere()) this.#start();
    return this.#roots.flatMap((root) => {
      const folder = join(root, this.#name);
      try {
        assertPrivate(root);
        return this.#othersIn(folder).flatMap((name) => this.#newsIn(join(folder, name)));
      } catch {
        // It is not there, or it is no folder of ours: no process writes to such a one.
        return [];
      }
    });
  }

  /** Whether what is told now reaches the others. A full disk shows only when something is written. */
  isWhole(): boolean {
    this.#revive();
    return this.#writes("\n") || this.#start();
  }

  #writes(text: string): boolean {
    return this.#isThere() && writes(this.#open!.descriptor, text);
  }

  /** A file that somebody has removed can be written to, and nobody reads it. */
  #isThere(): boolean {
    return this.#open !== undefined && fstatSync(this.#open.descriptor).nlink > 0;
  }

  /** Which files there are. A folder tells when one came, to within some milliseconds. */
  #othersIn(folder: string): string[] {
    const { mtimeMs } = statSync(folder);
    const seen = this.#seen.get(folder);
    if (mtimeMs === seen?.at && Date.now() - mtimeMs > SAME_MOMENT) return seen.others;
    assertPrivate(folder);
    const names = readdirSync(folder);
    const others = names.filter((name) => isFacts(name) && name !== this.#file);
    this.#seen.set(folder, { at: mtimeMs, others });
    // Another process took this one for ended, and removed what was there.
    if (this.#open?.folder === folder && !names.includes(this.#file)) this.#start();
    return others;
  }

  /** This process will add nothing more. The last one of the operation removes what there is. */
  end(): void {
    if (this.#open === undefined || this.#hasEnded) return;
    try {
      closeSync(openSync(join(this.#open.folder, `${this.#file}${ENDED}`), "w", 0o600));
      this.#hasEnded = true;
    } catch {
      // It was the others' to remove, and they have; or it is the next run's.
    }
    for (const root of this.#roots) this.#removeWhereOver(join(root, this.#name));
  }

  #removeWhereOver(folder: string): void {
    try {
      assertPrivate(folder);
      const names = readdirSync(folder);
      const open = names.filter((name) => isFacts(name) && !names.includes(`${name}${ENDED}`));
      // Of this process there may be a file where it wrote before.
      const others = open.filter((name) => name !== this.#file || this.#open?.folder === folder);
      if (others.some((name) => isRunning(pidOf(name), "0"))) return;
      if (this.#open?.folder === folder) this.#close();
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // It is not there, or it is not ours.
    }
  }

  /** It goes on after an end that was none. */
  #revive(): void {
    if (!this.#hasEnded) return;
    this.#hasEnded = false;
    for (const root of this.#roots) remove(join(root, this.#name, `${this.#file}${ENDED}`));
  }

  /** All that this process has told, in the first place that takes it. False where none does. */
  #start(): boolean {
    this.#close();
    return this.#roots.some((root) => this.#startIn(root));
  }

  #startIn(root: string): boolean {
    const folder = join(root, this.#name);
    let descriptor: number | undefined;
    try {
      mkdirSync(root, { recursive: true, mode: 0o700 });
      assertPrivate(root);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      assertPrivate(folder);
      if (!this.#seen.has(folder)) this.#sweep(root);
      const { O_WRONLY, O_APPEND, O_CREAT } = constants;
      descriptor = openSync(join(folder, this.#file), O_WRONLY | O_APPEND | O_CREAT, 0o600);
      // The line before it may be torn, by a disk that was full.
      if (!writes(descriptor, `\n${this.#own.join("")}`)) throw new Error("the disk is full");
      this.#open = { folder, descriptor };
      return true;
    } catch {
      if (descriptor !== undefined) closeSync(descriptor);
      return false;
    }
  }

  #close(): void {
    if (this.#open !== undefined) closeSync(this.#open.descriptor);
    this.#open = undefined;
    this.#seen.clear();
  }

  /** What earlier operations have left, and what an earlier life of this very process has. */
  #sweep(root: string): void {
    for (const name of readdirSync(root)) {
      const [, pid, start] = /^run-(\d+)-(\d+)-/.exec(name) ?? [];
      if (name === this.#name || pid === undefined || start === undefined) continue;
      const path = join(root, name);
      const over =
        pid === "0" ? Date.now() - lstatSync(path).mtimeMs > EXPIRES : !isRunning(Number(pid), start);
      if (over) remove(path);
    }
    const folder = join(root, this.#name);
    for (const name of readdirSync(folder))
      if (isFacts(name) && pidOf(name) === this.#pid && name !== this.#file) remove(join(folder, name));
  }

  #newsIn(file: string): Fact[] {
    const known = this.#read.get(file) ?? { offset: 0, rest: "" };
    this.#read.set(file, known);
    let descriptor: number;
    try {
      descriptor = openSync(file, "r");
    } catch {
      return [];
    }
    try {
      const { size } = fstatSync(descriptor);
      if (size <= known.offset) return [];
      const bytes = Buffer.alloc(size - known.offset);
      const length = readSync(descriptor, bytes, 0, bytes.length, known.offset);
      known.offset += length;
      const lines = (known.rest + bytes.toString("latin1", 0, length)).split("\n");
      // A line that is still being written is read with its end.
      known.rest = lines.pop()!;
      return lines.flatMap(factIn);
    } finally {
      closeSync(descriptor);
    }
  }
}

const ENDED = ".ended";

/** Whether all of it is written: a full disk takes a part, or nothing. */
function writes(descriptor: number, text: string): boolean {
  try {
    return writeSync(descriptor, text) === Buffer.byteLength(text);
  } catch {
    return false;
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // What stays is never read.
  }
}

function isFacts(name: string): boolean {
  return /^facts-\d+-[0-9a-f]+$/.test(name);
}

function pidOf(name: string): number {
  return Number(name.split("-")[1]);
}

/** What a later release adds is passed over. Bytes become characters only here: a line is whole. */
function factIn(line: string): Fact[] {
  try {
    const fact: unknown = JSON.parse(Buffer.from(line, "latin1").toString("utf8"));
    return Array.isArray(fact) && typeof fact[0] === "string" ? [fact as Fact] : [];
  } catch {
    return [];
  }
}

/** What others may write to is not believed. */
function assertPrivate(folder: string): void {
  const { uid, mode } = lstatSync(folder);
  if (!lstatSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
  if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o077) !== 0))
    throw new Error(`${folder} is open to others`);
}

function short(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}

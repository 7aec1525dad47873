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
 * Keys and ids are written as digests with the operation as their salt.
 */
export class SharedFacts implements Facts {
  readonly #root: string;
  readonly #name: string;
  readonly #pid: number;
  readonly #file: string;
  readonly #digests = new Map<string, string>();
  /** What of the others' files has been read. */
  readonly #read = new Map<string, { offset: number; rest: string }>();
  readonly #own: string[] = [];
  #others: string[] = [];
  #seen: number | undefined;
  #descriptor: number | undefined;
  #isOpen = false;
  #hasEnded = false;

  constructor(operation: Operation, root: string, pid = process.pid) {
    const { address, engine } = operation;
    this.#root = root;
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
    const line = `${JSON.stringify(fact)}\n`;
    try {
      this.#open();
      this.#own.push(line);
      writeSync(this.#descriptor!, line);
    } catch {
      // A folder that cannot be written: this process knows what it knows, as it did before there was a ledger.
      this.#close();
    }
  }

  news(): Fact[] {
    try {
      this.#open();
      this.#look();
      return this.#others.flatMap((name) => this.#newsIn(name));
    } catch {
      this.#close();
      return [];
    }
  }

  /** Which files there are. A folder tells when one came, to within some milliseconds. */
  #look(): void {
    const { mtimeMs } = statSync(this.#folder);
    if (mtimeMs === this.#seen && Date.now() - mtimeMs > SAME_MOMENT) return;
    const names = readdirSync(this.#folder);
    this.#seen = mtimeMs;
    this.#others = names.filter((name) => isFacts(name) && name !== this.#file);
    // Another process took this one for ended, and removed what was there.
    if (!names.includes(this.#file)) this.#rewrite();
  }

  /** This process will add nothing more. The last one of the operation removes what there is. */
  end(): void {
    if (!this.#isOpen || this.#hasEnded) return;
    try {
      closeSync(openSync(join(this.#folder, `${this.#file}${ENDED}`), "w", 0o600));
      this.#hasEnded = true;
      const names = readdirSync(this.#folder);
      const others = names.filter((name) => isFacts(name) && !names.includes(`${name}${ENDED}`));
      if (others.some((name) => isRunning(pidOf(name), "0"))) return;
      this.#close();
      rmSync(this.#folder, { recursive: true, force: true });
    } catch {
      // It was the others' to remove, and they have.
    }
  }

  get #folder(): string {
    return join(this.#root, this.#name);
  }

  #open(): void {
    if (this.#hasEnded) {
      rmSync(join(this.#folder, `${this.#file}${ENDED}`), { force: true });
      this.#hasEnded = false;
    }
    if (this.#isOpen) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    assertPrivate(this.#folder);
    this.#sweep();
    this.#isOpen = true;
    this.#rewrite();
  }

  #rewrite(): void {
    this.#close();
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    assertPrivate(this.#folder);
    const { O_WRONLY, O_APPEND, O_CREAT } = constants;
    this.#descriptor = openSync(join(this.#folder, this.#file), O_WRONLY | O_APPEND | O_CREAT, 0o600);
    this.#isOpen = true;
    if (this.#own.length > 0) writeSync(this.#descriptor, this.#own.join(""));
  }

  #close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#isOpen = false;
    this.#seen = undefined;
  }

  /** What earlier operations have left, and what an earlier life of this very process has. */
  #sweep(): void {
    for (const name of readdirSync(this.#root)) {
      const [, pid, start] = /^run-(\d+)-(\d+)-/.exec(name) ?? [];
      if (name === this.#name || pid === undefined || start === undefined) continue;
      const path = join(this.#root, name);
      const over =
        pid === "0" ? Date.now() - lstatSync(path).mtimeMs > EXPIRES : !isRunning(Number(pid), start);
      if (over) rmSync(path, { recursive: true, force: true });
    }
    for (const name of readdirSync(this.#folder))
      if (isFacts(name) && pidOf(name) === this.#pid) rmSync(join(this.#folder, name), { force: true });
  }

  #newsIn(name: string): Fact[] {
    const known = this.#read.get(name) ?? { offset: 0, rest: "" };
    this.#read.set(name, known);
    let descriptor: number;
    try {
      descriptor = openSync(join(this.#folder, name), "r");
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

import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { isClosed, isRunning, startOfProcess } from "../processes";
import { type Clock, every, poll } from "./clock";

/** Nylas ends a request after two minutes: a write that was sent before that has happened, or never will. */
const LONGEST_REQUEST = 120_000;
const BETWEEN_LOOKS = 2_000;

/**
 * Which processes have sent a write and have no answer yet: a file each, beside the engine's own. A killed engine
 * leaves its plugin writing, and a killed plugin its request. A look for the object before that write landed would
 * lead to a second one. So the first request of the next run waits until it has landed.
 *
 * A file names the process by its number and its start, since a number is given again, in a restarted container soon. It holds the address of the
 * engine: a plugin needs a moment to notice that its engine is gone.
 *
 * Where no file can be written (a home folder that is read-only), nothing is noted and nothing is waited for.
 */
export class InFlightWrites {
  /** Told what is waited for. */
  report: (message: string) => void = () => undefined;
  /** The address of the engine that this process serves. */
  engine: string | undefined;
  /** A part by chance keeps two processes apart where no start is told. */
  readonly #writer: string;
  readonly #sent = new Map<string, number>();
  readonly #landed = new Map<string, Promise<void>>();
  #orphaned = false;

  constructor(
    private readonly folder?: string,
    pid = process.pid,
  ) {
    this.#writer = `${pid}-${startOfProcess(pid)}-${randomBytes(6).toString("hex")}`;
  }

  /** Throws where there is no home folder, as for a user that the machine does not know. */
  get #folder(): string {
    return (
      this.folder ?? join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "pulumi-nylas-under-way")
    );
  }

  /** Runs something that sends a write and gets its answer, and has other processes know of it meanwhile. */
  async during<T>(apiUrl: string, write: () => Promise<T>): Promise<T> {
    this.#count(apiUrl, 1);
    try {
      return await write();
    } finally {
      this.#count(apiUrl, -1);
    }
  }

  /** The engine of this process is gone: from now on the next run waits for it, although it lives. */
  orphan(): void {
    this.#orphaned = true;
    for (const apiUrl of this.#sent.keys()) this.#note(apiUrl);
  }

  /** Resolves when no write of a run that was killed can land any more. Looks once in a process. */
  landed(apiUrl: string, clock: Clock, signal?: AbortSignal): Promise<void> {
    let landed = this.#landed.get(apiUrl);
    if (!landed) this.#landed.set(apiUrl, (landed = this.#wait(apiUrl, clock, signal)));
    return landed;
  }

  async #wait(apiUrl: string, clock: Clock, signal?: AbortSignal): Promise<void> {
    // The wall's clock may have been set meanwhile, so a file's age alone must not hold anybody up.
    const left = async (waited: number) =>
      (await this.#abandoned(apiUrl)).filter(({ age }) => age + waited < LONGEST_REQUEST);
    let told = false;
    await poll({ now: () => clock.now(), sleep: (pause) => clock.sleep(pause, signal) }, left, {
      until: (writes) => writes.length === 0,
      pauses: every(BETWEEN_LOOKS),
      waiting: (writes) => {
        if (told) return;
        told = true;
        const seconds = Math.ceil((LONGEST_REQUEST - Math.min(...writes.map(({ age }) => age))) / 1000);
        this.report(
          `A run that was killed has left a write to Nylas under way (process ${writes.map(({ pid }) => pid).join(", ")}): waiting until it ` +
            `has landed, at most ${seconds} s, so that nothing is made twice.`,
        );
      },
    });
  }

  /** The files of processes that are dead, or whose engine is; what can matter no longer is removed. */
  async #abandoned(apiUrl: string): Promise<{ pid: number; age: number }[]> {
    const prefix = prefixOf(apiUrl);
    const all = this.#files()
      .filter((name) => name.startsWith(prefix) && name !== this.#name(apiUrl))
      .map(async (name) => {
        const [, pid, start] = WRITER.exec(name.slice(prefix.length)) ?? [];
        if (pid === undefined) return [];
        try {
          const file = join(this.#folder, name);
          const age = Math.max(0, Date.now() - statSync(file).mtimeMs);
          // A release before wrote no start. Who has the number now may be another process, so its note is waited for.
          const runs = start !== undefined && isRunning(Number(pid), start);
          if (runs && !(await isOrphan(readFileSync(file, "utf8")))) return [];
          if (!runs && age > LONGEST_REQUEST) rmSync(file, { force: true });
          return [{ pid: Number(pid), age }];
        } catch {
          // It has got its answer in this moment.
          return [];
        }
      });
    return (await Promise.all(all)).flat();
  }

  #files(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch {
      return [];
    }
  }

  #count(apiUrl: string, change: 1 | -1): void {
    const sent = (this.#sent.get(apiUrl) ?? 0) + change;
    if (sent > 0) this.#sent.set(apiUrl, sent);
    else this.#sent.delete(apiUrl);
    if (change > 0 || sent === 0) this.#note(apiUrl);
  }

  #name(apiUrl: string): string {
    return `${prefixOf(apiUrl)}${this.#writer}`;
  }

  #note(apiUrl: string): void {
    try {
      const file = join(this.#folder, this.#name(apiUrl));
      if (!this.#sent.has(apiUrl)) return rmSync(file, { force: true });
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      // Whole at any moment: a reader that finds no address takes the engine for one that is there.
      writeFileSync(`${file}.new`, this.#orphaned ? ORPHAN : (this.engine ?? ""), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch {
      // A note helps the run after a killed one; that it cannot be written must not stop this one.
    }
  }
}

/** The writes of this process. */
export const underWay = new InFlightWrites();

const ORPHAN = "its engine is gone";

function prefixOf(apiUrl: string): string {
  return `${createHash("sha256").update(apiUrl).digest("hex").slice(0, 12)}-`;
}

/** The process number, and its start, which a release before left out. */
const WRITER = /^(\d+)(?:-(\d+)-[0-9a-f]+(?:\.new)?)?$/;

/** Whether a process that runs has lost its engine, by what its note holds. */
async function isOrphan(note: string): Promise<boolean> {
  return note === ORPHAN || (note !== "" && (await isClosed(note)));
}

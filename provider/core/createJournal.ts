import { createHash, randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { isClosed, isRunning, startOfProcess } from "../processes";
import { bare } from "./properties";
import { type Line, filesIn, readOwn, append, appendIfThere, remove } from "./journalFiles";
import { SIGN_OF_LIFE, EXPIRES, ENDED, ORPHANED, ENGINE, type Entry, read, fits } from "./journalEntries";

/** What is about to be made. Only digests of it reach the journal. */
export interface Creation {
  /** The resource type, as in `Workspace`. */
  type: string;
  /** The natural key. */
  key: string;
  /** `project/stack/name` of the resource. */
  label: string;
  /** The application or organization that it is made in. */
  scope: string;
}

/** An object that the state holds. */
export interface RecordedObject {
  type: string;
  id: string;
  /** Its natural key, unless it is about to be replaced. */
  key?: string | undefined;
}

/** A create that has been noted, until it is known how it ended. */
export interface NotedCreate {
  /** Nothing was made. */
  failed(): void;
  /** The object with this id was made, and the engine is about to be told. */
  answered(id: string): void;
}

/**
 * The creates that are under way, in a file per process beside the engine's own files. A run that is killed leaves
 * its entries. They explain why an object exists that the state does not hold. Only an object that they explain is
 * taken as this state's own. A name alone proves nothing, because another stack may have had the same one.
 *
 * An entry goes when the create failed, and when the object was made and the run came to its orderly end. The next run
 * that sees the object in the state removes what is left. Files are only appended to, with a whole line per write, so a
 * torn line is skipped and costs one explanation. Without a home folder that can be written, nothing is explained.
 */
export class CreateJournal {
  readonly #folder: () => string;
  readonly #place: () => string;
  readonly #pid: number;
  readonly #now: () => number;
  #file: string | undefined;
  readonly #engine: string | undefined;
  /** Files of processes that still run, and have lost their engine. */
  readonly #orphans = new Set<string>();
  #next = 0;
  /** Creates without an answer. */
  readonly #open = new Set<number>();
  #recorded: RecordedObject[] = [];
  #signs: NodeJS.Timeout | undefined;

  /** `place` tells this program and its backend from every other one on the machine. */
  constructor(options: CreateJournalOptions = {}) {
    const { folder } = options;
    this.#folder = folder === undefined ? defaultFolder : () => folder;
    this.#place = options.place ?? (() => "");
    this.#pid = options.pid ?? process.pid;
    this.#now = options.now ?? Date.now;
    this.#engine = options.engine;
  }

  /** Notes a create before it is sent. */
  begin(creation: Creation): NotedCreate {
    const n = this.#next++;
    this.#open.add(n);
    const whole = digestOf(creation, this.#place());
    this.#write(["b", n, whole, this.#keyDigest(creation), this.#now(), objectDigest(creation)]);
    this.#signs ??= setInterval(() => this.#signOfLife(), SIGN_OF_LIFE).unref();
    const settled = () => {
      this.#open.delete(n);
      if (this.#open.size > 0) return;
      clearInterval(this.#signs);
      this.#signs = undefined;
    };
    return {
      failed: () => {
        settled();
        this.#write(["f", n]);
      },
      answered: (id) => {
        settled();
        this.#write(["a", n, idDigest(creation.type, id), this.#now()]);
        this.#isNotOfOthers(creation, id);
      },
    };
  }

  /**
   * As `explains`, and it also counts what a process notes that still runs without its engine. A killed engine leaves
   * its plugin alive, and the plugin needs a moment to notice.
   */
  async explainsByNow(
    creation: Creation,
    found: { id: string; createdAt: number | undefined },
  ): Promise<boolean> {
    const wanted = digestOf(creation, this.#place());
    for (const { file, over, engine, entries } of this.#others()) {
      if (over || engine === undefined || !entries.some(({ digest }) => digest === wanted)) continue;
      if (await isClosed(engine)) this.#orphans.add(file);
    }
    return this.explains(creation, found);
  }

  /** Whether a run of this very state was killed, or lost the answer, while it was creating this object. */
  explains(creation: Creation, { id, createdAt }: { id: string; createdAt: number | undefined }): boolean {
    const wanted = digestOf(creation, this.#place());
    const object = objectDigest(creation);
    const found = idDigest(creation.type, id);
    const others = this.#others();
    const mayHaveMade = (entry: Entry) =>
      (entry.id === undefined || entry.id === found) &&
      !entry.notMade.has(found) &&
      fits(entry, createdAt, this.#now());
    // Another program, or another resource, may have made it as well: then nobody can be sure.
    const isClaimed = others.some(({ entries }) =>
      entries.some((entry) => entry.object === object && entry.digest !== wanted && mayHaveMade(entry)),
    );
    return (
      !isClaimed &&
      others.some(
        ({ over, entries }) => over && entries.some((entry) => entry.digest === wanted && mayHaveMade(entry)),
      )
    );
  }

  /**
   * Whether another program that runs on this machine is making the object, or has made it in its run. To be asked after `begin`: of two programs at the
   * same moment at least one sees the other then. Both may.
   */
  isBeingMadeByOther(creation: Creation): boolean {
    const object = objectDigest(creation);
    const own = digestOf(creation, this.#place());
    return this.#others().some(
      ({ over, entries }) =>
        !over && entries.some((entry) => entry.object === object && entry.digest !== own),
    );
  }

  /** Another program that was killed while it made the same object, on this machine, has not made this one. */
  #isNotOfOthers(creation: Creation, id: string): void {
    const object = objectDigest(creation);
    const own = digestOf(creation, this.#place());
    for (const { file, entries } of this.#others()) {
      for (const entry of entries) {
        if (entry.object !== object || entry.digest === own || entry.id !== undefined) continue;
        appendIfThere(file, ["x", entry.n, idDigest(creation.type, id)]);
      }
    }
  }

  /** The state holds this object, so no entry has to explain it any longer. */
  recorded(object: RecordedObject): void {
    this.#recorded.push(object);
  }

  /** The engine ends this process in good order: all that was answered is in the state. */
  end(): void {
    this.#dropRecorded();
    if (this.#file === undefined) return;
    if (this.#open.size > 0) return this.#write(ENDED);
    remove(this.#file);
    this.#file = undefined;
  }

  /** The engine is gone: nothing can record any more what this process makes. */
  orphan(): void {
    if (this.#file !== undefined) this.#write([...ORPHANED, this.#now()]);
  }

  /** A key is one object's in this program only: another program's object of the same key explains nothing here. */
  #keyDigest({ type, key }: Pick<Creation, "type" | "key">): string {
    return digest("key", type, key, this.#place());
  }

  #signOfLife(): void {
    this.#write(["h", this.#now()]);
  }

  /** Takes the entries out of the files of others that explain what the state holds by now. */
  #dropRecorded(): void {
    const objects = this.#recorded;
    this.#recorded = [];
    const others = this.#others().filter(({ over }) => over);
    if (others.length === 0) return;
    const ids = new Set(objects.map(({ type, id }) => idDigest(type, id)));
    const keys = new Set(
      objects.flatMap(({ type, key }) => (key === undefined ? [] : [this.#keyDigest({ type, key })])),
    );
    for (const { file, entries } of others) {
      const [gone, left] = partition(
        entries,
        (entry) =>
          (entry.id === undefined ? keys.has(entry.key) : ids.has(entry.id)) ||
          this.#now() - entry.begun > EXPIRES,
      );
      if (left.length === 0) remove(file);
      else for (const { n } of gone) appendIfThere(file, ["g", n]);
    }
  }

  #others(): OtherProcess[] {
    return filesIn(this.#folder)
      .filter((file) => file !== this.#file)
      .flatMap((file) => {
        const [, pid, start] = FILE_NAME.exec(file) ?? [];
        if (pid === undefined || start === undefined) return [];
        const lines = readOwn(file);
        if (lines === undefined) return [];
        const { entries, orphaned, engine } = read(lines);
        const over = orphaned || this.#orphans.has(file) || !isRunning(Number(pid), start);
        return [{ file, entries, over, engine }];
      });
  }

  #write(line: Line): void {
    try {
      const isNew = this.#file === undefined;
      this.#file ??= this.#newFile();
      if (isNew && this.#engine !== undefined) append(this.#file, [ENGINE, this.#engine]);
      append(this.#file, line);
    } catch {
      // The journal helps the run after a killed one. That it cannot be written must not stop this one.
    }
  }

  #newFile(): string {
    const folder = this.#folder();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const name = `creates-${this.#pid}-${startOfProcess(this.#pid)}-${randomBytes(6).toString("hex")}`;
    closeSync(openSync(join(folder, name), "wx", 0o600));
    return join(folder, name);
  }
}

export interface CreateJournalOptions {
  /** Default: `pulumi-nylas-creates` in the engine's home folder. */
  folder?: string;
  place?: () => string;
  pid?: number;
  now?: () => number;
  /** The address of the engine that this process serves. */
  engine?: string | undefined;
}

/** The engine's home folder has the journals of all programs. */
function defaultFolder(): string {
  return join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "pulumi-nylas-creates");
}

const FILE_NAME = /[/\\]creates-(\d+)-(\d+)-[0-9a-f]+$/;

interface OtherProcess {
  file: string;
  /** The process has ended, or its engine has. */
  over: boolean;
  /** The address of its engine, where it has one. */
  engine: string | undefined;
  entries: Entry[];
}

function partition<T>(all: T[], test: (one: T) => boolean): [T[], T[]] {
  return [all.filter(test), all.filter((one) => !test(one))];
}

function digestOf({ type, key, label, scope }: Creation, place: string): string {
  return digest("create", type, key, label, scope, place);
}

/** Of the object itself, which two stacks may reach by two addresses of the API and by connections of two names. */
function objectDigest({ type, key, scope }: Creation): string {
  return digest("object", type, bare(key), scope.replace(/ at \S+$/, ""));
}

function idDigest(type: string, id: string): string {
  return digest("id", type, id.toLowerCase());
}

function digest(...parts: string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 22);
}

/** `pulumi-nylas probe`: which readings of the API are true on a real application. */
import { createHash, randomBytes } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { clockOf } from "../../nylas/clock";
import { NylasError } from "../../nylas/errors";
import { type Surroundings } from "../../nylas/http";
import { Lifetime } from "../../nylas/lifetime";
import { type Connection, type ConnectionOptions, connectTo, redacted } from "../connection";
import { AREAS, counted } from "../doctor/findings";
import { refusal } from "../doctor/keys";
import { emit } from "../files";
import { CliError, type Io } from "../io";
import { Progress } from "../progress";
import { readStack, type StackSeen } from "../stack";
import { Bench } from "./bench";
import { type Cleaned, clean } from "./clean";
import { AFFECTED, HARMLESS, INTERRUPTED, LEFT_BEHIND } from "./codes";
import { Eyes, Stopped } from "./eyes";
import { ProbeJournal, journalFolder } from "./probeJournal";
import { type Ground, harmless, look, sumUp } from "./look";
import { page } from "./page";
import { type Result, resultsOf, type Sighting } from "./points";
import { profile, report } from "./report";
import { inSeconds } from "./tries/try";
import { announced, planOf, tryAll } from "./write";

export interface ProbeOptions extends ConnectionOptions {
  write?: boolean;
  clean?: boolean;
  yes?: boolean;
  allowProduction?: boolean;
  domain?: string;
  webhookUrl?: string;
  json?: string;
  profile?: string;
  /** Seconds. */
  patience: number;
  journal?: string;
  deleteMail?: boolean;
}

/** Probes, and says what it saw. Gives the exit code. `around` is for tests. */
export async function probe(
  options: ProbeOptions,
  plainIo: Io,
  around: Surroundings = {
    clock: clockOf(plainIo.environment),
    lifetime: new Lifetime(),
    random: Math.random,
  },
): Promise<number> {
  if (options.write && options.clean)
    throw new CliError("--write and --clean are two runs. Give one of them.", 2);
  let stack: StackSeen | undefined;
  const io = redacted(plainIo, () => stack);
  const progress = new Progress(io, "reading the stack with pulumi");
  const stop = new AbortController();
  const interrupt = (): void => {
    io.stderr(
      "Stopping: what was made is removed. Ctrl-C once more ends at once; probe --clean removes the rest then.\n",
    );
    stop.abort();
  };
  let connection: Connection | undefined;
  let eyes: Eyes | undefined;
  try {
    stack = await readStack(options, io);
    connection = connectTo(stack, options, io);
    eyes = new Eyes(connection.settings, around, stop.signal);
    if (!eyes.has("application") && !eyes.has("domains"))
      throw new CliError("There is no key. Set NYLAS_API_KEY, or nylas:apiKey of a stack.");
    process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
    const run = new Run({ options, io, progress, connection, eyes, around, stop: stop.signal });
    return options.clean ? await run.clean() : await run.probe();
  } catch (error) {
    if (error instanceof Stopped) return INTERRUPTED;
    if (!(error instanceof NylasError)) throw error;
    const { area, text } = refusal(error, "probe");
    io.stderr(`pulumi-nylas: ${text}\n`);
    return AREAS[area].exit;
  } finally {
    process.removeListener("SIGINT", interrupt).removeListener("SIGTERM", interrupt);
    progress.end();
    await eyes?.close();
    await connection?.close();
  }
}

interface Parts {
  options: ProbeOptions;
  io: Io;
  progress: Progress;
  connection: Connection;
  eyes: Eyes;
  around: Surroundings;
  stop: AbortSignal;
}

class Run {
  readonly #sightings: Sighting[] = [];
  readonly #say = (sighting: Sighting): void => void this.#sightings.push(sighting);
  readonly #doing: (text: string) => void;
  readonly #folder: string;
  #ground: Ground | undefined;
  /** Answers that broke off: what was seen counts, and is not all. */
  #broken: NylasError | undefined;

  constructor(private readonly parts: Parts) {
    this.#doing = (text) => parts.progress.now(text);
    this.#folder = journalFolder(parts.options.journal, parts.io.environment);
  }

  async probe(): Promise<number> {
    const { eyes, options, stop } = this.parts;
    const left: Cleaned[] = [];
    try {
      this.#ground = await look(eyes, this.#say, this.#doing);
      this.#tellOfOlder();
      if (options.write) left.push(...(await this.#write(this.#ground)));
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
    sumUp(eyes, this.#say);
    return this.#tell(left, stop.aborted);
  }

  /** Makes, tries and removes. Whatever happens in between, what was made is removed. Gives what is left. */
  async #write(ground: Ground): Promise<Cleaned[]> {
    const { options, eyes, io, around, stop } = this.parts;
    if (ground.environment !== "staging" && ground.environment !== "sandbox" && !options.allowProduction)
      throw new CliError(
        `This application ${ground.environment === undefined ? "does not say what environment it is" : `is of the environment ${ground.environment}`}, so nothing was made. ` +
          "Use an application without customers, or add --allow-production.",
        2,
      );
    const mark = `pulumi-nylas-probe-${randomBytes(6).toString("hex")}`;
    const has = { application: eyes.has("application"), domains: eyes.has("domains") };
    const plan = planOf(ground, has, options, mark);
    const lines = announced(plan, ground, mark).map((line) => `  ${line}\n`);
    io.stderr(
      `This makes objects whose names begin with ${mark}, and removes them at its end:\n${lines.join("")}`,
    );
    await this.#ask();

    const { settings } = eyes;
    const owner = this.#owners(ground)[0]!;
    const journal = ProbeJournal.begin(this.#folder, { mark, apiUrl: settings.apiUrl, owner });
    const bench = new Bench(eyes, journal, around.clock, options.patience * 1000, stop);
    let failure: Error | undefined;
    try {
      this.#broken = await tryAll(bench, ground, plan, this.#say, this.#doing);
    } catch (error) {
      failure = error as Error;
    }
    const cleaned = await this.#remove(journal);
    this.#sayLag(cleaned, bench.lag);
    if (failure !== undefined && !(failure instanceof Stopped)) {
      this.#tellLeft(cleaned);
      throw failure;
    }
    return cleaned;
  }

  /** R11 of deletes: an account that shows longer than the reads lag. */
  #sayLag(cleaned: readonly Cleaned[], reads: number): void {
    const lag = Math.max(
      0,
      ...cleaned.filter(({ entry }) => entry.kind === "grant").map(({ lag = 0 }) => lag),
    );
    if (lag > 2 * reads)
      this.#say(harmless("R11", `a deleted account shows for ${inSeconds(lag)}`, { grantDeleteLagMs: lag }));
  }

  /** Removes what is left of runs that died. */
  async clean(): Promise<number> {
    const { io, eyes } = this.parts;
    const own = await this.#own();
    const journals = ProbeJournal.all(this.#folder);
    const mine = journals.filter(
      ({ head }) => head.apiUrl === eyes.settings.apiUrl && own.includes(head.owner),
    );
    const others = journals.length - mine.length;
    if (others > 0)
      io.stderr(
        `${counted(others, "journal is", "journals are")} of another application or address: run probe --clean with its keys.\n`,
      );
    const open = mine.filter(({ isOpen }) => isOpen);
    if (open.length > 0)
      io.stderr(`${counted(open.length, "probe is", "probes are")} still running; theirs is left alone.\n`);
    const cleaned: Cleaned[] = [];
    for (const journal of mine.filter(({ isOpen }) => !isOpen))
      cleaned.push(...(await this.#remove(journal)));
    const removed = cleaned.filter(({ state }) => state === "removed").length;
    this.#tellLeft(cleaned);
    io.stdout(
      cleaned.length === 0
        ? "Nothing is left to remove.\n"
        : `${counted(removed, "object is", "objects are")} removed.\n`,
    );
    return cleaned.some(({ state }) => state === "left") ? LEFT_BEHIND : 0;
  }

  #remove(journal: ProbeJournal): Promise<Cleaned[]> {
    const { options, eyes, connection, around } = this.parts;
    eyes.finish();
    const { api, settings } = connection;
    const cleaning = {
      eyes,
      api,
      settings,
      clock: around.clock,
      patience: options.patience * 1000,
      deleteMail: options.deleteMail === true,
    };
    return clean(cleaning, journal, this.#doing);
  }

  async #ask(): Promise<void> {
    const { options, io, progress, stop } = this.parts;
    if (options.yes) return;
    if (!io.stdin.isTTY)
      throw new CliError("There is no terminal to ask at. Add --yes, and nothing else changes.", 2);
    progress.now("waiting for your answer");
    const line = createInterface({ input: io.stdin });
    io.stderr("Go on? [y/N] ");
    const answer = await new Promise<string>((resolve) => {
      line.once("line", resolve).once("close", () => resolve(""));
      stop.addEventListener("abort", () => resolve(""));
    });
    line.close();
    if (stop.aborted) throw new Stopped();
    if (!/^y(es)?$/i.test(answer.trim())) throw new CliError("Nothing was made.");
  }

  async #own(): Promise<string[]> {
    const { eyes } = this.parts;
    if (!eyes.has("application")) return this.#owners(undefined);
    const { data } = await eyes.ask("GET /v3/applications");
    const id = (data as { application_id?: unknown } | undefined)?.application_id;
    return this.#owners({ applicationId: typeof id === "string" ? id : undefined });
  }

  /** Digests of whose the objects are: of the application where it may be read, and of the key. */
  #owners(ground: Pick<Ground, "applicationId"> | undefined): string[] {
    const { settings } = this.parts.eyes;
    const key = (settings.apiKey ?? settings.organizationKey)?.reveal() ?? settings.serviceAccount?.keyId;
    return [ground?.applicationId, key]
      .filter((each) => each !== undefined)
      .map((each) => createHash("sha256").update(each).digest("hex").slice(0, 32));
  }

  #tellOfOlder(): void {
    const left = ProbeJournal.all(this.#folder).filter(({ isOpen, left }) => !isOpen && left.length > 0);
    if (left.length > 0)
      this.parts.io.stderr("An earlier probe died before it had removed what it made: run probe --clean.\n");
  }

  #tellLeft(cleaned: readonly Cleaned[]): void {
    for (const { entry, text } of cleaned.filter(({ state }) => state === "left"))
      this.parts.io.stderr(`The ${entry.kind} ${entry.name} is left: ${text}.\n`);
  }

  #tell(cleaned: readonly Cleaned[], interrupted: boolean): number {
    const { options, io, eyes, progress } = this.parts;
    progress.end();
    const wrote = options.write === true;
    const results = resultsOf(this.#sightings, wrote);
    const left = cleaned.filter(({ state }) => state === "left");
    const exitCode = left.length > 0 ? LEFT_BEHIND : interrupted ? INTERRUPTED : this.#exitCode(results);
    const environment = this.#ground?.environment;
    const facts = { settings: eyes.settings, environment, wrote, interrupted, exitCode, left: left.length };
    if (options.json !== undefined)
      emit(options.json, inJson(report(results, [...eyes.routes.values()], facts)), io);
    if (options.profile !== undefined) emit(options.profile, inJson(profile(results, facts)), io);
    const head = `Nylas as seen from ${eyes.settings.apiUrl} (${environment ?? "environment not said"}), ${wrote ? "reading and writing" : "reading only"}:`;
    const end = [
      ...(interrupted ? ["Interrupted: the table is not complete."] : []),
      ...(left.length > 0
        ? [`${counted(left.length, "object is", "objects are")} left: run probe --clean.`]
        : []),
    ];
    io.stdout(page(results, head, end));
    this.#tellLeft(cleaned);
    if (this.#broken) io.stderr(`Not all was tried: ${this.#broken.message}\n`);
    return exitCode;
  }

  #exitCode(results: readonly Result[]): number {
    if (results.some(({ verdict }) => verdict === "affected")) return AFFECTED;
    if (this.#broken) return AREAS.reach.exit;
    return results.some(({ verdict }) => verdict === "harmless") ? HARMLESS : 0;
  }
}

function inJson(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

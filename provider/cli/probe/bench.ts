/** The objects that a probe makes. Only what was made here can be changed or removed here: both take the object, and no id. */
import { type Clock, growing, poll } from "../../nylas/clock";
import { isRecord } from "../../nylas/errors";
import { type Answer, type Ask, type Eyes } from "./eyes";
import { type Entry, type ProbeJournal, type Kind } from "./probeJournal";
import { goneAfter, OBJECTS } from "./objects";

/** An object of the probe's own. */
export interface Own {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  readonly parent: string | undefined;
  /** What Nylas answered when it was made. */
  readonly made: Record<string, unknown>;
}

/** Nylas does not let it be made: what needs it is not tried. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly kind: Kind,
    message: string,
  ) {
    super(message);
  }
}

/** How a look for what was written ended. */
export interface Look {
  /** The object as it shows, however the look ended. */
  object: Record<string, unknown>;
  /** Whether it shows what was looked for. */
  shown: boolean;
  /** Milliseconds until it did. 0 where the first look showed it. */
  lag: number;
}

export class Bench {
  readonly #entries = new Map<Own, Entry>();
  /** The longest time after a write in which a read answered as before it. */
  lag = 0;
  /** How many writes were seen. */
  looks = 0;

  constructor(
    readonly eyes: Eyes,
    private readonly journal: ProbeJournal,
    private readonly clock: Clock,
    /** Milliseconds that a write is looked for. */
    readonly patience: number,
    private readonly stop: AbortSignal,
  ) {}

  get mark(): string {
    return this.journal.head.mark;
  }

  /** Makes an object under this name. Throws `Refused` where Nylas refuses it. */
  async make(
    kind: Kind,
    name: string,
    body: Record<string, unknown>,
    options: { parent?: Own; secrets?: string[]; ownPoint?: true } = {},
  ): Promise<Own> {
    const { parent, ...rest } = options;
    const entry = this.journal.begin({ kind, name, ...(parent ? { parent: parent.id } : {}) });
    const answer = await this.eyes.ask(OBJECTS[kind].create, {
      ...rest,
      body,
      ids: parent ? [parent.id] : [],
    });
    if (!answer.ok) {
      // A refusal makes nothing, but an answer that was lost may have.
      if (!answer.unsure) this.journal.gone(entry);
      throw new Refused(answer.status, kind, answer.message);
    }
    const made = isRecord(answer.data) ? answer.data : {};
    const id = OBJECTS[kind].idOf(made);
    if (id === undefined) throw new Refused(answer.status, kind, "the answer has no id");
    this.journal.made(entry, id);
    const own: Own = { kind, id, name, parent: parent?.id, made };
    this.#entries.set(own, entry);
    return own;
  }

  /** Sends the create of an object that is there. Where Nylas makes a second one, that is the probe's own as well, and goes. */
  async makeAgain(own: Own, body: Record<string, unknown>): Promise<Answer> {
    const { kind, name } = own;
    const entry = this.journal.begin({ kind, name });
    const answer = await this.eyes.ask(OBJECTS[kind].create, { body, aside: true });
    const id = answer.ok && isRecord(answer.data) ? OBJECTS[kind].idOf(answer.data) : undefined;
    if (id !== undefined && id !== own.id) this.journal.made(entry, id);
    // A refusal makes nothing, but an answer that was lost, or that says nothing, may have.
    else if (id === own.id || (!answer.ok && !answer.unsure)) this.journal.gone(entry);
    return answer;
  }

  /** Sends a change of an object. */
  change(own: Own, route: string, body: Record<string, unknown>, options: Ask = {}): Promise<Answer> {
    return this.eyes.ask(route, { ...options, body, ids: idsOf(own) });
  }

  async read(own: Own): Promise<Record<string, unknown>> {
    const { ok, data } = await this.eyes.ask(OBJECTS[own.kind].get, { ids: idsOf(own) });
    return ok && isRecord(data) ? data : {};
  }

  /** Looks until an object shows something, or patience is at its end. */
  async look(own: Own, shows: (object: Record<string, unknown>) => boolean): Promise<Look> {
    const { outcome, seen, waited, looks } = await poll(this, () => this.read(own), {
      until: shows,
      pauses: growing(100, 2, 3_200),
      limit: this.patience,
    });
    if (outcome !== "reached") return { object: seen, shown: false, lag: 0 };
    const lag = looks === 1 ? 0 : Math.ceil(waited);
    this.lag = Math.max(this.lag, lag);
    this.looks++;
    return { object: seen, shown: true, lag };
  }

  /** An object after a write that may have changed nothing: what lags has had its time. */
  async settled(own: Own): Promise<Record<string, unknown>> {
    if (this.lag > 0) await this.sleep(2 * this.lag);
    return this.read(own);
  }

  async sleep(milliseconds: number): Promise<void> {
    if (this.stop.aborted) return;
    await this.clock.sleep(milliseconds, this.stop).catch(() => undefined);
  }

  now(): number {
    return this.clock.now();
  }

  /** Sends the delete of an object that is known to be there. */
  async remove(own: Own): Promise<Answer> {
    const answer = await this.eyes.ask(OBJECTS[own.kind].remove, { ids: idsOf(own), body: {} });
    const entry = this.#entries.get(own);
    if (entry && answer.ok && (await goneAfter(this.eyes, this.clock, this.patience, entry)) !== undefined)
      this.journal.gone(entry);
    return answer;
  }
}

function idsOf({ parent, id }: Pick<Own, "parent" | "id">): string[] {
  return parent === undefined ? [id] : [parent, id];
}

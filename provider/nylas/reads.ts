import { isDeepStrictEqual } from "node:util";

/** Where objects of one kind are read. */
export interface Source<T> {
  /** One, as the API answers for its id; undefined where it says that there is none. */
  byId(id: string): Promise<T | undefined>;
  /** The list that all of them stand in, a page at a time; `first` holds those that were read by id before. */
  pages(first: T[]): AsyncIterator<{ id: string; item: T }[]>;
  /** How many writes this process has begun. */
  writes(): number;
}

/**
 * The reads of a refresh: a thousand objects in a handful of requests. The first ones go by id, as a single one would; when more
 * are asked for, pages of the list answer whatever waits by then and whatever asks later.
 *
 * A list is believed only for what it shows: what it does not show is asked for by id, and so is everything once the list shows an
 * object other than its own read did, or once anything is written. Pages that bring nothing (ten accounts of twenty thousand) stay
 * a small part of all requests.
 */
export class Reads<T> {
  readonly #shown = new Map<string, T>();
  readonly #waiting = new Map<string, ((shown: T | undefined) => void)[]>();
  /** What the first reads answered, until a page has shown the same objects. */
  readonly #first = new Map<string, T>();
  #pages: AsyncIterator<{ id: string; item: T }[]> | undefined;
  /** Requests for one object, and pages that were not worth theirs. */
  #single = 0;
  #vain = 0;
  #turning = false;
  #over = false;

  constructor(private readonly source: Source<T>) {}

  async get(id: string): Promise<T | undefined> {
    if (this.source.writes() > 0) this.#end();
    const shown = this.#shown.get(id);
    if (shown !== undefined) {
      // The next one to ask wants to know what has become of it since.
      this.#shown.delete(id);
      return shown;
    }
    if (this.#over || this.#single < FIRST || !this.#mayTurn()) return this.#byId(id);
    const found = await new Promise<T | undefined>((answer) => {
      this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), answer]);
      if (!this.#turning) void this.#turn();
    });
    return found ?? this.#byId(id);
  }

  async #byId(id: string): Promise<T | undefined> {
    this.#single++;
    const object = await this.source.byId(id);
    if (object !== undefined && this.#first.size < FIRST) this.#first.set(id, object);
    return object;
  }

  /** Asks for pages while somebody waits and they are worth it. Whoever waits then is sent to ask by id. */
  async #turn(): Promise<void> {
    this.#turning = true;
    try {
      while (this.#waiting.size > 0 && !this.#over && this.#mayTurn()) {
        this.#pages ??= this.source.pages([...this.#first.values()]);
        const page = await this.#pages.next();
        if (page.done) this.#finish();
        else if (this.source.writes() > 0 || !this.#agrees(page.value)) this.#end();
        else if (this.#show(page.value) < WORTH) this.#vain++;
      }
    } catch {
      // Whatever is wrong, the reads by id say it of the object that it is about.
      this.#end();
    } finally {
      this.#turning = false;
      for (const id of [...this.#waiting.keys()]) this.#answer(id, undefined);
    }
  }

  #mayTurn(): boolean {
    return this.#vain <= this.#single / FIRST;
  }

  /** Answers who waits; keeps the rest. */
  #show(items: { id: string; item: T }[]): number {
    let answered = 0;
    for (const { id, item } of items) {
      if (this.#waiting.has(id)) {
        answered++;
        this.#answer(id, item);
      } else this.#shown.set(id, item);
    }
    return answered;
  }

  #answer(id: string, shown: T | undefined): void {
    for (const answer of this.#waiting.get(id) ?? []) answer(shown);
    this.#waiting.delete(id);
  }

  /** A list may lag behind what it is a list of. */
  #agrees(items: { id: string; item: T }[]): boolean {
    return items.every(({ id, item }) => !this.#first.has(id) || isDeepStrictEqual(item, this.#first.get(id)));
  }

  /** The list has come to its end: what it has shown stays good. */
  #finish(): void {
    this.#over = true;
  }

  #end(): void {
    this.#over = true;
    this.#shown.clear();
    this.#first.clear();
  }
}

/** Reads by id before a list is looked into; and one page that answers too few for each so many of them. */
const FIRST = 10;

/** Answers that make a page worth its request. */
const WORTH = 2;

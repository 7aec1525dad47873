import { isDeepStrictEqual } from "node:util";
import { type Items, together } from "./pages";

/** Where objects of one kind are read. */
export interface Source<T> {
  /** One, as the API answers for its id; undefined where it says that there is none. */
  byId(id: string): Promise<T | undefined>;
  /**
   * The list that they stand in, a page at a time. It may leave out what cannot be asked for, and go by the `first`
   * ones (those that were read by id before). Where `all` is used it may not.
   */
  pages(first: T[]): AsyncGenerator<Items<T>>;
  /** How many writes this process has begun. */
  writes(): number;
}

/**
 * The reads of a refresh: a thousand objects in a handful of requests. The `few` first ones go by id, as a single one
 * would. When more are asked for at a time, pages of the list answer what waits by then and what asks later.
 *
 * A list counts only for what it shows; what it does not show is asked for by id. Everything is asked for by id once
 * the list and a read by id differ, or once anything is written. Pages that bring nothing (ten accounts of twenty
 * thousand) stay a small part of all requests. Where pages answer many, the next one is requested before it is waited
 * for.
 */
export class BatchedReader<T> {
  readonly #shown = new Map<string, T>();
  readonly #waiting = new Map<string, ((shown: T | undefined) => void)[]>();
  /** What the first reads answered, to compare with what the list says of the same objects. */
  readonly #first = new Map<string, T>();
  /** All that the pages so far have shown, until the list has come to its end or is not believed any more. */
  #listed: Map<string, T> | undefined = new Map();
  #pages: AsyncGenerator<Items<T>> | undefined;
  /** Reads by id, those of them that are not answered yet, pages, and reads that pages have answered. */
  #single = 0;
  #underWay = 0;
  #turned = 0;
  #answered = 0;
  #turning: Promise<void> | undefined;
  #wholeWanted = false;
  #ended: "complete" | "not believed" | undefined;

  constructor(
    private readonly source: Source<T>,
    private readonly few = FEW,
    /** So many in all go by id even where several of them wait for each other. */
    private readonly notWorthAPage = TEN,
  ) {}

  async get(id: string): Promise<T | undefined> {
    this.#doubt();
    const shown = this.#shown.get(id);
    if (shown !== undefined) {
      // Whoever asks again wants to know what has become of it since.
      this.#shown.delete(id);
      this.#answered++;
      if (this.#isWorthAnother()) void this.#turn();
      return shown;
    }
    if (this.#ended !== undefined || this.#single < this.few || !this.#mayTurn()) return this.#byId(id);
    const answer = new Promise<T | undefined>((resolve) => {
      this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), resolve]);
    });
    void this.#turn();
    return (await answer) ?? this.#byId(id);
  }

  /** The whole list: what `get` has had of it is not asked for twice. */
  async all(): Promise<T[]> {
    this.#doubt();
    while (this.#ended === undefined) {
      this.#wholeWanted = true;
      await this.#turn();
    }
    if (this.#listed) return [...this.#listed.values()];
    return together(this.source.pages([]));
  }

  async #byId(id: string): Promise<T | undefined> {
    this.#single++;
    this.#underWay++;
    const object = await this.source.byId(id).finally(() => this.#underWay--);
    if (object !== undefined && this.#first.size < this.few) this.#first.set(id, object);
    return object;
  }

  #turn(): Promise<void> {
    return (this.#turning ??= this.#turnPages());
  }

  /** Asks for pages while somebody waits and they are worth it. Who still waits then is sent to ask by id. */
  async #turnPages(): Promise<void> {
    try {
      // A single read is one by id, and so are ten in all. Where there are many, the next ones come in a moment: those that
      // the answers of the ones under way make room for.
      for (let moments = 0; this.#areFew() && !this.#wholeWanted && moments < MOMENTS; moments++) {
        const last = this.#underWay === 0;
        await new Promise((come) => setTimeout(come, 20));
        if (last) break;
      }
      const alone = this.#areFew();
      while (
        this.#ended === undefined &&
        (this.#wholeWanted || this.#isWorthAnother() || (!alone && this.#waiting.size > 0 && this.#mayTurn()))
      ) {
        this.#pages ??= this.source.pages([...this.#first.values()]);
        this.#turned++;
        const page = await this.#pages.next();
        this.#doubt();
        if (this.#ended !== undefined) break;
        if (page.done) this.#ended = "complete";
        else if (!this.#agrees(page.value)) this.#end();
        else this.#show(page.value);
      }
    } catch {
      // Whatever is wrong, a read by id reports it for the object that it is about. A list that is asked for whole is
      // asked anew.
      this.#end();
    }
    for (const id of [...this.#waiting.keys()]) this.#answer(id, undefined);
    // In the same moment: who comes next has to find that nobody turns pages any more.
    this.#turning = undefined;
  }

  #areFew(): boolean {
    return this.#waiting.size < 2 || this.#single + this.#waiting.size <= this.notWorthAPage;
  }

  /** A page is worth its request when it answers two; of others there are two, and one more for every ten reads by id. */
  #mayTurn(): boolean {
    return this.#turned < 2 + this.#answered / 2 + this.#single / 10;
  }

  /** Pages that have answered so many each are followed by the next one before anybody has to wait for it. */
  #isWorthAnother(): boolean {
    return this.#ended === undefined && this.#turned > 0 && this.#answered >= AHEAD * this.#turned;
  }

  /** Answers who waits; keeps the rest. */
  #show(items: Items<T>): void {
    for (const { id, item } of items) {
      this.#listed?.set(id, item);
      if (this.#waiting.has(id)) {
        this.#answered++;
        this.#answer(id, item);
      } else this.#shown.set(id, item);
    }
  }

  #answer(id: string, shown: T | undefined): void {
    for (const resolve of this.#waiting.get(id) ?? []) resolve(shown);
    this.#waiting.delete(id);
  }

  /** A list may lag behind what it is a list of. */
  #agrees(items: Items<T>): boolean {
    return items.every(
      ({ id, item }) => !this.#first.has(id) || isDeepStrictEqual(item, this.#first.get(id)),
    );
  }

  /** After a write, what was read before it tells nothing any more. */
  #doubt(): void {
    if (this.source.writes() > 0) this.#end();
  }

  #end(): void {
    this.#ended = "not believed";
    this.#listed = undefined;
    this.#shown.clear();
    this.#first.clear();
  }
}

/** Reads by id before a list is looked into. */
const FEW = 8;

/** Of 20 ms each: what is waited for at most, for more reads to come. */
const MOMENTS = 15;

/** Accounts that are not looked for in a list, which may be one of twenty thousand. */
const TEN = 10;

/** Of a page's two hundred objects: reads that it answers before the next page is asked for ahead of them. */
const AHEAD = 50;

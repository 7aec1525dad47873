import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { AvailabilityCache } from "../../../provider/nylas/availabilityCache";
import { type Grant } from "../../../provider/nylas/api";

/** An application whose accounts are listed the newest first, and a clock that is set by hand. */
class Application {
  accounts: Grant[] = [];
  /** Milliseconds; accounts count in seconds. */
  time = 1_790_000_000_000;
  pages = 0;
  order: "newest first" | "oldest first" | "any" = "newest first";
  pageSize = 200;
  failing = false;
  /** Runs before each page is put together. */
  meanwhile: () => void = () => undefined;

  make(email: string, createdAt = Math.floor(this.time / 1000)): Grant {
    const grant = { id: `g-${email}`, email, createdAt } as Grant;
    this.accounts.push(grant);
    return grant;
  }

  book(enough?: number): AvailabilityCache {
    const clock = { today: () => "2026-11-28", now: () => this.time, sleep: () => Promise.resolve() };
    return new AvailabilityCache(() => this.#pages(), clock, enough);
  }

  async *#pages() {
    for (let from = 0; ; from += this.pageSize) {
      await new Promise(setImmediate);
      this.meanwhile();
      if (this.failing) throw new Error("no list today");
      this.pages++;
      const sorted = this.#sorted().slice(from, from + this.pageSize);
      yield sorted.map((item) => ({ id: item.id, item }));
      if (sorted.length < this.pageSize) return;
    }
  }

  #sorted(): Grant[] {
    const sorted = this.accounts.map((account, index) => ({ account, index }));
    if (this.order === "any") sorted.sort((a, b) => hash(a.account.email) - hash(b.account.email));
    else sorted.sort((a, b) => b.account.createdAt - a.account.createdAt || b.index - a.index);
    if (this.order === "oldest first") sorted.reverse();
    return sorted.map(({ account }) => account);
  }
}

const hash = (text: string) => createHash("sha256").update(text).digest().readUInt32BE();

describe("which addresses are free", () => {
  it("is one look at the list for creates that come together", async () => {
    const application = new Application();
    application.make("a@x.example");
    const book = application.book();
    const answers = await Promise.all(
      ["A@x.example", "b@x.example", "c@x.example"].map((email) => book.look(email)),
    );
    assert.deepEqual(
      answers.map(({ free }) => free),
      [false, true, true],
    );
    assert.equal(application.pages, 1);
  });

  it("is looked at again after half a second", async () => {
    const application = new Application();
    const book = application.book();
    assert.deepEqual(await book.look("a@x.example"), { free: true, listedNone: true });
    application.make("a@x.example");
    application.time += 450;
    assert.equal((await book.look("a@x.example")).free, true);
    application.time += 100;
    assert.deepEqual(await book.look("a@x.example"), { free: false, listedNone: false });
  });

  it("knows the accounts that were made here at once, whatever a list that was under way shows", async () => {
    const application = new Application();
    const book = application.book();
    const looking = book.look("b@x.example");
    book.add({ id: "1", email: "A@x.example", createdAt: 1 } as Grant);
    await looking;
    assert.equal((await book.look("a@x.example")).free, false);
  });

  it("is looked at again after the first account, where the list showed none at all", async () => {
    const application = new Application();
    const book = application.book();
    assert.equal((await book.look("a@x.example")).listedNone, true);
    application.time += 10;
    book.add(application.make("a@x.example"));
    application.time += 10;
    assert.deepEqual(await book.look("b@x.example"), { free: true, listedNone: false });
    await book.look("c@x.example");
    assert.equal(application.pages, 2);
  });

  it("reads of a long list only what is new", async () => {
    const application = new Application();
    for (let n = 0; n < 1000; n++) application.make(`a${n}@x.example`, 1_700_000_000 + n);
    const book = application.book();
    await book.look("z@x.example");
    assert.equal(application.pages, 6);
    application.time += 3_000;
    application.make("new@x.example");
    assert.equal((await book.look("new@x.example")).free, false);
    assert.equal((await book.look("a0@x.example")).free, false);
    assert.equal(application.pages, 7);
  });

  it("reads a list that does not come with the newest first to its end", async () => {
    const orders = ["oldest first", ...Array<"any">(20).fill("any")] as const;
    for (const [turn, order] of orders.entries()) {
      const application = new Application();
      application.order = order;
      application.pageSize = 20;
      for (let n = 0; n < 150; n++) application.make(`a${n}-${turn}@x.example`, 1_700_000_000 + n * 60);
      const book = application.book();
      await book.look("z@x.example");
      application.time += 3_000;
      application.make("new@x.example");
      assert.equal((await book.look("new@x.example")).free, false, `${order} ${turn}`);
    }
  });

  it("reads a short list to its end, which may stand in order by chance", async () => {
    const application = new Application();
    application.order = "any";
    application.pageSize = 1;
    const emails = ["a@x.example", "b@x.example", "c@x.example"].sort((a, b) => hash(a) - hash(b));
    application.make(emails[0]!, 1_700_000_900);
    application.make(emails[1]!, 1_700_000_000);
    const book = application.book();
    await book.look("z@x.example");
    application.time += 3_000;
    application.make(emails[2]!);
    assert.equal((await book.look(emails[2]!)).free, false);
  });

  it("tells what began after it was asked, however long the list takes", async () => {
    const application = new Application();
    application.order = "any";
    for (let n = 0; n < 500; n++) application.make(`a${n}@x.example`);
    application.meanwhile = () => (application.time += 5_000);
    const book = application.book();
    assert.equal((await book.look("z@x.example")).free, true);
    assert.equal(application.pages, 3);
  });

  it("is looked at anew once something was done that nobody knows the outcome of, under way or not", async () => {
    const application = new Application();
    const book = application.book();
    await book.look("a@x.example");
    application.make("a@x.example");
    book.forget();
    assert.equal((await book.look("a@x.example")).free, false);
    application.time += 3_000;
    const looking = book.look("b@x.example");
    application.meanwhile = () => {
      application.meanwhile = () => undefined;
      book.forget();
    };
    const pages = application.pages;
    await looking;
    assert.equal(application.pages, pages + 2);
  });

  it("fails where the list does, and is asked again", async () => {
    const application = new Application();
    application.failing = true;
    const book = application.book();
    await assert.rejects(book.look("a@x.example"), /no list today/);
    application.failing = false;
    assert.equal((await book.look("a@x.example")).free, true);
  });

  it("is never said of an address that was taken half a second ago, whoever took it and in whatever order lists come", async () => {
    const make = fc.record({
      do: fc.constant("make" as const),
      who: fc.nat(40),
      skew: fc.integer({ min: -3, max: 3 }),
    });
    const step = fc.oneof(
      { weight: 4, arbitrary: make },
      { weight: 2, arbitrary: fc.record({ do: fc.constant("look" as const), who: fc.nat(40) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), milliseconds: fc.nat(9_000) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const), who: fc.nat(40) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("forget" as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("newest first" as const, "oldest first" as const, "any" as const),
        fc.integer({ min: 1, max: 7 }),
        fc.array(step, { maxLength: 100, size: "max" }),
        async (order, pageSize, steps) => {
          const application = new Application();
          application.order = order;
          application.pageSize = pageSize;
          // Where lists come in order, few accounts are enough to go on from.
          const book = application.book(order === "newest first" ? 1 : undefined);
          const takenAt = new Map<string, number>();
          for (const each of steps) {
            if (each.do === "wait") application.time += each.milliseconds;
            else if (each.do === "forget") book.forget();
            else {
              const email = `a${each.who}@x.example`;
              if (each.do === "make" && !takenAt.has(email)) {
                takenAt.set(email, application.time);
                // The machines that make accounts do not agree on the time to the second.
                application.make(email, Math.floor(application.time / 1000) + each.skew);
              } else if (each.do === "end") {
                takenAt.delete(email);
                application.accounts = application.accounts.filter((account) => account.email !== email);
              } else if (each.do === "look") {
                const { free } = await book.look(email);
                const taken = takenAt.get(email);
                if (taken !== undefined && application.time - taken > 500) assert.equal(free, false, email);
              }
            }
          }
          application.time += 501;
          for (const email of takenAt.keys()) assert.equal((await book.look(email)).free, false, email);
        },
      ),
      { numRuns: 500 },
    );
  });
});

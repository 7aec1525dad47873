import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { JustWritten } from "../../../provider/nylas/justWritten";
import { BatchedReader } from "../../../provider/nylas/batchedReader";
import { reading, type Sender } from "../../../provider/nylas/routes/calls";

interface Thing {
  id: string;
  value: number;
}

/** A remote side with a number of things, whose list shows what it is told to show. */
class Remote {
  readonly things = new Map<string, Thing>();
  listed: Thing[] = [];
  readonly asked: string[] = [];
  writes = 0;
  pageSize = 200;
  failing = false;
  /** How long a read by id takes, by how many came before it; none by default. */
  millisecondsOf: ((before: number) => number) | undefined;

  constructor(count: number) {
    for (let n = 0; n < count; n++) this.things.set(`t${n}`, { id: `t${n}`, value: n });
    this.listed = [...this.things.values()];
  }

  reads(few?: number): BatchedReader<Thing> {
    return new BatchedReader<Thing>(
      {
        byId: async (id) => {
          const before = this.asked.push(id) - 1;
          if (this.millisecondsOf) await sleep(this.millisecondsOf(before));
          else await Promise.resolve();
          return this.things.get(id);
        },
        pages: () => this.#pages(),
        writes: () => this.writes,
      },
      few,
    );
  }

  async *#pages() {
    for (let from = 0; from < this.listed.length; from += this.pageSize) {
      this.asked.push(`page ${from / this.pageSize}`);
      await new Promise(setImmediate);
      if (this.failing) throw new Error("no list today");
      yield this.listed.slice(from, from + this.pageSize).map((item) => ({ id: item.id, item }));
    }
  }

  /** As an engine refreshes: so many at a time, in the order of the state. */
  async refresh(ids: string[], reads = this.reads(), width = 8): Promise<Map<string, Thing | undefined>> {
    const left = [...ids];
    const seen = new Map<string, Thing | undefined>();
    await Promise.all(
      Array.from({ length: width }, async () => {
        for (let id = left.shift(); id !== undefined; id = left.shift()) seen.set(id, await reads.get(id));
      }),
    );
    return seen;
  }
}

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `t${n + from}`);

describe("the reads of a refresh", () => {
  it("of a thousand take eight by id and the pages that they stand on", async () => {
    const remote = new Remote(1000);
    const seen = await remote.refresh(ids(1000));
    assert.ok([...seen].every(([id, thing]) => thing?.id === id));
    assert.deepEqual(
      remote.asked.filter((asked) => asked.startsWith("page")),
      ["page 0", "page 1", "page 2", "page 3", "page 4"],
    );
    assert.equal(remote.asked.length, 13);
  });

  it("of a thousand take no more by id when the answers come one by one", async () => {
    const remote = new Remote(1000);
    remote.millisecondsOf = (before) => 60 + 30 * before;
    await remote.refresh(ids(1000));
    assert.deepEqual(remote.asked.slice(0, 9), [...ids(8), "page 0"]);
    assert.equal(remote.asked.length, 13);
  });

  it("of a family whose list is read in any case ask for it at once, beside the first of them", async () => {
    const sender = { http: { writes: 0 }, deleted: new JustWritten({ now: () => 0 }) } as unknown as Sender;
    const owned = ids(4).map((id) => ({ id, applicationId: "app" }));
    const never = new Promise<never>(() => undefined);
    const asked: string[] = [];
    const { getAmongMany } = reading(
      sender,
      (id) => `/${id}`,
      (id) => {
        asked.push(id);
        return never;
      },
      async function* () {
        asked.push("page");
        yield await Promise.resolve(owned.map((item) => ({ id: item.id, item })));
      },
    );
    const [, ...others] = ids(4).map((id) => getAmongMany(id));
    assert.deepEqual(await Promise.all(others), owned.slice(1));
    assert.deepEqual(asked, ["t0", "page"]);
  });

  it("of ten among twenty thousand stay ten", async () => {
    const remote = new Remote(20_000);
    await remote.refresh(ids(10, 19_000));
    assert.deepEqual(remote.asked, ids(10, 19_000));
  });

  it("of some among many that stand far back cost a tenth more than one by one", async () => {
    const remote = new Remote(20_000);
    const seen = await remote.refresh(ids(500, 19_500));
    assert.equal([...seen.values()].filter(Boolean).length, 500);
    assert.ok(remote.asked.length <= 550 + 3, `${remote.asked.length}`);
  });

  it("of a thousand whose order nobody knows take hardly more", async () => {
    const remote = new Remote(1000);
    const order = (n: number) => (n * 617) % 1000;
    remote.listed.sort((a, b) => order(a.value) - order(b.value));
    await remote.refresh(ids(1000));
    assert.ok(remote.asked.length <= 25, `${remote.asked.length}`);
  });

  it("of a handful never look into a list", async () => {
    const remote = new Remote(5);
    await remote.refresh(ids(5));
    assert.deepEqual(remote.asked, ids(5));
  });

  it("ask by id for what the list does not show, before it is called gone", async () => {
    const remote = new Remote(100);
    remote.listed = remote.listed.filter(({ value }) => value % 3 !== 0);
    remote.things.delete("t90");
    const seen = await remote.refresh(ids(100));
    assert.deepEqual(
      [...seen].filter(([, thing]) => thing === undefined).map(([id]) => id),
      ["t90"],
    );
    assert.ok(remote.asked.includes("t90") && remote.asked.includes("t60"));
  });

  it("drop what was shown at the first write", async () => {
    const remote = new Remote(300);
    const reads = remote.reads();
    await remote.refresh(ids(100), reads);
    const before = remote.asked.length;
    remote.writes++;
    remote.things.set("t150", { id: "t150", value: -1 });
    assert.equal((await reads.get("t150"))?.value, -1);
    await remote.refresh(ids(50, 200), reads);
    assert.deepEqual(remote.asked.slice(before), ["t150", ...ids(50, 200)]);
  });

  it("do not use a page that was under way when something was written", async () => {
    const remote = new Remote(300);
    const reads = remote.reads();
    await remote.refresh(ids(9), reads);
    const reading = Promise.all(ids(8, 9).map((id) => reads.get(id)));
    await Promise.resolve();
    remote.writes++;
    for (const id of ids(8, 9)) remote.things.set(id, { id, value: -1 });
    assert.ok((await reading).every((thing) => thing?.value === -1));
  });

  it("believe no list that shows an object other than its own read did", async () => {
    const remote = new Remote(300);
    remote.listed = remote.listed.map((thing) => ({ ...thing, value: -1 }));
    const seen = await remote.refresh(ids(300));
    assert.ok([...seen.values()].every((thing) => thing!.value >= 0));
    assert.equal(remote.asked.filter((asked) => asked.startsWith("page")).length, 1);
  });

  it("go by id where there is no list to be had", async () => {
    const remote = new Remote(50);
    remote.failing = true;
    const seen = await remote.refresh(ids(50));
    assert.ok([...seen].every(([id, thing]) => thing?.id === id));
    assert.equal(remote.asked.filter((asked) => asked.startsWith("page")).length, 1);
  });

  it("ask again for what is asked for twice", async () => {
    const remote = new Remote(100);
    const reads = remote.reads();
    await remote.refresh(ids(50), reads);
    remote.things.set("t40", { id: "t40", value: -1 });
    assert.equal((await reads.get("t40"))?.value, -1);
  });

  it("share the whole list with who wants it whole", async () => {
    const remote = new Remote(450);
    const reads = remote.reads(1);
    const [, all, again] = await Promise.all([remote.refresh(ids(450), reads), reads.all(), reads.all()]);
    assert.deepEqual(
      [all, again].map((list) => list.map(({ id }) => id)),
      [ids(450), ids(450)],
    );
    assert.deepEqual(remote.asked, ["t0", "page 0", "page 1", "page 2"]);
    remote.writes++;
    remote.listed.pop();
    assert.equal((await reads.all()).length, 449);
  });

  it("fail with the error of the list for who wants it whole", async () => {
    const remote = new Remote(10);
    remote.failing = true;
    await assert.rejects(remote.reads(1).all(), /no list today/);
  });

  it("answer what stands there, whatever the list leaves out, in any order and number at once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 16 }),
        fc.array(fc.nat(130), { maxLength: 150 }),
        fc.array(fc.nat(120), { maxLength: 60 }),
        fc.option(fc.nat(100), { nil: undefined }),
        async (count, pageSize, width, wanted, hidden, writeAt) => {
          const remote = new Remote(count);
          remote.pageSize = pageSize;
          remote.listed = remote.listed.filter(({ value }) => !hidden.includes(value)).reverse();
          const reads = remote.reads();
          const left = wanted.map((n) => `t${n}`);
          let done = 0;
          await Promise.all(
            Array.from({ length: width }, async () => {
              for (let id = left.shift(); id !== undefined; id = left.shift()) {
                const began = remote.writes;
                const thing = await reads.get(id);
                // What was asked for before the write may be told as it was before or after.
                const now = remote.things.get(id);
                if (began === remote.writes) assert.deepEqual(thing, now);
                if (done++ === writeAt) {
                  remote.writes++;
                  for (const each of remote.things.values())
                    remote.things.set(each.id, { ...each, value: -each.value - 1 });
                }
              }
            }),
          );
          assert.ok(
            remote.asked.length <= wanted.length * 1.1 + 4,
            `${remote.asked.length} of ${wanted.length}`,
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});

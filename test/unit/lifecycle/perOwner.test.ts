import { strict as assert } from "node:assert";
import { perOwner, withLock } from "../../../provider/lifecycle/perOwner";

describe("perOwner", () => {
  it("makes a value once for each owner, from the owner, and keeps undefined too", () => {
    const made: string[] = [];
    const of = perOwner(({ name }: { name: string }) => {
      made.push(name);
      return name === "none" ? undefined : [name];
    });
    const [a, none] = [{ name: "a" }, { name: "none" }];
    assert.equal(of(a), of(a));
    assert.notEqual(of(a), of({ name: "a" }));
    assert.equal(of(none), undefined);
    assert.equal(of(none), undefined);
    assert.deepEqual(made, ["a", "a", "none"]);
  });

  it("keeps nothing of a make that throws", () => {
    let tries = 0;
    const of = perOwner(() => {
      if (++tries === 1) throw new Error("not yet");
      return tries;
    });
    const owner = {};
    assert.throws(() => of(owner), /not yet/);
    assert.equal(of(owner), 2);
    assert.equal(of(owner), 2);
  });
});

describe("withLock", () => {
  /** Runs that end when the test says so; `log` has what began and ended. */
  function runs() {
    const log: string[] = [];
    const ends = new Map<string, (error?: Error) => void>();
    const run = (name: string) => () =>
      new Promise<string>((resolve, reject) => {
        log.push(`+${name}`);
        ends.set(name, (error) => {
          log.push(`-${name}`);
          if (error) reject(error);
          else resolve(name);
        });
      });
    const end = async (name: string, error?: Error) => {
      ends.get(name)!(error);
      await settle();
    };
    return { log, run, end };
  }

  const settle = () => new Promise((resolve) => setImmediate(resolve));

  it("runs one after the other, in the order of the calls, and gives each its own result", async () => {
    const { log, run, end } = runs();
    const owner = {};
    const results = ["a", "b", "c"].map((name) => withLock(owner, "key", run(name)));
    await settle();
    assert.deepEqual(log, ["+a"]);
    for (const name of ["a", "b", "c"]) await end(name);
    assert.deepEqual(log, ["+a", "-a", "+b", "-b", "+c", "-c"]);
    assert.deepEqual(await Promise.all(results), ["a", "b", "c"]);
  });

  it("goes on after a run that failed, and only that run's caller hears of it", async () => {
    const { log, run, end } = runs();
    const owner = {};
    const first = assert.rejects(withLock(owner, "key", run("a")), /refused/);
    const second = withLock(owner, "key", run("b"));
    await settle();
    await end("a", new Error("refused"));
    await first;
    await end("b");
    assert.equal(await second, "b");
    assert.deepEqual(log, ["+a", "-a", "+b", "-b"]);
  });

  it("holds up neither another key nor another owner", async () => {
    const { log, run } = runs();
    const owner = {};
    void withLock(owner, "key", run("a"));
    void withLock(owner, "other key", run("b"));
    void withLock({}, "key", run("c"));
    await settle();
    assert.deepEqual(log, ["+a", "+b", "+c"]);
  });

  it("is free again once the last run is over", async () => {
    const { log, run, end } = runs();
    const owner = {};
    void withLock(owner, "key", run("a"));
    await settle();
    await end("a");
    void withLock(owner, "key", run("b"));
    await settle();
    assert.deepEqual(log, ["+a", "-a", "+b"]);
  });
});

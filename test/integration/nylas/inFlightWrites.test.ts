import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InFlightWrites } from "../../../provider/nylas/inFlightWrites";
import { startOfProcess } from "../../../provider/processes";
import { instantClock } from "../../unit/nylas/remote";

const URL = "https://api.us.nylas.com";

describe("a write that is under way", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(join(tmpdir(), "under-way-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** A process that has ended, so that its number is nobody's. */
  const dead = () => spawnSync(process.execPath, ["-e", ""]).pid;
  /** A process that lives, as every test has one. */
  const alive = process.ppid;
  const never = () => new Promise<void>(() => undefined);
  /** How long the next run waits, in seconds of its clock, and what it says. */
  const next = async (url = URL) => {
    const clock = instantClock();
    const began = clock.now();
    const run = new InFlightWrites(folder, process.pid);
    const said: string[] = [];
    run.report = (message) => said.push(message);
    await run.landed(url, clock);
    return { seconds: Math.round((clock.now() - began) / 1000), said };
  };

  it("of a process that was killed is waited for as long as Nylas may work on it, and said", async () => {
    const pid = dead();
    void new InFlightWrites(folder, pid).during(URL, never);
    const { seconds, said } = await next();
    assert.equal(seconds, 120);
    assert.equal(said.length, 1);
    assert.match(said[0]!, new RegExp(`process ${pid}.*at most 120 s, so that nothing is made twice`));
  });

  it("of a process whose engine is gone is waited for, though the process lives; and no longer than until its answer", async () => {
    const orphan = new InFlightWrites(folder, alive);
    let answer!: () => void;
    const writing = orphan.during(URL, () => new Promise<void>((resolve) => (answer = resolve)));
    assert.equal((await next()).seconds, 0, "its engine is there: it is somebody's ordinary run");
    orphan.orphan();
    assert.equal((await next()).seconds, 120);
    answer();
    await writing;
    assert.deepEqual(await next(), { seconds: 0, said: [] });
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it("keeps its note until the last one has its answer, whether that is good or bad", async () => {
    const run = new InFlightWrites(folder, alive);
    const ends: ((error?: Error) => void)[] = [];
    const write = () =>
      run.during(
        URL,
        () => new Promise<void>((resolve, reject) => ends.push((e) => (e ? reject(e) : resolve()))),
      );
    const [first, second] = [write(), write()];
    ends[0]!(new Error("refused"));
    await assert.rejects(first, /refused/);
    assert.equal(fs.readdirSync(folder).length, 1);
    ends[1]!();
    await second;
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  describe("A4: a number of a process is given again", () => {
    /** As if the note's writer had died, and the system had given its number to another process. */
    const givenTo = (pid: number) => {
      void new InFlightWrites(folder, dead()).during(URL, never);
      const [name] = fs.readdirSync(folder);
      const renamed = name!.replace(/-\d+-\d+-/, `-${pid}-${Number(startOfProcess(pid)) + 1}-`);
      fs.renameSync(join(folder, name!), join(folder, renamed));
    };
    /** The note of a release before, which tells no start. */
    const ofBefore = (pid: number) => {
      void new InFlightWrites(folder, dead()).during(URL, never);
      const [name] = fs.readdirSync(folder);
      fs.renameSync(join(folder, name!), join(folder, `${name!.split("-")[0]}-${pid}`));
    };

    for (const [whose, pid] of [
      ["another process", alive],
      ["the next run itself", process.pid],
    ] as const) {
      it(`to ${whose}: the write is waited for`, async function () {
        if (startOfProcess(pid) === "0") return this.skip();
        givenTo(pid);
        assert.equal((await next()).seconds, 120);
      });

      it(`and a note of a release before, with the number of ${whose}, is waited for until it is old`, async () => {
        ofBefore(pid);
        assert.equal((await next()).seconds, 120);
        const [file] = fs.readdirSync(folder).map((name) => join(folder, name));
        const old = new Date(Date.now() - 121_000);
        fs.utimesSync(file!, old, old);
        assert.equal((await next()).seconds, 0);
        assert.deepEqual(fs.readdirSync(folder), []);
      });
    }

    it("and this process does not wait for its own write", async () => {
      const run = new InFlightWrites(folder, process.pid);
      void run.during(URL, never);
      const clock = instantClock();
      const began = clock.now();
      await run.landed(URL, clock);
      assert.equal(clock.now(), began);
    });
  });

  it("A4: of a plugin whose engine is gone is waited for before the plugin has noticed", async () => {
    const engine = createServer().listen(0, "127.0.0.1");
    await once(engine, "listening");
    const run = new InFlightWrites(folder, alive);
    run.engine = `127.0.0.1:${(engine.address() as AddressInfo).port}`;
    void run.during(URL, never);
    assert.equal((await next()).seconds, 0, "its engine is there");
    engine.close();
    await once(engine, "close");
    assert.equal((await next()).seconds, 120);
  });

  it("elsewhere is nobody's business here", async () => {
    void new InFlightWrites(folder, dead()).during("https://api.eu.nylas.com", never);
    assert.equal((await next()).seconds, 0);
  });

  it("that is older than any request is no longer waited for, and its note is removed", async () => {
    void new InFlightWrites(folder, dead()).during(URL, never);
    const [file] = fs.readdirSync(folder).map((name) => join(folder, name));
    const old = new Date(Date.now() - 121_000);
    fs.utimesSync(file!, old, old);
    assert.deepEqual(await next(), { seconds: 0, said: [] });
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it("whose note is from the future, because the clock was set back, holds nobody up for longer", async () => {
    void new InFlightWrites(folder, dead()).during(URL, never);
    const [file] = fs.readdirSync(folder).map((name) => join(folder, name));
    const later = new Date(Date.now() + 7 * 3600_000);
    fs.utimesSync(file!, later, later);
    assert.equal((await next()).seconds, 120);
  });

  it("needs no folder that can be written", async () => {
    fs.writeFileSync(join(folder, "file"), "");
    const nowhere = new InFlightWrites(join(folder, "file", "below"), alive);
    assert.equal(await nowhere.during(URL, () => Promise.resolve("written")), "written");
    await nowhere.landed(URL, instantClock());
  });

  it("is looked for once in a process, before its first request", async () => {
    const run = new InFlightWrites(folder, process.pid);
    await run.landed(URL, instantClock());
    void new InFlightWrites(folder, dead()).during(URL, never);
    const clock = instantClock();
    const began = clock.now();
    await run.landed(URL, clock);
    assert.equal(clock.now(), began);
  });
});

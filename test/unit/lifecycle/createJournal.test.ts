import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateJournal } from "../../../provider/core/createJournal";
import { placeOfState } from "../../../provider/hosts/dynamic/place";

const MINUTE = 60_000;
const creation = {
  type: "AgentAccount",
  key: "account bot@agents.example.com@",
  label: "shop/prod/bot",
  scope: "application 1 at https://api.us.nylas.com",
};

describe("the journal of creates (M11)", () => {
  let folder: string;
  let now: number;
  /** A process that is over: no process has such a number. */
  let pid: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "creates-"));
    now = Date.UTC(2026, 10, 28);
    pid = 0x7fff_fff0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const journal = (options: { pid?: number; place?: string; engine?: string } = {}) =>
    new CreateJournal({
      folder,
      pid: options.pid ?? pid--,
      engine: options.engine,
      now: () => now,
      place: () => options.place ?? "/srv/shop on https://api.pulumi.com",
    });
  const files = () => readdirSync(folder).map((name) => join(folder, name));
  const explains = (more: Partial<typeof creation> = {}, id = "g-1", createdAt: number | undefined = now) =>
    journal().explains({ ...creation, ...more }, { id, createdAt });

  it("explains what a killed run was making, with and without its answer", () => {
    journal().begin(creation);
    assert.ok(explains());
    journal().begin(creation).answered("g-1");
    assert.ok(explains());
  });

  it("G3: tells what another program that runs now is making, or has made, and nothing else", () => {
    const running = journal({ pid: process.pid });
    const here = { ...creation, label: "shop/staging/bot" };
    const isBeingMade = (more: Partial<typeof creation> = {}) =>
      journal().isBeingMadeByOther({ ...here, ...more });
    assert.ok(!isBeingMade());
    const noted = running.begin(creation);
    assert.ok(isBeingMade());
    assert.ok(isBeingMade({ key: `${creation.key}eu` }), "by another connection");
    assert.ok(!isBeingMade({ key: "account other@agents.example.com@" }));
    assert.ok(!isBeingMade({ scope: "application 2 at https://api.us.nylas.com" }));
    assert.ok(!journal().isBeingMadeByOther(creation), "its own create is no other's");
    noted.answered("g-1");
    assert.ok(isBeingMade());
    running.begin({ ...creation, key: "account x@agents.example.com@" }).failed();
    assert.ok(!isBeingMade({ key: "account x@agents.example.com@" }));
    running.end();
    assert.ok(!isBeingMade());
    journal().begin(creation);
    assert.ok(!isBeingMade(), "a process that is over makes nothing");
  });

  it("explains nothing of a run that failed or came to its end, and then leaves no file", () => {
    journal().begin(creation).failed();
    assert.ok(!explains());
    const orderly = journal();
    orderly.begin(creation).answered("g-1");
    orderly.end();
    assert.ok(!explains());
    assert.deepEqual(files(), [], "nor of the one that was killed after a failed create");
  });

  it("after an orderly end still explains the create whose answer was lost, and no other", () => {
    const run = journal();
    run.begin(creation);
    run.begin({ ...creation, key: "account other" }).answered("g-2");
    run.end();
    assert.ok(explains());
    assert.ok(!explains({ key: "account other" }, "g-2"));
  });

  for (const [what, other] of Object.entries({
    type: { type: "Policy" },
    "natural key": { key: "account else@agents.example.com@" },
    label: { label: "shop/staging/bot" },
    application: { scope: "application 2 at https://api.us.nylas.com" },
  }))
    it(`explains nothing of another ${what}`, () => {
      journal().begin(creation);
      assert.ok(!explains(other));
    });

  it("explains nothing of another program or backend on the machine", () => {
    journal({ place: "/srv/shop on file:///elsewhere" }).begin(creation);
    assert.ok(!explains());
  });

  it("keeps the entry while another program or backend holds an object of the same key", () => {
    journal().begin(creation);
    const other = journal({ place: "/srv/other on https://api.pulumi.com" });
    other.recorded({ type: creation.type, id: "g-9", key: creation.key });
    other.end();
    assert.ok(explains());
  });

  describe("A5: the same object of another stack", () => {
    /** Another program, another stack or another resource, that makes an object of the same key. */
    const others = {
      "in another folder": { place: "/srv/desk on https://api.pulumi.com", creation },
      "by another address of the API": {
        place: "/srv/desk on https://api.pulumi.com",
        creation: { ...creation, scope: "application 1 at http://proxy.example:8080" },
      },
      "of another name": { place: undefined, creation: { ...creation, label: "shop/dev/bot" } },
    };
    for (const [where, { place, creation: other }] of Object.entries(others)) {
      const theirs = () => journal(place === undefined ? {} : { place });
      const explainsTheirs = () => theirs().explains(other, { id: "g-1", createdAt: now });

      it(`${where}: is not explained by a create that was killed and never arrived`, () => {
        journal().begin(creation);
        const orderly = theirs();
        orderly.begin(other).answered("g-1");
        assert.ok(!explains());
        orderly.end();
        assert.ok(!explains(), "after its orderly end, which leaves no file, too");
        assert.ok(explains({}, "g-2"), "another object is explained as ever");
      });

      it(`${where}: where both were killed, the answer tells, and without one neither is explained`, () => {
        journal().begin(creation);
        const killed = theirs().begin(other);
        assert.deepEqual([explains(), explainsTheirs()], [false, false]);
        killed.answered("g-1");
        assert.deepEqual([explains(), explainsTheirs()], [false, true]);
      });

      it(`${where}: a create that failed claims nothing`, () => {
        journal().begin(creation);
        theirs().begin(other).failed();
        assert.ok(explains());
      });
    }

    it("in another application is another object", () => {
      journal().begin(creation);
      journal({ place: "/srv/desk" })
        .begin({ ...creation, scope: "application 2" })
        .answered("g-1");
      assert.ok(explains());
    });

    it("a create of a release before, which does not say of which object, explains as ever", () => {
      journal().begin(creation);
      const [file] = files();
      const lines = readFileSync(file!, "utf8").split("\n").filter(Boolean);
      const before = lines.map((line) => JSON.stringify((JSON.parse(line) as unknown[]).slice(0, 5)));
      truncateSync(file!, 0);
      appendFileSync(file!, before.join("\n"));
      assert.ok(explains());
      journal().begin(creation).answered("g-1");
      assert.ok(explains());
    });
  });

  it("explains only the id that was answered", () => {
    journal().begin(creation).answered("g-1");
    assert.ok(!explains({}, "g-2"));
  });

  it("explains only what was created in its time, give or take the clocks", () => {
    const began = now;
    journal().begin(creation);
    now += 3 * 60 * MINUTE;
    assert.ok(explains({}, "g-1", began - 4 * MINUTE));
    assert.ok(!explains({}, "g-1", began - 6 * MINUTE), "it was there before");
    assert.ok(explains({}, "g-1", began + 6 * MINUTE));
    assert.ok(!explains({}, "g-1", began + 60 * MINUTE), "the process was long dead");
  });

  it("goes on explaining while the process shows that it lives", () => {
    const began = now;
    const run = journal();
    run.begin(creation);
    now += 30 * MINUTE;
    run.begin({ ...creation, key: "account other" });
    assert.ok(explains({}, "g-1", began + 29 * MINUTE));
  });

  it("expires after a day; without a date of the object after an hour", () => {
    const began = now;
    journal().begin(creation);
    now = began + 59 * MINUTE;
    assert.ok(journal().explains(creation, { id: "g-1", createdAt: undefined }));
    now = began + 61 * MINUTE;
    assert.ok(!journal().explains(creation, { id: "g-1", createdAt: undefined }));
    now = began + 23 * 60 * MINUTE;
    assert.ok(explains({}, "g-1", began));
    now = began + 25 * 60 * MINUTE;
    assert.ok(!explains({}, "g-1", began));
    journal().end();
    assert.deepEqual(files(), [], "what has expired is removed");
  });

  it("explains nothing of a process that is running, until its engine is gone", () => {
    const running = journal({ pid: process.pid });
    running.begin(creation);
    assert.ok(!explains());
    running.orphan();
    assert.ok(explains());
  });

  it("explains what a process that still runs was making, once nobody listens at its engine's address", async () => {
    const engine = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(engine, "listening");
    const address = `127.0.0.1:${(engine.address() as AddressInfo).port}`;
    const byNow = (more: Partial<typeof creation> = {}) =>
      journal().explainsByNow({ ...creation, ...more }, { id: "g-1", createdAt: now });
    journal({ pid: process.pid, engine: address }).begin(creation).answered("g-1");
    assert.ok(!(await byNow()), "its engine is there");
    engine.close();
    await once(engine, "close");
    assert.ok(!(await byNow({ label: "shop/prod/other" })), "another create");
    assert.ok(await byNow());
  });

  it("of a process without the address of an engine, explains nothing while it runs", async () => {
    for (const engine of [undefined, "no address", "127.0.0.1:"]) {
      journal(engine === undefined ? { pid: process.pid } : { pid: process.pid, engine }).begin(creation);
      assert.ok(!(await journal().explainsByNow(creation, { id: "g-1", createdAt: now })));
    }
  });

  it("is not fooled by a later process with the number of a dead one", function () {
    if (process.platform !== "linux") return this.skip();
    journal({ pid: process.pid }).begin(creation);
    const [file] = files();
    const text = readFileSync(file!, "utf8");
    rmSync(file!);
    appendFileSync(join(folder, `creates-${process.pid}-1-abcdef`), text);
    assert.ok(explains());
  });

  it("drops what a later run has seen in the state, by its id, or by its key where no answer came", () => {
    const killed = journal();
    killed.begin(creation).answered("g-1");
    killed.begin({ ...creation, key: "account two" });
    killed.begin({ ...creation, key: "account three" });
    const later = journal();
    later.recorded({ type: "AgentAccount", id: "G-1" });
    later.recorded({ type: "AgentAccount", id: "g-2", key: "account two" });
    later.recorded({ type: "Policy", id: "p-1", key: "account three" });
    assert.ok(explains(), "only when that run has come to its end");
    later.end();
    assert.ok(!explains());
    assert.ok(!explains({ key: "account two" }, "g-2"));
    assert.ok(explains({ key: "account three" }, "g-3"));
  });

  it("of an object that is about to be replaced the key says nothing", () => {
    journal().begin(creation);
    const later = journal();
    later.recorded({ type: "AgentAccount", id: "g-0" });
    later.end();
    assert.ok(explains());
  });

  it("skips torn and strange lines, and goes on with the next", () => {
    const killed = journal();
    killed.begin({ ...creation, key: "account torn" });
    const [file] = files();
    truncateSync(file!, statSync(file!).size - 20);
    killed.begin(creation);
    appendFileSync(file!, '\n{"b":1}\nnull\n["b"]\n["a",99,"x",1]\n["z"]\n\u0000\n["b",0,"');
    assert.ok(explains());
    assert.ok(!explains({ key: "account torn" }));
  });

  it("runs side by side do not disturb each other", () => {
    const [one, two] = [journal(), journal()];
    const first = one.begin(creation);
    two.begin({ ...creation, key: "account two" });
    first.answered("g-1");
    one.end();
    assert.ok(!explains());
    assert.ok(explains({ key: "account two" }, "g-2"));
  });

  it("holds no address, label or id in plain text, and is for its user alone", () => {
    const secret = "nyk_v0_secret";
    const run = journal();
    run.begin({ ...creation, scope: secret }).answered("g-1234567");
    const [file] = files();
    const text = readFileSync(file!, "utf8");
    for (const plain of ["bot@", "agents.example", "shop", "g-1234567", secret])
      assert.ok(!text.includes(plain), text);
    if (process.platform === "win32") return;
    assert.equal(statSync(file!).mode & 0o777, 0o600);
  });

  it("does not believe a file of another user, or a link", function () {
    if (process.getuid?.() !== 0) return this.skip();
    journal().begin(creation);
    spawnSync("chown", ["12345", files()[0]!]);
    assert.ok(!explains());
  });

  it("without a folder that can be written explains nothing, and stops nothing", () => {
    const nowhere = new CreateJournal({ folder: join(process.execPath, "x"), pid });
    const noted = nowhere.begin(creation);
    noted.answered("g-1");
    nowhere.orphan();
    nowhere.end();
    assert.ok(!nowhere.explains(creation, { id: "g-1", createdAt: now }));
    chmodSync(folder, 0o700);
  });

  it("costs a first up of 1,000 accounts less than half a second of the processor", function () {
    this.retries(2);
    const run = journal();
    const began = process.cpuUsage();
    for (let n = 0; n < 1_000; n++) run.begin({ ...creation, key: `account ${n}` }).answered(`g-${n}`);
    for (let n = 0; n < 1_000; n++) run.recorded({ type: "AgentAccount", id: `g-${n}`, key: `account ${n}` });
    run.end();
    const { user, system } = process.cpuUsage(began);
    const took = (user + system) / 1_000;
    assert.ok(took < 500, `${took.toFixed(0)} ms`);
    if (process.env["BENCH"]) console.error(`      1,000 creates noted: ${took.toFixed(0)} ms`);
  });
});

describe("the place of a state", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "place-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const place = (env: NodeJS.ProcessEnv = {}) => placeOfState(folder, { PULUMI_HOME: folder, ...env });

  it("is the folder and the backend: the environment, else the project, else the login, else Pulumi Cloud", () => {
    assert.equal(place(), JSON.stringify([folder, "https://api.pulumi.com"]));
    appendFileSync(join(folder, "credentials.json"), '{"current":"s3://a"}');
    assert.equal(place(), JSON.stringify([folder, "s3://a"]));
    appendFileSync(join(folder, "Pulumi.yaml"), "name: p\nbackend:\n  url: 'file://~' # here\nmain: x\n");
    assert.equal(place(), JSON.stringify([folder, "file://~"]));
    assert.equal(place({ PULUMI_BACKEND_URL: "gs://b" }), JSON.stringify([folder, "gs://b"]));
    assert.equal(place({ PULUMI_BACKEND_URL: "gs://b/?metadata=skip" }), JSON.stringify([folder, "gs://b"]));
  });

  it("reads the other forms of a project file, and takes nothing else for a backend", () => {
    for (const [text, url] of [
      ["backend: { url: s3://x }\n", "s3://x"],
      ['backend:\r\n    url: "s3://y"\r\n', "s3://y"],
      ["config:\n  url: s3://z\n", "https://api.pulumi.com"],
      ["backend:\nmain: x\nother:\n  url: s3://z\n", "https://api.pulumi.com"],
    ]) {
      rmSync(join(folder, "Pulumi.yaml"), { force: true });
      appendFileSync(join(folder, "Pulumi.yaml"), text!);
      assert.equal(place(), JSON.stringify([folder, url]), text);
    }
  });
});

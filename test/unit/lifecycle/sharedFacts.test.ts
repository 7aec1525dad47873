import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { RunLedger } from "../../../provider/core/runLedger";
import { SharedFacts } from "../../../provider/core/sharedFacts";
import { startOfProcess } from "../../../provider/processes";

describe("the ledger that the processes of one operation share", () => {
  let root: string;
  beforeEach(() => (root = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "ledger-")), "runs")));
  afterEach(() => fs.rmSync(path.dirname(root), { recursive: true }));

  const engine = { pid: process.pid, start: startOfProcess(process.pid) };
  // Numbers of processes that run: this one and the one that has started it.
  const PIDS = [process.pid, process.ppid] as const;
  const facts = (pid: number = PIDS[0], of = { address: "127.0.0.1:4000", engine }) =>
    new SharedFacts(of, [root], pid);
  const ledgers = () => [new RunLedger(facts(PIDS[0])), new RunLedger(facts(PIDS[1]))] as const;
  const KEY = "account bot@agents.example.com@side";

  it("tells of a create that has not come, until it has", () => {
    const [one, other] = ledgers();
    one.markPendingCreate(KEY, "project/stack/renamed");
    assert.equal(
      other.pendingCreateOf("account bot@agents.example.com@another key"),
      "project/stack/renamed",
    );
    one.createSucceeded(KEY);
    assert.equal(other.pendingCreateOf(KEY), undefined);
  });

  it("tells who holds an object, and what that declares", () => {
    const [one, other] = ledgers();
    one.bind("AgentAccount 1", { how: "made", label: "project/stack/bot", declared: ["email"] });
    assert.deepEqual(other.boundTo("AgentAccount 1"), {
      how: "made",
      label: "project/stack/bot",
      declared: ["email"],
    });
    other.bind("AgentAccount 1", { how: "recorded", label: "project/stack/other", declared: [] });
    assert.equal(one.boundTo("AgentAccount 1")!.how, "made");
  });

  it("refuses a natural key that two processes declare, also where both claim it at the same moment", () => {
    const [one, other] = ledgers();
    assert.equal(one.claimKey(KEY, "project/stack/one"), undefined);
    assert.equal(other.claimKey(KEY, "project/stack/other"), "project/stack/one");
    // As if this one had not read before it wrote.
    const blind = facts(PIDS[1]);
    blind.add(["label", blind.digest("list x@"), "project/stack/other", "list"]);
    assert.equal(one.claimKey("list x@", "project/stack/one"), "project/stack/other");
  });

  it("tells of updates that were skipped, by the ids that their entries name", () => {
    const [one, other] = ledgers();
    one.markPendingUpdate("workspace project/stack/customer", { policyId: "p-1", ruleIds: ["r-1"] });
    assert.equal(other.skippedDependentOf("r-1"), "workspace project/stack/customer");
    other.updateArrived("workspace project/stack/customer");
    assert.equal(one.skippedDependentOf("r-1"), undefined);
  });

  it("tells the rest of what concerns more than one resource", () => {
    const [one, other] = ledgers();
    one.markReplaced("Policy 1");
    one.markWordRevoked("Policy 2");
    one.markDeclared(KEY);
    one.markInState("Policy 3");
    one.markRead(KEY);
    one.markReleasing("Policy 4", "project/stack/leaving");
    one.markCreateStarted("project/stack/next");
    one.recordClaim(KEY, { label: "project/stack/bot", how: "new" });
    assert.deepEqual(
      [
        other.isReplaced("Policy 1"),
        other.isWordRevoked("Policy 2"),
        other.isDeclared(KEY),
        other.isInState("Policy 3"),
        other.isRead(KEY),
        other.hasCreateStarted("project/stack/next"),
      ],
      [true, true, true, true, true, true],
    );
    assert.equal(other.releasedBy("Policy 4"), "project/stack/leaving");
    assert.deepEqual(other.claimOf(KEY), { label: "project/stack/bot", how: "new" });
  });

  it("keeps keys and ids out of its files, which nobody else can read", () => {
    const [one] = ledgers();
    one.markPendingCreate(KEY, "project/stack/renamed");
    one.bind("AgentAccount 0d51c2", { how: "made", label: undefined, declared: ["email"] });
    const [folder] = fs.readdirSync(root);
    assert.equal(fs.statSync(path.join(root, folder!)).mode & 0o777, 0o700);
    const [file] = fs.readdirSync(path.join(root, folder!));
    assert.equal(fs.statSync(path.join(root, folder!, file!)).mode & 0o777, 0o600);
    assert.doesNotMatch(fs.readFileSync(path.join(root, folder!, file!), "utf8"), /agents\.example|0d51c2/);
  });

  it("is removed by the last process that ends", () => {
    const [one, other] = [facts(PIDS[0]), facts(PIDS[1])];
    one.add(["read", "a"]);
    other.add(["read", "b"]);
    one.end();
    assert.equal(fs.readdirSync(root).length, 1);
    other.end();
    assert.deepEqual(fs.readdirSync(root), []);
  });

  it("goes on after an end that was none, with all that was known", () => {
    const [one, other] = [facts(PIDS[0]), facts(PIDS[1])];
    one.add(["read", "a"]);
    one.end();
    assert.deepEqual(fs.readdirSync(root), []);
    other.add(["read", "b"]);
    assert.deepEqual(one.news(), [["read", "b"]]);
    assert.deepEqual(other.news(), [["read", "a"]]);
  });

  it("of an operation whose engine is gone is never read, and is removed", () => {
    const stale = facts(PIDS[1], { address: "127.0.0.1:4000", engine: { pid: 2 ** 22 + 5, start: "77" } });
    stale.add(["bound", "x"]);
    // The same number, given to a later process.
    const earlier = facts(PIDS[1], {
      address: "127.0.0.1:4000",
      engine: { pid: process.pid, start: String(Number(engine.start) + 1) },
    });
    earlier.add(["bound", "y"]);
    const now = facts();
    assert.deepEqual(now.news(), []);
    assert.equal(fs.readdirSync(root).length, engine.start === "0" ? 2 : 1);
  });

  it("of another engine at the same time is another one, and stays", () => {
    const other = facts(PIDS[1], { address: "127.0.0.1:4001", engine });
    other.add(["bound", "x"]);
    assert.deepEqual(facts().news(), []);
    assert.equal(fs.readdirSync(root).length, 2);
  });

  it("passes over a torn line and what a later release adds, and reads a line with its end", () => {
    const [one, other] = [facts(PIDS[0]), facts(PIDS[1])];
    one.add(["read", "a"]);
    assert.deepEqual(other.news(), [["read", "a"]]);
    const file = path.join(root, fs.readdirSync(root)[0]!, "facts-1-00");
    fs.writeFileSync(file, `{"no":"fact"}\n["read`, { mode: 0o600 });
    assert.deepEqual(other.news(), []);
    fs.appendFileSync(file, `","é"]\n`);
    assert.deepEqual(other.news(), [["read", "é"]]);
    new RunLedger(other).isRead("anything");
    fs.appendFileSync(file, `["of a later release", "b"]\n`);
    assert.equal(new RunLedger(other).isRead("b"), false);
  });

  it("in a folder that is open to others is not believed", () => {
    const [one, other] = [facts(PIDS[0]), facts(PIDS[1])];
    one.add(["read", "a"]);
    fs.chmodSync(path.join(root, fs.readdirSync(root)[0]!), 0o777);
    assert.deepEqual(other.news(), []);
    assert.equal(new RunLedger(other).isRead("a"), false);
  });

  it("forgets what an earlier life of the same process has written", () => {
    facts(PIDS[0]).add(["read", "a"]);
    const other = facts(PIDS[1]);
    assert.deepEqual(other.news(), [["read", "a"]]);
    facts(PIDS[0]).add(["read", "b"]);
    assert.deepEqual(facts(PIDS[1]).news(), [["read", "b"]]);
  });

  describe("where a place takes nothing", () => {
    const places = () => [root, path.join(path.dirname(root), "elsewhere")];
    const at = (pid: number) =>
      new RunLedger(new SharedFacts({ address: "127.0.0.1:4000", engine }, places(), pid));

    it("is in the next one, which all of them read", () => {
      const first = at(PIDS[0]);
      first.markRead("a");
      fs.rmSync(root, { recursive: true });
      fs.writeFileSync(root, "no folder");
      const other = at(PIDS[1]);
      first.markRead("b");
      for (const key of ["a", "b"]) assert.ok(other.isRead(key), key);
      other.markRead("c");
      assert.ok(first.isRead("c"));
      assert.ok(first.isWhole && other.isWhole);
      first.end();
      other.end();
      assert.deepEqual(fs.readdirSync(places()[1]!), []);
    });

    it("tells those that wrote to the first one before", () => {
      const first = at(PIDS[0]);
      first.markRead("a");
      // What the second process finds here is no place for its own file.
      const folder = path.join(root, fs.readdirSync(root)[0]!);
      fs.renameSync(folder, `${folder}-kept`);
      fs.writeFileSync(folder, "no folder");
      const other = at(PIDS[1]);
      other.markRead("b");
      fs.rmSync(folder);
      fs.renameSync(`${folder}-kept`, folder);
      assert.ok(first.isRead("b"));
      assert.ok(other.isRead("a"));
    });

    it("goes on where the folder was deleted, with all that was known", () => {
      const [first, other] = [at(PIDS[0]), at(PIDS[1])];
      first.markRead("a");
      assert.ok(other.isRead("a"));
      fs.rmSync(root, { recursive: true });
      assert.ok(first.isWhole);
      first.markRead("b");
      for (const key of ["a", "b"]) assert.ok(at(PIDS[1]).isRead(key), key);
      assert.ok(other.isRead("b"));
    });

    it("says so where no place is left, also to a process that has told nothing yet", () => {
      for (const place of places()) fs.writeFileSync(place, "no folder");
      assert.equal(at(PIDS[0]).isWhole, false);
      for (const place of places()) fs.rmSync(place);
      assert.equal(at(PIDS[0]).isWhole, true);
    });
  });

  it("without a folder that can be written leaves each process with what it knows", () => {
    fs.writeFileSync(root, "no folder");
    const ledger = new RunLedger(facts());
    ledger.markPendingCreate(KEY, "project/stack/bot");
    assert.equal(ledger.pendingCreateOf(KEY), "project/stack/bot");
    ledger.end();
  });
});

/** A probe touches nothing but what it made, and what it made goes: at its end, after Ctrl-C, and by --clean after it was killed. */
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { assertSame, openProbeWorld, type ProbeWorld } from "./probed";

const MAIN = path.join(path.dirname(require.resolve("pulumi-nylas/package.json")), "dist", "cli", "main.js");
const WRITE = { write: true, yes: true } as const;

describe("probe: what it touches and what it leaves", function () {
  this.timeout(120_000);
  const world = openProbeWorld();
  const whole = {
    ...WRITE,
    get webhookUrl() {
      return world.receiver.url;
    },
  };

  beforeEach(() => world.fill());

  it("leaves everything as it was, and no write has gone to an object of others", async () => {
    const before = world.state();
    const theirs = idsIn(before);
    const { code, stdout } = await world.probe({ ...whole });
    assert.equal(code, 0, stdout);
    assertSame(world, before);
    const own = new RegExp(markOf(world));
    for (const { method, path: at, body } of world.sim.writes()) {
      const named = at.split("/").filter((part) => theirs.has(part) && part !== world.sim.ids.application);
      assert.deepEqual(named, [], `${method} ${at}`);
      assert.ok(
        method !== "POST" || own.test(JSON.stringify(body)) || /manual-assign|items$/.test(at),
        `${method} ${at}`,
      );
    }
    assert.deepEqual(fs.readdirSync(world.journals), []);
    assert.deepEqual(world.sim.state().lostMail, []);
  });

  it("makes the connector where there is none, and says that it stays", async () => {
    world.sim.reset();
    const before = world.state() as { connectors: unknown[] };
    const { code, stderr } = await world.probe({ ...WRITE });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /the connector for Agent Accounts, if there is none: this alone stays/);
    const after = world.state() as { connectors: unknown[] };
    assert.equal(after.connectors.length, before.connectors.length + 1);
    assertSame(world, { ...before, connectors: after.connectors });
  });

  describe("says no before the first write", () => {
    const refused = async (
      code: number,
      words: RegExp,
      options: Parameters<ProbeWorld["probe"]>[0],
      terminal?: string,
    ) => {
      const before = world.state();
      const probed = await world.probe(options, terminal === undefined ? {} : { terminal });
      assert.match(probed.stderr, words);
      assert.deepEqual(world.sim.writes(), []);
      assertSame(world, before);
      assert.equal(probed.report, undefined);
      assert.equal(fs.existsSync(world.journals), false);
      return code;
    };

    it("to an application that calls itself production, or says nothing", async () => {
      const { applications } = world.sim.state() as unknown as { applications: { id: string }[] };
      assert.ok(applications.length > 0);
      const production = await startProduction();
      try {
        world.environment["NYLAS_API_URL"] = production.url;
        world.environment["NYLAS_API_KEY"] = production.keys.apiKey;
        world.environment["NYLAS_ORGANIZATION_KEY"] = production.keys.organizationKey;
        await refused(2, /is of the environment production, so nothing was made.*--allow-production/, WRITE);
        assert.deepEqual(production.writes(), []);
        const allowed = await world.probe({ ...WRITE, allowProduction: true });
        assert.equal(allowed.code, 0, allowed.stderr);
        assert.ok(production.writes().length > 20);
      } finally {
        await production.close();
      }
    });

    it("to one that does not say what it is", async () => {
      world.sim.configure({ applicationReads: "forbidden" });
      await refused(2, /does not say what environment it is, so nothing was made/, WRITE);
    });

    it("without a terminal and without --yes, and where the answer is not yes", async () => {
      await refused(2, /There is no terminal to ask at\. Add --yes/, { write: true });
      await refused(
        1,
        /1 mailbox, pulumi-nylas-probe-[0-9a-f]{12}@acme\.nylas\.email.*Go on\? \[y\/N\] Nothing was made/s,
        { write: true },
        "n\n",
      );
      await refused(1, /Go on\? \[y\/N\] Nothing was made/, { write: true }, "");
    });

    it("where the journal cannot be written", async () => {
      const file = path.join(world.folder, "a-file");
      fs.writeFileSync(file, "");
      await refused(1, /The journal .* cannot be written \(\w+\), so nothing is made/, {
        ...WRITE,
        journal: file,
      });
      fs.rmSync(file);
    });
  });

  it("goes on where the answer is yes", async () => {
    const probed = await world.probe({ write: true }, { terminal: "y\n" });
    assert.equal(probed.code, 0, probed.stderr);
    assert.ok(world.sim.writes().length > 20);
  });

  it("without a domain for it, tries no mailbox, and says why", async () => {
    delete world.environment["NYLAS_ORGANIZATION_KEY"];
    const grant = world.sim.state().grants.find(({ email }) => email === "bot@acme.nylas.email")!;
    world.sim.remove("grant", grant.id);
    const { report, stderr } = await world.probe({ ...WRITE });
    assert.match(
      stderr,
      /no mailbox: there is no trial domain, and no --domain\n {2}no domain: there is no key for domains/,
    );
    for (const id of ["R2", "R10", "createTwice"]) {
      const point = report!.points.find((each) => each.id === id)!;
      assert.deepEqual(
        [point.verdict, point.seen],
        ["untried", ["there is no trial domain, and no --domain"]],
      );
    }
    const named = await world.probe({ ...WRITE, domain: "acme.nylas.email" });
    assert.equal(named.report!.points.find(({ id }) => id === "R2")!.verdict, "known");
  });

  it("names a domain of --domain that cannot have mailboxes", async () => {
    const seen = async (domain: string) => {
      const { report } = await world.probe({ ...WRITE, domain });
      return report!.points.find(({ id }) => id === "R2")!.seen;
    };
    assert.deepEqual(await seen("elsewhere.example"), ["--domain is not registered in this organization"]);
    world.sim.seed({ kind: "domain", address: "new.example.com" });
    assert.deepEqual(await seen("new.example.com"), ["--domain is not verified for ownership and mx"]);
    assert.deepEqual(await seen("agents.example.com"), ["PATCH with workspace_id"]);
  });

  it("an error in the middle leaves nothing, and is told", async () => {
    const before = world.state();
    world.sim.addFault({ kind: "status", status: 401, method: "PUT", path: "^/v3/policies/" });
    const { code, stderr } = await world.probe({ ...whole });
    assert.deepEqual([code, /is not accepted by/.test(stderr)], [10, true], stderr);
    assertSame(world, before);
  });

  it("answers that break off in one try are told with 16; the other tries go on", async () => {
    const before = world.state();
    world.sim.addFault({ kind: "html", status: 400, method: "POST", path: "^/v3/lists$", times: "always" });
    const { code, stderr, report } = await world.probe({ ...whole });
    assert.equal(code, 16, stderr);
    assert.match(
      stderr,
      /Not all was tried: Could not probe POST \/v3\/lists: the answer was 400 and not of Nylas/,
    );
    assert.equal(report!.points.find(({ id }) => id === "R2")!.verdict, "known");
    world.sim.clearFaults();
    assert.equal((await world.probe({ clean: true })).code, 0);
    assertSame(world, before);
  });

  describe("a process", () => {
    const start = (...args: string[]) => {
      const child = spawn(process.execPath, [MAIN, "probe", "--patience", "2", ...args], {
        env: world.environment,
        stdio: ["ignore", "pipe", "pipe"],
      });
      let said = "";
      child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
      const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
      return { child, ended, said: () => said };
    };
    /** Resolves when the simulator has seen that many writes. */
    const writes = async (many: number): Promise<void> => {
      while (world.sim.writes().length < many) await new Promise((resolve) => setTimeout(resolve, 2));
    };

    for (const at of [3, 15, 30])
      it(`that is killed after ${at} writes: the next probe says so, and --clean leaves all as it was`, async () => {
        const before = world.state();
        const { child, ended } = start("--write", "--yes");
        await writes(at);
        child.kill("SIGKILL");
        assert.equal(await ended, null);
        const next = await world.probe();
        assert.match(next.stderr, /An earlier probe died .*: run probe --clean\./);
        const cleaned = await world.probe({ clean: true });
        assert.equal(cleaned.code, 0, cleaned.stderr);
        assert.match(cleaned.stdout, /objects? (is|are) removed\.\n$/);
        assertSame(world, before);
      });

    it("ends at Ctrl-C with 130, a report, and nothing left", async () => {
      const before = world.state();
      const json = path.join(world.folder, "stopped.json");
      const { child, ended, said } = start("--write", "--yes", "--json", json);
      await writes(12);
      child.kill("SIGINT");
      assert.equal(await ended, 130, said());
      assert.match(
        said(),
        /Stopping: what was made is removed.*Interrupted: the table is not complete\.\n$/s,
      );
      assertSame(world, before);
      assert.deepEqual(fs.readdirSync(world.journals), []);
      const report = JSON.parse(fs.readFileSync(json, "utf8")) as { interrupted: boolean; exitCode: number };
      assert.deepEqual([report.interrupted, report.exitCode], [true, 130]);
      assert.deepEqual(world.canaries.in(said() + JSON.stringify(report)), []);
    });

    it("--clean leaves a probe alone that still runs", async () => {
      const { ended, said } = start("--write", "--yes");
      await writes(5);
      const { stderr, stdout } = await world.probe({ clean: true });
      assert.match(stderr, /1 probe is still running; theirs is left alone/);
      assert.match(stdout, /Nothing is left to remove/);
      assert.equal(await ended, 0, said());
    });
  });

  describe("--clean", () => {
    /** A dead run that has made its mailbox. */
    const dead = async () => {
      world.sim.addFault({ kind: "status", status: 500, method: "DELETE", path: "", times: "always" });
      const probed = await world.probe({ ...whole, patience: 0.5 });
      world.sim.clearFaults();
      assert.equal(probed.code, 23, probed.stdout);
      assert.match(probed.stdout, /\d+ objects are left: run probe --clean\.\n$/);
      return world.sim.state().grants.find(({ email }) => email.startsWith("pulumi-nylas-probe-"))!;
    };

    it("keeps a mailbox that contains mail, until it is told to delete it", async () => {
      const before = world.state();
      const grant = await dead();
      world.sim.addMessage({ grant: grant.id, subject: "For nobody" });
      const kept = await world.probe({ clean: true });
      assert.equal(kept.code, 23);
      assert.match(
        kept.stderr,
        /The grant pulumi-nylas-probe-\w+@acme\.nylas\.email is left: its mailbox contains mail\. Run probe --clean --delete-mail/,
      );
      assert.ok(world.sim.state().grants.some(({ id }) => id === grant.id));
      assert.deepEqual(world.sim.state().lostMail, []);
      const gone = await world.probe({ clean: true, deleteMail: true });
      assert.equal(gone.code, 0, gone.stderr);
      assertSame(world, { ...(before as object), lostMail: world.sim.state().lostMail });
    });

    it("touches nothing that does not bear the name it gave", async () => {
      await dead();
      const workspace = world.sim
        .state()
        .workspaces.find(({ name }) => name.startsWith("pulumi-nylas-probe-"))!;
      world.sim.edit("workspace", workspace.id, { name: "Renamed by a person" });
      const { code, stderr } = await world.probe({ clean: true });
      assert.equal(code, 23);
      assert.match(stderr, /is left: it does not bear the name that the probe gave it/);
      assert.ok(world.sim.state().workspaces.some(({ id }) => id === workspace.id));
    });

    it("leaves the journals of other applications to their keys", async () => {
      await dead();
      world.environment["NYLAS_API_KEY"] = world.sim.keys.secondApiKey;
      world.sim.clearRequests();
      const { code, stderr } = await world.probe({ clean: true });
      assert.equal(code, 0);
      assert.match(stderr, /1 journal is of another application or address/);
      assert.deepEqual(world.sim.writes(), []);
    });

    it("has nothing to do without a journal", async () => {
      const { code, stdout } = await world.probe({ clean: true });
      assert.deepEqual([code, stdout], [0, "Nothing is left to remove.\n"]);
      assert.deepEqual(world.sim.writes(), []);
    });
  });

  it("writes no secret, id or name into report and profile", async () => {
    const theirs = idsIn(world.state());
    const probed = await world.probe({ ...whole });
    const files = ["report.json", "profile.json"].map((name) =>
      fs.readFileSync(path.join(world.folder, name), "utf8"),
    );
    const names = [
      "Customer A",
      "Theirs",
      "Partners",
      "bot@",
      "acme",
      "agents.example",
      "hooks.example",
      "Private",
      "pulumi-nylas-probe-",
    ];
    const ids = [...theirs];
    assert.ok(ids.length > 15);
    for (const text of files)
      for (const word of [...names, ...ids, world.sim.url]) assert.ok(!text.includes(word), word);
    assert.equal(probed.report!.points.length > 30, true);
  });
});

function markOf(world: ProbeWorld): string {
  return /pulumi-nylas-probe-[0-9a-f]{12}/.exec(JSON.stringify(world.sim.writes()))![0];
}

function idsIn(value: unknown): Set<string> {
  const found = JSON.stringify(value).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
  return new Set(found);
}

async function startProduction() {
  const { startSimulator } = await import("nylas-simulator");
  return startSimulator({ environment: "production", seed: "production" });
}

import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { Readable } from "node:stream";
import { run } from "../../../../provider/cli/program";
import { POINTS, resultsOf, type Sighting } from "../../../../provider/cli/probe/points";
import { ROUTE_TABLE } from "../../../../provider/nylas/routes";
import { openProbeWorld } from "./probed";

const root = path.join(__dirname, "..", "..", "..", "..");

describe("probe: the command", function () {
  this.timeout(60_000);
  const world = openProbeWorld();

  const typed = async (...args: string[]) => {
    let stdout = "";
    let stderr = "";
    const code = await run(["probe", ...args], {
      stdin: Object.assign(Readable.from([]), { isTTY: false }),
      stdout: (text) => (stdout += text),
      stderr: (text) => (stderr += text),
      environment: world.environment,
    });
    return { code, stdout, stderr };
  };

  it("reads with the environment's keys, and shows a table of at most 160 columns", async () => {
    world.fill();
    const { code, stdout } = await typed();
    assert.equal(code, 0, stdout);
    assert.deepEqual(
      world.sim.requests.filter(({ method }) => method !== "GET"),
      [],
    );
    const lines = stdout.split("\n");
    assert.ok(lines.length < 30, stdout);
    assert.deepEqual(
      lines.filter((line) => line.length > 160),
      [],
    );
    for (let n = 1; n <= 15; n++) assert.match(stdout, new RegExp(`^[✓·✗?] +R${n} `, "m"));
  });

  it("asks each of the provider's routes that reads one kind of object or a list of it", async () => {
    world.fill();
    await typed();
    const asked = new Set(
      world.sim.requests.map(({ path: at }) =>
        at
          .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ":id")
          .replace(/bot@[^/]+|bot%40[^/]+/, ":id")
          .replace(/acme\.nylas\.email/, ":id"),
      ),
    );
    const reads = ROUTE_TABLE.filter(({ route }) => route.startsWith("GET ")).map(({ route }) =>
      route.slice(4),
    );
    assert.deepEqual(
      reads.filter((route) => !asked.has(route)),
      [],
    );
  });

  it("tells a key that is refused and a Nylas that is not there apart", async () => {
    world.environment["NYLAS_API_KEY"] = "nyk_of_yesterday_000000";
    const refused = await typed();
    assert.equal(refused.code, 10);
    assert.match(refused.stderr, /The key from NYLAS_API_KEY is not accepted by/);
    assert.doesNotMatch(refused.stderr, /of_yesterday/);
    world.environment["NYLAS_API_KEY"] = world.sim.keys.apiKey;
    world.sim.addFault({ kind: "html", status: 403, path: "", times: "always" });
    assert.equal((await typed()).code, 16);
    world.sim.clearFaults();
    delete world.environment["NYLAS_API_KEY"];
    delete world.environment["NYLAS_ORGANIZATION_KEY"];
    const none = await typed();
    assert.deepEqual(
      [none.code, none.stderr],
      [1, "pulumi-nylas: There is no key. Set NYLAS_API_KEY, or nylas:apiKey of a stack.\n"],
    );
  });

  it("refuses a command line that makes no sense, before anything is asked", async () => {
    for (const args of [["--patience", "soon"], ["--patience", "0"], ["--write", "--clean"], ["--nothing"]])
      assert.equal((await typed(...args)).code, 2, args.join(" "));
    assert.deepEqual(world.sim.requests, []);
  });

  it("has its exit codes in --help and in docs/first-contact.md", async () => {
    const { code, stdout } = await typed("--help");
    assert.equal(code, 0);
    const page = fs.readFileSync(path.join(root, "docs", "first-contact.md"), "utf8");
    for (const exit of ["0", "1", "2", "10", "16", "21", "22", "23", "130"]) {
      assert.match(stdout, new RegExp(`\\b${exit} `), exit);
      assert.match(page, new RegExp(`\\| [^|]*\\b${exit}\\b[^|]* \\|`), exit);
    }
    assert.deepEqual(world.sim.requests, []);
  });

  it("has a point for each row of docs/nylas-api.md", () => {
    const page = fs.readFileSync(path.join(root, "docs", "nylas-api.md"), "utf8");
    const rows = [...page.matchAll(/^\| (R\d+) \|/gm)].map(([, id]) => id!);
    assert.deepEqual(
      POINTS.map(({ id }) => id).filter((id) => /^R\d/.test(id)),
      rows,
    );
  });
});

describe("probe: what sightings come to", () => {
  const of = (...sightings: Sighting[]) => resultsOf(sightings, true).find(({ id }) => id === "R1")!;

  it("the gravest one decides, and the settings of all of them count", () => {
    const ignored = { point: "R1", verdict: "affected", kinds: ["B"] } as const;
    const result = of(
      { point: "R1", verdict: "known", seen: "well" },
      { ...ignored, seen: "x ignored", settings: { ignoredFields: ["x"] } },
      { ...ignored, kinds: ["A"], seen: "y ignored", settings: { ignoredFields: ["y", "x"] } },
      { point: "R1", verdict: "untried", seen: "refused" },
    );
    assert.deepEqual(
      [result.verdict, result.seen, result.kinds, result.settings],
      ["affected", ["x ignored", "y ignored"], ["A", "B"], { ignoredFields: ["x", "y"] }],
    );
  });

  it("of lags the longest counts", () => {
    const lag = (milliseconds: number): Sighting => ({
      point: "R1",
      verdict: "harmless",
      seen: `${milliseconds}`,
      settings: { readLagMs: milliseconds },
    });
    assert.deepEqual(of(lag(5), lag(900), lag(20)).settings, { readLagMs: 900 });
  });

  it("what was not looked at is not tried", () => {
    assert.deepEqual(
      resultsOf([], false).map(({ verdict }) => verdict),
      POINTS.map(() => "untried"),
    );
    assert.deepEqual(resultsOf([], false).find(({ id }) => id === "R3")!.seen, ["needs --write"]);
  });
});

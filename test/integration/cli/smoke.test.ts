import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import * as path from "node:path";
import { openStackWorld } from "./stackWorld";

const EMAIL = "bot@acme.nylas.email";
const MAIN = path.join(path.dirname(require.resolve("pulumi-nylas/package.json")), "dist", "cli", "main.js");

describe("smoke", function () {
  this.timeout(30_000);
  const world = openStackWorld();
  const { call } = world;

  beforeEach(() => {
    world.sim.seed({ kind: "connector" });
    world.sim.seed({ kind: "grant", email: EMAIL });
    world.sim.addMessage({ grant: EMAIL, subject: "An older message", body: "Private." });
    world.sim.clearRequests();
  });

  /** Writes from outside as soon as the token is told. */
  const answering = (subject: (token: string) => string, from = "someone@elsewhere.example") => {
    let answered = false;
    return (text: string) => {
      const token = /\b[0-9a-f]{12}\b/.exec(text)?.[0];
      if (answered || token === undefined) return;
      answered = true;
      world.sim.receive({ grant: EMAIL, from, subject: subject(token), body: "The text of the message." });
    };
  };

  it("says where to write to, and that it arrived and from whom: neither its subject nor its text is shown, and nothing is written", async () => {
    const heard = answering((token) => `Re: my own words, smoke test ${token.toUpperCase()}`);
    const { code, stdout, errors } = await world.callHearing(heard, "smoke", EMAIL, "--timeout", "20");
    assert.deepEqual([code, errors], [0, ""], stdout);
    assert.match(
      stdout,
      /^Write to bot@acme\.nylas\.email from outside, with ([0-9a-f]{12}) in the subject \("Smoke test \1"\)\. Waiting up to 20 s; Ctrl-C ends it\.\nArrived after \d+ s: from someone@elsewhere\.example, \1\.\n$/,
    );
    assert.doesNotMatch(stdout, /my own words|The text|older/i);
    assert.deepEqual([...new Set(world.sim.requests.map(({ method }) => method))], ["GET"]);
  });

  it("ends with 20 where it does not arrive, and tells of others without showing them", async () => {
    const heard = answering(() => "Secret matters");
    const { code, stdout } = await world.callHearing(heard, "smoke", EMAIL, "--timeout", "1.5");
    assert.equal(code, 20, stdout);
    assert.match(
      stdout,
      /Nothing with [0-9a-f]{12} has arrived in bot@acme\.nylas\.email after \d+ s\. Another message has arrived meanwhile, without [0-9a-f]{12} in the subject\. Look at .*doctor --account bot@acme\.nylas\.email\n$/,
    );
    assert.doesNotMatch(stdout, /Secret matters|elsewhere/);
  });

  it("23: waits as long as --timeout says, looks once more at the end, and reports that time", async () => {
    const started = Date.now();
    const { code, stdout } = await call("smoke", EMAIL, "--timeout", "4");
    assert.equal(code, 20, stdout);
    assert.match(stdout, /Nothing with [0-9a-f]{12} has arrived in bot@acme\.nylas\.email after 4 s\./);
    assert.ok(Date.now() - started >= 4000, `${Date.now() - started} ms`);

    // Between the last regular look and the end.
    let told = 0;
    const late = (text: string) => {
      const token = /\b[0-9a-f]{12}\b/.exec(text)?.[0];
      if (told++ > 0 || token === undefined) return;
      setTimeout(
        () => world.sim.receive({ grant: EMAIL, from: "a@elsewhere.example", subject: token, body: "." }),
        2_750,
      );
    };
    const arrived = await world.callHearing(late, "smoke", EMAIL, "--timeout", "3.5");
    assert.equal(arrived.code, 0, arrived.stdout);
  });

  it("--send has the account write to itself, once, and takes the copy that the sender keeps for no arrival", async () => {
    const { code, stdout } = await call("smoke", EMAIL, "--send", "--timeout", "20");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /Arrived after \d+ s: from bot@acme\.nylas\.email, [0-9a-f]{12}\.\n$/);
    const kept = world.sim.state().messages.filter(({ subject }) => subject.startsWith("Smoke test "));
    assert.deepEqual(kept.map(({ folder }) => folder).sort(), ["inbox", "sent"]);
    assert.equal(world.sim.writes().length, 1);

    world.sim.configure({ sending: "queued", sendQueueMs: 3_600_000 });
    assert.equal((await call("smoke", EMAIL, "--send", "--timeout", "1")).code, 20);
  });

  it("--send of an account that a rule keeps from sending says so", async () => {
    const match = { operator: "any", conditions: [{ field: "from.address", operator: "is", value: EMAIL }] };
    const rule = world.sim.seed({
      kind: "rule",
      name: "brake",
      trigger: "outbound",
      match,
      actions: [{ type: "block" }],
    });
    const home = world.sim.state().workspaces.find((workspace) => workspace.default)!;
    world.sim.edit("workspace", home.id, { rule_ids: [rule] });
    const { code, stderr } = await call("smoke", EMAIL, "--send");
    assert.equal(code, 15, stderr);
    assert.match(stderr, /A rule for outgoing mail blocks it/);
  });

  it("--json is a line when it waits and a line when it ends", async () => {
    const heard = answering((token) => token);
    const { code, stdout } = await world.callHearing(heard, "smoke", EMAIL, "--timeout", "20", "--json");
    const [waits, ends, ...more] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(more, []);
    assert.equal(waits!["writeTo"], EMAIL);
    assert.match(String(waits!["subject"]), /^Smoke test [0-9a-f]{12}$/);
    assert.deepEqual(
      [code, ends!["arrived"], ends!["from"], ends!["exitCode"]],
      [0, true, "someone@elsewhere.example", 0],
    );
  });

  it("tells an account that is not there, a key that is refused and a command line that makes no sense apart", async () => {
    const nobody = await call("smoke", "nobody@acme.nylas.email");
    assert.deepEqual([nobody.code, nobody.stdout], [15, ""]);
    assert.match(nobody.stderr, /there is no account nobody@acme\.nylas\.email/);
    world.environment["NYLAS_API_KEY"] = "nyk_of_yesterday_000000";
    const refused = await call("smoke", EMAIL);
    assert.equal(refused.code, 10);
    assert.match(refused.stderr, /The key from NYLAS_API_KEY is not accepted/);
    delete world.environment["NYLAS_API_KEY"];
    delete world.pulumi.config["nylas:apiKey"];
    const missing = await call("smoke", EMAIL);
    assert.equal(missing.code, 10);
    assert.match(missing.stderr, /nylas:apiKey is not set/);
    assert.equal((await call("smoke")).code, 2);
    assert.equal((await call("smoke", EMAIL, "--timeout", "soon")).code, 2);
  });

  it("is ended by Ctrl-C at once, with a last line and 130", async () => {
    world.pulumi.save();
    const child = spawn(process.execPath, [MAIN, "smoke", EMAIL, "--timeout", "600"], {
      env: world.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    let interrupted = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (interrupted > 0 || !said.includes("Waiting up to 600 s")) return;
      interrupted = Date.now();
      child.kill("SIGINT");
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    assert.equal(code, 130, said);
    assert.match(said, /\nInterrupted after \d+ s; nothing with [0-9a-f]{12} has arrived\.\n$/);
    assert.ok(Date.now() - interrupted < 15_000);
    assert.doesNotMatch(said, new RegExp(world.sim.keys.apiKey));
  });
});

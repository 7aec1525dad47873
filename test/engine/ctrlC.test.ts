import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { type Operation, type Stack } from "./harness";
import { itInLongRun } from "./longRun";
import { isAlive, killOne, pidOf } from "./processes";
import {
  closeScenes,
  leftBehind,
  openScene,
  publish,
  recorded,
  refused,
  says,
  succeeded,
  writesOf,
} from "./scene";
import { slowNylas } from "./slowNylas";

describe("a wait", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const DOMAIN = "agents.example.com";
  const program = `
    const domain = new nylas.NylasDomain("domain", { domainName: "${DOMAIN}" });
    const records = new nylas.NylasDomainRecords("records", { domainId: domain.id, domainName: domain.domainName });
    const verification = new nylas.NylasDomainVerification("verification", {
      domainId: domain.id,
      domainName: domain.domainName,
      records: records.records,
    });
    export const status = verification.status;
    export const published = records.records;
  `;
  const waiting = `${DOMAIN}: waiting for ownership, spf, mx, dkim, feedback`;
  const statusOf = (stack: Stack) => stack.resource("verification")?.outputs?.["status"];
  /** Interrupts the operation, and says how long it went on. */
  const endedBy = async (operation: Operation, ...signals: NodeJS.Signals[]) => {
    const began = Date.now();
    for (const signal of signals) {
      operation.kill(signal);
      await sleep(20);
    }
    const result = await operation.finished;
    return { ...result, seconds: (Date.now() - began) / 1000 };
  };

  it("for a verification ends with Ctrl-C once, twice, a killed engine and a clock that is set; each time the next up goes on", async () => {
    const { sim, stack } = await openScene({ program });
    // In real time, so that there is a middle of a wait: without an end from outside it would last half an hour.
    stack.env["NYLAS_TEST_TIME_SCALE"] = "1";
    const clock = shiftedClock(stack);

    // Once: the wait ends at once, and what there is gets recorded.
    let up = await stack.start("up");
    await up.said(waiting);
    const once = refused(
      await endedBy(up, "SIGINT"),
      "^C received; cancelling.",
      `${DOMAIN} is not verified yet: the run was interrupted after`,
      "The next pulumi up goes on.",
    );
    assert.ok(once.seconds < 15, `it took ${once.seconds} s`);
    assert.equal(statusOf(stack), "pending");
    const domain = stack.resource("domain")!.id;

    // Twice: the engine ends without waiting for anything.
    up = await stack.start("up");
    await up.said(waiting);
    const plugins = [pidOf(up, "plugin")!];
    const twice = await endedBy(up, "SIGINT", "SIGINT");
    assert.notEqual(twice.code, 0);
    assert.ok(twice.seconds < 15, `it took ${twice.seconds} s`);

    // Killed, hours later: the plugin ends as well.
    clock.shift(5 * 3600);
    up = await stack.start("up");
    await up.said(waiting);
    plugins.push(pidOf(up, "plugin")!);
    await endedBy(up, "SIGKILL");
    const deadline = Date.now() + 15_000;
    while (plugins.some(isAlive) && Date.now() < deadline) await sleep(100);
    assert.deepEqual(plugins.filter(isAlive), [], "no plugin waits on");
    succeeded(await stack.unlock());

    // The clock is set back in the middle, and forward again: the wait goes on to its end, which is the published records.
    up = await stack.start("up");
    await up.said(waiting);
    clock.shift(-30 * 3600);
    publish(sim, stack, "records");
    clock.shift(40 * 3600);
    const last = succeeded(await up.finished);
    assert.ok(last.seconds < 60, `it took ${last.seconds} s`);
    assert.equal(statusOf(stack), "verified");
    assert.equal(stack.resource("domain")!.id, domain, "all of them worked on one domain");
    assert.deepEqual(leftBehind(sim), [`domain ${DOMAIN}`]);
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 3 });
  });

  itInLongRun(
    "for an answer outlives its engine or its plugin by as long as a request takes, and the next up waits for that: nothing is made twice",
    async () => {
      for (const victim of ["engine", "plugin"] as const) {
        const { sim, stack } = await openScene({ program: `new nylas.NylasPolicy("outreach", {});` });
        const slow = await slowNylas(sim, "/v3/policies");
        // Two minutes are six seconds.
        Object.assign(stack.env, { NYLAS_API_URL: slow.url, NYLAS_TEST_TIME_SCALE: "0.05" });
        const up = await stack.start("up");
        await slow.asked;
        await killOne(up, victim);
        await up.finished;
        if (victim === "engine") succeeded(await stack.unlock());
        assert.deepEqual(leftBehind(sim), [], "it has not been written yet");

        // Whoever looked now would find nothing, and make a second one.
        const running = await stack.start("up");
        await running.said("A run that was killed has left a write to Nylas under way");
        sim.clearRequests();
        slow.goOn();
        const next = succeeded(await running.finished);
        says(next, "was made by an earlier run of this program; it is taken as it is");
        assert.deepEqual(writesOf(sim), ["POST /v3/policies"], next.text);
        slow.close();
        assert.deepEqual(leftBehind(sim), ["policy project/test/outreach"]);
        assert.deepEqual(recorded(stack), [`outreach ${sim.state().policies[0]!.id}`]);
        await closeScenes();
      }
    },
  );
});

/** The wall clock of every process of the stack that runs Node, to be set while they run. */
function shiftedClock(stack: Stack): { shift(seconds: number): void } {
  let total = 0;
  const offset = stack.write("offset", "0");
  const preload = stack.write(
    "clock.js",
    `const { readFileSync } = require("node:fs");
    const now = Date.now;
    Date.now = () => now() + Number(readFileSync(${JSON.stringify(offset)}, "utf8")) * 1000;
    const Original = Date;
    globalThis.Date = class extends Original { constructor(...args) { args.length > 0 ? super(...args) : super(Original.now()); } };`,
  );
  stack.env["NODE_OPTIONS"] = `--require ${preload}`;
  return { shift: (seconds) => void stack.write("offset", String((total += seconds))) };
}

import { strict as assert } from "node:assert";
import { floor, ours } from "../../bench/scale/contenders";
import { type Conditions, measure, type OperationName, type Run } from "../../bench/scale/measure";

/**
 * Limits what a fleet costs. Calls and bytes are limited as they are. Seconds are limited as ratios to a plugin that
 * does nothing, with room for the noise of tests that run beside it. The figures themselves are measured by
 * `npm run bench -- scale`.
 */
describe("what a fleet of forty accounts costs", function () {
  this.timeout(600_000);
  let mine: Run;
  let least: Run;

  before(async () => {
    const conditions: Conditions = {
      accounts: 40,
      latencyMs: 40,
      requestsPerSecond: 0,
      writes: "each step",
      times: 1,
    };
    const operations: OperationName[] = [
      "first up",
      "no-op preview",
      "no-op up",
      "one policy edit",
      "refresh",
    ];
    [least, mine] = (await measure([floor, ours], conditions, () => undefined, operations)) as [Run, Run];
  });

  const calls = (operation: OperationName) => mine.operations[operation]!.calls;
  const ratio = (operation: OperationName) =>
    mine.operations[operation]!.seconds / least.operations[operation]!.seconds;

  it("in calls: none where nothing changes, one write for an edit, a refresh by pages", () => {
    assert.equal(calls("no-op preview"), 0);
    assert.equal(calls("no-op up"), 0);
    // The application, the policy as it is, and the policy as it is to be.
    assert.ok(calls("one policy edit") <= 3, `${calls("one policy edit")} calls for an edit`);
    assert.ok(calls("refresh") <= 20, `${calls("refresh")} calls for a refresh`);
    // One for each object, and one for each account: a list alone does not prove that an address is free. The other looks are shared.
    assert.ok(calls("first up") <= 110, `${calls("first up")} calls for 45 objects`);
  });

  it("in bytes of the state: hardly more than the same resources without anything behind them", () => {
    assert.ok(
      mine.stateBytes! <= least.stateBytes! * 1.05,
      `${mine.stateBytes} B, the floor ${least.stateBytes} B`,
    );
  });

  it("in seconds: what the engine itself takes, and the answers of the API", () => {
    const limits: [OperationName, number][] = [
      ["no-op preview", 1.6],
      ["no-op up", 1.6],
      ["refresh", 2.2],
      ["first up", 2.2],
    ];
    for (const [operation, limit] of limits)
      assert.ok(ratio(operation) <= limit, `${operation}: ${ratio(operation).toFixed(2)} times the floor`);
  });
});

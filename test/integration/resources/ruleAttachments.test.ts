import assert from "node:assert/strict";
import { scaledClock } from "../../../provider/nylas/clock";
import { NylasError } from "../../../provider/nylas/errors";
import { detachRule, withoutRules } from "../../../provider/resources/ruleAttachments";
import { type Session } from "../../../provider/resources/session";

/** A Nylas whose reads of workspaces lag behind its writes. */
function laggingNylas(shown: string[], justWritten: string[], rules = ["r1", "r2", "others"]) {
  const written: string[][] = [];
  const workspace = { id: "w", name: "W", ruleIds: shown };
  const api = {
    workspaces: {
      list: () => Promise.resolve([workspace]),
      get: () => Promise.resolve(workspace),
      // Of a write that says nothing of the rules, the answer is as late as a read.
      update: (_id: string, { ruleIds }: { ruleIds?: string[] }) => {
        if (ruleIds !== undefined) written.push(ruleIds);
        return Promise.resolve({ ...workspace, ...(ruleIds === undefined ? {} : { ruleIds }) });
      },
      rulesJustWritten: () => justWritten,
    },
    rules: {
      list: () => Promise.resolve(rules.map((id) => ({ id }))),
      get: (id: string) => Promise.resolve(rules.includes(id) ? { id } : undefined),
    },
  };
  return { session: { api, clock: scaledClock(1) } as unknown as Session, written };
}

describe("R11: a read of a workspace that lags drops no rule that was just attached", () => {
  it("where a rule is deleted", async () => {
    const { session, written } = laggingNylas(["r1", "others"], ["r2", "others"]);
    assert.deepEqual(await detachRule(session, "r1"), ["W"]);
    assert.deepEqual(written, [["others", "r2"]]);
  });

  it("where the lagging read does not show the rule that goes", async () => {
    const { session, written } = laggingNylas(["others"], ["r1", "others"]);
    assert.deepEqual(await detachRule(session, "r1"), ["W"]);
    assert.deepEqual(written, [["others"]]);
  });

  it("where rules are taken out of the default workspace", async () => {
    const { session, written } = laggingNylas(["r1", "others"], ["r1", "r2", "others"]);
    await withoutRules(session, "w", ["r1"], (left) => {
      written.push(left);
      return Promise.resolve();
    });
    assert.deepEqual(written, [["others", "r2"]]);
  });

  it("where another hand has deleted the workspace, which the list still shows", async () => {
    const { session, written } = laggingNylas(["r1"], []);
    const gone = new NylasError({ kind: "notFound", operation: "update workspace w", message: "not found" });
    const { workspaces } = session.api;
    const listed = await workspaces.list();
    let looks = 0;
    Object.assign(workspaces, {
      update: () => Promise.reject(gone),
      get: () => Promise.resolve(undefined),
      list: () => Promise.resolve(looks++ === 0 ? listed : []),
    });
    assert.deepEqual(await detachRule(session, "r1"), []);
    assert.deepEqual(written, []);
    // As long as anything shows it, the refusal is an error.
    Object.assign(workspaces, { list: () => Promise.resolve(listed) });
    await assert.rejects(detachRule(session, "r1"), gone);
  }).timeout(10_000);

  it("and what is gone is not written back", async () => {
    const { session, written } = laggingNylas(["r1"], ["r2"], ["r1"]);
    await detachRule(session, "r1");
    assert.deepEqual(written, [[]]);
  });
});

import { strict as assert } from "node:assert";
import { assertNotOlderAccount } from "../../../provider/resources/olderAccount";

describe("G2: whether an answer to a create shows an older account", () => {
  const HOUR = 3_600_000;

  /** The account was made `age` milliseconds before the create began; the clocks are off by as much. */
  const judge = (age: number, { here = 0, there = 0 }: { here?: number; there?: number }) => {
    const began = Date.now();
    const grant = { email: "bot@acme.nylas.email", id: "g-1", createdAt: Math.floor((began - age) / 1000) };
    const context = {
      session: { api: { application: () => Promise.resolve({}) } },
      creation: { began: began + here, beganThere: began + there, isOwn: () => Promise.resolve(false) },
    };
    return assertNotOlderAccount(context as never, grant as never, {});
  };

  it("follows the clock of Nylas, whatever this machine's shows", async () => {
    for (const here of [0, 2 * HOUR, -2 * HOUR, 60_000, -60_000]) {
      await assert.rejects(judge(30_000, { here }), /was not made here/, `${here}`);
      await judge(0, { here });
    }
  });

  it("is denied where the date of the answers is far off, and this machine saw the account being made", async () => {
    for (const there of [HOUR, 6 * 60_000]) await judge(0, { there });
  });
});

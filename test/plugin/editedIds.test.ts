import assert from "node:assert/strict";
import { type Declared } from "./stack";
import { account, lostMail, openWorld, refused, succeeded, workspace, writesOf } from "./world";

/** A state that somebody has edited by hand, and got an id wrong. */
describe("G10: the id of another mailbox in the state", () => {
  const world = openWorld();
  const [A, B] = ["a@acme.nylas.email", "b@acme.nylas.email"];
  const program = (more: Declared["inputs"] = {}): Declared[] => [
    workspace("w"),
    account("a", { email: A, displayName: "A", forceDestroy: true, ...more }),
    account("b", { email: B }),
  ];
  beforeEach(async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program()));
    sim.addMessage({ grant: B, subject: "of b" });
    stack.find("a").id = stack.find("b").id;
    sim.clearRequests();
  });

  for (const [what, edit] of Object.entries<Declared["inputs"]>({
    "a move": { workspaceId: (of) => of("w").id },
    "a move with the word": { workspaceId: (of) => of("w").id, allowMailLoss: true },
    "another name": { displayName: "Other" },
    "a password": { appPassword: "Abcdefgh-0123456789" },
    folders: { folders: ["Clients"] },
  }))
    it(`${what} of the one is not written to the other`, async () => {
      const { sim, stack } = world;
      refused(await stack.apply(program(edit)), `Asked for account ${A}`, `answered with account ${B}`);
      assert.deepEqual(writesOf(sim), []);
    });

  it("a word for the one does not delete the other", async () => {
    const { sim, stack } = world;
    stack.state = stack.state.filter(({ name }) => name !== "b");
    refused(await stack.apply([workspace("w")]), `Nylas answered with account ${B}`);
    refused(await stack.refresh(), `Nylas answered with account ${B}`);
    assert.deepEqual(lostMail(sim), []);
  });
});

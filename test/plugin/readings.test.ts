import { type SimulatorOptions } from "nylas-simulator";
import { handOf } from "./orderHand";
import { walk } from "./orderWalk";
import { openWorld } from "./world";

/**
 * Sources about the API disagree, or are silent. Under each reading of it the whole life of every kind has to go
 * well: create, edit, move, refresh, and destroy. At the end of every step exactly the declared objects have to
 * stand.
 */
const READINGS: Record<string, Partial<SimulatorOptions>> = {
  "R2: an account is moved by its workspace, and PATCH ignores the field": { grantMoves: "ignored" },
  "R2: an account is moved by its workspace, and PATCH refuses the field": { grantMoves: "refused" },
  "R3: a policy's groups are replaced as a whole": { policyGroups: "replace" },
  "R4: lists show objects that are newer than this release": { newerObjects: true },
  "R5: one webhook shows how it is compressed": { webhookCompression: "shown" },
  "R6: connectors need a name and have a limit": { connectorRules: "strict" },
  "R7: moments are texts": { timestamps: "text" },
  "R8: a domain is found by its id alone": { domainByAddress: false },
  "R9: a check answers with a list and a status of its own": { attemptShape: "list" },
  "R12: ids of principals and keys are opaque, and a secret has a name of its own": {
    iamIds: "opaque",
    permissionNames: "open",
    credentialSecretField: "token",
  },
  "R13: a webhook that is gone is told by a number": { webhookGone: "number" },
  "R13: a webhook that is gone is told by a number and words that say nothing": { webhookGone: "words" },
  "R14: the key may not read its application and the connectors": {
    applicationReads: "forbidden",
    connectorReads: "forbidden",
  },
  "R15: the plan's figures have changed": { plan: "later" },
  "a repeated create makes a second object, and ids of rules that are gone are taken": {
    repeatedCreates: "second",
    staleRules: "taken",
  },
  "a repeated create is refused, and an empty value clears a webhook's": {
    repeatedCreates: "refused",
    webhookEmptyValues: "cleared",
  },
};

const SEED = Number(process.env.READINGS_SEED ?? 1);
const WALKS = Number(process.env.READINGS_WALKS ?? 1);
/** Every reading alone, without random edits, is a part of `npm run test:readings -- --short`. Here every third one is edited. */
const EACH = process.env.LONG_RUN ? 1 : 3;
const EDITS = Number(process.env.READINGS_EDITS ?? 8);

describe("the whole life of every kind under every reading of the API", () => {
  const world = openWorld({ simulator: { publicWebhooks: "assume" } });

  const lives = (name: string, reading: Partial<SimulatorOptions>, first: number) => {
    for (let seed = first; seed < first + WALKS; seed++) {
      it(`${name} (seed ${seed})`, async function () {
        this.timeout(180_000);
        await world.stack.use({});
        world.sim.configure(reading);
        // A key that may not look for the connector does not make it either.
        if (reading.connectorReads === "forbidden") world.sim.seed({ kind: "connector", provider: "nylas" });
        await walk(handOf(world, seed), { seed, edits: EDITS, looksAfter: (edit) => edit % 4 === 0 });
      });
    }
  };
  Object.entries(READINGS).forEach(([name, reading], at) => {
    if (at % EACH === 0) lives(name, reading, SEED + at * WALKS);
  });
  lives("all of them at once", Object.assign({}, ...Object.values(READINGS)), SEED + 100);
});

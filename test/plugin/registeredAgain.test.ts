import assert from "node:assert/strict";
import { type Declared, type Input } from "./stack";
import {
  domain,
  domainRecords,
  domainVerification,
  done,
  openWorld,
  publish,
  refused,
  succeeded,
} from "./world";

const DOMAIN = "agents.example.com";

describe("C5: a domain that was deleted and registered again outside Pulumi", () => {
  const world = openWorld();
  const program = (more: Record<string, Input> = {}): Declared[] => [
    domain("domain", { domainName: DOMAIN, ...more }),
    domainRecords("records", { domainId: (of) => of("domain").id, domainName: DOMAIN }),
    domainVerification("verified", {
      domainId: (of) => of("domain").id,
      domainName: DOMAIN,
      records: (of) => of("records").records,
      wait: false,
      ...("forceDestroy" in more ? { forceDestroy: more["forceDestroy"]! } : {}),
    }),
  ];
  const ids = () =>
    world.sim
      .state()
      .domains.filter((each) => each.domain_address === DOMAIN)
      .map(({ id }) => id);
  const entries = () => world.stack.state.map(({ name }) => name);

  const registerAgain = async (more: { verified?: boolean; program?: Declared[] } = {}): Promise<string> => {
    const { sim, stack } = world;
    const declared = more.program ?? program();
    succeeded(await stack.apply(declared));
    publish(sim, stack.find("records").outputs.records);
    succeeded(await stack.apply(declared));
    assert.equal(stack.find("verified").outputs.status, "verified");
    sim.remove("domain", ids()[0]!);
    sim.seed({ kind: "domain", address: DOMAIN, verified: more.verified ?? true });
    return ids()[0]!;
  };

  for (const verified of [true, false])
    it(`a refresh forgets nothing, and says what to do (${verified ? "" : "not "}verified)`, async () => {
      const { stack } = world;
      const again = await registerAgain({ verified });
      const before = entries();
      const report = succeeded(await stack.refresh());
      assert.deepEqual(entries(), before);
      assert.ok(JSON.stringify(report).includes(`registered again: Nylas has it under the id ${again}`));
      for (const continueOnError of [false, true]) {
        refused(await stack.destroy({ continueOnError }), again, "Nothing was deleted");
        assert.ok(entries().includes("verified"));
      }
      refused(await stack.apply([]), again);
      assert.ok(entries().includes("verified"));
      refused(await stack.apply(program()), again);
      refused(await stack.apply(program({ adopt: true })), again);
    });

  it("the verification refuses without a refresh as well", async () => {
    const again = await registerAgain();
    refused(await world.stack.destroy(), again);
    assert.ok(entries().includes("verified"));
  });

  it("adopt with the new id goes on with it: nothing is asked again, no record changes, and the guards are as before", async () => {
    const { sim, stack } = world;
    const { dkim, mx } = await (async () => {
      const again = await registerAgain();
      succeeded(await stack.refresh());
      const { records } = stack.find("records").outputs as { records: Record<string, unknown> };
      sim.clearRequests();
      succeeded(await stack.apply(program({ adopt: again })));
      assert.equal(stack.find("domain").id, again);
      assert.equal(stack.find("verified").outputs.domainId, again);
      return records;
    })();
    const { records, stood } = stack.find("records").outputs as {
      records: Record<string, unknown>;
      stood: unknown;
    };
    assert.deepEqual([records["dkim"], records["mx"]], [dkim, mx]);
    assert.deepEqual(stood, []);
    // The new one has the name that the Dashboard gave it.
    succeeded(await stack.refresh());
    succeeded(await stack.apply(program({ adopt: ids()[0]! })));
    assert.deepEqual(done(succeeded(await stack.apply(program({ adopt: ids()[0]! })))), []);
    refused(await stack.destroy(), "accounts of other applications of this organization cannot be seen");
    assert.equal(ids().length, 1);
  });

  it("with the word recorded it goes, and what was registered again stays", async () => {
    const { stack } = world;
    const again = await registerAgain({ program: program({ forceDestroy: true }) });
    succeeded(await stack.refresh());
    succeeded(await stack.destroy());
    assert.deepEqual(ids(), [again]);
  });

  it("one that is gone for good leaves its verification, which stands before the records, until a destroy", async () => {
    const { sim, stack } = world;
    await registerAgain();
    sim.remove("domain", ids()[0]!);
    succeeded(await stack.refresh());
    assert.deepEqual(entries(), ["verified"]);
    succeeded(await stack.destroy());
    assert.deepEqual(entries(), []);
  });
});

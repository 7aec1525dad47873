/** A run that dies at any of its writes leaves nothing that --clean does not remove. */
import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { type Settings } from "nylas-simulator";
import { Lifetime } from "../../../../provider/nylas/lifetime";
import { assertSame, openProbeWorld } from "./probed";

/** Ends all writes of a process, as its death does. */
class Mortal extends Lifetime {
  writes = 0;
  /** `atLast` runs before the last write is sent. */
  constructor(
    private readonly last: number,
    private readonly atLast: () => void = () => undefined,
  ) {
    super();
  }
  override assertWritable(): void {
    this.writes++;
    if (this.writes > this.last) this.stop("this run is dead");
    super.assertWritable();
    if (this.writes === this.last) this.atLast();
  }
}

describe("probe: a run that dies at a write", function () {
  this.timeout(120_000);
  const world = openProbeWorld();
  const whole = {
    write: true,
    yes: true,
    get webhookUrl() {
      return world.receiver.url;
    },
  } as const;

  beforeEach(() => world.fill());

  /** How many objects have an address that another one has. */
  const doubled = (): number => {
    const { grants, domains } = world.sim.state();
    const addresses = [...grants.map(({ email }) => email), ...domains.map((each) => each.domain_address)];
    return addresses.length - new Set(addresses).size;
  };

  /** How many writes a whole run makes, and which of them made an object a second time. */
  const count = async (): Promise<{ all: number; again: number[] }> => {
    const again: number[] = [];
    let before = 0;
    const life = new (class extends Mortal {
      override assertWritable(): void {
        if (doubled() > before) again.push(this.writes);
        before = doubled();
        super.assertWritable();
      }
    })(Infinity);
    await world.probe({ ...whole }, { lifetime: life });
    return { all: life.writes, again };
  };

  /** Dies at a write; --clean leaves all as it was. */
  const dies = async (last: number, lost: boolean, all: number, settings: Partial<Settings> = {}) => {
    const what = `write ${last}, ${lost ? "answer lost" : "answered"}`;
    world.sim.reset();
    world.fill();
    world.sim.configure(settings);
    const before = world.state();
    const life = new Mortal(last, () => {
      if (lost) world.sim.addFault({ kind: "reset", when: "after" });
    });
    const dead = await world.probe({ ...whole, patience: 0.5 }, { lifetime: life }).catch(() => undefined);
    if (last < all - 1 && dead) assert.notEqual(dead.code, 0, what);
    const had = doubled();
    // The first of two is refused its delete in the first round, and shows on.
    if (had > 0)
      for (const path of ["^/v3/grants/", "^/v3/domains/"])
        world.sim.addFault({ kind: "status", status: 409, method: "DELETE", path });
    const { code, stdout, stderr } = await world.probe({ clean: true, patience: 3 });
    // On a busy machine a step takes its two seconds, and is shown.
    const said = stderr.replace(/^… .*\n/gm, "");
    assert.deepEqual([code, said], [0, ""], `${what}: ${stdout}`);
    world.sim.clearFaults();
    assertSame(world, before, what);
    assert.deepEqual(fs.existsSync(world.journals) ? fs.readdirSync(world.journals) : [], []);
    return had;
  };
  const everything = process.env.LONG_RUN !== undefined;

  it("each of them, before the next is sent or with its answer lost: --clean leaves all as it was", async () => {
    const { all, again } = await count();
    assert.ok(all > 40, String(all));
    assert.deepEqual(again, []);
    for (let last = 0; last <= all; last++)
      for (const lost of [true, false]) {
        // In a short run each write dies in one of the two ways.
        if (everything || lost === (last % 2 === 0)) await dies(last, lost, all);
      }
  });

  it("the same where a repeated create makes a second account, and a second domain", async () => {
    const settings = { repeatedCreates: "second" } as const;
    world.sim.configure(settings);
    const { all, again } = await count();
    assert.equal(again.length, 2, "an account and a domain");
    let stood = 0;
    for (let last = 0; last <= all; last++)
      for (const lost of [true, false])
        // In a short run: the write that makes a second object, and the next one.
        if (everything || again.some((n) => last === n || last === n + 1))
          stood += (await dies(last, lost, all, settings)) > 0 ? 1 : 0;
    assert.ok(stood >= 4, "runs have died while two objects had one address");
  });
});

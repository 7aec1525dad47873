import assert from "node:assert/strict";
import { type Simulator } from "nylas-simulator";
import { type Declared } from "./stack";
import {
  account,
  defaultWorkspace,
  domain,
  done,
  openWorld,
  policy,
  refused,
  standing,
  succeeded,
  workspace,
  writesOf,
} from "./world";

type Fault = Parameters<Simulator["addFault"]>[0];

const EMAIL = "bot@acme.nylas.email";

/** A resource and, where it needs one, its company; `edited` changes it in place. */
interface Kind {
  name: string;
  program: (edited?: boolean) => Declared[];
  create: Fault;
  update: Fault;
  delete: Fault;
  read: Fault;
  /** Names of all that the program stands for. */
  stands: string[];
}

const kinds: Kind[] = [
  {
    name: "policy",
    program: (edited) => [policy("subject", { limits: { dailySends: edited ? 60 : 50 } })],
    create: { kind: "reset", method: "POST", path: "^/v3/policies$" },
    update: { kind: "reset", method: "PUT", path: "^/v3/policies/" },
    delete: { kind: "reset", method: "DELETE", path: "^/v3/policies/" },
    read: { kind: "reset", method: "GET", path: "^/v3/policies" },
    stands: ["policy project/stack/subject"],
  },
  {
    name: "workspace",
    program: (edited) => [
      workspace("subject", { domainName: "agents.example.com", autoGroup: edited === true }),
    ],
    create: { kind: "reset", method: "POST", path: "^/v3/workspaces$" },
    update: { kind: "reset", method: "PATCH", path: "^/v3/workspaces/" },
    delete: { kind: "reset", method: "DELETE", path: "^/v3/workspaces/" },
    read: { kind: "reset", method: "GET", path: "^/v3/workspaces" },
    stands: ["workspace project/stack/subject"],
  },
  {
    name: "account",
    program: (edited) => [
      workspace("customer"),
      account("subject", {
        email: EMAIL,
        displayName: edited ? "Robot" : "Bot",
        workspaceId: (of) => of("customer").id,
      }),
    ],
    create: { kind: "reset", method: "POST", path: "^/v3/connect/custom$" },
    update: { kind: "reset", method: "PATCH", path: "^/v3/grants/" },
    delete: { kind: "reset", method: "DELETE", path: "^/v3/grants/" },
    read: { kind: "reset", method: "GET", path: "^/v3/grants" },
    stands: [`account ${EMAIL}`, "workspace project/stack/customer"],
  },
  {
    name: "domain",
    program: (edited) => [
      domain("subject", { domainName: "agents.example.com", ...(edited ? { name: "Agents" } : {}) }),
    ],
    create: { kind: "reset", method: "POST", path: "^/v3/domains$" },
    update: { kind: "reset", method: "PUT", path: "^/v3/domains/" },
    delete: { kind: "reset", method: "DELETE", path: "^/v3/domains/" },
    read: { kind: "reset", method: "GET", path: "^/v3/domains" },
    stands: ["domain agents.example.com"],
  },
];

type Spoilt = Omit<Fault, "path" | "method">;

/** What a single request can meet and the run gets over. */
const passing: Record<string, Spoilt> = {
  "a connection that is cut before the write": { kind: "reset", when: "before" },
  "a connection that is cut after the write": { kind: "reset", when: "after" },
  "an answer that does not come, nothing being done": { kind: "timeout", when: "before" },
  "an answer that does not come after the write": { kind: "timeout", when: "after" },
  "429 with Retry-After": { kind: "status", status: 429, retryAfter: 2 },
  "429 without Retry-After": { kind: "status", status: 429, times: 2 },
  "500 before the write": { kind: "status", status: 500, when: "before" },
  "500 after the write": { kind: "status", status: 500, when: "after" },
  "502 after the write": { kind: "status", status: 502, when: "after" },
  "503 before the write": { kind: "status", status: 503, when: "before", times: 2 },
  "504 after the write": { kind: "status", status: 504, when: "after" },
  "a proxy's error page before the write": { kind: "html", when: "before" },
  "a proxy's error page after the write": { kind: "html", when: "after" },
};

/** What stays wrong, or leaves an answer that cannot be read. */
const lasting: Record<string, Spoilt> = {
  "connections that are all cut before the write": { kind: "reset", when: "before", times: "always" },
  "connections that are all cut after the write": { kind: "reset", when: "after", times: "always" },
  "nothing but 429": { kind: "status", status: 429, times: "always" },
  "nothing but 503": { kind: "status", status: 503, times: "always" },
  "nothing but 500 after the write": { kind: "status", status: 500, when: "after", times: "always" },
  "403": { kind: "status", status: 403, times: "always" },
  "a proxy's page with status 200": { kind: "html", status: 200, times: "always" },
  "JSON that ends in the middle, nothing being done": { kind: "cut", when: "before", times: "always" },
  "JSON that ends in the middle, after the write": { kind: "cut", when: "after", times: "always" },
};

describe("a fault at Nylas", () => {
  const world = openWorld();

  const forEachKind = async (run: (kind: Kind) => Promise<void>) => {
    for (const kind of kinds) {
      world.sim.reset();
      world.stack.state = [];
      try {
        await run(kind);
      } catch (error) {
        (error as Error).message = `${kind.name}: ${(error as Error).message}`;
        throw error;
      }
    }
  };
  /** Without the fault, the next run ends in what is declared, once each and without leftovers. */
  const endsIn = async (program: Declared[], stands: string[]) => {
    const { sim, stack } = world;
    sim.clearFaults();
    succeeded(await stack.apply(program));
    assert.deepEqual(standing(sim), stands);
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    assert.deepEqual(done(succeeded(await stack.apply(program))), []);
    assert.equal(stack.state.length, program.length);
  };

  describe("during a create", () => {
    for (const [what, fault] of Object.entries(passing)) {
      it(`${what}: there is exactly one object afterwards, and it is recorded`, () =>
        forEachKind(async (kind) => {
          const { sim, stack } = world;
          sim.addFault({ ...kind.create, ...fault });
          succeeded(await stack.apply(kind.program()));
          assert.ok(sim.faults()[0]!.hits > 0, "the fault struck");
          assert.deepEqual(standing(sim), kind.stands);
          await endsIn(kind.program(), kind.stands);
        }));
    }
    for (const [what, fault] of Object.entries(lasting)) {
      it(`${what}: at most one object, and the next run has it`, () =>
        forEachKind(async (kind) => {
          const { sim, stack } = world;
          sim.addFault({ ...kind.create, ...fault });
          const { errors } = await stack.apply(kind.program());
          const made = standing(sim).length === kind.stands.length;
          if (fault.when === "after") {
            // It is there, and looking again finds it.
            assert.deepEqual(errors, []);
            assert.ok(made);
          } else {
            assert.equal(errors.length, 1);
            assert.ok(!made, "nothing was made");
            assert.ok(!stack.state.some(({ name }) => name === "subject"), "nothing is recorded");
          }
          await endsIn(kind.program(), kind.stands);
        }));
    }
    it("while it looks whether the object is there already: nothing is written, and the next run makes it", () =>
      forEachKind(async (kind) => {
        const { sim, stack } = world;
        for (const fault of [
          { kind: "status", status: 500 },
          { kind: "cut" },
          { kind: "html", status: 404 },
        ] as const) {
          sim.addFault({ ...kind.read, ...fault, times: "always" });
          refused(await stack.apply(kind.program()));
          assert.ok(!standing(sim).includes(kind.stands[0]!));
          sim.clearFaults();
        }
        await endsIn(kind.program(), kind.stands);
      }));

    it("that also spoils the look afterwards: an error, and the next run takes what is there", () =>
      forEachKind(async (kind) => {
        const { sim, stack } = world;
        sim.addFault({ ...kind.create, kind: "reset", when: "after" });
        // The look before the create passes (for an account, its workspace and domain are looked at, too).
        sim.addFault({ ...kind.read, kind: "status", status: 503, skip: 1, times: "always" });
        refused(await stack.apply(kind.program()));
        assert.ok(!stack.state.some(({ name }) => name === "subject"));
        assert.deepEqual(standing(sim), kind.stands);
        writesOf(sim);
        await endsIn(kind.program(), kind.stands);
        assert.deepEqual(writesOf(sim), [], "it is taken, not made once more");
      }));
  });

  describe("during an update", () => {
    for (const [what, fault] of Object.entries(passing)) {
      it(`${what}: the change is made and recorded`, () =>
        forEachKind(async (kind) => {
          const { sim, stack } = world;
          succeeded(await stack.apply(kind.program()));
          sim.addFault({ ...kind.update, ...fault });
          assert.deepEqual(done(succeeded(await stack.apply(kind.program(true)))), ["update subject"]);
          assert.ok(sim.faults()[0]!.hits > 0, "the fault struck");
          await endsIn(kind.program(true), kind.stands);
        }));
    }
    for (const [what, fault] of Object.entries(lasting)) {
      it(`${what}: the state is as it was, and the next run makes the change`, () =>
        forEachKind(async (kind) => {
          const { sim, stack } = world;
          succeeded(await stack.apply(kind.program()));
          const state = structuredClone(stack.state);
          sim.addFault({ ...kind.update, ...fault });
          refused(await stack.apply(kind.program(true)));
          assert.deepEqual(stack.state, state);
          assert.deepEqual(standing(sim), kind.stands);
          await endsIn(kind.program(true), kind.stands);
        }));
    }
  });

  describe("during a delete", () => {
    for (const [what, fault] of Object.entries(passing)) {
      it(`${what}: the object is gone, and so is its entry`, () =>
        forEachKind(async (kind) => {
          const { sim, stack } = world;
          succeeded(await stack.apply(kind.program()));
          sim.addFault({ ...kind.delete, ...fault });
          succeeded(await stack.destroy());
          assert.ok(sim.faults()[0]!.hits > 0, "the fault struck");
          assert.deepEqual(standing(sim), []);
          assert.deepEqual(stack.state, []);
        }));
    }
    for (const [what, fault] of Object.entries(lasting)) {
      it(`${what}: the entry stays, and the next run deletes what is still there`, () =>
        forEachKind(async (kind) => {
          const { sim, stack } = world;
          succeeded(await stack.apply(kind.program()));
          const { id } = stack.find("subject");
          const company = kind.program().slice(0, -1);
          sim.addFault({ ...kind.delete, ...fault });
          const { errors } = await stack.apply(company);
          if (errors.length > 0) assert.equal(stack.find("subject").id, id);
          else assert.equal(fault.when, "after", "said to be gone, and it was");
          await endsIn(company, kind.stands.slice(kind.program().length - company.length));
        }));
    }
  });

  describe("during a refresh", () => {
    for (const [what, fault] of Object.entries({
      "a cut connection": { kind: "reset" },
      "an answer that does not come": { kind: "timeout" },
      "429 with Retry-After": { kind: "status", status: 429, retryAfter: 1 },
      "429": { kind: "status", status: 429 },
      "500": { kind: "status", status: 500 },
      "502": { kind: "html" },
      "504": { kind: "status", status: 504 },
    } as Record<string, Spoilt>)) {
      it(`${what}, once: nothing is noticed`, () =>
        forEachKind(async (kind) => {
          const { sim, stack } = world;
          succeeded(await stack.apply(kind.program()));
          const state = structuredClone(stack.state);
          sim.addFault({ ...kind.read, ...fault });
          assert.deepEqual(done(succeeded(await stack.refresh())), []);
          assert.deepEqual(stack.state, state);
        }));
    }
  });

  it("an answer that lasts is waited for: a slow Nylas is no broken one", async () => {
    const { sim, stack } = world;
    sim.configure({ latencyMs: 100 });
    succeeded(await stack.apply(kinds.flatMap((kind, n) => (n === 0 ? kind.program() : []))));
    assert.equal(writesOf(sim).length, 1);
  });

  it("the first connection for accounts, made twice at once, or with its answer lost, is there once", async () => {
    const { sim, stack } = world;
    sim.addFault({ method: "POST", path: "^/v3/connectors$", kind: "reset", when: "after" });
    succeeded(await stack.apply([account("bot", { email: EMAIL })]));
    assert.equal(sim.state().connectors.length, 1);
  });

  it("while the default workspace is set: the next run sets it", async () => {
    const { sim, stack } = world;
    const program = [policy("one"), defaultWorkspace("rest", { policyId: (of) => of("one").id })];
    sim.addFault({ method: "PATCH", path: "^/v3/workspaces/", kind: "cut", when: "after" });
    refused(await stack.apply(program));
    succeeded(await stack.apply(program));
    assert.deepEqual(done(succeeded(await stack.apply(program))), []);
    sim.addFault({ method: "PATCH", path: "^/v3/workspaces/", kind: "reset", when: "after" });
    succeeded(await stack.destroy());
    assert.ok(sim.state().workspaces.every((each) => each.policy_id === null));
  });

  it("anywhere, by chance: whatever happened, the run after it ends in what is declared", async () => {
    const { sim, stack } = world;
    const program = [
      policy("outreach", { limits: { dailySends: 50 } }),
      workspace("customer", { policyId: (of) => of("outreach").id }),
      account("a", { email: "a@acme.nylas.email", workspaceId: (of) => of("customer").id }),
      account("b", { email: "b@acme.nylas.email", workspaceId: (of) => of("customer").id }),
      domain("own", { domainName: "agents.example.com" }),
    ];
    const stands = [
      "account a@acme.nylas.email",
      "account b@acme.nylas.email",
      "domain agents.example.com",
      "policy project/stack/outreach",
      "workspace project/stack/customer",
    ];
    for (const kind of ["reset", "status", "cut", "html"] as const) {
      for (const when of ["before", "after"] as const) {
        sim.addFault({ kind, when, probability: 0.25, times: "always" });
        await stack.apply(program, { continueOnError: true });
        await stack.refresh();
        await stack.apply(program.slice(0, 3), { continueOnError: true });
        await stack.apply(program, { continueOnError: true });
        sim.clearFaults();
        succeeded(await stack.apply(program));
        assert.deepEqual(standing(sim), stands, `${kind} ${when}`);
        assert.deepEqual(done(succeeded(await stack.refresh())), []);
      }
    }
    succeeded(await stack.destroy());
    assert.deepEqual(standing(sim), []);
  });
});

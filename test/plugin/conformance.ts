import assert from "node:assert/strict";
import { type Properties } from "./harness";
import { type Declared, type Input } from "./stack";
import { done, openWorld, refused, standing, succeeded, type World, writesOf } from "./world";

export type Inputs = Record<string, Input>;

/** What holds for a resource, from its first create to a second delete. */
export interface Conformance {
  type: string;
  /** The resource as a program declares it, named "subject", without what it needs beside it. */
  declare: (name: string, inputs: Inputs, more?: Partial<Declared>) => Declared;
  /** What it needs beside it, declared before it. */
  beside?: Declared[];
  /** What a program has to say at least. */
  least: Inputs;
  /** Everything that a program can say. */
  whole: Inputs;
  /** The writes of a create with the whole of it. */
  created: string[];
  /** Each field changed in place, from the whole, with the writes of the change. */
  edits: [change: Inputs, writes: string[]][];
  /** Changes that need another object. */
  replacing?: { change: Inputs; recorded?: Inputs; writes: string[] }[];
  /** Changes it by hand; the writes that put it right. */
  drift?: { by: (world: World, id: string) => void; writes: string[] };
  /** Removes it by hand. */
  remove?: (world: World, id: string) => void;
  /** What holds mail is not made anew in silence: what a refresh says of it, beside that it was deleted outside. */
  lostWhenGone?: string;
  /** Makes one by hand that has the same natural key, equal to `least`, or different from it in `differing`. */
  seed?: (world: World, differs: boolean) => string;
  differing?: { inputs: Inputs; said: string };
  /** What is refused, by the property's path. */
  bad: [inputs: Inputs, property: string][];
  /** Fills it, so that it is not deleted without a word; what it says. */
  fill?: { by: (world: World, id: string) => void; said: string };
  /** How nylas:forceDestroy names it. */
  forced?: (id: string) => string;
}

const idText = /^[A-Za-z0-9]/;

/** Holds a resource to its one life: made, edited field by field, drifted, adopted, taken, refused, gone. */
export function describeConformance(conformance: Conformance): void {
  const {
    type,
    declare,
    beside = [],
    least,
    whole,
    replacing = [],
    drift,
    remove,
    seed,
    fill,
    forced,
  } = conformance;

  describe(type, () => {
    const world = openWorld();
    const rules: string[] = [];
    beforeEach(() => {
      rules.splice(
        0,
        2,
        world.sim.seed({ kind: "rule", name: "1" }),
        world.sim.seed({ kind: "rule", name: "2" }),
      );
    });
    /** Puts the ids of rules that are there where the tables have none. */
    const withRules = (inputs: Inputs): Inputs =>
      "ruleIds" in inputs && Array.isArray(inputs.ruleIds)
        ? {
            ...inputs,
            ruleIds: inputs.ruleIds.map((id) =>
              id === "RULE-1" ? rules[0] : id === "RULE-2" ? rules[1] : (id as string),
            ),
          }
        : inputs;
    const program = (inputs: Inputs, more?: Partial<Declared>) => [
      ...beside,
      declare("subject", withRules(inputs), more),
    ];
    /** The writes with the names of the tables instead of ids. */
    const writes = () => {
      const { sim, stack } = world;
      const names = new Map<string, string>([
        [rules[0]!, "RULE-1"],
        [rules[1]!, "RULE-2"],
        [defaultOf(sim), "DEFAULT"],
      ]);
      for (const { name, id } of stack.state) if (name !== "subject") names.set(id, name.toUpperCase());
      return writesOf(sim).map((line) => {
        for (const [id, name] of names) line = line.replaceAll(`"${id}"`, `"${name}"`);
        return line;
      });
    };
    const subject = () => world.stack.find("subject");
    const up = async (inputs: Inputs, more?: Partial<Declared>) =>
      succeeded(await world.stack.apply(program(inputs, more)));
    /** Only what is beside it. */
    const surroundings = async () => {
      succeeded(await world.stack.apply(beside));
      world.sim.clearRequests();
    };

    it("is created with what the program says, and a second run changes nothing", async () => {
      await surroundings();
      assert.deepEqual(done(await up(whole)), ["create subject"]);
      assert.deepEqual(writes(), conformance.created);
      assert.match(subject().id, idText);
      assert.deepEqual(done(await up(whole)), type === "DomainVerification" ? ["update subject"] : []);
      // A domain that is pending is no drift (finding 9).
      assert.deepEqual(done(succeeded(await world.stack.refresh())), []);
      assert.deepEqual(done(await up(whole)), type === "DomainVerification" ? ["update subject"] : []);
      assert.deepEqual(writes(), []);
    });

    it("is created with the least that a program has to say", async () => {
      assert.ok(done(await up(least)).includes("create subject"));
      for (const [key, value] of Object.entries(least))
        if (typeof value === "string") assert.equal(subject().outputs[key], value);
    });

    for (const [change, expected] of conformance.edits) {
      const fields = Object.entries(change).map(([key, value]) => {
        const text = typeof value === "function" ? "another" : (JSON.stringify(value) ?? "nothing");
        return `${key} to ${key === "limits" ? JSON.stringify(differences(whole.limits as object, value as object)) : text}`;
      });
      it(`is updated in place: ${fields.join(", ")}`, async () => {
        await up(whole);
        const { id } = subject();
        writes();
        const report = await up({ ...whole, ...change });
        assert.deepEqual(writes(), expected);
        assert.equal(subject().id, id);
        assert.ok(done(report).every((step) => step === "update subject"));
        if (type !== "DomainVerification") {
          assert.deepEqual(
            done(succeeded(await world.stack.refresh())),
            [],
            "what is recorded is what is there",
          );
          assert.deepEqual(done(await up({ ...whole, ...change })), []);
          assert.deepEqual(writes(), []);
        }
      });
    }

    for (const { change, recorded, writes: expected } of replacing) {
      it(`is replaced where the API leaves no other way: ${Object.keys(change).join(", ")}`, async () => {
        await up({ ...whole, ...recorded });
        writes();
        const report = await up({ ...whole, ...recorded, ...change });
        assert.deepEqual(done(report), ["replace subject", "delete subject"]);
        assert.deepEqual(writes(), expected);
        assert.equal(world.stack.state.length, beside.length + 1);
        assert.deepEqual(done(await up({ ...whole, ...recorded, ...change })), []);
      });
      if (recorded) {
        it(`is not replaced without forceDestroy in the record: ${Object.keys(change).join(", ")}`, async () => {
          await up(whole);
          writes();
          refused(
            await world.stack.preview(program({ ...whole, ...change })),
            "forceDestroy: true, then pulumi up",
          );
          refused(await world.stack.apply(program({ ...whole, ...change, ...recorded })), "would replace");
          assert.deepEqual(writes(), []);
        });
      }
    }

    if (remove && !conformance.lostWhenGone) {
      it("disappears: a refresh says so, and the next run makes it anew", async () => {
        await up(whole);
        remove(world, subject().id);
        assert.deepEqual(done(succeeded(await world.stack.refresh())), ["gone subject"]);
        writes();
        assert.deepEqual(done(await up(whole)), ["create subject"]);
        assert.deepEqual(
          writes(),
          conformance.created.filter((line) => !line.includes("/v3/connectors")),
        );
        assert.deepEqual(done(succeeded(await world.stack.refresh())), []);
      });

      it("disappears before an update: the error says what to do, and after a refresh it is made anew", async () => {
        const [change] = conformance.edits[0]!;
        await up(whole);
        remove(world, subject().id);
        refused(await world.stack.apply(program({ ...whole, ...change })));
        assert.equal(world.stack.state.length, beside.length + 1, "the state is as it was");
        succeeded(await world.stack.refresh());
        await up({ ...whole, ...change });
        assert.deepEqual(done(succeeded(await world.stack.refresh())), []);
      });
    }

    if (remove && conformance.lostWhenGone) {
      const said = [
        /\(id [0-9a-f-]{36}\) was deleted outside Pulumi/,
        conformance.lostWhenGone,
        "allowMailLoss: true",
      ];
      const writesOfAnother = conformance.created.filter((line) => !line.includes("/v3/connectors"));

      it("disappears: a refresh marks it as lost and says so, and the preview refuses to make it anew without the word", async () => {
        const { stack } = world;
        await up(whole);
        const { id, inputs } = subject();
        remove(world, id);
        writes();
        const refreshed = succeeded(await stack.refresh());
        assert.deepEqual(done(refreshed), ["drift subject"]);
        assert.equal(refreshed.warnings.length, 1);
        for (const each of said) assert.match(refreshed.warnings[0]!, new RegExp(each));
        assert.equal(subject().outputs.status, "lost");
        assert.equal(subject().id, id);
        assert.deepEqual({ ...subject().inputs, __lost: undefined }, { ...inputs, __lost: undefined });
        succeeded(await stack.refresh());

        const [change] = conformance.edits[0]!;
        for (const edited of [whole, { ...whole, ...change }]) {
          refused(await stack.preview(program(edited)), ...said);
          refused(await stack.apply(program(edited)), ...said);
          assert.equal(subject().outputs.status, "lost");
        }
        assert.deepEqual(writes(), []);

        const report = succeeded(await stack.apply(program({ ...whole, allowMailLoss: true })));
        assert.deepEqual(done(report), ["replace subject", "delete subject"]);
        assert.deepEqual(writes(), writesOfAnother);
        assert.notEqual(subject().id, id);
        assert.equal(stack.state.length, beside.length + 1);
        // The word is needed no more; the state records that it has gone, and nothing is written.
        writes();
        assert.deepEqual(done(await up(whole)), ["update subject"]);
        assert.deepEqual(writes(), []);
        assert.deepEqual(done(succeeded(await stack.refresh())), []);
        assert.deepEqual(done(await up(whole)), []);
      });

      it("disappears before an update: the update says so and records it, and nothing is made anew without the word", async () => {
        const { stack } = world;
        const [change] = conformance.edits[0]!;
        await up(whole);
        const { id } = subject();
        remove(world, id);
        writes();
        for (let run = 0; run < 2; run++) {
          refused(await stack.apply(program({ ...whole, ...change })), ...said);
          assert.equal(subject().id, id);
          assert.equal(subject().outputs.status, "lost");
          const preview = succeeded(await stack.preview(program({ ...whole, ...change })));
          assert.ok(preview.warnings.some((line) => line.includes("was deleted outside Pulumi")));
        }
        assert.deepEqual(writes(), []);
        const report = succeeded(await stack.apply(program({ ...whole, ...change, allowMailLoss: true })));
        assert.deepEqual(done(report), ["replace subject", "delete subject"]);
        assert.equal(writes().length, 1);
        assert.deepEqual(done(succeeded(await stack.refresh())), []);
      });
    }

    if (drift) {
      it("drifts: a refresh finds it, and the next run puts it right", async () => {
        await up(whole);
        drift.by(world, subject().id);
        assert.deepEqual(done(succeeded(await world.stack.refresh())), ["drift subject"]);
        writes();
        assert.deepEqual(done(await up(whole)), ["update subject"]);
        assert.deepEqual(writes(), drift.writes);
        assert.deepEqual(done(succeeded(await world.stack.refresh())), []);
      });
    }

    if (seed) {
      it("is taken: an object of the same key is refused with its id and the way out, and stays untouched", async () => {
        await surroundings();
        const id = seed(world, true);
        refused(
          await world.stack.apply(program({ ...least, ...conformance.differing!.inputs })),
          id,
          "exists already and is not provably this resource's own. Nothing was changed.",
          conformance.differing!.said,
          `adopt: "${id}"`,
        );
        refused(await world.stack.apply(program(least)), "exists already");
        assert.deepEqual(writes(), []);
        assert.equal(world.stack.state.length, beside.length);
      });

      it("is adopted by true, by its id, and where it differs: nothing is written", async () => {
        await surroundings();
        const equal = seed(world, false);
        for (const adopt of [true, equal]) {
          assert.deepEqual(done(await up({ ...least, adopt })), ["create subject"]);
          assert.equal(subject().id, equal);
          assert.deepEqual(done(await up({ ...least, adopt })), []);
          world.stack.state = world.stack.state.filter(({ name }) => name !== "subject");
        }
        remove!(world, equal);
        const id = seed(world, true);
        writes();
        await up({ ...least, ...conformance.differing!.inputs, adopt: true });
        assert.equal(subject().id, id);
        assert.deepEqual(writes(), []);
        assert.deepEqual(done(succeeded(await world.stack.refresh())), ["drift subject"]);
        const put = await up({ ...least, ...conformance.differing!.inputs });
        assert.deepEqual(done(put), ["update subject"], "the difference is the next run's");
        assert.equal(writes().length, 1);
        assert.deepEqual(done(await up({ ...least, ...conformance.differing!.inputs })), []);
      });

      it("is not adopted by an id that is not there", async () => {
        const adopt = "11111111-1111-4111-8111-111111111111";
        refused(await world.stack.apply(program({ ...least, adopt })), `adopt: there is no`, adopt);
      });
    }

    it("is renamed in the program: with an alias nothing happens at all", async () => {
      await up(whole);
      const { id } = subject();
      writes();
      const renamed = [...beside, declare("renamed", withRules(whole), { aliases: ["subject"] })];
      const report = succeeded(await world.stack.apply(renamed));
      assert.deepEqual(done(report), type === "DomainVerification" ? ["update renamed"] : []);
      assert.equal(world.stack.find("renamed").id, id);
      assert.deepEqual(writes(), []);
    });

    it("refuses bad input of every field, with the property's path, before anything is asked", async () => {
      world.stack.config = { "nylas:apiUrl": world.sim.url };
      const plugin = await world.plugin();
      const good = JSON.parse(
        JSON.stringify(least, (key, value: unknown) =>
          typeof value === "function" ? (key === "records" ? {} : "some-id") : value,
        ),
      ) as Properties;
      assert.deepEqual((await plugin.check(type, {}, { ...good })).failures, []);
      for (const [inputs, property] of conformance.bad) {
        const { failures } = await plugin.check(type, {}, { ...good, ...inputs } as Properties);
        assert.ok(failures.length > 0, `${JSON.stringify(inputs)} should be refused`);
        for (const failure of failures) {
          assert.equal(failure.property, property, `${JSON.stringify(inputs)}: ${failure.reason}`);
          assert.match(failure.reason, /allowed: |did you mean|cannot|needs|moves/, failure.reason);
          if ("appPassword" in inputs) assert.ok(!failure.reason.includes(inputs.appPassword as string));
        }
      }
      assert.deepEqual(world.sim.requests, []);
    });

    it("is deleted, twice is no error, and nothing is left", async () => {
      await up(whole);
      const { id, outputs } = subject();
      succeeded(await world.stack.destroy());
      assert.deepEqual(world.stack.state, []);
      const plugin = await world.plugin();
      await plugin.delete(type, id, outputs);
      assert.deepEqual(standing(world.sim), []);
    });

    if (fill) {
      it("is kept when it is not empty, with the way out", async () => {
        await up(least);
        fill.by(world, subject().id);
        writes();
        const report = refused(await world.stack.apply(beside), "is kept", fill.said);
        assert.deepEqual(done(report), []);
        assert.deepEqual(writes(), []);
        assert.deepEqual(done(await up(least)), [], "it is still in the program's hands");
      });
    }

    if (fill && forced) {
      it("goes in two steps with forceDestroy: the word in one run, the end in the next", async () => {
        await up(least);
        fill.by(world, subject().id);
        await up({ ...least, forceDestroy: true });
        writes();
        const report = succeeded(await world.stack.apply(beside));
        assert.deepEqual(done(report), ["delete subject"]);
        assert.equal(writes().length, 1);
      });

      it("goes by nylas:forceDestroy in the configuration, where the entry can no longer be edited", async () => {
        await up(least);
        fill.by(world, subject().id);
        writes();
        world.stack.config = {
          ...world.config,
          "nylas:forceDestroy": JSON.stringify(["account:else@x.example", forced(subject().id)]),
        };
        // The configuration counts only where the program still declares a resource of ours.
        const rest = [...beside, { name: "still-here", type: "Policy", inputs: {} }];
        assert.deepEqual(done(succeeded(await world.stack.apply(rest))), [
          "create still-here",
          "delete subject",
        ]);
        assert.equal(writes().length, 2);
      });
    }
  });
}

export function defaultOf(sim: World["sim"]): string {
  const { workspaces } = sim.state();
  return workspaces.find((each) => each.default && each.application_id === sim.ids.application)?.id ?? "";
}

function differences(from: object, to: object): object {
  return Object.fromEntries(
    Object.entries(to).filter(([key, value]) => (from as Record<string, unknown>)[key] !== value),
  );
}

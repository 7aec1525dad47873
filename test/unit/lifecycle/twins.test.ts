import assert from "node:assert/strict";
import { type CommonInputs, type Definition } from "../../../provider/lifecycle/definition";
import { DynamicProvider } from "../../../provider/lifecycle/dynamicProvider";
import { Engine } from "../../../provider/lifecycle/engine";
import { Memory } from "../../../provider/lifecycle/memory";

interface Thing {
  id: string;
  name: string;
}

describe("a refresh looks for objects that were made twice", () => {
  /** Reads the things named in `recorded` while all of `standing` are there. */
  const refresh = async (standing: Thing[], recorded: string[]) => {
    let lists = 0;
    let marks = 0;
    const warnings: string[] = [];
    const things: Definition<CommonInputs, Thing, object> = {
      type: "Thing",
      noun: "thing",
      fields: () => ({}),
      create: () => Promise.reject(new Error("Nothing is made here.")),
      get: (_, id) => Promise.resolve(standing.find((thing) => thing.id === id)),
      delete: () => Promise.resolve(true),
      id: ({ id }) => id,
      describe: ({ id }) => `thing ${id}`,
      observed: () => ({}),
      outputs: () => ({}),
      realm: () => undefined,
      confirm: () => Promise.resolve(),
      twins: {
        all: () => {
          lists++;
          return Promise.resolve(standing);
        },
        mark: ({ name }) => {
          marks++;
          return name;
        },
      },
    };
    const engine = new Engine(undefined);
    engine.say = (severity, message) => {
      if (severity === "warning") warnings.push(message);
      return Promise.resolve();
    };
    const provider = new DynamicProvider(() => things, {
      memory: new Memory(),
      engine,
      session: () => ({}),
      running: 0,
      pause: () => Promise.resolve(true),
    });
    await provider.configure({ config: { get: () => undefined } });
    await Promise.all(recorded.map((id) => provider.read(id, { label: `project/stack/${id}` })));
    return { lists, marks, warnings };
  };

  it("and names those that stand beside a recorded one, and not those that are recorded themselves", async () => {
    const standing = [
      { id: "1", name: "a" },
      { id: "2", name: "a" },
      { id: "3", name: "b" },
      { id: "4", name: "b" },
    ];
    const { warnings } = await refresh(standing, ["3", "4", "1"]);
    assert.equal(warnings.length, 1, warnings.join("\n"));
    assert.match(warnings[0]!, /^thing 1 is this resource's own, and thing 2 stands beside it/);
  });

  it("with one look for all of them, and work that grows with their number and not with its square", async () => {
    const standing = Array.from({ length: 500 }, (_, n) => ({ id: `${n}`, name: `name ${n}` }));
    const { lists, marks, warnings } = await refresh(
      standing,
      standing.map(({ id }) => id),
    );
    assert.equal(lists, 1);
    assert.ok(marks <= 4 * standing.length, `${marks} comparisons`);
    assert.deepEqual(warnings, []);
  });
});

import assert from "node:assert/strict";
import { providerOf, type Thing } from "./things";

interface Named extends Thing {
  name: string;
}

describe("a refresh looks for objects that were made twice", () => {
  /** Reads the things named in `recorded` while all of `standing` are there. */
  const refresh = async (standing: Named[], recorded: string[]) => {
    let lists = 0;
    let marks = 0;
    const warnings: string[] = [];
    const provider = await providerOf<Named>({
      create: () => Promise.reject(new Error("Nothing is made here.")),
      get: (_, id) => Promise.resolve(standing.find((thing) => thing.id === id)),
      duplicates: {
        all: () => {
          lists++;
          return Promise.resolve(standing);
        },
        duplicateKey: ({ name }) => {
          marks++;
          return name;
        },
      },
      pause: () => true,
      say: (severity, message) => {
        if (severity === "warning") warnings.push(message);
        return Promise.resolve();
      },
    });
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

import { strict as assert } from "node:assert";
import * as pulumi from "@pulumi/pulumi";
import type * as Nylas from "pulumi-nylas";

describe("the label of a resource, which is its name at Nylas where the program gives none", () => {
  const labels: string[] = [];
  let nylas: typeof Nylas;

  before(async () => {
    await pulumi.runtime.setMocks(
      {
        newResource: ({ name, inputs }) => {
          if (typeof inputs.label === "string") labels.push(inputs.label);
          return { id: `${name}-id`, state: inputs as Record<string, unknown> };
        },
        call: () => ({}),
      },
      "project",
      "stack",
    );
    nylas = await import("pulumi-nylas");
  });

  class Group extends pulumi.ComponentResource {
    constructor(kind: string, name: string) {
      super(`test:index:${kind}`, name);
    }
  }

  /** A program with resources of one name under parents of different types, which Pulumi allows. */
  async function run(): Promise<string[]> {
    labels.length = 0;
    await pulumi.runtime.runInPulumiStack(async () => {
      const made = [
        new nylas.NylasPolicy("own", {}, { parent: new Group("Team", "a") }),
        new nylas.NylasPolicy("own", {}, { parent: new Group("Region", "b") }),
        new nylas.NylasWorkspace("own", {}, { parent: new Group("Crew", "c") }),
        new nylas.NylasPolicy("own"),
      ];
      for (const { urn } of made) await new Promise((done) => urn.apply(done));
      return {};
    });
    return [...labels].sort();
  }

  it("is shared by no two of a type that have one name under parents of different types, in every run alike", async () => {
    const first = await run();
    assert.deepEqual(first, [
      "project/stack/own",
      "project/stack/own",
      "project/stack/own (2)",
      "project/stack/own (test:index:Region)",
    ]);
    assert.deepEqual(await run(), first);
  });
});

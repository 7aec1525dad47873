import { strict as assert } from "node:assert";
import * as pulumi from "@pulumi/pulumi";
import type * as Nylas from "pulumi-nylas";
import { limitStackDepth, restoreStackDepth } from "../../../provider/hosts/dynamic/stackDepth";

describe("the depth of stacks", () => {
  let depth: number;

  before(() => (depth = Error.stackTraceLimit));
  afterEach(() => {
    restoreStackDepth();
    assert.equal(Error.stackTraceLimit, depth);
  });

  it("is small while a resource registers itself, for every class, and as before when it has", async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }),
      call: () => ({}),
    });
    const nylas: typeof Nylas = await import("pulumi-nylas");
    const experimental = await import("pulumi-nylas/experimental");
    const classes = Object.entries({ ...nylas, ...experimental }).filter(
      ([name, value]) =>
        (value as { prototype?: unknown }).prototype instanceof pulumi.CustomResource &&
        !name.startsWith("Nylas"),
    ) as [string, new (name: string, args: object) => pulumi.CustomResource][];
    assert.equal(classes.length, 13, classes.map(([name]) => name).join());
    // oxlint-disable-next-line typescript/no-require-imports
    const { getStore } = require("@pulumi/pulumi/runtime/state") as {
      getStore(): { leakCandidates: Set<{ _debugStackTrace: string }> };
    };
    for (const [name, Class] of classes) {
      const before = new Set(getStore().leakCandidates);
      new Class(`some-${name}`, {});
      const taken = [...getStore().leakCandidates].filter((promise) => !before.has(promise));
      assert.ok(taken.length > 10, `${name}: Pulumi takes stacks, ${taken.length}`);
      for (const { _debugStackTrace: stack } of taken)
        assert.ok(stack.split("\n    at ").length - 1 <= 5, `${name}: ${stack}`);
      assert.equal(Error.stackTraceLimit, depth, name);
    }
  });

  it("still names the program's line in the stack of a registration that fails", async () => {
    await pulumi.runtime.setMocks({
      newResource: () => {
        throw new Error("the engine says no");
      },
      call: () => ({}),
    });
    const { NylasPolicy } = await import("pulumi-nylas");
    const failure = await new Promise<Error>((failed) => {
      const heard = (error: Error) => failed(error);
      process.once("unhandledRejection", heard);
      new NylasPolicy("refused");
    });
    assert.match(failure.stack ?? "", /stackDepth\.test\.ts/);
  });

  it("is as before in the next moment where a constructor threw half-way", async () => {
    limitStackDepth();
    assert.ok(Error.stackTraceLimit < depth);
    await Promise.resolve();
    assert.equal(Error.stackTraceLimit, depth);
  });

  it("is left alone where it is small already", () => {
    Error.stackTraceLimit = 2;
    limitStackDepth();
    assert.equal(Error.stackTraceLimit, 2);
    Error.stackTraceLimit = depth;
  });
});

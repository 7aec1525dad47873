/** The previews that test/plugin/review.test.ts is built on are those of the real engine, step by step. */
import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { startSimulator, type Simulator } from "nylas-simulator";
import { Random } from "../faults/random";
import { type Properties } from "../plugin/harness";
import { previewJson } from "../plugin/previewJson";
import { HARMLESS, RISKY, type World } from "../plugin/reviewEdits";
import { compiled, firstProgram, type Spec } from "../plugin/reviewPrograms";
import { FakeStack } from "../plugin/stack";
import { closeScenes, openScene, succeeded } from "./scene";

/** Declares what stands in program.json. */
const PROGRAM = `
import * as fs from "node:fs";
import * as experimental from "pulumi-nylas/experimental";
const classes: Record<string, any> = { ...nylas, ...experimental };
const classOf = (type: string) => classes["Nylas" + type] ?? classes[type];
const made: Record<string, any> = {};
function resolve(value: any): any {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== "object" || value === null) return value;
  if ("ref" in value) return made[value.ref].id;
  if ("pick" in value) return pulumi.all(value.pick.map((name: string) => made[name].id)).apply((ids) => ids[value.at]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
}
const waiting: any[] = JSON.parse(fs.readFileSync("program.json", "utf8"));
for (const { name, type, inputs, aliases = [], retainOnDelete } of waiting)
  made[name] = new (classOf(type))(name, resolve(inputs), { aliases: aliases.map((each: string) => ({ name: each })), retainOnDelete });
`;

/** Edits by their names, with a seed for what they draw. */
const EDITS = [
  "a new workspace, or the one of another tenant",
  "a new policy for a workspace",
  "a new rule attached",
  "another principal of a key",
  "something taken out",
  "a rename",
  "a new tenant",
  "shorter retention",
];

describe("the model of a preview", function () {
  this.timeout(900_000);
  afterEach(closeScenes);

  it("shows the same steps, sides, ids and dependencies as the engine", async () => {
    const { sim, stack } = await openScene({
      program: PROGRAM,
      project: "project",
      stack: "stack",
      simulator: { publicWebhooks: "assume" },
    });
    const twin = await startSimulator({ publicWebhooks: "assume" });
    const model = new FakeStack({
      oneProcess: true,
      env: { NYLAS_TEST_TIME_SCALE: "0.002" },
      config: {
        "nylas:apiUrl": twin.url,
        "nylas:apiKey": twin.keys.apiKey,
        "nylas:organizationKey": twin.keys.organizationKey,
      },
    });
    try {
      const write = (program: Spec[]) =>
        fs.writeFileSync(path.join(stack.folder, "program.json"), JSON.stringify(ordered(program)));
      const both = async (program: Spec[], what: string) => {
        write(program);
        const real = await stack.run("preview", "--json", "--show-sames", "--non-interactive");
        const planned = await model.preview(compiled(program));
        const shape = shapeOf(real.stdout);
        assert.ok(Object.keys(shape).length >= program.length, `${what}: not every resource is a step`);
        assert.deepEqual(shapeOf(previewJson(planned)), shape, what);
      };
      const up = async (program: Spec[]) => {
        write(program);
        succeeded(await stack.up());
        assert.deepEqual((await model.apply(compiled(program))).errors, []);
      };
      const seeded = (each: Simulator) => {
        const workspaceId = each.seed({ kind: "workspace", name: "By hand" });
        each.seed({ kind: "grant", email: "hand@acme.nylas.email", workspaceId });
      };
      [sim, twin].forEach(seeded);

      const first = firstProgram(new Random("model"), "", false);
      await both(first, "the first preview");
      await up(first);
      for (const [at, name] of EDITS.entries()) {
        const program = structuredClone(first);
        const world: World = {
          random: new Random(`model ${at}`),
          sim: twin,
          program,
          otherZone: "",
          idOf: (each) => model.find(each).id,
          next: () => 20 + at,
        };
        assert.ok((RISKY[name] ?? HARMLESS[name])!(world), name);
        await both(program, name);
      }
      // What is taken over stands in the outputs, and the wish for it in the inputs.
      const adopting = structuredClone(first);
      adopting.push({
        type: "AgentAccount",
        name: "hand",
        inputs: { email: "hand@acme.nylas.email", workspaceId: { ref: "w1" }, adopt: true },
      });
      await both(adopting, "a take-over");
      await up(adopting);
      await both(adopting, "after a take-over");
    } finally {
      await model.close();
      await twin.close();
    }
  });
});

/** A program's references name what stands before them. */
function ordered(program: Spec[]): Spec[] {
  const left = [...program];
  const done: Spec[] = [];
  while (left.length > 0) {
    const names = left.map(({ name }) => name);
    const at = left.findIndex(({ inputs, name }) => {
      const text = JSON.stringify(inputs);
      return !names.some(
        (each) => each !== name && new RegExp(`"(ref":"${each}"|pick":\\[[^\\]]*"${each}")`).test(text),
      );
    });
    done.push(...left.splice(at < 0 ? 0 : at, 1));
  }
  return done;
}

interface Side {
  id?: string;
  inputs?: Properties;
  outputs?: Properties;
  propertyDependencies?: Record<string, string[]>;
}

/** The steps on our resources by URN, with names in place of ids, and without what differs from run to run. */
function shapeOf(text: string): Record<string, unknown> {
  const digest = JSON.parse(text) as {
    steps: { op: string; urn: string; oldState?: Side; newState?: Side }[];
  };
  const own = digest.steps.filter(({ urn }) => urn.includes("dynamic/nylas:"));
  const ids = new Map<string, string>();
  for (const { urn, oldState } of own)
    for (const [at, part] of (oldState?.id ?? "").split("/").entries())
      if (part !== "") ids.set(part, ids.get(part) ?? `<${urn.split("::").at(-1)} ${at}>`);
  const plain = (value: unknown): unknown => {
    if (typeof value === "string")
      return [...ids].reduce((all, [id, name]) => all.replaceAll(id, name), value);
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => !["__provider", "label", ...VARYING].includes(key))
        .map(([key, inner]) => [key, plain(inner)]),
    );
  };
  const side = (each: Side | undefined, old: boolean) =>
    each && {
      inputs: plain(each.inputs),
      ...(old ? { outputs: plain(each.outputs), id: plain(each.id) } : {}),
      ...(old ? {} : { dependencies: dependenciesOf(each) }),
    };
  return Object.fromEntries(
    own
      // The engine lists the parts of a replacement beside it.
      .filter(({ op }) => !["create-replacement", "delete-replaced"].includes(op))
      .map(({ op, urn, oldState, newState }) => [
        urn,
        { op, old: side(oldState, true), new: side(newState, false) },
      ]),
  );
}

/** Ids of the simulator's own, times, and secrets that are made at random. */
const VARYING = [
  "applicationId",
  "organizationId",
  "createdAt",
  "secret",
  "signingSecret",
  "keyId",
  "currentWorkspaceId",
];

function dependenciesOf({ propertyDependencies }: Side): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(propertyDependencies ?? {})
      .filter(([, all]) => all.length > 0)
      .map(([key, all]) => [key, [...new Set(all)].sort()]),
  );
}

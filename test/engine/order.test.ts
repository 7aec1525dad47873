import * as fs from "node:fs";
import * as path from "node:path";
import { Chance, type Entry, rendered, type Program } from "../plugin/programs";
import { type Hand, walk } from "../plugin/orderWalk";
import { type Result, type Stack } from "./harness";
import { changes, closeScenes, openScene, succeeded } from "./scene";

const SEED = Number(process.env.ORDER_ENGINE_SEED ?? 1);
const EDITS = Number(process.env.ORDER_ENGINE_EDITS ?? 5);
/** After how many edits a preview and a refresh are looked at as well: each costs as much as an edit. */
const LOOKS = Number(process.env.ORDER_ENGINE_LOOKS ?? 5);
/** A walk of its own every so many edits, each replayable by itself. */
const AT_A_TIME = 25;

/** Declares what stands in program.json; the text of it never changes. */
const PROGRAM = `
import * as fs from "node:fs";
import * as experimental from "pulumi-nylas/experimental";
const classes: Record<string, any> = {
  ...nylas, ...experimental,
  List: nylas.NylasList, Policy: nylas.NylasPolicy, Rule: nylas.NylasRule, Webhook: nylas.NylasWebhook, Domain: nylas.NylasDomain,
  DomainRecords: nylas.NylasDomainRecords, DomainVerification: nylas.NylasDomainVerification, Workspace: nylas.NylasWorkspace,
  DefaultWorkspace: nylas.NylasDefaultWorkspace, Principal: experimental.NylasPrincipal, ApiKey: experimental.NylasApiKey,
};
const made: Record<string, any> = {};
function resolve(value: any): any {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== "object" || value === null) return value;
  if ("$of" in value) {
    const found = made[value.$of][value.$get];
    return value.$before === undefined ? found : pulumi.interpolate\`\${value.$before}\${found}\`;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
}
for (const { name, type, inputs, aliases } of JSON.parse(fs.readFileSync("program.json", "utf8")))
  made[name] = new classes[type](name, resolve(inputs), { aliases: aliases.map((each: string) => ({ name: each })) });
`;

describe("random programs and edits on the real engine", () => {
  afterEach(closeScenes);

  for (let seed = SEED, left = EDITS; left > 0; seed++, left -= AT_A_TIME) {
    const edits = Math.min(left, AT_A_TIME);
    const again = `ORDER_ENGINE_SEED=${seed} ORDER_ENGINE_EDITS=${edits} npx mocha test/engine/order.test.ts`;
    it(`end in the declared state (seed ${seed}: ${again})`, async function () {
      this.timeout(edits * 60_000);
      const { sim, stack } = await openScene({
        program: PROGRAM,
        simulator: { publicWebhooks: "assume" },
        project: "project",
        stack: "stack",
      });
      // Nothing of a random program is written down as TypeScript: every seed runs the same text.
      const hand: Hand = {
        sim,
        async up(program, { continueOnError }) {
          write(stack, program, seed);
          return outcome(await stack.up(...(continueOnError ? ["--continue-on-error"] : [])));
        },
        async pending(program) {
          write(stack, program, seed);
          const both = succeeded(await stack.preview("--refresh", "--diff"));
          return changes(both).filter((change) => !change.endsWith(" refresh"));
        },
        destroy: async () => outcome(await stack.destroy()),
        state: () => entries(stack),
      };
      await walk(hand, {
        seed,
        edits,
        looksAfter: (edit) => edit % LOOKS === 0,
        ...(process.env.ORDER_TELL ? { tell: (line) => console.log(`      ${line}`) } : {}),
      });
    });
  }
});

/** Another order of the resources in every change, as far as their references allow it. */
function write(stack: Stack, program: Program, seed: number): void {
  const chance = new Chance(seed + Object.keys(program).length);
  const all = rendered(program);
  const order: typeof all = [];
  const left = chance.shuffle(all);
  while (left.length > 0) {
    const next = left.find(
      (each) => !left.some(({ name }) => JSON.stringify(each.inputs).includes(`"$of":"${name}"`)),
    )!;
    left.splice(left.indexOf(next), 1);
    order.push(next);
  }
  fs.writeFileSync(path.join(stack.folder, "program.json"), JSON.stringify(order, null, 1));
}

function entries(stack: Stack): ReturnType<Hand["state"]> {
  return stack
    .state()
    .filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/nylas:"))
    .map(({ urn, type, id, inputs, outputs }): Entry & { outputs: Record<string, unknown> } => ({
      name: urn.split("::").at(-1)!,
      type: type.split(":").at(-1)!,
      id: id ?? "",
      inputs: inputs ?? {},
      outputs: outputs ?? {},
    }));
}

function outcome(result: Result): { errors: { name: string; message: string }[]; text: string } {
  const errors = result.diagnostics
    .filter(({ severity, urn }) => severity === "error" && urn.includes("nylas:"))
    .map(({ urn, message }) => ({ name: urn.split("::").at(-1)!, message }));
  if (result.code !== 0 && errors.length === 0) errors.push({ name: "", message: result.text });
  return { errors, text: result.text };
}

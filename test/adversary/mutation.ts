/** `npm run test:mutants [-- --only M1,M6] [--seeds N]`: takes each fix out by itself, and runs seeds until one finds that. */
import * as fs from "node:fs";
import { parseArgs } from "node:util";
import { Campaign, type CampaignOptions } from "./campaign";
import { generate } from "./generate";
import { checkoutOf } from "./mutantCheckout";
import { type Mutant, MUTANTS } from "./mutants";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: "string" }, seeds: { type: "string" }, workers: { type: "string" } },
  });
  const only = values.only?.split(",");
  const lines: string[] = [];
  for (const mutant of MUTANTS) {
    if (only && !only.some((each) => mutant.finding.split(", ").includes(each))) continue;
    const found = await search(mutant, values);
    if (found === undefined) process.exitCode = 1;
    lines.push(`${mutant.finding}: ${found ?? "not found"} (${mutant.what})`);
    console.log(lines.at(-1));
  }
  console.log(`\n${lines.join("\n")}`);
}

/** The seeds that are known to find it; with a number of seeds, those of its theme among them, until one does. */
async function search(
  mutant: Mutant,
  { seeds, workers }: { seeds?: string; workers?: string },
): Promise<string | undefined> {
  const { engine = false, dialect = "kinds" } = mutant;
  const checkout = checkoutOf(mutant);
  const options: CampaignOptions = {
    seeds: undefined,
    only: seeds === undefined ? mutant.seeds : seedsOf(mutant, Number(seeds)),
    first: 1,
    engine,
    theme: undefined,
    checkout,
    dialect,
    workers: workers === undefined ? undefined : Number(workers),
    all: true,
    stories: false,
    stop: seeds !== undefined,
    progress: true,
  };
  try {
    console.log(`${mutant.finding}: ${options.only!.length} seeds at most`);
    const campaign = new Campaign(options);
    const failed = await campaign.run();
    if (seeds === undefined && failed < mutant.seeds.length) return undefined;
    return failed === 0 ? undefined : `seed ${campaign.failures.join(", ")}`;
  } finally {
    fs.rmSync(checkout, { recursive: true, force: true });
  }
}

function seedsOf({ theme, engine = false }: Mutant, count: number): number[] {
  const seeds = Array.from({ length: count }, (_, n) => n + 1);
  return seeds.filter((seed) => generate(seed, { engine }).theme === theme);
}

void main();

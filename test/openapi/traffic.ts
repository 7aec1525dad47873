import { type Exchange, READINGS, readProfile, type Settings } from "nylas-simulator";
import { runErrands } from "./errands";
import { Lane } from "../readings/lane";
import { type Row } from "../readings/rows";

/** The lives that are listened to: under the simulator's defaults, under readings that lead to other calls, and under the vendor's documents by the letter. */
export const LIVES: Row[] = [
  { name: "default", settings: {} },
  { name: "movesIgnored", settings: READINGS.movesIgnored.settings },
  { name: "folderCounts", settings: { folderCounts: "absent" } },
  { name: "strictConnectors", settings: READINGS.strictConnectors.settings },
  { name: "documented", settings: withoutRate(readProfile("documented").settings as Partial<Settings>) },
];

/** The life of every kind failed, so that what was heard is not the whole. */
export class FailedLife extends Error {}

/** All calls of the Nylas API in errands and in the lives of every kind, in their order. */
export async function listen(seed: number, rows: Row[] = LIVES): Promise<Exchange[]> {
  const heard: Exchange[] = [];
  const onExchange = (exchange: Exchange): void => {
    // The DNS vendors' APIs are on the same port.
    if (exchange.path.startsWith("/v3/")) heard.push(exchange);
  };
  await runErrands(onExchange);
  const lane = await Lane.open({ onExchange });
  try {
    for (const [index, row] of rows.entries()) {
      // What a life says differs from seed to seed, such as whether objects have names of their own.
      const { problem } = await lane.run(row, seed + index, { short: false, edits: 0 });
      if (problem !== undefined) throw new FailedLife(`the life under ${row.name} failed: ${problem}`);
    }
  } finally {
    await lane.close();
  }
  return heard;
}

function withoutRate({ requestsPerSecond: _rate, ...settings }: Partial<Settings>): Partial<Settings> {
  return settings;
}

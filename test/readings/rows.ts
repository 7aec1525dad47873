import { make, sorters } from "covertable";
import {
  DEFAULT_SETTINGS,
  profileNames,
  type Reading,
  READINGS,
  readProfile,
  type Settings,
} from "nylas-simulator";

/** A set of readings that hold together, under which one life is run. */
export interface Row {
  name: string;
  settings: Partial<Settings>;
}

/** The readings by the setting that they change: of each setting, one value can hold. */
export const FACTORS: Record<string, Reading[]> = Object.fromEntries(
  [...new Set(Object.values(READINGS).map(keyOf))].map((key) => [
    key,
    Object.values<Reading>(READINGS).filter((each) => keyOf(each) === key),
  ]),
);

/** The documented reading, then each other reading by itself. */
export function rowsAlone(): Row[] {
  return [
    { name: "default", settings: {} },
    ...Object.entries<Reading>(READINGS).map(([name, { settings }]) => ({ name, settings })),
  ];
}

/** A row for each profile of the simulator. */
export function rowsOfProfiles(): Row[] {
  return profileNames().map((name) => ({
    name: `profile-${name}`,
    settings: settingsIn(readProfile(name).settings),
  }));
}

/** Rows in which every two readings of different settings stand together at least once. */
export function rowsOfPairs(seed: string): Row[] {
  const values = Object.fromEntries(
    Object.entries(FACTORS).map(([key, readings]) => [key, readings.map((_each, index) => index).concat(-1)]),
  );
  return make(values, { length: 2, sorter: sorters.hash, seed }).map((chosen, index) => ({
    name: `pairs-${index + 1}`,
    settings: Object.assign(
      {},
      ...Object.entries(chosen).map(([key, value]) => FACTORS[key]![value as number]?.settings ?? {}),
    ) as Partial<Settings>,
  }));
}

/** How many pairs of values of different settings there are, and how many of them some row has. */
export function pairsIn(rows: Row[]): { all: number; covered: number } {
  const keys = Object.keys(FACTORS);
  const valueIn = (key: string, { settings }: Row) =>
    FACTORS[key]!.findLastIndex((reading) =>
      Object.entries({ ...DEFAULT_SETTINGS, ...reading.settings })
        .filter(([name]) => FACTORS[key]!.some((each) => name in each.settings))
        .every(
          ([name, value]) =>
            JSON.stringify({ ...DEFAULT_SETTINGS, ...settings }[name as keyof Settings]) ===
            JSON.stringify(value),
        ),
    );
  let all = 0;
  const covered = new Set<string>();
  for (const [at, a] of keys.entries()) {
    for (const b of keys.slice(at + 1)) {
      all += (FACTORS[a]!.length + 1) * (FACTORS[b]!.length + 1);
      for (const row of rows) covered.add([a, valueIn(a, row), b, valueIn(b, row)].join(" "));
    }
  }
  return { all, covered: covered.size };
}

/** The readings that hold in a row and are not the defaults. */
export function readingsIn({ settings }: Row): string[] {
  return Object.entries(settings)
    .filter(
      ([key, value]) => JSON.stringify(DEFAULT_SETTINGS[key as keyof Settings]) !== JSON.stringify(value),
    )
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
}

/** The setting that tells the readings of one point from each other; a second one only says how. */
function keyOf({ settings }: Reading): string {
  return Object.keys(settings)[0]!;
}

function settingsIn(settings: object): Partial<Settings> {
  // A profile may slow the API down or close webhooks to this machine; both say nothing about a life.
  const { requestsPerSecond: _rate, ...rest } = settings as Partial<Settings>;
  return rest;
}

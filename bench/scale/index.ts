import { type Bench, type Line, type Progress, round } from "../report";
import { inColumns } from "../../provider/columns";
import { chart } from "./chart";
import { type Contender, eightAtATime, floor, native, oneByOne, ours, usual } from "./contenders";
import { type Conditions, measure, nameOf, OPERATIONS, type OperationName, type Run } from "./measure";

/** Milliseconds of each answer of the simulated API. */
const LATENCY = 40;
/** Requests a second that the real API allows an application. */
const ALLOWED = 50;
/** More than so many the usual way is not asked to carry, nor a loop that makes one call after the other. */
const MOST_OF_THE_USUAL = 1_000;
/** The writes of a larger fleet's state after each step take the engine forty minutes, and say nothing of a provider. */
const MOST_WRITTEN = 1_000;

/**
 * Fleets of accounts in tenants of ten: first up, previews and ups that change nothing, one policy edit, refresh,
 * destroy. The same run measures a plugin that does nothing, `pulumi.dynamic` the usual way, and a loop over the
 * official SDK.
 */
export function scale(sizes: readonly number[], only: readonly string[] = OPERATIONS): Bench {
  const wanted = OPERATIONS.filter((operation) => only.includes(operation));
  return {
    name: "scale",
    async run(progress) {
      const runs: Run[] = [];
      for (const accounts of sizes) runs.push(...(await runsOf(accounts, wanted, progress)));
      // What is compared has to be written as seldom, and not to wait for a rate that the floor knows nothing of.
      for (const accounts of wanted.includes("first up") ? grown(sizes) : []) {
        const conditions = { ...conditionsOf(accounts), writes: "at the end", unpaced: true } as const;
        runs.push(...(await measure([floor, ours], conditions, progress, ["first up"])));
      }
      return {
        lines: sizes.flatMap((accounts) => linesOf(runs, accounts)).concat(growth(runs, sizes)),
        notes: Object.fromEntries(
          sizes.map((accounts) => [
            `${accounts} accounts, seconds (calls to Nylas)`,
            tableOf(runs, accounts),
          ]),
        ),
        details: { latencyMs: LATENCY, runs },
        files: { "scale.svg": chart(runs) },
      };
    },
  };
}

async function runsOf(
  accounts: number,
  wanted: readonly OperationName[],
  progress: Progress,
): Promise<Run[]> {
  const conditions = conditionsOf(accounts);
  const all: Contender[] = [floor, ours, native];
  if (accounts <= MOST_OF_THE_USUAL) all.push(usual);
  all.push(eightAtATime);
  if (accounts <= MOST_OF_THE_USUAL) all.push(oneByOne);
  const runs = await measure(all, conditions, progress, wanted);
  if (accounts > MOST_OF_THE_USUAL || !wanted.includes("first up")) return runs;
  const limited = { ...conditions, requestsPerSecond: ALLOWED };
  return [...runs, ...(await measure([ours], limited, progress, ["first up"]))];
}

function conditionsOf(accounts: number): Conditions {
  return {
    accounts,
    latencyMs: LATENCY,
    requestsPerSecond: 0,
    writes: accounts <= MOST_WRITTEN ? "each step" : "at the end",
    // Where an operation takes a minute, the noise of the machine is a smaller part of it.
    times: accounts <= MOST_OF_THE_USUAL ? 3 : 1,
  };
}

function linesOf(runs: Run[], accounts: number): Line[] {
  const { writes } = conditionsOf(accounts);
  const of = ({ name }: Contender, limit = 0) =>
    runs.find(
      (run) =>
        run.contender === name &&
        run.accounts === accounts &&
        run.limit === limit &&
        run.writes === writes &&
        !run.unpaced,
    );
  const [mine, least, other, limited] = [of(ours), of(floor), of(usual), of(ours, ALLOWED)];
  const seconds = (run: Run | undefined, operation: OperationName) =>
    run?.operations[operation]?.seconds ?? NaN;
  const lines: Line[] = [];
  const measured = (operation: OperationName) => mine?.operations[operation] !== undefined;
  const over = (operation: OperationName, limit: number) =>
    measured(operation) &&
    lines.push({
      what: `${accounts}: ${operation}, against the floor`,
      measured: seconds(mine, operation) / seconds(least, operation),
      unit: "×",
      limit,
    });
  const calls = (operation: OperationName, limit: number) =>
    measured(operation) &&
    lines.push({
      what: `${accounts}: ${operation}`,
      measured: mine?.operations[operation]?.calls ?? NaN,
      unit: "calls",
      limit,
    });
  // Of a hundred, start-up is most of what is measured.
  if (accounts >= 1000) {
    if (writes === "each step") over("first up", 1.2);
    else if (measured("first up")) {
      // Then it is Nylas' limit that holds it, which the provider keeps to wherever it sends to.
      lines.push({
        what: `${accounts}: of ${ALLOWED} requests a second that are allowed, used by the first up`,
        measured: (mine!.operations["first up"]!.rate / ALLOWED) * 100,
        unit: "%",
        limit: 95,
        atLeast: true,
      });
    }
    over("no-op preview", 1.05);
    over("no-op up", 1.05);
    over("refresh", 1.2);
  }
  calls("no-op preview", 0);
  calls("no-op up", 0);
  // A refresh of more turns more pages: one for each 200 accounts.
  calls("refresh", 15 + Math.ceil(accounts / 200));
  if (other?.operations["first up"] && accounts >= 1000) {
    lines.push({
      what: `${accounts}: first up, the usual way against ours`,
      measured: seconds(other, "first up") / seconds(mine, "first up"),
      unit: "×",
      limit: 2.3,
      atLeast: true,
    });
  }
  const up = limited?.operations["first up"];
  if (up && accounts >= 1000) {
    lines.push({
      what: `${accounts}: first up where ${ALLOWED} requests a second are allowed, of them too many`,
      measured: (up.refused / up.calls) * 100,
      unit: "%",
      limit: 1,
    });
  }
  lines.push(...nativeLines(mine, of(native), accounts));
  const [plugin, nothing] = [mine, least].map((run) =>
    Math.max(...OPERATIONS.map((operation) => run?.operations[operation]?.peaks.plugin ?? 0)),
  );
  if (nothing && accounts >= 1000) {
    lines.push({
      what: `${accounts}: peak memory of the plugin, against the one that does nothing`,
      measured: plugin! / nothing,
      unit: "×",
      limit: 1.25,
    });
  }
  return lines;
}

/** Of 300 accounts and more: with less, start-up is most of what is measured. */
function nativeLines(mine: Run | undefined, other: Run | undefined, accounts: number): Line[] {
  if (accounts < 300) return [];
  const lines: Line[] = [];
  for (const operation of ["no-op up", "refresh"] as const) {
    const [dynamic, native] = [mine?.operations[operation], other?.operations[operation]];
    if (dynamic === undefined || native === undefined) continue;
    lines.push({
      what: `${accounts}: ${operation} of the native plugin, against the dynamic one`,
      measured: native.seconds / dynamic.seconds,
      unit: "×",
      limit: 1,
    });
  }
  const peak = Math.max(...OPERATIONS.map((operation) => other?.operations[operation]?.peaks.plugin ?? 0));
  if (peak > 0 && accounts === 300)
    lines.push({
      what: `${accounts}: peak memory of the native plugin`,
      measured: peak,
      unit: "MB",
      limit: 120,
    });
  return lines;
}

/** The second largest fleet and the largest; none where there are no two large enough. */
function grown(sizes: readonly number[]): number[] {
  const large = sizes.filter((accounts) => accounts >= 1000).sort((a, b) => a - b);
  return large.length < 2 ? [] : large.slice(-2);
}

/** From the second largest fleet to the largest: no worse than the floor's. */
function growth(runs: Run[], sizes: readonly number[]): Line[] {
  const [less, more] = grown(sizes);
  const unpaced = runs.filter((run) => run.unpaced);
  if (less === undefined || more === undefined || unpaced.length === 0) return [];
  const factor = ({ name }: Contender) => {
    const seconds = (accounts: number) =>
      unpaced.find((run) => run.contender === name && run.accounts === accounts)?.operations["first up"]
        ?.seconds ?? NaN;
    return seconds(more) / seconds(less);
  };
  return [
    {
      what: `first up: growth from ${less} to ${more} accounts, against the floor's`,
      measured: factor(ours) / factor(floor),
      unit: "×",
      limit: 1,
    },
  ];
}

/** A row for each contender. */
function tableOf(runs: Run[], accounts: number): string[] {
  const rows = runs
    .filter((run) => run.accounts === accounts)
    .map((run) => [
      nameOf(run),
      ...OPERATIONS.map((operation) => {
        const taken = run.operations[operation];
        return taken ? `${round(taken.seconds)} (${taken.calls})` : "–";
      }),
      run.stateBytes === undefined ? "–" : `${Math.round(run.stateBytes / 1024)} KiB`,
      (["engine", "program", "plugin"] as const)
        .map((role) => Math.max(...OPERATIONS.map((each) => run.operations[each]?.peaks[role] ?? 0)))
        .map((peak) => (peak > 0 ? String(Math.round(peak)) : "–"))
        .join("/"),
    ]);
  const all = [["", ...OPERATIONS, "state", "MB engine/program/plugin"], ...rows];
  return inColumns(all, { right: (column) => column > 0 });
}

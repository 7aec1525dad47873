import { type Exchange } from "nylas-simulator";
import { type Checker, type Difference } from "./checker";
import { type Known, knownOf, type KnownError } from "./known";

/** A difference, and how many exchanges have it. */
export interface Counted extends Difference {
  exchanges: number;
}

/** A known error, of either sort. */
type Named = Pick<KnownError, "name" | "reason">;

export interface Findings {
  exchanges: number;
  /** Routes of the document that were seen, each with its exchanges. */
  routes: Map<string, number>;
  unknown: Counted[];
  /** Known errors that occurred, each with the exchanges that have it. */
  known: { error: Named; exchanges: number }[];
  /** Known errors that did not occur. */
  gone: Named[];
}

/** Checks exchanges one by one. */
export function examine(
  exchanges: Iterable<Exchange>,
  checker: Checker,
  { known = [], moved = [] }: Known = {},
): Findings {
  const routes = new Map<string, number>();
  const unknown = new Map<string, Counted>();
  const occurred = new Map<Named, number>();
  const all: Named[] = [...moved, ...known];
  let count = 0;
  for (const exchange of exchanges) {
    count++;
    const { route, move } = checker.routeOf(exchange);
    if (route !== undefined) routes.set(route, (routes.get(route) ?? 0) + 1);
    const errors = new Set<Named>(move && [move]);
    for (const difference of checker.check(exchange)) {
      const error = knownOf(difference, known);
      if (error) errors.add(error);
      else {
        const key = [difference.route, difference.side, difference.path, difference.problem].join("\n");
        const counted = unknown.get(key) ?? { ...difference, exchanges: 0 };
        counted.exchanges++;
        unknown.set(key, counted);
      }
    }
    for (const error of errors) occurred.set(error, (occurred.get(error) ?? 0) + 1);
  }
  return {
    exchanges: count,
    routes,
    unknown: [...unknown.values()].sort((a, b) => keyOf(a).localeCompare(keyOf(b))),
    known: all.flatMap((error) => {
      const exchanges = occurred.get(error);
      return exchanges === undefined ? [] : [{ error, exchanges }];
    }),
    gone: all.filter((error) => !occurred.has(error)),
  };
}

/** What the command prints. */
export function reportOf({ exchanges, routes, unknown, known, gone }: Findings): string {
  const lines = [
    `${plural(routes.size, "route")} of the document, ${plural(exchanges, "exchange")}, ` +
      `${plural(unknown.length, "unknown difference")}, ${plural(known.length, "known error")} of the document`,
  ];
  let route = "";
  for (const each of unknown) {
    if (each.route !== route) lines.push("", each.route);
    route = each.route;
    const where = [each.side === "route" ? "" : each.side, each.path].filter(Boolean).join(" ");
    const sample = each.sample === "" ? "" : `; such as ${each.sample}`;
    lines.push(`  ${where === "" ? "" : `${where}: `}${each.problem} (${each.exchanges}×)${sample}`);
  }
  if (unknown.length > 0)
    lines.push(
      "",
      "Correct docs/nylas-api.md and the simulator, then the provider. An error of the document goes into test/openapi/known.ts, with its reason.",
    );
  if (known.length > 0) lines.push("", "Known errors of the document:");
  for (const { error, exchanges: times } of known) lines.push(`  ${error.name} (${times}×): ${error.reason}`);
  if (gone.length > 0)
    lines.push(
      "",
      "Known errors that did not occur. Take them out of test/openapi/known.ts if the document is corrected:",
      ...gone.map(({ name }) => `  ${name}`),
    );
  return lines.join("\n");
}

const keyOf = ({ route, side, path, problem }: Difference): string =>
  [route.split(" ").reverse().join(" "), side, path, problem].join(" ");

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

import { KINDS_OF_FAULT } from "./faults";
import { type Outcome } from "./lane";
import { cells, nameOfCell, RARE, ROUTES } from "./routes";

/** Adds up what came of many seeds. */
export class Report {
  seeds = 0;
  failures: Outcome[] = [];
  readonly #began = performance.now();
  readonly #calls = new Set<string>();
  /** By fault and struck call. */
  readonly #struck = new Map<string, number>();
  readonly #uncertain = new Map<string, number>();
  #uncertainSeeds = 0;
  #spoilt = 0;
  #hit = 0;
  #slowest: Outcome | undefined;

  add(outcome: Outcome): void {
    this.seeds++;
    if (outcome.problem !== undefined) this.failures.push(outcome);
    for (const call of outcome.calls) this.#calls.add(call);
    for (const { fault, call } of outcome.struck) count(this.#struck, `${fault}|${call}`);
    if (outcome.struck.length > 0) this.#spoilt++;
    if (outcome.hit) this.#hit++;
    if (outcome.uncertain.length > 0) this.#uncertainSeeds++;
    for (const what of outcome.uncertain) count(this.#uncertain, what);
    if (outcome.milliseconds > (this.#slowest?.milliseconds ?? 0)) this.#slowest = outcome;
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /** Calls that were made and that nothing ever struck. */
  get unspoilt(): string[] {
    const struck = new Set([...this.#struck.keys()].map((key) => key.split("|")[1]));
    const rare = namesOf(RARE);
    return [...this.#calls].filter((call) => !struck.has(call) && !rare.has(call)).sort();
  }

  /** Calls that were made and that the table of routes does not have. */
  get unlisted(): string[] {
    const listed = new Set([...namesOf(ROUTES), ...namesOf(RARE)]);
    return [...this.#calls].filter((call) => !listed.has(call)).sort();
  }

  /** Calls with a fault that never struck them, of all that the table has. */
  get holes(): string[] {
    return cells()
      .map(nameOfCell)
      .filter((cell) => !this.#struck.has(cell));
  }

  text(): string {
    const faults = KINDS_OF_FAULT.map(({ name }) => name);
    const by = (part: (fault: string, call: string) => string): Map<string, number> => {
      const sums = new Map<string, number>();
      for (const [key, times] of this.#struck) {
        const [fault, call] = key.split("|") as [string, string];
        count(sums, part(fault, call), times);
      }
      return sums;
    };
    const byFault = by((fault) => fault);
    const byKind = by((_fault, call) => call.split(" ").slice(0, 2).join(" "));
    const total = [...byFault.values()].reduce((sum, times) => sum + times, 0);
    const all = cells().length;
    const lines = [
      `${this.seeds} seeds in ${Math.round(this.seconds)} s (${(this.seeds / this.seconds).toFixed(1)} a second); ` +
        `${this.#spoilt} of them met a fault (${this.#hit} the one they were meant for), ${total} faults in all; ${this.failures.length} failed`,
      `nobody could be sure, and the error said so: ${this.#uncertainSeeds} seeds (${percent(this.#uncertainSeeds, this.seeds)})`,
      ...[...this.#uncertain].map(([what, times]) => `  ${times} × ${what}`),
      `calls by resource, operation and route: ${this.#calls.size}, all but ${this.unspoilt.length} of them spoilt; ` +
        `with every fault that fits: ${all - this.holes.length} of ${all}`,
      "how often each fault struck:",
      ...faults.map((fault) => `  ${String(byFault.get(fault) ?? 0).padStart(6)}  ${fault}`),
      "how often each operation was struck:",
      ...[...byKind].sort().map(([call, times]) => `  ${String(times).padStart(6)}  ${call}`),
      ...(this.#slowest
        ? [`the slowest: seed ${this.#slowest.index}, ${Math.round(this.#slowest.milliseconds)} ms`]
        : []),
    ];
    return lines.join("\n");
  }
}

function count(map: Map<string, number>, key: string, by = 1): void {
  map.set(key, (map.get(key) ?? 0) + by);
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;
}

/** `Policy create POST /v3/policies` of each call of a table. */
function namesOf(table: typeof RARE): Set<string> {
  return new Set(
    Object.entries(table).flatMap(([kind, operations]) =>
      Object.entries(operations).flatMap(([operation, routes]) =>
        routes.map((route) => `${kind} ${operation} ${route}`),
      ),
    ),
  );
}

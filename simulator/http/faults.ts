import { type Seeded } from "../runtime/seeded.js";
import { BadOption } from "../settings/settings.js";
import { type Dialect } from "./errors.js";

/** Something that goes wrong with the requests it matches. */
export interface FaultRule {
  /** HTTP method; every method if left out. */
  method?: string;
  /** Regular expression on the path without the query; every path if left out. */
  path?: string;
  /** Regular expression on the query string; every query if left out. */
  query?: string;
  /** Whether the request is spoilt before it does anything, or its answer afterwards. Default "before". */
  when?: "before" | "after";
  /**
   * status: an error answer. reset: the connection is dropped. timeout: no answer comes. html: a proxy's page.
   * cut: JSON that ends in the middle. delay: the right answer, late. otherApplication: as if the key belonged to
   * the second application. stale: a list without what was made since the fault was added. empty: a list with nothing in
   * it. cursor: a page with nothing in it and a cursor to go on from. short: the first half of a page, rounded down.
   * repeat: the first page, whichever was asked for. refuse: the connection is dropped (or, with "after", the answer
   * still goes out), and then nothing listens for a while.
   */
  kind:
    | "status"
    | "reset"
    | "timeout"
    | "html"
    | "cut"
    | "delay"
    | "otherApplication"
    | "stale"
    | "empty"
    | "cursor"
    | "short"
    | "repeat"
    | "refuse";
  /** For "status" (default 500) and "html" (default 502). */
  status?: number;
  /** Shape of a "status" answer; default the one of the route. */
  dialect?: Dialect;
  /** `error.type` of a "status" answer; default the usual one of its status. */
  type?: string;
  /** Text of a "status" answer. */
  message?: string;
  /** Seconds for a `Retry-After` header of a "status" answer. */
  retryAfter?: number;
  /**
   * Milliseconds of a "delay" (default 1000), after which a "timeout" drops the connection (default never), or for which
   * a "refuse" lets nobody in (default 1000).
   */
  delayMs?: number;
  /** How many requests it spoils before it is spent, or "always". Default 1. */
  times?: number | "always";
  /** Chance of each matching request to be spoilt, drawn from the seed. Default 1. */
  probability?: number;
  /** Matching requests that pass before it begins. Default 0. */
  skip?: number;
}

export interface Fault extends FaultRule {
  id: string;
  /** Requests spoilt so far. */
  hits: number;
}

/** The faults in force, in the order they were added; the first one that fires wins. */
export class Faults {
  private readonly rules: {
    fault: Fault;
    path: RegExp | undefined;
    query: RegExp | undefined;
    passed: number;
    /** For "stale": what there was when it was added. */
    present: Set<string> | undefined;
  }[] = [];
  private made = 0;

  constructor(
    private readonly seeded: Seeded,
    /** Ids of everything there is. */
    private readonly present: () => Set<string>,
  ) {}

  add(rule: FaultRule): Fault {
    const problem = ruleProblem(rule);
    if (problem) throw new BadOption(`fault: ${problem}`);
    const fault: Fault = { ...rule, id: `fault-${++this.made}`, hits: 0 };
    this.rules.push({
      fault,
      path: rule.path === undefined ? undefined : new RegExp(rule.path),
      query: rule.query === undefined ? undefined : new RegExp(rule.query),
      passed: 0,
      present: rule.kind === "stale" ? this.present() : undefined,
    });
    return fault;
  }

  /** Whether a "stale" fault knows an object: it was there when the fault was added. */
  knows(fault: Fault, id: string): boolean {
    return this.rules.find((rule) => rule.fault.id === fault.id)?.present?.has(id) ?? true;
  }

  list(): Fault[] {
    return this.rules.map(({ fault }) => ({ ...fault }));
  }

  clear(): void {
    this.rules.length = 0;
  }

  /** The fault that spoils this request at this point, if any; counts it. */
  strike(when: "before" | "after", method: string, path: string, query = ""): Fault | undefined {
    for (const rule of this.rules) {
      const { fault } = rule;
      if ((fault.when ?? "before") !== when) continue;
      if (fault.method !== undefined && fault.method.toUpperCase() !== method) continue;
      if (rule.path && !rule.path.test(path)) continue;
      if (rule.query && !rule.query.test(query)) continue;
      if (fault.times !== "always" && fault.hits >= (fault.times ?? 1)) continue;
      if (rule.passed < (fault.skip ?? 0)) {
        rule.passed++;
        continue;
      }
      if (this.seeded.fraction(fault.id) >= (fault.probability ?? 1)) continue;
      fault.hits++;
      return fault;
    }
    return undefined;
  }
}

/** Kinds that let the request through and change the list in its answer. */
export const OF_LISTS = ["stale", "empty", "cursor", "short", "repeat"] as const;

const KINDS = [
  "status",
  "reset",
  "timeout",
  "html",
  "cut",
  "delay",
  "otherApplication",
  ...OF_LISTS,
  "refuse",
];
const DIALECTS = ["standard", "flat", "oauth", "token", "webhook", "iam", "cloudflare"];
const FIELDS = [
  "method",
  "path",
  "query",
  "when",
  "kind",
  "status",
  "dialect",
  "type",
  "message",
  "retryAfter",
  "delayMs",
  "times",
  "probability",
  "skip",
];

function ruleProblem(rule: FaultRule): string | undefined {
  const unknown = Object.keys(rule).filter((field) => !FIELDS.includes(field));
  if (unknown.length > 0) return `unknown field ${unknown.join(", ")}; known are ${FIELDS.join(", ")}`;
  if (!KINDS.includes(rule.kind)) return `kind must be one of ${KINDS.join(", ")}`;
  if (rule.when !== undefined && rule.when !== "before" && rule.when !== "after")
    return "when must be before or after";
  if (["otherApplication", ...OF_LISTS].includes(rule.kind) && rule.when === "after")
    return `${rule.kind} can only come before`;
  if (rule.dialect !== undefined && !DIALECTS.includes(rule.dialect))
    return `dialect must be one of ${DIALECTS.join(", ")}`;
  if (
    rule.times !== undefined &&
    rule.times !== "always" &&
    !(Number.isInteger(rule.times) && rule.times > 0)
  ) {
    return 'times must be a positive integer or "always"';
  }
  for (const field of ["status", "retryAfter", "delayMs", "probability", "skip"] as const) {
    const value = rule[field];
    if (value !== undefined && !(typeof value === "number" && value >= 0))
      return `${field} must be a number from 0`;
  }
  if (rule.status !== undefined && !(rule.status >= 200 && rule.status <= 599))
    return "status must be 200 to 599";
  for (const field of ["path", "query"] as const) {
    try {
      new RegExp(rule[field] ?? "");
    } catch {
      return `${field} must be a regular expression`;
    }
  }
  return undefined;
}

import { type Simulator } from "nylas-simulator";

type Rule = Parameters<Simulator["addFault"]>[0];

/** A way in which a request can go wrong. */
export interface KindOfFault {
  /** As the report shows it. */
  name: string;
  rule: Omit<Rule, "path" | "method" | "times" | "skip">;
  /** Which requests it makes sense for; default all. */
  on?: "reads" | "writes" | "lists";
}

/** Milliseconds that stand for half a minute where a request is given up after two minutes. */
const HALF_A_MINUTE = 75;
/** Until the faults are taken back. */
const LONG = 60_000;

export const KINDS_OF_FAULT: KindOfFault[] = [
  { name: "connection refused for a moment", rule: { kind: "refuse", when: "before", delayMs: 1 } },
  { name: "connection refused for long", rule: { kind: "refuse", when: "before", delayMs: LONG } },
  { name: "connection refused after an answer", rule: { kind: "refuse", when: "after", delayMs: LONG } },
  { name: "reset before", rule: { kind: "reset", when: "before" } },
  { name: "reset after the write", rule: { kind: "reset", when: "after" }, on: "writes" },
  { name: "time-out, nothing done", rule: { kind: "timeout", when: "before" } },
  { name: "time-out after the write", rule: { kind: "timeout", when: "after" }, on: "writes" },
  { name: "an answer after 30 s", rule: { kind: "delay", when: "after", delayMs: HALF_A_MINUTE } },
  { name: "429 with Retry-After", rule: { kind: "status", status: 429, retryAfter: 3 } },
  { name: "429 without Retry-After", rule: { kind: "status", status: 429 } },
  { name: "500", rule: { kind: "status", status: 500 } },
  { name: "500 after the write", rule: { kind: "status", status: 500, when: "after" }, on: "writes" },
  { name: "502", rule: { kind: "status", status: 502 } },
  { name: "502 after the write", rule: { kind: "status", status: 502, when: "after" }, on: "writes" },
  { name: "503", rule: { kind: "status", status: 503 } },
  { name: "503 after the write", rule: { kind: "status", status: 503, when: "after" }, on: "writes" },
  { name: "504", rule: { kind: "status", status: 504 } },
  { name: "504 after the write", rule: { kind: "status", status: 504, when: "after" }, on: "writes" },
  { name: "an HTML page", rule: { kind: "html" } },
  { name: "an HTML page after the write", rule: { kind: "html", when: "after" }, on: "writes" },
  { name: "an HTML page with 200", rule: { kind: "html", status: 200, when: "before" } },
  { name: "an HTML page with 404", rule: { kind: "html", status: 404, when: "before" } },
  { name: "cut JSON, nothing done", rule: { kind: "cut", when: "before" }, on: "writes" },
  { name: "cut JSON", rule: { kind: "cut", when: "after" } },
  { name: "a lagging list", rule: { kind: "stale" }, on: "lists" },
];

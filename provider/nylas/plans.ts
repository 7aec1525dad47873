import { type Limit, type PolicyLimits } from "./api";

/**
 * What Nylas publishes about its plans. The API does not tell any of it, and it may have changed since. So a text
 * that shows a figure names its date, and nothing is refused for a figure alone.
 */
export const AS_OF = "July 2026";

/** A plan's maxima, as Nylas publishes them for Agent Accounts ("send limits"). */
export interface Plan {
  name: string;
  accounts: number;
  rules: number;
  lists: number;
  limits: Partial<Record<keyof PolicyLimits, Limit>>;
}

const GB = 1024 ** 3;
const MB = 1024 ** 2;

// Whether a gigabyte is 1000 or 1024 megabytes there, they do not say; nobody is to be warned of the difference.
export const PLANS: readonly Plan[] = [
  {
    name: "Free",
    accounts: 3,
    rules: 5,
    lists: 10,
    limits: {
      dailySends: 200,
      storageBytes: 3 * GB,
      messageBytes: 50 * MB,
      attachmentBytes: 50 * MB,
      attachmentCount: 10,
      inboxRetentionDays: 30,
      spamRetentionDays: 7,
    },
  },
  {
    name: "Full Platform",
    accounts: 20,
    rules: 30,
    lists: 50,
    limits: {
      dailySends: "unlimited",
      storageBytes: 10 * GB,
      messageBytes: 100 * MB,
      attachmentBytes: 50 * MB,
      attachmentCount: 20,
      inboxRetentionDays: 365,
      spamRetentionDays: 30,
    },
  },
];

/** How many of something the plans allow, for a text. */
export function planFigures(what: "accounts" | "rules" | "lists"): string {
  const each = PLANS.map((plan) => `${plan.name}: ${plan[what]}`).join(", ");
  return `${each}${what === "accounts" ? ", per organization" : ""}, as of ${AS_OF}`;
}

/** What the plans allow a policy at most, for a text: "dailySends 200 / unlimited, …". */
export function limitFigures(): string {
  const each = (Object.keys(PLANS[0]!.limits) as (keyof Plan["limits"])[]).map(
    (limit) => `${limit} ${PLANS.map(({ limits }) => inWords(limit, limits[limit]!)).join(" / ")}`,
  );
  return `${PLANS.map(({ name }) => name).join(" / ")}, as of ${AS_OF}: ${each.join(", ")}`;
}

function inWords(limit: string, value: Limit): string {
  if (!limit.endsWith("Bytes") || value === "unlimited") return String(value);
  return value >= GB ? `${value / GB} GB` : `${value / MB} MB`;
}

type Kept = "inboxRetentionDays" | "spamRetentionDays" | "storageBytes";
type Bounded = Kept | "messageBytes" | "attachmentBytes" | "attachmentCount";

/** The most that any of the plans allows. */
export function largestOfPlans(limit: Kept): number {
  return Math.max(...PLANS.map(({ limits }) => Number(limits[limit])));
}

/** The maximum of the plan that allows the least. */
export function smallestOfPlans(limit: Bounded): number {
  return Math.min(...PLANS.map(({ limits }) => Number(limits[limit])));
}

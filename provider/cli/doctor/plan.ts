/** What the plan allows, against what the stack declares. The API does not name the plan; what it shows tells. */
import { type Limit, type Policy, type PolicyLimits } from "../../nylas/api";
import { type Declared } from "./declared";
import { counted, type Finding, some } from "./findings";

/** A plan's maxima, as Nylas publishes them for Agent Accounts ("send limits"). */
interface Plan {
  name: string;
  accounts: number;
  rules: number;
  lists: number;
  limits: Partial<Record<keyof PolicyLimits, Limit>>;
}

const GB = 1024 ** 3;
const MB = 1024 ** 2;

// Whether a gigabyte is 1000 or 1024 megabytes there, they do not say; nobody is to be warned of the difference.
const PLANS: Plan[] = [
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

/** What stands at Nylas, in numbers. */
export interface Standing {
  policies: Policy[];
  accounts: number;
  rules: number;
  lists: number;
}

export function planFindings(standing: Standing, declared: Declared): Finding[] {
  const maxima = maximaShown(standing.policies, declared);
  const plan = planOf(standing, maxima);
  return [
    ...declared.policies.flatMap((policy) => judgePolicy(policy, standing.policies, maxima, plan)),
    room(standing, plan),
  ];
}

/**
 * The plan's maxima, as far as they show: Nylas answers a limit that a policy leaves out with the plan's maximum, and which ones are
 * left out the state knows of the stack's own policies.
 */
function maximaShown(policies: Policy[], declared: Declared): PolicyLimits {
  const maxima: Record<string, Limit> = {};
  for (const { id, limits } of declared.policies) {
    const shown = policies.find((policy) => policy.id === id)?.limits ?? {};
    for (const [limit, value] of Object.entries(shown) as [string, Limit | string[]][]) {
      if (Array.isArray(value) || limit in limits) continue;
      maxima[limit] = most(maxima[limit], value);
    }
  }
  return maxima as PolicyLimits;
}

/** The smallest plan that allows all that stands; undefined where it goes beyond every one we know, or nothing tells. */
function planOf({ policies, accounts, rules, lists }: Standing, maxima: PolicyLimits): Plan | undefined {
  const told = Object.keys(maxima).length > 0;
  const fits = (plan: Plan): boolean =>
    accounts <= plan.accounts &&
    rules <= plan.rules &&
    lists <= plan.lists &&
    (told ? [maxima] : policies.map(({ limits }) => limits)).every((limits) =>
      Object.entries(plan.limits).every(([limit, most]) => !exceeds(value(limits, limit), most)),
    );
  if (!told && policies.length === 0) return undefined;
  return PLANS.find(fits);
}

function judgePolicy(
  { id, name, limits }: Declared["policies"][number],
  policies: Policy[],
  maxima: PolicyLimits,
  plan: Plan | undefined,
): Finding[] {
  const subject = `policy "${name}"`;
  const remote = policies.find((policy) => policy.id === id);
  if (!remote) {
    const next = "pulumi refresh, then pulumi up, which makes it anew.";
    return [
      {
        area: "limits",
        subject,
        state: "problem",
        text: `it is in the stack, and gone at Nylas (id ${id})`,
        next,
      },
    ];
  }
  const problems = Object.keys(limits).flatMap((limit) => {
    const wanted = value(limits, limit);
    const inForce = value(remote.limits, limit);
    const allowed = value(maxima, limit) ?? plan?.limits[limit as keyof PolicyLimits];
    if (wanted === undefined) return [];
    if (inForce !== undefined && exceeds(wanted, inForce))
      return [
        `${limit}: declared ${String(wanted)}, in force ${String(inForce)}${inForce === allowed ? " (the plan's maximum)" : ""}`,
      ];
    if (exceeds(wanted, allowed))
      return [`${limit}: declared ${String(wanted)}, and the plan's maximum is ${String(allowed)}`];
    return [];
  });
  if (problems.length === 0) return [];
  return [
    {
      area: "limits",
      subject,
      state: "problem",
      text: problems.join("; "),
      next: "Declare what the plan allows, or change the plan; pulumi preview --refresh shows what has drifted.",
    },
  ];
}

function room({ policies, accounts, rules, lists }: Standing, plan: Plan | undefined): Finding {
  const counts = [
    ["account", accounts, plan?.accounts],
    ["rule", rules, plan?.rules],
    ["list", lists, plan?.lists],
  ] as const;
  const text = counts
    .map(([what, count, most]) =>
      most === undefined ? counted(count, what) : `${count} of ${most} ${what}s`,
    )
    .join(", ");
  const full = counts
    .filter(([, count, most]) => most !== undefined && count >= most)
    .map(([what]) => `${what}s`);
  const name = plan
    ? `${plan.name}, as far as it shows`
    : policies.length === 0
      ? "which one does not show: there is no policy"
      : "beyond those that Nylas publishes";
  if (full.length === 0) return { area: "limits", subject: "plan", state: "ok", text: `${name}; ${text}` };
  return {
    area: "limits",
    subject: "plan",
    state: "note",
    text: `${name}; ${text}: no more ${some(full)} fit`,
    next: "Other applications of the organization count too.",
  };
}

function value(limits: PolicyLimits, limit: string): Limit | undefined {
  const found = (limits as Record<string, unknown>)[limit];
  return typeof found === "number" || found === "unlimited" ? found : undefined;
}

function exceeds(given: Limit | undefined, most: Limit | undefined): boolean {
  return given !== undefined && most !== undefined && amount(given) > amount(most);
}

function most(one: Limit | undefined, other: Limit): Limit {
  return one !== undefined && amount(one) >= amount(other) ? one : other;
}

function amount(limit: Limit): number {
  return limit === "unlimited" ? Infinity : limit;
}

/** What the plan allows, against what the stack declares. The API does not name the plan; what it shows tells. */
import { type Limit, type Policy, type PolicyLimits } from "../../nylas/api";
import { type Declared } from "./declared";
import { AS_OF, type Plan, PLANS } from "../../nylas/plans";
import { counted, type Finding, some } from "./findings";

/** What stands at Nylas, in numbers. */
export interface Standing {
  policies: Policy[];
  accounts: number;
  rules: number;
  lists: number;
}

export function planFindings(standing: Standing, declared: Declared): Finding[] {
  const leftOut = leftOutOf(standing.policies, declared);
  const maxima = maximaOf(standing.policies, leftOut);
  const plan = planOf(standing, maxima);
  return [
    ...declared.policies.flatMap((policy) => judgePolicy(policy, standing.policies, maxima, plan)),
    ...setOutside(standing.policies, leftOut),
    room(standing, plan),
  ];
}

/** A limit that one of the stack's policies does not declare, as Nylas shows it: the plan's maximum, unless somebody has set it outside. */
interface LeftOut {
  policy: Declared["policies"][number];
  limit: keyof PolicyLimits;
  shown: Limit;
}

function leftOutOf(policies: Policy[], declared: Declared): LeftOut[] {
  return declared.policies.flatMap((policy) => {
    const limits = policies.find(({ id }) => id === policy.id)?.limits ?? {};
    return (Object.keys(limits) as (keyof PolicyLimits)[]).flatMap((limit): LeftOut[] => {
      const shown = value(limits, limit);
      return shown === undefined || limit in policy.limits ? [] : [{ policy, limit, shown }];
    });
  });
}

/** The published plan that most of the left-out limits show; one edit outside does not hide it. */
function shownPlan(leftOut: LeftOut[]): Plan | undefined {
  const limits = new Map<string, Limit>();
  for (const { limit, shown } of leftOut) limits.set(limit, most(limits.get(limit), shown));
  const fitting = (plan: Plan) =>
    [...limits].filter(([limit, shown]) => value(plan.limits, limit) === shown).length;
  return PLANS.filter(
    (plan) => fitting(plan) >= 2 && fitting(plan) * 2 > limits.size - unpublished(plan, limits),
  ).sort((one, other) => fitting(other) - fitting(one))[0];
}

/** How many of the limits the published plan says nothing of. */
function unpublished(plan: Plan, limits: ReadonlyMap<string, Limit>): number {
  return [...limits.keys()].filter((limit) => value(plan.limits, limit) === undefined).length;
}

/** The plan's maxima, as far as the left-out limits show them. A limit that something in force contradicts is not one of them. */
function maximaOf(policies: Policy[], leftOut: LeftOut[]): PolicyLimits {
  const plan = shownPlan(leftOut);
  const maxima: Record<string, Limit> = {};
  for (const { limit, shown } of leftOut) {
    const published = plan && value(plan.limits, limit);
    if (published !== undefined) maxima[limit] = most(most(maxima[limit], shown), published);
    else if (!exceeds(highest(policies, limit), shown)) maxima[limit] = most(maxima[limit], shown);
  }
  return maxima as PolicyLimits;
}

/** Limits below what the plan gives, although the stack does not declare them. A refresh cannot show these: it compares what is declared. */
function setOutside(policies: Policy[], leftOut: LeftOut[]): Finding[] {
  const plan = shownPlan(leftOut);
  return leftOut.flatMap(({ policy, limit, shown }): Finding[] => {
    const published = plan && value(plan.limits, limit);
    if (shown === published) return [];
    const other = policies.find(({ limits }) => exceeds(value(limits, limit), shown));
    if (!other && !exceeds(published, shown)) return [];
    const reason = other
      ? `policy "${other.name}" has ${String(value(other.limits, limit))}`
      : `the plan ${plan!.name} has ${String(published)}, as of ${AS_OF}`;
    return [
      {
        area: "limits",
        subject: `policy "${policy.name}"`,
        // A contract of your own may differ from the published plan.
        state: other ? "problem" : "note",
        text: `${limit}: ${String(shown)} in force, and not declared; it was set outside Pulumi (${reason})`,
        next: `Declare limits.${limit} with the value that should hold; then pulumi up sets it, and a later edit shows as drift.`,
      },
    ];
  });
}

function highest(policies: Policy[], limit: keyof PolicyLimits): Limit | undefined {
  return policies.reduce<Limit | undefined>((so, { limits }) => {
    const here = value(limits, limit);
    return here === undefined ? so : most(so, here);
  }, undefined);
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
    const published = plan?.limits[limit as keyof PolicyLimits];
    const allowed = value(maxima, limit) ?? published;
    if (wanted === undefined) return [];
    if (inForce !== undefined && exceeds(wanted, inForce))
      return [
        `${limit}: declared ${String(wanted)}, in force ${String(inForce)}${inForce === allowed ? " (the plan's maximum)" : ""}`,
      ];
    if (exceeds(wanted, allowed))
      return [
        `${limit}: declared ${String(wanted)}, and the plan's maximum is ${String(allowed)}${allowed === published ? `, as of ${AS_OF}` : ""}`,
      ];
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
    ? `${plan.name}, as far as it shows, with the figures of ${AS_OF}`
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

function value(limits: PolicyLimits | Plan["limits"], limit: string): Limit | undefined {
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

/** Policies: what changes in them, and which accounts that reaches. */
import { type Gate } from "./gates";
import { changed, type Resource } from "./fleet";
import {
  detectionChanges,
  keptLess,
  letsSend,
  limitChanges,
  type Limits,
  limitsOf,
  limitsShown,
  spamDetectionOf,
  takesMoreForSpam,
  turnsAllAway,
  turnsMoreAway,
} from "./limits";
import { asText } from "./json";
import { type Finding, type Review } from "./review";
import { notShown } from "./standing";
import { enumerated, say, type Markdown } from "./text";
import { type Named } from "./redactor";

export function policyFindings(review: Review): Finding[] {
  return [...edited(review), ...made(review), ...ended(review)];
}

function edited(review: Review): Finding[] {
  const findings: Finding[] = [];
  for (const policy of review.changing("Policy", "update", "replace")) {
    const own = [...editsOf(review, policy), ...renamed(review, policy, say`Policy`, "policy")];
    findings.push(...own);
    if (own.length > 0) review.told(policy);
  }
  return findings;
}

function editsOf(review: Review, policy: Resource): Finding[] {
  const { before, after, redactor } = review;
  const findings: Finding[] = [];
  const under = after.workspacesUnder(policy);
  const reach = review.reach(under);
  const reaches = review.mayHold([...before.workspacesUnder(policy), ...under]);
  const gates: Gate[] = reaches ? ["limits", "change"] : ["change"];
  const [from, to] = [limitsOf(before, policy), limitsOf(after, policy)];
  const parts: Markdown[] = [];
  const effects: Gate[] = [];
  if (from === "unknown" || to === "unknown") {
    if (changed(policy, "limits") || from === "unknown")
      findings.push({
        section: "loss",
        gates: [
          ...(reaches ? (["mail-loss", "drains"] as const) : []),
          ...(reaches && letsSend(from, to) ? (["doors"] as const) : []),
          ...gates,
        ],
        text: say`Policy ${review.name(policy)}: limits that are known at the up${reach}. Whether less mail is kept cannot be told before it.${review.allowance(policy)}`,
      });
  } else {
    const less = keptLess(from, to);
    const kept = Object.fromEntries(less.map(({ name }) => [name, to[name]]));
    const losing = limitChanges(
      Object.fromEntries(less.map(({ name }) => [name, from[name]])),
      kept,
      redactor,
    );
    if (losing.length > 0) {
      const allowed = review.allowance(policy);
      findings.push({
        section: "loss",
        gates: [...(reaches ? (["mail-loss"] as const) : []), ...gates],
        text: say`Policy ${review.name(policy)} ${
          less.some(({ sure }) => sure)
            ? say`keeps less mail, and what is beyond it is deleted`
            : say`may keep less mail, and what is beyond it would be deleted`
        }: ${enumerated(losing)}${reach}.${allowed}`,
      });
    }
    const without = (limits: Limits) =>
      Object.fromEntries(Object.entries(limits).filter(([name]) => !(name in kept)));
    parts.push(...limitChanges(without(from), without(to), redactor));
    if (reaches && turnsMoreAway(from, to)) effects.push("drains");
    if (reaches && turnsAllAway(from, to)) effects.push("mail-loss");
    if (reaches && letsSend(from, to)) effects.push("doors");
  }
  const spam = (fleet: Review["before"]) => spamDetectionOf(fleet, policy);
  parts.push(...detectionChanges(spam(before), spam(after)));
  if (reaches && takesMoreForSpam(spam(before), spam(after))) effects.push("drains");
  if (parts.length > 0) {
    const first = effects.includes("mail-loss") || effects.includes("doors");
    findings.push({
      section: first ? "loss" : "policies",
      gates: [...new Set(effects), ...gates],
      text: say`Policy ${review.name(policy)}: ${enumerated(parts)}${reach}.${drainsInWords(effects)}${opens(effects)}`,
    });
  }
  return findings;
}

/** What `drains` and `mail-loss` together mean for mail that has yet to come. */
export function drainsInWords(gates: readonly Gate[]): Markdown {
  if (!gates.includes("drains") && !gates.includes("mail-loss")) return say``;
  return gates.includes("mail-loss")
    ? say` **All or nearly all incoming mail is turned away.**`
    : say` Some incoming mail is turned away, or some mail is kept for a shorter time as spam or trash.`;
}

export function opens(effects: readonly Gate[]): Markdown {
  return effects.includes("doors") ? say` Accounts that could not send may send from then on.` : say``;
}

function made(review: Review): Finding[] {
  const { after, redactor } = review;
  const findings: Finding[] = [];
  for (const policy of review.changing("Policy", "create", "adopt")) {
    review.told(policy);
    const limits = limitsOf(after, policy);
    const shown =
      limits === "unknown" ? [say`limits that are known at the up`] : limitsShown(limits, redactor);
    const how =
      policy.change === "adopt"
        ? say`Policy ${review.name(policy)} is taken over`
        : say`New policy ${review.name(policy)}`;
    const reach =
      after.workspacesUnder(policy).length > 0 ? review.reach(after.workspacesUnder(policy)) : say``;
    findings.push({
      section: "policies",
      gates: ["change"],
      text: say`${how}: ${shown.length > 0 ? enumerated(shown) : say`no limits of its own`}${reach}.`,
    });
  }
  return findings;
}

function ended(review: Review): Finding[] {
  return review.changing("Policy", "delete", "forget", "leftover").map((policy) => {
    review.told(policy);
    return gone(review, policy, say`Policy`, say`. \`up\` refuses it as long as a workspace names it`);
  });
}

export function renamed(review: Review, resource: Resource, noun: Markdown, kind: Named): Finding[] {
  const name = changed(resource, "name");
  const [from, to] = [asText(name?.from), asText(name?.to)];
  if (from === undefined || to === undefined || notShown(to)) return [];
  return [
    {
      section: "rest",
      gates: ["change"],
      text: say`${noun} ${review.redactor.name(kind, from)} is called ${review.redactor.name(kind, to)} from now on.`,
    },
  ];
}

export function gone(review: Review, resource: Resource, noun: Markdown, more: Markdown): Finding {
  return resource.change === "forget"
    ? {
        section: "rest",
        gates: ["change"],
        text: say`${noun} ${review.name(resource)} is let go, and left as it is at Nylas.`,
      }
    : {
        section: "policies",
        gates: ["delete", "change"],
        text: say`${noun} ${review.name(resource)} is deleted${more}.`,
      };
}

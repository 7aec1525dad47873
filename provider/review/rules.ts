/** Rules and lists: what changes in them, whom it reaches, and what it does to mail. */
import { changed, type Fleet, isSure, type Resource, resourceOf, sameAsShown, type Target } from "./fleet";
import { type Gate } from "./gates";
import { drainsInWords, gone, opens, renamed } from "./policies";
import { asList, asObject, asText, texts } from "./json";
import { leavesInJunk } from "./rescues";
import { type Finding, type Review } from "./review";
import { actionsOnMail, isOutbound, staysInFolder } from "./ruleActions";
import { ruleInWords } from "./ruleWords";
import { notShown, standing } from "./standing";
import { counted, joined, say, some, type Markdown } from "./text";

export function ruleFindings(review: Review): Finding[] {
  return [
    ...edited(review, "Rule"),
    ...edited(review, "List"),
    ...made(review, "Rule"),
    ...made(review, "List"),
    ...ended(review, "Rule"),
    ...ended(review, "List"),
  ];
}

type Attachment = "Rule" | "List";

const NOUNS: Record<Attachment, { title: Markdown; noun: Markdown; named: "rule" | "list" }> = {
  Rule: { title: say`Rule`, noun: say`rule`, named: "rule" },
  List: { title: say`List`, noun: say`list`, named: "list" },
};

// ---------------------------------------------------------------- what a rule does to mail

/** What a newly attached or changed rule may do to mail. */
export function drainGates(fleet: Fleet, rule: Target): Gate[] {
  const resource = resourceOf(rule);
  if (!isSure(rule) || !resource) return ["drains", "mail-loss"];
  if (!drains(fleet, resource)) return [];
  // What is sent is not turned away: its copy is kept for a shorter time.
  if (fleet.inputs(resource)["trigger"] === "outbound") return ["drains"];
  return catchesNearlyAll(fleet, resource) ? ["drains", "mail-loss"] : ["drains"];
}

/** Whether a rule keeps outgoing mail back, as that of a paused tenant does. */
export function blocksOutgoing(fleet: Fleet, rule: Target): boolean {
  const resource = resourceOf(rule);
  if (!resource) return rule === "unknown";
  const { enabled, trigger, actions } = fleet.inputs(resource);
  return (
    enabled !== false &&
    (trigger === "outbound" || notShown(trigger)) &&
    (notShown(actions) || asList(actions).includes("block"))
  );
}

/** Whether it keeps outgoing mail back for certain: what a secret or an unknown value is, may be otherwise. */
function surelyBlocksOutgoing(fleet: Fleet, rule: Resource): boolean {
  const { enabled, trigger, actions } = fleet.inputs(rule);
  return (
    (enabled === undefined || enabled === true) &&
    trigger === "outbound" &&
    !notShown(actions) &&
    asList(actions).includes("block")
  );
}

/** Actions after which a message stays where it came in, or where somebody looks for it. */
const HARMLESS = ["markAsRead", "markAsStarred", "archive"];

/** Whether a rule refuses incoming mail, or puts mail where it is deleted sooner. What is not known, or not understood, may. */
function drains(fleet: Fleet, rule: Resource): boolean {
  const actions = actionsOnMail(fleet, rule);
  if (actions === undefined) return true;
  return actions.some(
    (action) =>
      notShown(action) ||
      (!HARMLESS.includes(String(action)) && !staysInFolder(asObject(action)?.["assignToFolder"])),
  );
}

/** Whether the conditions hold for nearly everything: `isNot`, a part that most addresses have, a top-level domain. */
function catchesNearlyAll(fleet: Fleet, rule: Resource): boolean {
  const { conditions, match } = fleet.inputs(rule);
  if (!Array.isArray(conditions)) return true;
  const wide = conditions.map((condition) => isWide(fleet, rule, condition));
  return match === "any" ? wide.some(Boolean) : wide.every(Boolean);
}

function isWide(fleet: Fleet, rule: Resource, condition: unknown): boolean {
  const fields = asObject(condition);
  if (!fields || notShown(fields)) return true;
  if (fields["isNot"] !== undefined || asText(fields["field"])?.endsWith(".tld")) return true;
  const part = asText(fields["contains"]);
  if (part !== undefined) return part.length < 5;
  return fleet.targets(rule, "conditions", fields["inList"], "List").some((list) => {
    const resource = resourceOf(list);
    return !resource || !isSure(list) || fleet.inputs(resource)["type"] === "tld";
  });
}

// ---------------------------------------------------------------- changes

function edited(review: Review, kind: Attachment): Finding[] {
  const { title, named } = NOUNS[kind];
  const findings: Finding[] = [];
  for (const each of review.changing(kind, "update", "replace")) {
    const earlier = findings.length;
    const { before, after } = review;
    const reaches =
      review.mayHold([...reached(kind, each, before), ...reached(kind, each, after)]) ||
      reachesEverybody(review, kind, each);
    const parts = kind === "Rule" ? ruleEdits(review, each) : listEdits(review, each);
    if (each.change === "replace") parts.unshift(say`made anew`);
    if (parts.length > 0) {
      const effects = !reaches ? [] : kind === "Rule" ? ruleEffects(review, each) : listEffects(review, each);
      findings.push({
        section: effects.includes("mail-loss") || effects.includes("doors") ? "loss" : "policies",
        gates: [
          ...effects,
          ...(reaches ? (["limits"] as const) : []),
          ...(each.change === "replace" ? (["replace", "delete"] as const) : []),
          "change",
        ],
        text: say`${title} ${review.name(each)}: ${joined(parts, "; ")}${through(review, kind, each, after)}${review.reach(reached(kind, each, after))}.${effectsInWords(review, kind, each, effects)}`,
      });
    }
    findings.push(...renamed(review, each, title, named));
    if (findings.length > earlier) review.told(each);
  }
  return findings;
}

function made(review: Review, kind: Attachment): Finding[] {
  const { title, noun } = NOUNS[kind];
  return review.changing(kind, "create", "adopt").map((each) => {
    review.told(each);
    const workspaces = reached(kind, each, review.after);
    const what = kind === "Rule" ? ruleInWords(review, review.after, each) : listInWords(each);
    const reach =
      workspaces.length > 0
        ? say`${through(review, kind, each, review.after)}${review.reach(workspaces)}`
        : say``;
    const how =
      each.change === "adopt"
        ? say`${title} ${review.name(each)} is taken over`
        : say`New ${noun} ${review.name(each)}`;
    // A new one for incoming mail holds where a workspace names it, and is told there.
    const effects: Gate[] =
      kind === "Rule" && reachesEverybody(review, kind, each) && drains(review.after, each) ? ["drains"] : [];
    return {
      section: "policies",
      gates: [...effects, "change"],
      text: say`${how}: ${what}${reach}.${drainsInWords(effects)}`,
    };
  });
}

function ended(review: Review, kind: Attachment): Finding[] {
  const { before } = review;
  return review.changing(kind, "delete", "forget", "leftover").map((each): Finding => {
    review.told(each);
    const workspaces = reached(kind, each, before);
    const reach =
      workspaces.length > 0
        ? say`${through(review, kind, each, before)}${review.reach(workspaces, before)}`
        : say``;
    const finding = gone(review, each, NOUNS[kind].title, reach);
    const reaches = review.mayHold(workspaces) || reachesEverybody(review, kind, each);
    if (each.change === "forget" || !reaches) return finding;
    const rules = kind === "Rule" ? [each] : before.rulesWithList(each);
    // Rules of other stacks may look into a list as well.
    const unseen = kind === "List" && !review.scope.complete;
    const lifts = unseen || rules.some((rule) => blocksOutgoing(before, { resource: rule }));
    const rescued = unseen || rules.some((rule) => leavesInJunk(review, rule));
    const effects: Gate[] = [
      ...(lifts ? (["doors"] as const) : []),
      ...(rescued ? (["drains"] as const) : []),
    ];
    return {
      section: lifts ? "loss" : finding.section,
      gates: [...effects, "limits", ...finding.gates],
      text: say`${finding.text}${effectsInWords(review, kind, each, effects)}`,
    };
  });
}

/** What an edit of a rule does to incoming mail, and to what was kept from sending. */
function ruleEffects(review: Review, rule: Resource): Gate[] {
  const { before, after } = review;
  const conditions = ["conditions", "match", "trigger", "actions"].some((name) => changed(rule, name));
  const touched = conditions || changed(rule, "enabled") !== undefined || rule.change === "replace";
  // Of several rules that move a message, the last one wins.
  const priority = changed(rule, "priority");
  const reordered = priority !== undefined;
  const now: Target = { resource: rule };
  const effects: Gate[] = touched || reordered ? drainGates(after, now) : [];
  const fewer =
    (conditions && !onlyCatchesMore(before, after, rule)) ||
    (changed(rule, "includeMembers") && after.inputs(rule)["includeMembers"] !== true);
  const lifted =
    blocksOutgoing(before, now) &&
    (touched || changed(rule, "includeMembers") !== undefined) &&
    (fewer || !surelyBlocksOutgoing(after, rule));
  const runsLater = typeof priority?.to === "number" && Number(priority.from) < priority.to;
  const rescuesLess =
    (touched && !(conditions && onlyCatchesMore(before, after, rule))) || (reordered && !runsLater);
  const rescued = effects.length === 0 && rescuesLess && leavesInJunk(review, rule);
  return [...effects, ...(rescued ? (["drains"] as const) : []), ...(lifted ? (["doors"] as const) : [])];
}

/** Whether any condition is enough, and there are more of them than before: an account more in a paused tenant. */
function onlyCatchesMore(before: Fleet, after: Fleet, rule: Resource): boolean {
  const [was, is] = [before.inputs(rule)["conditions"], after.inputs(rule)["conditions"]];
  if (["match", "trigger", "actions"].some((name) => changed(rule, name))) return false;
  if (after.inputs(rule)["match"] !== "any" || !Array.isArray(was) || !Array.isArray(is)) return false;
  return was.every((each) => is.some((other) => sameAsShown(each, other)));
}

/** What an edit of a list does, through every rule that may look into it; those of other stacks are not known. */
function listEffects(review: Review, list: Resource): Gate[] {
  const { before, after } = review;
  const items = changed(list, "items");
  const [was, is] = [texts(items?.from), texts(items?.to)];
  const open =
    changed(list, "itemsDigest") !== undefined ||
    notShown(items?.to) ||
    list.change === "replace" ||
    isFilledByOthers(list);
  const adds = open || (items?.to !== undefined && is.some((item) => !was.includes(item)));
  const takes = open || was.some((item) => !is.includes(item));
  const rules = [...new Set([...before.rulesWithList(list), ...after.rulesWithList(list)])];
  // Rules of other stacks may look into it as well, and refuse mail, rescue it or pause accounts by it.
  const unseen = !review.scope.complete;
  const drained = unseen || rules.some((rule) => drains(after, rule));
  const rescued = unseen || rules.some((rule) => leavesInJunk(review, rule));
  const paused = unseen || rules.some((rule) => blocksOutgoing(before, { resource: rule }));
  const wide = after.inputs(list)["type"] === "tld";
  return [
    ...((adds && drained) || (takes && rescued) ? (["drains"] as const) : []),
    ...(adds && drained && wide ? (["mail-loss"] as const) : []),
    ...(takes && paused ? (["doors"] as const) : []),
  ];
}

/** Whether the program declares items for the first time: what others have put into the list until then is not known. */
function isFilledByOthers(list: Resource): boolean {
  const { items, itemsDigest } = list.before ? standing(list.before) : {};
  const declares = ["items", "itemsDigest"].some((name) => changed(list, name)?.to !== undefined);
  return list.before !== undefined && items === undefined && itemsDigest === undefined && declares;
}

/** What the effects mean. A list has them through rules alone, and those of other stacks are not known. */
function effectsInWords(
  review: Review,
  kind: Attachment,
  each: Resource,
  effects: readonly Gate[],
): Markdown {
  const { before, after, scope } = review;
  const drained =
    kind === "Rule" || scope.complete || after.rulesWithList(each).some((rule) => drains(after, rule));
  const opened =
    kind === "Rule" || before.rulesWithList(each).some((rule) => blocksOutgoing(before, { resource: rule }));
  const unseen = [
    ...(effects.includes("drains") && !drained ? [say`refuse mail or rescue it`] : []),
    ...(effects.includes("doors") && !opened ? [say`keep accounts from sending`] : []),
  ];
  return joined(
    [
      drained ? drainsInWords(effects) : say``,
      opened ? opens(effects) : say``,
      unseen.length > 0
        ? say` Whether rules of other stacks ${joined(unseen, ", or ")} by it is not known.`
        : say``,
    ],
    "",
  );
}

/** The workspaces for whose accounts a rule runs, or a rule that looks into a list. */
function reached(kind: Attachment, each: Resource, fleet: Fleet): Resource[] {
  return kind === "Rule"
    ? fleet.workspacesWithRule(each)
    : [...new Set(fleet.rulesWithList(each).flatMap((rule) => fleet.workspacesWithRule(rule)))];
}

/** By one reading of Nylas' documents a rule for outgoing mail holds for all accounts of the application, whoever names it. */
function reachesEverybody(review: Review, kind: Attachment, each: Resource): boolean {
  if (!review.mayHaveAccounts) return false;
  return [review.before, review.after].some((fleet) => {
    if (!fleet.has(each)) return false;
    const rules = kind === "Rule" ? [each] : fleet.rulesWithList(each);
    return rules.some((rule) => isOutbound(fleet, rule));
  });
}

function through(review: Review, kind: Attachment, each: Resource, fleet: Fleet): Markdown {
  const rules = kind === "List" ? fleet.rulesWithList(each) : [];
  return rules.length === 0
    ? say``
    : say`, through ${some(rules.map((rule) => say`rule ${review.name(rule)}`))}`;
}

function ruleEdits(review: Review, rule: Resource): Markdown[] {
  const parts: Markdown[] = [];
  if (["conditions", "actions", "trigger", "match"].some((property) => changed(rule, property))) {
    parts.push(
      say`${ruleInWords(review, review.after, rule)} (until now: ${ruleInWords(review, review.before, rule)})`,
    );
  }
  const enabled = changed(rule, "enabled");
  if (enabled)
    parts.push(
      notShown(enabled.to)
        ? say`whether it is switched on cannot be seen`
        : enabled.to === false
          ? say`switched off`
          : say`switched on`,
    );
  const members = changed(rule, "includeMembers");
  if (members)
    parts.push(
      notShown(members.to)
        ? say`whether it holds for every account of its workspaces cannot be seen`
        : members.to === true
          ? say`holds for every account of its workspaces`
          : say`holds for what its conditions name alone`,
    );
  const priority = changed(rule, "priority");
  if (priority) parts.push(say`priority ${count(priority.from)} → ${count(priority.to)}`);
  return parts;
}

function listEdits(review: Review, list: Resource): Markdown[] {
  const items = changed(list, "items");
  if (items && !notShown(items.to)) {
    const [was, is] = [texts(items.from), texts(items.to)].map((each) => new Set(each)) as [
      Set<string>,
      Set<string>,
    ];
    const added = [...is].filter((item) => !was.has(item));
    const removed = [...was].filter((item) => !is.has(item));
    const shown = (found: string[]) =>
      review.redactor.redacts
        ? say``
        : say` (${some(
            found.map((item) => review.redactor.value(item)),
            8,
          )})`;
    return [
      ...(added.length > 0 ? [say`${added.length} added${shown(added)}`] : []),
      ...(removed.length > 0 ? [say`${removed.length} removed${shown(removed)}`] : []),
      ...(items.to === undefined ? [say`its items are somebody else's from now on`] : []),
      ...(isFilledByOthers(list) ? [say`what others have put into it until now is taken out`] : []),
    ];
  }
  if (items) return [say`items that are known at the up`];
  return changed(list, "itemsDigest") ? [say`other items in its file`] : [];
}

function listInWords(list: Resource): Markdown {
  const items = list.after?.inputs["items"];
  if (Array.isArray(items)) return counted(items.length, say`item`);
  return list.after?.inputs["itemsDigest"] === undefined
    ? say`items that the program does not set`
    : say`items from a file`;
}

function count(value: unknown): Markdown {
  return typeof value === "number" ? say`${value}` : say`the default`;
}

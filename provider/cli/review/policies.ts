/** Workspaces, policies, rules and lists, and which accounts an edit of them reaches. */
import { same } from "../../lifecycle/equality";
import { holdsUnknown } from "../../lifecycle/unknown";
import { changed, type Fleet, type Resource, resourceOf, type Target } from "./fleet";
import { detectionChanges, keptLess, limitChanges, limitsOf, limitsShown, limitsUnder } from "./limits";
import { asList, asObject, asText, texts } from "./preview";
import { type Gate } from "./gates";
import { type Finding, type Review } from "./review";
import { counted, enumerated, joined, say, some, type Markdown } from "./text";
import { type Named } from "./voice";

export function policyFindings(review: Review): Finding[] {
  return [
    ...workspaces(review),
    ...policies(review),
    ...attached(review, "Rule", say`Rule`),
    ...attached(review, "List", say`List`),
  ];
}

function policies(review: Review): Finding[] {
  const { before, after, voice } = review;
  const findings: Finding[] = [];
  for (const policy of review.changing("Policy", "update", "replace")) {
    const earlier = findings.length;
    const reach = review.reach(after.workspacesUnder(policy));
    const existing = existingAccounts(review, after.workspacesUnder(policy));
    const gates: Gate[] = existing > 0 ? ["limits", "change"] : ["change"];
    const [from, to] = [limitsOf(before, policy), limitsOf(after, policy)];
    const parts: Markdown[] = [];
    if (from === "unknown" || to === "unknown") {
      if (changed(policy, "limits")) parts.push(say`limits that are known at the up`);
    } else {
      const less = keptLess(from, to);
      const kept = Object.fromEntries(less.map(({ name }) => [name, to[name]]));
      const losing = limitChanges(
        Object.fromEntries(less.map(({ name }) => [name, from[name]])),
        kept,
        voice,
      );
      if (losing.length > 0) {
        const allowed = review.allowance(policy);
        findings.push({
          section: "loss",
          gates: [...(existing > 0 ? (["mail-loss"] as const) : []), ...gates],
          text: say`Policy ${review.name(policy)} keeps less mail, and what is beyond it is deleted: ${enumerated(losing)}${reach}.${allowed}`,
        });
      }
      const rest = Object.fromEntries(Object.entries(from).filter(([name]) => !(name in kept)));
      const others = Object.fromEntries(Object.entries(to).filter(([name]) => !(name in kept)));
      parts.push(...limitChanges(rest, others, voice));
    }
    parts.push(
      ...detectionChanges(policy.before?.inputs["spamDetection"], policy.after?.inputs["spamDetection"]),
    );
    if (parts.length > 0)
      findings.push({
        section: "policies",
        gates,
        text: say`Policy ${review.name(policy)}: ${enumerated(parts)}${reach}.`,
      });
    findings.push(...renamed(review, policy, say`Policy`, "policy"));
    if (findings.length > earlier) review.told(policy);
  }
  for (const policy of review.changing("Policy", "create", "adopt")) {
    review.told(policy);
    const limits = limitsOf(after, policy);
    const shown = limits === "unknown" ? [say`limits that are known at the up`] : limitsShown(limits, voice);
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
  for (const policy of review.changing("Policy", "delete", "forget", "leftover")) {
    review.told(policy);
    findings.push(
      gone(review, policy, say`Policy`, say`. \`up\` refuses it as long as a workspace names it`),
    );
  }
  return findings;
}

function workspaces(review: Review): Finding[] {
  const { before, after } = review;
  const findings: Finding[] = [];
  const add = (section: Finding["section"], gates: Gate[], text: Markdown) =>
    findings.push({ section, gates: [...gates, "change"], text });

  for (const workspace of review.changing("Workspace", "delete", "leftover")) {
    review.told(workspace);
    const staying = before.members(workspace).filter((account) => after.has(account));
    const forced = review.isForced(workspace);
    const still = staying.filter((account) =>
      review.sameWorkspace(after.workspaceOf(account), { resource: workspace }),
    );
    const members =
      still.length > 0
        ? say` ${counted(
            still.length,
            say`account`,
          )} would be left to the default workspace, its policy and its keys: ${review.names(still)}.`
        : staying.length > 0
          ? say` Its ${counted(staying.length, say`account`)} ${
              staying.length === 1 ? say`moves` : say`move`
            } elsewhere.`
          : say``;
    const guard = workspace.before?.protect
      ? say` It is protected: the engine refuses it until \`protect\` is taken off.`
      : forced
        ? say` \`forceDestroy\` is recorded: it goes even with accounts in it.`
        : say` \`up\` refuses it as long as there are accounts in it.`;
    add(
      "loss",
      [...(still.length > 0 ? (["mail-loss"] as const) : []), "delete"],
      say`Workspace ${review.name(workspace)} is deleted.${members}${guard}`,
    );
  }
  for (const workspace of review.changing("Workspace", "forget")) {
    review.told(workspace);
    findings.push(gone(review, workspace, say`Workspace`, say``));
  }
  for (const workspace of review.changing("Workspace", "replace")) {
    review.told(workspace);
    const domain = changed(workspace, "domainName");
    const members = review.membersOf(workspace, before).filter((account) => after.has(account));
    add(
      "loss",
      ["replace", "delete"],
      say`Workspace ${review.name(workspace)} is made anew${domain ? say`, for ${host(review, domain.to)} instead of ${host(review, domain.from)}` : say``}: ${counted(
        members.length,
        say`account`,
      )} ${
        members.length === 1 ? say`moves` : say`move`
      } over to the new one, and a key bound to the old one reads nothing any more.`,
    );
  }
  for (const workspace of review.changing("Workspace", "create", "adopt")) {
    review.told(workspace);
    const rules = after.rulesOf(workspace);
    const parts = [
      review.target(after.policyOf({ resource: workspace }), "policy"),
      ...(rules.length > 0 ? [enumerated(rules.map((rule) => review.target(rule, "rule")))] : []),
      ...(asText(after.inputs(workspace)["domainName"]) === undefined
        ? []
        : [say`for the domain ${host(review, after.inputs(workspace)["domainName"])}`]),
      counted(after.members(workspace).length, say`account`),
    ];
    const how =
      workspace.change === "adopt"
        ? say`Workspace ${review.name(workspace)} is taken over`
        : say`New workspace ${review.name(workspace)}`;
    add("policies", [], say`${how}: ${joined(parts)}.`);
  }
  for (const workspace of [
    ...review.changing("Workspace", "update", "replace"),
    ...review.changing("DefaultWorkspace", "update", "create", "adopt", "delete", "forget"),
  ]) {
    const own = attachments(review, workspace);
    if (workspace.kind === "Workspace") own.push(...renamed(review, workspace, say`Workspace`, "workspace"));
    findings.push(...own);
    if (own.length > 0) review.told(workspace);
    const grouping = changed(workspace, "autoGroup");
    if (grouping && workspace.change === "update") {
      review.told(workspace);
      const on = grouping.to === true;
      add(
        "accounts",
        on ? ["hand-over"] : [],
        say`Workspace ${review.name(workspace)} ${
          on ? say`takes in new accounts of its domain by itself` : say`no longer takes in accounts by itself`
        }.`,
      );
    }
  }
  return findings;
}

/** A workspace's policy swapped or detached, and its rules. */
function attachments(review: Review, workspace: Resource): Finding[] {
  const { before, after, voice } = review;
  const findings: Finding[] = [];
  const members = review.membersOf(workspace).filter((account) => before.has(account));
  const lets = workspace.kind === "DefaultWorkspace" && workspace.change === "delete";
  const was = before.target(workspace, "policyId", "Policy");
  const is = lets ? undefined : after.target(workspace, "policyId", "Policy");
  const title =
    workspace.kind === "DefaultWorkspace"
      ? say`The default workspace`
      : say`Workspace ${review.name(workspace)}`;
  const accounts = members.length === 0 ? say`` : say` for ${counted(members.length, say`account`)}`;
  if (!review.sameObject(was, is)) {
    // What an object that the stack has just come to manage had until now, the stack does not know.
    const from = workspace.before ? limitsUnder(before, was) : "unknown";
    const to = limitsUnder(after, is);
    const swap = say`${title}: ${
      workspace.before ? review.target(was, "policy") : say`what it had`
    } → ${review.target(is, "policy")}`;
    const reached: Gate[] = members.length > 0 ? ["limits", "change"] : ["change"];
    if (is === undefined) {
      findings.push({
        section: "loss",
        gates: ["unguard", ...reached],
        text: say`${title} loses its policy (${review.target(was, "policy")}): the plan's maxima hold${accounts}.`,
      });
    } else if (from === "unknown" || to === "unknown") {
      findings.push({
        section: "loss",
        gates: [...(members.length > 0 ? (["mail-loss"] as const) : []), ...reached],
        text: say`${swap}${accounts}. Whether less mail is kept under it cannot be told from this stack.${review.allowance(workspace)}`,
      });
    } else {
      const changes = limitChanges(from, to, voice);
      const less = keptLess(from, to).length > 0;
      const what = changes.length === 0 ? say` with the same limits` : say`: ${enumerated(changes)}`;
      findings.push({
        section: less ? "loss" : "policies",
        gates: [...(less && members.length > 0 ? (["mail-loss"] as const) : []), ...reached],
        text: say`${swap}${what}${accounts}.${less ? say` Less mail is kept, and what is beyond it is deleted.${review.allowance(workspace)}` : say``}`,
      });
    }
  }
  const [old, now] = [before.rulesOf(workspace), lets ? [] : after.rulesOf(workspace)];
  const added = now.filter((rule) => !old.some((other) => sameTarget(other, rule)));
  const removed = old.filter((rule) => !now.some((other) => sameTarget(other, rule)));
  const sentence = (rule: Target, fleet: Fleet) => {
    const resource = resourceOf(rule);
    return resource
      ? say`${review.name(resource)} (${ruleInWords(review, fleet, resource)})`
      : review.target(rule, "rule");
  };
  if (added.length > 0 || removed.length > 0) {
    const parts = [
      ...(added.length > 0 ? [say`now runs ${some(added.map((rule) => sentence(rule, after)))}`] : []),
      ...(removed.length > 0
        ? [say`no longer runs ${some(removed.map((rule) => sentence(rule, before)))}`]
        : []),
    ];
    findings.push({
      section: "policies",
      gates: members.length > 0 ? ["limits", "change"] : ["change"],
      text: say`${title} ${joined(parts, " and ")}${accounts}.`,
    });
  }
  return findings;
}

/** Rules and lists: what changes in them, and whom it reaches. */
function attached(review: Review, kind: "Rule" | "List", noun: Markdown): Finding[] {
  const { before, after } = review;
  const findings: Finding[] = [];
  const reaching = (resource: Resource, fleet: Fleet) =>
    kind === "Rule"
      ? fleet.workspacesWithRule(resource)
      : [...new Set(fleet.rulesWithList(resource).flatMap((rule) => fleet.workspacesWithRule(rule)))];
  const through = (resource: Resource, fleet: Fleet) => {
    const rules = kind === "List" ? fleet.rulesWithList(resource) : [];
    return rules.length === 0
      ? say``
      : say`, through ${some(rules.map((rule) => say`rule ${review.name(rule)}`))}`;
  };
  for (const each of review.changing(kind, "update", "replace")) {
    const earlier = findings.length;
    const existing = existingAccounts(review, reaching(each, after));
    const parts = kind === "Rule" ? ruleChanges(review, each) : listChanges(review, each);
    if (each.change === "replace") parts.unshift(say`made anew`);
    if (parts.length > 0) {
      findings.push({
        section: "policies",
        gates: [
          ...(existing > 0 ? (["limits"] as const) : []),
          ...(each.change === "replace" ? (["replace", "delete"] as const) : []),
          "change",
        ],
        text: say`${noun} ${review.name(each)}: ${joined(parts, "; ")}${through(each, after)}${review.reach(reaching(each, after))}.`,
      });
    }
    findings.push(...renamed(review, each, noun, kind === "Rule" ? "rule" : "list"));
    if (findings.length > earlier) review.told(each);
  }
  for (const each of review.changing(kind, "create", "adopt")) {
    review.told(each);
    const workspaces = reaching(each, after);
    const what = kind === "Rule" ? ruleInWords(review, after, each) : listInWords(each);
    const reach = workspaces.length > 0 ? say`${through(each, after)}${review.reach(workspaces)}` : say``;
    const how =
      each.change === "adopt"
        ? say`${noun} ${review.name(each)} is taken over`
        : say`New ${lower(noun)} ${review.name(each)}`;
    findings.push({ section: "policies", gates: ["change"], text: say`${how}: ${what}${reach}.` });
  }
  for (const each of review.changing(kind, "delete", "forget", "leftover")) {
    review.told(each);
    const workspaces = reaching(each, before);
    const reach =
      workspaces.length > 0 ? say`${through(each, before)}${review.reach(workspaces, before)}` : say``;
    const finding = gone(review, each, noun, reach);
    const reached = existingAccounts(review, workspaces) > 0 && each.change === "delete";
    findings.push({ ...finding, gates: [...(reached ? (["limits"] as const) : []), ...finding.gates] });
  }
  return findings;
}

function ruleChanges(review: Review, rule: Resource): Markdown[] {
  const parts: Markdown[] = [];
  if (["conditions", "actions", "trigger", "match"].some((property) => changed(rule, property))) {
    parts.push(
      say`${ruleInWords(review, review.after, rule)} (until now: ${ruleInWords(review, review.before, rule)})`,
    );
  }
  const enabled = changed(rule, "enabled");
  if (enabled) parts.push(enabled.to === false ? say`switched off` : say`switched on`);
  const priority = changed(rule, "priority");
  if (priority) parts.push(say`priority ${count(priority.from)} → ${count(priority.to)}`);
  return parts;
}

function listChanges(review: Review, list: Resource): Markdown[] {
  const items = changed(list, "items");
  if (items && !holdsUnknown(items.to)) {
    const [was, is] = [texts(items.from), texts(items.to)].map((each) => new Set(each)) as [
      Set<string>,
      Set<string>,
    ];
    const added = [...is].filter((item) => !was.has(item));
    const removed = [...was].filter((item) => !is.has(item));
    const shown = (found: string[]) =>
      review.voice.redacts
        ? say``
        : say` (${some(
            found.map((item) => review.voice.value(item)),
            8,
          )})`;
    return [
      ...(added.length > 0 ? [say`${added.length} added${shown(added)}`] : []),
      ...(removed.length > 0 ? [say`${removed.length} removed${shown(removed)}`] : []),
      ...(items.to === undefined ? [say`its items are somebody else's from now on`] : []),
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

/** A rule as a clause: `incoming mail is refused when the sender's domain is in the list X`. */
function ruleInWords(review: Review, fleet: Fleet, rule: Resource): Markdown {
  const inputs = fleet.inputs(rule);
  if (holdsUnknown(inputs["actions"]) && !Array.isArray(inputs["actions"]))
    return say`what it does is known at the up`;
  const mail = inputs["trigger"] === "outbound" ? say`outgoing mail` : say`incoming mail`;
  const actions = asList(inputs["actions"]).map((action) => actionInWords(review, action));
  const conditions = asList(inputs["conditions"]).map((condition) =>
    conditionInWords(review, fleet, rule, condition),
  );
  const word = inputs["match"] === "any" ? " or " : " and ";
  const what = actions.length === 0 ? say`is left as it is` : enumerated(actions);
  const off = inputs["enabled"] === false ? say`; switched off` : say``;
  return say`${mail} ${what}${conditions.length > 0 ? say` when ${joined(conditions.slice(0, 6), word)}${conditions.length > 6 ? say` (and ${conditions.length - 6} more conditions)` : say``}` : say``}${off}`;
}

function actionInWords(review: Review, action: unknown): Markdown {
  const folder = asObject(action)?.["assignToFolder"];
  if (folder !== undefined) {
    return typeof folder === "string" && !holdsUnknown(folder)
      ? say`goes into the folder ${review.voice.value(folder)}`
      : say`goes into a folder that is known at the up`;
  }
  return ACTIONS[String(action)] ?? say`is treated in a way this review does not know`;
}

const ACTIONS: Record<string, Markdown> = {
  block: say`is refused`,
  markAsSpam: say`is marked as spam`,
  markAsRead: say`is marked as read`,
  markAsStarred: say`is starred`,
  archive: say`is archived`,
  trash: say`is put into the trash`,
};

const FIELDS: Record<string, Markdown> = {
  "from.address": say`the sender`,
  "from.domain": say`the sender's domain`,
  "from.tld": say`the sender's top-level domain`,
  "recipient.address": say`a recipient`,
  "recipient.domain": say`a recipient's domain`,
  "recipient.tld": say`a recipient's top-level domain`,
  "outbound.type": say`the message`,
};

function conditionInWords(review: Review, fleet: Fleet, rule: Resource, condition: unknown): Markdown {
  const fields = asObject(condition);
  const field = FIELDS[asText(fields?.["field"]) ?? ""] ?? say`something`;
  if (!fields) return say`a condition holds that is known at the up`;
  if (fields["inList"] !== undefined) {
    const lists = fleet.targets(rule, "conditions", fields["inList"], "List");
    return say`${field} is in ${enumerated(lists.map((list) => review.target(list, "list")))}`;
  }
  const test = (["is", "isNot", "contains"] as const).find((name) => fields[name] !== undefined);
  if (test === undefined) return say`${field} is as will be known at the up`;
  const value = fields[test];
  const shown =
    typeof value !== "string" || holdsUnknown(value)
      ? say`(known at the up)`
      : fields["field"] === "outbound.type" && KINDS_OF_MAIL[value]
        ? KINDS_OF_MAIL[value]
        : review.voice.value(value);
  return say`${field} ${TESTS[test]} ${shown}`;
}

const TESTS = {
  is: say`is`,
  isNot: say`is not`,
  contains: say`contains`,
};
const KINDS_OF_MAIL: Record<string, Markdown> = {
  compose: say`a new one`,
  reply: say`an answer`,
};

function renamed(review: Review, resource: Resource, noun: Markdown, kind: Named): Finding[] {
  const name = changed(resource, "name");
  const [from, to] = [asText(name?.from), asText(name?.to)];
  if (from === undefined || to === undefined || holdsUnknown(to)) return [];
  return [
    {
      section: "rest",
      gates: ["change"],
      text: say`${noun} ${review.voice.name(kind, from)} is called ${review.voice.name(kind, to)} from now on.`,
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

/** Accounts that exist before the change, too. */
function existingAccounts(review: Review, workspaces: Resource[]): number {
  return workspaces.flatMap((each) => review.membersOf(each)).filter((account) => review.before.has(account))
    .length;
}

function sameTarget(a: Target, b: Target): boolean {
  const [left, right] = [resourceOf(a), resourceOf(b)];
  return left || right ? left === right : same(a, b) && a !== "unknown";
}

function host(review: Review, name: unknown): Markdown {
  return typeof name === "string" && !holdsUnknown(name) ? review.voice.host(name) : say`(known at the up)`;
}

function count(value: unknown): Markdown {
  return typeof value === "number" ? say`${value}` : say`the default`;
}

function lower(noun: Markdown): Markdown {
  return noun.toLowerCase() as Markdown;
}

/** Workspaces: their ends, and what is attached to them. */
import { same } from "../core/equality";
import { changed, type Fleet, isSure, type Resource, resourceOf, type Target } from "./fleet";
import { type Gate } from "./gates";
import {
  keptLess,
  letsSend,
  limitChanges,
  limitsUnder,
  spamDetectionUnder,
  takesMoreForSpam,
  turnsAllAway,
  turnsMoreAway,
} from "./limits";
import { drainsInWords, gone, opens, renamed } from "./policies";
import { asText, nameIn } from "./json";
import { type Finding, type Review } from "./review";
import { leavesInJunk } from "./rescues";
import { blocksOutgoing, drainGates } from "./rules";
import { ruleInWords } from "./ruleWords";
import { notShown } from "./standing";
import { counted, enumerated, joined, say, some, type Markdown } from "./text";

export function workspaceFindings(review: Review): Finding[] {
  return [...ended(review), ...madeAnew(review), ...made(review), ...edited(review)];
}

/** What the preview names of an id that is not known yet is said to be a guess. */
export function guess(...targets: (Target | undefined)[]): Markdown {
  return targets.every(isSure) ? say`` : say` Which one it is, is known at the \`up\` alone.`;
}

function ended(review: Review): Finding[] {
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
          : review.scope.complete
            ? say``
            : say` Accounts of other stacks that are in it would be left to the default workspace.`;
    const guard = workspace.before?.protect
      ? say` It is protected: the engine refuses it until \`protect\` is taken off.`
      : forced
        ? say` \`forceDestroy\` is recorded: it goes even with accounts in it.`
        : say` \`up\` refuses it as long as there are accounts in it.`;
    add(
      "loss",
      [...(review.mayHold([workspace]) ? (["mail-loss", "hand-over"] as const) : []), "delete"],
      say`Workspace ${review.name(workspace)} is deleted.${members}${guard}`,
    );
  }
  for (const workspace of review.changing("Workspace", "forget")) {
    review.told(workspace);
    findings.push(gone(review, workspace, say`Workspace`, say``));
  }
  return findings;
}

function madeAnew(review: Review): Finding[] {
  const { before, after } = review;
  const findings: Finding[] = [];
  const add = (section: Finding["section"], gates: Gate[], text: Markdown) =>
    findings.push({ section, gates: [...gates, "change"], text });
  for (const workspace of review.changing("Workspace", "replace")) {
    review.told(workspace);
    const domain = changed(workspace, "domainName");
    const members = review.membersOf(workspace, before).filter((account) => after.has(account));
    add(
      "loss",
      [...(review.mayHold([workspace]) ? (["mail-loss", "hand-over"] as const) : []), "replace", "delete"],
      say`Workspace ${review.name(workspace)} is made anew${domain ? say`, for ${host(review, domain.to)} instead of ${host(review, domain.from)}` : say``}: ${counted(
        members.length,
        say`account`,
      )} ${
        members.length === 1 ? say`moves` : say`move`
      } over to the new one, and a key bound to the old one reads nothing any more.${
        members.length > 0 ? say` Its id is known at the \`up\` alone.` : say``
      }`,
    );
    if (changed(workspace, "autoGroup") || domain) findings.push(...gathering(review, workspace));
  }
  return findings;
}

function made(review: Review): Finding[] {
  const { after } = review;
  const findings: Finding[] = [];
  const add = (section: Finding["section"], gates: Gate[], text: Markdown) =>
    findings.push({ section, gates: [...gates, "change"], text });
  for (const workspace of review.changing("Workspace", "create", "adopt")) {
    review.told(workspace);
    const rules = after.rulesOf(workspace);
    const parts = [
      review.target(after.policyOf({ resource: workspace }), "policy"),
      ...(rules.length > 0 ? [enumerated(rules.map((rule) => review.target(rule, "rule")))] : []),
      ...(asText(after.inputs(workspace)["domainName"]) === undefined
        ? []
        : [say`for the domain ${host(review, after.inputs(workspace)["domainName"])}`]),
      review.membersInWords(workspace),
    ];
    const how =
      workspace.change === "adopt"
        ? say`Workspace ${review.name(workspace)} is taken over`
        : say`New workspace ${review.name(workspace)}`;
    add("policies", [], say`${how}: ${joined(parts)}.`);
    findings.push(...gathering(review, workspace));
  }
  return findings;
}

function gathering(review: Review, workspace: Resource): Finding[] {
  if (!gathersOthers(review, workspace)) return [];
  const { domainName } = review.after.inputs(workspace);
  const waits =
    review.newDomain(domainIn(review, workspace)) === undefined
      ? say``
      : say` It is made even if Nylas refuses the domain that this change registers: take \`domainName\` from that domain, and it waits for it.`;
  return [
    {
      section: "loss",
      gates: ["hand-over", "change"],
      text: say`Workspace ${review.name(workspace)} takes in new accounts of ${host(review, domainName)} by itself, those of other tenants as well. Whoever has a key for it can read them.${waits}`,
    },
  ];
}

/** The domain that a workspace is for, as domains are compared; undefined where it has none, or none that is known. */
function domainIn(review: Review, workspace: Resource): string | undefined {
  const { domainName } = review.after.inputs(workspace);
  return notShown(domainName) ? undefined : nameIn(domainName);
}

/** Whether a workspace that is made, or made anew, gets accounts that do not name it, of a domain that may be in use. */
function gathersOthers(review: Review, workspace: Resource): boolean {
  const { autoGroup } = review.after.inputs(workspace);
  if (autoGroup === undefined || autoGroup === false) return false;
  const domain = domainIn(review, workspace);
  // A domain that Nylas has already is refused, and with it what waits for it; the rest of the change goes on.
  const made = review.newDomain(domain);
  const waits = made !== undefined && review.after.dependsOn(workspace, made);
  return !waits && review.mayLiveOn(domain);
}

function edited(review: Review): Finding[] {
  const findings: Finding[] = [];
  const add = (section: Finding["section"], gates: Gate[], text: Markdown) =>
    findings.push({ section, gates: [...gates, "change"], text });
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
      const on = grouping.to !== false;
      add(
        on ? "loss" : "accounts",
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
  const lets = workspace.kind === "DefaultWorkspace" && workspace.change === "delete";
  const members = review.membersOf(workspace).filter((account) => review.before.has(account));
  const attached: Attached = {
    workspace,
    lets,
    title:
      workspace.kind === "DefaultWorkspace"
        ? say`The default workspace`
        : say`Workspace ${review.name(workspace)}`,
    accounts: members.length === 0 ? say`` : say` for ${counted(members.length, say`account`)}`,
    reaches: review.mayHold([workspace]),
  };
  return [...policySwap(review, attached), ...ruleChanges(review, attached)];
}

interface Attached {
  workspace: Resource;
  /** The stack lets go of it, and takes off what it had set. */
  lets: boolean;
  title: Markdown;
  accounts: Markdown;
  reaches: boolean;
}

function policySwap(review: Review, { workspace, lets, title, accounts, reaches }: Attached): Finding[] {
  if (!mayBeWritten(workspace, "policyId")) return [];
  const { before, after, redactor } = review;
  const was = before.target(workspace, "policyId", "Policy");
  const is = lets ? undefined : after.target(workspace, "policyId", "Policy");
  if (review.sameObject(was, is)) return [];
  const limits: Gate[] = reaches ? ["limits", "change"] : ["change"];
  // What an object that the stack has just come to manage had until now, the stack does not know.
  const from = workspace.before && isSure(was) ? limitsUnder(before, was) : "unknown";
  const to = limitsUnder(after, is);
  const doors: Gate[] = reaches && letsSend(from, isSure(is) ? to : "unknown") ? ["doors"] : [];
  if (is === undefined) {
    const mayLose = reaches && (from === "unknown" || keptLess(from, {}).length > 0);
    const drains: Gate[] = reaches && (from === "unknown" || turnsMoreAway(from, {})) ? ["drains"] : [];
    return [
      {
        section: "loss",
        gates: [...(mayLose ? (["mail-loss"] as const) : []), ...drains, ...doors, "unguard", ...limits],
        text: say`${title} loses its policy (${review.target(was, "policy")}): the plan's maxima hold${accounts}.${
          mayLose ? say` Whether less mail is kept under these cannot be seen from here.` : say``
        }${drainsInWords(drains)}${opens(doors)}${mayLose ? review.allowance(workspace) : say``}`,
      },
    ];
  }
  const swap = say`${title}: ${
    workspace.before ? review.target(was, "policy") : say`what it had`
  } → ${review.target(is, "policy")}`;
  if (from === "unknown" || to === "unknown") {
    return [
      {
        section: "loss",
        gates: [...(reaches ? (["mail-loss", "drains"] as const) : []), ...doors, ...limits],
        text: say`${swap}${accounts}. Whether less mail is kept under it cannot be told from this stack.${review.allowance(workspace)}`,
      },
    ];
  }
  const changes = limitChanges(from, to, redactor);
  const less = keptLess(from, to).length > 0;
  const drains: Gate[] = [];
  const spam = [spamDetectionUnder(before, was), spamDetectionUnder(after, is)] as const;
  if (turnsMoreAway(from, to) || takesMoreForSpam(...spam)) drains.push("drains");
  if (turnsAllAway(from, to)) drains.push("mail-loss");
  const sure = isSure(is);
  const gates = new Set<Gate>([
    ...(reaches && (less || !sure) ? (["mail-loss"] as const) : []),
    ...(reaches ? drains : []),
    ...(reaches && !sure ? (["drains"] as const) : []),
    ...doors,
    ...limits,
  ]);
  const what = changes.length === 0 ? say` with the same limits` : say`: ${enumerated(changes)}`;
  const isLess = keptLess(from, to).some((each) => each.sure);
  const loss = less
    ? say` ${
        isLess
          ? say`Less mail is kept, and what is beyond it is deleted.`
          : say`Less mail may be kept, and what is beyond it would be deleted.`
      }${review.allowance(workspace)}`
    : say``;
  return [
    {
      section: less || !sure || drains.includes("mail-loss") || doors.length > 0 ? "loss" : "policies",
      gates: [...gates],
      text: say`${swap}${what}${accounts}.${loss}${drainsInWords(drains)}${opens(doors)}${guess(is)}`,
    },
  ];
}

/** Whether what stands there changes: the program declares it, or did so. */
function mayBeWritten(workspace: Resource, property: string): boolean {
  return workspace.change === "replace" || changed(workspace, property) !== undefined;
}

function ruleChanges(review: Review, { workspace, lets, title, accounts, reaches }: Attached): Finding[] {
  if (!mayBeWritten(workspace, "ruleIds")) return [];
  const { before, after } = review;
  const [old, now] = [before.rulesOf(workspace), lets ? [] : after.rulesOf(workspace)];
  const added = now.filter((rule) => !old.some((other) => sameTarget(other, rule)));
  const removed = old.filter((rule) => !now.some((other) => sameTarget(other, rule)));
  if (added.length === 0 && removed.length === 0) return [];
  const sentence = (rule: Target, fleet: Fleet) => {
    const resource = resourceOf(rule);
    return resource
      ? say`${review.name(resource)} (${ruleInWords(review, fleet, resource)})`
      : review.target(rule, "rule");
  };
  const parts = [
    ...(added.length > 0 ? [say`now runs ${some(added.map((rule) => sentence(rule, after)))}`] : []),
    ...(removed.length > 0
      ? [say`no longer runs ${some(removed.map((rule) => sentence(rule, before)))}`]
      : []),
  ];
  // Of a rule that no stack at hand knows, it is not known what it does.
  const leaves = removed.some((rule) => {
    const resource = resourceOf(rule);
    return resource === undefined || leavesInJunk(review, resource, { workspaces: [workspace] });
  });
  const drains: Gate[] = !reaches
    ? []
    : [...added.flatMap((rule) => drainGates(after, rule)), ...(leaves ? (["drains"] as const) : [])];
  const opens =
    reaches &&
    removed.some((rule) => !isSure(rule) || resourceOf(rule) === undefined || blocksOutgoing(before, rule));
  return [
    {
      section: drains.includes("mail-loss") || opens ? "loss" : "policies",
      gates: [
        ...new Set<Gate>([
          ...drains,
          ...(opens ? (["doors"] as const) : []),
          ...(reaches ? (["limits"] as const) : []),
          "change",
        ]),
      ],
      text: say`${title} ${joined(parts, " and ")}${accounts}.${drainsInWords(drains)}${guess(...added)}`,
    },
  ];
}

function sameTarget(a: Target, b: Target): boolean {
  if (!isSure(a) || !isSure(b)) return false;
  const [left, right] = [resourceOf(a), resourceOf(b)];
  return left || right ? left === right : same(a, b);
}

function host(review: Review, name: unknown): Markdown {
  return typeof name === "string" && !notShown(name) ? review.redactor.host(name) : say`(known at the up)`;
}

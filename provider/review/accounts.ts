/** What happens to which addresses. */
import {
  changed,
  changedProperties,
  isHidden,
  isSure,
  type Resource,
  resourceOf,
  type Target,
} from "./fleet";
import { keptLess, limitChanges, limitsShown, limitsUnder } from "./limits";
import { asObject, texts } from "./json";
import { type Gate } from "./gates";
import { type Finding, type Review } from "./review";
import { leavesInJunk } from "./rescues";
import { notShown } from "./standing";
import { counted, enumerated, joined, say, some, type Markdown } from "./text";
import { guess } from "./workspaces";

export function accountFindings(review: Review): Finding[] {
  return [
    ...deleted(review),
    ...replaced(review),
    ...moved(review),
    ...letGo(review),
    ...made(review),
    ...edited(review),
  ];
}

function deleted(review: Review): Finding[] {
  const going = review.changing("AgentAccount", "delete", "leftover");
  review.told(...going);
  const kinds = groupsOf(going, (each) => `${each.change} ${review.isForced(each)} ${each.before?.protect}`);
  return kinds.map((accounts) => {
    const one = accounts.length === 1;
    const what = one
      ? say`The mailbox ${review.names(accounts)} is deleted with all its mail`
      : say`${counted(
          accounts.length,
          say`mailbox`,
          say`mailboxes`,
        )} are deleted with all their mail: ${review.names(accounts)}`;
    return {
      section: "loss",
      gates: ["mail-loss", "delete", "change"],
      text: say`${what}.${waits(accounts[0]!)}${guard(review, accounts[0]!)}`,
    };
  });
}

/** The word for it was given with a change before this one. */
export function waits({ change }: Resource): Markdown {
  return change === "leftover"
    ? say` That waits since an earlier replacement, and any \`up\` does it.`
    : say``;
}

function guard(review: Review, account: Resource): Markdown {
  // The engine asks for `protect` when it begins a replacement, and no more after that.
  if (account.before?.protect && account.change !== "leftover")
    return say` It is protected: the engine refuses it until \`protect\` is taken off.`;
  if (review.isForced(account)) return say` \`forceDestroy\` is recorded: it goes even with mail in it.`;
  return say` \`up\` refuses it as long as there is mail in it.`;
}

function replaced(review: Review): Finding[] {
  const going = review.changing("AgentAccount", "replace");
  review.told(...going);
  return going.map((account) => {
    const [from, to] = [review.before.email(account), review.after.email(account)];
    const successor = to === undefined ? say`an address that is known at the up` : review.redactor.email(to);
    return {
      section: "loss",
      gates: ["mail-loss", "replace", "delete", "change"],
      text:
        from !== undefined && from === to
          ? say`The mailbox ${review.redactor.email(from)} is made anew: the old one is deleted with all its mail.`
          : say`The address ${from === undefined ? review.programName(account) : review.redactor.email(from)} becomes ${successor}: the mailbox is deleted with all its mail, and a new, empty one is made.`,
    };
  });
}

interface Move {
  account: Resource;
  from: Target | undefined;
  to: Target | undefined;
}

function moved(review: Review): Finding[] {
  const { before, after } = review;
  const moves = review
    .changing("AgentAccount", "update")
    .filter((account) => changed(account, "workspaceId"))
    .map((account): Move => ({ account, from: before.workspaceOf(account), to: after.workspaceOf(account) }))
    .filter(({ from, to }) => !review.sameWorkspace(from, to))
    .flatMap((move): Move[] => {
      const from = resourceOf(move.from);
      if (from === undefined || from !== resourceOf(move.to)) return [move];
      // One that is made anew is told as a whole. Of any other the id is known, so an id that is not known is another one's.
      return from.change === "replace" ? [] : [{ ...move, to: "unknown" }];
    });
  const groups = groupsOf(moves, ({ from, to, account }) =>
    [place(from), place(to), account.after?.inputs["allowMailLoss"] === true].join("\n"),
  );
  return groups.map((group) => {
    const { account, from, to } = group[0]!;
    const accounts = group.map((move) => move.account);
    const toTenant = !isSure(to) || (to !== undefined && resourceOf(to)?.kind !== "DefaultWorkspace");
    const who =
      group.length === 1
        ? say`${review.names(accounts)} moves`
        : say`${counted(group.length, say`account`)} move`;
    const way = say`${who} from ${review.target(from, "workspace")} to ${review.target(to, "workspace")}`;
    const list = group.length === 1 ? say`` : say` (${review.names(accounts)})`;
    const readers = toTenant
      ? say`; whoever has a key for ${review.target(to, "workspace")} can read ${
          group.length === 1 ? say`the mailbox` : say`these mailboxes`
        } from then on${keyHolders(review, to)}`
      : say``;
    const limits = limitsOfMove(review, from, to);
    // Who holds a key for the default workspace is not known here.
    const gates: Gate[] = [...limits.gates, "hand-over", "limits", "change"];
    const allowed = limits.gates.length > 0 ? review.allowance(account) : say``;
    return {
      section: "loss",
      gates,
      text: say`${way}${list}${readers}.${limits.text}${allowed}${guess(to)}`,
    };
  });
}

/** The principals of the stack that are bound to the workspace. */
function keyHolders(review: Review, to: Target | undefined): Markdown {
  const workspace = resourceOf(to);
  const holders = workspace ? principalsOf(review, workspace) : [];
  return holders.length === 0 ? say`` : say` (${review.names(holders, 5)})`;
}

export function principalsOf({ after }: Review, workspace: Resource): Resource[] {
  return after.of("Principal").filter((principal) => {
    const bound = asObject(after.inputs(principal)["boundTo"])?.["workspace"];
    return after
      .targets(principal, "boundTo", [bound], "Workspace")
      .some((target) => resourceOf(target) === workspace);
  });
}

function limitsOfMove(
  review: Review,
  from: Target | undefined,
  to: Target | undefined,
): { text: Markdown; gates: Gate[] } {
  const [was, is] = [review.before.policyOf(from), review.after.policyOf(to)];
  const [old, now] = [limitsUnder(review.before, was), limitsUnder(review.after, is)];
  if (old === "unknown" || now === "unknown") {
    return {
      text: say` Whether less mail is kept there cannot be told from this stack.`,
      gates: ["mail-loss"],
    };
  }
  const unsure: Gate[] = [from, was, to, is].every(isSure) ? [] : ["mail-loss"];
  const changes = limitChanges(old, now, review.redactor);
  if (changes.length === 0) return { text: say` The limits stay the same.`, gates: unsure };
  const less = keptLess(old, now).length > 0;
  return {
    text: say` ${
      less ? say`Less mail is kept there, and what is beyond it is deleted: ` : say`From then on: `
    }${enumerated(changes)}.`,
    gates: less ? ["mail-loss"] : unsure,
  };
}

function letGo(review: Review): Finding[] {
  const going = review.changing("AgentAccount", "forget");
  review.told(...going);
  if (going.length === 0) return [];
  return [
    {
      section: "accounts",
      gates: ["change"],
      text: say`Let go, and left as ${
        going.length === 1 ? say`it is` : say`they are`
      } at Nylas: ${review.names(going)}.`,
    },
  ];
}

function made(review: Review): Finding[] {
  const { after, redactor } = review;
  const coming = review.changing("AgentAccount", "create", "adopt");
  review.told(...coming);
  return groupsOf(coming, (each) => `${each.change}\n${place(after.workspaceOf(each))}`).map((accounts) => {
    const workspace = after.workspaceOf(accounts[0]!);
    const policy = after.policyOf(workspace);
    const limits = limitsUnder(after, policy);
    const shown = limits === "unknown" ? [] : limitsShown(limits, redactor);
    const terms = shown.length > 0 ? say`: ${enumerated(shown)}` : say``;
    // Of a workspace that the stack does not manage, the policy is not known.
    const under = resourceOf(workspace) ? say` (${review.target(policy, "policy")}${terms})` : say``;
    const taken = accounts[0]!.change === "adopt";
    const what = taken
      ? say`Taken over as ${accounts.length === 1 ? say`it is` : say`they are`}, with nothing written: `
      : say`${accounts.length === 1 ? say`New account` : say`${accounts.length} new accounts:`} `;
    return {
      section: "accounts",
      gates: ["change"],
      text: say`${what}${review.names(accounts)}, in ${review.target(workspace, "workspace")}${under}.`,
    };
  });
}

/** What changes in place, beside the workspace. */
function edited(review: Review): Finding[] {
  const { redactor } = review;
  const findings: Finding[] = [];
  for (const account of review.changing("AgentAccount", "update")) {
    const parts: Markdown[] = [];
    const name = changed(account, "displayName");
    if (name) parts.push(say`the name in From ${quoted(review, name.from)} → ${quoted(review, name.to)}`);
    const password = changed(account, "appPassword");
    // A secret is the same word on both sides, so whatever changes beside it, it may be another one.
    const hidden = isHidden(account, "appPassword");
    const alone = changedProperties(account).length === 0;
    if (password && password.from === undefined) {
      review.told(account);
      findings.push({
        section: "loss",
        gates: ["hand-over", "doors", "change"],
        text: say`IMAP and SMTP are opened for ${review.name(account)}: whoever has the password can read the mailbox from then on.`,
      });
    } else if (password || hidden) {
      review.told(account);
      const unseen = hidden && !alone;
      findings.push({
        section: "loss",
        gates: ["doors", "change"],
        text: say`${review.name(account)} ${unseen ? say`may get` : say`gets`} another password for IMAP and SMTP${unseen ? say` (it is a secret, so whether it is another one cannot be seen)` : say``}: whoever has it can read the mailbox from then on, and the old one stops working.`,
      });
    }
    const folders = changed(account, "folders");
    const leaves = folders !== undefined && foldersKeptFromJunk(review, account, folders);
    if (folders && !notShown(folders.to)) {
      const [was, is] = [texts(folders.from), texts(folders.to)];
      const added = is.filter((each) => !was.includes(each));
      const removed = was.filter((each) => !is.includes(each));
      if (added.length > 0) parts.push(say`new folders ${some(added.map((each) => redactor.value(each)))}`);
      if (removed.length > 0)
        parts.push(
          say`without the folders ${some(removed.map((each) => redactor.value(each)))} (kept where there is mail in them)`,
        );
    } else if (leaves) parts.push(say`folders that are known at the up`);
    const workspace = changed(account, "workspaceId");
    if (parts.length > 0 || workspace) review.told(account);
    if (parts.length === 0) continue;
    findings.push({
      section: "accounts",
      gates: [...(leaves ? (["drains"] as const) : []), "change"],
      text: say`${review.name(account)}: ${joined(parts, "; ")}.${
        leaves
          ? say` A rule puts mail into a folder that goes. Mail that another rule moves to junk or trash stays there then.`
          : say``
      }`,
    });
  }
  return findings;
}

/** Whether a rule puts mail into a folder that goes, which stays in junk or trash then: a folder that is missing is skipped. */
function foldersKeptFromJunk(
  review: Review,
  account: Resource,
  { from, to }: { from: unknown; to: unknown },
): boolean {
  const gone = texts(from).filter((folder) => notShown(to) || !texts(to).includes(folder));
  if (gone.length === 0) return false;
  const workspace = resourceOf(review.after.workspaceOf(account));
  // Which rules run in a workspace of others is not known, nor what a rule of others does.
  if (workspace === undefined) return !review.scope.complete;
  return review.after.rulesOf(workspace).some((target) => {
    const rule = resourceOf(target);
    if (rule === undefined) return true;
    return gone.some((folder) => leavesInJunk(review, rule, { workspaces: [workspace], folder }));
  });
}

function quoted(review: Review, value: unknown): Markdown {
  if (value === undefined) return say`(none)`;
  return typeof value === "string" && !notShown(value)
    ? review.redactor.value(value)
    : say`(known at the up)`;
}

/** Stands for a target when targets are grouped. */
function place(target: Target | undefined): string {
  if (target === undefined) return "default";
  if (target === "unknown") return "unknown";
  return "resource" in target ? target.resource.urn : target.id;
}

export function groupsOf<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups.values()];
}

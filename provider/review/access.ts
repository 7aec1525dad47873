/** Who can read mail, or is told of it: principals, their keys, webhooks. */
import { changed, isHidden, isSure, mayBeMade, type Resource, resourceOf } from "./fleet";
import { asObject, asText, texts } from "./json";
import { type Gate } from "./gates";
import { type Finding, type Review } from "./review";
import { notShown, standing } from "./standing";
import { counted, joined, say, some, type Markdown } from "./text";

export function accessFindings(review: Review): Finding[] {
  return [...webhooks(review), ...principals(review), ...keys(review)];
}

function webhooks(review: Review): Finding[] {
  const findings: Finding[] = [];
  const add = (section: Finding["section"], gates: Gate[], text: Markdown) =>
    findings.push({ section, gates: [...gates, "change"], text });
  for (const hook of review.changing("Webhook", "create", "adopt")) {
    review.told(hook);
    if (!mayBeMade(hook)) add("rest", [], say`Webhook ${review.name(hook)} is taken over as it is.`);
    else
      add(
        "loss",
        ["hand-over"],
        say`${orTakenOver(hook)}Events of all accounts of the application are sent to ${address(review, hook.after?.inputs["url"])} from then on (webhook ${review.name(hook)}): ${triggers(review, hook.after?.inputs["triggers"])}.`,
      );
  }
  for (const hook of review.changing("Webhook", "update", "replace")) {
    const earlier = findings.length;
    const url = changed(hook, "url");
    if (isHidden(hook, "url"))
      add(
        "loss",
        ["hand-over", "doors"],
        say`The address of webhook ${review.name(hook)} is a secret: whether events of all accounts go elsewhere from then on cannot be seen.`,
      );
    if (url)
      add(
        "loss",
        ["hand-over"],
        say`Events of all accounts of the application are sent to ${address(review, url.to)} instead of ${address(review, url.from)} (webhook ${review.name(hook)}).`,
      );
    const parts: Markdown[] = [];
    const told = changed(hook, "triggers");
    const opened: Markdown[] = [];
    if (told) {
      const [was, is] = [texts(told.from), texts(told.to)];
      const added = is.filter((each) => !was.includes(each) && !notShown(each));
      const removed = was.filter((each) => !is.includes(each));
      if (notShown(told.to)) opened.push(say`is told of what is known at the up`);
      else if (added.length > 0) opened.push(say`is also told of ${triggers(review, added)}`);
      if (removed.length > 0 && !notShown(told.to))
        parts.push(say`no longer told of ${triggers(review, removed)}`);
    }
    const paused = changed(hook, "paused");
    if (paused && paused.to === true) parts.push(say`paused: nothing is sent`);
    else if (paused) opened.push(say`is no longer paused`);
    if (opened.length > 0)
      add(
        "loss",
        ["hand-over", "doors"],
        say`Webhook ${review.name(hook)} (${address(review, hook.after?.inputs["url"])}, for all accounts of the application) ${joined(opened, " and ")}.`,
      );
    if (changed(hook, "rotateWhenChanged"))
      parts.push(say`its secret is rotated, and the old one is dead at that moment`);
    if (changed(hook, "notificationEmails")) parts.push(say`others are written to when deliveries fail`);
    if (changed(hook, "compressed"))
      parts.push(
        say`bodies are ${
          hook.after?.inputs["compressed"] === true ? say`gzipped` : say`not gzipped any more`
        }`,
      );
    if (parts.length > 0) add("rest", [], say`Webhook ${review.name(hook)}: ${joined(parts, "; ")}.`);
    if (findings.length > earlier) review.told(hook);
  }
  for (const hook of review.changing("Webhook", "delete", "forget", "leftover")) {
    review.told(hook);
    if (hook.change === "forget")
      add("rest", [], say`Webhook ${review.name(hook)} is let go, and left as it is.`);
    else
      add(
        "rest",
        ["delete"],
        say`Webhook ${review.name(hook)} is deleted: ${address(review, review.before.inputs(hook)["url"])} is told nothing any more.`,
      );
  }
  return findings;
}

function principals(review: Review): Finding[] {
  const findings: Finding[] = [];
  const add = (section: Finding["section"], gates: Gate[], text: Markdown) =>
    findings.push({ section, gates: [...gates, "change"], text });
  for (const principal of review.changing("Principal", "create", "adopt")) {
    review.told(principal);
    add(
      "loss",
      ["hand-over"],
      say`Keys of ${review.name(principal)} reach ${scope(review, principal, "after")}${rights(review, principal)}.`,
    );
  }
  for (const principal of review.changing("Principal", "update", "replace")) {
    const earlier = findings.length;
    const bound = changed(principal, "boundTo");
    if (bound) {
      add(
        "loss",
        ["hand-over", "doors"],
        say`All keys of ${review.name(principal)} reach ${scope(review, principal, "after")} from then on, instead of ${scope(review, principal, "before")}.`,
      );
    }
    const parts = [...gained(review, principal, "permissions"), ...gained(review, principal, "roles")];
    if (parts.some((part) => part.more)) {
      add(
        "loss",
        ["hand-over", "doors"],
        say`Keys of ${review.name(principal)} (for ${scope(review, principal, "after")}) ${joined(
          parts.map((part) => part.text),
          " and ",
        )}.`,
      );
    } else if (parts.length > 0) {
      add(
        "rest",
        [],
        say`Keys of ${review.name(principal)} ${joined(
          parts.map((part) => part.text),
          " and ",
        )}.`,
      );
    }
    const enabled = changed(principal, "enabled");
    if (enabled?.to === false) add("rest", [], say`Keys of ${review.name(principal)} stop working.`);
    else if (enabled)
      add(
        "loss",
        ["hand-over", "doors"],
        say`Keys of ${review.name(principal)} work again, for ${scope(review, principal, "after")}.`,
      );
    if (findings.length > earlier) review.told(principal);
  }
  for (const principal of review.changing("Principal", "delete", "forget", "leftover")) {
    review.told(principal);
    if (principal.change === "forget")
      add("rest", [], say`Principal ${review.name(principal)} is let go, and left as it is.`);
    else
      add("rest", ["delete"], say`Principal ${review.name(principal)} is deleted, and with it all its keys.`);
  }
  return findings;
}

function keys(review: Review): Finding[] {
  const findings: Finding[] = [];
  const add = (section: Finding["section"], gates: Gate[], text: Markdown) =>
    findings.push({ section, gates: [...gates, "change"], text });
  for (const key of review.changing("ApiKey", "create", "adopt", "replace")) {
    review.told(key);
    const holder = resourceOf(review.after.target(key, "principalId", "Principal"));
    const whose = holder ? say` of ${review.name(holder)}, for ${scope(review, holder, "after")}` : say``;
    const other =
      key.change === "replace" &&
      !review.sameObject(
        review.before.target(key, "principalId", "Principal"),
        review.after.target(key, "principalId", "Principal"),
      );
    if (key.change === "adopt" && !mayBeMade(key))
      add("rest", [], say`Key ${review.name(key)} is taken over.`);
    else if (other)
      add(
        "loss",
        ["hand-over", "doors", "replace", "delete"],
        say`Key ${review.name(key)} becomes a key${holder ? whose : say` of a principal that is known at the up`}, and no longer one of ${formerHolder(review, key)}: whoever holds it reads other mailboxes from then on.`,
      );
    else if (key.change === "replace" && worksAgain(key))
      add(
        "loss",
        ["hand-over", "doors", "replace", "delete"],
        say`Key ${review.name(key)}${whose} is rotated, and works again: the old one ${
          isOff(review.before.inputs(key)["enabled"]) ? say`is or may be switched off` : say`has expired`
        }.`,
      );
    else if (key.change === "replace")
      add(
        "rest",
        ["replace", "delete"],
        say`Key ${review.name(key)}${whose} is rotated: the new one is made first, then the old one stops working.`,
      );
    else add("loss", ["hand-over"], say`${orTakenOver(key)}A new key ${review.name(key)}${whose}.`);
  }
  for (const key of review.changing("ApiKey", "update")) {
    const enabled = changed(key, "enabled");
    const principal = changed(key, "principalId");
    if (principal) {
      review.told(key);
      add(
        "loss",
        ["hand-over", "doors"],
        say`Key ${review.name(key)} may become one of another principal: which one, is known at the up.`,
      );
    }
    if (!enabled) continue;
    review.told(key);
    if (enabled.to === false) add("rest", [], say`Key ${review.name(key)} stops working.`);
    else add("loss", ["hand-over", "doors"], say`Key ${review.name(key)} works again.`);
  }
  for (const key of review.changing("ApiKey", "delete", "forget", "leftover")) {
    review.told(key);
    if (key.change === "forget")
      add("rest", [], say`Key ${review.name(key)} is let go, and goes on working.`);
    else add("rest", ["delete"], say`Key ${review.name(key)} is deleted, and stops working.`);
  }
  return findings;
}

/** Whether a rotation ends with a key that works, where the old one did not, or may not have. */
function worksAgain(key: Resource): boolean {
  const was = key.before ? standing(key.before) : {};
  if (key.after?.inputs["enabled"] === false) return false;
  return isOff(was["enabled"]) || hasPassed(was["expiresAt"]);
}

function isOff(enabled: unknown): boolean {
  return enabled === false || notShown(enabled);
}

function hasPassed(moment: unknown): boolean {
  return notShown(moment) || (typeof moment === "string" && Date.parse(moment) <= Date.now());
}

/** Whether Nylas has one to take over is known at the `up` alone. */
function orTakenOver({ change }: Resource): Markdown {
  return change === "adopt" ? say`If there is none to take over (\`adopt\`): ` : say``;
}

function formerHolder(review: Review, key: Resource): Markdown {
  const holder = resourceOf(review.before.target(key, "principalId", "Principal"));
  return holder ? review.name(holder) : say`a principal outside of this stack`;
}

/** What a principal is bound to. */
function scope(review: Review, principal: Resource, side: "before" | "after"): Markdown {
  const fleet = review[side];
  const bound = asObject(fleet.inputs(principal)["boundTo"]) ?? {};
  if (bound["workspace"] !== undefined) {
    const [target] = fleet.targets(principal, "boundTo", [bound["workspace"]], "Workspace");
    const workspace = resourceOf(target);
    const members = workspace
      ? say` (${counted(review.membersOf(workspace, fleet).length, say`account`)})`
      : say``;
    return say`${review.target(target, "workspace")}${members}${isSure(target) ? say`` : say`, as far as the preview shows`}`;
  }
  if (bound["account"] !== undefined) {
    const [target] = fleet.targets(principal, "boundTo", [bound["account"]], "AgentAccount");
    const account = resourceOf(target);
    return account ? say`the mailbox ${review.name(account)}` : say`one mailbox`;
  }
  if (bound["application"] !== undefined) return say`**every mailbox of the application**`;
  if (bound["organization"] !== undefined) return say`the whole organization`;
  return say`what is known at the up`;
}

function rights(review: Review, principal: Resource): Markdown {
  const inputs = principal.after?.inputs ?? {};
  const all = [...texts(inputs["permissions"]), ...texts(inputs["roles"])];
  return all.length === 0
    ? say``
    : say`, with ${some(
        all.map((each) => review.redactor.value(each)),
        8,
      )}`;
}

const PLURALS = { permissions: say`permissions`, roles: say`roles` };

function gained(
  review: Review,
  principal: Resource,
  property: keyof typeof PLURALS,
): { text: Markdown; more: boolean }[] {
  const change = changed(principal, property);
  if (!change) return [];
  if (notShown(change.to))
    return [{ text: say`get ${PLURALS[property]} that are known at the up`, more: true }];
  const [was, is] = [texts(change.from), texts(change.to)];
  const added = is.filter((each) => !was.includes(each));
  const removed = was.filter((each) => !is.includes(each));
  const shown = (all: string[]) =>
    some(
      all.map((each) => review.redactor.value(each)),
      8,
    );
  return [
    ...(added.length > 0 ? [{ text: say`get ${shown(added)}`, more: true }] : []),
    ...(removed.length > 0 ? [{ text: say`lose ${shown(removed)}`, more: false }] : []),
  ];
}

/** The server alone: a path or a query may be a secret of its own. */
function address(review: Review, url: unknown): Markdown {
  const text = asText(url);
  if (text === "[secret]") return say`an address that is a secret`;
  if (text === undefined || notShown(text)) return say`an address that is known at the up`;
  try {
    return review.redactor.host(new URL(text).host);
  } catch {
    return say`an address`;
  }
}

function triggers(review: Review, value: unknown): Markdown {
  const all = texts(value).filter((each) => !notShown(each));
  return all.length === 0
    ? say`what is known at the up`
    : some(
        all.map((each) => review.redactor.value(each)),
        8,
      );
}

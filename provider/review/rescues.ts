/** Rules that take mail out of junk and trash again: of several rules that move a message, the last one wins. */
import { shortLived } from "../nylas/systemFolders";
import { changed, type Fleet, type Resource, resourceOf, type Target } from "./fleet";
import { asObject } from "./json";
import { type Review } from "./review";
import { actionsOnMail, staysInFolder } from "./ruleActions";
import { notShown } from "./standing";

/** The folders that a rule puts mail into for good; undefined for one of which that is not known. */
function lastingPlaces(fleet: Fleet, rule: Resource): (string | undefined)[] {
  const actions = actionsOnMail(fleet, rule);
  if (actions === undefined) return [undefined];
  return actions.flatMap((action): (string | undefined)[] => {
    if (action === "archive") return ["archive"];
    const folder = asObject(action)?.["assignToFolder"];
    if (notShown(action) || notShown(folder)) return [undefined];
    return staysInFolder(folder) ? [folder] : [];
  });
}

/** Whether a rule moves mail to junk or trash. What is not known, may. */
function movesToJunk(fleet: Fleet, rule: Target): boolean {
  const resource = resourceOf(rule);
  if (!resource) return true;
  const actions = actionsOnMail(fleet, resource);
  if (actions === undefined) return true;
  return actions.some((action) => {
    if (notShown(action) || action === "markAsSpam" || action === "trash") return true;
    const folder = asObject(action)?.["assignToFolder"];
    return notShown(folder) || (typeof folder === "string" && shortLived(folder) !== undefined);
  });
}

/** Whether the first rule runs after the second on the same mail, or may. */
function mayFollow(fleet: Fleet, rule: Resource, other: Target): boolean {
  const resource = resourceOf(other);
  const [mail, othersMail] = [rule, resource].map((each) => each && fleet.inputs(each)["trigger"]);
  // No rule for the one looks at the other.
  if ([mail, othersMail].includes("outbound") && [mail, othersMail].includes("inbound")) return false;
  const [own, others] = [rule, resource].map((each) => each && fleet.inputs(each)["priority"]);
  return typeof own !== "number" || typeof others !== "number" || own >= others;
}

/** Whether a rule differs in its actions alone, and puts mail into folders that last as before. */
function putsElsewhere(after: Fleet, rule: Resource): boolean {
  const others = ["enabled", "trigger", "conditions", "match", "priority"];
  if (!after.has(rule) || others.some((name) => changed(rule, name))) return false;
  const places = lastingPlaces(after, rule);
  return places.length > 0 && !places.includes(undefined);
}

/**
 * Whether mail that a rule has kept out of junk and trash may stay there when the rule does so no more, or for less. A workspace of another
 * stack may name it too, unless only these workspaces are meant. With a folder: only what the rule puts there.
 */
export function leavesInJunk(
  { before, after, scope }: Review,
  rule: Resource,
  only: { workspaces?: Resource[]; folder?: string } = {},
): boolean {
  if (!before.has(rule)) return false;
  const { workspaces = before.workspacesWithRule(rule), folder } = only;
  const places = lastingPlaces(before, rule);
  if (!places.some((place) => folder === undefined || place === undefined || place === folder)) return false;
  // Another folder may be missing from a mailbox: that is asked only where another rule is seen that moves mail to junk.
  if (only.workspaces === undefined && !scope.complete && !putsElsewhere(after, rule)) return true;
  return workspaces.some(
    (workspace) =>
      after.has(workspace) &&
      after
        .rulesOf(workspace)
        .some(
          (other) =>
            resourceOf(other) !== rule && movesToJunk(after, other) && mayFollow(before, rule, other),
        ),
  );
}

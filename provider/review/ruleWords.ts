/** A rule as a clause: `incoming mail is refused when the sender's domain is in the list X`. */
import { type Fleet, type Resource } from "./fleet";
import { asList, asObject, asText } from "./json";
import { type Review } from "./review";
import { notShown } from "./standing";
import { enumerated, joined, say, type Markdown } from "./text";

export function ruleInWords(review: Review, fleet: Fleet, rule: Resource): Markdown {
  const inputs = fleet.inputs(rule);
  if (notShown(inputs["actions"]) && !Array.isArray(inputs["actions"]))
    return say`what it does is known at the up`;
  const mail = inputs["trigger"] === "outbound" ? say`outgoing mail` : say`incoming mail`;
  const actions = asList(inputs["actions"]).map((action) => actionInWords(review, action));
  const conditions = asList(inputs["conditions"]).map((condition) =>
    conditionInWords(review, fleet, rule, condition),
  );
  const word = inputs["match"] === "any" ? " or " : " and ";
  const what = actions.length === 0 ? say`is left as it is` : enumerated(actions);
  const members = inputs["includeMembers"] === true ? say`, and for every account of its workspaces` : say``;
  const off = inputs["enabled"] === false ? say`; switched off` : say``;
  return say`${mail} ${what}${conditions.length > 0 ? say` when ${joined(conditions.slice(0, 6), word)}${conditions.length > 6 ? say` (and ${conditions.length - 6} more conditions)` : say``}` : say``}${members}${off}`;
}

function actionInWords(review: Review, action: unknown): Markdown {
  const folder = asObject(action)?.["assignToFolder"];
  if (folder !== undefined) {
    return typeof folder === "string" && !notShown(folder)
      ? say`goes into the folder ${review.redactor.value(folder)}`
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
    typeof value !== "string" || notShown(value)
      ? say`(known at the up)`
      : fields["field"] === "outbound.type" && KINDS_OF_MAIL[value]
        ? KINDS_OF_MAIL[value]
        : review.redactor.value(value);
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

/** Policies, rules, lists and workspaces: they concern no mail as long as no account is under them. */
import { isRecord } from "../../../nylas/errors";
import { PLANS } from "../../../nylas/plans";
import { type Own } from "../bench";
import { canRead } from "../eyes";
import { harmless, known } from "../look";
import { RENAMED } from "../objects";
import { type Try, write } from "./try";

/** The simulator's names of the plans that are known. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  Free: { plan: "free" },
  "Full Platform": {},
};

/** A policy: what it answers without limits, and what a `PUT` does to the members that it leaves out. */
export async function policies(context: Try): Promise<Own> {
  const { bench, say, doing } = context;
  doing("trying a policy");
  const policy = await bench.make("policy", `${bench.mark}-policy`, { name: `${bench.mark}-policy` });
  planOf(bench, policy.made, say);
  const first = { limit_count_daily_email_sent: 7, limit_attachment_count_limit: 3 };
  const changed = await write(
    context,
    policy,
    "PUT /v3/policies/:id",
    { name: `${policy.name}${RENAMED}`, limits: first },
    "Policy",
  );
  if (changed.answer.ok && isRecord(changed.answer.data))
    say(
      "id" in changed.answer.data
        ? known("policyPutWithoutId", "has the id")
        : harmless("policyPutWithoutId", "lacks the id", { policyPutWithoutId: true }),
    );
  if (!changed.ignored.includes("limits")) {
    const { shown, object } = await write(
      context,
      policy,
      "PUT /v3/policies/:id",
      { limits: { limit_count_daily_email_sent: 8 } },
      "Policy",
    );
    const limits = isRecord(object.limits) ? object.limits : {};
    if (shown)
      say(
        limits.limit_attachment_count_limit === first.limit_attachment_count_limit
          ? known("R3", "merged")
          : harmless("R3", "the group is replaced", { policyGroups: "replace" }),
      );
  }
  return policy;
}

/** Sizes are told in several units, so these figures decide. */
const TELLING = ["dailySends", "attachmentCount", "inboxRetentionDays", "spamRetentionDays"] as const;

function planOf({ eyes }: Try["bench"], made: Record<string, unknown>, say: Try["say"]): void {
  if (!canRead(eyes.wire, "a policy", made)) return;
  const { limits } = eyes.wire.policy(made);
  const plan = PLANS.find((each) => TELLING.every((name) => each.limits[name] === limits[name]))?.name;
  if (plan !== undefined) return say(known("R15", `plan ${plan}`, SETTINGS[plan]));
  if (TELLING.every((name) => limits[name] === undefined)) return;
  // The simulator's name for figures that no known plan has.
  say(harmless("R15", "maxima of no known plan", { plan: "later" }));
}

/** A rule that is not enabled and in no workspace but the probe's own. */
export async function makeRule({ bench }: Pick<Try, "bench">, name: string): Promise<Own> {
  const value = `nobody@${bench.mark}.example.com`;
  return bench.make("rule", `${bench.mark}-${name}`, {
    name: `${bench.mark}-${name}`,
    enabled: false,
    trigger: "inbound",
    match: { operator: "all", conditions: [{ field: "from.address", operator: "is", value }] },
    actions: [{ type: "mark_as_read" }],
  });
}

export async function rules(context: Try): Promise<Own> {
  context.doing("trying a rule");
  const rule = await makeRule(context, "rule");
  const match = {
    operator: "any",
    conditions: [{ field: "from.domain", operator: "is", value: `${context.bench.mark}.example.com` }],
  };
  const change = { name: `${rule.name}${RENAMED}`, description: "Made by a probe.", priority: 999, match };
  await write(context, rule, "PUT /v3/rules/:id", change, "Rule");
  return rule;
}

export async function lists(context: Try): Promise<void> {
  const { bench, doing } = context;
  doing("trying a list");
  const name = `${bench.mark}-list`;
  const list = await bench.make("list", name, { name, type: "domain" });
  const change = { name: `${name}${RENAMED}`, description: "Made by a probe." };
  await write(context, list, "PUT /v3/lists/:id", change, "List");
  const items = { items: [`${bench.mark}.example.com`] };
  await bench.change(list, "POST /v3/lists/:id/items", items);
  await bench.eyes.ask("GET /v3/lists/:id/items", { ids: [list.id], query: { limit: 200 } });
  await bench.change(list, "DELETE /v3/lists/:id/items", items);
}

/** Two workspaces without accounts; the second one gets the policy and the rules. */
export async function workspaces(context: Try): Promise<{ first: Own; second: Own }> {
  const { bench, doing } = context;
  doing("trying workspaces");
  const make = (name: string) =>
    bench.make("workspace", `${bench.mark}-${name}`, { name: `${bench.mark}-${name}`, auto_group: false });
  const first = await make("first");
  const second = await make("second");
  await write(context, first, "PATCH /v3/workspaces/:id", { name: `${first.name}${RENAMED}` }, "Workspace");
  return { first, second };
}

/** Attaches a policy and rules, and deletes a rule that is attached. */
export async function attachments(
  context: Try,
  { workspace, policy, rule }: { workspace: Own; policy: Own | undefined; rule: Own },
): Promise<void> {
  const { bench, say, doing } = context;
  doing("trying rules in a workspace");
  const stale = await makeRule(context, "stale");
  const both = { ...(policy ? { policy_id: policy.id } : {}), rule_ids: [rule.id, stale.id] };
  const route = "PATCH /v3/workspaces/:id";
  const { ignored } = await write(context, workspace, route, both, "Workspace");
  if (!ignored.includes("rule_ids")) {
    const removed = await bench.remove(stale);
    if (removed.status === 409) {
      say(harmless("R15", "the delete of a rule in use is refused", { deletesBlocked: true }));
      say({ point: "staleRule", verdict: "untried", seen: "a rule in use cannot be deleted" });
    } else if (removed.ok) await staleRule(context, workspace, rule, stale);
  }
  await bench.change(workspace, route, { policy_id: null, rule_ids: [] });
}

async function staleRule({ bench, say }: Try, workspace: Own, rule: Own, stale: Own): Promise<void> {
  const after = await bench.settled(workspace);
  const stays = Array.isArray(after.rule_ids) && after.rule_ids.includes(stale.id);
  const ids = { rule_ids: [rule.id, stale.id] };
  const again = await bench.change(workspace, "PATCH /v3/workspaces/:id", ids);
  const refused = again.status >= 400 && again.status < 500;
  const seen = `${stays ? "stays" : "goes"}, and is ${refused ? "refused" : "taken"}`;
  const settings = refused ? {} : { staleRules: "taken" };
  say(stays && refused ? known("staleRule", seen) : harmless("staleRule", seen, settings));
}

import { type NylasApi, type Workspace } from "../api";
import { type ErrorBody } from "../errors";
import { type Explanation } from "../explain";
import { path } from "../http";
import { JustWritten } from "../justWritten";
import { given, isEmpty, reading, remove, type Sender, withApplication, withApplicationKey } from "./calls";
import { list, route, type Route } from "./table";

export const CALLS: readonly Route[] = [
  list(
    "GET /v3/workspaces",
    "application",
    ["Workspace", "DefaultWorkspace", "Policy", "Rule"],
    "a workspace",
  ),
  route("POST /v3/workspaces", "application", ["Workspace"], "a workspace"),
  route("GET /v3/workspaces/:id", "application", ["Workspace", "DefaultWorkspace"], "a workspace"),
  route("PATCH /v3/workspaces/:id", "application", ["Workspace", "DefaultWorkspace"], "a workspace"),
  route("DELETE /v3/workspaces/:id", "application", ["Workspace"]),
];

export const routes = (sender: Sender) => ({ workspaces: workspaceRoutes(sender) });

function workspaceRoutes(sender: Sender): NylasApi["workspaces"] {
  const { http, clock } = sender;
  const rules = new JustWritten<string[]>(clock);
  const policies = new JustWritten<string | null>(clock);
  const at = (id: string) => path`/v3/workspaces/${id}`;

  async function read(id: string): Promise<Workspace> {
    const workspace = await http.send({
      ...withApplicationKey("GET", "read", `workspace ${id}`),
      path: at(id),
      decode: (wire, answer) => wire.workspace(answer),
    });
    return withApplication(sender, workspace);
  }

  /** All on one: this list has no pages. */
  async function* onlyPage() {
    const { items } = await http.send({
      ...withApplicationKey("GET", "list", "workspaces"),
      path: path`/v3/workspaces`,
      decode: (wire, answer) => wire.page(answer, wire.workspace),
    });
    yield items;
  }

  return {
    ...reading(sender, at, read, onlyPage),

    create: async ({ name, domain, autoGroup, policyId, ruleIds, members }) => {
      const created = await http.send({
        ...withApplicationKey("POST", "create", `workspace ${JSON.stringify(name)}`),
        path: path`/v3/workspaces`,
        body: {
          name,
          // Its default has changed once already.
          auto_group: autoGroup,
          domain,
          policy_id: policyId,
          rule_ids: ruleIds,
          ...members,
        },
        decode: (wire, answer) => wire.workspace(answer),
        explain: (_status, body) => explainRules(body),
      });
      rules.note(created.id, ruleIds);
      return withApplication(sender, created);
    },

    update: async (id, { name, autoGroup, policyId, ruleIds, members }) => {
      const body = given({
        name,
        auto_group: autoGroup,
        policy_id: policyId,
        rule_ids: ruleIds,
        ...members,
      });
      if (isEmpty(body)) return read(id);
      const written = await http.send({
        ...withApplicationKey("PATCH", "update", `workspace ${id}`),
        path: at(id),
        body,
        decode: (wire, answer) => (wire.isWholeWorkspace(answer) ? wire.workspace(answer) : undefined),
        explain: (_status, body) => explainRules(body),
      });
      rules.note(id, ruleIds);
      policies.note(id, policyId);
      return written ? withApplication(sender, written) : read(id);
    },

    rulesJustWritten: (id) => rules.of(id),

    policyJustWritten: (id) => policies.of(id),

    delete: async (id) => {
      const removed = await remove(sender, {
        ...withApplicationKey("DELETE", "delete", `workspace ${id}`),
        path: at(id),
      });
      policies.note(id, null);
      return removed;
    },
  };
}

function explainRules(body: ErrorBody): Partial<Explanation> | undefined {
  if (!/rule_ids/.test(body.message)) return undefined;
  return {
    kind: "refused",
    next:
      "A rule that ruleIds names was deleted or belongs to another application: take it out of ruleIds. Where it is a rule of this program, " +
      "run pulumi refresh, then pulumi up, which makes it anew.",
  };
}

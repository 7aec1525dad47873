import { type NylasApi, type Workspace } from "../api";
import { type ErrorBody } from "../errors";
import { type Explanation } from "../explain";
import { path } from "../http";
import { reading, remove, type Sender, withApplication, withApplicationKey } from "./calls";

/** Milliseconds after which a read shows a write at the latest. */
const LATEST_READ = 60_000;

export function workspaceRoutes(sender: Sender): NylasApi["workspaces"] {
  const { http, clock } = sender;
  const rules = new JustWritten<string[]>(() => clock.now());
  const policies = new JustWritten<string | null>(() => clock.now());

  async function read(id: string): Promise<Workspace> {
    const workspace = await http.send({
      ...withApplicationKey("GET", "read", `workspace ${id}`),
      path: path`/v3/workspaces/${id}`,
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
    ...reading(sender, read, onlyPage),

    create: async ({ name, domain, autoGroup, policyId, ruleIds }) => {
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
        },
        decode: (wire, answer) => wire.workspace(answer),
        explain: (_status, body) => explainRules(body),
      });
      rules.note(created.id, ruleIds);
      return withApplication(sender, created);
    },

    update: async (id, { name, autoGroup, policyId, ruleIds }) => {
      if ([name, autoGroup, policyId, ruleIds].every((change) => change === undefined)) return read(id);
      const written = await http.send({
        ...withApplicationKey("PATCH", "update", `workspace ${id}`),
        path: path`/v3/workspaces/${id}`,
        body: {
          name,
          auto_group: autoGroup,
          policy_id: policyId,
          rule_ids: ruleIds,
        },
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
        path: path`/v3/workspaces/${id}`,
      });
      policies.note(id, null);
      return removed;
    },
  };
}

/** What was written of an object within the last minute: as long may a read show what was there before. */
class JustWritten<T> {
  readonly #values = new Map<string, { at: number; value: T }>();

  constructor(private readonly now: () => number) {}

  note(id: string, value: T | undefined): void {
    if (value !== undefined) this.#values.set(id, { at: this.now(), value });
  }

  of(id: string): T | undefined {
    const written = this.#values.get(id);
    return written !== undefined && this.now() - written.at <= LATEST_READ ? written.value : undefined;
  }
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

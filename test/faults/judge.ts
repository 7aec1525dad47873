import assert from "node:assert/strict";
import { type Simulator } from "nylas-simulator";
import { type FakeStack, type Recorded } from "../plugin/stack";
import { type Item, type Kind, type Program, resolved } from "./program";

type State = ReturnType<Simulator["state"]>;

/** The ids of what stands at Nylas of each kind, beside what is there from the start. */
export function standing(state: State): Partial<Record<Kind, string[]>> {
  const ids = (objects: { id: string }[]): string[] => objects.map(({ id }) => id).sort();
  const made = state.principals.filter(({ name }) => name !== "Made in the Dashboard");
  return {
    Domain: ids(state.domains.filter(({ branded }) => !branded)),
    Workspace: ids(state.workspaces.filter((each) => !each.default)),
    Policy: ids(state.policies),
    AgentAccount: ids(state.grants),
    Rule: ids(state.rules),
    List: ids(state.lists),
    Webhook: ids(state.webhooks),
    Principal: ids(made),
    ApiKey: state.credentials
      .filter(({ principal_id }) => made.some(({ id }) => id === principal_id))
      .map(({ id, principal_id }) => `${principal_id}/${id}`)
      .sort(),
  };
}

/** Exactly one remote object for each that is declared, none beside them, and each as the program says. */
export async function judge(sim: Simulator, stack: FakeStack, program: Program): Promise<void> {
  const state = sim.state();
  assert.deepEqual(
    stack.state.map(({ name, replaced }) => `${name}${replaced ? " (replaced)" : ""}`).sort(),
    program.map(({ name }) => name).sort(),
    "what is recorded is what is declared",
  );
  for (const [kind, ids] of Object.entries(standing(state))) {
    const recorded = stack.state.filter(({ type }) => type === kind).map(({ id }) => id);
    assert.deepEqual(ids, recorded.sort(), `${kind}: there is exactly what is recorded`);
  }
  assert.ok(state.connectors.length <= 1, "one connector at most");
  for (const item of program) {
    const entry = stack.find(item.name);
    const declared = resolved(item.inputs, (name) => stack.find(name)) as Record<string, unknown>;
    const { there, wanted } = await COMPARED[item.kind](sim, state, entry, declared, item);
    assert.deepEqual(there, wanted, `${item.name}: what stands there is what is declared`);
  }
}

interface Compared {
  there: unknown;
  wanted: unknown;
}

type Compare = (
  sim: Simulator,
  state: State,
  entry: Recorded,
  declared: Record<string, unknown>,
  item: Item,
) => Compared | Promise<Compared>;

const COMPARED: Record<Kind, Compare> = {
  Policy: (_sim, { policies }, { id }, declared, item) => {
    const { name, limits, spam_detection } = one(policies, id);
    const asked = (declared.limits ?? {}) as Record<string, unknown>;
    const spam = (declared.spamDetection ?? {}) as Record<string, unknown>;
    return {
      there: [
        name,
        limits.limit_count_daily_email_sent,
        limits.limit_inbox_retention_period,
        limits.limit_attachment_allowed_types,
        spam_detection.spam_sensitivity,
        spam_detection.use_list_dnsbl,
      ],
      wanted: [
        nameOf(item, declared, name),
        asked.dailySends,
        asked.inboxRetentionDays,
        asked.attachmentTypes,
        spam.sensitivity,
        spam.dnsBlockLists,
      ],
    };
  },
  List: (_sim, { lists }, { id }, declared, item) => {
    const { name, type, description, items } = one(lists, id);
    return {
      there: [name, type, description, declared.items ? items.sort() : undefined],
      wanted: [
        nameOf(item, declared, name),
        declared.type,
        declared.description ?? "",
        declared.items && [...new Set(declared.items as string[])].sort(),
      ],
    };
  },
  Rule: (_sim, { rules }, { id }, declared, item) => {
    const { name, description, priority, enabled, match, actions } = one(rules, id);
    const [condition] = declared.conditions as { field: string; is?: string; inList?: string[] }[];
    const steps: Record<string, string> = {
      block: "block",
      markAsRead: "mark_as_read",
      markAsStarred: "mark_as_starred",
      archive: "archive",
    };
    return {
      there: [
        name,
        description,
        priority,
        enabled,
        match.operator,
        match.conditions.map(({ field, value }) => [field, value]),
        actions.map(({ type, value }) => [type, value]),
      ],
      wanted: [
        nameOf(item, declared, name),
        declared.description ?? "",
        declared.priority ?? 10,
        declared.enabled ?? true,
        declared.match ?? "all",
        [[condition!.field, condition!.is ?? condition!.inList]],
        (declared.actions as (string | { assignToFolder: string })[]).map((action) =>
          typeof action === "string"
            ? [steps[action], undefined]
            : ["assign_to_folder", action.assignToFolder],
        ),
      ],
    };
  },
  Workspace: (_sim, { workspaces }, { id }, declared, item) => {
    const { name, domain, auto_group, policy_id, rule_ids } = one(workspaces, id);
    return {
      there: [name, domain, auto_group, policy_id, rule_ids],
      wanted: [
        nameOf(item, declared, name),
        declared.domainName ?? null,
        declared.autoGroup ?? false,
        declared.policyId ?? null,
        declared.ruleIds ?? [],
      ],
    };
  },
  DefaultWorkspace: (_sim, { workspaces }, { id }, declared) => {
    const { policy_id, rule_ids } = one(workspaces, id);
    return { there: [policy_id, rule_ids], wanted: [declared.policyId ?? null, declared.ruleIds ?? []] };
  },
  Webhook: (sim, { webhooks }, { id, outputs }, declared, item) => {
    const found = one(webhooks, id);
    const { secret } = outputs;
    return {
      there: [
        found.description,
        found.webhook_url,
        found.trigger_types.sort(),
        found.notification_email_addresses,
        found.compressed_delivery,
        found.status,
        typeof secret === "string" ? sim.checkWebhookSecret(id, secret) : secret,
      ],
      wanted: [
        nameOf(item, declared, found.description),
        declared.url,
        [...(declared.triggers as string[])].sort(),
        declared.notificationEmails ?? [],
        declared.compressed ?? false,
        declared.paused === true ? "pause" : "active",
        // It was shown once, in an answer that was lost: then there is none, and never a wrong one.
        secret === undefined ? undefined : true,
      ],
    };
  },
  Principal: (_sim, { principals }, { id }, declared, item) => {
    const found = one(principals, id);
    const bound = declared.boundTo as Record<string, string>;
    return {
      there: [
        found.name,
        found.description,
        found.status,
        found.roles,
        found.direct_permissions.sort(),
        found.resource_binding,
      ],
      wanted: [
        nameOf(item, declared, found.name),
        declared.description ?? "",
        declared.enabled === false ? "disabled" : "active",
        declared.roles ?? [],
        [...((declared.permissions ?? []) as string[])].sort(),
        { type: Object.keys(bound)[0], id: Object.values(bound)[0] },
      ],
    };
  },
  ApiKey: async (sim, { credentials }, { id, outputs }, declared, item) => {
    const found = one(credentials, id.split("/")[1]!);
    const { secret } = outputs;
    const answer = await fetch(`${sim.url}/v3/grants`, {
      headers: { authorization: `Bearer ${String(secret)}` },
    });
    await answer.arrayBuffer();
    const enabled = declared.enabled !== false;
    return {
      there: [
        found.principal_id,
        found.name,
        found.status,
        found.expires_at,
        secret === undefined ? undefined : answer.status !== 401,
      ],
      wanted: [
        declared.principalId,
        nameOf(item, declared, found.name),
        enabled ? "active" : "disabled",
        Date.parse(String(declared.expiresAt)) / 1000,
        // The key that is recorded is the one that opens; of one that was taken over nobody has it.
        item.inputs.adopt === undefined ? enabled : undefined,
      ],
    };
  },
  Domain: (_sim, { domains }, { id }, declared, item) => {
    const { name, domain_address } = one(domains, id);
    return {
      there: [name, domain_address],
      wanted: [nameOf(item, declared, name), declared.domainName],
    };
  },
  DomainRecords: (_sim, { domains }, { id, outputs }, declared) => {
    const { domain_address, ownership, id: domainId } = one(domains, id);
    const records = outputs.records as Record<string, { value: string }>;
    return {
      there: [
        domainId,
        domain_address,
        `nylas-ownership-verify=${ownership.token}`,
        Object.keys(records).sort(),
      ],
      wanted: [
        declared.domainId,
        declared.domainName,
        records.ownership?.value,
        ["dkim", "feedback", "mx", "ownership", "spf"],
      ],
    };
  },
  DomainVerification: (_sim, { domains }, { id, outputs }, declared) => {
    const { verified } = one(domains, id);
    const purposes = (declared.purposes ?? [
      "ownership",
      "mx",
      "spf",
      "dkim",
      "feedback",
    ]) as (keyof typeof verified)[];
    return {
      there: [id, outputs.status, purposes.filter((purpose) => !verified[purpose])],
      wanted: [declared.domainId, "verified", []],
    };
  },
  AgentAccount: (sim, { grants, folders, workspaces }, { id }, declared) => {
    const found = one(grants, id);
    const home = workspaces.find((each) => each.default && each.application_id === found.application_id)?.id;
    const wanted = (declared.folders ?? []) as string[];
    const there = folders.filter(({ grant_id }) => grant_id === id).map(({ name }) => name);
    const { appPassword } = declared;
    return {
      there: [
        found.email,
        found.name,
        found.workspace_id,
        typeof appPassword === "string" ? sim.checkAppPassword(id, appPassword) : false,
        there.sort(),
      ],
      wanted: [
        declared.email,
        declared.displayName ?? "",
        declared.workspaceId ?? home,
        appPassword !== undefined,
        [...new Set(wanted)].sort(),
      ],
    };
  },
};

/** The name that is declared; where none is, the one that was made of a label once and stays whatever the resource is called. */
function nameOf(item: Item, declared: Record<string, unknown>, there: string): string {
  if (typeof declared.name === "string") return declared.name;
  const labels = [item.name, ...(item.aliases ?? [])].map((name) => `project/stack/${name}`);
  return labels.includes(there) ? there : labels[0]!;
}

function one<T extends { id: string }>(objects: T[], id: string): T {
  const found = objects.find((object) => object.id === id);
  assert.ok(found, `${id} stands there`);
  return found;
}

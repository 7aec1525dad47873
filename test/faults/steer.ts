import { type Plan, type Scenario } from "./generate";
import { type Item, type Kind, namedIn, type Program } from "./program";
import { type Cell, type Operation } from "./routes";

/** What happens in a seed whose fault is meant for an operation on a kind. */
export function scenariosFor({ kind, operation, route }: Cell): Scenario[] {
  const replace: Scenario[] = REPLACED[kind] ? ["replace"] : [];
  const renamed: Scenario[] = WITHOUT_KEY.includes(kind) ? ["rename"] : [];
  if (operation === "create" && TAKEN.includes(`${kind} ${route}`)) return ["forgotten"];
  if (operation === "delete" && route.endsWith("/applications")) return ["destroy"];
  if (operation === "create" && ADOPTED.includes(`${kind} ${route}`)) return ["adopted"];
  if (operation === "delete" && isGone(kind, route)) return ["destroy"];
  const all: Record<Operation, Scenario[]> = {
    create: [
      "create",
      "create",
      "create",
      // What was made is looked at then, and not made.
      ...(NO_OBJECT.includes(kind) || !route.startsWith("GET ") ? [] : (["forgotten"] as const)),
      ...replace,
      "mixed",
    ],
    read: ["refresh"],
    update: ["update", "update", "update", "mixed"],
    delete: ["delete", "destroy", "destroy", ...replace, ...renamed, "mixed"],
  };
  return all[operation];
}

/** Whether the call that the fault is meant for is likely to be made in what is planned; others are planned anew. */
export function isLikely({ kind, operation, route }: Cell, plan: Plan, scenario: Scenario): boolean {
  const before = plan.before.filter((item) => item.kind === kind);
  const after = plan.after.filter((item) => item.kind === kind);
  const pairs = before.flatMap((old): [Item, Item][] => {
    const now = after.find(({ name, aliases }) => name === old.name || aliases?.includes(old.name));
    return now ? [[old, now]] : [];
  });
  const replaced = pairs.filter(([old, now]) => isReplaced(old, now));
  const stays = pairs.filter(([old, now]) => !isReplaced(old, now));
  switch (operation) {
    case "read":
      return before.some((item) => READS[`${kind} ${route}`]?.(item) ?? true);
    case "delete": {
      const gone = before.filter((old) => !pairs.some(([other]) => other === old));
      if (scenario !== "destroy" && replaced.length + gone.length === 0) return false;
      // The last one is deleted first, and asks for all.
      if (route.endsWith("/applications"))
        return (
          plan.before.findLastIndex(({ kind: each, inputs }) => each === kind && !inputs.forceDestroy) >=
          plan.before.findLastIndex(asksApplication)
        );
      const needed = READS[`${kind} ${route}`];
      return needed === undefined || before.some(needed);
    }
    case "create": {
      const fresh =
        scenario === "create" || scenario === "forgotten" || scenario === "adopted"
          ? before
          : after.filter(
              (now) =>
                replaced.some(([, other]) => other === now) || !pairs.some(([, other]) => other === now),
            );
      if (fresh.length === 0) return false;
      const program = scenario === "create" ? plan.before : plan.after;
      if (route.endsWith("/applications"))
        return program.findIndex(asksApplication) === program.indexOf(fresh[0]!);
      const needed = CREATES[`${kind} ${route}`];
      return needed === undefined || fresh.some((item) => needed(item, program));
    }
    case "update": {
      const changed = stays.filter(([old, now]) => differ(old, now));
      if (changed.length === 0) return false;
      const needed = UPDATES[`${kind} ${route}`];
      return needed === undefined || changed.some(([old, now]) => needed(old, now, plan));
    }
  }
}

/** Faults without which a call is not made in the same run. */
export const COMPANIONS: Record<string, { route: string; fault: string }> = {
  "Webhook POST /v3/webhooks/rotate-secret/:id": {
    route: "POST /v3/webhooks",
    fault: "reset after the write",
  },
  "ApiKey DELETE /v3/iam/principals/:id/credentials/:id": {
    route: "POST /v3/iam/principals/:id/credentials",
    fault: "reset after the write",
  },
};

/** What stands before the one that a call is made for, or it would not be made. */
export const BESIDE: Record<string, Kind[]> = {
  "AgentAccount update GET /v3/policies": ["Workspace", "Workspace"],
  "AgentAccount update GET /v3/policies/:id": ["Workspace", "Workspace"],
  "DefaultWorkspace create GET /v3/policies": ["AgentAccount"],
  "DefaultWorkspace create GET /v3/policies/:id": ["AgentAccount"],
  "Domain create GET /v3/domains": ["Domain"],
};

/** Whether somebody lets the default workspace name the rule, so that its delete has to take it out there. */
export function isNamedByHand({ kind, operation, route }: Cell): boolean {
  return kind === "Rule" && operation === "delete" && route.startsWith("PATCH ");
}

/** Whether a delete asks this only where the object is gone already. */
export function isGone(kind: Kind, route: string): boolean {
  return GONE.includes(`${kind} ${route}`);
}

const GONE = [
  "ApiKey GET /v3/iam/principals/:id",
  "ApiKey GET /v3/iam/principals/:id/credentials",
  "Domain GET /v3/domains",
  "AgentAccount GET /v3/grants",
  "Policy GET /v3/policies",
  "Rule GET /v3/rules",
  "List GET /v3/lists",
  "Webhook GET /v3/webhooks",
  "Workspace GET /v3/workspaces",
];

/** Asked of an object that is there already. */
const TAKEN = [
  "AgentAccount GET /v3/grants/:id/messages",
  "AgentAccount GET /v3/workspaces/:id",
  "List GET /v3/lists/:id/items",
  // Asked whose the key is, where the state says whose it was and nothing before it has told.
  "ApiKey GET /v3/iam/principals",
  "Domain GET /v3/domains",
  "DomainRecords GET /v3/domains",
  "DomainVerification GET /v3/domains",
];

/** Asked where an object is taken over by its id. */
const ADOPTED = [
  "AgentAccount GET /v3/grants/:id",
  "ApiKey GET /v3/iam/principals/:id/credentials/:id",
  "List GET /v3/lists/:id",
  "Policy GET /v3/policies/:id",
  "Principal GET /v3/iam/principals/:id",
  "Rule GET /v3/rules/:id",
  "Workspace GET /v3/workspaces/:id",
];

/** Kinds whose create makes nothing at Nylas. */
const NO_OBJECT: readonly Kind[] = ["DomainRecords", "DomainVerification", "DefaultWorkspace"];

/** Kinds of which two can be there under different names. */
const WITHOUT_KEY: readonly Kind[] = ["Policy", "List", "Rule", "ApiKey", "Principal"];

const REPLACED: Partial<Record<Kind, string[]>> = {
  List: ["type"],
  Workspace: ["domainName"],
  ApiKey: ["expiresAt", "rotateWhenChanged"],
  AgentAccount: ["email"],
  Domain: ["domainName"],
  DomainRecords: ["dkimKeyLength", "domainName"],
  DomainVerification: ["domainName"],
};

const asksApplication = ({ kind }: Item): boolean =>
  !["Domain", "DomainRecords", "DomainVerification", "Principal", "ApiKey"].includes(kind);

function isReplaced(old: Item, now: Item): boolean {
  return (REPLACED[old.kind] ?? []).some(
    (name) => JSON.stringify(old.inputs[name]) !== JSON.stringify(now.inputs[name]),
  );
}

function changes(old: Item, now: Item, ...names: string[]): boolean {
  return names.some((name) => JSON.stringify(old.inputs[name]) !== JSON.stringify(now.inputs[name]));
}

function differ(old: Item, now: Item): boolean {
  const names = [...Object.keys(old.inputs), ...Object.keys(now.inputs)];
  return changes(
    old,
    now,
    ...names.filter((name) => !["forceDestroy", "allowMailLoss", "allowApex"].includes(name)),
  );
}

const list = (item: Item, name: string): unknown[] => (item.inputs[name] ?? []) as unknown[];
const less = (old: Item, now: Item, name: string): boolean =>
  list(old, name).some((value) => !list(now, name).includes(value));
const some = (name: string) => (item: Item) => list(item, name).length > 0;

const READS: Record<string, (item: Item) => boolean> = {
  "AgentAccount GET /v3/grants/:id/folders": some("folders"),
  "AgentAccount GET /v3/grants/:id/messages": ({ inputs }) => inputs.forceDestroy !== true,
  "List GET /v3/lists/:id/items": some("items"),
  "DefaultWorkspace PATCH /v3/workspaces/:id": ({ inputs }) => namedIn(inputs).length > 0,
  "Domain GET /v3/grants": ({ inputs }) => inputs.forceDestroy !== true,
};

const CREATES: Record<string, (item: Item, program: Program) => boolean> = {
  "AgentAccount GET /v3/grants/:id/folders": some("folders"),
  "AgentAccount POST /v3/grants/:id/folders": some("folders"),
  "AgentAccount GET /v3/grants/:id/messages": ({ inputs }) => inputs.workspaceId !== undefined,
  "AgentAccount GET /v3/workspaces/:id": ({ inputs }) => inputs.workspaceId !== undefined,
  "DefaultWorkspace GET /v3/policies": isCutting,
  "DefaultWorkspace GET /v3/policies/:id": isCutting,
  "List GET /v3/lists/:id/items": some("items"),
  "List POST /v3/lists/:id/items": some("items"),
  "Webhook PUT /v3/webhooks/:id": ({ inputs }) => inputs.paused === true,
  "Webhook GET /v3/webhooks/:id": ({ inputs }) => inputs.paused === true,
  "DefaultWorkspace PATCH /v3/workspaces/:id": ({ inputs }) => namedIn(inputs).length > 0,
  "DefaultWorkspace GET /v3/grants": ({ inputs }) =>
    inputs.policyId !== undefined && inputs.allowMailLoss !== true,
};

/** The default workspace is given a policy, and accounts are in it already. */
function isCutting({ inputs }: Item, program: Program): boolean {
  return (
    inputs.policyId !== undefined &&
    inputs.allowMailLoss !== true &&
    program.some(({ kind, inputs: other }) => kind === "AgentAccount" && other.workspaceId === undefined)
  );
}

/** The policy of the workspace that an account is in. */
function policyOver({ inputs }: Item, program: Program): string | undefined {
  const [home] = namedIn(inputs.workspaceId);
  return namedIn(program.find(({ name }) => name === home)?.inputs.policyId)[0];
}

const UPDATES: Record<string, (old: Item, now: Item, plan: Plan) => boolean> = {
  "AgentAccount GET /v3/policies": (old, now, plan) =>
    changes(old, now, "workspaceId") &&
    now.inputs.allowMailLoss !== true &&
    policyOver(old, plan.before) === undefined &&
    policyOver(now, plan.after) !== undefined,
  "AgentAccount GET /v3/policies/:id": (old, now, plan) =>
    changes(old, now, "workspaceId") &&
    now.inputs.allowMailLoss !== true &&
    policyOver(now, plan.after) !== undefined &&
    policyOver(old, plan.before) !== policyOver(now, plan.after),
  "AgentAccount POST /v3/grants/:id/folders": (old, now) => less(now, old, "folders"),
  "AgentAccount DELETE /v3/grants/:id/folders/:id": (old, now) => less(old, now, "folders"),
  "AgentAccount GET /v3/grants/:id/messages": (old, now) => less(old, now, "folders"),
  "AgentAccount GET /v3/grants/:id/folders": (_old, now) => now.inputs.folders !== undefined,
  "AgentAccount PATCH /v3/grants/:id": (old, now) => changes(old, now, "displayName", "appPassword"),
  "AgentAccount GET /v3/workspaces/:id": (old, now) =>
    changes(old, now, "workspaceId") && now.inputs.allowMailLoss !== true,
  "List POST /v3/lists/:id/items": (old, now) => less(now, old, "items"),
  "List DELETE /v3/lists/:id/items": (old, now) => less(old, now, "items"),
  "List GET /v3/lists/:id/items": (old, now) => changes(old, now, "items"),
  "List PUT /v3/lists/:id": (old, now) => changes(old, now, "name", "description"),
  "Webhook POST /v3/webhooks/rotate-secret/:id": (old, now) => changes(old, now, "rotateWhenChanged"),
  "Webhook PUT /v3/webhooks/:id": (old, now) =>
    changes(old, now, "name", "url", "triggers", "compressed", "paused", "notificationEmails"),
  "Workspace GET /v3/grants": (old, now) =>
    changes(old, now, "policyId") && now.inputs.allowMailLoss !== true,
  "Workspace GET /v3/workspaces/:id": (old, now) =>
    changes(old, now, "policyId") && now.inputs.allowMailLoss !== true,
  "Workspace GET /v3/policies/:id": (old, now, plan) =>
    changes(old, now, "policyId") &&
    old.inputs.policyId !== undefined &&
    now.inputs.policyId !== undefined &&
    now.inputs.allowMailLoss !== true &&
    plan.after.some(
      ({ kind, inputs }) => kind === "AgentAccount" && namedIn(inputs.workspaceId).includes(now.name),
    ),
  "DefaultWorkspace GET /v3/grants": (old, now) =>
    changes(old, now, "policyId") && now.inputs.allowMailLoss !== true,
  "Policy GET /v3/policies/:id": (old, now) => changes(old, now, "name", "limits", "spamDetection"),
};

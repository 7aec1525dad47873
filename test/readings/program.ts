import { type Settings } from "nylas-simulator";
import { Chance, declaredIn, type Member, type Program } from "../plugin/programs";
import { type Declared, type Input } from "../plugin/stack";

/** What is chosen by the seed and by what the API allows. */
interface Drawn {
  names: boolean;
  sends: number;
  permission: string;
}

/** A program with every kind of resource; values follow from the seed. */
export function firstOf(seed: number, settings: Partial<Settings>): Program {
  const chance = new Chance(seed);
  const drawn: Drawn = {
    names: chance.flag(),
    sends: 20 + chance.draw(100),
    permission: settings.permissionNames === "open" ? "Threads-v2.read" : "threads.read",
  };
  const named = (name: string) => (drawn.names ? { name } : {});
  return {
    "policy-1": { kind: "Policy", ...named("First"), days: 25, sends: drawn.sends, sensitivity: 1 },
    "policy-2": { kind: "Policy", ...named("Second"), days: 25, sends: 10, sensitivity: 1 },
    "list-1": { kind: "List", ...named("Senders"), type: "domain", items: ["spam.example"] },
    "rule-1": {
      kind: "Rule",
      ...named("Keep out"),
      outbound: false,
      any: chance.flag(),
      conditions: [{ list: "list-1" }],
      actions: ["markAsSpam"],
      priority: 5,
      enabled: true,
    },
    "rule-2": {
      kind: "Rule",
      outbound: true,
      any: false,
      conditions: [{ test: "is", value: "bulk.example" }],
      actions: ["block"],
      priority: 7,
      enabled: true,
    },
    "domain-1": { kind: "Domain", address: "one.example.com", ...named("One") },
    "records-1": { kind: "DomainRecords", domain: "domain-1" },
    "verification-1": { kind: "DomainVerification", records: "records-1" },
    "workspace-1": {
      kind: "Workspace",
      ...named("Sales"),
      autoGroup: false,
      policy: "policy-1",
      rules: ["rule-1"],
      force: false,
    },
    "workspace-2": {
      kind: "Workspace",
      ...named("Support"),
      domain: "one.example.org",
      autoGroup: chance.flag(),
      rules: [],
      force: true,
    },
    "defaultworkspace-1": { kind: "DefaultWorkspace", rules: ["rule-2"] },
    "account-1": {
      kind: "AgentAccount",
      local: "sales",
      displayName: "Sales",
      workspace: "workspace-1",
      folders: ["Clients/Acme"],
    },
    "webhook-1": {
      kind: "Webhook",
      ...named("Hook"),
      url: "https://hooks.example.org/a",
      triggers: ["message.created"],
      compressed: chance.flag(),
      paused: false,
    },
    "principal-1": {
      kind: "Principal",
      ...named("Agent"),
      workspace: "workspace-1",
      permissions: ["messages.read", drawn.permission],
      enabled: true,
    },
    "key-1": { kind: "ApiKey", principal: "principal-1", quarter: "1", ...named("Key") },
  };
}

/** With an account on the program's own domain, which has to be verified first. */
export function withSecondAccount(program: Program): Program {
  return {
    ...program,
    "account-2": { kind: "AgentAccount", local: "support", on: "verification-1", workspace: "workspace-2" },
  };
}

/** Every kind says something else; nothing is replaced but the key. */
export function editedOf(program: Program, seed: number): Program {
  const chance = new Chance(seed + 1);
  return changed(program, {
    "policy-1": { sends: 5 + chance.draw(10), sensitivity: 2, ...renamed(program["policy-1"]!) },
    "list-1": { items: ["spam.example", "news.example"], description: "Senders nobody wants" },
    "rule-1": { priority: 9, enabled: chance.flag(), actions: ["markAsRead", "archive"] },
    "domain-1": renamed(program["domain-1"]!),
    "workspace-1": { rules: chance.flag() ? [] : ["rule-1"], ...renamed(program["workspace-1"]!) },
    "defaultworkspace-1": { policy: "policy-2" },
    "account-1": { displayName: "Sales team", folders: ["Clients/Acme", "Receipts"] },
    "webhook-1": { paused: true, compressed: chance.flag(), ...renamed(program["webhook-1"]!) },
    "principal-1": { permissions: ["messages.read"], ...renamed(program["principal-1"]!) },
    "key-1": { quarter: "2" },
  });
}

/** Everything that can be moved is moved; the list and a workspace are replaced by it. */
export function movedOf(program: Program, seed: number): Program {
  const chance = new Chance(seed + 2);
  return changed(program, {
    "list-1": { type: "tld", items: ["invalid"] },
    "workspace-1": { policy: "policy-2" },
    "workspace-2": { domain: "two.example.org", policy: "policy-1", rules: ["rule-1"] },
    "defaultworkspace-1": { policy: undefined, rules: [] },
    "account-1": { workspace: "workspace-2", ...(chance.flag() ? { displayName: "Sales and support" } : {}) },
    "account-2": { workspace: "workspace-1", ...(chance.flag() ? { displayName: "Second" } : {}) },
    "principal-1": { workspace: "workspace-2" },
  });
}

/** Arguments of some resources beside those of the program, by name. */
export type More = Record<string, Record<string, Input>>;

/** What the fake engine is told. The word for the mailboxes is left out until somebody means it. */
export function declaredOf(
  program: Program,
  { forced = false, more = {} }: { forced?: boolean; more?: More } = {},
): Declared[] {
  return declaredIn(program).map(({ inputs, ...rest }) => {
    const { forceDestroy, ...others } = inputs;
    const isKept = forceDestroy === undefined || (rest.type === "AgentAccount" && !forced);
    return { ...rest, inputs: { ...others, ...(isKept ? {} : { forceDestroy }), ...more[rest.name] } };
  });
}

function renamed(member: Member): object {
  return "name" in member && member.name !== undefined ? { name: `${member.name} 2` } : {};
}

function changed(program: Program, changes: Record<string, object>): Program {
  const next = structuredClone(program);
  for (const [name, change] of Object.entries(changes)) {
    const member = next[name] as unknown as Record<string, unknown>;
    for (const [field, value] of Object.entries(change)) {
      if (value === undefined) delete member[field];
      else member[field] = value;
    }
  }
  return next;
}

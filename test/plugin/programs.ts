import assert from "node:assert/strict";
import { type Simulator } from "nylas-simulator";
import { type Properties, unknown } from "./harness";
import { type Declared, type Input, type Of } from "./stack";

/**
 * Random programs and random edits of them, as plain data in one form for the fake engine and for the real one. The
 * judge checks what stands at Nylas against them. Everything follows from a seed.
 */
export type Program = Record<string, Member>;

/** A resource of a program, by its name. Other members are named by their names. */
export type Member = { aliases?: string[] } & (
  | { kind: "Policy"; name?: string; days: number; sends: number; sensitivity: number }
  | { kind: "List"; name?: string; type: ListType; items: string[]; description?: string }
  | {
      kind: "Rule";
      name?: string;
      outbound: boolean;
      any: boolean;
      conditions: Condition[];
      actions: string[];
      priority: number;
      enabled: boolean;
    }
  | {
      kind: "Workspace";
      name?: string;
      domain?: string;
      autoGroup: boolean;
      policy?: string;
      rules?: string[];
      /** From its first day, so that it counts. */
      force: boolean;
    }
  | { kind: "DefaultWorkspace"; policy?: string; rules?: string[] }
  | { kind: "Domain"; address: string; name?: string }
  | { kind: "DomainRecords"; domain: string }
  | { kind: "DomainVerification"; records: string }
  | {
      kind: "AgentAccount";
      local: string;
      /** A verification of the program; left out: the trial domain. */
      on?: string;
      displayName?: string;
      workspace?: string;
      folders?: string[];
    }
  | { kind: "Webhook"; url: string; triggers: string[]; name?: string; compressed: boolean; paused: boolean }
  | { kind: "Principal"; name?: string; workspace: string; permissions: string[]; enabled: boolean }
  | { kind: "ApiKey"; principal: string; quarter: string; name?: string }
);

type Kind = Member["kind"];
type Of_<K extends Kind> = Extract<Member, { kind: K }>;
type ListType = "domain" | "tld" | "address";
type Condition = { list: string } | { test: "is" | "isNot" | "contains"; value: string };

const TRIAL = "acme.nylas.email";

/** A value that another resource has: `id` of "policy-1", with a text before it. */
interface Reference {
  $of: string;
  $get: string;
  $before?: string;
}

/** What is declared, as data: references are `{ $of, $get }`. */
export interface Rendered {
  name: string;
  type: Kind;
  inputs: Record<string, unknown>;
  aliases: string[];
}

/** The program in an order in which everything stands before what needs it. */
export function rendered(program: Program): Rendered[] {
  return KINDS.flatMap((kind) => membersOf(program, kind)).map(([name, member]) => ({
    name,
    type: member.kind,
    inputs: inputsOf(program, member),
    aliases: member.aliases ?? [],
  }));
}

/** For the fake engine. */
export function declaredIn(program: Program): Declared[] {
  return rendered(program).map(({ inputs, ...rest }) => ({
    ...rest,
    inputs: withFunctions(inputs) as Record<string, Input>,
  }));
}

function withFunctions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withFunctions);
  if (typeof value !== "object" || value === null) return value;
  if ("$of" in value) {
    const { $of, $get, $before } = value as Reference;
    return (of: Of) => {
      const found = of($of)[$get];
      return $before === undefined || found === unknown ? found : `${$before}${String(found)}`;
    };
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withFunctions(inner)]));
}

function inputsOf(program: Program, member: Member): Record<string, unknown> {
  switch (member.kind) {
    case "Policy":
      return {
        ...named(member),
        limits: { inboxRetentionDays: member.days, spamRetentionDays: 2, dailySends: member.sends },
        spamDetection: { sensitivity: member.sensitivity },
        allowMailLoss: true,
      };
    case "List":
      return {
        ...named(member),
        type: member.type,
        items: member.items,
        ...(member.description === undefined ? {} : { description: member.description }),
      };
    case "Rule":
      return {
        ...named(member),
        trigger: member.outbound ? "outbound" : "inbound",
        match: member.any ? "any" : "all",
        priority: member.priority,
        enabled: member.enabled,
        conditions: member.conditions.map((condition) =>
          "list" in condition
            ? {
                field: `from.${(program[condition.list] as Of_<"List">).type}`,
                inList: [idOf(condition.list)],
              }
            : { field: "from.domain", [condition.test]: condition.value },
        ),
        actions: member.actions,
      };
    case "Workspace":
      return {
        ...named(member),
        ...attachments(member),
        autoGroup: member.autoGroup,
        ...(member.domain === undefined ? {} : { domainName: member.domain }),
        ...(member.force ? { forceDestroy: true } : {}),
        allowMailLoss: true,
      };
    case "DefaultWorkspace":
      return { ...attachments(member), allowMailLoss: true };
    case "Domain":
      return { ...named(member), domainName: member.address, forceDestroy: true };
    case "DomainRecords":
      return { domainId: idOf(member.domain), domainName: addressOf(program, member.domain) };
    case "DomainVerification": {
      const { domain } = program[member.records] as Of_<"DomainRecords">;
      return {
        domainId: idOf(domain),
        domainName: addressOf(program, domain),
        records: { $of: member.records, $get: "records" },
        wait: false,
        forceDestroy: true,
      };
    }
    case "AgentAccount":
      return {
        email:
          member.on === undefined
            ? `${member.local}@${TRIAL}`
            : { $of: member.on, $get: "domainName", $before: `${member.local}@` },
        ...(member.displayName === undefined ? {} : { displayName: member.displayName }),
        ...(member.workspace === undefined ? {} : { workspaceId: idOf(member.workspace) }),
        ...(member.folders === undefined ? {} : { folders: member.folders }),
        forceDestroy: true,
        allowMailLoss: true,
      };
    case "Webhook":
      return {
        ...named(member),
        url: member.url,
        triggers: member.triggers,
        compressed: member.compressed,
        paused: member.paused,
      };
    case "Principal":
      return {
        ...named(member),
        boundTo: { workspace: idOf(member.workspace) },
        permissions: member.permissions,
        enabled: member.enabled,
      };
    case "ApiKey":
      return {
        ...named(member),
        principalId: idOf(member.principal),
        expiresAt: EXPIRY,
        rotateWhenChanged: { quarter: member.quarter },
      };
  }
}

const EXPIRY = `${new Date().getUTCFullYear() + 2}-01-01T00:00:00Z`;

function named({ name }: { name?: string }): { name?: string } {
  return name === undefined ? {} : { name };
}

function attachments({ policy, rules }: { policy?: string; rules?: string[] }): object {
  return {
    ...(policy === undefined ? {} : { policyId: idOf(policy) }),
    ...(rules === undefined ? {} : { ruleIds: rules.map(idOf) }),
  };
}

function idOf(name: string): Reference {
  return { $of: name, $get: "id" };
}

function addressOf(program: Program, domain: string): string {
  return (program[domain] as Of_<"Domain">).address;
}

// ------------------------------------------------------------------------------------------------ the judge

/** An entry of a state, whichever engine has written it. */
export interface Entry {
  name: string;
  type: string;
  id: string;
  inputs: Properties;
}

/**
 * Checks what stands at Nylas against the program. Exactly the declared objects have to stand there, each once, with
 * the declared fields. Their references have to lead to the same objects as the program's.
 */
export function judge(sim: Simulator, program: Program, state: Entry[]): void {
  const entries = new Map(state.map((entry) => [entry.name, entry]));
  assert.deepEqual(state.map(({ name }) => name).sort(), Object.keys(program).sort(), "the state's entries");
  const id = (name: string) => entries.get(name)!.id;
  const idOrNull = (name: string | undefined) => (name === undefined ? null : id(name));
  const ids = (names: string[] | undefined) => (names ?? []).map(id).sort();
  const all = sim.state();
  const ours = all.workspaces.filter((each) => each.application_id === sim.ids.application);
  const home = ours.find((each) => each.default)!;
  const holder = all.principals.filter(({ name }) => name !== "Made in the Dashboard");
  const standing: Record<string, object[]> = {
    Policy: all.policies,
    List: all.lists,
    Rule: all.rules,
    Workspace: ours.filter((each) => !each.default),
    Domain: all.domains.filter((each) => !each.branded),
    AgentAccount: all.grants,
    Webhook: all.webhooks,
    Principal: holder,
    ApiKey: all.credentials.filter((each) => holder.some((one) => one.id === each.principal_id)),
  };
  const counted = (kind: string) => (standing[kind] as { id: string }[]).map((each) => each.id).sort();
  for (const kind of Object.keys(standing)) {
    const recorded = membersOf(program, kind as Kind).map(([name]) => id(name).split("/").at(-1)!);
    assert.deepEqual(
      counted(kind),
      recorded.sort(),
      `every ${kind} that stands is declared, and the other way`,
    );
  }

  const nameOf = (name: string, member: { name?: string }) => {
    if (member.name !== undefined) return member.name;
    const given = String(entries.get(name)!.inputs.name);
    assert.match(given, /^project\/[a-z]+\//, `${name} has a name by default`);
    return given;
  };
  for (const [name, member] of Object.entries(program)) {
    const object = standing[member.kind]?.find((each) => (each as { id: string }).id === id(name)) as never;
    const is = (seen: object, declared: object) => assert.deepEqual(seen, declared, `${name} as declared`);
    switch (member.kind) {
      case "Policy": {
        const seen: (typeof all.policies)[number] = object;
        is(
          { name: seen.name, limits: seen.limits, spam: seen.spam_detection },
          {
            name: nameOf(name, member),
            limits: {
              limit_inbox_retention_period: member.days,
              limit_spam_retention_period: 2,
              limit_count_daily_email_sent: member.sends,
            },
            spam: { spam_sensitivity: member.sensitivity },
          },
        );
        break;
      }
      case "List": {
        const seen: (typeof all.lists)[number] = object;
        is(
          { name: seen.name, type: seen.type, items: [...seen.items].sort(), description: seen.description },
          {
            name: nameOf(name, member),
            type: member.type,
            items: [...new Set(member.items)].sort(),
            description: member.description ?? "",
          },
        );
        break;
      }
      case "Rule": {
        const seen: (typeof all.rules)[number] = object;
        is(
          { ...seen, conditions: seen.match.conditions.map((each) => JSON.stringify(each)).sort() },
          {
            ...seen,
            name: nameOf(name, member),
            trigger: member.outbound ? "outbound" : "inbound",
            match: { ...seen.match, operator: member.any ? "any" : "all" },
            conditions: member.conditions
              .map((each) =>
                JSON.stringify(
                  "list" in each
                    ? {
                        field: `from.${(program[each.list] as Of_<"List">).type}`,
                        operator: "in_list",
                        value: [id(each.list)],
                      }
                    : {
                        field: "from.domain",
                        operator: { is: "is", isNot: "is_not", contains: "contains" }[each.test],
                        value: each.value,
                      },
                ),
              )
              .sort(),
            actions: member.actions.map((type) => ({ type: WIRE_ACTIONS[type] })),
            priority: member.priority,
            enabled: member.enabled,
          },
        );
        break;
      }
      case "Workspace": {
        const seen: (typeof all.workspaces)[number] = object;
        is(
          {
            name: seen.name,
            domain: seen.domain,
            autoGroup: seen.auto_group,
            policy: seen.policy_id,
            rules: [...seen.rule_ids].sort(),
          },
          {
            name: nameOf(name, member),
            domain: member.domain ?? null,
            autoGroup: member.autoGroup,
            policy: idOrNull(member.policy),
            rules: ids(member.rules),
          },
        );
        break;
      }
      case "AgentAccount": {
        const seen: (typeof all.grants)[number] = object;
        const where = ours.find((each) => each.id === seen.workspace_id);
        assert.ok(where ?? member.workspace === undefined, `${name} is in a workspace that stands`);
        is(
          {
            email: seen.email,
            name: seen.name,
            workspace: member.workspace === undefined ? undefined : seen.workspace_id,
            folders: all.folders
              .filter(
                ({ grant_id, name: folder }) => grant_id === seen.id && member.folders?.includes(folder),
              )
              .map((each) => each.name)
              .sort(),
          },
          {
            email: emailOf(program, member),
            name: member.displayName ?? "",
            workspace: member.workspace === undefined ? undefined : id(member.workspace),
            folders: [...(member.folders ?? [])].sort(),
          },
        );
        break;
      }
      case "Domain": {
        const seen: (typeof all.domains)[number] = object;
        const { ownership, mx, spf, dkim, feedback } = seen.verified;
        is(
          { name: seen.name, address: seen.domain_address, verified: [ownership, mx, spf, dkim, feedback] },
          {
            name: nameOf(name, member),
            address: member.address,
            verified: [true, true, true, true, true],
          },
        );
        break;
      }
      case "Webhook": {
        const seen: (typeof all.webhooks)[number] = object;
        is(
          {
            url: seen.webhook_url,
            triggers: [...seen.trigger_types].sort(),
            name: seen.description,
            compressed: seen.compressed_delivery,
            status: seen.status,
          },
          {
            url: member.url,
            triggers: [...member.triggers].sort(),
            name: nameOf(name, member),
            compressed: member.compressed,
            status: member.paused ? "pause" : "active",
          },
        );
        break;
      }
      case "Principal": {
        const seen: (typeof all.principals)[number] = object;
        is(
          {
            name: seen.name,
            bound: seen.resource_binding,
            permissions: [...seen.direct_permissions].sort(),
            status: seen.status,
          },
          {
            name: nameOf(name, member),
            bound: { type: "workspace", id: id(member.workspace) },
            permissions: [...member.permissions].sort(),
            status: member.enabled ? "active" : "disabled",
          },
        );
        break;
      }
      case "ApiKey": {
        assert.equal(id(name).split("/")[0], id(member.principal), `${name} is of its principal`);
        break;
      }
      case "DomainRecords":
        assert.equal(id(name), id(member.domain), `${name} are those of its domain`);
        break;
      case "DomainVerification":
        assert.equal(id(name), id(member.records), `${name} is that of its domain`);
        break;
      case "DefaultWorkspace":
        assert.equal(id(name), home.id, `${name} is the default workspace`);
    }
  }
  const [rest] = membersOf(program, "DefaultWorkspace");
  assert.deepEqual(
    { policy: home.policy_id, rules: [...home.rule_ids].sort() },
    { policy: idOrNull(rest?.[1].policy), rules: ids(rest?.[1].rules) },
    "the default workspace as declared, or as it was",
  );
}

/** Everything that a program made: nothing of it may be left after a destroy. */
export function leftOver(sim: Simulator): string[] {
  const all = sim.state();
  return [
    ...all.policies.map(({ name }) => `policy ${name}`),
    ...all.lists.map(({ name }) => `list ${name}`),
    ...all.rules.map(({ name }) => `rule ${name}`),
    ...all.workspaces
      .filter((each) => !each.default || each.policy_id !== null || each.rule_ids.length > 0)
      .map(({ name }) => `workspace ${name}`),
    ...all.domains.filter(({ branded }) => !branded).map(({ domain_address }) => `domain ${domain_address}`),
    ...all.grants.map(({ email }) => `account ${email}`),
    ...all.webhooks.map(({ webhook_url }) => `webhook ${webhook_url}`),
    ...all.principals
      .filter((each) => each.name !== "Made in the Dashboard")
      .map(({ name }) => `principal ${name}`),
  ];
}

/**
 * Of every object that stands: whether the state knows it. What an operation that failed has made and nobody knows of would be
 * an orphan, whatever becomes of the rest.
 */
export function orphans(sim: Simulator, state: Entry[]): string[] {
  const known = new Set(state.map(({ id }) => id.split("/").at(-1)));
  const all = sim.state();
  const made: { id: string; name: string }[] = [
    ...all.policies,
    ...all.lists,
    ...all.rules,
    ...all.workspaces.filter((each) => !each.default),
    ...all.domains.filter(({ branded }) => !branded),
    ...all.grants.map(({ id, email }) => ({ id, name: email })),
    ...all.webhooks.map(({ id, webhook_url: name }) => ({ id, name })),
    ...all.principals.filter((each) => each.name !== "Made in the Dashboard"),
  ];
  return made.filter(({ id }) => !known.has(id)).map(({ name }) => name);
}

const WIRE_ACTIONS: Record<string, string> = {
  block: "block",
  markAsSpam: "mark_as_spam",
  markAsRead: "mark_as_read",
  archive: "archive",
  trash: "trash",
};

// ------------------------------------------------------------------------------------------------ what is contested

/** What a resource of `next` claims while another one of `previous` has it still. */
export interface Contest {
  kind: Kind;
  key: string;
  claimant: string;
  holder: string;
  /** The holder goes on in the program, without what it had. */
  holderStays: boolean;
}

/**
 * Deletes come last, so a thing that can exist only once has to be released by a change of its own. One that can be
 * handed on within a change does not. These are the claims of an edit.
 */
export function contestsOf(previous: Program, next: Program): Contest[] {
  const contests: Contest[] = [];
  for (const [claimant, member] of Object.entries(next)) {
    const key = keyOf(next, claimant);
    if (key === undefined) continue;
    const own = formerly(previous, claimant, member);
    for (const [holder, other] of Object.entries(previous)) {
      if (holder === own || other.kind !== member.kind || keyOf(previous, holder) !== key) continue;
      const holderStays = Object.entries(next).some(
        ([name, each]) => formerly(previous, name, each) === holder,
      );
      contests.push({ kind: member.kind, key, claimant, holder, holderStays });
    }
  }
  return contests;
}

/** The name that a resource had before the edit; undefined for one that is new. */
export function formerly(previous: Program, name: string, member: Member): string | undefined {
  return [name, ...(member.aliases ?? [])].find((each) => previous[each]?.kind === member.kind);
}

/** What two objects of a kind cannot share, or would be taken for one another by. */
export function keyOf(program: Program, name: string): string | undefined {
  const member = program[name]!;
  const own = `default name of ${name}`;
  switch (member.kind) {
    case "Policy":
    case "Rule":
    case "Principal":
      return member.name ?? own;
    case "List":
      return `${member.name ?? own} of type ${member.type}`;
    case "Workspace":
      return member.domain === undefined ? (member.name ?? own) : `domain ${member.domain}`;
    case "Domain":
      return member.address;
    case "AgentAccount":
      return emailOf(program, member);
    case "Webhook":
      return `${member.url} ${[...member.triggers].sort().join()}`;
    default:
      return undefined;
  }
}

function emailOf(program: Program, { local, on }: Of_<"AgentAccount">): string {
  if (on === undefined) return `${local}@${TRIAL}`;
  const { records } = program[on] as Of_<"DomainVerification">;
  return `${local}@${addressOf(program, (program[records] as Of_<"DomainRecords">).domain)}`;
}

// ------------------------------------------------------------------------------------------------ chance

/** Numbers that follow from a seed (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to below the limit. */
  draw(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.draw(from.length)];
  }

  flag(outOf = 2): boolean {
    return this.draw(outOf) === 0;
  }

  /** Each of them, or not. */
  some<T>(from: readonly T[]): T[] {
    return from.filter(() => this.flag());
  }

  shuffle<T>(from: readonly T[]): T[] {
    const left = [...from];
    return from.map(() => left.splice(this.draw(left.length), 1)[0]!);
  }
}

// ------------------------------------------------------------------------------------------------ edits

export interface Surroundings {
  /** Addresses of domains that are verified: accounts can live on them. */
  verified: ReadonlySet<string>;
  /** The most resources a program has. */
  most: number;
}

/** A first program. */
export function firstProgram(chance: Chance, around: Surroundings): Program {
  let program: Program = {};
  const size = 4 + chance.draw(12);
  for (let i = 0; i < 60 && Object.keys(program).length < size; i++) {
    const larger = structuredClone(program);
    if (add(larger, chance, around, {}) && legal(larger, {}, around)) program = larger;
  }
  return program;
}

/** Changes a program in one to five ways at once; what came of it is legal, or the edit is drawn again. */
export function edited(
  previous: Program,
  chance: Chance,
  around: Surroundings,
): { next: Program; ways: string[] } {
  for (;;) {
    let next = structuredClone(previous);
    for (const member of Object.values(next)) delete member.aliases;
    const ways: string[] = [];
    const many = 1 + chance.draw(5);
    for (let i = 0; i < 40 && ways.length < many; i++) {
      const [name, way] = chance.pick(WAYS)!;
      const changed = structuredClone(next);
      if (!way(changed, chance, around, previous) || !legal(changed, previous, around)) continue;
      next = changed;
      ways.push(name);
    }
    if (ways.length > 0) return { next, ways };
  }
}

/** Whether a program can stand at all: nothing is declared twice, and what the API or a guard never allows does not occur. */
function legal(next: Program, previous: Program, { most, verified }: Surroundings): boolean {
  const keys = Object.keys(next).map((name) => [next[name]!.kind, keyOf(next, name)]);
  const given = keys.filter(([, key]) => key !== undefined).map((key) => key.join());
  if (new Set(given).size !== given.length || Object.keys(next).length > most) return false;
  const count = (kind: Kind) => membersOf(next, kind).length;
  if (count("DefaultWorkspace") > 1 || count("AgentAccount") > 8 || count("Domain") > 2) return false;
  return Object.entries(next).every(([name, member]) => {
    const before = previous[formerly(previous, name, member) ?? ""];
    // A name that is no longer given stays: the default one is only for what never had another.
    if (before && "name" in before && !("name" in member)) return false;
    if (member.kind === "AgentAccount") {
      const address = emailOf(next, member).split("@")[1]!;
      if (address !== TRIAL && !verified.has(address)) return false;
      // A name in From cannot be taken away.
      if (before?.kind === "AgentAccount" && before.displayName !== undefined)
        return member.displayName !== undefined;
    }
    if (member.kind === "List" && !member.items.every((item) => ITEMS[member.type].includes(item)))
      return false;
    if (member.kind === "Domain" && before?.kind === "Domain" && before.address !== member.address) {
      // The accounts on a domain that is replaced would have to wait for the next one to be verified.
      return !membersOf(next, "AgentAccount").some(
        ([, { on }]) => on !== undefined && domainUnder(next, on) === name,
      );
    }
    return member.kind !== "Workspace" || !member.autoGroup || member.domain !== undefined;
  });
}

function domainUnder(program: Program, verification: string): string {
  return (program[(program[verification] as Of_<"DomainVerification">).records] as Of_<"DomainRecords">)
    .domain;
}

type Way = (next: Program, chance: Chance, around: Surroundings, previous: Program) => boolean;

const add: Way = (next, chance, { most, verified }) => {
  if (Object.keys(next).length >= most) return false;
  const kind = chance.pick(["Policy", "List", "Rule", "Workspace", "Workspace", "AgentAccount", "AgentAccount", "Webhook", "DefaultWorkspace", "Domain", "Principal", "ApiKey"] as const)!; // prettier-ignore
  const name = freeName(next, chance, kind);
  const member = made(next, chance, kind, verified);
  if (!member) return false;
  if (member.kind === "Domain") {
    const number = name.split("-")[1]!;
    if (next[`records-${number}`] || next[`verification-${number}`]) return false;
    next[`records-${number}`] = { kind: "DomainRecords", domain: name };
    next[`verification-${number}`] = { kind: "DomainVerification", records: `records-${number}` };
  }
  next[name] = member;
  return true;
};

function made(
  next: Program,
  chance: Chance,
  kind: Kind,
  verified: ReadonlySet<string> = new Set(),
): Member | undefined {
  const one = (of: Kind) => chance.pick(membersOf(next, of))?.[0];
  const maybe = (of: Kind) => (chance.flag(3) ? undefined : one(of));
  const given = <T extends string>(names: readonly T[]) =>
    chance.flag() ? {} : { name: chance.pick(names)! };
  switch (kind) {
    case "Policy":
      return { kind, ...given(NAMES), days: chance.pick([30, 90])!, sends: chance.draw(100), sensitivity: 1 };
    case "List": {
      const type = chance.pick(TYPES)!;
      return { kind, ...given(NAMES), type, items: chance.some(ITEMS[type]) };
    }
    case "Rule": {
      const lists = chance.some(membersOf(next, "List")).map(([list]) => ({ list }));
      return {
        kind,
        ...given(NAMES),
        outbound: chance.flag(4),
        any: chance.flag(),
        conditions: lists.length > 0 ? lists : [{ test: "is", value: "spam.example" }],
        actions: chance.pick(ACTIONS)!,
        priority: chance.draw(20),
        enabled: true,
      };
    }
    case "Workspace": {
      const domain = chance.flag() ? chance.pick(WORKSPACE_DOMAINS)! : undefined;
      const policy = maybe("Policy");
      return {
        kind,
        ...given(NAMES),
        ...(domain === undefined ? {} : { domain }),
        autoGroup: domain !== undefined && chance.flag(),
        ...(policy === undefined ? {} : { policy }),
        ...(chance.flag() ? {} : { rules: chance.some(membersOf(next, "Rule")).map(([rule]) => rule) }),
        force: domain !== undefined,
      };
    }
    case "DefaultWorkspace": {
      if (membersOf(next, kind).length > 0) return undefined;
      const policy = maybe("Policy");
      return {
        kind,
        ...(policy === undefined ? {} : { policy }),
        ...(chance.flag() ? {} : { rules: chance.some(membersOf(next, "Rule")).map(([rule]) => rule) }),
      };
    }
    case "Domain":
      return { kind, address: chance.pick(ADDRESSES)!, ...given(NAMES) };
    case "AgentAccount": {
      const workspace = maybe("Workspace");
      const on = chance.pick(
        membersOf(next, "DomainVerification").filter(([name]) =>
          verified.has(addressOf(next, domainUnder(next, name))),
        ),
      )?.[0];
      return {
        kind,
        local: chance.pick(LOCALS)!,
        ...(on === undefined || chance.flag(3) ? {} : { on }),
        ...(chance.flag() ? {} : { displayName: chance.pick(NAMES)! }),
        ...(workspace === undefined ? {} : { workspace }),
        ...(chance.flag(3) ? { folders: chance.some(["Clients/Acme", "Receipts"]) } : {}),
      };
    }
    case "Webhook":
      return {
        kind,
        ...given(NAMES),
        url: chance.pick(URLS)!,
        triggers: chance.pick(TRIGGERS)!,
        compressed: chance.flag(),
        paused: chance.flag(4),
      };
    case "Principal": {
      const workspace = one("Workspace");
      return workspace === undefined
        ? undefined
        : { kind, ...given(NAMES), workspace, permissions: ["messages.read"], enabled: true };
    }
    case "ApiKey": {
      const principal = one("Principal");
      return principal === undefined ? undefined : { kind, ...given(NAMES), principal, quarter: "1" };
    }
    default:
      return undefined;
  }
}

/** Whatever it says, said anew; who refers to it goes on doing so. */
const edit: Way = (next, chance, { verified }: Surroundings) => {
  const name = chance.pick(Object.keys(next).filter((each) => !PARTS.includes(next[each]!.kind)));
  if (name === undefined) return false;
  const old = next[name]!;
  const fresh = made(next, chance, old.kind, verified);
  // What an account says of itself may be added and changed.
  if (!fresh || old.kind === "Domain") return false;
  const keys = Object.keys({ ...old, ...fresh }).filter((key) => !["kind", "aliases", "force"].includes(key));
  for (const key of chance.some(keys)) {
    const value = (fresh as Record<string, unknown>)[key];
    if (value === undefined) delete (old as Record<string, unknown>)[key];
    else (old as Record<string, unknown>)[key] = value;
  }
  if (old.kind === "Workspace" && old.domain === undefined) old.autoGroup = false;
  if (old.kind === "Workspace" && !old.force) old.autoGroup = false;
  if (old.kind === "AgentAccount" && old.displayName === undefined) delete old.displayName;
  return true;
};

const remove: Way = (next, chance) => {
  const name = chance.pick(Object.keys(next).filter((each) => !PARTS.includes(next[each]!.kind)));
  if (name === undefined) return false;
  drop(next, name, chance);
  return true;
};

/** Takes a resource out, and every reference to it: to another one of its kind, or to none. */
export function drop(next: Program, name: string, chance?: Chance): void {
  const gone = next[name];
  if (!gone) return;
  delete next[name];
  const other = chance && chance.flag() ? chance.pick(membersOf(next, gone.kind))?.[0] : undefined;
  for (const [user, member] of Object.entries(next)) {
    if ("policy" in member && member.policy === name) {
      if (other === undefined) delete member.policy;
      else member.policy = other;
    }
    if ("rules" in member && member.rules) member.rules = member.rules.filter((rule) => rule !== name);
    if (member.kind === "AgentAccount" && member.workspace === name) {
      if (other === undefined) delete member.workspace;
      else member.workspace = other;
    }
    if (member.kind === "Rule") {
      member.conditions = member.conditions.filter((each) => !("list" in each) || each.list !== name);
      if (member.conditions.length === 0) member.conditions = [{ test: "contains", value: "spam" }];
    }
    const needed =
      (member.kind === "Principal" && member.workspace === name) ||
      (member.kind === "ApiKey" && member.principal === name) ||
      (member.kind === "DomainRecords" && member.domain === name) ||
      (member.kind === "DomainVerification" && member.records === name) ||
      (member.kind === "AgentAccount" && member.on === name);
    if (!needed) continue;
    if (member.kind === "Principal" && other !== undefined) member.workspace = other;
    else if (member.kind === "ApiKey" && other !== undefined) member.principal = other;
    else drop(next, user, chance);
  }
}

/** Takes out every reference to what is not there. */
export function withoutDangling(program: Program): void {
  const gone = new Set<string>();
  for (const member of Object.values(program)) {
    const fields = member as Record<string, unknown>;
    for (const field of ["policy", "workspace", "principal", "records", "on"])
      if (typeof fields[field] === "string") gone.add(fields[field]);
    if (member.kind === "DomainRecords") gone.add(member.domain);
    if ("rules" in member) member.rules?.forEach((rule) => gone.add(rule));
    if (member.kind === "Rule")
      for (const condition of member.conditions) if ("list" in condition) gone.add(condition.list);
  }
  for (const name of gone) {
    if (program[name]) continue;
    // As if it were there and taken out.
    const kind = KINDS.find((each) => name.startsWith(`${PREFIX[each] ?? each.toLowerCase()}-`))!;
    program[name] = { kind } as Member;
    drop(program, name);
  }
}

const rename =
  (alias: boolean): Way =>
  (next, chance, _around, previous) => {
    const name = chance.pick(
      Object.keys(next).filter((each) => previous[each]?.kind === next[each]!.kind && !next[each]!.aliases),
    );
    if (name === undefined) return false;
    const { kind } = next[name]!;
    // The records of a verified domain are never asked for again, so their resource goes on under its alias alone.
    if (!alias && ["Domain", "DomainRecords", "DomainVerification"].includes(kind)) return false;
    const fresh = freeName({ ...next, ...previous }, chance, kind);
    if (next[fresh] || previous[fresh]) return false;
    const member = next[name]!;
    delete next[name];
    next[fresh] = alias ? { ...member, aliases: [name] } : member;
    refer(next, name, fresh);
    return true;
  };

function refer(next: Program, from: string, to: string): void {
  for (const member of Object.values(next)) {
    const fields = member as Record<string, unknown>;
    for (const field of ["policy", "workspace", "principal", "domain", "records", "on"]) {
      if (fields[field] === from) fields[field] = to;
    }
    if ("rules" in member && member.rules)
      member.rules = member.rules.map((rule) => (rule === from ? to : rule));
    if (member.kind === "Rule")
      member.conditions = member.conditions.map((each) =>
        "list" in each && each.list === from ? { list: to } : each,
      );
  }
}

/** Two resources of a kind exchange what they say in one point. */
const swap: Way = (next, chance) => {
  const kind = chance.pick(Object.values(next))?.kind;
  const [a, b] = kind && !PARTS.includes(kind) ? chance.shuffle(membersOf(next, kind)) : [];
  if (!a || !b) return false;
  const [left, right] = [a[1], b[1]] as unknown as Record<string, unknown>[];
  const key = chance.pick(
    Object.keys({ ...left, ...right }).filter(
      (each) => !["kind", "aliases", "force", "displayName"].includes(each),
    ),
  );
  if (key === undefined || kind === "Domain") return false;
  const [was, now] = [left![key], right![key]];
  for (const [member, value] of [
    [left!, now],
    [right!, was],
  ] as const) {
    if (value === undefined) delete member[key];
    else member[key] = value;
  }
  for (const member of [a[1], b[1]])
    if (member.kind === "Workspace" && (member.domain === undefined || !member.force))
      member.autoGroup = false;
  return true;
};

/** A domain goes over from one workspace to another, with or without a new one for it. */
const handOnDomain: Way = (next, chance) => {
  const [from] = chance.shuffle(membersOf(next, "Workspace").filter(([, each]) => each.domain !== undefined));
  if (!from) return false;
  const others = membersOf(next, "Workspace").filter(([name]) => name !== from[0]);
  const to = chance.pick(others) ?? [freeName(next, chance, "Workspace")];
  const target = (next[to[0]] ??= { kind: "Workspace", autoGroup: false, force: true }) as Of_<"Workspace">;
  target.domain = from[1].domain!;
  delete from[1].domain;
  from[1].autoGroup = false;
  if (chance.flag(3)) drop(next, from[0], chance);
  return true;
};

/** A new resource gets the name or the address that another one had until now. */
const takeOver: Way = (next, chance) => {
  const kind = chance.pick([
    "Policy",
    "List",
    "Rule",
    "Workspace",
    "Webhook",
    "AgentAccount",
    "Principal",
  ] as const)!;
  const holder = chance.pick(membersOf(next, kind));
  if (!holder) return false;
  const fresh = { ...structuredClone(holder[1]) };
  delete fresh.aliases;
  const other = made(next, chance, kind);
  if (!other) return false;
  if (chance.flag()) drop(next, holder[0], chance);
  else Object.assign(holder[1], KEYS(other));
  const name = freeName(next, chance, kind);
  next[name] = fresh;
  for (const [key, value] of Object.entries(fresh))
    if (["policy", "workspace"].includes(key) && !next[value as string])
      delete (fresh as Record<string, unknown>)[key];
  if (fresh.kind === "Principal" && !fresh.workspace) delete next[name];
  return true;
};

/** The part of a resource by which it is found. */
function KEYS(member: Member): object {
  const { name, url, local } = member as { name?: string; url?: string; local?: string };
  return {
    ...(name === undefined ? {} : { name }),
    ...(url === undefined ? {} : { url }),
    ...(local === undefined ? {} : { local }),
  };
}

/** Accounts go over into another workspace, and the one they were in goes away. */
const emptyAndRemove: Way = (next, chance) => {
  const [from, to] = chance.shuffle(membersOf(next, "Workspace"));
  if (!from || !to) return false;
  for (const [, member] of membersOf(next, "AgentAccount"))
    if (member.workspace === from[0]) member.workspace = to[0];
  for (const [, member] of membersOf(next, "Principal"))
    if (member.workspace === from[0]) member.workspace = to[0];
  drop(next, from[0]);
  return true;
};

/** A list that rules look into changes its type, which makes another one of it. */
const retype: Way = (next, chance) => {
  const list = chance.pick(membersOf(next, "List"))?.[1];
  if (!list) return false;
  list.type = chance.pick(TYPES.filter((type) => type !== list.type))!;
  list.items = chance.some(ITEMS[list.type]);
  return true;
};

/** A workspace gets or loses its domain, which makes another one of it. */
const rehome: Way = (next, chance) => {
  const workspace = chance.pick(membersOf(next, "Workspace"))?.[1];
  if (!workspace) return false;
  if (workspace.domain === undefined) workspace.domain = chance.pick(WORKSPACE_DOMAINS)!;
  else {
    delete workspace.domain;
    workspace.autoGroup = false;
  }
  return true;
};

const rotate: Way = (next, chance) => {
  const key = chance.pick(membersOf(next, "ApiKey"))?.[1];
  if (!key) return false;
  key.quarter = String(Number(key.quarter) + 1);
  return true;
};

const redomain: Way = (next, chance) => {
  const domain = chance.pick(membersOf(next, "Domain"))?.[1];
  if (!domain) return false;
  if (chance.flag(3)) domain.address = chance.pick(ADDRESSES)!;
  else domain.name = chance.pick(NAMES)!;
  return true;
};

const WAYS: (readonly [string, Way])[] = [
  ["add", add],
  ["add", add],
  ["add", add],
  ["edit", edit],
  ["edit", edit],
  ["edit", edit],
  ["remove", remove],
  ["remove", remove],
  ["rename with alias", rename(true)],
  ["rename without alias", rename(false)],
  ["swap", swap],
  ["swap", swap],
  ["hand a domain on", handOnDomain],
  ["take what another had", takeOver],
  ["empty and remove a workspace", emptyAndRemove],
  ["another type of list", retype],
  ["another domain of a workspace", rehome],
  ["rotate a key", rotate],
  ["another domain", redomain],
];

/** In the order in which one needs the other. */
const KINDS: Kind[] = [
  "Policy",
  "List",
  "Rule",
  "Domain",
  "DomainRecords",
  "DomainVerification",
  "Workspace",
  "DefaultWorkspace",
  "AgentAccount",
  "Webhook",
  "Principal",
  "ApiKey",
];

const PREFIX: Partial<Record<Kind, string>> = {
  AgentAccount: "account",
  DomainRecords: "records",
  DomainVerification: "verification",
};

/** They come and go with their domain. */
const PARTS: Kind[] = ["DomainRecords", "DomainVerification"];
const NAMES = ["Outreach", "Support", "Billing"] as const;
const TYPES = ["domain", "tld", "address"] as const;
const ITEMS: Record<ListType, string[]> = {
  domain: ["spam.example", "bulk.example", "news.example"],
  tld: ["example", "invalid"],
  address: ["a@spam.example", "b@spam.example"],
};
const ACTIONS = [["block"], ["markAsSpam"], ["markAsRead", "archive"], ["trash"]];
const WORKSPACE_DOMAINS = [TRIAL, "one.example.org", "two.example.org"];
const ADDRESSES = ["one.example.com", "two.example.com", "three.example.com"];
const LOCALS = ["a", "b", "c", "d", "e"];
const URLS = ["https://hooks.example.org/a", "https://hooks.example.org/b"];
const TRIGGERS = [["message.created"], ["message.created", "message.bounced"]];

export function membersOf<K extends Kind>(program: Program, kind: K): [string, Of_<K>][] {
  return Object.entries(program).filter((entry): entry is [string, Of_<K>] => entry[1].kind === kind);
}

function freeName(program: Program, chance: Chance, kind: Kind): string {
  for (;;) {
    const name = `${PREFIX[kind] ?? kind.toLowerCase()}-${1 + chance.draw(12)}`;
    if (!program[name]) return name;
  }
}

/** Random edits of a program, those that harm nobody and those that may. */
import { type Simulator } from "nylas-simulator";
import { type Random } from "../faults/random";
import { IMPORT } from "./previewJson";
import { DOMAIN, RECORD, refersTo, type Spec, type Value } from "./reviewPrograms";

export interface World {
  random: Random;
  sim: Simulator;
  program: Spec[];
  /** Another zone of the same account, to which nobody delegates. */
  otherZone: string;
  /** The id of an object in the state, by its name in the program. */
  idOf(name: string): string;
  /** A number that no name has had yet. */
  next(): number;
}

/** Changes `program` in place; false where there is nothing to change. */
export type Edit = (world: World) => boolean;

/** What loses no mail and hands none over, and so has to pass. */
export const HARMLESS: Record<string, Edit> = {
  "no change": () => true,
  "a display name": on("AgentAccount", ({ inputs }, { next }) => (inputs.displayName = `Agent ${next()}`)),
  "another name of a policy": on("Policy", ({ inputs }, { next }) => (inputs.name = `Policy ${next()}`)),
  "longer retention": on("Policy", ({ inputs }) => raise(inputs, "inboxRetentionDays", 20)),
  "more sends": on("Policy", ({ inputs }, { random }) => set(inputs, "dailySends", 100 + random.below(900))),
  "another name of a workspace": on(
    "Workspace",
    ({ inputs }, { next }) => (inputs.name = `Workspace ${next()}`),
  ),
  "a description": on("Rule", ({ inputs }, { next }) => (inputs.description = `Rule ${next()}`)),
  "another name of a webhook": on("Webhook", ({ inputs }, { next }) => (inputs.name = `Events ${next()}`)),
  "a new tenant": ({ program, next }) => {
    const at = next();
    program.push(
      { type: "Policy", name: `p${at}`, inputs: { limits: { inboxRetentionDays: 30 } } },
      { type: "Workspace", name: `w${at}`, inputs: { policyId: { ref: `p${at}` } } },
      {
        type: "AgentAccount",
        name: `a${at}`,
        inputs: { email: `a${at}@acme.nylas.email`, workspaceId: { ref: `w${at}` } },
      },
    );
    return true;
  },
  "a new account": ({ program, next }) => {
    const at = next();
    program.push({
      type: "AgentAccount",
      name: `a${at}`,
      inputs: { email: `a${at}@acme.nylas.email`, workspaceId: { ref: "w1" } },
    });
    return has(program, "w1");
  },
  "a rule that no workspace names": ({ program, next }) => {
    program.push({
      type: "Rule",
      name: `r${next()}`,
      inputs: { conditions: [{ field: "from.domain", is: "shop.test" }], actions: ["block"] },
    });
    return true;
  },
  "a list that no rule names": ({ program, next }) => {
    program.push({ type: "List", name: `l${next()}`, inputs: { type: "tld", items: ["test"] } });
    return true;
  },
  "a key switched off": on("ApiKey", ({ inputs }) => (inputs.enabled = false)),
};

/** What may lose mail or hand it over, or may not: the simulator tells. */
export const RISKY: Record<string, Edit> = {
  "shorter retention": on("Policy", ({ inputs }, { random }) =>
    set(inputs, "inboxRetentionDays", random.pick([6, 30, 90])),
  ),
  "less storage": on("Policy", ({ inputs }, { random }) =>
    set(inputs, "storageBytes", random.pick([0, 5, 1_000_000])),
  ),
  "fewer received": on("Policy", ({ inputs }, { random }) =>
    set(inputs, "dailyReceives", random.pick([0, 1, 500])),
  ),
  "smaller messages": on("Policy", ({ inputs }, { random }) =>
    set(inputs, "messageBytes", random.pick([0, 1000])),
  ),
  "another policy": on(
    "Workspace",
    ({ inputs }, { random, program }) => (inputs.policyId = reference(random, program, "Policy")),
  ),
  "a new policy for a workspace": on("Workspace", ({ inputs }, { random, program, next }) => {
    const name = `p${next()}`;
    program.push({ type: "Policy", name, inputs: { limits: { inboxRetentionDays: random.pick([6, 400]) } } });
    inputs.policyId = random.chance(0.5) ? { ref: name } : { pick: ["p0", name], at: random.below(2) };
    return has(program, "p0");
  }),
  "no policy": on("Workspace", ({ inputs }) => (inputs.policyId = undefined)),
  "another workspace": on(
    "AgentAccount",
    ({ inputs }, { random, program }) => (inputs.workspaceId = reference(random, program, "Workspace")),
  ),
  "a new workspace, or the one of another tenant": on(
    "AgentAccount",
    ({ inputs }, { random, program, next }) => {
      const name = `w${next()}`;
      program.push({
        type: "Workspace",
        name,
        inputs: random.chance(0.5) ? { policyId: { ref: "p0" } } : {},
      });
      inputs.workspaceId = { pick: ["w0", "w1", name], at: random.below(3) };
      return has(program, "w0") && has(program, "w1") && has(program, "p0");
    },
  ),
  "no workspace": on("AgentAccount", ({ inputs }) => (inputs.workspaceId = undefined)),
  "a rule attached": on("Workspace", ({ inputs }, { random, program }) => {
    const rules = (inputs.ruleIds as Value[] | undefined) ?? [];
    const rule = random.pick(of(program, "Rule"));
    inputs.ruleIds = rules.some((each) => refersTo(each, rule.name)) ? [] : [...rules, { ref: rule.name }];
  }),
  "a new rule attached": on("Workspace", ({ inputs }, { random, program, next }) => {
    const name = `r${next()}`;
    program.push({ type: "Rule", name, inputs: rule(random) });
    inputs.ruleIds = [...((inputs.ruleIds as Value[] | undefined) ?? []), { ref: name }];
  }),
  "another rule": on("Rule", ({ inputs }, { random }) => Object.assign(inputs, rule(random))),
  "a rule on or off": on("Rule", ({ inputs }) => (inputs.enabled = inputs.enabled === false)),
  "items of a list": on("List", ({ inputs }, { random }) => {
    const items =
      inputs.type === "tld" ? ["example", "test", "org"] : ["partner.example", "spam.example", "shop.test"];
    inputs.items = items.filter(() => random.chance(0.5));
  }),
  "what a principal is bound to": on("Principal", ({ inputs }, { random, program, sim }) => {
    inputs.boundTo = random.pick<Value>([
      { workspace: reference(random, program, "Workspace") },
      { account: reference(random, program, "AgentAccount") },
      { application: sim.ids.application },
    ]);
  }),
  "a principal on or off": on("Principal", ({ inputs }) => (inputs.enabled = inputs.enabled === false)),
  "another principal of a key": on(
    "ApiKey",
    ({ inputs }, { random, program }) => (inputs.principalId = reference(random, program, "Principal")),
  ),
  "a key on or off": on("ApiKey", ({ inputs }) => (inputs.enabled = inputs.enabled === false)),
  "a rotated key": on(
    "ApiKey",
    ({ inputs }, { next }) => (inputs.rotateWhenChanged = { round: `${next()}` }),
  ),
  "a new key": ({ program, random, next }) => {
    program.push({
      type: "ApiKey",
      name: `k${next()}`,
      inputs: { principalId: reference(random, program, "Principal"), expiresAt: "2030-01-01T00:00:00Z" },
    });
    return of(program, "Principal").length > 0;
  },
  "what a webhook is told": on("Webhook", ({ inputs }, { random }) => {
    inputs.triggers = random.pick([
      ["message.created"],
      ["message.bounced"],
      ["message.created", "message.bounced"],
    ]);
  }),
  "a webhook on or off": on("Webhook", ({ inputs }) => (inputs.paused = inputs.paused !== true)),
  "where a webhook sends to": on(
    "Webhook",
    ({ inputs }, { random }) => (inputs.url = `https://hooks.example/${random.pick(["a", "b", "c"])}`),
  ),
  "a password": on(
    "AgentAccount",
    ({ inputs }, { next }) => (inputs.appPassword = `Abcdefgh1234567890x${next()}`),
  ),
  "another address": on(
    "AgentAccount",
    ({ inputs }, { next }) => (inputs.email = `n${next()}@acme.nylas.email`),
  ),
  "something taken out": ({ program, random }) => {
    const spec = random.pick(program);
    if (random.chance(0.2)) spec.retainOnDelete = true;
    else remove(program, spec.name);
    return true;
  },
  "a rename": ({ program, random, next }) => {
    const spec = random.pick(program);
    const name = `${spec.name}-${next()}`;
    const way = random.below(3);
    renameTo(program, spec, name);
    if (way === 0) spec.aliases = [...(spec.aliases ?? []), spec.name.replace(/-\d+$/, "")];
    if (way === 1) spec.inputs.adopt = true;
    return spec.type !== RECORD && spec.type !== "ApiKey";
  },
  "two tenants that swap their accounts' names": ({ program, random }) => {
    const accounts = of(program, "AgentAccount");
    if (accounts.length < 2) return false;
    const [one, two] = [accounts[0]!, accounts[1 + random.below(accounts.length - 1)]!];
    // The mailboxes stay, and each goes on under the other's name in the other's workspace.
    [one.inputs.email, two.inputs.email] = [two.inputs.email, one.inputs.email];
    [one.name, two.name] = [`${two.name}-by-${one.name}`, `${one.name}-by-${two.name}`];
    one.inputs.adopt = two.inputs.adopt = true;
    return true;
  },
  "an object of another tool taken over": (world) => {
    const { program, sim, random, next } = world;
    const at = next();
    const name = `Made by hand ${at}`;
    switch (random.below(4)) {
      case 0: {
        const policyId = sim.seed({ kind: "policy", name, limits: { limit_inbox_retention_period: 300 } });
        const workspaceId = sim.seed({ kind: "workspace", name: `Of ${name}`, policyId });
        giveMail(sim, sim.seed({ kind: "grant", email: `hand${at}@acme.nylas.email`, workspaceId }));
        program.push({
          type: "Policy",
          name: `p${at}`,
          inputs: { name, limits: { inboxRetentionDays: 6 }, allowMailLoss: true, adopt: true },
        });
        return true;
      }
      case 1: {
        const workspaceId = sim.seed({ kind: "workspace", name });
        const email = `hand${at}@acme.nylas.email`;
        giveMail(sim, sim.seed({ kind: "grant", email, workspaceId }));
        program.push({
          type: "AgentAccount",
          name: `a${at}`,
          inputs: { email, workspaceId: { ref: "w1" }, allowMailLoss: true, adopt: true },
        });
        return has(program, "w1");
      }
      case 2: {
        sim.seed({ kind: "webhook", url: `https://hooks.example/${at}`, triggers: ["message.created"] });
        program.push({
          type: "Webhook",
          name: `h${at}`,
          inputs: {
            url: `https://hooks.example/${at}`,
            triggers: ["message.created"],
            paused: random.chance(0.5),
            adopt: true,
          },
        });
        return true;
      }
      default: {
        const workspaceId = sim.seed({ kind: "workspace", name });
        giveMail(sim, sim.seed({ kind: "grant", email: `hand${at}@acme.nylas.email`, workspaceId }));
        program.push({
          type: "Workspace",
          name: `w${at}`,
          inputs: {
            name,
            policyId: { ref: "p1" },
            ruleIds: [{ ref: "r0" }],
            allowMailLoss: true,
            adopt: true,
          },
        });
        return has(program, "p1") && has(program, "r0");
      }
    }
  },
  "an object of another tool taken over, with less than it has": ({ program, sim, random, next }) => {
    const at = next();
    const name = `Made by hand ${at}`;
    const limits = random.pick([
      { limit_inbox_retention_period: 8, limit_spam_retention_period: 1 },
      { limit_count_daily_email_sent: 0 },
      { limit_count_daily_message_received: 0 },
      { limit_inbox_retention_period: 365 },
    ]);
    const policyId = sim.seed({ kind: "policy", name, limits });
    if (random.chance(0.5)) {
      const inputs = { name, limits: { attachmentCount: 5 }, allowMailLoss: true, adopt: true };
      program.push({ type: "Policy", name: `p${at}`, inputs });
      return true;
    }
    const workspaceId = sim.seed({ kind: "workspace", name, policyId });
    giveMail(sim, sim.seed({ kind: "grant", email: `hand${at}@acme.nylas.email`, workspaceId }));
    program.push({ type: "Workspace", name: `w${at}`, inputs: { name, allowMailLoss: true, adopt: true } });
    return true;
  },
  "a list that others fill": on("List", ({ inputs }) => (inputs.items = undefined)),
  "the default workspace": ({ program, random }) => {
    const there = program.find(({ type }) => type === "DefaultWorkspace");
    if (there && random.chance(0.3)) remove(program, there.name);
    const inputs: Record<string, Value> = {
      policyId: random.chance(0.5) ? reference(random, program, "Policy") : undefined,
      ruleIds: random.chance(0.5) ? [reference(random, program, "Rule")] : undefined,
      allowMailLoss: true,
    };
    if (there) there.inputs = inputs;
    else program.push({ type: "DefaultWorkspace", name: "home", inputs });
    return of(program, "Policy").length > 0 && of(program, "Rule").length > 0;
  },
  "another zone": ({ program, random, otherZone }) => {
    const records = of(program, RECORD);
    for (const { inputs } of random.chance(0.5) ? records : records.slice(2, 3)) inputs.zoneId = otherZone;
    return records.length > 0;
  },
  "records no longer published here": ({ program, random }) => {
    const all = random.chance(0.5);
    const names = of(program, RECORD).map(({ name }) => name);
    for (const name of names) if (all || name.endsWith("-mx")) remove(program, name);
    return names.length > 0;
  },
  "a second MX": ({ program, random, next }) => {
    const [mx] = of(program, RECORD);
    if (!mx) return false;
    const priority = random.pick([1, 10, 20]);
    program.push({
      type: RECORD,
      name: `more-mx${next()}`,
      inputs: { zoneId: mx.inputs.zoneId, type: "MX", name: DOMAIN, content: "mx.corp.example", priority },
    });
    return true;
  },
  "another MX": ({ program }) => {
    const mx = program.find(({ name }) => name === "agents-mx");
    if (mx) Object.assign(mx.inputs, { content: "mx.corp.example", priority: 5 });
    return mx !== undefined;
  },
  "records under new names, taken over": ({ program, idOf, next }) => {
    const records = of(program, RECORD).filter(({ name }) => name.startsWith("agents"));
    const at = next();
    for (const spec of records) {
      spec.inputs[IMPORT] = idOf(spec.name);
      renameTo(program, spec, `${spec.name}-${at}`);
    }
    return records.length > 0;
  },
};

/** Mail of some days and of some months ago. */
export function giveMail(sim: Simulator, grant: string): void {
  for (const days of [10, 60, 150])
    sim.addMessage({ grant, subject: `${days} days old`, ageSeconds: days * 86_400, size: 10 });
}

function on(type: string, change: (spec: Spec, world: World) => unknown): Edit {
  return (world) => {
    const all = of(world.program, type);
    if (all.length === 0) return false;
    return change(world.random.pick(all), world) !== false;
  };
}

function of(program: readonly Spec[], type: string): Spec[] {
  return program.filter((each) => each.type === type);
}

function has(program: readonly Spec[], name: string): boolean {
  return program.some((each) => each.name === name);
}

function reference(random: Random, program: readonly Spec[], type: string): Value {
  const names = of(program, type).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return random.chance(0.3) && names.length > 1
    ? { pick: names, at: random.below(names.length) }
    : { ref: random.pick(names) };
}

function set(inputs: Record<string, Value>, limit: string, value: number): void {
  inputs.limits = { ...(inputs.limits as Record<string, Value>), [limit]: value };
}

function raise(inputs: Record<string, Value>, limit: string, by: number): boolean {
  const now = (inputs.limits as Record<string, Value> | undefined)?.[limit];
  // What is not set is the plan's maximum already; and no plan goes beyond a year.
  if (typeof now !== "number" || now + by > 365) return false;
  set(inputs, limit, now + by);
  return true;
}

function rule(random: Random): Record<string, Value> {
  return {
    trigger: random.pick(["inbound", "inbound", "outbound"]),
    match: random.pick(["all", "any"]),
    conditions: random.pick<Value[]>([
      [{ field: "from.domain", isNot: "nobody.example" }],
      [{ field: "from.tld", is: "example" }],
      [{ field: "from.address", contains: "@" }],
      [{ field: "from.domain", is: "partner.example" }],
      [
        { field: "from.domain", is: "partner.example" },
        { field: "from.domain", isNot: "a.example" },
      ],
    ]),
    actions: random.pick<Value[]>([["block"], ["markAsSpam"], ["trash"], ["markAsRead"], ["archive"]]),
  };
}

/** Takes a resource out, and every reference to it. */
export function remove(program: Spec[], name: string): void {
  const left = program.filter((each) => each.name !== name);
  program.splice(0, program.length, ...left);
  const required: Record<string, string[]> = {
    ApiKey: ["principalId"],
    Principal: ["boundTo"],
    Rule: ["conditions"],
    [RECORD]: ["content"],
    DomainRecords: ["domainId"],
    DomainVerification: ["domainId", "records"],
  };
  for (const spec of left) {
    if (spec.dependsOn) spec.dependsOn = spec.dependsOn.filter((each) => each !== name);
    for (const [key, value] of Object.entries(spec.inputs)) {
      if (value === undefined || !refersTo(value, name)) continue;
      if (required[spec.type]?.includes(key)) return (remove(program, spec.name), remove(program, name));
      spec.inputs[key] = Array.isArray(value) ? value.filter((each) => !refersTo(each, name)) : undefined;
    }
  }
}

function renameTo(program: readonly Spec[], spec: Spec, name: string): void {
  const old = spec.name;
  spec.name = name;
  const renamed = (value: Value): Value => {
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== "object") return value;
    if ("ref" in value) return value.ref === old ? { ref: name } : value;
    if ("pick" in value) {
      const { pick, at } = value as { pick: string[]; at: number };
      return { pick: pick.map((each) => (each === old ? name : each)), at };
    }
    if ("slot" in value || "records" in value) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, renamed(inner)]));
  };
  for (const each of program) {
    each.inputs = Object.fromEntries(
      Object.entries(each.inputs).map(([key, value]) => [key, renamed(value)]),
    );
    if (each.dependsOn)
      each.dependsOn = each.dependsOn.map((dependency) => (dependency === old ? name : dependency));
  }
}

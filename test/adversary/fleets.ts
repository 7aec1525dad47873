/** Draws programs: which components, where their DNS is, what lives on them. */
import { type Random } from "../faults/random";
import { type Dns, type DomainArgs, type Item, type Program } from "./program";
import { ZONES } from "./scenario";

/** A program with what a theme has to know of it. */
export interface Fleet {
  program: Program;
  /** Domain names by the item that declares them. */
  domains: { item: string; domainName: string; zone: string }[];
  addresses: string[];
  /** An address is written as a text, so nothing says that it waits for its domain: the first run may come too early for it. */
  hasLiteral: boolean;
}

export interface Wishes {
  /** How many domains; default one. */
  domains?: number;
  shape?: Shape;
  adapter?: Dns["adapter"];
  zone?: string;
  /** Every tenant, or account's workspace, has the brake on. */
  paused?: boolean;
  /** How many accounts a domain has; one or two by default. */
  aliases?: number;
  /** Every address is written as a text. */
  literal?: boolean;
}

export type Shape = "flat" | "tenant" | "shared" | "file";

const LABELS = ["agents", "mail", "team", "ops", "bots", "desk"];
const ALIASES = ["scheduling", "billing", "sales", "x"];

export function drawFleet(random: Random, wishes: Wishes = {}): Fleet {
  const fleet: Fleet = { program: [], domains: [], addresses: [], hasLiteral: false };
  const labels = [...LABELS];
  for (let n = 0; n < (wishes.domains ?? 1); n++) {
    const label = labels.splice(random.below(labels.length), 1)[0]!;
    addDomain(random, fleet, label, wishes);
  }
  return fleet;
}

export function drawDns(
  random: Random,
  { adapter, zone }: Wishes,
): Required<Pick<Dns, "adapter">> & { zone: string } {
  return {
    adapter: adapter ?? random.pick(["cloudflare", "cloudflare", "route53"] as const),
    zone: zone ?? random.pick(ZONES),
  };
}

function addDomain(random: Random, fleet: Fleet, label: string, wishes: Wishes): void {
  const shape =
    wishes.shape ??
    (wishes.literal ? "flat" : random.pick(["flat", "flat", "tenant", "shared", "file"] as const));
  const dns = drawDns(random, wishes);
  const domainName = `${label}.${dns.zone}`;
  const args: DomainArgs = { domainName, dns };
  const aliases = some(random, ALIASES, wishes.aliases ?? 1 + random.below(2));
  const add = (...items: Item[]): void => void fleet.program.push(...items);
  const accounts = Object.fromEntries(
    aliases.map((alias) => [alias, random.chance(0.3) ? { displayName: alias } : {}]),
  );
  const tenant = {
    accounts,
    ...(random.chance(0.3) ? { policy: { limits: { dailySends: 50 } } } : {}),
    ...((wishes.paused ?? random.chance(0.2)) ? { sending: "paused" as const } : {}),
  };
  switch (shape) {
    case "tenant":
      add({ kind: "Tenant", name: label, args: { domain: args, ...tenant } });
      break;
    case "file":
      add({ kind: "Tenants", name: `file-${label}`, tenants: { [label]: { domain: args, ...tenant } } });
      break;
    case "shared":
      add({ kind: "AgentDomain", name: label, args });
      add({ kind: "Tenant", name: `${label}-tenant`, args: { domainOf: label, ...tenant } });
      break;
    case "flat": {
      add({ kind: "AgentDomain", name: label, args });
      const workspace = random.chance(0.5) ? `${label}-space` : undefined;
      if (workspace) add({ kind: "NylasWorkspace", name: workspace, args: {} });
      for (const alias of aliases) {
        const isLiteral = random.chance(0.2) || wishes.literal === true;
        fleet.hasLiteral ||= isLiteral;
        add({
          kind: "AgentAccount",
          name: `${label}/${alias}`,
          args: {
            email: isLiteral ? `${alias}@${domainName}` : { alias, of: label },
            ...(workspace ? { workspaceId: { $ref: workspace, prop: "id" } } : {}),
          },
        });
      }
    }
  }
  fleet.domains.push({ item: shape === "file" ? `file-${label}` : label, domainName, zone: dns.zone });
  fleet.addresses.push(...aliases.map((alias) => `${alias}@${domainName}`));
}

/** The program with the arguments of one of its domains changed. */
export function withDomain(
  program: Program,
  domainName: string,
  change: (args: DomainArgs) => DomainArgs,
): Program {
  return structuredClone(program).map((item): Item => {
    if (item.kind === "AgentDomain" && item.args.domainName === domainName)
      return { ...item, args: change(item.args) };
    if (item.kind === "Tenant" && item.args.domain?.domainName === domainName)
      return { ...item, args: { ...item.args, domain: change(item.args.domain) } };
    if (item.kind === "Tenants")
      return {
        ...item,
        tenants: Object.fromEntries(
          Object.entries(item.tenants).map(([name, tenant]) => [
            name,
            tenant.domain?.domainName === domainName ? { ...tenant, domain: change(tenant.domain) } : tenant,
          ]),
        ),
      };
    return item;
  });
}

/** The program without a domain and all that hangs on it. */
export function withoutDomain(program: Program, domainName: string): Program {
  const names = new Set(
    program.flatMap((item) =>
      item.kind === "AgentDomain" && item.args.domainName === domainName ? [item.name] : [],
    ),
  );
  return program.filter((item) => {
    if (item.kind === "AgentDomain") return item.args.domainName !== domainName;
    if (item.kind === "Tenant")
      return item.args.domain?.domainName !== domainName && !names.has(item.args.domainOf ?? "");
    if (item.kind === "Tenants")
      return Object.values(item.tenants).every(({ domain }) => domain?.domainName !== domainName);
    if (item.kind === "AgentAccount") {
      const { email } = item.args;
      return typeof email === "string"
        ? !email.endsWith(`@${domainName}`)
        : !names.has((email as { of: string }).of);
    }
    return true;
  });
}

/** The program without one account; the tenant keeps at least nothing of it. */
export function withoutAccount(program: Program, address: string): Program {
  const [alias, domainName] = address.split("@") as [string, string];
  const domains = new Map(
    program.flatMap((item) =>
      item.kind === "AgentDomain" ? [[item.name, item.args.domainName] as const] : [],
    ),
  );
  const strip = <T extends { accounts: Record<string, unknown>; domainOf?: string; domain?: DomainArgs }>(
    args: T,
  ): T => {
    if ((args.domain?.domainName ?? domains.get(args.domainOf ?? "")) !== domainName) return args;
    const { [alias]: _gone, ...accounts } = args.accounts;
    return { ...args, accounts };
  };
  return structuredClone(program).flatMap((item): Item[] => {
    if (item.kind === "Tenant") return [{ ...item, args: strip(item.args) }];
    if (item.kind === "Tenants")
      return [
        {
          ...item,
          tenants: Object.fromEntries(
            Object.entries(item.tenants).map(([name, tenant]) => [name, strip(tenant)]),
          ),
        },
      ];
    if (item.kind !== "AgentAccount") return [item];
    const { email } = item.args;
    const own =
      typeof email === "string"
        ? email
        : `${(email as { alias: string }).alias}@${domains.get((email as { of: string }).of)}`;
    return own === address ? [] : [item];
  });
}

/** The program with an item under another name, and what refers to it after it. */
export function withRenamed(program: Program, from: string, to: string, alias: boolean): Program {
  const text = JSON.stringify(program)
    .replaceAll(`"$ref":"${from}"`, `"$ref":"${to}"`)
    .replaceAll(`"of":"${from}"`, `"of":"${to}"`)
    .replaceAll(`"domainOf":"${from}"`, `"domainOf":"${to}"`);
  return (JSON.parse(text) as Program).map((item) =>
    item.name === from
      ? { ...item, name: to, ...(alias ? { options: { ...item.options, aliases: [{ name: from }] } } : {}) }
      : item,
  );
}

/** An own domain of a tenant becomes an AgentDomain beside it, or the other way round: the same, under other names. */
export function withMovedDomain(program: Program, domainName: string, name: string): Program {
  const inTenant = program.find(
    (item) => item.kind === "Tenant" && item.args.domain?.domainName === domainName,
  );
  if (inTenant?.kind === "Tenant") {
    const { domain, ...args } = inTenant.args;
    const own: Item = { kind: "AgentDomain", name, args: domain! };
    return [
      own,
      ...program.map((item) =>
        item === inTenant ? { ...inTenant, args: { ...args, domainOf: name } } : item,
      ),
    ];
  }
  const alone = program.find((item) => item.kind === "AgentDomain" && item.args.domainName === domainName);
  return alone ? withRenamed(program, alone.name, name, false) : program;
}

export function some<T>(random: Random, from: readonly T[], count: number): T[] {
  const left = [...from];
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(random.below(left.length), 1)[0]!,
  );
}

/** A Pulumi program as plain data: what a seed draws, what `interpret.ts` runs, and what the judge reads as the user's word. */

/** A value of another resource: `{ $ref: "team", prop: "id" }`. With `later`, it comes out of an `apply` over a map. */
export interface Ref {
  $ref: string;
  prop: string;
  later?: boolean;
}

/** Where a domain's records are published. */
export interface Dns {
  adapter: "cloudflare" | "route53" | "zoneFile";
  /** Name of the zone; none for `zoneFile`. */
  zone?: string;
  /** Take over the records that stand, as the provider's and the vendor's messages advise. */
  adoptRecords?: boolean;
}

export interface Options {
  protect?: boolean;
  retainOnDelete?: boolean;
  aliases?: { name: string }[];
  deletedWith?: string;
  parent?: string;
  ignoreChanges?: string[];
}

export interface DomainArgs {
  domainName: string;
  /** Its label at Nylas; the default one is of the stack. */
  name?: string;
  dns: Dns;
  /** Follow the messages of a refused create: `adopt: true`, and the hosts that Nylas names. */
  follow?: boolean;
  forceDestroy?: boolean;
  wait?: boolean;
  allowUncheckedDns?: boolean;
  allowImplicitMx?: boolean;
}

export interface TenantItemArgs {
  /** An own domain; or the name of an AgentDomain of this program in `domainOf`. */
  domain?: DomainArgs;
  domainOf?: string;
  /** Or the trial domain, which needs no DNS. */
  trial?: string;
  accounts: Record<string, Record<string, unknown>>;
  policy?: Record<string, unknown>;
  rules?: Record<string, unknown>;
  sending?: "paused";
  apiKey?: boolean;
}

export type Item =
  | { kind: "AgentDomain"; name: string; args: DomainArgs; options?: Options }
  | { kind: "Tenant"; name: string; args: TenantItemArgs; options?: Options }
  /** Tenants out of a file. */
  | { kind: "Tenants"; name: string; tenants: Record<string, TenantItemArgs>; options?: Options }
  /** A resource by itself; `kind` as the package exports it. */
  | {
      kind:
        | "NylasWorkspace"
        | "NylasDefaultWorkspace"
        | "NylasPolicy"
        | "NylasRule"
        | "NylasList"
        | "AgentAccount"
        | "NylasWebhook"
        | "NylasPrincipal"
        | "NylasApiKey";
      name: string;
      args: Record<string, unknown>;
      options?: Options;
    };

export type Program = Item[];

/** What only the other side knows when the program runs. */
export interface Surroundings {
  /** Ids of the zones by adapter and name. */
  zoneIds: Record<"cloudflare" | "route53", Record<string, string>>;
  /** By domain: what somebody who follows the messages copies out of them. */
  standing: Record<
    string,
    { hosts: Record<string, string>; records: Record<string, string>; ownership?: string }
  >;
  /** Where a file of tenants may be written. */
  folder: string;
}

/** The addresses in the workspaces of the tenants that a program declares as paused, by tenant. */
export function pausedAddresses(program: Program): Map<string, string[]> {
  const domains = new Map<string, string>();
  for (const item of program) if (item.kind === "AgentDomain") domains.set(item.name, item.args.domainName);
  const paused = tenantsOf(program).filter(({ args }) => args.sending === "paused");
  return new Map(
    paused.map(({ name, args }) => {
      const domain = args.domain?.domainName ?? domains.get(args.domainOf ?? "") ?? args.trial;
      const prefix = args.trial === undefined ? "" : `${name}-`;
      const own = Object.keys(args.accounts).map((alias) => `${prefix}${alias}@${domain}`);
      return [name, [...own, ...guestsOf(name, program)]];
    }),
  );
}

/** Accounts that are put into a tenant's workspace from outside. */
function guestsOf(tenant: string, program: Program): string[] {
  return program.flatMap((item) => {
    if (item.kind !== "AgentAccount") return [];
    const { email, workspaceId } = item.args;
    return typeof email === "string" && (workspaceId as Ref | undefined)?.$ref === tenant ? [email] : [];
  });
}

/** The domains that a program declares, with their arguments. */
export function declaredDomains(program: Program): DomainArgs[] {
  const own = program.flatMap((item) => (item.kind === "AgentDomain" ? [item.args] : []));
  return [...own, ...tenantsOf(program).flatMap(({ args }) => (args.domain ? [args.domain] : []))];
}

export function tenantsOf(program: Program): { name: string; args: TenantItemArgs }[] {
  return program.flatMap((item) =>
    item.kind === "Tenant"
      ? [{ name: item.name, args: item.args }]
      : item.kind === "Tenants"
        ? Object.entries(item.tenants).map(([name, args]) => ({ name, args }))
        : [],
  );
}

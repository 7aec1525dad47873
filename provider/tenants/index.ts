/**
 * Tenants from data: a file that lists customers, so that one more needs no TypeScript. Loads a YAML parser and a schema library, which
 * `pulumi-nylas` itself does not.
 */
import * as pulumi from "@pulumi/pulumi";
import { omitUndefined } from "../components/agentDomain";
import { Tenant } from "../components/tenant";
import { type TenantArgs } from "../components/tenantArgs";
import { planTenant } from "../components/tenantPlan";
import type { DnsAdapter } from "../dns/adapters/adapter";
import type * as Cloudflare from "../dns/adapters/cloudflare";
import type * as Route53 from "../dns/adapters/route53";
import { zoneFile, type ZoneFileArgs } from "../dns/adapters/zoneFile";
import { requireArguments } from "../hosts/dynamic/arguments";
import { show } from "../shown";
import { NylasPolicy, type NylasPolicyArgs } from "../classes/policy";
import { readTenants, type TenantsDocument, TenantsFileError } from "./read";
import { runError } from "../hosts/dynamic/runError";

export { tenantsJsonSchema } from "./schema";

/** What a program adds to a file of tenants. */
export interface TenantsOptions {
  /** Publishers of records by the name that tenants give as `dns`, beside the file's own: for another vendor, or another account. */
  dns?: Record<string, DnsAdapter>;
  /** Ids of policies by the name that tenants give as `policy`, beside the file's own. */
  policies?: Record<string, pulumi.Input<string>>;
  /** Options of every tenant and policy. */
  opts?: pulumi.ComponentResourceOptions;
}

/** What a file of tenants has become. */
export interface Tenants {
  /** By name. */
  tenants: Readonly<Record<string, Tenant>>;
  /** The policies of the file, by name. */
  policies: Readonly<Record<string, NylasPolicy>>;
  /** Addresses by tenant and alias. */
  addresses: pulumi.Output<Record<string, Record<string, string>>>;
  /** Grant ids by tenant and alias. */
  grantIds: pulumi.Output<Record<string, Record<string, string>>>;
  /** By tenant, see {@link Tenant.status}. */
  status: pulumi.Output<Record<string, string>>;
}

/**
 * Makes the tenants that a file lists, YAML or JSON.
 *
 * ```yaml
 * # yaml-language-server: $schema=node_modules/pulumi-nylas/tenants.schema.json
 * policies:
 *   careful: { limits: { dailySends: 50 } }
 * tenants:
 *   customer-a:
 *     domainName: agents.customer-a.com
 *     dns: { cloudflare: { zoneId: { config: zoneId } } }
 *     policy: careful
 *     accounts:
 *       scheduling: { displayName: Scheduling }
 *       billing:
 * ```
 *
 * A tenant has the arguments of {@link Tenant}; `policy` and `dns` are names of the file's (or the program's) own as well. A password is the name of a
 * secret of the stack's configuration: `appPassword: { secret: schedulingPassword }`.
 *
 * What is wrong with the file is said before anything is registered, all of it at once, each with file, line and path.
 */
export function tenantsFromFile(file: string, options: TenantsOptions = {}): Tenants {
  requireArguments(
    "tenantsFromFile: its options",
    options,
    "{ dns: { ours: cloudflareDns({ zoneId, zoneName }) } }",
    ["dns", "policies", "opts"],
  );
  const document = read(file);
  const data = document.data as unknown as TenantsData;
  const planned = plan(document, data, options);

  const policies = Object.fromEntries(
    Object.entries(data.policies ?? {}).map(([name, policy]) => [
      name,
      new NylasPolicy(name, omitUndefined({ ...policy, connection: data.connection }), options.opts),
    ]),
  );
  const tenants = Object.fromEntries(
    planned.map(({ name, args, policy }) => {
      const shared = policy === undefined ? undefined : (policies[policy]?.id ?? options.policies?.[policy]);
      return [
        name,
        new Tenant(
          name,
          omitUndefined({ ...args, policyId: shared ?? args.policyId }) as TenantArgs,
          options.opts,
        ),
      ];
    }),
  );
  const each = <T>(of: (tenant: Tenant) => pulumi.Output<T>) =>
    pulumi.output(
      Object.fromEntries(Object.entries(tenants).map(([name, tenant]) => [name, of(tenant)])),
    ) as unknown as pulumi.Output<Record<string, T>>;
  return {
    tenants,
    policies,
    addresses: each((tenant) => tenant.addresses),
    grantIds: each((tenant) => tenant.grantIds),
    status: each<string>((tenant) => tenant.status),
  };
}

/** The data, as the schema has let it through. */
interface TenantsData {
  connection?: string;
  policies?: Record<string, NylasPolicyArgs>;
  dns?: Record<string, DnsData>;
  tenants: Record<string, TenantData>;
}

type TenantData = Omit<TenantArgs, "dns" | "policy" | "accounts" | "domain"> & {
  dns?: string | DnsData;
  policy?: string | NylasPolicyArgs;
  accounts: Record<string, ({ appPassword?: { secret: string } } & object) | null>;
};

interface ZoneData {
  zoneId: string | { config: string };
  zoneName?: string;
  ttl?: number;
  nameSuffix?: string;
}

interface DnsData {
  cloudflare?: ZoneData;
  route53?: ZoneData;
  zoneFile?: ZoneFileArgs;
}

function read(file: string): TenantsDocument {
  try {
    return readTenants(file);
  } catch (error) {
    if (error instanceof TenantsFileError) throw runError(error.message);
    throw error;
  }
}

interface PlannedTenant {
  name: string;
  args: TenantArgs;
  /** The name of the policy that it shares. */
  policy: string | undefined;
}

/** The arguments of all tenants, judged before the first of them is made. */
function plan(document: TenantsDocument, data: TenantsData, options: TenantsOptions): PlannedTenant[] {
  const findings: string[] = [];
  const attempt = <T>(path: string[], run: () => T): T | undefined => {
    try {
      return run();
    } catch (error) {
      if (!pulumi.RunError.isInstance(error)) throw error;
      findings.push(located(document, path, error.message));
      return undefined;
    }
  };
  const adapters: Record<string, DnsAdapter | undefined> = { ...options.dns };
  for (const [name, dns] of Object.entries(data.dns ?? {})) {
    const path = ["dns", name];
    if (options.dns && Object.hasOwn(options.dns, name))
      findings.push(
        `${document.place(path)}: dns.${name}: the program gives a publisher of this name too; rename one of the two`,
      );
    adapters[name] = attempt(path, () => adapterOf(dns));
  }
  for (const name of Object.keys(data.policies ?? {})) {
    if (options.policies && Object.hasOwn(options.policies, name))
      findings.push(
        `${document.place(["policies", name])}: policies.${name}: the program gives a policy of this name too; rename one of the two`,
      );
  }
  const planned = Object.entries(data.tenants).map(
    ([name, { dns, policy, accounts, ...rest }]): PlannedTenant => {
      const path = ["tenants", name];
      const known = (property: string, wanted: string, names: string[]) => {
        if (names.includes(wanted)) return;
        findings.push(
          `${document.place([...path, property])}: tenants.${name}.${property}: given ${show(wanted)}; allowed: ` +
            (names.length > 0
              ? `one of ${names.join(", ")}, or an object of its own`
              : `an object of its own: the file names none under ${property === "dns" ? "dns" : "policies"}`),
        );
      };
      const shared = typeof policy === "string" ? policy : undefined;
      if (shared !== undefined)
        known("policy", shared, [
          ...Object.keys(data.policies ?? {}),
          ...Object.keys(options.policies ?? {}),
        ]);
      if (shared !== undefined && rest.policyId !== undefined)
        findings.push(
          `${document.place([...path, "policyId"])}: tenants.${name}.policyId: given beside policy; allowed: one of the two`,
        );
      if (typeof dns === "string") known("dns", dns, Object.keys(adapters));
      const adapter =
        typeof dns === "string" ? adapters[dns] : dns && attempt([...path, "dns"], () => adapterOf(dns));
      const args = omitUndefined({
        ...rest,
        dns: adapter,
        policy: typeof policy === "object" ? policy : undefined,
        accounts: Object.fromEntries(
          Object.entries(accounts).map(([alias, account]) => [
            alias,
            attempt([...path, "accounts", alias], () => accountOf(account ?? {})) ?? {},
          ]),
        ),
        connection: data.connection,
      }) as TenantArgs;
      // Of a tenant whose publisher is wrong, that has been said.
      if (dns === undefined || adapter) attempt(path, () => planTenant(name, args));
      return { name, args, policy: shared };
    },
  );
  if (findings.length > 0) throw runError(findings.join("\n"));
  return planned;
}

/** What a component refuses, with the place in the file: `Tenant "a": accounts.ops: …` is of `tenants.a.accounts.ops`. */
function located(document: TenantsDocument, path: string[], message: string): string {
  const [, property = ""] = /^[^:]*: ([\w.-]+): /.exec(message) ?? [];
  return `${document.place([...path, ...property.split(".")])}: ${path.join(".")}: ${message}`;
}

function accountOf({ appPassword, ...rest }: { appPassword?: { secret: string } }): object {
  return appPassword === undefined
    ? rest
    : { ...rest, appPassword: new pulumi.Config().requireSecret(appPassword.secret) };
}

function adapterOf({ cloudflare, route53, zoneFile: file }: DnsData): DnsAdapter {
  // The vendors' packages are the program's own: only the one that is used has to be there.
  /* oxlint-disable typescript/no-require-imports */
  if (cloudflare) {
    const { cloudflareDns } = vendors(
      "@pulumi/cloudflare",
      () => require("../dns/adapters/cloudflare") as typeof Cloudflare,
    );
    return cloudflareDns(zoneOf(cloudflare));
  }
  if (route53) {
    const { route53Dns } = vendors("@pulumi/aws", () => require("../dns/adapters/route53") as typeof Route53);
    return route53Dns(zoneOf(route53));
  }
  /* oxlint-enable typescript/no-require-imports */
  return zoneFile(file);
}

function vendors<T>(name: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw runError(
      `dns: ${name} is not installed; add it to the package.json beside your program: npm install ${name}`,
    );
  }
}

function zoneOf({ zoneId, ...rest }: ZoneData): Omit<ZoneData, "zoneId"> & { zoneId: string } {
  return {
    ...rest,
    zoneId: typeof zoneId === "string" ? zoneId : new pulumi.Config().require(zoneId.config),
  };
}

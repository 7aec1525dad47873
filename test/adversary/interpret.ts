/**
 * Runs a program that is given as data, with the package's own classes. It imports nothing, so that one text serves
 * two users. One is a worker, which hands it the modules of the checkout under test. The other is a project folder of
 * the engine.
 */
import type { Dns, DomainArgs, Item, Program, Surroundings, TenantItemArgs } from "./program";

/* oxlint-disable typescript/no-explicit-any -- the modules are those of another checkout */

/** Loads a module of the checkout under test. */
export type Load = (name: string) => any;

/** Declares all of it; returns nothing, as the judge looks at the other side. */
export function interpret(program: Program, around: Surroundings, load: Load): void {
  const nylas = load("pulumi-nylas");
  const made = new Map<string, any>();

  const adapter = (dns: Dns, domainName: string): any => {
    if (dns.adapter === "zoneFile") return nylas.zoneFile();
    const zoneId = around.zoneIds[dns.adapter][dns.zone!];
    const there = around.standing[domainName];
    const own = { zoneId, zoneName: dns.zone };
    if (dns.adapter === "cloudflare") {
      const adopt = dns.adoptRecords && there ? { adopt: there.records } : {};
      return load("pulumi-nylas/cloudflare").cloudflareDns({ ...own, ...adopt });
    }
    const adopt = dns.adoptRecords
      ? {
          adopt: Object.fromEntries(
            Object.entries(there?.hosts ?? {}).map(([slot, host]) => [
              slot,
              host === "" || slot === "mx" || slot === "spf" || slot === "ownership"
                ? true
                : `${zoneId}_${host}.${domainName}_TXT`,
            ]),
          ),
        }
      : {};
    return load("pulumi-nylas/route53").route53Dns({ ...own, ...adopt });
  };

  const domainArgs = (args: DomainArgs): any => {
    const { dns, follow, ...rest } = args;
    const there = follow ? around.standing[args.domainName] : undefined;
    return {
      ...rest,
      dns: adapter(dns, args.domainName),
      ...(there && {
        adopt: true,
        hosts: { dkim: there.hosts.dkim, feedback: there.hosts.feedback },
        ...(there.ownership === undefined ? {} : { known: { ownership: { value: there.ownership } } }),
      }),
    };
  };

  const resolve = (value: any): any => {
    if (Array.isArray(value)) return value.map(resolve);
    if (value === "$inTwoYears") return inTwoYears();
    if (typeof value !== "object" || value === null) return value;
    if (typeof value.$ref === "string") {
      const output = made.get(value.$ref)[value.prop];
      if (!value.later) return output;
      // As programs do that keep their workspaces in a map.
      const all: Record<string, any> = {};
      for (const [name, resource] of made) if (resource.id !== undefined) all[name] = resource.id;
      return load("@pulumi/pulumi")
        .output(all)
        .apply((ids: Record<string, string>) => ids[value.$ref as string]);
    }
    if (typeof value.of === "string" && typeof value.alias === "string")
      return made.get(value.of).mailbox(value.alias);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
  };

  const tenantArgs = (args: TenantItemArgs): any => {
    const { domain, domainOf, apiKey, ...rest } = args;
    const own = domain && domainArgs(domain);
    return {
      ...resolve(rest),
      ...(own && ownDomain(own)),
      ...(domainOf === undefined ? {} : { domain: made.get(domainOf) }),
      ...(apiKey ? { apiKey: { expiresAt: inTwoYears(), permissions: ["messages.read"] } } : {}),
    };
  };

  const options = ({ options: given }: Item): any => {
    if (!given) return undefined;
    const { parent, deletedWith, ...rest } = given;
    return {
      ...rest,
      ...(parent === undefined ? {} : { parent: made.get(parent) }),
      ...(deletedWith === undefined ? {} : { deletedWith: made.get(deletedWith) }),
    };
  };

  for (const item of program) {
    if (item.kind === "AgentDomain")
      made.set(item.name, new nylas.AgentDomain(item.name, domainArgs(item.args), options(item)));
    else if (item.kind === "Tenant")
      made.set(item.name, new nylas.Tenant(item.name, tenantArgs(item.args), options(item)));
    else if (item.kind === "Tenants") fromFile(item.name, item.tenants, options(item));
    else {
      const module = /Principal|ApiKey/.test(item.kind) ? load("pulumi-nylas/experimental") : nylas;
      made.set(item.name, new module[item.kind](item.name, resolve(item.args), options(item)));
    }
  }

  function fromFile(name: string, tenants: Record<string, TenantItemArgs>, opts: any): void {
    const data = Object.fromEntries(
      Object.entries(tenants).map(([tenant, { domain, apiKey: _none, ...rest }]) => {
        const { dns, domainName, forceDestroy, wait } = domain!;
        const zone = dns.zone !== undefined && around.zoneIds[dns.adapter as "cloudflare"][dns.zone];
        const place = dns.adapter === "zoneFile" ? {} : { zoneId: zone, zoneName: dns.zone };
        const more =
          forceDestroy === undefined && wait === undefined ? {} : { domainArgs: { forceDestroy, wait } };
        return [tenant, { ...rest, domainName, dns: { [dns.adapter]: place }, ...more }];
      }),
    );
    const path = load("node:path");
    const file: string = path.join(around.folder, `${name}.json`);
    load("node:fs").writeFileSync(file, JSON.stringify({ tenants: data }));
    load("pulumi-nylas/tenants").tenantsFromFile(file, { opts });
  }
}

/** The same all year, so that it is no change. */
function inTwoYears(): string {
  return `${new Date().getUTCFullYear() + 2}-01-01T00:00:00Z`;
}

function ownDomain({ domainName, dns, ...domainArgs }: any): any {
  return { domainName, dns, ...(Object.keys(domainArgs).length > 0 ? { domainArgs } : {}) };
}

/** What the stack's state declares of Nylas, for one connection. */
import { normalEmail } from "../../nylas/addresses";
import { type RecordSlots } from "../../dns/layout";
import { type PolicyLimits } from "../../nylas/api";
import { componentOfToken, kindOfToken } from "../../hosts/dynamic/tokens";
import { explicitProvider } from "../../review/credentials";
import { type State } from "../../review/steps";
import { asList, asObject, asText, nameIn } from "../../review/json";

export interface Declared {
  /** The types in the state that Nylas is asked for, as in `NEEDS`; undefined where no state could be read. */
  types: Set<string> | undefined;
  /** Applications and organizations that the state was made in. */
  applications: string[];
  organizations: string[];
  domains: DeclaredDomain[];
  policies: { name: string; id: string; limits: PolicyLimits }[];
  accounts: { id: string; email: string }[];
  tenants: DeclaredTenant[];
  /** Other connections that the stack uses. */
  connections: string[];
}

export interface DeclaredDomain {
  address: string;
  id: string | undefined;
  records: Partial<RecordSlots>;
  publishedBy: string | undefined;
  purposes: string[] | undefined;
  /** As the verification recorded it. */
  status: string | undefined;
  /** When the ownership value stops being accepted, Unix seconds. */
  expiresAt: number | undefined;
}

export interface DeclaredTenant {
  name: string;
  accountsOn: string;
  /** The own domain, where it is the tenant's child. */
  domain: string | undefined;
  /** As the last `up` recorded it. */
  status: string;
}

export function declaredIn(resources: State[] | undefined, connection: string | undefined): Declared {
  const all = (resources ?? []).filter(({ type, leftover }) => kindOfToken(type) !== undefined && !leftover);
  // A provider of the native plugin reads the environment under its own name, as a connection does.
  const connectionOf = (state: State) =>
    asText(state.inputs["connection"]) ?? explicitProvider(state)?.split("::")[1];
  const own = all.filter((state) => connectionOf(state) === connection);
  const of = (type: string) => own.filter((state) => kindOfToken(state.type) === type);
  const named = (key: string) => [...new Set(own.flatMap(({ outputs }) => asText(outputs[key]) ?? []))];
  return {
    types: resources && new Set(own.filter(asksNylas).map(({ type }) => kindOfToken(type)!)),
    applications: named("applicationId"),
    organizations: named("organizationId"),
    domains: domainsOf(of),
    policies: of("Policy").map(({ id, inputs }) => ({
      id: id ?? "",
      name: asText(inputs["name"]) ?? "",
      limits: (asObject(inputs["limits"]) ?? {}) as PolicyLimits,
    })),
    accounts: of("AgentAccount").map(({ id, inputs }) => ({
      id: id ?? "",
      email: normalEmail(asText(inputs["email"]) ?? ""),
    })),
    tenants: tenantsOf(resources ?? [], own),
    connections: [...new Set(all.map(connectionOf))].flatMap((name) =>
      name === undefined || name === connection ? [] : [name],
    ),
  };
}

/** A verification without a domain's id looks at DNS alone, and needs no key. */
function asksNylas({ type, inputs }: State): boolean {
  return kindOfToken(type) !== "DomainVerification" || inputs["domainId"] !== undefined;
}

function domainsOf(of: (type: string) => State[]): DeclaredDomain[] {
  const domains = new Map<string, DeclaredDomain>();
  const at = (state: State): DeclaredDomain => {
    const address = nameIn(state.outputs["domainName"]) ?? nameIn(state.inputs["domainName"]) ?? "";
    const known = domains.get(address) ?? {
      address,
      id: undefined,
      records: {},
      publishedBy: undefined,
      purposes: undefined,
      status: undefined,
      expiresAt: undefined,
    };
    domains.set(address, known);
    return known;
  };
  for (const state of of("Domain")) at(state).id = state.id;
  for (const state of of("DomainRecords")) {
    const domain = at(state);
    domain.records = recordsIn(state.outputs["records"]);
    const { expiresAt } = state.outputs;
    domain.expiresAt = typeof expiresAt === "number" ? expiresAt : undefined;
  }
  for (const state of of("DomainVerification")) {
    // It guards the records at one of two places, and verifies nothing.
    if (state.inputs["guardOnly"] === true) continue;
    const domain = at(state);
    // These are the newer ones: what is published, the DMARC record among it.
    domain.records = { ...domain.records, ...recordsIn(state.inputs["records"]) };
    domain.publishedBy = asText(state.inputs["publishedBy"]);
    domain.status = asText(state.outputs["status"]);
    const purposes = asList(state.inputs["purposes"]).filter((each) => typeof each === "string");
    domain.purposes = purposes.length > 0 ? purposes : undefined;
  }
  return [...domains.values()].filter(({ address }) => address !== "");
}

/** What stands in the state by slot; a record that is a secret there, or of another form, is none to compare with. */
function recordsIn(value: unknown): Partial<RecordSlots> {
  return Object.fromEntries(
    Object.entries(asObject(value) ?? {}).filter(([, record]) => {
      const { type, name, value: text } = asObject(record) ?? {};
      return (type === "TXT" || type === "MX") && typeof name === "string" && typeof text === "string";
    }),
  ) as Partial<RecordSlots>;
}

function tenantsOf(resources: State[], own: State[]): DeclaredTenant[] {
  const parents = new Map(resources.map(({ urn, parent }) => [urn, parent]));
  const within = (urn: string, ancestor: string): boolean => {
    for (let at = parents.get(urn); at !== undefined; at = parents.get(at)) if (at === ancestor) return true;
    return false;
  };
  return resources
    .filter(({ type }) => componentOfToken(type) === "Tenant")
    .flatMap(({ urn, outputs }) => {
      const children = own.filter((state) => within(state.urn, urn));
      if (children.length === 0) return [];
      const domain = children.find(({ type }) => kindOfToken(type) === "Domain");
      return [
        {
          name: urn.split("::").at(-1)!,
          accountsOn: asText(outputs["accountsOn"]) ?? "",
          domain: nameIn(domain?.inputs["domainName"]),
          status: asText(outputs["status"]) ?? "",
        },
      ];
    });
}

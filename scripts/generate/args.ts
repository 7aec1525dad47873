/** Writes the TypeScript types of arguments that belong to no class of a kind: of components, adapters and look-ups. */
import { type LookupTable } from "../../provider/core/propertyTable";
import { type PropertyTable, type TypeName } from "../../provider/core/types";
import {
  agentDomainComponent,
  givenRecordProperties,
} from "../../provider/properties/components/agentDomain";
import {
  cloudflareDnsProperties,
  route53DnsProperties,
  zoneFileProperties,
} from "../../provider/properties/components/dns";
import {
  tenantAccountProperties,
  tenantApiKeyProperties,
  tenantComponent,
  tenantTrialProperties,
} from "../../provider/properties/components/tenant";
import { LOOKUPS } from "../../provider/properties/lookups";
import { comment, Imports, members, value } from "./classes";

/** An interface, and what it has from others. */
interface Arguments {
  name: string;
  text: string;
  properties: PropertyTable;
  extends?: TypeName;
  /** Members that no table has. */
  more?: string;
}

const CONNECTION = (key: string) =>
  `${comment(`Another set of credentials: \`"eu"\` reads \`nylas-eu:${key}\`. Default: \`nylas:…\`.`)}connection?: pulumi.Input<string>;`;

/** The files by their path in the repository. */
export function argumentFiles(): [string, string][] {
  return [
    file("components/agentDomainArgs.ts", "components/agentDomain.ts", [
      {
        name: "AgentDomainArgs",
        text: "Arguments of `AgentDomain`.",
        properties: agentDomainComponent.properties,
        more: `${comment(agentDomainComponent.adopt!.text)}adopt?: pulumi.Input<boolean | string>;\n${CONNECTION("organizationKey")}`,
      },
      {
        name: "GivenRecord",
        text: "A record as it is read off a page.",
        properties: givenRecordProperties,
      },
      `${comment('Records as they are read off a page: `{ mx: { host: "@", value: "10 inbound.example.net" } }`.')}export type GivenRecords = { readonly [S in Slot]?: GivenRecord };`,
    ]),
    file("components/tenantArgs.ts", "components/tenant.ts", [
      {
        name: "TenantArgs",
        text: "Arguments of `Tenant`.",
        properties: tenantComponent.properties,
        more: CONNECTION("apiKey"),
      },
      {
        name: "TenantTrial",
        text: "The trial domain of a tenant, where its name alone does not say enough.",
        properties: tenantTrialProperties,
      },
      {
        name: "TenantAccountArgs",
        text: "An account of a tenant. Its address comes from its alias, its workspace is the tenant's.",
        extends: {
          text: 'Omit<AgentAccountArgs, "email" | "workspaceId" | "connection">',
          imports: { AgentAccountArgs: "classes/account" },
        },
        properties: tenantAccountProperties,
      },
      {
        name: "TenantApiKeyArgs",
        text: "The key of a tenant: a principal bound to its workspace, and an API key of that.",
        extends: {
          text: 'Pick<NylasApiKeyArgs, "expiresAt" | "enabled" | "rotateWhenChanged">',
          imports: { NylasApiKeyArgs: "classes/apiKey" },
        },
        properties: tenantApiKeyProperties,
      },
    ]),
    file("dns/adapters/dnsArgs.ts", "components/dns.ts", [
      {
        name: "CloudflareDnsArgs",
        text: "Arguments of `cloudflareDns`.",
        properties: cloudflareDnsProperties,
      },
      { name: "Route53DnsArgs", text: "Arguments of `route53Dns`.", properties: route53DnsProperties },
      { name: "ZoneFileArgs", text: "Arguments of `zoneFile`.", properties: zoneFileProperties },
    ]),
    file("classes/lookupTypes.ts", "lookups.ts", lookupTypes),
  ];
}

function file(
  target: string,
  table: string,
  parts: (Arguments | string)[] | ((imports: Imports) => string[]),
): [string, string] {
  const imports = new Imports(target.slice(0, target.lastIndexOf("/")));
  const body =
    typeof parts === "function"
      ? parts(imports)
      : parts.map((part) => (typeof part === "string" ? part : interfaceOf(part, imports)));
  const text = body.join("\n\n");
  if (/\bSlot\b/.test(text)) imports.add("type Slot", "dns/layout");
  return [
    `provider/${target}`,
    `// Made by \`npm run generate\` from provider/properties/${table}. Edit that file.\n${imports.text(/\bpulumi\./.test(text))}\n\n${text}\n`,
  ];
}

function interfaceOf(
  { name, text, properties, extends: from, more = "" }: Arguments,
  imports: Imports,
): string {
  const base = from === undefined ? "" : ` extends ${imports.type(from)}`;
  return `${comment(text)}export interface ${name}${base} {\n${members(properties, imports)}\n${more}\n}`;
}

function lookupTypes(imports: Imports): string[] {
  const common = `${comment("What every look-up takes.")}export interface LookupArgs {
    ${comment('Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`.')}connection?: string;
  }`;
  const results = new Map(
    Object.values(LOOKUPS).map((lookup) => [lookup.result.name, resultOf(lookup, imports)]),
  );
  return [
    common,
    ...Object.entries(LOOKUPS).map(([name, lookup]) => lookupArgs(name, lookup, imports)),
    ...results.values(),
  ].filter((part) => part !== "");
}

function lookupArgs(name: string, { inputs, exactlyOne }: LookupTable, imports: Imports): string {
  const names = Object.keys(inputs);
  if (names.length === 0) return "";
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Args`;
  const plain = (property: string) =>
    property === "isDefault" && exactlyOne ? "true" : value(inputs[property]!.type.shape, imports);
  if (!exactlyOne) {
    const lines = names.map(
      (each) => `${comment(inputs[each]!.text)}${each}${inputs[each]!.required ? "" : "?"}: ${plain(each)};`,
    );
    return `export interface ${type} extends LookupArgs {\n${lines.join("\n")}\n}`;
  }
  const forms = names.map((each) => {
    const others = names.filter((other) => other !== each).map((other) => `${other}?: never`);
    return `{ ${comment(inputs[each]!.text)}${[`${each}: ${plain(each)}`, ...others].join("; ")} }`;
  });
  return `${comment(`Exactly one of ${names.map((each) => `\`${each}\``).join(", ")}.`)}export type ${type} = LookupArgs & (${forms.join(" | ")});`;
}

function resultOf({ result, outputs }: LookupTable, imports: Imports): string {
  const lines = Object.entries(outputs).map(
    ([name, { type, text }]) => `${comment(text)}${name}: ${imports.type(type)};`,
  );
  return `${comment(result.text)}export interface ${result.name} {\n${lines.join("\n")}\n}`;
}

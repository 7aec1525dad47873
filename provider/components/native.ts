/** The components as the native plugin makes them for programs in other languages. */
import * as pulumi from "@pulumi/pulumi";
import { AgentAccount } from "../classes/native/account";
import { NylasApiKey } from "../classes/native/apiKey";
import { NylasDomain } from "../classes/native/domain";
import { NylasDomainRecords } from "../classes/native/domainRecords";
import { NylasDomainVerification } from "../classes/native/domainVerification";
import { NylasList } from "../classes/native/list";
import { NylasPolicy } from "../classes/native/policy";
import { NylasPrincipal } from "../classes/native/principal";
import { NylasRule } from "../classes/native/rule";
import { NylasSmokeTest } from "../classes/native/smokeTest";
import { NylasWorkspace } from "../classes/native/workspace";
import { adapterOf, type DnsData, inputError } from "../dns/adapters/fromData";
import { isArgumentError } from "../hosts/dynamic/runError";
import { dynamicComponentToken, nativeToken } from "../hosts/dynamic/tokens";
import { AgentDomain } from "./agentDomain";
import { type AgentDomainArgs } from "./agentDomainArgs";
import { type Form, opened } from "./given";
import { referredDomain } from "./referredDomain";
import { type Kinds, servedBy } from "./served";
import { Tenant } from "./tenant";
import { type TenantArgs } from "./tenantArgs";

// Each has the arguments and outputs of the class for dynamic resources.
const NATIVE = {
  token: nativeToken,
  // The same component, as a Node program of dynamic resources declares it.
  formerToken: dynamicComponentToken,
  Account: AgentAccount,
  ApiKey: NylasApiKey,
  Domain: NylasDomain,
  DomainRecords: NylasDomainRecords,
  DomainVerification: NylasDomainVerification,
  List: NylasList,
  Policy: NylasPolicy,
  Principal: NylasPrincipal,
  Rule: NylasRule,
  SmokeTest: NylasSmokeTest,
  Workspace: NylasWorkspace,
} satisfies Record<keyof Kinds, unknown> as unknown as Kinds;

class NativeAgentDomain extends AgentDomain {}
class NativeTenant extends Tenant {}
servedBy(NativeAgentDomain, NATIVE);
servedBy(NativeTenant, NATIVE);

const DNS: Form = {
  cloudflare: { zoneName: "plain", nameSuffix: "plain", adopt: "plain" },
  route53: { zoneName: "plain", nameSuffix: "plain", adopt: "plain", existing: ["later"] },
  zoneFile: "plain",
};

const OF_DOMAIN = {
  dmarc: "plain",
  hosts: "plain",
  known: "plain",
  records: "plain",
  allowApex: "plain",
} as const;

const AGENT_DOMAIN: Form = { ...OF_DOMAIN, domainName: "plain", dns: DNS };

const TENANT: Form = {
  domainName: "plain",
  dns: DNS,
  domainArgs: OF_DOMAIN,
  trial: "plain",
  accountsOn: "plain",
  accounts: { "*": { onTrial: "plain" } },
  policy: {},
  lists: { "*": {} },
  rules: { "*": { conditions: [{ inList: ["later"] }] } },
  ruleIds: ["later"],
  workspace: {},
  sending: "plain",
  apiKey: {},
  smokeTest: "plain",
};

/** What a program sees of a component. */
interface Made {
  component: pulumi.ComponentResource;
  outputs: pulumi.Inputs;
}

type Make = (name: string, inputs: pulumi.Inputs, options: pulumi.ComponentResourceOptions) => Promise<Made>;

const COMPONENTS: Readonly<Record<string, Make>> = {
  async AgentDomain(name, { addressesFor, ...inputs }, options) {
    const { dns, ...args } = (await opened(AGENT_DOMAIN, inputs, "")) as { dns?: DnsData };
    const component = new NativeAgentDomain(
      name,
      { ...args, ...(dns && { dns: adapterOf(dns, "dns") }) } as AgentDomainArgs,
      options,
    );
    const addresses = pulumi
      .output(addressesFor as pulumi.Input<string[] | undefined>)
      .apply((aliases = []) =>
        pulumi.all(Object.fromEntries(aliases.map((alias) => [alias, component.mailbox(alias)]))),
      );
    const { domainName, domainId, records, status, dnsInstructions } = component;
    return { component, outputs: { domainName, domainId, records, status, dnsInstructions, addresses } };
  },

  async Tenant(name, { domain, ...inputs }, options) {
    const { dns, ...args } = (await opened(TENANT, inputs, "")) as { dns?: DnsData };
    const component = new NativeTenant(
      name,
      {
        ...args,
        ...(domain !== undefined && { domain: await domainOf(domain) }),
        ...(dns && { dns: adapterOf(dns, "dns") }),
      } as TenantArgs,
      options,
    );
    const { addresses, grantIds, workspaceId, accountsOn, sending, status, dnsInstructions, apiKey } =
      component;
    return {
      component,
      outputs: { addresses, grantIds, workspaceId, accountsOn, sending, status, dnsInstructions, apiKey },
    };
  },
};

/** Makes a component for a program in another language. */
export async function construct(
  kind: string,
  name: string,
  inputs: pulumi.Inputs,
  options: pulumi.ComponentResourceOptions,
): Promise<{ urn: pulumi.Input<string>; state: pulumi.Inputs }> {
  try {
    const { component, outputs } = await COMPONENTS[kind]!(name, inputs, options);
    return { urn: component.urn, state: outputs };
  } catch (error) {
    throw isArgumentError(error) ? inputError(error.property, error.reason) : error;
  }
}

/** The SDK shows a reference to a component of another process as its URN. */
async function domainOf(given: unknown): Promise<AgentDomain> {
  const urn = await opened("plain", given, "domain");
  if (typeof urn !== "string" || !urn.startsWith("urn:pulumi:"))
    throw inputError("domain", "has to be an AgentDomain that the program declares");
  return referredDomain(urn);
}

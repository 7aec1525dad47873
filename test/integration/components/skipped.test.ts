import { strict as assert } from "node:assert";
import * as pulumi from "@pulumi/pulumi";
import type * as Nylas from "pulumi-nylas";
import type { DnsAdapter } from "pulumi-nylas";
import type * as Cloudflare from "pulumi-nylas/cloudflare";
import type * as Route53 from "pulumi-nylas/route53";

/** The mocks that Pulumi documents know of no output; those that know nothing leave the inputs out as well. */
const MOCKS: Record<string, pulumi.runtime.Mocks> = {
  "the documented mocks": {
    newResource: ({ name, inputs }) => ({
      id: `${name}-id`,
      state: inputs as Record<string, unknown>,
    }),
    call: ({ inputs }) => inputs as Record<string, unknown>,
  },
  "mocks that return nothing": {
    newResource: () => ({ id: undefined, state: {} }),
    call: () => ({}),
  },
  "mocks that answer with an empty id and half of the records": {
    newResource: ({ type, inputs }) => ({
      id: "",
      state: type.endsWith("DomainRecords")
        ? { ...(inputs as object), records: { mx: { type: "MX", name: "agents.example.com" } } }
        : (inputs as Record<string, unknown>),
    }),
    call: () => ({}),
  },
};

const GIVEN = {
  ownership: { value: "nylas-ownership-verify=abc" },
  spf: { value: "v=spf1 include:example.net ~all" },
  mx: { value: "10 inbound.example.net" },
  dkim: { host: "k._domainkey", value: "v=DKIM1; p=abc" },
  feedback: { host: "feedback", value: "10 feedback.example.net" },
};

describe("finding 4: what has no value is unknown, never a TypeError", () => {
  let nylas: typeof Nylas;
  let count = 0;
  let adapters: Record<string, () => DnsAdapter>;
  before(async () => {
    nylas = await import("pulumi-nylas");
    const { cloudflareDns } = (await import("pulumi-nylas/cloudflare")) as typeof Cloudflare;
    const { route53Dns } = (await import("pulumi-nylas/route53")) as typeof Route53;
    const skippedZone = () => pulumi.output(undefined as unknown as string);
    adapters = {
      cloudflareDns: () => cloudflareDns({ zoneId: "023e105f4ecef8ad9ca31a8372d0c353" }),
      "cloudflareDns of a zone without an id": () => cloudflareDns({ zoneId: skippedZone() }),
      route53Dns: () => route53Dns({ zoneId: "Z1D633PJN98FT9", existing: [pulumi.output("a=b")] }),
      "route53Dns of a zone without an id": () =>
        route53Dns({ zoneId: skippedZone(), existing: [skippedZone()] }),
      zoneFile: () => nylas.zoneFile(),
    };
  });

  const programs: Record<string, (dns: DnsAdapter, name: string) => pulumi.ComponentResource> = {
    AgentDomain: (dns, name) =>
      new nylas.AgentDomain(name, { domainName: "agents.example.com", dns, dmarc: "v=DMARC1; p=reject" }),
    "AgentDomain with given records": (dns, name) =>
      new nylas.AgentDomain(name, { domainName: "agents.example.com", dns, records: GIVEN }),
    Tenant: (dns, name) =>
      new nylas.Tenant(name, {
        domainName: "agents.example.com",
        dns,
        policy: { limits: { dailySends: 5 } },
        lists: { blocked: { type: "domain", items: ["spam.example"] } },
        rules: { spam: { conditions: [{ field: "from.domain", inList: ["blocked"] }], actions: ["block"] } },
        accounts: { scheduling: { displayName: "Scheduling" } },
        apiKey: { expiresAt: "2031-01-01T00:00:00Z", permissions: ["messages.read"] },
        sending: "paused",
        smokeTest: true,
      }),
    "Tenant on a domain beside it": (dns, name) =>
      new nylas.Tenant(name, {
        domain: new nylas.AgentDomain(name, { domainName: "agents.example.com", dns }),
        accounts: { scheduling: {} },
        sending: "paused",
      }),
  };

  for (const [what, mocks] of Object.entries(MOCKS)) {
    for (const isPreview of [false, true]) {
      it(`under ${what}${isPreview ? " in a preview" : ""}, for every component and adapter`, async () => {
        const registered: { type: string; name: string; inputs: Record<string, unknown> }[] = [];
        const watching: pulumi.runtime.Mocks = {
          ...mocks,
          newResource: (args) => {
            registered.push({ ...args, inputs: args.inputs as Record<string, unknown> });
            return mocks.newResource(args);
          },
        };
        await pulumi.runtime.setMocks(watching, "project", "stack", isPreview);
        for (const [program, declare] of Object.entries(programs)) {
          for (const [adapter, dns] of Object.entries(adapters)) {
            registered.length = 0;
            const component = declare(dns(), `c-${++count}`);
            // Everything an export of it would wait for.
            await settled(component);
            const kinds = registered.map(({ type }) => type.replace(/^.*:/, ""));
            assert.ok(kinds.includes("DomainVerification"), `${program} with ${adapter}: ${kinds.join()}`);
            if (adapter !== "zoneFile")
              assert.ok(
                kinds.some((kind) => /^(DnsRecord|Record)$/.test(kind)),
                kinds.join(),
              );
            assert.doesNotMatch(
              JSON.stringify(registered),
              /undefined|\bNaN\b/,
              `${program} with ${adapter}`,
            );
          }
        }
      });
    }
  }
});

/** Waits until every output of a resource and of its children has settled; an apply that has thrown rejects here. */
async function settled(resource: pulumi.Resource): Promise<void> {
  for (const value of Object.values(resource))
    if (pulumi.Output.isInstance(value))
      await (value as unknown as { promise(): Promise<unknown> }).promise();
  await (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
}

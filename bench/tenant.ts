import { type LoggedRequest, type Simulator, startSimulator } from "nylas-simulator";
import { Stack, type StateResource } from "../test/engine/harness";
import { connection, keys, succeeded } from "../test/engine/scene";
import { type Bench, type Line } from "./report";

/**
 * What one tenant costs. The simulator counts the calls to Nylas and to Cloudflare of its preview, of its creation
 * and of an `up` that changes nothing. The bytes that each type of resource takes in the state are counted too.
 */
export const tenant: Bench = {
  name: "tenant",
  async run(progress) {
    const simulator = await startSimulator();
    const stack = new Stack({ program: program(simulator), env: environment(simulator) });
    const calls = async (operation: "preview" | "up") => {
      simulator.clearRequests();
      succeeded(await stack[operation]());
      return [...simulator.requests];
    };
    try {
      progress("preview");
      const preview = await calls("preview");
      progress("create");
      const create = await calls("up");
      progress("an up that changes nothing");
      const noChange = await calls("up");
      progress("the one type of resource that a tenant does not have");
      stack.setProgram(
        `${program(simulator)}\nnew nylas.NylasDefaultWorkspace("rest", { policyId: policy.id });`,
      );
      succeeded(await stack.up());

      const toNylas = create.filter(({ path }) => path.startsWith("/v3/"));
      const lines: Line[] = [
        { what: "preview of a new tenant", measured: preview.length, unit: "calls", limit: 0 },
        { what: "up that changes nothing", measured: noChange.length, unit: "calls", limit: 0 },
        { what: "create a tenant, at Nylas", measured: toNylas.length, unit: "calls", limit: LIMITS.toNylas },
        {
          what: "create a tenant, at Cloudflare",
          measured: create.length - toNylas.length,
          unit: "calls",
          limit: LIMITS.toCloudflare,
        },
      ];
      const types = typesIn(stack.state());
      for (const { type, provider } of types) {
        lines.push({ what: `__provider of ${type}`, measured: provider, unit: "B", limit: LIMITS.provider });
      }
      for (const { type, entry } of types) {
        lines.push({ what: `state entry of ${type}`, measured: entry, unit: "B", limit: limitOfEntry(type) });
      }
      const counted = count(create);
      return {
        lines,
        notes: {
          "Calls that create a tenant (a domain with its DNS records, a policy, a workspace, two accounts)":
            counted.map(([call, times]) => `${String(times).padStart(3)}  ${call}`),
        },
        details: { types, calls: Object.fromEntries(counted), inOrder: create.map(route) },
      };
    } finally {
      stack.dispose();
      await simulator.close();
    }
  },
};

const LIMITS = {
  /** One for each of the five records of a domain. */
  toCloudflare: 5,
  /**
   * 27 when first measured. Since then each account adds one: its mailbox is asked whether it is there. The list of
   * domains adds one, and so does the workspace that the accounts go into. Accounts that are made at the same time
   * may each look at the domain.
   */
  toNylas: 33,
  provider: 80,
  /** What they took when first measured, and a tenth more: to be noticed when it grows. */
  entry: {
    AgentAccount: 2100,
    DefaultWorkspace: 1600,
    Domain: 1700,
    DomainRecords: 3200,
    // 740 of them are the ids of the five records: they keep the order of deletes whatever a transformation does. 130 are digests of their
    // names: they keep records that cannot be made under other names (F11).
    DomainVerification: 5900,
    Policy: 1450,
    Workspace: 1700,
  } as Record<string, number>,
};

function limitOfEntry(type: string): number {
  const limit = LIMITS.entry[type];
  if (limit === undefined)
    throw new Error(`The state entry of a ${type} has no limit yet: set one in ${__filename}`);
  return limit;
}

function program(simulator: Simulator): string {
  const zone = simulator.zones[0]!;
  return `
    import * as nylas from "pulumi-nylas";
    import { cloudflareDns } from "pulumi-nylas/cloudflare";
    const policy = new nylas.NylasPolicy("outreach", { limits: { dailySends: 50, inboxRetentionDays: 30 } });
    const customer = new nylas.NylasWorkspace("customer", { policyId: policy.id });
    const domain = new nylas.AgentDomain("agents", {
      domainName: "agents.${zone.name}",
      dns: cloudflareDns({ zoneId: "${zone.id}", zoneName: "${zone.name}" }),
    });
    for (const alias of ["scheduling", "support"]) {
      new nylas.AgentAccount(alias, { email: domain.mailbox(alias), displayName: alias, workspaceId: customer.id });
    }`;
}

function environment(simulator: Simulator): Record<string, string> {
  return {
    ...connection(simulator),
    ...keys(simulator),
    CLOUDFLARE_BASE_URL: simulator.cloudflareUrl,
    CLOUDFLARE_API_TOKEN: simulator.keys.cloudflareToken,
  };
}

/** How often each call was made, in the order of the first. */
function count(requests: LoggedRequest[]): [string, number][] {
  const times = new Map<string, number>();
  for (const request of requests) times.set(route(request), (times.get(route(request)) ?? 0) + 1);
  return [...times];
}

/** The call without its ids: `GET /v3/domains/:id`. */
function route({ method, path }: LoggedRequest): string {
  return `${method} ${path.replace(/\/[0-9a-f-]{32,36}(?=\/|$)/g, "/:id")}`;
}

/** Bytes by type, of the largest entry of each: the whole entry, and the provider's text in it. */
function typesIn(state: StateResource[]): { type: string; entry: number; provider: number }[] {
  const ours = "pulumi-nodejs:dynamic/nylas:";
  const types = new Map<string, { type: string; entry: number; provider: number }>();
  for (const resource of state.filter(({ type }) => type.startsWith(ours))) {
    const type = resource.type.slice(ours.length);
    const texts = [resource.inputs, resource.outputs].map((properties) => String(properties?.["__provider"]));
    const known = types.get(type) ?? { type, entry: 0, provider: 0 };
    types.set(type, {
      type,
      entry: Math.max(known.entry, Buffer.byteLength(JSON.stringify(resource))),
      provider: Math.max(known.provider, ...texts.map((text) => Buffer.byteLength(text))),
    });
  }
  return [...types.values()].sort((one, other) => one.type.localeCompare(other.type));
}

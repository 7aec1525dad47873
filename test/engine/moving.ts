import { strict as assert } from "node:assert";
import { Resolver } from "node:dns/promises";
import { type Simulator } from "nylas-simulator";
import { type Stack } from "./harness";
import { useRoute53 } from "./liveDomain";
import { mailbox, openScene } from "./scene";

export const DOMAIN = "agents.example.com";
export const EMAIL = `scheduling@${DOMAIN}`;

/** A program with one domain, published by the adapter, and a mailbox on it. */
export const program = (dns: string, more = "") => `
  import { cloudflareDns } from "pulumi-nylas/cloudflare";
  import { route53Dns } from "pulumi-nylas/route53";
  const domain = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns: ${dns}, ${more} });
  new nylas.AgentAccount("scheduling", { email: domain.mailbox("scheduling"), displayName: "Scheduling" });
  export const status = domain.status;
`;
export const cloudflare = (zoneId: string, more = "") => `cloudflareDns({ zoneId: "${zoneId}"${more} })`;
export const route53 = (zoneId: string) => `route53Dns({ zoneId: "${zoneId}" })`;

export interface Moving {
  sim: Simulator;
  stack: Stack;
  declare(program: string): void;
  /** The zone that the world is delegated to at first. */
  first: string;
}

export async function open(): Promise<Moving> {
  const { sim, stack, declare } = await openScene({ program: "", simulator: { dnsRole: "resolver" } });
  Object.assign(stack.env, {
    CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
    CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
  });
  useRoute53({ sim, stack });
  return { sim, stack, declare, first: sim.zones[0]!.id };
}

/** A second zone of the name; its id in the simulator, and the one that its vendor has for it. */
export function secondZone(sim: Simulator, vendor: "cloudflare" | "route53"): { id: string; at: string } {
  const id = sim.seed({ kind: "zone", name: "example.com", vendor });
  return { id, at: vendor === "cloudflare" ? id : sim.hostedZones.at(-1)!.id };
}

export function delegateTo(sim: Simulator, zone: string): void {
  sim.setDelegation("example.com", sim.state().zones.find(({ id }) => id === zone)!.nameServers);
}

/** How many MX and TXT records a zone holds. */
export function held(sim: Simulator, zone: string): number {
  const { records } = sim.state().zones.find(({ id }) => id === zone)!;
  return records.filter(({ type }) => type === "MX" || type === "TXT").length;
}

/** That mail reaches the domain: the world sees its MX, and Nylas' own check of it still holds. */
export async function assertMailArrives(sim: Simulator): Promise<void> {
  const resolver = new Resolver();
  resolver.setServers([sim.dnsServer]);
  assert.equal((await resolver.resolveMx(DOMAIN)).length, 1, "the world sees the MX");
  assert.ok(mailbox(sim, EMAIL));
}

/** A domain at the simulated Cloudflare or Route 53, and the eyes that see whether mail still arrives on it. */
import { strict as assert } from "node:assert";
import { Resolver } from "node:dns/promises";
import { type Simulator } from "nylas-simulator";
import { openScene, type Scene, type SceneOptions } from "./scene";

export const DOMAIN = "agents.example.com";

/** A scene whose programs find the zone's id in ZONE_ID, and the adapter imported. */
export async function openLiveDomain(
  program: string,
  options: SceneOptions = {},
): Promise<Scene & { zoneId: string }> {
  const scene = await openScene({ ...options, program: "" });
  const { sim, stack } = scene;
  const zoneId = sim.zones.find(({ name }) => name === "example.com")!.id;
  Object.assign(stack.env, {
    CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
    CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
    ZONE_ID: zoneId,
  });
  const declare = (text: string): void => scene.declare(`${IMPORTS}\n${text}`);
  declare(program);
  return { ...scene, declare, zoneId };
}

const IMPORTS = `import { cloudflareDns } from "pulumi-nylas/cloudflare";
const dns = cloudflareDns({ zoneId: process.env.ZONE_ID!, zoneName: "example.com" });`;

/** The DNS records that are there, as `MX agents.example.com`. */
export function zoneOf(sim: Simulator): string[] {
  return sim
    .state()
    .zones.flatMap(({ records }) => records)
    .filter(({ type }) => type === "MX" || type === "TXT")
    .map(({ type, name }) => `${type} ${name}`)
    .sort();
}

/** Whether a mail server that asks the DNS finds the way to Nylas. */
export async function mailArrives(sim: Simulator, domain = DOMAIN): Promise<boolean> {
  const resolver = new Resolver();
  resolver.setServers([sim.dnsServer]);
  return resolver.resolveMx(domain).then(
    (found) => found.some(({ exchange }) => exchange.endsWith("nylas-simulator.test")),
    () => false,
  );
}

/** Asserts that the domain is as it was: registered, and with its five records. */
export async function assertLive(sim: Simulator, why: string, domain = DOMAIN): Promise<void> {
  assert.ok(await mailArrives(sim, domain), `its MX answers: ${why}`);
  const own = zoneOf(sim).filter((record) => record.endsWith(domain));
  assert.equal(own.length, 5, `${own.join(", ")}: ${why}`);
  assert.ok(
    sim.state().domains.some(({ domain_address: address }) => address === domain),
    why,
  );
}

const PURPOSES = ["ownership", "mx", "spf", "dkim", "feedback"];

/** The five records of a domain that the Dashboard has registered, as an argument of AgentDomain. */
export async function pastedRecords(sim: Simulator): Promise<string> {
  const id = sim.seed({ kind: "domain", address: DOMAIN, name: "from the Dashboard" });
  const slots: string[] = [];
  for (const type of PURPOSES) {
    const { host, value } = (await inDashboard(sim, id, "info", type)).attempt.options;
    slots.push(`${type}: { host: ${JSON.stringify(host)}, value: ${JSON.stringify(value)} }`);
  }
  return `records: { ${slots.join(", ")} }`;
}

/** Somebody has each record of the domain checked. */
export async function verifyInDashboard(sim: Simulator): Promise<void> {
  const { id } = sim.state().domains.find((each) => each.domain_address === DOMAIN)!;
  for (const type of PURPOSES) await inDashboard(sim, id, "verify", type);
}

async function inDashboard(
  sim: Simulator,
  domain: string,
  route: "info" | "verify",
  type: string,
): Promise<{ attempt: { options: { host: string; value: string } } }> {
  const options = type === "dkim" ? { options: { key_length: 2048 } } : {};
  const response = await fetch(`${sim.url}/v3/domains/${domain}/${route}`, {
    method: "POST",
    headers: { authorization: `Bearer ${sim.keys.organizationKey}`, "content-type": "application/json" },
    body: JSON.stringify({ type, ...options }),
  });
  return ((await response.json()) as { data: { attempt: { options: { host: string; value: string } } } })
    .data;
}

/** Points the programs of a stack at the simulated Route 53. */
export function useRoute53({ sim, stack }: Pick<Scene, "sim" | "stack">): void {
  Object.assign(stack.env, {
    AWS_ENDPOINT_URL_ROUTE_53: sim.url,
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "any",
    AWS_REGION: "us-east-1",
  });
  stack.setConfig({
    "aws:skipCredentialsValidation": "true",
    "aws:skipRequestingAccountId": "true",
    "aws:skipMetadataApiCheck": "true",
  });
}

/** The same scene, whose programs may use Route 53 as well. */
export function withRoute53<S extends Scene>(scene: S): S & { hostedZone: string } {
  useRoute53(scene);
  const declare = (text: string): void =>
    scene.declare(`import { route53Dns } from "pulumi-nylas/route53";\n${text}`);
  return { ...scene, declare, hostedZone: scene.sim.hostedZones[0]!.id };
}

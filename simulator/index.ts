import { type Control, type ZoneAddress } from "./control/control.js";
import { Controller } from "./control/controller.js";
import { controlRoutes } from "./control/routes.js";
import { ask } from "./dns/client.js";
import { startDnsServer, type DnsServer } from "./dns/server.js";
import { Api } from "./http/api.js";
import { keysByName } from "./keys/keyRing.js";
import { type SimulatorKeys } from "./model/objects.js";
import { FAMILIES } from "./routes/index.js";
import { hostedZoneId } from "./routes/route53.js";
import { type SimulatorOptions } from "./settings/options.js";
import { BadOption } from "./settings/settings.js";

/** A running simulator: a local Nylas, the DNS its domains are verified by, and the API of the DNS vendor. */
export interface Simulator extends Control {
  /** Base of the Nylas API, `http://127.0.0.1:port`. */
  readonly url: string;
  /** The DNS server, `127.0.0.1:port`, UDP and TCP. */
  readonly dnsServer: string;
  /** Base of the Cloudflare API, for `baseURL` of its SDK and CLOUDFLARE_BASE_URL. */
  readonly cloudflareUrl: string;
  /** Region of this API host. */
  readonly region: "us" | "eu";
  /** The keys in force. */
  readonly keys: SimulatorKeys;
  /** The zones that Cloudflare's API shows. */
  readonly zones: ZoneAddress[];
  /** The zones that Route 53's API shows, under its own ids; its endpoint is `url`. */
  readonly hostedZones: ZoneAddress[];
  /** Ids of the applications and organizations the keys belong to. */
  readonly ids: SimulatorIds;
  /** DNS questions that came, newest last. */
  readonly dnsQueries: DnsServer["log"];
  /** Ends both servers; open connections are dropped. */
  close(): Promise<void>;
}

/** Ids of the objects that are there from the start. */
export interface SimulatorIds {
  application: string;
  secondApplication: string;
  otherOrganizationApplication: string;
  organization: string;
  otherOrganization: string;
}

/** Starts a simulator in this process. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  for (const name of ["port", "dnsPort"] as const) {
    const value = options[name] ?? 0;
    if (!Number.isInteger(value) || value < 0 || value > 65_535) {
      throw new BadOption(`${name}: expected a port number from 0 to 65535, got ${JSON.stringify(value)}`);
    }
  }
  // oxlint-disable-next-line prefer-const -- the store needs a way to the DNS server, and that server the store.
  let dns: DnsServer;
  const verifyServer = options.verifyVia === undefined ? undefined : hostAndPort(options.verifyVia);
  const control: Controller = new Controller(options, (store) => {
    store.ask = (name, type) =>
      ask(verifyServer ?? { host: "127.0.0.1", port: dns.port }, name, type, {
        onPort: (port) => {
          dns.ownPorts.add(port);
          return () => dns.ownPorts.delete(port);
        },
      });
  });
  const api = new Api(
    () => control.store,
    () => control.faultRules,
    options.onExchange,
  );
  control.api = api;
  for (const family of FAMILIES) family(api);

  dns = await startDnsServer(
    // A reset brings new zones; the server always looks at the current ones.
    {
      lookup: (name, type) => control.store.zones.lookup(name, type),
      list: () => control.store.zones.list(),
    },
    () => control.store.settings,
    options.dnsPort ?? 0,
  );
  control.dns = dns;
  const dnsServer = `127.0.0.1:${dns.port}`;
  let url = "";
  const addresses = (): object => ({
    url,
    dnsServer,
    cloudflareUrl: `${url}/client/v4`,
    region: control.store.region,
    keys: keysByName(control.store),
    zones: zonesOf(control),
    hostedZones: hostedZonesOf(control),
    ids: idsOf(control),
  });
  controlRoutes(api, control, addresses);
  try {
    url = await api.fastify.listen({ port: options.port ?? 0, host: "127.0.0.1" });
  } catch (error) {
    await dns.close();
    throw error;
  }

  const own = {
    url,
    dnsServer,
    cloudflareUrl: `${url}/client/v4`,
    region: control.store.region,
    async close() {
      await Promise.all([api.fastify.close(), dns.close(), control.store.outgoing.close()]);
    },
  };
  Object.assign(control, own);
  Object.defineProperties(control, {
    keys: { get: () => keysByName(control.store) },
    zones: { get: () => zonesOf(control) },
    hostedZones: { get: () => hostedZonesOf(control) },
    ids: { get: () => idsOf(control) },
    dnsQueries: { get: () => dns.log },
  });
  return control as unknown as Simulator;
}

function zonesOf(control: Controller): ZoneAddress[] {
  return control.store.zones.at("cloudflare").map(({ id, name }) => ({ id, name }));
}

function hostedZonesOf(control: Controller): ZoneAddress[] {
  return control.store.zones.at("route53").map((zone) => ({ id: hostedZoneId(zone), name: zone.name }));
}

function idsOf(control: Controller): SimulatorIds {
  const [application, second, other] = control.store.applications.all();
  const [organization, otherOrganization] = control.store.organizations.all();
  return {
    application: application!.id,
    secondApplication: second!.id,
    otherOrganizationApplication: other!.id,
    organization: organization!.id,
    otherOrganization: otherOrganization!.id,
  };
}

function hostAndPort(text: string): { host: string; port: number } {
  const match = /^(.+):(\d+)$/.exec(text);
  if (!match) throw new BadOption(`verifyVia: expected host:port, got ${JSON.stringify(text)}`);
  return { host: match[1]!, port: Number(match[2]) };
}

export {
  type Control,
  type NewMail,
  type NewMessage,
  type NewRecord,
  type ZoneAddress,
} from "./control/control.js";
export { type DnsAnswer } from "./dns/client.js";
export { type Dialect } from "./http/errors.js";
export { type Fault, type FaultRule } from "./http/faults.js";
export { type LoggedRequest } from "./model/exchange.js";
export { type ApplicationName, type ObjectKind } from "./model/lookup.js";
export {
  type CloudflareRecord,
  type Credential,
  type Domain,
  type Folder,
  type Grant,
  type List,
  type LostMail,
  type Message,
  type Policy,
  type Principal,
  type ResourceBinding,
  type Rule,
  type RuleEvaluation,
  type SimulatorKeys,
  type Webhook,
  type WebhookDelivery,
  type Workspace,
} from "./model/objects.js";
export { type Limits } from "./model/plans.js";
export { type SimulatorState } from "./model/state.js";
export { type SeedObject } from "./seeding/objects.js";
export { type Exchange, type SimulatorOptions } from "./settings/options.js";
export { READINGS, type Point, type Reading, type ReadingName } from "./settings/points.js";
export { profileNames, readProfile } from "./settings/profiles.js";
export {
  BadOption,
  DEFAULT_SETTINGS,
  profileSchema,
  type Profile,
  type Settings,
  type VerificationType,
} from "./settings/settings.js";

import { type Profile, type Settings } from "./settings.js";

/** Everything that is chosen once, when the simulator starts. */
export interface SimulatorOptions extends Partial<Settings> {
  /** A set of settings to begin with: the name of a profile of this package, a file, or the profile itself. Default: none. */
  profile?: string | Profile;
  /** TCP port of the HTTP server on 127.0.0.1; 0 (default) takes a free one. */
  port?: number;
  /** Port of the DNS server on 127.0.0.1, UDP and TCP alike; 0 (default) takes a free one. */
  dnsPort?: number;
  /** All ids, keys and tokens follow from it. Default "1". */
  seed?: string | number;
  /** Region of this API host. Default "us". */
  region?: "us" | "eu";
  /** Zones the Cloudflare account holds. Default ["example.com"]. */
  zones?: string[];
  /** Branded domains the organization owns from the start. Default ["acme.nylas.email"]. */
  trialDomains?: string[];
  /** Whether applications have a default workspace (old ones may lack it). Default true. */
  defaultWorkspace?: boolean;
  /** Environment the applications state. Default "production". */
  environment?: "production" | "staging" | "sandbox";
  /** Seconds by which the simulator's clock differs from this machine's. Default 0. */
  clockOffsetSeconds?: number;
  /** "127.0.0.1:port" of the DNS server that verification asks. Default: the simulator's own. */
  verifyVia?: string;
  /** Told each call and its whole answer, secrets included, before the answer goes out; only in a program. Default: nobody. */
  onExchange?: (exchange: Exchange) => void;
}

/** One call and its answer as they stood on the wire, for who compares them with something. Keys and passwords stand in the bodies. */
export interface Exchange {
  method: string;
  path: string;
  query: string;
  /** Media type of the request, or null without one. */
  requestType: string | null;
  /** The parsed body; undefined where none was sent, or none that is JSON. */
  requestBody: unknown;
  status: number;
  /** Media type of the answer. */
  answerType: string;
  /** The parsed body; undefined where it is not JSON. */
  answerBody: unknown;
}

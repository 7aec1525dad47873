/** What a seed stands for: a world, and what people do in it one after the other. Plain data, so that it can be shown and replayed. */
import { type Simulator } from "nylas-simulator";
import { type Program } from "./program";

export type FaultRule = Parameters<Simulator["addFault"]>[0];

/** A permission to lose exactly one thing. The object is a name, an address, or `$id:NAME` for the id of a workspace. */
export interface Word {
  kind: "account" | "domain" | "workspace";
  object: string;
}

export interface Flags {
  continueOnError?: boolean;
  skipPreview?: boolean;
  /** Suffixes of URNs: `AgentAccount::team/a`; resolved when it runs. */
  targets?: string[];
  excludes?: string[];
  targetDependents?: boolean;
  excludeProtected?: boolean;
  refresh?: boolean;
  runProgram?: boolean;
}

/** Words and settings of one run. */
export interface Run {
  stack: string;
  flags: Flags;
  /** NYLAS_FORCE_DESTROY of this run. */
  words?: Word[];
  /** `nylas:forceDestroy` as it stands in the stack's file when this runs. */
  configWords?: Word[];
  /** Other configuration of the stack. */
  config?: Record<string, string>;
}

export type Step =
  | ({ do: "up"; program: Program } & Run)
  | ({ do: "destroy"; program?: Program } & Run)
  | ({ do: "refresh" } & Run)
  /** Mail comes in: so many messages to an address, or to every account there is. */
  | { do: "mail"; to: string | "everybody"; count: number; ageDays?: number }
  /** Another tool makes an account. */
  | { do: "account"; email: string; application: "first" | "second"; mail: number; workspace?: string }
  /** A record of somebody else's. */
  | { do: "record"; zone: string; type: "MX" | "A" | "TXT"; name: string; content: string; priority?: number }
  /** Whoever runs the DNS publishes what the stack asks for. */
  | { do: "publish"; stack: string; domain: string }
  | { do: "fault"; fault: FaultRule }
  | { do: "clearFaults" }
  | { do: "dns"; mode: "answer" | "refused" | "servfail" }
  /** Somebody attaches a blocking rule to the default workspace in the Dashboard. */
  | { do: "standingRule" }
  | { do: "export"; stack: string }
  | { do: "importOlder"; stack: string }
  | { do: "renameStack"; from: string; to: string }
  | { do: "move"; from: string; to: string; names: string[] }
  /** `state delete`, `state rename`, `state unprotect`; of a resource by the end of its URN. */
  | { do: "forget"; stack: string; resource: string }
  | { do: "renameInState"; stack: string; resource: string; to: string }
  | { do: "unprotect"; stack: string }
  /** `pulumi-nylas import` and `pulumi import --file`. */
  | { do: "import"; stack: string; vendor?: "cloudflare" | "route53" }
  /** A service calls `onboardTenant`; only where the real engine runs. */
  | { do: "onboard"; tenant: string; domain: string; alias: string; args: Onboarding };

export interface Onboarding {
  dns: "cloudflare" | "zoneFile";
  zone?: string;
  sending?: "paused";
  rules?: boolean;
  policy?: Record<string, unknown>;
}

export interface Scenario {
  seed: number;
  /** The kind of trouble it was drawn near to. */
  theme: string;
  /** Whether it needs the real engine. */
  engineOnly: boolean;
  steps: Step[];
  /** Addresses that must be there in the end: nothing that goes wrong in it concerns their tenants. */
  served: string[];
}

export const ZONES = ["example.com", "sub.example.com", "example.org"];

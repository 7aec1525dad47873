/** What a seed's steps are done with: the model over the plugin process, or the real engine. */
import { type Simulator } from "nylas-simulator";
import { type Entry } from "./engineModel/state";
import { type Program } from "./program";
import { type Flags, type Onboarding } from "./scenario";

/** One run of `pulumi up`, `destroy` or `refresh`, with words and settings as texts. */
export interface Command {
  stack: string;
  flags: Flags;
  /** NYLAS_FORCE_DESTROY. */
  environmentWords: string | undefined;
  /** The stack's whole configuration. */
  config: Record<string, string>;
  /** Whether an `up` is previewed. Where nobody has a mailbox yet, a preview has nothing to show that a gate could stop. */
  hasPreview: boolean;
}

export interface Done {
  ok: boolean;
  /** Whether the program ran, and so the configuration of now counted. */
  programRan: boolean;
  /** Reviews the preview: whether one of the gates stops it. Undefined where there was no preview. */
  review?: () => Promise<boolean>;
  /** What was said, for the report. */
  said: string[];
}

export interface Hands {
  readonly sim: Simulator;
  up(program: Program, command: Command): Promise<Done>;
  /** The program is given where it is to run (`--run-program`). */
  destroy(program: Program | undefined, command: Command): Promise<Done>;
  refresh(command: Command): Promise<Done>;
  /** The stack's resources as an export has them; none where there is no such stack. */
  entries(stack: string): Promise<Entry[]>;
  /** `stack export`, to be imported later. */
  keepExport(stack: string): Promise<void>;
  importKept(stack: string): Promise<Done>;
  renameStack(from: string, to: string): Promise<Done>;
  move(from: string, to: string, urns: string[]): Promise<Done>;
  forget(stack: string, urn: string): Promise<Done>;
  renameInState(stack: string, urn: string, to: string): Promise<Done>;
  unprotectAll(stack: string): Promise<Done>;
  importFleet(stack: string, vendor: "cloudflare" | "route53" | undefined): Promise<Done>;
  onboard?(tenant: string, domain: string, alias: string, args: Onboarding): Promise<Done>;
}

export const GATES = "mail-loss,hand-over,incomplete";

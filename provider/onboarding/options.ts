import type * as automation from "@pulumi/pulumi/automation";
import { type TenantArgs } from "../components/tenantArgs";

/** What {@link onboardTenant} is told beside the domain and the alias. */
export interface OnboardingOptions {
  /**
   * The tenant's name, which its resources and its stack are named by: the same in every call for it. Default: the domain; to be given for a trial domain,
   * which serves all tenants.
   */
  name?: string;
  /** What else a {@link Tenant} takes: `dns` for an own domain, `policy`, more `accounts`, `sending`, `apiKey` and so on. */
  tenant?: Omit<Partial<TenantArgs>, "domain">;
  /** What the account of the alias takes. */
  account?: TenantArgs["accounts"][string];
  /**
   * The folder that Pulumi works in, made where there is none. It has to lie at or below the folder whose `node_modules` has `pulumi-nylas` and
   * `@pulumi/pulumi`, as Pulumi's plugin looks for them from there. Several tenants may share it; other projects may not.
   */
  workDir: string;
  /** The name of the Pulumi project that all tenants' stacks are in. Default: `nylas-tenants`. */
  project?: string;
  /** The name of the stack. Default: the tenant's name. */
  stack?: string;
  /**
   * Environment of Pulumi and of the tenant's program, beside this process's own: keys (`NYLAS_API_KEY`, `CLOUDFLARE_API_TOKEN`), settings
   * (`NYLAS_PROTECT`), the state's place (`PULUMI_BACKEND_URL`), its passphrase (`PULUMI_CONFIG_PASSPHRASE`). Nothing of it is recorded.
   */
  env?: Record<string, string>;
  /** Where secrets of the state are encrypted by a key service: `awskms://…`. Default: what the backend takes. */
  secretsProvider?: string;
  /** The `pulumi` to run. Default: the one on the PATH. */
  pulumiCommand?: automation.PulumiCommand;
  /**
   * Accounts that this call may take out of the tenant, by alias (`"scheduling@trial"` for one on the trial domain that stayed). Without it, a call that
   * leaves out an account of an earlier one is refused.
   */
  remove?: string[];
  /**
   * What this call may take away from the tenant: the `word` of each thing, as a refusal or {@link onboardTenantPlan}
   * gives it. Default: nothing. A word is of one change to one object. So one that is left in the code allows nothing
   * later; it is then named in a warning.
   */
  allow?: string[];
  /** Hears how it goes. What it throws ends nothing. */
  onProgress?: (event: OnboardingEvent) => void;
  /** Ends it early, as Ctrl-C does: what is under way is finished and recorded, and the next call goes on. */
  signal?: AbortSignal;
}

/** How it goes. */
export type OnboardingEvent =
  | { kind: "step"; step: "check" | "open" | "plan" | "apply" | "done"; message: string }
  | {
      kind: "resource";
      /** As in `AgentAccount`. */
      type: string;
      name: string;
      /** The engine's word: create, update, delete, … */
      operation: string;
      state: "begun" | "done" | "failed";
    }
  | { kind: "message"; severity: "info" | "warning" | "error"; message: string };

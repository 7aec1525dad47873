/**
 * Onboarding from inside a service: `pulumi up` for one tenant, as a function. Loads Pulumi's Automation API, which
 * `pulumi-nylas` itself does not.
 */
import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as automation from "@pulumi/pulumi/automation";
import { Tenant, type TenantArgs } from "../components/tenant";
import { judge, type Plan } from "../components/tenantPlan";
import type { Handover } from "../dns/adapter";
import { isWithin, normaliseName } from "../dns/records";
import { requireArgument, requireArguments } from "../lifecycle/arguments";
import { show } from "../lifecycle/fields";
import { requirePlugin } from "../lifecycle/registration";
import { redact } from "../nylas/secret";

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
   * Environment of Pulumi, beside this process's own: keys (`NYLAS_API_KEY`, `CLOUDFLARE_API_TOKEN`), the state's place (`PULUMI_BACKEND_URL`), its
   * passphrase (`PULUMI_CONFIG_PASSPHRASE`). Nothing of it is recorded.
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
  /** Hears how it goes. What it throws ends nothing. */
  onProgress?: (event: OnboardingEvent) => void;
  /** Ends it early, as Ctrl-C does: what is under way is finished and recorded, and the next call goes on. */
  signal?: AbortSignal;
}

/** How it goes. */
export type OnboardingEvent =
  | { kind: "step"; step: "check" | "open" | "apply" | "done"; message: string }
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

/** What has become of it. */
export type OnboardingResult = OnboardingReady | OnboardingPending;

interface OnboardingOutcome {
  /** The name of the tenant's stack. */
  stack: string;
  /** Of the account, as it is or will be. */
  address: string;
  workspaceId: string;
  /** Whether anything was made, changed or removed. */
  changed: boolean;
  /** The records to hand to whoever publishes them, with `zoneFile`. */
  handover: Handover | undefined;
  /** The tenant's key, where `tenant.apiKey` asks for one. A secret: it is in no event and no error. */
  apiKey: string | undefined;
}

/** The account is there. */
export interface OnboardingReady extends OnboardingOutcome {
  status: "ready";
  grantId: string;
}

/** The domain is not verified yet: publish its records, and call again. */
export interface OnboardingPending extends OnboardingOutcome {
  status: "pending";
  grantId: undefined;
}

/** Why it did not work, and what to do. No key and no password is in it. */
export class OnboardingError extends Error {
  constructor(
    /** Where it ended: nothing was touched before `apply`. */
    readonly step: "check" | "open" | "apply",
    /** What was found, one by one. */
    readonly findings: readonly string[],
    /** What to do. */
    readonly next: string,
  ) {
    super(`${findings.join("\n")}\n${next}`);
    this.name = "OnboardingError";
  }
}

/**
 * Brings one mailbox of one tenant into being, with all that it needs: the domain and its DNS records, verification, workspace, policy, account. The
 * second call changes nothing and gives the same result; one that was interrupted is gone on with by the next.
 *
 * ```ts
 * const result = await onboardTenant("agents.customer-a.com", "scheduling", {
 *   workDir: path.join(__dirname, ".pulumi-work"),
 *   tenant: { dns: cloudflareDns({ zoneId }), policy: { limits: { dailySends: 50 } } },
 *   onProgress: (event) => console.log(event),
 * });
 * if (result.status === "ready") await remember(customer, result.grantId, result.address);
 * ```
 *
 * Each tenant has a stack of its own, so one never stands in another's way, and any of them can be looked at with the ordinary `pulumi` in `workDir`.
 * Two calls for one tenant at the same time: the second one is refused. A domain of `nylas.email` is the trial domain.
 */
export async function onboardTenant(
  domain: string,
  alias: string,
  options: OnboardingOptions,
): Promise<OnboardingResult> {
  const { name, args, plan } = judged(domain, alias, options);
  const secrets = secretsOf(options, args);
  const tell = teller(options.onProgress, secrets);

  tell({ kind: "step", step: "check", message: `the work folder ${options.workDir}` });
  const project = options.project ?? "nylas-tenants";
  checkWorkFolder(options.workDir, project);

  const stackName = options.stack ?? name;
  tell({ kind: "step", step: "open", message: `stack ${stackName} of project ${project}` });
  const program = () => outputsOf(new Tenant(name, args), alias);
  const stack = await open(project, stackName, program, options, secrets);
  refuseRemovals(await recorded(stack, secrets), name, plan, options);

  tell({ kind: "step", step: "apply", message: `tenant ${name}` });
  const run = await apply(stack, tell, options.signal);
  const outputs = await stack.outputs().catch(() => ({}) as automation.OutputMap);
  const valueOf = (key: string): unknown => (outputs[key] as automation.OutputValue | undefined)?.value;
  const outcome: OnboardingOutcome = {
    stack: stackName,
    address: addressOf(plan, alias),
    workspaceId: valueOf("workspaceId") as string,
    changed: run.changed,
    handover: valueOf("handover") as Handover | undefined,
    apiKey: valueOf("apiKey") as string | undefined,
  };
  if (run.error === undefined) {
    tell({ kind: "step", step: "done", message: `${outcome.address} is ready` });
    return { ...outcome, status: "ready", grantId: valueOf("grantId") as string };
  }
  if (valueOf("status") === "pending" && run.failed.every(waitsForDomain) && run.failed.length > 0) {
    tell({ kind: "step", step: "done", message: `${outcome.address} waits for its domain to be verified` });
    return { ...outcome, status: "pending", grantId: undefined };
  }
  throw failed("apply", run.findings, run.error, secrets);
}

interface Judged {
  name: string;
  args: TenantArgs;
  plan: Plan;
}

/** Everything that can be told from the arguments alone. */
function judged(domain: string, alias: string, options: OnboardingOptions): Judged {
  try {
    return judgedArguments(domain, alias, options);
  } catch (error) {
    if (!pulumi.RunError.isInstance(error)) throw error;
    throw new OnboardingError("check", [error.message], "Nothing was touched. Put that right in the call.");
  }
}

function judgedArguments(domain: string, alias: string, options: OnboardingOptions): Judged {
  const what = "onboardTenant";
  for (const [property, value, example] of [
    ["its domain", domain, '"agents.customer-a.com"'],
    ["its alias", alias, '"scheduling"'],
  ] as const) {
    requireArgument(what, property, value, {
      fits: (given) => typeof given === "string" && given !== "",
      allowed: "a text",
      example,
    });
  }
  requireArguments(`${what}: its options`, options, '{ workDir: ".pulumi-work" }', OPTIONS);
  requireArgument(what, "workDir", options.workDir, {
    fits: (given) => typeof given === "string" && given !== "" && !given.includes("\0"),
    allowed: "the path of a folder",
    example: '".pulumi-work"',
  });
  const onTrial = isWithin(normaliseName(domain), "nylas.email");
  if (onTrial && options.name === undefined) {
    throw new pulumi.RunError(
      `${what}: name: is missing, and ${show(domain)} is a trial domain, which serves all tenants; for example name: "customer-a"`,
    );
  }
  const { tenant = {}, account = {} } = options;
  const taken = (["domainName", "domain"] as const).find((key) => key in tenant);
  if (taken !== undefined && !onTrial)
    throw new pulumi.RunError(`${what}: tenant.${taken}: is the first argument of onboardTenant already`);
  if (tenant.accounts && Object.hasOwn(tenant.accounts, alias))
    throw new pulumi.RunError(`${what}: tenant.accounts.${alias}: goes into account, which is of that alias`);
  const name = options.name ?? normaliseName(domain);
  const args: TenantArgs = {
    ...tenant,
    ...(onTrial ? (tenant.trial === undefined ? { trial: domain } : {}) : { domainName: domain }),
    accounts: { ...tenant.accounts, [alias]: account },
  };
  return { name, args, plan: judge(name, args) };
}

const OPTIONS = [
  "name",
  "tenant",
  "account",
  "workDir",
  "project",
  "stack",
  "env",
  "secretsProvider",
  "pulumiCommand",
  "remove",
  "onProgress",
  "signal",
] as const satisfies readonly (keyof OnboardingOptions)[];

/** What would fail late, or in a place that nobody looks at, is found here. */
function checkWorkFolder(workDir: string, project: string): void {
  const folder = path.resolve(workDir);
  const wrong = (finding: string, next: string) =>
    new OnboardingError("check", [`workDir ${folder}: ${finding}`], next);
  try {
    mkdirSync(folder, { recursive: true });
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: "ENOTDIR" });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw wrong(
      `cannot be used (${(error as NodeJS.ErrnoException).code})`,
      "Name a folder that this process can make and write to, such as one below your service's own.",
    );
  }
  const below =
    "Choose a folder at or below the one whose package.json has both, such as .pulumi-work beside it.";
  try {
    requirePlugin(folder);
    createRequire(path.join(folder, "index.js")).resolve("@pulumi/pulumi/package.json");
  } catch (error) {
    const finding = pulumi.RunError.isInstance(error)
      ? error.message
      : "@pulumi/pulumi cannot be found from there";
    throw wrong(finding, below);
  }
  const file = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"]
    .map((each) => path.join(folder, each))
    .find(existsSync);
  if (file === undefined) return;
  const named = /^\s*"?name"?:\s*"?([\w.-]+)"?/m.exec(readFileSync(file, "utf8"))?.[1];
  if (named !== project) {
    throw wrong(
      `${path.basename(file)} there is of the project ${show(named ?? "")}, and not of ${show(project)}`,
      "Give onboarding a folder of its own, or say which project it is: project.",
    );
  }
}

async function open(
  projectName: string,
  stackName: string,
  program: automation.PulumiFn,
  options: OnboardingOptions,
  secrets: string[],
): Promise<automation.Stack> {
  const workDir = path.resolve(options.workDir);
  try {
    return await automation.LocalWorkspace.createOrSelectStack(
      { projectName, stackName, program },
      {
        workDir,
        // The plugin looks for this package from here, whatever folder the service runs in.
        projectSettings: { name: projectName, runtime: "nodejs", main: workDir },
        ...(options.env ? { envVars: options.env } : {}),
        ...(options.secretsProvider ? { secretsProvider: options.secretsProvider } : {}),
        ...(options.pulumiCommand ? { pulumiCommand: options.pulumiCommand } : {}),
      },
    );
  } catch (error) {
    throw failed("open", [], error, secrets);
  }
}

/** A resource of the state, as far as it is looked at. */
interface Entry {
  type: string;
  urn: string;
  delete?: boolean;
}

async function recorded(stack: automation.Stack, secrets: string[]): Promise<Entry[]> {
  try {
    const { deployment } = await stack.exportStack();
    return ((deployment as { resources?: Entry[] } | undefined)?.resources ?? []).filter(
      (entry) => !entry.delete,
    );
  } catch (error) {
    throw failed("open", [], error, secrets);
  }
}

/** A call says what the tenant has from then on: one that forgets an account, or means another tenant, would end mailboxes. */
function refuseRemovals(
  entries: Entry[],
  name: string,
  plan: Plan,
  { remove = [], stack }: OnboardingOptions,
): void {
  const nameOf = ({ urn }: Entry) => urn.split("::").at(-1)!;
  const other = entries.find((entry) => entry.type === "pulumi-nylas:index:Tenant" && nameOf(entry) !== name);
  if (other) {
    throw new OnboardingError(
      "open",
      [`stack ${stack ?? name} is of the tenant ${nameOf(other)}, not of ${name}`],
      "Nothing was changed. Leave stack out, or give each tenant one of its own.",
    );
  }
  const declared = new Set([...plan.inUse, ...plan.staying].map(({ resource }) => resource));
  const left = entries
    .filter(({ type }) => type.endsWith("nylas:AgentAccount"))
    .map((entry) => nameOf(entry))
    .filter((resource) => !declared.has(resource))
    .map((resource) => resource.slice(name.length + 1))
    .filter((part) => !remove.includes(part));
  if (left.length === 0) return;
  const accounts = left.map((part) => `${JSON.stringify(part.replace(/@trial$/, ""))}: {}`);
  throw new OnboardingError(
    "open",
    [`the tenant ${name} has accounts that this call leaves out: ${left.join(", ")}`],
    `Nothing was changed. To keep them, name them: tenant: { accounts: { ${accounts.join(", ")} } }; to end them: remove: ${JSON.stringify(left)}.`,
  );
}

function outputsOf(tenant: Tenant, alias: string): Promise<Record<string, unknown>> {
  return Promise.resolve({
    grantId: tenant.accounts[alias]!.id,
    workspaceId: tenant.workspaceId,
    status: tenant.status,
    handover: tenant.handover,
    apiKey: tenant.apiKey,
  });
}

interface Run {
  changed: boolean;
  /** What each resource that failed said. */
  failed: { type: string; said: string[] }[];
  findings: string[];
  error: unknown;
}

async function apply(
  stack: automation.Stack,
  tell: (event: OnboardingEvent) => void,
  signal: AbortSignal | undefined,
): Promise<Run> {
  const run: Run = { changed: false, failed: [], findings: [], error: undefined };
  const said = new Map<string, string[]>();
  const failedUrns = new Map<string, string>();
  const onEvent = (event: automation.EngineEvent): void => {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent } = event;
    const [metadata, state] = resourcePreEvent
      ? [resourcePreEvent.metadata, "begun" as const]
      : resOutputsEvent
        ? [resOutputsEvent.metadata, "done" as const]
        : [resOpFailedEvent?.metadata, "failed" as const];
    if (metadata && metadata.op !== "same" && metadata.type !== "pulumi:pulumi:Stack") {
      if (state === "done") run.changed = true;
      if (state === "failed") failedUrns.set(metadata.urn, metadata.type);
      const [type, name] = [metadata.type.split(":").at(-1)!, metadata.urn.split("::").at(-1)!];
      tell({ kind: "resource", type, name, operation: metadata.op, state });
    }
    if (!diagnosticEvent) return;
    const { severity, urn } = diagnosticEvent;
    // Colours are marks in the text, as the engine leaves them to whoever shows it.
    const message = diagnosticEvent.message.replace(/<\{%[^%]*%\}>/g, "").trim();
    if (message === "" || message === "update failed") return;
    if (severity === "error") {
      run.findings.push(message);
      if (urn) said.set(urn, [...(said.get(urn) ?? []), message]);
    }
    tell({ kind: "message", severity: severity === "info#err" ? "info" : severity, message });
  };
  try {
    // What goes wrong with one account keeps no other from being made.
    await stack.up({ continueOnError: true, onEvent, ...(signal ? { signal } : {}) });
  } catch (error) {
    run.error = error;
  }
  run.failed = [...failedUrns].map(([urn, type]) => ({ type, said: said.get(urn) ?? [] }));
  return run;
}

/** The account's own word for it, as `AgentAccount` gives it before anything is made. */
function waitsForDomain({ type, said }: Run["failed"][number]): boolean {
  return type.endsWith("nylas:AgentAccount") && said.some((message) => message.includes("domain pending"));
}

function addressOf({ inUse, ownDomain }: Plan, alias: string): string {
  const { email } = inUse.find((account) => account.alias === alias)!;
  return `${email.alias}@${email.domainName ?? ownDomain}`;
}

/** What Pulumi itself says when something around it is missing, and the way out. */
const WAYS_OUT: [RegExp, string][] = [
  [
    /spawn \S*pulumi\S* ENOENT|pulumi: (command )?not found/,
    "There is no pulumi on the PATH of this process: install it (https://www.pulumi.com/docs/install/), or give pulumiCommand.",
  ],
  [
    /passphrase must be set|PULUMI_CONFIG_PASSPHRASE/,
    "Set PULUMI_CONFIG_PASSPHRASE in this process's environment or in env, or name a key service: secretsProvider.",
  ],
  [/incorrect passphrase/, "Set the PULUMI_CONFIG_PASSPHRASE that this stack was made with."],
  [
    /PULUMI_ACCESS_TOKEN|not logged in|pulumi login/i,
    'Set PULUMI_ACCESS_TOKEN, or say where the state is kept: env: { PULUMI_BACKEND_URL: "s3://…" }.',
  ],
  [
    /currently locked|another update is currently in progress|conflict.*update/is,
    "Another run works on this tenant: wait for it and call again. If it was killed: pulumi cancel in workDir, and then call again.",
  ],
  [
    /no resource plugin '?pulumi-resource-/,
    "Install the plugin that is named there: pulumi plugin install resource NAME VERSION.",
  ],
];

function failed(
  step: OnboardingError["step"],
  findings: string[],
  error: unknown,
  secrets: string[],
): OnboardingError {
  const text = error instanceof Error ? error.message : String(error);
  const clean = (each: string) => redact(each, secrets);
  const locked = error instanceof automation.ConcurrentUpdateError;
  const wayOut = WAYS_OUT.find(
    ([sign], i) => sign.test([...findings, text].join("\n")) || (locked && i === 4),
  );
  const shown = [...new Set(findings.length > 0 ? findings : errorLines(text))];
  return new OnboardingError(
    step,
    shown.map(clean),
    wayOut?.[1] ??
      "Put that right and call again with the same arguments: what is done already is kept, and it goes on from there.",
  );
}

/** The Automation API gives the whole of what was printed, much of it twice. */
function errorLines(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  const errors = lines.flatMap((line) => /^(?:stderr: )?error: (.*)$/.exec(line)?.[1] ?? []);
  return errors.length > 0 ? errors : lines.filter((line) => line !== "").slice(0, 3);
}

function teller(
  listener: OnboardingOptions["onProgress"],
  secrets: string[],
): (event: OnboardingEvent) => void {
  return (event) => {
    try {
      listener?.("message" in event ? { ...event, message: redact(event.message, secrets) } : event);
    } catch {
      // Whoever listens has no part in it.
    }
  };
}

/** What must stand in no event and no error, whoever prints it. */
function secretsOf({ env }: OnboardingOptions, { accounts }: TenantArgs): string[] {
  const names = /KEY|TOKEN|SECRET|PASS|SERVICE_ACCOUNT/i;
  const values = Object.entries({ ...process.env, ...env })
    .filter(([key]) => names.test(key))
    .map(([, value]) => value);
  const passwords = Object.values(accounts).map(({ appPassword }) => appPassword);
  // Short values are words of the language, and would blacken half a sentence.
  return [...values, ...passwords].filter(
    (value): value is string => typeof value === "string" && value.length >= 8,
  );
}

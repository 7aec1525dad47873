/**
 * Onboarding from inside a service: `pulumi up` for one tenant, as a function. Loads Pulumi's Automation API, which
 * `pulumi-nylas` itself does not.
 */
import type * as automation from "@pulumi/pulumi/automation";
import { Tenant } from "../components/tenant";
import { type TenantArgs } from "../components/tenantArgs";
import { type Plan } from "../components/tenantPlan";
import type { DnsInstructions } from "../dns/adapters/adapter";
import { withVariables } from "../hosts/dynamic/programEnvironment";
import { componentOfToken } from "../hosts/dynamic/tokens";
import { redact } from "../nylas/secret";
import { checkWorkFolder, validated } from "./arguments";
import { failed, OnboardingError } from "./failure";
import { kindOf } from "./objects";
import { type DeclaredPasswords, declaredPasswords, keepingPasswords } from "./passwords";
import { changesOf, isUnchanged, notAllowed, type OnboardingChanges, type Recorded } from "./plan";
import { apply, type Entry, openStack, preview, readState, sameOutputs, waitsForDomain } from "./run";
import { type OnboardingOptions, type OnboardingEvent } from "./options";

export { OnboardingError } from "./failure";
export type { OnboardingEvent, OnboardingOptions } from "./options";
export type { OnboardingChanges, TakenAway } from "./plan";

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
  dnsInstructions: DnsInstructions | undefined;
  /** @deprecated The former name of `dnsInstructions`; it goes with the next release. */
  handover: DnsInstructions | undefined;
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

/** What a call would do, before it does it. */
export interface OnboardingPlan extends OnboardingChanges {
  /** The name of the tenant's stack. */
  stack: string;
  /** Of the account, as it is or will be. */
  address: string;
  /** Whether the call would do nothing at all. */
  unchanged: boolean;
}

/**
 * Brings one mailbox of one tenant into being, with all that it needs: the domain and its DNS records, verification, workspace, policy, account. The
 * second call changes nothing and gives the same result; one that was interrupted is gone on with by the next.
 *
 * ```ts
 * const result = await onboardTenant("agents.customer-a.com", "scheduling", {
 *   workDir: path.join(__dirname, ".pulumi-work"),
 *   tenant: { dns: cloudflareDns({ zoneId, zoneName }), policy: { limits: { dailySends: 50 } } },
 *   onProgress: (event) => console.log(event),
 * });
 * if (result.status === "ready") await remember(customer, result.grantId, result.address);
 * ```
 *
 * A call says everything that the tenant has from then on. **It takes nothing away unless you tell it to**. It looks
 * at the engine's preview first, and refuses one that would delete, replace, cut, open or loosen something. That may
 * be a pause, a rule, an item of a list, a policy, a limit, a key, a DNS record, or a mailbox. It also refuses a
 * preview that would turn incoming mail away. It also refuses an update of a property with a secret value, as nobody
 * can see what changes. An `appPassword` is compared with the recorded one instead: another one is refused. The
 * refusal comes with an {@link OnboardingError} that lists each (`takesAway`). To let it go, pass the words of that
 * list in `allow`.
 *
 * Each tenant has a stack of its own, so one never blocks another. You can look at any of them with the ordinary
 * `pulumi` in `workDir`. Two calls for one tenant at the same time: the second one is refused. A domain of
 * `nylas.email` is the trial domain.
 */
export async function onboardTenant(
  domain: string,
  alias: string,
  options: OnboardingOptions,
): Promise<OnboardingResult> {
  const call = begin(domain, alias, options);
  const { tell, secrets, plan, program } = call;
  const { stack, entries } = await open(call);
  assertRemovalsAllowed(entries, call);
  const planned = await lookAhead(call, stack, entries);
  assertTakesNothingAway(planned.changes, call);

  if (isUnchanged(planned.changes)) {
    const recorded = await outputsOf(stack);
    if (sameOutputs(planned.outputs, recorded)) {
      tell({ kind: "step", step: "done", message: `${addressOf(plan, alias)} is ready` });
      return {
        ...outcomeOf(call, recorded, false),
        status: "ready",
        grantId: valueOf(recorded, "grantId") as string,
      };
    }
  }
  tell({ kind: "step", step: "apply", message: `tenant ${call.name}` });
  const run = await apply(stack, program, entries, tell, options.signal);
  if (run.outdated) {
    throw new OnboardingError(
      "apply",
      [`the tenant ${call.name} was changed by another run after this call had looked at it`],
      "Nothing was changed by this call. Call again with the same arguments.",
    );
  }
  const outputs = await outputsOf(stack);
  const outcome = outcomeOf(call, outputs, run.changed);
  if (run.error === undefined) {
    tell({ kind: "step", step: "done", message: `${outcome.address} is ready` });
    return { ...outcome, status: "ready", grantId: valueOf(outputs, "grantId") as string };
  }
  if (valueOf(outputs, "status") === "pending" && run.failed.every(waitsForDomain) && run.failed.length > 0) {
    tell({ kind: "step", step: "done", message: `${outcome.address} waits for its domain to be verified` });
    return { ...outcome, status: "pending", grantId: undefined };
  }
  throw failed("apply", run.findings, run.error, secrets);
}

/**
 * What {@link onboardTenant} would do with the same arguments: what would be made, changed and taken away. Nothing is changed at Nylas or in DNS; the
 * tenant's stack is made where there is none. Takes about as long as a call that changes nothing.
 *
 * ```ts
 * const plan = await onboardTenantPlan(domain, alias, options);
 * if (plan.takesAway.length === 0 || (await confirmed(plan.takesAway)))
 *   await onboardTenant(domain, alias, { ...options, allow: plan.takesAway.map(({ word }) => word) });
 * ```
 */
export async function onboardTenantPlan(
  domain: string,
  alias: string,
  options: OnboardingOptions,
): Promise<OnboardingPlan> {
  const call = begin(domain, alias, options);
  const { stack, entries } = await open(call);
  const { changes } = await lookAhead(call, stack, entries);
  call.tell({ kind: "step", step: "done", message: "this was the plan alone" });
  return {
    ...changes,
    stack: call.stackName,
    address: addressOf(call.plan, alias),
    unchanged: isUnchanged(changes),
  };
}

/** A call, as far as it can be told from its arguments. */
interface Call {
  name: string;
  alias: string;
  plan: Plan;
  stackName: string;
  options: OnboardingOptions;
  program: () => Promise<Record<string, unknown>>;
  secrets: string[];
  tell: (event: OnboardingEvent) => void;
}

function begin(domain: string, alias: string, options: OnboardingOptions): Call {
  const { name, args, plan } = validated(domain, alias, options);
  const secrets = secretsOf(options, args);
  return {
    name,
    alias,
    plan,
    stackName: options.stack ?? name,
    options,
    program: () => withVariables(options.env, () => tenantOutputs(new Tenant(name, args), alias)),
    secrets,
    tell: teller(options.onProgress, secrets),
  };
}

async function open(call: Call): Promise<{ stack: automation.Stack; entries: Entry[] }> {
  const { options, stackName, program, secrets, tell } = call;
  tell({ kind: "step", step: "check", message: `the work folder ${options.workDir}` });
  const project = options.project ?? "nylas-tenants";
  checkWorkFolder(options.workDir, project);
  tell({ kind: "step", step: "open", message: `stack ${stackName} of project ${project}` });
  const stack = await openStack(project, stackName, program, options, secrets);
  const entries = await readState(stack, secrets);
  assertSameTenant(entries, call);
  return { stack, entries };
}

/** What the engine would do, from its preview. */
async function lookAhead(
  { name, plan, program, options, secrets, tell }: Call,
  stack: automation.Stack,
  entries: Entry[],
): Promise<{ changes: OnboardingChanges; outputs: Record<string, unknown> | undefined }> {
  tell({ kind: "step", step: "plan", message: `tenant ${name}` });
  let passwords: DeclaredPasswords = new Map();
  const watched = () => {
    passwords = declaredPasswords(plan);
    return program();
  };
  const { steps, outputs, findings, error } = await preview(stack, watched, tell, options.signal);
  if (error !== undefined) throw failed("plan", findings, error, secrets);
  return { changes: changesOf(steps, recordedIn(entries, passwords)), outputs };
}

/** The outputs of a stack are recorded when its program has come to its end. */
function recordedIn(entries: Entry[], passwords: DeclaredPasswords): Recorded {
  const ended = entries.some(
    ({ type, outputs }) => type === "pulumi:pulumi:Stack" && Object.keys(outputs ?? {}).length > 0,
  );
  return {
    changedAt: new Map(
      entries.flatMap(({ urn, modified }) => (modified === undefined ? [] : [[urn, modified]])),
    ),
    keepsPassword: keepingPasswords(entries, passwords),
    stands: ended && entries.some(({ type }) => kindOf(type) === "AgentAccount"),
  };
}

/** Less than before is a mistake more often than a wish, and nobody sees a preview here. */
function assertTakesNothingAway(
  { takesAway }: OnboardingChanges,
  { name, plan, options, tell, secrets }: Call,
): void {
  const { allow = [], remove = [] } = options;
  // One that the call declares is not left out, and would be replaced.
  const declared = declaredAccounts(plan);
  const removed = new Set(remove.map((part) => `${name}/${part}`).filter((each) => !declared.has(each)));
  const left = notAllowed(takesAway, { allow, removed });
  for (const word of allow.filter((each) => !takesAway.some((taken) => taken.word === each))) {
    const message = `allow: ${word} names nothing that this call takes away. Leave it out.`;
    tell({ kind: "message", severity: "warning", message });
  }
  if (left.length === 0) return;
  const words = left.map(({ word }) => word);
  throw new OnboardingError(
    "plan",
    left.map(({ object, what }) => redact(`${object}: ${what}`, secrets)),
    `Nothing was changed: this call gives the tenant ${name} less than it has, opens something or turns mail away. To keep all as it is, give what the earlier calls gave; to let it go: allow: ${JSON.stringify(words)}.`,
    left,
  );
}

/** A stack is of one tenant: a call that means another one would end mailboxes. */
function assertSameTenant(entries: Entry[], { name, options }: Call): void {
  const other = entries.find(
    (entry) => !entry.delete && componentOfToken(entry.type) === "Tenant" && nameOf(entry) !== name,
  );
  if (!other) return;
  throw new OnboardingError(
    "open",
    [`stack ${options.stack ?? name} is of the tenant ${nameOf(other)}, not of ${name}`],
    "Nothing was changed. Leave stack out, or give each tenant one of its own.",
  );
}

/** A call that forgets an account would end its mailbox; how to name it is known without a preview. */
function assertRemovalsAllowed(
  entries: Entry[],
  { name, plan, options: { remove = [], allow = [] } }: Call,
): void {
  const declared = declaredAccounts(plan);
  const left = entries
    .filter((entry) => !entry.delete && kindOf(entry.type) === "AgentAccount")
    .map((entry) => nameOf(entry))
    .filter((resource) => !declared.has(resource))
    // Whether such a word is of this very mailbox is told by the plan.
    .filter((resource) => !allow.some((word) => word.startsWith(`account:${resource}@`)))
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

function declaredAccounts({ inUse, staying }: Plan): Set<string> {
  return new Set([...inUse, ...staying].map(({ resource }) => resource));
}

function nameOf({ urn }: Entry): string {
  return urn.split("::").at(-1)!;
}

function tenantOutputs(tenant: Tenant, alias: string): Promise<Record<string, unknown>> {
  return Promise.resolve({
    grantId: tenant.accounts[alias]!.id,
    workspaceId: tenant.workspaceId,
    status: tenant.status,
    dnsInstructions: tenant.dnsInstructions,
    apiKey: tenant.apiKey,
  });
}

function outputsOf(stack: automation.Stack): Promise<automation.OutputMap> {
  return stack.outputs().catch(() => ({}));
}

function valueOf(outputs: automation.OutputMap, key: string): unknown {
  return (outputs[key] as automation.OutputValue | undefined)?.value;
}

function outcomeOf(
  { stackName, plan, alias }: Call,
  outputs: automation.OutputMap,
  changed: boolean,
): OnboardingOutcome {
  const dnsInstructions = valueOf(outputs, "dnsInstructions") as DnsInstructions | undefined;
  return {
    stack: stackName,
    address: addressOf(plan, alias),
    workspaceId: valueOf(outputs, "workspaceId") as string,
    changed,
    dnsInstructions,
    handover: dnsInstructions,
    apiKey: valueOf(outputs, "apiKey") as string | undefined,
  };
}

function addressOf({ inUse, ownDomain }: Plan, alias: string): string {
  const { email } = inUse.find((account) => account.alias === alias)!;
  return `${email.alias}@${email.domainName ?? ownDomain}`;
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

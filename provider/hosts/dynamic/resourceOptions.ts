import * as pulumi from "@pulumi/pulumi";
import { show } from "../../core/fields";
import {
  type FinalOptions,
  inherited,
  validatedLast,
  transformsOfProgram,
  watchOptions,
} from "./finalOptions";
import { ignoredProblem } from "../ignoredChanges";
import { runError } from "./runError";
import { kindOfToken } from "./tokens";

/** What becomes of one of Pulumi's resource options on a resource of this package. */
export interface OptionVerdict {
  /** `works`: as Pulumi documents it. `refused`: an error before anything is registered. `limited`: with what the text says. */
  verdict: "works" | "refused" | "limited";
  text: string;
}

/** Every option that the SDK has. A test holds it against the SDK that is installed, and the page on options against this table. */
export const RESOURCE_OPTIONS: Readonly<Record<string, OptionVerdict>> = {
  id: limited(
    "`X.get(name, id)` uses it: the object is looked up, in a preview too, and never written. Refused on `NylasDomainVerification`, " +
      "`NylasDomainRecords`, `NylasDefaultWorkspace` and `NylasSmokeTest`, which have no `get`: the engine would let go of the guard of published records.",
  ),
  parent: works("A move to another parent needs an alias."),
  dependsOn: works("Beside the dependencies that follow from arguments."),
  protect: works("`nylas:protect` sets it on every account and domain."),
  ignoreChanges: limited(
    "Works: what is ignored is neither compared nor sent. Refused for what the guard of published records looks at: `records`, `publishedAt` and " +
      "the domain of `NylasDomainVerification` and `NylasDomainRecords`. For the rules of a paused `Tenant`. And for the words that let mail go " +
      "(`forceDestroy`, `allowMailLoss`): an ignored one would still count after you took it away. `*` names all of them.",
  ),
  aliases: works("The way to rename or move without a new object."),
  transformations: works("The options they set are judged as if the program had set them."),
  transforms: limited(
    "Work. The options they set are judged too, if the transform was registered before the first Nylas resource.",
  ),
  retainOnDelete: limited("Works: the object stays at Nylas, with its mail, and the state forgets it."),
  additionalSecretOutputs: works("Beside those that are always secret."),
  import: works("Means `adopt`: the existing object is taken over by its id."),
  hooks: works(
    "The engine runs them. What has one on its delete is destroyed by `pulumi destroy --run-program` alone.",
  ),
  hideDiffs: limited("Hides differences in the display alone. What would lose mail is said all the same."),
  providers: works("On components: the DNS vendor's provider reaches the records."),
  customTimeouts: limited(
    "The limit of a wait of `AgentDomain`, `NylasDomainVerification` and `NylasSmokeTest`. Without effect elsewhere.",
  ),
  deletedWith: refused(
    "The engine would forget the object without deleting it. Its mail, or its records, would stay behind.",
  ),
  replaceOnChanges: refused(
    "It has no effect in the engine. What cannot be changed in place is replaced without it.",
  ),
  replacementTrigger: refused(
    "It would replace an object that has not changed. A key or a secret is renewed by `rotateWhenChanged`.",
  ),
  replaceWith: refused("It would replace an object that has not changed, and its mail with it."),
  deleteBeforeReplace: refused("It would delete before it is known whether the successor can be made."),
  provider: refused(
    "Credentials come from the environment or the configuration. A second set: `connection`. On a component it is the DNS vendor's, and works.",
  ),
  version: refused("The plugin runs the `pulumi-nylas` that your package.json names."),
  pluginDownloadURL: refused("There is no plugin to download."),
  urn: refused("Use `X.get(name, id)`."),
  envVarMappings: refused("It is for providers. Set `NYLAS_…` in the environment."),
  stateMigrations: refused(
    "It would change what is recorded of an object, such as `forceDestroy`, past every guard. On a component of your own it is not seen.",
  ),
};

/** Kinds that nobody can look up: with an `id` the engine lets go of the entry, and asks it nothing from then on. */
const NEVER_LOOKED_UP = ["DomainVerification", "DomainRecords", "DefaultWorkspace", "SmokeTest"];

/** Options that a parent or a transformation can bring. */
const JUDGED_LAST = [
  "deletedWith",
  "replaceOnChanges",
  "replacementTrigger",
  "replaceWith",
  "deleteBeforeReplace",
  "stateMigrations",
];

const paused = new Set<pulumi.Resource>();

/** The workspace below carries a rule that stops a tenant from sending: what hides a change of its rules would keep that out. */
export function neverIgnoreRules(tenant: pulumi.Resource): void {
  paused.add(tenant);
}

function refuseIgnored(type: string, name: string | undefined, ignored: unknown, belowPaused: boolean): void {
  const problem = ignoredProblem(type, ignored, belowPaused);
  if (problem === undefined) return;
  const subject = name === undefined ? `Nylas ${type}` : `Nylas${type} ${show(name)}`;
  throw runError(`${subject}: ${problem}`);
}

/** Refuses what the program gives a resource. What a parent or a transformation brings is judged by {@link validatedTransformations}. */
export function assertOptions(type: string, options: pulumi.ResourceOptions): void {
  refuseLookUp(type, undefined, options.id);
  for (const [name, value] of Object.entries(options))
    if (isSet(value) && !JUDGED_LAST.includes(name)) throwRefused(type, undefined, name, value);
}

function refuseLookUp(type: string, name: string | undefined, id: unknown): void {
  if (!isSet(id) || !NEVER_LOOKED_UP.includes(type)) return;
  const subject = name === undefined ? `Nylas ${type}` : `Nylas${type} ${show(name)}`;
  throw runError(
    `${subject}: id is refused. The engine would let go of the entry and look it up from then on, and what it guards would go unasked. Leave it out.`,
  );
}

/** The transformations of a resource, with a last look at its options: what it inherits, and what others have set. */
export function validatedTransformations(
  type: string,
  given: pulumi.ResourceTransformation[] | undefined,
): pulumi.ResourceTransformation[] {
  watchOptions();
  return [
    ...(given ?? []),
    validatedLast((resource, options, name) => assertFinalOptions(type, resource, options, name)),
  ];
}

/** The same for a component of ours: it hands `deletedWith` to its parts. Its `provider` is the DNS vendor's. */
export function assertNotOnComponent(
  what: string,
  options: pulumi.ComponentResourceOptions | undefined,
): void {
  for (const [name, value] of Object.entries(options ?? {})) {
    const known = Object.hasOwn(RESOURCE_OPTIONS, name) ? RESOURCE_OPTIONS[name]! : undefined;
    if (known?.verdict !== "refused" || name === "provider" || !isSet(value)) continue;
    throw runError(`${what}: ${name} is refused. ${known.text} Leave it out.`);
  }
}

function assertFinalOptions(
  type: string,
  resource: pulumi.Resource,
  options: FinalOptions,
  name: string,
): void {
  for (const option of JUDGED_LAST) {
    const own = (options as Record<string, unknown>)[option];
    const value = option === "deletedWith" ? inherited(resource, option) : own;
    if (isSet(value)) throwRefused(type, name, option, value);
  }
  refuseLookUp(type, name, (options as pulumi.ResourceOptions).id);
  const { parent } = options;
  refuseIgnored(type, name, options.ignoreChanges, parent !== undefined && paused.has(parent));
}

function throwRefused(type: string, name: string | undefined, option: string, value: unknown): void {
  const known = Object.hasOwn(RESOURCE_OPTIONS, option) ? RESOURCE_OPTIONS[option]! : undefined;
  if (known?.verdict !== "refused") return;
  const given =
    Array.isArray(value) && option === "replaceOnChanges" ? ` (given ${JSON.stringify(value)})` : "";
  const subject = name === undefined ? `Nylas ${type}` : `Nylas${type} ${show(name)}`;
  throw runError(`${subject}: ${option} is refused${given}. ${known.text} Leave it out.`);
}

/** Whether an option is more than left out: engines and transforms fill in what is empty. */
function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "") return false;
  return !Array.isArray(value) || value.length > 0;
}

const watched = new WeakMap<object, Promise<void>>();

/**
 * Has the engine show the options of every resource of ours, after all transforms that it runs. That costs a call for each resource, so it is
 * done only in a program that has such transforms. The resources have to wait for it: transforms run in the order in which the engine hears of them.
 */
export function optionsWatched(options: pulumi.ResourceOptions | undefined): Promise<void> | undefined {
  const server = transformsOfProgram();
  if (server === undefined) {
    const parent = options?.parent;
    const has =
      isSet(options?.transforms) || (parent && isSet(inherited(parent, "transforms" as "deletedWith")));
    if (!has) return undefined;
    // Those of a component come before those of the stack, whenever the engine hears of them.
    pulumi.runtime.registerResourceTransform(assertTransformed);
    const own = transformsOfProgram();
    if (own !== undefined) watched.set(own, Promise.resolve());
    return undefined;
  }
  const known = watched.get(server);
  if (known !== undefined) return known;
  const others = server.awaitStackRegistrations?.() ?? Promise.resolve();
  const ready = others.then(() => pulumi.runtime.registerResourceTransform(assertTransformed));
  watched.set(server, ready);
  return ready;
}

/** The engine tells a parent by its URN alone. */
async function isBelowPaused(parent: pulumi.Resource | undefined): Promise<boolean> {
  const urnOf = ({ urn }: pulumi.Resource) => (urn as unknown as { promise(): Promise<string> }).promise();
  if (parent === undefined || paused.size === 0) return false;
  const urn = await urnOf(parent);
  return (await Promise.all([...paused].map(urnOf))).includes(urn);
}

const assertTransformed: pulumi.ResourceTransform = async ({ type, name, opts }) => {
  const ours = kindOfToken(type);
  if (ours === undefined) return undefined;
  for (const option of JUDGED_LAST) {
    const value = (opts as Record<string, unknown>)[option];
    if (isSet(value)) throwRefused(ours, name, option, value);
  }
  if (isSet(opts.ignoreChanges))
    refuseIgnored(ours, name, opts.ignoreChanges, await isBelowPaused(opts.parent));
  return undefined;
};

function works(text: string): OptionVerdict {
  return { verdict: "works", text };
}

function limited(text: string): OptionVerdict {
  return { verdict: "limited", text };
}

function refused(text: string): OptionVerdict {
  return { verdict: "refused", text };
}

watchOptions();

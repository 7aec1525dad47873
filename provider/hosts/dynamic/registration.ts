import { createRequire } from "node:module";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type LabelWithMore } from "../../core/label";
import { labelOf } from "./label";
import { providerText } from "./tokens";
import { secretPaths } from "./secretPaths";
import { isLater, requireArguments, requireNoOutputText } from "./arguments";
import { REFUSED, show } from "../../core/fields";
import { programEnvironment } from "./programEnvironment";
import { requireKnownSettings } from "./programSettings";
import { configurationKey, environmentName } from "../../nylas/settingNames";
import { keepValuesOutOfDebugLines } from "./debugLines";
import { validatedTransformations, optionsWatched, assertOptions } from "./resourceOptions";
import { limitStackDepth } from "./stackDepth";
import { runError } from "./runError";

/**
 * The properties a resource registers: its arguments (secret ones marked), its outputs (still open), its label, and
 * the provider's text. Call it in the `super(…)` of a class that extends `CustomResource` directly. With a class of
 * ours in between, the state's source positions would point here.
 */
export function registered(
  type: string,
  name: string,
  args: object | undefined,
  options: pulumi.CustomResourceOptions | undefined,
  declared: Declared,
): pulumi.Inputs {
  if (!pluginFound) requirePlugin(process.cwd());
  const props = declaredProperties(type, name, args, options, declared);
  if (options?.import !== undefined && options.id === undefined) props.adopt = options.import;
  const timeout = options?.customTimeouts;
  if (declared.timeoutInput && timeout) {
    const limit = seconds(timeout.create) ?? seconds(timeout.update);
    if (limit !== undefined) props[declared.timeoutInput] = limit;
  }
  if (options?.id === undefined) {
    const before = declared.tellsFailed ? options?.dependsOn : undefined;
    const label = withMore(labelOf(type, name, options), args, options, {
      alwaysSecret: declared.secrets,
      before,
      tellsUp: declared.tellsUp,
    });
    if (declared.mayBeRefused && pulumi.runtime.isDryRun()) props[REFUSED] = "";
    const watched = optionsWatched(options);
    props.label =
      watched === undefined ? label : watched.then(() => label as Promise<string | LabelWithMore>);
  }
  props.__provider = providerText(type);
  return props;
}

/** What a class tells of its kind. */
export interface Declared {
  outputs: readonly string[];
  secrets?: readonly string[];
  timeoutInput?: string;
  /** Check is told when a resource of `dependsOn` has failed. */
  tellsFailed?: boolean;
  /** A change may be refused for what stands: `showRefusal` says it in the preview. */
  mayBeRefused?: boolean;
  /** Check is told whether the program runs in an up. */
  tellsUp?: boolean;
}

/** The outputs of a resource, still open, and its arguments, the secret ones marked. Whichever host serves it. */
export function declaredProperties(
  type: string,
  name: string,
  args: object | undefined,
  options: pulumi.CustomResourceOptions | undefined,
  declared: Declared,
): pulumi.Inputs {
  keepValuesOutOfDebugLines();
  requireNoOutputText(`Nylas ${type}: its name`, name);
  for (const [what, id] of [
    ["its id", options?.id],
    ["import", options?.import],
  ] as const)
    if (typeof id === "string") requireNoOutputText(`Nylas ${type} ${show(name)}: ${what}`, id);
  if (args !== undefined && args !== null) {
    const what = `Nylas ${type} ${show(name)}: its arguments`;
    requireArguments(what, args, '{ connection: "eu" }');
  }
  requireKnownSettings((args as { connection?: unknown } | undefined)?.connection);
  const props: pulumi.Inputs = {};
  for (const key of declared.outputs) props[key] = undefined;
  Object.assign(props, args);
  for (const key of declared.secrets ?? []) {
    if (props[key] !== undefined) props[key] = pulumi.secret(props[key]);
  }
  return props;
}

/**
 * The label, alone or with two facts that the engine does not tell check. These are the arguments that stay unknown
 * in an `up`, and those that were given as secrets.
 *
 * With `--continue-on-error`, the engine drops what comes from a failed resource before check. Check would refuse the
 * resource for missing what the program does give, and with it the rest of the program. With this fact, check lets it
 * pass, and the engine skips it.
 *
 * All of it is one property, and only what may be unknown or secret is looked at. Every registered property and every
 * output that is made costs the program a third of a millisecond.
 */
function withMore(
  label: string,
  args: object | undefined,
  options: pulumi.CustomResourceOptions | undefined,
  {
    alwaysSecret = [],
    before,
    tellsUp,
  }: {
    alwaysSecret: readonly string[] | undefined;
    before: pulumi.ResourceOptions["dependsOn"];
    tellsUp: boolean | undefined;
  },
): pulumi.Input<string | LabelWithMore> {
  const given = Object.entries(args ?? {});
  const later = given.filter(([, value]) => holdsLater(value));
  const marked = (options?.additionalSecretOutputs ?? []).filter((name) =>
    given.some(([key]) => key === name),
  );
  const isPreview = pulumi.runtime.isDryRun();
  const up = tellsUp === true && !isPreview;
  if (later.length === 0 && marked.length === 0 && !up && (isPreview || before === undefined)) return label;
  const unknown = isPreview ? [] : later.map(async ([name, value]) => ((await isKnown(value)) ? [] : [name]));
  // What is a secret in every program is known by its name.
  const secret = later
    .filter(([name]) => !alwaysSecret.includes(name))
    .map(([name, value]) => secretPaths(value, name));
  const failed = isPreview ? false : anyFailed(before);
  return Promise.all([Promise.all(unknown), Promise.all(secret), failed]).then(
    ([names, paths, failedBefore]) => {
      const [notKnown, hidden] = [names.flat(), [...new Set([...paths.flat(), ...marked])].sort()];
      if (notKnown.length === 0 && hidden.length === 0 && !failedBefore && !up) return label;
      return {
        label,
        ...(notKnown.length > 0 ? { unknown: notKnown } : {}),
        ...(hidden.length > 0 ? { secret: hidden } : {}),
        ...(failedBefore && { failedBefore }),
        ...(up && { up }),
      };
    },
  );
}

/**
 * Whether a resource has failed in an `up`, or was skipped because of a dependency. After a failed create it has no
 * id. After a failed update it has one, and the outputs that the engine does not show are unknown.
 */
async function anyFailed(before: pulumi.ResourceOptions["dependsOn"]): Promise<boolean> {
  if (before === undefined) return false;
  const resources = await new Promise<unknown>((resolve) => {
    const output = pulumi.output(before) as unknown as {
      apply(func: (value: unknown) => void, runWithUnknowns: boolean): void;
    };
    // What is not known would be waited for without an end.
    output.apply(resolve, true);
  });
  const failed = [resources].flat().map(async (resource) => {
    if (!pulumi.CustomResource.isInstance(resource)) return false;
    const outputs = Object.values(resource).filter((value) => pulumi.Output.isInstance(value));
    return (await Promise.all(outputs.map(isKnown))).includes(false);
  });
  return (await Promise.all(failed)).includes(true);
}

/** Whether a value is, or holds anywhere inside, an output or a promise. */
function holdsLater(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isLater(value) || (!pulumi.Resource.isInstance(value) && Object.values(value).some(holdsLater));
}

function isKnown(value: unknown): Promise<boolean> {
  const output = pulumi.Output.isInstance(value) ? value : pulumi.output(value);
  return (output as unknown as { isKnown: Promise<boolean> }).isKnown;
}

/** The engine's options for a resource, without those it would ignore in silence or that cannot work here. */
export function optionsFor(
  type: string,
  options: pulumi.CustomResourceOptions | undefined,
  declared: DeclaredOptions,
): pulumi.CustomResourceOptions {
  const { import: imported, ...rest } = options ?? {};
  assertNotReplacing(type, rest);
  if (rest.provider !== undefined) {
    throw runError(
      `provider on a Nylas ${type} is not used: credentials come from the environment or from nylas:… in the stack's configuration. ` +
        `For a second region or application set connection: "eu" on the resource and nylas-eu:apiKey in the configuration.`,
    );
  }
  assertOptions(type, rest);
  if (imported !== undefined && typeof imported !== "string") {
    throw runError(`import takes the id of the existing object; given ${show(imported)}`);
  }
  return withDeclared(type, rest, declared);
}

/** What a class tells of the options that its kind has. */
export interface DeclaredOptions {
  secrets?: readonly string[];
  /** The arguments, where `nylas:protect` counts. */
  protectable?: { connection?: pulumi.Input<string> };
}

/** Refuses the options that would replace what has not to be replaced. */
export function assertNotReplacing(type: string, options: pulumi.CustomResourceOptions): void {
  if (options.replaceOnChanges?.length) {
    throw runError(
      `replaceOnChanges on a Nylas ${type} has no effect in the engine, so it is refused: given ${JSON.stringify(options.replaceOnChanges)}. ` +
        `Leave it out; what cannot be changed in place is replaced without it.`,
    );
  }
  if (options.deleteBeforeReplace) {
    throw runError(
      `deleteBeforeReplace on a Nylas ${type} would delete before it is known whether the successor can be made, so it is refused. Leave it out.`,
    );
  }
}

/** The options with what a kind has of its own. The last thing before the constructor of Pulumi's class. */
export function withDeclared(
  type: string,
  options: pulumi.CustomResourceOptions,
  declared: DeclaredOptions,
): pulumi.CustomResourceOptions {
  const secrets = declared.secrets?.length
    ? { additionalSecretOutputs: [...(options.additionalSecretOutputs ?? []), ...declared.secrets] }
    : {};
  const protect =
    declared.protectable &&
    options.protect === undefined &&
    isProtectedByConfiguration(declared.protectable.connection)
      ? { protect: true }
      : {};
  const transformations = validatedTransformations(type, options.transformations);
  // That constructor makes dozens of stacks.
  limitStackDepth();
  return { ...options, ...secrets, ...protect, transformations };
}

/**
 * Whether `nylas:protect` (or NYLAS_PROTECT) protects every account, and every domain with all that its mail depends
 * on. A connection may have a setting of its own. It is read as the plugin reads it, so that nothing is unprotected by
 * a blank.
 */
export function isProtectedByConfiguration(connection?: pulumi.Input<string>): boolean {
  for (const scope of typeof connection === "string" ? [connection, undefined] : [undefined]) {
    const [variable, key] = [environmentName("protect", scope), configurationKey("protect", scope)];
    const given = [
      [variable, programEnvironment()[variable]],
      [`${key} of the stack configuration`, pulumi.runtime.getConfig(key)],
    ] as const;
    for (const [source, value] of given) {
      const text = value?.trim();
      if (!text) continue;
      if (["true", "1"].includes(text)) return true;
      if (["false", "0"].includes(text)) return false;
      throw runError(`The setting ${source} cannot be used: given ${show(text)}; allowed: true or false`);
    }
  }
  return false;
}

/** `30m`, `1h30m`, `90s` in seconds, as the engine writes time-outs. */
function seconds(duration: string | undefined): number | undefined {
  if (duration === undefined) return undefined;
  const parts = typeof duration !== "string" ? [] : [...duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== duration) {
    throw runError(`customTimeouts: given ${show(duration)}; allowed: a duration such as "30m" or "1h30m"`);
  }
  const unit = { h: 3600, m: 60, s: 1, ms: 0.001 };
  return parts.reduce((sum, [, amount, name]) => sum + Number(amount) * unit[name as keyof typeof unit], 0);
}

let pluginFound = false;

/**
 * The plugin resolves this package from the program's folder upwards. Where that fails (pnpm, a wrapper package of
 * the company's), the failure would come late and speak of `Cannot find module`. Here it comes first and says what to
 * do. The resources of this process do not look at a folder again that has passed.
 */
export function requirePlugin(folder: string): void {
  // oxlint-disable-next-line typescript/no-require-imports
  const own = require("../../../package.json") as { version: string };
  let manifest: string;
  try {
    // As if a file there asked: our own require would find our own package from anywhere.
    manifest = createRequire(path.join(folder, "index.js")).resolve("pulumi-nylas/package.json");
  } catch {
    throw runError(
      `pulumi-nylas cannot be found from ${folder}, where Pulumi's plugin looks for it. ` +
        `Add pulumi-nylas ${own.version} to the package.json beside your program and install it.`,
    );
  }
  // oxlint-disable-next-line typescript/no-require-imports
  const found = require(manifest) as { version: string };
  if (found.version !== own.version) {
    throw runError(
      `two versions of pulumi-nylas: the program loads ${own.version}, Pulumi's plugin would load ${found.version} (${manifest}). ` +
        `Add pulumi-nylas ${own.version} to the package.json beside your program and install it.`,
    );
  }
  pluginFound = true;
}

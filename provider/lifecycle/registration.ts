import { createRequire } from "node:module";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { labelOf, type LabelWithUnknowns } from "./label";
import { isLater, requireArguments } from "./arguments";
import { show } from "./fields";
import { keepValuesOutOfDebugLines } from "./debugLines";
import { limitStackDepth } from "./stackDepth";

/**
 * The program's side of a resource. It registers under the type that Pulumi's dynamic provider serves, with a provider
 * text that is a constant: the plugin then runs the package installed beside the program, the state stays small, and
 * nothing of the program is captured.
 *
 * The text is a wire contract for ever. When it changes, `up` says "same" and the outputs keep the old text, so the path
 * and the export names must go on existing in every later release.
 */
export function providerText(type: string): string {
  return `exports.handler=()=>require('pulumi-nylas/dynamic').${type}`;
}

/** The type token of a resource. */
export function typeToken(type: string): string {
  return `pulumi-nodejs:dynamic/nylas:${type}`;
}

/**
 * The properties a resource registers: its arguments (secret ones marked), its outputs (still open), who it is, and the
 * provider's text. Call it in the `super(…)` of a class that extends `CustomResource` directly: with a class of ours in
 * between, the state's source positions would point here.
 */
export function registered(
  type: string,
  name: string,
  args: object | undefined,
  options: pulumi.CustomResourceOptions | undefined,
  declared: { outputs: readonly string[]; secrets?: readonly string[]; timeoutInput?: string },
): pulumi.Inputs {
  if (!pluginFound) requirePlugin(process.cwd());
  keepValuesOutOfDebugLines();
  if (args !== undefined && args !== null) {
    const what = `Nylas ${type} ${show(name)}: its arguments`;
    requireArguments(what, args, '{ connection: "eu" }');
  }
  const props: pulumi.Inputs = {};
  for (const key of declared.outputs) props[key] = undefined;
  Object.assign(props, args);
  for (const key of declared.secrets ?? []) {
    if (props[key] !== undefined) props[key] = pulumi.secret(props[key]);
  }
  if (options?.import !== undefined && options.id === undefined) props.adopt = options.import;
  const timeout = options?.customTimeouts;
  if (declared.timeoutInput && timeout) {
    const limit = seconds(timeout.create) ?? seconds(timeout.update);
    if (limit !== undefined) props[declared.timeoutInput] = limit;
  }
  if (options?.id === undefined) props.label = withUnknowns(labelOf(type, name, options), args);
  props.__provider = providerText(type);
  return props;
}

/**
 * The label alone, or with it the arguments that stay unknown in an `up`, where `--continue-on-error` goes on after what they come
 * from has failed. The engine drops them before check, which would refuse the resource for missing what the program does give, and
 * with it the rest of the program; told of them, check lets it pass, and the engine skips it for the failure it depends on.
 *
 * Both are one property, and only what may be unknown is looked at: every property that is registered and every output that is made
 * costs the program a third of a millisecond.
 */
function withUnknowns(label: string, args: object | undefined): pulumi.Input<string | LabelWithUnknowns> {
  if (pulumi.runtime.isDryRun()) return label;
  const later = Object.entries(args ?? {}).filter(([, value]) => holdsLater(value));
  if (later.length === 0) return label;
  const unknown = later.map(async ([name, value]) => ((await isKnown(value)) ? [] : [name]));
  return Promise.all(unknown).then((names) => {
    const all = names.flat();
    return all.length > 0 ? { label, unknown: all } : label;
  });
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
  declared: { secrets?: readonly string[]; protectable?: boolean },
): pulumi.CustomResourceOptions {
  const { import: imported, ...rest } = options ?? {};
  if (rest.replaceOnChanges?.length) {
    throw new pulumi.RunError(
      `replaceOnChanges on a Nylas ${type} has no effect in the engine, so it is refused: given ${JSON.stringify(rest.replaceOnChanges)}. ` +
        `Leave it out; what cannot be changed in place is replaced without it.`,
    );
  }
  if (rest.deleteBeforeReplace) {
    throw new pulumi.RunError(
      `deleteBeforeReplace on a Nylas ${type} would delete before it is known whether the successor can be made, so it is refused. Leave it out.`,
    );
  }
  if (rest.provider !== undefined) {
    throw new pulumi.RunError(
      `provider on a Nylas ${type} is not used: credentials come from the environment or from nylas:… in the stack's configuration. ` +
        `For a second region or application set connection: "eu" on the resource and nylas-eu:apiKey in the configuration.`,
    );
  }
  if (imported !== undefined && typeof imported !== "string") {
    throw new pulumi.RunError(`import takes the id of the existing object; given ${show(imported)}`);
  }
  const secrets = declared.secrets?.length
    ? { additionalSecretOutputs: [...(rest.additionalSecretOutputs ?? []), ...declared.secrets] }
    : {};
  const protect =
    declared.protectable && rest.protect === undefined && protectedByConfiguration() ? { protect: true } : {};
  // The last thing before the constructor of Pulumi's class, which makes dozens of stacks.
  limitStackDepth();
  return { ...rest, ...secrets, ...protect };
}

function protectedByConfiguration(): boolean {
  const fromEnvironment = process.env.NYLAS_PROTECT;
  if (fromEnvironment !== undefined && fromEnvironment !== "")
    return fromEnvironment === "true" || fromEnvironment === "1";
  return new pulumi.Config("nylas").getBoolean("protect") ?? false;
}

/** `30m`, `1h30m`, `90s` in seconds, as the engine writes time-outs. */
function seconds(duration: string | undefined): number | undefined {
  if (duration === undefined) return undefined;
  const parts = typeof duration !== "string" ? [] : [...duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== duration) {
    throw new pulumi.RunError(
      `customTimeouts: given ${show(duration)}; allowed: a duration such as "30m" or "1h30m"`,
    );
  }
  const unit = { h: 3600, m: 60, s: 1, ms: 0.001 };
  return parts.reduce((sum, [, amount, name]) => sum + Number(amount) * unit[name as keyof typeof unit], 0);
}

let pluginFound = false;

/**
 * The plugin resolves this package from the program's folder upwards. Where that fails (pnpm, a wrapper package of the
 * company's), the failure would come late and speak of `Cannot find module`; here it comes first and says what to do.
 * A folder that has passed is not looked at again by the resources of this process.
 */
export function requirePlugin(folder: string): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const own = require("../../package.json") as { version: string };
  let manifest: string;
  try {
    // As if a file there asked: our own require would find our own package from anywhere.
    manifest = createRequire(path.join(folder, "index.js")).resolve("pulumi-nylas/package.json");
  } catch {
    throw new pulumi.RunError(
      `pulumi-nylas cannot be found from ${folder}, where Pulumi's plugin looks for it. ` +
        `Add pulumi-nylas ${own.version} to the package.json beside your program and install it.`,
    );
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const found = require(manifest) as { version: string };
  if (found.version !== own.version) {
    throw new pulumi.RunError(
      `two versions of pulumi-nylas: the program loads ${own.version}, Pulumi's plugin would load ${found.version} (${manifest}). ` +
        `Add pulumi-nylas ${own.version} to the package.json beside your program and install it.`,
    );
  }
  pluginFound = true;
}

/** What the state has of a kind of resource. Knows no SDK. */

/**
 * The provider's text of a resource. It registers under the type that Pulumi's dynamic provider serves, with a
 * constant text. So the plugin runs the package installed beside the program, the state stays small, and nothing of
 * the program is captured.
 *
 * The text is a wire contract for ever. When it changes, `up` says "same" and the outputs keep the old text. So the
 * path and the export names must go on existing in every later release.
 */
export function providerText(type: string): string {
  return `exports.handler=()=>require('pulumi-nylas/dynamic').${type}`;
}

/** The type token of a resource. */
export function typeToken(type: string): string {
  return `pulumi-nodejs:dynamic/nylas:${type}`;
}

/** The type token of a resource that the native plugin serves. */
export function nativeToken(type: string): string {
  return `nylas:index:${type}`;
}

/** The type token of a component whose children are dynamic resources. */
export function dynamicComponentToken(component: string): string {
  return `pulumi-nylas:index:${component}`;
}

/** The kind that a token stands for, whichever host serves it; undefined where it is no resource of ours. */
export function kindOfToken(token: string): string | undefined {
  if (componentOfToken(token) !== undefined) return undefined;
  return /^(?:pulumi-nodejs:dynamic\/nylas|nylas:index):(\w+)$/.exec(token)?.[1];
}

/** The component that a token stands for, whichever host serves what it is made of; undefined where it is none of ours. */
export function componentOfToken(token: string): "AgentDomain" | "Tenant" | undefined {
  return /^(?:pulumi-)?nylas:index:(AgentDomain|Tenant)$/.exec(token)?.[1] as
    | "AgentDomain"
    | "Tenant"
    | undefined;
}

/**
 * The name of a provider that a program has made; undefined of one that the engine has made. That is called `default`, with the version and
 * the address of the package behind it. (`DefaultName` of engine 3.256.0. The engine takes every name that begins so for one of its own. A
 * program may give such a name to another application.)
 */
export function explicitName(name: string): string | undefined {
  return name === "" || /^default(_\d+_\d+_\d+(_.*)?|_.*\/.*)?$/s.test(name) ? undefined : name;
}

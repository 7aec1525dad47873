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

import type * as pulumi from "@pulumi/pulumi";
import {
  assertNotReplacing,
  type Declared,
  declaredProperties,
  type DeclaredOptions,
  withDeclared,
} from "../dynamic/registration";
import { assertOptions, optionsWatched } from "../dynamic/resourceOptions";
import { typeToken } from "../dynamic/tokens";

/** The properties of a resource that the native plugin serves. What the dynamic host has to be told, the engine tells the plugin. */
export function registered(
  type: string,
  name: string,
  args: object | undefined,
  options: pulumi.CustomResourceOptions | undefined,
  declared: Declared,
): pulumi.Inputs {
  const props = declaredProperties(type, name, args, options, declared);
  const watched = options?.id === undefined ? optionsWatched(options) : undefined;
  const [first] = Object.keys(args ?? {});
  if (watched !== undefined && first !== undefined) {
    const value: unknown = props[first];
    props[first] = watched.then(() => value) as Promise<never>;
  }
  return props;
}

/** The engine's options for a resource, without those that cannot work here. */
export function optionsFor(
  type: string,
  options: pulumi.CustomResourceOptions | undefined,
  declared: DeclaredOptions,
): pulumi.CustomResourceOptions {
  const given = options ?? {};
  // An explicit provider, its version and an import are what a native resource can have.
  const { provider: _provider, version: _version, pluginDownloadURL: _address, ...judged } = given;
  assertNotReplacing(type, judged);
  assertOptions(type, judged);
  // An entry of the dynamic host is this very resource: the preview shows it as unchanged.
  const aliases = [...(given.aliases ?? []), { type: typeToken(type) }];
  return withDeclared(type, { ...given, aliases }, declared);
}

import * as pulumi from "@pulumi/pulumi";
import {
  componentOfToken,
  dynamicComponentToken,
  kindOfToken,
  nativeToken,
  typeToken,
} from "../hosts/dynamic/tokens";

type Aliases = pulumi.Input<pulumi.URN | pulumi.Alias>[];

/**
 * The options of a component, with its aliases handed on to its children one by one. The engine does that by itself
 * only while the component has no entry under its new name. After a refused `up` it has one, and the engine would
 * look for the children under that name alone.
 *
 * Children are named as Pulumi expects it: by the component's name, or that and something behind it. `formerType` is the type of the
 * component in the other host, where a program may come from.
 */
export function withAliasesForChildren<Options extends pulumi.ComponentResourceOptions>(
  type: string,
  name: string,
  options: Options | undefined,
  isChild: (parent: pulumi.Resource | undefined) => boolean,
  formerType?: string,
): Options | undefined {
  const given = options?.aliases ?? [];
  const aliases = formerType === undefined ? given : alsoAs(formerType, given);
  const former = aliases.map((alias) => formerUrn(type, name, alias, options));
  if (former.length === 0) return options;
  const handOn: pulumi.ResourceTransformation = ({ type: childType, name: childName, props, opts }) => {
    if (!isChild(opts.parent)) return undefined;
    const handed = former.map((urn) => ofChild(urn, name, childName, childType));
    return { props, opts: { ...opts, aliases: [...(opts.aliases ?? []), ...handed] } };
  };
  return { ...options!, aliases, transformations: [...(options?.transformations ?? []), handOn] };
}

/** The aliases as they are, and each of them with this type. A URN has its own. */
function alsoAs(type: string, aliases: Aliases): Aliases {
  const typed = aliases
    .filter((alias) => typeof alias !== "string")
    .map((alias) =>
      pulumi
        .output(alias)
        .apply((each) => (typeof each === "string" || each.type !== undefined ? each : { ...each, type })),
    );
  return [...aliases, { type }, ...(typed as Aliases)];
}

/** The aliases of a child that comes from the aliases of its component, for a child that hands them on itself. */
export function aliasesOfChild(
  type: string,
  name: string,
  options: pulumi.ComponentResourceOptions | undefined,
  childName: string,
  childType: string,
  formerType?: string,
): pulumi.Input<pulumi.Alias>[] {
  const given = options?.aliases ?? [];
  const aliases = formerType === undefined ? given : alsoAs(formerType, given);
  return aliases.map((alias) => ofChild(formerUrn(type, name, alias, options), name, childName, childType));
}

function ofChild(
  former: pulumi.Output<pulumi.URN>,
  component: string,
  child: string,
  type: string,
): pulumi.Input<pulumi.Alias> {
  const rest = child.startsWith(component) ? child.slice(component.length) : undefined;
  return former.apply((parent): pulumi.Alias => ({
    name: rest === undefined ? child : `${nameIn(parent)}${rest}`,
    parent,
    type: typeUnder(typeIn(parent), type),
  }));
}

function formerUrn(
  type: string,
  name: string,
  alias: pulumi.Input<pulumi.URN | pulumi.Alias>,
  options: pulumi.ComponentResourceOptions | undefined,
): pulumi.Output<pulumi.URN> {
  return pulumi.output(alias).apply((given) => {
    if (typeof given === "string") return pulumi.output(given);
    const parent = "parent" in given ? given.parent : options?.parent;
    return pulumi.createUrn(
      given.name ?? name,
      given.type ?? type,
      parent as pulumi.Resource | pulumi.Input<pulumi.URN> | undefined,
      given.project,
      given.stack,
    );
  });
}

/** The type that a child has in the host that serves its component. A vendor's record has the same in both. */
function typeUnder(component: string, child: string): string {
  const [kind, nested, ours] = [kindOfToken(child), componentOfToken(child), componentOfToken(component)];
  // What somebody else's component held was of the host that it is of now.
  if (ours === undefined) return child;
  const isNative = component === nativeToken(ours);
  if (nested !== undefined) return isNative ? nativeToken(nested) : dynamicComponentToken(nested);
  if (kind === undefined) return child;
  return isNative ? nativeToken(kind) : typeToken(kind);
}

/** The last of the types in a URN is the resource's own. */
function typeIn(urn: pulumi.URN): string {
  return urn.split("::")[2]!.split("$").at(-1)!;
}

function nameIn(urn: pulumi.URN): string {
  return urn.split("::").slice(3).join("::");
}

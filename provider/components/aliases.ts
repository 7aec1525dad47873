import * as pulumi from "@pulumi/pulumi";

/**
 * The options of a component, with its aliases handed on to its children one by one. The engine does that by itself
 * only while the component has no entry under its new name. After a refused `up` it has one, and the engine would
 * look for the children under that name alone.
 *
 * Children are named as Pulumi expects it: by the component's name, or that and something behind it.
 */
export function withAliasesForChildren<Options extends pulumi.ComponentResourceOptions>(
  type: string,
  name: string,
  options: Options | undefined,
  isChild: (parent: pulumi.Resource | undefined) => boolean,
): Options | undefined {
  const former = (options?.aliases ?? []).map((alias) => formerUrn(type, name, alias, options));
  if (former.length === 0) return options;
  const handOn: pulumi.ResourceTransformation = ({ name: childName, props, opts }) =>
    isChild(opts.parent)
      ? {
          props,
          opts: {
            ...opts,
            aliases: [...(opts.aliases ?? []), ...former.map((urn) => ofChild(urn, name, childName))],
          },
        }
      : undefined;
  return { ...options!, transformations: [...(options!.transformations ?? []), handOn] };
}

/** The aliases of a child that comes from the aliases of its component, for a child that hands them on itself. */
export function aliasesOfChild(
  type: string,
  name: string,
  options: pulumi.ComponentResourceOptions | undefined,
  childName: string,
): pulumi.Input<pulumi.Alias>[] {
  return (options?.aliases ?? []).map((alias) =>
    ofChild(formerUrn(type, name, alias, options), name, childName),
  );
}

function ofChild(
  former: pulumi.Output<pulumi.URN>,
  component: string,
  child: string,
): pulumi.Input<pulumi.Alias> {
  const rest = child.startsWith(component) ? child.slice(component.length) : undefined;
  return former.apply((parent): pulumi.Alias => ({
    name: rest === undefined ? child : `${nameIn(parent)}${rest}`,
    parent,
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

function nameIn(urn: pulumi.URN): string {
  return urn.split("::").slice(3).join("::");
}

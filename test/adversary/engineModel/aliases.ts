/** Under which names a registration may stand in the old state: its own aliases, and those that its parent's bring. */
import { type AliasSpec, type Registration } from "./run";
import { nameOf, PROJECT, typeOf, urnOf } from "./state";

/** `renamed` has, for every URN that was found under another one, that other one. */
export function aliasesOf(
  registration: Registration,
  stack: string,
  renamed: ReadonlyMap<string, string>,
): string[] {
  const { type, name, parent, aliases } = registration;
  const own = aliases.map((alias) => urnOfAlias(alias, registration, stack, renamed));
  const parentAlias = parent === undefined ? undefined : renamed.get(parent);
  if (parent === undefined || parentAlias === undefined) return own;
  const inherited = (childType: string, childName: string): string => {
    const parentName = nameOf(parent);
    const aliasName = childName.startsWith(parentName)
      ? nameOf(parentAlias) + childName.slice(parentName.length)
      : childName;
    return urnOf(stack, parentAlias, childType, aliasName);
  };
  return [...own, inherited(type, name), ...own.map((urn) => inherited(typeOf(urn), nameOf(urn)))];
}

function urnOfAlias(
  alias: AliasSpec,
  { type, name, parent }: Registration,
  stack: string,
  renamed: ReadonlyMap<string, string>,
): string {
  if ("urn" in alias) return alias.urn;
  const given = alias.parent === undefined ? parent : (renamed.get(alias.parent) ?? alias.parent);
  const within = alias.noParent ? undefined : given;
  const urn = urnOf(alias.stack ?? stack, within, alias.type ?? type, alias.name ?? name);
  return alias.project === undefined ? urn : urn.replace(`::${PROJECT}::`, `::${alias.project}::`);
}

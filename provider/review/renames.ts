/** A rename or a move in the program without an alias: to the engine, a create and a delete of one and the same object. */
import { same } from "../core/equality";
import { holdsUnknown } from "../core/unknown";
import { normalEmail } from "../nylas/addresses";
import { normaliseName } from "../dns/records";
import { credentialsOf } from "./credentials";
import { type Fleet, type Resource, urnParts } from "./fleet";
import { asText, texts } from "./json";
import { LOOK_ALIKE, sameBy } from "./kinds";
import { recordsOf } from "./records";
import { isDeclared } from "./standing";

export interface Rename {
  pairs: { old: Resource; new: Resource }[];
  /** Whether both sides name the same object; else they only look alike. */
  sure: boolean;
  /** The resource that the alias belongs to: the object's own, or the component that was renamed around it. */
  at: Resource;
  /** What stands in `aliases`. */
  alias: { name: string } | { name?: string; parent: "root" } | { urn: string };
}

export function findRenames(resources: Resource[], before: Fleet, after: Fleet): Rename[] {
  const gone = resources.filter((each) => each.change === "delete" || each.change === "forget");
  const made = resources.filter((each) => each.change === "create" || each.change === "adopt");
  if (gone.length === 0 || made.length === 0) return [];
  const pairs = [...byNaturalKey(gone, made, before, after), ...byLikeness(gone, made)];
  const paired = new Set<Resource>();
  const renames = pairs
    .filter(({ old, new: now }) => {
      if (paired.has(old) || paired.has(now)) return false;
      paired.add(old).add(now);
      return true;
    })
    .map((pair): Rename => ({ pairs: [pair], sure: pair.sure, ...aliasFor(pair.old, pair.new, gone, made) }));
  return grouped(renames);
}

type Pair = { old: Resource; new: Resource; sure: boolean };

function byNaturalKey(gone: Resource[], made: Resource[], before: Fleet, after: Fleet): Pair[] {
  const old = new Map<string, Resource>();
  for (const each of gone) for (const key of naturalKeys(each, before)) old.set(key, each);
  return made.flatMap((each) => {
    const match = naturalKeys(each, after)
      .map((key) => old.get(key))
      .find((found) => found !== undefined);
    return match ? [{ old: match, new: each, sure: true }] : [];
  });
}

/** What two objects of a kind cannot share: the same rules as the resources' own `key`. */
function naturalKeys(resource: Resource, fleet: Fleet): string[] {
  const inputs = fleet.inputs(resource);
  const { provider } = resource[fleet.side] ?? {};
  const text = (name: string) => {
    const value = asText(inputs[name]);
    return value === undefined || holdsUnknown(value) ? undefined : value;
  };
  const normal = (form: (text: string) => string, name: string) => {
    const value = text(name);
    return value === undefined ? undefined : form(value);
  };
  const key = (...parts: (string | undefined)[]) =>
    parts.includes(undefined)
      ? []
      : [[resource.kind ?? resource.type, credentialsOf({ inputs, provider }), ...parts].join("\n")];
  switch (resource.kind) {
    case "AgentAccount":
      return key(normal(normalEmail, "email"));
    case "Domain":
    case "DomainRecords":
    case "DomainVerification":
      return key(normal(normaliseName, "domainName"));
    case "Workspace":
      return inputs["domainName"] === undefined
        ? key("named", text("name"))
        : key("of", normal(normaliseName, "domainName"));
    case "DefaultWorkspace":
      return key("the application's");
    case "Webhook":
      return key(text("url"), texts(inputs["triggers"]).sort().join());
    default: {
      const names = sameBy(resource.kind);
      if (names) return key(...names.map(text));
      return recordsOf(resource, fleet.side)?.keys.map((each) => `record\n${each}`) ?? [];
    }
  }
}

/** Objects with default names have no key in common; two that are alike in all else, and the only ones, are taken for one. */
function byLikeness(gone: Resource[], made: Resource[]): Pair[] {
  return made.flatMap((each) => {
    const likes = (candidates: Resource[], other: Resource) =>
      candidates.filter((candidate) => candidate.kind !== undefined && alike(candidate, other));
    const found = likes(gone, each);
    return found.length === 1 && likes(made, found[0]!).length === 1
      ? [{ old: found[0]!, new: each, sure: false }]
      : [];
  });
}

/**
 * A default name ends in the resource's name when it was given. One that was renamed since keeps it, so that only `project/stack/` tells it then.
 */
function haveDefaultNames(a: Resource, nameOfA = "", b: Resource, nameOfB = ""): boolean {
  const ownStack = (name: string, resource: Resource) =>
    name.endsWith(`/${resource.name}`) ? name.slice(0, -resource.name.length) : undefined;
  const [stackOfA, stackOfB] = [ownStack(nameOfA, a), ownStack(nameOfB, b)];
  if (stackOfA !== undefined && stackOfB !== undefined) return true;
  const stack = stackOfA ?? stackOfB;
  return stack !== undefined && stack !== "/" && nameOfA.startsWith(stack) && nameOfB.startsWith(stack);
}

function alike(a: Resource, b: Resource): boolean {
  if (a.kind !== b.kind || !LOOK_ALIKE.includes(a.kind!)) return false;
  const inputsOf = (resource: Resource) => resource[resource.before ? "before" : "after"]?.inputs ?? {};
  if (!haveDefaultNames(a, asText(inputsOf(a)["name"]), b, asText(inputsOf(b)["name"]))) return false;
  const bare = (inputs: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== "name" && isDeclared(key)));
  const [left, right] = [bare(inputsOf(a)), bare(inputsOf(b))];
  // A reference to what is made in the same run is not known yet.
  const open = [...Object.keys(left), ...Object.keys(right)].filter(
    (key) => holdsUnknown(left[key]) || holdsUnknown(right[key]),
  );
  const without = (inputs: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(inputs).filter(([key]) => !open.includes(key)));
  return same(without(left), without(right));
}

/**
 * The shortest alias that is right. A URN holds the types of the parents and not their names. So under a component
 * with another name a child stays the same, unless it is named after the component. Then the alias belongs to the
 * component, and the child inherits it.
 */
function aliasFor(
  old: Resource,
  now: Resource,
  gone: Resource[],
  made: Resource[],
): Pick<Rename, "at" | "alias"> {
  const [was, is] = [urnParts(old.urn), urnParts(now.urn)];
  const [oldParent, newParent] = [old.before?.parent, now.after?.parent];
  if (same(was.types, is.types)) {
    const oldComponent = gone.find((each) => each.urn === oldParent);
    const newComponent = made.find((each) => each.urn === newParent);
    const inherited =
      oldComponent &&
      newComponent &&
      was.name.startsWith(oldComponent.name) &&
      is.name === newComponent.name + was.name.slice(oldComponent.name.length);
    return inherited
      ? aliasFor(oldComponent, newComponent, gone, made)
      : { at: now, alias: { name: was.name } };
  }
  if (was.types.at(-1) === is.types.at(-1) && isRoot(oldParent) && !isRoot(newParent)) {
    return { at: now, alias: { ...(was.name === is.name ? {} : { name: was.name }), parent: "root" } };
  }
  return { at: now, alias: { urn: old.urn } };
}

function isRoot(parent: string | undefined): boolean {
  return parent === undefined || urnParts(parent).types.at(-1) === "pulumi:pulumi:Stack";
}

/** One alias on a component is one thing to do, however many resources lie in it. */
function grouped(renames: Rename[]): Rename[] {
  const found = new Map<string, Rename>();
  for (const rename of renames) {
    const key = `${rename.at.urn}\n${JSON.stringify(rename.alias)}`;
    const earlier = found.get(key);
    if (!earlier) found.set(key, rename);
    else
      found.set(key, {
        ...earlier,
        pairs: [...earlier.pairs, ...rename.pairs],
        sure: earlier.sure || rename.sure,
      });
  }
  return [...found.values()];
}

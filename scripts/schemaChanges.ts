/** What of a program or a state a new schema would break, against the one of a release. */
import {
  type EnumSpec,
  type ObjectSpec,
  type PackageSpec,
  type PropertySpec,
  type ResourceSpec,
} from "./generate/schema/types";

/** One difference between two schemas. */
export interface Change {
  /** A JSON pointer into the schema. */
  at: string;
  what: string;
  /** A program that compiles today may not, or a state may not be read. */
  isBreaking: boolean;
}

type Properties = Record<string, PropertySpec>;

/** All differences that are more than a text. */
export function schemaChanges(before: PackageSpec, after: PackageSpec): Change[] {
  return [
    ...each("#/resources", before.resources, after.resources, resourceChanges),
    ...each("#/functions", before.functions, after.functions, (at, old, now) => [
      ...inputChanges(`${at}/inputs/properties`, inputsOf(old.inputs), inputsOf(now.inputs)),
      ...outputChanges(`${at}/outputs/properties`, outputsOf(old.outputs), outputsOf(now.outputs)),
    ]),
    ...each("#/types", before.types, after.types, (at, old, now) =>
      typeChanges(at, old, now, usesOf(at, before), usesOf(at, after)),
    ),
    ...inputChanges(
      "#/provider/inputProperties",
      { properties: before.provider.inputProperties, required: before.provider.requiredInputs ?? [] },
      { properties: after.provider.inputProperties, required: after.provider.requiredInputs ?? [] },
    ),
    ...outputChanges("#/provider/properties", outputsOf(before.provider), outputsOf(after.provider)),
    ...each("#/config/variables", before.config.variables, after.config.variables, propertyChanges),
  ];
}

/** A schema without its texts, as the tests keep the one of a release. */
export function bareSchema(spec: PackageSpec): string {
  const bare = JSON.stringify(spec, (key, value: unknown) => (key === "description" ? undefined : value), 1);
  return `${bare}\n`;
}

/** Those of the breaking changes that a changelog does not own up to: a line that begins with **Breaking:** and names the place's last word. */
export function untold(changes: Change[], changelog: string): Change[] {
  const [, unreleased = ""] = /^## Unreleased\n([^]*?)(?=^## |(?![^]))/m.exec(changelog) ?? [];
  const lines = unreleased.split("\n").filter((line) => /^\s*- \*\*Breaking:?\*\*/.test(line));
  return changes.filter(({ at, isBreaking }) => {
    const name = at.split(/[/:]/).at(-1)!;
    return isBreaking && !lines.some((line) => new RegExp(`\`[^\`]*\\b${name}\\b[^\`]*\``).test(line));
  });
}

interface Members {
  properties: Properties;
  required: string[];
}

function inputsOf(spec: ObjectSpec | undefined): Members {
  return { properties: spec?.properties ?? {}, required: spec?.required ?? [] };
}

const outputsOf = (spec: ObjectSpec): Members => inputsOf(spec);

function resourceChanges(at: string, old: ResourceSpec, now: ResourceSpec): Change[] {
  const aliases = (spec: ResourceSpec) => (spec.aliases ?? []).map(({ type }) => type);
  return [
    ...inputChanges(
      `${at}/inputProperties`,
      { properties: old.inputProperties, required: old.requiredInputs ?? [] },
      { properties: now.inputProperties, required: now.requiredInputs ?? [] },
    ),
    ...outputChanges(`${at}/properties`, outputsOf(old), outputsOf(now)),
    ...(old.isComponent === now.isComponent ? [] : [broken(at, "is a component in one of them alone")]),
    // An object that was declared under the alias would be made anew.
    ...aliases(old)
      .filter((type) => !aliases(now).includes(type))
      .map((type) => broken(at, `the alias ${type} is gone`)),
    ...aliases(now)
      .filter((type) => !aliases(old).includes(type))
      .map((type) => harmless(at, `the alias ${type} is new`)),
  ];
}

/** What a program gives: less may be taken by nobody, and nothing more may be asked for. */
function inputChanges(at: string, old: Members, now: Members): Change[] {
  return [
    ...each(at, old.properties, now.properties, propertyChanges),
    ...now.required
      .filter((name) => !old.required.includes(name))
      .map((name) => broken(`${at}/${name}`, "is required now")),
    ...old.required
      .filter((name) => !now.required.includes(name) && Object.hasOwn(now.properties, name))
      .map((name) => harmless(`${at}/${name}`, "may be left out now")),
  ];
}

/** What a program reads: what was always there has to stay so. */
function outputChanges(at: string, old: Members, now: Members): Change[] {
  return [
    ...each(at, old.properties, now.properties, propertyChanges),
    ...old.required
      .filter((name) => !now.required.includes(name) && Object.hasOwn(now.properties, name))
      .map((name) => broken(`${at}/${name}`, "may be missing now")),
    ...now.required
      .filter((name) => !old.required.includes(name) && Object.hasOwn(old.properties, name))
      .map((name) => harmless(`${at}/${name}`, "is always there now")),
  ];
}

function propertyChanges(at: string, old: PropertySpec, now: PropertySpec): Change[] {
  const type = ({ type, items, additionalProperties, $ref, oneOf, const: only, plain }: PropertySpec) =>
    canonical({ type, items, additionalProperties, $ref, oneOf, only, plain });
  return [
    ...(type(old) === type(now) ? [] : [broken(at, `is ${type(now)} and was ${type(old)}`)]),
    // In plain text in the next state.
    ...(old.secret && !now.secret ? [broken(at, "is a secret no more")] : []),
    ...(!old.secret && now.secret ? [harmless(at, "is a secret now")] : []),
    // What was changed in place would make another object.
    ...(!old.willReplaceOnChanges && now.willReplaceOnChanges ? [broken(at, "a change replaces now")] : []),
    ...(old.willReplaceOnChanges && !now.willReplaceOnChanges
      ? [harmless(at, "a change is made in place now")]
      : []),
  ];
}

/** Whether programs give a type, read it, or both. */
interface Uses {
  given: boolean;
  read: boolean;
}

function typeChanges(
  at: string,
  old: ObjectSpec | EnumSpec,
  now: ObjectSpec | EnumSpec,
  before: Uses,
  after: Uses,
): Change[] {
  if ("enum" in old !== "enum" in now) return [broken(at, "is another kind of type")];
  if ("enum" in old && "enum" in now) {
    const words = (spec: EnumSpec) => new Map(spec.enum.map(({ name, value }) => [value, name]));
    const [was, is] = [words(old), words(now)];
    return [
      ...(old.type === now.type ? [] : [broken(at, `is ${now.type} and was ${old.type}`)]),
      ...[...was].flatMap(([value, name]) => {
        if (!is.has(value)) return [broken(at, `the word ${value} is gone`)];
        return is.get(value) === name
          ? []
          : [broken(at, `the word ${value} is ${is.get(value)!} and was ${name}`)];
      }),
      ...[...is.keys()]
        .filter((value) => !was.has(value))
        .map((value) => harmless(at, `the word ${value} is new`)),
    ];
  }
  const [was, is] = [inputsOf(old as ObjectSpec), inputsOf(now as ObjectSpec)];
  const uses = { given: before.given || after.given, read: before.read || after.read };
  return [
    ...(uses.given ? inputChanges(`${at}/properties`, was, is) : []),
    ...(uses.read ? outputChanges(`${at}/properties`, was, is) : []),
  ].filter(
    // Seen from both sides, a difference is told once; what breaks one of them breaks.
    (change, i, all) => all.findIndex((other) => other.at === change.at && other.what === change.what) === i,
  );
}

/** A type that nothing refers to counts as given and read. */
function usesOf(pointer: string, spec: PackageSpec): Uses {
  const given = new Set<string>();
  const read = new Set<string>();
  const collect = (value: unknown, into: Set<string>): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      if (name !== "$ref") collect(member, into);
      else if (typeof member === "string" && member.startsWith("#/types/") && !into.has(member)) {
        into.add(member);
        collect(spec.types[member.slice("#/types/".length)], into);
      }
    }
  };
  for (const each of [spec.provider, ...Object.values(spec.resources)]) {
    collect(each.inputProperties, given);
    collect(each.properties, read);
  }
  for (const { inputs, outputs } of Object.values(spec.functions)) {
    collect(inputs, given);
    collect(outputs, read);
  }
  const isUsed = given.has(pointer) || read.has(pointer);
  return { given: !isUsed || given.has(pointer), read: !isUsed || read.has(pointer) };
}

function each<T>(
  at: string,
  before: Record<string, T>,
  after: Record<string, T>,
  compare: (at: string, old: T, now: T) => Change[],
): Change[] {
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  const come = Object.keys(after).filter((name) => !Object.hasOwn(before, name));
  return [
    ...gone.map((name) => broken(`${at}/${name}`, "is gone")),
    ...come.map((name) => harmless(`${at}/${name}`, "is new")),
    ...Object.keys(before)
      .filter((name) => Object.hasOwn(after, name))
      .flatMap((name) => compare(`${at}/${name}`, before[name]!, after[name]!)),
  ];
}

function canonical(type: object): string {
  return JSON.stringify(type).replaceAll('"', "");
}

function broken(at: string, what: string): Change {
  return { at, what, isBreaking: true };
}

function harmless(at: string, what: string): Change {
  return { at, what, isBreaking: false };
}

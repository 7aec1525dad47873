import { type InputHandling } from "./definition";
import { same } from "./equality";
import { type Field, type Fields } from "./fields";
import { type Schema, type Zod } from "./schemas";
import { asSet } from "./wireMembers";
import { fieldOf, type Property, type PropertyTable, type Shape, type Type, type TypeName } from "./types";

/** An output that is no input. */
export interface OutputProperty {
  /** The type that a program reads. */
  type: TypeName;
  /** How it is made up. Left out, the type says it: a text, a flag, a number, some words, or a list of those. */
  shape?: Shape;
  text: string;
  mayBeMissing?: true;
  secret?: true;
  /** The part of the id behind the slash: see {@link KindTable.under}. */
  isOwnId?: true;
  /** What `pulumi-nylas/testing` answers, where that is the same for every object. */
  mocked?: unknown;
}

/** How a kind is presented: to programs as a class, to readers as a page. */
export interface KindTable<Table extends PropertyTable = PropertyTable> {
  /** The name in the type token. */
  type: string;
  /** The class of the program. */
  className: string;
  /** The type that it follows wherever all kinds are listed. Left out: it is the first. */
  listedAfter?: string;
  /** Programs have it from `pulumi-nylas/experimental`. */
  isExperimental?: true;
  /** What it is, in sentences of Markdown. */
  text: string;
  /** A piece of a program. */
  example?: string;
  /** Its page of the API's reference. */
  api: { title: string; address: string };
  /** The object that it lies in, whose id and a slash come first in its id. */
  under?: { property: string; type: string };
  /** The properties of the program and of the host. */
  properties: Table;
  outputs: Record<string, OutputProperty>;
  /** Completes "{A policy} that is managed elsewhere, by {its id}": it can be looked up. Left out: it cannot. */
  get?: { what: string; by: string };
  /** Completes "{nylas:index:SmokeTest} cannot be imported: …". Left out: it can. */
  notImported?: string;
  /** What `adopt` says. Left out: it takes over nothing. */
  adopt?: { text: string; type?: "id" };
  /** The setting that the text of `connection` names. */
  key: "apiKey" | "organizationKey";
  /** What the key needs beside being there. */
  needs?: {
    /** Of an IAM key; an application key has no finer ones. */
    permissions?: readonly string[];
    /** The signature of a service account does in place of the organization key. */
    signed?: true;
    /** What else is asked for, and when. */
    also?: string;
  };
  /** What the review of a change says of it. Left out: the review does not know it. */
  review?: ReviewSide;
  program?: ProgramSide;
}

/** How a kind stands in the review of a change. */
export interface ReviewSide {
  /** The part of the report that its changes are for. The kinds are counted in the order of the parts. */
  section: "accounts" | "policies" | "dns" | "rest";
  /** The word before its name. A name that needs none has an empty one. */
  noun: string;
  /** One and several of it. Left out: the noun, and the noun with an s. */
  counted?: readonly [one: string, several: string];
  /** The texts that no two objects share, as in the `identity` of its definition. Left out: `review/renames.ts` says it, or nothing. */
  sameBy?: readonly string[];
  /** Two with default names that are alike in all else may be one that was renamed. */
  isFoundByLikeness?: true;
}

/** How a component is presented. Its arguments as TypeScript types are made from it, and all of it as other languages see it. */
export interface ComponentTable {
  /** The name in the type token, which is the class of the program as well. */
  type: string;
  text: string;
  properties: PropertyTable;
  /** What `adopt` says. Left out: it takes over nothing. */
  adopt?: { text: string };
  /** Arguments that only languages other than TypeScript have, in place of methods and of functions. */
  elsewhere?: PropertyTable;
  outputs: Record<string, OutputProperty>;
}

/** A question that a program asks: what it takes, and what it answers. */
export interface LookupTable {
  text: string;
  inputs: PropertyTable;
  /** Exactly one of the inputs is given. */
  exactlyOne?: true;
  /** The type of an answer. `isListOf`: there are several, and languages that answer with an object have them under this name. */
  result: { name: string; text: string; isListOf?: string };
  outputs: Record<string, OutputProperty>;
}

/** What is special about registering a kind. */
export interface ProgramSide {
  /** A change may be refused for what stands, which the preview shows. */
  mayBeRefused?: true;
  /** `nylas:protect` protects it. */
  isProtectable?: true;
  /** It is neither looked up nor imported: the engine would let go of an entry that guards published records. */
  isGuard?: true;
  /** The property that carries `customTimeouts`. */
  timeout?: string;
  /** Check is told when something of `dependsOn` has failed. */
  tellsFailed?: true;
  /** Check is told whether the program runs in an up. */
  tellsUp?: true;
  /** A function of the classes' folder through which the options go, and its file. */
  options?: { name: string; from: string };
  /** A function of the classes' folder through which the arguments go, and its file. */
  arguments?: { name: string; from: string };
  /** The forms that the arguments have, where the types of some depend on another. */
  variants?: {
    name: string;
    /** Completes "Arguments of {the class}". */
    text: string;
    types: Record<string, TypeName & { isRequired?: boolean }>;
  }[];
  /** Outputs under another name. */
  sameAs?: Record<string, { output: string; text: string }>;
  /** What is the same for every object. */
  constants?: Record<string, { value: string; text: string }>;
}

/** The inputs of a kind as the life cycle has them. */
export type InputsOf<Table extends PropertyTable> = {
  -readonly [K in keyof Table as Table[K] extends { required: true } ? K : never]: ValueOf<Table[K]>;
} & {
  -readonly [K in keyof Table as Table[K] extends { required: true } ? never : K]?: ValueOf<Table[K]>;
};

type ValueOf<P> = P extends { type: { readonly value?: infer T } } ? Exclude<T, undefined> : never;

/** The description of a kind, with its types kept for {@link InputsOf}. */
export function kindTable<const Table extends PropertyTable>(described: KindTable<Table>): KindTable<Table> {
  return described;
}

/** A table, with its types kept. */
export function table<const Table extends PropertyTable>(properties: Table): Table {
  return properties;
}

/** What the inputs of a kind are held to. */
export function fieldsOf(properties: PropertyTable, z: Zod): Fields {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]): [string, Field] => [
      name,
      {
        ...fieldOf(property.type, z, property.example),
        ...(property.required ? { required: true } : {}),
        ...(property.secret ? { secret: true } : {}),
      },
    ]),
  );
}

/** How the inputs of a kind are completed and compared. `normalForms` are those that its table cannot say. */
export function inputHandlingOf<Inputs>(
  properties: PropertyTable,
  normalForms: InputHandling<Inputs>["normalForms"] = {},
): InputHandling<Inputs> {
  type Name = keyof Inputs & string;
  const named = (is: (property: Property) => boolean) =>
    Object.entries(properties).flatMap(([name, property]) => (is(property) ? [name as Name] : []));
  const defaults = Object.entries(properties).flatMap(([name, { defaultValue }]) =>
    defaultValue === undefined ? [] : [[name, defaultValue] as const],
  );
  return {
    replaceOn: named(({ whenChanged }) => whenChanged !== undefined && "replaces" in whenChanged),
    directives: named(({ isDirective }) => isDirective === true),
    defaults: Object.fromEntries(defaults) as Partial<Inputs>,
    isNamedByDefault: named((property) => property.isNamedByDefault === true).length > 0,
    normalForms: { ...normalFormsOf(properties), ...normalForms },
  };
}

function normalFormsOf(properties: PropertyTable): Record<string, (value: unknown) => unknown> {
  const forms = Object.entries(properties).flatMap(([name, { unset, isSet }]) => {
    if (unset === undefined && !isSet) return [];
    const normal = (value: unknown) => (same(value, unset) ? undefined : isSet ? asSet(value) : value);
    return [[name, normal] as const];
  });
  return Object.fromEntries(forms);
}

/** An object of members that have a table of their own. `text` is what a reader has to know of its type in a program. */
export function object<const Table extends PropertyTable, Output>(
  name: string,
  output: TypeName,
  members: Table,
  allowed: string,
  text = "",
): Type<Output> {
  return {
    shape: { kind: "object", name, output, members, text },
    schema: (z): Schema | Fields => fieldsOf(members, z),
    allowed,
  };
}

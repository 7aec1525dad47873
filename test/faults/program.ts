import { type Declared, type Input } from "../plugin/stack";

/** The kinds of resources, by their names in the state. */
export const KINDS = [
  "Domain",
  "DomainRecords",
  "DomainVerification",
  "Workspace",
  "DefaultWorkspace",
  "Policy",
  "AgentAccount",
  "Rule",
  "List",
  "Webhook",
  "Principal",
  "ApiKey",
] as const;
export type Kind = (typeof KINDS)[number];

/** An argument as plain data; `ref` stands for the id of another resource, `out` for an output of one. */
export type Value =
  | { ref: string }
  | { out: [name: string, property: string] }
  | string
  | number
  | boolean
  | undefined
  | Value[]
  | { [property: string]: Value };

/** A resource of a program. */
export interface Item {
  name: string;
  kind: Kind;
  inputs: Record<string, Value>;
  aliases?: string[];
  /** Names of resources it comes after, beside those that its arguments name. */
  after?: string[];
  /** Whether somebody writes to the mailbox. */
  mail?: boolean;
}

/** A program; every resource comes after those that it names. */
export type Program = Item[];

/** The program as the engine is given it. */
export function declarations(program: Program): Declared[] {
  return program.map(({ name, kind, inputs, aliases, after }) => ({
    name,
    type: kind,
    inputs: Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, inputOf(value)])),
    ...(aliases ? { aliases } : {}),
    ...(after ? { dependsOn: after } : {}),
  }));
}

/** The arguments with the ids and outputs that stand for the references in them. */
export function resolved(value: Value, find: (name: string) => { id: string; outputs: object }): unknown {
  if (isRef(value)) return find(value.ref).id;
  if (isOut(value)) return (find(value.out[0]).outputs as Record<string, unknown>)[value.out[1]];
  if (Array.isArray(value)) return value.map((inner) => resolved(inner, find));
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner, find)]));
  }
  return value;
}

/** The names of the resources that a value names. */
export function namedIn(value: Value): string[] {
  if (isRef(value)) return [value.ref];
  if (isOut(value)) return [value.out[0]];
  if (Array.isArray(value)) return value.flatMap(namedIn);
  return typeof value === "object" ? Object.values(value).flatMap(namedIn) : [];
}

/** The value with another name in its references. */
export function renamedIn(value: Value, from: string, to: string): Value {
  if (isRef(value)) return value.ref === from ? { ref: to } : value;
  if (isOut(value)) return value.out[0] === from ? { out: [to, value.out[1]] } : value;
  if (Array.isArray(value)) return value.map((inner) => renamedIn(inner, from, to));
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, renamedIn(inner, from, to)]));
}

function inputOf(value: Value): Input {
  if (isRef(value)) return (of) => of(value.ref).id;
  if (isOut(value)) return (of) => of(value.out[0])[value.out[1]];
  if (Array.isArray(value)) return value.map(inputOf);
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inputOf(inner)]));
  }
  return value;
}

function isRef(value: Value): value is { ref: string } {
  return typeof value === "object" && "ref" in value && typeof value.ref === "string";
}

function isOut(value: Value): value is { out: [string, string] } {
  return typeof value === "object" && "out" in value && Array.isArray(value.out);
}

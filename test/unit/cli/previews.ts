/** Previews as `pulumi preview --json --show-sames` writes them, made from what is declared before and after. */
import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Gate } from "../../../provider/review/gates";
import { type Report, type ReportOptions } from "../../../provider/review/report";
import { readPreview, report } from "./hosts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Declared {
  /** `AgentAccount`, or a whole type. */
  type: string;
  name: string;
  /**
   * `{ ref: "name" }` in a value stands for the id of another resource. `{ unknown: ["name"] }` stands for a value
   * that is not known and is made from others. `{ secret: ["name"] }` stands for such a value that is a secret.
   */
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  /** The name of the component it lies in. */
  parent?: string;
  protect?: boolean;
  retainOnDelete?: boolean;
  /** The names of what it waits for (`dependsOn`). */
  dependsOn?: string[];
  /** It is looked up by its id (`.get`). */
  external?: boolean;
  /** The engine replaces it. */
  replaced?: boolean;
  /** The engine updates it, whatever its inputs show. */
  updated?: boolean;
  component?: boolean;
}

interface Extra {
  diagnostics?: { severity: string; message: string; urn?: string }[];
  config?: Record<string, string>;
  stack?: string;
}

/** A resource that a test declares. */
export const object = (
  type: string,
  name: string,
  inputs: object = {},
  more: Partial<Declared> = {},
): Declared => ({ type, name, inputs: inputs as Record<string, unknown>, ...more });

/** What a review says at its beginning where it saw everything, and nothing is lost. */
export const CALM = "No mail is lost or handed to others by this.";

export const gatesOf = ({ gates }: Pick<Report, "gates">) => gates.map(({ gate }) => gate);

/** The change is gated by each of these, and is not called calm. Gives the text. */
export function stops(result: Report, ...wanted: Gate[]): string {
  for (const gate of wanted)
    assert.ok(
      gatesOf(result).includes(gate),
      `no ${gate}, but ${gatesOf(result).join()}:\n${result.markdown}`,
    );
  assert.ok(!result.markdown.includes(CALM), result.markdown);
  return result.markdown;
}

export function previewOf(before: Declared[], after: Declared[], extra: Extra = {}): string {
  const { stack = "staging" } = extra;
  const root = `urn:pulumi:${stack}::acme::pulumi:pulumi:Stack::acme-${stack}`;
  const all = [...before, ...after];
  const typeOf = ({ type }: Declared) => (type.includes(":") ? type : `pulumi-nodejs:dynamic/nylas:${type}`);
  const parentOf = (each: Declared) => all.find((other) => other.name === each.parent && other.component);
  const qualified = (each: Declared): string => {
    const parent = parentOf(each);
    return parent ? `${qualified(parent)}$${typeOf(each)}` : typeOf(each);
  };
  const urn = (each: Declared) => `urn:pulumi:${stack}::acme::${qualified(each)}::${each.name}`;
  const old = new Map(before.map((each) => [urn(each), each]));
  const now = new Map(after.map((each) => [urn(each), each]));

  const state = (each: Declared, side: Declared[], isNew: boolean) => {
    const dependencies: Record<string, string[]> = {};
    const resolve = (value: unknown, property: string): unknown => {
      if (Array.isArray(value)) return value.map((item) => resolve(item, property));
      if (value === null || typeof value !== "object") return value;
      const { ref, unknown, secret } = value as { ref?: string; unknown?: string[]; secret?: string[] };
      const sources = unknown ?? secret;
      if (Array.isArray(sources)) {
        const made = side.filter(({ name, component }) => sources.includes(name) && !component).map(urn);
        (dependencies[property] ??= []).push(...made);
        return unknown ? UNKNOWN : "[secret]";
      }
      if (typeof ref !== "string")
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, property)]));
      const target = side.find((other) => other.name === ref && !other.component);
      if (!target) return `id-${ref}`;
      (dependencies[property] ??= []).push(urn(target));
      const exists = old.has(urn(target)) && !(isNew && target.replaced);
      return exists ? `id-${ref}` : UNKNOWN;
    };
    const inputs = Object.fromEntries(
      Object.entries(each.inputs ?? {}).map(([key, value]) => [key, resolve(value, key)]),
    );
    const parent = parentOf(each);
    return {
      urn: urn(each),
      custom: each.component !== true,
      type: typeOf(each),
      ...(each.component || (isNew && !old.has(urn(each))) ? {} : { id: `id-${each.name}` }),
      inputs,
      outputs: isNew ? {} : { ...inputs, ...each.outputs },
      parent: parent ? urn(parent) : root,
      propertyDependencies: dependencies,
      dependencies: [
        ...Object.values(dependencies).flat(),
        ...side.filter(({ name }) => each.dependsOn?.includes(name)).map(urn),
      ],
      ...(each.external ? { external: true } : {}),
      ...(each.protect ? { protect: true } : {}),
      ...(each.retainOnDelete ? { retainOnDelete: true } : {}),
    };
  };

  const stackState = { urn: root, custom: false, type: "pulumi:pulumi:Stack" };
  const steps: { op: string; urn: string; oldState?: object; newState?: object }[] = [
    { op: "same", urn: root, oldState: stackState, newState: stackState },
  ];
  for (const [key, each] of now) {
    const was = old.get(key);
    const newState = state(each, after, true);
    if (!was) {
      steps.push({ op: "create", urn: key, newState });
      continue;
    }
    const oldState = state(was, before, false);
    const same = JSON.stringify(oldState.inputs) === JSON.stringify(newState.inputs);
    steps.push({
      op: each.replaced ? "replace" : same && !each.updated ? "same" : "update",
      urn: key,
      oldState,
      newState,
    });
  }
  for (const [key, each] of old) {
    if (!now.has(key)) steps.push({ op: "delete", urn: key, oldState: state(each, before, false) });
  }
  const changeSummary: Record<string, number> = {};
  for (const { op } of steps) changeSummary[op] = (changeSummary[op] ?? 0) + 1;
  const diagnostics = extra.diagnostics?.map((each) => ({
    ...each,
    ...(each.urn ? { urn: urn(all.find((other) => other.name === each.urn)!) } : {}),
  }));
  return JSON.stringify({ config: extra.config, steps, diagnostics, duration: 1, changeSummary });
}

export function reviewOf(before: Declared[], after: Declared[], options: ReportOptions & Extra = {}): Report {
  const { diagnostics, config, stack, ...rest } = options;
  const extra = { ...(diagnostics && { diagnostics }), ...(config && { config }), ...(stack && { stack }) };
  return report(readPreview(previewOf(before, after, extra)), rest);
}

/** The lines of one part of a review, without the marks of a list. */
export function part(markdown: string, title: string): string[] {
  const lines = markdown.split("\n");
  const start = lines.indexOf(`#### ${title}`);
  if (start < 0) return [];
  const end = lines.findIndex(
    (line, at) => at > start && (line.startsWith("#### ") || line.startsWith("<details>")),
  );
  return lines
    .slice(start + 1, end < 0 ? undefined : end)
    .filter((line) => line.startsWith("- "))
    .map((line) => line.slice(2));
}

export const LOSS = "What can lose mail or hand it to others";

/** What the real engine (3.256) wrote, with positions, times and stand-ins' warnings taken out. */
export function fixture(name: string): string {
  return fs.readFileSync(path.join(__dirname, "fixtures", name), "utf8");
}

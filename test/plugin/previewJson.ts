/** The plan of a stack as `pulumi preview --json --show-sames` writes it. Held to the real engine by test/engine/review.test.ts. */
import { type Properties } from "./harness";
import { type Planned, type Recorded, type Report } from "./stack";

export interface PreviewNames {
  project?: string;
  stack?: string;
  /** The component that a resource lies in, as `[type, name]`. */
  parentOf?: (name: string) => [type: string, name: string] | undefined;
}

/** What stands among a vendor's inputs for the import of a record by its id. */
export const IMPORT = "__import";

export function previewJson(report: Report, names: PreviewNames = {}): string {
  const { project = "project", stack = "stack", parentOf = () => undefined } = names;
  const root = `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`;
  const whole = (type: string) => (type.includes(":") ? type : `pulumi-nodejs:dynamic/nylas:${type}`);
  const urnOf = (type: string, name: string) => {
    const parent = parentOf(name);
    return `urn:pulumi:${stack}::${project}::${parent ? `${parent[0]}$` : ""}${whole(type)}::${name}`;
  };
  const typeOf = new Map(report.plan.map(({ name, type }) => [name, type]));
  const state = (
    { type }: Planned,
    name: string,
    inputs: Properties,
    more: { id?: string; outputs?: Properties; propertyDependencies?: Record<string, string[]> },
  ) => {
    const parent = parentOf(name);
    return {
      urn: urnOf(type, name),
      custom: true,
      type: whole(type),
      inputs,
      parent: parent ? `urn:pulumi:${stack}::${project}::${parent[0]}::${parent[1]}` : root,
      ...more,
      propertyDependencies: Object.fromEntries(
        Object.entries(more.propertyDependencies ?? {}).map(([property, all]) => [
          property,
          all.map((each) => urnOf(typeOf.get(each) ?? "", each)),
        ]),
      ),
    };
  };
  const oldState = (planned: Planned, old: Recorded) => ({
    ...state(planned, old.name, old.inputs, { id: old.id, outputs: old.outputs }),
    ...(old.retainOnDelete ? { retainOnDelete: true } : {}),
  });
  const stackState = { urn: root, custom: false, type: "pulumi:pulumi:Stack" };
  const steps = report.plan.map((planned) => {
    const { name, type, old, inputs, propertyDependencies } = planned;
    const { [IMPORT]: imported, ...rest } = inputs ?? {};
    return {
      op: imported !== undefined && planned.op === "create" ? "import" : planned.op,
      urn: urnOf(type, name),
      ...(old ? { oldState: oldState(planned, old) } : {}),
      ...(inputs
        ? { newState: state(planned, name, rest, { propertyDependencies: propertyDependencies! }) }
        : {}),
    };
  });
  const all = [{ op: "same", urn: root, oldState: stackState, newState: stackState }, ...steps];
  const changeSummary: Record<string, number> = {};
  for (const { op } of all) changeSummary[op] = (changeSummary[op] ?? 0) + 1;
  return JSON.stringify({
    steps: all,
    diagnostics: [
      ...report.errors.map(({ message }) => ({ severity: "error", message })),
      ...report.warnings.map((message) => ({ severity: "warning", message: `warning: ${message}` })),
    ],
    duration: 1,
    changeSummary,
  });
}

/** The entries of a state as `pulumi stack export` writes them. */
export function exportJson(entries: readonly Recorded[], names: PreviewNames = {}): string {
  const { project = "project", stack = "stack" } = names;
  const resources = entries.map(({ name, type, id, inputs, outputs }) => ({
    urn: `urn:pulumi:${stack}::${project}::pulumi-nodejs:dynamic/nylas:${type}::${name}`,
    custom: true,
    id,
    type: `pulumi-nodejs:dynamic/nylas:${type}`,
    inputs,
    outputs,
  }));
  return JSON.stringify({ version: 3, deployment: { resources } });
}

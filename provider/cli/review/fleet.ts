/**
 * The fleet before and after a change: which account is in which workspace, under which policy, reached by which rules and
 * lists. Links are ids where these are known, and the engine's property dependencies where they are not yet.
 */
import { same } from "../../lifecycle/equality";
import { holdsUnknown } from "../../lifecycle/unknown";
import { asObject, asText, texts, type Preview, type State, type Step } from "./preview";

/** The resources of this package, by their name in the type. */
export const KINDS = [
  "AgentAccount",
  "Workspace",
  "DefaultWorkspace",
  "Policy",
  "Rule",
  "List",
  "Domain",
  "DomainRecords",
  "DomainVerification",
  "Webhook",
  "Principal",
  "ApiKey",
] as const;
export type Kind = (typeof KINDS)[number];

export type Change =
  "create" | "adopt" | "update" | "replace" | "delete" | "forget" | "same" | "read" | "leftover" | "refresh";

export interface Resource {
  urn: string;
  /** The whole type, without its parents' types. */
  type: string;
  /** Undefined for what is not of this package. */
  kind: Kind | undefined;
  /** Its name in the program. */
  name: string;
  change: Change;
  before: State | undefined;
  after: State | undefined;
  /** The properties that the engine calls different. */
  diffs: string[];
  /** The refresh before found that somebody else has changed or deleted it. */
  drifted: boolean;
}

export type Side = "before" | "after";

/** What a property points to: a resource of the stack, an object that the stack does not know, or what is known at the `up` alone. */
export type Target = { resource: Resource } | { id: string } | "unknown";

/** All resources, each once. */
export function resourcesOf(preview: Preview): Resource[] {
  const found = new Map<string, Resource>();
  const leftovers: Resource[] = [];
  for (const step of preview.steps) {
    const resource = fromStep(step);
    if (resource.type === "pulumi:pulumi:Stack") continue;
    if (step.old?.leftover && !step.new) {
      leftovers.push({ ...resource, change: "leftover" });
      continue;
    }
    const earlier = found.get(step.urn);
    if (!earlier) found.set(step.urn, resource);
    else if (step.op === "refresh") continue;
    else if (earlier.change === "refresh") found.set(step.urn, resource);
    else if (earlier.change === "replace") continue;
    else if (resource.change === "replace") found.set(step.urn, { ...resource, drifted: earlier.drifted });
    // A preview with --refresh tells first what somebody else has changed, and then what the program makes of it.
    else found.set(step.urn, { ...resource, drifted: earlier.change !== "same" });
  }
  const all = [...found.values()].map((each) =>
    each.change === "refresh" ? { ...each, change: "same" as const } : each,
  );
  // The engine's order differs from run to run, and a comment that is updated should not.
  return [...all, ...leftovers].sort(
    (a, b) => natural.compare(a.name, b.name) || (a.urn < b.urn ? -1 : a.urn > b.urn ? 1 : 0),
  );
}

const natural = new Intl.Collator("en", { numeric: true });

export class Fleet {
  readonly resources: Resource[];
  readonly #byUrn = new Map<string, Resource>();
  readonly #byId = new Map<string, Resource>();
  readonly #members = new Map<Resource | undefined, Resource[]>();

  constructor(
    all: Resource[],
    readonly side: Side,
  ) {
    this.resources = all.filter((each) => each[side] !== undefined && each.change !== "leftover");
    for (const each of this.resources) {
      this.#byUrn.set(each.urn, each);
      this.#byUrn.set(each[side]!.urn, each);
      const id = each[side]!.id ?? (each.change === "replace" ? undefined : each.before?.id);
      if (each.kind && id !== undefined && !holdsUnknown(id))
        this.#byId.set(`${family(each.kind)} ${id}`, each);
    }
    for (const account of this.of("AgentAccount")) {
      const workspace = this.workspaceOf(account);
      const resource =
        workspace && typeof workspace === "object" && "resource" in workspace
          ? workspace.resource
          : undefined;
      if (workspace !== undefined && resource === undefined) continue;
      const members = this.#members.get(resource);
      if (members) members.push(account);
      else this.#members.set(resource, [account]);
    }
  }

  of(kind: Kind): Resource[] {
    return this.resources.filter((each) => each.kind === kind);
  }

  has(resource: Resource | undefined): boolean {
    return resource?.[this.side] !== undefined;
  }

  /** What is declared; of a resource that is only looked up, what is there. */
  inputs(resource: Resource): Record<string, unknown> {
    const state = resource[this.side];
    return (resource.change === "read" ? state?.outputs : state?.inputs) ?? {};
  }

  /** Where an account is. Undefined: in the application's default workspace, which the stack does not manage. */
  workspaceOf(account: Resource): Target | undefined {
    const declared = this.target(account, "workspaceId", "Workspace");
    if (declared !== undefined) return declared;
    const current = asText(account[this.side]?.outputs["currentWorkspaceId"]);
    const recorded =
      current === undefined || holdsUnknown(current) ? undefined : this.#byId.get(`Workspace ${current}`);
    if (recorded) return { resource: recorded };
    const domain = domainOf(this.email(account));
    const grouping = this.of("Workspace").find(
      (each) =>
        this.inputs(each)["autoGroup"] === true &&
        asText(this.inputs(each)["domainName"])?.toLowerCase() === domain,
    );
    if (grouping && current === undefined) return { resource: grouping };
    if (current !== undefined && !holdsUnknown(current)) return { id: current };
    const rest = this.of("DefaultWorkspace")[0];
    return rest && { resource: rest };
  }

  /** The accounts in a workspace; `undefined` is the default workspace where the stack does not manage it. */
  members(workspace: Resource | undefined): Resource[] {
    return this.#members.get(workspace) ?? [];
  }

  /** Undefined: none. What a workspace has that the stack does not manage is not known. */
  policyOf(workspace: Target | undefined): Target | undefined {
    const resource = resourceOf(workspace);
    return resource ? this.target(resource, "policyId", "Policy") : "unknown";
  }

  /** Workspaces that name the policy. */
  workspacesUnder(policy: Resource): Resource[] {
    return this.workspaces().filter((each) => pointsTo(this.target(each, "policyId", "Policy"), policy));
  }

  /** Workspaces that name the rule. */
  workspacesWithRule(rule: Resource): Resource[] {
    return this.workspaces().filter((each) =>
      this.targets(each, "ruleIds", this.inputs(each)["ruleIds"], "Rule").some((target) =>
        pointsTo(target, rule),
      ),
    );
  }

  rulesOf(workspace: Resource): Target[] {
    return this.targets(workspace, "ruleIds", this.inputs(workspace)["ruleIds"], "Rule");
  }

  /** Rules with a condition that looks into the list. */
  rulesWithList(list: Resource): Resource[] {
    return this.of("Rule").filter((rule) =>
      this.targets(rule, "conditions", listIds(this.inputs(rule)["conditions"]), "List").some((target) =>
        pointsTo(target, list),
      ),
    );
  }

  workspaces(): Resource[] {
    return [...this.of("Workspace"), ...this.of("DefaultWorkspace")];
  }

  email(account: Resource): string | undefined {
    const email = asText(this.inputs(account)["email"]);
    return email === undefined || holdsUnknown(email) ? undefined : email;
  }

  /** The resource a property names by its id. */
  target(resource: Resource, property: string, kind: Kind): Target | undefined {
    const value = this.inputs(resource)[property];
    return value === undefined || value === null
      ? undefined
      : this.targets(resource, property, [value], kind)[0];
  }

  /** The resources that ids name; those not known yet are found by what the property is made from. */
  targets(resource: Resource, property: string, ids: unknown, kind: Kind): Target[] {
    const values = Array.isArray(ids) ? (ids as unknown[]) : holdsUnknown(ids) ? [ids] : [];
    const known = values
      .filter((value): value is string => typeof value === "string" && !holdsUnknown(value))
      .map((id): Target => {
        const found = this.#byId.get(`${family(kind)} ${id}`);
        return found ? { resource: found } : { id };
      });
    const open = values.filter(holdsUnknown).length;
    if (open === 0) return known;
    const taken = new Set(
      known.flatMap((target) =>
        typeof target === "object" && "resource" in target ? [target.resource] : [],
      ),
    );
    const made = (resource[this.side]?.propertyDependencies[property] ?? [])
      .map((urn) => this.#byUrn.get(urn))
      .filter(
        (each): each is Resource =>
          each?.kind !== undefined && family(each.kind) === family(kind) && !taken.has(each),
      );
    const guessed = [...new Set(made)].map((each): Target => ({ resource: each }));
    return [...known, ...(guessed.length > 0 ? guessed : (["unknown"] as Target[]))];
  }
}

export function resourceOf(target: Target | undefined): Resource | undefined {
  return typeof target === "object" && "resource" in target ? target.resource : undefined;
}

function pointsTo(target: Target | undefined, resource: Resource): boolean {
  return resourceOf(target) === resource;
}

/** The part of an address behind the @. */
export function domainOf(email: string | undefined): string | undefined {
  const at = email?.lastIndexOf("@") ?? -1;
  return at < 0 ? undefined : email!.slice(at + 1).toLowerCase();
}

/** An input's values on both sides, where they differ. */
export function changed(resource: Resource, property: string): { from: unknown; to: unknown } | undefined {
  const from = resource.before?.inputs[property];
  const to = resource.after?.inputs[property];
  return same(from, to) ? undefined : { from, to };
}

/** The inputs that differ, and what the engine names beside them; dynamic resources have nothing named. */
export function changedProperties(resource: Resource): string[] {
  const { before, after, diffs } = resource;
  const inputs =
    before && after
      ? Object.keys({ ...before.inputs, ...after.inputs }).filter((name) => changed(resource, name))
      : [];
  return [...new Set([...diffs, ...inputs])]
    .filter((name) => name !== "__provider" && name !== "label")
    .sort();
}

/** Both sides have it, and neither shows it. */
export function isHidden(resource: Resource, property: string): boolean {
  return [resource.before, resource.after].every((state) => state?.inputs[property] === "[secret]");
}

export interface UrnParts {
  stack: string;
  project: string;
  /** The type with its parents' types, from the outside in. */
  types: string[];
  name: string;
}

export function urnParts(urn: string): UrnParts {
  const [stack = "", project = "", types = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return { stack, project, types: types.split("$"), name: name.join("::") };
}

function fromStep(step: Step): Resource {
  const { types, name } = urnParts(step.urn);
  const type = types.at(-1)!;
  const short = /^pulumi-nodejs:dynamic\/nylas:(\w+)$/.exec(type)?.[1];
  return {
    urn: step.urn,
    type,
    kind: KINDS.find((kind) => kind === short),
    name,
    change: changeOf(step),
    before: step.old,
    after: step.new,
    diffs: [...new Set([...step.diffs, ...step.replaces])].map((path) => path.replace(/\[.*$/, "")),
    drifted: false,
  };
}

function changeOf({ op, old, new: news }: Step): Change {
  switch (op) {
    case "create":
      return news?.inputs["adopt"] === undefined ? "create" : "adopt";
    case "import":
    case "import-replacement":
      return "adopt";
    case "replace":
    case "create-replacement":
    case "delete-replaced":
      return "replace";
    case "delete":
      return old?.retainOnDelete ? "forget" : "delete";
    case "discard":
    case "discard-replaced":
    case "remove-pending-replace":
      return "forget";
    case "read":
    case "read-replacement":
    case "read-discard":
      return "read";
    case "update":
      return "update";
    case "refresh":
      return "refresh";
    default:
      return "same";
  }
}

/** Both kinds of workspace are named by `workspaceId`. */
function family(kind: Kind): Kind {
  return kind === "DefaultWorkspace" ? "Workspace" : kind;
}

function listIds(conditions: unknown): unknown {
  if (holdsUnknown(conditions) && !Array.isArray(conditions)) return conditions;
  if (!Array.isArray(conditions)) return [];
  return conditions.flatMap((condition): unknown[] => {
    const inList = asObject(condition)?.["inList"];
    if (Array.isArray(inList)) return inList;
    return holdsUnknown(inList ?? condition) ? [inList ?? condition] : texts([inList]);
  });
}

/**
 * The fleet before and after a change: which account is in which workspace, under which policy, reached by which rules and
 * lists. Links are ids where these are known, and the engine's property dependencies where they are not yet.
 */
import { same } from "../core/equality";
import { kindOfToken } from "../hosts/dynamic/tokens";
import { credentialsOf } from "./credentials";
import { type Preview } from "./preview";
import { type State, type Step } from "./steps";
import { asObject, asText, nameIn, texts } from "./json";
import { type Kind, KINDS, OF_ORGANIZATIONS } from "./kinds";
import { domainOfEmail } from "../nylas/addresses";
import { isDeclared, notShown, standing } from "./standing";
import { foundOn } from "./undeclared";

export type Change =
  | "create"
  | "adopt"
  | "update"
  | "replace"
  | "delete"
  | "forget"
  | "same"
  | "read"
  | "leftover"
  | "refresh";

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
  /** The other stack that it is of, as `project/stack`; undefined for one of the reviewed stack. */
  elsewhere?: string;
}

export type Side = "before" | "after";

/**
 * What a property points to: a resource, an object that no stack at hand knows, or what is known at the `up` alone. A `guessed`
 * resource is the only one that an unknown value is made from: it is named, and nothing is concluded from it.
 */
export type Target = { resource: Resource; guessed?: true } | { id: string } | "unknown";

/** All resources of a preview, each once. */
export function resourcesOf(preview: Preview, elsewhere?: string): Resource[] {
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
  const all = [...found.values()].map((each) => ({
    ...each,
    ...(each.change === "refresh" ? { change: "same" as const } : {}),
    ...(elsewhere === undefined ? {} : { elsewhere }),
  }));
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
  readonly #undeclared: Resource[] = [];
  /** The application that a connection of a stack leads to, as far as any object tells. */
  readonly #applications = new Map<string, string>();

  /** `all` holds the resources of the reviewed stack, and those of others that were handed in. */
  constructor(
    all: readonly Resource[],
    readonly side: Side,
  ) {
    this.resources = all.filter((each) => each[side] !== undefined && each.change !== "leftover");
    for (const each of this.resources) {
      this.#byUrn.set(each.urn, each);
      this.#byUrn.set(each[side]!.urn, each);
      const key = this.#key(each);
      const earlier = key === undefined ? undefined : this.#byId.get(key);
      // A look-up of an object (`.get`) does not stand for the object where a stack at hand manages it.
      if (key !== undefined && (earlier === undefined || isLookUp(earlier))) this.#byId.set(key, each);
      const application = recordedApplication(each);
      // A domain may record the application of another connection: the one that its accounts are looked for with.
      if (application !== undefined && each.kind !== undefined && !OF_ORGANIZATIONS.includes(each.kind))
        this.#applications.set(connectionOf(each), application);
    }
    for (const account of this.of("AgentAccount")) {
      const workspace = this.workspaceOf(account);
      const resource =
        workspace && typeof workspace === "object" && "resource" in workspace
          ? workspace.resource
          : undefined;
      if (workspace !== undefined && resource === undefined) {
        // Of one that is declared nowhere only the id is known. It may be that of the default workspace.
        if (workspace !== "unknown" && this.inputs(account)["workspaceId"] === undefined)
          this.#undeclared.push(account);
        continue;
      }
      const members = this.#members.get(resource);
      if (members) members.push(account);
      else this.#members.set(resource, [account]);
    }
  }

  #key(resource: Resource): string | undefined {
    const { kind, change, before } = resource;
    const id = resource[this.side]?.id ?? (change === "replace" ? undefined : before?.id);
    return kind === undefined || id === undefined || notShown(id) ? undefined : `${family(kind)} ${id}`;
  }

  /** The resource that manages the object, for one that looks it up. */
  #managing(resource: Resource): Resource {
    const key = this.#key(resource);
    return (key === undefined ? undefined : this.#byId.get(key)) ?? resource;
  }

  /** Whether two resources are in one application. Where that is not recorded, connections of one name count as one. */
  #together(one: Resource, other: Resource): boolean {
    const [a, b] = [one, other].map(
      (each) => recordedApplication(each) ?? this.#applications.get(connectionOf(each)),
    );
    return a !== undefined && b !== undefined ? a === b : nameOfConnection(one) === nameOfConnection(other);
  }

  of(kind: Kind): Resource[] {
    return this.resources.filter((each) => each.kind === kind);
  }

  has(resource: Resource | undefined): boolean {
    return resource?.[this.side] !== undefined;
  }

  /** Before the change, what stands; after it, what is declared. */
  inputs(resource: Resource): Record<string, unknown> {
    return valuesOf(resource, this.side);
  }

  /** Where an account is. Undefined: in the application's default workspace, which the stack does not manage. */
  workspaceOf(account: Resource): Target | undefined {
    const declared = this.target(account, "workspaceId", "Workspace");
    if (declared !== undefined) return declared;
    const rest = this.of("DefaultWorkspace").find((each) => this.#together(each, account));
    const home: Target | undefined = rest && { resource: this.#managing(rest) };
    // Taking the line away moves an account to the default workspace; one that never had it stays where it is.
    if (this.side === "after" && account.before && valuesOf(account, "before")["workspaceId"] !== undefined)
      return home;
    const current = [account[this.side], account.before]
      .map((state) => asText(state?.outputs["currentWorkspaceId"]))
      .find((id) => id !== undefined);
    const recorded =
      current === undefined || notShown(current) ? undefined : this.#byId.get(`Workspace ${current}`);
    if (recorded) return { resource: recorded };
    const domain = domainOf(this.email(account));
    const grouping = this.of("Workspace").find(
      (each) =>
        this.inputs(each)["autoGroup"] === true &&
        domain !== undefined &&
        nameIn(this.inputs(each)["domainName"]) === domain &&
        this.#together(each, account),
    );
    if (grouping && current === undefined) return { resource: this.#managing(grouping) };
    if (current !== undefined && !notShown(current)) return { id: current };
    return home;
  }

  /** The accounts in a workspace; `undefined` is the default workspace where the stack does not manage it. */
  members(workspace: Resource | undefined): Resource[] {
    return this.#members.get(workspace) ?? [];
  }

  /** The accounts that name no workspace, and are in one that no resource at hand is. */
  get undeclared(): readonly Resource[] {
    return this.#undeclared;
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
    return this.workspaces().filter((each) => this.rulesOf(each).some((target) => pointsTo(target, rule)));
  }

  /** The rules that a workspace runs, with those that the program does not declare. */
  rulesOf(workspace: Resource): Target[] {
    const declared = this.inputs(workspace)["ruleIds"] ?? this.#found(workspace, "ruleIds");
    return declared === "unknown" ? ["unknown"] : this.targets(workspace, "ruleIds", declared, "Rule");
  }

  /** What stands on a workspace that the program does not declare. */
  #found(resource: Resource, property: string): string[] | "unknown" {
    if (property !== "policyId" && property !== "ruleIds") return [];
    return WORKSPACES.includes(resource.kind!) ? foundOn(resource, property, this.side) : [];
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
    return email === undefined || notShown(email) ? undefined : email;
  }

  /** The resource a property names by its id. */
  target(resource: Resource, property: string, kind: Kind): Target | undefined {
    const value = this.inputs(resource)[property] ?? undefined;
    const values = value === undefined ? this.#found(resource, property) : [value];
    return values === "unknown" ? values : this.targets(resource, property, values, kind)[0];
  }

  /** Whether a resource waits for another one, directly or by way of others. A preview that streams does not tell. */
  dependsOn(resource: Resource, other: Resource): boolean {
    const seen = new Set<Resource>([resource]);
    for (const each of seen) {
      const { dependencies = [], propertyDependencies = {} } = each[this.side] ?? {};
      for (const urn of [...dependencies, ...Object.values(propertyDependencies).flat()]) {
        const found = this.#byUrn.get(urn);
        if (found === other) return true;
        if (found) seen.add(found);
      }
    }
    return false;
  }

  /** The resources that ids name. Of an id that is not known yet, what the property is made from is a guess at most. */
  targets(resource: Resource, property: string, ids: unknown, kind: Kind): Target[] {
    const values = Array.isArray(ids) ? (ids as unknown[]) : notShown(ids) ? [ids] : [];
    const known = values
      .filter((value): value is string => typeof value === "string" && !notShown(value))
      .map((id): Target => {
        const found = this.#byId.get(`${family(kind)} ${id}`);
        return found ? { resource: found } : { id };
      });
    const open = values.filter(notShown).length;
    if (open === 0) return known;
    const taken = new Set(known.map(resourceOf));
    const made = (resource[this.side]?.propertyDependencies[property] ?? [])
      .flatMap((urn) => this.#byUrn.get(urn) ?? [])
      .map((each) => this.#managing(each))
      .filter(
        (each): each is Resource =>
          each?.kind !== undefined && family(each.kind) === family(kind) && !taken.has(each),
      );
    const candidates = [...new Set(made)];
    const guessed =
      candidates.length === open || (!Array.isArray(ids) && candidates.length > 0)
        ? candidates.map((each): Target => ({ resource: each, guessed: true }))
        : Array.from({ length: open }, (): Target => "unknown");
    return [...known, ...guessed];
  }
}

/** Ids of the default workspaces differ by application, and an account may show none. */
function recordedApplication({ before, after }: Resource): string | undefined {
  const found = [before, after].map((state) => asText(state?.outputs["applicationId"]));
  return found.find((id) => id !== undefined && !notShown(id));
}

function connectionOf(resource: Resource): string {
  return `${resource.elsewhere ?? ""}\n${nameOfConnection(resource)}`;
}

function nameOfConnection({ before, after }: Resource): string {
  const state = after ?? before;
  return state === undefined ? "" : credentialsOf(state);
}

/** Whether it is certain before the `up` what a property points to. */
export function isSure(target: Target | undefined): boolean {
  return target === undefined || (target !== "unknown" && !("guessed" in target));
}

export function resourceOf(target: Target | undefined): Resource | undefined {
  return typeof target === "object" && "resource" in target ? target.resource : undefined;
}

function pointsTo(target: Target | undefined, resource: Resource): boolean {
  return resourceOf(target) === resource;
}

/** The part of an address behind the @, in its normal form. */
export function domainOf(email: string | undefined): string | undefined {
  return email?.includes("@") ? nameIn(domainOfEmail(email)) : undefined;
}

/** A property as it stands and as it is declared from now on, where these differ. */
export function changed(resource: Resource, property: string): { from: unknown; to: unknown } | undefined {
  const from = valuesOf(resource, "before")[property];
  const to = valuesOf(resource, "after")[property];
  if (!same(from, to)) return { from, to };
  return mayDifferInSecret(resource, property, to) ? { from, to } : undefined;
}

/** Secrets are the same word on both sides. In what the engine updates, any of them may be what changes. */
function mayDifferInSecret({ change, kind }: Resource, property: string, value: unknown): boolean {
  const updated = change === "update" || change === "replace";
  // An account with a password is edited often; whether that changes is asked in its own place.
  return updated && kind !== undefined && property !== "appPassword" && holdsSecret(value);
}

/** Whether two values are known to be the same: a secret may be another one. */
export function sameAsShown(a: unknown, b: unknown): boolean {
  return same(a, b) && !holdsSecret(a);
}

/** Whether a value is a secret, or holds one. */
export function holdsSecret(value: unknown): boolean {
  if (value === "[secret]") return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(holdsSecret);
}

/** The properties that differ, and what the engine names beside them; dynamic resources have nothing named. */
export function changedProperties(resource: Resource): string[] {
  const { before, after, diffs } = resource;
  const names =
    before && after
      ? Object.keys({ ...before.inputs, ...after.inputs }).filter((name) => changed(resource, name))
      : [];
  return [...new Set([...diffs, ...names])].filter(isDeclared).sort();
}

/** Both sides have it, and neither shows it. */
export function isHidden(resource: Resource, property: string): boolean {
  return (["before", "after"] as const).every((side) => valuesOf(resource, side)[property] === "[secret]");
}

function valuesOf(resource: Resource, side: Side): Record<string, unknown> {
  const state = resource[side];
  if (!state) return {};
  if (resource.kind === undefined) return state.inputs;
  if (side === "before" || resource.change === "read" || state.external) return standing(state);
  return state.inputs;
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
  const short = kindOfToken(type);
  return {
    urn: step.urn,
    type,
    kind: guardsOnly(step) ? undefined : KINDS.find((kind) => kind === short),
    name,
    change: changeOf(step),
    before: step.old,
    after: step.new,
    diffs: [...new Set([...step.diffs, ...step.replaces])].map((path) => path.replace(/\[.*$/, "")),
    drifted: false,
  };
}

/** Of a domain whose records have moved, a second entry guards the new ones. It verifies nothing, and the records are judged themselves. */
function guardsOnly({ old, new: news }: Step): boolean {
  return (news ?? old)?.inputs["guardOnly"] === true;
}

function changeOf({ op, old, new: news }: Step): Change {
  switch (op) {
    case "create":
      return adopts(news) ? "adopt" : "create";
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
      // What the stack manages is let go of by an `id`: it is looked up from then on.
      return old && !old.external && news?.external ? "forget" : "read";
    case "read-replacement":
      return old && !old.external && news?.external ? "replace" : "read";
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

/** Whether the program has an object taken over. `adopt: false` asks for a new one. */
function adopts(state: State | undefined): boolean {
  const adopt = state?.inputs["adopt"];
  return adopt !== undefined && adopt !== null && adopt !== false;
}

/** Whether what is taken over may turn out to be made: `adopt` makes it where Nylas has none; only an import by id does not. */
export function mayBeMade({ change, after }: Resource): boolean {
  return change === "create" || (change === "adopt" && adopts(after));
}

function isLookUp({ change, before, after }: Resource): boolean {
  return change === "read" || (after ?? before)?.external === true;
}

const WORKSPACES: readonly Kind[] = ["Workspace", "DefaultWorkspace"];

/** Both kinds of workspace are named by `workspaceId`. */
function family(kind: Kind): Kind {
  return kind === "DefaultWorkspace" ? "Workspace" : kind;
}

function listIds(conditions: unknown): unknown {
  if (notShown(conditions) && !Array.isArray(conditions)) return conditions;
  if (!Array.isArray(conditions)) return [];
  return conditions.flatMap((condition): unknown[] => {
    const inList = asObject(condition)?.["inList"];
    if (Array.isArray(inList)) return inList;
    return notShown(inList ?? condition) ? [inList ?? condition] : texts([inList]);
  });
}

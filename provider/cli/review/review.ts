/** What all parts of a review look at, and what they say. */
import { holdsUnknown } from "../../lifecycle/unknown";
import { Fleet, resourceOf, resourcesOf, type Kind, type Resource, type Target, urnParts } from "./fleet";
import { type Gate } from "./gates";
import { asText, type Preview } from "./preview";
import { findRenames, type Rename } from "./renames";
import { counted, enumerated, say, some, type Markdown } from "./text";
import { type Named, type Voice } from "./voice";

export type Section = "loss" | "accounts" | "policies" | "dns" | "rest";

/** One thing that a change does, in one line. */
export interface Finding {
  section: Section;
  gates: Gate[];
  text: Markdown;
}

export class Review {
  readonly resources: Resource[];
  readonly before: Fleet;
  readonly after: Fleet;
  readonly renames: Rename[];
  readonly #predecessors: Map<Resource, Resource>;
  /** Resources of which `allowMailLoss` has been spoken. */
  readonly allowances = new Set<Resource>();
  readonly #renamed: Set<Resource>;
  readonly #told = new Set<Resource>();

  constructor(
    readonly preview: Preview,
    readonly voice: Voice,
  ) {
    this.resources = resourcesOf(preview);
    this.before = new Fleet(this.resources, "before");
    this.after = new Fleet(this.resources, "after");
    this.renames = findRenames(this.resources, this.before, this.after);
    const sure = this.renames.filter((rename) => rename.sure).flatMap(({ pairs }) => pairs);
    this.#predecessors = new Map(sure.map(({ old, new: made }) => [made, old]));
    this.#renamed = new Set(sure.flatMap(({ old, new: made }) => [old, made]));
  }

  /** Marks what has been said something of, so that nothing is left out and nothing comes twice. */
  told(...resources: Resource[]): void {
    for (const each of resources) this.#told.add(each);
  }

  isTold(resource: Resource): boolean {
    return this.#told.has(resource);
  }

  /** The word that lets a loss of mail through, where it stands; it is then said in one place only. */
  allowance(resource: Resource): Markdown {
    if (resource.after?.inputs["allowMailLoss"] !== true) return say``;
    this.allowances.add(resource);
    return say` \`allowMailLoss\` lets it through.`;
  }

  isRenamed(resource: Resource): boolean {
    return this.#renamed.has(resource);
  }

  /** Those of a kind that change in one of these ways and are no rename. */
  changing(kind: Kind, ...changes: Resource["change"][]): Resource[] {
    return this.resources.filter(
      (each) => each.kind === kind && changes.includes(each.change) && !this.#renamed.has(each),
    );
  }

  /** Whether two targets are one workspace; the default one is, whether the stack manages it or not. */
  sameWorkspace(a: Target | undefined, b: Target | undefined): boolean {
    const plain = (target: Target | undefined) =>
      resourceOf(target)?.kind === "DefaultWorkspace" ? undefined : target;
    return this.sameObject(plain(a), plain(b));
  }

  /** Whether two targets are one object, under whatever name the program has it. */
  sameObject(a: Target | undefined, b: Target | undefined): boolean {
    const key = (target: Target | undefined): unknown => {
      if (target === undefined) return "none";
      if (target === "unknown") return Symbol(target);
      if ("id" in target) return target.id;
      const own = this.#predecessors.get(target.resource) ?? target.resource;
      return own.before?.id ?? own;
    };
    return key(a) === key(b);
  }

  /** Whether the configuration lets it be deleted in any case. */
  isForced(resource: Resource): boolean {
    if (resource.before?.inputs["forceDestroy"] === true) return true;
    const key =
      resource.kind === "Domain" ? "domainName" : resource.kind === "AgentAccount" ? "email" : "name";
    const name = asText(resource.before?.inputs[key])?.toLowerCase();
    const listed = this.preview.config["nylas:forceDestroy"];
    if (name === undefined || listed === undefined) return false;
    return listed.split(/[\s,"[\]]+/).some((each) => each.toLowerCase() === name);
  }

  /** What a person calls it. */
  name(resource: Resource): Markdown {
    const fleet = this.after.has(resource) ? this.after : this.before;
    const inputs = fleet.inputs(resource);
    switch (resource.kind) {
      case "AgentAccount": {
        const email = fleet.email(resource);
        return email === undefined
          ? say`${this.programName(resource)} (its address is known at the up)`
          : this.voice.email(email);
      }
      case "Domain":
      case "DomainRecords":
      case "DomainVerification": {
        const domain = asText(inputs["domainName"]);
        return domain === undefined || holdsUnknown(domain)
          ? this.programName(resource)
          : this.voice.host(domain);
      }
      case "DefaultWorkspace":
        return say`the default workspace`;
      default:
        return this.voice.name(
          NAMED[resource.kind!] ?? "resource",
          givenName(resource, inputs) ?? resource.name,
        );
    }
  }

  /** Its name in the program. */
  programName(resource: Resource): Markdown {
    return this.voice.name("resource", resource.name);
  }

  names(resources: readonly Resource[], most = 20): Markdown {
    return some(
      resources.map((each) => this.name(each)),
      most,
    );
  }

  target(target: Target | undefined, noun: "workspace" | "policy" | "rule" | "list"): Markdown {
    const resource = resourceOf(target);
    if (resource?.kind === "DefaultWorkspace") return say`the default workspace`;
    if (resource) return say`${NOUNS[noun]} ${this.name(resource)}`;
    if (target === undefined) return noun === "policy" ? say`no policy` : say`the default workspace`;
    if (target === "unknown") return say`a ${NOUNS[noun]} that is known at the up`;
    return say`a ${NOUNS[noun]} outside of this stack (${this.voice.name(noun, (target as { id: string }).id)})`;
  }

  /** ` for 14 accounts in customer-a`; for more than one workspace, how many in each. */
  reach(workspaces: readonly Resource[], fleet: Fleet = this.after): Markdown {
    const reached = workspaces.map((workspace) => ({ workspace, members: this.membersOf(workspace, fleet) }));
    const peopled = reached.filter(({ members }) => members.length > 0);
    const total = peopled.reduce((sum, { members }) => sum + members.length, 0);
    if (total === 0) {
      return workspaces.length === 0
        ? say` for no account: no workspace of this stack names it`
        : say` for no account of this stack: ${enumerated(workspaces.slice(0, 5).map((each) => this.name(each)))} ${
            workspaces.length === 1 ? say`is` : say`are`
          } empty`;
    }
    if (peopled.length === 1)
      return say` for ${counted(total, say`account`)} in ${this.name(peopled[0]!.workspace)}`;
    const each = peopled.map(({ workspace, members }) => say`${members.length} in ${this.name(workspace)}`);
    return say` for ${counted(total, say`account`)}: ${some(each, 12)}`;
  }

  membersOf(workspace: Resource, fleet: Fleet = this.after): Resource[] {
    const rest = workspace.kind === "DefaultWorkspace" ? fleet.members(undefined) : [];
    return [...fleet.members(workspace), ...rest];
  }
}

/** The name at Nylas, where the program gives one: a default one only repeats project and stack. */
export function givenName(resource: Resource, inputs: Record<string, unknown>): string | undefined {
  const name = asText(inputs["name"]);
  if (name === undefined || holdsUnknown(name)) return undefined;
  return isDefaultName(resource, name) ? undefined : name;
}

export function isDefaultName(resource: Resource, name: string): boolean {
  const { project, stack } = urnParts(resource.urn);
  return name === `${project}/${stack}/${resource.name}`;
}

const NAMED: Partial<Record<Kind, Named>> = {
  AgentAccount: "account",
  Workspace: "workspace",
  Policy: "policy",
  Rule: "rule",
  List: "list",
  Webhook: "webhook",
  Principal: "principal",
  ApiKey: "key",
};

const NOUNS = {
  workspace: say`workspace`,
  policy: say`policy`,
  rule: say`rule`,
  list: say`list`,
};

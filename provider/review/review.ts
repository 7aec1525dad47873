/** What all parts of a review look at, and what they say. */
import { lets } from "../core/standing";
import { configurationKey } from "../nylas/credentials";
import { type ForceKind, forceWord, readForceWords } from "../nylas/forceWords";
import { normaliseName } from "../dns/records";
import {
  domainOf,
  Fleet,
  isSure,
  resourceOf,
  resourcesOf,
  type Resource,
  type Target,
  urnParts,
} from "./fleet";
import { explicitProvider } from "./credentials";
import { type Gate } from "./gates";
import { type Preview } from "./preview";
import { asText, nameIn } from "./json";
import { type Kind, namedOf } from "./kinds";
import { findRenames, type Rename } from "./renames";
import { ONE_STACK, type Scope } from "./scope";
import { notShown } from "./standing";
import { type State } from "./steps";
import { counted, enumerated, say, some, type Markdown } from "./text";
import { type Redactor } from "./redactor";

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
  #living: Map<string | undefined, Resource[]> | undefined;
  #mailDomains: Set<string> | undefined;
  #sees: boolean | undefined;

  constructor(
    readonly preview: Preview,
    readonly redactor: Redactor,
    /** What was looked at beside the preview. */
    readonly scope: Scope = ONE_STACK,
    /** The URN of the one resource that findings are wanted of; all of them are looked at. */
    only?: string,
  ) {
    const all = resourcesOf({ ...preview, steps: [...preview.steps, ...scope.pending] });
    this.resources = only === undefined ? all : all.filter(({ urn }) => urn === only);
    this.before = new Fleet([...all, ...scope.resources], "before");
    this.after = new Fleet([...all, ...scope.resources], "after");
    this.renames = findRenames(all, this.before, this.after);
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

  /**
   * Whether accounts that exist may be in one of these workspaces. The review sees accounts before the change or
   * after it. It sees those of other stacks only where all of them were handed in.
   */
  mayHold(workspaces: readonly Resource[]): boolean {
    return (
      !this.#seesAll ||
      workspaces.some((each) =>
        [this.before, this.after].some((fleet) =>
          this.membersOf(each, fleet).some((account) => this.before.has(account)),
        ),
      )
    );
  }

  /** Whether any account may exist before the change. */
  get mayHaveAccounts(): boolean {
    return !this.#seesAll || this.before.of("AgentAccount").length > 0;
  }

  /** Whether accounts that exist may have their addresses on a domain. */
  mayLiveOn(domain: string | undefined): boolean {
    return domain === undefined || this.hasUnseenAddresses || this.livingOn(domain).length > 0;
  }

  /** Whether an account may exist whose address is not shown: of another stack, or a secret. */
  get hasUnseenAddresses(): boolean {
    return !this.#seesAll || this.livingOn(undefined).length > 0;
  }

  /** The accounts on a domain that exist before the change; for undefined, those whose domain is not shown. */
  livingOn(domain: string | undefined): Resource[] {
    this.#living ??= groupBy(this.before.of("AgentAccount"), (each) => domainOf(this.before.email(each)));
    return this.#living.get(domain) ?? [];
  }

  /** The domain of this name that this change registers. A create is refused where Nylas has the domain already. */
  newDomain(domain: string | undefined): Resource | undefined {
    if (domain === undefined) return undefined;
    return this.changing("Domain", "create").find(
      (each) => nameIn(this.after.inputs(each)["domainName"]) === domain,
    );
  }

  /** The domains that mailboxes have their addresses on, as far as they are known; in lower case and punycode. */
  get mailDomains(): ReadonlySet<string> {
    if (!this.#mailDomains) {
      const found = [this.before, this.after].flatMap((fleet) => [
        ...(["Domain", "DomainRecords", "DomainVerification"] as const).flatMap((kind) =>
          fleet.of(kind).map((each) => asText(fleet.inputs(each)["domainName"])),
        ),
        ...fleet.of("AgentAccount").map((account) => domainOf(fleet.email(account))),
      ]);
      const names = found.filter((name) => name !== undefined && !notShown(name)) as string[];
      this.#mailDomains = new Set(names.map(normaliseName));
    }
    return this.#mailDomains;
  }

  /** Whether no account, workspace or principal of the application can be out of sight. */
  get #seesAll(): boolean {
    return (this.#sees ??=
      this.scope.complete &&
      this.before.of("AgentAccount").every((each) => isSure(this.after.workspaceOf(each))) &&
      // What is taken over may be anywhere, and under anything, until it is written to; what waits for its delete stands as well.
      ![...this.resources, ...this.scope.resources].some(
        ({ kind, change }) => kind !== undefined && (change === "adopt" || change === "leftover"),
      ));
  }

  /** Those of a kind that change in one of these ways and are no rename. */
  changing(kind: Kind, ...changes: Resource["change"][]): Resource[] {
    return this.resources.filter(
      (each) => each.kind === kind && changes.includes(each.change) && !this.#renamed.has(each),
    );
  }

  /** Whether two targets are one workspace for certain; the default one is, whether the stack manages it or not. */
  sameWorkspace(a: Target | undefined, b: Target | undefined): boolean {
    const plain = (target: Target | undefined) =>
      resourceOf(target)?.kind === "DefaultWorkspace" ? undefined : target;
    return this.sameObject(plain(a), plain(b));
  }

  /** Whether two targets are one object for certain, under whatever name the program has it. */
  sameObject(a: Target | undefined, b: Target | undefined): boolean {
    if (!isSure(a) || !isSure(b)) return false;
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
    const { id, inputs } = resource.before ?? {};
    // A change that takes the word back is not let through by it.
    if (lets("forceDestroy", inputs, resource.after?.inputs ?? inputs ?? {})) return true;
    const named: Partial<Record<string, [kind: ForceKind, name: unknown]>> = {
      AgentAccount: ["account", inputs?.["email"]],
      Domain: ["domain", inputs?.["domainName"]],
      Workspace: ["workspace", id],
    };
    const [kind, name] = named[resource.kind ?? ""] ?? [];
    return (
      kind !== undefined &&
      typeof name === "string" &&
      this.#forceWords(resource.before!).includes(`${forceWord(kind, name)}`)
    );
  }

  /** The objects that the configuration of the preview, or an explicit provider, lets go in any case. */
  #forceWords({ inputs, provider }: State): readonly string[] {
    const connection = asText(inputs["connection"]);
    const name = configurationKey("forceDestroy", connection);
    const isExplicit = connection === undefined && explicitProvider({ provider }) !== undefined;
    const given = isExplicit ? this.#argument(provider!, "forceDestroy") : this.preview.config[name];
    const text = given?.trim();
    return readForceWords(text ? { text, source: name, from: "configuration", name } : undefined).words;
  }

  /** What the program gives an explicit provider; the engine hands a list on as JSON. */
  #argument(urn: string, name: string): string | undefined {
    const provider = this.resources.find((each) => each.urn === urn);
    const value = (provider?.after ?? provider?.before)?.inputs[name];
    return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
  }

  /** What a person calls it, and its stack where that is another. */
  name(resource: Resource): Markdown {
    const name = this.#ownName(resource);
    return resource.elsewhere === undefined
      ? name
      : say`${name} (stack ${this.redactor.name("stack", resource.elsewhere)})`;
  }

  #ownName(resource: Resource): Markdown {
    const fleet = this.after.has(resource) ? this.after : this.before;
    const inputs = fleet.inputs(resource);
    switch (resource.kind) {
      case "AgentAccount": {
        const email = fleet.email(resource);
        return email === undefined
          ? say`${this.programName(resource)} (its address is known at the up)`
          : this.redactor.email(email);
      }
      case "Domain":
      case "DomainRecords":
      case "DomainVerification": {
        const domain = asText(inputs["domainName"]);
        return domain === undefined || notShown(domain)
          ? this.programName(resource)
          : this.redactor.host(domain);
      }
      case "DefaultWorkspace":
        return say`the default workspace`;
      default:
        return this.redactor.name(namedOf(resource.kind), givenName(resource, inputs) ?? resource.name);
    }
  }

  /** Its name in the program. */
  programName(resource: Resource): Markdown {
    return this.redactor.name("resource", resource.name);
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
    return say`a ${NOUNS[noun]} outside of this stack (${this.redactor.name(noun, (target as { id: string }).id)})`;
  }

  /** ` for 14 accounts in customer-a`; for more than one workspace, how many in each. */
  reach(workspaces: readonly Resource[], fleet: Fleet = this.after): Markdown {
    const reached = workspaces.map((workspace) => ({ workspace, members: this.membersOf(workspace, fleet) }));
    const peopled = reached.filter(({ members }) => members.length > 0);
    const total = peopled.reduce((sum, { members }) => sum + members.length, 0);
    if (total === 0) {
      return workspaces.length === 0
        ? say` for no account of this stack: no workspace of it names it${this.#unseen()}`
        : say` for no account of this stack: ${enumerated(workspaces.slice(0, 5).map((each) => this.name(each)))} ${
            workspaces.length === 1 ? say`is` : say`are`
          } empty${this.#unseen()}`;
    }
    if (peopled.length === 1)
      return say` for ${counted(total, say`account`)} in ${this.name(peopled[0]!.workspace)}`;
    const each = peopled.map(({ workspace, members }) => say`${members.length} in ${this.name(workspace)}`);
    return say` for ${counted(total, say`account`)}: ${some(each, 12)}`;
  }

  #unseen(): Markdown {
    return this.scope.complete ? say`` : say`. Whether other stacks use it is not known`;
  }

  /** How many accounts a new workspace gets; in a preview that streams, that may not be known. */
  membersInWords(workspace: Resource): Markdown {
    const count = this.after.members(workspace).length;
    const open = this.after.of("AgentAccount").some((each) => this.after.workspaceOf(each) === "unknown");
    if (!open) return counted(count, say`account`);
    return count === 0
      ? say`accounts that are known at the up`
      : say`${counted(count, say`account`)} or more`;
  }

  membersOf(workspace: Resource, fleet: Fleet = this.after): Resource[] {
    if (workspace.kind !== "DefaultWorkspace") return fleet.members(workspace);
    return [...fleet.members(workspace), ...fleet.members(undefined), ...fleet.undeclared];
  }
}

/** The name at Nylas, where the program gives one: a default one only repeats project and stack. */
export function givenName(resource: Resource, inputs: Record<string, unknown>): string | undefined {
  const name = asText(inputs["name"]);
  if (name === undefined || notShown(name)) return undefined;
  return isDefaultName(resource, name) ? undefined : name;
}

export function isDefaultName(resource: Resource, name: string): boolean {
  const { project, stack } = urnParts(resource.urn);
  return name === `${project}/${stack}/${resource.name}`;
}

const NOUNS = {
  workspace: say`workspace`,
  policy: say`policy`,
  rule: say`rule`,
  list: say`list`,
};

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const own = groups.get(key(item));
    if (own) own.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** One object after the other becomes a declaration, with what the state is to hold of it; or it is left, with the reason. */
import { type Domain, type Grant, type Workspace } from "../../nylas/api";
import { type CommonInputs, type Definition } from "../../core/definition";
import { same } from "../../core/equality";
import { type PropertyTable } from "../../core/types";
import { type Session } from "../../resources/session";
import { bearsNameOf, foreignStack } from "./foreign";
import { type DomainDns, type Zones } from "./dns";
import { type Bag, type Recorded, type Recorder } from "./recorder";

/** A declaration and its entry in the state. */
export interface ImportedResource {
  /** As in `pulumi-nodejs:dynamic/nylas:Policy`. */
  type: string;
  id: string;
  /** What it is called at Nylas. */
  title: string;
  /** The arguments, with the ids of others as they are. */
  args: Bag;
  inputs: Bag;
  outputs: Bag;
  /** What a reader of the program should know, a line each. */
  comments: string[];
}

export interface ImportedDomain extends ImportedResource {
  domain: Domain;
  dns?: DomainDns;
  /** The parts of an AgentDomain that are resources of ours. */
  records?: ImportedResource;
  verification?: ImportedResource;
}

export interface ImportedWorkspace extends ImportedResource {
  workspace: Workspace;
}

export interface ImportedAccount extends ImportedResource {
  grant: Grant;
}

export interface ImportedList extends ImportedResource {
  /** Where its items are too many for the program and the state: the file that they go to. */
  file?: { path: string; text: string };
}

/** What stays as it is, outside the program. */
export interface LeftOut {
  what: string;
  why: string;
}

export interface Gathered {
  domains: ImportedDomain[];
  policies: Map<string, ImportedResource>;
  lists: Map<string, ImportedList>;
  rules: Map<string, ImportedResource>;
  workspaces: Map<string, ImportedWorkspace>;
  defaultWorkspace?: ImportedResource;
  accounts: ImportedAccount[];
  webhooks: ImportedResource[];
  left: LeftOut[];
  /** How many objects the stack holds already. */
  held: number;
  /** What an API that never shows it again keeps from us. */
  secrets: string[];
  /** What is brought in as it is, and should be looked at. */
  hints: string[];
}

/** What else there is to know. */
export interface Surroundings {
  /** Where DNS records are looked for; undefined: nowhere. */
  zones: Zones | undefined;
  /** What the state holds already, as `kind id`. */
  held: ReadonlySet<string>;
  connection: string | undefined;
  /** `project/stack` of the stack that all of it is for. */
  target: string | undefined;
  /** Bring in what bears the default name of another stack, too. */
  includeForeign: boolean;
}

/** Records one object after the other. */
export class Step {
  constructor(
    private readonly recorder: Recorder,
    readonly gathered: Gathered,
    private readonly around: Omit<Surroundings, "zones">,
  ) {}

  /**
   * The object as a declaration; undefined, and named, where it cannot be one. `named` is what tells whose it is: its own name,
   * or that of what it lives in.
   */
  async bring<Remote>(
    definition: Pick<Definition<never, Remote, Session>, "type" | "describe" | "id">,
    remote: Remote,
    args: Bag,
    title: string,
    named = [args.name],
  ): Promise<ImportedResource | undefined> {
    const { target, includeForeign } = this.around;
    if (this.around.held.has(`${definition.type} ${definition.id(remote)}`)) {
      this.gathered.held++;
      return undefined;
    }
    const foreign = named.map((name) => foreignStack(name, target)).find((stack) => stack !== undefined);
    const where = definition.type === "AgentAccount" ? "is in a workspace that " : "";
    if (foreign !== undefined && !includeForeign) {
      this.leave(
        definition.describe(remote),
        `it ${where}${bearsNameOf(foreign)}, and two stacks would undo each other's changes. If no stack holds it any more, --include-foreign brings it in`,
      );
      return undefined;
    }
    const recorded = await this.try(definition, remote, args);
    if ("problem" in recorded) {
      this.leave(definition.describe(remote), recorded.problem);
      return undefined;
    }
    const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
    const comments: string[] = [];
    if (foreign !== undefined) {
      comments.push(
        `It ${where}${bearsNameOf(foreign)}: take it out of that stack first (pulumi state delete).`,
      );
      this.gathered.hints.push(
        `${definition.describe(remote)} ${where}${bearsNameOf(foreign)}: take it out of that stack first (pulumi state delete), or both change and delete it.`,
      );
    }
    return {
      type: definition.type,
      id: definition.id(remote),
      title,
      args: given,
      ...recorded,
      comments,
    };
  }

  try<Remote>(definition: object, remote: Remote, args: Bag): Promise<Recorded> {
    const { connection } = this.around;
    return this.recorder.record(
      definition as Definition<object, Remote, Session>,
      remote,
      present({ ...args, connection }),
    );
  }

  leave(what: string, why: string): void {
    this.gathered.left.push({ what, why });
  }
}

/** What a program says of an object that stands, in the order of the table. What is as it would be without a line gets none. */
export function declared<Inputs extends CommonInputs, Remote>(
  { observed, inputs }: Pick<Definition<Inputs, Remote, Session>, "observed" | "inputs">,
  properties: PropertyTable,
  remote: Remote,
): Bag {
  const seen = observed(remote) as Bag;
  const isSaid = (name: string, value: unknown) =>
    value !== undefined &&
    !same(value, inputs?.defaults?.[name as keyof Inputs]) &&
    !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(
    Object.keys(properties).flatMap((name) => (isSaid(name, seen[name]) ? [[name, seen[name]]] : [])),
  );
}

export function present(args: Bag): Bag {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}

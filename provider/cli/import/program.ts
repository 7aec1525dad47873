/** The written program, in no language: its resources, what they refer to, and what a reader should know. */
import { type VendorName, type VendorResource } from "./vendors";

/** A resource of the program. */
export interface Statement {
  section: Section;
  /** Lines that stand before it. */
  comments: string[];
  declared: Declared;
  /** Its name in the stack. */
  name: string;
  /** What a variable for it is called after: `policy`. */
  noun: string;
  /** JSON values, and the nodes below in any place. */
  args: Record<string, unknown>;
  isProtected: boolean;
}

/** A kind of ours, a component of ours, or the resource of a DNS vendor. */
export type Declared =
  | { of: "kind"; type: string }
  | { of: "component"; type: "AgentDomain" | "Tenant" }
  | { of: "vendor"; resource: VendorResource };

/** The id of a resource of the program, or the resource itself. */
export class Reference {
  constructor(
    readonly to: Statement,
    readonly output: "id" | "itself",
  ) {}
}

/** The address of a mailbox on an AgentDomain of the program. */
export class Mailbox {
  constructor(
    readonly domain: Statement,
    readonly alias: string,
  ) {}
}

/** Where the records of a domain are published. */
export class Dns {
  constructor(
    readonly vendor: VendorName,
    readonly adapter: { module: string; functionName: string },
    readonly args: Record<string, unknown>,
  ) {}
}

export const TITLES = {
  Domains: "Domains",
  Lists: "Lists",
  Rules: "Rules",
  Policies:
    "Policies. Nylas shows every limit that is in force; one that was never set stands here as the plan's maximum.",
  Workspaces: "Workspaces",
  Tenants: "Tenants",
  Accounts: "Accounts",
  Webhooks: "Webhooks",
};
export type Section = keyof typeof TITLES;

export interface Program {
  /** Lines at its beginning, with the language's own words for the option `protect`. */
  head(protect: string): string[];
  statements: Statement[];
  /** Lines at its end: what was not brought in. */
  left: string[];
}

/** Each section that has statements, with its title. */
export function sectionsOf({ statements }: Program): { title: string; statements: Statement[] }[] {
  return (Object.keys(TITLES) as Section[])
    .map((section) => ({
      title: TITLES[section],
      statements: statements.filter((each) => each.section === section),
    }))
    .filter((section) => section.statements.length > 0);
}

/** The resources that others refer to. */
export function referredTo({ statements }: Program): Set<Statement> {
  const found = new Set<Statement>();
  for (const { args } of statements)
    visit(args, (node) => found.add(node instanceof Mailbox ? node.domain : node.to));
  return found;
}

/** The aliases whose addresses are read, by their domain. */
export function aliasesOf({ statements }: Program): Map<Statement, string[]> {
  const found = new Map<Statement, string[]>();
  for (const { args } of statements)
    visit(args, (node) => {
      if (node instanceof Mailbox) found.set(node.domain, [...(found.get(node.domain) ?? []), node.alias]);
    });
  return found;
}

function visit(value: unknown, found: (node: Reference | Mailbox) => void): void {
  if (value instanceof Reference || value instanceof Mailbox) found(value);
  else if (typeof value === "object" && value !== null)
    for (const member of Object.values(value)) visit(member, found);
}

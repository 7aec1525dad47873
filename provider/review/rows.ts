/** The fleet, workspace by workspace: the domains of its accounts, its policy, its accounts. What is deleted comes last. */
import { normaliseName } from "../dns/records";
import { domainOf, type Fleet, type Resource, resourceOf, type Target } from "./fleet";
import { givenName, type Review } from "./review";
import { type Redactor } from "./redactor";

/** One workspace with what hangs on it. */
export interface Row {
  workspace: Node;
  domains: Node[];
  policy: Node | undefined;
  accounts: Resource[];
}

export interface Node {
  /** The same for the same thing. */
  key: string;
  /** As it is shown: a pseudonym where names are redacted. */
  name: string;
  mark: "made" | "changed" | "gone" | undefined;
  /** What it stands for, where the stack manages it. */
  resource?: Resource;
}

export function fleetRows(review: Review): Row[] {
  return [...standing(review), ...going(review)];
}

function standing(review: Review): Row[] {
  const { after, redactor } = review;
  const row = (workspace: Node, policy: Target | undefined, accounts: Resource[]): Row => ({
    workspace,
    domains: domainsOf(after, redactor, accounts, workspace.resource),
    policy: policy && workspace.resource && policyNode(redactor, policy),
    accounts,
  });
  const found = after
    .workspaces()
    .filter((each) => each.elsewhere === undefined)
    .map((workspace) =>
      row(
        workspaceNode(redactor, workspace),
        after.policyOf({ resource: workspace }),
        review.membersOf(workspace),
      ),
    );
  const home = after.members(undefined).filter((account) => account.elsewhere === undefined);
  if (after.of("DefaultWorkspace").length === 0 && home.length > 0) {
    found.push(row({ key: "default", name: "default workspace", mark: undefined }, undefined, home));
  }
  const placed = new Set(found.flatMap(({ accounts }) => accounts));
  const elsewhere = after
    .of("AgentAccount")
    .filter((account) => account.elsewhere === undefined && !placed.has(account));
  if (elsewhere.length > 0) {
    found.push(
      row(
        { key: "elsewhere", name: "workspaces outside of this stack", mark: undefined },
        undefined,
        elsewhere,
      ),
    );
  }
  return found;
}

/** What is deleted is shown as well, as it stood. */
function going(review: Review): Row[] {
  const { before, redactor } = review;
  const gone = (each: Resource) =>
    (each.change === "delete" || each.change === "leftover") && !review.isRenamed(each);
  const lost = before.of("AgentAccount").filter((each) => each.elsewhere === undefined && gone(each));
  const found = before
    .of("Workspace")
    .filter((each) => each.elsewhere === undefined && gone(each))
    .map((workspace): Row => {
      const accounts = lost.filter((account) => resourceOf(before.workspaceOf(account)) === workspace);
      const domains = domainsOf(before, redactor, accounts, workspace);
      return { workspace: workspaceNode(redactor, workspace), domains, policy: undefined, accounts };
    });
  const taken = new Set(found.flatMap(({ accounts }) => accounts));
  const rest = lost.filter((account) => !taken.has(account));
  if (rest.length === 0) return found;
  const domains = domainsOf(before, redactor, rest, undefined);
  const workspace: Node = { key: "deleted", name: "deleted", mark: "gone" };
  return [...found, { workspace, domains, policy: undefined, accounts: rest }];
}

/** How much of a row changes. */
export function changesIn({ workspace, policy, accounts }: Row): number {
  const resources = [workspace.resource, policy?.resource, ...accounts];
  return resources.filter((each) => each && !["same", "read"].includes(each.change)).length;
}

export function markOf(resources: readonly Resource[]): Node["mark"] {
  const changes = new Set(resources.map(({ change }) => MARKS[change]));
  const [only] = changes;
  return changes.size === 1 || [...changes].every((mark) => mark === undefined) ? only : "changed";
}

const MARKS: Partial<Record<Resource["change"], NonNullable<Node["mark"]>>> = {
  create: "made",
  adopt: "made",
  update: "changed",
  replace: "changed",
  delete: "gone",
  leftover: "gone",
};

function workspaceNode(redactor: Redactor, workspace: Resource): Node {
  const name =
    workspace.kind === "DefaultWorkspace" ? "default workspace" : nameOf(redactor, "workspace", workspace);
  return { key: workspace.urn, name, mark: markOf([workspace]), resource: workspace };
}

function policyNode(redactor: Redactor, policy: Target): Node {
  const resource = resourceOf(policy);
  if (!resource) return { key: `policy ${JSON.stringify(policy)}`, name: "another policy", mark: undefined };
  return {
    key: resource.urn,
    name: nameOf(redactor, "policy", resource),
    mark: markOf([resource]),
    resource,
  };
}

/** Those that its accounts have their addresses on; of an empty workspace, the one that it is for. */
function domainsOf(
  fleet: Fleet,
  redactor: Redactor,
  accounts: readonly Resource[],
  workspace: Resource | undefined,
): Node[] {
  const declared = workspace && fleet.inputs(workspace)["domainName"];
  const names = accounts.flatMap((account) => domainOf(fleet.email(account)) ?? []);
  const own = typeof declared === "string" && names.length === 0 ? [normaliseName(declared)] : [];
  return [...new Set([...own, ...names])].map((name) => ({
    key: `domain ${name}`,
    name: redactor.rawHost(name),
    mark: undefined,
  }));
}

function nameOf(redactor: Redactor, kind: "policy" | "workspace", resource: Resource): string {
  const inputs = (resource.after ?? resource.before)?.inputs ?? {};
  return redactor.rawName(kind, givenName(resource, inputs) ?? resource.name);
}

/** The fleet as a Mermaid flow chart, which GitHub and GitLab draw: domain → workspace → policy → accounts. */
import { createHash } from "node:crypto";
import { domainOf, type Fleet, type Resource, resourceOf, type Target } from "./fleet";
import { givenName, type Review } from "./review";
import { counted, say, shortened, visible, type Markdown } from "./text";
import { type Voice } from "./voice";

/** GitHub draws no chart of more than 500 arrows, and nobody reads one of more than these. */
const MOST_ROWS = 60;

interface Row {
  domains: string[];
  workspace: Node;
  policy: Node | undefined;
  accounts: Resource[];
  changes: number;
}

interface Node {
  key: string;
  label: string;
  mark: "made" | "changed" | "gone" | undefined;
}

/** Undefined where there is nothing to draw. */
export function picture(review: Review, mostRows = MOST_ROWS): Markdown | undefined {
  const all = [...rows(review, review.after), ...goneRows(review)];
  if (all.length === 0) return undefined;
  // What the change touches is kept; the rest is drawn while there is room.
  const order = all
    .map((row, at) => ({ row, at }))
    .sort((a, b) => b.row.changes - a.row.changes || a.at - b.at);
  const drawn = order
    .slice(0, mostRows)
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row);
  const lines = new Set<string>(["flowchart LR"]);
  const marked = new Map<string, string>();
  const node = ({ key, label, mark }: Node, shape: [string, string]) => {
    const id = `n${createHash("sha256").update(key).digest("hex").slice(0, 10)}`;
    lines.add(`  ${id}${shape[0]}"${label}"${shape[1]}`);
    if (mark) marked.set(id, mark);
    return id;
  };
  const accounts = new Set(all.flatMap((row) => row.accounts)).size;
  for (const row of drawn) {
    const workspace = node(row.workspace, ["[", "]"]);
    for (const domain of row.domains.slice(0, 5)) {
      const id = node(
        { key: `domain ${domain}`, label: label(review.voice.rawHost(domain)), mark: undefined },
        ["([", "])"],
      );
      lines.add(`  ${id} --> ${workspace}`);
    }
    const policy = row.policy && node(row.policy, ["{{", "}}"]);
    if (policy) lines.add(`  ${workspace} --> ${policy}`);
    if (row.accounts.length > 0) {
      const id = node(
        {
          key: `accounts ${row.workspace.key}`,
          label: accountsLabel(review, row),
          mark: markOf(row.accounts),
        },
        ["[/", "/]"],
      );
      lines.add(`  ${policy ?? workspace} --> ${id}`);
    }
  }
  for (const [mark, style] of Object.entries(STYLES)) {
    const ids = [...marked].filter(([, each]) => each === mark).map(([id]) => id);
    if (ids.length > 0) lines.add(`  classDef ${mark} ${style}`).add(`  class ${ids.join(",")} ${mark}`);
  }
  const left = all.length - drawn.length;
  const note =
    left > 0
      ? say`\n\n${counted(left, say`workspace`)} that this change does not touch ${
          left === 1 ? say`is` : say`are`
        } not drawn (${counted(accounts, say`account`)} in all).`
      : say``;
  const key = marked.size > 0 ? say`\n\nGreen is made, yellow changes, red goes.` : say``;
  return `${["```mermaid", ...lines, "```"].join("\n")}${key}${note}` as Markdown;
}

const STYLES = {
  made: "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
  changed: "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
  gone: "fill:#ffebe9,stroke:#cf222e,color:#1f2328",
};

function rows(review: Review, fleet: Fleet): Row[] {
  const found: Row[] = [];
  const add = (
    workspace: Node,
    policy: Target | undefined,
    accounts: Resource[],
    own: Resource | undefined,
  ) => {
    const policyResource = resourceOf(policy);
    found.push({
      workspace,
      domains: domainsOf(fleet, accounts, own),
      policy:
        policy === undefined
          ? undefined
          : {
              key: policyResource ? policyResource.urn : `policy ${JSON.stringify(policy)}`,
              label: policyResource ? nameOf(review.voice, "policy", policyResource) : "another policy",
              mark: policyResource && markOf([policyResource]),
            },
      accounts,
      changes: [own, policyResource, ...accounts].filter(
        (each) => each && !["same", "read"].includes(each.change),
      ).length,
    });
  };
  for (const workspace of fleet.workspaces()) {
    const label =
      workspace.kind === "DefaultWorkspace"
        ? "default workspace"
        : nameOf(review.voice, "workspace", workspace);
    add(
      { key: workspace.urn, label, mark: markOf([workspace]) },
      fleet.policyOf({ resource: workspace }),
      review.membersOf(workspace, fleet),
      workspace,
    );
  }
  const inDefault = fleet.of("DefaultWorkspace").length === 0 ? fleet.members(undefined) : [];
  if (inDefault.length > 0)
    add({ key: "default", label: "default workspace", mark: undefined }, undefined, inDefault, undefined);
  const placed = new Set(found.flatMap((row) => row.accounts));
  const elsewhere = fleet.of("AgentAccount").filter((account) => !placed.has(account));
  if (elsewhere.length > 0)
    add(
      { key: "elsewhere", label: "workspaces outside of this stack", mark: undefined },
      undefined,
      elsewhere,
      undefined,
    );
  return found;
}

/** What is deleted is drawn as well, as it stood. */
function goneRows(review: Review): Row[] {
  const gone = (each: Resource) =>
    (each.change === "delete" || each.change === "leftover") && !review.isRenamed(each);
  const workspaces = review.before.workspaces().filter((each) => gone(each) && each.kind === "Workspace");
  const lost = review.before.of("AgentAccount").filter(gone);
  const found = workspaces.map((workspace): Row => ({
    workspace: {
      key: `gone ${workspace.urn}`,
      label: nameOf(review.voice, "workspace", workspace),
      mark: "gone",
    },
    domains: domainsOf(review.before, [], workspace),
    policy: undefined,
    accounts: lost.filter((account) => resourceOf(review.before.workspaceOf(account)) === workspace),
    changes: 1000,
  }));
  const rest = lost.filter((account) => !found.some((row) => row.accounts.includes(account)));
  if (rest.length > 0) {
    found.push({
      workspace: { key: "gone", label: "deleted", mark: "gone" },
      domains: [],
      policy: undefined,
      accounts: rest,
      changes: 1000,
    });
  }
  return found;
}

function domainsOf(fleet: Fleet, accounts: Resource[], own: Resource | undefined): string[] {
  const declared = own && fleet.inputs(own)["domainName"];
  const names = accounts.flatMap(
    (account) =>
      domainOf(fleet.email(account) ?? (account.before?.inputs["email"] as string | undefined)) ?? [],
  );
  return [
    ...new Set([
      ...(typeof declared === "string" && names.length === 0 ? [declared.toLowerCase()] : []),
      ...names,
    ]),
  ];
}

function accountsLabel({ voice, after, before }: Review, { accounts }: Row): string {
  const addresses = accounts.map((account) => after.email(account) ?? before.email(account) ?? account.name);
  const shown = addresses.slice(0, 3).map((address) => label(voice.rawEmail(address)));
  const more = accounts.length > shown.length ? [`and ${accounts.length - shown.length} more`] : [];
  return [`${accounts.length} ${accounts.length === 1 ? "account" : "accounts"}`, ...shown, ...more].join(
    "<br/>",
  );
}

function nameOf(voice: Voice, kind: "policy" | "workspace", resource: Resource): string {
  const inputs = (resource.after ?? resource.before)?.inputs ?? {};
  return label(voice.rawName(kind, givenName(resource, inputs) ?? resource.name));
}

function markOf(resources: Resource[]): Node["mark"] {
  const changes = new Set(resources.map((each) => each.change));
  if (changes.has("delete") || changes.has("replace") || changes.has("leftover"))
    return changes.size === 1 ? "gone" : "changed";
  if (changes.has("update")) return "changed";
  if (changes.has("create") || changes.has("adopt")) return changes.size === 1 ? "made" : "changed";
  return undefined;
}

/** Text in a chart: all but plain characters by number, so that nothing in it is read as Mermaid, Markdown or HTML. */
function label(text: string): string {
  return [...shortened(visible(text), 48)]
    .map((character) =>
      /^[\p{L}\p{N} ._-]$/u.test(character) ? character : `#${character.codePointAt(0)!};`,
    )
    .join("");
}

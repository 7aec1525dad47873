/** The fleet as a Mermaid flow chart, which GitHub and GitLab draw: domain → workspace → policy → accounts. */
import { type Review } from "./review";
import { changesIn, fleetRows, markOf, type Node, type Row } from "./rows";
import { counted, say, shortened, visible, type Markdown } from "./text";

/** GitHub draws no chart of more than 500 arrows, and nobody reads one of more than these. */
const MOST_ROWS = 60;

/** Mermaid draws a bomb in place of a longer one. */
const MOST_CHARACTERS = 50_000;

/** Undefined where there is nothing to draw. */
export function picture(review: Review, mostRows = MOST_ROWS): Markdown | undefined {
  const all = fleetRows(review);
  if (all.length === 0) return undefined;
  // What the change touches is kept; the rest is drawn while there is room.
  const order = all
    .map((row, at) => ({ row, at, changes: changesIn(row) }))
    .sort((a, b) => b.changes - a.changes || a.at - b.at);
  const drawn = order
    .slice(0, mostRows)
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row);
  const lines = new Set<string>(["flowchart LR"]);
  const marked = new Map<string, string>();
  const ids = new Map<string, string>();
  const node = ({ key, mark }: Node, shape: [string, string], text: string) => {
    const id = ids.get(key) ?? `n${ids.size + 1}`;
    ids.set(key, id);
    lines.add(`  ${id}${shape[0]}"${text}"${shape[1]}`);
    if (mark) marked.set(id, mark);
    return id;
  };
  const accounts = new Set(all.flatMap((row) => row.accounts)).size;
  for (const row of drawn) {
    const workspace = node(row.workspace, ["[", "]"], label(row.workspace.name));
    for (const domain of row.domains.slice(0, 5)) {
      lines.add(`  ${node(domain, ["([", "])"], label(domain.name))} --> ${workspace}`);
    }
    const policy = row.policy && node(row.policy, ["{{", "}}"], label(row.policy.name));
    if (policy) lines.add(`  ${workspace} --> ${policy}`);
    if (row.accounts.length === 0) continue;
    const people: Node = { key: `accounts ${row.workspace.key}`, name: "", mark: markOf(row.accounts) };
    lines.add(`  ${policy ?? workspace} --> ${node(people, ["[/", "/]"], accountsLabel(review, row))}`);
  }
  for (const [mark, style] of Object.entries(STYLES)) {
    const those = [...marked].filter(([, each]) => each === mark).map(([id]) => id);
    if (those.length > 0) lines.add(`  classDef ${mark} ${style}`).add(`  class ${those.join(",")} ${mark}`);
  }
  const chart = [...lines].join("\n");
  if (chart.length > MOST_CHARACTERS && drawn.length > 1)
    return picture(review, Math.floor(drawn.length * 0.75));
  const left = all.length - drawn.length;
  const note =
    left > 0
      ? say`\n\n${counted(left, say`more workspace`)} ${left === 1 ? say`is` : say`are`} not drawn (${counted(accounts, say`account`)} in all).`
      : say``;
  const key = marked.size > 0 ? say`\n\nGreen is made, yellow changes, red goes.` : say``;
  return `${["```mermaid", chart, "```"].join("\n")}${key}${note}` as Markdown;
}

const STYLES = {
  made: "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
  changed: "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
  gone: "fill:#ffebe9,stroke:#cf222e,color:#1f2328",
};

function accountsLabel({ redactor, after, before }: Review, { accounts }: Row): string {
  const addresses = accounts.map((account) => after.email(account) ?? before.email(account) ?? account.name);
  const shown = addresses.slice(0, 3).map((address) => label(redactor.rawEmail(address)));
  const more = accounts.length > shown.length ? [`and ${accounts.length - shown.length} more`] : [];
  return [`${accounts.length} ${accounts.length === 1 ? "account" : "accounts"}`, ...shown, ...more].join(
    "<br/>",
  );
}

/** Text in a chart: all but plain characters by number, so that nothing in it is read as Mermaid, Markdown or HTML. */
function label(text: string): string {
  return [...shortened(visible(text), 48)]
    .map((character) =>
      /^[\p{L}\p{N} ._-]$/u.test(character) ? character : `#${character.codePointAt(0)!};`,
    )
    .join("");
}

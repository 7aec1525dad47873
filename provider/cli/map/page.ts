/**
 * The fleet as one HTML page that needs nothing else: no network, no script from elsewhere. Above, a field to search by and
 * a drawing (domain → workspace → policy); below, each workspace with its policy, rules, keys and accounts.
 */
import { escape } from "html-escaper";
import { createHash } from "node:crypto";
import { principalsOf } from "../../review/accounts";
import { resourceOf } from "../../review/fleet";
import { limitsOf, limitsShown } from "../../review/limits";
import { type Preview } from "../../review/preview";
import { Review } from "../../review/review";
import { fleetRows, type Node, type Row } from "../../review/rows";
import { visible } from "../../review/text";
import { Redactor } from "../../review/redactor";

export function page(preview: Preview, redact?: { key: string }): string {
  const redactor = new Redactor(redact);
  const review = new Review(preview, redactor);
  const rows = fleetRows(review);
  const accounts = new Set(rows.flatMap((row) => row.accounts)).size;
  const stack = preview.stack === undefined ? "" : redactor.rawName("stack", preview.stack);
  const title = `Mailboxes${stack === "" ? "" : ` of ${stack}`}`;
  const digest = createHash("sha256").update(SCRIPT).digest("base64");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${text(title)}</h1>
<p>${count(accounts, "account")} in ${count(rows.length, "workspace")}.${marks(rows)}</p>
<div class="find"><label>Find an account, a workspace, a policy: <input type="search" id="find" autocomplete="off"></label>
<span id="found" role="status"></span></div>
${drawing(rows)}
${rows.map((row, at) => section(review, row, at)).join("\n")}
<script>${SCRIPT}</script>
</body>
</html>
`;
}

const ROW = 40;
const BOX = { width: 250, height: 28 };
const COLUMNS = [0, 350, 700];

const STYLE = `
:root { color-scheme: light dark; --line: #8c959f; --made: #1a7f37; --changed: #9a6700; --gone: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --made: #3fb950; --changed: #d29922; --gone: #f85149; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; }
.find { position: sticky; top: 0; background: Canvas; padding: .5rem 0; z-index: 1; }
input { font: inherit; padding: .2rem .5rem; width: 18rem; max-width: 100%; }
.drawing { overflow-x: auto; margin: .5rem 0 1rem; }
svg { display: block; width: 100%; min-width: 56rem; height: auto; }
svg rect { fill: Canvas; stroke: var(--line); }
svg text { fill: CanvasText; font: 13px system-ui, sans-serif; }
svg path { fill: none; stroke: var(--line); }
svg div { font: 13px/${BOX.height}px system-ui, sans-serif; padding: 0 8px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; color: CanvasText; }
.made rect { stroke: var(--made); stroke-width: 2; } .changed rect { stroke: var(--changed); stroke-width: 2; }
.gone rect { stroke: var(--gone); stroke-width: 2; stroke-dasharray: 4; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem; scroll-margin-top: 5rem; }
summary { cursor: pointer; font-weight: 600; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .1rem 1rem; margin: .4rem 0; } dt { font-weight: 600; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; } td, th { text-align: left; padding: .15rem .8rem .15rem 0; vertical-align: top; }
th:first-child { width: 55%; }
.mark { font-weight: 400; } .mark.made { color: var(--made); } .mark.changed { color: var(--changed); } .mark.gone { color: var(--gone); }
@media (max-width: 40rem) {
  thead { display: none; }
  td { display: block; padding-right: 0; } td + td { color: GrayText; padding: 0 0 .4rem; } td:empty { display: none; }
}
#found { white-space: nowrap; }
[hidden] { display: none !important; }
`;

/** Hides what does not hold the words, and opens what the drawing leads to; without it the page shows everything. */
const SCRIPT = `
const field = document.getElementById("find"), found = document.getElementById("found");
field.addEventListener("input", () => {
  const words = field.value.trim().toLowerCase();
  let shown = 0;
  for (const section of document.querySelectorAll("details")) {
    const whole = ["summary", "dl"].some((part) => section.querySelector(part).textContent.toLowerCase().includes(words));
    let some = false;
    for (const row of section.querySelectorAll("tbody tr")) {
      row.hidden = !whole && !row.textContent.toLowerCase().includes(words);
      if (!row.hidden) { some = true; shown += 1; }
    }
    section.hidden = !whole && !some;
    section.open = words !== "" && some;
  }
  document.querySelector(".drawing").hidden = words !== "";
  found.textContent = words === "" ? "" : shown + (shown === 1 ? " account" : " accounts");
});
const open = () => {
  const section = document.getElementById(location.hash.slice(1));
  if (section) section.open = true;
};
addEventListener("hashchange", open);
open();
`;

/** Workspaces one below the other; a domain and a policy stand at the middle of theirs, as far as there is room. */
function drawing(rows: Row[]): string {
  const sides = [
    column(rows, (row) => row.domains),
    column(rows, (row) => (row.policy ? [row.policy] : [])),
  ] as const;
  const lowest = Math.max(
    ...sides.flatMap((side) => [...side.values()].map(({ at }) => at + 1)),
    rows.length,
  );
  const boxes = [
    ...rows.map((row, at) => `<a href="#w${at}">${box(row.workspace, 1, at)}</a>`),
    ...sides.flatMap((side, at) => [...side.values()].map((each) => box(each.node, at * 2, each.at))),
  ];
  const lines = rows.flatMap((row, at) => [
    ...row.domains.map((domain) => line(0, sides[0].get(domain.key)!.at, at)),
    ...(row.policy ? [line(1, at, sides[1].get(row.policy.key)!.at)] : []),
  ]);
  return `<div class="drawing"><svg viewBox="0 0 ${COLUMNS[2]! + BOX.width + 2} ${lowest * ROW + 24}" role="img" aria-label="Domains, workspaces and policies">
<text x="2" y="12">domains</text><text x="${COLUMNS[1]! + 2}" y="12">workspaces</text><text x="${COLUMNS[2]! + 2}" y="12">policies</text>
${lines.join("")}
${boxes.join("\n")}
</svg></div>`;
}

interface Placed {
  node: Node;
  at: number;
}

/** Each once, ordered by the middle of the workspaces that it belongs to, and as near to it as those above it let it be. */
function column(rows: Row[], nodesOf: (row: Row) => Node[]): Map<string, Placed> {
  const found = new Map<string, { node: Node; sum: number; times: number }>();
  rows.forEach((row, at) => {
    for (const node of nodesOf(row)) {
      const known = found.get(node.key) ?? { node, sum: 0, times: 0 };
      found.set(node.key, { node, sum: known.sum + at, times: known.times + 1 });
    }
  });
  const ordered = [...found].sort(([, a], [, b]) => a.sum / a.times - b.sum / b.times);
  const places = new Map<string, Placed>();
  let free = 0;
  ordered.forEach(([key, { node, sum, times }], index) => {
    // Those that are still to come need a line each: none is pushed below the last workspace without need.
    const latest = Math.max(free, rows.length - (ordered.length - index));
    const at = Math.min(Math.max(free, Math.round(sum / times)), latest);
    places.set(key, { node, at });
    free = at + 1;
  });
  return places;
}

function box({ name, mark }: Node, place: number, at: number): string {
  const [x, y] = [COLUMNS[place]! + 1, at * ROW + 21];
  const area = `x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}"`;
  return `<g class="${mark ?? ""}"><title>${text(name)}</title><rect ${area} rx="5"/><foreignObject ${area}><div>${text(name)}</div></foreignObject></g>`;
}

function line(place: number, from: number, to: number): string {
  const [x1, x2] = [COLUMNS[place]! + BOX.width + 1, COLUMNS[place + 1]! + 1];
  const [y1, y2] = [from, to].map((at) => at * ROW + 21 + BOX.height / 2) as [number, number];
  const middle = (x1 + x2) / 2;
  return `<path d="M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}"/>`;
}

function section(review: Review, row: Row, at: number): string {
  const { redactor } = review;
  const { workspace, policy, accounts } = row;
  const own = workspace.resource;
  const facts: [string, string][] = [];
  if (policy) facts.push(["policy", [text(policy.name) + mark(policy), ...limits(review, row)].join(", ")]);
  else if (workspace.resource && workspace.mark !== "gone")
    facts.push(["policy", "none: the plan's maxima hold"]);
  const fleet = review.after.has(own) ? review.after : review.before;
  const rules = own ? fleet.rulesOf(own) : [];
  if (rules.length > 0) {
    const names = rules.map((rule) => {
      const resource = resourceOf(rule);
      return resource ? text(plain(review.name(resource))) : "a rule outside of this stack";
    });
    facts.push(["rules", names.join(", ")]);
  }
  const holders = own ? principalsOf(review, own) : [];
  if (holders.length > 0)
    facts.push(["keys of", holders.map((each) => text(plain(review.name(each)))).join(", ")]);
  const members = accounts.map((account) => {
    const side = review.after.has(account) ? review.after : review.before;
    const address = side.email(account);
    const shown =
      address === undefined ? redactor.rawName("resource", account.name) : redactor.rawEmail(address);
    const name = side.inputs(account)["displayName"];
    const from = redactor.redacts || typeof name !== "string" ? "" : text(name);
    return `<tr><td>${text(shown)}${changeMark(account.change)}</td><td>${from}</td></tr>`;
  });
  return `<details id="w${at}"><summary>${text(workspace.name)}${mark(workspace)}, ${count(accounts.length, "account")}</summary>
<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join("")}</dl>
<table><thead><tr><th>address</th><th>name in From</th></tr></thead><tbody>${members.join("\n")}</tbody></table></details>`;
}

function limits(review: Review, { policy }: Row): string[] {
  if (!policy?.resource) return [];
  const fleet = review.after.has(policy.resource) ? review.after : review.before;
  const found = limitsOf(fleet, policy.resource);
  return found === "unknown" ? [] : limitsShown(found, review.redactor).map((limit) => text(plain(limit)));
}

function mark({ key, mark: is }: Node): string {
  // "deleted" is the name of what stands for accounts without a workspace.
  return is && key !== "deleted"
    ? ` <span class="mark ${is}">${is === "gone" ? "is deleted" : is === "made" ? "new" : "changes"}</span>`
    : "";
}

function changeMark(change: string): string {
  if (change === "create" || change === "adopt") return ' <span class="mark made">new</span>';
  if (change === "delete" || change === "leftover") return ' <span class="mark gone">is deleted</span>';
  if (change === "replace") return ' <span class="mark gone">is made anew</span>';
  return change === "update" ? ' <span class="mark changed">changes</span>' : "";
}

function marks(rows: Row[]): string {
  return rows.some((row) => row.workspace.mark ?? row.policy?.mark)
    ? " Green is new, yellow changes, red is deleted."
    : "";
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}

/** Text of the review's own as text: without the marks of code. */
function plain(markdown: string): string {
  return markdown.replace(/(`+) ?([\s\S]*?) ?\1/g, "$2");
}

/** Text of others. */
function text(value: string): string {
  return escape(visible(value));
}

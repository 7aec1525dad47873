/**
 * The review of a change, as Markdown for a pull request. First comes what can lose mail or hand it to others, then
 * what happens to which addresses. Then come whom an edit reaches, the DNS, the rest, and a picture.
 */
import { createHash } from "node:crypto";
import { REFUSED } from "../core/fields";
import { redact } from "../nylas/secret";
import { findingsOf } from "./findings";
import { countedOf, type Kind, KINDS } from "./kinds";
import { isSaidAlready, withoutAddressParts } from "./messages";
import { type Gate, GATES } from "./gates";
import { picture } from "./picture";
import { type Message, type Preview } from "./preview";
import { noun } from "./rest";
import { type Finding, Review, type Section } from "./review";
import { ONE_STACK, type Scope, scopeInWords, whyPartial } from "./scope";
import { counted, enumerated, fenced, joined, say, type Markdown } from "./text";
import { Redactor } from "./redactor";

/** The longest comment that GitHub takes. */
export const GITHUB_LIMIT = 65_536;

export interface ReportOptions {
  /** The most characters; what is least important is cut first. Default: GitHub's limit. */
  limit?: number;
  /** Pseudonyms in place of names and addresses, made with this key. */
  redact?: { key: string };
  /** Draw the fleet. Default: true. */
  picture?: boolean;
  /** What was handed in beside the preview. Default: nothing. */
  scope?: Scope;
  /** Values that may stand nowhere, such as the keys in the environment. */
  secrets?: readonly string[];
}

export interface Report {
  markdown: string;
  /** The gates that the change runs into, the gravest first, and how often. */
  gates: { gate: Gate; count: number }[];
}

export function report(preview: Preview, options: ReportOptions = {}): Report {
  const review = new Review(preview, new Redactor(options.redact), options.scope ?? ONE_STACK);
  const findings = findingsOf(review);
  const gates = (Object.keys(GATES) as Gate[])
    .map((gate) => ({ gate, count: findings.filter((finding) => finding.gates.includes(gate)).length }))
    .map((each) =>
      each.gate === "incomplete" && isIncomplete(preview, review.scope)
        ? { ...each, count: each.count + 1 }
        : each,
    )
    .filter(({ count }) => count > 0);
  const drawn = options.picture === false ? undefined : picture(review);
  const blocks: Block[] = [
    head(review, findings),
    ...messages(review, "error", options.secrets ?? []),
    list(say`What can lose mail or hand it to others`, findings, "loss"),
    list(say`Accounts`, findings, "accounts"),
    list(say`Workspaces, policies, rules and lists`, findings, "policies"),
    list(say`Domains and DNS records`, findings, "dns"),
    list(say`The rest`, findings, "rest"),
    ...messages(review, "warning", options.secrets ?? []),
    unchanged(review),
    ...(drawn
      ? [
          {
            before: say`#### The fleet after it`,
            items: [drawn],
            after: say``,
            cut: () => say`The picture of the fleet is left out: there is no room for it.`,
          },
        ]
      : []),
  ];
  return { markdown: fitted(blocks, options.limit ?? GITHUB_LIMIT), gates };
}

/** Whether the review may miss something. */
function isIncomplete(preview: Preview, { pendingUnseen, partial }: Scope): boolean {
  return whyPartial(preview).length > 0 || pendingUnseen || partial.length > 0;
}

/** A part of the review that can be cut to its first items. */
interface Block {
  before: Markdown;
  items: Markdown[];
  after: Markdown;
  /** What stands for the items that had no room. */
  cut(left: number): Markdown;
  /** Between the items; one to a line by default. */
  separator?: string;
}

function head(review: Review, findings: Finding[]): Block {
  const { preview, redactor } = review;
  const id = createHash("sha256")
    .update(`${preview.project}\n${preview.stack}\n${redactor.redaction?.key ?? ""}`)
    .digest("hex")
    .slice(0, 12) as Markdown;
  const where = preview.stack === undefined ? say`` : say` in ${redactor.name("stack", preview.stack)}`;
  const refused = refusedIn(preview);
  const failed = preview.counts === undefined || preview.messages.some((each) => isFailure(each, refused));
  const items = [
    scopeInWords(preview, review.resources, review.scope, redactor),
    verdict(findings, failed, isIncomplete(preview, review.scope)),
  ];
  if (failed) {
    items.push(say`> [!CAUTION]\n> The preview ended with an error, so this review is not complete.`);
  }
  if (!failed && refused.size > 0) {
    items.push(
      say`> [!CAUTION]\n> \`pulumi up\` would refuse ${counted(refused.size, say`change`)} of this, as the errors below say. Everything else is shown here.`,
    );
  }
  if (!preview.showsSames) {
    items.push(
      say`> [!WARNING]\n> The preview was made without \`--show-sames\`, or lists a part only: what stays as it is is not known here, so fewer accounts may be named than are reached.`,
    );
  }
  if (preview.missing > 0 || preview.mixedWith.length > 0) {
    items.push(
      say`> [!CAUTION]\n> The preview is not whole: ${enumerated(whyPartial(preview))}. Make it again, of one stack.`,
    );
  }
  for (const { stack, reasons } of review.scope.partial) {
    items.push(
      say`> [!CAUTION]\n> ${
        stack === undefined
          ? say`A file that was handed in`
          : say`The stack ${redactor.name("stack", stack)} as handed in`
      } is not whole: ${enumerated(reasons)}. What it leaves out was not looked at.`,
    );
  }
  return {
    before: say`<!-- pulumi-nylas review ${id} -->\n### What this change does to mail${where}`,
    items,
    after: say``,
    cut: () => say``,
    separator: "\n\n",
  };
}

/** The resources whose update is going to be refused: the preview fails for them at its end, and is whole all the same. */
function refusedIn(preview: Preview): ReadonlySet<string> {
  const refusals = preview.steps.filter((step) => typeof step.new?.inputs[REFUSED] === "string");
  return new Set(refusals.map(({ urn }) => urn));
}

function isFailure({ severity, urn, text }: Message, refused: ReadonlySet<string>): boolean {
  if (severity !== "error") return false;
  return urn === undefined ? refused.size === 0 || !isEndOfFailedProgram(text) : !refused.has(urn);
}

/** The engine's own line about a program that has failed; the reason stands in another one. */
function isEndOfFailedProgram(text: string): boolean {
  return /run bailed|exited with non-zero exit code/i.test(text);
}

/** The one sentence that people read. It says that all is well only where all that could be seen was seen. */
function verdict(findings: Finding[], failed: boolean, incomplete: boolean): Markdown {
  const first = findings.filter(({ section }) => section === "loss").length;
  const changes = findings.filter(({ gates }) => gates.includes("change")).length;
  const drained = findings.filter(({ gates }) => gates.includes("drains")).length;
  if (changes === 0) {
    if (failed) return say`**What changes is not known.**`;
    return incomplete
      ? say`**No change can be seen, but not everything was looked at.**`
      : say`**Nothing changes.**`;
  }
  if (first > 0)
    return say`**${counted(first, say`thing`)} to look at first:** ${enumerated(reasons(findings))}.`;
  if (incomplete) return say`**No loss of mail can be seen, but not everything was looked at.**`;
  if (drained > 0)
    return say`**No mail that is there is lost or handed to others by this, but some mail is turned away or kept for a shorter time (${drained}).**`;
  return say`**No mail is lost or handed to others by this.**`;
}

/** A thing that comes first has one of these, or is said to be a change: the list is never empty. */
const REASONS: Record<Gate, (count: number) => Markdown> = {
  "mail-loss": (count) => say`mail can be lost (${count})`,
  "hand-over": (count) => say`mail comes into other hands (${count})`,
  doors: (count) => say`something opens further (${count})`,
  drains: (count) => say`incoming mail is turned away (${count})`,
  replace: (count) => say`something is made anew (${count})`,
  rename: (count) => say`a rename without an alias (${count})`,
  delete: (count) => say`something is deleted (${count})`,
  unguard: (count) => say`a guard is taken off (${count})`,
  limits: (count) => say`limits, rules or lists change (${count})`,
  dns: (count) => say`a DNS record changes or goes (${count})`,
  incomplete: (count) => say`something that this review does not understand (${count})`,
  change: (count) => say`something that may matter for mail changes (${count})`,
};

function reasons(findings: Finding[]): Markdown[] {
  const first = findings.filter(({ section }) => section === "loss");
  return (Object.keys(REASONS) as Gate[]).flatMap((gate) => {
    // Each thing once, by the gravest that can be said of it.
    const count = first.filter((finding) => Object.keys(GATES)[gravity(finding)] === gate).length;
    return count > 0 ? [REASONS[gate](count)] : [];
  });
}

function list(title: Markdown, findings: Finding[], section: Section): Block {
  const own = findings.filter((finding) => finding.section === section);
  // What is cut is cut from the end.
  if (section === "loss") own.sort((a, b) => gravity(a) - gravity(b));
  return {
    before: say`#### ${title}`,
    items: own.map(({ text }) => say`- ${text}`),
    after: say``,
    cut: (left) => say`- … and ${left} more, left out because a comment is no longer than that.`,
  };
}

/** The gravest that can be said of it, as its place in the list of gates. */
function gravity({ gates }: Finding): number {
  return (Object.keys(GATES) as Gate[]).findIndex((gate) => gates.includes(gate));
}

function messages(review: Review, severity: "error" | "warning", secrets: readonly string[]): Block[] {
  const refused = refusedIn(review.preview);
  const isEnd = ({ urn, text }: Message) =>
    urn === undefined && refused.size > 0 && isEndOfFailedProgram(text);
  const found = review.preview.messages.filter(
    (each) =>
      each.severity === severity && (severity === "error" ? !isEnd(each) : !isSaidAlready(review, each)),
  );
  const distinct = [...new Map(found.map((each) => [`${each.urn}\n${each.text}`, each])).values()];
  if (distinct.length === 0) return [];
  return [
    {
      before:
        severity === "error"
          ? say`#### Errors`
          : say`<details><summary>Warnings: ${distinct.length}</summary>`,
      items: distinct.map((each) => message(review, each, secrets)),
      after: severity === "error" ? say`` : say`\n</details>`,
      cut: (left) => say`… and ${left} more.`,
      separator: "\n\n",
    },
  ];
}

function message(review: Review, { text, urn }: Message, secrets: readonly string[]): Markdown {
  const resource = review.resources.find((each) => each.urn === urn);
  const about = resource ? say`About ${noun(resource)} ${review.name(resource)}` : say`About the stack`;
  // A sentence may name anybody.
  if (review.redactor.redacts)
    return say`- ${about}; the text is left out here, and stands in the job's own log.`;
  const shown = fenced(withoutSecrets(withoutAddressParts(text.replace(/^(error|warning): /, "")), secrets));
  return resource ? say`${about}:\n${shown}` : shown;
}

/** The engine blinds the secrets it knows; these are the ones it may not. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  return redact(text, secrets)
    .replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, "[secret]")
    .replace(/\b(nyk_\w{2,8}_?)\w{12,}/g, "[secret]")
    .replace(/\b((?:Bearer|Basic)\s+)[\w.~+/=-]{8,}/gi, "$1[secret]");
}

function unchanged(review: Review): Block {
  const same = review.resources.filter(
    (each) => each.change === "same" && (each.after ?? each.before)?.custom,
  );
  const counts = new Map<Kind, number>();
  let others = 0;
  for (const { kind } of same) {
    if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    else others += 1;
  }
  const items = KINDS.flatMap((kind) => {
    const count = counts.get(kind);
    return count === undefined ? [] : [say`- ${counted(count, ...countedOf(kind))}`];
  });
  if (others > 0) items.push(say`- ${counted(others, say`other resource`)}`);
  return {
    before: say`<details><summary>Unchanged: ${same.length}</summary>`,
    items,
    after: say`\n</details>`,
    cut: () => say`- …`,
  };
}

/**
 * The blocks within the limit, in the order of their importance. Each may fill the room up to what the later ones
 * need to say what they had to leave out.
 */
function fitted(blocks: Block[], limit: number): string {
  const filled = blocks.filter((block) => block.items.length > 0);
  const least = filled.map((block) => rendered(block, 0).length + GAP.length);
  let text = "";
  filled.forEach((block, at) => {
    const reserved = least.slice(at + 1).reduce((sum, each) => sum + each, 0);
    const room = limit - text.length - reserved - GAP.length - 1;
    text += (text === "" ? "" : GAP) + best(block, room);
  });
  // Below what the headings alone need there is nothing left to choose.
  return `${text.trimEnd()}\n`.slice(0, limit);
}

const GAP = "\n\n";

/** As many of the block's items as there is room for. */
function best(block: Block, room: number): string {
  const whole = rendered(block, block.items.length);
  if (whole.length <= room) return whole;
  let [low, high] = [0, block.items.length];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (rendered(block, middle).length <= room) low = middle;
    else high = middle;
  }
  return rendered(block, low);
}

function rendered(block: Block, count: number): string {
  const left = block.items.length - count;
  const lines = joined(
    [...block.items.slice(0, count), ...(left > 0 ? [block.cut(left)] : [])],
    block.separator ?? "\n",
  );
  return [block.before, "", lines, ...(block.after === "" ? [] : [block.after])].join("\n");
}

/**
 * `npm run prose`: no sentence of the documentation, of a comment or of a property table has more than 25 words. Files that had longer ones when
 * the rule came are listed in `prose.json` with how many; the number may only go down. `--update` writes it down where it did.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";

const root = path.join(__dirname, "..");
const allowedFile = path.join(__dirname, "prose.json");
const LONGEST = 25;

/** A sentence that is too long. */
export interface Long {
  file: string;
  line: number;
  words: number;
  text: string;
}

/** The sentences of a text that are too long. Code counts as one word, a link as its text. */
export function longSentences(text: string): { words: number; text: string }[] {
  const plain = text
    .replace(/`[^`]*`/g, "code")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\{@link ([^}]*)\}/g, "$1")
    .replace(/[*_#>]+/g, " ")
    .replace(/\b(e\.g|i\.e|vs|etc)\./g, "$1")
    .replace(/\s+/g, " ");
  return plain
    .split(/(?<=[.!?])["')]*\s+/)
    .map((sentence) => ({
      words: sentence.split(" ").filter((word) => /\w/.test(word)).length,
      text: sentence,
    }))
    .filter(({ words }) => words > LONGEST);
}

/** The paragraphs of a page, with the line that each begins at; code blocks left out, each cell of a table for itself. */
function paragraphsOf(page: string): { line: number; text: string }[] {
  const found: { line: number; text: string }[] = [];
  let isCode = false;
  let paragraph: { line: number; text: string } | undefined;
  const end = () => {
    if (paragraph) found.push(paragraph);
    paragraph = undefined;
  };
  page.split("\n").forEach((text, i) => {
    if (/^\s*(```|~~~)/.test(text)) {
      end();
      isCode = !isCode;
    } else if (isCode || /^\s*$/.test(text) || /^\s*<!--/.test(text)) end();
    else if (/^\s*\|/.test(text)) {
      end();
      for (const cell of text.split("|")) found.push({ line: i + 1, text: cell });
    } else if (/^(\s*([-*]|\d+\.)\s|#)/.test(text) || paragraph === undefined) {
      end();
      paragraph = { line: i + 1, text };
    } else paragraph.text += ` ${text}`;
  });
  end();
  return found;
}

/** The comments of a file, and what its tables tell their readers. */
function proseOf(file: string, source: string): { line: number; text: string }[] {
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const found: { line: number; text: string }[] = [];
  const seen = new Set<number>();
  const lineOf = (position: number) => parsed.getLineAndCharacterOfPosition(position).line + 1;
  const visit = (node: ts.Node): void => {
    for (const range of ts.getLeadingCommentRanges(source, node.getFullStart()) ?? []) {
      if (seen.has(range.pos)) continue;
      seen.add(range.pos);
      const text = source.slice(range.pos, range.end);
      const bare = text.replace(/^\/\*\*?|\*\/$|^\/\//g, "").replace(/^\s*\*( {4,}.*)?/gm, "");
      found.push(...bare.split(/\n\s*\n/).map((each) => ({ line: lineOf(range.pos), text: each })));
    }
    if (file.startsWith("provider/properties/") && ts.isStringLiteralLike(node) && / /.test(node.text))
      found.push(...node.text.split("\n\n").map((text) => ({ line: lineOf(node.getStart()), text })));
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return found;
}

/** What stands in such a folder is not looked at: other tools write there, and take away again. */
const SKIPPED = /^(node_modules|dist|\.work|\.git|classes|reference)$/;

function filesBelow(folder: string): string[] {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (!entry.isDirectory()) return [file];
    return SKIPPED.test(entry.name) ? [] : filesBelow(file);
  });
}

/** All sentences of the repository that are too long. */
export function proseProblems(): Long[] {
  const files = filesBelow("").filter((file) => /\.(md|ts)$/.test(file) && file !== "CHANGELOG.md");
  return files.sort().flatMap((file) => {
    const text = fs.readFileSync(path.join(root, file), "utf8");
    const prose = file.endsWith(".md") ? paragraphsOf(text) : proseOf(file, text);
    return prose.flatMap(({ line, text: paragraph }) =>
      longSentences(paragraph).map(({ words, text: sentence }) => ({ file, line, words, text: sentence })),
    );
  });
}

/** How many long sentences a file may have. */
export function allowed(): Record<string, number> {
  return JSON.parse(fs.readFileSync(allowedFile, "utf8")) as Record<string, number>;
}

function main(): void {
  const problems = proseProblems();
  const counts: Record<string, number> = {};
  for (const { file } of problems) counts[file] = (counts[file] ?? 0) + 1;
  if (process.argv.includes("--update")) {
    const before = fs.existsSync(allowedFile) ? allowed() : counts;
    const now = Object.entries(counts).filter(([file, count]) => count <= (before[file] ?? 0));
    fs.writeFileSync(allowedFile, `${JSON.stringify(Object.fromEntries(now), null, 2)}\n`);
  }
  const may = allowed();
  const over = problems.filter(({ file }) => counts[file]! > (may[file] ?? 0));
  for (const { file, line, words, text } of over) console.error(`${file}:${line}: ${words} words: ${text}`);
  const less = Object.entries(may).filter(([file, count]) => (counts[file] ?? 0) < count);
  for (const [file, count] of less)
    console.error(
      `${file}: ${counts[file] ?? 0} long sentences in place of ${count}: npm run prose -- --update`,
    );
  if (over.length > 0)
    console.error(
      `\nA sentence has at most ${LONGEST} words: write two. See CONTRIBUTING.md, "Words and English".`,
    );
  process.exitCode = over.length + less.length > 0 ? 1 : 0;
}

if (require.main === module) main();

/**
 * The remedies in the messages of the package, as its source has them. A remedy tells a user what to write into a
 * program, or to run.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import ts from "typescript";

const root = resolve(__dirname, "../..");

export interface RemedyInSource {
  /** As in `provider/resources/account.ts`. */
  file: string;
  line: number;
  /** The whole text that the literals in one expression make, with `${…}` where a value goes. */
  text: string;
}

/**
 * What counts as a remedy. It is an argument to write or to take away, an alias, a word, or a line for the stack's
 * configuration or state. A variable to set and another command than the one that failed are remedies too. An advice
 * to look at something, and to run the same command again, is none.
 */
const REMEDY = new RegExp(
  [
    String.raw`adopt: (true|"|\$\{|\{ )`,
    String.raw`aliases: \[`,
    String.raw`hosts: \{`,
    String.raw`known: \{`,
    String.raw`retire: true`,
    String.raw`forceDestroy: true`,
    String.raw`forceByName`,
    String.raw`allow[A-Z]\w+: true`,
    String.raw`NYLAS_FORCE_DESTROY`,
    String.raw`pulumi config (set|rm)`,
    String.raw`pulumi state delete`,
    String.raw`--run-program`,
    String.raw`up --replace`,
    String.raw`wait: false`,
    String.raw`nameSuffix: "\w`,
    String.raw`pulumi up --refresh`,
    String.raw`pulumi refresh, then pulumi up`,
    String.raw`swap them`,
    String.raw`[Tt]ake (the line|\$\{line\}) away`,
    String.raw`to ruleIds`,
    String.raw`set connection: "`,
  ].join("|"),
);

export function remediesInSource(): RemedyInSource[] {
  return filesIn(join(root, "provider")).flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
    const found: RemedyInSource[] = [];
    const visit = (node: ts.Node): void => {
      if (isDescription(node)) return;
      const text = textOf(node);
      if (text === undefined) return ts.forEachChild(node, visit);
      if (REMEDY.test(text)) {
        const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        found.push({ file: relative(root, file), line, text });
      }
    };
    visit(source);
    return found;
  });
}

/** What a property table tells its readers is no message. */
function isDescription(node: ts.Node): boolean {
  return (
    ts.isPropertyAssignment(node) &&
    ["text", "inPlace", "replaces"].includes(node.name.getText()) &&
    node.getSourceFile().fileName.startsWith(join(root, "provider/properties/"))
  );
}

/** What a literal says, or several that are added; undefined for anything else. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return "";
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return (
      node.head.text +
      node.templateSpans
        .map(({ expression, literal }) => `\${${expression.getText()}}${literal.text}`)
        .join("")
    );
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textOf(node.left), textOf(node.right)];
    if (left === undefined && right === undefined) return undefined;
    return (left ?? `\${${node.left.getText()}}`) + (right ?? `\${${node.right.getText()}}`);
  }
  return undefined;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ["dist", "node_modules", "examples"].includes(entry.name) ? [] : filesIn(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

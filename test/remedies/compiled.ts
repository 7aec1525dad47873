import { join, resolve } from "node:path";
import ts from "typescript";

const root = resolve(__dirname, "../..");

/** What the compiler says of statements that a program has, each in a block of its own. */
export function typeErrorsOf(statements: readonly string[]): string[] {
  const file = join(__dirname, "aProgram.ts");
  const text = [
    'import * as pulumi from "@pulumi/pulumi";',
    'import * as nylas from "pulumi-nylas";',
    'import { cloudflareDns } from "pulumi-nylas/cloudflare";',
    "export const adapter = cloudflareDns;",
    'import { ApiKey } from "pulumi-nylas/experimental";',
    "export const keys = ApiKey;",
    "export const root = pulumi.rootStackResource;",
    ...new Set(statements),
    "",
  ].join("\n");
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    types: ["node"],
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => (name === file ? text : readFile(name));
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, rest[0]) : getSourceFile(name, ...rest);
  return ts.getPreEmitDiagnostics(ts.createProgram([file], options, host)).map(({ messageText, start }) => {
    const line = start === undefined ? "" : text.slice(0, start).split("\n").length;
    const code = typeof line === "number" ? text.split("\n")[line - 1] : root;
    return `${code}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}

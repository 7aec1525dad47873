import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { itOrdinarilyIf } from "../engine/longRun";

/**
 * 22: a program compiles under the settings of Pulumi's older templates: no `skipLibCheck`, no `esModuleInterop`, the resolution that does
 * not read `exports`. So every declaration that the package's entries reach has to pass every compiler, and brings no library of its own.
 */
describe("22: public types", function () {
  this.timeout(300_000);

  it("reach the declarations of Pulumi and Node.js alone, and no schema library", () => {
    const reached = reachedFromEntries();
    assert.ok(reached.files.size > 20, `only ${reached.files.size} files reached`);
    const strange = [...reached.packages].filter(([name]) => !/^(node:|@pulumi\/pulumi(\/|$))/.test(name));
    assert.deepEqual(strange, []);
  });

  it("name every entry for the resolution that does not read `exports`", () => {
    for (const [entry, target] of typedEntries()) {
      if (entry === ".") assert.equal(`./${manifest.types}`, target.types);
      else assert.deepEqual(manifest.typesVersions["*"]?.[entry.slice(2)], [target.types.slice(2)], entry);
    }
  });

  const classic = {
    strict: true,
    target: ts.ScriptTarget.ES2016,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    experimentalDecorators: true,
    noFallthroughCasesInSwitch: true,
    noImplicitReturns: true,
    forceConsistentCasingInFileNames: true,
  };
  const settings: Record<string, ts.CompilerOptions> = {
    "Pulumi's classic tsconfig": classic,
    "the classic one with esModuleInterop and the strictest checks": {
      ...classic,
      target: ts.ScriptTarget.ES2020,
      esModuleInterop: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noPropertyAccessFromIndexSignature: true,
    },
    nodenext: {
      strict: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
    },
    "bundler with isolatedModules and verbatimModuleSyntax": {
      strict: true,
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.Preserve,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      isolatedModules: true,
      verbatimModuleSyntax: true,
    },
  };
  for (const [name, options] of Object.entries(settings)) {
    // The oldest and the strictest way of loading stand for all in a short run.
    itOrdinarilyIf(/^(Pulumi|nodenext)/.test(name), `compile under ${name}, with every entry`, () => {
      assert.deepEqual(compile(program(), options), []);
    });
  }
});

const root = resolve(__dirname, "../..");
const provider = join(root, "provider");
const manifest = JSON.parse(readFileSync(join(provider, "package.json"), "utf8")) as {
  types: string;
  typesVersions: Record<string, Record<string, string[]>>;
  exports: Record<string, string | { types: string }>;
};

function typedEntries(): [string, { types: string }][] {
  return Object.entries(manifest.exports).filter(
    (entry): entry is [string, { types: string }] => typeof entry[1] === "object",
  );
}

/** A program that imports every entry, and uses what a program uses. One line has to be refused. */
function program(): string {
  const entries = typedEntries().map(([entry]) => `pulumi-nylas${entry.slice(1)}`);
  return [
    'import * as pulumi from "@pulumi/pulumi";',
    ...entries.map((name, i) => `import * as entry${i} from "${name}";`),
    `export const entries = [${entries.map((_, i) => `entry${i}`).join(", ")}];`,
    'import * as nylas from "pulumi-nylas";',
    'import { cloudflareDns } from "pulumi-nylas/cloudflare";',
    'import { route53Dns } from "pulumi-nylas/route53";',
    'import { tenantsFromFile } from "pulumi-nylas/tenants";',
    'import { onboardTenant } from "pulumi-nylas/onboarding";',
    'import { Principal } from "pulumi-nylas/experimental";',
    'const policy = new nylas.Policy("p", { limits: { dailySends: 50, inboxRetentionDays: "unlimited" } });',
    'const workspace = new nylas.Workspace("w", { name: "W", policyId: policy.id });',
    'const domain = new nylas.AgentDomain("d", { domainName: "agents.example.com", dns: cloudflareDns({ zoneId: "z" }) });',
    'const account = new nylas.AgentAccount("a", { email: domain.mailbox("ops"), workspaceId: workspace.id });',
    'const tenant = new nylas.Tenant("t", { domainName: "t.example.com", dns: route53Dns({ zoneId: "z" }), accounts: { ops: {} } });',
    "// @ts-expect-error -- types that could not be read would be any, and take this",
    'new nylas.Policy("q", { limits: { dailySend: 1 } });',
    'new nylas.Rule("r", { conditions: [{ field: "from.domain", is: "spam.example" }], actions: ["block"] });',
    'new Principal("k", { boundTo: { workspace: workspace.id } });',
    "export const sends: pulumi.Output<number | string | undefined> = policy.limits.apply((limits) => limits?.dailySends);",
    "export const shown = pulumi.all([account.email, tenant.workspaceId, domain.status]);",
    'export const found = nylas.getWorkspaceOutput({ name: "W" }).apply((one) => one.id);',
    'export const tenants = tenantsFromFile("tenants.yaml").tenants;',
    "export const onboard: typeof onboardTenant = onboardTenant;",
    "",
  ].join("\n");
}

/** What the compiler says of a program that stands in this repository, and so finds its packages. */
function compile(text: string, options: ts.CompilerOptions): string[] {
  const file = join(__dirname, "aProgram.ts");
  const settings: ts.CompilerOptions = { ...options, noEmit: true, types: ["node"] };
  const host = ts.createCompilerHost(settings);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => (name === file ? text : readFile(name));
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, rest[0]) : getSourceFile(name, ...rest);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], settings, host))
    .map(({ code, file: at, messageText }) => {
      const place = at ? relative(root, at.fileName) : "";
      return `${place}: TS${code}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
}

/** The package's declaration files that its entries import, directly or not, and the packages that those import. */
function reachedFromEntries(): { files: Set<string>; packages: Map<string, string> } {
  const files = new Set<string>();
  const packages = new Map<string, string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(readFileSync(file, "utf8"));
    for (const { fileName } of [...importedFiles, ...typeReferenceDirectives]) {
      if (!fileName.startsWith(".")) packages.set(fileName, relative(provider, file));
      else {
        const path = resolve(dirname(file), fileName);
        visit(existsSync(`${path}.d.ts`) ? `${path}.d.ts` : join(path, "index.d.ts"));
      }
    }
  };
  for (const [, { types }] of typedEntries()) visit(resolve(provider, types));
  return { files, packages };
}

/**
 * Stand-ins for the resource plugins that the engine downloads from their vendors on first use, for machines that
 * cannot. Where the real plugin is installed, it is used instead and the stand-in stays out of the way.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as ts from "typescript";

const standIns = ["cloudflare", "aws"];

/** The PATH that lets the engine find a stand-in for each plugin that is not installed on this machine. */
export function withStandIns(searched: string): string {
  const missing = standIns.filter((name) => !isInstalled(name));
  return [...missing.map(compiled), searched].join(path.delimiter);
}

/** Whether the vendor's own plugin stands in the engine's plugin folder. */
export function isInstalled(name: string): boolean {
  const home = process.env["PULUMI_HOME"] || path.join(os.homedir(), ".pulumi");
  const plugins = path.join(home, "plugins");
  if (!fs.existsSync(plugins)) return false;
  return fs
    .readdirSync(plugins)
    .some(
      (entry) =>
        entry.startsWith(`resource-${name}-v`) && fs.statSync(path.join(plugins, entry)).isDirectory(),
    );
}

/** The folder of a stand-in, compiled ahead: ts-node would cost each operation most of a second. */
function compiled(name: string): string {
  for (const module of ["protocol", `${name}/plugin`]) compile(module);
  return path.join(__dirname, name);
}

/** Compiles a module to the same place below `.work`, so that it finds the others there. */
function compile(module: string): void {
  const source = fs.readFileSync(path.join(__dirname, `${module}.ts`), "utf8");
  const target = path.join(__dirname, ".work", `${module}.js`);
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    esModuleInterop: true,
  };
  const text = ts.transpileModule(source, { compilerOptions }).outputText;
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(`${target}.${process.pid}`, text);
  fs.renameSync(`${target}.${process.pid}`, target);
}

/** A copy of the built provider with a fix taken out, beside the modules of this checkout. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as ts from "typescript";
import { type Mutant } from "./mutants";

const root = path.resolve(__dirname, "../..");

/** The folder of the copy, as `--provider` takes it. */
export function checkoutOf({ cuts }: Mutant): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "adversary-mutant-"));
  fs.copyFileSync(path.join(root, "package.json"), path.join(folder, "package.json"));
  const provider = path.join(folder, "provider");
  fs.cpSync(path.join(root, "provider/dist"), path.join(provider, "dist"), { recursive: true });
  fs.copyFileSync(path.join(root, "provider/package.json"), path.join(provider, "package.json"));
  linkModules(path.join(folder, "node_modules"));
  for (const [file, text] of mutated(cuts)) {
    const target = path.join(provider, "dist", file.replace(/\.ts$/, ".js"));
    fs.writeFileSync(target, transpiled(file, text));
  }
  return folder;
}

/** The sources with their cuts; throws where one does not fit any more. */
export function mutated(cuts: Mutant["cuts"]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { file, from, to } of cuts) {
    const text = texts.get(file) ?? fs.readFileSync(path.join(root, "provider", file), "utf8");
    const places = text.split(from).length - 1;
    if (places !== 1) throw new Error(`provider/${file} has ${places} times, and not once: ${from}`);
    texts.set(
      file,
      text.replace(from, () => to),
    );
  }
  return texts;
}

/** The package itself is the copy; everything else is what is installed here. */
function linkModules(modules: string): void {
  fs.mkdirSync(modules);
  for (const name of fs.readdirSync(path.join(root, "node_modules")))
    if (name !== "pulumi-nylas")
      fs.symlinkSync(path.join(root, "node_modules", name), path.join(modules, name));
  fs.symlinkSync("../provider", path.join(modules, "pulumi-nylas"));
}

function transpiled(file: string, text: string): string {
  const base = path.join(root, "tsconfig.base.json");
  const { config } = ts.readConfigFile(base, (name) => fs.readFileSync(name, "utf8")) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  return ts.transpileModule(text, {
    fileName: path.join(root, "provider", file),
    compilerOptions: { ...options, module: ts.ModuleKind.CommonJS, sourceMap: false, declaration: false },
  }).outputText;
}

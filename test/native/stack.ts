/** Stacks whose resources the native plugin serves, on the real engine. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pluginFolder } from "../../scripts/plugin";
import { openScene, type Scene, type SceneOptions } from "../engine/scene";

/** A program in TypeScript; `native` is `pulumi-nylas/native` in it. */
export async function openNative(options: SceneOptions): Promise<Scene> {
  const { program, files, ...rest } = options;
  const scene = await openScene({
    ...rest,
    ...(program === undefined ? {} : { program: withNative(program) }),
    files: { "Pulumi.yaml": projectFile("{ name: nodejs, options: { typescript: false } }"), ...files },
  });
  return { ...scene, declare: (text) => scene.declare(withNative(text)) };
}

function withNative(program: string): string {
  return `import * as native from "pulumi-nylas/native";\n${program}`;
}

/** A program in YAML: what stands below `resources`, `outputs` and so on. */
export function openYaml(program: string, options: SceneOptions = {}): Promise<Scene> {
  return openScene({ ...options, files: { "Pulumi.yaml": yamlProject(program) } });
}

/** The whole file of a project whose program is in YAML. */
export function yamlProject(program: string): string {
  return `${projectFile("yaml")}${program}`;
}

/** The plugin as it was built; under each of the versions, where a program names several. */
export function projectFile(runtime: string, versions: readonly string[] = []): string {
  const folder = JSON.stringify(alone());
  const providers =
    versions.length === 0
      ? [`{ name: nylas, path: ${folder} }`]
      : versions.map((version) => `{ name: nylas, version: ${version}, path: ${folder} }`);
  return `name: project\nruntime: ${runtime}\nplugins: { providers: [${providers.join(", ")}] }\n`;
}

/** A copy of the plugin where it finds no packages. */
function alone(): string {
  if (copy !== undefined) return copy;
  const folder = (copy = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-nylas-plugin-")));
  process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
  fs.cpSync(pluginFolder, folder, { recursive: true });
  return folder;
}

let copy: string | undefined;

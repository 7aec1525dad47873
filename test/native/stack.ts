/** Stacks whose resources the native plugin serves, on the real engine. */
import * as path from "node:path";
import { pluginFolder } from "../../scripts/plugin";
import { openScene, type Scene, type SceneOptions } from "../engine/scene";

/** A program in TypeScript; `native` is `pulumi-nylas/native` in it. */
export function openNative(options: SceneOptions): Promise<Scene> {
  const { program, files, ...rest } = options;
  return openScene({
    ...rest,
    ...(program === undefined ? {} : { program: withNative(program) }),
    files: { "Pulumi.yaml": projectFile("{ name: nodejs, options: { typescript: false } }"), ...files },
  });
}

/** Stands before a program's text, which may declare resources of both hosts. */
export function withNative(program: string): string {
  return `import * as native from "pulumi-nylas/native";\n${program}`;
}

/** A program in YAML: what stands below `resources`, `outputs` and so on. */
export function openYaml(program: string, options: SceneOptions = {}): Promise<Scene> {
  return openScene({ ...options, files: { "Pulumi.yaml": `${projectFile("yaml")}${program}` } });
}

export function projectFile(runtime: string): string {
  return `name: project\nruntime: ${runtime}\nplugins: { providers: [{ name: nylas, path: ${JSON.stringify(path.resolve(pluginFolder))} }] }\n`;
}

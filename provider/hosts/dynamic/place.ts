import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Tells a program and the backend of its state from the others on this machine. The label of a resource holds project and
 * stack; two backends can have the same of both. The engine starts a provider in the program's folder.
 */
export function placeOfState(folder = process.cwd(), env: NodeJS.ProcessEnv = process.env): string {
  // What stands behind the question mark is how the backend is used, and not which one.
  return JSON.stringify([folder, backendOf(folder, env).replace(/\?.*$/s, "").replace(/\/+$/, "")]);
}

/** In the order in which Pulumi looks: the environment, the project, whoever logged in last. */
function backendOf(folder: string, env: NodeJS.ProcessEnv): string {
  const home = env.PULUMI_HOME || join(homedir(), ".pulumi");
  return (
    env.PULUMI_BACKEND_URL ||
    ofProject(read(join(folder, "Pulumi.yaml")) ?? read(join(folder, "Pulumi.yml")) ?? "") ||
    ofCredentials(read(join(env.PULUMI_CREDENTIALS_PATH || home, "credentials.json")) ?? "") ||
    "https://api.pulumi.com"
  );
}

/** `backend: { url: … }` of a Pulumi.yaml, in the forms that people write it in. */
function ofProject(text: string): string | undefined {
  const value =
    /^backend:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*(?:[ \t]+(?!url:)\S.*\r?\n)*[ \t]+url:[ \t]*(.+)$/m.exec(
      text,
    )?.[1] ?? /^backend:[ \t]*\{[^}\n]*\burl:[ \t]*([^},\n]+)/m.exec(text)?.[1];
  return value?.replace(/\s+#.*$/, "").replace(/^\s*(["']?)(.*?)\1\s*$/, "$2");
}

function ofCredentials(text: string): string | undefined {
  try {
    const { current } = JSON.parse(text) as { current?: unknown };
    return typeof current === "string" ? current : undefined;
  } catch {
    return undefined;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

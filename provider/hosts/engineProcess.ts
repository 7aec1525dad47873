import * as path from "node:path";
import { startOfProcess } from "../processes";
import { processOf } from "./dynamic/pulumiCommand";

/** How many processes stand between a plugin and its engine, at most. */
const GENERATIONS = 4;

/**
 * The process of the engine that has started this one; undefined where no process can be seen. The official launcher of dynamic
 * providers is a shell in between.
 */
export function engineProcess(): { pid: number; start: string } | undefined {
  let pid = process.ppid;
  for (let i = 0; i < GENERATIONS && pid > 1; i++) {
    const found = processOf(pid);
    if (!found) return undefined;
    if (!isShell(found.command[0] ?? "")) return { pid, start: startOfProcess(pid) };
    pid = found.parent;
  }
  return undefined;
}

function isShell(file: string): boolean {
  return /^-?(sh|bash|dash|zsh|ash|busybox|cmd)(\.exe)?$/.test(path.basename(file));
}

import { readFileSync } from "node:fs";

/** When a process began, in the kernel's ticks, to tell it from a later one with the same number; "0" where that is not told. */
export function startOfProcess(pid: number): string {
  try {
    // The name in parentheses may hold blanks and parentheses itself.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return /^\d+$/.exec(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "")?.[0] ?? "0";
  } catch {
    return "0";
  }
}

/** Whether this very process is running. */
export function isRunning(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const now = startOfProcess(pid);
  return start === "0" || now === "0" || start === now;
}

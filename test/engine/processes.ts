/** The processes of an operation, to be killed one at a time. */
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { type Operation } from "./harness";

/** The engine itself; the process that runs the program; the process that serves our resources. */
export type Victim = "engine" | "program" | "plugin";

const commands: Record<Exclude<Victim, "engine">, RegExp> = {
  program: /node .*@pulumi\/pulumi\/cmd\/run\b/,
  plugin: /node .*(@pulumi\/pulumi\/cmd\/dynamic-provider|pulumi-resource-nylas)\b/,
};

/** Kills one of them in the middle of whatever it does. False where it had ended before. */
export async function killOne(operation: Operation, victim: Victim): Promise<boolean> {
  if (victim === "engine") {
    operation.kill();
    return true;
  }
  // It may not have been started yet.
  for (;;) {
    const pid = pidOf(operation, victim);
    if (pid !== undefined) return end(pid);
    if (operation.process.exitCode !== null || operation.process.signalCode !== null) return false;
    await sleep(50);
  }
}

/** The process of an operation that is under way; undefined where there is none. */
export function pidOf(operation: Operation, victim: Exclude<Victim, "engine">): number | undefined {
  const all = processes();
  const family = new Set([operation.process.pid]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.find(({ pid, command }) => family.has(pid) && commands[victim].test(command))?.pid;
}

/** Whether a process is still there. */
export function isAlive(pid: number): boolean {
  return processes().some((each) => each.pid === pid);
}

function end(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

/** Without those that have ended and wait for somebody to notice. */
function processes(): { pid: number; parent: number; command: string }[] {
  return execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8", maxBuffer: 1 << 24 })
    .split("\n")
    .flatMap((line) => {
      const [, pid, parent, stat, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      if (pid === undefined || stat!.startsWith("Z")) return [];
      return [{ pid: Number(pid), parent: Number(parent), command: command! }];
    });
}

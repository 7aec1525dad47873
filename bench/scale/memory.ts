import * as fs from "node:fs";

/** The processes of an operation. */
export type Role = "engine" | "program" | "plugin";

/** Megabytes that each of an operation's processes held at most, as Linux counts them (`VmHWM`); empty elsewhere. */
export type Peaks = Partial<Record<Role, number>>;

/** Looks at the processes below one, again and again, until it is told to stop. */
export function watchMemory(root: number): { stop(): Peaks } {
  const peaks: Peaks = {};
  const look = () => {
    for (const pid of below(root)) {
      const role = roleOf(pid);
      const peak = role && peakOf(pid);
      if (peak) peaks[role] = Math.max(peaks[role] ?? 0, peak);
    }
  };
  const timer = setInterval(look, 150);
  return {
    stop() {
      clearInterval(timer);
      return peaks;
    },
  };
}

function below(root: number): number[] {
  if (!fs.existsSync("/proc/self/stat")) return [];
  const parents = new Map<number, number>();
  for (const entry of fs.readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    // The name stands in brackets and may hold anything; what comes after it are plain fields.
    const stat = read(`/proc/${entry}/stat`).split(") ").at(-1) ?? "";
    parents.set(Number(entry), Number(stat.split(" ")[1]));
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid === root || (pid !== undefined && pid > 1 && isBelow(parents.get(pid)));
  return [...parents.keys()].filter(isBelow);
}

function roleOf(pid: number): Role | undefined {
  const command = read(`/proc/${pid}/cmdline`).split("\0");
  // A shell stands between the engine and the plugin; it is no part of it.
  if (/(^|\/)(ba|da)?sh$/.test(command[0] ?? "")) return undefined;
  if (command.some((part) => /cmd\/dynamic-provider|pulumi-resource-nylas$/.test(part))) return "plugin";
  if (command.some((part) => /cmd\/run(\/index\.js)?$/.test(part))) return "program";
  return /(^|\/)pulumi$/.test(command[0] ?? "") ? "engine" : undefined;
}

function peakOf(pid: number): number | undefined {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    // It has ended by now.
    return "";
  }
}

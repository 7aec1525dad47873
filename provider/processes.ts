/** Whether processes of this machine still run, and who else listens on it. */
import { readFileSync } from "node:fs";
import { connect } from "node:net";

/** Milliseconds in which an engine that is there answers a connection. */
const ANSWERS_WITHIN = 2_000;

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

/** Whether nobody listens at an address of this machine any more. What cannot be told counts as somebody. */
export function isClosed(address: string): Promise<boolean> {
  const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (host === undefined || port === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ""), port: Number(port) });
    const end = (closed: boolean) => {
      socket.destroy();
      resolve(closed);
    };
    socket.setTimeout(ANSWERS_WITHIN, () => end(false));
    socket.on("connect", () => end(false));
    socket.on("error", (error: NodeJS.ErrnoException) => end(error.code === "ECONNREFUSED"));
  });
}

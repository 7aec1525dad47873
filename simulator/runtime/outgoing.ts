import { request as http, type IncomingMessage } from "node:http";
import { request as https } from "node:https";

/** What the other side of a call said. */
export interface OutsideAnswer {
  status: number;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

/** The calls that leave the simulator. They go to this machine's loopback addresses and nowhere else. */
export class Outgoing {
  private readonly pending = new Set<Promise<unknown>>();
  private readonly stop = new AbortController();

  /** Makes one call; redirects are not followed. */
  call(
    url: URL,
    options: {
      method: "GET" | "POST";
      headers?: Record<string, string>;
      body?: Buffer;
      timeoutMs: number;
    },
  ): Promise<OutsideAnswer> {
    if (!isLoopback(url)) return Promise.reject(new Error(`${url.hostname} is not a loopback address`));
    const { method, headers = {}, body, timeoutMs } = options;
    return new Promise((resolve, reject) => {
      const start = url.protocol === "https:" ? https : http;
      const call = start(url, { method, headers, signal: this.stop.signal, agent: false }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(parts) }),
        );
      });
      const late = new Error(`no answer within ${timeoutMs} ms`);
      const timer = setTimeout(() => call.destroy(late), timeoutMs);
      call.on("close", () => clearTimeout(timer));
      call.on("error", reject);
      call.end(body);
    });
  }

  /** Lets work go on in the background. */
  background(work: Promise<unknown>): void {
    const tracked = work.catch(() => undefined).finally(() => this.pending.delete(tracked));
    this.pending.add(tracked);
  }

  /** Waits until all background work is done. */
  async settled(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
  }

  /** Ends all calls. */
  async close(): Promise<void> {
    this.stop.abort();
    await this.settled();
  }

  get closed(): boolean {
    return this.stop.signal.aborted;
  }
}

/** Whether an address is of this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

import { type ErrorBody, printable } from "./errors";

/** Everything in it but `json` is clean: free of secrets, on one line, of bounded length. */
export interface Answer {
  status: number;
  json: unknown;
  /** What Nylas explains, if it is an error of Nylas. */
  body: ErrorBody | undefined;
  /** The body in words, for one that is no JSON. */
  shown: string;
  requestId: string | undefined;
  /** Milliseconds. */
  retryAfter: number | undefined;
  location: string | undefined;
}

export interface Failure {
  code: string;
  text: string;
  next: string;
  /** Whether anything of the request can have reached the other side. */
  sent: boolean;
  timeout: boolean;
  permanent: boolean;
}

export type Outcome = Answer | { failure: Failure };

export function isSuccess(outcome: Outcome): boolean {
  return !("failure" in outcome) && outcome.status >= 200 && outcome.status < 300;
}

const maxBodyBytes = 16 << 20;

export async function readBody(
  body: AsyncIterable<Buffer> & { destroy(): unknown },
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBodyBytes) {
      body.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * A body that is no JSON, in words. A page is shown, since it says who answered. A text that began as JSON is not
 * shown: it may be an answer that was cut in the middle of a new key.
 */
export function showBody(text: string | undefined, clean: (text: string) => string): string {
  if (text === undefined) return `a body of more than ${maxBodyBytes >> 20} MiB`;
  if (text === "") return "an empty body";
  if (/^\s*["{[]/.test(text)) return `${Buffer.byteLength(text)} bytes that begin as JSON and are none`;
  if (text.includes("\ufffd")) return `${Buffer.byteLength(text)} bytes that are no text`;
  return `"${printable(clean(text.slice(0, 1 << 16)), 120)}", which is no JSON`;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Headers = Record<string, string | string[] | undefined>;

export function header(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (value.trim() !== "" && Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/**
 * What went wrong, as far as the caller has to act on it.
 * - `refused`: Nylas says that the request itself is wrong; nothing was written.
 * - `credential`: no key, or a key that Nylas does not accept.
 * - `forbidden`: the key is known and may not do this.
 * - `notFound`: Nylas says that the object is not there (a 404 of anybody else is `malformed`).
 * - `conflict`: something with this name or address is there already.
 * - `quota`: the plan does not allow it, or not as much of it.
 * - `ambiguous`: a create was sent and it is not known whether it happened: look before any second one.
 * - `unavailable`: no usable answer after every allowed attempt; trying again later is safe.
 * - `malformed`: an answer that is not what Nylas documents, or not Nylas at all.
 * - `setting`: a setting of the connection that cannot be used.
 */
export type ErrorKind =
  | "refused"
  | "credential"
  | "forbidden"
  | "notFound"
  | "conflict"
  | "quota"
  | "ambiguous"
  | "unavailable"
  | "malformed"
  | "setting";

export interface ErrorFacts {
  kind: ErrorKind;
  /** What was to be done, as in `create workspace "Customer A"`. */
  operation: string;
  message: string;
  status?: number | undefined;
  type?: string | undefined;
  requestId?: string | undefined;
  cause?: unknown;
}

/** Every error of this folder. Its message says the object, what was seen, the next step and the request id. */
export class NylasError extends Error {
  override readonly name = "NylasError";
  readonly kind: ErrorKind;
  /** What was to be done, as in `create workspace "Customer A"`. */
  readonly operation: string;
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** The API's own code, such as "invalid_request_error" or "70005". */
  readonly type: string | undefined;
  /** What the support of Nylas asks for. */
  readonly requestId: string | undefined;

  constructor(facts: ErrorFacts) {
    const request = facts.requestId === undefined ? "" : ` (request id ${facts.requestId})`;
    super(facts.message + request, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = facts.kind;
    this.operation = facts.operation;
    this.status = facts.status;
    this.type = facts.type;
    this.requestId = facts.requestId;
  }
}

/** An error body of Nylas, whichever of its dialects it came in. */
export interface ErrorBody {
  type: string | undefined;
  message: string;
  requestId: string | undefined;
}

/**
 * Reads an error body in any dialect the API has: standard, flat, OAuth, token, webhook, IAM. A map of validation
 * errors may stand beside any of them. Undefined for a body that is not of Nylas: a proxy's page, another service's
 * JSON. Its parts go through `clean` before they are cut to their length: half a secret would not be found again.
 */
export function parseErrorBody(
  body: unknown,
  clean: (text: string) => string = (text) => text,
): ErrorBody | undefined {
  if (!isRecord(body)) return undefined;
  const requestId = text(body.request_id);
  const inner = isRecord(body.error) ? body.error : undefined;
  const oauth = typeof body.error === "string" ? body : undefined;
  const type =
    text(inner?.type) ?? text(inner?.code) ?? text(oauth?.error) ?? text(body.type) ?? text(body.error_code);
  const message = text(inner?.message) ?? text(oauth?.error_description) ?? text(body.message);
  const ours =
    requestId !== undefined ||
    (inner !== undefined && type !== undefined && message !== undefined) ||
    (oauth !== undefined && body.error_code !== undefined) ||
    (text(body.type) !== undefined && message !== undefined);
  if (!ours) return undefined;
  const details = [inner?.validation_errors, body.validation_errors, inner?.details].flatMap((part) =>
    listDetails(part),
  );
  return {
    type: type === undefined ? undefined : printable(clean(type), 80),
    message: printable(clean([message ?? "no explanation", ...details].join("; "))),
    requestId: requestId === undefined ? undefined : printable(clean(requestId), 120),
  };
}

/** A foreign text as it may stand in an error: one line, no terminal codes, nothing that turns the reading order, of bounded length. */
export function printable(foreign: string, limit = 600): string {
  const line = foreign.replace(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+/g, " ").trim();
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listDetails(details: unknown, depth = 0): string[] {
  if (typeof details === "string") return details === "" ? [] : [details];
  // Nobody explains an error that deep; somebody may want to exhaust the stack.
  if (depth > 5) return ["…"];
  if (Array.isArray(details)) return details.flatMap((part) => listDetails(part, depth + 1));
  if (!isRecord(details)) return [];
  const field = text(details.field);
  const message = text(details.message);
  if (message !== undefined) return [field === undefined ? message : `${field}: ${message}`];
  return Object.entries(details).map(
    ([name, what]) => `${name}: ${text(what) ?? listDetails(what, depth + 1).join(", ")}`,
  );
}

function text(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

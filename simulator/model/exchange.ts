/** Requests and answers as plain data. */

export type Json = Record<string, unknown>;

/** What a handler answers; `request_id` is added to the body. */
export interface Answer {
  status?: number;
  body?: object;
  headers?: Record<string, string>;
}

/** One request as the log keeps it. No secret stands in it. */
export interface LoggedRequest {
  method: string;
  path: string;
  query: string;
  /** HTTP status; 0 where the connection was dropped or left without an answer. */
  status: number;
  /** Milliseconds of the simulator's clock. */
  time: number;
  /** Name of the key that was sent ("apiKey", "organizationKey" …), or null for none or an unknown one. */
  key: string | null;
  /** Id of the key's application, if it has one. */
  applicationId: string | null;
  effect: "read" | "write" | "query";
  body: unknown;
  /** Kind of the fault that spoilt it. */
  fault: string | null;
  /** Id of that fault. */
  faultId: string | null;
  requestId: string;
}

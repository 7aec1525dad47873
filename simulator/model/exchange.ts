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

/** One call and its answer as they stood on the wire, for who compares them with something. Keys and passwords stand in the bodies. */
export interface Exchange {
  method: string;
  path: string;
  query: string;
  /** Media type of the request, or null without one. */
  requestType: string | null;
  /** The parsed body; undefined where none was sent, or none that is JSON. */
  requestBody: unknown;
  status: number;
  /** Media type of the answer. */
  answerType: string;
  /** The parsed body; undefined where it is not JSON. */
  answerBody: unknown;
}

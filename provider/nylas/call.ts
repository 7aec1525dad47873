import { type ErrorBody } from "./errors";
import { type Explanation, type KeyName } from "./explain";
import type * as Wire from "./wire";

/** One request to Nylas, whatever number of attempts it takes. */
export interface Call<T> {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Made with `path`, which encodes what is put in. */
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: Record<string, unknown>;
  key: KeyName;
  /** As in "create". */
  verb: string;
  /** As in `workspace "Customer A"`. */
  object: string;
  /** For a POST that does no harm when it is sent twice. */
  repeatable?: boolean;
  /** For the routes that know by it a request that they have carried out already. */
  idempotencyKey?: string;
  /** For a POST that only asks: it is not on the audit log. */
  asks?: boolean;
  /** What in the body must never be shown. */
  secrets?: string[];
  /** Turns the answer into what was asked for; throws `Wire.Missing` where something that matters is not there. */
  decode(wire: typeof Wire, answer: unknown): T;
  /** What a refusal means for this very call, where that is more than it means in general. */
  explain?(status: number, body: ErrorBody): Partial<Explanation> | undefined;
  /** Something to add to what any refusal of this call means; empty where there is nothing. */
  hint?(status: number): string;
}

export function operationOf(call: Call<unknown>): string {
  return `${call.verb} ${call.object}`;
}

export function changes(call: Call<unknown>): boolean {
  return call.method !== "GET" && !call.asks;
}

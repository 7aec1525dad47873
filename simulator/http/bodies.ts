import { type Json } from "../model/exchange.js";
import { invalidBody } from "./errors.js";

/** The body as an object, or a refusal. */
export function objectBody(body: unknown, what = "request body"): Json {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw invalidBody(`${what} must be an object`);
  return body as Json;
}

/** Refuses members that the route does not know. */
export function refuseUnknown(body: Json, known: string[], prefix = ""): void {
  const unknown = Object.keys(body).filter((k) => !known.includes(k));
  if (unknown.length > 0) {
    throw invalidBody(`extra fields not permitted: ${unknown.map((k) => prefix + k).join(", ")}`);
  }
}

/** Characters as people count them: a flag or an accented letter outside the BMP is one. */
export function runes(text: string): number {
  return [...text].length;
}

export function isUuid(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
}

import { type FastifyRequest } from "fastify";
import { type Json } from "../model/exchange.js";
import { type Store } from "../model/store.js";
import { ApiError, invalid, invalidBody } from "./errors.js";

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

/** The bytes of a request's body. */
export function bytesOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** The JSON body under the API's rules: exactly `application/json`, and a body on every POST, PUT and PATCH. */
export function readBody(
  request: FastifyRequest,
  store: Store,
  cloudflare: boolean,
  bodyOptional: boolean,
): unknown {
  const bytes = bytesOf(request);
  const type = request.headers["content-type"];
  const needed =
    (["POST", "PUT", "PATCH"].includes(request.method) && !bodyOptional) ||
    (request.method === "DELETE" && store.settings.deleteNeedsBody && !cloudflare);
  if (request.method === "GET" || (bytes.length === 0 && !needed)) return {};
  const refuse = (message: string): ApiError =>
    cloudflare ? new ApiError(400, "6007", "Malformed JSON in request body", "cloudflare") : invalid(message);
  const good = cloudflare ? type?.split(";")[0]!.trim() === "application/json" : type === "application/json";
  if (!good) {
    throw refuse(
      `request body must be JSON: Content-Type must be application/json, got ${type ? JSON.stringify(type) : "none"}`,
    );
  }
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    throw refuse("request body is not valid JSON");
  }
}

/** The body where it is JSON. */
export function parsed(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}

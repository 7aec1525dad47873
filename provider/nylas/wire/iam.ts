import * as z from "zod/mini";
import { type ApiKey, type Binding, type Principal } from "../api";
import { ANSWER } from "../answer";
import { isRecord } from "../errors";
import { MADE, type Members } from "./members";
import { given, id, Missing, moment, optionalText, parse, single } from "./parts";

/**
 * Principals and their keys. Not all of these shapes have been seen in an answer yet. Only this file says what is
 * uncertain about them: the names inside a binding, the name of a new key's secret.
 */

export function principal(answer: unknown): Principal {
  const wire = parse(principalSchema, single(answer), "a principal");
  return {
    [ANSWER]: wire,
    id: wire.id,
    name: wire.name,
    enabled: wire.status !== "disabled",
    roles: wire.roles ?? [],
    permissions: wire.direct_permissions ?? [],
    binding: bindingFromWire(wire),
    organizationId: given(wire.organization_id),
    createdAt: wire.created_at ?? 0,
  };
}

export function apiKey(answer: unknown, principalId: string): ApiKey {
  const wire = parse(keySchema, single(answer), "an API key");
  return {
    // The answer of a create has the secret in it, under a name that is not sure.
    [ANSWER]: Object.fromEntries(
      Object.entries(wire).filter(([name, value]) => typeof value !== "string" || OPEN_NAMES.has(name)),
    ),
    id: wire.id,
    principalId: given(wire.principal_id) ?? principalId,
    name: wire.name,
    enabled: wire.status !== "disabled",
    expiresAt: wire.expires_at,
    createdAt: wire.created_at ?? 0,
  };
}

/**
 * The answer of a create: the only one with the secret in it. `others` are the texts that may be it, by their names,
 * where none has a known name. The secret is the one that a later answer lacks.
 */
export function apiKeyWithSecret(
  answer: unknown,
  principalId: string,
): ApiKey & { secret: string | undefined; others: Record<string, string> } {
  const texts = textsOf(answer);
  const secret = SECRET_NAMES.map((name) => texts[name]).find((text) => text !== undefined);
  const others = Object.fromEntries(
    Object.entries(texts).filter(([name, text]) => !OPEN_NAMES.has(name) && /^[\x21-\x7e]{16,}$/.test(text)),
  );
  if (secret === undefined && Object.keys(others).length === 0)
    throw new Missing("an API key whose secret is missing");
  return { ...apiKey(answer, principalId), secret, others };
}

/** The texts in an answer about one object that are not empty. */
export function textsOf(answer: unknown): Record<string, string> {
  const wire = single(answer);
  return Object.fromEntries(
    Object.entries(isRecord(wire) ? wire : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "",
    ),
  );
}

/** What an answer about a key shows to everybody. */
const OPEN_NAMES = new Set([
  "id",
  "principal_id",
  "organization_id",
  "type",
  "name",
  "status",
  "expires_at",
  "created_at",
  "updated_at",
]);

export function bindingToWire({ type, id }: Binding): Record<string, string> {
  return { type: type === "account" ? "grant" : type, id };
}

const SECRET_NAMES = ["secret", "api_key", "key"];

/** `resource_binding: {type, id}`, with the longer names of the list filters, or with a name like `workspace_id`. */
function bindingFromWire(wire: Record<string, unknown>): Binding {
  const inner = isRecord(wire.resource_binding) ? wire.resource_binding : {};
  const text = (...values: unknown[]) =>
    values.find((value): value is string => typeof value === "string" && value !== "");
  const type = text(inner.type, inner.resource_type, inner.resource_binding_type, wire.resource_binding_type);
  const id = text(inner.id, inner.resource_id, inner.resource_binding_id, wire.resource_binding_id);
  for (const [name, ours] of BINDINGS) {
    const named = text(inner[`${name}_id`]);
    if (type === name && (id ?? named) !== undefined) return { type: ours, id: (id ?? named) as string };
    if (type === undefined && named !== undefined) return { type: ours, id: named };
  }
  throw new Missing("a principal whose resource_binding is not as documented", "resource_binding");
}

const BINDINGS = [
  // The narrowest first: a binding may name what it lies in as well.
  ["grant", "account"],
  ["workspace", "workspace"],
  ["application", "application"],
  ["organization", "organization"],
] as const;

const principalSchema = z.looseObject({
  id,
  name: z.string(),
  status: optionalText,
  roles: z.nullish(z.array(z.string())),
  direct_permissions: z.nullish(z.array(z.string())),
  organization_id: optionalText,
  created_at: moment,
});

const keySchema = z.looseObject({
  id,
  principal_id: optionalText,
  name: z.string(),
  status: optionalText,
  expires_at: moment,
  created_at: moment,
});

/** The members that this release knows, those that it makes no use of included. */
export const iamMembers = {
  "a principal": {
    id: "text",
    organization_id: "text",
    name: "text",
    description: "text",
    status: ["active", "disabled"],
    roles: "texts",
    direct_permissions: "texts",
    resource_binding: { type: ["organization", "application", "workspace", "grant"], id: "text" },
    ...MADE,
  },
  "an API key": {
    id: "text",
    principal_id: "text",
    type: ["api_key"],
    name: "text",
    status: ["active", "disabled"],
    expires_at: "moment",
    secret: "text",
    api_key: "text",
    ...MADE,
  },
} as const satisfies Record<string, Members>;

/**
 * The permission that an IAM key needs for a route, as the reference pages spell the names: the family of routes and what is done. Not every
 * family's name has been seen there. Undefined for a route of no known family.
 */
export function permissionFor(method: string, path: string): string | undefined {
  const [, family, ...rest] = path.split("?")[0]!.split("/").filter(Boolean);
  if (family === undefined) return undefined;
  if (family === "connect") return "grants.create";
  if (family === "grants" && rest[1] === "messages" && rest[2] === "send") return "messages.send";
  const action = ACTIONS[method];
  if (family === "grants" && rest[1] !== undefined) return action && `${rest[1]}.${action}`;
  // What belongs to an object, or is done to one, is a change of that object.
  if (FAMILIES.includes(family))
    return action && `${family}.${rest.length > 1 && action !== "read" ? "update" : action}`;
  return undefined;
}

const FAMILIES = [
  "applications",
  "connectors",
  "grants",
  "lists",
  "policies",
  "rules",
  "webhooks",
  "workspaces",
];

const ACTIONS: Record<string, string> = {
  GET: "read",
  POST: "create",
  PUT: "update",
  PATCH: "update",
  DELETE: "delete",
};

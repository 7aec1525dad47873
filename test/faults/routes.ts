import { KINDS_OF_FAULT, type KindOfFault } from "./faults";
import { type Kind } from "./program";

export type Operation = "create" | "read" | "update" | "delete";

/** Every call that an operation on a kind of resource makes in some program. */
export const ROUTES: Record<Kind, Partial<Record<Operation, string[]>>> = {
  Domain: {
    create: ["GET /v3/applications", "GET /v3/domains", "GET /v3/domains/:id", "POST /v3/domains"],
    read: ["GET /v3/domains/:id"],
    update: ["GET /v3/domains", "GET /v3/domains/:id", "PUT /v3/domains/:id"],
    delete: ["DELETE /v3/domains/:id", "GET /v3/domains", "GET /v3/domains/:id"],
  },
  DomainRecords: {
    create: ["GET /v3/domains", "GET /v3/domains/:id", "POST /v3/domains/:id/info"],
    read: ["GET /v3/domains/:id", "POST /v3/domains/:id/info"],
    delete: ["GET /v3/domains"],
  },
  DomainVerification: {
    create: ["GET /v3/domains", "GET /v3/domains/:id", "POST /v3/domains/:id/verify"],
    read: ["GET /v3/domains/:id"],
    update: ["GET /v3/domains", "GET /v3/domains/:id"],
  },
  Workspace: {
    create: ["GET /v3/applications", "GET /v3/workspaces", "GET /v3/workspaces/:id", "POST /v3/workspaces"],
    read: ["GET /v3/workspaces", "GET /v3/workspaces/:id"],
    update: [
      "GET /v3/applications",
      "GET /v3/policies/:id",
      "GET /v3/workspaces/:id",
      "PATCH /v3/workspaces/:id",
    ],
    delete: [
      "DELETE /v3/workspaces/:id",
      "GET /v3/applications",
      "GET /v3/grants",
      "GET /v3/workspaces",
      "GET /v3/workspaces/:id",
    ],
  },
  DefaultWorkspace: {
    create: [
      "GET /v3/applications",
      "GET /v3/policies",
      "GET /v3/policies/:id",
      "GET /v3/workspaces/:id",
      "PATCH /v3/workspaces/:id",
    ],
    read: ["GET /v3/workspaces/:id"],
    update: ["GET /v3/applications", "GET /v3/workspaces/:id", "PATCH /v3/workspaces/:id"],
    delete: ["GET /v3/applications", "GET /v3/workspaces/:id", "PATCH /v3/workspaces/:id"],
  },
  Policy: {
    create: ["GET /v3/applications", "GET /v3/policies", "GET /v3/policies/:id", "POST /v3/policies"],
    read: ["GET /v3/policies", "GET /v3/policies/:id"],
    update: ["GET /v3/applications", "GET /v3/policies/:id", "PUT /v3/policies/:id"],
    delete: [
      "DELETE /v3/policies/:id",
      "GET /v3/applications",
      "GET /v3/policies",
      "GET /v3/policies/:id",
      "GET /v3/workspaces",
    ],
  },
  AgentAccount: {
    create: [
      "GET /v3/applications",
      "GET /v3/connectors",
      "GET /v3/domains/:id",
      "GET /v3/grants",
      "GET /v3/grants/:id",
      "GET /v3/grants/:id/folders",
      "POST /v3/connect/custom",
      "POST /v3/connectors",
      "POST /v3/grants/:id/folders",
    ],
    read: ["GET /v3/applications", "GET /v3/grants/:id", "GET /v3/grants/:id/folders"],
    update: [
      "DELETE /v3/grants/:id/folders/:id",
      "GET /v3/applications",
      "GET /v3/grants/:id",
      "GET /v3/grants/:id/folders",
      "GET /v3/grants/:id/messages",
      "GET /v3/policies",
      "GET /v3/policies/:id",
      "GET /v3/workspaces/:id",
      "PATCH /v3/grants/:id",
      "POST /v3/grants/:id/folders",
    ],
    delete: [
      "DELETE /v3/grants/:id",
      "GET /v3/applications",
      "GET /v3/grants",
      "GET /v3/grants/:id",
      "GET /v3/grants/:id/folders",
      "GET /v3/grants/:id/messages",
    ],
  },
  Rule: {
    create: ["GET /v3/applications", "GET /v3/rules", "GET /v3/rules/:id", "POST /v3/rules"],
    read: ["GET /v3/rules", "GET /v3/rules/:id"],
    update: ["GET /v3/applications", "PUT /v3/rules/:id"],
    delete: [
      "DELETE /v3/rules/:id",
      "GET /v3/applications",
      "GET /v3/rules",
      "GET /v3/rules/:id",
      "GET /v3/workspaces",
      "PATCH /v3/workspaces/:id",
    ],
  },
  List: {
    create: [
      "GET /v3/applications",
      "GET /v3/lists",
      "GET /v3/lists/:id",
      "GET /v3/lists/:id/items",
      "POST /v3/lists",
      "POST /v3/lists/:id/items",
    ],
    read: ["GET /v3/lists", "GET /v3/lists/:id", "GET /v3/lists/:id/items"],
    update: [
      "DELETE /v3/lists/:id/items",
      "GET /v3/applications",
      "GET /v3/lists/:id",
      "GET /v3/lists/:id/items",
      "POST /v3/lists/:id/items",
      "PUT /v3/lists/:id",
    ],
    delete: [
      "DELETE /v3/lists/:id",
      "GET /v3/applications",
      "GET /v3/lists",
      "GET /v3/lists/:id",
      "GET /v3/lists/:id/items",
      "GET /v3/rules",
    ],
  },
  Webhook: {
    create: [
      "GET /v3/applications",
      "GET /v3/webhooks",
      "GET /v3/webhooks/:id",
      "POST /v3/webhooks",
      "POST /v3/webhooks/rotate-secret/:id",
      "PUT /v3/webhooks/:id",
    ],
    read: ["GET /v3/applications", "GET /v3/webhooks", "GET /v3/webhooks/:id"],
    update: [
      "GET /v3/applications",
      "GET /v3/webhooks/:id",
      "POST /v3/webhooks/rotate-secret/:id",
      "PUT /v3/webhooks/:id",
    ],
    delete: ["DELETE /v3/webhooks/:id", "GET /v3/applications", "GET /v3/webhooks", "GET /v3/webhooks/:id"],
  },
  Principal: {
    create: ["GET /v3/iam/principals", "GET /v3/iam/principals/:id", "POST /v3/iam/principals"],
    read: ["GET /v3/iam/principals", "GET /v3/iam/principals/:id"],
    update: ["GET /v3/iam/principals", "GET /v3/iam/principals/:id", "PATCH /v3/iam/principals/:id"],
    delete: ["DELETE /v3/iam/principals/:id", "GET /v3/iam/principals", "GET /v3/iam/principals/:id"],
  },
  ApiKey: {
    create: [
      "DELETE /v3/iam/principals/:id/credentials/:id",
      "GET /v3/iam/principals",
      "GET /v3/iam/principals/:id",
      "GET /v3/iam/principals/:id/credentials",
      "GET /v3/iam/principals/:id/credentials/:id",
      "POST /v3/iam/principals/:id/credentials",
    ],
    read: ["GET /v3/iam/principals/:id/credentials", "GET /v3/iam/principals/:id/credentials/:id"],
    update: [
      "GET /v3/iam/principals",
      "GET /v3/iam/principals/:id/credentials/:id",
      "PATCH /v3/iam/principals/:id/credentials/:id",
    ],
    delete: [
      "DELETE /v3/iam/principals/:id/credentials/:id",
      "GET /v3/iam/principals",
      "GET /v3/iam/principals/:id/credentials/:id",
      "GET /v3/iam/principals/:id",
      "GET /v3/iam/principals/:id/credentials",
    ],
  },
};

/**
 * Calls that only some answers or some few programs lead to. A fault may strike them, and no seed is meant for them. (An account is looked for
 * only where another policy keeps less, threads are asked for only where a folder count is missing, and so on.)
 */
export const RARE: Partial<Record<Kind, Partial<Record<Operation, string[]>>>> = {
  AgentAccount: {
    create: [
      "GET /v3/grants/:id/messages",
      "GET /v3/rules/:id",
      "GET /v3/workspaces",
      "GET /v3/workspaces/:id",
    ],
    update: ["GET /v3/rules/:id"],
    delete: ["GET /v3/grants/:id/threads"],
  },
  DefaultWorkspace: {
    create: ["GET /v3/grants", "GET /v3/rules/:id"],
    update: ["GET /v3/grants", "GET /v3/policies", "GET /v3/policies/:id"],
    delete: ["GET /v3/grants", "GET /v3/policies", "GET /v3/policies/:id"],
  },
  Domain: { delete: ["GET /v3/applications", "GET /v3/grants"] },
  Webhook: { update: ["GET /v3/webhooks"] },
  Policy: { delete: ["GET /v3/workspaces/:id"] },
  Rule: { delete: ["GET /v3/workspaces/:id"] },
  Workspace: {
    delete: ["GET /v3/policies", "GET /v3/policies/:id"],
    update: ["GET /v3/grants", "GET /v3/policies"],
  },
  DomainVerification: {
    create: ["GET /v3/applications"],
    update: ["GET /v3/applications"],
    delete: ["GET /v3/domains", "GET /v3/domains/:id"],
  },
};

/** A call, and what goes wrong with it. */
export interface Cell {
  kind: Kind;
  operation: Operation;
  route: string;
  fault: KindOfFault;
}

/** As the report counts it. */
export function nameOfCell({ kind, operation, route, fault }: Cell): string {
  return `${fault.name}|${kind} ${operation} ${route}`;
}

/** Which call a seed spoils first: over as many seeds as there are cells, each of them once. */
export function cellOf(index: number): Cell {
  const all = cells();
  // A step that shares no divisor with their number leads through all of them, and far apart.
  return all[(index * 7919) % all.length]!;
}

/** Every call of every operation of every kind with every fault that fits it. */
export function cells(): Cell[] {
  if (known) return known;
  known = [];
  for (const [kind, operations] of Object.entries(ROUTES))
    for (const [operation, routes] of Object.entries(operations))
      for (const route of routes)
        for (const fault of KINDS_OF_FAULT)
          if (fits(fault, route))
            known.push({ kind: kind as Kind, operation: operation as Operation, route, fault });
  return known;
}

/** Whether a fault makes sense for a call. */
export function fits({ on }: KindOfFault, route: string): boolean {
  const reads = route.startsWith("GET ");
  if (on === "writes") return !reads;
  return on !== "lists" || (reads && !route.endsWith(":id") && !route.endsWith("/applications"));
}

/** `GET /v3/policies/:id` of a request. */
export function routeOf(method: string, path: string): string {
  const route = path
    .replace(/^(\/v3\/(?:domains|grants))\/[^/]+/, "$1/:id")
    .replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}(?=\/|$)/g, "/:id");
  return `${method} ${route}`;
}

/** The pattern of paths of a route. */
export function patternOf(path: string): string {
  return `^${path.replaceAll(":id", "[^/]+")}$`;
}

let known: Cell[] | undefined;

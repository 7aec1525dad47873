import { type Difference } from "./checker";

/** Something that the document has wrong, or does not have yet. */
export interface KnownError {
  name: string;
  /** Why the simulator and the provider are right all the same. */
  reason: string;
  /** Where it shows; what is left out may be anything. */
  shows: Shows;
}

export type Shows = Partial<Record<"route" | "side" | "path" | "problem", string | RegExp>>;

/** Routes that the document has under another path alone, where they are checked all the same. */
export interface KnownMove {
  name: string;
  reason: string;
  from: RegExp;
  to: string;
}

/** Of Nylas' document of August 2026. */
export const KNOWN: readonly KnownError[] = [
  {
    name: "no-iam",
    reason: "/v3/iam is documented since 6 October 2026, on pages of its own",
    shows: { route: / \/v3\/iam\//, side: "route" },
  },
  {
    name: "flat-rules",
    reason:
      "the list of rules comes as data.items; the guides and the vendor's clients read it so (setting ruleList)",
    shows: { route: "GET /v3/rules", side: "answer 200", path: "/data", problem: "must be array" },
  },
  {
    name: "lists-of-grants-as-objects",
    reason: "the schema asks for data as an object and as an array at once, which nothing can be",
    shows: {
      route: /^GET \/v3\/grants\/\{grant_id\}\/(folders|messages|threads)$/,
      side: "answer 200",
      path: "/data",
      problem: "must be object",
    },
  },
  {
    name: "grant-name",
    reason:
      "PATCH of a grant takes its name; the vendor's CLI sends it, and says that a name left out is cleared",
    shows: { route: "PATCH /v3/grants/{grantId}", side: "request", path: "/name" },
  },
  {
    name: "grant-workspace",
    reason:
      "PATCH of a grant takes its workspace (R2) since 24 September 2026, which is later than the document",
    shows: { route: "PATCH /v3/grants/{grantId}", side: "request", path: "/workspace_id" },
  },
  {
    name: "workspace-without-domain",
    reason: "the domain of a workspace is optional since 24 September 2026, which is later than the document",
    shows: { route: "POST /v3/workspaces", side: "request", path: "/domain", problem: "is missing" },
  },
  {
    name: "workspace-nulls",
    reason: "a workspace without domain or policy shows null; null is how a policy is detached",
    shows: {
      route: / \/v3\/workspaces(\/\{workspace_id\})?$/,
      path: /^\/data(\/\*)?\/(domain|policy_id)$/,
      problem: "must be string",
    },
  },
  {
    name: "manual-assign-nulls",
    reason:
      "the arrays of the answer can be null where nothing was assigned or removed; the vendor's SDKs read it so",
    shows: {
      route: "POST /v3/workspaces/{workspace_id}/manual-assign",
      path: /^\/data\/(domain|grants_assigned|grants_removed)$/,
      problem: /^must be (string|array)$/,
    },
  },
  {
    name: "dkim-options",
    reason:
      "the length of a DKIM key stands in options; the vendor's SDKs and the changelog of 9 November 2026 have it",
    shows: {
      route: /^POST \/v3\/(admin\/)?domains\/\{domain_id\}\/(info|verify)$/,
      side: "request",
      path: "/options",
    },
  },
  {
    name: "connectors-overlap",
    reason: "the schemas of the connectors do not name their provider, so that any provider fits several",
    shows: { route: "POST /v3/connectors", side: "request", problem: /^fits more than one / },
  },
  {
    name: "connector-name",
    reason:
      "a connector can be made with a name (R6): the vendor's CLI and Node SDK send one, and every answer has one",
    shows: { route: "POST /v3/connectors", side: "request", path: "/name" },
  },
  {
    name: "grants-403",
    reason: "a key without the permission is refused with 403, on every route alike",
    shows: { route: "GET /v3/grants", side: "answer 403", problem: "the document has no such status" },
  },
  {
    name: "folders-404",
    reason: "the folders of a grant that is gone answer 404, as the grant itself does",
    shows: {
      route: "GET /v3/grants/{grant_id}/folders",
      side: "answer 404",
      problem: "the document has no such status",
    },
  },
];

export const MOVED: readonly KnownMove[] = [
  {
    name: "domains-by-iam-key",
    reason: "/v3/domains came after the document; it equals /v3/admin/domains, which is checked in its place",
    from: /^\/v3\/domains(?=\/|$)/,
    to: "/v3/admin/domains",
  },
];

export interface Known {
  known?: readonly KnownError[];
  moved?: readonly KnownMove[];
}

/** The known error that a difference is, if it is one. */
export function knownOf(difference: Difference, known: readonly KnownError[]): KnownError | undefined {
  return known.find(({ shows }) =>
    (Object.entries(shows) as [keyof Shows, string | RegExp][]).every(([field, wanted]) =>
      typeof wanted === "string" ? difference[field] === wanted : wanted.test(difference[field]),
    ),
  );
}

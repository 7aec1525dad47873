/** What can be found out, and what the provider takes for granted of it. */

/** How what was seen stands to what the provider takes for granted. */
export type Verdict =
  /** As it is taken for granted. */
  | "known"
  /** The other way, and the provider ends well all the same. */
  | "harmless"
  /** The other way, and some kinds of resource cannot do all that they should. */
  | "affected"
  /** It was not found out. */
  | "untried";

export interface Point {
  /** As in docs/nylas-api.md: R1 to R15, and the smaller points by the simulator's setting for them. */
  id: string;
  title: string;
  /** What the provider takes for granted, in few words. */
  assumed: string;
  /** Needs `--write`. */
  writes?: true;
}

export const POINTS: readonly Point[] = [
  { id: "R1", title: "a 2xx means it was written", assumed: "every written field shows", writes: true },
  { id: "R2", title: "how an account moves", assumed: "PATCH with workspace_id", writes: true },
  { id: "R3", title: "PUT of a policy's group", assumed: "members are merged", writes: true },
  { id: "R4", title: "members, values and kinds", assumed: "as documented" },
  { id: "R5", title: "compressed_delivery of one webhook", assumed: "absent; the list has it" },
  { id: "R6", title: "connectors", assumed: "any limit; no name needed" },
  { id: "R7", title: "moments", assumed: "Unix seconds" },
  { id: "R8", title: "a domain by its address", assumed: "found" },
  {
    id: "R9",
    title: "records that info asks for",
    assumed: "one TXT or MX each, known status",
    writes: true,
  },
  { id: "R10", title: "a new account in the list", assumed: "there at once", writes: true },
  { id: "R11", title: "reads follow writes", assumed: "at once", writes: true },
  { id: "R12", title: "shapes of IAM", assumed: "UUIDs, a.b, an expiry, secret" },
  { id: "R13", title: "a webhook that is gone", assumed: "400, destination.id.not.found" },
  { id: "R14", title: "what the keys may read", assumed: "everything that is used" },
  { id: "R15", title: "plan maxima, deletes", assumed: "a known plan; never blocked" },
  { id: "ruleList", title: "the list of rules", assumed: "in data.items" },
  { id: "alwaysCursor", title: "a cursor on the last page", assumed: "policies alone" },
  {
    id: "domainPrefixes",
    title: "prefixes of the domain routes",
    assumed: "/v3/domains and /v3/admin/domains",
  },
  { id: "applicationKeyOnDomains", title: "an application key on /v3/domains", assumed: "403" },
  { id: "iamRoutes", title: "the routes of IAM", assumed: "there" },
  { id: "omitFalseFlags", title: "false flags of a domain", assumed: "shown" },
  { id: "folderCounts", title: "counts of folders", assumed: "shown" },
  { id: "threadRoutes", title: "the routes of threads", assumed: "there" },
  { id: "bareGrants", title: "the envelope of one account", assumed: "data" },
  { id: "patchName", title: "PATCH of an account without a name", assumed: "clears the name", writes: true },
  { id: "patchSettings", title: "settings without a password", assumed: "end the password", writes: true },
  { id: "passwordRules", title: "rules of an app password", assumed: "as documented", writes: true },
  { id: "removedGrantsGoTo", title: "an account out of its workspace", assumed: "is in none", writes: true },
  { id: "grantListLagMs", title: "the list with provider=nylas", assumed: "late", writes: true },
  { id: "createTwice", title: "a second create of an address", assumed: "the first account", writes: true },
  { id: "staleRule", title: "an id of a rule that is gone", assumed: "stays, and is refused", writes: true },
  { id: "webhookEmpty", title: "an empty value for a webhook", assumed: "is ignored", writes: true },
  { id: "policyPutWithoutId", title: "the answer of a policy's PUT", assumed: "has the id", writes: true },
  { id: "hostStyle", title: "the host of a record", assumed: "@ and relative", writes: true },
  { id: "mxStyle", title: "the value of an MX", assumed: "10 host", writes: true },
  { id: "attemptNullFor", title: "a record that is null", assumed: "none of the five", writes: true },
  { id: "expiresAt", title: "the expiry of a record", assumed: "set", writes: true },
  { id: "dmarcAndArc", title: "info for dmarc and arc", assumed: "accepted", writes: true },
  { id: "duplicateDomainStatus", title: "a second create of a domain", assumed: "400", writes: true },
];

/** One thing that was seen of a point. */
export interface Sighting {
  point: string;
  verdict: Verdict;
  /** In few words; never a name, an id or a secret. */
  seen: string;
  /** The resources that are affected, by their class. */
  kinds?: readonly string[];
  /** The simulator's settings that make it answer so. */
  settings?: Readonly<Record<string, unknown>>;
}

/** All that was seen of a point. */
export interface Result extends Point {
  verdict: Verdict;
  seen: string[];
  kinds: string[];
  settings: Record<string, unknown>;
}

const GRAVEST: readonly Verdict[] = ["affected", "harmless", "known", "untried"];

/** What was seen, by point, in the order of the table. The gravest sighting decides. */
export function resultsOf(sightings: readonly Sighting[], writes: boolean): Result[] {
  return POINTS.map((point) => {
    const own = sightings.filter((sighting) => sighting.point === point.id);
    const verdict = GRAVEST.find((each) => own.some((sighting) => sighting.verdict === each)) ?? "untried";
    const told = own.filter((sighting) => sighting.verdict === verdict);
    const none = point.writes && !writes ? "needs --write" : "nothing there to see it by";
    const settings: Record<string, unknown> = {};
    for (const sighting of own) merge(settings, sighting.settings ?? {});
    return {
      ...point,
      verdict,
      seen: own.length === 0 ? [none] : [...new Set(told.map(({ seen }) => seen))],
      kinds: [...new Set(own.flatMap(({ kinds = [] }) => kinds))].sort(),
      settings,
    };
  });
}

/** Lists are put together, and of two numbers the greater counts. */
function merge(into: Record<string, unknown>, more: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(more)) {
    const old = into[name];
    if (Array.isArray(old) && Array.isArray(value)) into[name] = [...new Set([...old, ...value])];
    else if (typeof old === "number" && typeof value === "number") into[name] = Math.max(old, value);
    else into[name] = value;
  }
}

export const differs = ({ verdict }: { verdict: Verdict }): boolean =>
  verdict === "harmless" || verdict === "affected";

/**
 * What the organization key may do. The API has no "who am I". Only two things can be seen: which of its lists open,
 * and, with `iam.principals.read`, the principals of the organization, its own included. Only what follows from that
 * is said. Nothing is tried out, as that would be a write.
 */
import { type ApiKey, type Principal } from "../../nylas/api";
import { NylasError } from "../../nylas/errors";
import { NEEDS } from "../../resources/needs";
import { type DoctorContext } from "./context";
import { type Finding } from "./findings";

/** What is seen of the organization's principals. */
export interface Principals {
  /** Undefined where the key may not list them. */
  all: Principal[] | undefined;
  /** Keys by principal, of those that were asked for. */
  keysOf(principal: Principal): Promise<ApiKey[] | undefined>;
}

export async function readPrincipals({ api, settings }: DoctorContext): Promise<Principals> {
  const keys = new Map<string, Promise<ApiKey[] | undefined>>();
  const all = settings.organizationKey && (await orUnseen(api.principals.list()));
  return {
    all: all ?? undefined,
    keysOf: (principal) => {
      const asked = keys.get(principal.id) ?? orUnseen(api.apiKeys.list(principal.id));
      keys.set(principal.id, asked);
      return asked;
    },
  };
}

export async function permissions(
  context: DoctorContext,
  principals: Principals,
  /** Whether the key lists domains; undefined where that was not asked with it. */
  listsDomains: boolean | undefined,
): Promise<Finding[]> {
  const { settings, declared } = context;
  const subject = "permissions";
  if (settings.organizationKey === undefined) return [];
  const needed = neededPermissions(declared.types, settings.domainCredential === "serviceAccount");
  if (needed.length === 0) return [];
  const candidates = await callers(principals, listsDomains);
  const judged = needed.map((permission) => ({
    permission,
    held: held(permission, candidates, listsDomains),
  }));
  const lacking = judged.filter(({ held }) => held === false).map(({ permission }) => permission);
  const unseen = judged.filter(({ held }) => held === undefined).map(({ permission }) => permission);
  const who = candidates?.length === 1 ? ` (principal "${candidates[0]!.principal.name}")` : "";
  const findings: Finding[] = [];
  if (lacking.length > 0) {
    findings.push({
      area: "permissions",
      subject,
      state: "problem",
      text: `the organization key${who} lacks ${lacking.join(", ")}, which this stack's resources need`,
      next: "Give them to its principal in the Dashboard; the key itself stays the same.",
    });
  } else if (unseen.length === 0) {
    findings.push({ area: "permissions", subject, state: "ok", text: `${needed.join(", ")}${who}` });
  }
  if (unseen.length > 0) {
    findings.push({
      area: "permissions",
      subject,
      state: "unknown",
      text: `${unseen.join(", ")}: whether the organization key has them cannot be seen ${why(principals, candidates)}`,
    });
  }
  return [...findings, ...expiry(candidates)];
}

/** What the types of the state need of an organization key. Without a state: what domains need. */
export function neededPermissions(types: Set<string> | undefined, signed: boolean): string[] {
  const needs = [...(types ?? ["Domain"])].flatMap((type) => NEEDS[type] ?? []);
  const asked = needs.filter((need) => need.key === "organization" && !(signed && need.signed));
  return [...new Set(asked.flatMap(({ permissions }) => permissions))];
}

interface Caller {
  principal: Principal;
  /** Active and not expired; undefined where they cannot be listed. */
  keys: ApiKey[] | undefined;
}

/** The principals that this key can be one of. */
async function callers(
  { all, keysOf }: Principals,
  listsDomains: boolean | undefined,
): Promise<Caller[] | undefined> {
  const possible = all?.filter(
    (principal) =>
      principal.enabled &&
      principal.binding.type === "organization" &&
      mayHold(principal, "iam.principals.read") &&
      (listsDomains !== true || mayHold(principal, "domains.read")),
  );
  if (!possible) return undefined;
  const now = Date.now() / 1000;
  const found = await Promise.all(
    // More than a few tell nothing any more.
    possible.map(async (principal, at): Promise<Caller> => {
      const keys = at < 20 ? await keysOf(principal) : undefined;
      return { principal, keys: keys?.filter((key) => key.enabled && (key.expiresAt ?? Infinity) > now) };
    }),
  );
  return found.filter(({ keys }) => keys?.length !== 0);
}

/** True or false where every principal that it can be says the same; undefined where that cannot be told. */
function held(
  permission: string,
  candidates: Caller[] | undefined,
  listsDomains: boolean | undefined,
): boolean | undefined {
  // A list that is refused says nothing of this one: it may be another of the four that Nylas misses.
  if (permission === "domains.read" && listsDomains) return true;
  if (permission === "iam.principals.read") return candidates !== undefined;
  if (!candidates || candidates.length === 0) return undefined;
  if (candidates.every(({ principal }) => holds(principal, permission))) return true;
  if (candidates.every(({ principal }) => !mayHold(principal, permission))) return false;
  return undefined;
}

function holds({ permissions, roles }: Principal, permission: string): boolean {
  return (
    permissions.includes(permission) ||
    (permission.startsWith("iam.") && roles.includes("role_system_iam_admin"))
  );
}

/** What is in a role the API does not say; of these two it is documented. */
const KNOWN_ROLES = ["role_system_iam_admin", "role_system_messages_reader"];

function mayHold(principal: Principal, permission: string): boolean {
  const opaque = principal.roles.some((role) => !KNOWN_ROLES.includes(role));
  return opaque || holds(principal, permission);
}

function why({ all }: Principals, candidates: Caller[] | undefined): string {
  if (all === undefined) return "(for that it would need iam.principals.read)";
  if (candidates?.length === 1) return "(what is in a role is shown in the Dashboard alone)";
  return `(it may be of one of ${candidates?.length ?? 0} principals)`;
}

/** A key that ends soon, where there is only one that it can be. */
function expiry(candidates: Caller[] | undefined): Finding[] {
  const key =
    candidates?.length === 1 && candidates[0]!.keys?.length === 1 ? candidates[0]!.keys[0]! : undefined;
  if (key?.expiresAt === undefined) return [];
  const days = Math.floor((key.expiresAt - Date.now() / 1000) / 86_400);
  if (days > 30) return [];
  return [
    {
      area: "keys",
      subject: "organization key",
      state: "note",
      text: `"${key.name}" expires in ${days} days (${new Date(key.expiresAt * 1000).toISOString().slice(0, 10)})`,
      next: "Make its successor now: a second key of the same principal, then NYLAS_ORGANIZATION_KEY or nylas:organizationKey.",
    },
  ];
}

/** Undefined for what the key may not see, or what is not there for everybody yet. */
async function orUnseen<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NylasError && ["forbidden", "notFound", "refused"].includes(error.kind))
      return undefined;
    throw error;
  }
}

import { BRAKE } from "../components/tenantPlan";
import { show } from "../core/fields";
import { holdsUnknown } from "../core/unknown";
import { kindOfToken } from "../hosts/dynamic/tokens";
import { type Step } from "./steps";

/** As people call it: an account by its address, a vendor's DNS record by what it says. */
export function objectOf({ type, urn, old, new: made }: Step): string {
  const inputs = made?.inputs ?? old?.inputs ?? {};
  const kind = kindOf(type);
  if (kind === "AgentAccount" && typeof inputs["email"] === "string" && !holdsUnknown(inputs["email"]))
    return `account ${inputs["email"]}`;
  const noun = NOUNS[kind];
  if (noun !== undefined) return `${noun} ${nameOf(urn)}`;
  const record = ["type", "name", "content", "records"].flatMap((key) =>
    inputs[key] === undefined || holdsUnknown(inputs[key]) ? [] : [inputs[key]],
  );
  return isDnsRecord(type) && record.length > 0
    ? `DNS record ${record.map((each) => (typeof each === "string" ? each : show(each))).join(" ")} (${nameOf(urn)})`
    : `${type} ${nameOf(urn)}`;
}

export function whenGone({ op, type, urn, old }: Step): string {
  const goes = /replace/.test(op) ? "is replaced" : "is deleted";
  const kind = kindOf(type);
  if (kind === "Rule" && nameOf(urn).endsWith(`/${BRAKE}`))
    return `${goes}: the pause is lifted, and the tenant's accounts send again`;
  if (isDnsRecord(type)) return `${goes}: mail for the domain may go elsewhere or nowhere`;
  const consequence = GONE[kind];
  if (kind === "AgentAccount" && old?.inputs?.["forceDestroy"] === true)
    return `${goes}, with the mail in its mailbox (forceDestroy is recorded)`;
  return consequence === undefined ? goes : `${goes}: ${consequence}`;
}

/** The kind of a resource of this package; the whole type of another one. */
export function kindOf(type: string): string {
  return kindOfToken(type) ?? type;
}

export function nameOf(urn: string): string {
  return urn.split("::").at(-1)!;
}

export function isDnsRecord(type: string): boolean {
  return /dnsRecord|route53\/record/i.test(type);
}

export const NOUNS: Record<string, string> = {
  AgentAccount: "account",
  Workspace: "workspace",
  DefaultWorkspace: "default workspace",
  Policy: "policy",
  Rule: "rule",
  List: "list",
  Domain: "domain",
  DomainRecords: "domain records",
  DomainVerification: "domain verification",
  Webhook: "webhook",
  Principal: "principal",
  ApiKey: "key",
};

const GONE: Record<string, string> = {
  AgentAccount: "its mailbox ends",
  Rule: "what it blocks or sorts gets through",
  List: "the rules that look into it find nothing",
  Policy: "its limits hold no more",
  Workspace: "its accounts fall back to the default workspace",
  Domain: "no account can be on it",
  DomainRecords: "its DNS records are watched no more",
  DomainVerification: "its DNS records are guarded no more",
  Principal: "its keys are dead",
  ApiKey: "whoever uses it is locked out",
};

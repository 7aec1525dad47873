/** The accounts of the stack, and everything that holds for one of them: policy, rules and keys follow its workspace. */
import { normalEmail } from "../../nylas/addresses";
import { type Application, type Grant, type Policy, type Rule, type Workspace } from "../../nylas/api";
import { type Declared } from "./declared";
import { counted, type Finding, some } from "./findings";
import { type Principals } from "./permissions";

/** What stands in the application. */
export interface Fleet {
  application: Application;
  grants: Grant[];
  workspaces: Workspace[];
  policies: Policy[];
  rules: Rule[];
}

/** What holds for one account. */
export interface AccountReport {
  email: string;
  id: string;
  status: string;
  appPassword: boolean | undefined;
  workspace: { id: string; name: string; default: boolean } | undefined;
  /** Undefined: none, the plan's maxima hold. */
  policy:
    | { id: string; name: string; limits: Policy["limits"]; spamDetection: Policy["spamDetection"] }
    | undefined;
  /** In the order in which they are run. */
  rules: { id: string; name: string; trigger: string; enabled: boolean; does: string }[];
  /** Who reaches its mail beside the application's own keys; undefined where that cannot be seen. */
  keys: { principal: string; boundTo: string; enabled: boolean; keys: number | undefined }[] | undefined;
}

/** That the stack's accounts are there and valid, and that workspaces name nothing that is gone. */
export function fleetFindings({ grants, workspaces, policies, rules }: Fleet, declared: Declared): Finding[] {
  const agents = grants.filter(({ provider }) => provider === "nylas");
  const problems: Finding[] = [];
  const gone = declared.accounts.filter(({ id }) => !grants.some((grant) => grant.id === id));
  if (gone.length > 0) {
    problems.push({
      area: "accounts",
      subject: "accounts",
      state: "problem",
      text: `in the stack, and gone at Nylas: ${some(gone.map(({ email, id }) => email || id))}`,
      next: "pulumi refresh records it; a new mailbox in its place takes allowMailLoss: true.",
    });
  }
  const own = new Set(declared.accounts.map(({ id }) => id));
  const looked = declared.types === undefined ? agents : agents.filter(({ id }) => own.has(id));
  const invalid = looked.filter(({ status }) => status === "invalid");
  if (invalid.length > 0) {
    problems.push({
      area: "accounts",
      subject: "accounts",
      state: "problem",
      text: `invalid: ${some(invalid.map(({ email }) => email))}`,
      next: "A connector that was deleted leaves its accounts so: see the Dashboard, or ask the support of Nylas.",
    });
  }
  // An account that shows no workspace lives in the default one.
  const lived = workspaces.filter(({ id, isDefault }) =>
    looked.some(({ workspaceId }) => workspaceId === id || (workspaceId === undefined && isDefault)),
  );
  for (const { name, policyId, ruleIds } of lived) {
    const subject = `workspace "${name}"`;
    if (policyId !== undefined && !policies.some(({ id }) => id === policyId)) {
      const text = `names a policy that is gone (${policyId}): its accounts run at the plan's maxima`;
      problems.push({
        area: "accounts",
        subject,
        state: "problem",
        text,
        next: "pulumi up --refresh names the right one.",
      });
    }
    const lost = ruleIds.filter((ruleId) => !rules.some(({ id }) => id === ruleId));
    if (lost.length > 0) {
      const text = `names ${counted(lost.length, "rule")} that ${lost.length === 1 ? "is" : "are"} gone (${some(lost)})`;
      const next =
        "pulumi up --refresh takes it out: until then Nylas refuses changes of ruleIds that name it.";
      problems.push({ area: "accounts", subject, state: "problem", text, next });
    }
  }
  if (problems.length > 0) return problems;
  const others = agents.length - looked.length;
  const text =
    declared.types === undefined
      ? `${counted(agents.length, "account")}, all valid`
      : `${counted(looked.length, "account")} of this stack, all there and valid` +
        (others > 0 ? `; ${others} more in the application` : "");
  return [{ area: "accounts", subject: "accounts", state: "ok", text }];
}

/** One account; undefined where there is none of that address or id. */
export async function checkAccount(
  named: string,
  { application, grants, workspaces, policies, rules }: Fleet,
  principals: Principals,
): Promise<{ findings: Finding[]; report: AccountReport | undefined }> {
  const wanted = normalEmail(named);
  const grant = grants.find(({ id, email }) => id === wanted || normalEmail(email) === wanted);
  if (!grant) {
    const text = `there is no such account in application ${application.id}`;
    const next = "Look for a spelling, or for another application's key (--connection).";
    return {
      findings: [{ area: "accounts", subject: named, state: "problem", text, next }],
      report: undefined,
    };
  }
  const workspace =
    workspaces.find(({ id }) => id === grant.workspaceId) ??
    (grant.workspaceId === undefined ? workspaces.find(({ isDefault }) => isDefault) : undefined);
  const policy = policies.find(({ id }) => id === workspace?.policyId);
  const bound = principals.all?.filter(
    ({ binding }) =>
      (binding.type === "account" && binding.id === grant.id) ||
      (binding.type === "workspace" && binding.id === workspace?.id) ||
      (binding.type === "application" && binding.id === application.id),
  );
  const now = Date.now() / 1000;
  const keys =
    bound &&
    (await Promise.all(
      bound.map(async (principal) => {
        const all = await principals.keysOf(principal);
        return {
          principal: principal.name,
          boundTo: principal.binding.type,
          enabled: principal.enabled,
          keys: all?.filter((key) => key.enabled && (key.expiresAt ?? Infinity) > now).length,
        };
      }),
    ));
  const report: AccountReport = {
    email: grant.email,
    id: grant.id,
    status: grant.status,
    appPassword: grant.hasAppPassword,
    workspace: workspace && { id: workspace.id, name: workspace.name, default: workspace.isDefault },
    policy: policy && {
      id: policy.id,
      name: policy.name,
      limits: policy.limits,
      spamDetection: policy.spamDetection,
    },
    rules: rules
      .filter(({ id }) => workspace?.ruleIds.includes(id))
      .sort((one, other) => one.priority - other.priority)
      .map(({ id, name, trigger, enabled, actions }) => ({
        id,
        name,
        trigger,
        enabled,
        does: actions
          .map((action) => (typeof action === "string" ? action : `to folder ${action.assignToFolder}`))
          .join(", "),
      })),
    keys,
  };
  const foreign = grant.provider !== "nylas";
  const findings: Finding[] = foreign
    ? [
        {
          area: "accounts",
          subject: grant.email,
          state: "note",
          text: `a connected ${grant.provider} grant, not an Agent Account: policies do not hold for it`,
        },
      ]
    : [];
  if (grant.status === "invalid")
    findings.push({ area: "accounts", subject: grant.email, state: "problem", text: "it is invalid" });
  if (workspace?.policyId !== undefined && !policy)
    findings.push({
      area: "accounts",
      subject: grant.email,
      state: "problem",
      text: `its workspace "${workspace.name}" names a policy that is gone (${workspace.policyId}): the plan's maxima hold`,
    });
  return { findings, report };
}

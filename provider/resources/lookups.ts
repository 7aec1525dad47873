import { normaliseName } from "../dns/records";
import { normalEmail } from "../nylas/addresses";
import { type Domain, type Grant, type NylasApi, type Workspace } from "../nylas/api";
import { isReadable } from "../nylas/readable";

/** Look-ups, whichever host asks: what other stacks or people own, by a name or an address. They write nothing. */

export async function lookUpApplication(api: NylasApi) {
  const { organizationId, ...application } = await api.application();
  if (organizationId !== undefined) return { ...application, organizationId };
  throw new Error(
    `Application ${application.id}: the key may not read GET /v3/applications, so its organization and region are not known. Give the key's ` +
      "principal the permission applications.read, or use the API key of the application.",
  );
}

export async function lookUpDomain(api: NylasApi, args: { domainName: string }) {
  const wanted = normaliseName(args.domainName);
  return domainResult(found(await api.domains.findByAddress(wanted), `domain ${wanted}`));
}

interface WorkspaceWanted {
  id?: string;
  name?: string;
  domainName?: string;
  isDefault?: boolean;
}

export async function lookUpWorkspace(api: NylasApi, args: WorkspaceWanted) {
  const { id, name, domainName, isDefault } = args;
  const what = describeWorkspace(args);
  if (id !== undefined) return workspaceResult(found(await api.workspaces.get(id), what));
  if (name === undefined && domainName === undefined && isDefault !== true)
    throw new Error(
      "getWorkspace takes one of id, name, domainName and isDefault: true; given none of them.",
    );
  const all = await api.workspaces.list();
  const domain = domainName === undefined ? undefined : normaliseName(domainName);
  return workspaceResult(
    theOne(
      all.filter((each) =>
        isDefault ? each.isDefault : name !== undefined ? each.name === name : each.domain === domain,
      ),
      what,
    ),
  );
}

export async function lookUpPolicy(api: NylasApi, { id, name }: { id?: string; name?: string }) {
  const what = id === undefined ? `policy ${JSON.stringify(name)}` : `policy ${id}`;
  const policy =
    id === undefined
      ? theOne(
          (await api.policies.list()).filter((each) => each.name === name),
          what,
        )
      : found(await api.policies.get(id), what);
  return {
    id: policy.id,
    name: policy.name,
    limits: policy.limits,
    spamDetection: policy.spamDetection,
    applicationId: policy.applicationId,
  };
}

export async function lookUpAgentAccount(api: NylasApi, { id, email }: { id?: string; email?: string }) {
  if (id === undefined && email === undefined)
    throw new Error("getAgentAccount takes one of email and id; given none of them.");
  const grant = id === undefined ? await api.grants.findByEmail(email!.trim()) : await api.grants.get(id);
  return accountResult(found(grant?.provider === "nylas" ? grant : undefined, `account ${id ?? email}`));
}

export async function lookUpAgentAccounts(
  api: NylasApi,
  args: { workspaceId?: string; domainName?: string },
) {
  const domain = args.domainName === undefined ? undefined : normaliseName(args.domainName);
  return (await api.grants.list())
    .filter(isReadable)
    .filter((grant) => grant.provider === "nylas")
    .filter((grant) => args.workspaceId === undefined || grant.workspaceId === args.workspaceId)
    .filter((grant) => domain === undefined || normalEmail(grant.email).endsWith(`@${domain}`))
    .map(accountResult)
    .sort((a, b) => (a.email < b.email ? -1 : 1));
}

function found<T>(object: T | undefined, what: string): T {
  if (object !== undefined) return object;
  throw new Error(
    `There is no ${what} for this key. Look-ups do not create anything: check the name, the key and its region.`,
  );
}

function theOne<T extends { id: string }>(objects: T[], what: string): T {
  if (objects.length > 1) {
    throw new Error(
      `There is more than one ${what} (ids ${objects.map(({ id }) => id).join(", ")}): look it up by its id.`,
    );
  }
  return found(objects[0], what);
}

function describeWorkspace({ id, name, domainName }: WorkspaceWanted): string {
  if (id !== undefined) return `workspace ${id}`;
  if (name !== undefined) return `workspace ${JSON.stringify(name)}`;
  return domainName === undefined ? "default workspace" : `workspace of the domain ${domainName}`;
}

function domainResult({ id, address, name, organizationId, region, branded, verified }: Domain) {
  return { id, domainName: address, name, organizationId, region, trial: branded, verified };
}

function workspaceResult(workspace: Workspace) {
  const { id, name, domain, autoGroup, isDefault, policyId, ruleIds, applicationId } = workspace;
  return { id, name, domainName: domain, autoGroup, isDefault, policyId, ruleIds, applicationId };
}

function accountResult({ id, email, name, workspaceId, status }: Grant) {
  return { id, email, displayName: name, workspaceId, status };
}

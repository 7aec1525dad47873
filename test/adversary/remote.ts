/** What a look at the other side means: who may send, which MX the world sees, what a key reads. Pure functions over a dump. */
import { type Simulator } from "nylas-simulator";

export type RemoteState = ReturnType<Simulator["state"]>;

/** The hosts that the world's mail for a name goes to, the preferred first. */
export function mxOf(state: RemoteState, name: string): string[] {
  const zone = servingZone(state, name);
  if (!zone) return [];
  return zone.records
    .filter((record) => record.name === name && record.type === "MX")
    .sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
    .map(({ content }) => content.toLowerCase().replace(/\.$/, ""));
}

/** The zone that the world is sent to for a name: of several of one name, the one that the delegation names. */
function servingZone(state: RemoteState, name: string): RemoteState["zones"][number] | undefined {
  const around = state.zones.filter((each) => name === each.name || name.endsWith(`.${each.name}`));
  const longest = around.sort((a, b) => b.name.length - a.name.length)[0];
  if (!longest) return undefined;
  const twins = around.filter((each) => each.name === longest.name);
  const first = twins[0]!;
  if (!first.delegatedTo) return first;
  const servers = [...first.delegatedTo].sort().join();
  return twins.find(({ nameServers }) => [...nameServers].sort().join() === servers);
}

/** Whether an account's messages leave: no rule of its workspace blocks what comes from its address. */
export function canSend(state: RemoteState, grant: RemoteState["grants"][number]): boolean {
  const attached = state.workspaces.find(({ id }) => id === grant.workspace_id)?.rule_ids ?? [];
  const domain = grant.email.slice(grant.email.indexOf("@") + 1);
  return !state.rules.some((rule) => {
    if (!rule.enabled || rule.trigger !== "outbound" || !attached.includes(rule.id)) return false;
    if (!rule.actions.some(({ type }) => type === "block")) return false;
    const holds = ({ field, operator, value }: (typeof rule.match.conditions)[number]): boolean =>
      operator === "is" &&
      ((field === "from.address" && value === grant.email) || (field === "from.domain" && value === domain));
    const { conditions, operator } = rule.match;
    return operator === "any" ? conditions.some(holds) : conditions.every(holds);
  });
}

/** The ids of the accounts whose mail a key reads. */
export function readableBy(state: RemoteState, credentialId: string): string[] {
  const credential = state.credentials.find(({ id }) => id === credentialId);
  const principal = state.principals.find(({ id }) => id === credential?.principal_id);
  if (!credential || !principal || credential.status !== "active") return [];
  const { type, id } = principal.resource_binding;
  return state.grants
    .filter(
      (grant) =>
        type === "organization" ||
        (type === "application" && grant.application_id === id) ||
        (type === "workspace" && grant.workspace_id === id) ||
        (type === "grant" && grant.id === id),
    )
    .map((grant) => grant.id);
}

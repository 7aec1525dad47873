import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import { domainProperties, type DomainProperties } from "../properties/domain";
import { normaliseName } from "../dns/records";
import { type CommonInputs, type Definition } from "../core/definition";
import { UserError } from "../core/failure";
import { whoseLabel } from "../core/whose";
import { type Domain } from "../nylas/api";
import { applicationAtHand, domainDeletionBlocker } from "./domainGuard";
import { otherNameOf, registeredUnderOtherName } from "./renamedDomain";
import {
  assertOrganization,
  organizationOwner,
  organizationScope,
  rememberOrganization,
  type Session,
  stillListed,
} from "./session";
import { isForceDestroyed, namedInVain } from "./words";

export type DomainInputs = CommonInputs & DomainProperties;

/** A domain, and where its accounts are looked for. */
export interface HeldDomain extends Domain {
  applicationId?: string | undefined;
}

export const domain: Definition<DomainInputs, HeldDomain, Session> = {
  type: "Domain",
  noun: "domain",
  fields: (z) => fieldsOf(domainProperties, z),
  inputs: inputHandlingOf<DomainInputs>(domainProperties, { domainName: normaliseName }),
  identity: {
    key: (inputs) => inputs.domainName && normaliseName(inputs.domainName),

    async find(session, inputs) {
      const found = await session.api.domains.findByAddress(normaliseName(inputs.domainName));
      return found && { ...found, applicationId: await applicationAtHand(session) };
    },
    heldUnderOtherName({ label, isDeclaredAs }, remote) {
      const other = otherNameOf(label, remote.name);
      // A resource of that name declares another domain, so the entry of that name is not this one's.
      if (other === undefined || isDeclaredAs(remote.name)) return undefined;
      return registeredUnderOtherName(domain.describe(remote), other);
    },
    adoptCondition: ({ id }) =>
      `no entry of this stack holds it (pulumi stack --show-ids does not show ${id}), and it should be managed from here on`,
    scope: organizationScope,
    createdAt: (remote) => remote.createdAt,
    whose: (context, remote) => whoseLabel(context.label, remote.name),
  },
  replacement: {
    loses: (olds) => `deletes ${olds.domainName} and ends the mail of every account on it`,
  },
  async get(session, id, outputs) {
    const found = await session.api.domains.get(id);
    if (!found) return undefined;
    rememberOrganization(session, found);
    // What is recorded stays: the key of a refresh may be the wrong one.
    return outputs.organizationId === undefined
      ? { ...found, applicationId: await applicationAtHand(session) }
      : found;
  },
  gone: {
    isListed: (session, id) => stillListed(session, () => session.api.domains.list(), id),
    successor: registeredAgain,
    successorText: registeredAgainText,
    isSuccessorAdopted: true,
  },
  async create({ session }, inputs) {
    const applicationId = await applicationAtHand(session);
    const made = await session.api.domains.create({
      name: inputs.name!,
      address: normaliseName(inputs.domainName),
    });
    rememberOrganization(session, made);
    return { ...made, applicationId };
  },
  async update({ session }, { id, news, changed }) {
    if (changed.has("name")) return session.api.domains.rename(id, news.name!);
    const found = await session.api.domains.get(id);
    if (!found)
      throw new UserError(`The domain ${news.domainName} is gone; run pulumi refresh, then pulumi up.`);
    return found;
  },
  delete: ({ session }, id) => session.api.domains.delete(id),
  deletionGuard: {
    blocker: (context, remote, outputs) =>
      domainDeletionBlocker(
        context,
        { ...remote, receivesMail: remote.branded ? "trial" : remote.verified.mx },
        outputs.applicationId,
      ),
    namedInVain: (session, inputs) => namedInVain(session, "domain", inputs.domainName),
    isForced: (session, outputs) => isForceDestroyed(session, "domain", String(outputs.domainName)),
  },

  id: (remote) => remote.id,
  describe: (remote) => `domain ${remote.address} (id ${remote.id})`,
  observed: (remote) => ({ domainName: remote.address, name: remote.name }),
  outputs: (remote, _inputs, recorded) => ({
    organizationId: remote.organizationId,
    region: remote.region,
    trial: remote.branded,
    applicationId: recorded.applicationId ?? remote.applicationId,
  }),
  owner: {
    of: organizationOwner,
    assert: assertOrganization,
  },
};

/** The id under which a domain that is gone was registered again; undefined where there is no such domain. */
export async function registeredAgain(
  { api }: Session,
  _id: string,
  { domainName }: Record<string, unknown>,
): Promise<string | undefined> {
  if (typeof domainName !== "string") return undefined;
  return (await api.domains.findByAddress(normaliseName(domainName)))?.id;
}

export function registeredAgainText(successor: string): string {
  return (
    `the domain was deleted outside Pulumi and registered again: Nylas has it under the id ${successor}. This entry stays in the state, so that the ` +
    `DNS records of the domain stay. To go on with the new one: adopt: "${successor}" on the domain, then pulumi up. ` +
    `Give the DNS adapter no adopt line: the state holds the records.`
  );
}

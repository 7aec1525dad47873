import { normaliseName } from "../dns/records";
import * as pulumi from "@pulumi/pulumi";
import { type CommonInputs, type Definition } from "../core/definition";
import { UserError } from "../core/failure";
import { optionsFor, registered, typeToken } from "../hosts/dynamic/registration";
import { showRefusal } from "../hosts/dynamic/refusalsInPreview";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { whoseLabel } from "../core/whose";
import { type Domain } from "../nylas/api";
import { applicationAtHand, domainDeletionBlocker } from "./domainGuard";
import { domainField, flag, nameField } from "./fields";
import { otherNameOf, registeredUnderOtherName } from "./renamedDomain";
import { watchedOptions } from "./retained";
import {
  assertOrganization,
  organizationOwner,
  organizationScope,
  rememberOrganization,
  type Session,
  stillListed,
} from "./session";
import { isForceDestroyed, namedInVain } from "./words";

/** Arguments of {@link NylasDomain}. */
export interface NylasDomainArgs {
  /**
   * The domain that mailboxes live on, such as `agents.example.com`. Compared without case and final dot. Changing it
   * **replaces** the domain: the old one is deleted with everything that receives mail on it, so it is refused in the
   * preview unless `forceDestroy` is recorded.
   *
   * API: `domain_address` of [POST /v3/domains](https://developer.nylas.com/docs/reference/api/manage-domains/).
   */
  domainName: pulumi.Input<string>;
  /** A label for people, 1 to 256 characters. Default: `project/stack/name`. Changed in place. API: `name`. */
  name?: pulumi.Input<string>;
  /**
   * Delete the domain even while it is verified or accounts live on it. Default: false. It has to be recorded by a
   * `pulumi up` of its own before it counts. A verified domain is never deleted without it (or the same word in
   * `nylas:forceDestroy`), because accounts of other applications of the organization cannot be seen.
   */
  forceDestroy?: pulumi.Input<boolean>;
  /** Take over a domain that is registered already: true, or its id. Nothing is written at the take-over. */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:organizationKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

const OUTPUTS = ["organizationId", "region", "trial", "applicationId"] as const;

/**
 * A domain registered with Nylas, in the organization and region of the key. Needs the organization key
 * (`nylas:organizationKey`), or where domains are still managed by a service account, that (`nylas:serviceAccount`). What has to stand in DNS for it is asked for by {@link NylasDomainRecords}, and whether it
 * does by {@link NylasDomainVerification}; `AgentDomain` makes all of them.
 *
 * Deleting it fails while it is verified or accounts live on it, unless `forceDestroy` is recorded. API: [Manage domains](https://developer.nylas.com/docs/reference/api/manage-domains/).
 */
export class NylasDomain extends pulumi.CustomResource {
  readonly domainName!: pulumi.Output<string>;
  readonly name!: pulumi.Output<string>;
  /** The organization that owns it. */
  readonly organizationId!: pulumi.Output<string>;
  /** `us` or `eu`. */
  readonly region!: pulumi.Output<string>;
  /** The application whose accounts are looked for before the domain is deleted; undefined where there was no application key. */
  readonly applicationId!: pulumi.Output<string | undefined>;
  /** Whether it is a trial domain (`*.nylas.email`), which needs no DNS. */
  readonly trial!: pulumi.Output<boolean>;

  constructor(name: string, args: NylasDomainArgs, options?: pulumi.CustomResourceOptions) {
    super(
      typeToken("Domain"),
      name,
      registered("Domain", name, args, options, {
        outputs: ["domainName", "name", ...OUTPUTS],
        mayBeRefused: true,
      }),
      optionsFor("Domain", watchedOptions(options), { protectable: true }),
    );
    restoreStackDepth();
    showRefusal(this);
  }

  /** A domain that is managed elsewhere, by its id or its address. Asks Nylas, in a preview too. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): NylasDomain {
    return new NylasDomain(name, undefined as never, { ...options, id });
  }
}

export interface DomainInputs extends CommonInputs {
  domainName: string;
  name?: string;
}

/** A domain, and where its accounts are looked for. */
export interface HeldDomain extends Domain {
  applicationId?: string | undefined;
}

export const domain: Definition<DomainInputs, HeldDomain, Session> = {
  type: "Domain",
  noun: "domain",
  fields: (z) => ({
    domainName: domainField(z),
    name: nameField(z, "Agents of Example"),
    forceDestroy: flag(z),
  }),
  inputs: {
    replaceOn: ["domainName"],
    isNamedByDefault: true,
    normalForms: { domainName: normaliseName },
  },
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
        { ...remote, receivesMail: remote.verified.mx && !remote.branded },
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

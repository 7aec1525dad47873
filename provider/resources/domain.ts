import * as pulumi from "@pulumi/pulumi";
import { type CommonInputs, type Definition } from "../lifecycle/definition";
import { UserError } from "../lifecycle/failure";
import { optionsFor, registered, typeToken } from "../lifecycle/registration";
import { restoreStackDepth } from "../lifecycle/stackDepth";
import { clock } from "../nylas/clock";
import { patiently } from "../nylas/lifetime";
import { type Domain, type Grant } from "../nylas/api";
import { domainField, flag, nameField } from "./fields";
import {
  confirmOrganization,
  forceByName,
  organizationRealm,
  rememberOrganization,
  type Session,
  stillListed,
} from "./session";

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
   * Delete the domain even while accounts live on it. Default: false. It has to be recorded by a `pulumi up` of its own
   * before it counts.
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
 * Deleting it fails while accounts live on it, as far as they can be seen: those in the application of `nylas:apiKey`. API: [Manage domains](https://developer.nylas.com/docs/reference/api/manage-domains/).
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
      registered("Domain", name, args, options, { outputs: ["domainName", "name", ...OUTPUTS] }),
      optionsFor("Domain", options, { protectable: true }),
    );
    restoreStackDepth();
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
  replaceOn: ["domainName"],
  namedByDefault: true,
  normal: { domainName: normalDomain },
  key: (inputs) => inputs.domainName && normalDomain(inputs.domainName),
  lostByReplacement: (olds) => `deletes ${olds.domainName} and ends the mail of every account on it`,

  async find(session, inputs) {
    const found = await session.api.domains.findByAddress(normalDomain(inputs.domainName));
    return found && { ...found, applicationId: await applicationAtHand(session) };
  },
  ours: (context, remote) => remote.name === context.label,
  async get(session, id, outputs) {
    const found = await session.api.domains.get(id);
    if (!found) return undefined;
    rememberOrganization(session, found);
    // What is recorded stays: the key of a refresh may be the wrong one.
    return outputs.organizationId === undefined
      ? { ...found, applicationId: await applicationAtHand(session) }
      : found;
  },
  listed: ({ api }, id) => stillListed(() => api.domains.list(), id),
  async create({ session }, inputs) {
    const applicationId = await applicationAtHand(session);
    const made = await session.api.domains.create({
      name: inputs.name!,
      address: normalDomain(inputs.domainName),
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

  async keep({ session, say }, remote, outputs) {
    await refuseBlindness(session, remote, outputs.applicationId);
    let left = await accountsOn(session, remote.address);
    // Accounts that are being deleted beside the domain may take a moment; one with a literal address has no dependency on it.
    const end = clock.now() + 60_000;
    while (left.length > 0 && clock.now() < end) {
      await say("progress", `${remote.address}: waiting for ${list(left)} to go first`);
      if (!(await patiently(5_000))) break;
      left = await accountsOn(session, remote.address);
    }
    if (left.length === 0) return undefined;
    return (
      `domain ${remote.address} (id ${remote.id}) is kept: ${left.length === 1 ? "an account lives" : `${left.length} accounts live`} on it ` +
      `(${list(left)}) and would stop receiving mail. Delete them first; or, to delete it all the same, set forceDestroy: true, ` +
      `run pulumi up, and then delete it; for one that is no longer in the program, ${forceByName(remote.address)}.`
    );
  },
  forced: ({ settings }, outputs) => settings.forceDestroy.includes(normalDomain(String(outputs.domainName))),

  id: (remote) => remote.id,
  describe: (remote) => `domain ${remote.address} (id ${remote.id})`,
  observed: (remote) => ({ domainName: remote.address, name: remote.name }),
  outputs: (remote, _inputs, recorded) => ({
    organizationId: remote.organizationId,
    region: remote.region,
    trial: remote.branded,
    applicationId: recorded.applicationId ?? remote.applicationId,
  }),
  realm: organizationRealm,
  confirm: confirmOrganization,
};

/** The form in which two domain names are compared. */
export function normalDomain(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, "");
}

/** The application of the key, where there is one that works: for a domain alone none is needed. */
async function applicationAtHand({ settings, api }: Session): Promise<string | undefined> {
  if (!settings.apiKey) return undefined;
  return api.application().then(
    ({ id }) => id,
    () => undefined,
  );
}

/** Which accounts live on a domain shows in their own application alone: under another key there would seem to be none. */
async function refuseBlindness(
  session: Session,
  { address, organizationId }: Domain,
  recorded: unknown,
): Promise<void> {
  const key = session.settings.sources.apiKey ?? "nylas:apiKey";
  const unseen = `Whether accounts live on ${address} cannot be seen`;
  const next = "Nothing was changed.";
  const otherwise = "or record forceDestroy: true on the domain first.";
  if (!session.settings.apiKey) {
    throw new UserError(
      `${unseen} without an application key, and deleting the domain would end their mail. ${next} Set nylas:apiKey (NYLAS_API_KEY), ${otherwise}`,
    );
  }
  const application = await session.api.application();
  if (application.organizationId !== organizationId) {
    throw new UserError(
      `${unseen} with the application key (${key}): it is of organization ${application.organizationId}, and the domain of ${organizationId}. ${next} ` +
        `Use the key of the application whose accounts are on it, ${otherwise}`,
    );
  }
  if (typeof recorded === "string" && recorded !== application.id) {
    throw new UserError(
      `${unseen} with the application key (${key}): it is of application ${application.id}, and this state is of ${recorded}. ${next} Use the key of ${recorded}, ${otherwise}`,
    );
  }
}

async function accountsOn(session: Session, address: string): Promise<Grant[]> {
  return (await session.api.grants.list()).filter((grant) =>
    grant.email.toLowerCase().endsWith(`@${address}`),
  );
}

function list(grants: Grant[]): string {
  const shown = grants.slice(0, 5).map((grant) => grant.email);
  return grants.length > shown.length
    ? `${shown.join(", ")} and ${grants.length - shown.length} more`
    : shown.join(", ");
}

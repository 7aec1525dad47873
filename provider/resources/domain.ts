import * as pulumi from "@pulumi/pulumi";
import { type CommonInputs, type Definition } from "../lifecycle/definition";
import { UserError } from "../lifecycle/failure";
import { optionsFor, registered, typeToken } from "../lifecycle/registration";
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

const OUTPUTS = ["organizationId", "region", "trial"] as const;

/**
 * A domain registered with Nylas, in the organization and region of the key. Needs the organization key
 * (`nylas:organizationKey`), or where domains are still managed by a service account, that (`nylas:serviceAccount`). What has to stand in DNS for it is asked for by {@link NylasDomainRecords}, and whether it
 * does by {@link NylasDomainVerification}; `AgentDomain` makes all of them.
 *
 * Deleting it fails while accounts live on it. API: [Manage domains](https://developer.nylas.com/docs/reference/api/manage-domains/).
 */
export class NylasDomain extends pulumi.CustomResource {
  readonly domainName!: pulumi.Output<string>;
  readonly name!: pulumi.Output<string>;
  /** The organization that owns it. */
  readonly organizationId!: pulumi.Output<string>;
  /** `us` or `eu`. */
  readonly region!: pulumi.Output<string>;
  /** Whether it is a trial domain (`*.nylas.email`), which needs no DNS. */
  readonly trial!: pulumi.Output<boolean>;

  constructor(name: string, args: NylasDomainArgs, options?: pulumi.CustomResourceOptions) {
    super(
      typeToken("Domain"),
      name,
      registered("Domain", name, args, options, { outputs: ["domainName", "name", ...OUTPUTS] }),
      optionsFor("Domain", options, { protectable: true }),
    );
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

export const domain: Definition<DomainInputs, Domain, Session> = {
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

  find: ({ api }, inputs) => api.domains.findByAddress(normalDomain(inputs.domainName)),
  ours: (context, remote) => remote.name === context.label,
  async get(session, id) {
    const found = await session.api.domains.get(id);
    if (found) rememberOrganization(session, found);
    return found;
  },
  async create({ session }, inputs) {
    const made = await session.api.domains.create({
      name: inputs.name!,
      address: normalDomain(inputs.domainName),
    });
    rememberOrganization(session, made);
    return made;
  },
  async update({ session }, { id, news, changed }) {
    if (changed.has("name")) return session.api.domains.rename(id, news.name!);
    const found = await session.api.domains.get(id);
    if (!found)
      throw new UserError(`The domain ${news.domainName} is gone; run pulumi refresh, then pulumi up.`);
    return found;
  },
  delete: ({ session }, id) => session.api.domains.delete(id),

  async keep({ session, say }, remote) {
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
  outputs: (remote) => ({
    organizationId: remote.organizationId,
    region: remote.region,
    trial: remote.branded,
  }),
  realm: organizationRealm,
  confirm: confirmOrganization,
};

/** The form in which two domain names are compared. */
export function normalDomain(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, "");
}

async function accountsOn(session: Session, address: string): Promise<Grant[]> {
  if (!session.settings.apiKey) {
    throw new UserError(
      `Whether accounts live on ${address} cannot be seen without an application key, and deleting the domain would end their ` +
        `mail. Nothing was changed. Set nylas:apiKey (NYLAS_API_KEY), or record forceDestroy: true on the domain first.`,
    );
  }
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

// Made by `npm run generate` from provider/properties/domain.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { restoreStackDepth } from "../../hosts/dynamic/stackDepth";
import { nativeToken } from "../../hosts/dynamic/tokens";
import { optionsFor, registered } from "../../hosts/native/registration";
import { type NylasDomainArgs } from "../domain";
import { watchedOptions } from "../retained";

/**
 * A domain registered with Nylas, in the organization and region of the key. Needs the organization key
 * (`nylas:organizationKey`), or where domains are still managed by a service account, that (`nylas:serviceAccount`).
 * What has to stand in DNS for it is asked for by {@link NylasDomainRecords}, and whether it does by {@link
 * NylasDomainVerification}; `AgentDomain` makes all of them.
 *
 * Deleting it fails while it is verified or accounts live on it, unless `forceDestroy` is recorded.
 *
 * API: [Manage domains](https://developer.nylas.com/docs/reference/api/manage-domains/).
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
  /**
   * The application whose accounts are looked for before the domain is deleted; undefined where there was no application
   * key.
   */
  readonly applicationId!: pulumi.Output<string | undefined>;

  constructor(name: string, args: NylasDomainArgs, options?: pulumi.CustomResourceOptions) {
    super(
      nativeToken("Domain"),
      name,
      registered("Domain", name, args, options, {
        outputs: ["domainName", "name", "organizationId", "region", "trial", "applicationId"],
      }),
      optionsFor("Domain", watchedOptions(options), { protectable: args }),
    );
    restoreStackDepth();
  }

  /** A domain that is managed elsewhere, by its id or its address. Asks Nylas, in a preview too. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): NylasDomain {
    return new NylasDomain(name, undefined as never, { ...options, id });
  }
}

// Made by `npm run generate` from provider/properties/domain.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { showRefusal } from "../hosts/dynamic/refusalsInPreview";
import { optionsFor, registered } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { typeToken } from "../hosts/dynamic/tokens";
import { watchedOptions } from "./retained";

/** Arguments of {@link NylasDomain}. */
export interface NylasDomainArgs {
  /**
   * The domain that mailboxes live on, such as `agents.example.com`. Compared without case and final dot. Changing it
   * **replaces** the domain: the old one is deleted with everything that receives mail on it. So the preview refuses it
   * unless `forceDestroy` is recorded. API: `domain_address` of [POST
   * /v3/domains](https://developer.nylas.com/docs/reference/api/manage-domains/).
   */
  domainName: pulumi.Input<string>;
  /** A label for people, 1 to 256 characters. Default: `project/stack/name`. Changed in place. API: `name`. */
  name?: pulumi.Input<string>;
  /**
   * Delete the domain even while it is verified or accounts live on it. Default: false. It has to be recorded by a `pulumi
   * up` of its own before it counts. A verified domain is never deleted without it (or the same word in
   * `nylas:forceDestroy`), because accounts of other applications of the organization cannot be seen.
   */
  forceDestroy?: pulumi.Input<boolean>;
  /** Take over a domain that is registered already: true, or its id. Nothing is written at the take-over. */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:organizationKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

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
      typeToken("Domain"),
      name,
      registered("Domain", name, args, options, {
        outputs: ["domainName", "name", "organizationId", "region", "trial", "applicationId"],
        mayBeRefused: true,
      }),
      optionsFor("Domain", watchedOptions(options), { protectable: args }),
    );
    restoreStackDepth();
    showRefusal(this);
  }

  /** A domain that is managed elsewhere, by its id or its address. Asks Nylas, in a preview too. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): NylasDomain {
    return new NylasDomain(name, undefined as never, { ...options, id });
  }
}

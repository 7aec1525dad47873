// Made by `npm run generate` from provider/properties/domainVerification.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { restoreStackDepth } from "../../hosts/dynamic/stackDepth";
import { nativeToken } from "../../hosts/dynamic/tokens";
import { optionsFor, registered } from "../../hosts/native/registration";
import { type NylasDomainVerificationArgs } from "../domainVerification";
import { validatedOptions } from "../retained";

/**
 * Waits until Nylas has verified a domain, as a resource of its own. Whatever needs the domain to work (an account)
 * takes its `domainName` from here. When it ends before, it names each record that is missing: what Nylas expects, what
 * is published, what Nylas says, and what to do. The next `up` goes on.
 *
 * It also guards the published records against a delete, because the engine deletes it before what it depends on. So
 * declare it with `dependsOn` the records. Its delete writes nothing. It is refused while the domain is verified,
 * accounts live on it, or another resource of the same run declares the domain. Then the engine deletes neither the
 * records nor the domain.
 *
 * API: [POST /v3/domains/{id}/verify](https://developer.nylas.com/docs/reference/api/manage-domains/).
 */
export class NylasDomainVerification extends pulumi.CustomResource {
  readonly domainId!: pulumi.Output<string | undefined>;
  /** The input again, known in a preview, with the dependency on the verification. */
  readonly domainName!: pulumi.Output<string>;
  /** `verified`; `pending` until then; `lost` when it was verified once and is no more. */
  readonly status!: pulumi.Output<"verified" | "pending" | "lost">;
  /** What is missing, a line each; undefined when verified. */
  readonly problems!: pulumi.Output<string[] | undefined>;

  constructor(name: string, args: NylasDomainVerificationArgs, options?: pulumi.CustomResourceOptions) {
    super(
      nativeToken("DomainVerification"),
      name,
      registered("DomainVerification", name, args, options, {
        outputs: ["domainId", "domainName", "status", "problems"],
      }),
      optionsFor("DomainVerification", validatedOptions(options), { protectable: args }),
    );
    restoreStackDepth();
  }
}

// Made by `npm run generate` from provider/properties/list.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { restoreStackDepth } from "../../hosts/dynamic/stackDepth";
import { nativeToken } from "../../hosts/dynamic/tokens";
import { optionsFor, registered } from "../../hosts/native/registration";
import { type NylasListArgs } from "../list";

/**
 * A list of addresses, domains or top-level domains that conditions of rules look into (`inList`). Deleting it deletes
 * its items; conditions that still name it no longer match. Items that are declared for the first time replace all that
 * others have put into it. This is refused while a rule keeps accounts from sending by one of those.
 *
 * API: [Lists](https://developer.nylas.com/docs/v3/agent-accounts/policies-rules-lists/).
 */
export class NylasList extends pulumi.CustomResource {
  readonly type!: pulumi.Output<"domain" | "tld" | "address">;
  readonly name!: pulumi.Output<string>;
  readonly description!: pulumi.Output<string | undefined>;
  readonly items!: pulumi.Output<string[] | undefined>;
  /** Of the items, where they come from a file. */
  readonly itemsDigest!: pulumi.Output<string | undefined>;
  /** How many items Nylas has. */
  readonly itemsCount!: pulumi.Output<number>;
  /** The application it belongs to. */
  readonly applicationId!: pulumi.Output<string>;

  constructor(name: string, args: NylasListArgs, options?: pulumi.CustomResourceOptions) {
    super(
      nativeToken("List"),
      name,
      registered("List", name, args, options, {
        outputs: ["type", "name", "description", "items", "itemsDigest", "itemsCount", "applicationId"],
      }),
      optionsFor("List", options, {}),
    );
    restoreStackDepth();
  }

  /** A list that is managed elsewhere, by its id. Asks Nylas, in a preview too. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): NylasList {
    return new NylasList(name, undefined as never, { ...options, id });
  }
}

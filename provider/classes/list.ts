// Made by `npm run generate` from provider/properties/list.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { optionsFor, registered } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { typeToken } from "../hosts/dynamic/tokens";
import { withDigest } from "./listDigest";

/** Arguments of {@link NylasList}. */
export interface NylasListArgs {
  /**
   * What its items are. Changing it **replaces** the list; rules that name it move to the new one by an update each. API:
   * `type`.
   */
  type: pulumi.Input<"domain" | "tld" | "address">;
  /** A name for people, 1 to 256 characters. Default: `project/stack/name`. Changed in place. API: `name`. */
  name?: pulumi.Input<string>;
  /** Free text. Changed in place; taking the line away empties it. API: `description`. */
  description?: pulumi.Input<string>;
  /**
   * The items, as a set: order, case and blanks around them do not count. Changed in place: only what is new is added and
   * only what is gone removed. Left out (with no `itemsFile` either): the items are somebody else's, and never touched. An
   * empty list empties it. API: `POST` and `DELETE /v3/lists/{id}/items`.
   */
  items?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * A text file with the items, one to a line, relative to the program's folder. Empty lines and lines with # do not
   * count. It is for lists too large for the state, which then holds only a digest.
   */
  itemsFile?: pulumi.Input<string>;
  /** Take over a list that exists already (by name and type): true, or its id. Nothing is written then. */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

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
      typeToken("List"),
      name,
      registered("List", name, withDigest(args), options, {
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

// Made by `npm run generate` from provider/properties/principal.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { optionsFor, registered } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { typeToken } from "../hosts/dynamic/tokens";
import { type NylasBinding } from "./types";

/** Arguments of {@link NylasPrincipal}. */
export interface NylasPrincipalArgs {
  /**
   * What it may act on. Changed in place, for all its keys at once: from then on they reach what is named now. A binding
   * to a workspace follows the accounts that are in it at the moment. API: `resource_binding`.
   */
  boundTo: NylasBinding;
  /** Ids of roles, as a set, such as `role_system_messages_reader`. Changed in place. API: `roles`. */
  roles?: pulumi.Input<pulumi.Input<string>[]>;
  /** Permissions of its own, as a set, such as `messages.read`. Changed in place. API: `direct_permissions`. */
  permissions?: pulumi.Input<pulumi.Input<string>[]>;
  /** A name for people, 1 to 128 characters. Default: `project/stack/name`. Changed in place. API: `name`. */
  name?: pulumi.Input<string>;
  /** Free text. Changed in place; taking the line away empties it. API: `description`. */
  description?: pulumi.Input<string>;
  /** Whether its keys work. Default: true. Changed in place. API: `status`. */
  enabled?: pulumi.Input<boolean>;
  /** Take over a principal that exists already (by name): true, or its id. Nothing is written then. */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:organizationKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/**
 * A caller with keys of its own ({@link NylasApiKey}). Such a key lets a tenant read the mail of its own workspace and
 * of no other. Needs the organization key (`nylas:organizationKey`, with `iam.principals.*`). Deleting it deletes its
 * keys.
 *
 * Experimental: these routes are new, and what they answer has not been seen in all its parts.
 *
 * API: [IAM principals](https://developer.nylas.com/docs/reference/api/iam-principals/).
 */
export class NylasPrincipal extends pulumi.CustomResource {
  readonly boundTo!: pulumi.Output<{
    workspace?: string;
    account?: string;
    application?: string;
    organization?: string;
  }>;
  readonly roles!: pulumi.Output<string[] | undefined>;
  readonly permissions!: pulumi.Output<string[] | undefined>;
  readonly name!: pulumi.Output<string>;
  readonly description!: pulumi.Output<string | undefined>;
  readonly enabled!: pulumi.Output<boolean>;
  /** The organization it belongs to; undefined where Nylas does not say. */
  readonly organizationId!: pulumi.Output<string | undefined>;

  constructor(name: string, args: NylasPrincipalArgs, options?: pulumi.CustomResourceOptions) {
    super(
      typeToken("Principal"),
      name,
      registered("Principal", name, args, options, {
        outputs: ["boundTo", "roles", "permissions", "name", "description", "enabled", "organizationId"],
      }),
      optionsFor("Principal", options, {}),
    );
    restoreStackDepth();
  }

  /** A principal that is managed elsewhere, by its id. Asks Nylas, in a preview too. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): NylasPrincipal {
    return new NylasPrincipal(name, undefined as never, { ...options, id });
  }
}

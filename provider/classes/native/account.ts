// Made by `npm run generate` from provider/properties/account.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { restoreStackDepth } from "../../hosts/dynamic/stackDepth";
import { nativeToken } from "../../hosts/dynamic/tokens";
import { optionsFor, registered } from "../../hosts/native/registration";
import { type AgentAccountArgs } from "../account";

/**
 * A mailbox for an agent: a grant of the provider `nylas`. Its id is the grant id. The connector that every such account
 * needs is made where there is none, and never deleted.
 *
 * A mailbox that holds mail is not deleted unless `forceDestroy: true` is recorded. One that was deleted outside Pulumi
 * is not made anew in silence: a refresh marks it as lost. The next preview asks you to add `allowMailLoss: true` or to
 * remove its line.
 *
 * API: [Agent Accounts](https://developer.nylas.com/docs/v3/agent-accounts/).
 */
export class AgentAccount extends pulumi.CustomResource {
  readonly email!: pulumi.Output<string>;
  readonly displayName!: pulumi.Output<string | undefined>;
  /** As declared; see `currentWorkspaceId` for where an account is that declares none. */
  readonly workspaceId!: pulumi.Output<string | undefined>;
  readonly appPassword!: pulumi.Output<string | undefined>;
  readonly folders!: pulumi.Output<string[] | undefined>;
  /** Where Nylas put an account that declares no `workspaceId`. */
  readonly currentWorkspaceId!: pulumi.Output<string | undefined>;
  /** `valid` or `invalid`; `lost` once a refresh has found that it was deleted outside Pulumi. */
  readonly status!: pulumi.Output<string>;
  /** Whether IMAP and SMTP are open; undefined where Nylas does not say. */
  readonly hasAppPassword!: pulumi.Output<boolean | undefined>;
  /** Unix seconds. */
  readonly createdAt!: pulumi.Output<number>;
  /** The application it belongs to. */
  readonly applicationId!: pulumi.Output<string>;
  /** The IMAP server; user is the address, password the `appPassword`. */
  readonly imap = { host: "imap.nylas.email", port: 993 } as const;
  /** The SMTP server: TLS on 465, STARTTLS on 587. */
  readonly smtp = { host: "smtp.nylas.email", port: 465, startTlsPort: 587 } as const;

  constructor(name: string, args: AgentAccountArgs, options?: pulumi.CustomResourceOptions) {
    super(
      nativeToken("AgentAccount"),
      name,
      registered("AgentAccount", name, args, options, {
        outputs: [
          "email",
          "displayName",
          "workspaceId",
          "appPassword",
          "folders",
          "currentWorkspaceId",
          "status",
          "hasAppPassword",
          "createdAt",
          "applicationId",
        ],
        secrets: ["appPassword"],
      }),
      optionsFor("AgentAccount", options, {
        secrets: [...(args?.appPassword === undefined ? [] : ["appPassword"])],
        protectable: args,
      }),
    );
    restoreStackDepth();
  }

  /** The grant id, under the name the rest of Nylas' API calls it. */
  get grantId(): pulumi.Output<string> {
    return this.id;
  }

  /** An account that is managed elsewhere, by its grant id. Asks Nylas, in a preview too. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): AgentAccount {
    return new AgentAccount(name, undefined as never, { ...options, id });
  }
}

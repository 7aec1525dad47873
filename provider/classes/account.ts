// Made by `npm run generate` from provider/properties/account.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { showRefusal } from "../hosts/dynamic/refusalsInPreview";
import { optionsFor, registered } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { typeToken } from "../hosts/dynamic/tokens";

/** Arguments of {@link AgentAccount}. */
export interface AgentAccountArgs {
  /**
   * The mailbox's address, on a domain registered with Nylas; best `domain.mailbox("scheduling")`, so that the account
   * waits for the domain's verification. Compared without case. Changing it **replaces** the mailbox: the new one is
   * empty, and the old one is deleted with all its mail. So the preview refuses it unless `forceDestroy` is recorded. API:
   * `settings.email` of [POST /v3/connect/custom](https://developer.nylas.com/docs/v3/agent-accounts/provisioning/).
   */
  email: pulumi.Input<string>;
  /** The name in From, 1 to 256 characters. Changed in place. Cannot be unset, only changed. API: `name`. */
  displayName?: pulumi.Input<string>;
  /**
   * The workspace it is in: whose policy and rules hold, and whose tenant key reads it. Left out: the auto-grouping
   * workspace of its domain, else the application's default workspace. Changed in place by one `PATCH`; the mailbox stays.
   * A move to a workspace that keeps less mail needs `allowMailLoss`. Taking the line away moves it to the default
   * workspace. API: `workspace_id`.
   */
  workspaceId?: pulumi.Input<string>;
  /**
   * The password for IMAP and SMTP, a secret. It has 18 to 40 printable ASCII characters without spaces, with an
   * upper-case letter, a lower-case letter and a digit. With a symbol too, and without the address's local part, it also
   * meets the strictest rule seen. Changed in place (rotation). Cannot be unset. The API can change an app password but
   * not remove it. API: `settings.app_password`.
   */
  appPassword?: pulumi.Input<string>;
  /**
   * Your own folders, as a set of names or paths such as `Clients/Acme`, beside the six that every mailbox has. A folder
   * that a rule's `assignToFolder` names has to be there. Changed in place: what is missing is made; what is taken out of
   * the list is removed, unless there is mail in it. Folders that are not in the list are not looked at. API:
   * `/v3/grants/{id}/folders`.
   */
  folders?: pulumi.Input<pulumi.Input<string>[]>;
  /** Delete the mailbox even when it holds mail. Default: false. Counts once it is recorded by a `pulumi up` of its own. */
  forceDestroy?: pulumi.Input<boolean>;
  /**
   * Permit a move to a workspace with a policy that keeps less mail than this mailbox may hold. Also permit a new, empty
   * mailbox where this one was deleted outside Pulumi. Default: false.
   */
  allowMailLoss?: pulumi.Input<boolean>;
  /**
   * It is deleted by its removal from the program alone: another address is refused, whatever `forceDestroy` says.
   * Default: false. `Tenant` sets it on mailboxes that `trial.retire` gives up.
   */
  retired?: pulumi.Input<boolean>;
  /** Take over the account that has this address already: true, or its grant id. Nothing is written then. */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

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
      typeToken("AgentAccount"),
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
        mayBeRefused: true,
      }),
      optionsFor("AgentAccount", options, {
        secrets: [...(args?.appPassword === undefined ? [] : ["appPassword"])],
        protectable: args,
      }),
    );
    restoreStackDepth();
    showRefusal(this);
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

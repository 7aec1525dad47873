import { kindTable, table, type InputsOf } from "../core/propertyTable";
import { flag, list, text } from "../core/types";
import { applicationId } from "./shared";
import { email, id, name } from "./types";

export const accountProperties = table({
  email: {
    type: email,
    example: '"scheduling@agents.example.com"',
    text: "The mailbox's address, on a domain registered with Nylas; best `domain.mailbox(\"scheduling\")`, so that the account waits for the domain's verification. Compared without case.",
    required: true,
    whenChanged: {
      replaces:
        "the mailbox: the new one is empty, and the old one is deleted with all its mail. So the preview refuses it unless `forceDestroy` is recorded.",
    },
    api: "`settings.email` of [POST /v3/connect/custom](https://developer.nylas.com/docs/v3/agent-accounts/provisioning/)",
    output: true,
    isReviewed: true,
  },
  displayName: {
    type: name,
    example: '"Scheduling"',
    text: "The name in From, 1 to 256 characters.",
    whenChanged: { inPlace: ". Cannot be unset, only changed." },
    api: "`name`",
    output: true,
    isReviewed: true,
  },
  workspaceId: {
    type: id("workspace"),
    example: "customerA.id",
    text: "The workspace it is in: whose policy and rules hold, and whose tenant key reads it. Left out: the auto-grouping workspace of its domain, else the application's default workspace.",
    whenChanged: {
      inPlace:
        "by one `PATCH`; the mailbox stays. A move to a workspace that keeps less mail needs `allowMailLoss`. Taking the line away moves it to the default workspace.",
    },
    api: "`workspace_id`",
    output: "As declared; see `currentWorkspaceId` for where an account is that declares none.",
    isReviewed: true,
  },
  appPassword: {
    type: text(
      "18 to 40 printable ASCII characters without spaces, with an upper-case letter, a lower-case letter and a digit",
      /^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])[\x21-\x7e]{18,40}$/,
    ),
    example: 'config.requireSecret("schedulingPassword")',
    text: "The password for IMAP and SMTP, a secret. It has 18 to 40 printable ASCII characters without spaces, with an upper-case letter, a lower-case letter and a digit. With a symbol too, and without the address's local part, it also meets the strictest rule seen.",
    secret: true,
    whenChanged: {
      inPlace: "(rotation). Cannot be unset. The API can change an app password but not remove it.",
    },
    api: "`settings.app_password`",
    output: true,
    isReviewed: true,
  },
  folders: {
    type: list(text("a folder"), "a list of names or paths of folders"),
    example: '["Clients/Acme"]',
    isSet: true,
    text: "Your own folders, as a set of names or paths such as `Clients/Acme`, beside the six that every mailbox has. A folder that a rule's `assignToFolder` names has to be there.",
    whenChanged: {
      inPlace:
        ": what is missing is made; what is taken out of the list is removed, unless there is mail in it. Folders that are not in the list are not looked at.",
    },
    api: "`/v3/grants/{id}/folders`",
    output: true,
    isReviewed: true,
  },
  forceDestroy: {
    type: flag,
    example: "true",
    text: "Delete the mailbox even when it holds mail. Default: false. Counts once it is recorded by a `pulumi up` of its own.",
    isReviewed: true,
  },
  allowMailLoss: {
    type: flag,
    example: "true",
    text: "Permit a move to a workspace with a policy that keeps less mail than this mailbox may hold. Also permit a new, empty mailbox where this one was deleted outside Pulumi. Default: false.",
    isReviewed: true,
  },
  retired: {
    type: flag,
    example: "true",
    text: "It is deleted by its removal from the program alone: another address is refused, whatever `forceDestroy` says. Default: false. `Tenant` sets it on mailboxes that `trial.retire` gives up.",
    isDirective: true,
    isReviewed: true,
  },
});

export type AccountProperties = InputsOf<typeof accountProperties>;

export const accountKind = kindTable({
  type: "AgentAccount",
  className: "AgentAccount",
  listedAfter: "Policy",
  text: `A mailbox for an agent: a grant of the provider \`nylas\`. Its id is the grant id. The connector that every such account needs is made where there is none, and never deleted.

A mailbox that holds mail is not deleted unless \`forceDestroy: true\` is recorded. One that was deleted outside Pulumi is not made anew in silence: a refresh marks it as lost. The next preview asks you to add \`allowMailLoss: true\` or to remove its line.`,
  api: { title: "Agent Accounts", address: "https://developer.nylas.com/docs/v3/agent-accounts/" },
  properties: accountProperties,
  outputs: {
    currentWorkspaceId: {
      type: { text: "string" },
      text: "Where Nylas put an account that declares no `workspaceId`.",
      mayBeMissing: true,
    },
    status: {
      type: { text: "string" },
      text: "`valid` or `invalid`; `lost` once a refresh has found that it was deleted outside Pulumi.",
      mocked: "valid",
    },
    hasAppPassword: {
      type: { text: "boolean" },
      text: "Whether IMAP and SMTP are open; undefined where Nylas does not say.",
      mayBeMissing: true,
    },
    createdAt: { type: { text: "number" }, shape: { kind: "integer", isLarge: true }, text: "Unix seconds." },
    applicationId,
  },
  get: { what: "An account", by: "its grant id" },
  adopt: {
    text: "Take over the account that has this address already: true, or its grant id. Nothing is written then.",
  },
  key: "apiKey",
  review: { section: "accounts", noun: "account" },
  needs: {
    also: "where there is an organization key, a pending domain is noticed before the account is made",
  },
  program: {
    mayBeRefused: true,
    isProtectable: true,
    sameAs: {
      grantId: { output: "id", text: "The grant id, under the name the rest of Nylas' API calls it." },
    },
    constants: {
      imap: {
        value: '{ host: "imap.nylas.email", port: 993 }',
        text: "The IMAP server; user is the address, password the `appPassword`.",
      },
      smtp: {
        value: '{ host: "smtp.nylas.email", port: 465, startTlsPort: 587 }',
        text: "The SMTP server: TLS on 465, STARTTLS on 587.",
      },
    },
  },
});

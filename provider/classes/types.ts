/** Types of arguments that no table says: they are unions, or name each other. */
import type * as pulumi from "@pulumi/pulumi";
import { type TRIGGERS } from "../properties/webhook";

/** What a principal may act on: exactly one of these. */
export type NylasBinding =
  | {
      /** The workspace's accounts, whichever these are at the moment of a request. */ workspace: pulumi.Input<string>;
    }
  | { /** One account, by its grant id. */ account: pulumi.Input<string> }
  | { /** A whole application, by its id. */ application: pulumi.Input<string> }
  | {
      /** The organization, by its id: for domains and for other principals. */ organization: pulumi.Input<string>;
    };

/** What a condition compares to: exactly one of these. Texts are compared without case. */
export type NylasRuleTest =
  | {
      /** The field is this text. */ is: pulumi.Input<string>;
      isNot?: never;
      contains?: never;
      inList?: never;
    }
  | {
      /** The field is not this text. */ isNot: pulumi.Input<string>;
      is?: never;
      contains?: never;
      inList?: never;
    }
  | {
      /** This text is somewhere in the field. */ contains: pulumi.Input<string>;
      is?: never;
      isNot?: never;
      inList?: never;
    }
  | {
      /** The field is in one of these {@link NylasList}s, by id; each of the field's own type (`*.address`, `*.domain`, `*.tld`). */
      inList: pulumi.Input<pulumi.Input<string>[]>;
      is?: never;
      isNot?: never;
      contains?: never;
    };

/** A condition on who a message is from: for incoming and for outgoing mail. */
export type NylasSenderCondition = { field: "from.address" | "from.domain" | "from.tld" } & NylasRuleTest;

/**
 * A condition on who a message goes to: for outgoing mail alone. Any of To, Cc, Bcc and the envelope counts; `isNot` means that
 * none of them is.
 */
export type NylasRecipientCondition = {
  field: "recipient.address" | "recipient.domain" | "recipient.tld";
} & NylasRuleTest;

/** Whether an outgoing message is a new one (`compose`) or an answer (`reply`). */
export type NylasOutboundTypeCondition = { field: "outbound.type" } & (
  | { is: pulumi.Input<"compose" | "reply">; isNot?: never }
  | { isNot: pulumi.Input<"compose" | "reply">; is?: never }
);

export type NylasInboundCondition = NylasSenderCondition;
export type NylasOutboundCondition =
  | NylasSenderCondition
  | NylasRecipientCondition
  | NylasOutboundTypeCondition;

/** What happens to a message, beside refusing it. `assignToFolder` names one of the six folders of every mailbox or one of the account's `folders`. */
export type NylasRuleStep =
  | "markAsSpam"
  | "markAsRead"
  | "markAsStarred"
  | "archive"
  | "trash"
  | { assignToFolder: pulumi.Input<string> };

/** Refuse the message, which goes with nothing else; or one or more steps. Incoming: refused by SMTP; outgoing: the send ends with 403. */
export type NylasRuleActions = readonly ["block"] | readonly [NylasRuleStep, ...NylasRuleStep[]];

/** What Nylas can tell a webhook of. A payload that is too large comes under the same name with `.truncated` behind it. */
export type NylasTrigger = (typeof TRIGGERS)[number] | `booking.${string}` | `notetaker.${string}`;

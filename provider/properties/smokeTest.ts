import { kindTable, table, type InputsOf } from "../core/propertyTable";
import { flag, list, text, texts } from "../core/types";
import { timeoutSeconds } from "./shared";
import { ID } from "./types";

export const smokeTestProperties = table({
  accounts: {
    type: list(text("a grant id", ID), "a list of at least one grant id", { least: 1 }),
    example: "[account.id]",
    isSet: true,
    text: "The accounts whose mailboxes are listed, by grant id, as a set. A change of it runs the test again.",
    required: true,
    output: true,
    isReviewed: true,
  },
  sender: {
    type: text("the grant id of an account", ID),
    example: "account.id",
    text: "The account that sends a message to itself, and has to receive it. Default: none, nothing is sent. A change runs the test again. The message stays in the mailbox, which holds mail from then on: deleting it takes `forceDestroy`.",
    output: true,
    isReviewed: true,
  },
  paused: {
    type: flag,
    example: "true",
    text: "Sending is paused: a test that runs now sends nothing. A change of this alone runs nothing. Default: false.",
    isDirective: true,
    isReviewed: true,
  },
  rerunWhenChanged: {
    type: texts,
    example: '{ release: "2027-1" }',
    text: "Any values: when one of them changes, the test runs again.",
    isReviewed: true,
  },
  timeoutSeconds: timeoutSeconds("120"),
});

export type SmokeTestProperties = InputsOf<typeof smokeTestProperties>;

export const smokeTestKind = kindTable({
  type: "SmokeTest",
  className: "NylasSmokeTest",
  listedAfter: "Webhook",
  text: `The last step of a set-up: that mailboxes can be listed through the API, and (with \`sender\`) that a message is sent and arrives. It runs when it is made and when its arguments change, and is recorded as passed; another \`up\` runs nothing. One that fails ends the \`up\` with an error, undoes nothing, and runs again in the next. Deleting it only forgets it.

It waits two minutes for the message; \`customTimeouts: { create: "5m" }\` sets another limit.`,
  api: { title: "Messages", address: "https://developer.nylas.com/docs/reference/api/messages/" },
  properties: smokeTestProperties,
  outputs: { passedAt: { type: { text: "string" }, text: "When it passed, as in RFC 3339." } },
  notImported:
    "it is no object at Nylas but a test that has passed. Declare it in the program, and pulumi up runs it.",
  key: "apiKey",
  program: { timeout: "timeoutSeconds" },
});

/** What a gate can be set on (`--fail-on`), the gravest first, with the exit code of each. An exit code never changes its meaning. */
export const GATES = {
  "mail-loss": {
    exit: 10,
    words:
      "mail can be lost: an account or a domain deleted or replaced, less kept, an MX taken away or displaced, all mail turned away",
  },
  "hand-over": {
    exit: 11,
    words:
      "a mailbox, or events about mail, come into other hands: a move to another workspace, a key, a webhook, an MX elsewhere",
  },
  doors: {
    exit: 20,
    words:
      "something that stands opens further: a webhook hears more, a key or principal is switched on, IMAP is opened, a paused tenant may send",
  },
  drains: {
    exit: 21,
    words:
      "incoming mail is turned away, or mail is kept for less time as spam or trash: a rule, a list, a limit",
  },
  replace: { exit: 12, words: "something of Nylas is deleted and made anew" },
  delete: { exit: 13, words: "something of Nylas or a DNS record is deleted" },
  rename: {
    exit: 14,
    words: "a delete and a create of one object: a rename in the program without an alias",
  },
  unguard: {
    exit: 15,
    words: "a guard is taken off: forceDestroy, allowMailLoss, protect, a policy detached",
  },
  limits: { exit: 16, words: "limits, rules or lists change for accounts that exist" },
  dns: { exit: 17, words: "a DNS record that stands changes or goes" },
  incomplete: {
    exit: 18,
    words:
      "the review cannot tell: the preview ended with an error, was made without --show-sames or leaves out what waits for its delete, a --fleet file is not whole, or it holds something that the review does not understand",
  },
  change: { exit: 19, words: "anything changes at all" },
} as const satisfies Record<string, { exit: number; words: string }>;
export type Gate = keyof typeof GATES;

/**
 * The gates that a pull request should be held to: whatever they leave out loses no mail and gives none to others. A rename without an
 * alias loses none either, but no preview shows it, and the `up` after the merge is refused.
 */
export const RECOMMENDED: readonly Gate[] = [
  "mail-loss",
  "hand-over",
  "doors",
  "drains",
  "rename",
  "incomplete",
];

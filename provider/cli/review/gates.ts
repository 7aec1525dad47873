/** What a gate can be set on (`--fail-on`), the gravest first, with the exit code of each. */
export const GATES = {
  "mail-loss": {
    exit: 10,
    words: "mail can be lost: an account or a domain deleted or replaced, less kept, an MX taken away",
  },
  "hand-over": {
    exit: 11,
    words:
      "a mailbox, or events about mail, come into other hands: a move to another workspace, a key, a webhook, an MX elsewhere",
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
  incomplete: { exit: 18, words: "the preview ended with an error, or was made without --show-sames" },
  change: { exit: 19, words: "anything changes at all" },
} as const satisfies Record<string, { exit: number; words: string }>;
export type Gate = keyof typeof GATES;

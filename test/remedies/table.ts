/**
 * Every remedy that a message of the package prints, and where a test does what it says and looks at the other side. A remedy that stands in the
 * source and in no row fails `test/unit/remedies.test.ts`, and so does a row whose remedy or whose test is gone.
 */
export interface Remedy {
  /** The file that says it, and a part of its text there. */
  file: string;
  says: string;
  /** The test that takes it to the end: its file, and a part of its title. */
  applied: readonly [file: string, title: string];
}

const PLUGIN = "test/plugin/remedies.test.ts";
const ENGINE = "test/engine/remedies.test.ts";
const RENAMES = "test/engine/renames.test.ts";
const ELSEWHERE = "test/plugin/remediesElsewhere.test.ts";

export const REMEDIES: readonly Remedy[] = [
  // ------------------------------------------------------------ what was made elsewhere
  {
    file: "provider/resources/olderAccount.ts",
    says: "To manage it in this program, write adopt: true",
    applied: ["test/plugin/olderAccount.test.ts", "is refused with the id of an account that is"],
  },
  {
    file: "provider/resources/domain.ts",
    says: "To go on with the new one: adopt:",
    applied: ["test/plugin/registeredAgain.test.ts", "adopt with the new id goes on with it"],
  },
  // ------------------------------------------------------------ mail
  {
    file: "provider/resources/policy.ts",
    says: "deletes mail beyond it in every mailbox under this policy",
    applied: [PLUGIN, "a policy that keeps less goes through with the word"],
  },
  {
    file: "provider/resources/policy.ts",
    says: "in force is",
    applied: [PLUGIN, "a policy that somebody raised by hand is lowered with the word alone"],
  },
  {
    file: "provider/resources/policy.ts",
    says: "is gone; run pulumi refresh, then pulumi up. Nothing was changed.",
    applied: ["test/plugin/lateAnswers.test.ts", "a policy that is gone for good is an error that says so"],
  },
  {
    file: "provider/resources/account.ts",
    says: "allowMailLoss: true on the account",
    applied: [PLUGIN, "an account is moved with the word"],
  },
  {
    file: "provider/resources/workspace.ts",
    says: "allowMailLoss: true on the workspace",
    applied: [PLUGIN, "a workspace takes another policy with the word"],
  },
  {
    file: "provider/resources/defaultWorkspace.ts",
    says: "allowMailLoss: true on the default workspace, run pulumi up, and then take it out",
    applied: ["test/plugin/mail.test.ts", "the default workspace does not lose its policy"],
  },
  {
    file: "provider/resources/defaultWorkspace.ts",
    says: "take it off in a pulumi up of its own with allowMailLoss: true",
    applied: [
      "test/plugin/mail.test.ts",
      "a default workspace that is renamed gives up its policy afterwards",
    ],
  },
  {
    file: "provider/core/refusals.ts",
    says: "change of its own first: forceDestroy: true",
    applied: [PLUGIN, "an address changes after forceDestroy in a change of its own"],
  },
  {
    file: "provider/resources/account.ts",
    says: "its mailbox holds mail, which would be lost for good",
    applied: [PLUGIN, "a mailbox goes after forceDestroy was recorded"],
  },
  {
    file: "provider/nylas/forceWords.ts",
    says: "pulumi config set --path",
    applied: [PLUGIN, "a mailbox out of the program goes by the printed line"],
  },
  {
    file: "provider/nylas/forceWords.ts",
    says: "pulumi config rm",
    applied: [PLUGIN, "a word of the old form is put right by the printed line"],
  },
  {
    file: "provider/resources/words.ts",
    says: "so it stays. Take the word away",
    applied: [PLUGIN, "a word that is left behind is taken away by the printed line"],
  },
  {
    file: "provider/resources/words.ts",
    says: "in the environment (or, for pulumi up alone",
    applied: ["test/plugin/words.test.ts", "M4: counts in a destroy, for its object alone"],
  },
  {
    file: "provider/resources/workspace.ts",
    says: "Move them first; or, to delete it all the same",
    applied: [PLUGIN, "a workspace goes after forceDestroy was recorded"],
  },
  {
    file: "provider/resources/workspace.ts",
    says: "account:ADDRESS of each of them beside workspace:",
    applied: [PLUGIN, "the accounts of a deleted workspace that would lose mail are each named"],
  },
  {
    file: "provider/resources/account.ts",
    says: "a mailbox that its owner has connected",
    applied: [PLUGIN, "a mailbox that its owner has connected is let go"],
  },
  {
    file: "provider/core/lost.ts",
    says: "is the very ${this.#kind.definition.noun} that was deleted",
    applied: ["test/plugin/guardsLost.test.ts", "that was made anew elsewhere is taken over by its id alone"],
  },
  {
    file: "provider/core/lost.ts",
    says: "was deleted outside Pulumi, ${gone?.loses}",
    applied: ["test/plugin/guardsLost.test.ts", "that was made anew elsewhere is taken over by its id alone"],
  },
  {
    file: "provider/cli/doctor/account.ts",
    says: "a new mailbox in its place takes allowMailLoss: true",
    applied: ["test/plugin/guardsLost.test.ts", "is asked for under another name (with its alias)"],
  },
  {
    file: "provider/components/tenant.ts",
    says: "retire: true",
    applied: ["test/engine/tenant.test.ts", "and end it after retire"],
  },

  // ------------------------------------------------------------ ownership
  {
    file: "provider/core/takeOver.ts",
    says: "take it over: adopt: true (or adopt:",
    applied: [PLUGIN, "is taken over by adopt: "],
  },
  {
    file: "provider/core/operations/delete.ts",
    says: "its successor ${successor} was not made in this run",
    applied: [PLUGIN, "an account under a new name is taken over with the word"],
  },
  {
    file: "provider/core/observer.ts",
    says: "the state does not tell where it was made",
    applied: [PLUGIN, "a state that does not say where an object was made lets it go by hand"],
  },
  {
    file: "provider/resources/workspace.ts",
    says: "which one is meant cannot be told",
    applied: [PLUGIN, "of two with one name, the one that is named by its id"],
  },
  {
    file: "provider/resources/apiKey.ts",
    says: "with the same expiry and unknown to this state",
    applied: [PLUGIN, "an API key that a lost run has made is taken over by its id"],
  },
  {
    file: "provider/core/aliasAdvice.ts",
    says: "- renamed:",
    applied: [RENAMES, "21: the aliases that the refusal prints are the ones that work"],
  },
  {
    file: "provider/core/aliasAdvice.ts",
    says: "- moved into a component:",
    applied: [RENAMES, "21: the aliases that the refusal prints are the ones that work"],
  },
  {
    file: "provider/review/rest.ts",
    says: "aliases: [{ ${parts",
    applied: [RENAMES, "21: the name, and the parent, that a review prints are aliases that work"],
  },
  {
    file: "provider/review/rest.ts",
    says: 'aliases: ["<the old URN of',
    applied: [RENAMES, "the URN that a review prints is an alias that works"],
  },
  {
    file: "provider/review/rest.ts",
    says: "aliases: [${JSON.stringify(alias.urn)}]",
    applied: [RENAMES, "the URN that a review prints is an alias that works"],
  },
  {
    file: "provider/cli/import/step.ts",
    says: "take it out of that stack first (pulumi state delete).",
    applied: [PLUGIN, "what another stack holds is brought in once it is out of that one's state"],
  },
  {
    file: "provider/cli/import/step.ts",
    says: "or both change and delete it",
    applied: [PLUGIN, "what another stack holds is brought in once it is out of that one's state"],
  },

  // ------------------------------------------------------------ domains and DNS
  {
    file: "provider/resources/domainGuard.ts",
    says: "delete it all the same, set forceDestroy: true on the domain",
    applied: [PLUGIN, "a verified domain goes after forceDestroy was recorded"],
  },
  {
    file: "provider/resources/domainGuard.ts",
    says: "or record forceDestroy: true on the domain first",
    applied: [PLUGIN, "a domain whose accounts cannot be seen goes when the key is given"],
  },
  {
    file: "provider/components/heldAgainstState.ts",
    says: "If mail may be cut off,",
    applied: ["test/engine/attackedMoves.test.ts", "with the words that the refusal prints"],
  },
  {
    file: "provider/resources/recordsMove.ts",
    says: "Give the application key, or",
    applied: [PLUGIN, "a verified domain out of the program goes by the printed line"],
  },
  {
    file: "provider/resources/domainRecords.ts",
    says: "is verified already, and asking Nylas",
    applied: ["test/engine/guardRepair.test.ts", "the printed shape of known compiles on AgentDomain"],
  },
  {
    file: "provider/resources/freeNames.ts",
    says: "No record was written. Run pulumi up where DNS can be reached",
    applied: [PLUGIN, "DNS that cannot be asked is asked at the server that the printed line names"],
  },
  {
    file: "provider/resources/domainRecords.ts",
    says: "which is a domain as it is registered",
    applied: [PLUGIN, "a domain as it is registered is taken with the word"],
  },
  {
    file: "provider/components/agentDomainChecks.ts",
    says: "is a domain as it is registered",
    applied: [ENGINE, "takes a domain as it is registered with the word"],
  },
  {
    file: "provider/dns/conflicts.ts",
    says: "say allowImplicitMx: true",
    applied: ["test/plugin/dnsGuards.test.ts", "an address without an MX is a mail host"],
  },
  {
    file: "provider/dns/conflicts.ts",
    says: "One record has to serve both",
    applied: [ENGINE, "serves two senders by one SPF record"],
  },
  {
    file: "provider/dns/conflicts.ts",
    says: "(adopt: {",
    applied: [ENGINE, "serves two senders by one SPF record"],
  },
  ...[
    "already has an SPF record that says the same in other words",
    "with another priority: MX",
    "already has another TXT",
  ].map((says): Remedy => ({
    file: "provider/dns/conflicts.ts",
    says,
    applied: [ENGINE, "keeps what stands beside each record"],
  })),
  {
    file: "provider/dns/adapters/route53.ts",
    says: "is an SPF record, and a name may have only one",
    applied: [ENGINE, "serves another sender in a set of Route 53"],
  },
  {
    file: "provider/dns/layout.ts",
    says: "If ${record.name} is right, declare hosts:",
    applied: [ENGINE, "publishes at the hosts that Nylas names elsewhere"],
  },
  {
    file: "provider/dns/layout.ts",
    says: "two ways: declare hosts:",
    applied: [ENGINE, "publishes at the hosts that Nylas names elsewhere"],
  },
  {
    file: "provider/resources/renamedDomain.ts",
    says: "in the options of the AgentDomain",
    applied: ["test/engine/guardRename.test.ts", "and the printed alias costs nothing"],
  },
  {
    file: "provider/resources/renamedDomain.ts",
    says: "was registered by this stack as",
    applied: ["test/engine/guardRename.test.ts", "goes on with the printed alias"],
  },
  {
    file: "provider/resources/recordsMove.ts",
    says: "Have the DNS adapter publish them again",
    applied: [
      "test/engine/recordsDropped.test.ts",
      "go by the word that is printed, in the run that it is given for",
    ],
  },
  {
    file: "provider/resources/recordPlaces.ts",
    says: "have other names as resources than before",
    applied: ["test/engine/recordsRenamed.test.ts", "the alias that is named goes on with them"],
  },
  {
    file: "provider/resources/renamedDomain.ts",
    says: "The verification of ${domainName} is kept",
    applied: ["test/engine/guardRename.test.ts", "the printed way out costs nothing"],
  },
  {
    file: "provider/resources/session.ts",
    says: "shows no domain at all",
    applied: [PLUGIN, "the last domain that was deleted outside is taken out of the state by hand"],
  },

  // ------------------------------------------------------------ what is gone, or was set elsewhere
  {
    file: "provider/core/operations/update.ts",
    says: "is gone; run pulumi refresh, then pulumi up",
    applied: [ELSEWHERE, "that is gone when it is edited is made anew, as it is declared now"],
  },
  ...["provider/resources/domain.ts", "provider/resources/domainRecords.ts"].map((file): Remedy => ({
    file,
    says: "is gone; run pulumi refresh, then pulumi up",
    applied: [ELSEWHERE, "is registered anew and verified"],
  })),
  {
    file: "provider/resources/verify.ts",
    says: "any more; run pulumi refresh, then pulumi up",
    applied: [ELSEWHERE, "is registered anew and verified"],
  },
  {
    file: "provider/resources/mailKeeping.ts",
    says: "run pulumi refresh, then pulumi up",
    applied: [ELSEWHERE, "a workspace that is gone is made anew"],
  },
  {
    file: "provider/nylas/routes/workspaces.ts",
    says: "run pulumi refresh, then pulumi up, which makes it anew",
    applied: [ELSEWHERE, "a rule that is gone is made anew, and blocks again"],
  },
  {
    file: "provider/cli/doctor/account.ts",
    says: "pulumi up --refresh takes it out",
    applied: [ELSEWHERE, "a rule that is gone is made anew, and blocks again"],
  },
  {
    file: "provider/cli/doctor/account.ts",
    says: "pulumi up --refresh names the right one",
    applied: [ELSEWHERE, "a policy that is gone is made anew, and its workspace names the new one"],
  },
  {
    file: "provider/cli/doctor/plan.ts",
    says: "pulumi refresh, then pulumi up, which makes it anew",
    applied: [ELSEWHERE, "a policy that is gone is made anew, and its workspace names the new one"],
  },
  {
    file: "provider/resources/smokeTest.ts",
    says: "run pulumi refresh, then pulumi up",
    applied: [ELSEWHERE, "a smoke test whose account is gone passes"],
  },
  {
    file: "provider/resources/memberRules.ts",
    says: "Run pulumi refresh, then pulumi up",
    applied: [ELSEWHERE, "of which it was not known whether its workspace is paused does not send"],
  },
  {
    file: "provider/resources/othersBrakes.ts",
    says: "to ruleIds, or end the pause where it was set",
    applied: [ELSEWHERE, "another stack's pause stays, with its rule among ruleIds"],
  },

  // ------------------------------------------------------------ records that are adopted, moved or have expired
  {
    file: "provider/resources/placeGuard.ts",
    says: "finishes the move. To go back, delegate",
    applied: ["test/engine/halfMove.test.ts", "taken back in the program: the run is refused"],
  },
  {
    file: "provider/resources/recordPlaces.ts",
    says: 'nameSuffix, such as nameSuffix: "new"',
    applied: [
      "test/engine/moves.test.ts",
      "between two zones of one vendor with a nameSuffix, forth and back",
    ],
  },
  {
    file: "provider/resources/adoptedRecords.ts",
    says: "Take ${line} away, and run pulumi up",
    applied: [
      "test/engine/adoptOwn.test.ts",
      "refused in the preview and in every up, and the way out costs nothing",
    ],
  },
  {
    file: "provider/dns/adapters/heldRecords.ts",
    says: "Correct the id, or take the line away",
    applied: [
      "test/engine/adoptForeign.test.ts",
      "C47: Cloudflare: is refused before that record is changed",
    ],
  },
  {
    file: "provider/dns/adapters/heldRecords.ts",
    says: "Take the line away. If the record is gone",
    applied: ["test/engine/adoptHeld.test.ts", "Route 53: a line that stays after the adoption"],
  },
  {
    file: "provider/dns/adapters/heldRecords.ts",
    says: "delete of one would delete it. Nothing was changed. Take the line away",
    applied: ["test/engine/adoptHeld.test.ts", "C21: Route 53: its own sets, in every spelling of their ids"],
  },
  {
    // The way out is the same as above. No test can keep the engine from reading the state.
    file: "provider/dns/adapters/heldRecords.ts",
    says: "Take the line away, or run pulumi up where the state can be read",
    applied: [
      "test/engine/adoptHeld.test.ts",
      "C17: pasted records: an adopt line for a record that the stack has made",
    ],
  },
  ...[
    ["provider/cli/doctor/domains.ts", "pulumi up --refresh fetches the new one"],
    ["provider/dns/recordFinding.ts", "run pulumi up --refresh, which fetches the new value"],
    ["provider/resources/domainVerification.ts", "The ownership value has expired: run pulumi up --refresh"],
    ["provider/resources/verify.ts", "Run pulumi up --refresh: it fetches the new value"],
  ].map(([file, says]): Remedy => ({
    file: file!,
    says: says!,
    applied: ["test/plugin/verification.test.ts", "says pulumi up --refresh, which then ends well"],
  })),

  // ------------------------------------------------------------ keys and settings
  {
    file: "provider/nylas/explain.ts",
    says: "If the two keys stand in each other's place, swap them",
    applied: [ELSEWHERE, "two keys in each other's place work when they are swapped"],
  },
  {
    file: "provider/hosts/dynamic/registration.ts",
    says: 'set connection: "eu" on the resource',
    applied: [ENGINE, "reaches a second region by the connection that is printed in place of provider"],
  },
  {
    file: "provider/nylas/explain.ts",
    says: "is not set. It holds",
    applied: [PLUGIN, "a key that is missing is set by the printed line"],
  },
  {
    file: "provider/nylas/explain.ts",
    says: "is not accepted by ${settings.apiUrl}",
    applied: [
      "test/engine/credentials.test.ts",
      "that were rotated reach refresh and destroy from the environment",
    ],
  },
  {
    file: "provider/nylas/credentials.ts",
    says: "are both set, and which of them",
    applied: [PLUGIN, "of two credentials for domains, the one that the printed line chooses"],
  },
  {
    file: "provider/hosts/dynamic/programSettings.ts",
    says: "stands in plain text in the stack's configuration",
    applied: [
      "test/engine/settings.test.ts",
      "a key in plain text is warned of, and one that is a secret is not",
    ],
  },
  {
    file: "provider/hosts/dynamic/programSettings.ts",
    says: "is not a setting of pulumi-nylas",
    applied: ["test/engine/settings.test.ts", "a mistyped name is refused with the right one"],
  },
  {
    file: "provider/cli/doctor/keys.ts",
    says: "pulumi config set ${name} ${region}",
    applied: [
      "test/integration/cli/doctor.test.ts",
      "A key of the other region is good once the printed line is run",
    ],
  },
];

/** Texts that explain, and answer no trouble: a comment in a program that `import` writes, and the description of a property for editors. */
export const EXPLANATIONS: readonly Omit<Remedy, "applied">[] = [
  {
    file: "provider/hosts/dynamic/resourceOptions.ts",
    says: "The engine runs them. What has one on its delete",
  },
  { file: "provider/cli/import/gather.ts", says: "Its address holds what may be a token" },
  { file: "provider/tenants/schema.ts", says: "pulumi config set --secret schedulingPassword" },
];

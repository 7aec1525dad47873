/**
 * The fix of each finding, taken out again: a few words of the provider's source, each with the seeds that find it. Whoever changes
 * a guard changes its words here.
 */

export interface Mutant {
  /** Findings that this is the fix of. */
  finding: string;
  what: string;
  /** Files under `provider/`, with the words to be replaced: each stands there exactly once. */
  cuts: { file: string; from: string; to: string }[];
  /** The kind of trouble that comes near it. */
  theme: string;
  /** Seeds of this theme that find it. */
  seeds: number[];
  /** On the real engine. */
  engine?: boolean;
  /** How the campaign writes words; see README.md. */
  dialect?: "plain";
}

export const MUTANTS: Mutant[] = [
  {
    finding: "M1",
    what: "the delete of a verification asks nobody",
    cuts: [
      {
        file: "resources/domainVerification.ts",
        from: ": neededDomain(context, remote, outputs),",
        to: ": Promise.resolve(undefined),",
      },
    ],
    theme: "someone else lives there",
    seeds: [11, 57],
  },
  {
    finding: "M2, M8",
    what: "nylas:protect does not reach the records and the verification",
    cuts: [
      {
        file: "components/agentDomain.ts",
        from: "...(isProtectedByConfiguration(args.connection) ? { protect: true } : {}),",
        to: "",
      },
      {
        file: "classes/domainVerification.ts",
        from: 'optionsFor("DomainVerification", validatedOptions(options), { protectable: args })',
        to: 'optionsFor("DomainVerification", validatedOptions(options), {})',
      },
      {
        file: "classes/domainRecords.ts",
        from: 'optionsFor("DomainRecords", watchedOptions(options), { protectable: args })',
        to: 'optionsFor("DomainRecords", watchedOptions(options), {})',
      },
    ],
    theme: "protection",
    seeds: [66, 104],
  },
  {
    finding: "M3",
    what: "a mailbox is empty when one list says so",
    cuts: [
      {
        file: "resources/mailbox.ts",
        from: "  const counted = countedMail(await api.folders.list(grantId));\n  return counted ?? api.grants.hasThreads(grantId);",
        to: "  return false;",
      },
    ],
    theme: "a lagging list of messages",
    seeds: [320],
  },
  {
    finding: "M4",
    what: "a word of the remembered configuration counts",
    cuts: [
      {
        file: "resources/words.ts",
        from: 'if (forceDestroy.from === "configuration" && !session.programRuns) return false;',
        to: "",
      },
    ],
    theme: "a word taken back",
    seeds: [36, 59],
  },
  {
    finding: "M5",
    what: "a domain is adopted that this stack has under another name, and its former verification goes",
    cuts: [
      { file: "resources/domain.ts", from: "heldUnderOtherName({ label", to: "heldUnderNoName({ label" },
      { file: "resources/domainVerification.ts", from: "blockerWhileDeclared: movedElsewhere,", to: "" },
    ],
    theme: "a rename after our messages",
    seeds: [30, 72],
  },
  {
    finding: "M6",
    what: "records move to another vendor or zone at once",
    cuts: [
      {
        file: "resources/domainVerification.ts",
        from: "    await assertOldRecordsMayGo(context, olds as DomainVerificationInputs & { servedBy?: ServedBy }, news);\n",
        to: "",
      },
    ],
    theme: "another vendor or zone",
    seeds: [16, 67],
  },
  {
    finding: "M7",
    what: "the import's advice takes the protection off",
    cuts: [
      {
        file: "cli/import/command.ts",
        from: "--generate-code=false --yes`",
        to: "--generate-code=false --protect=false --yes`",
      },
    ],
    theme: "import and destroy",
    seeds: [13, 22],
  },
  {
    finding: "M9",
    what: "nobody lives on a domain when one list says so",
    cuts: [
      {
        file: "resources/accountLooks.ts",
        from: "  const { newest, others } = await accountLooks(session);",
        to: "  const { newest, others } = { newest: (await wholeList(session)).accounts, others: [] as Map<string, Grant>[] };",
      },
      {
        file: "resources/accountLooks.ts",
        from: "[...others.flatMap((look) => [...look.values()]), ...known.all()]",
        to: "others.flatMap((look) => [...look.values()])",
      },
      // The word for a verified domain stands before the same loss.
      {
        file: "resources/domainGuard.ts",
        from: "if (left.length === 0 && !receivesMail) return undefined;",
        to: "if (left.length === 0) return undefined;",
      },
    ],
    theme: "a lagging list of accounts",
    seeds: [58, 128],
  },
  {
    finding: "M10",
    what: "a verified domain goes without a word where no account is seen",
    cuts: [
      {
        file: "resources/domainGuard.ts",
        from: "if (left.length === 0 && !receivesMail) return undefined;",
        to: "if (left.length === 0) return undefined;",
      },
    ],
    theme: "another application lives there",
    seeds: [33, 50],
  },
  {
    finding: "M11",
    what: "a name alone proves that an object is this stack's own",
    cuts: [
      {
        file: "core/takeOver.ts",
        from: "    return (\n      creation !== undefined &&\n      (await this.#kind.runtime.creates.explainsByNow(",
        to: "    return (\n      creation !== undefined ||\n      (await this.#kind.runtime.creates.explainsByNow(",
      },
    ],
    theme: "a new stack of an old name",
    seeds: [9, 39],
  },
  {
    finding: "M12",
    what: "rules and a policy on the default workspace are written over",
    cuts: [
      {
        file: "resources/defaultWorkspace.ts",
        from: "return policy === undefined && rules.length === 0;",
        to: "return policy === policy && rules === rules;",
      },
    ],
    theme: "the default workspace twice",
    seeds: [3, 25],
  },
  {
    finding: "M13",
    what: "a word names whatever bears its name",
    cuts: [
      {
        file: "resources/words.ts",
        from: "return word !== undefined && settings.forceDestroy.words.includes(word);",
        to: "return settings.forceDestroy.words.includes(name);",
      },
      {
        file: "nylas/forceWords.ts",
        from: 'if (!text.startsWith("[")) return [{ text, place: 0, name: "the entry" }];',
        to: 'if (!text.startsWith("[")) return text.split(",").map((each) => ({ text: each, place: 0, name: "the entry" }));',
      },
      {
        file: "nylas/forceWords.ts",
        from: 'if (trimmed === "") throw new WrongEntry(`${name} is empty`);',
        to: "if (trimmed !== undefined) return trimmed;",
      },
    ],
    theme: "words without a kind",
    seeds: [158, 184],
    dialect: "plain",
  },
  {
    finding: "M14",
    what: "records are published where DNS cannot be asked, and over an address",
    cuts: [
      {
        file: "resources/freeNames.ts",
        from: "if (allowUncheckedDns !== true) {",
        to: "if (allowUncheckedDns === false) {",
      },
      {
        file: "resources/freeNames.ts",
        from: "addresses: looksAtHost ? host : undefined,",
        to: "addresses: undefined,",
      },
    ],
    theme: "DNS cannot be asked",
    seeds: [6, 27],
  },
  {
    finding: "M15",
    what: "a vendor's record is given what is not known",
    cuts: [
      {
        file: "dns/adapters/unresolved.ts",
        from: "if (pulumi.runtime.isDryRun() || !isLater(value)) return value;",
        to: "if (placeholder !== undefined) return value;",
      },
    ],
    theme: "one refused customer",
    seeds: [19, 21],
  },
  {
    finding: "M16",
    what: "an onboarding call that gives less is carried out",
    cuts: [
      {
        file: "onboarding/index.ts",
        from: "  if (left.length === 0) return;\n  const words",
        to: "  if (left.length >= 0) return;\n  const words",
      },
    ],
    theme: "onboarding with less",
    seeds: [7, 44],
    engine: true,
  },
];

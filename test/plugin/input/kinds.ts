import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { domainToASCII } from "node:url";
import { join } from "node:path";
import { type ObjectKind, type Simulator, type SimulatorState } from "nylas-simulator";
import { type Properties } from "../harness";
import * as sorts from "./values";
import { type Dice, type Sort, WORD } from "./values";

/** What stands at Nylas before any case, for ids to lead to. */
export interface Surroundings {
  policies: string[];
  rules: string[];
  lists: Record<"address" | "domain" | "tld", string[]>;
  workspaces: string[];
  grant: string;
  /** A domain that is verified, for addresses, and those that are not, for records. */
  addresses: string;
  pending: { id: string; name: string }[];
  principal: string;
  application: string;
  organization: string;
  defaultWorkspace: string;
  /** Files of items, one for each type. */
  files: Record<"address" | "domain" | "tld", string>;
}

/** One kind of resource: what a program can say of it, and what has to stand at Nylas then. */
export interface Kind {
  type: string;
  /** How often it comes, beside the others. */
  weight: number;
  /** Right inputs, drawn at random. */
  good(dice: Dice, there: Surroundings): Properties;
  /** What each property takes, by its path: `conditions[].is`. */
  sorts: Record<string, Sort>;
  required: readonly string[];
  /** Properties that exclude others: those go where one of these is tried. */
  excludes?: Readonly<Record<string, readonly string[]>>;
  /** Properties whose members are the program's own to name. */
  free?: readonly string[];
  /** The object that stands there, in the words of the program, in the parts that `declared` names. */
  standing?(state: SimulatorState, id: string, declared: Properties): unknown;
  /** The declared properties in the form in which they are to stand there. */
  meant?(declared: Properties): unknown;
  /** What takes it away again, behind the plugin's back. */
  remove?: ObjectKind | ((sim: Simulator, id: string) => void);
  /** What it waits for is not there: it is never as wanted. */
  unsettled?: boolean;
}

export function surround(sim: Simulator): Surroundings {
  const state = sim.state();
  const folder = mkdtempSync(join(tmpdir(), "items-"));
  const file = (type: string, lines: string[]) => {
    const path = join(folder, `${type}.txt`);
    writeFileSync(path, `# ${type}\n\n${lines.join("\r\n")}\n`);
    return path;
  };
  sim.seed({ kind: "connector" });
  const addresses = "mail.example.com";
  sim.seed({ kind: "domain", address: addresses, verified: true });
  const pending = ["one", "two", "three"].map((label) => {
    const name = `${label}.example.com`;
    return { id: sim.seed({ kind: "domain", address: name }), name };
  });
  const lists = (type: "address" | "domain" | "tld") =>
    [1, 2].map((n) => sim.seed({ kind: "list", name: `${type} ${n}`, type }));
  return {
    policies: ["A", "B"].map((name) => sim.seed({ kind: "policy", name })),
    rules: ["A", "B", "C"].map((name) => sim.seed({ kind: "rule", name })),
    lists: { address: lists("address"), domain: lists("domain"), tld: lists("tld") },
    workspaces: ["A", "B"].map((name) => sim.seed({ kind: "workspace", name })),
    grant: sim.seed({ kind: "grant", email: `grant@${addresses}` }),
    addresses,
    pending,
    principal: sim.seed({ kind: "principal", name: "Holder" }),
    application: sim.ids.application,
    organization: state.organizations[0]!.id,
    defaultWorkspace: state.workspaces.find(
      (each) => each.default && each.application_id === sim.ids.application,
    )!.id,
    files: {
      address: file("address", ["a@b.example", "B@c.example", "a@b.example"]),
      domain: file("domain", ["spam.example", "SPAM.example", "other.example"]),
      tld: file("tld", ["zip", "mov"]),
    },
  };
}

/** What a program can say of every resource. */
/** A text of one line, not empty, that is at most so long. */
const line = (longest: number): Sort => ({
  forms: ["text"],
  bad: (dice) => dice.one(["", dice.text(WORD, longest + 1, longest + 400), "a\u001b[2J"]),
});

const common = { adopt: sorts.adopt, connection: sorts.connection };
const words = { ...common, forceDestroy: sorts.flag, allowMailLoss: sorts.flag };

const uuid = (dice: Dice, ids: readonly string[]) => {
  const id = dice.one(ids);
  return id;
};
const set = (values: unknown) => [...new Set((values as string[] | undefined) ?? [])].sort();
const lower = (text: unknown) => String(text).toLowerCase();
/** As a domain, alone or after the @, stands in a message. */
const inPunycode = (text: string) => {
  const at = text.lastIndexOf("@") + 1;
  return text.slice(0, at) + domainToASCII(text.slice(at));
};
const bareDomain = (text: unknown) => lower(text).replace(/\.$/, "");
/** Some members of a whole, at random. */
const part = (dice: Dice, whole: Properties, always: readonly string[] = []): Properties =>
  Object.fromEntries(Object.entries(whole).filter(([key]) => always.includes(key) || dice.chance(0.6)));
const only = (whole: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(names.filter((each) => whole[each] !== undefined).map((each) => [each, whole[each]]));
/** Names are the natural keys, so each case needs one that nothing else has; what stands there already has none of these. */
const named = (dice: Dice, longest: number) =>
  `${dice.text(WORD, 8)} ${sorts.name(longest - 9).good!(dice) as string}`.trim();

const MB = 1024 ** 2;
const LIMITS = {
  dailySends: ["limit_count_daily_email_sent", sorts.count(100_000, true)],
  dailyReceives: ["limit_count_daily_message_received", sorts.count(Number.MAX_SAFE_INTEGER, true)],
  storageBytes: ["limit_storage_total", sorts.count(10 * 1024 ** 3, true)],
  messageBytes: ["limit_size_total_mime", sorts.count(100 * MB)],
  attachmentBytes: ["limit_attachment_size_limit", sorts.count(50 * MB)],
  attachmentCount: ["limit_attachment_count_limit", sorts.count(20)],
  inboxRetentionDays: ["limit_inbox_retention_period", sorts.count(365, true)],
  spamRetentionDays: ["limit_spam_retention_period", sorts.count(30, true)],
} as const;
const SPAM = {
  dnsBlockLists: "use_list_dnsbl",
  headerAnomalies: "use_header_anomaly_detection",
  sensitivity: "spam_sensitivity",
} as const;

const policy: Kind = {
  type: "Policy",
  weight: 3,
  required: [],
  sorts: {
    ...common,
    allowMailLoss: sorts.flag,
    name: sorts.name(256),
    limits: sorts.group,
    ...Object.fromEntries(Object.entries(LIMITS).map(([name, [, sort]]) => [`limits.${name}`, sort])),
    "limits.attachmentTypes": sorts.list(),
    "limits.attachmentTypes[]": sorts.mime,
    spamDetection: sorts.group,
    "spamDetection.dnsBlockLists": sorts.flag,
    "spamDetection.headerAnomalies": sorts.flag,
    "spamDetection.sensitivity": sorts.between(0.1, 5, false, [0.0999999, 5.0000001, 100, -5]),
  },
  good(dice) {
    const limits: Properties = {};
    for (const [name, [, sort]] of Object.entries(LIMITS)) limits[name] = sort.good!(dice);
    // More than the spam's.
    limits.inboxRetentionDays = dice.whole(31, 365);
    if (dice.chance(0.2)) limits.dailySends = "unlimited";
    if (dice.chance(0.2)) limits.dailyReceives = "unlimited";
    limits.attachmentTypes = Array.from({ length: dice.whole(0, 4) }, () => sorts.mime.good!(dice));
    return part(dice, {
      name: named(dice, 256),
      limits: part(dice, limits),
      spamDetection: part(dice, {
        dnsBlockLists: dice.chance(0.5),
        headerAnomalies: dice.chance(0.5),
        sensitivity: dice.one([0.1, 5, 1, 0.1 + dice.next() * 4.9]),
      }),
      allowMailLoss: dice.chance(0.5),
      adopt: false,
    });
  },
  standing(state, id, declared) {
    const found = state.policies.find((each) => each.id === id)!;
    const limits: Properties = {};
    for (const [name, [wire]] of Object.entries(LIMITS)) limits[name] = found.limits[wire];
    limits.attachmentTypes = found.limits.limit_attachment_allowed_types;
    for (const [name, value] of Object.entries(limits)) if (value === -1) limits[name] = "unlimited";
    const spamDetection = Object.fromEntries(
      Object.entries(SPAM).map(([name, wire]) => [name, found.spam_detection[wire]]),
    );
    return normalPolicy({ ...only({ name: found.name }, Object.keys(declared)), limits, spamDetection });
  },
  meant: (declared) => normalPolicy(only(declared, ["name", "limits", "spamDetection"])),
  remove: "policy",
};

function normalPolicy({ limits, spamDetection, ...rest }: Properties): Properties {
  const { attachmentTypes, ...numbers } = (limits ?? {}) as Properties;
  return {
    ...rest,
    limits: JSON.parse(
      JSON.stringify({
        ...numbers,
        ...(attachmentTypes === undefined
          ? {}
          : { attachmentTypes: set((attachmentTypes as string[]).map(lower)) }),
      }),
    ) as Properties,
    spamDetection: JSON.parse(JSON.stringify(spamDetection ?? {})) as Properties,
  };
}

const workspace: Kind = {
  type: "Workspace",
  weight: 2,
  required: [],
  sorts: {
    ...words,
    name: sorts.name(256),
    domainName: sorts.domainName,
    autoGroup: sorts.flag,
    policyId: sorts.id,
    ruleIds: sorts.list(),
    "ruleIds[]": sorts.id,
  },
  good(dice, there) {
    const domainName = dice.chance(0.4) ? sorts.domainName.good!(dice) : undefined;
    return part(
      dice,
      {
        name: named(dice, 256),
        ...(domainName === undefined ? {} : { domainName, autoGroup: dice.chance(0.5) }),
        policyId: uuid(dice, there.policies),
        ruleIds: Array.from({ length: dice.whole(0, 4) }, () => dice.one(there.rules)),
        forceDestroy: dice.chance(0.5),
        allowMailLoss: dice.chance(0.5),
      },
      ["domainName"],
    );
  },
  standing(state, id, declared) {
    const found = state.workspaces.find((each) => each.id === id)!;
    return only(
      {
        name: found.name,
        domainName: found.domain ?? undefined,
        autoGroup: found.auto_group,
        policyId: found.policy_id ?? undefined,
        ruleIds: set(found.rule_ids),
      },
      Object.keys(declared),
    );
  },
  meant: (declared) => ({
    ...only(declared, ["name", "autoGroup", "policyId"]),
    ...(declared.domainName === undefined ? {} : { domainName: bareDomain(declared.domainName) }),
    ...(declared.ruleIds === undefined ? {} : { ruleIds: set(declared.ruleIds) }),
  }),
  remove: "workspace",
};

const defaultWorkspace: Kind = {
  type: "DefaultWorkspace",
  weight: 1,
  required: [],
  sorts: {
    ...common,
    allowMailLoss: sorts.flag,
    policyId: sorts.id,
    ruleIds: sorts.list(),
    "ruleIds[]": sorts.id,
  },
  good: (dice, there) =>
    part(dice, {
      policyId: dice.one(there.policies),
      ruleIds: Array.from({ length: dice.whole(0, 4) }, () => dice.one(there.rules)),
      allowMailLoss: dice.chance(0.5),
    }),
  standing(state, id, declared) {
    const found = state.workspaces.find((each) => each.id === id)!;
    return only(
      { policyId: found.policy_id ?? undefined, ruleIds: set(found.rule_ids) },
      Object.keys(declared),
    );
  },
  meant: (declared) => ({
    ...only(declared, ["policyId"]),
    ...(declared.ruleIds === undefined ? {} : { ruleIds: set(declared.ruleIds) }),
  }),
  remove: (sim, id) => sim.edit("workspace", id, { policy_id: null, rule_ids: [] }),
};

const account: Kind = {
  type: "AgentAccount",
  weight: 3,
  required: ["email"],
  sorts: {
    ...words,
    email: sorts.email(["mail.example.com"]),
    displayName: sorts.name(256),
    workspaceId: sorts.id,
    appPassword: sorts.password,
    folders: sorts.list(),
    "folders[]": sorts.folder,
    retired: sorts.flag,
  },
  good: (dice, there) =>
    part(
      dice,
      {
        email: sorts.email([there.addresses, "acme.nylas.email"]).good!(dice),
        displayName: sorts.name(256).good!(dice),
        workspaceId: dice.one(there.workspaces),
        appPassword: sorts.password.good!(dice),
        folders: Array.from({ length: dice.whole(0, 3) }, () => sorts.folder.good!(dice)),
        forceDestroy: dice.chance(0.5),
      },
      ["email"],
    ),
  standing(state, id, declared) {
    const found = state.grants.find((each) => each.id === id)!;
    return {
      ...only(
        {
          displayName: found.name,
          workspaceId: found.workspace_id,
          folders: set(state.folders.filter((each) => each.grant_id === id).map((each) => each.name)),
        },
        Object.keys(declared),
      ),
      email: found.email,
      password: found.has_app_password,
    };
  },
  meant: (declared) => ({
    ...only(declared, ["displayName", "workspaceId"]),
    ...(declared.folders === undefined ? {} : { folders: set(declared.folders) }),
    email: lower(declared.email),
    password: declared.appPassword !== undefined,
  }),
  remove: "grant",
};

const domain: Kind = {
  type: "Domain",
  weight: 1,
  required: ["domainName"],
  sorts: { ...common, forceDestroy: sorts.flag, domainName: sorts.domainName, name: sorts.name(256) },
  good: (dice) =>
    part(
      dice,
      {
        domainName: sorts.domainName.good!(dice),
        name: sorts.name(256).good!(dice),
        forceDestroy: dice.chance(0.5),
      },
      ["domainName"],
    ),
  standing(state, id, declared) {
    const found = state.domains.find((each) => each.id === id)!;
    return { ...only({ name: found.name }, Object.keys(declared)), domainName: found.domain_address };
  },
  meant: (declared) => ({ ...only(declared, ["name"]), domainName: bareDomain(declared.domainName) }),
  remove: "domain",
};

const SLOTS = ["ownership", "spf", "mx", "dkim", "feedback", "dmarc"] as const;
const host: Sort = {
  forms: ["text"],
  good: (dice) => dice.one(["@", "", "_nylas", "a.b", "k1._domainkey"]),
  bad: (dice) =>
    dice.one([
      () =>
        dice.one([
          "a b",
          "a..b",
          ".a",
          "a;b",
          "(a)",
          'a"b',
          "a\\b",
          "$ORIGIN",
          "a/b",
          "../x",
          "elsewhere.example.net.",
          "a\n@ IN MX 0 evil.example.",
          "-",
          "a-",
          "%2e",
        ]),
      () => sorts.within(dice, "abc", dice.one(sorts.CONTROLS.filter((control) => !/\s/.test(control)))),
      () => dice.tooLong(WORD, 63),
    ])(),
};
const recordName: Sort = {
  ...host,
  good: (dice) => dice.one(["one.example.com", "_dmarc.one.example.com", "k._domainkey.one.example.com"]),
  bad: (dice) => dice.one([() => "", () => "@".repeat(2), () => host.bad!(dice)])(),
};
const recordValue: Sort = {
  forms: ["text"],
  good: (dice) =>
    dice.one([
      "v=spf1 ~all",
      'quoted " and \\ back',
      "two\nlines",
      ") ( ; $ORIGIN x",
      dice.text(`${WORD}=;"\\ `, dice.one([1, 20, 300, 600])),
    ]),
  bad: (dice) =>
    dice.one([() => "", () => "   ", () => (dice.chance(0.1) ? dice.text(WORD, 65_536) : " ")])(),
};
const records: Record<string, Sort> = Object.fromEntries([
  ...SLOTS.flatMap((slot): [string, Sort][] => [
    [slot, sorts.group],
    [`${slot}.type`, sorts.oneOf(slot === "mx" || slot === "feedback" ? "MX" : "TXT")],
    [`${slot}.name`, recordName],
    [
      `${slot}.value`,
      slot === "mx" || slot === "feedback"
        ? {
            ...host,
            good: () => "inbound.example.net",
            bad: (dice: Dice) =>
              dice.one([() => "", () => dice.one(["a b", "10 20 a", "a..b", 'a"b', "a\nb.example", "-"])])(),
          }
        : recordValue,
    ],
    [`${slot}.priority`, sorts.between(0, 65_535, true, [65_536])],
  ]),
]);
const prefixed = (prefix: string, members: Record<string, Sort>) =>
  Object.fromEntries(Object.entries(members).map(([path, sort]) => [`${prefix}.${path}`, sort]));
const goodRecord = (dice: Dice, slot: (typeof SLOTS)[number], domainName: string) =>
  slot === "mx" || slot === "feedback"
    ? {
        type: "MX",
        name: slot === "mx" ? domainName : `bounce.${domainName}`,
        value: "inbound.example.net",
        ...(dice.chance(0.5) ? { priority: dice.whole(0, 65_535) } : {}),
      }
    : {
        type: "TXT",
        name:
          slot === "dkim"
            ? `k._domainkey.${domainName}`
            : slot === "dmarc"
              ? `_dmarc.${domainName}`
              : domainName,
        value:
          slot === "spf"
            ? "v=spf1 include:x.example ~all"
            : (recordValue.good!(dice) as string).trim() || "x",
      };

const domainRecords: Kind = {
  type: "DomainRecords",
  weight: 2,
  required: ["domainId", "domainName"],
  sorts: {
    ...common,
    domainId: sorts.id,
    domainName: sorts.domainName,
    dkimKeyLength: sorts.oneOf(1024, 2048),
    hosts: sorts.group,
    ...prefixed("hosts", Object.fromEntries(SLOTS.map((slot) => [slot, host]))),
    known: sorts.group,
    ...prefixed("known", records),
    allowApex: sorts.flag,
    allowUncheckedDns: sorts.flag,
    allowImplicitMx: sorts.flag,
    publishedAt: line(300),
    adopts: sorts.group,
    ...prefixed("adopts", Object.fromEntries(SLOTS.map((slot) => [slot, line(300)]))),
    unheld: sorts.list(),
    "unheld[]": sorts.oneOf(...SLOTS),
    dmarc: line(4000),
  },
  good(dice, there) {
    const { id, name } = dice.one(there.pending);
    const domainName = dice.one([name, name.toUpperCase(), `${name}.`]);
    const known = dice.some(["spf", "mx"] as const);
    return part(
      dice,
      {
        domainId: id,
        domainName,
        dkimKeyLength: dice.one([1024, 2048]),
        hosts: dice.one([{}, { dmarc: "_dmarc" }, { mx: "@" }, { ownership: "@", spf: "" }]),
        known: Object.fromEntries(known.map((slot) => [slot, goodRecord(dice, slot, name)])),
        allowApex: dice.chance(0.5),
      },
      ["domainId", "domainName"],
    );
  },
  standing: (state, id, declared) => ({
    domainName: state.domains.find((each) => each.id === id)!.domain_address,
    domainId: id,
    known: declared.known,
  }),
  meant: (declared) => ({
    domainName: bareDomain(declared.domainName),
    domainId: declared.domainId,
    known: declared.known,
  }),
  remove: () => undefined,
};

const domainVerification: Kind = {
  type: "DomainVerification",
  weight: 1,
  required: ["domainName", "records"],
  unsettled: true,
  sorts: {
    ...common,
    domainId: sorts.id,
    domainName: sorts.domainName,
    records: sorts.group,
    ...prefixed("records", records),
    purposes: sorts.list(() => []),
    "purposes[]": sorts.oneOf("ownership", "spf", "mx", "dkim", "feedback"),
    wait: sorts.flag,
    publishedBy: line(100),
    timeoutSeconds: { forms: ["number"], bad: (dice) => dice.one([0, -1]) },
    publishedAt: line(300),
    answeredNames: sorts.list(),
    "answeredNames[]": { forms: ["text"], bad: (dice) => dice.text(WORD, 1001, 1200) },
    publishedIds: sorts.list(),
    "publishedIds[]": { forms: ["text"] },
    publishedAs: sorts.list(),
    "publishedAs[]": { forms: ["text"] },
    guardOnly: sorts.flag,
    stoodBefore: sorts.flag,
    forceDestroy: sorts.flag,
  },
  good(dice, there) {
    const { id, name } = dice.one(there.pending);
    // Without a domainId there has to be a record for each purpose.
    const purposes = dice.some(["ownership", "spf", "mx", "dkim", "feedback"] as const, 1);
    const slots = [...new Set([...purposes, ...dice.some(SLOTS, 1)])];
    return part(
      dice,
      {
        domainId: id,
        domainName: dice.one([name, `${name}.`]),
        records: Object.fromEntries(slots.map((slot) => [slot, goodRecord(dice, slot, name)])),
        purposes,
        wait: false,
        publishedBy: "cloudflare",
        timeoutSeconds: dice.one([1, 0.5, 1800, 1e6]),
      },
      ["domainName", "records", "wait"],
    );
  },
};

const TESTS = ["is", "isNot", "contains"] as const;
const OPERATORS: Record<string, string> = {
  is: "is",
  isNot: "is_not",
  contains: "contains",
  inList: "in_list",
};
const STEPS: Record<string, string> = {
  block: "block",
  markAsSpam: "mark_as_spam",
  markAsRead: "mark_as_read",
  markAsStarred: "mark_as_starred",
  archive: "archive",
  trash: "trash",
};
const ITEMS = {
  address: (dice: Dice) => `${dice.text(WORD, 1, 12)}@${dice.text(WORD, 1, 9)}.example`,
  domain: (dice: Dice) => dice.one([`${dice.text(WORD, 1, 12)}.example`, "müller.example", "例え.example"]),
  tld: (dice: Dice) => dice.text(WORD, 2, 12),
};
/** Nobody can mean one of these, whatever the type. */
const item = (good: (dice: Dice) => string): Sort => ({
  forms: ["text"],
  bad: (dice) =>
    dice.one([
      () =>
        dice.one([
          "",
          " ",
          "@",
          "a b",
          "https://spam.example",
          "*.spam.example",
          "spam.example/x",
          "a@",
          "@b",
          "a@@b.example",
          ".",
          "a..b",
        ]),
      () => sorts.within(dice, good(dice), dice.one(sorts.CONTROLS)).trim() || "\u0000",
      () => dice.tooLong(WORD, 500),
    ])(),
});

const rule: Kind = {
  type: "Rule",
  weight: 3,
  required: ["conditions", "actions"],
  sorts: {
    ...common,
    name: sorts.name(256),
    description: sorts.description,
    trigger: sorts.oneOf("inbound", "outbound"),
    match: sorts.oneOf("all", "any"),
    priority: sorts.between(0, 1000, true, [1001, -1, 1000.5]),
    enabled: sorts.flag,
    includeMembers: sorts.flag,
    conditions: sorts.list(() => []),
    "conditions[]": sorts.group,
    "conditions[].field": {
      forms: ["text"],
      bad: (dice) =>
        dice.one([
          "",
          "from",
          "from.name",
          "FROM.DOMAIN",
          "toString",
          "__proto__",
          "constructor",
          sorts.alike(dice, "from.domain"),
          "from.domain\n",
          "subject",
        ]),
    },
    "conditions[].is": {
      forms: ["text"],
      bad: (dice) => dice.one(["", " ", "\u0000", "a\nb", "a\u001b[2J@b.example", dice.tooLong(WORD, 599)]),
    },
    "conditions[].isNot": { forms: ["text"], bad: (dice) => dice.one(["", " ", "\u0000", "a\u202eb"]) },
    "conditions[].contains": {
      forms: ["text"],
      bad: (dice) => dice.one(["", " ", "a\nb", "\u0000", "müller.example", dice.tooLong(WORD, 599)]),
    },
    "conditions[].inList": sorts.list(() => []),
    "conditions[].inList[]": sorts.id,
    actions: sorts.list(() => []),
    "actions[]": {
      forms: ["text", "group"],
      bad: (dice) =>
        dice.one<unknown>([
          "",
          "Block",
          "block ",
          "mark_as_read",
          "toString",
          "delete",
          {},
          { assignToFolder: "a", also: "b" },
          { assign: "a" },
        ]),
    },
    "actions[].assignToFolder": {
      forms: ["text"],
      bad: (dice) =>
        dice.one([
          () => "",
          () => "  ",
          () => sorts.within(dice, "Clients", dice.one(sorts.CONTROLS)),
          () => dice.tooLong(WORD, 255),
        ])(),
    },
  },
  good(dice, there) {
    const outbound = dice.chance(0.5);
    const conditions = Array.from({ length: dice.whole(1, 4) }, (): Properties => {
      const type = dice.one(["address", "domain", "tld"] as const);
      if (outbound && dice.chance(0.2))
        return { field: "outbound.type", [dice.one(["is", "isNot"])]: dice.one(["compose", "reply"]) };
      const field = `${outbound ? dice.one(["from", "recipient"]) : "from"}.${type}`;
      if (dice.chance(0.3)) return { field, inList: dice.some(there.lists[type], 1) };
      const test = dice.one(TESTS);
      const text = ITEMS[type](dice);
      // A part of a name in another alphabet has no xn-- form of its own, so it is refused.
      return { field, [test]: test === "contains" ? inPunycode(text) : text };
    });
    const steps = dice.some(
      [
        "markAsSpam",
        "markAsRead",
        "markAsStarred",
        "archive",
        "trash",
        { assignToFolder: sorts.folder.good!(dice) },
      ],
      1,
    );
    return part(
      dice,
      {
        name: named(dice, 256),
        description: sorts.description.good!(dice),
        trigger: outbound ? "outbound" : "inbound",
        match: dice.one(["all", "any"]),
        priority: dice.one([0, 1000, dice.whole(0, 1000)]),
        enabled: dice.chance(0.5),
        conditions,
        actions: dice.chance(0.3) ? ["block"] : steps,
      },
      ["conditions", "actions", "trigger"],
    );
  },
  standing(state, id, declared) {
    const found = state.rules.find((each) => each.id === id)!;
    return {
      ...only(
        {
          name: found.name,
          description: found.description,
          trigger: found.trigger,
          match: found.match.operator,
          priority: found.priority,
          enabled: found.enabled,
        },
        Object.keys(declared),
      ),
      conditions: found.match.conditions,
      actions: found.actions,
    };
  },
  meant: (declared) => ({
    ...only(declared, ["name", "description", "trigger", "match", "priority", "enabled"]),
    conditions: (declared.conditions as Properties[]).map(({ field, ...tests }) => {
      const [test, value] = Object.entries(tests)[0]!;
      const whole = ["is", "isNot"].includes(test) && /[^\x00-\x7f]/.test(value as string);
      return {
        field,
        operator: OPERATORS[test],
        value: whole ? inPunycode((value as string).trim().toLowerCase()) : value,
      };
    }),
    actions: (declared.actions as unknown[]).map((step) =>
      typeof step === "string"
        ? { type: STEPS[step] }
        : { type: "assign_to_folder", value: (step as Properties).assignToFolder },
    ),
  }),
  remove: "rule",
};

const list: Kind = {
  type: "List",
  weight: 3,
  excludes: { items: ["itemsFile", "itemsDigest"] },
  required: ["type"],
  sorts: {
    ...common,
    type: sorts.oneOf("domain", "tld", "address"),
    name: sorts.name(256),
    description: sorts.description,
    items: sorts.list(),
    "items[]": item(ITEMS.domain),
    itemsFile: { forms: ["text"], bad: () => "" },
    itemsDigest: {
      forms: ["text"],
      bad: (dice) => dice.one(["", "x", "../x", "a".repeat(63), "g".repeat(64)]),
    },
  },
  good(dice, there) {
    const type = dice.one(["domain", "tld", "address"] as const);
    const items = Array.from({ length: dice.one([0, 1, 3, 7, dice.chance(0.02) ? 1_500 : 5]) }, () =>
      ITEMS[type](dice),
    );
    // The same one twice, in another case and with blanks around it.
    if (items[0] !== undefined) items.push(`  ${items[0].toUpperCase()} `);
    const fromFile = dice.chance(0.2);
    return part(
      dice,
      {
        type,
        name: named(dice, 256),
        description: sorts.description.good!(dice),
        ...(fromFile ? { itemsFile: there.files[type], itemsDigest: FILE_DIGESTS[type] } : { items }),
      },
      ["type", "itemsFile", "itemsDigest"],
    );
  },
  standing(state, id, declared) {
    const found = state.lists.find((each) => each.id === id)!;
    return {
      ...only({ name: found.name, description: found.description, type: found.type }, Object.keys(declared)),
      items: [...found.items].sort(),
    };
  },
  meant: (declared) => ({
    ...only(declared, ["name", "description", "type"]),
    items:
      declared.itemsFile === undefined
        ? set(((declared.items ?? []) as string[]).map((each) => inPunycode(each.trim().toLowerCase())))
        : FILE_ITEMS[declared.type as "domain"],
  }),
  remove: "list",
};

const FILE_ITEMS = {
  address: ["a@b.example", "b@c.example"],
  domain: ["other.example", "spam.example"],
  tld: ["mov", "zip"],
};
const FILE_DIGESTS = Object.fromEntries(
  Object.entries(FILE_ITEMS).map(([type, items]) => [
    type,
    createHash("sha256").update(items.join("\n")).digest("hex"),
  ]),
) as Record<"address" | "domain" | "tld", string>;

const webhook: Kind = {
  type: "Webhook",
  weight: 2,
  required: ["url", "triggers"],
  free: ["rotateWhenChanged"],
  sorts: {
    ...common,
    url: sorts.url,
    triggers: sorts.list(() => []),
    "triggers[]": sorts.trigger,
    name: sorts.name(256),
    notificationEmails: sorts.list(() => []),
    "notificationEmails[]": sorts.email(["example.com"]),
    compressed: sorts.flag,
    paused: sorts.flag,
    rotateWhenChanged: sorts.group,
    "rotateWhenChanged.a": sorts.anyText,
    timeoutSeconds: { forms: ["number"], bad: (dice) => dice.one([0, -1]) },
  },
  good: (dice) =>
    part(
      dice,
      {
        url: sorts.url.good!(dice),
        triggers: Array.from({ length: dice.whole(1, 5) }, () => sorts.trigger.good!(dice)),
        name: named(dice, 256),
        notificationEmails: Array.from({ length: dice.whole(1, 3) }, () =>
          sorts.email(["example.com"]).good!(dice),
        ),
        compressed: dice.chance(0.5),
        paused: dice.chance(0.3),
        rotateWhenChanged: dice.one([{}, { a: "1" }, { a: sorts.anyText.good!(dice) }]),
        timeoutSeconds: dice.one([1, 0.5, 1e6]),
      },
      ["url", "triggers"],
    ),
  standing(state, id, declared) {
    const found = state.webhooks.find((each) => each.id === id)!;
    return only(
      {
        url: found.webhook_url,
        triggers: set(found.trigger_types),
        name: found.description,
        notificationEmails: set(found.notification_email_addresses.map(lower)),
        compressed: found.compressed_delivery,
        paused: found.status === "pause",
      },
      Object.keys(declared),
    );
  },
  meant: (declared) => ({
    ...only(declared, ["url", "name", "compressed", "paused"]),
    triggers: set(declared.triggers),
    ...(declared.notificationEmails === undefined
      ? {}
      : { notificationEmails: set((declared.notificationEmails as string[]).map(lower)) }),
  }),
  remove: "webhook",
};

const BINDINGS: Record<string, string> = {
  workspace: "workspace",
  account: "grant",
  application: "application",
  organization: "organization",
};

const principal: Kind = {
  type: "Principal",
  weight: 2,
  required: ["boundTo"],
  sorts: {
    ...common,
    boundTo: sorts.group,
    "boundTo.workspace": sorts.id,
    "boundTo.account": sorts.id,
    "boundTo.application": sorts.id,
    "boundTo.organization": sorts.id,
    roles: sorts.list((dice) =>
      Array.from({ length: dice.one([101, 101, 101, 3_000]) }, (_, i) => `role_${i}`),
    ),
    "roles[]": sorts.role,
    permissions: sorts.list(() => Array.from({ length: 101 }, (_, i) => `a.${"b".repeat(i + 1)}`)),
    "permissions[]": sorts.permission,
    name: sorts.shortName,
    description: sorts.description,
    enabled: sorts.flag,
  },
  good: (dice, there) =>
    part(
      dice,
      {
        boundTo: dice.one([
          { workspace: dice.one(there.workspaces) },
          { account: there.grant },
          { application: there.application },
          { organization: there.organization },
        ]),
        roles: Array.from({ length: dice.whole(0, 3) }, () => sorts.role.good!(dice)),
        permissions: Array.from({ length: dice.whole(0, 3) }, () => sorts.permission.good!(dice)),
        name: named(dice, 128),
        description: sorts.description.good!(dice),
        enabled: dice.chance(0.5),
      },
      ["boundTo"],
    ),
  standing(state, id, declared) {
    const found = state.principals.find((each) => each.id === id)!;
    return {
      ...only(
        {
          name: found.name,
          description: found.description,
          enabled: found.status === "active",
          roles: set(found.roles),
          permissions: set(found.direct_permissions),
        },
        Object.keys(declared),
      ),
      boundTo: found.resource_binding,
    };
  },
  meant(declared) {
    const [type, id] = Object.entries(declared.boundTo as Properties)[0]!;
    return {
      ...only(declared, ["name", "description", "enabled"]),
      ...(declared.roles === undefined ? {} : { roles: set(declared.roles) }),
      ...(declared.permissions === undefined ? {} : { permissions: set(declared.permissions) }),
      boundTo: { type: BINDINGS[type], id },
    };
  },
  remove: "principal",
};

const apiKey: Kind = {
  type: "ApiKey",
  weight: 2,
  required: ["principalId", "expiresAt"],
  free: ["rotateWhenChanged"],
  sorts: {
    ...common,
    principalId: sorts.id,
    expiresAt: sorts.moment,
    name: sorts.shortName,
    enabled: sorts.flag,
    rotateWhenChanged: sorts.group,
    "rotateWhenChanged.a": sorts.anyText,
  },
  good: (dice, there) =>
    part(
      dice,
      {
        principalId: there.principal,
        expiresAt: sorts.moment.good!(dice),
        name: named(dice, 128),
        enabled: dice.chance(0.5),
        rotateWhenChanged: dice.one([{}, { a: "1" }]),
      },
      ["principalId", "expiresAt"],
    ),
  standing(state, id, declared) {
    const found = state.credentials.find((each) => `${each.principal_id}/${each.id}` === id)!;
    return {
      ...only({ name: found.name, enabled: found.status === "active" }, Object.keys(declared)),
      principalId: found.principal_id,
      expiresAt: found.expires_at,
    };
  },
  meant: (declared) => ({
    ...only(declared, ["name", "enabled", "principalId"]),
    expiresAt: Math.floor(new Date(declared.expiresAt as string).getTime() / 1000),
  }),
  remove: (sim, id) => sim.remove("credential", id.split("/")[1]!),
};

const smokeTest: Kind = {
  type: "SmokeTest",
  weight: 1,
  required: ["accounts"],
  free: ["rerunWhenChanged"],
  sorts: {
    ...common,
    accounts: sorts.list(() => []),
    "accounts[]": sorts.id,
    sender: sorts.id,
    paused: sorts.flag,
    rerunWhenChanged: sorts.group,
    "rerunWhenChanged.a": sorts.anyText,
  },
  good: (dice, there) =>
    part(
      dice,
      {
        accounts: [there.grant],
        // Paused: a message would be mail in the mailbox that other cases look at.
        ...(dice.chance(0.5) ? { sender: there.grant, paused: true } : {}),
        rerunWhenChanged: dice.one([{}, { a: "1" }]),
      },
      ["accounts", "sender", "paused"],
    ),
};

export const KINDS: readonly Kind[] = [
  policy,
  workspace,
  defaultWorkspace,
  account,
  domain,
  domainRecords,
  domainVerification,
  rule,
  list,
  webhook,
  principal,
  apiKey,
  smokeTest,
];

import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { DeclaredRecord, DnsAdapter, DnsInstructions, PublishRequest } from "../dns/adapters/adapter";
import { readDmarc } from "../dns/dmarc";
import { isRegistrableDomain } from "../dns/guards";
import type * as HeldRecords from "../dns/adapters/heldRecords";
import {
  holdToLayout,
  hostProblems,
  requiredSlots,
  slotName,
  slots,
  slotTypes,
  type HostOverrides,
  type RecordSlots,
  type Slot,
} from "../dns/layout";
import {
  defaultMxPriority,
  isWithin,
  nameProblem,
  normaliseName,
  recordFromAttempt,
  type DnsRecord,
} from "../dns/records";
import { type AgentDomainArgs, type GivenRecord, type GivenRecords } from "./agentDomainArgs";
import { withAliasesForChildren } from "./aliases";
import type * as HeldAgainstState from "./heldAgainstState";
import { isLater, requireArgument, requireArguments, requireNoOutputText } from "../hosts/dynamic/arguments";
import { show } from "../shown";
import { produced, producedPart, valueOf } from "../hosts/dynamic/produced";
import { assertNotOnComponent } from "../hosts/dynamic/resourceOptions";
import { isProtectedByConfiguration } from "../hosts/dynamic/registration";
import { NylasDomain } from "../classes/domain";
import { NylasDomainRecords } from "../classes/domainRecords";
import { isDomainName } from "../nylas/addresses";
import { replacedFrom } from "../resources/recordPlaces";
import { watchRecords } from "../classes/retained";
import { NylasDomainVerification } from "../classes/domainVerification";
import { runError } from "../hosts/dynamic/runError";

export { type AgentDomainArgs, type GivenRecord, type GivenRecords } from "./agentDomainArgs";

const AGENT_DOMAIN = "pulumi-nylas:index:AgentDomain";

/**
 * A domain for agents, ready for accounts: registered with Nylas, its MX and TXT records published in DNS, and verified.
 *
 * ```ts
 * const domain = new AgentDomain("agents", {
 *   domainName: "agents.example.com",
 *   dns: cloudflareDns({ zoneId, zoneName: "example.com" }),
 * });
 * new AgentAccount("scheduling", { email: domain.mailbox("scheduling"), displayName: "Scheduling" });
 * ```
 *
 * A preview shows every record before anything exists. `up` asks Nylas which records it wants, and refuses what would
 * break mail that works today (a foreign MX, a second SPF). Then it publishes, and waits until the domain is
 * verified. Needs the organization key (`nylas:organizationKey`), except with `records`.
 */
export class AgentDomain extends pulumi.ComponentResource {
  /** The domain, known in a preview. What takes it waits for the verification. */
  readonly domainName: pulumi.Output<string>;
  /** The id of the domain at Nylas; undefined where the records were given and Nylas is not asked. */
  readonly domainId: pulumi.Output<string | undefined>;
  /** The DNS records by slot. */
  readonly records: pulumi.Output<RecordSlots>;
  /** `verified`; `pending` until then; `lost` when it was verified once and is no more. */
  readonly status: pulumi.Output<"verified" | "pending" | "lost">;
  /** The records to hand to whoever publishes them, with `zoneFile`; undefined where the program publishes them itself. */
  readonly dnsInstructions: pulumi.Output<DnsInstructions | undefined>;

  constructor(name: string, args: AgentDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    const domainName = checkedDomainName(name, args);
    const givenRecords = checkedRecords(name, domainName, args);
    watchRecords();
    assertNotOnComponent(`AgentDomain ${show(name)}`, opts);
    const children: { of?: pulumi.Resource } = {};
    const isOwnChild = (parent?: pulumi.Resource) => parent !== undefined && parent === children.of;
    super(AGENT_DOMAIN, name, {}, withAliasesForChildren(AGENT_DOMAIN, name, opts, isOwnChild));
    children.of = this;
    for (const warning of args.dmarc === undefined ? [] : readDmarc(args.dmarc).warnings)
      void pulumi.log.warn(`dmarc: ${warning}.`, this);

    const asked = givenRecords ? undefined : this.#askNylas(name, domainName, args);
    const slotted: pulumi.Output<RecordSlots> = asked
      ? produced(heldAgainstTargets(name, domainName, args.dns, asked))
      : pulumi.output(givenRecords!);
    const records = withDmarc(
      domainName,
      args,
      givenRecords || args.adopt !== undefined
        ? this.#heldAgainstState(name, domainName, args, slotted)
        : slotted,
    );
    const request: PublishRequest = {
      component: name,
      domainName,
      records: declaredRecords(domainName, args, records),
      options: {
        parent: this,
        dependsOn: asked ? [asked] : [],
        deleteBeforeReplace: false,
        // What is given to the component itself, its children inherit.
        ...(isProtectedByConfiguration() ? { protect: true } : {}),
        ...(args.dns.adopts ? loadHeldRecords().importOnce() : {}),
      },
    };
    const published = args.dns.publish(request);
    const guards = this.#guardsOfPlace(name, args, { domainName, records, asked, published });
    const verification = new NylasDomainVerification(
      name,
      omitUndefined({
        domainId: asked?.domainId,
        domainName,
        records,
        purposes: args.purposes,
        wait: args.wait ?? args.dns.waitByDefault,
        publishedBy: args.dns.kind,
        publishedAt: placeOfAdapter(args.dns),
        answeredNames: answeredNames(args.dns, published),
        publishedIds: idsOf(published, guards),
        publishedAs: namesOf(published),
        stoodBefore: asked && published.length > 0 ? stoodBefore(args.dns, asked) : undefined,
        forceDestroy: args.forceDestroy,
        connection: args.connection,
      }),
      omitUndefined({ parent: this, dependsOn: published, customTimeouts: opts?.customTimeouts }),
    );

    this.domainName = produced(verification.domainName);
    this.domainId = asked ? produced(asked.domainId) : pulumi.output(undefined);
    this.records = records;
    this.status = produced(verification.status);
    this.dnsInstructions = pulumi.output(args.dns.dnsInstructions?.(request) ?? args.dns.handover?.(request));
    this.registerOutputs({ domainName: this.domainName, domainId: this.domainId, status: this.status });
  }

  /** @deprecated The former name of `dnsInstructions`; it goes with the next release. */
  get handover(): pulumi.Output<DnsInstructions | undefined> {
    return this.dnsInstructions;
  }

  /**
   * The address of a mailbox on the domain: `domain.mailbox("scheduling")` is `scheduling@agents.example.com`. A preview
   * shows it, and the account that takes it waits for the verification and is deleted before the records are.
   */
  mailbox(alias: pulumi.Input<string>): pulumi.Output<string> {
    if (isLater(alias)) {
      return pulumi
        .all([produced(pulumi.output(alias)), this.domainName])
        .apply(([known, domainName]) => `${checkedAlias(known)}@${domainName}`);
    }
    return pulumi.interpolate`${checkedAlias(alias as string)}@${this.domainName}`;
  }

  /**
   * The ids of the resources that guard the records at this place by themselves. There are none until records have
   * moved. The verification guards the old place until the move is finished. So what is made at the new place needs
   * an entry of its own that precedes its delete.
   */
  #guardsOfPlace(
    name: string,
    { dns, connection, forceDestroy }: AgentDomainArgs,
    of: {
      domainName: string;
      records: pulumi.Output<RecordSlots>;
      asked: NylasDomainRecords | undefined;
      published: pulumi.Resource[];
    },
  ): pulumi.Output<string[]> | undefined {
    const { domainName, records, asked, published } = of;
    if (published.length === 0) return undefined;
    const earlier = asked && asFarAsKnown(asked.earlierPlaces.apply((places) => places ?? []));
    const place = asFarAsKnown(placeOfAdapter(dns));
    const ids = pulumi.all([place, earlier]).apply(async ([publishedAt, places]) => {
      if (publishedAt === undefined || places?.length === 0) return [];
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- few programs ever move records
      const { guardName, hasMoved } = require("./heldAgainstState") as typeof HeldAgainstState;
      if (places === undefined && !(await hasMoved(name, this, publishedAt))) return [];
      const guard = new NylasDomainVerification(
        guardName(name, publishedAt),
        omitUndefined({
          domainId: asked?.domainId,
          domainName,
          records,
          publishedAt,
          publishedIds: idsOf(published),
          guardOnly: true,
          forceDestroy,
          connection,
        }),
        { parent: this, dependsOn: published },
      );
      return pulumi.output([guard.id]);
    });
    return ids as pulumi.Output<string[]>;
  }

  /** The records, or an error where records that the state has would become them. */
  #heldAgainstState(
    name: string,
    domainName: string,
    { dns, connection, records, forceDestroy: word }: AgentDomainArgs,
    slotted: pulumi.Output<RecordSlots>,
  ): pulumi.Output<RecordSlots> {
    return pulumi
      .all([slotted, asFarAsKnown(placeOfAdapter(dns)), asFarAsKnown(connection), asFarAsKnown(word)])
      .apply(async ([known, publishedAt, of, forceDestroy]) => {
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- few programs give records or adopt a domain
        const { holdAgainstState } = require("./heldAgainstState") as typeof HeldAgainstState;
        const now = { domainName, publishedAt, records: records && known, forceDestroy };
        await holdAgainstState(name, this, now, of);
        return known;
      });
  }

  /** The slots to adopt of which the state has no record; undefined where that cannot be told. */
  #unheld(adopts: Partial<Record<Slot, string>>): pulumi.Output<Slot[] | undefined> {
    const wanted = Object.keys(adopts) as Slot[];
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- few programs ever adopt a record
    const { slotsWithoutEntry } = require("./heldAgainstState") as typeof HeldAgainstState;
    return pulumi.output(slotsWithoutEntry(this, wanted));
  }

  #askNylas(name: string, domainName: string, args: AgentDomainArgs): NylasDomainRecords {
    const { connection, hosts, allowApex, allowUncheckedDns, allowImplicitMx, dkimKeyLength } = args;
    const { forceDestroy, adopt } = args;
    const domain = new NylasDomain(
      name,
      omitUndefined({ domainName, name: args.name, forceDestroy, adopt, connection }),
      { parent: this },
    );
    const known = args.known && knownRecords(name, domainName, args.known, hosts);
    return new NylasDomainRecords(
      name,
      omitUndefined({
        domainId: domain.id,
        domainName,
        dkimKeyLength,
        hosts,
        known,
        allowApex,
        allowUncheckedDns,
        allowImplicitMx,
        publishedAt: placeOfAdapter(args.dns),
        adopts: args.dns.adopts,
        unheld: args.dns.adopts && this.#unheld(args.dns.adopts),
        dmarc: args.dmarc,
        connection,
      }),
      { parent: this },
    );
  }
}

/** Everything that can be told before a single resource is registered is told here: a later error would leave some behind. */
export function checkedDomainName(component: string, args: AgentDomainArgs): string {
  const what = `AgentDomain ${show(component)}`;
  requireArguments(what, args, '{ domainName: "agents.example.com", dns: zoneFile() }', ARGUMENTS);
  assertForms(what, args);
  const { domainName, dns, dmarc, allowApex, hosts } = args;
  requireNoOutputText(`${what}: domainName`, domainName);
  if (typeof domainName !== "string") {
    throw refused(
      component,
      "domainName",
      "has to be a plain string: addresses and records have to be legible in a preview",
    );
  }
  const domain = normaliseName(domainName);
  const wrong =
    domainName === ""
      ? "is empty"
      : !domain.includes(".")
        ? "has a single label"
        : (nameProblem(domain) ?? (isDomainName(domain) ? undefined : "is no name that mail can go to"));
  if (wrong) {
    throw refused(component, "domainName", `${show(domainName)} ${wrong}; for example "agents.example.com"`);
  }
  if (dns.zoneName !== undefined && !isWithin(domain, normaliseName(dns.zoneName))) {
    throw refused(
      component,
      "dns",
      `the domain ${domain} does not lie in the zone ${normaliseName(dns.zoneName)} (${dns.kind}); name the zone that holds it`,
    );
  }
  if (allowApex !== true && isRegistrableDomain(domain)) {
    throw refused(
      component,
      "domainName",
      `${domain} is a domain as it is registered, and its MX record would move the mail of everybody there to Nylas. ` +
        `Use a subdomain such as "agents.${domain}"; if all its mail really is to go to Nylas, say allowApex: true`,
    );
  }
  const problems = dmarc === undefined ? [] : readDmarc(dmarc).problems;
  if (problems.length > 0) {
    throw refused(
      component,
      "dmarc",
      `given ${show(dmarc)}: ${problems.join("; ")}; for example "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"`,
    );
  }
  for (const { slot, problem } of hostProblems(domain, hosts ?? {}))
    throw refused(
      component,
      `hosts.${slot}`,
      `given ${show(hosts?.[slot])}: ${problem}; allowed: a host relative to the domain; for example "_nylas"`,
    );
  return domain;
}

const ARGUMENTS = [
  "domainName",
  "dns",
  "name",
  "wait",
  "purposes",
  "dmarc",
  "dkimKeyLength",
  "hosts",
  "known",
  "records",
  "allowApex",
  "allowUncheckedDns",
  "allowImplicitMx",
  "forceDestroy",
  "adopt",
  "connection",
] as const satisfies readonly (keyof AgentDomainArgs)[];

/** What a program without types can get wrong in what is used before any resource judges it. */
function assertForms(what: string, { dns, dmarc, hosts, known, records, allowApex }: AgentDomainArgs): void {
  requireArgument(what, "dns", dns, {
    fits: (value) => {
      const {
        kind,
        publish,
        zoneName,
        place,
        answeredNames: answered,
      } = (value ?? {}) as Partial<DnsAdapter>;
      return (
        typeof kind === "string" &&
        (place === undefined || typeof place === "string" || isLater(place)) &&
        typeof publish === "function" &&
        (answered === undefined || typeof answered === "function") &&
        (zoneName === undefined || typeof zoneName === "string")
      );
    },
    allowed: "a DNS adapter: cloudflareDns(…), route53Dns(…), zoneFile(…) or one of your own",
    example: 'cloudflareDns({ zoneId, zoneName: "example.com" })',
  });
  if (dmarc !== undefined) {
    requireArgument(what, "dmarc", dmarc, {
      fits: (value) => typeof value === "string",
      allowed: "the text of the record, as a plain string",
      example: '"v=DMARC1; p=reject"',
    });
  }
  if (allowApex !== undefined) {
    requireArgument(what, "allowApex", allowApex, {
      fits: (value) => typeof value === "boolean",
      allowed: "true or false",
      example: "true",
    });
  }
  const host = {
    fits: (value: unknown) => typeof value === "string",
    allowed: "a host relative to the domain",
    example: '"_nylas"',
  };
  if (hosts !== undefined) requireArguments(`${what}: hosts`, hosts, '{ ownership: "_nylas" }', slots);
  for (const [slot, value] of Object.entries(hosts ?? {}))
    if (value !== undefined) requireArgument(what, `hosts.${slot}`, value, host);
  for (const [property, given] of Object.entries({ known, records })) {
    if (given === undefined) continue;
    requireArguments(
      `${what}: ${property}`,
      given,
      '{ mx: { host: "@", value: "10 inbound.example.net" } }',
      slots,
    );
    for (const [slot, record] of Object.entries(given)) {
      if (record === undefined) continue;
      const at = `${property}.${slot}`;
      requireArguments(`${what}: ${at}`, record, '{ host: "@", value: "10 inbound.example.net" }', [
        "host",
        "value",
      ]);
      if (record.host !== undefined) requireArgument(what, `${at}.host`, record.host, host);
      requireArgument(what, `${at}.value`, record.value, {
        fits: (value) => typeof value === "string" && value.trim() !== "",
        allowed: "the value as the Dashboard shows it",
        example: '"10 inbound.example.net"',
      });
    }
  }
}

/** The records that were given in place of asking Nylas; undefined where Nylas is asked. */
function checkedRecords(
  component: string,
  domainName: string,
  args: AgentDomainArgs,
): RecordSlots | undefined {
  if (args.records === undefined) return undefined;
  const unasked = ["name", "adopt", "dkimKeyLength", "known"] as const;
  for (const unused of [...unasked, "allowUncheckedDns", "allowImplicitMx"] as const) {
    if (args[unused] !== undefined) {
      throw refused(
        component,
        unused,
        "has no meaning beside records, with which nothing is registered or asked at Nylas",
      );
    }
  }
  const missing = requiredSlots.filter((slot) => args.records?.[slot] === undefined);
  if (missing.length > 0) {
    throw refused(
      component,
      "records",
      `${missing.join(", ")} missing; copy all of ${requiredSlots.join(", ")} from the Dashboard`,
    );
  }
  if (args.records.dmarc)
    throw refused(component, "records.dmarc", "is not a record of Nylas; give its text as dmarc");
  const answers = Object.fromEntries(
    recordsIn(args.records).map(([slot, record]) => [slot, answer(slot, record)]),
  );
  try {
    return holdToLayout(domainName, answers, args.hosts);
  } catch (error) {
    throw refused(component, "records", (error as Error).message);
  }
}

function knownRecords(
  component: string,
  domainName: string,
  records: GivenRecords,
  hosts: HostOverrides | undefined,
): Partial<Record<Slot, DnsRecord>> {
  const known: Partial<Record<Slot, DnsRecord>> = {};
  for (const [slot, record] of recordsIn(records)) {
    const layoutHost = slotName(domainName, slot, hosts);
    try {
      const layout = layoutHost === undefined ? {} : { host: layoutHost };
      known[slot] = recordFromAttempt(domainName, slot, answer(slot, record), layout);
    } catch (error) {
      throw refused(component, `known.${slot}`, (error as Error).message);
    }
  }
  return known;
}

/** Those that are given: an argument that is `undefined` is none. */
function recordsIn(records: GivenRecords): [Slot, GivenRecord][] {
  return Object.entries(records).filter(([, record]) => record !== undefined) as [Slot, GivenRecord][];
}

function answer(slot: Slot, record: GivenRecord): { host: string | undefined; type: string; value: string } {
  return { host: record.host, type: slotTypes[slot], value: record.value };
}

/**
 * The records, or an error where they may not move. `pulumi up --target` with the DNS records alone leaves out the resources that ask
 * whether a move is safe. What those were made for last is in their outputs, and is held against what is declared now.
 */
function heldAgainstTargets(
  component: string,
  domainName: string,
  dns: DnsAdapter,
  { records, domainName: recordedName, publishedAt, earlierPlaces }: NylasDomainRecords,
): pulumi.Output<RecordSlots> {
  return pulumi
    .all([
      records,
      recordedName,
      asFarAsKnown(publishedAt),
      asFarAsKnown(placeOfAdapter(dns)),
      asFarAsKnown(earlierPlaces),
    ])
    .apply(([slots, name, place, declared, earlier]) => {
      const renamed = name !== undefined && normaliseName(name) !== domainName;
      const moved = replacedFrom(
        { ...omitUndefined({ publishedAt: place }), earlierPlaces: earlier ?? [] },
        omitUndefined({ publishedAt: declared }),
      );
      if (!renamed && moved === undefined) return slots;
      const change = renamed
        ? `of ${name} would become those of ${domainName}`
        : `move from ${moved} to ${declared}`;
      throw runError(
        `AgentDomain ${component}: the DNS records ${change}. The resources that look whether that cuts mail off are left out by --target or ` +
          `--exclude. Nothing was changed. Run pulumi up without --target and --exclude.`,
      );
    });
}

/** Undefined while it is not known: an output that an earlier release, or an import, has not recorded is unknown in a preview. */
function asFarAsKnown<T>(value: pulumi.Input<T | undefined>): pulumi.Output<T | undefined> {
  const output = pulumi.output(value) as unknown as {
    apply(
      read: (value: T | undefined) => T | undefined,
      runWithUnknowns: boolean,
    ): pulumi.Output<T | undefined>;
  };
  return output.apply((known) => (pulumi.containsUnknowns(known) ? undefined : known), true);
}

/** The fixed list of records: names where the layout knows them, everything else as it will be known. */
function declaredRecords(
  domainName: string,
  { dmarc, hosts }: AgentDomainArgs,
  records: pulumi.Output<RecordSlots>,
): DeclaredRecord[] {
  const declared = requiredSlots.map((slot): DeclaredRecord => {
    const type = slotTypes[slot];
    const ofSlot = <T>(part: (record: DnsRecord) => T | undefined) =>
      producedPart(records as pulumi.Output<Partial<RecordSlots>>, (all) => all[slot] && part(all[slot]));
    return {
      slot,
      type,
      name: slotName(domainName, slot, hosts) ?? ofSlot((record) => record.name),
      value: ofSlot((record) => record.value),
      ...(type === "MX" && { priority: ofSlot((record) => record.priority ?? defaultMxPriority) }),
    };
  });
  if (dmarc !== undefined)
    declared.push({ slot: "dmarc", type: "TXT", name: dmarcName(domainName, hosts), value: dmarc });
  return declared;
}

function withDmarc(
  domainName: string,
  { dmarc, hosts }: AgentDomainArgs,
  records: pulumi.Output<RecordSlots>,
): pulumi.Output<RecordSlots> {
  if (dmarc === undefined) return records;
  const record: DnsRecord = { type: "TXT", name: dmarcName(domainName, hosts), value: dmarc };
  return records.apply((all) => ({ ...all, dmarc: record }));
}

function dmarcName(domainName: string, hosts: HostOverrides | undefined): string {
  return slotName(domainName, "dmarc", hosts)!;
}

function loadHeldRecords(): typeof HeldRecords {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- few programs ever adopt a record
  return require("../dns/adapters/heldRecords") as typeof HeldRecords;
}

/** The ids of what publishes the records, and of what guards them; undefined where nothing of the program's does. */
function idsOf(
  published: pulumi.Resource[],
  guards?: pulumi.Output<string[]>,
): pulumi.Input<pulumi.Input<string>[]> | undefined {
  const ids = published.flatMap((each) =>
    pulumi.CustomResource.isInstance(each) ? [produced(each.id)] : [],
  );
  if (ids.length === 0) return undefined;
  if (guards === undefined) return ids;
  // A promise: what guards is waited for, and an output would be recorded as one more dependency.
  return valueOf<string[] | undefined>(guards).then((all = []) => [...ids, ...all]);
}

/** Under which names the program has the vendor's records, and had them as far as aliases say: known where the records cannot be made, too. */
function namesOf(published: pulumi.Resource[]): Promise<string[]> | undefined {
  if (published.length === 0) return undefined;
  const known = published as { __name?: string; __aliases?: pulumi.Input<string>[] }[];
  const own = known.map(({ __name: name }) => name!);
  const earlier = known.flatMap(({ __aliases: aliases = [] }) => aliases);
  // A promise: an output would carry the records along once more, as what it depends on.
  return valueOf(pulumi.all(earlier)).then((all) => {
    const names = [...own, ...all.map((urn) => urn.split("::").slice(3).join("::"))];
    // Digests: the names of five records and their aliases would be a sixth of the entry.
    return [...new Set(names.map((name) => createHash("sha256").update(name).digest("hex").slice(0, 6)))];
  });
}

/** True where the MX was served before the program made it. An adopted record is the one that was served. */
function stoodBefore({ adopts }: DnsAdapter, { stood }: NylasDomainRecords): Promise<boolean> | undefined {
  if (adopts?.mx !== undefined) return undefined;
  // Only true is recorded. A promise: an output would be recorded as one more dependency.
  const isStanding = produced(stood).apply((slots) => (slots?.includes("mx") ? true : undefined));
  return valueOf(isStanding as pulumi.Output<boolean>);
}

function placeOfAdapter(dns: DnsAdapter): pulumi.Input<string> {
  return dns.place ?? dns.kind;
}

/** The names that the vendor answers with; what it does not say is not among them. */
function answeredNames(dns: DnsAdapter, published: pulumi.Resource[]): pulumi.Output<string[]> | undefined {
  const names = dns.answeredNames?.(published);
  if (names === undefined || names.length === 0) return undefined;
  return pulumi
    .all(names)
    .apply((all) => all.filter((name): name is string => !!name && typeof name === "string"));
}

/** An alias that is nothing would be the mailbox undefined@agents.example.com. */
function checkedAlias(alias: unknown): string {
  requireNoOutputText("mailbox(…)", alias);
  if (typeof alias === "string" && alias !== "" && !alias.includes("@")) return alias;
  throw runError(
    `mailbox(${alias === undefined ? "" : show(alias)}): give the part before the @ alone, such as mailbox("scheduling")`,
  );
}

/** A mistake of the user's, which the engine shows without a stack. */
function refused(component: string, property: string, problem: string): pulumi.RunError {
  return runError(`AgentDomain ${component}: ${property}: ${problem}`);
}

export type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The properties that have a value: an argument that is `undefined` is one that was not given. */
export function omitUndefined<T extends object>(properties: T): Given<T> {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined),
  ) as Given<T>;
}

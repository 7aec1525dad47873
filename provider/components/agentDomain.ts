import * as pulumi from "@pulumi/pulumi";
import type { DnsAdapter, DnsInstructions, PublishRequest } from "../dns/adapters/adapter";
import { readDmarc } from "../dns/dmarc";
import type * as HeldRecords from "../dns/adapters/heldRecords";
import { type RecordSlots, type Slot } from "../dns/layout";
import { normaliseName } from "../dns/records";
import { withAliasesForChildren } from "./aliases";
import type * as HeldAgainstState from "./heldAgainstState";
import { isLater } from "../hosts/dynamic/arguments";
import { show } from "../shown";
import { produced } from "../hosts/dynamic/produced";
import { assertNotOnComponent } from "../hosts/dynamic/resourceOptions";
import { isProtectedByConfiguration } from "../hosts/dynamic/registration";
import { type NylasDomainRecords } from "../classes/domainRecords";
import { replacedFrom } from "../resources/recordPlaces";
import { watchRecords } from "../classes/retained";
import { runError } from "../hosts/dynamic/runError";
import { type AgentDomainArgs } from "./agentDomainArgs";
import { checkedDomainName, checkedRecords, knownRecords, checkedAlias } from "./agentDomainChecks";
import { declaredRecords, withDmarc } from "./declaredRecords";
import { type Kinds, kindsOf } from "./served";
import { idsOf, namesOf, stoodBefore, answeredNames, isMadeFromResource, placeOfAdapter } from "./published";

export { type AgentDomainArgs, type GivenRecord, type GivenRecords } from "./agentDomainArgs";

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
  readonly #kinds: Kinds;

  constructor(name: string, args: AgentDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    const domainName = checkedDomainName(name, args);
    const givenRecords = checkedRecords(name, domainName, args);
    watchRecords();
    assertNotOnComponent(`AgentDomain ${show(name)}`, opts);
    const children: { of?: pulumi.Resource } = {};
    const isOwnChild = (parent?: pulumi.Resource) => parent !== undefined && parent === children.of;
    const kinds = kindsOf(new.target);
    const type = kinds.token("AgentDomain");
    const formerType = kinds.formerToken?.("AgentDomain");
    super(type, name, {}, withAliasesForChildren(type, name, opts, isOwnChild, formerType));
    this.#kinds = kinds;
    children.of = this;
    for (const warning of args.dmarc === undefined ? [] : readDmarc(args.dmarc).warnings)
      void pulumi.log.warn(`dmarc: ${warning}.`, this);

    const asked = givenRecords ? undefined : this.#askNylas(name, domainName, args);
    const slotted: pulumi.Output<RecordSlots> = asked
      ? produced(heldAgainstTargets(name, domainName, args.dns, asked))
      : pulumi.output(givenRecords!);
    const held =
      givenRecords || args.adopt !== undefined
        ? this.#heldAgainstState(name, domainName, args, slotted)
        : slotted;
    const made: { published: pulumi.Resource[] } = { published: [] };
    const named = this.#heldUnderNames(name, domainName, args, { slotted: held, asked, made });
    const records = withDmarc(domainName, args, this.#inStayingZone(name, domainName, args.dns, named));
    const request: PublishRequest = {
      component: name,
      domainName,
      records: declaredRecords(domainName, args, records),
      options: {
        parent: this,
        dependsOn: asked ? [asked] : [],
        deleteBeforeReplace: false,
        // What is given to the component itself, its children inherit.
        ...(isProtectedByConfiguration(args.connection) ? { protect: true } : {}),
        ...(args.dns.adopts ? loadHeldRecords().importOnce() : {}),
      },
    };
    const published = (made.published = args.dns.publish(request));
    const guards = this.#guardsOfPlace(name, args, { domainName, records, asked, published });
    const verification = new kinds.DomainVerification(
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
    return mailboxOn(this.domainName, alias);
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
      // oxlint-disable-next-line typescript/no-require-imports -- few programs ever move records
      const { guardName, hasMoved } = require("./heldAgainstState") as typeof HeldAgainstState;
      if (places === undefined && !(await hasMoved(name, this, publishedAt))) return [];
      const guard = new this.#kinds.DomainVerification(
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
        // oxlint-disable-next-line typescript/no-require-imports -- few programs give records or adopt a domain
        const { holdAgainstState } = require("./heldAgainstState") as typeof HeldAgainstState;
        const now = { domainName, publishedAt, records: records && known, forceDestroy };
        await holdAgainstState(name, this, now, of);
        return known;
      });
  }

  /** The records, or an error where an adapter would make those of another place of them, under their names. */
  #heldUnderNames(
    name: string,
    domainName: string,
    { dns, connection, forceDestroy: word }: AgentDomainArgs,
    of: {
      slotted: pulumi.Output<RecordSlots>;
      asked: NylasDomainRecords | undefined;
      made: { published: pulumi.Resource[] };
    },
  ): pulumi.Output<RecordSlots> {
    const { slotted, asked, made } = of;
    const place = asFarAsKnown(placeOfAdapter(dns));
    const before = asked && asFarAsKnown(asked.publishedAt.apply((recorded) => recorded ?? ""));
    const earlier = asked && asFarAsKnown(asked.earlierPlaces.apply((places) => places ?? []));
    return pulumi
      .all([slotted, place, before, earlier, asFarAsKnown(connection), asFarAsKnown(word)])
      .apply(async ([known, publishedAt, recorded, places, of, forceDestroy]) => {
        const isSure = (places ?? []).length > 0 || (recorded !== undefined && recorded !== publishedAt);
        if (publishedAt === undefined || (!isSure && asked !== undefined && places !== undefined))
          return known;
        // oxlint-disable-next-line typescript/no-require-imports -- few programs ever move records
        const { holdUnderNames } = require("./heldAgainstState") as typeof HeldAgainstState;
        const now = {
          domainName,
          publishedAt,
          records: undefined,
          forceDestroy,
          published: made.published,
        };
        await holdUnderNames(name, this, now, { connection: of, isSure });
        return known;
      });
  }

  /** The records, or an error where the zone that they were in may be deleted in this run. */
  #inStayingZone(
    name: string,
    domainName: string,
    { place }: DnsAdapter,
    slotted: pulumi.Output<RecordSlots>,
  ): pulumi.Output<RecordSlots> {
    if (pulumi.runtime.isDryRun() || !pulumi.Output.isInstance(place)) return slotted;
    const stays = isMadeFromResource(place).then((isOfProgram) => {
      if (!isOfProgram) return undefined;
      // oxlint-disable-next-line typescript/no-require-imports -- few programs have a zone of their own
      const { assertZoneStays } = require("./heldAgainstState") as typeof HeldAgainstState;
      return assertZoneStays(name, this, { domainName, place: place as pulumi.Output<string> });
    });
    stays.catch(() => undefined);
    return slotted.apply((known) => stays.then(() => known));
  }

  /** The slots to adopt of which the state has no record; undefined where that cannot be told. */
  #unheld(adopts: Partial<Record<Slot, string>>): pulumi.Output<Slot[] | undefined> {
    const wanted = Object.keys(adopts) as Slot[];
    // oxlint-disable-next-line typescript/no-require-imports -- few programs ever adopt a record
    const { slotsWithoutEntry } = require("./heldAgainstState") as typeof HeldAgainstState;
    return pulumi.output(slotsWithoutEntry(this, wanted));
  }

  #askNylas(name: string, domainName: string, args: AgentDomainArgs): NylasDomainRecords {
    const { connection, hosts, allowApex, allowUncheckedDns, allowImplicitMx, dkimKeyLength } = args;
    const { forceDestroy, adopt } = args;
    const domain = new this.#kinds.Domain(
      name,
      omitUndefined({ domainName, name: args.name, forceDestroy, adopt, connection }),
      { parent: this },
    );
    const known = args.known && knownRecords(name, domainName, args.known, hosts);
    return new this.#kinds.DomainRecords(
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

function loadHeldRecords(): typeof HeldRecords {
  // oxlint-disable-next-line typescript/no-require-imports -- few programs ever adopt a record
  return require("../dns/adapters/heldRecords") as typeof HeldRecords;
}

/** What stands for a domain that another process has made: a program in another language refers to it. */
export const referredDomains = new WeakSet<object>();

/** The address of a mailbox on a domain; what it depends on is what the domain's name depends on. */
export function mailboxOn(
  domainName: pulumi.Output<string>,
  alias: pulumi.Input<string>,
): pulumi.Output<string> {
  if (isLater(alias)) {
    return pulumi
      .all([produced(pulumi.output(alias)), domainName])
      .apply(([known, name]) => `${checkedAlias(known)}@${name}`);
  }
  return pulumi.interpolate`${checkedAlias(alias as string)}@${domainName}`;
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

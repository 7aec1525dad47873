import * as pulumi from "@pulumi/pulumi";
import type { DeclaredRecord, DnsAdapter, Handover, PublishRequest } from "../dns/adapter";
import { isRegistrableDomain } from "../dns/guards";
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
import { isLater, requireArgument, requireArguments } from "../lifecycle/arguments";
import { show } from "../lifecycle/fields";
import { NylasDomain } from "../resources/domain";
import { NylasDomainRecords } from "../resources/domainRecords";
import { isDomainName } from "../resources/fields";
import { NylasDomainVerification, type VerificationPurpose } from "../resources/domainVerification";

/** Arguments of {@link AgentDomain}. */
export interface AgentDomainArgs {
  /**
   * The domain that mailboxes live on, such as `agents.example.com`: best a subdomain of its own, as its MX record moves
   * all mail of the name to Nylas. A plain string, so that a preview shows every address and record. Changing it
   * **replaces** the domain and its records; with accounts on it, it is refused in the preview (see `forceDestroy`).
   */
  domainName: string;

  /**
   * Where the DNS records are published: `cloudflareDns({ zoneId })`, `route53Dns({ zoneId })`, `zoneFile()` where somebody
   * else runs the DNS, or any other {@link DnsAdapter}.
   */
  dns: DnsAdapter;

  /** A label for people. Default: `project/stack/name`. Changed in place. API: `name` of the domain. */
  name?: pulumi.Input<string>;

  /**
   * Whether `up` waits until Nylas has verified the domain. Default: true where the records are published by the
   * program, false with `zoneFile`. The limit is `customTimeouts: { create: "30m" }` in the component's options.
   */
  wait?: pulumi.Input<boolean>;

  /** What has to be verified before the domain counts as verified. Default: ownership, spf, mx, dkim and feedback. */
  purposes?: pulumi.Input<pulumi.Input<VerificationPurpose>[]>;

  /**
   * The text of a DMARC record at `_dmarc`, such as `v=DMARC1; p=reject; rua=mailto:dmarc@example.com`. Default: none, so
   * that the policy of the parent domain holds. Changed in place; removing it removes the record.
   */
  dmarc?: string;

  /** Bits of the DKIM key: 2048 (the default) or 1024. A change asks Nylas for the records again. */
  dkimKeyLength?: pulumi.Input<1024 | 2048>;

  /**
   * Where a record stands when Nylas wants it elsewhere than the layout has it, relative to the domain:
   * `{ ownership: "_nylas" }`. The error of the first `up` says when it is needed. `dkim` and `feedback`, once known,
   * make a preview of a new domain show their names as well.
   */
  hosts?: HostOverrides;

  /**
   * Records that Nylas is not asked for, by slot: those of a domain that is verified already and is adopted (asking again
   * could rotate them), or an SPF record that serves other senders too.
   */
  known?: GivenRecords;

  /**
   * All five records (ownership, spf, mx, dkim, feedback), copied from the Nylas Dashboard. Nothing is registered or asked
   * at Nylas then, and no organization key is needed: the domain is registered and verified in the Dashboard, and
   * verification here only looks whether the records stand in DNS.
   */
  records?: GivenRecords;

  /** Allow a domain as it is registered (`example.com`), whose MX takes over the mail of the whole company. Default: false. */
  allowApex?: boolean;

  /** Delete the domain even while accounts live on it. Default: false. Counts once a `pulumi up` has recorded it. */
  forceDestroy?: pulumi.Input<boolean>;

  /** Take over a domain that is registered already: true, or its id. Nothing is written at Nylas by that. */
  adopt?: pulumi.Input<boolean | string>;

  /** Another set of credentials: `"eu"` reads `nylas-eu:organizationKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/** Records as they are read off a page: `{ mx: { host: "@", value: "10 inbound.example.net" } }`. */
export type GivenRecords = { readonly [S in Slot]?: GivenRecord };

export interface GivenRecord {
  /** As Nylas writes it: `@` for the domain itself, a name relative to it, or a full name. Default: where the layout has it. */
  host?: string;
  /** TXT: the text, quoted or not. MX: the target, with or without the priority before it. */
  value: string;
}

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
 * A preview shows every record before anything exists. `up` asks Nylas what it wants, refuses what would break mail that
 * works today (a foreign MX, a second SPF), publishes, and waits until the domain is verified. Needs the organization
 * key (`nylas:organizationKey`), except with `records`.
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
  readonly handover: pulumi.Output<Handover | undefined>;

  constructor(name: string, args: AgentDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    const domainName = checkedDomainName(name, args);
    const givenRecords = checkedRecords(name, domainName, args);
    super("pulumi-nylas:index:AgentDomain", name, {}, opts);

    const asked = givenRecords ? undefined : this.#askNylas(name, domainName, args);
    const records: pulumi.Output<RecordSlots> = withDmarc(
      domainName,
      args,
      asked?.records ?? pulumi.output(givenRecords!),
    );
    const request: PublishRequest = {
      component: name,
      domainName,
      records: declaredRecords(domainName, args, records),
      options: { parent: this, dependsOn: asked ? [asked] : [] },
    };
    const published = args.dns.publish(request);
    const verification = new NylasDomainVerification(
      name,
      given({
        domainId: asked?.domainId,
        domainName,
        records,
        purposes: args.purposes,
        wait: args.wait ?? args.dns.waitByDefault,
        publishedBy: args.dns.kind,
        connection: args.connection,
      }),
      given({ parent: this, dependsOn: published, customTimeouts: opts?.customTimeouts }),
    );

    this.domainName = verification.domainName;
    this.domainId = asked?.domainId ?? pulumi.output(undefined);
    this.records = records;
    this.status = verification.status;
    this.handover = pulumi.output(args.dns.handover?.(request));
    this.registerOutputs({ domainName: this.domainName, domainId: this.domainId, status: this.status });
  }

  /**
   * The address of a mailbox on the domain: `domain.mailbox("scheduling")` is `scheduling@agents.example.com`. A preview
   * shows it, and the account that takes it waits for the verification and is deleted before the records are.
   */
  mailbox(alias: pulumi.Input<string>): pulumi.Output<string> {
    if (isLater(alias)) {
      return pulumi
        .all([alias, this.domainName])
        .apply(([known, domainName]) => `${checkedAlias(known)}@${domainName}`);
    }
    return pulumi.interpolate`${checkedAlias(alias as string)}@${this.domainName}`;
  }

  #askNylas(name: string, domainName: string, args: AgentDomainArgs): NylasDomainRecords {
    const { connection, hosts, allowApex, dkimKeyLength, forceDestroy, adopt } = args;
    const domain = new NylasDomain(
      name,
      given({ domainName, name: args.name, forceDestroy, adopt, connection }),
      { parent: this },
    );
    const known = args.known && knownRecords(name, domainName, args.known, hosts);
    return new NylasDomainRecords(
      name,
      given({ domainId: domain.id, domainName, dkimKeyLength, hosts, known, allowApex, connection }),
      { parent: this },
    );
  }
}

/** Everything that can be told before a single resource is registered is told here: a later error would leave some behind. */
export function checkedDomainName(component: string, args: AgentDomainArgs): string {
  const what = `AgentDomain ${show(component)}`;
  requireArguments(what, args, '{ domainName: "agents.example.com", dns: zoneFile() }', ARGUMENTS);
  judgeForms(what, args);
  const { domainName, dns, dmarc, allowApex, hosts } = args;
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
  if (dmarc !== undefined && !/^v=DMARC1[ \t]*;[\x20-\x7e]*$/.test(dmarc)) {
    throw refused(
      component,
      "dmarc",
      `given ${show(dmarc)}; it begins with v=DMARC1 and is one line of ASCII, such as "v=DMARC1; p=reject"`,
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
  "forceDestroy",
  "adopt",
  "connection",
] as const satisfies readonly (keyof AgentDomainArgs)[];

/** What a program without types can get wrong in what is used before any resource judges it. */
function judgeForms(what: string, { dns, dmarc, hosts, known, records, allowApex }: AgentDomainArgs): void {
  requireArgument(what, "dns", dns, {
    fits: (value) => {
      const { kind, publish, zoneName } = (value ?? {}) as Partial<DnsAdapter>;
      return (
        typeof kind === "string" &&
        typeof publish === "function" &&
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
  for (const unused of ["name", "adopt", "forceDestroy", "dkimKeyLength", "known"] as const) {
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

/** The fixed list of records: names where the layout knows them, everything else as it will be known. */
function declaredRecords(
  domainName: string,
  { dmarc, hosts }: AgentDomainArgs,
  records: pulumi.Output<RecordSlots>,
): DeclaredRecord[] {
  const declared = requiredSlots.map((slot): DeclaredRecord => {
    const type = slotTypes[slot];
    return {
      slot,
      type,
      name: slotName(domainName, slot, hosts) ?? records.apply((all) => all[slot].name),
      value: records.apply((all) => all[slot].value),
      ...(type === "MX" && { priority: records.apply((all) => all[slot].priority ?? defaultMxPriority) }),
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

/** An alias that is nothing would be the mailbox undefined@agents.example.com. */
function checkedAlias(alias: unknown): string {
  if (typeof alias === "string" && alias !== "" && !alias.includes("@")) return alias;
  throw new pulumi.RunError(
    `mailbox(${alias === undefined ? "" : show(alias)}): give the part before the @ alone, such as mailbox("scheduling")`,
  );
}

/** A mistake of the user's, which the engine shows without a stack. */
function refused(component: string, property: string, problem: string): pulumi.RunError {
  return new pulumi.RunError(`AgentDomain ${component}: ${property}: ${problem}`);
}

export type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The properties that have a value: an argument that is `undefined` is one that was not given. */
export function given<T extends object>(properties: T): Given<T> {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined),
  ) as Given<T>;
}

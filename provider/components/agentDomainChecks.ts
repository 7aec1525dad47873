import type * as pulumi from "@pulumi/pulumi";
import { type DnsAdapter } from "../dns/adapters/adapter";
import { readDmarc } from "../dns/dmarc";
import { isRegistrableDomain } from "../dns/guards";
import {
  holdToLayout,
  type HostOverrides,
  hostProblems,
  type RecordSlots,
  requiredSlots,
  type Slot,
  slotName,
  slots,
  slotTypes,
} from "../dns/layout";
import { type DnsRecord, isWithin, nameProblem, normaliseName, recordFromAttempt } from "../dns/records";
import { isLater, requireArgument, requireArguments, requireNoOutputText } from "../hosts/dynamic/arguments";
import { argumentError, runError } from "../hosts/dynamic/runError";
import { isDomainName } from "../nylas/addresses";
import { show } from "../shown";
import { type AgentDomainArgs, type GivenRecord, type GivenRecords } from "./agentDomainArgs";

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
export function checkedRecords(
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

export function knownRecords(
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

/** An alias that is nothing would be the mailbox undefined@agents.example.com. */
export function checkedAlias(alias: unknown): string {
  requireNoOutputText("mailbox(…)", alias);
  if (typeof alias === "string" && alias !== "" && !alias.includes("@")) return alias;
  throw runError(
    `mailbox(${alias === undefined ? "" : show(alias)}): give the part before the @ alone, such as mailbox("scheduling")`,
  );
}

/** A mistake of the user's, which the engine shows without a stack. */
function refused(component: string, property: string, problem: string): pulumi.RunError {
  return argumentError(`AgentDomain ${component}`, property, problem);
}

import { visible } from "../../shown";
import type * as Columns from "../../columns";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { DnsAdapter, PublishRequest } from "./adapter";
import { type ZoneFileArgs } from "./dnsArgs";
import { type Slot } from "../layout";
import { defaultMxPriority, type DnsRecord, normaliseName, quoteTxt } from "../records";
import { requireArgument, requireArguments } from "../../hosts/dynamic/arguments";
import { show } from "../../shown";
import { produced } from "../../hosts/dynamic/produced";
import { runError } from "../../hosts/dynamic/runError";

export { type ZoneFileArgs } from "./dnsArgs";

/**
 * For a domain with DNS that somebody else runs: it publishes nothing. It hands over the records of an `AgentDomain`
 * as a BIND zone fragment and as a Markdown table, in the output `dnsInstructions` and as files.
 *
 * ```ts
 * const domain = new AgentDomain("acme", { domainName: "agents.acme.example", dns: zoneFile({ path: "for-acme" }) });
 * export const instructions = domain.dnsInstructions;
 * ```
 *
 * The program does not wait for the domain to be verified: it goes on, and each `up` looks again. Accounts on it can be made
 * once it is verified.
 */
export function zoneFile(args: ZoneFileArgs = {}): DnsAdapter {
  requireArguments("zoneFile", args, '{ path: "for-acme" }', ["path", "ttl"]);
  const { ttl = 3600 } = args;
  requireArgument("zoneFile", "ttl", ttl, {
    fits: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 2 ** 31 - 1,
    allowed: "whole seconds, such as 3600",
    example: "3600",
  });
  if (args.path !== undefined) {
    requireArgument("zoneFile", "path", args.path, {
      fits: (value) => typeof value === "string" && value !== "" && !value.includes("\0"),
      allowed: "the path of a folder",
      example: '"for-acme"',
    });
  }
  return {
    kind: "zone-file",
    place: "zone file",
    waitByDefault: false,
    publish: () => [],
    dnsInstructions: (request) =>
      knownRecords(request).apply((records) => {
        const { domainName } = request;
        const zone = zoneFragment(domainName, records, ttl);
        const table = markdownTable(domainName, records, ttl);
        if (args.path === undefined) return { zone, table, files: [] };
        const files = [join(args.path, `${domainName}.zone`), join(args.path, `${domainName}.md`)];
        // In a preview the values of a domain that exists are known as well.
        if (!pulumi.runtime.isDryRun()) {
          mkdirSync(args.path, { recursive: true });
          const changed = [writeOnce(files[0]!, zone), writeOnce(files[1]!, table)].includes(true);
          if (changed) {
            void pulumi.log.info(
              `${domainName}: the DNS records to publish stand in ${files.join(" and ")}`,
              request.options.parent,
            );
          }
        }
        return { zone, table, files };
      }),
  };
}

/** A record with the slot that says what it is for. */
export type SlottedRecord = DnsRecord & { slot: Slot };

/**
 * The records as lines of a zone file in the syntax of RFC 1035, as BIND and most others read it. All names are absolute,
 * so the lines may stand anywhere in the zone.
 */
export function zoneFragment(domain: string, records: readonly SlottedRecord[], ttl: number): string {
  const rows = records.map((record) => [
    absolute(record.name),
    String(ttl),
    "IN",
    record.type,
    record.type === "MX" ? `${priorityOf(record)} ${absolute(record.value)}` : quoteTxt(record.value),
  ]);
  // oxlint-disable-next-line typescript/no-require-imports -- few programs write a zone file
  const { inColumns } = require("../../columns") as typeof Columns;
  const lines = inColumns(rows, { gap: " " });
  return `; ${visible(domain)}: DNS records for its mailboxes at Nylas. All names are absolute.\n${lines.join("\n")}\n`;
}

/** The records as a table for people: GitHub's Markdown, one row each, the values as they go into a vendor's form. */
export function markdownTable(domain: string, records: readonly SlottedRecord[], ttl: number): string {
  const rows = records.map((record) => [
    record.type,
    codeSpan(record.name),
    record.type === "MX" ? priorityOf(record) : "",
    codeSpan(record.type === "MX" ? record.value || "." : record.value),
    meanings[record.slot],
  ]);
  const heads = ["Type", "Name", "Priority", "Value", "What it is for"];
  const lines = [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return [
    `# DNS records of ${visible(domain)}`,
    "",
    `Please add these ${records.length} records to the DNS of ${visible(domain)}, each with a TTL of ${ttl} seconds. Names are written out in full: ` +
      `where the form of your DNS vendor adds the zone by itself, leave that end away. A TXT value is one text, without quotes around it.`,
    "",
    ...lines,
    "",
  ].join("\n");
}

const meanings: Readonly<Record<Slot, string>> = {
  ownership: "proves that the domain is yours",
  spf: "allows Nylas to send mail of the domain",
  mx: "takes mail for the domain to Nylas",
  dkim: "the key that signs its mail",
  feedback: "takes bounces of its mail to Nylas",
  dmarc: "what receivers do with forged mail",
};

function knownRecords({ records }: PublishRequest): pulumi.Output<SlottedRecord[]> {
  return pulumi.all(
    records.map(({ slot, type, name, value, priority }) =>
      pulumi
        .all([
          produced(pulumi.output(name)),
          produced(pulumi.output(value)),
          priority === undefined ? undefined : produced(pulumi.output(priority)),
        ])
        .apply(([knownName, knownValue, knownPriority]): SlottedRecord => ({
          slot,
          type,
          name: normaliseName(knownName),
          value: type === "MX" ? normaliseName(knownValue) : knownValue,
          ...(knownPriority !== undefined && { priority: knownPriority }),
        })),
    ),
  );
}

/** A number and nothing else, whatever a program without types may have put there. */
function priorityOf({ name, priority = defaultMxPriority }: DnsRecord): string {
  if (Number.isInteger(priority) && priority >= 0 && priority <= 65_535) return String(priority);
  throw runError(
    `zoneFile: the priority of the MX at ${visible(name)}: given ${show(priority)}; allowed: a whole number from 0 to 65535; for example 10`,
  );
}

/** A name with its final dot; what a zone file would read as something else is a decimal escape. */
function absolute(name: string): string {
  const escaped = [...Buffer.from(name, "utf8")].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9_.*-]/.test(character) ? character : `\\${String(byte).padStart(3, "0")}`;
  });
  return `${escaped.join("")}.`;
}

/** A text that Markdown shows as it is, in a cell of a table. What has no look of its own is shown as in a zone file. */
function codeSpan(text: string): string {
  const legible = visible(text) === text ? text : quoteTxt(text);
  if (!/[`|]|^\s|\s$|\s\s|^$/.test(legible)) return `\`${legible}\``;
  const escaped = legible.replace(/[^A-Za-z0-9.:;=/+-]/gu, (character) => `&#${character.codePointAt(0)};`);
  return `<code>${escaped}</code>`;
}

/** Leaves a file alone that says the same already; returns whether it was written. */
function writeOnce(file: string, text: string): boolean {
  try {
    if (readFileSync(file, "utf8") === text) return false;
  } catch {
    // It is not there yet, or cannot be read: writing tells.
  }
  writeFileSync(`${file}.${process.pid}.tmp`, text);
  renameSync(`${file}.${process.pid}.tmp`, file);
  return true;
}

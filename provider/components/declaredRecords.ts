import type * as pulumi from "@pulumi/pulumi";
import { type DeclaredRecord } from "../dns/adapters/adapter";
import { type HostOverrides, type RecordSlots, requiredSlots, slotName, slotTypes } from "../dns/layout";
import { defaultMxPriority, type DnsRecord } from "../dns/records";
import { producedPart } from "../hosts/dynamic/produced";
import { type AgentDomainArgs } from "./agentDomainArgs";

/** The fixed list of records: names where the layout knows them, everything else as it will be known. */
export function declaredRecords(
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

export function withDmarc(
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

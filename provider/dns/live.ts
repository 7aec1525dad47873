import type * as Diagnosis from "./diagnosis";
import type * as Lookup from "./lookup";
import { type DnsRecord, sameRecord } from "./records";

// What asks the DNS is loaded by the plugin when it is needed: every program would wait for it otherwise, and none uses it.

export function loadLookup(): typeof Lookup {
  // oxlint-disable-next-line typescript/no-require-imports
  return require("./lookup") as typeof Lookup;
}

export function loadDiagnosis(): typeof Diagnosis {
  // oxlint-disable-next-line typescript/no-require-imports
  return require("./diagnosis") as typeof Diagnosis;
}

/** Whether an MX is served; one that cannot be seen counts as served. */
export async function mxStands(mx: DnsRecord, servers: string[]): Promise<boolean> {
  const { createLookup, observe } = loadLookup();
  const seen = (await observe(createLookup({ servers }), { mx })).mx;
  return seen?.kind === "found" ? seen.records.some((each) => sameRecord(each, mx)) : seen?.kind !== "none";
}

import type * as Diagnosis from "./diagnosis";
import type * as Lookup from "./lookup";

// What asks the DNS is loaded by the plugin when it is needed: every program would wait for it otherwise, and none uses it.

export function loadLookup(): typeof Lookup {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require("./lookup") as typeof Lookup;
}

export function loadDiagnosis(): typeof Diagnosis {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require("./diagnosis") as typeof Diagnosis;
}

/** The report for programs and for a bug report, and the profile for the simulator. Neither has a secret, an id or a name of a user in it. */
import { type Settings } from "../../nylas/credentials";
import { tokenOf } from "../../nylas/wire/unknown";
import { type RouteSeen } from "./eyes";
import { differs, type Result } from "./points";

export interface Facts {
  settings: Settings;
  environment: string | undefined;
  wrote: boolean;
  interrupted: boolean;
  exitCode: number;
  /** How many objects are left behind. */
  left: number;
}

export function report(results: readonly Result[], routes: readonly RouteSeen[], facts: Facts): object {
  const { settings, environment, wrote, interrupted, exitCode, left } = facts;
  const official = settings.sources.apiUrl === undefined;
  return {
    version: 1,
    release: release(),
    date: new Date().toISOString().slice(0, 10),
    api: official ? settings.region : "another address",
    environment: environment === undefined ? null : tokenOf(environment),
    mode: wrote ? "write" : "read",
    domainCredential: settings.domainCredential,
    interrupted,
    exitCode,
    left,
    points: results.map(({ id, title, assumed, verdict, seen, kinds }) => ({
      id,
      title,
      assumed,
      verdict,
      seen,
      kinds,
    })),
    routes: [...routes].sort((a, b) => (a.route < b.route ? -1 : 1)),
    settings: profileSettings(results),
  };
}

/** In the simulator's format: the settings in which this API differs from its defaults. */
export function profile(results: readonly Result[], facts: Pick<Facts, "wrote">): object {
  const open = results.filter(({ verdict }) => verdict === "untried").map(({ id }) => id);
  const untried = open.length === 0 ? "" : ` Not tried, and left at the defaults: ${open.join(", ")}.`;
  return {
    about: `Seen by pulumi-nylas probe ${release()}${facts.wrote ? " --write" : ""} on ${new Date().toISOString().slice(0, 10)}.${untried}`,
    settings: profileSettings(results),
  };
}

function profileSettings(results: readonly Result[]): Record<string, unknown> {
  // A known plan is as known, and is still not the default one.
  const told = results.filter((result) => differs(result) || result.id === "R15");
  return Object.assign({}, ...told.map(({ settings }) => settings)) as Record<string, unknown>;
}

function release(): string {
  // oxlint-disable-next-line typescript/no-require-imports
  return (require("../../../package.json") as { version: string }).version;
}

// Which folder may import which, as docs/architecture.md shows it. `npm run layers` holds it, and `npm run lint` runs that.
// An import of a type counts as much as any other.

/** Files of a folder of the provider, or of one of several: `of("nylas|dns")`. */
const of = (folders) => `^provider/(${folders})/`;

/** Whatever of the provider is in none of these folders and is none of these files. */
const notOf = (...paths) => `^provider/(?!${paths.join("|")})`;

/** What is pure in dns/. */
const DNS = "^provider/dns/(?!adapters/)";

const PULUMI = "(^|/)node_modules/@pulumi/";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-circles",
      comment: "Move what both files need into a file below them.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "simulator-alone",
      comment: "The simulator is written from the contract, never from the provider: docs/adr/0014.",
      severity: "error",
      from: { path: "^simulator/" },
      to: { path: ["^provider/", "(^|/)pulumi-nylas(/|$)"] },
    },
    {
      name: "no-test-code",
      comment: "What is published imports nothing of what is not.",
      severity: "error",
      from: {},
      to: { path: "^(test|bench|scripts|examples)/" },
    },
    {
      name: "cli-on-top",
      comment: "What a command shares with others stands in a folder below cli/, as review/ does.",
      severity: "error",
      from: { path: notOf("cli/", "bin/") },
      to: { path: of("cli") },
    },
    {
      name: "nylas-alone",
      comment: "nylas/ is the client of an API, and knows nothing of its users.",
      severity: "error",
      from: { path: of("nylas") },
      to: { path: notOf("nylas/", "shown\\.ts$") },
    },
    {
      name: "nylas-without-pulumi",
      severity: "error",
      from: { path: of("nylas") },
      to: { path: PULUMI },
    },
    {
      name: "dns-alone",
      comment: "What needs Pulumi, or something that knows it, stands in dns/adapters/.",
      severity: "error",
      from: { path: DNS },
      to: { path: notOf("dns/(?!adapters/)", "nylas/", "shown\\.ts$") },
    },
    {
      name: "dns-of-nylas-types-only",
      comment: "The shapes of Nylas' answers, and no call.",
      severity: "error",
      from: { path: DNS },
      to: { path: of("nylas"), dependencyTypesNot: ["type-only"] },
    },
    {
      name: "dns-without-pulumi",
      severity: "error",
      from: { path: DNS },
      to: { path: PULUMI },
    },
    {
      name: "vendors-in-adapters",
      comment: "A program that uses one vendor has the SDK of no other.",
      severity: "error",
      from: { pathNot: "^provider/dns/adapters/" },
      to: { path: "(^|/)node_modules/@pulumi/(?!pulumi/)" },
    },
  ],
  options: {
    // What was built is no source, but an import of it is an import.
    doNotFollow: { path: ["(^|/)node_modules/", "(^|/)dist/"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.check.json" },
  },
};

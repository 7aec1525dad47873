// Which folder may import which, as docs/architecture.md shows it. `npm run layers` holds it, and `npm run lint` runs that.
// An import of a type counts as much as any other.

/** Files of a folder of the provider, or of one of several: `of("nylas|dns")`. */
const of = (folders) => `^provider/(${folders})/`;

/** Whatever of the provider is in none of these folders and is none of these files. */
const notOf = (...paths) => `^provider/(?!${paths.join("|")})`;

/** What is pure in dns/. */
const DNS = "^provider/dns/(?!adapters/)";

/** Every folder may import it. */
const COMMON = "((columns|shown|processes)\\.ts|package\\.json)$";

/** The folders of the simulator, from the bottom up, and which of those below each may import. */
const SIMULATOR = {
  runtime: [],
  settings: [],
  dns: ["runtime", "settings"],
  model: ["dns", "runtime", "settings"],
  keys: ["model", "runtime", "settings"],
  webhooks: ["model", "runtime", "settings"],
  mail: ["webhooks", "model", "runtime", "settings"],
  http: ["keys", "mail", "model", "runtime", "settings"],
  routes: ["http", "keys", "mail", "webhooks", "model", "dns", "runtime", "settings"],
  seeding: ["routes", "keys", "model", "dns", "runtime", "settings"],
  control: ["seeding", "routes", "http", "keys", "mail", "webhooks", "model", "dns", "runtime", "settings"],
};

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
    ...Object.entries(SIMULATOR).map(([folder, below]) => ({
      name: `simulator-${folder}-down`,
      comment: 'docs/architecture.md, "The simulator", says what stands in which folder.',
      severity: "error",
      from: { path: `^simulator/${folder}/` },
      to: { path: `^simulator/(?!(${[folder, ...below].join("|")})/)` },
    })),
    {
      name: "simulator-in-folders",
      comment: "Only the entries that simulator/package.json names stand on top.",
      severity: "error",
      from: { path: `^simulator/(?!dist/|(${Object.keys(SIMULATOR).join("|")})/|(index|cli)\\.ts$)` },
      to: {},
    },
    {
      name: "no-test-code",
      comment: "What is published imports nothing of what is not.",
      severity: "error",
      from: {},
      to: { path: "^(test|bench|scripts|examples)/" },
    },
    {
      name: "entries-on-top",
      comment:
        "What an entry of the package shares with others stands in a folder below it, as review/ does for cli/.",
      severity: "error",
      from: { path: "^provider/(?!bin/)([^/]+)" },
      to: { path: of("cli|onboarding|tenants|testing"), pathNot: "^provider/$1/" },
    },
    {
      name: "without-pulumi",
      comment: "What knows Pulumi's SDK stands in hosts/, classes/, components/ or dns/adapters/.",
      severity: "error",
      from: { path: [of("core|nylas|properties|resources|review|cli"), DNS] },
      to: { path: PULUMI },
    },
    {
      name: "vendors-in-adapters",
      comment: "A program that uses one DNS vendor has the SDK of no other.",
      severity: "error",
      from: { pathNot: of("dns/adapters") },
      to: { path: "(^|/)node_modules/@pulumi/(?!pulumi/)" },
    },
    {
      name: "nylas-alone",
      comment: "nylas/ is the client of an API, and knows nothing of its users.",
      severity: "error",
      from: { path: of("nylas") },
      to: { path: notOf("nylas/", COMMON) },
    },
    {
      name: "dns-alone",
      comment: "What needs Pulumi, or something that knows it, stands in dns/adapters/.",
      severity: "error",
      from: { path: DNS },
      to: { path: notOf("dns/(?!adapters/)", "nylas/", COMMON) },
    },
    {
      name: "dns-of-nylas-types-only",
      comment: "The shapes of Nylas' answers, and no call.",
      severity: "error",
      from: { path: DNS },
      to: { path: of("nylas"), dependencyTypesNot: ["type-only"] },
    },
    {
      name: "core-alone",
      comment: "core/ is what Pulumi asks of any provider. It knows neither Nylas nor a kind of resource.",
      severity: "error",
      from: { path: of("core") },
      to: { path: notOf("core/", COMMON) },
    },
    {
      name: "hosts-on-core",
      comment:
        "A host brings definitions to Pulumi, whatever they are. Of Nylas it knows the names of the settings.",
      severity: "error",
      from: { path: of("hosts") },
      to: { path: notOf("hosts/", "core/", "nylas/settingNames\\.ts$", COMMON) },
    },
    {
      name: "adapters-down",
      severity: "error",
      from: { path: of("dns/adapters") },
      to: { path: notOf("dns/", "hosts/dynamic/", "core/", COMMON) },
    },
    {
      name: "properties-down",
      comment: "What a property is, whoever makes something of it.",
      severity: "error",
      from: { path: of("properties") },
      to: { path: notOf("properties/", "core/", "nylas/", "dns/(?!adapters/)", COMMON) },
    },
    {
      name: "classes-down",
      comment: "What a program loads. Of the tables it has the types.",
      severity: "error",
      from: { path: of("classes") },
      to: {
        path: notOf(
          "classes/",
          "properties/",
          "hosts/(dynamic|native)/",
          "core/",
          "nylas/",
          "dns/(?!adapters/)",
          COMMON,
        ),
      },
    },
    {
      name: "resources-down",
      comment: "What the life cycle is told of a kind. It knows no host.",
      severity: "error",
      from: { path: of("resources") },
      to: { path: notOf("resources/", "properties/", "core/", "nylas/", "dns/(?!adapters/)", COMMON) },
    },
    {
      name: "review-down",
      comment: "It reads what an engine wrote. Of the hosts it knows the types that they register.",
      severity: "error",
      from: { path: of("review") },
      to: {
        path: notOf(
          "review/",
          "resources/",
          "properties/",
          "hosts/dynamic/tokens\\.ts$",
          "core/",
          "nylas/",
          "dns/(?!adapters/)",
          COMMON,
        ),
      },
    },
    {
      name: "components-down",
      severity: "error",
      from: { path: of("components") },
      to: {
        path: notOf(
          "components/",
          "classes/",
          "properties/",
          "resources/",
          "hosts/dynamic/",
          "core/",
          "nylas/",
          "dns/",
          COMMON,
        ),
      },
    },
  ],
  options: {
    // What was built is no source, but an import of it is an import.
    doNotFollow: { path: ["(^|/)node_modules/", "(^|/)dist/"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.check.json" },
  },
};

#!/usr/bin/env node
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { BadOption, startSimulator, type Simulator, type SimulatorOptions } from "./index.js";

const HELP = `Starts a local Nylas API, DNS server, Cloudflare API and Route 53 API on 127.0.0.1, prints one line of JSON
with addresses, keys and zone ids, and runs until SIGINT or SIGTERM.

npx nylas-simulator [options]        (in its repository: npm run simulator -- [options])

  --port N             port of the HTTP server (default: a free one)
  --dns-port N         port of the DNS server, UDP and TCP (default: a free one)
  --seed S             ids, keys and tokens follow from it (default: 1)
  --region us|eu       region of the API host (default: us)
  --plan P             plan of the organizations: free, full or later (default: full)
  --zone NAME          a zone that both DNS vendors hold; may be repeated (default: example.com)
  --trial-domain NAME  a branded domain the organization owns; may be repeated (default: acme.nylas.email)
  --max-accounts N     accounts an organization may have (default: by plan, 3 or 20)
  --propagation-ms N   milliseconds until a written DNS record is served (default: 0)
  --latency-ms N       milliseconds added to every answer (default: 0)
  --host-style S       how Nylas spells hosts: @, bare or fqdn (default: @)
  --mx-style S         how Nylas spells MX values: priority or target (default: priority)
  --profile P          a set of settings: documented, strictest, mostDifferent, or a file in the format of profiles/README.md
  --exports FILE       write the addresses and keys there too, as export lines: . FILE points a shell's clients at it
  --help               this text

Control routes and faults: simulator/README.md
`;

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2));
  if (!flags) {
    process.stdout.write(HELP);
    return;
  }
  const simulator = await startSimulator(flags.options);
  if (flags.exportsFile !== undefined)
    writeFileSync(flags.exportsFile, exportsOf(simulator), { mode: 0o600 });
  const { url, dnsServer, cloudflareUrl, region, keys, zones, hostedZones, ids } = simulator;
  const line = { url, dnsServer, cloudflareUrl, region, keys, zones, hostedZones, ids };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      simulator.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

/** What a shell exports to have the provider, Cloudflare's plugin and Route 53's talk to the simulator. */
function exportsOf({ url, dnsServer, cloudflareUrl, keys }: Simulator): string {
  const variables = {
    NYLAS_API_URL: url,
    NYLAS_DNS_SERVERS: dnsServer,
    NYLAS_API_KEY: keys.apiKey,
    NYLAS_ORGANIZATION_KEY: keys.organizationKey,
    CLOUDFLARE_BASE_URL: cloudflareUrl,
    CLOUDFLARE_API_TOKEN: keys.cloudflareToken,
    AWS_ENDPOINT_URL_ROUTE_53: url,
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join("");
}

/** What the flags ask for; nothing when help is wanted. */
function readFlags(
  args: string[],
): { options: SimulatorOptions; exportsFile: string | undefined } | undefined {
  const text = { type: "string" } as const;
  const many = { type: "string", multiple: true } as const;
  const { values } = parseArgs({
    args,
    options: {
      port: text,
      "dns-port": text,
      seed: text,
      region: text,
      plan: text,
      zone: many,
      "trial-domain": many,
      "max-accounts": text,
      "propagation-ms": text,
      "latency-ms": text,
      "host-style": text,
      "mx-style": text,
      profile: text,
      exports: text,
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return undefined;
  const options: Record<string, unknown> = {
    port: wholeNumber(values.port, "--port"),
    dnsPort: wholeNumber(values["dns-port"], "--dns-port"),
    seed: values.seed,
    region: values.region,
    plan: values.plan,
    zones: values.zone,
    trialDomains: values["trial-domain"],
    maxAccounts: wholeNumber(values["max-accounts"], "--max-accounts"),
    propagationDelayMs: wholeNumber(values["propagation-ms"], "--propagation-ms"),
    latencyMs: wholeNumber(values["latency-ms"], "--latency-ms"),
    profile: values.profile,
    hostStyle: values["host-style"],
    mxStyle: values["mx-style"],
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { options: Object.fromEntries(given) as SimulatorOptions, exportsFile: values.exports };
}

function wholeNumber(value: string | undefined, flag: string): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value))
    throw new BadOption(`${flag}: expected a whole number, got ${JSON.stringify(value)}`);
  return Number(value);
}

function explain(error: unknown): string {
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number };
  if (code === "EADDRINUSE")
    return `port ${port} on 127.0.0.1 is in use; choose another, or 0 for a free one`;
  if (code === "EACCES") return `not allowed to listen on port ${port}; ports below 1024 need special rights`;
  return message;
}

main().catch((error: unknown) => {
  process.stderr.write(`simulator: ${explain(error)}\nTry --help.\n`);
  process.exit(1);
});

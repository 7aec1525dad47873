/**
 * The examples in the languages that the native plugin serves: `examples/<name>/<language>/`. Each form is run as it stands there, and each
 * form of one example makes the same.
 */
import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Simulator, type SimulatorState, startSimulator } from "nylas-simulator";
import { parse } from "yaml";
import { Stack } from "../engine/harness";
import { followPage } from "../engine/page";
import { connection, keys, leftBehind, refused, succeeded, writesOf } from "../engine/scene";
import { wordsFor } from "../words";

const root = path.join(__dirname, "../..");

export type Language = "yaml" | "python" | "go";

/** What a language needs beside the files: variables of the environment, and what stands in the folder of a project. */
export interface Toolchain {
  env?: Record<string, string>;
  prepare?: (folder: string) => void;
}

export function describeExamples(language: Language, toolchain: () => Toolchain): void {
  describe(`the examples in ${language}`, function () {
    this.timeout(600_000);
    let sim: Simulator;
    let stacks: Stack[];

    beforeEach(async () => {
      sim = await startSimulator();
      stacks = [];
    });
    afterEach(async () => {
      for (const stack of stacks) stack.dispose();
      await sim.close();
    });

    const open = (example: string, name = "test", config: Record<string, string> = {}): Stack => {
      const { env, prepare } = toolchain();
      const stack = new Stack({
        ...projectOf(path.join(root, "examples", example, language), name, config),
        env: { ...connection(sim), ...keys(sim), ...vendors(sim), ...env },
      });
      stacks.push(stack);
      installPackage(stack.folder);
      prepare?.(stack.folder);
      return stack;
    };

    /** A second up and a refresh write nothing. */
    const changesNothing = async (stack: Stack) => {
      writesOf(sim);
      succeeded(await stack.up("--expect-no-changes"));
      succeeded(await stack.refresh("--expect-no-changes"));
      assert.deepEqual(writesOf(sim), []);
    };

    const destroy = async (stack: Stack, ...domains: string[]) => {
      stack.env["NYLAS_FORCE_DESTROY"] = wordsFor(
        ...domains.map((name): ["domain", string] => ["domain", name]),
      );
      succeeded(await stack.destroy());
    };

    it("quickstart: a mailbox on the trial domain and one on a verified domain", async () => {
      const { id: zoneId, name: zoneName } = sim.zones[0]!;
      const stack = open("quickstart", "test", { domain: "agents.example.com", zoneId, zoneName });
      succeeded(await stack.preview());
      assert.deepEqual(writesOf(sim), []);
      succeeded(await stack.up());
      const emails = ["bot@acme.nylas.email", "assistant@agents.example.com"];
      assert.deepEqual(mailboxes(sim.state()), emails.toSorted());
      assert.deepEqual(verified(sim.state()), ["agents.example.com"]);
      const outputs = await stack.outputs();
      assert.deepEqual(outputs["addresses"], emails);
      assert.equal(outputs["grantId"], sim.state().grants.find(({ email }) => email === emails[0])?.id);
      await changesNothing(stack);
      await destroy(stack, "agents.example.com");
      assert.deepEqual([leftBehind(sim), published(sim.state())], [[], []]);
    });

    it("environments: staging and prod stand side by side, and prod is protected", async () => {
      const staging = open("environments", "staging");
      const prod = open("environments", "prod");
      for (const stack of [staging, prod]) succeeded(await stack.up());
      const ofStaging = ["scheduling", "support"].map((name) => `${name}@agents.staging.example.com`);
      const ofProd = ["scheduling", "support"].map((name) => `${name}@agents.example.com`);
      assert.deepEqual(mailboxes(sim.state()), [...ofStaging, ...ofProd].toSorted());
      assert.deepEqual(verified(sim.state()), ["agents.example.com", "agents.staging.example.com"]);
      assert.deepEqual((await staging.outputs())["addresses"], ofStaging);
      const { policies, workspaces } = sim.state();
      assert.deepEqual(
        policies
          .map(({ name, limits }) => [
            name.split("/")[1],
            limits["limit_count_daily_email_sent"],
            limits["limit_inbox_retention_period"],
          ])
          .toSorted(),
        [
          ["prod", 200, 90],
          ["staging", 50, 30],
        ],
      );
      const held = workspaces.filter(({ policy_id: id }) => policies.some((policy) => policy.id === id));
      assert.equal(held.length, 4);
      for (const stack of [staging, prod]) await changesNothing(stack);

      await destroy(staging, "agents.staging.example.com");
      assert.deepEqual(mailboxes(sim.state()), ofProd);
      prod.env["NYLAS_FORCE_DESTROY"] = wordsFor(["domain", "agents.example.com"]);
      refused(await prod.destroy(), "is protected by");
      assert.deepEqual([mailboxes(sim.state()), verified(sim.state())], [ofProd, ["agents.example.com"]]);
      // The domain is a component: the engine itself protects what is in it, until an up has recorded otherwise.
      prod.env["NYLAS_PROTECT"] = "false";
      succeeded(await prod.up());
      await destroy(prod, "agents.example.com");
      assert.deepEqual([leftBehind(sim), published(sim.state())], [[], []]);
    });

    it("customer-domains: a domain per customer, with DNS in Cloudflare, in Route 53, and by the customer", async () => {
      const stack = open("customer-domains", "prod");
      const domain = (customer: string) => `${customer}.agents.example.com`;
      succeeded(await stack.up());
      const emails = ["customer-a", "customer-b"].map((name) => `scheduling@${domain(name)}`);
      assert.deepEqual(mailboxes(sim.state()), emails);
      assert.deepEqual(verified(sim.state()), [domain("customer-a"), domain("customer-b")]);
      const outputs = await stack.outputs();
      assert.deepEqual(outputs["addresses"], { "customer-a": emails[0], "customer-b": emails[1] });
      const status = { "customer-a": "verified", "customer-b": "verified" };
      assert.deepEqual(outputs["status"], { ...status, "customer-c": "pending" });
      assert.deepEqual(
        sim.state().policies.map(({ limits }) => limits["limit_count_daily_email_sent"]),
        [50],
      );
      // Five records in Cloudflare, and as many in Route 53; none of customer-c.
      const of = (name: string) => published(sim.state()).filter((each) => each.includes(name)).length;
      assert.deepEqual(["customer-a", "customer-b", "customer-c"].map(of), [5, 5, 0]);

      // customer-c publishes what it was sent.
      const lines = recordsOf((outputs["zones"] as Record<string, string>)["customer-c"]!);
      assert.equal(lines.length, 5);
      for (const record of lines) sim.putRecord("example.com", record);
      succeeded(await stack.up());
      assert.deepEqual((await stack.outputs())["status"], { ...status, "customer-c": "verified" });
      await changesNothing(stack);
      await destroy(stack, ...["customer-a", "customer-b", "customer-c"].map(domain));
      assert.deepEqual(leftBehind(sim), []);
      assert.equal(published(sim.state()).length, 5, "the records are the customer's");
    });
  });
}

/** A page of `docs/` that leads from an empty folder to a verified domain with two mailboxes, and to its end. */
export function describePage(name: string, toolchain: () => Toolchain): void {
  describe(`docs/${name}`, function () {
    this.timeout(900_000);

    it("leads from an empty folder to a verified domain with two mailboxes, and leaves nothing", async () => {
      const stands: unknown[] = [];
      const { env = {} } = toolchain();
      await followPage(name, {
        env,
        after: async (block, reader) => {
          if (!/pulumi (up|destroy)/.test(block)) return;
          const state = await reader.simulated();
          stands.push([mailboxes(state), verified(state), published(state).length]);
        },
      });
      const emails = ["scheduling@agents.example.com", "support@agents.example.com"];
      const whole = [emails, ["agents.example.com"], 5];
      assert.deepEqual(stands, [whole, whole, [[], [], 0]]);
    });
  });
}

/** A project as it stands in a folder, for a stack whose file `Pulumi.<stack>.yaml` is its configuration. */
function projectOf(folder: string, stack: string, config: Record<string, string>) {
  const files = Object.fromEntries(
    fs
      .readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, fs.readFileSync(path.join(folder, name), "utf8")]),
  );
  const { name: project } = parse(files["Pulumi.yaml"]!) as { name: string };
  const settings = files[`Pulumi.${stack}.yaml`];
  const own = settings === undefined ? {} : (parse(settings) as { config: Record<string, unknown> }).config;
  const program = Object.entries(files).filter(([file]) => !/^Pulumi\..+\.yaml$/.test(file));
  return { files: Object.fromEntries(program), project, stack, config: { ...own, ...config } };
}

/** What `npm install` puts into the folder of a project. */
export function installPackage(folder: string): void {
  fs.mkdirSync(path.join(folder, "node_modules"));
  fs.symlinkSync(path.join(root, "provider"), path.join(folder, "node_modules/pulumi-nylas"));
}

/** The accounts at the DNS vendors, which are the simulator's. */
function vendors(sim: Simulator): Record<string, string> {
  return {
    CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
    CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
    AWS_ENDPOINT_URL_ROUTE_53: sim.url,
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "any",
    AWS_REGION: "us-east-1",
  };
}

const mailboxes = ({ grants }: SimulatorState) => grants.map(({ email }) => email).toSorted();

/** The domains that the simulator itself has found verified. */
const verified = ({ domains }: SimulatorState) =>
  domains
    .filter(
      ({ branded, verified: { ownership, mx, spf, dkim, feedback } }) =>
        !branded && ownership && mx && spf && dkim && feedback,
    )
    .map(({ domain_address: name }) => name)
    .toSorted();

/** The records of mail in all zones, as `name type`. */
const published = ({ zones }: SimulatorState) =>
  zones.flatMap(({ records }) =>
    records.flatMap(({ name, type }) => (type === "MX" || type === "TXT" ? [`${name} ${type}`] : [])),
  );

/** The lines of a zone file as a person would enter them. */
function recordsOf(zone: string): { type: string; name: string; content: string; priority?: number }[] {
  const lines = zone.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
  return lines.map((line) => {
    const [, name, type, data] = /^(\S+)\.\s+\d+\s+IN\s+(\S+)\s+(.*)$/.exec(line)!;
    const record = { type: type!, name: name! };
    if (type !== "MX") return { ...record, content: data! };
    const [priority, target] = data!.split(" ");
    return { ...record, content: target!.replace(/\.$/, ""), priority: Number(priority) };
  });
}

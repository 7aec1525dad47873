import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import * as automation from "@pulumi/pulumi/automation";
import { startSimulator } from "nylas-simulator";
import { AgentDomain } from "pulumi-nylas";
import { cloudflareDns } from "pulumi-nylas/cloudflare";
import { findEngine } from "../../scripts/engine";
import { withStandIns } from "../plugins";
import { itInLongRun } from "./longRun";
import { changes, closeScenes, connection, keys, refused, type Scene, succeeded } from "./scene";
import { assertLive, DOMAIN, mailArrives, openLiveDomain, pastedRecords, withRoute53 } from "./liveDomain";

const LEFT_OUT = "under this name already, so nothing is imported.";

const program = (adapter = "dns", more = "") => `
  const domain = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns: ${adapter}, ${more} });
  domain.mailbox("scheduling");
`;
const adopting = (ids: Record<string, string>) =>
  `cloudflareDns({ zoneId: process.env.ZONE_ID!, zoneName: "example.com", adopt: ${JSON.stringify(ids)} })`;
const idOf = ({ stack }: Scene, name: string): string => stack.resource(name)!.id!;
/** Deletes and replacements of a run; an update that removes nothing is none. */
const removed = ({ summary }: { summary: Record<string, number | undefined> }): number =>
  (summary["delete"] ?? 0) + (summary["replace"] ?? 0) + (summary["import"] ?? 0);

describe("a record that the state holds is not imported, whatever the run leaves out", function () {
  this.timeout(600_000);
  afterEach(closeScenes);

  it("C17: pasted records: an adopt line for a record that the stack has made", async () => {
    const scene = await openLiveDomain("");
    const { sim, stack, declare } = scene;
    const records = await pastedRecords(sim);
    declare(program("dns", records));
    succeeded(await stack.up());
    declare(program(adopting({ mx: idOf(scene, "agents-mx") }), records));
    for (const run of [await stack.preview(), await stack.up(), await stack.up("--continue-on-error")]) {
      assert.equal(removed(succeeded(run)), 0);
      assert.ok(run.text.includes(LEFT_OUT), run.text);
      await assertLive(sim, "adopted");
    }
    succeeded(await stack.refresh());
    succeeded(await stack.up());
    await assertLive(sim, "after a refresh");
    declare(program("dns", records));
    assert.deepEqual(changes(succeeded(await stack.up())), [], "the line is taken away");
    await assertLive(sim, "the line is taken away");
  });

  itInLongRun(
    "C17: pasted records that stood before are adopted once, and the line may stay, go and come back",
    async () => {
      const scene = await openLiveDomain("");
      const { sim, stack, declare } = scene;
      const records = await pastedRecords(sim);
      const mx = sim.putRecord("example.com", {
        type: "MX",
        name: DOMAIN,
        content: /mx: .*?"(\d+) ([^"]+)"/.exec(records)![2]!,
        priority: Number(/mx: .*?"(\d+) /.exec(records)![1]),
      });
      declare(program("dns", records));
      refused(await stack.up(), "An identical record already exists");
      declare(program(adopting({ mx }), records));
      assert.equal(succeeded(await stack.up()).summary.import, 1);
      for (const lines of [adopting({ mx }), "dns", adopting({ mx }), adopting({ mx: mx.toUpperCase() })]) {
        declare(program(lines, records));
        assert.equal(removed(succeeded(await stack.up())), 0, lines);
        await assertLive(sim, lines);
      }
      assert.equal(idOf(scene, "agents-mx"), mx);
    },
  );

  itInLongRun("a state with secrets is read, and no debug line shows them", async () => {
    const secret = "a secret of the stack";
    const zone = "pulumi.secret(process.env.ZONE_ID!)";
    const secrets = `export const told = pulumi.secret(${JSON.stringify(secret)});`;
    const dns = (more = "") => `cloudflareDns({ zoneId: ${zone}, zoneName: "example.com"${more} })`;
    const scene = await openLiveDomain(program(dns()) + secrets);
    const { sim, stack, declare, zoneId } = scene;
    succeeded(await stack.up());
    const mx = `${zoneId}/${idOf(scene, "agents-mx")}`;
    declare(program(dns(`, adopt: { mx: "${mx}" }`)) + secrets);
    const debugged = succeeded(await stack.up("--target", "**agents-mx", "--debug"));
    assert.ok(debugged.text.includes(LEFT_OUT), debugged.text);
    const lines = debugged.text.split("\n").filter((line) => line.includes("readStackResourceOutputs"));
    assert.ok(!lines.some((line) => line.includes(secret)), "a debug line");
    await assertLive(sim, "--target");
    declare(program(dns(`, nameSuffix: "new", adopt: { mx: "${mx}" }`)) + secrets);
    refused(await stack.up("--target", "**agents-mx-new"));
    await assertLive(sim, "under another name");
  });

  itInLongRun("C18: --target in any spelling, and --exclude of what knows the past", async () => {
    const scene = await openLiveDomain(program());
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    declare(program(adopting({ mx: idOf(scene, "agents-mx") })));
    const mx = "**agents-mx";
    for (const flags of [
      ["-dt", mx],
      [`-t=${mx}`],
      ["--target", mx],
      [`--target=${mx}`, "--target-dependents"],
    ]) {
      assert.equal(removed(succeeded(await stack.up(...flags))), 0, flags.join(" "));
      await assertLive(sim, flags.join(" "));
    }
    const without = ["DomainRecords", "DomainVerification"].flatMap((type) => ["--exclude", `**${type}**`]);
    assert.equal(removed(succeeded(await stack.up(...without))), 0);
    await assertLive(sim, "--exclude");
  });

  itInLongRun("C21: Route 53: its own sets, in every spelling of their ids", async () => {
    const scene = withRoute53(await openLiveDomain(""));
    const { sim, stack, declare, hostedZone } = scene;
    const route53 = (adopt = "") => program(`route53Dns({ zoneId: "${hostedZone}"${adopt} })`);
    declare(route53());
    succeeded(await stack.up());
    const adopts = [
      "{ mx: true, spf: true }",
      `{ mx: "${hostedZone}_Agents.example.com_MX" }`,
      `{ mx: "${hostedZone}_agents.example.com._MX" }`,
      `{ mx: "hostedzone/${hostedZone.toLowerCase()}_\\\\141gents.example.com_mx" }`,
    ];
    for (const adopt of adopts) {
      declare(route53(`, adopt: ${adopt}`));
      assert.equal(removed(succeeded(await stack.up())), 0, adopt);
      assert.ok(await mailArrives(sim), adopt);
      succeeded(await stack.up("--target", "**agents-mx"));
      assert.ok(await mailArrives(sim), adopt);
    }
    declare(route53());
    succeeded(await stack.up());
    assert.ok(await mailArrives(sim), "the line is taken away");
    declare(program(`route53Dns({ zoneId: "${hostedZone}", nameSuffix: "new", adopt: { mx: true } })`));
    for (const run of [await stack.preview(), await stack.up()])
      refused(run, "this stack holds that record already");
    assert.ok(await mailArrives(sim), "under another name");
    declare(route53());
    assert.equal(removed(succeeded(await stack.up())), 0, "the line is taken away");
    assert.ok(await mailArrives(sim), "the line is taken away");
    assert.deepEqual(changes(succeeded(await stack.up())), []);
  });

  itInLongRun(
    "Route 53: a line that stays after the adoption keeps the set as it is, says so, and costs nothing when it goes",
    async () => {
      const { sim, stack, declare, hostedZone } = withRoute53(await openLiveDomain(""));
      const mx = { type: "MX", name: DOMAIN, content: "inbound.us.mail.nylas-simulator.test", priority: 10 };
      sim.putRecord("example.com", mx as Parameters<typeof sim.putRecord>[1]);
      const route53 = (more: string) =>
        program(`route53Dns({ zoneId: "${hostedZone}", zoneName: "example.com", ${more} })`, "wait: true");
      declare(route53("adopt: { mx: true }"));
      assert.equal(succeeded(await stack.up()).summary.import, 1);
      succeeded(await stack.refresh());
      const ttl = () => stack.resource("agents-mx")!.outputs!["ttl"];
      const before = ttl();
      declare(route53("adopt: { mx: true }, ttl: 77"));
      for (const run of [await stack.preview(), await stack.up()]) {
        const text = succeeded(run).text.replace(/\s+/g, " ");
        assert.ok(text.includes(LEFT_OUT), text);
        assert.ok(
          text.includes(
            "records and ttl of the record stay as they are, whatever the program says. Take the line away.",
          ),
        );
      }
      assert.equal(ttl(), before);
      declare(route53("ttl: 77"));
      assert.equal(removed(succeeded(await stack.up())), 0);
      assert.equal(ttl(), 77);
      await assertLive(sim, "the line is taken away");
      assert.deepEqual(changes(succeeded(await stack.up())), []);
    },
  );

  itInLongRun(
    "C33: records replaced while a move is pending, and the first place's record adopted on the way back",
    async () => {
      const scene = withRoute53(await openLiveDomain(program()));
      const { sim, stack, declare, hostedZone } = scene;
      succeeded(await stack.up());
      const mx = idOf(scene, "agents-mx");
      const dkim = /"([^"]+\._domainkey)\./.exec(JSON.stringify(stack.state()))![1]!;
      declare(program(`route53Dns({ zoneId: "${hostedZone}" })`));
      refused(await stack.up());
      declare(program(`route53Dns({ zoneId: "${hostedZone}" })`, `hosts: { dkim: "${dkim}" }`));
      refused(await stack.up());
      declare(program(adopting({ mx }), `hosts: { dkim: "${dkim}" }`));
      await stack.up();
      await stack.up();
      assert.ok(await mailArrives(sim), "the way back");
      assert.equal(idOf(scene, "agents-mx"), mx);
    },
  );

  itInLongRun("C19: an inline program, whose arguments nobody sees, with a target", async () => {
    const environment = { ...process.env };
    const sim = await startSimulator({});
    const work = path.join(__dirname, ".work");
    fs.mkdirSync(work, { recursive: true });
    const workDir = fs.mkdtempSync(path.join(work, "inline-"));
    fs.mkdirSync(path.join(workDir, "state"));
    const engine = findEngine()!;
    Object.assign(process.env, engine.env, { PATH: withStandIns(engine.path) });
    const zoneId = sim.zones.find(({ name }) => name === "example.com")!.id;
    const envVars = {
      ...connection(sim),
      ...keys(sim),
      CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
      CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
      PULUMI_BACKEND_URL: `file://${workDir}/state`,
      PULUMI_CONFIG_PASSPHRASE: "correct horse battery",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
    try {
      const line: { adopt?: { mx: string } } = {};
      const declared = () => {
        const dns = cloudflareDns({ zoneId, zoneName: "example.com", ...line });
        new AgentDomain("agents", { domainName: DOMAIN, dns });
        return Promise.resolve();
      };
      const stack = await automation.LocalWorkspace.createOrSelectStack(
        { projectName: "inline", stackName: "s", program: declared },
        { workDir, projectSettings: { name: "inline", runtime: "nodejs", main: workDir }, envVars },
      );
      await stack.up();
      await assertLive(sim, "live");
      const { deployment } = await stack.exportStack();
      const { resources } = deployment as { resources: { urn: string; id: string }[] };
      const mx = resources.find(({ urn }) => urn.endsWith("agents-mx"))!;
      line.adopt = { mx: mx.id };
      const { stdout } = await stack.up({ target: [mx.urn] });
      assert.ok(stdout.includes(LEFT_OUT), stdout);
      await assertLive(sim, "up with a target");
      await stack
        .up({ exclude: resources.filter(({ urn }) => /::(agents)$/.test(urn)).map(({ urn }) => urn) })
        .catch((error: Error) => error);
      await assertLive(sim, "up without ours");
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
      Object.assign(process.env, environment);
      fs.rmSync(workDir, { recursive: true, force: true });
      await sim.close();
    }
  });
});

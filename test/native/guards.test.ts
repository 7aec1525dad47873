import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { assertMailArrives, DOMAIN, EMAIL, held, secondZone } from "../engine/moving";
import { closeScenes, mailbox, refused, type Scene, succeeded } from "../engine/scene";
import { openNative, openYaml, yamlProject } from "./stack";

/** The engine under another name than its own: what it has started cannot tell its arguments from those of another program. */
async function typed({ stack }: Scene, args: string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn("pulumi", args, { cwd: stack.folder, env: stack.env, argv0: "engine" });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stdin.end();
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, text: text.replace(/\s+/g, " ") };
}

/** What the guards keep, for programs in other languages than Node's. The simulator and the DNS are the judges. */
describe("the guards of the native plugin", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const open = async (program: string): Promise<Scene & { first: string }> => {
    const scene = await openYaml(program, { simulator: { dnsRole: "resolver" } });
    Object.assign(scene.stack.env, {
      CLOUDFLARE_BASE_URL: scene.sim.cloudflareUrl,
      CLOUDFLARE_API_TOKEN: scene.sim.keys.cloudflareToken,
    });
    return { ...scene, first: scene.sim.zones[0]!.id };
  };
  const say = ({ stack }: Scene, program: string) => stack.write("Pulumi.yaml", yamlProject(program));
  const domain = (zone: string, more = "", name = "A") => `
  agents:
    type: nylas:AgentDomain
    properties:
      domainName: ${DOMAIN}
      name: ${name}
      dns: { cloudflare: { zoneId: ${zone}, zoneName: example.com${more} } }
      addressesFor: [scheduling]`;
  const account = `
  scheduling:
    type: nylas:AgentAccount
    properties: { email: "\${agents.addresses.scheduling}" }`;
  const program = (zone: string, more = "", name = "A") =>
    `resources:${domain(zone, more, name)}${account}\n`;
  const live = async () => {
    const scene = await open("resources: {}\n");
    say(scene, program(scene.first));
    succeeded(await scene.stack.up());
    scene.sim.addMessage({ grant: EMAIL, subject: "hello" });
    return scene;
  };
  const assertAllStands = async ({ sim, first }: Awaited<ReturnType<typeof live>>, text: string) => {
    assert.equal(held(sim, first), 5, text);
    await assertMailArrives(sim);
    assert.deepEqual(mailbox(sim, EMAIL)?.subjects, ["hello"], text);
  };

  it("a mailbox that holds mail, and its domain, outlive a removal, a destroy and a domain that is taken out", async () => {
    const scene = await live();
    const { stack } = scene;
    say(scene, `resources:${domain(scene.first)}\n`);
    await assertAllStands(scene, refused(await stack.up(), "forceDestroy").text);
    say(scene, "resources: {}\n");
    await assertAllStands(scene, refused(await stack.up("--continue-on-error"), "forceDestroy").text);
    await assertAllStands(scene, refused(await stack.destroy("--continue-on-error"), "forceDestroy").text);
  });

  it("a key of another application empties no state and ends no mailbox", async () => {
    const scene = await live();
    const { sim, stack } = scene;
    const before = stack.state().map(({ urn }) => urn);
    stack.env["NYLAS_API_KEY"] = sim.keys.secondApiKey;
    for (const run of [await stack.refresh(), await stack.destroy("--continue-on-error")]) {
      assert.notEqual(run.code, 0, run.text);
      await assertAllStands(scene, run.text);
      const kept = stack.state().map(({ urn }) => urn);
      assert.deepEqual(
        before.filter((urn) => !kept.includes(urn)),
        [],
        run.text,
      );
    }
  });

  it("a move to another zone leaves the old records until the delegation has moved, also where an update fails beside it", async () => {
    const scene = await live();
    const { sim, stack } = scene;
    const second = secondZone(sim, "cloudflare");
    say(scene, program(second.at, ", nameSuffix: new"));
    await assertAllStands(scene, refused(await stack.up(), "is still served by").text);
    say(scene, program(second.at, ", nameSuffix: new, ttl: 600"));
    for (const method of ["PUT", "PATCH"])
      sim.addFault({ kind: "status", status: 400, method, path: "dns_records", times: "always" });
    const run = await stack.up("--continue-on-error");
    assert.ok(
      sim.faults().some(({ hits }) => hits > 0),
      "an update failed",
    );
    assert.notEqual(run.code, 0);
    await assertAllStands(scene, run.text);
  });

  it("a move is refused where the run may go on after errors: by the engine's variable, and where nobody tells", async () => {
    const scene = await live();
    const { sim, stack } = scene;
    const second = secondZone(sim, "cloudflare");
    const moved = (more: string) => say(scene, program(second.at, `, nameSuffix: new${more}`));
    moved("");
    await assertAllStands(scene, refused(await stack.up(), "is still served by").text);
    moved(", ttl: 600");
    for (const method of ["PUT", "PATCH"])
      sim.addFault({ kind: "status", status: 400, method, path: "dns_records", times: "always" });
    stack.env["PULUMI_OPTION_CONTINUE_ON_ERROR"] = "true";
    await assertAllStands(scene, refused(await stack.up(), "this run goes on after errors").text);
    delete stack.env["PULUMI_OPTION_CONTINUE_ON_ERROR"];
    // An engine of another name, as its arguments are not seen under Windows either.
    const args = ["up", "--yes", "--skip-preview", "--continue-on-error", "--color", "never"];
    const unseen = await typed(scene, args);
    assert.notEqual(unseen.code, 0);
    assert.match(unseen.text, /it cannot be told whether this run goes on after errors/);
    await assertAllStands(scene, unseen.text);
    sim.clearFaults();
    stack.env["PULUMI_CONTINUE_ON_ERROR"] = "false";
    const told = await typed(scene, ["up", "--yes", "--skip-preview", "--color", "never"]);
    assert.match(told.text, /is still served by/);
    await assertAllStands(scene, told.text);
  });

  it("a verification and the records of a domain are neither looked up nor imported over their entries", async () => {
    const hand = (verification: string) => `
      import { DnsRecord } from "@pulumi/cloudflare";
      // As the SDKs that are made from the schema have it: they look at no option.
      class Generated extends pulumi.CustomResource {
        constructor(kind: string, name: string, props: object, options: object) {
          super("nylas:index:" + kind, name, { records: undefined, ...props }, options);
        }
      }
      const domain = new Generated("Domain", "domain", { domainName: "${DOMAIN}" }, {});
      const records: any = new Generated("DomainRecords", "records", { domainId: domain.id, domainName: "${DOMAIN}" }, {});
      const of = (slot: string, property: string) => records.records.apply((all: any) => all[slot][property]);
      const published = ["ownership", "spf", "mx", "dkim", "feedback"].map((slot) => new DnsRecord(slot, {
        zoneId: ZONE, ttl: 60, type: of(slot, "type"), name: of(slot, "name"),
        content: pulumi.all([of(slot, "type"), of(slot, "value")]).apply(([type, value]) => type === "TXT" ? JSON.stringify(value) : value),
        ...(slot === "mx" || slot === "feedback" ? { priority: 10 } : {}),
      }));
      ${verification}`;
    const declared = `const verification = new Generated("DomainVerification", "verification", {
      domainId: domain.id, domainName: "${DOMAIN}", records: records.records,
    }, { dependsOn: published });
    new Generated("AgentAccount", "scheduling", { email: "${EMAIL}" }, { dependsOn: [verification] });`;
    const scene = await openNative({ program: "", simulator: { dnsRole: "resolver" } });
    const { sim, stack, declare } = scene;
    Object.assign(stack.env, {
      CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
      CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
    });
    const first = sim.zones[0]!.id;
    const declares = (verification: string) => declare(hand(verification).replace("ZONE", `"${first}"`));
    declares(declared);
    succeeded(await stack.up());
    sim.addMessage({ grant: EMAIL, subject: "hello" });
    const { id } = stack.resource("verification")!;
    for (const [kind, name, props, options] of [
      ["DomainVerification", "verification", "{}", `{ id: "${id}" }`],
      ["DomainVerification", "verification", `{ domainName: "${DOMAIN}" }`, `{ id: "${id}" }`],
      ["DomainVerification", "verification", "{}", `{ import: "0b7c3f2e-5d1a-4c7e-9f60-2a8b1c3d4e5f" }`],
      ["DomainRecords", "more", "{}", `{ id: "${id}" }`],
    ]) {
      declares(`new Generated("${kind}", "${name}", ${props}, ${options});`);
      for (const run of [await stack.up(), await stack.destroy("--continue-on-error")]) {
        await assertAllStands({ ...scene, first }, refused(run).text);
        assert.notEqual(stack.resource("verification")!.external, true, run.text);
      }
    }
  });

  it("nylas:protect keeps an account from its end and from its replacement, until one run is told otherwise", async () => {
    const bot = (email: string) => `resources:
  bot:
    type: nylas:AgentAccount
    properties: { email: ${email}, forceDestroy: true }
`;
    const scene = await openYaml(bot("bot@acme.nylas.email"), { config: { "nylas:protect": "true" } });
    const { sim, stack } = scene;
    succeeded(await stack.up());
    const { id } = mailbox(sim, "bot@acme.nylas.email")!;
    const assertStands = (text: string) => {
      assert.deepEqual(
        sim.state().grants.map((grant) => grant.id),
        [id],
        text,
      );
    };
    const lifted = "run pulumi with NYLAS_PROTECT=false in the environment";
    say(scene, bot("other@acme.nylas.email"));
    assertStands(refused(await stack.up(), "is not replaced", lifted).text);
    say(scene, "resources: {}\n");
    assertStands(refused(await stack.up("--continue-on-error"), "is not deleted", lifted).text);
    assertStands(refused(await stack.destroy(), "is not deleted", lifted).text);
    stack.env["NYLAS_PROTECT"] = "false";
    succeeded(await stack.destroy());
    assert.deepEqual(sim.state().grants, []);
  });

  it("an option that asks for a replacement ends no mailbox that holds mail, not even one with the word", async () => {
    const bot = (name: string) => `resources:
  bot:
    type: nylas:AgentAccount
    properties: { email: bot@acme.nylas.email, displayName: ${name}, forceDestroy: true }
    options: { replaceOnChanges: ["*"] }
`;
    const scene = await openYaml(bot("A"));
    const { sim, stack } = scene;
    succeeded(await stack.up());
    sim.addMessage({ grant: "bot@acme.nylas.email", subject: "hello" });
    const before = mailbox(sim, "bot@acme.nylas.email");
    say(scene, bot("B"));
    const text = refused(await stack.up(), "exists already").text;
    assert.deepEqual(mailbox(sim, "bot@acme.nylas.email"), before, text);
  });

  it("an entry whose update was skipped keeps what it depends on", async () => {
    const tenant = (rule: string, days: number) => `resources:
  a:
    type: nylas:Tenant
    properties:
      trial: { domainName: acme.nylas.email }
      accounts: { sched: { displayName: S } }
      policy: { limits: { inboxRetentionDays: ${days} } }
      rules: { ${rule}: { conditions: [{ field: from.domain, is: spam.example }], actions: [block] } }
`;
    const scene = await openYaml(tenant("spam", 300));
    const { sim, stack } = scene;
    succeeded(await stack.up());
    const [old] = sim.state().rules;
    say(scene, tenant("junk", 30));
    const text = refused(await stack.up("--continue-on-error"), "allowMailLoss").text;
    assert.ok(
      sim.state().rules.some(({ id }) => id === old!.id),
      text,
    );
    // Every command can read the state.
    succeeded(await stack.refresh());
    say(scene, tenant("junk", 300));
    succeeded(await stack.up());
    assert.deepEqual(sim.state().rules.map(({ name }) => name).length, 1);
  });

  it("no edit cuts a live domain off: another place, another name, records alone, and the component taken out", async () => {
    const scene = await live();
    const { sim, stack, first } = scene;
    const second = secondZone(sim, "cloudflare");
    const renamed = program(first)
      .replaceAll("agents:", "others:")
      .replace("agents.addresses", "others.addresses");
    const recordsAlone = ["--target", "**DnsRecord**"];
    const withoutOurs = ["**DomainRecords**", "**DomainVerification**", "**Domain::**"].flatMap((each) => [
      "--exclude",
      each,
    ]);
    const edits: [what: string, program: string, flags: string[]][] = [
      ["another zone", program(second.at), []],
      ["another zone, records alone", program(second.at), recordsAlone],
      ["another zone, without what looks", program(second.at), withoutOurs],
      ["another zone, going on after errors", program(second.at), ["--continue-on-error"]],
      ["no vendor", program(first).replace(/cloudflare: \{[^}]*\}/, "zoneFile: {}"), []],
      ["another name of the component", renamed, []],
      ["another name of the component, going on after errors", renamed, ["--continue-on-error"]],
      ["another domain", program(first).replace(DOMAIN, "agents2.example.com"), []],
      [
        "taken out",
        `resources:\n  scheduling:\n    type: nylas:AgentAccount\n    properties: { email: ${EMAIL} }\n`,
        ["--continue-on-error"],
      ],
    ];
    for (const [what, text, flags] of edits) {
      say(scene, text);
      const run = await stack.up(...flags);
      assert.notEqual(run.code, 0, `${what}: ${run.text}`);
      const { records } = sim.state().zones.find(({ id }) => id === first)!;
      const mail = records.filter(
        ({ type, name }) => (type === "MX" || type === "TXT") && name.endsWith(DOMAIN),
      );
      assert.equal(mail.length, 5, `${what}: ${run.text}`);
      await assertMailArrives(sim);
      assert.deepEqual(mailbox(sim, EMAIL)?.subjects, ["hello"], what);
      say(scene, program(first));
      succeeded(await stack.up());
    }
    for (const flags of [recordsAlone, [...recordsAlone, "--target-dependents"]]) {
      const text = refused(await stack.destroy(...flags)).text;
      await assertAllStands(scene, text);
    }
  });
});

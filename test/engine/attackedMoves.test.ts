import { strict as assert } from "node:assert";
import { itInLongRun, itOrdinarilyIf } from "./longRun";
import {
  assertMailArrives,
  cloudflare,
  DOMAIN,
  EMAIL,
  held,
  type Moving,
  open,
  program,
  route53,
  secondZone,
} from "./moving";
import { pastedRecords, verifyInDashboard } from "./liveDomain";
import { changes, closeScenes, mailbox, openScene, refused, says, succeeded } from "./scene";

/** Ways around the guard of published records. Each cut a live domain off, or lost a mailbox, by plain lines and without a word for it. */
describe("a live domain under attack", function () {
  this.timeout(600_000);
  afterEach(closeScenes);

  const live = async (before = ""): Promise<Moving> => {
    const world = await open();
    world.declare(before + program(cloudflare(world.first)));
    succeeded(await world.stack.up());
    world.sim.addMessage({ grant: EMAIL, subject: "keep me" });
    return world;
  };
  const recordsOf = ({ stack }: Moving) =>
    stack.resource("agents", "pulumi-nodejs:dynamic/nylas:DomainRecords")!.outputs!["records"] as Record<
      string,
      { name: string; value: string; priority?: number }
    >;

  it("C1: keeps its records when it moves and is given by records in one change", async () => {
    const world = await live();
    const { sim, stack, declare, first } = world;
    const given = Object.entries(recordsOf(world)).map(
      ([slot, { name, value, priority }]) =>
        `${slot}: { host: "${name}.", value: ${JSON.stringify(priority === undefined ? value : `${priority} ${value}`)} }`,
    );
    const second = secondZone(sim, "route53");
    declare(program(route53(second.at), `records: { ${given.join(", ")} }`));
    says(refused(await stack.up()), /Make the one change first/);
    refused(await stack.up("--continue-on-error"));
    assert.equal(held(sim, first), 5);
    await assertMailArrives(sim);
  });

  /** A live domain whose records are given, and what its program says of them. */
  const liveGiven = async (): Promise<Moving & { given: string }> => {
    const world = await open();
    const given = await pastedRecords(world.sim);
    world.declare(program(cloudflare(world.first), given));
    // The records are made; the account waits for what somebody does in the Dashboard.
    refused(await world.stack.up(), "not verified");
    await verifyInDashboard(world.sim);
    succeeded(await world.stack.up());
    world.sim.addMessage({ grant: EMAIL, subject: "keep me" });
    return { ...world, given };
  };

  itInLongRun("C15: keeps its given records when domainName is edited, also with an alias", async () => {
    const { sim, stack, declare, first, given } = await liveGiven();
    const edited = program(cloudflare(first), given).replace(`"${DOMAIN}"`, '"agents2.example.com"');
    const renamed = edited
      .replace('AgentDomain("agents"', 'AgentDomain("mail"')
      .replace(" });\n", ' }, { aliases: [{ name: "agents" }] });\n');
    for (const text of [edited, renamed]) {
      declare(text);
      for (const run of [await stack.preview(), await stack.up(), await stack.up("--continue-on-error")])
        says(refused(run), /would become those of agents2\.example\.com, and its mail would end/);
      assert.equal(held(sim, first), 5);
      await assertMailArrives(sim);
    }
  });

  itInLongRun(
    "C16: keeps its given records when the zone changes under the same names, with --continue-on-error too",
    async () => {
      const { sim, stack, declare, first, given } = await liveGiven();
      const second = secondZone(sim, "cloudflare");
      declare(program(cloudflare(second.at), given));
      for (const run of [await stack.preview(), await stack.up(), await stack.up("--continue-on-error")])
        says(refused(run), /under the names that they have/);
      assert.equal(held(sim, first), 5);
      await assertMailArrives(sim);
      // By way of a third place, which the verification refuses.
      declare(program(route53(secondZone(sim, "route53").at), given));
      refused(await stack.up());
      declare(program(cloudflare(second.at), given));
      for (const flags of [[], ["--continue-on-error"], ["--target", "**DnsRecord**"]])
        refused(await stack.up(...flags));
      assert.equal(held(sim, first), 5);
      await assertMailArrives(sim);
    },
  );

  itInLongRun(
    "C16: lets its given records go to another zone with the words that the refusal prints",
    async () => {
      const { sim, stack, declare, first, given } = await liveGiven();
      const second = secondZone(sim, "cloudflare");
      declare(program(cloudflare(second.at), given));
      says(refused(await stack.up()), "set forceDestroy: true, run pulumi up, and change it then");
      declare(program(cloudflare(first), `${given}, forceDestroy: true`));
      succeeded(await stack.up());
      declare(program(cloudflare(second.at), `${given}, forceDestroy: true`));
      succeeded(await stack.up());
      assert.deepEqual([held(sim, first), held(sim, second.id)], [0, 5]);
      assert.ok(mailbox(sim, EMAIL), "the mailbox stays");
    },
  );

  itInLongRun(
    "lets a given record go to another name with a recorded word: the new one is there, the others stay",
    async () => {
      const { sim, stack, declare, first, given } = await liveGiven();
      const ids = () =>
        sim
          .state()
          .zones.flatMap(({ records }) => records)
          .map(({ type, name, id }) => `${type} ${name} ${id}`);
      const before = ids().filter((record) => !record.includes("_domainkey"));
      const edited = given.replace(/dkim: \{ host: "[^"]+"/, 'dkim: { host: "other._domainkey"');
      declare(program(cloudflare(first), edited));
      refused(await stack.up(), "(dkim) would go to other names", "Give them the hosts that they have");
      declare(program(cloudflare(first), given));
      assert.deepEqual(changes(succeeded(await stack.up())), [], "the hosts that they have");
      declare(program(cloudflare(first), `${given}, forceDestroy: true`));
      succeeded(await stack.up());
      declare(program(cloudflare(first), `${edited}, forceDestroy: true`));
      succeeded(await stack.up());
      assert.deepEqual(
        ids().filter((record) => !record.includes("_domainkey")),
        before,
      );
      assert.match(ids().join("\n"), /TXT other\._domainkey\.agents\.example\.com/);
      await assertMailArrives(sim);
    },
  );

  describe("C44: a word for one run", () => {
    const WORD = `domain:${DOMAIN}`;
    const lives = { "asked for": live, given: liveGiven };
    for (const [how, begin] of Object.entries(lives))
      itOrdinarilyIf(
        how === "shown",
        `lets no record that is ${how} be replaced under its name, so that none waits for a delete that a later run does without it`,
        async () => {
          const { given = "", ...world } = { given: "", ...(await begin()) };
          const { sim, stack, declare, first } = world;
          const second = secondZone(sim, "cloudflare");
          declare(program(cloudflare(second.at), given));
          stack.env["NYLAS_FORCE_DESTROY"] = WORD;
          // What stops the run after new records are made, and before the old ones go.
          sim.addFault({ method: "POST", path: "dns_records", kind: "status", status: 400, skip: 4 });
          refused(await stack.up());
          sim.clearFaults();
          delete stack.env["NYLAS_FORCE_DESTROY"];
          for (const flags of [["--continue-on-error"], ["--continue-on-error"]])
            refused(await stack.up(...flags));
          assert.equal(held(sim, first), 5);
          await assertMailArrives(sim);
        },
      );

    itInLongRun(
      "counts for a move to other names alone, and not in the run after one that was stopped",
      async () => {
        const { sim, stack, declare, first } = await live();
        const second = secondZone(sim, "cloudflare");
        declare(program(cloudflare(second.at, ', nameSuffix: "new"')));
        refused(await stack.up(), "is still served by");
        assert.deepEqual([held(sim, first), held(sim, second.id)], [5, 5]);

        // Stopped before the verification has let it through.
        stack.env["NYLAS_FORCE_DESTROY"] = WORD;
        sim.addFault({ method: "GET", path: "/v3/domains/", kind: "status", status: 400, times: "always" });
        refused(await stack.up());
        sim.clearFaults();
        delete stack.env["NYLAS_FORCE_DESTROY"];
        refused(await stack.up("--continue-on-error"), "is still served by");
        assert.equal(held(sim, first), 5);
        await assertMailArrives(sim);

        // Stopped after that, among the deletes: what is left of the move can be taken back. What is gone is made again, and the rest stays.
        stack.env["NYLAS_FORCE_DESTROY"] = WORD;
        sim.addFault({ method: "DELETE", path: "dns_records", kind: "status", status: 400, skip: 2 });
        refused(await stack.up());
        delete stack.env["NYLAS_FORCE_DESTROY"];
        assert.ok(held(sim, first) < 5);
        sim.clearFaults();
        declare(program(cloudflare(first)));
        // Who served the new place before is not known, so its records stay until the word.
        refused(await stack.up("--continue-on-error"));
        assert.deepEqual([held(sim, first), held(sim, second.id)], [5, 5]);
        await assertMailArrives(sim);
        stack.env["NYLAS_FORCE_DESTROY"] = WORD;
        succeeded(await stack.up());
        assert.deepEqual([held(sim, first), held(sim, second.id)], [5, 0]);
        await assertMailArrives(sim);
      },
    );
  });

  itInLongRun("C1: keeps its given records when it is asked for and moves in one change", async () => {
    const { sim, stack, declare, first } = await liveGiven();
    const dkim = sim
      .state()
      .zones.flatMap(({ records }) => records)
      .find(({ name }) => name.includes("_domainkey"))!.name;
    const asked = `adopt: true, hosts: { dkim: "${dkim}." }`;
    for (const dns of [
      cloudflare(secondZone(sim, "cloudflare").at),
      route53(secondZone(sim, "route53").at),
    ]) {
      declare(program(dns, asked));
      for (const flags of [[], ["--continue-on-error"], ["--continue-on-error"]])
        refused(await stack.up(...flags));
      assert.equal(held(sim, first), 5);
      await assertMailArrives(sim);
    }
  });

  it("C2: keeps its records when another zone and hosts come in one change, with --continue-on-error too", async () => {
    const world = await live();
    const { sim, stack, declare, first } = world;
    const dkim = recordsOf(world)["dkim"]!.name;
    const second = secondZone(sim, "cloudflare");
    declare(program(cloudflare(second.at), `hosts: { dkim: "${dkim}." }`));
    says(refused(await stack.up()), /under the names that they have/);
    refused(await stack.up("--continue-on-error"));
    refused(await stack.up("--continue-on-error"));
    assert.equal(held(sim, first), 5);
    await assertMailArrives(sim);
  });

  itInLongRun("C3: keeps its records when a refused move goes on to a third place", async () => {
    const world = await live();
    const { sim, stack, declare, first } = world;
    declare(program(route53(secondZone(sim, "route53").at)));
    refused(await stack.up());
    declare(program(cloudflare(secondZone(sim, "cloudflare").at)));
    says(refused(await stack.up()), /under the names that they have/);
    refused(await stack.up("--continue-on-error"));
    refused(await stack.up("--continue-on-error"));
    assert.equal(held(sim, first), 5);
    await assertMailArrives(sim);
    // C32
    refused(await stack.up("--target", "**DnsRecord**"));
    await assertMailArrives(sim);
  });

  itInLongRun("C20: keeps its records where a transformation hides the move from the guard", async () => {
    const world = await live();
    const { sim, stack, declare, first } = world;
    const hiding = `pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
      type.startsWith("pulumi-nodejs:dynamic/nylas:") ? { props, opts: { ...opts, ignoreChanges: ["records", "publishedAt"] } } : undefined);\n`;
    declare(hiding + program(route53(secondZone(sim, "route53").at)));
    says(refused(await stack.up()), /ignoreChanges of publishedAt is refused/);
    assert.equal(held(sim, first), 5);
    await assertMailArrives(sim);
  });

  itInLongRun(
    "C24: keeps its records at a destroy where a transformation has taken dependsOn away",
    async () => {
      const overwriting = `const gate = new nylas.NylasPolicy("gate");
      pulumi.runtime.registerStackTransformation(({ props, opts }) => ({ props, opts: { ...opts, dependsOn: [gate] } }));\n`;
      const { sim, stack, first } = await live(overwriting);
      refused(await stack.destroy());
      refused(await stack.destroy("--continue-on-error"));
      assert.equal(held(sim, first), 5);
      await assertMailArrives(sim);
    },
  );

  itInLongRun(
    "C30: keeps its trial mailboxes when the tenant is renamed with an alias after retire",
    async () => {
      const scene = await openScene({ program: "", simulator: { dnsRole: "resolver" } });
      const { sim, stack, declare } = scene;
      Object.assign(stack.env, {
        CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
        CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
      });
      const tenant = (name: string, trial: string, on: string, more = "") => `
      import { cloudflareDns } from "pulumi-nylas/cloudflare";
      new nylas.Tenant("${name}", { domainName: "agents.example.com", trial: ${trial}, accountsOn: "${on}", accounts: { s: {} },
        dns: cloudflareDns({ zoneId: "${sim.zones[0]!.id}", zoneName: "example.com" }) }, { ${more} });`;
      declare(tenant("a", '"acme.nylas.email"', "trial"));
      succeeded(await stack.up());
      sim.addMessage({ grant: "a-s@acme.nylas.email", subject: "keep me" });
      const retired = '{ domainName: "acme.nylas.email", retire: true';
      declare(tenant("a", `${retired} }`, "own"));
      succeeded(await stack.up());
      declare(tenant("b", `${retired} }`, "own", 'aliases: [{ name: "a" }]'));
      says(refused(await stack.up()), /It is retired: only its removal deletes it/);
      assert.deepEqual(sim.state().lostMail, []);
      declare(tenant("b", `${retired}, prefix: "a-" }`, "own", 'aliases: [{ name: "a" }]'));
      succeeded(await stack.up());
      assert.deepEqual(sim.state().lostMail, []);
      assert.ok(mailbox(sim, "a-s@acme.nylas.email"));
    },
  );
});

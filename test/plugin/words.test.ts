import assert from "node:assert/strict";
import {
  account,
  done,
  domain,
  lostMail,
  openWorld,
  policy,
  refused,
  standing,
  succeeded,
  workspace,
  writesOf,
} from "./world";

const A = "a@acme.nylas.email";
const B = "b@acme.nylas.email";

describe("M4: a force-destroy word of the configuration", () => {
  const world = openWorld();
  const both = () => [account("a", { email: A }), account("b", { email: B })];
  const say = (...words: string[]) => {
    world.stack.config = { ...world.config, "nylas:forceDestroy": JSON.stringify(words) };
  };

  beforeEach(async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(both()));
    for (const email of [A, B]) sim.addMessage({ grant: email, subject: `of ${email}` });
  });

  it("does not count in a destroy, which runs with the configuration that the state remembers", async () => {
    const { sim, stack } = world;
    say(`account:${A}`, `account:${B}`);
    refused(
      await stack.destroy({ continueOnError: true }),
      "The configuration that the state remembers names account:a@acme.nylas.email",
      "NYLAS_FORCE_DESTROY=account:b@acme.nylas.email",
    );
    assert.deepEqual(lostMail(sim), []);
  });

  it("counts in an up whose program still has a resource of ours, and for its object alone", async () => {
    const { sim, stack } = world;
    say(`account:${A}`);
    refused(await stack.apply([policy("p")], { continueOnError: true }), `account ${B}`);
    assert.deepEqual(lostMail(sim), [`of ${A}: grant deleted`]);
  });

  it("does not count where the program has nothing left of ours", async () => {
    say(`account:${A}`);
    refused(await world.stack.apply([], { continueOnError: true }), "does not count in this run");
    assert.deepEqual(lostMail(world.sim), []);
  });

  it("is warned of while the program still declares its object", async () => {
    say(`account:${A.toUpperCase()}`);
    const { warnings } = succeeded(await world.stack.preview(both()));
    assert.deepEqual(warnings, [
      `nylas:forceDestroy names account:${A}, and the program still declares it, so it stays. Take the word away: a later run that deletes it would not ask ` +
        "again (pulumi config rm nylas:forceDestroy takes all of them away).",
    ]);
  });

  it("that is no word ends the up before anything is changed, and a destroy does not mind it", async () => {
    const { sim, stack } = world;
    say(A);
    writesOf(sim);
    refused(await stack.apply([account("b", { email: B, displayName: "B" })]), "does not say what kind");
    assert.deepEqual(writesOf(sim), []);
    for (const { id } of sim.state().messages) sim.remove("message", id);
    succeeded(await stack.destroy());
  });

  it("M13: of one kind says nothing for an object of another kind that is named alike", async () => {
    const { sim, stack } = world;
    const named = [
      workspace("w", { name: "agents.example.com" }),
      domain("d", { domainName: "agents.example.com" }),
    ];
    succeeded(await stack.apply([...both(), ...named]));
    sim.edit("domain", stack.find("d").id, { verified: { ownership: true, mx: true } });
    for (const [email, home] of [
      ["x@agents.example.com", undefined],
      ["y@acme.nylas.email", stack.find("w").id],
    ] as const)
      sim.seed({ kind: "grant", email, ...(home ? { workspace_id: home } : {}) });
    say(`workspace:${stack.find("w").id}`);
    refused(await stack.apply(both(), { continueOnError: true }), "domain agents.example.com", "is kept");
    const left = standing(sim);
    assert.ok(left.includes("domain agents.example.com"), String(left));
    assert.ok(!left.includes("workspace agents.example.com"), String(left));
  });

  it("of another connection says nothing: the same address may stand in two regions", async () => {
    const { sim, stack } = world;
    stack.config = {
      ...world.config,
      "nylas-eu:forceDestroy": JSON.stringify([`account:${A}`]),
    };
    refused(await stack.apply([policy("p")], { continueOnError: true }), "nylas:forceDestroy[0]");
    assert.deepEqual(lostMail(sim), []);

    const plugin = await world.plugin();
    const eu = Object.fromEntries(
      Object.entries(world.config).map(([key, value]) => [key.replace("nylas:", "nylas-eu:"), value]),
    );
    await plugin.renew({ ...eu, "nylas:forceDestroy": JSON.stringify([`account:${A}`]) });
    await plugin.check("Policy", {}, { label: "project/stack/p", connection: "eu" });
    const { id, outputs } = stack.find("a");
    await assert.rejects(
      plugin.delete("AgentAccount", id, { ...outputs, connection: "eu" }),
      /NYLAS_EU_FORCE_DESTROY=account:a@acme\.nylas\.email/,
    );
    assert.deepEqual(lostMail(sim), []);
  });
});

describe("a force-destroy word of the environment", () => {
  const world = openWorld({ env: { NYLAS_FORCE_DESTROY: `account:${A.toUpperCase()}` } });

  it("M4: counts in a destroy, for its object alone, whatever the configuration says", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([account("a", { email: A }), account("b", { email: B })]));
    for (const email of [A, B]) sim.addMessage({ grant: email, subject: `of ${email}` });
    stack.config = { ...world.config, "nylas:forceDestroy": JSON.stringify([`account:${B}`]) };
    refused(await stack.destroy({ continueOnError: true }), `account ${B}`);
    assert.deepEqual(lostMail(sim), [`of ${A}: grant deleted`]);
  });
});

describe("a force-destroy word that is none, in the environment", () => {
  const world = openWorld({ env: { NYLAS_FORCE_DESTROY: "Acme, Inc" } });

  it("M13: is refused by every operation, and nothing is changed", async () => {
    const { sim, stack } = world;
    refused(await stack.apply([workspace("w", { name: "Acme" })]), '"Acme, Inc") has a comma in it');
    assert.deepEqual(writesOf(sim), []);
  });
});

describe("recorded words", () => {
  const world = openWorld();
  const day = async (today: string) => {
    await world.stack.use({ env: { NYLAS_TEST_TIME_SCALE: "0.002", NYLAS_TEST_TODAY: today } });
  };
  after(() => world.stack.use({ env: { NYLAS_TEST_TIME_SCALE: "0.002" } }));
  const keeps = (inboxRetentionDays: number, more: Record<string, boolean> = {}) => [
    policy("p", { name: "Long", limits: { inboxRetentionDays }, ...more }),
  ];
  const since = () => world.stack.find("p").inputs.__since;

  it("are recorded with their day, which a refresh, a later run and a drift leave alone", async () => {
    const { sim, stack } = world;
    await day("2026-10-03");
    succeeded(await stack.apply(keeps(300)));
    assert.equal(since(), undefined, "what has no word records nothing");
    writesOf(sim);
    const word = { allowMailLoss: true };
    assert.deepEqual(done(succeeded(await stack.apply(keeps(300, word)))), ["update p"]);
    assert.deepEqual(writesOf(sim), [], "recording it is no remote write");
    assert.deepEqual(since(), { allowMailLoss: "2026-10-03" });

    await day("2026-11-28");
    succeeded(await stack.refresh());
    assert.deepEqual(done(succeeded(await stack.apply(keeps(300, word)))), [], "a day is no change");
    sim.edit("policy", stack.find("p").id, { limits: { limit_inbox_retention_period: 200 } });
    succeeded(await stack.refresh());
    const { warnings } = succeeded(await stack.preview(keeps(30, word)));
    assert.match(warnings.join("\n"), /allowMailLoss on policy "Long" has stood since 2026-10-03\./);

    assert.deepEqual(done(succeeded(await stack.apply(keeps(200)))), ["update p"], "it goes again");
    succeeded(await stack.refresh());
    assert.equal(since(), undefined);
    const again = succeeded(await stack.preview(keeps(30, word)));
    assert.match(again.warnings.join("\n"), /allowMailLoss on policy "Long" is set in this change\./);
    assert.deepEqual(writesOf(sim), []);
  });

  it("of a state without days are no change, and are said to be older than the record", async () => {
    const { stack } = world;
    const word = { allowMailLoss: true };
    succeeded(await stack.apply(keeps(300, word)));
    for (const bag of [stack.find("p").inputs, stack.find("p").outputs]) delete bag.__since;
    assert.deepEqual(done(succeeded(await stack.preview(keeps(300, word)))), []);
    succeeded(await stack.refresh());
    const { warnings } = succeeded(await stack.preview(keeps(30, word)));
    assert.match(
      warnings.join("\n"),
      /allowMailLoss on policy "Long" has stood since before this was recorded\./,
    );
  });

  it("say their day where they let a replacement, a move, a swap and a new mailbox in place of a lost one through", async () => {
    const { sim, stack } = world;
    const words = { forceDestroy: true, allowMailLoss: true };
    const program = (bot: Record<string, string>, policyOf = "long") => [
      policy("long", { limits: { inboxRetentionDays: 300 } }),
      policy("short", { limits: { inboxRetentionDays: 6 } }),
      workspace("one", { policyId: (of) => of(policyOf).id, allowMailLoss: true }),
      workspace("two", { policyId: (of) => of("short").id }),
      account("bot", { email: A, ...words, workspaceId: (of) => of("one").id, ...bot }),
    ];
    await day("2026-10-03");
    succeeded(await stack.apply(program({})));
    await day("2026-11-28");
    const says = async (declared: ReturnType<typeof program>, expected: string) => {
      const { warnings } = succeeded(await stack.preview(declared));
      assert.ok(warnings.join("\n").includes(expected), warnings.join("\n"));
    };
    await says(program({ email: B }), `forceDestroy on account ${A} has stood since 2026-10-03.`);
    await says(
      program({ workspaceId: stack.find("two").id }),
      `allowMailLoss on account ${A} has stood since 2026-10-03.`,
    );
    await says(
      program({}, "short"),
      'allowMailLoss on workspace "project/stack/one" has stood since 2026-10-03.',
    );
    sim.remove("grant", stack.find("bot").id);
    succeeded(await stack.refresh());
    await says(program({}), `allowMailLoss on account ${A} has stood since 2026-10-03.`);
    succeeded(await stack.apply(program({})));
    assert.deepEqual(
      stack.find("bot").inputs.__since,
      { forceDestroy: "2026-10-03", allowMailLoss: "2026-10-03" },
      "a replacement does not make a word young",
    );
  });
});

import { strict as assert } from "node:assert";
import { domainWord } from "../words";
import { assertLive, DOMAIN, mailArrives, openLiveDomain, zoneOf } from "./liveDomain";
import { itInLongRun } from "./longRun";
import { closeScenes, leftBehind, mailbox, openScene, recorded, refused, succeeded, writesOf } from "./scene";

/** An account that another tool has made. */
const accountOfSomebody = (sim: Parameters<typeof zoneOf>[0], email: string) =>
  sim.seed({ kind: "grant", email });

describe("M1: the records of a domain that is needed", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  const agents = `const agents = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns });`;

  it("stay, whatever is typed, while an account of somebody else lives on it; and the domain goes by its word", async () => {
    const { sim, stack, declare } = await openLiveDomain(agents);
    succeeded(await stack.up());
    await assertLive(sim, "the first up has made it");
    accountOfSomebody(sim, `foreign@${DOMAIN}`);
    const before = recorded(stack);
    const keeps = async (result: Awaited<ReturnType<typeof stack.up>>) => {
      refused(result, `domain ${DOMAIN} (id`, "an account lives on it", `foreign@${DOMAIN}`);
      await assertLive(sim, result.text);
      assert.deepEqual(recorded(stack), before, "the state has every part of the chain");
      assert.deepEqual(
        writesOf(sim).filter((write) => write.startsWith("DELETE")),
        [],
      );
    };
    sim.clearRequests();
    await keeps(await stack.destroy());
    await keeps(await stack.destroy("--continue-on-error"));
    await keeps(await stack.run("destroy", "--yes"));
    await keeps(await stack.destroy("--run-program"));
    const mx = stack.resource("agents-mx")!.urn;
    await keeps(await stack.destroy("--target", mx, "--target-dependents"));
    declare("");
    await keeps(await stack.up());
    await keeps(await stack.up("--continue-on-error"));
    await keeps(await stack.up("--target", mx, "--target-dependents"));

    declare(agents);
    succeeded(await stack.up("--expect-no-changes"));
    declare("");
    stack.env["NYLAS_FORCE_DESTROY"] = domainWord(DOMAIN);
    succeeded(await stack.up());
    assert.deepEqual([zoneOf(sim), leftBehind(sim)], [[], [`account foreign@${DOMAIN}`]]);
  });

  itInLongRun(
    "stay for an account of the same stack whose address is a literal, and which holds mail",
    async () => {
      const account = `new nylas.AgentAccount("bot", { email: "bot@${DOMAIN}" }, { dependsOn: [agents] });`;
      const literal = `new nylas.AgentAccount("bot", { email: "bot@${DOMAIN}" });`;
      const { sim, stack, declare } = await openLiveDomain(agents + account);
      succeeded(await stack.up());
      declare(agents + literal);
      succeeded(await stack.up());
      sim.addMessage({ grant: `bot@${DOMAIN}`, subject: "keep me" });
      for (const flags of [[], ["--continue-on-error"]]) {
        const result = refused(await stack.destroy(...flags), "kept");
        await assertLive(sim, result.text);
        assert.deepEqual(mailbox(sim, `bot@${DOMAIN}`)!.subjects, ["keep me"]);
      }
      declare("");
      for (const flags of [[], ["--continue-on-error"]]) {
        const result = refused(await stack.up(...flags), "kept");
        await assertLive(sim, result.text);
      }
    },
  );

  itInLongRun(
    "stay for an account of another stack, also where that stack declares the domain as its accounts alone",
    async () => {
      const { sim, stack } = await openLiveDomain(agents);
      succeeded(await stack.up());
      const other = await openScene({
        beside: sim,
        project: "accounts",
        program: `new nylas.AgentAccount("bot", { email: "bot@${DOMAIN}" });`,
      });
      succeeded(await other.stack.up());
      for (const flags of [[], ["--continue-on-error"]]) {
        const result = refused(await stack.destroy(...flags), `an account lives on it (bot@${DOMAIN})`);
        await assertLive(sim, result.text);
      }
      assert.ok(mailbox(sim, `bot@${DOMAIN}`));
    },
  );

  itInLongRun(
    "E9: stay where the domain was verified once, and an up in an outage of DNS found it unverified",
    async () => {
      const { sim, stack } = await openLiveDomain(agents);
      succeeded(await stack.up());
      sim.seed({ kind: "grant", email: `other@${DOMAIN}`, application: "second" });
      const id = sim.state().domains.find((each) => each.domain_address === DOMAIN)!.id;
      const { nameServers } = sim.state().zones.find(({ name }) => name === "example.com")!;
      sim.setDelegation("example.com", []);
      sim.edit("domain", id, { verified: { mx: false } });
      succeeded(await stack.refresh());
      refused(await stack.up(), "DNS of agents.example.com");
      sim.setDelegation("example.com", nameServers);
      const result = refused(await stack.destroy(), "is kept", "cannot be seen");
      await assertLive(sim, result.text);
      succeeded(await stack.up());
      await assertLive(sim, "the up after it has it verified again");
    },
  );

  it("M10: stay while it is verified and nobody can be seen on it; its accounts may be another application's", async () => {
    const { sim, stack, declare } = await openLiveDomain(agents);
    succeeded(await stack.up());
    sim.seed({ kind: "grant", email: `other@${DOMAIN}`, application: "second" });
    for (const flags of [[], ["--continue-on-error"], ["--run-program"]]) {
      const result = refused(
        await stack.destroy(...flags),
        "accounts of other applications of this organization cannot be seen",
      );
      await assertLive(sim, result.text);
    }
    // The recorded word, which reaches what is deleted first.
    declare(agents.replace("dns }", "dns, forceDestroy: true }"));
    sim.clearRequests();
    const said = succeeded(await stack.up());
    assert.equal(said.summary.update, 2, said.text);
    assert.deepEqual(writesOf(sim), [], "the word is the state's own business");
    succeeded(await stack.up("--expect-no-changes"));
    succeeded(await stack.destroy());
    assert.deepEqual(zoneOf(sim), []);
    assert.ok(!(await mailArrives(sim)));
  });
});

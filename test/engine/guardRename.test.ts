import { strict as assert } from "node:assert";
import { domainWord } from "../words";
import { type Result } from "./harness";
import { assertLive, DOMAIN, openLiveDomain, zoneOf } from "./liveDomain";
import { itInLongRun } from "./longRun";
import { changes, closeScenes, leftBehind, mailbox, recorded, refused, succeeded } from "./scene";

/** What the message says to write, as it stands there: `aliases: […]` of the way that is meant. */
function printed(result: Result, way: "renamed" | "moved into a component" | "moved into a Tenant"): string {
  const text = result.text.replace(/\s+/g, " ");
  const form = new RegExp(`- ${way}: \\{? ?((?:domainA|a)liases: \\[\\{.*?\\}\\])`, "g");
  // The entry that goes is not told its own name; the one that comes knows it.
  const found = [...text.matchAll(form)]
    .map(([, alias]) => alias!)
    .find((alias) => !alias.includes("its-old-name"));
  assert.ok(found, `it says what to write for "${way}":\n${result.text}`);
  return found;
}

describe("M5: a domain renamed or moved in the program", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  const BOT = `bot@${DOMAIN}`;
  const agents = (name = "agents", args = "", options = "") => `
    const agents = new nylas.AgentDomain("${name}", { domainName: "${DOMAIN}", dns, ${args} }, { ${options} });
    new nylas.AgentAccount("bot", { email: agents.mailbox("bot") });`;
  const open = async (args = "") => {
    const scene = await openLiveDomain(agents("agents", args));
    succeeded(await scene.stack.up());
    scene.sim.addMessage({ grant: BOT, subject: "keep me" });
    return { ...scene, before: ids(scene.stack) };
  };
  /** Which objects the state holds, without their names. */
  const ids = (stack: Parameters<typeof recorded>[0]) =>
    recorded(stack)
      .map((entry) => entry.split(" ").at(-1))
      .sort();
  const alive = async (sim: Parameters<typeof zoneOf>[0], why: string) => {
    await assertLive(sim, why);
    assert.deepEqual(mailbox(sim, BOT)!.subjects, ["keep me"]);
  };

  it("is refused without an alias, with adopt and without, and the printed alias costs nothing", async () => {
    const { sim, stack, declare, before } = await open();
    const id = stack.resource("agents", "pulumi-nodejs:dynamic/nylas:Domain")!.id!;
    let said: Result | undefined;
    for (const adopt of ["", "adopt: true", `adopt: "${id}"`]) {
      declare(agents("mail", adopt));
      for (const flags of [[], ["--continue-on-error"]]) {
        said = refused(
          await stack.up(...flags),
          'was registered by this stack as "agents"',
          "Nothing was changed",
        );
        await alive(sim, said.text);
        assert.ok(
          !/adopt: true(?!, run pulumi up, and rename)/.test(said.text.replace(/\s+/g, " ")),
          said.text,
        );
      }
    }
    declare(agents("mail", "", printed(said!, "renamed")));
    const renamed = succeeded(await stack.up());
    // The refused runs have left an entry of the new component, so the old one's is let go.
    assert.deepEqual(changes(renamed), ["agents delete"], renamed.text);
    assert.ok(
      renamed.steps.every(({ op, type }) => op === "same" || type.endsWith("AgentDomain")),
      renamed.text,
    );
    assert.deepEqual(ids(stack), before);
    succeeded(await stack.up("--refresh", "--expect-no-changes"));
    await alive(sim, renamed.text);
  });

  itInLongRun(
    "into a Tenant and into a component is refused, and goes on with the printed alias",
    async () => {
      const { sim, stack, declare, before } = await open();
      const tenant = (aliases = "") => `
      new nylas.Tenant("acme", { domainName: "${DOMAIN}", dns, ${aliases} accounts: {} });
      new nylas.AgentAccount("bot", { email: "${BOT}" });`;
      declare(tenant());
      const said = refused(await stack.up("--continue-on-error"), 'was registered by this stack as "agents"');
      await alive(sim, said.text);
      declare(tenant(`${printed(said, "moved into a Tenant")},`));
      const moved = succeeded(await stack.up());
      for (const id of before) assert.ok(ids(stack).includes(id), `${id} is the same object`);
      await alive(sim, moved.text);
      succeeded(await stack.up("--refresh", "--expect-no-changes"));
      await alive(sim, "after a refresh");
    },
  );

  itInLongRun(
    "under the same name into a component keeps the records, and the printed alias works from there",
    async () => {
      const { sim, stack, declare, before } = await open();
      const inGroup = (aliases: string) => `
      class Group extends pulumi.ComponentResource {
        constructor(name: string) { super("test:index:Group", name); }
      }
      const parent = new Group("group");
      ${agents("agents", "", `parent, ${aliases}`)}`;
      declare(inGroup(""));
      const said = refused(await stack.up("--continue-on-error"));
      await alive(sim, said.text);
      const again = refused(await stack.up("--continue-on-error"), "alias");
      await alive(sim, again.text);
      declare(inGroup("aliases: [{ parent: pulumi.rootStackResource }]"));
      const moved = succeeded(await stack.up());
      await alive(sim, moved.text);
      assert.deepEqual(ids(stack), before);
      succeeded(await stack.up("--refresh", "--expect-no-changes"));
      await alive(sim, "after a refresh");
    },
  );

  itInLongRun(
    "that has a name of its own and is adopted, with all its records, keeps them; the printed way out costs nothing",
    async () => {
      const { sim, stack, declare, before, zoneId } = await open('name: "Agents of Acme"');
      declare(agents("mail", 'name: "Agents of Acme"'));
      const first = refused(
        await stack.up(),
        "give it the alias that leads to its entry",
        "no entry of this stack holds it",
      );
      await alive(sim, first.text);

      // What a user does who reads no further than "adopt".
      declare(agents("mail", 'name: "Agents of Acme", adopt: true'));
      const second = refused(await stack.up(), "is verified already", "tell the engine where its entry is");
      await alive(sim, second.text);
      const dkim = zoneOf(sim)
        .find((record) => record.includes("_domainkey"))!
        .split(" ")[1]!;
      const adopted = sim
        .state()
        .zones.flatMap(({ records }) => records)
        .filter(({ type }) => type === "MX" || type === "TXT");
      const slotOf = ({ type, name, content }: (typeof adopted)[number]) =>
        name.includes("_domainkey")
          ? "dkim"
          : type === "MX"
            ? name === DOMAIN
              ? "mx"
              : "feedback"
            : content.includes("v=spf1")
              ? "spf"
              : "ownership";
      const importIds = Object.fromEntries(adopted.map((record) => [slotOf(record), record.id]));
      const everything = (options = "") =>
        agents(
          "mail",
          `name: "Agents of Acme", adopt: true, hosts: { dkim: "${dkim.replace(`.${DOMAIN}`, "")}" },
         dns: cloudflareDns({ zoneId: "${zoneId}", zoneName: "example.com", adopt: ${JSON.stringify(importIds)} }),`,
          options,
        ).replace("dns, name", "name");
      declare(everything());
      for (const flags of [[], ["--continue-on-error"], []]) {
        const kept = refused(
          await stack.up(...flags),
          "this stack holds that record already, as urn:pulumi:test::project::pulumi-nylas:index:AgentDomain$",
        );
        await alive(sim, kept.text);
      }

      // The way out: the old entries, all together, by the first of them.
      const old = stack
        .state()
        .find(
          ({ urn, type }) => urn.endsWith("::agents") && type === "pulumi-nodejs:dynamic/nylas:Domain",
        )!.urn;
      succeeded(await stack.run("state", "delete", "--target-dependents", old, "--yes"));
      await alive(sim, "the state was changed, and nothing else");
      // The account went out of the state with the domain that it depended on.
      refused(await stack.up(), "take it over: adopt: true");
      await alive(sim, "the account is not taken in silence");
      const adopting = everything().replace('mailbox("bot")', 'mailbox("bot"), adopt: true');
      declare(adopting);
      const done = succeeded(await stack.up());
      await alive(sim, done.text);
      assert.deepEqual(ids(stack), before);
      succeeded(await stack.up("--expect-no-changes"));
      // After a refresh a line that stays looks like a second adoption, which would delete the records.
      refused(await stack.up("--refresh"), "Take the lines away");
      await alive(sim, "the lines are still there");
      stack.env["NYLAS_FORCE_DESTROY"] = `${domainWord(DOMAIN)}`;
      for (const { id } of sim.state().messages) sim.remove("message", id);
      succeeded(await stack.destroy());
      assert.deepEqual([zoneOf(sim), leftBehind(sim)], [[], []]);
    },
  );
});

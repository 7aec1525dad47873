import assert from "node:assert/strict";
import fc from "fast-check";
import { aliasAdvice, otherNameOf } from "../../provider/resources/renamedDomain";
import { type Declared } from "./stack";
import {
  domain,
  domainRecords,
  domainVerification,
  openWorld,
  publish,
  refused,
  standing,
  succeeded,
} from "./world";

const DOMAIN = "agents.example.com";

/** A chain as a program composes it by hand; its vendor's records hang on nothing here. */
const chain = (
  name = "",
  more: { name?: string; adopt?: boolean; forceDestroy?: boolean } = {},
): Declared[] => [
  domain(`${name}domain`, { domainName: DOMAIN, ...more }),
  domainRecords(`${name}records`, {
    domainId: (of) => of(`${name}domain`).id,
    domainName: (of) => of(`${name}domain`).domainName,
  }),
  domainVerification(`${name}verified`, {
    domainId: (of) => of(`${name}domain`).id,
    domainName: (of) => of(`${name}domain`).domainName,
    records: (of) => of(`${name}records`).records,
    wait: false,
    ...(more.forceDestroy === undefined ? {} : { forceDestroy: more.forceDestroy }),
  }),
];

describe("M1: the verification, which is the first of a chain to be deleted", () => {
  const world = openWorld();
  const verified = async (program = chain()) => {
    succeeded(await world.stack.apply(program));
    publish(world.sim, world.stack.find(program[1]!.name).outputs.records);
    succeeded(await world.stack.apply(program));
    assert.equal(world.stack.find(program[2]!.name).outputs.status, "verified");
  };
  const unseen = "accounts of other applications of this organization cannot be seen";

  it("stays while the domain is verified, with records or without their lines, under every flag", async () => {
    const { stack, sim } = world;
    await verified();
    const before = stack.state.map(({ name }) => name);
    for (const continueOnError of [false, true]) {
      refused(await stack.destroy({ continueOnError }), unseen);
      refused(await stack.apply([], { continueOnError }), unseen);
      refused(await stack.apply(chain().slice(0, 1), { continueOnError }), unseen);
      refused(await stack.apply(chain().slice(0, 2), { continueOnError }), unseen);
      assert.deepEqual(
        stack.state.map(({ name }) => name),
        before,
      );
    }
    assert.deepEqual(standing(sim), [`domain ${DOMAIN}`]);
  });

  it("goes with the word, recorded on it and on the domain; recording it writes nothing and replaces nothing", async () => {
    const { stack, sim } = world;
    await verified();
    sim.clearRequests();
    const report = succeeded(await stack.apply(chain("", { forceDestroy: true })));
    assert.deepEqual(
      report.steps.filter(({ op }) => op !== "same").map(({ name, op }) => `${op} ${name}`),
      ["update domain", "update verified"],
    );
    assert.deepEqual(sim.writes(), [], "Nylas is told nothing");
    assert.deepEqual(
      sim.requests.filter(({ path }) => path.endsWith("/verify")),
      [],
    );
    succeeded(await stack.destroy());
    assert.deepEqual(standing(sim), []);
  });

  for (const [what, wait, moved] of [
    ["a destroy", { wait: false }, false],
    ["a destroy after an up that waited in vain", { wait: true, timeoutSeconds: 1 }, false],
    ["a move", { wait: false }, true],
  ] as const)
    it(`E9: of a domain that was verified once stays in ${what}, although an up found it unverified`, async () => {
      const { stack, sim } = world;
      const [first, second, verification] = chain() as [Declared, Declared, Declared];
      const at = (publishedAt: string, more: object = { wait: false }): Declared[] => [
        first,
        second,
        { ...verification, inputs: { ...verification.inputs, publishedAt, ...more } },
      ];
      await verified(at("cloudflare:a"));
      sim.seed({ kind: "grant", email: `other@${DOMAIN}`, application: "second" });
      // For an hour the zone's servers answer nothing, and Nylas looks just then.
      const zone = sim.state().zones.find(({ name }) => name === "example.com")!;
      const mx = zone.records.find(({ type, name }) => type === "MX" && name === DOMAIN)!;
      sim.removeRecord(zone.id, mx.id);
      sim.edit("domain", stack.find("domain").id, { verified: { mx: false } });
      succeeded(await stack.refresh());
      assert.equal(stack.find("verified").outputs.status, "lost");
      const { errors } = await stack.apply(at("cloudflare:a", wait));
      assert.equal(errors.length, wait.wait ? 1 : 0);
      assert.equal(stack.find("verified").outputs.status, "pending");
      publish(sim, stack.find("records").outputs.records, ["mx"]);

      if (moved) refused(await stack.apply(at("route53:b")), "Nothing was taken away");
      else refused(await stack.destroy(), unseen);
      assert.deepEqual(standing(sim), [`account other@${DOMAIN}`, `domain ${DOMAIN}`]);
      assert.ok(stack.find("verified"), "what stands before the deletes of the records");
      succeeded(await stack.apply(at("cloudflare:a")));
      assert.equal(stack.find("verified").outputs.status, "verified");
    });

  it("of a domain that was never verified goes without a word, as long as no account is seen", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply(chain()));
    const account = sim.seed({ kind: "grant", email: `bot@${DOMAIN}` });
    refused(await stack.destroy(), `an account lives on it (bot@${DOMAIN})`, "Delete them first");
    sim.remove("grant", account);
    succeeded(await stack.destroy());
    assert.deepEqual(standing(sim), []);
  });

  it("that was verified once and is lost stays: mail may arrive all the same", async () => {
    const { stack, sim } = world;
    await verified();
    const [own] = sim.state().domains.filter(({ branded }) => !branded);
    sim.edit("domain", own!.id, { verified: { mx: false } });
    await stack.refresh();
    assert.equal(stack.find("verified").outputs.status, "lost");
    refused(await stack.destroy(), unseen);
  });

  it("of a domain that is gone at Nylas needs nothing", async () => {
    const { stack, sim } = world;
    await verified();
    for (const { id } of sim.state().domains.filter(({ branded }) => !branded)) sim.remove("domain", id);
    succeeded(await stack.destroy());
  });

  it("is refused blindly: without an application key, with another application's, with another organization's", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply(chain()));
    const { "nylas:apiKey": _none, ...without } = world.config;
    for (const config of [
      without,
      { ...without, "nylas:apiKey": sim.keys.secondApiKey },
      { ...without, "nylas:apiKey": sim.keys.otherOrganizationApiKey },
    ]) {
      stack.config = config;
      refused(
        await stack.destroy(),
        `Whether accounts live on ${DOMAIN} cannot be seen`,
        "Nothing was changed",
      );
      assert.equal(stack.state.length, 3);
    }
  });

  it("with pasted records looks for accounts by the application key, and is verified as the DNS said", async () => {
    const { stack, sim } = world;
    await verified();
    const records = structuredClone(stack.find("records").outputs.records) as never;
    stack.state = [];
    const { "nylas:organizationKey": _none, ...config } = world.config;
    stack.config = config;
    const pasted = (more = {}) => [domainVerification("pasted", { domainName: DOMAIN, records, ...more })];
    succeeded(await stack.apply(pasted()));
    refused(await stack.destroy(), unseen);
    sim.seed({ kind: "grant", email: `bot@${DOMAIN}` });
    refused(await stack.destroy(), `bot@${DOMAIN}`);
    succeeded(await stack.apply(pasted({ forceDestroy: true })));
    succeeded(await stack.destroy());
  });

  it("that is made anew with the domain's id in place of pasted records lets its old entry go", async () => {
    const { stack } = world;
    await verified();
    const records = structuredClone(stack.find("records").outputs.records) as never;
    const [one, two] = chain();
    stack.state = stack.state.filter(({ name }) => name !== "verified");
    const pasted = domainVerification("verified", { domainName: DOMAIN, records });
    succeeded(await stack.apply([one!, two!, pasted]));
    const report = succeeded(await stack.apply(chain()));
    assert.ok(report.steps.some(({ name, op }) => name === "verified" && op === "replace"));
    assert.equal(stack.state.length, 3);
  });

  it("M5: is not handed over to another name, not even with the word; the alias costs nothing", async () => {
    const { stack } = world;
    const own = { name: "Agents of Acme", forceDestroy: true };
    await verified(chain("", own));
    const renamed = chain("new-", { ...own, adopt: true });
    const hosts = (stack.find("records").outputs.records as { dkim: { name: string } }).dkim.name;
    renamed[1]!.inputs.hosts = { dkim: hosts.replace(`.${DOMAIN}`, "") };
    refused(
      await stack.apply(renamed, { continueOnError: true }),
      "declares the domain in this run as well",
      "pulumi state delete --target-dependents",
    );
    assert.ok(stack.find("verified"), "the records of the old name stand on it");
    refused(await stack.apply(renamed), "declares the domain in this run as well");
  });

  it("M5: a domain that bears another default name of this stack is not adopted, and the alias is named", async () => {
    const { stack, sim } = world;
    await verified();
    for (const adopt of [undefined, true, stack.find("domain").id]) {
      const program = chain("new-");
      if (adopt !== undefined) program[0]!.inputs.adopt = adopt;
      refused(await stack.apply(program), 'was registered by this stack as "domain"', aliasAdvice("domain"));
    }
    // An entry of that name that declares another domain is not this one's.
    const another = domain("domain", { domainName: "other.example.com" });
    stack.state = [];
    succeeded(await stack.apply([another, domain("mail", { domainName: DOMAIN, adopt: true })]));
    assert.equal(standing(sim).length, 2);
  });
});

describe("M5: the name under which this stack registered a domain", () => {
  const part = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,12}$/);
  const name = fc.stringMatching(/^[a-z][a-z0-9/_.-]{0,20}$/);

  it("is read from its label, whatever stands behind the stack; its own and others' are none", () => {
    fc.assert(
      fc.property(part, part, part, name, name, (project, stack, other, mine, old) => {
        const label = `${project}/${stack}/${mine}`;
        assert.equal(otherNameOf(label, label), undefined);
        if (mine !== old) {
          assert.equal(otherNameOf(label, `${project}/${stack}/${old}`), old);
          assert.equal(otherNameOf(label, `${project}/${stack}/${old} (2)`), old);
        }
        if (other !== stack) assert.equal(otherNameOf(label, `${project}/${other}/${old}`), undefined);
        assert.equal(otherNameOf(undefined, `${project}/${stack}/${old}`), undefined);
      }),
    );
  });
});

describe("the trial domain of an organization, on which accounts of its other applications may be", () => {
  const world = openWorld();
  const TRIAL = "acme.nylas.email";
  const trial = (more: { adopt?: boolean; forceDestroy?: boolean } = {}) =>
    domain("trial", { domainName: TRIAL, ...more });
  const registered = () => world.sim.state().domains.map((each) => each.domain_address);

  it("is not deleted without a word, although no account of this application is on it", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([trial({ adopt: true })]));
    succeeded(await stack.apply([trial()]));
    sim.clearRequests();
    for (const continueOnError of [false, true]) {
      refused(await stack.apply([], { continueOnError }), "is the trial domain", "other applications");
      refused(await stack.destroy({ continueOnError }), "NYLAS_FORCE_DESTROY=domain:acme.nylas.email");
    }
    assert.deepEqual([registered(), sim.writes().length], [[TRIAL], 0]);
    succeeded(await stack.apply([trial({ forceDestroy: true })]));
    succeeded(await stack.apply([]));
    assert.deepEqual(registered(), []);
  });
});

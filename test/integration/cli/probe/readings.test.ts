/** The probe names exactly the points in which the simulator differs: in its defaults none, and under each setting the setting's own. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { profileNames, READINGS, readProfile, type Settings } from "nylas-simulator";
import { POINTS } from "../../../../provider/cli/probe/points";
import { assertSame, openProbeWorld, type Probed, SCALE } from "./probed";

const CONTRACT = readFileSync(join(__dirname, "..", "..", "..", "..", "docs", "nylas-api.md"), "utf8");

const RECORDS = "NylasDomainRecords, NylasDomainVerification";

/** What the probe cannot tell, by the simulator's setting for it. */
const UNTOLD: Readonly<Record<string, { other: Partial<Settings>; why: string }>> = {
  retention: {
    other: { retention: "keeps" },
    why: "how long mail is kept is seen by mail that grows old, and the probe's is a minute old",
  },
  outboundRules: {
    other: { outboundRules: "application" },
    why: "whether a rule holds beyond its workspace is seen by mail that is sent, and the probe sends none",
  },
  deleteNeedsBody: {
    other: { deleteNeedsBody: true },
    why: "the probe sends {} with every DELETE, as the provider does; one without could be the last that the object sees",
  },
};

describe("probe: which points differ", function () {
  this.timeout(60_000);
  const world = openProbeWorld();

  /** A run with everything that can be tried. Whatever the reading, nothing of it is left. */
  const whole = async (): Promise<Probed> => {
    const { url: webhookUrl } = world.receiver;
    const probed = await world.probe({ write: true, yes: true, allowProduction: true, webhookUrl });
    const { webhookDeliveries: _told, lostMail: _mail, ...objects } = world.sim.state();
    assert.deepEqual(JSON.stringify(objects).match(/pulumi-nylas-probe-[^"]*/g) ?? [], []);
    return probed;
  };

  const verdict = ({ report }: Probed, id: string) =>
    report!.points.find((point) => point.id === id)!.verdict;

  it("none of the defaults, and each point was tried", async () => {
    world.fill();
    const probed = await whole();
    assert.deepEqual(probed.differing, [], probed.stdout);
    assert.equal(probed.code, 0);
    assert.deepEqual(
      probed.report!.points.filter((point) => point.verdict === "untried").map(({ id }) => id),
      [],
      probed.stdout,
    );
    assert.deepEqual(
      probed.report!.points.map(({ id }) => id),
      POINTS.map(({ id }) => id),
    );
    assert.deepEqual(probed.profile!.settings, {});
    assert.match(probed.stdout, /\nAs known\.\n$/);
  });

  it("by reading alone, no point of the defaults differs either, and nothing is written", async () => {
    world.fill();
    const probed = await world.probe();
    assert.deepEqual([probed.code, probed.differing], [0, []], probed.stdout);
    assert.deepEqual(
      world.sim.requests.filter(({ method }) => method !== "GET"),
      [],
    );
    const tried = probed.report!.points.filter((point) => point.verdict === "known").map(({ id }) => id);
    for (const id of ["R4", "R5", "R6", "R7", "R8", "R12", "R13", "R14"]) assert.ok(tried.includes(id), id);
    assert.match(probed.stdout, /R3 .* needs --write +not tried/);
  });

  /** What the provider cannot do in full under a reading. */
  const affected: Record<string, string> = {
    ignoredName: "AgentAccount, NylasDomain, NylasList, NylasPolicy, NylasRule, NylasWorkspace",
    ignoredLimits: "NylasPolicy",
    twoDkimKeys: RECORDS,
    dkimByCname: RECORDS,
  };
  for (const [name, { point, what, settings }] of Object.entries(READINGS) as [
    string,
    { point: string; what: string; settings: Partial<Settings> },
  ][]) {
    if (Object.keys(settings).some((each) => each in UNTOLD)) continue;
    it(`${point} alone, where ${what}`, async () => {
      if (name !== "strictConnectors") world.fill();
      world.sim.configure(longer(settings));
      const probed = await whole();
      assertProfile(probed, settings);
      // One known plan is as known as another.
      if (settings.plan === "free") return assert.deepEqual(probed.differing, [], probed.stdout);
      const kinds = affected[name];
      assert.deepEqual(probed.differing, [kinds === undefined ? point : `${point}: ${kinds}`], probed.stdout);
      assert.equal(probed.code, kinds === undefined ? 21 : 22);
      if (kinds !== undefined)
        assert.ok(probed.stdout.includes(`so that these do not work in full: ${kinds}.`));
    });
  }

  const SMALLER: Record<string, Partial<Settings>> = {
    ruleList: { ruleList: "flat" },
    alwaysCursor: { alwaysCursor: true },
    applicationKeyOnDomains: { applicationKeyOnDomains: true },
    omitFalseFlags: { omitFalseFlags: true },
    folderCounts: { folderCounts: "absent" },
    threadRoutes: { threadRoutes: "gone" },
    bareGrants: { bareGrants: true },
    patchName: { patchName: "keep" },
    patchSettings: { patchSettings: "merge" },
    passwordRules: { passwordRules: "strict" },
    removedGrantsGoTo: { removedGrantsGoTo: "default" },
    grantListLagMs: { grantListLagMs: 0 },
    policyPutWithoutId: { policyPutWithoutId: true },
    hostStyle: { hostStyle: "bare" },
    mxStyle: { mxStyle: "target" },
    expiresAt: { expiresAt: "absent" },
    dmarcAndArc: { dmarcAndArc: "reject" },
    duplicateDomainStatus: { duplicateDomainStatus: 409 },
    createTwice: { repeatedCreates: "refused" },
    staleRule: { staleRules: "taken" },
    webhookEmpty: { webhookEmptyValues: "cleared" },
    domainPrefixes: { domainPrefixes: "new" },
  };
  for (const [point, settings] of Object.entries(SMALLER))
    it(`${point} alone, under ${JSON.stringify(settings)}`, async () => {
      world.fill();
      world.sim.configure(settings);
      const probed = await whole();
      assert.deepEqual(probed.differing, [point], probed.stdout);
      assertProfile(probed, settings);
    });

  const WITHOUT: [Partial<Settings>, string][] = [
    [{ attemptNullFor: ["mx"] }, "attemptNullFor: NylasDomainRecords"],
    [{ iamRoutes: "gone" }, "iamRoutes: NylasApiKey, NylasPrincipal"],
    [
      { domainPrefixes: "legacy" },
      "domainPrefixes: NylasDomain, NylasDomainRecords, NylasDomainVerification",
    ],
  ];
  it("attemptNullFor, iamRoutes and domainPrefixes where the provider cannot go on", async () => {
    for (const [settings, differing] of WITHOUT) {
      world.sim.reset();
      world.fill();
      world.sim.configure(settings);
      const probed = await whole();
      assert.deepEqual(probed.differing, [differing], probed.stdout);
      assert.equal(probed.code, 22);
      assertProfile(probed, settings);
    }
  });

  it("R14 by each route that a narrow key may not read, with the resources that need it", async () => {
    world.fill();
    const principalId = world.sim.seed({
      kind: "principal",
      name: "Narrow",
      permissions: [
        "applications.read",
        "connectors.read",
        "grants.read",
        "policies.read",
        "workspaces.read",
      ],
    });
    const { keys } = world.sim;
    world.environment["NYLAS_API_KEY"] = world.canaries.plant(
      "narrow",
      await keyOf(world.sim.url, keys.organizationKey, principalId),
    );
    const probed = await world.probe();
    const lacking = ["NylasDefaultWorkspace", "NylasList", "NylasRule", "NylasWebhook"].filter((each) =>
      probed.differing.join().includes(each),
    );
    assert.deepEqual(lacking, ["NylasList", "NylasRule", "NylasWebhook"], probed.stdout);
    assert.equal(probed.code, 22);
  });

  for (const [setting, { other, why }] of Object.entries(UNTOLD))
    it(`${setting} is not told: ${why}`, async () => {
      assert.deepEqual(Object.keys(other), [setting]);
      world.fill();
      world.sim.configure(other);
      const probed = await whole();
      assert.deepEqual(probed.differing, [], `take ${setting} out of UNTOLD\n${probed.stdout}`);
      assert.ok(!(setting in probed.profile!.settings), "the profile does not say what was not seen");
    });

  it("every point of the contract, and every point of the probe, is tried in both directions, or stands in UNTOLD", () => {
    const tried = [
      ...Object.values<{ settings: Partial<Settings> }>(READINGS).map(({ settings }) => settings),
      ...Object.values(SMALLER),
      ...WITHOUT.map(([settings]) => settings),
    ].flatMap((settings) => Object.keys(settings));
    const told = new Set([...tried.filter((setting) => !(setting in UNTOLD)), ...Object.keys(UNTOLD)]);
    // The last cells of the table of readings, and the middle ones of the table of smaller points.
    const contract = [
      ...CONTRACT.matchAll(/^\| R\d+ \|.*\| ([^|]*) \|$|^\|[^|]*\| (`\w+`(?:, `\w+`)*) \| (?:yes|no) \|$/gm),
    ];
    const settings = contract.flatMap(([, reading, smaller]) => (reading ?? smaller)!.match(/\w+/g)!);
    assert.ok(settings.length > 40, String(settings.length));
    assert.deepEqual(
      settings.filter((setting) => !told.has(setting)),
      [],
    );
    const points = new Set([
      ...Object.values<{ point: string }>(READINGS).map(({ point }) => point),
      ...Object.keys(SMALLER),
      ...WITHOUT.map(([, differing]) => differing.split(":")[0]!),
    ]);
    assert.deepEqual(
      POINTS.filter(({ id }) => !points.has(id)).map(({ id }) => id),
      [],
    );
  });

  it("createTwice and duplicateDomainStatus where a repeated create makes a second object, which goes as well", async () => {
    world.fill();
    const settings = { repeatedCreates: "second" } as const;
    world.sim.configure(settings);
    const before = world.state();
    const probed = await whole();
    assert.deepEqual(probed.differing, ["createTwice: AgentAccount", "duplicateDomainStatus"], probed.stdout);
    assertProfile(probed, settings);
    assert.equal(probed.report!.left, 0);
    assertSame(world, before);
  });

  describe("each profile of the simulator", () => {
    for (const name of profileNames())
      it(`${name}: its points and no others, and a simulator with the profile that was seen answers the same`, async () => {
        world.fill();
        const { settings } = readProfile(name);
        // Points of the settings that ask for them.
        world.sim.configure({
          ...longer(settings as Partial<Settings>),
          httpWebhooks: true,
          requestsPerSecond: 0,
        } as Partial<Settings>);
        const first = await whole();
        const expected = expectedOf(settings as Partial<Settings>);
        const ids = first.differing.map((each) => each.split(":")[0]!).sort();
        assert.deepEqual(ids, expected, first.stdout);

        world.sim.reset();
        world.fill();
        world.sim.configure(inRealTime(readProfile({ settings: first.profile!.settings }).settings));
        const second = await whole();
        assert.deepEqual(second.differing, first.differing, second.stdout);
        for (const { id } of POINTS) assert.equal(verdict(second, id), verdict(first, id), id);
      });
  });

  function inRealTime(settings: object): Partial<Settings> {
    const entries = Object.entries(settings) as [string, unknown][];
    return Object.fromEntries(
      entries.map(([name, value]) => [name, name === "readLagMs" ? Number(value) * SCALE : value]),
    );
  }

  /** A lag of a few milliseconds is over before the first look, on a slow machine. */
  function longer(settings: Partial<Settings>): Partial<Settings> {
    const lags = Object.entries(settings).filter(([name, value]) => /LagMs$/.test(name) && Number(value) > 0);
    return {
      ...settings,
      ...Object.fromEntries(lags.map(([name, value]) => [name, Math.max(Number(value), 100)])),
    };
  }

  /** The profile has the setting, and all that it has is taken by the simulator. */
  function assertProfile({ profile, stdout }: Probed, settings: Partial<Settings>): void {
    const seen = readProfile({ settings: profile!.settings }).settings;
    for (const [name, value] of Object.entries(settings)) {
      const got = (seen as Record<string, unknown>)[name];
      if (name === "readLagMs" || name === "newGrantListLagMs" || name === "grantDeleteLagMs")
        assert.ok(typeof got === "number" && got > 0, `${name} ${String(got)}\n${stdout}`);
      else if (name !== "domainAddressStatus") assert.deepEqual(got, value, `${name}\n${stdout}`);
    }
  }

  /** The points that a profile's settings stand for, by the table in docs/nylas-api.md and the probe's own of the smaller ones. */
  function expectedOf(settings: Partial<Settings>): string[] {
    const byReading = (Object.values(READINGS) as { point: string; settings: Partial<Settings> }[]).filter(
      ({ settings: reading }) =>
        Object.entries(reading).every(([name, value]) =>
          typeof value === "number" && name.endsWith("Ms")
            ? Number((settings as Record<string, unknown>)[name]) > 0
            : (settings as Record<string, unknown>)[name] === value,
        ),
    );
    const smaller = Object.entries(SMALLER).filter(([, wanted]) =>
      Object.entries(wanted).every(([name, value]) => (settings as Record<string, unknown>)[name] === value),
    );
    const points = byReading
      .filter(
        ({ settings: reading }) =>
          !("retention" in reading) && (reading as { plan?: string }).plan !== "free",
      )
      .map(({ point }) => point);
    return [...new Set([...points, ...smaller.map(([point]) => point)])].sort();
  }
});

async function keyOf(url: string, organizationKey: string, principalId: string): Promise<string> {
  const answer = await fetch(`${url}/v3/iam/principals/${principalId}/credentials`, {
    method: "POST",
    headers: { authorization: `Bearer ${organizationKey}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "narrow", expires_at: Math.floor(Date.now() / 1000) + 3600 }),
  });
  const { data } = (await answer.json()) as { data: { secret: string } };
  return data.secret;
}

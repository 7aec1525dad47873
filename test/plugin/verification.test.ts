import assert from "node:assert/strict";
import { type Declared, type Input, type Report } from "./stack";
import {
  account,
  domain,
  domainRecords,
  domainVerification,
  done,
  eventually,
  openWorld,
  publish,
  type Records,
  refused,
  succeeded,
  writesOf,
} from "./world";

const DOMAIN = "agents.example.com";

describe("verification", () => {
  const world = openWorld({ env: { NYLAS_TEST_TIME_SCALE: "0.006" } });

  const base: Declared[] = [
    domain("domain", { domainName: DOMAIN }),
    domainRecords("records", { domainName: DOMAIN, domainId: (of) => of("domain").id }),
  ];
  const program = (more: Record<string, Input> = {}): Declared[] => [
    ...base,
    domainVerification("verified", {
      domainName: DOMAIN,
      domainId: (of) => of("domain").id,
      records: (of) => of("records").records,
      ...more,
    }),
  ];
  const records = () => world.stack.find("records").outputs.records as Records;
  const status = () => world.stack.find("verified").outputs.status;
  const flags = () => {
    const { verified } = world.sim.state().domains.find((each) => each.domain_address === DOMAIN)!;
    return Object.entries(verified)
      .filter(([, there]) => there)
      .map(([type]) => type)
      .sort();
  };
  const all = ["dkim", "feedback", "mx", "ownership", "spf"];
  const verifies = () => world.sim.requests.filter(({ path }) => path.endsWith("/verify")).length;

  beforeEach(async () => {
    succeeded(await world.stack.apply(base));
    world.sim.clearRequests();
  });

  it("of records that stand is done at once, with one question a purpose, and nothing is written", async () => {
    publish(world.sim, records());
    succeeded(await world.stack.apply(program()));
    assert.equal(status(), "verified");
    assert.deepEqual(flags(), all);
    assert.equal(verifies(), 5);
    assert.deepEqual(writesOf(world.sim), []);
    assert.deepEqual(done(succeeded(await world.stack.apply(program()))), []);
    assert.deepEqual(done(succeeded(await world.stack.refresh())), []);
    assert.equal(verifies(), 0, "what is verified is not asked for again");
  });

  it("waits for what propagates, says so, and ends when all of it is seen", async () => {
    const { sim, stack } = world;
    const running = stack.apply(program());
    await eventually(() => verifies() >= 10);
    publish(sim, records(), ["ownership", "spf", "dkim"]);
    await eventually(() => flags().length === 3);
    const before = verifies();
    await eventually(() => verifies() > before + 3);
    publish(sim, records(), ["mx", "feedback"]);
    const report = succeeded(await running);
    assert.equal(status(), "verified");
    assert.deepEqual(flags(), all);
    assert.ok(
      report.log.some((line) => line.includes(`${DOMAIN}: waiting for ownership, spf, mx, dkim, feedback`)),
    );
    assert.ok(report.log.some((line) => /waiting for mx, feedback \(\d+ s\)/.test(line)));
  });

  it("backs off: it does not ask all the time", async () => {
    const { stack } = world;
    refused(await stack.apply(program({ timeoutSeconds: 600 })), "is not verified after");
    const looks = verifies() / 5;
    assert.ok(looks > 8 && looks < 30, `${looks} looks in ten minutes`);
  });

  it("with wait: false records pending, warns with what is missing, lets the program go on, and looks again in every run", async () => {
    const { sim, stack } = world;
    const waitless = program({ wait: false });
    const after = domain("next", { domainName: "next.example.com" }, { dependsOn: ["verified"] });
    const report = succeeded(await stack.apply([...waitless, after]));
    assert.ok(done(report).includes("create next"));
    assert.equal(status(), "pending");
    assert.equal(report.warnings.length, 1);
    assert.match(
      report.warnings[0]!,
      /verification pending; the program goes on, and the next pulumi up looks again/,
    );
    assert.equal((stack.find("verified").outputs.problems as string[]).length > 0, true);
    assert.deepEqual(done(succeeded(await stack.apply([...waitless, after]))), ["update verified"]);
    assert.equal(status(), "pending");
    publish(sim, records());
    assert.deepEqual(done(succeeded(await stack.apply([...waitless, after]))), ["update verified"]);
    assert.equal(status(), "verified");
    assert.equal(stack.find("verified").outputs.problems, undefined);
    assert.deepEqual(done(succeeded(await stack.apply([...waitless, after]))), []);
  });

  it("that reaches its limit is a partial failure that explains each record, and the next run goes on", async () => {
    const { sim, stack } = world;
    publish(sim, records(), ["ownership", "mx", "dkim", "feedback"]);
    const report = refused(
      await stack.apply(program({ timeoutSeconds: 30 })),
      `${DOMAIN} is not verified after`,
      "limit 30 s; customTimeouts sets it",
      "The next pulumi up goes on",
      /spf TXT .*pending: No TXT record was found/,
    );
    assert.equal(report.errors.length, 1);
    assert.equal(status(), "pending");
    assert.equal(stack.find("verified").initErrors.length, 1);
    assert.deepEqual(flags(), ["dkim", "feedback", "mx", "ownership"], "what was seen stays verified");
    publish(sim, records(), ["spf"]);
    sim.clearRequests();
    succeeded(await stack.apply(program({ timeoutSeconds: 30 })));
    assert.equal(verifies(), 1, "only what is missing is asked for");
    assert.equal(status(), "verified");
  });

  const wrong: [
    string,
    (records: Records) => { type: string; name: string; content: string; priority?: number },
    RegExp,
  ][] = [
    [
      "an MX that points elsewhere",
      () => ({ type: "MX", name: DOMAIN, content: "mail.elsewhere.net", priority: 10 }),
      /mail\.elsewhere\.net/,
    ],
    [
      "an SPF without Nylas in it",
      () => ({ type: "TXT", name: DOMAIN, content: "v=spf1 -all" }),
      /v=spf1 -all/,
    ],
    [
      "a DKIM key of somebody else",
      ({ dkim }) => ({ type: "TXT", name: dkim!.name, content: "v=DKIM1; k=rsa; p=AAAA" }),
      /p=AAAA/,
    ],
  ];
  for (const [what, record, said] of wrong) {
    it(`that meets ${what} sets side by side what is expected and what is published`, async () => {
      const { sim, stack } = world;
      const slot = record(records()).type === "MX" ? "mx" : what.includes("SPF") ? "spf" : "dkim";
      publish(
        sim,
        records(),
        all.filter((each) => each !== slot),
      );
      const id = sim.putRecord("example.com", record(records()));
      const report = await stack.apply(program({ timeoutSeconds: 10 }));
      refused(report, said, slot);
      // Whole, to be copied.
      assert.ok(text(report).includes(records()[slot]!.value), text(report));
      sim.removeRecord("example.com", id);
      publish(sim, records(), [slot]);
      succeeded(await stack.apply(program({ timeoutSeconds: 10 })));
      assert.equal(status(), "verified");
    });
  }

  it("that meets a rotated ownership value ends at once and says pulumi up --refresh, which then ends well", async () => {
    const { sim, stack } = world;
    publish(sim, records());
    sim.advanceClock(3 * 86_400);
    const report = refused(
      await stack.apply(program()),
      "The ownership value",
      "has expired",
      "pulumi up --refresh",
    );
    assert.equal(report.errors.length, 1);
    assert.ok(verifies() <= 10, `${verifies()} questions: it did not wait`);
    assert.equal(status(), "pending");
    // A refresh notices, the records are asked for again, and the vendor publishes what follows from them.
    await stack.refresh();
    const before = records().ownership!.value;
    const running = stack.apply(program());
    await eventually(() => records().ownership!.value !== before);
    publish(sim, records(), ["ownership"]);
    succeeded(await running);
    assert.equal(status(), "verified");
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
  });

  describe("finding 9: a domain that waits for somebody else is no drift:", () => {
    const pending = program({ wait: false, publishedBy: "zone-file", publishedAt: "zone file" });
    const said = `${DOMAIN}: verification pending. The next pulumi up looks again.`;

    it("a preview and a refresh show nothing, and say that it is pending; every up looks again", async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply(pending));
      assert.equal(status(), "pending");
      sim.clearRequests();
      for (const look of [
        () => stack.preview(pending),
        () => stack.refresh(),
        () => stack.refreshAndPreview(pending),
      ]) {
        const report = succeeded(await look());
        assert.deepEqual(done(report), []);
        assert.equal(report.log.filter((line) => line === `info: ${said}`).length, 1, report.log.join("\n"));
      }
      assert.equal(verifies(), 0);
      assert.deepEqual(done(succeeded(await stack.apply(pending))), ["update verified"]);
      assert.notEqual(verifies(), 0);
      assert.deepEqual(done(succeeded(await stack.preview(pending))), []);
      publish(sim, records());
      succeeded(await stack.apply(pending));
      assert.equal(status(), "verified");
      assert.doesNotMatch((await stack.preview(pending)).log.join("\n"), /pending/);
    });

    it("one that was verified and is no more is drift, and so is one that the program waits for", async () => {
      const { sim, stack } = world;
      publish(sim, records());
      succeeded(await stack.apply(pending));
      const { id } = sim.state().domains.find(({ domain_address }) => domain_address === DOMAIN)!;
      sim.edit("domain", id, { verified: { mx: false } });
      assert.deepEqual(done(succeeded(await stack.refresh())), ["drift verified"]);
      assert.deepEqual(done(succeeded(await stack.preview(pending))), ["update verified"]);
    });
  });

  it("finding 23: with wait: false an expired ownership value says pulumi up --refresh, and not to publish it", async () => {
    const { sim, stack } = world;
    publish(sim, records());
    sim.advanceClock(3 * 86_400);
    const expired = records().ownership!.value;
    const report = succeeded(await stack.apply(program({ wait: false })));
    assert.match(report.warnings.join("\n"), /has expired.*Run pulumi up --refresh/);
    assert.doesNotMatch(
      report.warnings.join("\n"),
      new RegExp(`publish it: \\S+ TXT ${expired}|the next pulumi up looks again`),
    );
    const { problems } = stack.find("verified").outputs as { problems: string[] };
    assert.match(problems.join("\n"), /ownership TXT at .*: this value has expired.*pulumi up --refresh/);
    assert.match(
      (await stack.preview(program({ wait: false }))).log.join("\n"),
      /has expired: run pulumi up --refresh/,
    );
  });

  it("finding 8: records that have landed in another zone are an error at once, with the name of the zone", async () => {
    const { stack } = world;
    const stray = `${DOMAIN}.other.example`;
    const report = refused(
      await stack.apply(program({ answeredNames: [stray, stray, `_dmarc.${stray}`] })),
      `The DNS records of ${DOMAIN} are in the wrong zone: they stand as ${stray}, _dmarc.${stray}.`,
      "zoneId is the id of the zone other.example",
      "zoneName",
    );
    assert.equal(report.errors.length, 1);
    assert.equal(verifies(), 0, "nothing is waited for");
    assert.ok(!stack.state.some(({ name }) => name === "verified"));
    publish(world.sim, records());
    succeeded(await stack.apply(program({ answeredNames: [`${DOMAIN}.`, DOMAIN.toUpperCase()] })));
    assert.equal(status(), "verified");
    assert.deepEqual(done(succeeded(await stack.apply(program()))), [], "it is no difference");
  });

  for (const [place, shown] of [
    [
      "cloudflare:!YOUR_CLOUDFLARE_ZONE_ID",
      'cloudflareDns: zoneId: given "YOUR_CLOUDFLARE_ZONE_ID"; allowed: the id of a zone: the 32 hexadecimal digits',
    ],
    ["cloudflare:!", "cloudflareDns: zoneId: given a secret that is none"],
    ["route53:!example.com", 'route53Dns: zoneId: given "example.com"'],
  ]) {
    it(`finding 8: a zone id that came as an output and is none is refused in the preview: ${place}`, async () => {
      refused(await world.stack.preview(program({ publishedAt: place })), shown!);
    });
  }

  it("of a zone that is delegated elsewhere does not see the records, and does when that is put right", async () => {
    const { sim, stack } = world;
    publish(sim, records());
    sim.setDelegation("example.com", ["ns1.parked.example.net", "ns2.parked.example.net"]);
    const wrong = `${DOMAIN} is served by ns1.parked.example.net, ns2.parked.example.net, and none of the records is there. Your records are at Cloudflare`;
    const elsewhere = program({ timeoutSeconds: 120, publishedBy: "cloudflare" });
    const report = refused(await stack.apply(elsewhere), "is not verified after", "(no such name)", wrong);
    assert.equal(
      report.warnings.filter((line) => line.includes(wrong)).length,
      1,
      "named once, while it waits",
    );
    assert.ok(text(report).includes(`(as ${sim.dnsServer}, of nylas:dnsServers, sees it)`), text(report));
    assert.equal(status(), "pending");
    assert.match((stack.find("verified").outputs.problems as string[])[0]!, /delegate example\.com to/);
    sim.setDelegation("example.com", null);
    succeeded(await stack.apply(elsewhere));
    assert.equal(status(), "verified");
  });

  it("of a zone whose name servers do not answer for it names the delegation at once, and goes on: others may see another side", async () => {
    const { sim, stack } = world;
    const wrong =
      "the name servers that example.com is delegated to give no answer for it: at the registrar (or in the zone above), name the servers of Route 53";
    // The zone above answers, as a resolver's view of the public DNS does.
    sim.seed({ kind: "zone", name: "com" });
    publish(sim, records());
    sim.setDelegation("example.com", []);
    const declared = program({ timeoutSeconds: 600, publishedBy: "route53" });
    const running = stack.apply(declared);
    await eventually(() => verifies() >= 10);
    sim.setDelegation("example.com", null);
    const report = succeeded(await running);
    assert.equal(
      report.warnings.filter((line) => line.includes(wrong)).length,
      1,
      report.warnings.join("\n"),
    );
    assert.equal(status(), "verified");
  });

  it("of a zone that nylas:dnsServers leaves to others says so, and that those may be the wrong ones or the right ones", async () => {
    const { sim, stack } = world;
    sim.putRecord("example.com", { type: "NS", name: DOMAIN, content: "ns1.old-host.example" });
    const report = refused(
      await stack.apply(program({ timeoutSeconds: 6 })),
      "it refers to other servers",
      `${sim.dnsServer} (of nylas:dnsServers) does not answer for ${DOMAIN} and refers to ns1.old-host.example: if those are not the servers of`,
    );
    assert.doesNotMatch(text(report), /publish it:/);
  });

  for (const dnsMode of ["servfail", "refused", "silent"] as const) {
    it(`from where DNS cannot be reached (${dnsMode}) tells that apart from a missing record`, async () => {
      const { sim, stack } = world;
      sim.configure({ dnsMode });
      const report = refused(await stack.apply(program({ timeoutSeconds: 6 })), "is not verified after");
      assert.match(
        text(report),
        {
          servfail: /SERVFAIL/,
          refused: /REFUSED/,
          silent: /DNS is not reachable from here, so whether the record stands cannot be told/,
        }[dnsMode],
      );
      assert.doesNotMatch(text(report), /publish it:|\(none\)|no such name/);
      // Nylas' own word counts: with the records there it is verified, whatever can be seen from here.
      publish(sim, records());
      succeeded(await stack.apply(program({ timeoutSeconds: 6 })));
      assert.equal(status(), "verified");
    });
  }

  it("that is lost again is found by a refresh, said, and put right by the next run", async () => {
    const { sim, stack } = world;
    const ids = publish(sim, records());
    succeeded(await stack.apply(program()));
    const { id } = stack.find("domain");
    sim.removeRecord("example.com", ids.mx!);
    sim.edit("domain", id, { verified: { mx: false } });
    assert.deepEqual(done(succeeded(await stack.refresh())), ["drift verified"]);
    assert.equal(status(), "lost");
    assert.deepEqual(stack.find("verified").outputs.problems, ["no longer verified: mx"]);
    refused(await stack.apply(program({ timeoutSeconds: 6 })), "mx");
    publish(sim, records(), ["mx"]);
    succeeded(await stack.apply(program({ timeoutSeconds: 6 })));
    assert.equal(status(), "verified");
    assert.deepEqual(flags(), all);
  });

  it("of some purposes only asks for those", async () => {
    const { sim, stack } = world;
    publish(sim, records(), ["ownership", "mx"]);
    succeeded(await stack.apply(program({ purposes: ["ownership", "mx"] })));
    assert.equal(verifies(), 2);
    assert.deepEqual(flags(), ["mx", "ownership"]);
    publish(sim, records(), ["spf"]);
    assert.deepEqual(done(succeeded(await stack.apply(program({ purposes: ["ownership", "mx", "spf"] })))), [
      "update verified",
    ]);
    assert.deepEqual(flags(), ["mx", "ownership", "spf"]);
  });

  it("goes by the domain's flags, not by the answers to the checks", async () => {
    const { sim, stack } = world;
    publish(sim, records());
    // Every answer says pending; the flags say verified.
    sim.edit("domain", stack.find("domain").id, {
      verified: { ownership: true, mx: true, spf: true, dkim: true, feedback: true },
    });
    succeeded(await stack.apply(program()));
    assert.equal(verifies(), 0);
    assert.equal(status(), "verified");
  });

  it("without an organization key looks at DNS alone", async () => {
    const { sim, stack } = world;
    const pasted = records();
    stack.state = [];
    stack.config = Object.fromEntries(
      Object.entries(world.config).filter(([key]) => key !== "nylas:organizationKey"),
    );
    const alone = [
      domainVerification("verified", {
        domainName: DOMAIN,
        records: pasted as unknown as Input,
        timeoutSeconds: 6,
      }),
    ];
    refused(await stack.apply(alone), "is not verified after", "ownership");
    publish(sim, pasted);
    sim.clearRequests();
    succeeded(await stack.apply(alone));
    assert.equal(status(), "verified");
    // Which application's accounts can be looked for before its delete is recorded; of the domain nothing is asked.
    assert.deepEqual([...new Set(sim.requests.map(({ path }) => path))], ["/v3/applications"]);
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    assert.deepEqual(done(succeeded(await stack.apply(alone))), []);
  });

  it("without an organization key does not call verified what has no record to look for", async () => {
    const { stack } = world;
    const { mx, ownership } = records();
    stack.state = [];
    const verification = (inputs: Record<string, Input>) =>
      stack.apply([domainVerification("verified", { domainName: DOMAIN, timeoutSeconds: 6, ...inputs })]);
    const given = { mx, ownership } as unknown as Input;
    refused(
      await verification({ records: given, purposes: ["mx", "dkim"] }),
      /purposes: given \["mx","dkim"\] without a domainId, .* records has none for dkim; allowed: .*for example/,
    );
    refused(await verification({ records: {} }), /records: given no record without a domainId/);
    assert.deepEqual(stack.state, []);
  });

  it("of a domain that is gone says so", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program({ wait: false })));
    sim.remove("domain", stack.find("domain").id);
    refused(await stack.apply(program()), "pulumi refresh");
    assert.deepEqual(done(succeeded(await stack.refresh())).sort(), ["gone domain", "gone records"]);
  });

  it("of a trial domain has nothing to wait for", async () => {
    const { sim, stack } = world;
    const trial = sim.state().domains.find(({ branded }) => branded)!;
    succeeded(
      await stack.apply([
        domainVerification("trial", { domainName: trial.domain_address, domainId: trial.id, records: {} }),
      ]),
    );
    assert.equal(stack.find("trial").outputs.status, "verified");
    assert.equal(verifies(), 0);
  });

  it("gates the accounts on it: on a pending domain each fails as its own error, and after it they are made", async () => {
    const { sim, stack } = world;
    const withAccount = (wait: boolean) => [
      ...program({ wait, timeoutSeconds: 6 }),
      account("bot", { email: (of) => `bot@${String(of("verified").domainName)}` }),
    ];
    refused(await stack.apply(withAccount(false)), `domain pending: ${DOMAIN}`, `bot@${DOMAIN}`);
    const report = refused(
      await stack.apply(withAccount(true), { continueOnError: true }),
      "is not verified after",
    );
    assert.ok(report.steps.some(({ name, op }) => name === "bot" && op === "skip"));
    assert.deepEqual(sim.state().grants, []);
    publish(sim, records());
    succeeded(await stack.apply(withAccount(true)));
    assert.deepEqual(
      sim.state().grants.map(({ email }) => email),
      [`bot@${DOMAIN}`],
    );
    assert.deepEqual(done(succeeded(await stack.apply(withAccount(true)))), []);
  });

  it("meets faults of Nylas on the way and goes on", async () => {
    const { sim, stack } = world;
    publish(sim, records());
    for (const fault of [
      { kind: "reset" },
      { kind: "status", status: 503 },
      { kind: "status", status: 429, retryAfter: 3 },
      { kind: "timeout", when: "after" },
    ] as const)
      sim.addFault({ path: "/verify$", ...fault });
    succeeded(await stack.apply(program()));
    assert.equal(status(), "verified");
  });
});

function text({ errors }: Report): string {
  return errors.map(({ message }) => message).join("\n");
}

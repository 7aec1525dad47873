import assert from "node:assert/strict";
import { Resolver } from "node:dns/promises";
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  InvalidChangeBatch,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  NoSuchHostedZone,
  Route53Client,
  type ChangeAction,
  type ResourceRecordSet,
  type RRType,
} from "@aws-sdk/client-route-53";
import { startSimulator, type Simulator } from "nylas-simulator";

describe("Amazon's own Route 53 SDK against the simulator", () => {
  let simulator: Simulator;
  let client: Route53Client;
  let zone: string;
  let resolver: Resolver;

  beforeEach(async () => {
    simulator = await startSimulator({ zones: ["example.com", "example.org"] });
    client = connect(simulator);
    const found = await client.send(
      new ListHostedZonesByNameCommand({ DNSName: "example.com", MaxItems: 1 }),
    );
    zone = found.HostedZones![0]!.Id!.replace("/hostedzone/", "");
    resolver = new Resolver();
    resolver.setServers([simulator.dnsServer]);
  });
  afterEach(() => {
    client.destroy();
    return simulator.close();
  });

  const connect = (to: Simulator, maxAttempts = 1): Route53Client =>
    new Route53Client({
      endpoint: to.url,
      region: "us-east-1",
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "any" },
      maxAttempts,
    });
  const set = (Name: string, Type: RRType, values: string[], TTL = 300): ResourceRecordSet => ({
    Name,
    Type,
    TTL,
    ResourceRecords: values.map((Value) => ({ Value })),
  });
  const batch = (...changes: [ChangeAction, ResourceRecordSet][]) =>
    client.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zone,
        ChangeBatch: {
          Comment: "by a test",
          Changes: changes.map(([Action, ResourceRecordSet]) => ({ Action, ResourceRecordSet })),
        },
      }),
    );
  const sets = async (
    start: { StartRecordName?: string; StartRecordType?: RRType; MaxItems?: number } = {},
  ) => client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone, ...start }));
  /** The record sets but for the zone's own, as "TXT a.example.com. 300 value, value". */
  const stands = async () =>
    (await sets())
      .ResourceRecordSets!.filter(({ Type }) => Type !== "NS" && Type !== "SOA")
      .map(
        ({ Type, Name, TTL, ResourceRecords }) =>
          `${Type} ${Name} ${TTL} ${ResourceRecords!.map(({ Value }) => Value).join(", ")}`,
      );
  const refuses = async (changes: [ChangeAction, ResourceRecordSet][], ...said: (string | RegExp)[]) => {
    const before = await stands();
    await assert.rejects(batch(...changes), (error) => {
      assert.ok(error instanceof InvalidChangeBatch, String(error));
      for (const part of said)
        assert.ok(
          typeof part === "string" ? error.message.includes(part) : part.test(error.message),
          error.message,
        );
      return true;
    });
    assert.deepEqual(await stands(), before, "a refused batch changes nothing");
  };

  it("finds a zone by its name and by its id, with its own NS and SOA in it", async () => {
    const byName = await client.send(new ListHostedZonesByNameCommand({ DNSName: "EXAMPLE.org." }));
    assert.equal(byName.HostedZones![0]!.Name, "example.org.");
    assert.equal((await client.send(new ListHostedZonesCommand({}))).HostedZones!.length, 2);
    const got = await client.send(new GetHostedZoneCommand({ Id: zone }));
    assert.equal(got.HostedZone!.Name, "example.com.");
    assert.equal(got.DelegationSet!.NameServers!.length, 2);
    assert.deepEqual(
      (await sets()).ResourceRecordSets!.map(({ Type }) => Type),
      ["NS", "SOA"],
    );
    await assert.rejects(client.send(new GetHostedZoneCommand({ Id: "Z0000" })), NoSuchHostedZone);
  });

  it("asks for an access key", async () => {
    const response = await fetch(`${simulator.url}/2013-04-01/hostedzone/${zone}`);
    assert.equal(response.status, 403);
    assert.match(await response.text(), /<Code>MissingAuthenticationToken<\/Code>/);
  });

  it("creates record sets that the DNS then serves, values and all", async () => {
    const made = await batch(
      ["CREATE", set("agents.example.com", "MX", ["10 inbound.example.net", "20 second.example.net."])],
      ["CREATE", set("Agents.Example.com.", "TXT", ['"v=spf1 -all"', '"other"'])],
    );
    assert.equal(made.ChangeInfo!.Status, "PENDING");
    assert.deepEqual(
      (await resolver.resolveMx("agents.example.com")).map((mx) => `${mx.priority} ${mx.exchange}`).sort(),
      ["10 inbound.example.net", "20 second.example.net"],
    );
    assert.deepEqual((await resolver.resolveTxt("agents.example.com")).flat().sort(), [
      "other",
      "v=spf1 -all",
    ]);
    assert.deepEqual(await stands(), [
      "MX agents.example.com. 300 10 inbound.example.net, 20 second.example.net.",
      'TXT agents.example.com. 300 "v=spf1 -all", "other"',
    ]);
  });

  it("has one set for a name and type: a second CREATE fails, UPSERT takes the place of the whole", async () => {
    await batch(["CREATE", set("a.example.com", "TXT", ['"one"', '"two"'])]);
    await refuses(
      [["CREATE", set("A.example.com.", "TXT", ['"three"'])]],
      "Tried to create resource record set [name='a.example.com.', type='TXT'] but it already exists",
    );
    await batch(["UPSERT", set("a.example.com", "TXT", ['"three"', '"one"'], 60)]);
    assert.deepEqual(await stands(), ['TXT a.example.com. 60 "one", "three"']);
    assert.deepEqual((await resolver.resolveTxt("a.example.com")).flat().sort(), ["one", "three"]);
  });

  it("deletes a set only when TTL and values are given exactly", async () => {
    const whole = set("a.example.com", "TXT", ['"one"', '"two"']);
    await batch(["CREATE", whole]);
    await refuses([["DELETE", set("a.example.com", "TXT", ['"one"'])]], "do not match the current values");
    await refuses([["DELETE", { ...whole, TTL: 60 }]], "do not match the current values");
    await refuses([["DELETE", set("b.example.com", "TXT", ['"one"'])]], "but it was not found");
    await batch(["DELETE", set("a.example.com.", "TXT", ['"two"', '"one"'])]);
    assert.deepEqual(await stands(), []);
    await assert.rejects(resolver.resolveTxt("a.example.com"), { code: "ENOTFOUND" });
  });

  it("does a batch as a whole or not at all, in its order", async () => {
    const old = set("a.example.com", "TXT", ['"old"']);
    await batch(["CREATE", old]);
    await refuses(
      [
        ["CREATE", set("b.example.com", "TXT", ['"new"'])],
        ["CREATE", old],
      ],
      "already exists",
    );
    await batch(["DELETE", old], ["CREATE", set("a.example.com", "CNAME", ["www.example.net"])]);
    assert.deepEqual(await stands(), ["CNAME a.example.com. 300 www.example.net"]);
  });

  it("takes TXT values in quotes only, of at most 255 bytes a string, with octal escapes", async () => {
    const txt = (value: string): [ChangeAction, ResourceRecordSet][] => [
      ["CREATE", set("t.example.com", "TXT", [value])],
    ];
    await refuses(txt("bare"), "Value should be enclosed in quotation marks", "encountered with 'bare'");
    await refuses(txt('"open'), "quotation marks");
    await refuses(txt(`"${"a".repeat(256)}"`), "CharacterStringTooLong");
    await refuses(txt('"ü"'), "unsupported characters");
    await refuses(txt(`"${"a".repeat(4000)}"`), "4000");
    await refuses([["CREATE", set("t.example.com", "TXT", ['"a"', '"a"'])]], "Duplicate Resource Record");

    const written = `"${"a".repeat(250)}\\303\\274\\042\\134\\"" "second""third\\040" ""`;
    await batch(...txt(written));
    assert.deepEqual(await resolver.resolveTxt("t.example.com"), [
      [`${"a".repeat(250)}${Buffer.from("ü").toString("latin1")}"\\"`, "second", "third ", ""],
    ]);
    assert.deepEqual(
      await stands(),
      [`TXT t.example.com. 300 ${written}`],
      "values come back as they were written",
    );
  });

  it("keeps names within the zone, at the boundary of a label, and CNAME alone", async () => {
    await refuses(
      [["CREATE", set("a.example.net", "TXT", ['"x"'])]],
      "is not permitted in zone example.com.",
    );
    await refuses(
      [["CREATE", set("myexample.com", "TXT", ['"x"'])]],
      "is not permitted in zone example.com.",
    );
    await refuses([["CREATE", set("example.com", "CNAME", ["x.example.net"])]], "not permitted at apex");
    await batch(["CREATE", set("c.example.com", "CNAME", ["x.example.net"])]);
    await refuses([["CREATE", set("c.example.com", "TXT", ['"x"'])]], "a conflicting RRSet of type CNAME");
    await refuses(
      [["CREATE", set("m.example.com", "MX", ["mail.example.net"])]],
      "MX record doesn't have 2 fields",
    );
    await refuses([["DELETE", (await sets()).ResourceRecordSets![0]!]], "at least one NS record");
  });

  it("shows names with octal escapes and in the order of their labels, page by page", async () => {
    for (const name of ["b.example.com", "*.example.com", "a.b.example.com", "example.com"])
      await batch(["CREATE", set(name, "TXT", ['"x"'])]);
    const names = [];
    let start: { StartRecordName?: string; StartRecordType?: RRType } = {};
    for (;;) {
      const page = await sets({ ...start, MaxItems: 2 });
      names.push(...page.ResourceRecordSets!.map(({ Name, Type }) => `${Type} ${Name}`));
      if (!page.IsTruncated) break;
      start = { StartRecordName: page.NextRecordName!, StartRecordType: page.NextRecordType! };
    }
    assert.deepEqual(names, [
      "NS example.com.",
      "SOA example.com.",
      "TXT example.com.",
      "TXT \\052.example.com.",
      "TXT b.example.com.",
      "TXT a.b.example.com.",
    ]);
    const [first] = (await sets({ StartRecordName: "B.example.com", StartRecordType: "TXT", MaxItems: 1 }))
      .ResourceRecordSets!;
    assert.equal(first!.Name, "b.example.com.");
    assert.deepEqual(await resolver.resolveTxt("anything.example.com"), [["x"]]);
  });

  it("is PENDING until the DNS serves the change, and INSYNC then", async () => {
    simulator.setPropagationDelay(60_000);
    const made = await batch(["CREATE", set("slow.example.com", "TXT", ['"x"'])]);
    const status = async () =>
      (await client.send(new GetChangeCommand({ Id: made.ChangeInfo!.Id! }))).ChangeInfo!.Status;
    assert.equal(await status(), "PENDING");
    await assert.rejects(resolver.resolveTxt("slow.example.com"));
    simulator.advanceClock(61);
    assert.equal(await status(), "INSYNC");
    assert.deepEqual(await resolver.resolveTxt("slow.example.com"), [["x"]]);
  });

  it("shows what was written by another client, and leaves it alone beside its own", async () => {
    simulator.putRecord("example.com", { type: "TXT", name: "shared", content: '"by hand \\195\\188"' });
    simulator.putRecord("example.com", {
      type: "MX",
      name: "shared",
      content: "mail.example.net",
      priority: 5,
    });
    await batch(["CREATE", set("own.example.com", "TXT", ['"x"'])]);
    assert.deepEqual(await stands(), [
      'TXT own.example.com. 300 "x"',
      "MX shared.example.com. 300 5 mail.example.net",
      'TXT shared.example.com. 300 "by hand \\303\\274"',
    ]);
    await batch(["DELETE", set("shared.example.com", "TXT", ['"by hand \\303\\274"'])]);
    assert.equal((await stands()).length, 2);
  });

  it("retries by itself after a 503, whose body it can read", async () => {
    simulator.addFault({ kind: "status", status: 503, type: "ServiceUnavailable", path: "/hostedzone/" });
    await assert.rejects(client.send(new GetHostedZoneCommand({ Id: zone })), { name: "ServiceUnavailable" });
    simulator.addFault({ kind: "status", status: 503, path: "/hostedzone/" });
    const patient = connect(simulator, 3);
    assert.equal(
      (await patient.send(new GetHostedZoneCommand({ Id: zone }))).HostedZone!.Name,
      "example.com.",
    );
  });
});

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { connect } from "node:net";
import { decode, encode, type DecodedPacket } from "dns-packet";
import { txtStrings } from "../../../simulator/dns/zones";
import { startBench, type Bench } from "./client";

describe("simulator: DNS", () => {
  let bench: Bench;
  let resolver: Resolver;
  beforeEach(async () => {
    bench = await startBench();
    resolver = new Resolver({ timeout: 300, tries: 1 });
    resolver.setServers([bench.simulator.dnsServer]);
  });
  afterEach(() => bench.simulator.close());

  const put = (type: string, name: string, content: string, priority?: number) =>
    bench.simulator.putRecord("example.com", {
      type,
      name,
      content,
      ...(priority === undefined ? {} : { priority }),
    });
  const port = () => Number(bench.simulator.dnsServer.split(":")[1]);
  const code = async (question: Promise<unknown>): Promise<string> =>
    question.then(
      () => "answered",
      (error: { code: string }) => error.code,
    );

  describe("two zones of one name", () => {
    const seed = (vendor: "cloudflare" | "route53") =>
      bench.simulator.seed({ kind: "zone", name: "example.com", vendor });
    const serversOf = (id: string) =>
      bench.simulator.state().zones.find((zone) => zone.id === id)!.nameServers;
    const text = (zone: string, content: string) =>
      bench.simulator.putRecord(zone, { type: "TXT", name: "which.example.com", content });
    const seen = async () => (await resolver.resolveTxt("which.example.com")).flat();

    it("are told apart by the delegation: the other one answers once its servers are named, and not before", async () => {
      const first = bench.simulator.zones[0]!.id;
      const second = seed("route53");
      text(first, "first");
      text(second, "second");
      assert.notEqual(serversOf(first).join(), serversOf(second).join());
      assert.deepEqual(await seen(), ["first"]);
      bench.simulator.setDelegation("example.com", serversOf(second));
      assert.deepEqual(await seen(), ["second"]);
      assert.deepEqual((await resolver.resolveNs("example.com")).sort(), [...serversOf(second)].sort());
      assert.deepEqual(await resolver.resolve4(serversOf(second)[0]!), ["127.0.0.1"]);
      bench.simulator.setDelegation("example.com", null);
      assert.deepEqual(await seen(), ["first"]);
      bench.simulator.setDelegation("example.com", [serversOf(first)[0]!, serversOf(second)[0]!]);
      assert.equal(await code(seen()), "ENOTFOUND", "a set that belongs to no zone");
    });

    it("are shown by the API of their own vendor alone", () => {
      const second = seed("route53");
      const third = seed("cloudflare");
      const { zones, hostedZones } = bench.simulator;
      assert.ok(zones.some(({ id }) => id === third) && !zones.some(({ id }) => id === second));
      assert.equal(hostedZones.length, 2);
      assert.throws(() => bench.simulator.seed({ kind: "zone", name: "example.com" }), /exists already/);
      assert.throws(
        () => bench.simulator.seed({ kind: "zone", name: "example.com", vendor: "gandi" as "route53" }),
        /expected cloudflare or route53/,
      );
    });

    it("one below the other: nobody finds the child before the parent holds its NS records", async () => {
      const parent = bench.simulator.zones[0]!.id;
      const child = bench.simulator.seed({ kind: "zone", name: "which.example.com", delegated: false });
      text(parent, "parent");
      text(child, "child");
      assert.deepEqual(await seen(), ["parent"]);
      for (const content of serversOf(child))
        bench.simulator.putRecord(parent, { type: "NS", name: "which.example.com", content });
      assert.deepEqual(await seen(), ["child"]);
    });

    it("as a resolver sees them have no authority; the simulator's own verification is not told otherwise", async () => {
      bench.simulator.configure({ dnsRole: "resolver" });
      text("example.com", "x");
      assert.equal((await overUdp(port(), "which.example.com", "TXT")).flag_aa, false);
      assert.deepEqual(await seen(), ["x"]);
    });
  });

  it("answers A, MX, TXT and CNAME with authority", async () => {
    put("A", "www", "192.0.2.1");
    put("MX", "agents", "mail.example.net", 20);
    put("TXT", "agents", '"v=spf1 -all"');
    put("CNAME", "alias", "www.example.com");
    assert.deepEqual(await resolver.resolve4("www.example.com"), ["192.0.2.1"]);
    assert.deepEqual(await resolver.resolveMx("agents.example.com"), [
      { exchange: "mail.example.net", priority: 20 },
    ]);
    assert.deepEqual(await resolver.resolveTxt("AGENTS.Example.com"), [["v=spf1 -all"]]);
    assert.deepEqual(await resolver.resolve4("alias.example.com"), ["192.0.2.1"], "the alias is followed");
    assert.equal((await overUdp(port(), "www.example.com", "A")).flag_aa, true);
  });

  it("tells a name that is not there (NXDOMAIN) from one without such a record (NODATA), both with the SOA", async () => {
    put("TXT", "deep.below", "x");
    assert.equal(await code(resolver.resolveMx("nothing.example.com")), "ENOTFOUND");
    assert.equal(await code(resolver.resolveMx("deep.below.example.com")), "ENODATA");
    assert.equal(
      await code(resolver.resolveTxt("below.example.com")),
      "ENODATA",
      "an empty non-terminal exists",
    );
    for (const name of ["nothing.example.com", "below.example.com"]) {
      const { authorities } = await overUdp(port(), name, "MX");
      assert.deepEqual(
        authorities!.map((a) => [a.type, a.name]),
        [["SOA", "example.com"]],
      );
    }
  });

  it("says NXDOMAIN for names outside its zones", async () => {
    assert.equal(await code(resolver.resolve4("www.example.org")), "ENOTFOUND");
    assert.equal(await code(resolver.resolve4("notexample.com")), "ENOTFOUND");
  });

  it("names the zone's servers and their addresses, and the SOA", async () => {
    const servers = await resolver.resolveNs("example.com");
    assert.equal(servers.length, 2);
    for (const server of servers) assert.deepEqual(await resolver.resolve4(server), ["127.0.0.1"]);
    const before = await resolver.resolveSoa("example.com");
    assert.ok(servers.includes(before.nsname));
    put("A", "www", "192.0.2.1");
    assert.ok((await resolver.resolveSoa("example.com")).serial > before.serial);
  });

  it("answers wildcards only for names that are not there", async () => {
    put("MX", "*", "wild.example.net", 10);
    put("TXT", "taken", "x");
    assert.equal((await resolver.resolveMx("any.example.com"))[0]!.exchange, "wild.example.net");
    assert.equal((await resolver.resolveMx("any.other.example.com"))[0]!.exchange, "wild.example.net");
    assert.equal(await code(resolver.resolveMx("taken.example.com")), "ENODATA");
  });

  it("serves a 2048-bit key as strings of at most 255 bytes, cuts the datagram and gives the whole over TCP", async () => {
    const key = `v=DKIM1; k=rsa; p=${"A".repeat(600)}`;
    put("TXT", "sel._domainkey", `"${key}"`);
    const [strings] = await resolver.resolveTxt("sel._domainkey.example.com");
    assert.deepEqual(
      strings!.map((s) => s.length),
      [255, 255, key.length - 510],
    );
    assert.equal(strings!.join(""), key);
    const datagram = await overUdp(port(), "sel._domainkey.example.com", "TXT");
    assert.deepEqual([datagram.flag_tc, datagram.answers], [true, []]);
    const stream = await overTcp(port(), "sel._domainkey.example.com", "TXT");
    assert.deepEqual([stream.flag_tc, stream.answers!.length], [false, 1]);
  });

  it("sends a large datagram to a client that says it takes one (EDNS)", async () => {
    put("TXT", "big", "B".repeat(700));
    const packet = await overUdp(port(), "big.example.com", "TXT", 4096);
    assert.deepEqual([packet.flag_tc, packet.answers!.length], [false, 1]);
    assert.equal(packet.additionals![0]!.type, "OPT");
  });

  it("goes on serving what was there until a write has propagated", async () => {
    const [zone] = bench.simulator.zones;
    const records = `/zones/${zone!.id}/dns_records`;
    const made = await bench.cf("POST", records, { type: "TXT", name: "t", content: '"old"' });
    bench.simulator.setPropagationDelay(30_000);
    await bench.cf("PATCH", `${records}/${made.body.result.id}`, { content: '"new"' });
    assert.deepEqual(await resolver.resolveTxt("t.example.com"), [["old"]]);
    bench.simulator.advanceClock(31);
    assert.deepEqual(await resolver.resolveTxt("t.example.com"), [["new"]]);
    await bench.cf("DELETE", `${records}/${made.body.result.id}`);
    assert.deepEqual(await resolver.resolveTxt("t.example.com"), [["new"]]);
    bench.simulator.advanceClock(31);
    assert.equal(await code(resolver.resolveTxt("t.example.com")), "ENOTFOUND");
  });

  it("shows a wrong delegation: other name servers, none of the records", async () => {
    put("MX", "agents", "mail.example.net", 10);
    bench.simulator.setDelegation("example.com", ["ns1.parking.example", "ns2.parking.example"]);
    assert.deepEqual((await resolver.resolveNs("example.com")).sort(), [
      "ns1.parking.example",
      "ns2.parking.example",
    ]);
    assert.equal(await code(resolver.resolveMx("agents.example.com")), "ENOTFOUND");
    bench.simulator.setDelegation("example.com", null);
    assert.equal((await resolver.resolveMx("agents.example.com")).length, 1);
  });

  it("refers to the servers of a child zone and does not answer from below the cut", async () => {
    put("NS", "child", "ns.child.example.net");
    put("TXT", "a.child", "hidden");
    const packet = await overUdp(port(), "a.child.example.com", "TXT");
    assert.deepEqual([packet.flag_aa, packet.answers], [false, []]);
    assert.equal(packet.authorities![0]!.type, "NS");
    assert.deepEqual(await resolver.resolveNs("child.example.com"), ["ns.child.example.net"]);
  });

  it("can fail: SERVFAIL, REFUSED or silence", async () => {
    put("A", "www", "192.0.2.1");
    const expected = { servfail: "ESERVFAIL", refused: "EREFUSED", silent: "ETIMEOUT" } as const;
    for (const [dnsMode, answer] of Object.entries(expected)) {
      bench.simulator.configure({ dnsMode: dnsMode as keyof typeof expected });
      assert.equal(await code(resolver.resolve4("www.example.com")), answer);
    }
  });

  it("takes quoted strings apart, with their escapes", () => {
    const strings = (content: string) => txtStrings(content).map((s) => s.toString("latin1"));
    assert.deepEqual(strings('"a" "b"'), ["a", "b"]);
    assert.deepEqual(strings('"say \\"hi\\" \\\\ \\065"'), ['say "hi" \\ A']);
    assert.deepEqual(strings("no quotes"), ["no quotes"]);
    assert.deepEqual(strings('""'), [""]);
    assert.deepEqual(
      txtStrings("é".repeat(200)).map((s) => s.length),
      [255, 145],
    );
  });

  it("survives a datagram that is no DNS message", async () => {
    const socket = createSocket("udp4");
    await new Promise<void>((done) => socket.send(Buffer.from([1, 2, 3]), port(), "127.0.0.1", () => done()));
    socket.close();
    put("A", "www", "192.0.2.1");
    assert.deepEqual(await resolver.resolve4("www.example.com"), ["192.0.2.1"]);
  });
});

function query(name: string, type: "A" | "MX" | "TXT", size?: number): Buffer {
  return encode({
    type: "query",
    id: 77,
    questions: [{ type, name }],
    additionals: size
      ? [
          {
            type: "OPT",
            name: ".",
            udpPayloadSize: size,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  });
}

function overUdp(
  port: number,
  name: string,
  type: "A" | "MX" | "TXT",
  size?: number,
): Promise<DecodedPacket> {
  return new Promise((done, fail) => {
    const socket = createSocket("udp4");
    socket.on("error", fail);
    socket.on("message", (message) => {
      socket.close();
      done(decode(message));
    });
    socket.send(query(name, type, size), port, "127.0.0.1");
  });
}

function overTcp(port: number, name: string, type: "TXT"): Promise<DecodedPacket> {
  return new Promise((done, fail) => {
    const socket = connect(port, "127.0.0.1");
    let received = Buffer.alloc(0);
    socket.on("error", fail);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE()) return;
      socket.destroy();
      done(decode(received.subarray(2)));
    });
    const message = query(name, type);
    // In two pieces, as a stream may deliver it.
    const length = Buffer.from([message.length >> 8, message.length & 255]);
    socket.write(length);
    setTimeout(() => socket.write(message), 10);
  });
}

import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { createServer, type Server, type Socket } from "node:net";
import { decode, encode, type Answer, type DecodedPacket, type Packet, type Question } from "dns-packet";
import { type Settings } from "../settings/settings.js";
import { isAstray, txtStrings, type DnsRecord, type Zone, type Zones } from "./zones.js";

/** The name servers of all zones; their addresses are answered too. */
export const NAME_SERVERS = ["ada.ns.nylas-simulator.test", "bob.ns.nylas-simulator.test"];

/** A DNS server on UDP and TCP that is authoritative for the simulator's zones and says NXDOMAIN for the rest. */
export interface DnsServer {
  port: number;
  /** Ports of the simulator's own verification, which sees the zones whatever `dnsMode` says. */
  ownPorts: Set<number>;
  /** Questions answered so far, newest last; `own` are those of the simulator's verification. */
  log: { name: string; type: string; transport: "udp" | "tcp"; rcode: string; own: boolean }[];
  close(): Promise<void>;
}

export async function startDnsServer(
  zones: Pick<Zones, "lookup" | "list">,
  settings: () => Pick<Settings, "dnsMode" | "dnsRole">,
  port: number,
): Promise<DnsServer> {
  const ownPorts = new Set<number>();
  const log: DnsServer["log"] = [];
  const connections = new Set<Socket>();

  const reply = (message: Buffer, transport: "udp" | "tcp", own: boolean): Buffer | undefined => {
    const query = parse(message);
    if (!query) return undefined;
    const { dnsMode, dnsRole } = settings();
    const how = own ? "answer" : dnsMode;
    if (how === "silent") return undefined;
    let response = how === "answer" ? answer(zones, query) : refusal(query, how);
    // A resolver's word is never its own.
    if (dnsRole === "resolver" && !own) response.flags = (response.flags ?? 0) & ~AUTHORITATIVE;
    let bytes: Buffer;
    try {
      bytes = transport === "tcp" ? encode(response) : fit(response, payloadSize(query));
    } catch {
      // A record that has no wire form must not end the server.
      response = refusal(query, "servfail");
      bytes = encode(response);
    }
    const question = query.questions?.[0];
    log.push({
      name: question?.name ?? "",
      type: question?.type ?? "",
      transport,
      rcode: rcodeOf(response),
      own,
    });
    return bytes;
  };

  const onConnection = (socket: Socket): void => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    socket.on("error", () => socket.destroy());
    let pending = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE()) {
        const length = pending.readUInt16BE();
        const response = reply(pending.subarray(2, 2 + length), "tcp", ownPorts.has(socket.remotePort ?? 0));
        pending = pending.subarray(2 + length);
        if (!response) continue;
        const prefix = Buffer.alloc(2);
        prefix.writeUInt16BE(response.length);
        socket.write(Buffer.concat([prefix, response]));
      }
    });
  };

  const { tcp, udp } = await bindBoth(port);
  tcp.on("connection", onConnection);
  udp.on("message", (message, from) => {
    const response = reply(message, "udp", ownPorts.has(from.port));
    if (response) udp.send(response, from.port, from.address);
  });

  return {
    port: udp.address().port,
    ownPorts,
    log,
    async close() {
      for (const socket of connections) socket.destroy();
      await Promise.all([
        new Promise<void>((done) => tcp.close(() => done())),
        new Promise<void>((done) => udp.close(() => done())),
      ]);
    },
  };
}

/** One UDP and one TCP socket on the same port; with port 0 another one is tried while the pair is not free. */
async function bindBoth(port: number): Promise<{ tcp: Server; udp: UdpSocket }> {
  for (let attempt = 1; ; attempt++) {
    const tcp = createServer();
    await new Promise<void>((done, fail) => {
      tcp.once("error", fail);
      tcp.listen(port, "127.0.0.1", done);
    });
    const address = tcp.address() as { port: number };
    const udp = createSocket("udp4");
    try {
      await new Promise<void>((done, fail) => {
        udp.once("error", fail);
        udp.bind(address.port, "127.0.0.1", done);
      });
      udp.on("error", () => undefined);
      return { tcp, udp };
    } catch (error) {
      await new Promise((done) => tcp.close(done));
      if (port !== 0 || attempt === 10) throw error;
    }
  }
}

type Response = Packet & { flag_aa?: boolean; flag_tc?: boolean };

const AUTHORITATIVE = 1 << 10;
const TRUNCATED = 1 << 9;
const RECURSION_DESIRED = 1 << 8;
const RCODES: Record<string, number> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
};

function parse(message: Buffer): DecodedPacket | undefined {
  try {
    const packet = decode(message);
    return packet.type === "query" ? packet : undefined;
  } catch {
    return undefined;
  }
}

function answer(zones: Pick<Zones, "lookup" | "list">, query: DecodedPacket): Response {
  const question = query.questions?.[0];
  if (!question || query.questions!.length !== 1) return respond(query, "FORMERR", {});
  const type: string = question.type;
  const answers: Answer[] = [];
  let name = question.name;
  // An alias is followed as far as the zones reach; ten steps are more than any real chain has.
  for (let step = 0; step < 10; step++) {
    const own = nameServerAddress(zones, name, type);
    if (own) return respond(query, "NOERROR", { answers: [...answers, ...own] });
    const found = zones.lookup(name, type);
    if (found.outcome === "foreign")
      return respond(query, answers.length > 0 ? "NOERROR" : "NXDOMAIN", { answers });
    const zone = found.zone!;
    if (found.outcome === "lame") return refusal(query, "servfail");
    // Under a wrong delegation the answer is that of a resolver, which is not its own.
    const authoritative = !isAstray(zone);
    if (found.outcome === "referral") {
      const authorities = found.authority.flatMap((r) => wire(r, r.name));
      return respond(query, "NOERROR", { answers, authorities, authoritative: answers.length > 0 });
    }
    if (type === "SOA" && name.toLowerCase() === zone.name && found.outcome === "nodata") {
      return respond(query, "NOERROR", { answers: [...answers, soa(zone)], authoritative });
    }
    if (found.outcome !== "answer") {
      const rcode = found.outcome === "nxdomain" && answers.length === 0 ? "NXDOMAIN" : "NOERROR";
      return respond(query, rcode, { answers, authorities: [soa(zone)], authoritative });
    }
    answers.push(...found.answers.flatMap((r) => wire(r, name)));
    const alias = found.answers.find((r) => r.type === "CNAME");
    if (!alias || type === "CNAME" || type === "ANY")
      return respond(query, "NOERROR", { answers, authoritative });
    name = alias.content;
  }
  return respond(query, "NOERROR", { answers });
}

function refusal(query: DecodedPacket, how: "servfail" | "refused"): Response {
  return respond(query, how.toUpperCase(), { authoritative: false });
}

function respond(
  query: DecodedPacket,
  rcode: string,
  sections: { answers?: Answer[]; authorities?: Answer[]; authoritative?: boolean },
): Response {
  const wantsEdns = query.additionals?.some((a) => a.type === "OPT") ?? false;
  const aa = sections.authoritative === false ? 0 : AUTHORITATIVE;
  return {
    type: "response",
    id: query.id ?? 0,
    // dns-packet writes the low bits of `flags` as they are, and they hold the response code.
    flags: aa | (query.flag_rd ? RECURSION_DESIRED : 0) | RCODES[rcode]!,
    questions: query.questions ?? [],
    answers: sections.answers ?? [],
    authorities: sections.authorities ?? [],
    additionals: wantsEdns
      ? [
          {
            type: "OPT",
            name: ".",
            udpPayloadSize: 1232,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  };
}

function rcodeOf(response: Response): string {
  return Object.keys(RCODES).find((name) => RCODES[name] === ((response.flags ?? 0) & 15)) ?? "";
}

/** The response as a datagram of at most `size` bytes; what does not fit is left out and the client told so. */
function fit(response: Response, size: number): Buffer {
  const whole = encode(response);
  if (whole.length <= size) return whole;
  return encode({ ...response, flags: (response.flags ?? 0) | TRUNCATED, answers: [], authorities: [] });
}

function payloadSize(query: DecodedPacket): number {
  const opt = query.additionals?.find((a) => a.type === "OPT");
  return opt && "udpPayloadSize" in opt ? Math.max(512, Number(opt.udpPayloadSize)) : 512;
}

function nameServerAddress(zones: Pick<Zones, "list">, name: string, type: string): Answer[] | undefined {
  const hosts = zones.list().flatMap((zone) => zone.nameServers);
  if (![...NAME_SERVERS, ...hosts].includes(name.toLowerCase())) return undefined;
  return type === "A" || type === "ANY" ? [{ type: "A", name, ttl: 86400, data: "127.0.0.1" }] : [];
}

function soa(zone: Zone): Answer {
  const mname = (isAstray(zone) ? zone.delegatedTo?.[0] : undefined) ?? zone.nameServers[0]!;
  const data = {
    mname,
    rname: `dns.${zone.name}`,
    serial: zone.serial,
    refresh: 10000,
    retry: 2400,
    expire: 604800,
    minimum: 60,
  };
  return { type: "SOA", name: zone.name, ttl: 60, data };
}

function wire(record: DnsRecord, name: Question["name"]): Answer[] {
  const ttl = record.ttl === 1 ? 300 : record.ttl;
  const { content } = record;
  switch (record.type) {
    case "A":
    case "AAAA":
    case "CNAME":
    case "NS":
    case "PTR":
      return [{ type: record.type, name, ttl, data: content }];
    case "MX":
      return [{ type: "MX", name, ttl, data: { preference: record.priority ?? 10, exchange: content } }];
    case "TXT":
      return [{ type: "TXT", name, ttl, data: txtStrings(content) }];
    case "CAA": {
      const [flags = "0", tag = "issue", ...rest] = content.split(/\s+/);
      const value = rest.join(" ").replace(/^"|"$/g, "");
      return [{ type: "CAA", name, ttl, data: { flags: Number(flags), tag: tag as "issue", value } }];
    }
    case "SRV": {
      const [weight = "0", port = "0", target = "."] = content.split(/\s+/);
      const data = { priority: record.priority ?? 0, weight: Number(weight), port: Number(port), target };
      return [{ type: "SRV", name, ttl, data }];
    }
  }
}

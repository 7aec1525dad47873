import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server } from "node:net";
import * as packet from "dns-packet";

/** What one server says to one question; undefined: nothing at all. */
export interface Says {
  rcode?: "NXDOMAIN" | "SERVFAIL" | "REFUSED";
  aa?: boolean;
  answers?: packet.Answer[];
  authorities?: packet.Answer[];
}
export type Script = (question: { name: string; type: string }) => Says | undefined;

/** Name servers on addresses of the loopback network, all on one port, each with a script of its own. */
export class NameServers {
  readonly #closers: (() => Promise<void>)[] = [];
  /** The questions each address was asked, as "TXT name". */
  readonly asked: Record<string, string[]> = {};
  port = 0;

  async listen(address: string, script: Script): Promise<void> {
    const questions: string[] = (this.asked[address] = []);
    const reply = (bytes: Buffer): Buffer | undefined => {
      const query = packet.decode(bytes);
      const question = query.questions![0]!;
      questions.push(`${question.type} ${question.name}`);
      const says = script({ name: question.name, type: question.type });
      if (!says) return undefined;
      const rcode = says.rcode ? { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 }[says.rcode] : 0;
      return packet.encode({
        type: "response",
        id: query.id!,
        flags: rcode | (says.aa ? packet.AUTHORITATIVE_ANSWER : 0),
        questions: [question],
        answers: says.answers ?? [],
        authorities: says.authorities ?? [],
      });
    };
    const udp = await bindUdp(address, this.port, reply);
    this.port = udp.address().port;
    const tcp = await bindTcp(address, this.port, reply);
    this.#closers.push(
      () => new Promise((done) => udp.close(() => done())),
      () => new Promise((done) => tcp.close(() => done())),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#closers.splice(0).map((close) => close()));
  }
}

export const mx = (name: string, exchange: string, preference = 10): packet.Answer => ({
  type: "MX",
  name,
  ttl: 60,
  data: { preference, exchange },
});
export const txt = (name: string, ...data: (string | Buffer)[]): packet.Answer => ({
  type: "TXT",
  name,
  ttl: 60,
  data,
});
export const ns = (name: string, data: string): packet.Answer => ({ type: "NS", name, ttl: 60, data });
export const a = (name: string, data: string): packet.Answer => ({ type: "A", name, ttl: 60, data });
export const cname = (name: string, data: string): packet.Answer => ({ type: "CNAME", name, ttl: 60, data });
export const soa = (name: string): packet.Answer => ({
  type: "SOA",
  name,
  ttl: 60,
  data: {
    mname: `ns1.${name}`,
    rname: `root.${name}`,
    serial: 1,
    refresh: 1,
    retry: 1,
    expire: 1,
    minimum: 1,
  },
});

/** A server for the records given: NXDOMAIN for a name that has none, an empty answer for another type. */
export function serving(zone: string, records: packet.Answer[], aa = true): Script {
  return ({ name, type }) => {
    if (name !== zone && !name.endsWith("." + zone)) return { rcode: "REFUSED" };
    const all = [soa(zone), ...records].filter((record) => record.name === name);
    const answers = all.filter((record) => record.type === type || record.type === "CNAME");
    const below = records.some((record) => record.name.endsWith("." + name));
    return { aa, answers, ...(all.length === 0 && !below && { rcode: "NXDOMAIN" }) };
  };
}

/** A resolver that knows the records given and nothing else. */
export function resolving(records: packet.Answer[]): Script {
  return ({ name, type }) => {
    const all = records.filter((record) => record.name === name);
    return {
      answers: all.filter((record) => record.type === type),
      ...(all.length === 0 &&
        !records.some((record) => record.name.endsWith("." + name)) && { rcode: "NXDOMAIN" }),
    };
  };
}

type Reply = (bytes: Buffer) => Buffer | undefined;

function bindUdp(address: string, port: number, reply: Reply): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = createSocket("udp4");
    socket.on("error", fail);
    socket.on("message", (bytes, from) => {
      const answer = reply(bytes);
      if (!answer) return;
      if (answer.length > 1232) {
        answer.writeUInt16BE(answer.readUInt16BE(2) | 0x0200, 2);
        socket.send(answer.subarray(0, 512), from.port, from.address);
      } else socket.send(answer, from.port, from.address);
    });
    socket.bind(port, address, () => done(socket));
  });
}

function bindTcp(address: string, port: number, reply: Reply): Promise<Server> {
  return new Promise((done, fail) => {
    const server = createServer((connection) => {
      connection.on("error", () => undefined);
      connection.on("data", (bytes) => {
        const answer = reply(bytes.subarray(2));
        if (!answer) return;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        // In two pieces, as a network may deliver it.
        connection.write(Buffer.concat([length, answer.subarray(0, 7)]), () =>
          connection.write(answer.subarray(7)),
        );
      });
    });
    server.on("error", fail);
    server.listen(port, address, () => done(server));
  });
}

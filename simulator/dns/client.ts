import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import { decode, encode, type DecodedPacket } from "dns-packet";

/** What a name server said to one question. */
export interface DnsAnswer {
  rcode: string;
  /** TXT values with their strings joined, or MX exchanges; lower-case without final dot where a host is meant. */
  txt: string[];
  mx: { priority: number; host: string }[];
  /** Targets of CNAME records, lower-case and without final dot. */
  cname: string[];
}

/** Asks one name server over UDP, and again over TCP when the answer did not fit. */
export async function ask(
  server: { host: string; port: number },
  name: string,
  type: "TXT" | "MX" | "CNAME",
  options: { timeoutMs?: number; onPort?: (port: number) => () => void } = {},
): Promise<DnsAnswer> {
  const timeoutMs = options.timeoutMs ?? 2000;
  const id = randomInt(65536);
  const query = encode({ type: "query", id, flags: 1 << 8, questions: [{ type, name }] });
  const datagram = await overUdp(server, query, timeoutMs, options.onPort);
  const packet = datagram.flag_tc ? await overTcp(server, query, timeoutMs, options.onPort) : datagram;
  const result: DnsAnswer = { rcode: packet.rcode ?? "NOERROR", txt: [], mx: [], cname: [] };
  for (const answer of packet.answers ?? []) {
    if (answer.type === "TXT") result.txt.push(joined(answer.data));
    if (answer.type === "CNAME") result.cname.push(answer.data.toLowerCase().replace(/\.$/, ""));
    if (answer.type === "MX") {
      result.mx.push({
        priority: answer.data.preference ?? 0,
        host: answer.data.exchange.toLowerCase().replace(/\.$/, ""),
      });
    }
  }
  return result;
}

type Decoded = DecodedPacket & { rcode?: string };

function overUdp(
  server: { host: string; port: number },
  query: Buffer,
  timeoutMs: number,
  onPort?: (port: number) => () => void,
): Promise<Decoded> {
  return new Promise((done, fail) => {
    const socket = createSocket("udp4");
    let release = (): void => undefined;
    const end = (then: () => void): void => {
      clearTimeout(timer);
      release();
      socket.close();
      then();
    };
    const timer = setTimeout(
      () => end(() => fail(new Error(`no DNS answer from ${server.host}:${server.port} in ${timeoutMs} ms`))),
      timeoutMs,
    );
    socket.on("error", (error) => end(() => fail(error)));
    socket.on("message", (message) => {
      if (message.length < 2 || message.readUInt16BE() !== query.readUInt16BE()) return;
      end(() => settle(message, done, fail));
    });
    socket.bind(0, "127.0.0.1", () => {
      if (onPort) release = onPort(socket.address().port);
      socket.send(query, server.port, server.host);
    });
  });
}

function overTcp(
  server: { host: string; port: number },
  query: Buffer,
  timeoutMs: number,
  onPort?: (port: number) => () => void,
): Promise<Decoded> {
  return new Promise((done, fail) => {
    const socket = connect(server.port, server.host);
    let received = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error("no DNS answer over TCP")));
    socket.on("error", fail);
    socket.on("connect", () => {
      if (onPort) socket.on("close", onPort(socket.localPort!));
      const prefix = Buffer.alloc(2);
      prefix.writeUInt16BE(query.length);
      socket.write(Buffer.concat([prefix, query]));
    });
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE()) return;
      settle(received.subarray(2), done, fail);
      socket.destroy();
    });
  });
}

function settle(message: Buffer, done: (packet: Decoded) => void, fail: (error: unknown) => void): void {
  try {
    done(decode(message) as Decoded);
  } catch (error) {
    fail(error);
  }
}

function joined(data: unknown): string {
  const parts = Array.isArray(data) ? data : [data];
  return Buffer.concat(
    parts.map((part) => (Buffer.isBuffer(part) ? part : Buffer.from(String(part)))),
  ).toString("utf8");
}

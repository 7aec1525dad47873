import { randomInt } from "node:crypto";
import { isIPv6 } from "node:net";
import type * as Dgram from "node:dgram";
import type * as Net from "node:net";
import type * as DnsPacket from "dns-packet";

/**
 * One question to one name server. `node:dns` would do for an answer, but hides what a diagnosis needs. That is the
 * referral to another zone, whether the answer is authoritative, and the bytes of a text.
 */
export interface Question {
  name: string;
  type: "MX" | "TXT" | "NS" | "SOA" | "A" | "AAAA";
}

export interface Server {
  host: string;
  port: number;
}

export type Reply = Answer | Silence;

/** The server answered; `rcode` is `NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED` … */
export interface Answer {
  kind: "answer";
  rcode: string;
  authoritative: boolean;
  answers: DnsPacket.Answer[];
  authorities: DnsPacket.Answer[];
}

/** Nothing came back that could be read. */
export interface Silence {
  kind: "silence";
  reason: string;
}

/**
 * Asks over UDP, and once more without an answer. Asks over TCP when the answer does not fit a datagram or no
 * datagram gets through. Ends by the deadline (on the scale of `performance.now()`), and never throws.
 */
export async function query(server: Server, question: Question, deadline: number): Promise<Reply> {
  const left = (): number => deadline - performance.now();
  let reply: Reply | "truncated" = { kind: "silence", reason: "no time left to ask" };
  for (const share of [0.25, 0.4]) {
    if (left() < 1) return reply;
    reply = await overUdp(server, question, left() * share);
    if (reply === "truncated") break;
    if (reply.kind === "answer") return reply;
    if (reply.reason !== noAnswer) break;
  }
  if (left() < 1) return { kind: "silence", reason: noAnswer };
  const overStream = await overTcp(server, question, left());
  return overStream === "truncated" ? { kind: "silence", reason: "an answer cut short" } : overStream;
}

/** `host`, `host:port`, `[2001:db8::1]:port` or a bare IPv6 address. */
export function parseServer(text: string, defaultPort = 53): Server {
  const trimmed = text.trim();
  if (isIPv6(trimmed)) return { host: trimmed, port: defaultPort };
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(trimmed) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port ?? 1) > 65535 || Number(port ?? 1) < 1) {
    throw new Error(
      `"${text}" is not a DNS server; write host:port, such as 192.0.2.53:53 or [2001:db8::53]:53`,
    );
  }
  return { host, port: port === undefined ? defaultPort : Number(port) };
}

export function serverText({ host, port }: Server): string {
  const address = isIPv6(host) ? `[${host}]` : host;
  return port === 53 ? host : `${address}:${port}`;
}

const noAnswer = "no answer";
const maxDatagram = 1232;

function overUdp(server: Server, question: Question, timeoutMs: number): Promise<Reply | "truncated"> {
  // oxlint-disable-next-line typescript/no-require-imports
  const { createSocket } = require("node:dgram") as typeof Dgram;
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(server.host) ? "udp6" : "udp4");
    const { id, message } = encode(question);
    const finish = (reply: Reply | "truncated"): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      // Errors that come after the end (a late "port unreachable") concern nobody.
      socket.on("error", () => undefined);
      socket.close();
      resolve(reply);
    };
    const timer = setTimeout(() => finish({ kind: "silence", reason: noAnswer }), timeoutMs);
    socket.on("error", (error) => finish({ kind: "silence", reason: reasonOf(error) }));
    socket.on("message", (bytes) => {
      const reply = decode(bytes, id, question);
      if (reply) finish(reply);
    });
    // A connected socket takes datagrams from this server alone, and hears that nobody listens there.
    socket.connect(server.port, server.host, () => {
      socket.send(message, (error) => error && finish({ kind: "silence", reason: reasonOf(error) }));
    });
  });
}

function overTcp(server: Server, question: Question, timeoutMs: number): Promise<Reply | "truncated"> {
  // oxlint-disable-next-line typescript/no-require-imports
  const { connect } = require("node:net") as typeof Net;
  return new Promise((resolve) => {
    const { id, message } = encode(question);
    const socket = connect(server.port, server.host);
    let received = Buffer.alloc(0);
    const finish = (reply: Reply | "truncated"): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on("error", () => undefined);
      socket.destroy();
      resolve(reply);
    };
    const timer = setTimeout(() => finish({ kind: "silence", reason: noAnswer }), timeoutMs);
    socket.on("error", (error) => finish({ kind: "silence", reason: reasonOf(error) }));
    socket.on("close", () => finish({ kind: "silence", reason: "connection closed" }));
    socket.on("connect", () => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(message.length);
      socket.write(Buffer.concat([length, message]));
    });
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < received.readUInt16BE() + 2) return;
      finish(
        decode(received.subarray(2, received.readUInt16BE() + 2), id, question) ?? {
          kind: "silence",
          reason: "an answer to another question",
        },
      );
    });
  });
}

function encode(question: Question): { id: number; message: Buffer } {
  const id = randomInt(0x10000);
  const message = packet().encode({
    type: "query",
    id,
    flags: packet().RECURSION_DESIRED,
    questions: [{ type: question.type, name: question.name }],
    additionals: [
      {
        type: "OPT",
        name: ".",
        udpPayloadSize: maxDatagram,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  });
  return { id, message };
}

/** Undefined for what does not answer this question: a stray or forged datagram is passed over. */
function decode(bytes: Buffer, id: number, question: Question): Reply | "truncated" | undefined {
  if (bytes.length < 12 || bytes.readUInt16BE() !== id) return undefined;
  try {
    const flags = bytes.readUInt16BE(2);
    if ((flags & 0x0200) !== 0) return "truncated";
    const decoded = packet().decode(bytes) as DnsPacket.DecodedPacket & { rcode?: string };
    const asked = decoded.questions?.[0];
    if (asked && (asked.type !== question.type || asked.name.toLowerCase() !== question.name.toLowerCase())) {
      return undefined;
    }
    return {
      kind: "answer",
      rcode: decoded.rcode ?? "NOERROR",
      authoritative: decoded.flag_aa,
      answers: decoded.answers ?? [],
      authorities: decoded.authorities ?? [],
    };
  } catch {
    return { kind: "silence", reason: "an answer that cannot be read" };
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  const words: Record<string, string> = {
    ECONNREFUSED: "connection refused",
    ECONNRESET: "connection reset",
    EHOSTUNREACH: "host unreachable",
    ENETUNREACH: "network unreachable",
    EADDRNOTAVAIL: "network unreachable",
    ENOTFOUND: "its address is unknown",
    EACCES: "not permitted",
    EPERM: "not permitted",
    ETIMEDOUT: noAnswer,
  };
  return words[error.code ?? ""] ?? error.code ?? error.message;
}

function packet(): typeof DnsPacket {
  // oxlint-disable-next-line typescript/no-require-imports
  return require("dns-packet") as typeof DnsPacket;
}

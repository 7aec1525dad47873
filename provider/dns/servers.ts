import { type Answer, query, type Question, type Reply, type Server, serverText } from "./query";
import { isWithin, normaliseName } from "./records";

export interface NameServer {
  /** What people call it: its name, or the address where it has none. */
  label: string;
  addresses: Server[];
}

export function nameServer(server: Server): NameServer {
  return { label: serverText(server), addresses: [server] };
}

/** One name server: its addresses one after the other, until one answers. */
export async function askOne(server: NameServer, question: Question, deadline: number): Promise<Reply> {
  let reply: Reply = { kind: "silence", reason: "its address is unknown" };
  for (const [at, address] of server.addresses.entries()) {
    const share = (deadline - performance.now()) / (server.addresses.length - at);
    reply = await query(address, question, performance.now() + share);
    if (reply.kind === "answer") return reply;
  }
  return reply;
}

/** Several resolvers at once: the first that can tell; else the first that answers at all. */
export async function askAny(resolvers: Server[], question: Question, deadline: number): Promise<Reply> {
  const asked = resolvers.map((resolver) => query(resolver, question, deadline));
  const useful = asked.map(async (pending) => {
    const reply = await pending;
    if (reply.kind === "silence" || isFailure(reply)) throw new Error("no use");
    return reply;
  });
  return Promise.any(useful).catch(async () => {
    const replies = await Promise.all(asked);
    return replies.find((reply) => reply.kind === "answer") ?? replies[0]!;
  });
}

export async function firstAnswer(
  servers: NameServer[],
  question: Question,
  deadline: number,
): Promise<Answer | undefined> {
  const replies = await Promise.all(servers.map((server) => askOne(server, question, deadline)));
  return replies.find((reply) => reply.kind === "answer");
}

/** The name servers of exactly this zone; a server that does not resolve names those of a zone below its own in a referral. */
export function nameServersOf(reply: Reply, zone: string): string[] {
  if (reply.kind === "silence") return [];
  const referral = reply.answers.length === 0 && !reply.authoritative ? reply.authorities : [];
  return [...reply.answers, ...referral].flatMap((answer) =>
    answer.type === "NS" && normaliseName(answer.name) === zone ? [normaliseName(answer.data)] : [],
  );
}

/** The name servers a parent names for a zone: in a referral, or as an answer where it serves both. */
export function referredTo(reply: Answer, name: string): string[] {
  return [...reply.answers, ...reply.authorities].flatMap((answer) =>
    answer.type === "NS" && isWithin(name, normaliseName(answer.name)) ? [normaliseName(answer.data)] : [],
  );
}

export function isFailure(reply: Reply): boolean {
  return reply.kind === "answer" && reply.rcode !== "NOERROR" && reply.rcode !== "NXDOMAIN";
}

/** A server that is named for a zone and does not serve it. One that is not reached from here may well do. */
export function isLame(reply: Reply): boolean {
  if (reply.kind === "silence") return false;
  return isFailure(reply) || (!reply.authoritative && reply.answers.length === 0);
}

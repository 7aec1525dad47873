import { type Question, type Reply } from "./query";
import { decodeTxt, type DnsRecord, normaliseName, recordKey, type RecordType } from "./records";
import { askOne, isFailure, type NameServer, referredTo } from "./servers";
import type * as DnsPacket from "dns-packet";
import { type LookupOutcome, type AddressOutcome } from "./outcomes";

/** Every server is asked: a record that one of them lacks is not yet published. */
export async function askAll(
  servers: NameServer[],
  question: Question,
  type: RecordType,
  deadline: number,
): Promise<LookupOutcome> {
  const replies = await Promise.all(servers.map((server) => askOne(server, question, deadline)));
  const outcomes = servers.map(({ label }, at) => ({
    label,
    outcome: outcomeOf(replies[at]!, question, type),
  }));
  const labelsOf = (kind: ServerOutcome["kind"]): string[] =>
    outcomes.flatMap(({ label, outcome }) => (outcome.kind === kind ? [label] : []));

  const answered = outcomes.flatMap(({ label, outcome }) => {
    if (outcome.kind === "found") return [{ server: label, records: outcome.records }];
    return outcome.kind === "none" ? [{ server: label, records: [] }] : [];
  });
  if (answered.some(({ records }) => records.length > 0)) {
    const all = new Map(
      answered.flatMap(({ records }) => records.map((record) => [recordKey(record), record])),
    );
    const alias = outcomes.flatMap(({ outcome }) => (outcome.kind === "found" && outcome.alias) || [])[0];
    return {
      kind: "found",
      records: [...all.values()],
      servers: answered,
      ...(alias !== undefined && { alias }),
    };
  }
  for (const { outcome } of outcomes) {
    if (outcome.kind === "alias")
      return { kind: "alias", target: outcome.target, servers: labelsOf("alias") };
  }
  if (answered.length > 0) {
    const nameExists = outcomes.some(({ outcome }) => outcome.kind === "none" && outcome.nameExists);
    return { kind: "none", nameExists, servers: labelsOf("none") };
  }
  for (const { outcome } of outcomes) {
    if (outcome.kind === "failed")
      return { kind: "failed", reason: outcome.reason, servers: labelsOf("failed") };
  }
  const silent = outcomes.map(({ label, outcome }) =>
    outcome.kind === "silence" ? `${label}: ${outcome.reason}` : label,
  );
  return { kind: "unreachable", reason: silent.join("; ") || "the zone's name servers have no address" };
}

type ServerOutcome =
  | { kind: "found"; records: DnsRecord[]; alias?: string }
  | { kind: "none"; nameExists: boolean }
  | { kind: "alias"; target: string }
  | { kind: "failed"; reason: string }
  | { kind: "silence"; reason: string };

export function outcomeOf(reply: Reply, question: Question, type: RecordType): ServerOutcome {
  if (reply.kind === "silence") return reply;
  if (reply.rcode !== "NOERROR" && reply.rcode !== "NXDOMAIN") return { kind: "failed", reason: reply.rcode };
  const records = reply.answers.flatMap((answer) => recordIn(answer, question.name, type));
  const alias = reply.answers.find((answer) => answer.type === "CNAME");
  const target = alias?.type === "CNAME" ? normaliseName(alias.data) : undefined;
  if (records.length > 0) return { kind: "found", records, ...(target !== undefined && { alias: target }) };
  if (target !== undefined) return { kind: "alias", target };
  if (reply.rcode === "NXDOMAIN") return { kind: "none", nameExists: false };
  const refersOn = !reply.authoritative && referredTo(reply, question.name).length > 0;
  return refersOn
    ? { kind: "failed", reason: "it refers to other servers" }
    : { kind: "none", nameExists: true };
}

/** Records behind an alias count for the name that was asked: that is how every mail server reads them. */
function recordIn(answer: DnsPacket.Answer, name: string, type: RecordType): DnsRecord[] {
  if (answer.type === "MX" && type === "MX") {
    const { preference, exchange } = answer.data;
    return [{ type, name, value: normaliseName(exchange), priority: preference ?? 0 }];
  }
  if (answer.type === "TXT" && type === "TXT") {
    const strings = [answer.data].flat().map((part) => (typeof part === "string" ? Buffer.from(part) : part));
    return [{ type, name, value: decodeTxt(Buffer.concat(strings)) }];
  }
  return [];
}

export function asCached(outcome: LookupOutcome): LookupOutcome {
  return outcome.kind === "found" || outcome.kind === "none" ? { ...outcome, cached: true } : outcome;
}

/** One server with an address is enough to say that there is one; that there is none, no server may leave open. */
export async function addressesAt(
  servers: NameServer[],
  name: string,
  deadline: number,
): Promise<AddressOutcome> {
  const questions = servers.flatMap((server) =>
    (["A", "AAAA"] as const).map(async (type) => ({
      server,
      reply: await askOne(server, { name, type }, deadline),
    })),
  );
  const asked = await Promise.all(questions);
  const answers = asked.flatMap(({ reply }) =>
    reply.kind === "answer" && !isFailure(reply) ? reply.answers : [],
  );
  const addresses = answers.flatMap((answer) =>
    answer.type === "A" || answer.type === "AAAA" ? [answer.data] : [],
  );
  const alias = answers.findLast((answer) => answer.type === "CNAME");
  const target = alias?.type === "CNAME" ? normaliseName(alias.data) : undefined;
  if (addresses.length > 0 || target !== undefined)
    return {
      kind: "found",
      addresses: [...new Set(addresses)].sort(),
      ...(target !== undefined && { alias: target }),
    };
  const open = asked.find(({ reply }) => {
    if (reply.kind === "silence" || isFailure(reply)) return true;
    return !reply.authoritative && referredTo(reply, name).length > 0;
  });
  if (open === undefined)
    return servers.length > 0 ? { kind: "none" } : { kind: "unseen", reason: "no name server" };
  const { server, reply } = open;
  const reason =
    reply.kind === "silence" ? reply.reason : isFailure(reply) ? reply.rcode : "it refers to other servers";
  return { kind: "unseen", reason: `${server.label}: ${reason}` };
}

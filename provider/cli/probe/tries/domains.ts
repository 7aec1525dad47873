/** A domain of the probe's own: it is registered, asked for its records, and removed. It is never verified. */
import { recordFromAttempt } from "../../../dns/records";
import { isRecord } from "../../../nylas/errors";
import { type Own } from "../bench";
import { type Answer } from "../eyes";
import { classes, domainByAddress, flags, harmless, known, text } from "../look";
import { type Try, write } from "./try";

const SLOTS = ["ownership", "mx", "spf", "dkim", "feedback"] as const;

export const DOMAIN_POINTS = [
  "R9",
  "hostStyle",
  "mxStyle",
  "attemptNullFor",
  "expiresAt",
  "dmarcAndArc",
  "duplicateDomainStatus",
] as const;

export async function domains(context: Try, address: string): Promise<void> {
  const { bench, say, doing } = context;
  doing("trying a domain");
  const body = { name: `${bench.mark}-domain`, domain_address: address };
  const own = await bench.make("domain", address, body);
  flags(await bench.read(own), say);
  await domainByAddress(bench.eyes, say, address);
  const again = await bench.makeAgain(own, body);
  if (again.status === 400) say(known("duplicateDomainStatus", "400"));
  else {
    const settings = again.ok
      ? { repeatedCreates: "second" }
      : again.status === 409
        ? { duplicateDomainStatus: 409 }
        : {};
    say(harmless("duplicateDomainStatus", again.ok ? "taken" : String(again.status), settings));
  }
  await write(context, own, "PUT /v3/domains/:id", { name: `${bench.mark}-domain-renamed` }, "Domain");
  await records(context, own);
}

const INFO = "POST /v3/domains/:id/info";

async function records({ bench, say }: Try, own: Own): Promise<void> {
  const answers = new Map<string, Answer>();
  for (const type of SLOTS) {
    const body = { type, ...(type === "dkim" ? { options: { key_length: 2048 } } : {}) };
    const answer = await bench.change(own, INFO, body, { ownPoint: true });
    if (answer.ok) answers.set(type, answer);
  }
  const many = [...answers.values()].some(({ data }) => optionsOf(data).length > 1);
  for (const [type, answer] of answers) recordOf(bench, say, many, own, type, answer);
  const nulls = [...answers].filter(([, { data }]) => optionsOf(data).length === 0).map(([type]) => type);
  if (nulls.length > 0)
    say({
      ...harmless("attemptNullFor", nulls.join(", "), { attemptNullFor: nulls }),
      verdict: "affected",
      kinds: classes(["DomainRecords"]),
    });
  else if (answers.size === SLOTS.length) say(known("attemptNullFor", "none of the five"));
  expiry([...answers.values()], say);
  hosts(answers, own.name, say);

  let accepted = 0;
  for (const type of ["dmarc", "arc"])
    if ((await bench.change(own, INFO, { type }, { ownPoint: true })).ok) accepted++;
  say(
    accepted === 2
      ? known("dmarcAndArc", "accepted")
      : harmless("dmarcAndArc", accepted === 1 ? "one of them" : "refused", { dmarcAndArc: "reject" }),
  );
}

/** R9: whether the provider makes a record of the answer. */
function recordOf(
  { eyes: { wire } }: Try["bench"],
  say: Try["say"],
  many: boolean,
  own: Own,
  type: string,
  { data }: Answer,
): void {
  const options = optionsOf(data);
  const isList = Array.isArray(data) || attemptsOf(data).isList;
  const status = isRecord(data) ? text(data.status) : undefined;
  const types = [...new Set(options.map((option) => text(option.type)).filter((each) => each !== undefined))];
  const others = types.filter((each) => each !== "TXT" && each !== "MX");
  const news = [
    ...(options.length > 1 ? [`${options.length} records for ${type}`] : isList ? ["a list of one"] : []),
    ...others.map((each) =>
      /^[A-Z]{1,10}$/.test(each) ? `${each} for ${type}` : `another type for ${type}`,
    ),
    ...(["pending", "done", "failed"].includes(status ?? "pending") ? [] : ["another status"]),
  ];
  if (news.length === 0) return say(known("R9", "one TXT or MX each"));
  const settings = {
    ...(isList ? { attemptShape: many ? "many" : "list" } : {}),
    ...(others.includes("CNAME") && type === "dkim" ? { dkimRecords: "CNAME" } : {}),
  };
  const verdict = isTaken() ? "harmless" : "affected";
  for (const seen of news)
    say({
      point: "R9",
      verdict,
      seen,
      settings,
      ...(verdict === "affected" ? { kinds: classes(["DomainRecords", "DomainVerification"]) } : {}),
    });

  function isTaken(): boolean {
    try {
      const { record } = wire.domainAttempt(data, own.id, type as (typeof SLOTS)[number]);
      if (record) recordFromAttempt(own.name, type, record);
      return true;
    } catch {
      return false;
    }
  }
}

function attemptsOf(data: unknown): { isList: boolean; attempts: Record<string, unknown>[] } {
  const all = [data]
    .flat()
    .filter(isRecord)
    .map(({ attempt }) => attempt);
  const attempts = all.flat().filter(isRecord);
  const isList =
    all.some((each) => Array.isArray(each)) || attempts.some(({ options }) => Array.isArray(options));
  return { isList, attempts };
}

function optionsOf(data: unknown): Record<string, unknown>[] {
  return attemptsOf(data).attempts.flatMap(({ options }) => [options].flat().filter(isRecord));
}

function expiry(answers: Answer[], say: Try["say"]): void {
  const all = answers.map(({ data }) => (isRecord(data) ? data.expires_at : undefined));
  if (all.length === 0) return;
  if (all.every((each) => each === undefined || each === null))
    return say(harmless("expiresAt", "left out", { expiresAt: "absent" }));
  if (all.every((each) => each === 0)) return say(harmless("expiresAt", "0", { expiresAt: "zero" }));
  say(known("expiresAt", "set"));
}

/** How hosts and mail exchangers are spelled. */
function hosts(answers: ReadonlyMap<string, Answer>, domain: string, say: Try["say"]): void {
  const all = [...answers.values()].flatMap(({ data }) => optionsOf(data));
  const spelled = all.map(({ host }) => text(host)?.toLowerCase()).filter((host) => host !== undefined);
  if (spelled.length > 0) {
    const style = spelled.every((host) => host.endsWith(`${domain}.`))
      ? "fqdn"
      : spelled.every((host) => host.endsWith(domain))
        ? "bare"
        : "@";
    say(
      style === "@"
        ? known("hostStyle", "@ and relative")
        : harmless("hostStyle", style, { hostStyle: style }),
    );
  }
  const exchangers = all.filter(({ type }) => type === "MX").map(({ value }) => text(value) ?? "");
  if (exchangers.length === 0) return;
  say(
    exchangers.every((value) => /^\s*\d+\s+\S/.test(value))
      ? known("mxStyle", "10 host")
      : harmless("mxStyle", "host alone", { mxStyle: "target" }),
  );
}

import { type DnsAnswer } from "../dns/client.js";
import { dkimPublicKey } from "../dns/dkim.js";
import { type Api } from "../http/api.js";
import { objectBody } from "../http/bodies.js";
import { type Call, type RouteOptions } from "../http/call.js";
import { ApiError, invalid, notFound } from "../http/errors.js";
import { cursorPage } from "../http/paging.js";
import { refuseIfNamed } from "../http/references.js";
import { DOMAIN_PERMISSIONS } from "../keys/roles.js";
import { type Attempt, type Domain } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { DAY } from "../runtime/clock.js";
import { VERIFICATION_TYPES, type VerificationType } from "../settings/settings.js";

/** The same domains under two prefixes: with the organization's key, and with a service account's signature. */
export function domains(api: Api): void {
  const permissions = DOMAIN_PERMISSIONS;
  under(api, "/v3/domains", {
    key: "organization",
    resource: "domains",
    permissions,
    there: ({ domainPrefixes }) => domainPrefixes !== "legacy",
  });
  under(api, "/v3/admin/domains", {
    key: "serviceAccount",
    there: ({ domainPrefixes }) => domainPrefixes !== "new",
  });
}

/** Makes a domain; the caller has checked the values. */
export function newDomain(
  store: Store,
  address: string,
  values: Partial<Domain> & { organization_id: string },
): Domain {
  const now = store.clock.seconds();
  const verified = Object.fromEntries(VERIFICATION_TYPES.map((t) => [t, false])) as Domain["verified"];
  return store.domains.add({
    id: store.seeded.uuid("domain", `${values.organization_id}|${address}`),
    name: address,
    branded: false,
    domain_address: address,
    region: store.region,
    verified,
    ownership: {
      token: store.seeded.token(`ownership|${address}`),
      created_at: now,
      expires_at: now + 2 * DAY,
    },
    attempts: {},
    created_at: now,
    updated_at: now,
    ...values,
  });
}

function under(api: Api, prefix: string, options: RouteOptions): void {
  api.route("GET", prefix, options, (call) => {
    const { domain, region } = call.query;
    const wanted = (d: Domain): boolean =>
      d.organization_id === call.organization.id &&
      (domain === undefined || d.domain_address === domain.toLowerCase()) &&
      (region === undefined || d.region === region);
    const { page, nextCursor } = cursorPage(call, call.store.domains, wanted, { limit: 50, max: 200 });
    return { body: { data: page.map((d) => shown(call.store, d)), ...nextCursor } };
  });

  api.route("POST", prefix, options, ({ store, organization, body }) => {
    const { name, domain_address: given } = objectBody(body);
    if (typeof name !== "string" || name === "") throw invalid("name is required");
    if (typeof given !== "string" || given === "") throw invalid("domain_address is required");
    const address = given.trim().toLowerCase().replace(/\.$/, "");
    if (!isDomainAddress(address))
      throw invalid(`domain_address is not a valid domain: ${JSON.stringify(given)}`);
    if (address === "nylas.email" || address.endsWith(".nylas.email")) {
      throw invalid("trial domains are created in the Dashboard");
    }
    const isThere = (d: Domain): boolean =>
      d.organization_id === organization.id && d.domain_address === address;
    if (store.settings.repeatedCreates !== "second" && store.domains.find(isThere)) {
      const status = store.settings.duplicateDomainStatus;
      throw new ApiError(
        status,
        status === 409 ? "conflict" : "invalid_request_error",
        `domain ${address} already exists`,
      );
    }
    const made = newDomain(store, address, { organization_id: organization.id, name });
    return { body: { data: shown(store, made) } };
  });

  api.route("GET", prefix + "/:domain", options, (call) => ({
    body: { data: shown(call.store, domainOf(call)) },
  }));

  // The answer holds only what changed; clients have to read the domain again.
  api.route("PUT", prefix + "/:domain", options, (call) => {
    const domain = domainOf(call);
    const { name, domain_address: address } = objectBody(call.body);
    if (address !== undefined) throw invalid("domain_address cannot be changed");
    if (typeof name !== "string" || name === "") throw invalid("name is required");
    domain.name = name;
    domain.updated_at = call.store.clock.seconds();
    return { body: { data: { name, updated_at: domain.updated_at } } };
  });

  api.route("DELETE", prefix + "/:domain", options, (call) => {
    const { id } = domainOf(call);
    refuseIfNamed(call.store, "domain", id);
    call.store.domains.remove(id);
    return {};
  });

  api.route("POST", prefix + "/:domain/info", { ...options, effect: "query" }, (call) => {
    const { store } = call;
    const domain = domainOf(call);
    const { type, keyLength } = typeAndOptions(call);
    const now = store.clock.seconds();
    if (type === "ownership" && domain.ownership.expires_at <= now) {
      const token = store.seeded.token(`ownership|${domain.domain_address}`);
      domain.ownership = { token, created_at: now, expires_at: now + 2 * DAY };
    }
    const done = domain.verified[type];
    const lifetime =
      type === "ownership" ? domain.ownership : { created_at: domain.created_at, expires_at: now + 2 * DAY };
    const data = {
      domain_id: domain.id,
      status: done ? "done" : call.store.settings.attemptShape !== "one" ? "in_progress" : "pending",
      created_at: lifetime.created_at,
      ...expiry(store, lifetime.expires_at),
      attempt: attemptShown(store, domain, type, keyLength),
      message: done ? "The record is verified." : "Add the record to your DNS, then verify.",
    };
    return { body: { data } };
  });

  // 200 also when the check fails: only the status and the domain's flags tell.
  api.route("POST", prefix + "/:domain/verify", { ...options, effect: "query" }, async (call) => {
    const { store } = call;
    const domain = domainOf(call);
    const { type, keyLength } = typeAndOptions(call);
    const now = store.clock.seconds();
    const result = domain.verified[type]
      ? { status: "done", message: "The record is verified." }
      : await check(store, domain, type, keyLength);
    if (result.status === "done" && !domain.verified[type]) {
      domain.verified[type] = true;
      domain.updated_at = now;
    }
    const data = {
      domain_id: domain.id,
      status: result.status,
      created_at: now,
      ...expiry(store, now + 7 * DAY),
      attempt: attemptShown(store, domain, type, keyLength),
      message: result.message,
    };
    return { body: { data } };
  });
}

/** Whether this can be a domain's address, by the rules of the official command line. */
function isDomainAddress(address: string): boolean {
  const labels = address.split(".");
  return (
    address.length >= 3 &&
    address.length <= 253 &&
    labels.length >= 2 &&
    labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label))
  );
}

/** All records that a domain needs for a type: none, one, or in one reading two keys for DKIM. */
function wantedRecords(
  store: Store,
  domain: Domain,
  type: VerificationType,
  keyLength: 1024 | 2048,
): Attempt[] {
  const record = wantedRecord(store, domain, type, keyLength);
  if (record === null) return [];
  const { attemptShape } = store.settings;
  const second = type === "dkim" && attemptShape === "many" && domain.attempts.dkim === undefined;
  return second ? [record, dkimRecord(store, domain, keyLength, 2)] : [record];
}

function dkimRecord(store: Store, domain: Domain, keyLength: 1024 | 2048, key: 1 | 2): Attempt {
  const mark = store.seeded.bytes(`selector|${domain.domain_address}`, 3).toString("hex");
  const label = key === 1 ? `nylas-${mark}` : `nylas-${mark}-${key}`;
  const host = `${label}._domainkey`;
  if (store.settings.dkimRecords === "CNAME")
    return { host, type: "CNAME", value: `${label}.dkim.${platformOf(domain)}` };
  const seed = `dkim|${domain.domain_address}|${keyLength}${key === 1 ? "" : `|${key}`}`;
  const modulus = store.seeded.bytes(seed, keyLength / 8);
  return { host, type: "TXT", value: `v=DKIM1; k=rsa; p=${dkimPublicKey(keyLength, modulus)}` };
}

function platformOf(domain: Domain): string {
  return `${domain.region}.mail.nylas-simulator.test`;
}

/** The record a domain needs for a type, its host as a label relative to the domain ("@" for the domain itself). */
function wantedRecord(
  store: Store,
  domain: Domain,
  type: VerificationType,
  keyLength: 1024 | 2048,
): Attempt | null {
  const set = domain.attempts[type];
  if (set !== undefined) return set;
  const platform = platformOf(domain);
  const mark = store.seeded.bytes(`selector|${domain.domain_address}`, 3).toString("hex");
  const mx = (target: string): string => (store.settings.mxStyle === "priority" ? `10 ${target}` : target);
  switch (type) {
    case "ownership":
      return { host: "@", type: "TXT", value: `nylas-ownership-verify=${domain.ownership.token}` };
    case "mx":
      return { host: "@", type: "MX", value: mx(`inbound.${platform}`) };
    case "spf":
      return { host: "@", type: "TXT", value: `v=spf1 include:spf.${platform} ~all` };
    case "dkim":
      return dkimRecord(store, domain, keyLength, 1);
    case "feedback":
      return { host: `bounces-${mark}`, type: "MX", value: mx(`feedback.${platform}`) };
    case "dmarc":
      return { host: "_dmarc", type: "TXT", value: "v=DMARC1; p=none;" };
    case "arc":
      return null;
  }
}

function domainOf(call: Call): Domain {
  const wanted = call.params.domain!.toLowerCase();
  const domain = call.store.domains.find(
    (d) =>
      d.organization_id === call.organization.id &&
      (d.id === wanted || (call.store.settings.domainByAddress && d.domain_address === wanted)),
  );
  if (domain) return domain;
  throw wanted.includes(".") && call.store.settings.domainAddressStatus === 400
    ? invalid("domain id is not valid")
    : notFound();
}

function shown(store: Store, domain: Domain): object {
  const { verified } = domain;
  const flags = VERIFICATION_TYPES.filter((type) => verified[type] || !store.settings.omitFalseFlags);
  return {
    id: domain.id,
    name: domain.name,
    branded: domain.branded,
    domain_address: domain.domain_address,
    organization_id: domain.organization_id,
    region: domain.region,
    ...Object.fromEntries(flags.map((type) => [`verified_${type}`, verified[type]])),
    created_at: domain.created_at,
    updated_at: domain.updated_at,
  };
}

function typeAndOptions(call: Call): { type: VerificationType; keyLength: 1024 | 2048 } {
  const { type, options } = objectBody(call.body);
  const known: readonly string[] =
    call.store.settings.dmarcAndArc === "accept" ? VERIFICATION_TYPES : VERIFICATION_TYPES.slice(0, 5);
  if (typeof type !== "string" || !known.includes(type))
    throw invalid(`type must be one of ${known.join(", ")}`);
  const keyLength = options === undefined ? undefined : objectBody(options, "options").key_length;
  if (keyLength !== undefined && keyLength !== 1024 && keyLength !== 2048) {
    throw invalid("options.key_length must be 1024 or 2048");
  }
  return { type: type as VerificationType, keyLength: keyLength ?? 1024 };
}

/** The wanted record in the spelling that the settings ask for. */
function attemptShown(
  store: Store,
  domain: Domain,
  type: VerificationType,
  keyLength: 1024 | 2048,
): object | null {
  const records = wantedRecords(store, domain, type, keyLength);
  const [record] = records;
  if (record === undefined || domain.branded || store.settings.attemptNullFor.includes(type)) return null;
  // A record set from outside is shown as it was set.
  if (domain.attempts[type] || record.host === undefined) return { type, options: record };
  const style = store.settings.hostStyle;
  const options = records.map((each) => {
    const full = fullName(each.host!, domain);
    return { ...each, host: style === "@" ? each.host : style === "bare" ? full : `${full}.` };
  });
  return { type, options: store.settings.attemptShape === "one" ? options[0] : options };
}

function expiry(store: Store, at: number): object {
  const how = store.settings.expiresAt;
  return how === "absent" ? {} : { expires_at: how === "zero" ? 0 : at };
}

function fullName(host: string, domain: Domain): string {
  const bare = host.toLowerCase().replace(/\.$/, "");
  const { domain_address: address } = domain;
  if (bare === "" || bare === "@" || bare === address) return address;
  return bare.endsWith(`.${address}`) ? bare : `${bare}.${address}`;
}

interface Checked {
  status: "pending" | "done" | "failed";
  message: string;
}

async function check(
  store: Store,
  domain: Domain,
  type: VerificationType,
  keyLength: 1024 | 2048,
): Promise<Checked> {
  const records = wantedRecords(store, domain, type, keyLength);
  const results: Checked[] = [];
  for (const record of records.length > 0 ? records : [undefined])
    results.push(await checkRecord(store, domain, type, record));
  return results.find(({ status }) => status !== "done") ?? results[0]!;
}

async function checkRecord(
  store: Store,
  domain: Domain,
  type: VerificationType,
  record: Attempt | undefined,
): Promise<Checked> {
  if (record?.host === undefined || record.value === undefined) {
    return { status: "pending", message: "There is nothing to verify for this type yet." };
  }
  if (type === "ownership" && domain.ownership.expires_at <= store.clock.seconds()) {
    return { status: "failed", message: "The ownership token has expired; ask for a new one." };
  }
  const name = fullName(record.host, domain);
  const dnsType = record.type === "MX" || record.type === "CNAME" ? record.type : "TXT";
  let answer: DnsAnswer;
  try {
    answer = await store.ask(name, dnsType);
  } catch (error) {
    return { status: "pending", message: `DNS lookup failed: ${(error as Error).message}` };
  }
  const values = { MX: answer.mx.map((mx) => mx.host), CNAME: answer.cname, TXT: answer.txt }[dnsType];
  if (dnsType === "CNAME" ? values.includes(record.value) : fits(type, record.value, values))
    return { status: "done", message: "The record is verified." };
  const rivals = dnsType !== "TXT" ? values : values.filter((value) => sameFamily(type, value));
  return rivals.length === 0
    ? { status: "pending", message: `No ${dnsType} record was found at ${name} (${answer.rcode}).` }
    : { status: "failed", message: `The ${dnsType} record at ${name} does not have the expected value.` };
}

function fits(type: VerificationType, wanted: string, found: string[]): boolean {
  switch (type) {
    case "mx":
    case "feedback": {
      const target = wanted
        .replace(/^\s*\d+\s+/, "")
        .replace(/\.$/, "")
        .toLowerCase();
      return found.includes(target);
    }
    case "spf": {
      // Two SPF strings at one name are an error to every receiver (RFC 7208, 4.5).
      const strings = found.filter((value) => sameFamily("spf", value));
      const include = wanted.split(/\s+/).find((part) => part.startsWith("include:"));
      return (
        strings.length === 1 && (include ? strings[0]!.split(/\s+/).includes(include) : strings[0] === wanted)
      );
    }
    case "dmarc":
      return found.filter((value) => sameFamily("dmarc", value)).length === 1;
    case "dkim":
      return found.some((value) => value.replace(/\s+/g, "") === wanted.replace(/\s+/g, ""));
    default:
      return found.includes(wanted);
  }
}

/** Whether a TXT value is one that stands for this type, right or wrong. */
function sameFamily(type: VerificationType, value: string): boolean {
  const start: Partial<Record<VerificationType, RegExp>> = {
    ownership: /^nylas-ownership-verify=/,
    spf: /^v=spf1(\s|$)/i,
    dkim: /^(v=DKIM1|k=|p=)/i,
    dmarc: /^v=DMARC1/i,
  };
  return start[type]?.test(value) ?? true;
}

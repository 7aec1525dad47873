import { createHash, createPrivateKey, createPublicKey, verify, type KeyObject } from "node:crypto";

/** A request as its signature sees it. */
export interface SignedRequest {
  method: string;
  /** The path as it was sent: percent-encoded, without the query. */
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** What the signer of a request is known by. */
export interface Signer {
  kid: string;
  publicKey: KeyObject;
}

/**
 * Checks the signature of a service account and returns who signed, or the reason for a refusal. Nonces that were seen
 * are in `nonces`, which a good request adds its own to.
 */
export function verifySignature(
  request: SignedRequest,
  signers: Signer[],
  nonces: Set<string>,
  nowSeconds: number,
): { signer: Signer } | { problem: string } {
  const header = (name: string): string => {
    const value = request.headers[name];
    return typeof value === "string" ? value : "";
  };
  const [kid, timestamp, nonce, signature] = SIGNING_HEADERS.map(header) as [string, string, string, string];
  const missing = SIGNING_HEADERS.filter((name) => header(name) === "");
  if (missing.length > 0) return { problem: `missing ${missing.join(", ")}` };
  if (header("authorization") !== "") return { problem: "a signed request has no Authorization header" };
  const signer = signers.find((s) => s.kid === kid);
  if (!signer) return { problem: "unknown key id" };
  if (!/^\d{1,12}$/.test(timestamp)) return { problem: "the timestamp is not a number of seconds" };
  if (Math.abs(nowSeconds - Number(timestamp)) > MAX_SKEW_SECONDS) {
    return { problem: `the timestamp is more than ${MAX_SKEW_SECONDS} seconds off` };
  }
  const use = `${kid}|${nonce}`;
  if (nonces.has(use)) return { problem: "the nonce has been used" };
  const payload = signedPayload(request);
  if (payload === null) return { problem: "the body is not canonical JSON" };
  const envelope = signedEnvelope({ ...request, nonce, timestamp: Number(timestamp), payload });
  const good = verify(
    "RSA-SHA256",
    Buffer.from(envelope),
    signer.publicKey,
    Buffer.from(signature, "base64"),
  );
  if (!good) return { problem: "the signature does not fit the request" };
  nonces.add(use);
  return { signer };
}

/** The bytes a signature stands for. */
export function signedEnvelope(of: {
  method: string;
  path: string;
  nonce: string;
  timestamp: number;
  payload?: string | undefined;
}): string {
  const { path, nonce, timestamp, payload } = of;
  return canonicalJson({
    method: of.method.toLowerCase(),
    nonce,
    path,
    ...(payload === undefined ? {} : { payload }),
    timestamp,
  });
}

/** JSON with sorted members and no white space. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(",")}}`;
}

/**
 * RSA keys of 2048 bits with primes that are sums of powers of two. The keys are always the same and made without a
 * search. The primes are public, so that nobody takes them for a secret. One per organization.
 */
export function throwawayKey(which: 0 | 1): { pem: string; publicKey: KeyObject } {
  const top = 2n ** 1023n + 2n ** 1022n;
  const [p, q] = (
    [
      [top + 1037n, top + 2n ** 1021n + 309n],
      [top + 2n ** 1020n + 1125n, top + 2n ** 1019n + 197n],
    ] as const
  )[which];
  const e = 65537n;
  const phi = (p - 1n) * (q - 1n);
  const d = inverse(e, phi / gcd(p - 1n, q - 1n));
  const text = (n: bigint): string => {
    const hex = n.toString(16);
    return Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex").toString("base64url");
  };
  const jwk = {
    kty: "RSA",
    n: text(p * q),
    e: text(e),
    d: text(d),
    p: text(p),
    q: text(q),
    dp: text(d % (p - 1n)),
    dq: text(d % (q - 1n)),
    qi: text(inverse(q, p)),
  };
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  return {
    pem: key.export({ type: "pkcs8", format: "pem" }) as string,
    publicKey: createPublicKey(key),
  };
}

/** By which a key is told from another. */
export function modulusDigest(publicKey: KeyObject): string {
  const { n } = publicKey.export({ format: "jwk" });
  return createHash("sha256").update(Buffer.from(n!, "base64url")).digest("hex");
}

const SIGNING_HEADERS = ["x-nylas-kid", "x-nylas-timestamp", "x-nylas-nonce", "x-nylas-signature"] as const;

const MAX_SKEW_SECONDS = 300;

/** The `payload` member: absent without a body, and null where the bytes on the wire are not the canonical ones. */
function signedPayload({ method, body }: SignedRequest): string | undefined | null {
  if (!["POST", "PUT", "PATCH"].includes(method.toUpperCase()) || body.length === 0) return undefined;
  const text = body.toString("utf8");
  try {
    return canonicalJson(JSON.parse(text)) === text ? text : null;
  } catch {
    return null;
  }
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

function inverse(of: bigint, modulus: bigint): bigint {
  let [r, next, s, nextS] = [modulus, of % modulus, 0n, 1n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [s, nextS] = [nextS, s - quotient * nextS];
  }
  return ((s % modulus) + modulus) % modulus;
}

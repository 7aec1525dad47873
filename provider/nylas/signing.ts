import { createHash, createPrivateKey, type KeyObject, randomInt, sign } from "node:crypto";
import { isRecord } from "./errors";

/** A service account as its file describes it; the key object shows nothing of the key when it is printed. */
export interface ServiceAccount {
  keyId: string;
  privateKey: KeyObject;
  organizationId: string | undefined;
  region: "us" | "eu" | undefined;
}

/**
 * Signatures of a service account, the older way to manage an organization's domains (`/v3/admin/domains`). It has no
 * bearer key, but four headers that hold for one single request. Every page and every attempt needs its own.
 */
export function signedHeaders(
  account: ServiceAccount,
  request: SignedRequest,
  once: { timestamp: number; nonce: string } = {
    timestamp: Math.floor(Date.now() / 1000),
    nonce: newNonce(),
  },
): Record<string, string> {
  const envelope = envelopeOf(request, once);
  return {
    "x-nylas-kid": account.keyId,
    "x-nylas-timestamp": String(once.timestamp),
    "x-nylas-nonce": once.nonce,
    // RSASSA-PKCS1-v1_5 over SHA-256: what Node does with an RSA key when it is asked for nothing else.
    "x-nylas-signature": sign("sha256", Buffer.from(envelope, "utf8"), account.privateKey).toString("base64"),
  };
}

export interface SignedRequest {
  method: string;
  /** As it is sent: percent-encoded, without host and query. */
  path: string;
  /** The body's text as it is sent; counts for POST, PUT and PATCH alone. */
  body: string | undefined;
}

/** The text that is signed. */
export function envelopeOf(
  { method, path, body }: SignedRequest,
  { timestamp, nonce }: { timestamp: number; nonce: string },
): string {
  const carriesPayload = body !== undefined && ["POST", "PUT", "PATCH"].includes(method);
  return canonicalJson({
    method: method.toLowerCase(),
    nonce,
    path,
    payload: carriesPayload ? body : undefined,
    timestamp,
  });
}

/**
 * JSON with sorted keys and no white space: the one text that both sides arrive at. A body is sent in this very form, or
 * the signature would not fit.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
}

/**
 * Reads the file that Nylas hands out for a service account: JSON with `private_key_id` and `private_key`. The latter
 * is PEM (PKCS#1 or PKCS#8) or base64 of that PEM. Throws an error with a message that completes "it holds …" and has
 * nothing of the key in it.
 */
export function parseServiceAccount(text: string): ServiceAccount {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and the text is a key.
    throw new Error("something that is no JSON");
  }
  if (!isRecord(file)) throw new Error("JSON that is no object");
  const member = (name: string): string | undefined => {
    const value = file[name];
    return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
  };
  const keyId = member("private_key_id");
  const given = member("private_key");
  if (keyId === undefined) throw new Error("an object without private_key_id");
  if (/[^\x21-\x7e]/.test(keyId))
    throw new Error("a private_key_id with characters that no header can carry");
  if (given === undefined) throw new Error("an object without private_key");
  const region = member("region")?.toLowerCase();
  return {
    keyId,
    privateKey: readKey(given),
    organizationId: member("organization_id"),
    region: region === "us" || region === "eu" ? region : undefined,
  };
}

/** By which one service account is told from another, without anything of the key in it. */
export function serviceAccountDigest(account: ServiceAccount): string {
  const der = account.privateKey.export({ type: "pkcs1", format: "der" });
  return createHash("sha256").update(account.keyId).update("\0").update(der).digest("hex");
}

function readKey(given: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pemOf(given));
  } catch {
    throw new Error(
      "a private_key that is neither a PEM of an RSA key nor base64 of one (nor may it have a passphrase)",
    );
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== "rsa")
    throw new Error(`a private_key of the kind ${key.asymmetricKeyType}, not RSA`);
  if (bits < 2048) throw new Error(`an RSA key of ${bits} bits, fewer than 2048`);
  return key;
}

function pemOf(given: string): string {
  // A PEM that went through a shell or a form often has its line breaks as two characters.
  const unescaped = given.replace(/\\n/g, "\n");
  return unescaped.includes("-----BEGIN") ? unescaped : Buffer.from(given, "base64").toString("utf8");
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function newNonce(): string {
  return Array.from({ length: 20 }, () => alphabet[randomInt(alphabet.length)]).join("");
}

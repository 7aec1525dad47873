import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/**
 * An RSA key in closed form: its primes are sums of powers of two. They are public, so that nobody takes the key for
 * a secret and everybody gets the same signatures.
 */
export function throwawayKey(): { privateKey: KeyObject; publicKey: KeyObject; modulus: bigint } {
  const p = 2n ** 1023n + 2n ** 1022n + 1037n;
  const q = 2n ** 1023n + 2n ** 1022n + 2n ** 1021n + 309n;
  const e = 65537n;
  const d = inverse(e, leastCommonMultiple(p - 1n, q - 1n));
  const jwk = {
    kty: "RSA",
    n: base64url(p * q),
    e: base64url(e),
    d: base64url(d),
    p: base64url(p),
    q: base64url(q),
    dp: base64url(d % (p - 1n)),
    dq: base64url(d % (q - 1n)),
    qi: base64url(inverse(q, p)),
  };
  const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
  return { privateKey, publicKey: createPublicKey(privateKey), modulus: p * q };
}

/** The file of a service account with that key. */
export function serviceAccountFile(more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    name: "pulumi",
    type: "service_account",
    private_key_id: "kid-1",
    private_key: throwawayKey().privateKey.export({ type: "pkcs8", format: "pem" }),
    organization_id: "org-1",
    region: "us",
    ...more,
  });
}

/** A number's bytes, the most significant first. */
export function bytesOf(number: bigint): Buffer {
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

function base64url(number: bigint): string {
  return bytesOf(number).toString("base64url");
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}

/** The inverse by Euclid's extended algorithm. */
function inverse(number: bigint, modulus: bigint): bigint {
  let [r, nextR, t, nextT] = [modulus, number % modulus, 0n, 1n];
  while (nextR !== 0n) {
    const times = r / nextR;
    [r, nextR] = [nextR, r - times * nextR];
    [t, nextT] = [nextT, t - times * nextT];
  }
  return ((t % modulus) + modulus) % modulus;
}

/**
 * A public RSA key of the wanted size as DKIM publishes it: base64 of a SubjectPublicKeyInfo. The modulus is the
 * given bytes, so the key has the right shape and length and follows from the seed. Nobody has its private half.
 */
export function dkimPublicKey(bits: 1024 | 2048, modulus: Buffer): string {
  const header =
    bits === 1024
      ? "30819f300d06092a864886f70d010101050003818d0030818902818100"
      : "30820122300d06092a864886f70d01010105000382010f003082010a0282010100";
  const number = Buffer.from(modulus.subarray(0, bits / 8));
  // A modulus has its highest bit set (or it would be a shorter key) and is odd.
  number[0]! |= 0x80;
  number[number.length - 1]! |= 1;
  return Buffer.concat([Buffer.from(header, "hex"), number, Buffer.from("0203010001", "hex")]).toString(
    "base64",
  );
}

import { sign } from "node:crypto";
import { throwawayKey } from "../../unit/nylas/throwawayKey";

/** A certificate for these names that nobody vouches for but itself, with its key; made here so that no key lies in the repository. */
export function selfSigned(...names: string[]): { key: string; cert: string } {
  const { privateKey, publicKey } = throwawayKey();
  const algorithm = sequence(oid("2a864886f70d01010b"), der(0x05)); // sha256WithRSAEncryption
  const name = sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(names[0]!))))); // CN
  const validity = sequence(
    der(0x17, Buffer.from("200101000000Z")),
    der(0x18, Buffer.from("21200101000000Z")),
  );
  const alternatives = sequence(...names.map((each) => der(0x82, Buffer.from(each))));
  const certificate = sequence(
    der(0xa0, der(0x02, Buffer.of(2))), // version 3
    der(0x02, Buffer.of(1)), // serial number
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(sequence(oid("551d11"), der(0x04, alternatives)))), // subjectAltName
  );
  const signature = der(0x03, Buffer.of(0), sign("sha256", certificate, privateKey));
  const text = sequence(certificate, algorithm, signature).toString("base64").replace(/.{64}/g, "$&\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`,
  };
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

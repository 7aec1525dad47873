import { type Call } from "./call";
import type * as Signing from "./signing";
import { type ServiceAccount } from "./signing";

/** What a request proves itself with, and a name under which its rate is limited. */
export type Credential = { identity: string } & ({ key: string } | { account: ServiceAccount });

/** The body exactly as it is sent: a signature is over these bytes. */
export function bodyText(call: Call<unknown>, credential: Credential): string | undefined {
  if (call.method === "GET") return undefined;
  // A body that a signature does not cover is sent by none of the vendor's own clients.
  if (call.method === "DELETE" && "account" in credential && call.body === undefined) return undefined;
  const body = call.body ?? {};
  return "account" in credential ? loadSigning().canonicalJson(body) : JSON.stringify(body);
}

/** A new one for every attempt: a signature holds for one request and a few minutes. */
export function authentication(
  { method, path }: Call<unknown>,
  credential: Credential,
  body: string | undefined,
): Record<string, string> {
  if ("key" in credential) return { authorization: `Bearer ${credential.key}` };
  return loadSigning().signedHeaders(credential.account, { method, path, body });
}

function loadSigning(): typeof Signing {
  // oxlint-disable-next-line typescript/no-require-imports -- few have a service account
  return require("./signing") as typeof Signing;
}

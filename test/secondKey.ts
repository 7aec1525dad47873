import { type Simulator } from "nylas-simulator";

/** A second key for what a principal of the simulator is bound to: another connection to the very same side. */
export async function secondKey(
  sim: Simulator,
  of: (call: Call) => Promise<Record<string, unknown>>,
): Promise<string> {
  const call: Call = async (method, path, body, key = sim.keys.organizationKey) => {
    const answer = await fetch(`${sim.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return ((await answer.json()) as { data: Record<string, unknown> }).data;
  };
  const principal = await call("POST", "/v3/iam/principals", { name: "second", ...(await of(call)) });
  const expires = Math.floor(Date.now() / 1000) + 86_400;
  const path = `/v3/iam/principals/${principal["id"] as string}/credentials`;
  const { secret } = await call("POST", path, { name: "k", expires_at: expires });
  return secret as string;
}
export type Call = (
  method: string,
  path: string,
  body?: object,
  key?: string,
) => Promise<Record<string, unknown>>;

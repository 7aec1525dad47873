import assert from "node:assert/strict";
import { type Simulator } from "nylas-simulator";

/** The status of a send from an account, asked with the application's key: 403 where a rule of its workspace stops it. */
export async function sendFrom(sim: Simulator, email: string): Promise<number> {
  const grant = sim.state().grants.find((each) => each.email === email);
  assert.ok(grant, `there is no account ${email}`);
  const { status } = await fetch(`${sim.url}/v3/grants/${grant.id}/messages/send`, {
    method: "POST",
    headers: { authorization: `Bearer ${sim.keys.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ to: [{ email: "x@example.net" }], subject: "Hello", body: "b" }),
  });
  return status;
}

import { strict as assert } from "node:assert";
import { isWithin } from "../../bench/report";
import { startSimulator } from "nylas-simulator";
import { tenant } from "../../bench/tenant";
import { KEYS } from "../canaries";

describe("what a tenant costs", function () {
  this.timeout(300_000);

  it("keeps to its limits: calls, bytes of the provider's text, bytes of an entry", async () => {
    const told: string[] = [];
    const { lines, details, notes } = await tenant.run((line) => told.push(line));
    assert.deepEqual(
      lines.filter((line) => !isWithin(line)),
      [],
    );
    const measured = (what: string) => lines.filter((line) => line.what.startsWith(what)).length;
    assert.equal(measured("__provider of "), 7, "every type of resource is in it");
    const calls = lines
      .filter(({ unit }) => unit === "calls")
      .map((line) => `${line.what}: ${line.measured}`);
    assert.deepEqual(calls.slice(0, 2), ["preview of a new tenant: 0", "up that changes nothing: 0"]);
    assert.equal(calls[3], "create a tenant, at Cloudflare: 5", "one for each record");

    const simulator = await startSimulator();
    await simulator.close();
    assert.match(simulator.keys.apiKey, KEYS);
    for (const text of [...told, JSON.stringify({ lines, details, notes })]) assert.doesNotMatch(text, KEYS);
  });
});

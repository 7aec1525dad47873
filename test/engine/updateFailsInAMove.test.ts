import { strict as assert } from "node:assert";
import { assertMailArrives, cloudflare, held, open, program, secondZone } from "./moving";
import { closeScenes, refused, succeeded } from "./scene";

/**
 * A5: a move waits for the delegation, as it should. Then one update of what the verification depends on fails, under --continue-on-error. A
 * resource whose update failed has its id, so it counts as made, the verification is skipped, and nobody stands before the old records.
 */
describe("A5: an update that fails while a move waits for the delegation", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const cases: [what: string, more: string, name: string, path: string][] = [
    ["of one of the new records", ", ttl: 600", "A", "dns_records"],
  ];
  for (const [what, more, name, path] of cases)
    it(what, async () => {
      const { sim, stack, declare, first } = await open();
      const second = secondZone(sim, "cloudflare");
      declare(program(cloudflare(first), `name: "A"`));
      succeeded(await stack.up());
      declare(program(cloudflare(second.at, ', nameSuffix: "new"'), `name: "A"`));
      refused(await stack.up(), "is still served by");
      assert.deepEqual([held(sim, first), held(sim, second.id)], [5, 5]);
      declare(program(cloudflare(second.at, `, nameSuffix: "new"${more}`), `name: "${name}"`));
      for (const method of ["PUT", "PATCH"])
        sim.addFault({ kind: "status", status: 400, method, path, times: "always" });
      const run = await stack.up("--continue-on-error");
      assert.ok(
        sim.faults().some(({ hits }) => hits > 0),
        "an update failed",
      );
      assert.notEqual(run.code, 0);
      assert.equal(held(sim, first), 5, run.text);
      await assertMailArrives(sim);
    });
});

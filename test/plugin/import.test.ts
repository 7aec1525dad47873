import assert from "node:assert/strict";
import * as fs from "node:fs";
import { makeFleet, Random } from "./fleets";
import { importInto, programFolder, runProgram, takeInto } from "./imported";
import { done, openWorld, succeeded } from "./world";

describe("a fleet that is brought under management", function () {
  this.timeout(120_000);
  const world = openWorld({ simulator: { zones: ["example.com", "example.net"] } });
  let folder: string;
  beforeEach(() => (folder = programFolder()));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  for (const as of ["flat", "tenants"]) {
    for (let seed = 1; seed <= Number(process.env["FLEETS"] ?? (process.env["LONG_RUN"] ? 40 : 3)); seed++) {
      it(`shows no change in the preview and no drift, and nothing was written: ${as}, fleet ${seed}`, async () => {
        const { sim, stack } = world;
        const random = new Random(`fleet ${seed}`);
        await makeFleet(sim, random, {
          accounts: random.below(25),
          workspaces: random.below(8),
          policies: random.below(6),
          lists: random.below(5),
          rules: random.below(8),
          webhooks: random.below(3),
          connected: random.below(4),
          domains: ["agents.example.com", "bots.example.net"].slice(0, random.below(3)),
        });
        const before = sim.state();
        sim.clearRequests();

        const imported = await importInto(folder, sim, "--as", as, "--with-dns", "cloudflare");
        assert.equal(imported.code, 0, imported.stderr);
        const registered = await runProgram(folder, imported);
        const program = takeInto(stack, imported, registered);
        const preview = succeeded(await stack.preview(program));
        assert.deepEqual(done(preview), [], imported.program);
        const refreshed = succeeded(await stack.refresh());
        assert.deepEqual(done(refreshed), [], imported.program);
        assert.deepEqual(sim.writes(), []);
        assert.deepEqual(sim.state(), before);
        // Nothing is passed over in silence.
        const { grants, workspaces, policies, rules, lists, webhooks, domains } = before;
        const ofApplication = [...grants, ...workspaces, ...policies, ...rules, ...lists, ...webhooks].filter(
          (each) => each.application_id === sim.ids.application,
        );
        const ofOrganization = domains.filter((each) => each.organization_id === sim.ids.organization);
        for (const { id } of [...ofApplication, ...ofOrganization]) {
          const there =
            imported.entries.some((entry) => entry.id === id) || imported.program.includes(`id ${id}`);
          assert.ok(there, `${id} is neither brought in nor named:\n${imported.stdout}`);
        }
      });
    }
  }
});

import { strict as assert } from "node:assert";
import { itInLongRun } from "./longRun";
import { cloudflare, DOMAIN, held, open, program, route53, secondZone } from "./moving";
import { closeScenes, refused, says, succeeded } from "./scene";

/** A slip in an id of an `adopt` line. The engine would change, or delete, what somebody else has published. */
describe("an adopt line that names somebody else's record", function () {
  this.timeout(600_000);
  afterEach(closeScenes);

  itInLongRun("C47: Cloudflare: is refused before that record is changed", async () => {
    const { sim, stack, declare, first } = await open();
    const other = {
      type: "MX",
      name: "corp.example.com",
      content: "mail.company.example",
      priority: 10,
    } as const;
    const company = sim.putRecord(first, other);
    const adopting = (id: string) =>
      program(cloudflare(first, `, zoneName: "example.com", adopt: { mx: "${id}" }`));
    const standing = () =>
      sim
        .state()
        .zones.find(({ id }) => id === first)!
        .records.find(({ id }) => id === company);
    const before = standing();
    declare(adopting(company));
    says(refused(await stack.up()), /its name is corp\.example\.com, and declared is agents\.example\.com/);
    assert.deepEqual(standing(), before);
    // C46: with another zone before the slash.
    declare(adopting(`${secondZone(sim, "cloudflare").at}/${company}`));
    refused(await stack.up());
    declare(program(cloudflare(first, ', zoneName: "example.com"')));
    succeeded(await stack.up());
    assert.deepEqual(standing(), before);
    assert.equal(held(sim, first), 6, "ours and the company's");
  });

  itInLongRun("C46: Route 53: is refused before that set is imported", async () => {
    const { sim, stack, declare } = await open();
    const zone = secondZone(sim, "route53");
    sim.setDelegation("example.com", sim.state().zones.find(({ id }) => id === zone.id)!.nameServers);
    sim.putRecord(zone.id, {
      type: "MX",
      name: "corp.example.com",
      content: "mail.company.example",
      priority: 10,
    });
    declare(program(route53(zone.at).replace(" })", `, adopt: { mx: "${zone.at}_corp.example.com_MX" } })`)));
    says(refused(await stack.up()), /its name is corp\.example\.com, and declared is agents\.example\.com/);
    declare(program(route53(zone.at)));
    succeeded(await stack.up());
    const { records } = sim.state().zones.find(({ id }) => id === zone.id)!;
    assert.ok(
      records.some(
        ({ name, content }) => name === "corp.example.com" && /mail\.company\.example/.test(content),
      ),
    );
    assert.ok(records.some(({ name, type }) => name === DOMAIN && type === "MX"));
  });
});

import { strict as assert } from "node:assert";
import { type Simulator } from "nylas-simulator";
import { mx, NameServers, ns, type Script, soa, txt } from "../nameServers";
import { itInLongRun } from "./longRun";
import { assertMailArrives, cloudflare, held, open, program, route53, secondZone } from "./moving";
import { closeScenes, refused, succeeded } from "./scene";

/** Every private zone of Route 53 has these servers. */
const PRIVATE = [
  "ns-0.awsdns-00.com",
  "ns-512.awsdns-00.net",
  "ns-1024.awsdns-00.org",
  "ns-1536.awsdns-00.co.uk",
];

/** A resolver of a network: it answers from the zone with the id, and hides whether it serves that itself. */
function resolverOf(sim: Simulator, zone: () => { id: string; isPrivate: boolean }): Script {
  return ({ name, type }) => {
    if (name === "com") return { answers: type === "NS" ? [ns("com", "a.gtld-servers.net")] : [] };
    const { id, isPrivate } = zone();
    const { records, nameServers } = sim.state().zones.find((each) => each.id === id)!;
    const all = [
      soa("example.com"),
      ...(isPrivate ? PRIVATE : nameServers).map((each) => ns("example.com", each)),
      ...records.flatMap((record) => {
        if (record.type === "MX") return [mx(record.name, record.content, record.priority ?? 10)];
        const text = record.content.replace(/" "|^"|"$/g, "");
        return record.type === "TXT" ? [txt(record.name, ...(text.match(/.{1,200}/g) ?? []))] : [];
      }),
    ];
    const isThere = all.some((each) => each.name === name || each.name.endsWith(`.${name}`));
    const answers = all.filter((each) => each.name === name && each.type === type);
    return { answers, ...(isThere ? {} : { rcode: "NXDOMAIN" as const }) };
  };
}

describe("a move to a private zone of the domain's name", function () {
  this.timeout(300_000);
  const servers = new NameServers();
  afterEach(async () => {
    await servers.close();
    await closeScenes();
  });

  itInLongRun("takes nothing away from the public one, although a resolver inside serves it", async () => {
    const { sim, stack, declare, first } = await open();
    let answering = { id: first, isPrivate: false };
    await servers.listen(
      "127.0.0.53",
      resolverOf(sim, () => answering),
    );
    stack.env["NYLAS_DNS_SERVERS"] = `127.0.0.53:${servers.port}`;
    declare(program(cloudflare(first)));
    succeeded(await stack.up());

    const { id, at } = secondZone(sim, "route53");
    answering = { id, isPrivate: true };
    declare(program(route53(at)));
    for (const flags of [[], ["--continue-on-error"]]) {
      refused(await stack.up(...flags), "the delegation cannot be seen", "answers from a private one");
      await assertMailArrives(sim);
      assert.deepEqual([held(sim, first), held(sim, id)], [5, 5]);
    }
  });
});

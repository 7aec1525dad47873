import assert from "node:assert/strict";
import { type Input } from "./stack";
import {
  account,
  domain,
  domainRecords,
  domainVerification,
  done,
  openWorld,
  publish,
  refused,
  succeeded,
  type Records,
} from "./world";

const DOMAIN = "agents.example.com";

describe("M6: a verification whose records move", () => {
  const world = openWorld({ env: { NYLAS_TEST_TIME_SCALE: "0.006" } });
  const base = [
    domain("domain", { domainName: DOMAIN }),
    domainRecords("records", { domainName: DOMAIN, domainId: (of) => of("domain").id }),
  ];
  const program = (more: Record<string, Input>) => [
    ...base,
    domainVerification("verified", {
      domainName: DOMAIN,
      domainId: (of) => of("domain").id,
      records: (of) => of("records").records,
      ...more,
    }),
  ];
  const at = (place: string, more: Record<string, Input> = {}) =>
    program({ publishedAt: place, publishedBy: place.split(":")[0]!.replace(" ", "-"), ...more });
  const recorded = () => world.stack.find("verified").outputs;
  const serversOf = (id: string) => world.sim.state().zones.find((zone) => zone.id === id)!.nameServers;

  /** Published in the first zone, verified, and recorded as served by it. */
  const live = async (more: Record<string, Input> = {}) => {
    const { sim, stack } = world;
    sim.configure({ dnsRole: "resolver" });
    succeeded(await stack.apply(base));
    publish(sim, stack.find("records").outputs.records);
    succeeded(await stack.apply(at("cloudflare:a", more)));
    assert.equal(recorded().status, "verified");
  };
  /** The records in another zone of the name, or a zone below it. */
  const publishIn = (zone: string) => {
    const records = world.stack.find("records").outputs.records as Records;
    for (const { type, name, value, priority } of Object.values(records))
      world.sim.putRecord(zone, {
        type,
        name,
        content: value,
        ...(priority === undefined ? {} : { priority }),
      });
  };

  it("records where they are and who serves them, and a refused change changes nothing of that", async () => {
    await live();
    const before = recorded();
    assert.deepEqual(before.servedBy, {
      zone: "example.com",
      nameServers: serversOf(world.sim.zones[0]!.id),
    });
    const second = world.sim.seed({ kind: "zone", name: "example.com", vendor: "route53" });
    publishIn(second);
    const report = refused(
      await world.stack.apply(at("route53:b")),
      "move from cloudflare:a to route53:b, and example.com is still served by",
    );
    assert.match(report.warnings.join("\n"), /move from cloudflare:a to route53:b/);
    assert.deepEqual(recorded(), before);
    assert.deepEqual(world.stack.find("verified").initErrors, [], "no partial failure");

    world.sim.setDelegation("example.com", serversOf(second));
    succeeded(await world.stack.apply(at("route53:b")));
    assert.deepEqual(recorded().servedBy, { zone: "example.com", nameServers: serversOf(second) });
    assert.deepEqual(done(succeeded(await world.stack.apply(at("route53:b")))), []);
  });

  it("waits for every record at the new place, and refuses another host's MX beside ours there", async () => {
    await live();
    const { sim, stack } = world;
    const second = sim.seed({ kind: "zone", name: "example.com", vendor: "route53" });
    sim.setDelegation("example.com", serversOf(second));
    refused(await stack.apply(at("route53:b")), "is not served yet", "Nothing was taken away");
    publishIn(second);
    const mx = sim.putRecord(second, {
      type: "MX",
      name: DOMAIN,
      content: "mail.other.example",
      priority: 1,
    });
    refused(await stack.apply(at("route53:b")), "already receives mail elsewhere: MX 1 mail.other.example");
    sim.removeRecord(second, mx);
    succeeded(await stack.apply(at("route53:b")));
  });

  it("into a zone of its own below the old one goes by the deeper zone cut", async () => {
    await live();
    const { sim, stack } = world;
    const child = sim.seed({ kind: "zone", name: DOMAIN, delegated: false });
    publishIn(child);
    refused(await stack.apply(at("cloudflare:child")), "example.com is still served by");
    for (const content of serversOf(child))
      sim.putRecord("example.com", { type: "NS", name: DOMAIN, content });
    succeeded(await stack.apply(at("cloudflare:child")));
    assert.deepEqual(recorded().servedBy, { zone: DOMAIN, nameServers: serversOf(child) });
  });

  it("to a zone file is held like any other move; from one nothing of ours can go", async () => {
    await live();
    refused(await world.stack.apply(at("zone file")), "to zone file, and example.com is still served by");
    world.stack.find("verified").outputs.publishedAt = "zone file";
    world.stack.find("verified").inputs.publishedAt = "zone file";
    succeeded(await world.stack.apply(at("cloudflare:a")));
  });

  for (const [what, blind, said] of [
    [
      "servers that serve the zone themselves",
      () => world.sim.configure({ dnsRole: "authoritative" }),
      "serves the zone itself",
    ],
    ["DNS that refuses", () => world.sim.configure({ dnsMode: "refused" }), "cannot be seen"],
    ["nothing recorded", () => delete world.stack.find("verified").outputs.servedBy, "are not recorded"],
  ] as const) {
    it(`is refused as blind with ${what}, and the word lets it through`, async () => {
      await live();
      blind();
      refused(await world.stack.apply(at("route53:b")), said, "Nothing was taken away", DOMAIN);
      world.stack.find("verified").outputs.forceDestroy = true;
      world.sim.configure({ dnsMode: "answer" });
      succeeded(await world.stack.apply(at("route53:b", { forceDestroy: true })));
      assert.equal(recorded().publishedAt, "route53:b");
    });
  }

  it("of an earlier release records the place as a plain update; a change of vendor is still seen", async () => {
    await live();
    const old = world.stack.find("verified");
    for (const bag of [old.inputs, old.outputs]) {
      delete bag.publishedAt;
      delete bag.servedBy;
    }
    refused(await world.stack.apply(at("route53:b")), "move from cloudflare to route53", "are not recorded");
    assert.deepEqual(done(succeeded(await world.stack.apply(at("cloudflare:a")))), ["update verified"]);
    assert.equal(recorded().publishedAt, "cloudflare:a");
    assert.ok(recorded().servedBy);
  });

  it("moves at once while it is pending and nobody lives there; an account, or no way to see one, holds it", async () => {
    const { sim, stack } = world;
    sim.configure({ dnsRole: "resolver" });
    succeeded(await stack.apply(base));
    succeeded(await stack.apply(at("cloudflare:a", { wait: false })));
    succeeded(await stack.apply(at("cloudflare:b", { wait: false })));
    sim.seed({ kind: "grant", email: `x@${DOMAIN}` });
    refused(await stack.apply(at("cloudflare:c", { wait: false })), "are not recorded");
    const { "nylas:apiKey": _, ...keyless } = world.config;
    stack.config = keyless;
    refused(
      await stack.apply(at("cloudflare:c", { wait: false })),
      "whether accounts live on it cannot be seen",
    );
  });

  it("E5: is looked at where the domain was verified since, although Nylas once says that there is none", async () => {
    const { sim, stack } = world;
    sim.configure({ dnsRole: "resolver" });
    succeeded(await stack.apply(base));
    succeeded(await stack.apply(at("cloudflare:a", { wait: false })));
    assert.equal(recorded().status, "pending");
    const verified = { ownership: true, mx: true, spf: true, dkim: true, feedback: true };
    sim.edit("domain", stack.find("domain").id, { verified });
    sim.seed({ kind: "grant", email: `bot@${DOMAIN}`, application: "second" });
    const moved = at("route53:b", { wait: false });
    for (const skip of [0, 1]) {
      sim.addFault({ method: "GET", path: "/domains/[^/]+$", kind: "status", status: 404, skip });
      refused(await stack.apply(moved), "Nothing was taken away");
      sim.clearFaults();
      assert.equal(recorded().publishedAt, "cloudflare:a");
    }
    refused(await stack.apply(moved), "move from cloudflare:a to route53:b");
  });

  it("is held by an account, however the program spells the domain", async () => {
    const { sim, stack } = world;
    sim.configure({ dnsRole: "resolver" });
    succeeded(await stack.apply(base));
    const spelt = { wait: false, domainName: "Agents.Example.COM." };
    succeeded(await stack.apply(at("cloudflare:a", spelt)));
    sim.seed({ kind: "grant", email: `x@${DOMAIN}` });
    refused(await stack.apply(at("cloudflare:b", spelt)), "are not recorded");
  });

  it("is not asked about when only its label, wait or purposes change", async () => {
    await live();
    world.sim.configure({ dnsMode: "refused" });
    succeeded(await world.stack.apply(at("cloudflare:a", { purposes: ["mx"] })));
    succeeded(
      await world.stack.apply([
        ...at("cloudflare:a", { purposes: ["mx"] }),
        account("bot", { email: `bot@${DOMAIN}` }),
      ]),
    );
  });
});

import assert from "node:assert/strict";
import { type Input } from "./stack";
import { domain, domainRecords, done, openWorld, publish, refused, succeeded } from "./world";

const DOMAIN = "agents.example.com";
const AGAIN = "this stack has made or adopted the record already";

describe("A15: records that are adopted", () => {
  const world = openWorld();
  const program = (more: Record<string, Input> = {}) => [
    domain("one", { domainName: DOMAIN }),
    domainRecords("records", {
      domainName: DOMAIN,
      domainId: (of) => of("one").id,
      publishedAt: "cloudflare:a",
      ...more,
    }),
  ];
  const outputs = () => world.stack.find("records").outputs;
  const mx = (id: string) => program({ adopts: { mx: id } });

  it("the create records which stood before; what is made in the place of another finds its own", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program()));
    assert.deepEqual(outputs().stood, []);
    publish(sim, outputs().records);
    // Its own records stand now, and a replacement must not take them for those of somebody else.
    succeeded(await stack.apply(program({ dkimKeyLength: 1024 })));
    assert.deepEqual(outputs().stood, []);
    refused(await stack.apply(program({ dkimKeyLength: 1024, adopts: { mx: "a/1" } })), AGAIN);
    // Without an entry nothing tells whose they are.
    stack.state = stack.state.filter(({ name }) => name !== "records");
    succeeded(await stack.apply(program()));
    assert.ok((outputs().stood as string[]).includes("mx"), String(outputs().stood));
  });

  it("DNS that cannot be asked says nothing against an adoption", async () => {
    world.sim.configure({ dnsMode: "refused" });
    succeeded(await world.stack.apply(program({ allowUncheckedDns: true })));
    assert.deepEqual(outputs().stood, ["ownership", "spf", "mx", "dkim", "feedback"]);
  });

  it("a new line is refused in a preview and an up, writes nothing, and the state stays as it was", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program()));
    const before = structuredClone(stack.find("records"));
    sim.clearRequests();
    refused(await stack.preview(mx("a/1")), AGAIN, "Take the line away");
    refused(await stack.apply(mx("a/1")), AGAIN);
    refused(await stack.apply(mx("a/1"), { continueOnError: true }), AGAIN);
    assert.deepEqual(sim.writes(), []);
    assert.deepEqual(stack.find("records"), before);
    assert.deepEqual(done(succeeded(await stack.apply(program()))), []);
  });

  it("a line that stays, goes and stays away changes nothing; a refresh makes it a new one", async () => {
    const { stack } = world;
    succeeded(await stack.apply(mx("a/1")));
    assert.deepEqual(outputs().adopted, { mx: ["1"] });
    assert.deepEqual(done(succeeded(await stack.apply(mx("a/1")))), []);
    succeeded(await stack.refresh());
    refused(await stack.apply(mx("a/1")), AGAIN);
    assert.deepEqual(done(succeeded(await stack.apply(program()))), []);
    refused(await stack.apply(mx("a/1")), AGAIN);
  });

  it("a state of an earlier release sees no change, and its records are not adopted", async () => {
    const { stack } = world;
    succeeded(await stack.apply(program()));
    delete outputs().stood;
    assert.deepEqual(done(succeeded(await stack.preview(program()))), []);
    refused(await stack.apply(mx("a/1")), AGAIN);
  });
});

import assert from "node:assert/strict";
import { type Inputs } from "./conformance";
import { account, declare, domain, openWorld, refused, standing, succeeded } from "./world";

describe("a domain in another alphabet is blocked as it stands in a message", () => {
  const world = openWorld();
  const address = "agent@acme.nylas.email";
  const ways: [string, Inputs][] = [
    ["rule: from.domain is", { field: "from.domain", is: "bücher.example" }],
    ["rule: from.domain is, in capitals", { field: "from.domain", is: "BÜCHER.example" }],
    ["rule: from.address is", { field: "from.address", is: "x@bücher.example" }],
    ["rule: from.tld is", { field: "from.tld", is: "рф" }],
    ["list of domains", { field: "from.domain", inList: [(of) => of("blocked").id] }],
    ["list of addresses", { field: "from.address", inList: [(of) => of("people").id] }],
    ["list of top-level domains", { field: "from.tld", inList: [(of) => of("ends").id] }],
  ];
  for (const [way, condition] of ways) {
    it(way, async () => {
      const { sim, stack } = world;
      const rule = { conditions: [condition], actions: ["block"] };
      const program = [
        declare("List", "blocked", { type: "domain", items: ["Bücher.example", "xn--bcher-kva.example"] }),
        declare("List", "people", { type: "address", items: ["X@bücher.example"] }),
        declare("List", "ends", { type: "tld", items: ["рф"] }),
        declare("Rule", "block", rule),
        declare("Workspace", "w", { ruleIds: [(of) => of("block").id] }),
        declare("AgentAccount", "a", { email: address, workspaceId: (of) => of("w").id }),
      ];
      succeeded(await stack.apply(program));
      const from =
        way.includes("tld") || way.includes("top-level") ? "x@a.xn--p1ai" : "x@xn--bcher-kva.example";
      sim.receive({ grant: address, from, subject: "unwanted" });
      sim.receive({ grant: address, from: "y@other.example", subject: "wanted" });
      assert.deepEqual(
        sim.state().messages.map(({ subject }) => subject),
        ["wanted"],
      );
      sim.clearRequests();
      succeeded(await stack.apply(program));
      succeeded(await stack.refresh());
      assert.deepEqual(sim.writes(), []);
    });
  }
});

describe("an address or a domain in another alphabet, where the name itself is registered", () => {
  const world = openWorld();

  it("is refused with the form that is right, which then makes it", async () => {
    const { sim, stack } = world;
    const program = (address: string, domainName: string) => [
      domain("domain", { domainName }),
      account("bot", { email: address }),
    ];
    const { errors } = refused(await stack.preview(program("Bot@bücher.nylas.email", "Büro.example.com.")));
    const text = errors.map(({ message }) => message).join("\n");
    const [email] = /for example email: ("[^"]+")/.exec(text)?.slice(1) ?? [];
    const [name] = /for example domainName: ("[^"]+")/.exec(text)?.slice(1) ?? [];
    assert.deepEqual([email, name], ['"bot@xn--bcher-kva.nylas.email"', '"xn--bro-hoa.example.com"'], text);
    sim.seed({ kind: "domain", address: "xn--bcher-kva.nylas.email", branded: true });
    succeeded(await stack.apply(program(JSON.parse(email!) as string, JSON.parse(name!) as string)));
    assert.ok(standing(sim).includes("account bot@xn--bcher-kva.nylas.email"));
    assert.ok(standing(sim).includes("domain xn--bro-hoa.example.com"));
  });
});

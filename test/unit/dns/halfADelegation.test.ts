import assert from "node:assert/strict";
import { moveBlocker, movedNames } from "../../../provider/dns/move";
import type { LookupOutcome } from "../../../provider/dns/outcomes";
import { type RecordSlots, requiredSlots, type Slot } from "../../../provider/dns/layout";
import type { DnsRecord } from "../../../provider/dns/records";

/** F9: at a registrar where half of the servers were changed, the old ones serve the old zone to whoever asks them. */
describe("F9: a delegation of which half has moved", () => {
  const name = "agents.example.com";
  const records = Object.fromEntries(
    requiredSlots.map((slot): [Slot, DnsRecord] => {
      const isMx = slot === "mx" || slot === "feedback";
      const record: DnsRecord = isMx
        ? { type: "MX", name: slot === "mx" ? name : `bounces.${name}`, value: "in.example", priority: 10 }
        : { type: "TXT", name: `${slot}.${name}`, value: `v=${slot}` };
      return [slot, record];
    }),
  ) as unknown as RecordSlots;
  const servedByAll = (servers: string[]) =>
    Object.fromEntries(
      Object.entries(records).map(([slot, record]: [string, DnsRecord]) => [
        slot,
        {
          kind: "found",
          records: [record],
          servers: servers.map((server) => ({ server, records: [record] })),
        },
      ]),
    ) as unknown as Partial<Record<Slot, LookupOutcome>>;

  for (const [vendor, before, half] of [
    [
      "route53",
      ["ns-1.awsdns-01.com", "ns-2.awsdns-02.net", "ns-3.awsdns-03.org", "ns-4.awsdns-04.co.uk"],
      ["ns-1.awsdns-01.com", "ns-2.awsdns-02.net", "ns-7.awsdns-07.org", "ns-8.awsdns-08.co.uk"],
    ],
    [
      "cloudflare",
      ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
      ["ada.ns.cloudflare.com", "cleo.ns.cloudflare.com"],
    ],
  ] as const) {
    it(`${vendor}: the old records stay`, () => {
      const blocker = moveBlocker({
        recorded: { zone: "example.com", nameServers: [...before] },
        served: { kind: "served", zone: "example.com", nameServers: [...half], lame: [] },
        vendors: { from: vendor, to: vendor },
        records,
        published: servedByAll([...half]),
      });
      assert.notEqual(blocker, undefined, "they may go");
    });
  }

  it("a server that was lost is no move, and a whole other set is one", () => {
    const move = (nameServers: string[]) =>
      moveBlocker({
        recorded: { zone: "example.com", nameServers: ["a.example", "b.example"] },
        served: { kind: "served", zone: "example.com", nameServers, lame: [] },
        vendors: { from: "own", to: "own" },
        records,
        published: servedByAll(nameServers),
      });
    assert.match(move(["a.example"])?.reason ?? "", /still served by a\.example/);
    assert.match(move(["b.example", "c.example"])?.reason ?? "", /the two places share them/);
    assert.equal(move(["c.example", "d.example"]), undefined);
  });
});

describe("movedNames", () => {
  it("finding 4: knows nothing of what the engine skips, and does not break on it", () => {
    const mx = { type: "MX", name: "agents.example.com", value: "in.example", priority: 10 } as const;
    const records = { mx } as unknown as RecordSlots;
    const elsewhere = { mx: { ...mx, name: "other.example.com" } } as unknown as RecordSlots;
    assert.deepEqual(movedNames(records, elsewhere), ["mx"]);
    assert.deepEqual(movedNames(records, undefined), []);
    assert.deepEqual(movedNames(undefined, records), []);
  });
});

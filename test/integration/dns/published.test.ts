import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "nylas-simulator";
import { diagnose, reportRecords } from "../../../provider/dns/diagnosis";
import { type Finding } from "../../../provider/dns/recordFinding";
import {
  holdToLayout,
  requiredSlots,
  type RecordSlots,
  type Slot,
  type SlotAnswers,
} from "../../../provider/dns/layout";
import { createLookup, observe, type DnsLookup } from "../../../provider/dns/lookup";
import { normaliseName, quoteTxt, type DnsRecord } from "../../../provider/dns/records";

describe("the records of a domain, published as they are declared", () => {
  let simulator: Simulator;
  let zoneId: string;
  let lookup: DnsLookup;

  before(async () => {
    simulator = await startSimulator({ seed: "dns", zones: ["example.com"] });
    zoneId = simulator.zones.find(({ name }) => name === "example.com")!.id;
    lookup = createLookup({ servers: [simulator.dnsServer] });
  });
  after(() => simulator.close());

  it("are what the DNS serves and what Nylas verifies, a 2048-bit DKIM key among them", async () => {
    const domain = "agents.example.com";
    const records = await ask(domain);
    for (const slot of requiredSlots) await publish(records[slot]);

    assert.deepEqual(new Set(Object.values(await findings(domain, records))), new Set(["stands"]));
    assert.ok(records.dkim.value.length > 255);
    for (const type of requiredSlots) {
      const verdict = await nylas("POST", `/v3/domains/${domain}/verify`, {
        type,
        ...(type === "dkim" && dkim2048),
      });
      assert.equal(verdict.status, "done", `${type}: ${String(verdict.message)}`);
    }
  });

  it("are told apart by what is wrong with them", async () => {
    const domain = "broken.example.com";
    const records = await ask(domain);
    await publish(records.ownership);
    await publish(records.mx);
    await publish({ ...records.mx, value: "aspmx.l.google.com" });
    await publish({ ...records.spf, value: "v=spf1 include:_spf.google.com ~all" });
    await publish({ ...records.feedback, name: "*.broken.example.com", value: "catchall.example.com" });

    assert.deepEqual(await findings(domain, records), {
      ownership: "stands",
      spf: "wrong",
      mx: "duplicate",
      dkim: "missing",
      feedback: "wildcard",
    });
  });

  const dkim2048 = { options: { key_length: 2048 } };

  async function ask(domain: string): Promise<RecordSlots> {
    await nylas("POST", "/v3/domains", { name: domain, domain_address: domain });
    const answers: { [S in Slot]?: SlotAnswers[S] } = {};
    for (const type of requiredSlots) {
      const info = await nylas("POST", `/v3/domains/${domain}/info`, {
        type,
        ...(type === "dkim" && dkim2048),
      });
      answers[type] = (info.attempt as { options: NonNullable<SlotAnswers[Slot]> }).options;
    }
    return holdToLayout(domain, answers);
  }

  async function findings(domain: string, records: RecordSlots): Promise<Partial<Record<Slot, Finding>>> {
    const published = await observe(lookup, records);
    const reports = reportRecords(records, (slot, expected) => ({
      expected,
      published: published[slot],
      verified: undefined,
    }));
    return Object.fromEntries(
      diagnose({ domain, records: reports }).lines.map(({ slot, finding }) => [slot, finding]),
    );
  }

  async function publish({ type, name, value, priority }: DnsRecord): Promise<void> {
    const content = type === "TXT" ? quoteTxt(value) : normaliseName(value);
    const response = await fetch(`${simulator.cloudflareUrl}/zones/${zoneId}/dns_records`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${simulator.keys.cloudflareToken}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ type, name, content, priority, ttl: 1, proxied: false }),
    });
    assert.ok(response.ok, await response.text());
  }

  async function nylas(method: string, path: string, body: object): Promise<Record<string, unknown>> {
    const response = await fetch(simulator.url + path, {
      method,
      headers: {
        authorization: `Bearer ${simulator.keys.organizationKey}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { data: Record<string, unknown> };
    assert.ok(response.ok, JSON.stringify(answer));
    return answer.data;
  }
});

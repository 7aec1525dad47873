import { strict as assert } from "node:assert";
import { RECOMMENDED } from "../../../provider/review/gates";
import { type Declared, reviewOf } from "./previews";

/**
 * F6: records of a vendor without an adapter, declared beside `zoneFile()`. The review cannot read them, so it must not say that no mail is
 * lost.
 */
describe("F6: a record of a vendor that the review cannot read", () => {
  const domainName = "agents.example.com";
  const fleet: Declared[] = [
    { type: "Domain", name: "agents", inputs: { domainName, name: "A" } },
    { type: "DomainRecords", name: "agents", inputs: { domainName, domainId: { ref: "agents" } } },
    { type: "DomainVerification", name: "agents", inputs: { domainName }, outputs: { status: "verified" } },
    { type: "AgentAccount", name: "a", inputs: { email: `a@${domainName}` } },
  ];
  const records: Record<string, (target: string) => Record<string, unknown>> = {
    "gcp:dns/recordSet:RecordSet": (to) => ({ type: "MX", name: `${domainName}.`, rrdatas: [`10 ${to}.`] }),
    "azure-native:network:RecordSet": (to) => ({
      recordType: "MX",
      zoneName: "example.com",
      relativeRecordSetName: "agents",
      mxRecords: [{ preference: 10, exchange: to }],
    }),
    "digitalocean:index/dnsRecord:DnsRecord": (to) => ({
      type: "MX",
      domain: "example.com",
      name: "agents",
      value: to,
    }),
    "aws-native:route53:RecordSet": (to) => ({ type: "MX", name: domainName, resourceRecords: [`10 ${to}`] }),
  };
  for (const [type, inputs] of Object.entries(records)) {
    const was = { type, name: "mx", inputs: inputs("inbound.us.mail.nylas.example") };
    const now = { ...was, inputs: inputs("mx.evil.example") };
    for (const [how, before, after] of [
      ["deleted", [...fleet, was], fleet],
      ["changed", [...fleet, was], [...fleet, now]],
      ["added beside", fleet, [...fleet, now]],
    ] as const) {
      it(`${type} ${how}`, () => {
        const { gates, markdown } = reviewOf([...before], [...after]);
        assert.ok(
          gates.some(({ gate }) => RECOMMENDED.includes(gate)),
          markdown,
        );
        assert.ok(!markdown.includes("No mail is lost or handed to others by this."), markdown);
      });
    }
  }

  const calm: [
    what: string,
    fleet: Declared[],
    type: string,
    was: Record<string, unknown>,
    now: Record<string, unknown>,
  ][] = [
    [
      "an address",
      fleet,
      "gcp:dns/recordSet:RecordSet",
      { type: "A", name: "www.example.com." },
      { ttl: 300 },
    ],
    [
      "another zone",
      fleet,
      "gcp:dns/recordSet:RecordSet",
      { type: "MX", name: "other.example." },
      { ttl: 300 },
    ],
    [
      "a fleet without a domain",
      [],
      "gcp:dns/recordSet:RecordSet",
      { type: "MX", name: "x.example." },
      { ttl: 300 },
    ],
    [
      "what is no DNS",
      fleet,
      "gcp:storage/bucket:Bucket",
      { name: "agents.example.com" },
      { location: "EU" },
    ],
    ["a zone of another kind", fleet, "aws:ec2/instance:Instance", { availabilityZone: "a" }, { tags: {} }],
  ];
  for (const [what, others, type, was, now] of calm)
    it(`${what} passes`, () => {
      const { gates, markdown } = reviewOf(
        [...others, { type, name: "it", inputs: was }],
        [...others, { type, name: "it", inputs: { ...was, ...now } }],
      );
      assert.deepEqual(
        gates.filter(({ gate }) => RECOMMENDED.includes(gate)),
        [],
        markdown,
      );
    });

  for (const [what, inputs] of Object.entries({
    "a name that is not known": { type: "MX", managedZone: "main" },
    "a type that is not known": { name: "agents.example.com." },
    "the zone above": { type: "NS", name: "example.com." },
    "a name below": { type: "TXT", name: "s._domainkey.agents.example.com." },
  }))
    it(`${what} is held`, () => {
      const was: Declared = { type: "gcp:dns/recordSet:RecordSet", name: "it", inputs };
      const { gates } = reviewOf([...fleet, was], fleet);
      assert.ok(gates.some(({ gate }) => gate === "mail-loss"));
    });
});

describe("A1: a zone or a record set of another vendor that is deleted", () => {
  const domainName = "agents.eu.example.com";
  const fleet: Declared[] = [
    { type: "Domain", name: "agents", inputs: { domainName, name: "A" } },
    { type: "DomainVerification", name: "agents", inputs: { domainName }, outputs: { status: "verified" } },
    { type: "AgentAccount", name: "a", inputs: { email: `a@${domainName}` } },
  ];
  const gone: [type: string, inputs: Record<string, unknown>][] = [
    ["digitalocean:index/domain:Domain", { name: "example.com" }],
    ["linode:index/domain:Domain", { domain: "example.com", type: "master" }],
    [
      "aws-native:route53:RecordSetGroup",
      { hostedZoneName: "example.com.", recordSets: [{ name: domainName, type: "MX" }] },
    ],
    ["dnsimple:index/registeredDomain:RegisteredDomain", { name: "example.com", contactId: 1 }],
    ["hcloud:index/zoneRrset:ZoneRrset", { zone: "example.com", name: "agents.eu", type: "MX" }],
    ["desec:index/rrset:Rrset", { domain: "example.com", subname: "agents.eu", type: "MX" }],
    ["hetznerdns:index/record:Record", { zoneId: "abc", name: "agents.eu", type: "MX", value: "10 x" }],
    ["scaleway:domain/record:Record", { dnsZone: "example.com", name: "agents.eu", type: "MX" }],
  ];
  for (const [type, inputs] of gone)
    it(type, () => {
      const { gates, markdown } = reviewOf([...fleet, { type, name: "it", inputs }], fleet);
      assert.ok(
        gates.some(({ gate }) => RECOMMENDED.includes(gate)),
        markdown,
      );
    });

  for (const [type, property] of [
    ["cloudflare:index/web3Hostname:Web3Hostname", "name"],
    ["cloudflare:index/r2CustomDomain:R2CustomDomain", "domain"],
    ["cloudflare:index/workersCustomDomain:WorkersCustomDomain", "hostname"],
    ["cloudflare:index/workerDomain:WorkerDomain", "hostname"],
  ] as const)
    it(`${type} that makes a record at the domain is held, and at another name passes`, () => {
      const made = (name: string) =>
        reviewOf(fleet, [...fleet, { type, name: "it", inputs: { zoneId: "z", [property]: name } }]);
      const held = ({ gates }: ReturnType<typeof made>) =>
        gates.some(({ gate }) => RECOMMENDED.includes(gate));
      assert.deepEqual(
        [domainName, "files.example.com"].map((name) => held(made(name))),
        [true, false],
      );
    });

  for (const [type, inputs] of [
    ["aws:elasticsearch/domain:Domain", { domainName: "search" }],
    ["digitalocean:index/domain:Domain", { name: "shop.example.org" }],
    ["hcloud:index/zoneRrset:ZoneRrset", { zone: "example.org", name: "www", type: "TXT" }],
  ] as const)
    it(`${type} of something else passes`, () => {
      const { gates, markdown } = reviewOf([...fleet, { type, name: "it", inputs: { ...inputs } }], fleet);
      assert.ok(!gates.some(({ gate }) => RECOMMENDED.includes(gate)), markdown);
    });
});

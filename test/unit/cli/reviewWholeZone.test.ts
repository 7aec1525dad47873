import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { RECOMMENDED } from "../../../provider/review/gates";
import { type Declared, reviewOf } from "./previews";

/** F8: a zone that becomes a secondary one loses what its primary does not have; an MX may be answered to some alone. */
describe("F8: a zone, or an MX, that is not answered to everybody any more", () => {
  const domainName = "agents.example.com";
  const fleet: Declared[] = [
    { type: "Domain", name: "agents", inputs: { domainName, name: "A" } },
    { type: "DomainVerification", name: "agents", inputs: { domainName }, outputs: { status: "verified" } },
    { type: "AgentAccount", name: "a", inputs: { email: `a@${domainName}` } },
  ];
  const stops = (before: Declared[], after: Declared[]) => {
    const { gates, markdown } = reviewOf(before, after);
    assert.ok(
      gates.some(({ gate }) => RECOMMENDED.includes(gate)),
      markdown,
    );
  };

  it("a zone of Cloudflare that becomes a secondary one", () => {
    const sdk = path.dirname(require.resolve("@pulumi/cloudflare/package.json"));
    const source = fs.readFileSync(path.join(sdk, "dnsZoneTransfersIncoming.js"), "utf8");
    const type = /'(cloudflare:index\/\w+:DnsZoneTransfersIncoming)'/.exec(source)![1]!;
    stops(fleet, [...fleet, { type, name: "secondary", inputs: { zoneId: "z", peers: ["p"] } }]);
  });

  it("an MX in Route 53 that is answered to one country alone", () => {
    const mx = (more: object) => ({
      type: "aws:route53/record:Record",
      name: "mx",
      inputs: {
        zoneId: "Z1",
        name: domainName,
        type: "MX",
        records: ["10 in.example"],
        ttl: 300,
        setIdentifier: "x",
        ...more,
      },
    });
    stops(
      [...fleet, mx({ geolocationRoutingPolicies: [{ country: "*" }] })],
      [...fleet, mx({ geolocationRoutingPolicies: [{ country: "AQ" }] })],
    );
  });

  for (const [what, was, now] of [
    ["a health check", { healthCheckId: "a" }, { healthCheckId: "b" }],
    [
      "a failover",
      { failoverRoutingPolicies: [{ type: "PRIMARY" }] },
      { failoverRoutingPolicies: [{ type: "SECONDARY" }] },
    ],
    ["a weight", { weightedRoutingPolicies: [{ weight: 1 }] }, { weightedRoutingPolicies: [{ weight: 0 }] }],
  ] as const)
    it(`an MX in Route 53 that gets another ${what.slice(2)}`, () => {
      const mx = (more: object) => ({
        type: "aws:route53/record:Record",
        name: "mx",
        inputs: { zoneId: "Z1", name: domainName, type: "MX", records: ["10 in.example"], ttl: 300, ...more },
      });
      stops([...fleet, mx(was)], [...fleet, mx(now)]);
    });

  for (const [vendor, name, content] of [
    ["cloudflare:index/dnsRecord:DnsRecord", `_mta-sts.${domainName}`, '"v=STSv1; id=1"'],
    ["cloudflare:index/dnsRecord:DnsRecord", "_mta-sts.agents", "v=STSv1; id=1"],
    ["aws:route53/record:Record", `_MTA-STS.${domainName}.`, '"v=STSv1; id=1"'],
  ] as const) {
    const sts = (value: string, type = "TXT"): Declared => ({
      type: vendor,
      name: "sts",
      inputs: {
        zoneId: "z",
        name,
        type,
        ttl: 300,
        ...(vendor.startsWith("aws") ? { records: [value] } : { content: value }),
      },
    });
    it(`E7: an MTA-STS policy that appears or changes at ${name} (${vendor.split(":")[0]})`, () => {
      stops(fleet, [...fleet, sts(content)]);
      stops([...fleet, sts(content)], [...fleet, sts(content.replace("id=1", "id=2"))]);
      stops(fleet, [...fleet, sts("_mta-sts.policies.example", "CNAME")]);
    });
  }

  for (const [what, type, name, was, now] of [
    ["an alias of the domain that gets proxied", "CNAME", domainName, { proxied: false }, { proxied: true }],
    ["an alias of its key that gets proxied", "CNAME", `k1._domainkey.${domainName}`, {}, { proxied: true }],
    ["an alias that is flattened", "CNAME", domainName, {}, { settings: { flattenCname: true } }],
    ["a DS record with other data", "DS", domainName, { data: { digest: "aa" } }, { data: { digest: "bb" } }],
  ] as const)
    it(`${what}, with the same text`, () => {
      const record = (more: object): Declared => ({
        type: "cloudflare:index/dnsRecord:DnsRecord",
        name: "record",
        inputs: { zoneId: "z", name, type, content: "mail.example.net", ttl: 1, ...more },
      });
      stops([...fleet, record(was)], [...fleet, record(now)]);
    });

  it("a comment, and a web address's routing, pass", () => {
    const passes = (was: Declared, now: Declared) => {
      const { gates, markdown } = reviewOf([...fleet, was], [...fleet, now]);
      assert.deepEqual(
        gates.filter(({ gate }) => RECOMMENDED.includes(gate)),
        [],
        markdown,
      );
    };
    const cloudflare = (comment: string): Declared => ({
      type: "cloudflare:index/dnsRecord:DnsRecord",
      name: "mx",
      inputs: {
        zoneId: "z",
        name: domainName,
        type: "MX",
        content: "in.example",
        priority: 10,
        ttl: 1,
        comment,
      },
    });
    passes(cloudflare("a"), cloudflare("b"));
    const www = (weight: number): Declared => ({
      type: "aws:route53/record:Record",
      name: "www",
      inputs: {
        zoneId: "Z1",
        name: "www.example.com",
        type: "A",
        records: ["192.0.2.1"],
        weightedRoutingPolicies: [{ weight }],
      },
    });
    passes(www(1), www(2));
  });
});

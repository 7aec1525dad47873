import assert from "node:assert/strict";
import { changeInPlace, unheldSlots } from "../../../provider/components/heldAgainstState";
import { type RecordSlots } from "../../../provider/dns/layout";

const DOMAIN = "agents.example.com";
const records = (host = DOMAIN): RecordSlots => ({
  ownership: { type: "TXT", name: DOMAIN, value: "nylas-ownership-verify=x" },
  spf: { type: "TXT", name: DOMAIN, value: "v=spf1 ~all" },
  mx: { type: "MX", name: host, value: "inbound.example.net", priority: 10 },
  dkim: { type: "TXT", name: `k._domainkey.${DOMAIN}`, value: "v=DKIM1; p=x" },
  feedback: { type: "MX", name: `bounce.${DOMAIN}`, value: "feedback.example.net", priority: 10 },
});
const past = { domainName: DOMAIN, records: records(), publishedAt: "cloudflare:a" };

describe("what the state has of given records, held against what is declared (C15, C16)", () => {
  const now = { domainName: DOMAIN, records: records(), publishedAt: "cloudflare:a" };
  const cases: [what: string, declared: typeof now | object, refusal: RegExp | undefined][] = [
    ["the same", {}, undefined],
    ["another name", { domainName: "agents2.example.com" }, /would become those of agents2\.example\.com/],
    ["another zone under the same names", { publishedAt: "cloudflare:b" }, /under the names that they have/],
    ["another zone under other names", { publishedAt: "cloudflare:b (new)" }, undefined],
    ["another vendor", { publishedAt: "route53:b" }, undefined],
    ["a zone file", { publishedAt: "zone file" }, undefined],
    ["a place that is not known yet", { publishedAt: undefined }, undefined],
    ["the MX at another name", { records: records(`mx.${DOMAIN}`) }, /\(mx\) would go to other names/],
    ["records that are asked for in this run", { records: undefined }, undefined],
  ];
  for (const [what, declared, refusal] of cases)
    it(`${what}: ${refusal ? "refused" : "goes on"}`, () => {
      const change = changeInPlace(past, { ...now, ...declared });
      if (refusal) assert.match(change ?? "", refusal);
      else assert.equal(change, undefined);
    });

  it("nothing of the program's is published at a zone file", () => {
    assert.equal(
      changeInPlace({ ...past, publishedAt: "zone file" }, { ...now, domainName: "agents2.example.com" }),
      undefined,
    );
  });
});

describe("S1: the slots of which the state has no record", () => {
  const component = "urn:pulumi:s::p::pulumi-nylas:index:AgentDomain::agents";
  const child = (name: string, type = "cloudflare:index/dnsRecord:DnsRecord", of = component) => ({
    urn: `${of.replace("::agents", "")}$${type}::${name}`,
    type,
    outputs: {},
  });
  const own = child("agents", "pulumi-nodejs:dynamic/nylas:DomainRecords");
  const wanted = ["mx", "spf"] as const;
  const cases: [what: string, state: ReturnType<typeof child>[], expected: string[]][] = [
    ["none is there", [own], ["mx", "spf"]],
    [
      "none is there, and the native plugin serves what else is",
      [child("agents-mx", "nylas:index:DomainRecords")],
      ["mx", "spf"],
    ],
    ["one is there", [own, child("agents-mx")], ["spf"]],
    ["one is there under a suffix", [own, child("agents-mx-new")], ["spf"]],
    [
      "those of another component do not count",
      [child("agents-mx", undefined, component.replace("index", "other"))],
      ["mx", "spf"],
    ],
    ["a record that no slot can be told of may be each of them", [child("agents-mx"), child("custom")], []],
  ];
  for (const [what, state, expected] of cases)
    it(what, () => assert.deepEqual(unheldSlots(state, [component], wanted), expected));
});

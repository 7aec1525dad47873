import assert from "node:assert/strict";
import { changeInPlace, recordsInPlace, unheldSlots } from "../../../provider/components/heldAgainstState";
import { digestOfName } from "../../../provider/components/published";
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

describe("records that an adapter of the program's own declares, held against those of the old place", () => {
  const component = "urn:pulumi:s::p::pulumi-nylas:index:AgentDomain::agents";
  const GANDI = "gandi:index/record:Record";
  const CLOUDFLARE = "cloudflare:index/dnsRecord:DnsRecord";
  const urn = (type: string, name = "agents-mx") => `${component.replace("::agents", "")}$${type}::${name}`;
  const entry = (type: string, outputs = {}, name?: string) => ({ urn: urn(type, name), type, outputs });
  const at = (type: string, name = "agents-mx") => [{ name, urns: [urn(type, name)] }];
  const old = { publishedAs: [digestOfName("agents-mx")], publishedIds: ["old"] };
  const cases: [
    what: string,
    state: ReturnType<typeof entry>[],
    declared: ReturnType<typeof at>,
    same: boolean,
  ][] = [
    ["the same resource", [entry(GANDI)], at(GANDI), true],
    ["the same resource, by its id", [entry(GANDI, { id: "old" })], at(GANDI), true],
    ["another type under the name", [entry(GANDI)], at(CLOUDFLARE), false],
    [
      "another type, made by a run that was refused",
      [entry(GANDI), entry(CLOUDFLARE)],
      at(CLOUDFLARE),
      false,
    ],
    ["back to the old one of the two", [entry(GANDI, { id: "old" }), entry(CLOUDFLARE)], at(GANDI), true],
    ["another name", [entry(GANDI)], at(GANDI, "agents-mx-new"), false],
    [
      "another name, made already",
      [entry(GANDI), entry(GANDI, {}, "agents-mx-new")],
      at(GANDI, "agents-mx-new"),
      false,
    ],
    ["none in the state", [], at(GANDI), false],
  ];
  for (const [what, state, declared, same] of cases)
    it(`${what}: ${same ? "the same" : "another one"}`, () => {
      assert.equal(recordsInPlace(state, [component], old, declared), same);
    });

  it("nothing is known of an entry that an earlier release has recorded without names and ids", () => {
    assert.equal(recordsInPlace([entry(GANDI)], [component], {}, at(GANDI)), false);
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

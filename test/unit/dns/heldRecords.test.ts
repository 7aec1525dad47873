import assert from "node:assert/strict";
import fc from "fast-check";
import { judgeImport, urnOfChild } from "../../../provider/dns/adapters/heldRecords";
import { plainId } from "../../../provider/dns/adapters/route53";

const PARENT = "urn:pulumi:prod::mail::pulumi-nylas:index:AgentDomain::agents";
const CLOUDFLARE = "cloudflare:index/dnsRecord:DnsRecord";
const ROUTE53 = "aws:route53/record:Record";
const urn = (name: string, type = CLOUDFLARE) => urnOfChild(PARENT, type, name);
const mx = { zoneId: "z1", type: "MX", name: "agents.example.com", content: "inbound.example.net" };
const imported = { urn: urn("agents-mx"), type: CLOUDFLARE, importId: "z1/r1", props: mx };

describe("C17, C21: an import is handed to the engine only where the state has no entry of the record", () => {
  it("nothing there, or other records: it is imported", () => {
    assert.deepEqual(judgeImport(imported, []), { kind: "import" });
    const others = [
      { ...mx, zoneId: "z2" },
      { ...mx, type: "TXT" },
      { ...mx, name: "example.com" },
      { ...mx, content: "inbound2.example.net" },
      { id: "r2" },
    ].map((outputs, i) => ({ urn: urn(`other-${i}`), type: CLOUDFLARE, outputs }));
    assert.deepEqual(judgeImport(imported, others), { kind: "import" });
    assert.deepEqual(
      judgeImport(imported, [{ urn: urn("agents-mx", ROUTE53), type: ROUTE53, outputs: mx }]),
      {
        kind: "import",
      },
    );
  });

  it("an entry under its name: the import is left out, whatever the entry holds", () => {
    for (const outputs of [mx, {}, { id: "r2", zoneId: "z2" }])
      assert.deepEqual(judgeImport(imported, [{ urn: imported.urn, type: CLOUDFLARE, outputs }]), {
        kind: "leave-out",
      });
  });

  it("an entry of the same record under another name: refused, by the id or by what tells records apart", () => {
    for (const outputs of [{ id: "r1" }, { id: "R1" }, mx, { ...mx, name: "Agents.example.com." }]) {
      const held = { urn: urn("agents-mx-new"), type: CLOUDFLARE, outputs };
      assert.deepEqual(
        judgeImport(imported, [held]),
        { kind: "refuse", heldAs: held.urn },
        JSON.stringify(outputs),
      );
    }
    const set = {
      urn: urn("agents-mx", ROUTE53),
      type: ROUTE53,
      importId: "Z1_agents.example.com_MX",
      props: { zoneId: "/hostedzone/Z1", name: "agents.example.com", type: "MX" },
    };
    const outputs = { zoneId: "Z1", name: "agents.example.com", type: "MX", records: ["10 a.example.net"] };
    const held = { urn: urn("other-mx", ROUTE53), type: ROUTE53, outputs };
    assert.deepEqual(judgeImport(set, [held]), { kind: "refuse", heldAs: held.urn });
  });

  it("S1: while the content is not known, another TXT record of the name is told apart by its id", () => {
    const txt = { zoneId: "z1", type: "TXT", name: "agents.example.com" };
    const unknown = { ...imported, props: { ...txt, content: undefined } };
    const heldAs = (outputs: object) => ({
      urn: urn("agents-spf"),
      type: CLOUDFLARE,
      outputs: { ...outputs },
    });
    const spf = { ...txt, content: '"v=spf1 -all"' };
    assert.deepEqual(judgeImport(unknown, [heldAs({ ...spf, id: "r2" })]), { kind: "import" });
    const refused = { kind: "refuse", heldAs: urn("agents-spf") };
    assert.deepEqual(judgeImport(unknown, [heldAs({ ...spf, id: "r1" })]), refused);
    assert.deepEqual(judgeImport(unknown, [heldAs(spf)]), refused);
  });

  it("the URN of a child has the types of its parents, whatever its name holds", () => {
    assert.equal(
      urn("agents-mx"),
      "urn:pulumi:prod::mail::pulumi-nylas:index:AgentDomain$cloudflare:index/dnsRecord:DnsRecord::agents-mx",
    );
    const nested = "urn:pulumi:prod::mail::my:index:Office$pulumi-nylas:index:AgentDomain::a::b$c";
    assert.equal(
      urnOfChild(nested, "t:i:R", "x::y"),
      "urn:pulumi:prod::mail::my:index:Office$pulumi-nylas:index:AgentDomain$t:i:R::x::y",
    );
  });

  it("C21: every spelling of a record set's id has one normal form, which stays as it is", () => {
    const label = fc.stringMatching(/^[a-z0-9_-]{1,10}$/);
    fc.assert(
      fc.property(
        fc.stringMatching(/^Z[A-Z0-9]{1,20}$/),
        fc.array(label, { minLength: 1, maxLength: 4 }),
        fc.constantFrom("MX", "TXT"),
        fc.constantFrom("", "hostedzone/", "/hostedzone/"),
        fc.boolean(),
        fc.array(fc.nat(3), { minLength: 60, maxLength: 60 }),
        (zone, labels, type, prefix, dot, how) => {
          const name = labels.join(".");
          const spelled = [...name].map((letter, i) => {
            if (how[i] === 1) return letter.toUpperCase();
            return how[i] === 2 && letter !== "."
              ? `\\${letter.charCodeAt(0).toString(8).padStart(3, "0")}`
              : letter;
          });
          const normal = `${zone}_${name}_${type}`;
          const zoneSpelled = how[59] === 1 ? zone.toLowerCase() : zone;
          assert.equal(
            plainId(`${prefix}${zoneSpelled}_${spelled.join("")}${dot ? "." : ""}_${type}`),
            normal,
          );
          assert.equal(plainId(normal), normal);
        },
      ),
    );
    assert.equal(plainId("Z1_\\052.example.com_MX"), "Z1_*.example.com_MX");
  });
});

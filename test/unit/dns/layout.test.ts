import assert from "node:assert/strict";
import {
  holdToLayout,
  hostProblems,
  LayoutError,
  slotName,
  type SlotAnswers,
} from "../../../provider/dns/layout";

const domain = "agents.example.com";
const answers: SlotAnswers = {
  ownership: { host: "@", type: "TXT", value: "nylas-ownership-verify=abc" },
  spf: { host: "@", type: "TXT", value: "v=spf1 include:nylas.example -all" },
  mx: { host: "@", type: "MX", value: "10 inbound.nylas.example." },
  dkim: { host: "k1._domainkey", type: "TXT", value: "v=DKIM1; p=MIIB" },
  feedback: { host: "bounce", type: "MX", value: "feedback.nylas.example" },
};

function problemsOf(changed: SlotAnswers, hosts = {}): readonly string[] {
  try {
    holdToLayout(domain, { ...answers, ...changed }, hosts);
  } catch (error) {
    assert.ok(error instanceof LayoutError);
    return error.problems;
  }
  return [];
}

describe("the layout of a domain's records", () => {
  it("names every slot but DKIM and feedback before Nylas is asked", () => {
    assert.equal(slotName(domain, "ownership"), domain);
    assert.equal(slotName(domain, "spf"), domain);
    assert.equal(slotName(domain, "mx"), domain);
    assert.equal(slotName(domain, "dmarc"), "_dmarc.agents.example.com");
    assert.equal(slotName(domain, "dkim"), undefined);
    assert.equal(slotName(domain, "feedback"), undefined);
  });

  it("takes the names from overrides", () => {
    assert.equal(slotName(domain, "ownership", { ownership: "_nylas" }), "_nylas.agents.example.com");
    assert.equal(slotName(domain, "dkim", { dkim: "k1._domainkey" }), "k1._domainkey.agents.example.com");
  });

  it("is filled by the answers, each record in the normal form", () => {
    assert.deepEqual(holdToLayout(domain, answers), {
      ownership: { type: "TXT", name: domain, value: "nylas-ownership-verify=abc" },
      spf: { type: "TXT", name: domain, value: "v=spf1 include:nylas.example -all" },
      mx: { type: "MX", name: domain, value: "inbound.nylas.example", priority: 10 },
      dkim: { type: "TXT", name: "k1._domainkey.agents.example.com", value: "v=DKIM1; p=MIIB" },
      feedback: {
        type: "MX",
        name: "bounce.agents.example.com",
        value: "feedback.nylas.example",
        priority: 10,
      },
    });
  });

  it("is filled the same whichever way Nylas writes its hosts", () => {
    const full: SlotAnswers = Object.fromEntries(
      Object.entries(answers).map(([slot, answer]) => [
        slot,
        {
          ...answer!,
          host: answer!.host === "@" ? "Agents.Example.com" : `${answer!.host}.agents.example.com.`,
        },
      ]),
    );
    assert.deepEqual(holdToLayout(domain, full), holdToLayout(domain, answers));
  });

  it("holds a DMARC record only where there is an answer for it", () => {
    const dmarc = { host: "_dmarc", type: "TXT", value: "v=DMARC1; p=none" };
    assert.equal(holdToLayout(domain, answers).dmarc, undefined);
    assert.equal(holdToLayout(domain, { ...answers, dmarc }).dmarc?.name, "_dmarc.agents.example.com");
  });

  it("refuses another host and names the override", () => {
    const [problem, ...others] = problemsOf({ ownership: { host: "_nylas", type: "TXT", value: "x" } });
    assert.match(
      problem!,
      /ownership TXT at _nylas\.agents\.example\.com, the layout has it at agents\.example\.com/,
    );
    assert.match(problem!, /declare hosts: \{ ownership: "_nylas" \}/);
    assert.deepEqual(others, []);
  });

  it("accepts that host once the override is declared, and refuses the old one then", () => {
    const moved = { ownership: { host: "_nylas", type: "TXT", value: "x" } };
    assert.deepEqual(problemsOf(moved, { ownership: "_nylas" }), []);
    assert.match(
      problemsOf({}, { ownership: "_nylas" })[0]!,
      /the override has it at _nylas.*ownership: "@"/,
    );
  });

  it("refuses another type", () => {
    const [problem] = problemsOf({ feedback: { host: "bounce", type: "TXT", value: "x" } });
    assert.match(problem!, /asks for a TXT record for feedback .* the layout has an MX/);
    assert.match(problemsOf({ dkim: { host: "k", type: "CNAME", value: "x" } })[0]!, /CNAME/);
  });

  it("refuses a missing answer and an answer without a record, all in one error", () => {
    const problems = problemsOf({
      mx: undefined,
      dkim: { host: "k1._domainkey", type: "TXT", value: undefined },
    });
    assert.equal(problems.length, 2);
    assert.match(problems[0]!, /gave no mx record/);
    assert.match(problems[1]!, /no value for the dkim record/);
  });

  it("refuses two groups that meet at one name and type", () => {
    assert.match(
      problemsOf({ feedback: { host: "@", type: "MX", value: "x.example" } })[0]!,
      /mx and the feedback record both/,
    );
    assert.match(
      problemsOf({ dkim: { host: "@", type: "TXT", value: "v=DKIM1" } })[0]!,
      /ownership and the dkim record both/,
    );
  });

  it("lets ownership and SPF share the TXT at the domain", () => assert.deepEqual(problemsOf({}), []));

  it("refuses a name outside the domain", () => {
    assert.match(
      problemsOf({ feedback: { host: "bounce.example.com.", type: "MX", value: "x" } })[0]!,
      /not lie within/,
    );
  });

  it("does not publish a host twice below that Nylas meant relative to the zone", () => {
    const zoneRelative = { dkim: { host: "k1._domainkey.agents", type: "TXT", value: "v=DKIM1; p=M" } };
    assert.match(problemsOf(zoneRelative)[0]!, /two ways: declare hosts: \{ dkim: "k1\._domainkey" \}/);
    const read = holdToLayout(domain, { ...answers, ...zoneRelative }, { dkim: "k1._domainkey" });
    assert.equal(read.dkim.name, "k1._domainkey.agents.example.com");
  });

  it("finds overrides that cannot be, offline", () => {
    assert.deepEqual(hostProblems(domain, { dkim: "k1._domainkey", mx: "@" }), []);
    assert.match(hostProblems(domain, { dkim: "a b" })[0]!.problem, /not allowed/);
    assert.match(
      hostProblems(domain, { mx: "example.org." })[0]!.problem,
      /not lie within agents\.example\.com/,
    );
  });
});

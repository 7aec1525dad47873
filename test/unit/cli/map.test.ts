import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { Script } from "node:vm";
import * as fc from "fast-check";
import { page } from "../../../provider/cli/map/page";
import { readFleet } from "../../../provider/cli/map/state";
import { type Declared, fixture, previewOf } from "./previews";

describe("the map of a fleet", () => {
  const SECRET = "4dabf18193072939515e22adb298388d";

  /** What `pulumi stack export` writes. */
  const exportOf = (
    declared: Declared[],
    edit: (state: Record<string, unknown>) => void = () => undefined,
  ) => {
    const { steps } = JSON.parse(previewOf(declared, declared)) as {
      steps: { newState: Record<string, unknown> }[];
    };
    const resources = steps.map(({ newState }) => newState);
    resources.forEach(edit);
    return JSON.stringify({ version: 3, deployment: { manifest: {}, resources } });
  };

  const fleet: Declared[] = [
    {
      type: "Policy",
      name: "outreach",
      inputs: { name: "acme/staging/outreach", limits: { dailySends: 50 } },
    },
    { type: "Workspace", name: "customer-a", inputs: { name: "Customer A", policyId: { ref: "outreach" } } },
    {
      type: "AgentAccount",
      name: "one",
      inputs: { email: "one@a.example", workspaceId: { ref: "customer-a" }, displayName: "One & all" },
    },
    {
      type: "AgentAccount",
      name: "two",
      inputs: { email: "two@b.example", workspaceId: { ref: "customer-a" } },
    },
    { type: "AgentAccount", name: "three", inputs: { email: "three@a.example" } },
    {
      type: "Principal",
      name: "agent",
      inputs: { name: "Agent of A", boundTo: { workspace: { ref: "customer-a" } } },
    },
  ];

  it("shows each account in its workspace, with the policy and who holds keys, from an exported stack", () => {
    const html = page(readFleet(exportOf(fleet)));
    assert.match(html, /<p>3 accounts in 2 workspaces\.<\/p>/);
    const sections = html.split("<details").slice(1);
    assert.equal(sections.length, 2);
    assert.match(sections[0]!, /<summary>Customer A, 2 accounts<\/summary>/);
    assert.match(
      sections[0]!,
      /<dt>policy<\/dt><dd>outreach, 50 sends a day<\/dd><dt>keys of<\/dt><dd>Agent of A<\/dd>/,
    );
    assert.match(sections[0]!, /<td>one@a\.example<\/td><td>One &amp; all<\/td>/);
    assert.match(sections[0]!, /<td>two@b\.example<\/td>/);
    assert.match(sections[1]!, /<summary>default workspace, 1 account<\/summary>[\s\S]*three@a\.example/);
    assert.equal(html.match(/<g class="">/g)?.length, 5, "two domains, two workspaces, a policy");
    assert.equal(html.match(/<path /g)?.length, 4, "three from domains, one to the policy");
  });

  it("marks what a change makes, changes and deletes, from a preview", () => {
    const html = page(readFleet(fixture("edits.json")));
    assert.match(html, /scheduling@agents\.staging\.example\.com <span class="mark gone">is deleted<\/span>/);
    assert.match(html, /agent-14@agents\.staging\.example\.com <span class="mark made">new<\/span>/);
    assert.match(html, /outreach <span class="mark changed">changes<\/span>, 200 sends a day/);
  });

  it("needs nothing from elsewhere, and lets only its own script run", () => {
    const html = page(readFleet(exportOf(fleet)));
    assert.doesNotMatch(html, /https?:|src=|@import|url\(/);
    assert.deepEqual([...new Set([...html.matchAll(/href="(.)/g)].map(([, first]) => first))], ["#"]);
    const script = /<script>([\s\S]*)<\/script>/.exec(html)![1]!;
    new Script(script);
    const digest = createHash("sha256").update(script).digest("base64");
    assert.ok(html.includes(`default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest}'`));
  });

  it("holds no secret, encrypted or open, and nothing that is left over from a replacement", () => {
    const html = page(
      readFleet(
        exportOf(fleet, (state) => {
          const inputs = state["inputs"] as Record<string, unknown> | undefined;
          if (String(state["urn"]).endsWith("::one"))
            inputs!["displayName"] = {
              [SECRET]: "1b47061264138c4ac30d75fd1eb44270",
              plaintext: '"hunter2"',
              ciphertext: "c1ph3r",
            };
          if (String(state["urn"]).endsWith("::two")) state["delete"] = true;
        }),
      ),
    );
    assert.doesNotMatch(html, /hunter2|c1ph3r|two@b\.example/);
    assert.match(html, /one@a\.example/);
  });

  it("lets no name become a tag, and with --redact shows none", () => {
    const name = fc.oneof(
      fc.constantFrom("</script><script>x", "<img src=x>", '" onload="x', "&lt;", "</title>", "`<b>`"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
    );
    const tags = (html: string) =>
      [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/="[^"]*"/g, "")).sort();
    const named = (names: string[]): Declared[] => [
      { type: "Policy", name: "p", inputs: { name: names[0], limits: { attachmentTypes: [names[1]] } } },
      { type: "Workspace", name: "w", inputs: { name: names[2], policyId: { ref: "p" } } },
      {
        type: "AgentAccount",
        name: "a",
        inputs: { email: `${names[3]}@${names[4]}`, workspaceId: { ref: "w" }, displayName: names[5] },
      },
    ];
    const plain = tags(page(readFleet(exportOf(named(["n", "n", "n", "n", "n", "n"])))));
    fc.assert(
      fc.property(fc.array(name, { minLength: 6, maxLength: 6 }), (names) => {
        assert.deepEqual(tags(page(readFleet(exportOf(named(names))))), plain);
      }),
      { numRuns: 100 },
    );
    const redacted = page(
      readFleet(exportOf(named(["Acme", "acme/x", "Acme A", "bot", "acme.example", "Acme bot"]))),
      { key: "k" },
    );
    assert.doesNotMatch(redacted, /acme|bot|staging/i);
  });

  it("says what it takes, of what is neither a stack nor a preview", () => {
    assert.throws(() => readFleet("{}x"), /neither what pulumi stack export writes nor pulumi preview/);
    assert.throws(() => readFleet(""), /wrote nothing/);
  });
});

import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { GITHUB_LIMIT } from "../../../provider/review/report";
import { type Declared, reviewOf } from "../../unit/cli/previews";

type Render = (markdown: string) => string;

/** What breaks out of Markdown, out of a table, a list, a code span, a chart, a comment. */
const NASTY = [
  "@octocat",
  "@acme/everyone",
  "a|b\n|-|-|\n|c|d|",
  "`",
  "``` \n# heading\n```",
  "<img src=x onerror=alert(1)>",
  "</details><script>alert(1)</script>",
  "--><b>out</b>",
  "[link](https://evil.example)",
  "https://evil.example/path",
  "#1 acme/repo#2 GH-3",
  "\n\n## heading\n- item",
  "\r\n> [!CAUTION]",
  "\u202egnirts\u2066",
  "end\n```\n@octocat",
  '"]; click a "javascript:alert(1)"; a["',
  "$\\int$ :tada: **bold** ~~no~~",
  "&lt;b&gt; &#64;octocat",
  "\\`@octocat\\`",
  " `` @octocat `` ",
  "\ud800 lone",
];

const nasty = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom("`", " ", "\n", "|", "<", "@a", "]("), { minLength: 1 })
      .map((all) => all.join("")),
  },
);

/** Names that cannot come about by chance. */
const token = fc
  .array(fc.constantFrom(..."bcdfghjklmnpqrstvwxz"), { minLength: 10, maxLength: 14 })
  .map((letters) => letters.join(""));

/** A fleet before and after some change, with every name drawn from `names`. */
function fleets(names: fc.Arbitrary<string>, address: (local: string, domain: string) => string) {
  const side = fc.record({
    limits: fc.record(
      {
        dailySends: fc.nat(500),
        inboxRetentionDays: fc.integer({ min: 1, max: 90 }),
        attachmentTypes: fc.array(names, { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
    keep: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    place: fc.array(fc.nat(2), { minLength: 12, maxLength: 12 }),
    given: fc.array(names, { minLength: 6, maxLength: 6 }),
    displayNames: fc.array(names, { minLength: 12, maxLength: 12 }),
    items: fc.array(names, { maxLength: 4 }),
    content: names,
    force: fc.boolean(),
  });
  const fixed = fc.record({
    programNames: fc.uniqueArray(names, { minLength: 24, maxLength: 24 }),
    domains: fc.uniqueArray(names, { minLength: 2, maxLength: 2 }),
    stack: names,
    message: names,
  });
  return fc.tuple(fixed, side, side).map(([{ programNames, domains, stack, message }, before, after]) => {
    const declared = ({ limits, keep, place, given, displayNames, items, content, force }: typeof before) => {
      const [policy, other, a, b, c, list, rule, hook, principal, domain, mx, component, ...accounts] =
        programNames as [string, ...string[]];
      const all: Declared[] = [
        { type: "Policy", name: policy, inputs: { name: given[0], limits } },
        { type: "Policy", name: other!, inputs: { name: given[1], limits: { dailySends: 1 } } },
        { type: "List", name: list!, inputs: { type: "domain", name: given[2], items } },
        {
          type: "Rule",
          name: rule!,
          inputs: {
            name: given[3],
            trigger: "inbound",
            conditions: [
              { field: "from.domain", inList: [{ ref: list }] },
              { field: "from.address", is: content },
            ],
            actions: [{ assignToFolder: given[4] }],
          },
        },
        {
          type: "Workspace",
          name: a!,
          inputs: { name: given[5], policyId: { ref: policy }, ruleIds: [{ ref: rule }] },
        },
        { type: "Workspace", name: b!, inputs: { policyId: { ref: other } } },
        { type: "Workspace", name: c!, inputs: { domainName: domains[1] }, parent: component! },
        { type: `customers:index:${component}`, name: component!, component: true },
        {
          type: "Webhook",
          name: hook!,
          inputs: { name: given[0], url: `https://${content}.example/${content}`, triggers: [content] },
        },
        {
          type: "Principal",
          name: principal!,
          inputs: { name: given[1], boundTo: { workspace: { ref: a } }, permissions: [content] },
        },
        { type: "Domain", name: domain!, inputs: { domainName: domains[0] } },
        {
          type: "cloudflare:index/dnsRecord:DnsRecord",
          name: mx!,
          inputs: { zoneId: "z", name: domains[0], type: "MX", content, priority: 1 },
        },
        ...accounts.map((name, at): Declared => ({
          type: "AgentAccount",
          name,
          inputs: {
            email: address(name, domains[at % 2]!),
            displayName: displayNames[at],
            folders: [given[at % 6]!],
            workspaceId: { ref: [a, b, c][place[at]!] },
            forceDestroy: force,
          },
        })),
      ];
      return all.filter((_, at) => keep[at % keep.length]);
    };
    return {
      before: declared(before),
      after: declared(after),
      names: [
        ...programNames,
        ...domains,
        stack,
        message,
        ...before.given,
        ...after.given,
        ...before.displayNames,
        ...after.displayNames,
        ...before.items,
        ...after.items,
        before.content,
        after.content,
      ],
      stack,
      message,
    };
  });
}

describe("the review of any change", function () {
  this.timeout(60_000);
  let html: Render;

  before(async () => {
    const [{ micromark }, { gfm, gfmHtml }] = await Promise.all([
      import("micromark"),
      import("micromark-extension-gfm"),
    ]);
    html = (markdown) =>
      micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
  });

  /** What GitHub would look into for mentions, links and references: the text and tags outside of code. */
  const outsideOfCode = (markdown: string) =>
    html(markdown).replace(/<code[^>]*>[\s\S]*?<\/code>/g, "<code></code>");

  it("lets no name become a mention, a link, a table, HTML, a heading or a part of the chart", () => {
    fc.assert(
      fc.property(
        fleets(nasty, (local, domain) => `${local}@${domain}`),
        ({ before, after, stack, message }) => {
          const { markdown } = reviewOf(before, after, {
            stack: stack.replaceAll("::", ""),
            diagnostics: [
              { severity: "warning", message },
              { severity: "error", message },
            ],
          });
          const rest = outsideOfCode(markdown);
          assert.doesNotMatch(rest, /@/);
          assert.doesNotMatch(rest, /<a |<table|<img|<script|<del>|octocat|evil/);
          const tags = new Set([...rest.matchAll(/<\/?([a-z0-9]+)[^>]*>/g)].map(([, tag]) => tag));
          for (const tag of [
            "strong",
            "ul",
            "li",
            "p",
            "code",
            "pre",
            "details",
            "summary",
            "h3",
            "h4",
            "blockquote",
          ])
            tags.delete(tag);
          assert.deepEqual([...tags], []);
          const titles = [...rest.matchAll(/<h4>(.*?)<\/h4>/g)].map(([, title]) => title!);
          assert.deepEqual(titles, [...new Set(titles)]);
          const chart = /```mermaid\n([\s\S]*?)\n```/.exec(markdown)?.[1] ?? "";
          for (const line of chart.split("\n")) {
            assert.match(
              line,
              /^(flowchart LR|  n\d+(\["[^"<>[\]`]*"\]|\(\["[^"<>`]*"\]\)|\{\{"[^"<>`]*"\}\}|\[\/"([^"<>`]|<br\/>)*"\/\])|  n\d+ --> n\d+|  classDef \w+ [\w:#,-]+|  class [\w,]+ \w+)$/,
            );
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  it("with --redact shows none of the names, addresses and values, and the same pseudonym for the same name", () => {
    fc.assert(
      fc.property(
        fleets(token, (local, domain) => `${local}@${domain}.example`),
        ({ before, after, names, stack, message }) => {
          const about = (before[0] ?? after[0])?.name;
          const review = () =>
            reviewOf(before, after, {
              stack,
              diagnostics: [
                { severity: "warning", message: `${message}: ${names[0]}` },
                { severity: "error", message, ...(about === undefined ? {} : { urn: about }) },
              ],
              redact: { key: "k" },
            }).markdown;
          const markdown = review();
          const shown = markdown.toLowerCase();
          assert.deepEqual(
            names.filter((name) => shown.includes(name.toLowerCase())),
            [],
          );
          assert.equal(review(), markdown);
        },
      ),
      { numRuns: 80 },
    );
  });

  it("stays within its limit, and says how much it had to leave out, the picture first", () => {
    const many = (count: number, moved: number): Declared[] => [
      { type: "Policy", name: "p", inputs: { limits: { dailySends: count + moved } } },
      ...Array.from({ length: count }, (_, at): Declared[] => [
        {
          type: "Workspace",
          name: `w${at}`,
          inputs: { policyId: { ref: "p" }, name: `Customer ${at} of ${"x".repeat(60)}` },
        },
        {
          type: "AgentAccount",
          name: `a${at}`,
          inputs: { email: `a${at}@agents.example.com`, workspaceId: { ref: `w${(at + moved) % count}` } },
        },
      ]).flat(),
    ];
    const [before, after] = [many(400, 0), many(400, 1)];
    for (const limit of [3000, 20_000, GITHUB_LIMIT]) {
      const { markdown, gates } = reviewOf(before, after, { limit });
      assert.ok(markdown.length <= limit, `${markdown.length} of ${limit}`);
      assert.ok(markdown.length > limit * 0.8 || limit === 3000, `${markdown.length} of ${limit} are used`);
      assert.match(markdown, /… and \d+ more, left out/);
      assert.equal(
        gates.find(({ gate }) => gate === "hand-over")?.count,
        400,
        "a gate counts what was left out, too",
      );
      assert.equal(
        html(markdown).match(/<pre>/g)?.length ?? 0,
        html(markdown).match(/<\/pre>/g)?.length ?? 0,
      );
    }
    fc.assert(
      fc.property(
        fleets(nasty, (local, domain) => `${local}@${domain}`),
        fc.integer({ min: 1000, max: 9000 }),
        ({ before, after }, limit) => {
          const { markdown } = reviewOf(before, after, { limit });
          assert.ok(markdown.length <= limit);
          assert.doesNotMatch(outsideOfCode(markdown), /@|octocat|evil/);
        },
      ),
      { numRuns: 30 },
    );
  });
});

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { startSimulator } from "nylas-simulator";
import { type PolicyLimits } from "../../../provider/nylas/api";
import { AS_OF, limitFigures, PLANS, planFigures } from "../../../provider/nylas/plans";

const ROOT = resolve(__dirname, "..", "..", "..");
const CONTRACT = readFileSync(join(ROOT, "docs", "nylas-api.md"), "utf8");

describe("the plans' figures", () => {
  it("are those of the table in docs/nylas-api.md, as of the same month", () => {
    const [, month, rows] = /^Plan figures as of (\w+ \d{4}) .*\n\n\|.*\n\|.*\n((?:\|.*\n)+)/m.exec(
      CONTRACT,
    )!;
    assert.equal(month, AS_OF);
    const words = (value: unknown, unit = "") => (value === "unlimited" ? value : `${String(value)}${unit}`);
    const table = rows!.trim().split("\n");
    const expected = PLANS.map(({ name, accounts, rules, lists, limits }) => {
      const cells = [
        name === "Full Platform" ? "Full" : name,
        accounts,
        `${Number(limits.storageBytes) / 1024 ** 3} GB`,
        limits.attachmentCount,
        `${Number(limits.messageBytes) / 1024 ** 2} MB`,
        words(limits.dailySends),
        words(limits.inboxRetentionDays, " days"),
        words(limits.spamRetentionDays, " days"),
        rules,
        lists,
      ];
      return `| ${cells.join(" | ")} |`;
    });
    assert.deepEqual(table, expected);
  });

  for (const [index, plan] of (["free", "full"] as const).entries())
    it(`are those that the simulator's plan "${plan}" holds`, async () => {
      const sim = await startSimulator({ plan });
      try {
        const call = (path: string, body: object) =>
          fetch(`${sim.url}/v3/${path}`, {
            method: "POST",
            headers: { authorization: `Bearer ${sim.keys.apiKey}`, "content-type": "application/json" },
            body: JSON.stringify(body),
          });
        const answer = await call("policies", { name: "with all that the plan has" });
        const { data } = (await answer.json()) as { data: { limits: Record<string, number> } };
        const wire: Record<keyof PolicyLimits, string> = {
          dailySends: "limit_count_daily_email_sent",
          dailyReceives: "limit_count_daily_message_received",
          storageBytes: "limit_storage_total",
          messageBytes: "limit_size_total_mime",
          attachmentBytes: "limit_attachment_size_limit",
          attachmentCount: "limit_attachment_count_limit",
          attachmentTypes: "limit_attachment_allowed_types",
          inboxRetentionDays: "limit_inbox_retention_period",
          spamRetentionDays: "limit_spam_retention_period",
        };
        const { limits, lists } = PLANS[index]!;
        for (const [limit, most] of Object.entries(limits))
          assert.equal(
            data.limits[wire[limit as keyof PolicyLimits]],
            most === "unlimited" ? -1 : most,
            limit,
          );
        const statuses = [];
        for (let n = 0; n <= lists; n++)
          statuses.push((await call("lists", { name: `list ${n}`, type: "domain" })).status);
        assert.deepEqual(
          [statuses.indexOf(403), statuses.length],
          [lists, lists + 1],
          "one list more is refused",
        );
      } finally {
        await sim.close();
      }
    });

  it("stand in one file: no other text of the provider has one", () => {
    const figure = /\b\d+ ?(GB|MB)\b|\b(Free|Full Platform)\b[^"`]*\d|\bas of \w+ 20\d\d|\d \/ unlimited/;
    const found = sourcesIn(join(ROOT, "provider")).flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => figure.test(line) && !/^\s*(\/\/|\/?\*)/.test(line))
        .map((line) => `${relative(ROOT, file)}: ${line.trim()}`),
    );
    assert.deepEqual(found, []);
    for (const text of [limitFigures(), planFigures("lists"), "50 MB"]) assert.match(text, figure);
  });

  it("are shown with their month", () => {
    for (const text of [planFigures("accounts"), planFigures("rules"), planFigures("lists"), limitFigures()])
      assert.ok(text.includes(`as of ${AS_OF}`), text);
    assert.equal(planFigures("rules"), "Free: 5, Full Platform: 30, as of July 2026");
    assert.equal(
      limitFigures(),
      "Free / Full Platform, as of July 2026: dailySends 200 / unlimited, storageBytes 3 GB / 10 GB, messageBytes 50 MB / 100 MB, " +
        "attachmentBytes 50 MB / 50 MB, attachmentCount 10 / 20, inboxRetentionDays 30 / 365, spamRetentionDays 7 / 30",
    );
  });
});

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(dist|node_modules|examples)$/.test(entry.name) ? [] : sourcesIn(path);
    return /\.(ts|js|cts|mts)$/.test(entry.name) ? [path] : [];
  });
}

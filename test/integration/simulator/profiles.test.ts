import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BadOption, DEFAULT_SETTINGS, profileNames, readProfile, startSimulator } from "nylas-simulator";

const ROOT = join(__dirname, "..", "..", "..");

describe("profiles of the simulator", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "profile-"))));
  after(() => rmSync(folder, { recursive: true }));

  const fileWith = (text: string): string => {
    const file = join(folder, "mine.json");
    writeFileSync(file, text);
    return file;
  };
  const settingsOf = async (url: string) =>
    (await (await fetch(`${url}/_control/settings`)).json()) as object;

  it("has documented, strictest and mostDifferent, each of which names a setting and starts", async () => {
    assert.deepEqual(profileNames(), ["documented", "mostDifferent", "strictest"]);
    for (const profile of profileNames()) {
      const { settings } = readProfile(profile);
      assert.ok(Object.keys(settings).length > 0, profile);
      const sim = await startSimulator({ profile });
      try {
        assert.deepEqual(await settingsOf(sim.url), { ...DEFAULT_SETTINGS, ...settings });
        sim.configure({ latencyMs: 1 });
        sim.reset();
        assert.deepEqual(await settingsOf(sim.url), { ...DEFAULT_SETTINGS, ...settings }, "after a reset");
      } finally {
        await sim.close();
      }
    }
  });

  it("reads one from a file, and settings given beside it win", async () => {
    const file = fileWith(
      '{ "about": "mine", "settings": { "policyGroups": "replace", "timestamps": "text" } }',
    );
    const sim = await startSimulator({ profile: file, timestamps: "number" });
    try {
      assert.deepEqual(await settingsOf(sim.url), { ...DEFAULT_SETTINGS, policyGroups: "replace" });
    } finally {
      await sim.close();
    }
  });

  for (const [what, text, said] of [
    [
      "an unknown setting",
      '{ "settings": { "policyGroup": "replace" } }',
      /unknown setting "policyGroup"; did you mean "policyGroups"\?/,
    ],
    ["a setting that is far from any", '{ "settings": { "zzzzzz": 1 } }', /unknown setting "zzzzzz"$/],
    [
      "a value that is not allowed",
      '{ "settings": { "timestamps": "words" } }',
      /timestamps: expected "number" or "text", got "words"/,
    ],
    [
      "an unknown key",
      '{ "setting": {}, "settings": {} }',
      /unknown key "setting"; did you mean "settings"\?/,
    ],
    ["no settings", "{}", /settings: /],
    ["no object", "[]", /it: /],
    ["no JSON", "{", /not JSON/],
  ] as const) {
    it(`refuses ${what}`, () => {
      const file = fileWith(text);
      assert.throws(
        () => readProfile(file),
        (error: unknown) => {
          assert.ok(error instanceof BadOption);
          assert.match(error.message, said);
          assert.match(error.message, /mine\.json/);
          return true;
        },
      );
    });
  }

  it("names the profiles where a file is not there", () => {
    assert.throws(() => readProfile("strict"), /there is no such file.*documented, mostDifferent, strictest/);
  });

  it("is loaded by the command line", () => {
    const wrong = spawnSync(
      "node",
      ["simulator/dist/cli.js", "--profile", fileWith('{"settings":{"hostStile":"@"}}')],
      {
        cwd: ROOT,
        encoding: "utf8",
        timeout: 20_000,
      },
    );
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /unknown setting "hostStile"; did you mean "hostStyle"\?/);
    assert.match(
      execFileSync("node", ["simulator/dist/cli.js", "--help"], { cwd: ROOT, encoding: "utf8" }),
      /--profile P/,
    );
  });

  it("is in the package", () => {
    const listed = execFileSync("npm", ["pack", "--dry-run", "--json", "--workspace", "simulator"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    const files = (JSON.parse(listed) as { files: { path: string }[] }[])[0]!.files.map(({ path }) => path);
    for (const name of profileNames()) assert.ok(files.includes(`profiles/${name}.json`), name);
  });
});

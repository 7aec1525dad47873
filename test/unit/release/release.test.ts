import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  dated,
  entriesOf,
  lowestVersion,
  notes,
  problems,
  release,
  versionsIn,
} from "../../../scripts/release";

const root = path.join(__dirname, "../../..");
const NEXT = "7.8.9";

/** What may go on having an old version: other packages' versions, tests with versions of their own, and the past. */
const OF_OTHERS =
  /^(test\/|CHANGELOG\.md$|.*go\.sum$|package-lock\.json$|examples\/policy-pack\/package\.json$)/;

const current = (JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as { version: string })
  .version;

/** A line that says which version this one is of, for git as well. */
const OWN = `(nylas.*[^0-9.]|"version": ")${current.replaceAll(".", "[.]")}([^0-9.]|[.][^0-9])`;

/** A copy of the files of this repository that name its version, and of the changelog. */
function copy(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "release-"));
  const files = new Set(["CHANGELOG.md", ...versionsIn(root).map(({ file }) => file)]);
  for (const file of files) fs.cpSync(path.join(root, file), path.join(folder, file));
  fs.mkdirSync(path.join(folder, "test/golden/schema"), { recursive: true });
  edit(folder, "CHANGELOG.md", () => LOG);
  edit(folder, "README.md", (text) => text.replace("not published yet", "published"));
  // Its path would have to end with the major version otherwise.
  edit(folder, SCHEMA, (text) => text.replace("/sdk/go/nylas", "/sdk/go/v7/nylas"));
  return folder;
}

const SCHEMA = "provider/hosts/plugin/schema.json";
const LOG = "# Changelog\n\n## Unreleased\n\n- A line.\n\n## 0.1.0\n\n- The first.\n";

function edit(folder: string, file: string, change: (text: string) => string): void {
  const text = fs.readFileSync(path.join(folder, file), "utf8");
  fs.writeFileSync(path.join(folder, file), change(text));
}

describe("npm run release", () => {
  let folder: string;
  beforeEach(() => (folder = copy()));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("sets the version in every file that has it", () => {
    release(folder, NEXT, "2027-02-03");
    for (const { file, version } of versionsIn(folder)) assert.equal(version, NEXT, file);
    const files = versionsIn(folder).map(({ file }) => file);
    const old = new RegExp(OWN, "im");
    for (const file of files)
      if (!OF_OTHERS.test(file))
        assert.doesNotMatch(fs.readFileSync(path.join(folder, file), "utf8"), old, file);
  });

  it("knows every file of the repository that has it", () => {
    const listed = execFileSync("git", ["grep", "-liE", OWN], { cwd: root, encoding: "utf8" });
    const known = new Set(versionsIn(root).map(({ file }) => file));
    const others = listed
      .split("\n")
      .filter((file) => file !== "" && !known.has(file) && !OF_OTHERS.test(file));
    assert.deepEqual(others, []);
  });

  it("changes nothing of other packages in the lock file, and leaves it as npm writes it", () => {
    const before = JSON.parse(fs.readFileSync(path.join(folder, "package-lock.json"), "utf8")) as Lock;
    release(folder, NEXT, "2027-02-03");
    const text = fs.readFileSync(path.join(folder, "package-lock.json"), "utf8");
    const after = JSON.parse(text) as Lock;
    assert.equal(text, `${JSON.stringify(after, null, 2)}\n`);
    const changed = Object.keys(after.packages).filter(
      (name) => after.packages[name]!.version !== before.packages[name]!.version,
    );
    assert.deepEqual(changed.sort(), ["", "provider", "simulator"]);
    assert.equal(after.version, NEXT);
  });

  it("makes what its own check calls a release", () => {
    release(folder, NEXT, "2027-02-03");
    const state = `test/golden/${NEXT}.json`;
    assert.equal(problems(folder, `v${NEXT}`).length, 1);
    assert.ok(problems(folder, `v${NEXT}`)[0]!.startsWith(`${state} is not there`));
    fs.writeFileSync(path.join(folder, state), "{}");
    assert.deepEqual(problems(folder, `v${NEXT}`), []);
    assert.equal(notes(folder, `v${NEXT}`), "### Changed\n\n- A line.");
  });

  const WRONG: [string, string, RegExp][] = [
    ["a word", "next", /no version/],
    ["a tag", `v${NEXT}`, /without a "v"/],
    ["a prerelease", "7.8.9-rc.1", /no version/],
    ["a leading zero", "7.08.9", /no version/],
    ["the version at hand", current, /does not come after/],
    ["an older one", "0.0.9", /does not come after/],
    ["a major version that the Go module's path lacks", "8.0.0", /lacks \/v8/],
  ];
  for (const [what, version, message] of WRONG)
    it(`refuses ${what}, and writes nothing`, () => {
      const before = snapshot(folder);
      assert.throws(() => release(folder, version, "2027-02-03"), message);
      assert.deepEqual(snapshot(folder), before);
    });

  it("refuses a version that is too low for what the changelog tells", () => {
    edit(folder, "CHANGELOG.md", (text) => text.replace("- A line.", "- **Breaking:** a line."));
    edit(folder, "package.json", (text) => text.replace(current, "1.2.3"));
    assert.throws(() => release(folder, "1.3.0", "2027-02-03"), /ask for 2\.0\.0 at least/);
  });
});

interface Lock {
  version: string;
  packages: Record<string, { version?: string }>;
}

function snapshot(folder: string): Record<string, string> {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((file) => file.isFile())
      .map(({ parentPath, name }) => path.join(parentPath, name))
      .map((file) => [file, fs.readFileSync(file, "utf8")]),
  );
}

describe("npm run release -- --check", () => {
  let folder: string;
  before(() => {
    folder = copy();
    release(folder, NEXT, "2027-02-03");
    fs.writeFileSync(path.join(folder, `test/golden/${NEXT}.json`), "{}");
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const EDITS: [string, string, (text: string) => string, RegExp][] = [
    [
      "a package of another version",
      "provider/package.json",
      (text) => text.replace(NEXT, "7.8.8"),
      /^provider\/package\.json has the version 7\.8\.8\.$/,
    ],
    [
      "the simulator of another version",
      "simulator/package.json",
      (text) => text.replace(NEXT, "7.8.8"),
      /^simulator/,
    ],
    [
      "a changelog without the section",
      "CHANGELOG.md",
      () => LOG.replace("- A line.\n\n", ""),
      /no section 7\.8\.9/,
    ],
    [
      "an entry that was not dated",
      "CHANGELOG.md",
      (text) => text.replace("## Unreleased\n", "## Unreleased\n\n- Late.\n"),
      /entries under "Unreleased"/,
    ],
    ["a page that speaks of a clone", "README.md", (text) => `${text}not published yet`, /^README\.md/],
    [
      "a schema that is not the kept one",
      SCHEMA,
      (text) => text.replace('"Nylas"', '"Other"'),
      /is not the schema/,
    ],
  ];
  for (const [what, file, change, message] of EDITS)
    it(`names ${what}`, () => {
      const before = fs.readFileSync(path.join(folder, file), "utf8");
      assert.notEqual(change(before), before);
      edit(folder, file, change);
      const found = problems(folder, `v${NEXT}`);
      fs.writeFileSync(path.join(folder, file), before);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0]!, message);
    });

  it("names another tag, and a tag that is none", () => {
    assert.ok(problems(folder, "v7.8.8").some((each) => /no section 7\.8\.8/.test(each)));
    for (const tag of [NEXT, "v7.8", "v7.8.9-rc.1", "sdk/go/v7.8.9", ""])
      assert.match(problems(folder, tag)[0]!, /no tag of a release/);
  });
});

describe("the changelog of a release", () => {
  const log = (unreleased: string) =>
    `# Changelog\n\n## Unreleased\n\n${unreleased}\n\n## 0.1.0\n\n- The first.\n`;

  it("has its entries by kind, each under what introduced it", () => {
    const made = dated(
      log(
        "What was slow:\n\n- **Breaking:** a verified domain\n  goes.\n- New: a command.\n- It is faster.\n- **Fixed:** `x` holds.\n- It is smaller.\n\nA paragraph.\n\nAnother list:\n\n- **Breaking:** `y` is gone.",
      ),
      "0.2.0",
      "2027-02-03",
    );
    assert.equal(
      made,
      [
        "# Changelog\n\n## Unreleased\n\n## 0.2.0 (2027-02-03)",
        "### Breaking\n\nWhat was slow:\n\n- A verified domain\n  goes.\n\nAnother list:\n\n- `y` is gone.",
        "### Added\n\nWhat was slow:\n\n- A command.",
        "### Changed\n\nWhat was slow:\n\n- It is faster.\n- It is smaller.\n\nA paragraph.",
        "### Fixed\n\nWhat was slow:\n\n- `x` holds.",
        "## 0.1.0\n\n- The first.\n",
      ].join("\n\n"),
    );
  });

  it("takes the kind of a heading, and a word before it", () => {
    const kinds = entriesOf("### Fixed\n\n- a\n- **Breaking:** b\n\n### Added\n\n- c").map(
      ({ kind }) => kind,
    );
    assert.deepEqual(kinds, ["Fixed", "Breaking", "Added"]);
  });

  it("keeps every entry of this repository's own, and every older section as it is", function () {
    const before = fs.readFileSync(path.join(root, "CHANGELOG.md"), "utf8");
    // Nothing is unreleased in the commit of a release.
    if (/## Unreleased\n\s*(?=## |$)/.test(before)) this.skip();
    const made = dated(before, NEXT, "2027-02-03");
    const older = before.slice(before.indexOf("\n## ", before.indexOf("## Unreleased") + 1));
    assert.ok(made.endsWith(older));
    const items = (text: string) => text.slice(0, text.length - older.length).match(/^- .*$/gm)?.length;
    assert.equal(items(made), items(before));
    assert.doesNotMatch(made.slice(0, -older.length), /\*\*Breaking/);
  });

  it("is refused without an entry, and for a section that is there", () => {
    assert.throws(() => dated(log(""), "0.2.0", "2027-02-03"), /nothing under/);
    assert.throws(() => dated(log("- a"), "0.1.0", "2027-02-03"), /already/);
    assert.throws(() => dated("# Changelog\n", "0.2.0", "2027-02-03"), /no section "Unreleased"/);
  });

  const LOWEST: [string, string, string][] = [
    ["0.1.0", "- a", "0.1.1"],
    ["0.1.0", "- New: a", "0.1.1"],
    ["0.1.0", "- **Breaking:** a", "0.2.0"],
    ["1.4.2", "- **Fixed:** a", "1.4.3"],
    ["1.4.2", "- New: a", "1.5.0"],
    ["1.4.2", "- **Breaking:** a\n- New: b", "2.0.0"],
  ];
  for (const [from, entries, to] of LOWEST)
    it(`after ${from}, "${entries.replace("\n", " ")}" asks for ${to}`, () =>
      assert.equal(lowestVersion(from, entriesOf(entries)), to));
});

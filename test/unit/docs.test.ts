import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { startSimulator } from "nylas-simulator";

const root = path.join(__dirname, "..", "..");
const read = (file: string) => fs.readFileSync(path.join(root, file), "utf8");

function pagesIn(folder: string): string[] {
  const names = fs.readdirSync(path.join(root, folder)).filter((name) => name.endsWith(".md"));
  return names.sort().map((name) => path.posix.join(folder, name));
}

const decisions = pagesIn("docs/adr").filter((page) => !page.endsWith("README.md"));
const pages = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "simulator/README.md", "test/adversary/README.md"],
  ...pagesIn("docs"),
  ...pagesIn("docs/adr"),
  ...pagesIn("docs/reference"),
];

/** The anchors of a page, as GitHub makes them of its headings. */
function anchors(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function brokenLinks(page: string): string[] {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file, anchor] = link.split("#") as [string, string | undefined];
    const target = file === "" ? page : path.posix.join(path.posix.dirname(page), file);
    if (!fs.existsSync(path.join(root, target))) return true;
    return anchor !== undefined && !anchors(target).includes(anchor);
  });
}

describe("the documentation", () => {
  for (const page of pages) {
    it(`${page}: its links lead somewhere`, () => assert.deepEqual(brokenLinks(page), []));
  }

  for (const page of ["CONTRIBUTING.md", "docs/architecture.md", "docs/nylas-api.md", ...decisions]) {
    it(`${page}: the tests that it names are there`, () => {
      const named = [...read(page).matchAll(/\btest\/[\w/-]+\.test\.ts/g)].map(([file]) => file);
      assert.deepEqual(
        named.filter((file) => !fs.existsSync(path.join(root, file))),
        [],
      );
    });
  }

  it("indexes every decision and every page", () => {
    for (const page of decisions)
      assert.ok(read("docs/adr/README.md").includes(`(${path.basename(page)})`), page);
    for (const page of pagesIn("docs").filter((each) => each !== "docs/README.md"))
      assert.ok(read("docs/README.md").includes(`(${path.basename(page)})`), page);
  });

  for (const page of decisions) {
    it(`${page}: says context, decision, consequences and what was tried instead`, () => {
      const headings = [...read(page).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
      assert.deepEqual(headings, ["Context", "Decision", "Consequences", "What was tried instead"]);
    });
  }
});

describe("the table of disagreeing sources in docs/nylas-api.md", () => {
  const rows = new Map(
    [...read("docs/nylas-api.md").matchAll(/^\| (R\d+) \|.*\|$/gm)].map(([row, point]) => [point!, row]),
  );
  const settingOf = (point: string) => rows.get(point)?.split("|").at(-2) ?? "";

  it("has a row for each of the fifteen points", () => {
    assert.deepEqual(
      [...rows.keys()],
      Array.from({ length: 15 }, (_, index) => `R${index + 1}`),
    );
  });

  it("names a setting of the simulator for each reading that is tested, and calls it handled", () => {
    const tested = [...read("test/plugin/readings.test.ts").matchAll(/^ {2}"(R\d+): [^"]*": \{ (\w+):/gm)];
    assert.ok(tested.length >= 8);
    for (const [, point, setting] of tested) {
      assert.ok(settingOf(point!).includes(`\`${setting}\``), `${point}: ${setting}`);
      assert.match(rows.get(point!)!, /\| handled/, point);
    }
  });

  it("names no setting that the simulator does not have", async () => {
    const sim = await startSimulator();
    try {
      const settings = (await (await fetch(`${sim.url}/_control/settings`)).json()) as object;
      // Faults and seeds are named in the same cells, and are no settings.
      const smaller = [...read("docs/nylas-api.md").matchAll(/^\| .* \| (`.*`) \| (?:yes|no) \|$/gm)];
      assert.ok(smaller.length >= 20);
      const cells = [...[...rows.keys()].map(settingOf), ...smaller.map(([, cell]) => cell!)];
      const named = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
      const others = ["stale", "principal"];
      assert.deepEqual(
        named.filter((name) => !(name in settings) && !others.includes(name)),
        [],
      );
    } finally {
      await sim.close();
    }
  });
});

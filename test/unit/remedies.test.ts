import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type RemedyInSource, remediesInSource } from "../remedies/inSource";
import { EXPLANATIONS, type Remedy, REMEDIES } from "../remedies/table";

const root = join(__dirname, "../..");

/** That every remedy of the source is applied by a test: a new message without one fails here. */
describe("the table of remedies", () => {
  const rows = [...REMEDIES, ...EXPLANATIONS];
  const found = remediesInSource();
  const isMeant =
    ({ file, says }: Pick<Remedy, "file" | "says">) =>
    (remedy: RemedyInSource) =>
      remedy.file === file && remedy.text.replace(/\s+/g, " ").includes(says.replace(/\s+/g, " "));

  it("holds every remedy that the source prints", () => {
    assert.ok(found.length > 40, `only ${found.length} remedies found in the source`);
    const without = found.filter((remedy) => !rows.some((row) => isMeant(row)(remedy)));
    assert.deepEqual(
      without.map(({ file, line, text }) => `${file}:${line}: ${text.slice(0, 200)}`),
      [],
      "add a row to test/remedies/table.ts, and a test that applies the remedy to the end",
    );
  });

  it("holds no remedy that the source does not print any more", () => {
    assert.deepEqual(
      rows.filter((row) => !found.some(isMeant(row))).map(({ file, says }) => `${file}: ${says}`),
      [],
    );
  });

  it("names tests that there are", () => {
    for (const { applied } of REMEDIES) {
      const [file, title] = applied;
      assert.ok(existsSync(join(root, file)), file);
      assert.ok(title.length > 10, `${file}: which test?`);
      const text = readFileSync(join(root, file), "utf8");
      assert.ok(text.includes(title), `${file} has no test "${title}"`);
    }
  });
});

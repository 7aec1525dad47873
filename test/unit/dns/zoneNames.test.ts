import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

const root = path.join(__dirname, "..", "..", "..");

/** What people copy from: the READMEs, the pages, the examples, and the doc comments. */
function pages(folder: string): string[] {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return /node_modules|dist|bin$/.test(entry.name) ? [] : pages(name);
    return /\.(ts|md)$/.test(name) ? [name] : [];
  });
}

describe("finding 8: zoneName", () => {
  it("stands wherever an adapter is shown: with it, a wrong zone is refused in the preview", () => {
    const files = ["README.md", ...["docs", "examples", "provider"].flatMap(pages)];
    const shown = files.flatMap((file) =>
      [
        ...fs
          .readFileSync(path.join(root, file), "utf8")
          .matchAll(/(cloudflareDns|route53Dns)\(\{([^}]*)\}/g),
      ].map(([call, , args]) => ({ file, call, complete: /zoneName|…/.test(args!) })),
    );
    assert.ok(shown.length > 12, "the calls are found");
    assert.deepEqual(
      shown.filter(({ complete }) => !complete),
      [],
    );
  });
});

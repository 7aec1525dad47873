import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";

const core = path.join(__dirname, "../../provider/core");

/** The texts of a file that a program can show. */
function textsOf(file: string): string[] {
  const source = ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe("the layers", () => {
  it("core knows nothing of Nylas, not even in its texts", () => {
    const files = (fs.readdirSync(core, { recursive: true }) as string[]).filter((file) =>
      file.endsWith(".ts"),
    );
    assert.ok(files.length > 30);
    for (const file of files)
      assert.deepEqual(
        textsOf(path.join(core, file)).filter((text) => /\bNylas\b|nylas:/.test(text)),
        [],
        file,
      );
  });
});

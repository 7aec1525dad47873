import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findEngine } from "../../scripts/engine";

const schema = path.join(__dirname, "../../provider/hosts/plugin/schema.json");

/** What the engine's own check says of a schema. */
function check(file: string): { code: number | null; said: string } {
  const { pulumi, env } = findEngine()!;
  const { status, stdout, stderr } = spawnSync(pulumi, ["schema", "check", file], {
    env: { ...env, FORCE_COLOR: "0" },
    encoding: "utf8",
  });
  return { code: status, said: stdout + stderr };
}

describe("the schema of the plugin, judged by the engine", () => {
  it("is a package schema", () => {
    assert.deepEqual(check(schema), { code: 0, said: "" });
  });

  it("trap 9: a reference of a text that leads nowhere is an error", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "schema-"));
    try {
      const text = fs.readFileSync(schema, "utf8");
      const wrong = text.replace("inputProperties/forceDestroy %}}", "inputProperties/forceDestory %}}");
      assert.notEqual(wrong, text);
      fs.writeFileSync(path.join(folder, "schema.json"), wrong);
      const { code, said } = check(path.join(folder, "schema.json"));
      assert.equal(code, 1);
      assert.match(said, /forceDestory/);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

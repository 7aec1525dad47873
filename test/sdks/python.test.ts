/** The examples and the page for Python, on the real engine. `npm run test:sdks` needs Go, Python and the registries. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { describeExamples, type Toolchain } from "../native/forms";
import { pythonOfTests, pythonToolchain } from "./toolchains";

const examples = path.join(__dirname, "../../examples");

describe("Python", () => {
  let toolchain: Toolchain;

  before(function () {
    this.timeout(1_200_000);
    toolchain = pythonToolchain();
  });

  for (const example of fs.readdirSync(examples)) {
    const program = path.join(examples, example, "python/__main__.py");
    if (!fs.existsSync(program)) continue;
    it(`${example}: mypy has nothing against it`, () => {
      const checked = spawnSync(pythonOfTests(), ["-m", "mypy", "--strict", program], {
        cwd: path.join(__dirname, "../../.work"),
        encoding: "utf8",
      });
      assert.equal(checked.status, 0, checked.stdout + checked.stderr);
    }).timeout(300_000);
  }

  describeExamples("python", () => toolchain);
});

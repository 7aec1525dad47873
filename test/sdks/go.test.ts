/** The examples in Go, on the real engine. `npm run test:sdks` needs Go and its module proxy. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { go } from "../../scripts/sdk";
import { describeExamples, type Toolchain } from "../native/forms";
import { goToolchain } from "./toolchains";

const examples = path.join(__dirname, "../../examples");

describe("Go", () => {
  let toolchain: Toolchain;

  before(function () {
    this.timeout(1_200_000);
    toolchain = goToolchain();
  });

  for (const example of fs.readdirSync(examples)) {
    const program = path.join(examples, example, "go");
    if (!fs.existsSync(program)) continue;
    it(`${example}: vet has nothing against it`, () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "vet-"));
      try {
        fs.cpSync(program, folder, { recursive: true });
        toolchain.prepare!(folder);
        go(["vet", "-trimpath", "."], folder);
      } finally {
        fs.rmSync(folder, { recursive: true });
      }
    }).timeout(1_200_000);
  }

  describeExamples("go", () => toolchain);
});

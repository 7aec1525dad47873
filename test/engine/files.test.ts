import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { closeScenes, openScene, refused, succeeded } from "./scene";

describe("files that a program reads", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const program = `
    for (let i = 0; i < 20; i++) new nylas.NylasPolicy("p" + i, { limits: { dailySends: 5 } });
    new nylas.NylasList("blocked", { type: "domain", itemsFile: pulumi.output("blocked.txt") });
  `;

  it("an itemsFile that is missing, is no text or holds no item is refused in a moment", async () => {
    const { sim, stack } = await openScene({ program });
    const refusals: [Buffer | undefined, string][] = [
      [undefined, "itemsFile: blocked.txt cannot be read in"],
      [Buffer.from("caf\xe9.example\n", "latin1"), "it is not valid UTF-8 (line 1); save it as UTF-8"],
      [Buffer.from("a.example\nnot a domain\n"), 'itemsFile: blocked.txt holds "not a domain"'],
    ];
    for (const [content, said] of refusals) {
      if (content) fs.writeFileSync(path.join(stack.folder, "blocked.txt"), content);
      const result = refused(await stack.preview(), said);
      assert.ok(result.seconds < 20, `it took ${result.seconds} s`);
    }
    assert.deepEqual(sim.writes(), []);

    fs.writeFileSync(
      path.join(stack.folder, "blocked.txt"),
      Buffer.from("\uFEFFa.example\r\nb.example\r\n", "utf16le"),
    );
    succeeded(await stack.up());
    assert.deepEqual(
      sim.state().lists.map(({ items }) => items),
      [["a.example", "b.example"]],
    );
  });
});

import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as path from "node:path";

describe("the schema library", () => {
  it("is loaded without its languages, which are there for whoever asks for them", () => {
    const answer = inAProcessOfItsOwn(`
      const z = require("./provider/dist/core/zod").loadZod();
      const languages = () => Object.keys(require.cache).filter((file) => /zod.v4.locales/.test(file)).length;
      const before = languages();
      const ours = z.string().safeParse(1).success;
      const whole = require("zod/v4/locales");
      const asked = require("zod/mini").locales;
      console.log(JSON.stringify([before, ours, typeof asked.de, "fr" in asked, Object.keys(asked).length, Object.keys(whole).length]));`);
    const [before, ours, german, french, asked, whole] = JSON.parse(answer) as unknown[];
    assert.deepEqual([before, ours, german, french], [0, false, "function", true]);
    assert.equal(asked, whole);
  });

  it("is loaded whole where modules are loaded in another way than Node's", () => {
    const answer = inAProcessOfItsOwn(`
      const file = require.resolve("./provider/dist/core/zod");
      const text = require("node:fs").readFileSync(file, "utf8");
      const load = require("node:module").createRequire(file);
      const bare = Object.assign((name) => load(name), { resolve: load.resolve });
      const module = { exports: {} };
      new Function("require", "exports", "module", text)(bare, module.exports, module);
      const z = module.exports.loadZod();
      console.log(JSON.stringify([z.string().safeParse(1).success, typeof z.locales.de]));`);
    assert.deepEqual(JSON.parse(answer), [false, "function"]);
  });

  it("is the same one that a program has loaded before", () => {
    const answer = inAProcessOfItsOwn(`
      const theirs = require("zod/mini");
      const ours = require("./provider/dist/core/zod").loadZod();
      console.log(JSON.stringify([theirs === ours, typeof ours.locales.de]));`);
    assert.deepEqual(JSON.parse(answer), [true, "function"]);
  });
});

function inAProcessOfItsOwn(script: string): string {
  const root = path.join(__dirname, "../../..");
  return execFileSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" });
}

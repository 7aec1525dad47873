import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as path from "node:path";

/** What everybody waits for at a start, counted in modules: milliseconds are measured by `npm run bench -- start-up`. */
describe("start-up", () => {
  it("loads for a program the classes and what they need, and nothing that sends, judges or asks the DNS", () => {
    const { own, others } = modulesAfter(`require("pulumi-nylas");`);
    assert.deepEqual(others, []);
    assert.ok(own.length <= 66, `${own.length} modules: ${own.join(", ")}`);
    const heavy =
      /^(nylas\/(client|http|wire|routes)|dns\/(lookup|query|diagnosis)|(core|hosts\/dynamic)\/(dynamicProvider|zod))/;
    assert.deepEqual(
      own.filter((file) => heavy.test(file)),
      [],
    );
  });

  it("loads for a first check one kind of resource, the schema library without its languages, and no client", () => {
    const { own, others } = modulesAfter(`
      const { AgentAccount } = require("pulumi-nylas/dynamic");
      AgentAccount.configure({ config: { get: () => undefined } });
      const inputs = { email: "agent@acme.nylas.email", label: "project/stack/agent" };
      AgentAccount.check({}, inputs).then(({ failures }) => report(failures));`);
    assert.ok(own.length <= 81, `${own.length} modules: ${own.join(", ")}`);
    assert.deepEqual(
      own.filter((file) => /^(nylas\/(client|http|routes|wire)|resources\/domain)/.test(file)),
      [],
    );
    assert.ok(others.length <= 30, `${others.length} modules: ${others.join(", ")}`);
    assert.deepEqual(
      others.filter((file) => !file.startsWith("zod/") || file.includes("locales")),
      [],
    );
  });
});

/** The modules of the package and of others that a script loads on top of Pulumi's own, in a process of its own. */
function modulesAfter(script: string): { own: string[]; others: string[] } {
  const text = `
    require("@pulumi/pulumi");
    const before = new Set(Object.keys(require.cache));
    const report = (failures) => {
      const files = Object.keys(require.cache).filter((file) => !before.has(file));
      require("node:fs").writeSync(1, JSON.stringify([failures, files]));
      process.exit();
    };
    ${script}
    ${script.includes("report(") ? "" : "report([]);"}`;
  const root = path.join(__dirname, "../..");
  const answer = execFileSync(process.execPath, ["-e", text], { cwd: root, encoding: "utf8" });
  const [failures, files] = JSON.parse(answer) as [unknown[], string[]];
  assert.deepEqual(failures, []);
  const inside = (file: string) =>
    /[\\/]provider[\\/]dist[\\/](.*)\.js$/.exec(file)?.[1]?.replaceAll("\\", "/");
  return {
    own: files.flatMap((file) => inside(file) ?? []),
    others: files
      .filter((file) => inside(file) === undefined && !/provider[\\/]package\.json$/.test(file))
      .map((file) =>
        file
          .split(/[\\/]node_modules[\\/]/)
          .at(-1)!
          .replaceAll("\\", "/"),
      ),
  };
}

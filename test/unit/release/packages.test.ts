import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as semver from "semver";

const root = path.join(__dirname, "../../..");
const read = (file: string) => fs.readFileSync(path.join(root, file), "utf8");

interface Manifest {
  name: string;
  version: string;
  engines: { node: string };
  peerDependencies: Record<string, string>;
  files: string[];
  [member: string]: unknown;
}
const manifestOf = (folder: string) => JSON.parse(read(`${folder}/package.json`)) as Manifest;
const REPOSITORY = "https://github.com/pulumi-nylas/pulumi-nylas";

describe("the packages that are published", () => {
  for (const folder of ["provider", "simulator"])
    it(`${folder}: says where it comes from, without which npm signs no provenance`, () => {
      const manifest = manifestOf(folder);
      assert.deepEqual(manifest["repository"], {
        type: "git",
        url: `git+${REPOSITORY}.git`,
        directory: folder,
      });
      assert.deepEqual(manifest["bugs"], { url: `${REPOSITORY}/issues` });
      assert.ok(String(manifest["homepage"]).startsWith(REPOSITORY));
      for (const member of ["author", "license", "description", "keywords"])
        assert.ok(manifest[member], member);
      for (const file of ["README.md", "LICENSE"]) assert.ok(manifest.files.includes(file), file);
      assert.notEqual(manifest["private"], true);
      assert.equal(manifest.version, manifestOf(".").version);
    });

  it("have the repository of the plugin's schema, of whose path the Go module begins", () => {
    const schema = JSON.parse(read("provider/hosts/plugin/schema.json")) as {
      repository: string;
      language: { go: { importBasePath: string } };
    };
    assert.equal(schema.repository, REPOSITORY);
    assert.ok(`https://${schema.language.go.importBasePath}`.startsWith(`${REPOSITORY}/sdk/go/`));
  });
});

describe("what docs/versioning.md says is supported", () => {
  const row = (name: string) => {
    const found = read("docs/versioning.md")
      .split("\n")
      .find((line) => line.startsWith(`| ${name} |`));
    return found!.split("|")[2]!.match(/\d+(\.\d+)?/g)!;
  };
  const { engines, peerDependencies } = manifestOf("provider");

  it("is the Node that the package allows, and the one that CI runs", () => {
    const lines = row("Node").map((each) => semver.coerce(each)!);
    for (const line of lines) {
      assert.ok(semver.satisfies(line, engines.node), line.version);
      if (line.minor > 0)
        assert.ok(!semver.satisfies(`${line.major}.${line.minor - 1}.0`, engines.node), line.version);
    }
    assert.ok(!semver.satisfies("18.99.0", engines.node));
    assert.ok(
      read(".github/workflows/pull-request.yml").includes(
        `node: [${lines.map(({ major }) => major).join(", ")}]`,
      ),
    );
  });

  it("is what the package asks for of Pulumi's SDK and of the vendors'", () => {
    const [oldest, below] = row("`@pulumi/pulumi`");
    assert.equal(peerDependencies["@pulumi/pulumi"], `>=${oldest}.0 <${below}`);
    const vendors = row("`@pulumi/cloudflare`, `@pulumi/aws`");
    for (const [index, name] of ["@pulumi/cloudflare", "@pulumi/aws"].entries())
      assert.equal(peerDependencies[name], `>=${vendors[index]}.0.0 <${Number(vendors[index]) + 1}`);
  });
});

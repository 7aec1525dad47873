import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { archiveName, buildArchive } from "../../scripts/archive";
import { pluginFolder } from "../../scripts/plugin";
import { installedEngine } from "../engine/harness";
import { describeInLongRun } from "../engine/longRun";
import { closeScenes, leftBehind, openScene, succeeded } from "../engine/scene";

// It injects a program into a copy of Node, which takes half a minute of a core.
describeInLongRun("the archive of the native plugin", function () {
  this.timeout(300_000);
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-nylas-archives-"));
  let archive: string;
  before(() => {
    archive = buildArchive(work);
  });
  after(() => fs.rmSync(work, { recursive: true, force: true }));
  afterEach(closeScenes);

  it("has the name by which Pulumi asks for it, and its checksum", () => {
    assert.equal(path.basename(archive), archiveName());
    assert.match(archiveName("linux", "x64"), /^pulumi-resource-nylas-v\d+\.\d+\.\d+-linux-amd64\.tar\.gz$/);
    assert.match(archiveName("darwin", "arm64"), /-darwin-arm64\.tar\.gz$/);
    assert.match(archiveName("win32", "x64"), /-windows-amd64\.tar\.gz$/);
    const [digest, name] = fs.readFileSync(`${archive}.sha256`, "utf8").trim().split(/\s+/);
    assert.equal(digest, createHash("sha256").update(fs.readFileSync(archive)).digest("hex"));
    assert.equal(name, archiveName());
  });

  it("is downloaded from where a program names, and serves it on a machine without Node", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      if (request.url !== `/${archiveName()}`) return void response.writeHead(404).end();
      // The engine takes no download whose length it is not told.
      response.setHeader("Content-Length", fs.statSync(archive).size);
      fs.createReadStream(archive).pipe(response);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const home = fs.mkdtempSync(path.join(work, "home-"));
    const bin = path.dirname(installedEngine().pulumi);
    assert.deepEqual(
      fs.readdirSync(bin).filter((name) => /^node/.test(name)),
      [],
    );
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const version = /-v([\d.]+)-/.exec(archiveName())![1]!;
    const { sim, stack } = await openScene({
      env: { PULUMI_HOME: home, PATH: bin, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: undefined },
      files: {
        "Pulumi.yaml": `
name: project
runtime: yaml
resources:
  agent:
    type: nylas:AgentAccount
    properties: { email: agent@acme.nylas.email }
    options: { version: ${version}, pluginDownloadURL: "${url}" }
`,
      },
    });
    try {
      assert.deepEqual(succeeded(await stack.up()).summary, { create: 1 });
      assert.deepEqual(
        sim.state().grants.map(({ email }) => email),
        ["agent@acme.nylas.email"],
      );
      assert.deepEqual(succeeded(await stack.up()).summary, { same: 1 });
      succeeded(await stack.destroy());
      assert.deepEqual(leftBehind(sim), []);
      assert.deepEqual(asked, [`/${archiveName()}`]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describeInLongRun("the plugin of a clone", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  it("is built by its first start after a change, and serves a program", async () => {
    // The engine starts it by its language host for Node, which an engine that was built from source has none of.
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-nylas-clone-"));
    const entry = path.join(__dirname, "../../scripts/clone/index.cjs");
    fs.writeFileSync(path.join(folder, "pulumi-resource-nylas"), `#!/bin/sh\nexec node '${entry}' "$@"\n`, {
      mode: 0o755,
    });
    const bundle = path.join(pluginFolder, "pulumi-resource-nylas");
    fs.utimesSync(bundle, 0, 0);
    try {
      const { sim, stack } = await openScene({
        files: {
          "Pulumi.yaml": `
name: project
runtime: yaml
plugins: { providers: [{ name: nylas, path: ${JSON.stringify(folder)} }] }
resources:
  outreach: { type: nylas:Policy }
`,
        },
      });
      assert.deepEqual(succeeded(await stack.up()).summary, { create: 1 });
      assert.deepEqual(
        sim.state().policies.map(({ name }) => name),
        ["project/test/outreach"],
      );
      assert.ok(fs.statSync(bundle).mtimeMs > 0);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

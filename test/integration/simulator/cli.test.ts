import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import * as fs from "node:fs";
import { createServer } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { startSimulator } from "nylas-simulator";

const CLI = require.resolve("nylas-simulator/dist/cli.js");

describe("simulator: command line", () => {
  it("prints one line of JSON that other clients can be pointed by, and ends on SIGTERM", async () => {
    const child = run(["--seed", "cli", "--zone", "one.example", "--zone", "two.example", "--plan", "free"]);
    const line = await firstLine(child);
    const { url, dnsServer, cloudflareUrl, keys, zones, hostedZones } = JSON.parse(line);
    for (const list of [zones, hostedZones]) {
      assert.deepEqual(
        list.map((z: { name: string }) => z.name),
        ["one.example", "two.example"],
      );
    }
    const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
    assert.equal((await fetch(`${url}/v3/applications`, bearer(keys.apiKey))).status, 200);
    assert.equal(
      (await fetch(`${cloudflareUrl}/zones/${zones[0].id}`, bearer(keys.cloudflareToken))).status,
      200,
    );
    const amazon = await fetch(`${url}/2013-04-01/hostedzone/${hostedZones[1].id}`, {
      headers: {
        authorization: "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/route53/aws4_request",
      },
    });
    assert.match(await amazon.text(), /<Name>two\.example\.<\/Name>/);
    const resolver = new Resolver();
    resolver.setServers([dnsServer]);
    assert.equal((await resolver.resolveNs("two.example")).length, 2);
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
  });

  it("writes a file that points a shell's clients at it, for its owner's eyes alone", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "simulator-"));
    try {
      const file = path.join(folder, "simulator.env");
      const child = run(["--exports", file]);
      await firstLine(child);
      const { stdout } = spawnSync("sh", ["-c", `. "${file}" && env`], { encoding: "utf8", env: {} });
      const set = Object.fromEntries(stdout.split("\n").map((each) => each.split(/=(.*)/)));
      const asked = async (url: string, key: string) =>
        (await fetch(url, { headers: { authorization: `Bearer ${key}` } })).status;
      assert.equal(await asked(`${set.NYLAS_API_URL}/v3/applications`, set.NYLAS_API_KEY), 200);
      assert.equal(await asked(`${set.NYLAS_API_URL}/v3/domains`, set.NYLAS_ORGANIZATION_KEY), 200);
      assert.equal(await asked(`${set.CLOUDFLARE_BASE_URL}/zones`, set.CLOUDFLARE_API_TOKEN), 200);
      const resolver = new Resolver();
      resolver.setServers([set.NYLAS_DNS_SERVERS]);
      assert.equal((await resolver.resolveNs("example.com")).length, 2);
      assert.equal(fs.statSync(file).mode & 0o777, 0o600);
      child.kill("SIGTERM");
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("explains its flags", async () => {
    const { code, out } = await finished(run(["--help"]));
    assert.equal(code, 0);
    assert.match(out, /--dns-port N/);
  });

  it("refuses bad flags with a sentence and a non-zero exit", async () => {
    const cases: [string[], RegExp][] = [
      [["--prot", "1"], /Unknown option '--prot'/],
      [["--port", "many"], /--port: expected a whole number, got "many"/],
      [["--port", "70000"], /port: expected a port number from 0 to 65535/],
      [["--plan", "gold"], /plan: expected "free" or "full" or "later", got "gold"/],
      [["--region", "mars"], /region: expected "us" or "eu"/],
      [["--host-style", "x"], /hostStyle: expected/],
      [["--port"], /argument missing|expected/i],
    ];
    const results = await Promise.all(cases.map(([args]) => finished(run(args))));
    cases.forEach(([args, message], i) => {
      const { code, out, err } = results[i]!;
      assert.equal(code, 1, args.join(" "));
      assert.match(err, message);
      assert.equal(out, "");
      assert.ok(!err.includes("    at "), "no stack");
    });
  });

  it("says which port is taken, for HTTP and for DNS", async () => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    for (const flag of ["--port", "--dns-port"]) {
      const { code, err } = await finished(run([flag, String(port)]));
      assert.equal(code, 1);
      assert.match(err, new RegExp(`port ${port} on 127\\.0\\.0\\.1 is in use`));
    }
    taken.close();
  });

  it("refuses options that mean nothing in process, too", async () => {
    await assert.rejects(startSimulator({ port: -1 }), /port: expected a port number/);
    await assert.rejects(startSimulator({ hostStyle: "x" as "@" }), /hostStyle: expected/);
    await assert.rejects(startSimulator({ verifyVia: "nowhere" }), /verifyVia: expected host:port/);
    await assert.rejects(startSimulator({ zones: ["a.example", "A.example."] }), /exists already/);
  });
});

function run(args: string[]): ChildProcess {
  return spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0]!;
}

async function finished(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  let [out, err] = ["", ""];
  child.stdout!.on("data", (chunk) => (out += String(chunk)));
  child.stderr!.on("data", (chunk) => (err += String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}

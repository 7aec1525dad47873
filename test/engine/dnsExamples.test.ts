import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { startSimulator, type Simulator } from "nylas-simulator";
import { domainWord } from "../words";
import { type Result, Stack } from "./harness";
import { itInLongRun } from "./longRun";
import { connection, keys, leftBehind, refused, says, succeeded } from "./scene";

describe("the examples for other DNS than Cloudflare's", function () {
  this.timeout(300_000);
  let sim: Simulator;
  let stack: Stack;
  let config: Record<string, string>;

  const open = async (example: string, more: Record<string, string>, env: Record<string, string> = {}) => {
    const folder = path.join(__dirname, "..", "..", "examples", example);
    config = more;
    stack = new Stack({
      program: fs.readFileSync(path.join(folder, "index.ts"), "utf8"),
      project: `nylas-${example}`,
      config,
      env: { ...connection(sim), ...keys(sim), ...env },
    });
  };
  const set = (name: string, value: string) => stack.setConfig((config = { ...config, [name]: value }));
  const changesNothing = async () => {
    sim.clearRequests();
    succeeded(await stack.up("--expect-no-changes"));
    succeeded(await stack.refresh("--expect-no-changes"));
    assert.deepEqual(sim.writes(), []);
  };

  beforeEach(async () => {
    sim = await startSimulator();
  });
  afterEach(async () => {
    stack.dispose();
    await sim.close();
  });

  itInLongRun(
    "route53: the first up makes it all, a second one and a refresh change nothing, destroy leaves nothing",
    async () => {
      const aws = {
        AWS_ENDPOINT_URL_ROUTE_53: sim.url,
        AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
        AWS_SECRET_ACCESS_KEY: "any",
      };
      const listed = await fetch(`${sim.url}/2013-04-01/hostedzonesbyname?dnsname=example.com`, {
        headers: {
          authorization: "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/route53/aws4_request",
        },
      });
      const zoneId = /<Id>\/hostedzone\/(\w+)<\/Id>/.exec(await listed.text())![1]!;
      const skipped = { "aws:skipCredentialsValidation": "true", "aws:skipRequestingAccountId": "true" };
      const existing = JSON.stringify(["google-site-verification=x"]);
      const own = { domain: "agents.example.com", zoneName: "example.com", zoneId, existingTxt: existing };
      await open("route53", { ...own, ...skipped, "aws:region": "us-east-1" }, aws);

      // An API that does not check DMARC keeps nothing waiting.
      sim.configure({ dmarcAndArc: "reject" });
      succeeded(await stack.up());
      const { address, status } = await stack.outputs();
      assert.deepEqual([address, status], ["scheduling@agents.example.com", "verified"]);
      const texts = records().filter(({ type, name }) => type === "TXT" && name === "agents.example.com");
      assert.equal(texts.length, 3);
      assert.ok(texts.some(({ content }) => content === '"google-site-verification=x"'));
      await changesNothing();

      stack.env["NYLAS_FORCE_DESTROY"] = domainWord("agents.example.com");
      succeeded(await stack.destroy());
      assert.deepEqual([leftBehind(sim), records()], [[], []]);
    },
  );

  it("own-dns: goes on while the records are missing, and is verified when a person has published the file", async () => {
    const domain = "agents.example.com";
    await open("own-dns", { domain });
    const file = path.join(stack.folder, "for-acme", `${domain}.zone`);

    succeeded(await stack.preview());
    assert.ok(!fs.existsSync(file), "a preview writes no file");

    const first = succeeded(await stack.up());
    says(first, "verification pending", "publish it: agents.example.com MX 10 ");
    assert.deepEqual([await status(), records()], ["pending", []]);
    assert.match(String((await stack.outputs())["dnsInstructions"]), /Please add these 5 records/);

    // Who goes on too early is told so, by the account alone.
    set("published", "true");
    refused(await stack.up(), "pending");
    assert.deepEqual(sim.state().grants, []);

    for (const record of handedOver(fs.readFileSync(file, "utf8"))) sim.putRecord("example.com", record);
    const second: Result = succeeded(await stack.up());
    assert.equal(second.summary.create, 1, second.text);
    assert.equal(await status(), "verified");
    assert.deepEqual(
      sim.state().grants.map(({ email }) => email),
      [`support@${domain}`],
    );
    await changesNothing();

    stack.env["NYLAS_FORCE_DESTROY"] = domainWord(domain);
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), []);
    assert.equal(records().length, 5, "the records are the customer's");
  });

  const records = () => sim.state().zones.flatMap((zone) => zone.records);
  const status = async () => (await stack.outputs())["status"];
});

/** The lines of the file as a person would enter them. */
function handedOver(zone: string): { type: string; name: string; content: string; priority?: number }[] {
  const lines = zone.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
  return lines.map((line) => {
    const [, name, type, data] = /^(\S+)\.\s+\d+\s+IN\s+(\S+)\s+(.*)$/.exec(line)!;
    if (type !== "MX") return { type: type!, name: name!, content: data! };
    const [priority, target] = data!.split(" ");
    return { type, name: name!, priority: Number(priority), content: target! };
  });
}

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { startBench, type Bench } from "./client";

const FIVE = ["ownership", "mx", "spf", "dkim", "feedback"] as const;

describe("simulator: domains", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.simulator.close());

  const create = (address: string, name = "Agents") =>
    bench.org("POST", "/v3/domains", { name, domain_address: address });
  const info = async (type: string, options?: object) =>
    (
      await bench.org("POST", "/v3/domains/agents.example.com/info", {
        type,
        ...(options ? { options } : {}),
      })
    ).body.data;
  const verify = async (type: string, options?: object) =>
    (
      await bench.org("POST", "/v3/domains/agents.example.com/verify", {
        type,
        ...(options ? { options } : {}),
      })
    ).body.data;
  const publish = (attempt: { options: { host: string; type: string; value: string } }) => {
    const { host, type, value } = attempt.options;
    const name = host === "@" ? "agents" : `${host}.agents`;
    const mx = /^(\d+) (\S+)$/.exec(value);
    const record =
      type === "MX" ? { content: mx![2]!, priority: Number(mx![1]) } : { content: JSON.stringify(value) };
    return bench.simulator.putRecord("example.com", { type, name, ...record });
  };

  it("creates with 200, the address in lower case and every flag false", async () => {
    const { status, body } = await create("Agents.Example.COM");
    assert.equal(status, 200);
    assert.equal(body.data.domain_address, "agents.example.com");
    assert.equal(body.data.organization_id, bench.simulator.ids.organization);
    for (const type of [...FIVE, "dmarc", "arc"]) assert.equal(body.data[`verified_${type}`], false);
  });

  it("finds a domain by id and by address, and not from another organization", async () => {
    const { id } = (await create("agents.example.com")).body.data;
    assert.equal(
      (await bench.org("GET", `/v3/domains/${id}`)).body.data.domain_address,
      "agents.example.com",
    );
    assert.equal((await bench.org("GET", "/v3/domains/Agents.Example.com")).body.data.id, id);
    const { url, keys } = bench.simulator;
    const foreign = await fetch(`${url}/v3/domains/${id}`, {
      headers: { authorization: `Bearer ${keys.otherOrganizationKey}` },
    });
    assert.equal(foreign.status, 404);
  });

  it("refuses a second domain of the same address, with 400 or 409 as set", async () => {
    await create("agents.example.com");
    assert.equal((await create("AGENTS.example.com")).status, 400);
    bench.simulator.configure({ duplicateDomainStatus: 409 });
    assert.equal((await create("agents.example.com")).status, 409);
    bench.simulator.configure({ repeatedCreates: "second" });
    assert.equal((await create("agents.example.com")).status, 200);
    const named = bench.simulator.state().domains.filter((d) => d.domain_address === "agents.example.com");
    assert.equal(new Set(named.map(({ id }) => id)).size, 2, "made a second time under repeatedCreates");
  });

  it("refuses addresses that are no domains, and trial domains", async () => {
    for (const address of [
      "",
      "localhost",
      "-a.example.com",
      "a..example.com",
      "a b.example.com",
      "new.nylas.email",
    ]) {
      assert.equal((await create(address)).status, 400, address);
    }
  });

  it("answers a rename with nothing but the changed fields", async () => {
    await create("agents.example.com");
    const { status, body } = await bench.org("PUT", "/v3/domains/agents.example.com", { name: "New" });
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body.data).sort(), ["name", "updated_at"]);
    assert.equal((await bench.org("GET", "/v3/domains/agents.example.com")).body.data.name, "New");
  });

  it("refuses a change of the address", async () => {
    await create("agents.example.com");
    const change = { name: "New", domain_address: "other.example.com" };
    assert.equal((await bench.org("PUT", "/v3/domains/agents.example.com", change)).status, 400);
    assert.equal(bench.simulator.state().domains.at(-1)!.domain_address, "agents.example.com");
  });

  it("deletes with 200 and a body, then answers 404", async () => {
    await create("agents.example.com");
    const { status, body } = await bench.org("DELETE", "/v3/domains/agents.example.com");
    assert.deepEqual([status, Object.keys(body)], [200, ["request_id"]]);
    assert.equal((await bench.org("DELETE", "/v3/domains/agents.example.com")).status, 404);
  });

  it("pages by cursor and finds every domain once", async () => {
    for (let i = 0; i < 7; i++) await create(`d${i}.example.com`);
    const seen: string[] = [];
    let token = "";
    for (let page = 0; page < 10; page++) {
      const { body } = await bench.org("GET", `/v3/domains?limit=3${token}`);
      seen.push(...body.data.map((d: { domain_address: string }) => d.domain_address));
      if (!body.next_cursor) break;
      token = `&page_token=${body.next_cursor}`;
    }
    assert.equal(seen.length, 8);
    assert.equal(new Set(seen).size, 8);
    assert.equal((await bench.org("GET", "/v3/domains?limit=201")).status, 400);
    assert.equal((await bench.org("GET", "/v3/domains?page_token=bogus")).status, 400);
  });

  it("has a branded trial domain that is verified without any DNS", async () => {
    const { body } = await bench.org("GET", "/v3/domains/acme.nylas.email");
    assert.equal(body.data.branded, true);
    for (const type of FIVE) assert.equal(body.data[`verified_${type}`], true);
  });

  it("asks for one record per type, in the host style that is set", async () => {
    await create("agents.example.com");
    assert.equal((await info("mx")).attempt.options.host, "@");
    const relative = (await info("dkim")).attempt.options.host;
    assert.match(relative, /\._domainkey$/);
    bench.simulator.configure({ hostStyle: "bare" });
    assert.equal((await info("mx")).attempt.options.host, "agents.example.com");
    assert.equal((await info("dkim")).attempt.options.host, `${relative}.agents.example.com`);
    bench.simulator.configure({ hostStyle: "fqdn" });
    assert.equal((await info("dkim")).attempt.options.host, `${relative}.agents.example.com.`);
  });

  it("puts the priority into the MX value, or leaves it out", async () => {
    await create("agents.example.com");
    assert.match((await info("mx")).attempt.options.value, /^10 inbound\.us\./);
    bench.simulator.configure({ mxStyle: "target" });
    assert.match((await info("mx")).attempt.options.value, /^inbound\.us\./);
    const feedback = (await info("feedback")).attempt.options;
    assert.equal(feedback.type, "MX");
    assert.notEqual(feedback.host, "@");
  });

  it("gives DKIM keys of the asked length that are real RSA keys", async () => {
    await create("agents.example.com");
    for (const bits of [1024, 2048]) {
      const { value } = (await info("dkim", { key_length: bits })).attempt.options;
      const der = Buffer.from(/p=(\S+)$/.exec(value)![1]!, "base64");
      const key = createPublicKey({ key: der, format: "der", type: "spki" });
      assert.equal(key.asymmetricKeyDetails!.modulusLength, bits);
    }
    const bad = await bench.org("POST", "/v3/domains/agents.example.com/info", {
      type: "dkim",
      options: { key_length: 512 },
    });
    assert.equal(bad.status, 400);
  });

  it("keeps the ownership token until it expires after two days, then rotates it", async () => {
    await create("agents.example.com");
    const first = await info("ownership");
    assert.equal(first.expires_at - first.created_at, 172_800);
    bench.simulator.advanceClock(172_000);
    assert.equal((await info("ownership")).attempt.options.value, first.attempt.options.value);
    bench.simulator.advanceClock(1_000);
    const expired = await verify("ownership");
    assert.equal(expired.status, "failed");
    const second = await info("ownership");
    assert.notEqual(second.attempt.options.value, first.attempt.options.value);
    assert.match(second.attempt.options.value, /^nylas-ownership-verify=\w+$/);
  });

  it("answers attempt: null for the types it is told to", async () => {
    await create("agents.example.com");
    bench.simulator.configure({ attemptNullFor: ["spf"] });
    assert.equal((await info("spf")).attempt, null);
    assert.notEqual((await info("mx")).attempt, null);
  });

  it("knows dmarc and arc, or answers 400 to them", async () => {
    await create("agents.example.com");
    assert.equal((await info("dmarc")).attempt.options.host, "_dmarc");
    assert.equal((await info("arc")).attempt, null);
    bench.simulator.configure({ dmarcAndArc: "reject" });
    for (const type of ["dmarc", "arc", "nonsense"]) {
      assert.equal(
        (await bench.org("POST", "/v3/domains/agents.example.com/info", { type })).status,
        400,
        type,
      );
    }
  });

  it("verifies each type by what the DNS says, and flips that flag alone", async () => {
    const { id } = (await create("agents.example.com")).body.data;
    for (const type of FIVE) {
      assert.equal((await verify(type, { key_length: 2048 })).status, "pending", type);
      publish((await info(type, { key_length: 2048 })).attempt);
      assert.equal((await bench.org("GET", `/v3/domains/${id}`)).body.data[`verified_${type}`], false);
      assert.equal((await verify(type, { key_length: 2048 })).status, "done", type);
      assert.equal((await bench.org("GET", `/v3/domains/${id}`)).body.data[`verified_${type}`], true);
    }
    assert.equal((await bench.org("GET", `/v3/domains/${id}`)).body.data.verified_dmarc, false);
  });

  it("fails on a wrong value and recovers when it is put right", async () => {
    await create("agents.example.com");
    const wrong = bench.simulator.putRecord("example.com", {
      type: "MX",
      name: "agents",
      content: "mail.elsewhere.example",
      priority: 5,
    });
    assert.equal((await verify("mx")).status, "failed");
    bench.simulator.removeRecord("example.com", wrong);
    publish((await info("mx")).attempt);
    assert.equal((await verify("mx")).status, "done");
  });

  it("does not take a DKIM key of another length", async () => {
    await create("agents.example.com");
    publish((await info("dkim", { key_length: 2048 })).attempt);
    assert.equal((await verify("dkim")).status, "failed");
    assert.equal((await verify("dkim", { key_length: 2048 })).status, "done");
  });

  it("does not take two SPF strings at one name", async () => {
    await create("agents.example.com");
    publish((await info("spf")).attempt);
    const second = bench.simulator.putRecord("example.com", {
      type: "TXT",
      name: "agents",
      content: '"v=spf1 -all"',
    });
    assert.equal((await verify("spf")).status, "failed");
    bench.simulator.removeRecord("example.com", second);
    assert.equal((await verify("spf")).status, "done");
  });

  it("takes an SPF string that was merged with another sender's", async () => {
    await create("agents.example.com");
    const include = /include:\S+/.exec((await info("spf")).attempt.options.value)![0];
    const content = `"v=spf1 include:other.example ${include} -all"`;
    bench.simulator.putRecord("example.com", { type: "TXT", name: "agents", content });
    assert.equal((await verify("spf")).status, "done");
  });

  it("sees a record only when it has propagated", async () => {
    bench.simulator.setPropagationDelay(60_000);
    await create("agents.example.com");
    const { value } = (await info("ownership")).attempt.options;
    const [zone] = bench.simulator.zones;
    const record = { type: "TXT", name: "agents", content: `"${value}"` };
    assert.equal((await bench.cf("POST", `/zones/${zone!.id}/dns_records`, record)).status, 200);
    assert.equal((await verify("ownership")).status, "pending");
    bench.simulator.advanceClock(61);
    assert.equal((await verify("ownership")).status, "done");
  });

  it("sees nothing of a zone that is delegated elsewhere", async () => {
    await create("agents.example.com");
    publish((await info("mx")).attempt);
    bench.simulator.setDelegation("example.com", ["ns1.parking.example"]);
    assert.equal((await verify("mx")).status, "pending");
    bench.simulator.setDelegation("example.com", null);
    assert.equal((await verify("mx")).status, "done");
  });

  it("verifies although the DNS is out of reach for everybody else", async () => {
    await create("agents.example.com");
    publish((await info("mx")).attempt);
    bench.simulator.configure({ dnsMode: "silent" });
    assert.equal((await verify("mx")).status, "done");
  });

  it("leaves expires_at out or says 0, and leaves false flags out, where it is told to", async () => {
    await create("agents.example.com");
    bench.simulator.configure({ expiresAt: "zero", omitFalseFlags: true });
    assert.equal((await info("ownership")).expires_at, 0);
    bench.simulator.configure({ expiresAt: "absent" });
    assert.ok(!("expires_at" in (await verify("ownership"))));
    publish((await info("mx")).attempt);
    await verify("mx");
    const { data } = (await bench.org("GET", "/v3/domains/agents.example.com")).body;
    assert.deepEqual(
      Object.keys(data).filter((k) => k.startsWith("verified_")),
      ["verified_mx"],
    );
  });

  it("reads a TXT set that needs TCP, even while the DNS is silent to others", async () => {
    await create("agents.example.com");
    const { value } = (await info("ownership")).attempt.options;
    bench.simulator.putRecord("example.com", { type: "TXT", name: "agents", content: "x".repeat(600) });
    bench.simulator.putRecord("example.com", { type: "TXT", name: "agents", content: value });
    bench.simulator.configure({ dnsMode: "silent" });
    assert.equal((await verify("ownership")).status, "done");
    const transports = bench.simulator.dnsQueries.map((q) => q.transport);
    assert.deepEqual(transports, ["udp", "tcp"]);
  });

  it("can ask another DNS server than its own", async () => {
    const other = await startBench({ verifyVia: bench.simulator.dnsServer });
    await other.org("POST", "/v3/domains", { name: "a", domain_address: "agents.example.com" });
    const ask = async () =>
      (await other.org("POST", "/v3/domains/agents.example.com/verify", { type: "mx" })).body.data.status;
    assert.equal(await ask(), "pending");
    await create("agents.example.com");
    publish((await info("mx")).attempt);
    assert.equal(await ask(), "done");
    await other.simulator.close();
  });

  it("answers info with a record that was set by hand", async () => {
    const { id } = (await create("agents.example.com")).body.data;
    bench.simulator.edit("domain", id, {
      attempts: { ownership: { host: "_nylas", type: "TXT", value: "v" } },
    });
    assert.deepEqual((await info("ownership")).attempt.options, { host: "_nylas", type: "TXT", value: "v" });
    bench.simulator.putRecord("example.com", { type: "TXT", name: "_nylas.agents", content: "v" });
    assert.equal((await verify("ownership")).status, "done");
  });
});

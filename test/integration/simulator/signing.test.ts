import assert from "node:assert/strict";
import { createHash, createPrivateKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import {
  modulusDigest,
  signedEnvelope,
  throwawayKey,
  verifySignature,
} from "nylas-simulator/dist/keys/signing.js";
import { startBench, type Bench, type Wire } from "./client";

/** The two requests of the API's description that were signed by the official SDKs with a key everybody can compute. */
const VECTORS = [
  {
    method: "POST",
    path: "/v3/admin/domains",
    nonce: "Zk3v9QpLm2Xr7TbW5yHd",
    body: '{"domain_address":"agents.example.com","name":"Agents & Söhne"}',
    envelope: "96c084558a97d3604620b425cead2c9673c5e1742c7c4cca8f7e5a8592a7d3a3",
    signature:
      "QtJY6NR/vlwnpUetUkXHG7JWyiAGPkaOR/Ofsu/ym5psNucRHlk/KzCWUdSLq6+1r0NFsI08/hXo8Ctfl8Qo44mMjDpqrZM/xNn3X5mmKtIyrfvblRmOZKaka12K5SSjKsVMIdtOlUOqm7kcOjWPmAkJAh3dlznfbkcR2UHCjBl1o+C/MRGHhotHO+yizaaRg/itwPMoavPZXaTgJa+aWnmqsHsmia1qGdSnlFxm8BjDcubNjrjzbnOCRYje3yCp+LA528D47j6jOfvTkNiotQ47ufBk6/2gVuGXK1bbT28I8LF155oIIEopzjkW3/xsPPSZJi97V0RiK2cR9gLxrg==",
  },
  {
    method: "GET",
    path: "/v3/admin/domains/agents.example.com",
    nonce: "Aa1Bb2Cc3Dd4Ee5Ff6Gg",
    body: "",
    envelope: "804993e6b3d556745b840da10e3f172295198475131111cb6eca885f005d58b3",
    signature:
      "Oi/mgboT3FA74yT4y61AUp7p3d2Km7d4/Sr80lyXWrgY4IwBlKEwtUxwt0+rFJG1JDyOofgM+xgeYedxIXgolwivfIlObW16m0AXANBHferQrKEvSbEUclUVZ/3OsV/t7NR2zg5jqIq9ajtbkm0lRGmSwIMu6SCLEsPhzjlNW15lD6NGFI6hc8QZ8HwKHEbW8lR1fTA013DbuBILkbu3JiByGplkTvKhzn20rhQx5bQhxjDHhCpd4FDZOsi6M73KD4XXRIOVwFcDItFvyUeS2n8rAp5L1YGJrPqFJ7OtHEmq/n/tJVnf+NoIF1bzToU7Erae1Ou9iBnOLOWmjHM3Vg==",
  },
];
const AT = 1_790_000_000;

describe("simulator: signatures of service accounts", () => {
  const signer = { kid: "kid-1", publicKey: throwawayKey(0).publicKey };
  const request = (v: (typeof VECTORS)[number], more: Record<string, string> = {}) => ({
    method: v.method,
    path: v.path,
    body: Buffer.from(v.body),
    headers: {
      "x-nylas-kid": "kid-1",
      "x-nylas-timestamp": String(AT),
      "x-nylas-nonce": v.nonce,
      "x-nylas-signature": v.signature,
      ...more,
    },
  });

  it("has the key of the worked vectors", () => {
    assert.equal(
      modulusDigest(signer.publicKey),
      "2790318f84b7046e8f8329c5955064476587eb5b875847a08f6b866013c05de9",
    );
  });

  for (const vector of VECTORS) {
    it(`takes the worked vector of a ${vector.method}, and nothing that differs from it`, () => {
      const payload = vector.body === "" ? undefined : vector.body;
      const envelope = signedEnvelope({ ...vector, payload, timestamp: AT });
      assert.equal(createHash("sha256").update(envelope).digest("hex"), vector.envelope);
      assert.deepEqual(verifySignature(request(vector), [signer], new Set(), AT), { signer });
      const changed = [
        { ...request(vector), path: `${vector.path}/x` },
        { ...request(vector), method: "PUT" },
        request(vector, { "x-nylas-nonce": "another" }),
        request(vector, { "x-nylas-timestamp": String(AT + 1) }),
        request(vector, { "x-nylas-kid": "kid-2" }),
        request(vector, { "x-nylas-signature": "AAAA" }),
        request(vector, { authorization: "Bearer x" }),
      ];
      for (const other of changed) {
        assert.ok("problem" in verifySignature(other, [signer], new Set(), AT), JSON.stringify(other));
      }
    });
  }

  it("takes a signature for five minutes either way, and a nonce once", () => {
    const [vector] = VECTORS;
    const at = (now: number) => "signer" in verifySignature(request(vector!), [signer], new Set(), now);
    assert.deepEqual([at(AT + 300), at(AT - 300), at(AT + 301), at(AT - 301)], [true, true, false, false]);
    const nonces = new Set<string>();
    assert.ok("signer" in verifySignature(request(vector!), [signer], nonces, AT));
    assert.deepEqual(verifySignature(request(vector!), [signer], nonces, AT), {
      problem: "the nonce has been used",
    });
  });
});

describe("simulator: /v3/admin/domains", () => {
  let bench: Bench;
  let nonce = 0;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.simulator.close());

  /** A signed request; what `change` names is done otherwise than it should. */
  async function signed(
    method: string,
    path: string,
    body?: string,
    change: {
      skew?: number;
      nonce?: string;
      kid?: string;
      key?: KeyObject;
      sentBody?: string;
      signedPath?: string;
      account?: string;
      authorization?: string;
    } = {},
  ): Promise<Wire> {
    const account = JSON.parse(change.account ?? bench.simulator.keys.serviceAccount);
    const timestamp = Math.floor(Date.now() / 1000) + (change.skew ?? 0);
    const used = change.nonce ?? `nonce-${++nonce}`;
    const signedPath = change.signedPath ?? path.split("?")[0]!;
    const envelope = signedEnvelope({ method, path: signedPath, nonce: used, timestamp, payload: body });
    const key = change.key ?? createPrivateKey(account.private_key);
    const payload = change.sentBody ?? body;
    const response = await fetch(bench.simulator.url + path, {
      method,
      headers: {
        "x-nylas-kid": change.kid ?? account.private_key_id,
        "x-nylas-timestamp": String(timestamp),
        "x-nylas-nonce": used,
        "x-nylas-signature": sign("RSA-SHA256", Buffer.from(envelope), key).toString("base64"),
        ...(change.authorization ? { authorization: change.authorization } : {}),
        ...(payload === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(payload === undefined ? {} : { body: payload }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }
  const BODY = '{"domain_address":"agents.example.com","name":"Agents"}';

  it("hands out a credentials file with an RSA key of 2048 bits", () => {
    const account = JSON.parse(bench.simulator.keys.serviceAccount);
    assert.deepEqual(
      [account.type, account.organization_id, account.region],
      ["service_account", bench.simulator.ids.organization, "us"],
    );
    const key = createPrivateKey(account.private_key);
    assert.deepEqual([key.asymmetricKeyType, key.asymmetricKeyDetails?.modulusLength], ["rsa", 2048]);
    const other = JSON.parse(bench.simulator.keys.otherServiceAccount);
    assert.notEqual(other.private_key, account.private_key);
  });

  it("is the same domains as /v3/domains, with all their routes", async () => {
    const made = await signed("POST", "/v3/admin/domains", BODY);
    assert.equal(made.status, 200);
    const path = `/v3/admin/domains/${made.body.data.id}`;
    assert.equal((await bench.org("GET", "/v3/domains/agents.example.com")).body.data.id, made.body.data.id);
    assert.equal((await signed("POST", `${path}/info`, '{"type":"mx"}')).body.data.attempt.type, "mx");
    assert.equal((await signed("POST", `${path}/verify`, '{"type":"mx"}')).body.data.status, "pending");
    assert.equal((await signed("PUT", path, '{"name":"New"}')).body.data.name, "New");
    const list = await signed("GET", "/v3/admin/domains?limit=1");
    assert.equal(list.body.data.length, 1);
    assert.equal((await signed("DELETE", path)).status, 200);
    assert.equal((await signed("GET", path)).status, 404);
  });

  it("refuses with 401 what is not signed as it should be, and makes nothing", async () => {
    const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const spaced = BODY.replace(",", ", ");
    const refused: [string, Wire][] = [
      ["too late", await signed("POST", "/v3/admin/domains", BODY, { skew: -302 })],
      ["too early", await signed("POST", "/v3/admin/domains", BODY, { skew: 302 })],
      ["unknown kid", await signed("POST", "/v3/admin/domains", BODY, { kid: "kid-0" })],
      ["another key", await signed("POST", "/v3/admin/domains", BODY, { key: stranger })],
      ["other body", await signed("POST", "/v3/admin/domains", BODY, { sentBody: spaced })],
      ["no canonical body", await signed("POST", "/v3/admin/domains", spaced)],
      [
        "query signed",
        await signed("GET", "/v3/admin/domains?limit=1", undefined, {
          signedPath: "/v3/admin/domains?limit=1",
        }),
      ],
      ["bearer as well", await signed("GET", "/v3/admin/domains", undefined, { authorization: "Bearer x" })],
      ["application key", await bench.app("GET", "/v3/admin/domains")],
      ["organization key", await bench.org("GET", "/v3/admin/domains")],
    ];
    for (const [what, { status }] of refused) assert.equal(status, 401, what);
    assert.equal((await signed("GET", "/v3/admin/domains", undefined, { nonce: "once" })).status, 200);
    assert.equal((await signed("GET", "/v3/admin/domains", undefined, { nonce: "once" })).status, 401);
    assert.deepEqual(
      bench.simulator.state().domains.map((d) => d.domain_address),
      ["acme.nylas.email"],
    );
  });

  it("shows an organization only its own domains, and refuses a rotated account", async () => {
    const account = bench.simulator.keys.otherServiceAccount;
    assert.deepEqual((await signed("GET", "/v3/admin/domains", undefined, { account })).body.data, []);
    const old = bench.simulator.keys.serviceAccount;
    bench.simulator.rotateKey("serviceAccount");
    assert.equal((await signed("GET", "/v3/admin/domains", undefined, { account: old })).status, 401);
    assert.equal((await signed("GET", "/v3/admin/domains")).status, 200);
  });

  it("can be the only prefix, or gone with 404", async () => {
    bench.simulator.configure({ domainPrefixes: "new" });
    assert.equal((await signed("GET", "/v3/admin/domains")).status, 404);
    assert.equal((await bench.org("GET", "/v3/domains")).status, 200);
    bench.simulator.configure({ domainPrefixes: "legacy" });
    assert.equal((await signed("GET", "/v3/admin/domains")).status, 200);
    assert.equal((await bench.org("GET", "/v3/domains")).status, 404);
  });

  it("lets an application key onto /v3/domains when told to", async () => {
    assert.equal((await bench.app("GET", "/v3/domains")).status, 403);
    bench.simulator.configure({ applicationKeyOnDomains: true });
    assert.equal((await bench.app("GET", "/v3/domains")).status, 200);
  });

  it("names the account in the log, and never the key", async () => {
    await signed("POST", "/v3/admin/domains", BODY);
    const { key, status } = bench.simulator.requests.at(-1)!;
    assert.deepEqual([key, status], ["serviceAccount", 200]);
    const all = JSON.stringify([bench.simulator.requests, bench.simulator.state()]);
    assert.ok(!all.includes("PRIVATE KEY"));
  });
});

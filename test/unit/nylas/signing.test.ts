import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, verify } from "node:crypto";
import { inspect } from "node:util";
import * as fc from "fast-check";
import { readSettings } from "../../../provider/nylas/credentials";
import { type NylasError } from "../../../provider/nylas/errors";
import {
  canonicalJson,
  envelopeOf,
  parseServiceAccount,
  signedHeaders,
} from "../../../provider/nylas/signing";
import { data, json, refusal, Remote, type Seen, wireDomain } from "./remote";
import { bytesOf, serviceAccountFile, throwawayKey } from "./throwawayKey";

const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
const { privateKey, publicKey, modulus } = throwawayKey();
const pem = (type: "pkcs1" | "pkcs8") => privateKey.export({ type, format: "pem" }) as string;

describe("a signature", () => {
  const account = parseServiceAccount(serviceAccountFile());

  it("is made in the tests with the key of the worked vectors", () => {
    assert.equal(
      sha256(bytesOf(modulus)),
      "2790318f84b7046e8f8329c5955064476587eb5b875847a08f6b866013c05de9",
    );
  });

  it("of a POST is the one of the worked vector", () => {
    const body = canonicalJson({ name: "Agents & Söhne", domain_address: "agents.example.com" });
    assert.equal(body, '{"domain_address":"agents.example.com","name":"Agents & Söhne"}');
    const request = { method: "POST", path: "/v3/admin/domains", body };
    const once = { timestamp: 1790000000, nonce: "Zk3v9QpLm2Xr7TbW5yHd" };
    assert.equal(
      envelopeOf(request, once),
      String.raw`{"method":"post","nonce":"Zk3v9QpLm2Xr7TbW5yHd","path":"/v3/admin/domains","payload":"{\"domain_address\":\"agents.example.com\",\"name\":\"Agents & Söhne\"}","timestamp":1790000000}`,
    );
    assert.equal(
      sha256(envelopeOf(request, once)),
      "96c084558a97d3604620b425cead2c9673c5e1742c7c4cca8f7e5a8592a7d3a3",
    );
    assert.deepEqual(signedHeaders(account, request, once), {
      "x-nylas-kid": "kid-1",
      "x-nylas-timestamp": "1790000000",
      "x-nylas-nonce": "Zk3v9QpLm2Xr7TbW5yHd",
      "x-nylas-signature":
        "QtJY6NR/vlwnpUetUkXHG7JWyiAGPkaOR/Ofsu/ym5psNucRHlk/KzCWUdSLq6+1r0NFsI08/hXo8Ctfl8Qo44mMjDpqrZM/xNn3X5mmKtIyrfvblRmOZKaka12K5SSjKsVMIdtOlUOqm7kcOjWPmAkJAh3dlznfbkcR2UHCjBl1o+C/MRGHhotHO+yizaaRg/itwPMoavPZXaTgJa+aWnmqsHsmia1qGdSnlFxm8BjDcubNjrjzbnOCRYje3yCp+LA528D47j6jOfvTkNiotQ47ufBk6/2gVuGXK1bbT28I8LF155oIIEopzjkW3/xsPPSZJi97V0RiK2cR9gLxrg==",
    });
  });

  it("of a GET is the one of the worked vector, with no payload in it", () => {
    const request = { method: "GET", path: "/v3/admin/domains/agents.example.com", body: undefined };
    const once = { timestamp: 1790000000, nonce: "Aa1Bb2Cc3Dd4Ee5Ff6Gg" };
    assert.equal(
      sha256(envelopeOf(request, once)),
      "804993e6b3d556745b840da10e3f172295198475131111cb6eca885f005d58b3",
    );
    assert.equal(
      signedHeaders(account, request, once)["x-nylas-signature"],
      "Oi/mgboT3FA74yT4y61AUp7p3d2Km7d4/Sr80lyXWrgY4IwBlKEwtUxwt0+rFJG1JDyOofgM+xgeYedxIXgolwivfIlObW16m0AXANBHferQrKEvSbEUclUVZ/3OsV/t7NR2zg5jqIq9ajtbkm0lRGmSwIMu6SCLEsPhzjlNW15lD6NGFI6hc8QZ8HwKHEbW8lR1fTA013DbuBILkbu3JiByGplkTvKhzn20rhQx5bQhxjDHhCpd4FDZOsi6M73KD4XXRIOVwFcDItFvyUeS2n8rAp5L1YGJrPqFJ7OtHEmq/n/tJVnf+NoIF1bzToU7Erae1Ou9iBnOLOWmjHM3Vg==",
    );
  });

  it("of a DELETE has no payload, also where an empty object is sent along", () => {
    const request = { method: "DELETE", path: "/v3/admin/domains/d", body: "{}" };
    assert.doesNotMatch(envelopeOf(request, { timestamp: 1, nonce: "n" }), /payload/);
  });

  it("of a POST with an empty object has that object as its payload", () => {
    const request = { method: "POST", path: "/x", body: "{}" };
    assert.match(envelopeOf(request, { timestamp: 1, nonce: "n" }), /"payload":"\{\}"/);
  });
});

describe("canonical JSON", () => {
  it("sorts keys at every level, keeps lists in order, and has no white space", () => {
    assert.equal(
      canonicalJson({ b: [{ d: 1, c: null }, "x y"], a: { z: true, A: 1.5 } }),
      '{"a":{"A":1.5,"z":true},"b":[{"c":null,"d":1},"x y"]}',
    );
  });

  it("leaves out what is undefined, and leaves & < > and letters of any alphabet as they are", () => {
    assert.equal(canonicalJson({ b: undefined, a: "<Söhne & 会社>" }), '{"a":"<Söhne & 会社>"}');
  });

  it("says the same whatever the order of the keys, and is read back as what it was", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        assert.equal(canonicalJson(turned), canonicalJson(value));
        assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe("the file of a service account", () => {
  for (const [what, key] of [
    ["a PKCS#8 PEM", pem("pkcs8")],
    ["a PKCS#1 PEM", pem("pkcs1")],
    ["base64 of a PEM", Buffer.from(pem("pkcs8")).toString("base64")],
    ["a PEM whose line breaks became two characters", pem("pkcs1").replaceAll("\n", "\\n")],
  ] as const) {
    it(`holds its key as ${what}`, () => {
      const account = parseServiceAccount(serviceAccountFile({ private_key: key }));
      assert.equal(account.keyId, "kid-1");
      assert.equal(account.organizationId, "org-1");
      assert.ok(account.privateKey.equals(privateKey));
    });
  }

  const short = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
  const curve = generateKeyPairSync("ed25519").privateKey;
  for (const [what, text, said] of [
    ["no JSON", "-----BEGIN PRIVATE KEY-----", /no JSON/],
    ["a list", "[]", /no object/],
    ["no key id", serviceAccountFile({ private_key_id: undefined }), /without private_key_id/],
    ["no key", serviceAccountFile({ private_key: "" }), /without private_key/],
    ["a key that is none", serviceAccountFile({ private_key: "topsecretbutbroken" }), /neither a PEM/],
    [
      "a short key",
      serviceAccountFile({ private_key: short.export({ type: "pkcs8", format: "pem" }) }),
      /1024 bits/,
    ],
    [
      "a key of another kind",
      serviceAccountFile({ private_key: curve.export({ type: "pkcs8", format: "pem" }) }),
      /not RSA/,
    ],
  ] as const) {
    it(`with ${what} is refused before any request, and nothing of it is shown`, () => {
      const read = () => readSettings(() => undefined, { NYLAS_SERVICE_ACCOUNT: text });
      assert.throws(read, (error: NylasError) => {
        assert.equal(error.kind, "setting");
        assert.match(error.message, said);
        assert.match(error.message, /NYLAS_SERVICE_ACCOUNT/);
        assert.doesNotMatch(error.message, /topsecret|BEGIN/);
        return true;
      });
    });
  }

  it("shows nothing of its key when the settings are printed", () => {
    const settings = readSettings(() => undefined, { NYLAS_SERVICE_ACCOUNT: serviceAccountFile() });
    const body = pem("pkcs8").split("\n")[3] ?? assert.fail();
    assert.ok(!inspect(settings, { depth: 9, showHidden: true }).includes(body));
    assert.ok(!JSON.stringify(settings).includes(body));
  });
});

describe("the credential for domains", () => {
  const read = (config: Record<string, string>) => readSettings((key) => config[key], {});
  const both = { "nylas:organizationKey": "k", "nylas:serviceAccount": serviceAccountFile() };

  it("is the organization key, unless only a service account is set", () => {
    assert.equal(read({}).domainCredential, "organizationKey");
    assert.equal(read({ "nylas:organizationKey": "k" }).domainCredential, "organizationKey");
    assert.equal(read({ "nylas:serviceAccount": serviceAccountFile() }).domainCredential, "serviceAccount");
  });

  it("has to be chosen where both are set", () => {
    assert.throws(() => read(both), /both set.*pulumi config set nylas:domainCredential organizationKey/);
    for (const choice of ["organizationKey", "serviceAccount"]) {
      assert.equal(read({ ...both, "nylas:domainCredential": choice }).domainCredential, choice);
    }
    assert.throws(
      () => read({ "nylas:domainCredential": "apiKey" }),
      /"organizationKey" or "serviceAccount"/,
    );
  });

  it("must be of the region that requests go to", () => {
    const european = { "nylas:serviceAccount": serviceAccountFile({ region: "eu" }) };
    assert.throws(
      () => read(european),
      /of region eu, but the region is us \(the default\): set nylas:region to eu/,
    );
    assert.equal(read({ ...european, "nylas:region": "eu" }).serviceAccount?.region, "eu");
  });
});

describe("requests of a service account", () => {
  let remote: Remote;
  beforeEach(async () => {
    remote = await Remote.start();
  });
  afterEach(() => remote.stop());

  const signing = (env: NodeJS.ProcessEnv = {}) =>
    remote.client(
      remote.settings({ NYLAS_ORGANIZATION_KEY: "", NYLAS_SERVICE_ACCOUNT: serviceAccountFile(), ...env }),
    );

  function signatureFits({ method, path, headers, body }: Seen): boolean {
    const envelope = {
      method: method.toLowerCase(),
      nonce: headers["x-nylas-nonce"],
      path: path.split("?")[0],
      ...(["POST", "PUT", "PATCH"].includes(method) ? { payload: body } : {}),
      timestamp: Number(headers["x-nylas-timestamp"]),
    };
    return verify(
      "sha256",
      Buffer.from(JSON.stringify(envelope)),
      publicKey,
      Buffer.from(String(headers["x-nylas-signature"]), "base64"),
    );
  }

  it("go to the older routes, signed over the very bytes that are sent, and without any key", async () => {
    remote.will(
      data(wireDomain),
      data(wireDomain),
      data({}),
      data(wireDomain),
      json(200, { request_id: "r" }),
    );
    const { domains } = signing();
    await domains.create({ name: "Agents & Söhne", address: "agents.example.com" });
    await domains.get("agents.example.com");
    await domains.rename("dom-1", "Z");
    await domains.delete("dom-1");
    assert.deepEqual(remote.asked, [
      "POST /v3/admin/domains",
      "GET /v3/admin/domains/agents.example.com",
      "PUT /v3/admin/domains/dom-1",
      "GET /v3/admin/domains/dom-1",
      "DELETE /v3/admin/domains/dom-1",
    ]);
    assert.equal(remote.seen[0]?.body, '{"domain_address":"agents.example.com","name":"Agents & Söhne"}');
    const deleted = remote.seen.at(-1)!;
    assert.deepEqual(
      [deleted.body, deleted.headers["content-type"]],
      ["", undefined],
      "a DELETE has no body",
    );
    for (const seen of remote.seen) {
      assert.ok(signatureFits(seen), `${seen.method} ${seen.path}`);
      assert.equal(seen.headers.authorization, undefined);
    }
  });

  it("have a nonce of their own for every attempt and every page, and a signature without the query", async () => {
    remote.will(
      refusal(503, "api.internal_error", "later"),
      json(200, { request_id: "r", data: [wireDomain], next_cursor: "p2" }),
      json(200, { request_id: "r", data: [] }),
    );
    await signing().domains.list();
    assert.deepEqual(remote.asked, [
      "GET /v3/admin/domains?limit=200",
      "GET /v3/admin/domains?limit=200",
      "GET /v3/admin/domains?limit=200&page_token=p2",
    ]);
    assert.equal(new Set(remote.seen.map(({ headers }) => headers["x-nylas-nonce"])).size, 3);
    assert.ok(remote.seen.every(signatureFits));
  });

  it("leave the key of the application where it was", async () => {
    remote.will(data([]));
    await signing().workspaces.list();
    assert.match(remote.seen[0]?.headers.authorization ?? "", /^Bearer /);
    assert.equal(remote.seen[0]?.headers["x-nylas-kid"], undefined);
  });

  it("that are refused are not sent again with the other credential; the error names it", async () => {
    const client = signing({ NYLAS_ORGANIZATION_KEY: "org-key", NYLAS_DOMAIN_CREDENTIAL: "serviceAccount" });
    for (const status of [401, 403, 404]) {
      remote.will(refusal(status, "some_error", "no"));
      await assert.rejects(client.domains.list(), (error: NylasError) => {
        assert.match(error.message, /NYLAS_ORGANIZATION_KEY holds an organization key too/);
        assert.match(error.message, /set nylas:domainCredential to organizationKey/);
        return true;
      });
    }
    assert.equal(remote.seen.length, 3);
    assert.ok(remote.asked.every((path) => path.startsWith("GET /v3/admin/domains")));
  });

  it("that are refused with an organization key say that there is an older way", async () => {
    remote.will(refusal(403, "forbidden_access", "no"));
    await assert.rejects(
      remote.client().domains.list(),
      /domains\.read.*with a service account, set nylas:serviceAccount/,
    );
  });

  it("cannot be made without the file, and say where it belongs", async () => {
    const client = signing({ NYLAS_SERVICE_ACCOUNT: "", NYLAS_DOMAIN_CREDENTIAL: "serviceAccount" });
    await assert.rejects(
      client.domains.list(),
      /nylas:serviceAccount is not set.*pulumi config set --secret nylas:serviceAccount.*NYLAS_SERVICE_ACCOUNT/,
    );
    assert.equal(remote.seen.length, 0);
  });

  it("that come back as not signed well say what time it is here", async () => {
    remote.will(refusal(401, "unauthorized", "invalid signature"));
    await assert.rejects(
      signing().domains.list(),
      /clock that is right to within five minutes \(here it is \d{4}-/,
    );
  });
});

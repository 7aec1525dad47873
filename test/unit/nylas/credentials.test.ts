import assert from "node:assert/strict";
import { inspect } from "node:util";
import { readSettings } from "../../../provider/nylas/credentials";
import { NylasError } from "../../../provider/nylas/errors";

const read = (config: Record<string, string>, env: NodeJS.ProcessEnv = {}, connection?: string) =>
  readSettings((key) => config[key], env, connection);

function refused(config: Record<string, string>, env: NodeJS.ProcessEnv = {}): string {
  try {
    read(config, env);
  } catch (error) {
    assert(error instanceof NylasError);
    assert.equal(error.kind, "setting");
    return error.message;
  }
  throw new assert.AssertionError({ message: "the settings were taken" });
}

describe("the settings of a connection", () => {
  it("are complete without anything set, and hold no key", () => {
    const settings = read({});
    assert.equal(settings.apiKey, undefined);
    assert.equal(settings.organizationKey, undefined);
    assert.equal(settings.apiUrl, "https://api.us.nylas.com");
    assert.equal(settings.requestTimeout, 120_000);
    assert.deepEqual(settings.sources, {});
  });

  it("come from the environment before the stack configuration, and remember which", () => {
    const config = { "nylas:apiKey": "from-config", "nylas:organizationKey": "org-config" };
    const settings = read(config, { NYLAS_API_KEY: " from-env\n" });
    assert.equal(settings.apiKey?.reveal(), "from-env");
    assert.equal(settings.sources.apiKey, "NYLAS_API_KEY");
    assert.equal(settings.organizationKey?.reveal(), "org-config");
    assert.equal(settings.sources.organizationKey, "nylas:organizationKey of the stack configuration");
  });

  for (const key of ['"nyk_abc"', "'nyk_abc'", 'nyk_abc"', "nyk_abc\\n", "\\r\\nnyk_abc"]) {
    it(`refuse the key ${key}, before anything is sent and without showing it`, () => {
      const message = refused({}, { NYLAS_API_KEY: key });
      assert.match(message, /NYLAS_API_KEY/);
      assert.match(message, /quotes around it|line break/);
      assert.doesNotMatch(message, /nyk_abc/);
    });
  }

  for (const text of [
    "${NYLAS_KEY}",
    "$NYLAS_KEY",
    "%NYLAS_KEY%",
    "${{ secrets.KEY }}",
    "<your-key>",
    "***",
    "undefined",
  ]) {
    it(`refuse ${text}, which stands where a key was to be filled in`, () => {
      for (const message of [
        refused({}, { NYLAS_API_KEY: text }),
        refused({ "nylas:organizationKey": text }, {}),
      ])
        assert.match(message, /placeholder/);
    });
  }

  it("refuse one key in both places", () => {
    const message = refused({ "nylas:organizationKey": "nyk_abc" }, { NYLAS_API_KEY: "nyk_abc" });
    assert.match(
      message,
      /NYLAS_API_KEY and nylas:organizationKey of the stack configuration hold the same key/,
    );
    assert.doesNotMatch(message, /nyk_abc/);
  });

  it("take an empty variable for one that is not set", () => {
    assert.equal(
      read({ "nylas:apiKey": "k" }, { NYLAS_API_KEY: " " }).sources.apiKey,
      "nylas:apiKey of the stack configuration",
    );
  });

  it("of the region eu go to the host of that region", () => {
    assert.equal(read({}, { NYLAS_REGION: "EU" }).apiUrl, "https://api.eu.nylas.com");
  });

  it("of a named connection have their own keys, region and variables", () => {
    const config = { "nylas:apiKey": "us-key", "nylas-eu:region": "eu", "nylas-eu:apiKey": "eu-key" };
    assert.equal(read(config, {}, "eu").apiKey?.reveal(), "eu-key");
    assert.equal(read(config, {}, "eu").apiUrl, "https://api.eu.nylas.com");
    assert.equal(read(config, { NYLAS_EU_API_KEY: "env" }, "eu").sources.apiKey, "NYLAS_EU_API_KEY");
    assert.equal(read({ "nylas:apiKey": "us-key" }, { NYLAS_API_KEY: "x" }, "eu").apiKey, undefined);
  });

  it("of a named connection share what concerns the whole run", () => {
    const config = { "nylas:auditLog": "audit.jsonl", "nylas:protect": "true", "nylas-eu:protect": "false" };
    assert.equal(read(config, {}, "eu").auditLog, "audit.jsonl");
    assert.equal(read(config, {}, "eu").protect, false);
  });

  it("never show a key", () => {
    const settings = read({ "nylas:apiKey": "nyk_visible" });
    for (const shown of [inspect(settings), JSON.stringify(settings), `${settings.apiKey?.toString()}`]) {
      assert(!shown.includes("nyk_visible"), shown);
    }
    assert.equal(String(settings.apiKey), "[secret]");
  });

  it("refuse a key with a line break in it, and do not repeat the key", () => {
    const message = refused({ "nylas:apiKey": "nyk_first\nnyk_second" });
    assert.match(message, /nylas:apiKey of the stack configuration/);
    assert.doesNotMatch(message, /nyk_/);
  });

  it("refuse a region that does not exist, with what was given and what is allowed", () => {
    assert.match(refused({ "nylas:region": "mars" }), /nylas:region.*"mars".*"us" or "eu"/);
    assert.match(refused({}, { NYLAS_REGION: "mars" }), /NYLAS_REGION/);
  });

  it("refuse http to a public host, and take it on a loopback address", () => {
    assert.match(
      refused({ "nylas:apiUrl": "http://api.us.nylas.com" }),
      /nylas:apiUrl.*http:\/\/api\.us.*https/,
    );
    assert.match(refused({ "nylas:apiUrl": "http://127.0.0.1.example.com" }), /https/);
    for (const url of ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:2"]) {
      assert.equal(read({ "nylas:apiUrl": `${url}/` }).apiUrl, url);
    }
  });

  for (const url of [
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "http://127.0.0.1.nip.io",
    "http://evil.localhost",
    "http://localhost.",
    "http://localhost.localdomain",
    "http://xlocalhost",
    "http://localhost@evil.example",
    "http://127.0.0.1@evil.example",
    "http://localhost:80@evil.example:80",
    "http://localhost%40evil.example",
    "http://evil.example#@localhost",
    "http://evil.example?@localhost",
    "http://evil.example\\@localhost",
    "http:evil.example",
    "http:///evil.example",
    "HTTP://EVIL.EXAMPLE",
    "http://134744072",
    "http://0x08080808",
    "http://010.0.0.1",
    "http://0177.0.0.1.evil.example",
    "http://0.0.0.0",
    "http://0",
    "http://128.0.0.1",
    "http://[::]",
    "http://[::ffff:8.8.8.8]",
    "http://[::ffff:127.0.0.1]",
    "http://[::127.0.0.1]",
    "http://[fe80::1%25lo]",
    "http://[::1%25lo]",
    "http://[::1].evil.example",
    "http://[::1]@evil.example",
    "http://ⓛocalhost.evil.example",
    "http://localhost。evil.example",
    "http://192.168.0.1",
    "http://10.0.0.1",
    "http://169.254.169.254",
    "ftp://localhost",
    "ws://localhost",
    "file:///etc/passwd",
    "javascript:0",
    "//localhost",
    "localhost:8080",
  ]) {
    it(`refuse ${url}`, () => {
      const message = refused({ "nylas:apiUrl": url });
      assert.match(message, /nylas:apiUrl.*https address/);
      assert.doesNotMatch(message, /[\x00-\x1f]/);
    });
  }

  it("take http only where the machine itself is meant, in whichever way it is written", () => {
    const written = {
      "http://LocalHost:8080": "http://localhost:8080",
      "http://2130706433": "http://127.0.0.1",
      "http://0x7f.1:9": "http://127.0.0.1:9",
      "http://0177.0.0.1": "http://127.0.0.1",
      "http://127.0.0.1.": "http://127.0.0.1",
      "http://１２７.0.0.1": "http://127.0.0.1",
      "http://127.255.255.254": "http://127.255.255.254",
      "http://[0:0:0:0:0:0:0:1]:2": "http://[::1]:2",
      "http://localhost\\@evil.example": "http://localhost/@evil.example",
    };
    for (const [given, meant] of Object.entries(written)) {
      assert.equal(read({ "nylas:apiUrl": given }).apiUrl, meant, given);
    }
  });

  it("do not repeat a key that was put into the wrong one", () => {
    const key = "nyk_v0_QxZ7Canary0000000000000000000";
    for (const name of [
      "region",
      "apiUrl",
      "domainCredential",
      "protect",
      "dnsServers",
      "forceDestroy",
      "requestTimeout",
      "serviceAccount",
    ]) {
      for (const given of [key, `["${key}"`, `{"a":"${key}"}`, `["${key}",1]`]) {
        try {
          read({ [`nylas:${name}`]: given });
        } catch (error) {
          assert(error instanceof NylasError);
          assert.doesNotMatch(inspect(error, { depth: null }), /Canary/, name);
        }
      }
    }
  });

  it("refuse an address with a password in it, without repeating it", () => {
    assert.doesNotMatch(refused({ "nylas:apiUrl": "https://me:hunter2@example.com" }), /hunter2/);
  });

  it("refuse the version in the address, a wrong truth, a wrong server, a wrong time", () => {
    assert.match(refused({ "nylas:apiUrl": "https://api.us.nylas.com/v3" }), /without the version/);
    assert.match(refused({ "nylas:protect": "yes" }), /true or false/);
    assert.match(refused({ "nylas:dnsServers": "10.0.0.53:99999" }), /host:port/);
    assert.match(refused({ "nylas:requestTimeout": "-1" }), /seconds/);
  });

  it("take lists as JSON and with commas", () => {
    assert.deepEqual(read({ "nylas:dnsServers": '["10.0.0.53"]' }).dnsServers, ["10.0.0.53:53"]);
    assert.deepEqual(read({}, { NYLAS_DNS_SERVERS: "127.0.0.1:5353, [::1]:53,10.0.0.1" }).dnsServers, [
      "127.0.0.1:5353",
      "[::1]:53",
      "10.0.0.1:53",
    ]);
  });
});

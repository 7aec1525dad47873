import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../../provider/nylas/client";
import { scaledClock } from "../../../provider/nylas/clock";
import { failure } from "../../unit/nylas/failure";
import {
  applicationKey,
  cut,
  cutInside,
  data,
  json,
  organizationKey,
  refusal,
  Remote,
  silence,
  text,
  wireApplication,
  wireDomain,
  wireGrant,
  wirePolicy,
  wireWorkspace,
} from "../../unit/nylas/remote";

let remote: Remote;
let folder: string;
beforeEach(async () => {
  remote = await Remote.start();
  folder = mkdtempSync(join(tmpdir(), "nylas-"));
});
afterEach(async () => {
  await remote.stop();
  rmSync(folder, { recursive: true });
});

describe("a request", () => {
  it("carries exactly the content type the API takes, an empty object where there is no body, and our name", async () => {
    remote.always(json(200, { request_id: "r" }));
    await remote.client().workspaces.delete("ws-1");
    const { headers, body } = remote.seen[0] ?? assert.fail();
    assert.equal(headers["content-type"], "application/json");
    assert.equal(body, "{}");
    assert.match(headers["user-agent"] ?? "", /^pulumi-nylas\/\d+\.\d+\.\d+\S* node\/\d+\.\d+\.\d+$/);
    assert.equal(headers.authorization, `Bearer ${applicationKey}`);
  });

  it("encodes what it puts into the path", async () => {
    remote.always(refusal(404, "not_found_error", "gone"));
    await remote.client().workspaces.get("a b%c&d;é");
    assert.deepEqual(remote.asked, ["GET /v3/workspaces/a%20b%25c%26d%3B%C3%A9"]);
  });

  it("with an id that could be another route is never sent", async () => {
    for (const id of ["../policies/x?y#z", "..%2fpolicies", "a/b", "a?b", "a#b", "a\\b"]) {
      await assert.rejects(async () => remote.client().workspaces.get(id), /no id/);
    }
    assert.deepEqual(remote.seen, []);
  });

  it("with an empty or dotted id is never sent", async () => {
    for (const id of ["", ".", ".."]) {
      await assert.rejects(async () => remote.client().workspaces.delete(id), /no id/);
    }
    assert.deepEqual(remote.seen, []);
  });

  it("about domains goes out with the organization's key, about all else with the application's", async () => {
    remote.will(data(wireDomain), data(wireGrant));
    await remote.client().domains.get("agents.example.com");
    await remote.client().grants.get("grant-1");
    assert.deepEqual(
      remote.seen.map(({ headers }) => headers.authorization),
      [`Bearer ${organizationKey}`, `Bearer ${applicationKey}`],
    );
  });

  it("without its key is not sent, and says how to set the key", async () => {
    const settings = remote.settings({ NYLAS_ORGANIZATION_KEY: "", NYLAS_API_KEY: "" });
    const ofDomain = await failure(remote.client(settings).domains.get("x.example"));
    assert.equal(ofDomain.kind, "credential");
    assert.match(
      ofDomain.message,
      /pulumi config set --secret nylas:organizationKey.*NYLAS_ORGANIZATION_KEY/,
    );
    const ofGrant = await failure(remote.client(settings).grants.get("g"));
    assert.match(ofGrant.message, /pulumi config set --secret nylas:apiKey.*NYLAS_API_KEY/);
    assert.deepEqual(remote.seen, []);
  });

  it("does not follow a redirect, which would hand the key to somebody else", async () => {
    remote.always(text(302, "", { location: `${remote.url}/elsewhere` }));
    const error = await failure(remote.client().grants.get("g"));
    assert.equal(error.kind, "malformed");
    assert.match(error.message, /redirect to http/);
    assert.equal(remote.seen.length, 1);
  });

  it("takes answers of a bounded size only", async () => {
    remote.always(text(200, `{"data":{"id":"${"x".repeat(17 << 20)}"}}`));
    const error = await failure(remote.client().grants.get("g"));
    assert.equal(error.kind, "malformed");
    assert.match(error.message, /more than 16 MiB/);
  });
});

describe("a second attempt", () => {
  for (const status of [408, 429, 500, 502, 503, 504]) {
    it(`follows a ${status} of a read`, async () => {
      remote.will(refusal(status, "api.internal_error", "try later"), data(wireGrant));
      assert.equal((await remote.client().grants.get("grant-1"))?.id, "grant-1");
      assert.equal(remote.seen.length, 2);
    });
  }

  it("follows a lost or cut answer of a read, PUT, PATCH and DELETE", async () => {
    const client = remote.client();
    remote.will(cut, data(wireWorkspace));
    await client.workspaces.get("ws-1");
    remote.will(cutInside, data(wireWorkspace));
    await client.workspaces.update("ws-1", { name: "B" });
    remote.will(cut, json(200, { request_id: "r" }), data(wirePolicy));
    await client.policies.update("pol-1", { name: "B" });
    remote.will(cut, refusal(404, "not_found_error", "gone"));
    assert.equal(await client.workspaces.delete("ws-1"), false);
    assert.equal(remote.seen.length, 9);
  });

  it("is not made after a refusal", async () => {
    for (const status of [400, 401, 403, 404, 409, 422]) {
      remote.will(refusal(status, "some_error", "no"));
      await failure(remote.client().workspaces.update("ws-1", { name: "x" }));
    }
    assert.equal(remote.seen.length, 6);
  });

  it("comes later each time, half by chance, and five times are the end", async () => {
    remote.always(refusal(503, "api.internal_error", "down"));
    const error = await failure(remote.client().grants.get("g"));
    assert.equal(error.kind, "unavailable");
    assert.match(error.message, /503.*after 5 attempts.*request id r-7/);
    assert.equal(remote.seen.length, 5);
    assert.deepEqual(remote.slept, [500, 1000, 2000, 4000]);
  });

  it("waits as long as the answer asks for, up to half a minute", async () => {
    remote.will(
      refusal(429, "nylas_rate_limit_exceeded", "slow down", { "retry-after": "7" }),
      refusal(429, "nylas_rate_limit_exceeded", "slow down", { "retry-after": "900" }),
      data(wireGrant),
    );
    await remote.client().grants.get("g");
    assert.deepEqual(
      remote.slept.filter((wait) => wait > 1000),
      [7250, 30250],
    );
  });

  it("follows no exhausted quota, which waiting does not cure", async () => {
    remote.always(refusal(429, "quota_exceeded_error", "monthly quota exceeded"));
    const error = await failure(remote.client().grants.get("g"));
    assert.equal(error.kind, "quota");
    assert.equal(remote.seen.length, 1);
  });

  it("follows a create only where nothing can have been written: 429", async () => {
    remote.will(refusal(429, "rate_limit_error", "slow down"), data(wireWorkspace));
    await remote.client().workspaces.create({ name: "A", autoGroup: false });
    assert.equal(remote.seen.length, 2);
  });

  it("follows a create whose connection was refused", async () => {
    const free = createTcpServer();
    await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const settings = remote.settings({ NYLAS_API_URL: `http://127.0.0.1:${port}` });
    const error = await failure(remote.client(settings).workspaces.create({ name: "A", autoGroup: false }));
    assert.equal(error.kind, "unavailable");
    assert.match(error.message, /ECONNREFUSED.*after 5 attempts/);
  });

  it("of info and verify does no harm", async () => {
    const attempt = { domain_id: "dom-1", status: "pending", attempt: null };
    remote.will(refusal(502, "x", "bad gateway"), data(attempt), cut, data(attempt));
    const client = remote.client();
    assert.equal((await client.domains.info("dom-1", "mx")).record, undefined);
    assert.equal((await client.domains.verify("dom-1", "mx")).status, "pending");
    assert.equal(remote.seen.length, 4);
  });

  it("is made once at most after a time-out", async () => {
    remote.always(silence);
    const settings = remote.settings({ NYLAS_REQUEST_TIMEOUT: "0.15" });
    const error = await failure(remote.client(settings).grants.get("g"));
    assert.equal(error.kind, "unavailable");
    assert.match(error.message, /in time.*after 2 attempts/);
    assert.equal(remote.seen.length, 2);
  });
});

describe("a create whose outcome is open is ambiguous and is not repeated", () => {
  const cases = {
    "a reset connection": cut,
    "a cut answer": cutInside,
    "a 500": refusal(500, "api.internal_error", "oops"),
    "a 503 that says when to come again": refusal(503, "x", "later", { "retry-after": "1" }),
    "a proxy's 502": text(502, "<html>Bad Gateway</html>"),
    "a success that is no JSON": text(200, "<html>Welcome</html>"),
    "a success without a body": text(201, ""),
    "a success without the id": data({ name: "Tenant A" }),
    "no answer in time": silence,
  };
  for (const [name, answer] of Object.entries(cases)) {
    it(`after ${name}`, async () => {
      remote.always(answer);
      const settings = remote.settings({ NYLAS_REQUEST_TIMEOUT: "0.2" });
      const error = await failure(
        remote.client(settings).workspaces.create({ name: "Tenant A", autoGroup: false }),
      );
      assert.equal(error.kind, "ambiguous", error.message);
      assert.equal(error.operation, 'create workspace "Tenant A"');
      assert.match(error.message, /not known whether it was done/);
      assert.equal(remote.seen.length, 1);
    });
  }

  it("but not after a redirect or a page that is not of Nylas", async () => {
    remote.will(
      text(307, "", { location: "https://login.example.com/" }),
      text(403, "<html>Blocked by proxy</html>"),
    );
    for (let n = 0; n < 2; n++) {
      const error = await failure(remote.client().workspaces.create({ name: "A", autoGroup: false }));
      assert.equal(error.kind, "malformed");
    }
  });
});

describe("an error", () => {
  it("after a refused key says which key, from where, to which host, and the way out", async () => {
    remote.always(
      json(401, { request_id: "r-9", error: { code: "token.unauthorized_access", message: "Bad token" } }),
    );
    const fromEnvironment = await failure(remote.client().grants.get("g"));
    assert.equal(fromEnvironment.kind, "credential");
    assert.equal(fromEnvironment.type, "token.unauthorized_access");
    assert.equal(fromEnvironment.requestId, "r-9");
    for (const part of [
      "key from NYLAS_API_KEY",
      remote.url,
      "region us",
      "--run-program",
      "request id r-9",
    ]) {
      assert(fromEnvironment.message.includes(part), `${part}: ${fromEnvironment.message}`);
    }
    const settings = remote.settings({ NYLAS_API_KEY: "" }, { "nylas:apiKey": "old" });
    const fromConfig = await failure(remote.client(settings).grants.get("g"));
    assert.match(fromConfig.message, /key from nylas:apiKey of the stack configuration/);
  });

  it("after a 403 on domains hints at the organization's key", async () => {
    remote.always(refusal(403, "insufficient_scopes", "missing permission"));
    const error = await failure(remote.client().domains.get("x.example"));
    assert.equal(error.kind, "forbidden");
    assert.match(error.message, /bound to the organization.*nylas:organizationKey/);
  });

  it("for a plan's cap is in words, whatever its status", async () => {
    const cases = [
      refusal(403, "forbidden_access", "Maximum number of accounts (3) reached for this plan"),
      refusal(422, "invalid_request_error", "maximum number of domains exceeded"),
    ];
    for (const answer of cases) {
      remote.will(answer);
      const error = await failure(remote.client().grants.create({ email: "a@x.example" }));
      assert.equal(error.kind, "quota", error.message);
      assert.match(error.message, /Full Platform: 20/);
    }
  });

  it("for a domain that is not registered names the domain", async () => {
    const cases = [
      refusal(404, "api.not_found_error", "Provisioning the inbox failed: Domain not found"),
      refusal(400, "invalid_request_error", "domain is not registered"),
      refusal(422, "invalid_request_error", "The domain doesn't exist"),
    ];
    for (const answer of cases) {
      remote.will(answer);
      const error = await failure(remote.client().grants.create({ email: "ops@agents.example.com" }));
      assert.equal(error.kind, "refused");
      assert.match(error.message, /domain agents\.example\.com is not registered.*register it first/);
    }
  });

  it("for a workspace of elsewhere names the workspace, not the domain", async () => {
    remote.will(refusal(404, "not_found_error", "workspace not found"));
    const error = await failure(remote.client().grants.create({ email: "a@x.example", workspaceId: "ws-9" }));
    assert.equal(error.kind, "refused");
    assert.match(error.message, /workspace ws-9 does not exist in the application/);
  });

  it("for a limit above the plan says the maxima and our names", async () => {
    remote.will(
      refusal(400, "invalid_request_error", "limit_count_daily_email_sent exceeds the maximum of your plan"),
    );
    const error = await failure(remote.client().policies.create({ name: "P", limits: { dailySends: 9999 } }));
    assert.equal(error.kind, "quota");
    assert.match(error.message, /limit_count_daily_email_sent \(dailySends\).*200 \/ unlimited/);
  });

  it("for something that is there already is a conflict, as 409 and as 400", async () => {
    remote.will(refusal(409, "conflict", "taken"), refusal(400, "bad_request", "workspace already exists"));
    for (let n = 0; n < 2; n++) {
      const error = await failure(remote.client().workspaces.create({ name: "A", autoGroup: false }));
      assert.equal(error.kind, "conflict");
    }
  });

  it("with a 404 that is not of Nylas is never 'not there'", async () => {
    for (const answer of [
      text(404, "<html>404</html>"),
      json(404, { message: "no Route matched" }),
      text(404, ""),
    ]) {
      remote.will(answer);
      const error = await failure(remote.client().workspaces.get("ws-1"));
      assert.equal(error.kind, "malformed");
      assert.match(error.message, /not of Nylas.*NYLAS_API_URL/);
    }
  });

  it("with a 404 of Nylas is 'not there'", async () => {
    remote.will(
      refusal(404, "xyz.not_found_error", "not found"),
      json(404, { type: "not_found_error", message: "gone" }),
    );
    assert.equal(await remote.client().workspaces.get("ws-1"), undefined);
    assert.equal(await remote.client().workspaces.delete("ws-1"), false);
  });

  it("never holds a key or a password, even where the other side repeats them", async () => {
    const password = 'Secret"Pass/word-1';
    const echo = `got ${applicationKey} and ${JSON.stringify({ password })} and ${encodeURIComponent(password)}`;
    remote.will(refusal(400, "invalid_request_error", echo), text(400, echo));
    for (let n = 0; n < 2; n++) {
      const error = await failure(
        remote.client().grants.create({ email: "a@x.example", appPassword: password }),
      );
      const shown = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
      assert(!shown.includes(applicationKey) && !/Secret/.test(shown), shown);
    }
  });

  it("of a proxy that lets nothing through names the proxy, and the create is not ambiguous", () => {
    // A process of its own: the proxy settings are the process's.
    const script = `
      process.env.HTTPS_PROXY = "http://127.0.0.1:" + process.argv[1];
      const { connect } = require("./provider/nylas/client");
      const { clockOf } = require("./provider/nylas/clock");
      const { readSettings } = require("./provider/nylas/credentials");
      connect(readSettings(() => undefined, { NYLAS_API_KEY: "k" }), clockOf(process.env)).workspaces.create({ name: "A", autoGroup: false })
        .catch((error) => console.log(JSON.stringify({ kind: error.kind, message: error.message })));`;
    const proxy = `
      const server = require("node:http").createServer();
      server.on("connect", (request, socket) => { console.error(request.url); socket.end("HTTP/1.1 403 Forbidden\\r\\n\\r\\n"); });
      server.listen(0, "127.0.0.1", () => {
        const child = require("node:child_process").spawn(process.execPath,
          ["-r", "ts-node/register", "-e", ${JSON.stringify(script)}, String(server.address().port)],
          { stdio: "inherit", env: { ...process.env, NYLAS_TEST_TIME_SCALE: "0.001" } });
        child.on("exit", () => process.exit());
      });`;
    const out = execFileSync(process.execPath, ["-e", proxy], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { kind, message } = JSON.parse(out) as { kind: string; message: string };
    assert.equal(kind, "unavailable");
    assert.match(message, /no connection through the proxy.*HTTPS_PROXY/);
  });
});

describe("what a run leaves behind", () => {
  it("is a trace line per attempt, without bodies and secrets, where one was asked for", async () => {
    const file = join(folder, "trace.log");
    remote.will(refusal(503, "x", "down"), data(wireGrant), data(wireGrant));
    const client = remote.client(remote.settings({ NYLAS_TRACE: file }));
    await client.grants.update("grant-1", { appPassword: "Hidden-Password-0815" });
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    assert.match(lines[0] ?? "", / nylas GET \/v3\/grants\/grant-1 503 \d+ ms request r-7 attempt 1$/);
    assert.match(lines[1] ?? "", / GET \/v3\/grants\/grant-1 200 \d+ ms request r-1 attempt 2$/);
    assert.match(lines[2] ?? "", / PATCH \/v3\/grants\/grant-1 200 /);
    assert.equal(lines.length, 3);
    assert.doesNotMatch(lines.join(), /Hidden|nyk_/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it("is a line of audit per write and none per read, for the owner's eyes", async () => {
    const file = join(folder, "audit.jsonl");
    const client = remote.client(remote.settings({ NYLAS_AUDIT_LOG: file }));
    remote.will(data(wireGrant), data({ domain_id: "d", status: "pending" }));
    await client.grants.get("grant-1");
    await client.domains.info("dom-1", "mx");
    assert(!existsSync(file));
    remote.will(data(wireWorkspace), cut);
    await client.workspaces.create({ name: "Tenant A", autoGroup: false });
    await failure(client.grants.create({ email: "a@x.example", appPassword: "Hidden-Password-0815" }));
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      { ...first, time: typeof first?.time },
      {
        time: "string",
        method: "POST",
        path: "/v3/workspaces",
        object: 'workspace "Tenant A"',
        status: 200,
        requestId: "r-1",
      },
    );
    assert.equal(second?.object, "account a@x.example");
    assert.equal(second?.requestId, null);
    assert.equal(lines.length, 2);
    assert.doesNotMatch(lines.join(), /Hidden/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it("is nothing at all where the audit log cannot be written: the write is not made", async () => {
    const client = remote.client(
      remote.settings({ NYLAS_AUDIT_LOG: join(folder, "missing", "audit.jsonl") }),
    );
    const error = await failure(client.workspaces.delete("ws-1"));
    assert.equal(error.kind, "setting");
    assert.match(error.message, /nylas:auditLog.*ENOENT/);
    assert.deepEqual(remote.seen, []);
  });
});

describe("when the engine is gone", () => {
  it("no new write starts, and one under way is left to finish", async () => {
    const client = remote.client();
    remote.will((response) => {
      remote.lifetime.stop("the engine is gone");
      setTimeout(() => data(wireWorkspace)(response, undefined as never), 20);
    });
    assert.equal((await client.workspaces.create({ name: "A", autoGroup: false })).id, "ws-1");
    const error = await failure(client.workspaces.delete("ws-1"));
    assert.match(error.message, /the engine is gone/);
    assert.equal(remote.seen.length, 1);
  });

  it("a wait for the next attempt ends", async () => {
    remote.always((response, request) => {
      remote.lifetime.stop("the engine is gone");
      refusal(503, "x", "down")(response, request);
    });
    assert.match((await failure(remote.client().policies.delete("pol-1"))).message, /the engine is gone/);
    assert.equal(remote.seen.length, 1);
  });
});

describe("a connection", () => {
  it("is one per process for the same settings, and another for another key", () => {
    const connected = (change?: Record<string, string>) => connect(remote.settings(change), clock);
    const clock = scaledClock(1);
    assert.equal(connected(), connected());
    assert.notEqual(connected(), connected({ NYLAS_API_KEY: "other" }));
  });

  it("asks for its application once, however many ask at the same time, and again after a failure", async () => {
    const client = remote.client();
    remote.will(refusal(401, "unauthorized", "no"), data(wireApplication));
    await failure(client.application());
    const [first, second] = await Promise.all([client.application(), client.application()]);
    assert.deepEqual(first, second);
    assert.equal(first?.defaultWorkspaceId, "ws-default");
    assert.equal(remote.seen.length, 2);
  });

  it("loads neither undici nor zod before the first request", () => {
    const script = `
      const { connect } = require("./provider/nylas/client");
      const { clockOf } = require("./provider/nylas/clock");
      const { readSettings } = require("./provider/nylas/credentials");
      const api = connect(readSettings(() => undefined, { NYLAS_API_KEY: "k", NYLAS_API_URL: "http://127.0.0.1:9" }), clockOf(process.env));
      const loaded = () => ["undici", "zod"].map((name) =>
        Object.keys(require.cache).some((file) => file.includes("/node_modules/" + name + "/")));
      const before = loaded();
      api.application().catch(() => console.log(JSON.stringify({ before, after: loaded() })));`;
    const out = execFileSync(process.execPath, ["-r", "ts-node/register", "-e", script], {
      encoding: "utf8",
      env: { ...process.env, NYLAS_TEST_TIME_SCALE: "0.001" },
    });
    const { before, after } = JSON.parse(out) as { before: boolean[]; after: boolean[] };
    assert.deepEqual(before, [false, false]);
    assert.equal(after[0], true);
  });

  it("goes past the proxy for a loopback address", async () => {
    let proxied = 0;
    const proxy = createServer()
      .on("request", () => proxied++)
      .on("connect", () => proxied++);
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const before = process.env.HTTP_PROXY;
    process.env.HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      remote.will(data(wireGrant));
      await remote.client().grants.get("grant-1");
      assert.equal(proxied, 0);
    } finally {
      if (before === undefined) delete process.env.HTTP_PROXY;
      else process.env.HTTP_PROXY = before;
      await new Promise((resolve) => proxy.close(resolve));
    }
  });
});

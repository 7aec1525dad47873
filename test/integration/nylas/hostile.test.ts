import assert from "node:assert/strict";
import dns from "node:dns";
import { mkdtempSync, existsSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import {
  type AddressInfo,
  connect as connectTcp,
  createServer as createTcpServer,
  type Socket,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import * as undici from "undici";
import { type NylasApi } from "../../../provider/nylas/api";
import { NylasError } from "../../../provider/nylas/errors";
import { failure } from "../../unit/nylas/failure";
import {
  applicationKey,
  data,
  json,
  organizationKey,
  refusal,
  Remote,
  text,
  wireGrant,
} from "../../unit/nylas/remote";
import { selfSigned } from "./selfSigned";
import { serviceAccountFile } from "../../unit/nylas/throwawayKey";

let remote: Remote;
let folder: string;
const cleanUp: (() => unknown)[] = [];
beforeEach(async () => {
  remote = await Remote.start();
  folder = mkdtempSync(join(tmpdir(), "nylas-"));
});
afterEach(async () => {
  await remote.stop();
  rmSync(folder, { recursive: true });
  for (const each of cleanUp.splice(0)) await each();
});

describe("a redirect", () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it(`${status} is followed by no method, to no host, with no key`, async () => {
      const elsewhere = await Remote.start();
      cleanUp.push(() => elsewhere.stop());
      elsewhere.always(data(wireGrant));
      for (const target of [
        `${elsewhere.url}/v3/grants/grant-1`,
        `${remote.url}/v3/grants/other`,
        "/other",
        "//",
      ]) {
        remote.always(text(status, "", { location: target }));
        const { grants, workspaces, webhooks, domains } = remote.client();
        const errors = await Promise.all(
          [
            grants.get("grant-1"),
            grants.delete("grant-1"),
            workspaces.update("ws-1", { name: "x" }),
            webhooks.rotateSecret("hook-1"),
            domains.create({ name: "x", address: "x.example" }),
          ].map(failure),
        );
        for (const { kind } of errors) assert.equal(kind, "malformed");
        assert.deepEqual(remote.seen.map(({ method }) => method).sort(), [
          "DELETE",
          "GET",
          "PATCH",
          "POST",
          "POST",
        ]);
        remote.seen.length = 0;
      }
      assert.deepEqual(elsewhere.seen, []);
    });
  }
});

describe("an id, wherever it comes from", () => {
  /** What each call asks with the id "ID" in the place of the id. */
  const calls: Record<string, (api: NylasApi, id: string) => Promise<unknown>> = {
    "GET /v3/grants/ID": ({ grants }, id) => grants.get(id),
    "DELETE /v3/grants/ID": ({ grants }, id) => grants.delete(id),
    "GET /v3/grants/ID/messages?limit=1": ({ grants }, id) => grants.holdsMail(id),
    "GET /v3/grants/ID/folders?limit=200": ({ folders }, id) => folders.list(id),
    "DELETE /v3/grants/g/folders/ID": ({ folders }, id) => folders.delete("g", id),
    "POST /v3/workspaces/ID/manual-assign": ({ grants }, id) => grants.removeFromWorkspace("g", id),
    "GET /v3/workspaces/ID": ({ workspaces }, id) => workspaces.get(id),
    "PATCH /v3/workspaces/ID": ({ workspaces }, id) => workspaces.update(id, { name: "x" }),
    "DELETE /v3/workspaces/ID": ({ workspaces }, id) => workspaces.delete(id),
    "PUT /v3/policies/ID": ({ policies }, id) => policies.update(id, { name: "x" }),
    "DELETE /v3/policies/ID": ({ policies }, id) => policies.delete(id),
    "GET /v3/domains/ID": ({ domains }, id) => domains.get(id),
    "POST /v3/domains/ID/info": ({ domains }, id) => domains.info(id, "mx"),
    "POST /v3/domains/ID/verify": ({ domains }, id) => domains.verify(id, "mx"),
    "PUT /v3/domains/ID": ({ domains }, id) => domains.rename(id, "x"),
    "DELETE /v3/domains/ID": ({ domains }, id) => domains.delete(id),
    "PUT /v3/rules/ID": ({ rules }, id) => rules.update(id, { name: "x" }),
    "DELETE /v3/rules/ID": ({ rules }, id) => rules.delete(id),
    "GET /v3/lists/ID/items?limit=200": ({ lists }, id) => lists.items(id),
    "DELETE /v3/lists/ID": ({ lists }, id) => lists.delete(id),
    "PUT /v3/webhooks/ID": ({ webhooks }, id) => webhooks.update(id, { status: "pause" }),
    "POST /v3/webhooks/rotate-secret/ID": ({ webhooks }, id) => webhooks.rotateSecret(id),
    "DELETE /v3/webhooks/ID": ({ webhooks }, id) => webhooks.delete(id),
    "PATCH /v3/iam/principals/ID": ({ principals }, id) => principals.update(id, { name: "x" }),
    "DELETE /v3/iam/principals/ID": ({ principals }, id) => principals.delete(id),
    "DELETE /v3/iam/principals/ID/credentials/k": ({ apiKeys }, id) => apiKeys.delete(id, "k"),
    "DELETE /v3/iam/principals/p/credentials/ID": ({ apiKeys }, id) => apiKeys.delete("p", id),
  };
  const spiteful = [
    "../policies/p-1",
    "..%2fpolicies%2fp-1",
    "%2e%2e/grants",
    "%2e%2e",
    ".%2E",
    "./x",
    "x/..",
    "/",
    "//evil.example/",
    "\\..\\x",
    "a?limit=1",
    "a#b",
    "a;b=c",
    "a%00b",
    "a\0b",
    "a\r\nx-injected: 1",
    "\t",
    " ",
    "http://evil.example/x",
    "@evil.example",
    "İ‮gro.elpmaxe‬",
    "аgents.example.com",
    "😀",
    "x".repeat(2000),
  ];
  const id = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...spiteful) },
    {
      weight: 2,
      arbitrary: fc
        .array(fc.constantFrom(..."./\\?#%25e2EfF@:;&=+ \n\t\0a".split("")), { maxLength: 12 })
        .map((parts) => parts.join("")),
    },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
    { weight: 2, arbitrary: fc.uuid() },
  );

  it("reaches no other route, even past a proxy that decodes too often: it is one segment, whole, or nothing is sent", async function () {
    this.timeout(60_000);
    remote.always((response, request) => {
      // Calls that read first find what they look for.
      if (request.method === "GET" && request.url === "/v3/grants/g")
        data({ ...wireGrant, id: "g" })(response, request);
      else refusal(404, "not_found_error", "gone")(response, request);
    });
    const client = remote.client();
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.entries(calls)), id, async ([route, call], given) => {
        remote.seen.length = 0;
        try {
          await call(client, given);
        } catch (error) {
          assert(error instanceof NylasError, inspect(error));
        }
        const expected = route.replace("ID", () => encodeURIComponent(given));
        const asked = remote.asked.filter((each) => each !== "GET /v3/grants/g");
        const [only] = asked;
        if (only === undefined) return assert.ok(!/^[\w@.:+-]*[\w@:+-]$/.test(given), `${given} was refused`);
        assert.equal(asked.length, 1);
        assert.equal(only, expected);
        let path = only.split(" ")[1]!.split("?")[0]!;
        const segments = expected.split(" ")[1]!.split("/").length;
        for (let times = 0; times < 4; times++) {
          assert.equal(new URL(path, "https://api.example").pathname.split("/").length, segments, path);
          assert.doesNotMatch(path, /[?#\\\x00-\x1f]|\/\/|\/$/);
          path = path.replace(/%[0-7][0-9a-f]/gi, (code) => decodeURIComponent(code));
        }
        sent++;
        return undefined;
      }),
      { numRuns: 1500 },
    );
    assert.ok(sent > 300, `only ${sent} were sent`);
  });

  it("that is half a character, which no path can carry, is refused as no id", async () => {
    const error = await failure(remote.client().policies.get("p-\ud800"));
    assert.equal(error.kind, "refused");
    assert.match(error.message, /no id/);
    assert.deepEqual(remote.seen, []);
  });
});

describe("an answer without end", () => {
  it("in the body, without a length, is left at 16 MiB", async () => {
    let sent = 0;
    let closed!: () => void;
    const end = new Promise<void>((done) => (closed = done));
    remote.always((response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(1 << 20, 32);
      response.on("close", closed);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        sent += chunk.length;
      };
      response.on("drain", more);
      more();
    });
    const error = await failure(remote.client().workspaces.delete("ws-1"));
    assert.match(error.message, /more than 16 MiB/);
    await end;
    assert.ok(sent < 64 << 20, `${sent >> 20} MiB were sent`);
  });

  it("in the header is refused at 16 KiB", async () => {
    remote.always((response) => {
      response.writeHead(200, { "x-much": "x".repeat(20_000) });
      response.end("{}");
    });
    const error = await failure(remote.client().grants.get("g"));
    assert.match(error.message, /UND_ERR_HEADERS_OVERFLOW/);
    assert.doesNotMatch(error.message, /xxx/);
  });

  it("that is packed is not unpacked, and not shown", async () => {
    const bomb = gzipSync(Buffer.alloc(100 << 20, 32));
    remote.always((response) => {
      response.writeHead(200, { "content-encoding": "gzip", "content-type": "application/json" });
      response.end(bomb);
    });
    const before = process.memoryUsage().rss;
    const error = await failure(remote.client().grants.get("g"));
    assert.equal(error.kind, "malformed");
    assert.match(error.message, /\d+ bytes that are no text/);
    assert.ok(process.memoryUsage().rss - before < 60 << 20, "it was unpacked");
    assert.equal(remote.seen[0]?.headers["accept-encoding"], undefined);
  });

  for (const [where, drip] of Object.entries({
    "the status line": (socket: Socket) => socket.write("H"),
    "the header": (socket: Socket) => socket.write("HTTP/1.1 200 OK\r\nx-a: b"),
    "the body": (socket: Socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{"),
    "news about an answer to come": (socket: Socket) => socket.write("HTTP/1.1 103 Early Hints\r\n\r\n"),
  })) {
    it(`byte by byte in ${where} ends with the time of an attempt`, async () => {
      const server = createTcpServer((socket) => {
        socket.on("error", () => undefined);
        drip(socket);
        const timer = setInterval(() => {
          if (where.startsWith("news")) drip(socket);
          else socket.write(where === "the status line" ? "" : " ");
        }, 20);
        socket.on("close", () => clearInterval(timer));
      });
      const port = await listen(server);
      const settings = remote.settings({
        NYLAS_API_URL: `http://127.0.0.1:${port}`,
        NYLAS_REQUEST_TIMEOUT: "0.3",
      });
      const began = performance.now();
      const error = await failure(remote.client(settings).workspaces.create({ name: "A", autoGroup: false }));
      assert.equal(error.kind, "ambiguous");
      assert.match(error.message, /in time/);
      assert.ok(performance.now() - began < 20_000);
    });
  }

  it("in the depth of its JSON ends in an error in words, in whatever part it is", async () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    remote.will(
      text(200, `{"request_id":"r","data":[${deep}]}`),
      text(200, deep),
      text(400, `{"request_id":"r","error":{"type":"t","message":"m","validation_errors":${deep}}}`),
      text(400, `{"request_id":"r","error":{"type":"t","message":"m","validation_errors":{"a":${deep}}}}`),
    );
    const { policies, workspaces } = remote.client();
    assert.match(
      (await failure(policies.list())).message,
      /with (JSON that is nested too deep|something that is not)/,
    );
    assert.equal((await failure(workspaces.list())).kind, "malformed");
    for (let n = 0; n < 2; n++) {
      const error = await failure(workspaces.update("ws-1", { name: "x" }));
      assert.match(error.message, /Nylas answered 400 \(t\): m/);
    }
  });
});

describe("an answer that repeats the request", () => {
  const password = 'Canary/Pass"word&<1>+äöü'.replace("äöü", "aou");
  /** The ways in which a page, a log or a body has been seen to write a value. */
  const writings: Record<string, (secret: string) => string> = {
    plain: (secret) => secret,
    "JSON in JSON": (secret) => JSON.stringify({ body: JSON.stringify({ app_password: secret }) }),
    URL: (secret) =>
      `?p=${encodeURIComponent(secret)}&q=${encodeURIComponent(secret).replace(/%../g, (c) => c.toLowerCase())}`,
    form: (secret) => new URLSearchParams({ p: secret }).toString(),
    HTML: (secret) =>
      secret
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replaceAll('"', "&quot;"),
    "base64 of a header": (secret) => Buffer.from(`Authorization: Bearer ${secret}\r\n`).toString("base64"),
    "base64 of a body": (secret) => Buffer.from(`{"app_password":"${secret}"}`).toString("base64"),
    "base64 for addresses": (secret) => Buffer.from(`x${secret}y`).toString("base64url"),
  };
  for (const [name, write] of Object.entries(writings)) {
    it(`as ${name} has no secret left in it when it is shown`, async () => {
      const echo = [password, applicationKey, organizationKey].map(write).join(" ");
      for (const answer of [
        refusal(400, "invalid_request_error", echo),
        refusal(400, echo, "no"),
        json(422, {
          request_id: echo,
          error: { type: "t", message: "m", validation_errors: { [echo]: [echo] } },
        }),
        text(502, `<html>${echo}</html>`),
        text(404, echo),
        text(307, "", { location: `https://login.example/?${encodeURIComponent(echo)}` }),
        text(200, `got: ${echo}`),
        json(400, { message: "x" }, { "x-request-id": echo.replace(/[^\x20-\x7e]/g, "") }),
      ]) {
        remote.will(answer);
        const error = await failure(
          remote.client().grants.create({ email: "a@x.example", appPassword: password }),
        );
        const shown = inspect(error, { depth: null, showHidden: true }) + error.message;
        for (const secret of [password, applicationKey, organizationKey]) assertAbsent(shown, secret);
      }
    });
  }

  it("is cleaned before it is cut: no part of a secret is left at the end", async () => {
    const key = `nyk_${"0123456789abcdef".repeat(4)}`;
    const settings = remote.settings({ NYLAS_API_KEY: key });
    for (let before = 60; before < 130; before += 7) {
      remote.will(
        text(403, `${"<".repeat(before)}${key}`),
        text(301, "", { location: `https://x.example/${"y".repeat(before + 60)}${key}` }),
      );
      for (let n = 0; n < 2; n++) {
        const error = await failure(remote.client(settings).grants.get("g"));
        assert.doesNotMatch(error.message, /nyk_|0123/, `${before}`);
      }
    }
    for (let before = 530; before < 600; before += 7) {
      remote.will(refusal(400, "t", "z".repeat(before) + key));
      assert.doesNotMatch((await failure(remote.client(settings).grants.get("g"))).message, /nyk_|0123/);
    }
  });

  it("and ends in the middle of a key that Nylas has just made is not shown", async () => {
    const whole = JSON.stringify({
      request_id: "r",
      data: { id: "w", webhook_secret: "whsec-3b1f-of-a-webhook" },
    });
    for (const length of [whole.length - 1, whole.length - 6]) {
      for (const status of [200, 500]) {
        remote.will(text(status, whole.slice(0, length)));
        const error = await failure(
          remote.client().webhooks.create({ url: "https://x.example", triggers: ["grant.created"] }),
        );
        assert.equal(error.kind, "ambiguous");
        assert.doesNotMatch(inspect(error, { depth: null }), /whsec|3b1f/);
        assert.match(error.message, /begin as JSON and are none/);
      }
    }
  });

  it("with the signature of a service account does not show the signature", async () => {
    remote.always((response, request) =>
      refusal(400, "t", JSON.stringify(request.headers))(response, request),
    );
    const settings = remote.settings({
      NYLAS_ORGANIZATION_KEY: "",
      NYLAS_SERVICE_ACCOUNT: serviceAccountFile(),
    });
    const error = await failure(remote.client(settings).domains.get("x.example"));
    const signature = String(remote.seen[0]?.headers["x-nylas-signature"]);
    assert.ok(signature.length > 300);
    assertAbsent(error.message, signature);
  });

  it("cannot write a second line into the trace, nor codes for the terminal", async () => {
    const file = join(folder, "trace.log");
    const client = remote.client(remote.settings({ NYLAS_TRACE: file }));
    remote.will(
      json(200, {
        request_id: `r\n2026 nylas DELETE /v3/grants/x 200\u001b[2J ${applicationKey}`,
        data: wireGrant,
      }),
    );
    await client.grants.get("grant-1");
    const lines = readFileSync(file, "utf8").split("\n");
    assert.equal(lines.length, 2);
    assert.doesNotMatch(lines[0]!, /\u001b|nyk_/);
  });
});

describe("a log that cannot be written", () => {
  it("of the trace takes no answer away: the object is made, and its id comes back", async () => {
    const client = remote.client(remote.settings({ NYLAS_TRACE: join(folder, "missing", "trace.log") }));
    remote.will(data({ ...wireGrant }));
    assert.equal((await client.grants.create({ email: wireGrant.email })).id, "grant-1");
  });

  it("of the audit any more keeps the answer of the write that is done, and makes no further one", async function () {
    if (!existsSync("/dev/full")) this.skip();
    const client = remote.client(remote.settings({ NYLAS_AUDIT_LOG: "/dev/full" }));
    remote.will(data(wireGrant));
    assert.equal((await client.grants.create({ email: wireGrant.email })).id, "grant-1");
    const error = await failure(client.grants.delete("grant-1"));
    assert.equal(error.kind, "setting");
    assert.match(error.message, /audit log \/dev\/full.*ENOSPC/);
    assert.equal(remote.seen.length, 1);
  });
});

describe("TLS", () => {
  /** An https server with a certificate that nobody vouches for. */
  async function untrusted(): Promise<{ port: number; asked: string[] }> {
    const asked: string[] = [];
    const server = createTlsServer(selfSigned("localhost", "api.nylas.invalid"), (request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      data(wireGrant)(response, request);
    });
    server.on("tlsClientError", () => undefined);
    return { port: await listen(server), asked };
  }

  /** A proxy that lets everything through, to this port. */
  async function proxyTo(port: number): Promise<{ url: string; tunnels: string[] }> {
    const tunnels: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request: IncomingMessage, socket: Socket) => {
      tunnels.push(request.url ?? "");
      const there = connectTcp(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(there).pipe(socket);
      });
      for (const end of [there, socket]) end.on("error", () => undefined);
    });
    return { url: `http://127.0.0.1:${await listen(proxy)}`, tunnels };
  }

  for (const said of ["0", undefined]) {
    it(`with a certificate of nobody's is no connection${said ? ", even with NODE_TLS_REJECT_UNAUTHORIZED=0" : ""}`, async () => {
      const { port, asked } = await untrusted();
      setEnvironment("NODE_TLS_REJECT_UNAUTHORIZED", said);
      if (said) {
        // The switch works: a client that does not say otherwise is talked into it.
        const agent = new undici.Agent();
        await undici.request(`https://localhost:${port}/plain`, { dispatcher: agent });
        await agent.destroy();
        assert.equal(asked.length, 1);
      }
      const settings = remote.settings({ NYLAS_API_URL: `https://localhost:${port}` });
      const error = await failure(remote.client(settings).grants.get("g"));
      assert.equal(error.kind, "unavailable");
      assert.match(error.message, /no trusted connection \(\w*SELF_SIGNED\w*\).*NODE_EXTRA_CA_CERTS/);
      assert.equal(asked.length, said ? 1 : 0);
    });

    it(`through a proxy is looked at as well${said ? ", even with NODE_TLS_REJECT_UNAUTHORIZED=0" : ""}`, async () => {
      const { port, asked } = await untrusted();
      const { url, tunnels } = await proxyTo(port);
      setEnvironment("NODE_TLS_REJECT_UNAUTHORIZED", said);
      setEnvironment("HTTPS_PROXY", url);
      setEnvironment("https_proxy", undefined);
      setEnvironment("NO_PROXY", undefined);
      setEnvironment("no_proxy", undefined);
      const settings = remote.settings({ NYLAS_API_URL: "https://api.nylas.invalid" });
      const error = await failure(remote.client(settings).grants.get("g"));
      assert.match(error.message, /no trusted connection/);
      assert.deepEqual(tunnels, ["api.nylas.invalid:443"]);
      assert.deepEqual(asked, []);
    });
  }

  it("goes past the proxy where NO_PROXY names everything, as other tools read it", async () => {
    const { port, asked } = await untrusted();
    const { url, tunnels } = await proxyTo(port);
    setEnvironment("HTTPS_PROXY", url);
    for (const name of ["https_proxy", "no_proxy"]) setEnvironment(name, undefined);
    setEnvironment("NO_PROXY", "foo, *");
    const settings = remote.settings({
      NYLAS_API_URL: "https://api.nylas.invalid",
      NYLAS_REQUEST_TIMEOUT: "2",
    });
    await failure(remote.client(settings).grants.get("g"));
    assert.deepEqual([tunnels, asked], [[], []]);
  });

  it("is switched off by no setting of ours", () => {
    for (const name of ["insecure", "tlsVerify", "rejectUnauthorized"]) {
      const settings = inspect(
        remote.settings({ [`NYLAS_${name.toUpperCase()}`]: "1" }, { [`nylas:${name}`]: "false" }),
      );
      assert.equal(settings, inspect(remote.settings()));
    }
  });
});

describe("localhost", () => {
  it("is this machine, whatever a resolver says of it: keys go there in plain text", async () => {
    const original = dns.lookup;
    let lookups = 0;
    cleanUp.push(() => (dns.lookup = original));
    dns.lookup = ((_host: string, _options: unknown, done: (error: null, addresses: object[]) => void) => {
      lookups++;
      done(null, [{ address: "192.0.2.1", family: 4 }]);
    }) as typeof dns.lookup;
    remote.will(data(wireGrant));
    const settings = remote.settings({ NYLAS_API_URL: remote.url.replace("127.0.0.1", "localhost") });
    assert.equal((await remote.client(settings).grants.get("grant-1"))?.id, "grant-1");
    assert.equal(lookups, 0);
  });
});

describe("a proxy with a user and a password in its address", () => {
  const [user, password] = ["proxyuser", "Pr0xy-Canary"];
  const credentials = Buffer.from(`${user}:${password}`).toString("base64");

  const refusing = async (status: string): Promise<string> => {
    const proxy = createServer().on("connect", (_request, socket: Socket) =>
      socket.end(`HTTP/1.1 ${status}\r\n\r\n`),
    );
    return `http://${user}:${password}@127.0.0.1:${await listen(proxy)}`;
  };
  const cases: Record<string, [address: () => Promise<string> | string, kind: string]> = {
    "that refuses": [() => refusing("403 Forbidden"), "unavailable"],
    "that wants another one": [() => refusing("407 Proxy Authentication Required"), "unavailable"],
    "that is not there": [
      async () => `http://${user}:${password}@127.0.0.1:${await freePort()}`,
      "unavailable",
    ],
    "that speaks another language": [
      async () => `socks5://${user}:${password}@127.0.0.1:${await freePort()}`,
      "unavailable",
    ],
    "that is no address": [() => `http://${user}:${password}@ex ample:port`, "setting"],
    "that is half encoded": [() => `http://${user}:${password}%zz@127.0.0.1:1`, "setting"],
    "that is of no kind there is": [() => `gopher://${user}:${password}@127.0.0.1:1`, "setting"],
  };
  for (const [name, [address, kind]] of Object.entries(cases)) {
    it(`${name} is told of without them`, async () => {
      setEnvironment("HTTPS_PROXY", await address());
      for (const other of ["https_proxy", "NO_PROXY", "no_proxy"]) setEnvironment(other, undefined);
      const settings = remote.settings({
        NYLAS_API_URL: "https://api.nylas.invalid",
        NYLAS_REQUEST_TIMEOUT: "2",
      });
      const error = await failure(remote.client(settings).workspaces.create({ name: "A", autoGroup: false }));
      assert.equal(error.kind, kind, error.message);
      const shown = inspect(error, { depth: null, showHidden: true });
      for (const part of [password, user, credentials]) assertAbsent(shown, part);
    });
  }
});

describe("a service account that cannot be read", () => {
  it("is never repeated, however it is broken", () => {
    const whole = serviceAccountFile();
    const { private_key: pem } = JSON.parse(whole) as { private_key: string };
    const middle = pem.replace(/-----[^-]+-----|\s/g, "");
    const broken = [
      whole.slice(0, -1),
      whole.replace(/"/g, "'"),
      pem,
      JSON.stringify(pem),
      JSON.stringify([pem]),
      serviceAccountFile({ private_key: middle }),
      serviceAccountFile({ private_key: pem.replace("M", "!") }),
      serviceAccountFile({ private_key: [pem] }),
      serviceAccountFile({ private_key_id: pem }),
      serviceAccountFile({ private_key_id: "" }),
    ];
    for (const file of broken) {
      assert.throws(
        () => remote.settings({ NYLAS_SERVICE_ACCOUNT: file }),
        (error: unknown) => {
          assert(error instanceof NylasError);
          const shown = inspect(error, { depth: null, showHidden: true });
          for (let at = 0; at + 16 < middle.length; at += 16) assertAbsent(shown, middle.slice(at, at + 16));
          return true;
        },
      );
    }
  });

  it("with whatever cut or change in it, tells nothing of the key", () => {
    const whole = serviceAccountFile();
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.string({ maxLength: 5 }), (at, put) => {
        try {
          remote.settings({ NYLAS_SERVICE_ACCOUNT: whole.slice(0, at) + put });
        } catch (error) {
          assert.doesNotMatch(inspect(error, { depth: null }), /BEGIN|MII/);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** No eight characters of the secret in a row, in any of its writings. */
function assertAbsent(shown: string, secret: string): void {
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  for (const before of [0, 1, 2]) {
    const base64 = Buffer.from("x".repeat(before) + secret).toString("base64");
    forms.push(base64.slice(2, -4));
  }
  for (const form of forms) assert.ok(!shown.includes(form), `${form} stands in: ${shown}`);
  for (let at = 0; at + 8 <= secret.length; at++) {
    const part = secret.slice(at, at + 8);
    assert.ok(!shown.includes(part), `${part} of a secret stands in: ${shown}`);
  }
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function setEnvironment(name: string, value: string | undefined): void {
  const before = process.env[name];
  cleanUp.push(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

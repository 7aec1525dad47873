import { type LookupFunction } from "node:net";
import type * as Undici from "undici";
import { isLoopback } from "./credentials";
import { NylasError, printable } from "./errors";
import { type Failure } from "./outcome";
import { isPastProxy } from "./proxy";

/** Redirects are not followed, bodies are taken as they come (nothing is unpacked), certificates are always looked at. */
export function connect(apiUrl: string): Undici.Dispatcher {
  const undici = loadUndici();
  // Said outright, or NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would send the keys to anybody.
  const tls = { rejectUnauthorized: true };
  // The limit of a whole attempt is its signal's.
  const limits = { connections: 16, headersTimeout: 0, bodyTimeout: 0, maxHeaderSize: 16 << 10 };
  if (isLoopback(new URL(apiUrl).hostname)) {
    return new undici.Agent({ ...limits, connect: { ...tls, lookup: lookupLoopback } });
  }
  if (isPastProxy(new URL(apiUrl), process.env)) return new undici.Agent({ ...limits, connect: tls });
  try {
    // All requests go to one host, which NO_PROXY does not cover: the client's own reading of it differs from that of other tools.
    return new undici.EnvHttpProxyAgent({
      ...limits,
      noProxy: "",
      connect: tls,
      requestTls: tls,
      proxyTls: tls,
    });
  } catch {
    throw new NylasError({
      kind: "setting",
      operation: "use the proxy",
      // The address is not repeated, and neither is the error, which holds it: there may be a password in it.
      message:
        "The address of the proxy in HTTPS_PROXY (or HTTP_PROXY) cannot be used: what it takes is an address such as http://proxy.example.com:3128, " +
        "with characters such as @ and : in a user or password percent-encoded.",
    });
  }
}

/** "localhost" is this machine, whatever a resolver says: keys go there in plain text. */
export const lookupLoopback: LookupFunction = (_hostname, { all }, done) => {
  if (all)
    done(null, [
      { address: "127.0.0.1", family: 4 },
      { address: "::1", family: 6 },
    ]);
  else done(null, "127.0.0.1", 4);
};

/** Failures of making the connection: nothing of the request was sent. */
const beforeSending = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

export function classify(error: unknown): Failure {
  const { code, syscall, name, message } = error as NodeJS.ErrnoException;
  if (name === "TimeoutError") {
    return fail("TIMEOUT", "no complete answer came in time", true, { timeout: true });
  }
  if (isCertificateProblem(code)) {
    const next =
      "The certificate of the other side is not trusted: behind a proxy that opens TLS, point NODE_EXTRA_CA_CERTS at its certificate.";
    return fail(code as string, `no trusted connection (${code})`, false, { permanent: true, next });
  }
  if (/HTTP Tunneling/.test(message ?? "")) {
    const next = "The proxy of HTTPS_PROXY refuses to connect: check it, or add the host to NO_PROXY.";
    return fail("PROXY", `no connection through the proxy (${printable(message, 120)})`, false, { next });
  }
  if ((code !== undefined && beforeSending.has(code)) || syscall === "connect" || syscall === "getaddrinfo") {
    return fail(code ?? "CONNECT", `no connection (${code ?? printable(message, 120)})`, false);
  }
  return fail(code ?? name, `the connection broke (${code ?? name})`, true);

  function fail(code: string, text: string, sent: boolean, more: Partial<Failure> = {}): Failure {
    const next = "Check the network, the proxy settings and nylas:apiUrl, then try again: that is safe.";
    return { code, text, sent, next, timeout: false, permanent: false, ...more };
  }
}

function isCertificateProblem(code: string | undefined): boolean {
  return code !== undefined && /^ERR_TLS_CERT|^CERT_|SELF_SIGNED|^UNABLE_TO_(VERIFY|GET_ISSUER)/.test(code);
}

// undici takes 60 to 150 ms to load and zod not much less: no preview, which sends nothing, has to pay for them.
export function loadUndici(): typeof Undici {
  // oxlint-disable-next-line typescript/no-require-imports -- import() cannot load a neighbour under ts-node
  return require("undici") as typeof Undici;
}

import { startSimulator, type Simulator, type SimulatorOptions } from "nylas-simulator";

/** An answer as it came over the wire. */
export interface Wire {
  status: number;
  headers: Headers;
  // Bodies of every shape are looked into by the tests.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A simulator and plain HTTP calls to it with each of its keys. */
export interface Bench {
  simulator: Simulator;
  /** With the first application's key. */
  app(method: Method, path: string, body?: unknown): Promise<Wire>;
  /** With the second application's key. */
  second(method: Method, path: string, body?: unknown): Promise<Wire>;
  /** With the organization's key. */
  org(method: Method, path: string, body?: unknown): Promise<Wire>;
  /** Against the Cloudflare API, with its token; the path follows `/client/v4`. */
  cf(method: Method, path: string, body?: unknown): Promise<Wire>;
}

export async function startBench(options: SimulatorOptions = {}): Promise<Bench> {
  const simulator = await startSimulator(options);
  return {
    simulator,
    app: (method, path, body) => send(simulator.url + path, method, simulator.keys.apiKey, body),
    second: (method, path, body) => send(simulator.url + path, method, simulator.keys.secondApiKey, body),
    org: (method, path, body) => send(simulator.url + path, method, simulator.keys.organizationKey, body),
    cf: (method, path, body) =>
      send(simulator.cloudflareUrl + path, method, simulator.keys.cloudflareToken, body),
  };
}

/** One request; `headers` come last and can override everything. */
export async function send(
  url: string,
  method: Method,
  key: string | undefined,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Wire> {
  const needsBody = method !== "GET" && method !== "DELETE";
  const payload = body === undefined ? (needsBody ? "{}" : undefined) : JSON.stringify(body);
  const response = await fetch(url, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(payload === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(payload === undefined ? {} : { body: payload }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** An account on the trial domain, connector included; returns the grant. */
export async function makeAccount(
  bench: Bench,
  alias: string,
  more: { name?: string; workspace_id?: string; app_password?: string } = {},
): Promise<{ id: string; email: string; workspace_id: string }> {
  if (!bench.simulator.state().connectors.some((c) => c.provider === "nylas"))
    bench.simulator.seed({ kind: "connector" });
  const { app_password, ...top } = more;
  const settings = { email: `${alias}@acme.nylas.email`, ...(app_password ? { app_password } : {}) };
  const made = await bench.app("POST", "/v3/connect/custom", { provider: "nylas", settings, ...top });
  if (made.status !== 201) throw new Error(`account ${alias}: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body.data;
}

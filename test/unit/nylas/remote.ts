import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { type NylasApi } from "../../../provider/nylas/api";
import { connectApart } from "../../../provider/nylas/client";
import { type Clock } from "../../../provider/nylas/clock";
import { readSettings, type Settings } from "../../../provider/nylas/credentials";
import { Lifetime } from "../../../provider/nylas/lifetime";

/** A request as the other side saw it. */
export interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A server that answers what it is told to, in that order, and remembers what it was asked. */
export class Remote {
  readonly seen: Seen[] = [];
  readonly slept: number[] = [];
  readonly lifetime = new Lifetime();
  readonly clients: { close(): Promise<void> }[] = [];
  #answers: Answer[] = [];
  #always: Answer | undefined;

  private constructor(private readonly server: Server) {
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        this.seen.push({
          method: request.method ?? "",
          path: request.url ?? "",
          headers: request.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        });
        const answer = this.#answers.shift() ?? this.#always;
        if (answer) answer(response, request);
        else json(599, { unexpected: request.url })(response, request);
      });
    });
  }

  static async start(): Promise<Remote> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Remote(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What comes next, one answer per request. */
  will(...answers: Answer[]): this {
    this.#answers.push(...answers);
    return this;
  }

  /** What comes when nothing else was said. */
  always(answer: Answer): this {
    this.#always = answer;
    return this;
  }

  get asked(): string[] {
    return this.seen.map(({ method, path }) => `${method} ${path}`);
  }

  body(index: number): unknown {
    return JSON.parse(this.seen[index]?.body ?? "");
  }

  settings(env: NodeJS.ProcessEnv = {}, config: Record<string, string> = {}): Settings {
    return readSettings((key) => config[key], {
      NYLAS_API_URL: this.url,
      NYLAS_API_KEY: applicationKey,
      NYLAS_ORGANIZATION_KEY: organizationKey,
      ...env,
    });
  }

  /** A client of this server for which waiting takes no time, and which says how long it would have waited. */
  client(settings = this.settings()): NylasApi {
    const client = connectApart(settings, {
      clock: instantClock(this.slept),
      lifetime: this.lifetime,
      random: () => 1,
    });
    this.clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    for (const client of this.clients) await client.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export const applicationKey = "nyk_application_4711";
export const organizationKey = "nyk_organization_0815";

/** A clock on which every wait is over at once, and has taken its time all the same. */
export function instantClock(slept: number[] = []): Clock {
  let now = 0;
  return {
    now: () => now,
    today: () => "2026-11-28",
    sleep: (milliseconds, signal) => {
      if (signal?.aborted) return Promise.reject(signal.reason as Error);
      now += milliseconds;
      slept.push(milliseconds);
      return Promise.resolve();
    },
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return text(status, JSON.stringify(body), { "content-type": "application/json", ...headers });
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** An answer in the ordinary envelope. */
export function data(value: unknown, more: object = {}): Answer {
  return json(200, { request_id: "r-1", data: value, ...more });
}

/** An error in the standard dialect. */
export function refusal(
  status: number,
  type: string,
  message: string,
  headers: Record<string, string> = {},
): Answer {
  return json(status, { request_id: "r-7", error: { type, message } }, headers);
}

/** The connection is gone before an answer. */
export const cut: Answer = (response) => {
  response.socket?.destroy();
};

/** The connection is gone in the middle of an answer. */
export const cutInside: Answer = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"request_id":"r-1","data":{"id":"', () => response.socket?.destroy());
};

/** No answer at all. */
export const silence: Answer = () => undefined;

export const wireApplication = {
  application_id: "app-1",
  organization_id: "org-1",
  region: "us",
  environment: "production",
  default_workspace_id: "ws-default",
};

export const wireDomain = {
  id: "dom-1",
  name: "Agents",
  branded: false,
  domain_address: "agents.example.com",
  organization_id: "org-1",
  region: "us",
  verified_ownership: true,
  created_at: 1_790_000_000,
};

export const wireGrant = {
  id: "grant-1",
  provider: "nylas",
  grant_status: "valid",
  email: "ops@agents.example.com",
  name: "Ops",
  workspace_id: "ws-1",
  settings: { has_app_password: true },
  created_at: 1_790_000_000,
};

export const wireWorkspace = {
  workspace_id: "ws-1",
  application_id: "app-1",
  name: "Tenant A",
  domain: null,
  auto_group: false,
  default: false,
  policy_id: "pol-1",
  rule_ids: ["rule-1"],
  created_at: 1_790_000_000,
};

export const wirePolicy = {
  id: "pol-1",
  application_id: "app-1",
  name: "Outreach",
  limits: { limit_count_daily_email_sent: 50, limit_storage_total: -1, limit_inbox_retention_period: 30 },
  spam_detection: { use_list_dnsbl: false, spam_sensitivity: 1 },
  created_at: 1_790_000_000,
};

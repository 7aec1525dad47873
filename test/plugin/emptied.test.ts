import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type Simulator, startSimulator } from "nylas-simulator";
import { type Receiver, startReceiver } from "../receiver";
import { type Properties } from "./harness";
import { type Declared, FakeStack, type Input, type Recorded, type Report } from "./stack";
import { declare, done, publish, succeeded } from "./world";

/** An answer on its way to the plugin. */
interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

interface Request {
  method: string;
  /** Without the query. */
  path: string;
}

type Operation = "refresh" | "destroy" | "up";

/** Something that makes what stands there look as if it did not. */
interface Mistake {
  /** Settings that differ from the right ones. */
  config?: (sim: Simulator) => Record<string, string>;
  /** What comes instead of the answer; `pass` gets the right one. */
  answer?: (request: Request, pass: () => Promise<Answer>) => Answer | Promise<Answer>;
  /** Whom it does not concern: an operation that goes as it would without the mistake. */
  spares?: (type: string, operation: Operation) => boolean;
  /** Operations that it makes no sense for. */
  without?: Operation[];
  /** A write comes through to where it is refused. */
  refusesWrites?: true;
  /** What one resource finds out may help another: each kind is tried on its own as well. */
  alone?: true;
}

const json = (status: number, body: unknown): Answer => ({
  status,
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});
const page = (status: number, body: string): Answer => ({
  status,
  body,
  headers: { "content-type": "text/html" },
});
const notFound = json(404, {
  request_id: "1",
  error: { type: "not_found_error", message: "requested object not found" },
});

const OF_ORGANIZATION = ["Domain", "DomainRecords", "DomainVerification", "Principal", "ApiKey"];
const keys = (apiKey: string, organizationKey: string) => ({
  "nylas:apiKey": apiKey,
  "nylas:organizationKey": organizationKey,
});
const byId = (path: string) => /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(path);

const letGo = (type: string, operation: Operation) =>
  operation === "destroy" && ["DomainRecords", "DomainVerification"].includes(type);

const MISTAKES: Record<string, Mistake> = {
  "no key at all": { config: () => keys("", "") },
  "keys that nobody knows": { config: () => keys("nyk_v0_nobody", "nyk_v0_nobody_either") },
  "the application's and the organization's key in each other's place": {
    config: ({ keys: { apiKey, organizationKey } }) => keys(organizationKey, apiKey),
  },
  "the key of another application of the organization": {
    config: (sim) => keys(sim.keys.secondApiKey, sim.keys.organizationKey),
    // What is the organization's stands as before; but whether accounts live on a domain cannot be seen.
    spares: (type, operation) =>
      OF_ORGANIZATION.includes(type) && !(type === "Domain" && operation === "destroy"),
  },
  "the keys of another organization": {
    config: (sim) => {
      sim.seed({ kind: "domain", address: "theirs.example.com", organization: "second" });
      return keys(sim.keys.otherOrganizationApiKey, sim.keys.otherOrganizationKey);
    },
    alone: true,
  },
  "the keys of another organization that has no domain": {
    config: (sim) => keys(sim.keys.otherOrganizationApiKey, sim.keys.otherOrganizationKey),
  },
  "the organization key of another organization alone": {
    config: (sim) => keys(sim.keys.apiKey, sim.keys.otherOrganizationKey),
    spares: (type) => !OF_ORGANIZATION.includes(type),
  },
  "the application key of another organization alone": {
    config: (sim) => keys(sim.keys.otherOrganizationApiKey, sim.keys.organizationKey),
    spares: (type, operation) =>
      OF_ORGANIZATION.includes(type) && !(type === "Domain" && operation === "destroy"),
  },
  "a key of another region": {
    config: (sim) => keys(sim.keys.otherRegionApiKey, "nyk_v0_of_another_region"),
  },
  "403 to everything": {
    answer: () => json(403, { request_id: "1", error: { type: "forbidden_access", message: "not allowed" } }),
  },
  "403 to everything but the application": {
    answer: ({ path }, pass) =>
      path === "/v3/applications"
        ? pass()
        : json(403, {
            request_id: "1",
            error: { type: "insufficient_scopes", message: "missing permissions" },
          }),
    refusesWrites: true,
  },
  "a plain web server's 404": { answer: () => page(404, "<html><h1>404 Not Found</h1>nginx</html>") },
  "a 404 without a word": { answer: () => ({ status: 404, body: "" }) },
  "another API's 404": {
    answer: ({ method, path }) =>
      json(404, { statusCode: 404, error: "Not Found", message: `Route ${method}:${path} not found` }),
  },
  "another API's 404 in the very words of Nylas": { answer: () => notFound },
  "404 for every route but the application's": {
    answer: ({ path }, pass) => (path === "/v3/applications" ? pass() : notFound),
    refusesWrites: true,
    alone: true,
  },
  "a webhook's not found, for every route but the application's": {
    answer: ({ path }, pass) =>
      path === "/v3/applications"
        ? pass()
        : json(400, { error: { type: "70000", message: "destination.id.not.found : record not found" } }),
    refusesWrites: true,
  },
  "404 by id of what is listed all the same": {
    answer: ({ method, path }, pass) => (method === "GET" && byId(path) ? notFound : pass()),
    // Letting go of these two asks for nothing by its id.
    spares: letGo,
    without: ["up"],
  },
  "a page to log in at": { answer: () => page(200, "<html>Please sign in to this network</html>") },
  "a redirect": { answer: () => ({ status: 302, body: "", headers: { location: "https://example.com/" } }) },
  "200 with nothing": { answer: () => ({ status: 200, body: "" }) },
  "204": { answer: ({ method }) => ({ status: method === "DELETE" ? 200 : 204, body: "" }) },
  "{}": { answer: () => json(200, {}) },
  '{"data":null}': { answer: () => json(200, { request_id: "1", data: null }) },
  '{"data":{}}': { answer: () => json(200, { request_id: "1", data: {} }) },
  '{"data":[]}': { answer: () => json(200, { request_id: "1", data: [] }) },
  "JSON of something else": { answer: () => json(200, { status: "ok", version: "1.4.2" }) },
  "JSON that ends in the middle": {
    answer: async (_, pass) => {
      const answer = await pass();
      return { ...answer, body: answer.body.slice(0, answer.body.length / 2) };
    },
  },
  "objects that show nothing but their id": {
    answer: async ({ method, path }, pass) => {
      const answer = await pass();
      if (method !== "GET" || !byId(path) || answer.status !== 200) return answer;
      const { data } = JSON.parse(answer.body) as { data: Properties };
      const { id, workspace_id: workspaceId } = data;
      return json(200, {
        data: workspaceId === undefined || id !== undefined ? { id } : { workspace_id: workspaceId },
      });
    },
    // Letting go of these two asks for nothing by its id.
    spares: letGo,
    without: ["up"],
  },
  "another object in the place of the one that is asked for": {
    answer: async ({ method, path }, pass) => {
      const answer = await pass();
      const id = path.split("/").at(-1)!;
      if (method !== "GET" || !byId(path)) return answer;
      return { ...answer, body: answer.body.replaceAll(id, "11111111-1111-4111-8111-111111111111") };
    },
    // Letting go of these two asks for nothing by its id.
    spares: letGo,
    without: ["up"],
  },
  "lists that come empty": {
    answer: async ({ method }, pass) => {
      const answer = await pass();
      if (method !== "GET" || answer.status !== 200) return answer;
      const { data } = JSON.parse(answer.body) as { data: Properties };
      return Array.isArray(data) || "items" in data ? json(200, { data: [] }) : answer;
    },
    // What is asked for by its id is there; only what is nowhere but in a list would be gone.
    spares: (type, operation) => operation === "refresh" && !["List", "AgentAccount"].includes(type),
    without: ["destroy", "up"],
  },
  "lists that lag behind": {
    answer: async ({ method, path }, pass) => {
      const answer = await pass();
      if (method !== "GET" || !/\/items$/.test(path)) return answer;
      const { data } = JSON.parse(answer.body) as { data: unknown[] };
      return json(200, { data: data.slice(1) });
    },
    spares: (type) => type !== "List",
    without: ["destroy", "up"],
  },
  "500 to everything": {
    answer: () => json(500, { request_id: "1", error: { type: "api.internal_error", message: "try later" } }),
  },
  "429 to everything": {
    answer: () => json(429, { request_id: "1", error: { type: "rate_limit_error", message: "too many" } }),
  },
};

/** An edit that is done in place, by type; DomainRecords have none. */
const EDITS: Record<string, Record<string, Input>> = {
  Policy: { limits: { dailySends: 60, inboxRetentionDays: 30 } },
  List: { items: ["spam.example", "more.example", "else.example"] },
  Rule: { priority: 20 },
  Workspace: { name: "Another name" },
  DefaultWorkspace: { policyId: undefined },
  Domain: { name: "Another name" },
  DomainRecords: {},
  DomainVerification: { purposes: ["ownership", "mx"] },
  AgentAccount: { displayName: "Another name" },
  Webhook: { notificationEmails: ["other@example.com"] },
  Principal: { permissions: ["messages.read", "messages.send"] },
  ApiKey: { name: "Another name" },
};

describe("state is never emptied by a mistake", () => {
  let sim: Simulator;
  let receiver: Receiver;
  let between: Server;
  let stack: FakeStack;
  let url: string;
  let right: Recorded[];
  let stands: string;
  let mistake: Mistake | undefined;
  /** Writes that reached whatever stands between. */
  let writes: string[] = [];

  const program = (): Declared[] => [
    declare("Policy", "policy", { limits: { dailySends: 50, inboxRetentionDays: 30 } }),
    declare("List", "list", { type: "domain", items: ["spam.example", "more.example"] }),
    declare("Rule", "rule", {
      conditions: [{ field: "from.domain", inList: [(of) => of("list").id] }],
      actions: ["block"],
    }),
    declare("Workspace", "workspace", {
      policyId: (of) => of("policy").id,
      ruleIds: [(of) => of("rule").id],
    }),
    declare("DefaultWorkspace", "rest", { policyId: (of) => of("policy").id }),
    declare("Domain", "domain", { domainName: "agents.example.com" }),
    declare("DomainRecords", "records", {
      domainId: (of) => of("domain").id,
      domainName: (of) => of("domain").domainName,
    }),
    declare("DomainVerification", "verified", {
      domainId: (of) => of("domain").id,
      domainName: (of) => of("domain").domainName,
      records: (of) => of("records").records,
      wait: false,
    }),
    declare("AgentAccount", "account", {
      email: "bot@acme.nylas.email",
      displayName: "Bot",
      workspaceId: (of) => of("workspace").id,
      folders: ["Clients"],
    }),
    declare("Webhook", "webhook", {
      url: receiver.url,
      triggers: ["message.created"],
      notificationEmails: ["ops@example.com"],
    }),
    declare("Principal", "principal", {
      boundTo: { workspace: (of) => of("workspace").id },
      permissions: ["messages.read"],
    }),
    declare("ApiKey", "key", { principalId: (of) => of("principal").id, expiresAt: "2035-01-01T00:00:00Z" }),
  ];
  const config = () => ({
    ...keys(sim.keys.apiKey, sim.keys.organizationKey),
    "nylas:apiUrl": url,
    "nylas:dnsServers": JSON.stringify([sim.dnsServer]),
    "nylas:requestTimeout": "2",
  });
  const standing = () => {
    const { messages: _mail, ruleEvaluations: _log, webhookDeliveries: _told, ...objects } = sim.state();
    return JSON.stringify(objects);
  };

  before(async () => {
    [sim, receiver] = await Promise.all([startSimulator(), startReceiver()]);
    between = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const path = request.url!.replace(/\?.*/, "");
        const method = request.method!;
        if (method !== "GET" && !/\/(info|verify)$/.test(path)) writes.push(`${method} ${path}`);
        const pass = async (): Promise<Answer> => {
          const { authorization } = request.headers;
          const answer = await fetch(sim.url + request.url!, {
            method,
            headers: {
              ...(authorization === undefined ? {} : { authorization }),
              "content-type": "application/json",
            },
            ...(method === "GET" ? {} : { body: Buffer.concat(parts).toString("utf8") }),
          });
          return {
            status: answer.status,
            body: await answer.text(),
            headers: { "content-type": "application/json" },
          };
        };
        void Promise.resolve(mistake?.answer ? mistake.answer({ method, path }, pass) : pass()).then(
          ({ status, body, headers }) => response.writeHead(status, headers).end(body),
        );
      });
    });
    between.listen(0, "127.0.0.1");
    await once(between, "listening");
    url = `http://127.0.0.1:${(between.address() as { port: number }).port}`;
    const none = Object.keys(process.env).filter((name) => name.startsWith("NYLAS_"));
    stack = new FakeStack({
      oneProcess: true,
      config: config(),
      env: { ...Object.fromEntries(none.map((name) => [name, undefined])), NYLAS_TEST_TIME_SCALE: "0.002" },
    });
    succeeded(await stack.apply(program()));
    publish(sim, stack.find("records").outputs.records);
    succeeded(await stack.apply(program()));
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    sim.addMessage({ grant: "bot@acme.nylas.email", subject: "an order" });
    right = structuredClone(stack.state);
  });
  after(async () => {
    await stack?.close();
    between?.closeAllConnections();
    between?.close();
    await Promise.all([sim?.close(), receiver?.close()]);
  });
  beforeEach(() => {
    stack.state = structuredClone(right);
    writes = [];
    sim.clearRequests();
  });
  const make = (made: Mistake) => {
    mistake = made;
    stack.config = { ...config(), ...made.config?.(sim) };
    stands = standing();
  };
  afterEach(() => {
    mistake = undefined;
    for (const { id, domain_address: address } of sim.state().domains)
      if (address === "theirs.example.com") sim.remove("domain", id);
  });
  /** Nothing of these entries has changed, here or there. */
  const untouched = (before: Recorded[], what: string) => {
    for (const entry of before) {
      const now = stack.state.find(({ name }) => name === entry.name);
      assert.deepEqual(now, entry, `${what}: the entry of ${entry.type}`);
    }
    assert.equal(standing(), stands, `${what}: what stands at Nylas`);
    if (!mistake?.refusesWrites) assert.deepEqual(writes, [], `${what}: writes`);
  };
  const failed = ({ errors }: Report) => [...new Set(errors.map(({ name }) => name))].sort();
  const names = (entries: Recorded[]) => entries.map(({ name }) => name).sort();
  /** The entries of a state, with nothing that one of them would wait for. */
  const apart = (entries: Recorded[]) =>
    structuredClone(entries).map((entry) => ({ ...entry, dependencies: [] }));
  const edited = ({ type, name, inputs }: Recorded) => {
    const { __provider, __defaults, ...given } = inputs;
    return declare(type, name, { ...(given as Record<string, Input>), ...EDITS[type] });
  };

  it("knows every kind of resource that there is", () => {
    assert.deepEqual(right.map(({ type }) => type).sort(), Object.keys(EDITS).sort());
  });

  for (const [name, made] of Object.entries(MISTAKES)) {
    const concerned = (operation: Operation) => right.filter(({ type }) => !made.spares?.(type, operation));
    const asks = (operation: Operation) => !made.without?.includes(operation);

    it(`by ${name}: a refresh, and an up --refresh with it, is an error for each kind, and changes none`, async () => {
      make(made);
      const report = await stack.refresh();
      untouched(right, name);
      assert.deepEqual(failed(report), names(concerned("refresh")));
      assert.deepEqual(done(report), []);
    });

    if (asks("destroy")) {
      it(`by ${name}: a destroy is an error for each kind, and deletes none`, async () => {
        make(made);
        const entries = apart(concerned("destroy"));
        stack.state = structuredClone(entries);
        const report = await stack.destroy({ continueOnError: true });
        untouched(entries, name);
        assert.deepEqual(failed(report), names(entries));
      });
    }

    if (asks("up")) {
      it(`by ${name}: an edit is an error for each kind, and changes nothing`, async () => {
        make(made);
        // Nothing in DomainRecords is changed in place.
        const entries = apart(concerned("up").filter(({ type }) => type !== "DomainRecords"));
        stack.state = structuredClone(entries);
        const report = await stack.apply(entries.map(edited), { continueOnError: true });
        untouched(entries, name);
        assert.deepEqual(failed(report), names(entries));
      });
    }

    if (made.alone) {
      it(`by ${name}: neither operation helps itself with what another kind has found out`, async () => {
        make(made);
        for (const entry of apart(right)) {
          for (const operate of [
            () => stack.refresh(),
            () => stack.destroy(),
            ...(entry.type === "DomainRecords" ? [] : [() => stack.apply([edited(entry)])]),
          ]) {
            stack.state = [structuredClone(entry)];
            assert.deepEqual(failed(await operate()), [entry.name], entry.type);
            untouched([entry], `${name}, ${entry.type} alone`);
          }
        }
      });
    }
  }
});

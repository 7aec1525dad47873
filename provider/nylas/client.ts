import { createHash } from "node:crypto";
import {
  type Application,
  type Domain,
  type Grant,
  type NylasApi,
  type Policy,
  type RecordPurpose,
  type Workspace,
} from "./api";
import { clock } from "./clock";
import { type Settings } from "./credentials";
import { type ErrorBody, NylasError } from "./errors";
import { type Explanation } from "./explain";
import { type Call, Http, path, type Surroundings } from "./http";
import { lifetime } from "./lifetime";
import { eachByCursor, eachByOffset } from "./pages";
import { policyBody, withOurNames } from "./policyFields";
import type * as Wire from "./wire";

/**
 * The API as one connection sees it. One per connection and set of keys in a process: every resource type shares its
 * pool, its rate limit and what it has found out about the application. Nothing is loaded or sent before the first call.
 */
export function connect(settings: Settings): NylasApi {
  const name = fingerprint(settings);
  let api = connections.get(name);
  if (!api) connections.set(name, (api = new Client(settings, { clock, lifetime, random: Math.random })));
  return api;
}

/** As `connect`, with nothing shared, and with time and chance to be chosen: for tests. */
export function connectApart(
  settings: Settings,
  around: Surroundings,
): NylasApi & { close(): Promise<void> } {
  return new Client(settings, around);
}

export { stopWrites } from "./lifetime";

const connections = new Map<string, NylasApi>();

class Client implements NylasApi {
  readonly #http: Http;
  #application: Promise<Application> | undefined;
  #connector: Promise<void> | undefined;

  constructor(settings: Settings, around: Surroundings) {
    this.#http = new Http(settings, around);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  application(): Promise<Application> {
    this.#application ??= this.#http
      .send({
        ...withApplicationKey("GET", "read", "the application of the key"),
        path: path`/v3/applications`,
        decode: (wire, answer) => wire.application(answer),
      })
      .catch((error: unknown) => {
        // A failure is not remembered: the next one may succeed.
        this.#application = undefined;
        throw error;
      });
    return this.#application;
  }

  readonly domains: NylasApi["domains"] = {
    list: () =>
      eachByCursor((query) =>
        this.#page("organizationKey", "domains", path`/v3/domains`, query, (wire, item) => wire.domain(item)),
      ),

    get: (idOrAddress) => orUndefined(this.#readDomain(idOrAddress)),

    findByAddress: async (address) => {
      const found = await orUndefined(this.#readDomain(address));
      return found?.address === address.toLowerCase() ? found : undefined;
    },

    create: ({ name, address }) =>
      this.#http.send({
        ...withOrganizationKey("POST", "create", `domain ${address}`),
        path: path`/v3/domains`,
        body: { name, domain_address: address },
        decode: (wire, answer) => wire.domain(answer),
        explain: (_status, body) => capOn(/domain/i, body, "domains"),
      }),

    rename: async (id, name) => {
      await this.#http.send({
        ...withOrganizationKey("PUT", "rename", `domain ${id}`),
        path: path`/v3/domains/${id}`,
        body: { name },
        decode: () => undefined,
      });
      return this.#readDomain(id);
    },

    delete: (id) =>
      this.#delete({
        ...withOrganizationKey("DELETE", "delete", `domain ${id}`),
        path: path`/v3/domains/${id}`,
      }),

    info: (id, purpose, options) => this.#attempt("info", "ask for", id, purpose, options),

    verify: (id, purpose, options) => this.#attempt("verify", "verify", id, purpose, options),
  };

  readonly connectors: NylasApi["connectors"] = {
    ensureNylas: () => {
      this.#connector ??= this.#ensureConnector().catch((error: unknown) => {
        this.#connector = undefined;
        throw error;
      });
      return this.#connector;
    },
  };

  readonly grants: NylasApi["grants"] = {
    list: () => this.#listGrants(),

    get: (id) => orUndefined(this.#readGrant(id)),

    findByEmail: async (email) => {
      const wanted = email.toLowerCase();
      return (await this.#listGrants()).find((grant) => grant.email.toLowerCase() === wanted);
    },

    create: ({ email, name, workspaceId, appPassword }) =>
      this.#http.send({
        ...withApplicationKey("POST", "create", `account ${email}`),
        path: path`/v3/connect/custom`,
        body: {
          provider: "nylas",
          name,
          workspace_id: workspaceId,
          settings: { email, app_password: appPassword },
        },
        secrets: appPassword === undefined ? [] : [appPassword],
        decode: (wire, answer) => wire.grant(answer),
        explain: (status, body) => explainAccount(status, body, email, workspaceId, true),
      }),

    update: async (id, { name, workspaceId, appPassword }) => {
      const now = await this.#readGrant(id);
      if ([name, workspaceId, appPassword].every((change) => change === undefined)) return now;
      const { email } = now;
      const written = await this.#http.send({
        ...withApplicationKey("PATCH", "update", `account ${email}`),
        path: path`/v3/grants/${id}`,
        body: {
          // The API clears a name that is not sent along.
          name: name ?? now.name,
          workspace_id: workspaceId,
          // It replaces settings as a whole as well, so they go along only where there is something new in them.
          settings: appPassword === undefined ? undefined : { email, app_password: appPassword },
        },
        secrets: appPassword === undefined ? [] : [appPassword],
        decode: (wire, answer) => (wire.isWholeGrant(answer) ? wire.grant(answer) : undefined),
        explain: (status, body) => explainAccount(status, body, email, workspaceId, false),
      });
      return written ?? this.#readGrant(id);
    },

    removeFromWorkspace: async (id, workspaceId) => {
      const call = withApplicationKey("POST", "remove", `account ${id} from workspace ${workspaceId}`);
      const removed = await this.#http.send({
        ...call,
        path: path`/v3/workspaces/${workspaceId}/manual-assign`,
        body: { remove_grants: [id] },
        repeatable: true,
        decode: (wire, answer) => wire.grantsRemoved(answer),
      });
      const grant = await this.#readGrant(id);
      // Ids that match nothing are skipped without a word.
      if (!removed.includes(id) && grant.workspaceId === workspaceId) {
        throw new NylasError({
          kind: "refused",
          operation: `${call.verb} ${call.object}`,
          message:
            `Could not ${call.verb} ${call.object}: Nylas answered success, but the account is still there. ` +
            "Try again, or move it to another workspace.",
        });
      }
      return grant;
    },

    delete: (id) =>
      this.#delete({
        ...withApplicationKey("DELETE", "delete", `account ${id}`),
        path: path`/v3/grants/${id}`,
      }),

    holdsMail: async (id) =>
      this.#http.send({
        ...withApplicationKey("GET", "look into", `the mailbox of account ${id}`),
        path: path`/v3/grants/${id}/messages`,
        query: { limit: 1 },
        decode: (wire, answer) => wire.page(answer, () => undefined).items.length > 0,
      }),
  };

  readonly workspaces: NylasApi["workspaces"] = {
    list: async () => {
      const all = await this.#http.send({
        ...withApplicationKey("GET", "list", "workspaces"),
        path: path`/v3/workspaces`,
        decode: (wire, answer) => wire.page(answer, wire.workspace).items,
      });
      return Promise.all(all.map(({ item: workspace }) => this.#withApplication(workspace)));
    },

    get: (id) => orUndefined(this.#readWorkspace(id)),

    create: async ({ name, domain, autoGroup, policyId, ruleIds }) => {
      const created = await this.#http.send({
        ...withApplicationKey("POST", "create", `workspace ${JSON.stringify(name)}`),
        path: path`/v3/workspaces`,
        body: {
          name,
          // Its default has changed once already.
          auto_group: autoGroup,
          domain,
          policy_id: policyId,
          rule_ids: ruleIds,
        },
        decode: (wire, answer) => wire.workspace(answer),
      });
      return this.#withApplication(created);
    },

    update: async (id, { name, autoGroup, policyId, ruleIds }) => {
      if ([name, autoGroup, policyId, ruleIds].every((change) => change === undefined))
        return this.#readWorkspace(id);
      const written = await this.#http.send({
        ...withApplicationKey("PATCH", "update", `workspace ${id}`),
        path: path`/v3/workspaces/${id}`,
        body: {
          name,
          auto_group: autoGroup,
          policy_id: policyId,
          rule_ids: ruleIds,
        },
        decode: (wire, answer) => (wire.isWholeWorkspace(answer) ? wire.workspace(answer) : undefined),
      });
      return written ? this.#withApplication(written) : this.#readWorkspace(id);
    },

    delete: (id) =>
      this.#delete({
        ...withApplicationKey("DELETE", "delete", `workspace ${id}`),
        path: path`/v3/workspaces/${id}`,
      }),
  };

  readonly policies: NylasApi["policies"] = {
    list: async () => {
      const all = await eachByCursor((query) =>
        this.#page("apiKey", "policies", path`/v3/policies`, query, (wire, item) => wire.policy(item)),
      );
      return Promise.all(all.map((policy) => this.#withApplication(policy)));
    },

    get: (id) => orUndefined(this.#readPolicy(id)),

    create: async (policy) => {
      const created = await this.#http.send({
        ...withApplicationKey("POST", "create", `policy ${JSON.stringify(policy.name)}`),
        path: path`/v3/policies`,
        body: policyBody(policy),
        decode: (wire, answer) => wire.policy(answer),
        explain: (_status, body) => explainPolicy(body),
      });
      return this.#withApplication(created);
    },

    update: async (id, change) => {
      const body = policyBody(change);
      if (Object.keys(body).length === 0) return this.#readPolicy(id);
      await this.#http.send({
        ...withApplicationKey("PUT", "update", `policy ${id}`),
        path: path`/v3/policies/${id}`,
        body,
        // Its answer may lack the id, and shows what was sent rather than what holds.
        decode: () => undefined,
        explain: (_status, body) => explainPolicy(body),
      });
      return this.#readPolicy(id);
    },

    delete: (id) =>
      this.#delete({
        ...withApplicationKey("DELETE", "delete", `policy ${id}`),
        path: path`/v3/policies/${id}`,
      }),
  };

  async #ensureConnector(): Promise<void> {
    if (await this.#hasConnector()) return;
    try {
      await this.#http.send({
        ...withApplicationKey("POST", "create", "the connector for Agent Accounts"),
        path: path`/v3/connectors`,
        body: { provider: "nylas" },
        decode: () => undefined,
      });
    } catch (error) {
      // Another run may have made it in this moment, and an answer may be lost after the write: look, never write twice.
      if (!(error instanceof NylasError) || !["conflict", "ambiguous", "refused"].includes(error.kind))
        throw error;
      if (!(await this.#hasConnector())) throw error;
    }
  }

  async #hasConnector(): Promise<boolean> {
    const providers = await eachByOffset((query) =>
      this.#page("apiKey", "connectors", path`/v3/connectors`, query, (wire, item) => wire.connector(item)),
    );
    return providers.includes("nylas");
  }

  #listGrants(): Promise<Grant[]> {
    return eachByOffset((query) =>
      this.#page("apiKey", "accounts", path`/v3/grants`, query, (wire, item) => wire.grant(item)),
    );
  }

  #page<T>(
    key: Call<unknown>["key"],
    object: string,
    route: string,
    query: NonNullable<Call<unknown>["query"]>,
    item: (wire: typeof Wire, item: unknown) => T,
  ): Promise<Wire.Page<T>> {
    return this.#http.send({
      method: "GET",
      verb: "list",
      object,
      key,
      path: route,
      query,
      decode: (wire, answer) => wire.page(answer, (each) => item(wire, each)),
    });
  }

  #readDomain(idOrAddress: string): Promise<Domain> {
    return this.#http.send({
      ...withOrganizationKey("GET", "read", `domain ${idOrAddress}`),
      path: path`/v3/domains/${idOrAddress}`,
      decode: (wire, answer) => wire.domain(answer),
    });
  }

  #attempt(
    route: "info" | "verify",
    verb: string,
    id: string,
    purpose: RecordPurpose,
    options: { dkimKeyLength?: 1024 | 2048 } | undefined,
  ) {
    const length = options?.dkimKeyLength;
    return this.#http.send({
      ...withOrganizationKey("POST", verb, `the ${purpose} record of domain ${id}`),
      path: route === "info" ? path`/v3/domains/${id}/info` : path`/v3/domains/${id}/verify`,
      body: { type: purpose, options: length === undefined ? undefined : { key_length: length } },
      repeatable: true,
      asks: true,
      decode: (wire, answer) => wire.domainAttempt(answer, id, purpose),
    });
  }

  #readGrant(id: string): Promise<Grant> {
    return this.#http.send({
      ...withApplicationKey("GET", "read", `account ${id}`),
      path: path`/v3/grants/${id}`,
      decode: (wire, answer) => wire.grant(answer),
    });
  }

  async #readWorkspace(id: string): Promise<Workspace> {
    const workspace = await this.#http.send({
      ...withApplicationKey("GET", "read", `workspace ${id}`),
      path: path`/v3/workspaces/${id}`,
      decode: (wire, answer) => wire.workspace(answer),
    });
    return this.#withApplication(workspace);
  }

  async #readPolicy(id: string): Promise<Policy> {
    const policy = await this.#http.send({
      ...withApplicationKey("GET", "read", `policy ${id}`),
      path: path`/v3/policies/${id}`,
      decode: (wire, answer) => wire.policy(answer),
    });
    return this.#withApplication(policy);
  }

  /** An object that does not say whose it is belongs to the application of the key. */
  async #withApplication<T extends { applicationId: string | undefined }>(
    object: T,
  ): Promise<Omit<T, "applicationId"> & { applicationId: string }> {
    return { ...object, applicationId: object.applicationId ?? (await this.application()).id };
  }

  async #delete(call: Omit<Call<true>, "decode">): Promise<boolean> {
    return (await orUndefined(this.#http.send({ ...call, decode: () => true as const }))) ?? false;
  }
}

type Start = Pick<Call<unknown>, "method" | "key" | "verb" | "object">;

function withApplicationKey(method: Call<unknown>["method"], verb: string, object: string): Start {
  return { method, key: "apiKey", verb, object };
}

function withOrganizationKey(method: Call<unknown>["method"], verb: string, object: string): Start {
  return { method, key: "organizationKey", verb, object };
}

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NylasError && error.kind === "notFound") return undefined;
    throw error;
  }
}

/** A domain that Nylas does not know comes as 404, 400 or 422, and its own message does not say which domain. */
function explainAccount(
  status: number,
  body: ErrorBody,
  email: string,
  workspaceId: string | undefined,
  isNew: boolean,
): Partial<Explanation> | undefined {
  const cap = capOn(/account|grant|inbox|mailbox|domain/i, body, "accounts");
  if (cap) return cap;
  if (![400, 404, 422].includes(status)) return undefined;
  const says = (object: RegExp) =>
    object.test(body.message) &&
    /not found|does ?n[o']t exist|not registered|not verified|unverified|unknown|belong|invalid/i.test(
      body.message,
    );
  if (workspaceId !== undefined && says(/workspace/i)) {
    return {
      kind: "refused",
      next: `The workspace ${workspaceId} does not exist in the application of this key: give the id of one that does.`,
    };
  }
  if (says(/connector/i)) {
    return {
      kind: "refused",
      next: 'The application has no connector for the provider "nylas": run again, it is made first.',
    };
  }
  if (isNew && (status === 404 || says(/domain/i))) {
    const domain = email.slice(email.lastIndexOf("@") + 1);
    return {
      kind: "refused",
      next:
        `The domain ${domain} is not registered (or not yet verified) in the organization and region of this key: ` +
        "register it first, as an AgentDomain or NylasDomain that the account depends on, or correct the address.",
    };
  }
  return undefined;
}

function explainPolicy(body: ErrorBody): Partial<Explanation> | undefined {
  const message = withOurNames(body.message);
  if (!/\bplan/i.test(message) && !(/limit_/.test(message) && /exceed|maximum|above/i.test(message)))
    return { message };
  return {
    kind: "quota",
    message,
    next:
      "A limit is above what your Nylas plan allows. Plan maxima (Free / Full Platform): dailySends 200 / unlimited, " +
      "storageBytes 3 GB / 10 GB, inboxRetentionDays 30 / 365, spamRetentionDays 7 / 30, attachmentCount 10 / 20, " +
      "attachmentBytes 50 MB / 50 MB, messageBytes 50 MB / 100 MB. Lower it, or leave it out to get the maximum.",
  };
}

function capOn(object: RegExp, { message }: ErrorBody, what: string): Partial<Explanation> | undefined {
  if (!/maximum|limit|quota/i.test(message) || !object.test(message)) return undefined;
  if (/password|length|character|not found|not registered/i.test(message)) return undefined;
  const numbers = what === "accounts" ? " (Free: 3, Full Platform: 20, per organization)" : "";
  return {
    kind: "quota",
    next:
      `The plan's number of ${what} is used up${numbers}. Delete what is no longer needed or change the plan; trying ` +
      "again does not help.",
  };
}

function fingerprint(settings: Settings): string {
  const parts = [
    settings.connection,
    settings.apiUrl,
    settings.region,
    settings.apiKey?.reveal(),
    settings.organizationKey?.reveal(),
    settings.auditLog,
    settings.trace,
    settings.requestTimeout,
    settings.sources,
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

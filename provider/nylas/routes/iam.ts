import { type ApiKey, type NylasApi, type Principal, type PrincipalChange } from "../api";
import { configurationKey, type Settings } from "../credentials";
import { type ErrorBody, NylasError } from "../errors";
import { type Explanation } from "../explain";
import { type Call, path } from "../http";
import { eachByCursor } from "../pages";
import { given, isEmpty, orUndefined, page, remove, type Sender, withOrganizationKey } from "./calls";
import { list, route, type Route } from "./table";

export const CALLS: readonly Route[] = [
  list("GET /v3/iam/principals", "organization", ["Principal", "ApiKey"], "a principal"),
  route("POST /v3/iam/principals", "organization", ["Principal"], "a principal"),
  route("GET /v3/iam/principals/:id", "organization", ["Principal"], "a principal"),
  route("PATCH /v3/iam/principals/:id", "organization", ["Principal"], "a principal"),
  route("DELETE /v3/iam/principals/:id", "organization", ["Principal"]),
  list("GET /v3/iam/principals/:id/credentials", "organization", ["ApiKey"], "an API key"),
  route("POST /v3/iam/principals/:id/credentials", "organization", ["ApiKey"], "an API key"),
  route("GET /v3/iam/principals/:id/credentials/:id", "organization", ["ApiKey"], "an API key"),
  route("PATCH /v3/iam/principals/:id/credentials/:id", "organization", ["ApiKey"], "an API key"),
  route("DELETE /v3/iam/principals/:id/credentials/:id", "organization", ["ApiKey"]),
];

export const routes = (sender: Sender) => ({
  principals: principalRoutes(sender),
  apiKeys: apiKeyRoutes(sender),
});

/** Callers with keys of their own. All of it goes with the organization key. */
function principalRoutes(sender: Sender): NylasApi["principals"] {
  const { http, settings } = sender;
  const explain = explainWith(settings, "iam.principals");

  const read = (id: string): Promise<Principal> =>
    http.send({
      ...withOrganizationKey("GET", "read", `principal ${id}`),
      path: path`/v3/iam/principals/${id}`,
      decode: (wire, answer) => wire.principal(answer),
      explain,
    });

  return {
    list: () =>
      eachByCursor((query) =>
        page(
          sender,
          {
            key: "organizationKey",
            object: "principals",
            path: path`/v3/iam/principals`,
            query,
            explain: explainMissing(explain),
          },
          (wire, item) => wire.principal(item),
        ),
      ),

    get: (id) => orUndefined(read(id)),

    create: (principal) =>
      http.send({
        ...withOrganizationKey("POST", "create", `principal ${JSON.stringify(principal.name)}`),
        path: path`/v3/iam/principals`,
        body: principalBody(http, principal),
        decode: (wire, answer) => wire.principal(answer),
        explain: explainMissing(explain),
      }),

    update: async (id, change) => {
      const body = principalBody(http, change);
      // An empty body is refused here.
      if (isEmpty(body)) return read(id);
      await http.send({
        ...withOrganizationKey("PATCH", "update", `principal ${id}`),
        path: path`/v3/iam/principals/${id}`,
        body,
        decode: () => undefined,
        explain,
      });
      return read(id);
    },

    delete: (id) =>
      remove(sender, {
        ...withOrganizationKey("DELETE", "delete", `principal ${id}`),
        path: path`/v3/iam/principals/${id}`,
        explain,
      }),
  };
}

/** The keys of principals. */
function apiKeyRoutes(sender: Sender): NylasApi["apiKeys"] {
  const { http, settings } = sender;
  const explain = explainWith(settings, "iam.credentials");

  const read = (principalId: string, id: string): Promise<ApiKey> =>
    http.send({
      ...withOrganizationKey("GET", "read", `key ${id} of principal ${principalId}`),
      path: path`/v3/iam/principals/${principalId}/credentials/${id}`,
      decode: (wire, answer) => wire.apiKey(answer, principalId),
      explain,
    });

  /** The secret is in the answer to the create, and in none that follows. */
  async function toldOnce(
    principalId: string,
    id: string,
    texts: Record<string, string>,
  ): Promise<string | undefined> {
    const later = await http.send({
      ...withOrganizationKey("GET", "read", `key ${id} of principal ${principalId}`),
      path: path`/v3/iam/principals/${principalId}/credentials/${id}`,
      decode: (wire, answer) => wire.textsOf(answer),
      explain,
    });
    const once = Object.entries(texts).filter(([name]) => later[name] === undefined);
    return once.length === 1 ? once[0]![1] : undefined;
  }

  return {
    list: (principalId) =>
      eachByCursor((query) =>
        page(
          sender,
          {
            key: "organizationKey",
            object: `the keys of principal ${principalId}`,
            path: path`/v3/iam/principals/${principalId}/credentials`,
            query,
            explain,
          },
          (wire, item) => wire.apiKey(item, principalId),
        ),
      ),

    get: (principalId, id) => orUndefined(read(principalId, id)),

    create: async (principalId, { name, expiresAt, members }) => {
      const call = withOrganizationKey(
        "POST",
        "create",
        `key ${JSON.stringify(name)} of principal ${principalId}`,
      );
      const { secret, others, ...key } = await http.send({
        ...call,
        path: path`/v3/iam/principals/${principalId}/credentials`,
        body: { name, expires_at: expiresAt, ...members },
        decode: (wire, answer) => wire.apiKeyWithSecret(answer, principalId),
        explain,
      });
      const told = secret ?? (await toldOnce(principalId, key.id, others));
      if (told !== undefined) return { ...key, secret: told };
      throw new NylasError({
        kind: "ambiguous",
        operation: `${call.verb} ${call.object}`,
        message:
          `Could not ${call.verb} ${call.object}: the key ${key.id} was made, and which member of the answer is its secret cannot be told ` +
          `(${Object.keys(others).join(", ")}). This release may be older than the API: look for a newer one.`,
      });
    },

    update: async (principalId, id, { name, members }) => {
      const body = given({ name, ...members });
      if (isEmpty(body)) return read(principalId, id);
      await http.send({
        ...withOrganizationKey("PATCH", "update", `key ${id} of principal ${principalId}`),
        path: path`/v3/iam/principals/${principalId}/credentials/${id}`,
        body,
        decode: () => undefined,
        explain,
      });
      return read(principalId, id);
    },

    delete: (principalId, id) =>
      remove(sender, {
        ...withOrganizationKey("DELETE", "delete", `key ${id} of principal ${principalId}`),
        path: path`/v3/iam/principals/${principalId}/credentials/${id}`,
        explain,
      }),
  };
}

/** Unknown members and nulls are refused: only what is given, and nothing that the API derives itself. */
function principalBody({ wire }: Sender["http"], change: PrincipalChange): Record<string, unknown> {
  return given({
    name: change.name,
    ...change.members,
    resource_binding: change.binding && wire.bindingToWire(change.binding),
  });
}

type Explain = NonNullable<Call<unknown>["explain"]>;

function explainWith(settings: Settings, permission: string): Explain {
  const name = configurationKey("organizationKey", settings.connection);
  return (status: number, body: ErrorBody): Partial<Explanation> | undefined => {
    if (status === 403) {
      return {
        next:
          `The key from ${settings.sources.organizationKey ?? name} may not do this: it needs a principal bound to the organization with ` +
          `${permission}.read, .create, .update and .delete (the system role role_system_iam_admin has them; the first such key is made in the Dashboard).`,
      };
    }
    if (status === 400 && /quota|maximum|limit/i.test(body.message)) {
      return {
        kind: "quota",
        next: "Keys that are disabled or expired count too until they are deleted (ten to a principal): delete what is no longer needed.",
      };
    }
    if (status === 409) {
      return {
        kind: "conflict",
        next:
          "The last active administrator of the organization cannot be taken away, and a principal with active keys can only be bound to " +
          "something of one application: make the other one first, or disable the keys.",
      };
    }
    return undefined;
  };
}

/** A 404 of a list or a create is the route's own: nothing was asked for by its id. */
function explainMissing(explain: Explain): Explain {
  return (status, body) =>
    status === 404
      ? {
          kind: "refused",
          next:
            "This organization's API does not have these routes: managing principals and keys by API is new, and not everybody has it yet. Make " +
            "them in the Dashboard, or ask the support of Nylas.",
        }
      : explain(status, body);
}

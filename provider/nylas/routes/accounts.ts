import { normalEmail } from "../addresses";
import { type Grant, type NylasApi } from "../api";
import { type ErrorBody, NylasError } from "../errors";
import { type Explanation } from "../explain";
import { path } from "../http";
import { AvailabilityCache } from "../availabilityCache";
import { pagesByOffset, together, wholeByOffset } from "../pages";
import { BatchedReader } from "../batchedReader";
import {
  capOn,
  hasAny,
  page,
  pagesWithoutDeleted,
  remove,
  type Sender,
  unlessDeleted,
  withApplicationKey,
  withoutDeleted,
} from "./calls";
import { list, route, type Route } from "./table";

export const CALLS: readonly Route[] = [
  list("GET /v3/grants", "application", ["AgentAccount", "Workspace", "Domain"], "a grant"),
  route("POST /v3/connect/custom", "application", ["AgentAccount"], "a grant"),
  route("GET /v3/grants/:id", "application", ["AgentAccount"], "a grant"),
  route("PATCH /v3/grants/:id", "application", ["AgentAccount"], "a grant"),
  route("DELETE /v3/grants/:id", "application", ["AgentAccount"]),
  list("GET /v3/grants/:id/threads", "application", ["AgentAccount"]),
  route("POST /v3/workspaces/:id/manual-assign", "application", ["AgentAccount"]),
];

export const routes = (sender: Sender) => ({ grants: accountRoutes(sender) });

/** Agent Accounts: grants, and the mail in them. */
function accountRoutes(sender: Sender): NylasApi["grants"] {
  const { http } = sender;
  const at = (id: string) => path`/v3/grants/${id}`;

  const fetch = (query: Query) =>
    page(sender, { key: "apiKey", object: "accounts", path: path`/v3/grants`, query }, (wire, item) =>
      wire.grant(item),
    );

  const pages = (filter: Query = {}) =>
    pagesWithoutDeleted(
      sender,
      at,
      pagesByOffset((query) => fetch({ ...query, ...filter })),
    );

  const list = (): Promise<Grant[]> => together(pages());

  const book = new AvailabilityCache(() => pages(), sender.clock);

  const read = (id: string): Promise<Grant> =>
    http.send({
      ...withApplicationKey("GET", "read", `account ${id}`),
      path: at(id),
      decode: (wire, answer) => wire.grant(answer),
    });

  const get = async (id: string) => unlessDeleted(sender, at(id), () => read(id));

  const reads = new BatchedReader<Grant>({
    byId: get,
    pages: (first) => pages(fromTheOldest(first)),
    writes: () => http.writes,
  });

  const moveInto = async (workspaceId: string, id: string): Promise<Grant> => {
    await http.send({
      ...withApplicationKey("POST", "move", `account ${id} into workspace ${workspaceId}`),
      path: path`/v3/workspaces/${workspaceId}/manual-assign`,
      body: { assign_grants: [id] },
      repeatable: true,
      decode: () => undefined,
    });
    return read(id);
  };

  return {
    list: () => list(),

    listWhole: async (filter = {}) =>
      withoutDeleted(sender, at, await wholeByOffset((query) => fetch({ ...query, ...filter }), "accounts")),

    get,

    getAmongMany: (id) => reads.get(id),

    isFree: (email) => book.look(email),

    findByEmail: async (email) => {
      const wanted = normalEmail(email);
      return (await list()).find((grant) => normalEmail(grant.email) === wanted);
    },

    create: async ({ email, name, workspaceId, appPassword }) => {
      try {
        const made = await http.send({
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
        });
        // It may be the deleted one under its old id, signed in again.
        sender.deleted.forget(at(made.id));
        book.add(made);
        return made;
      } catch (error) {
        book.forget();
        throw error;
      }
    },

    update: async (id, { name, workspaceId, appPassword }, assertMeant) => {
      const now = await read(id);
      assertMeant?.(now);
      if ([name, workspaceId, appPassword].every((change) => change === undefined)) return now;
      const { email } = now;
      const write = (isMoved: boolean) =>
        http.send({
          ...withApplicationKey("PATCH", "update", `account ${email}`),
          path: at(id),
          body: {
            // The API clears a name that is not sent along.
            name: name ?? now.name,
            workspace_id: isMoved ? workspaceId : undefined,
            // It replaces settings as a whole as well, so they go along only where there is something new in them.
            settings: appPassword === undefined ? undefined : { email, app_password: appPassword },
          },
          secrets: appPassword === undefined ? [] : [appPassword],
          decode: (wire, answer) => (wire.isWholeGrant(answer) ? wire.grant(answer) : undefined),
          explain: (status, body) => explainAccount(status, body, email, workspaceId, false),
        });
      const written = await write(true).catch((error: unknown) => {
        if (workspaceId === undefined || !isUnknownField(error)) throw error;
        // It was refused as a whole: the rest is written by itself.
        return name === undefined && appPassword === undefined ? undefined : write(false);
      });
      const grant = written ?? (await read(id));
      // By one reading of the API the field is ignored or refused, and an account is moved by the workspace.
      return workspaceId === undefined || grant.workspaceId === workspaceId
        ? grant
        : moveInto(workspaceId, id);
    },

    removeFromWorkspace: async (id, workspaceId) => {
      const call = withApplicationKey("POST", "remove", `account ${id} from workspace ${workspaceId}`);
      const removed = await http.send({
        ...call,
        path: path`/v3/workspaces/${workspaceId}/manual-assign`,
        body: { remove_grants: [id] },
        repeatable: true,
        decode: (wire, answer) => wire.grantsRemoved(answer),
      });
      const grant = await read(id);
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
      remove(sender, {
        ...withApplicationKey("DELETE", "delete", `account ${id}`),
        path: at(id),
      }),

    holdsMail: (id) => hasAny(sender, `the mailbox of account ${id}`, path`/v3/grants/${id}/messages`),

    hasThreads: (id, folder) =>
      hasAny(
        sender,
        `the threads of account ${id}`,
        path`/v3/grants/${id}/threads`,
        folder === undefined ? {} : { in: folder },
      ),
  };
}

function isUnknownField(error: unknown): boolean {
  return error instanceof NylasError && error.kind === "refused" && refusesMoves(error.message);
}

/** Whether the refusal of a `PATCH` says that it takes no workspace at all. One of a wrong workspace says something else. */
export function refusesMoves(message: string): boolean {
  return (
    /workspace_id/.test(message) &&
    /not (permitted|allowed|supported|recogni[sz]ed)|un(known|expected|recogni[sz]ed|supported)\b.*\b(field|member|propert|key|param)|unexpected|(extra|additional) (field|member|propert|key)|read.?only|cannot be (changed|updated)/i.test(
      message,
    )
  );
}

type Query = Record<string, string | number | undefined>;

/**
 * Accounts are made in the order in which a state holds them, more or less, and those of one state mostly about the same time. The hour is for clocks that
 * disagree. Where the API takes no notice of this, the pages come in another order.
 */
function fromTheOldest(accounts: Grant[]): Query {
  const oldest = Math.min(...accounts.map(({ createdAt }) => createdAt));
  const since = Number.isFinite(oldest) && oldest > 3600 ? oldest - 3600 : undefined;
  return { sort_by: "created_at", order_by: "asc", since };
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
  if (says(/connector/i) || /\bno connector\b/i.test(body.message)) {
    return {
      kind: "refused",
      next:
        'The application has no connector for the provider "nylas", and the key may not have been allowed to make one: run again, or use the API ' +
        "key of the application once.",
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

import { createHash } from "node:crypto";
import { type Application, type NylasApi } from "./api";
import { type Clock } from "./clock";
import { type Settings } from "./credentials";
import { NylasError } from "./errors";
import { Http, path, type Surroundings } from "./http";
import { JustWritten } from "./justWritten";
import { lifetime } from "./lifetime";
import { isReadable } from "./readable";
import { routesOf } from "./routes";
import { type Sender, withApplicationKey } from "./routes/calls";
import type * as Signing from "./signing";

/**
 * The API as one connection sees it. There is one per connection and set of keys in a process. Every resource type
 * shares its pool, its rate limit and what it has found out about the application. Nothing is loaded or sent before
 * the first call. A process has one clock, so a connection that is there keeps the one it was made with.
 */
export function connect(settings: Settings, clock: Clock): NylasApi {
  const name = fingerprint(settings);
  let api = connections.get(name);
  if (!api)
    connections.set(
      name,
      (api = openApi(settings, { clock, lifetime, random: Math.random }, deletedBy(settings, clock))),
    );
  return api;
}

/** As `connect`, with nothing shared, and with time and chance to be chosen: for tests. */
export function connectApart(
  settings: Settings,
  around: Surroundings,
): NylasApi & { close(): Promise<void> } {
  return openApi(settings, around, new JustWritten(around.clock));
}

export { endWaits, stopWrites } from "./lifetime";
export { underWay } from "./inFlightWrites";

const connections = new Map<string, NylasApi>();

const deletions = new Map<string, JustWritten<true>>();

/** Two connections with equal keys see the same objects. */
function deletedBy({ apiUrl, apiKey, organizationKey }: Settings, clock: Clock): JustWritten<true> {
  const name = digest([apiUrl, apiKey?.reveal(), organizationKey?.reveal()]);
  const deleted = deletions.get(name) ?? new JustWritten<true>(clock);
  deletions.set(name, deleted);
  return deleted;
}

function openApi(
  settings: Settings,
  around: Surroundings,
  deleted: JustWritten<true>,
): NylasApi & { close(): Promise<void> } {
  const http = new Http(settings, around);
  let known: Promise<Application> | undefined;

  function application(): Promise<Application> {
    known ??= http
      .send({
        ...withApplicationKey("GET", "read", "the application of the key"),
        path: path`/v3/applications`,
        decode: (wire, answer) => wire.application(answer),
      })
      .catch(ownerOfWorkspaces)
      .catch((error: unknown) => {
        // A failure is not remembered: the next one may succeed.
        known = undefined;
        throw error;
      });
    return known;
  }

  /** An IAM key may lack the permission for the application and still reach its objects, which tell their owner. */
  async function ownerOfWorkspaces(error: unknown): Promise<Application> {
    if (!(error instanceof NylasError) || error.kind !== "forbidden") throw error;
    const all = await http
      .send({
        ...withApplicationKey("GET", "list", "workspaces"),
        path: path`/v3/workspaces`,
        decode: (wire, answer) => wire.page(answer, wire.workspace).items,
      })
      .catch(() => []);
    const known = all.map(({ item }) => item).filter(isReadable);
    const owners = new Set(known.flatMap(({ applicationId }) => applicationId ?? []));
    const [id] = owners;
    if (id === undefined || owners.size !== 1) throw error;
    return {
      id,
      organizationId: undefined,
      region: settings.region,
      environment: undefined,
      defaultWorkspaceId: known.find(({ isDefault }) => isDefault)?.id,
    };
  }

  const sender: Sender = { http, settings, clock: around.clock, deleted, application };
  return {
    application,
    remoteNow: () => http.clock.now(),
    requestOf: (id) => http.lastWrites.get(id.slice(id.lastIndexOf("/") + 1)),
    ...routesOf(sender),
    close: () => http.close(),
  };
}

function fingerprint(settings: Settings): string {
  const parts = [
    settings.connection,
    settings.apiUrl,
    settings.region,
    settings.apiKey?.reveal(),
    settings.organizationKey?.reveal(),
    settings.serviceAccount && digestOf(settings.serviceAccount),
    settings.domainCredential,
    settings.auditLog,
    settings.trace,
    settings.requestTimeout,
    settings.sources,
  ];
  return digest(parts);
}

function digest(parts: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function digestOf(account: NonNullable<Settings["serviceAccount"]>): string {
  // oxlint-disable-next-line typescript/no-require-imports -- few have a service account
  return (require("./signing") as typeof Signing).serviceAccountDigest(account);
}

import { type Domain, type NylasApi, type RecordPurpose } from "../api";
import { NylasError } from "../errors";
import { otherDomainCredential } from "../explain";
import { type Call, path } from "../http";
import { eachByCursor } from "../pages";
import { capOn, orUndefined, page, remove, type Sender } from "./calls";
import { list, route, type Route } from "./table";

const DOMAIN_TYPES = ["Domain", "DomainRecords", "DomainVerification"];

export const CALLS: readonly Route[] = [
  list("GET /v3/domains", "domains", DOMAIN_TYPES, "a domain"),
  route("POST /v3/domains", "domains", ["Domain"], "a domain"),
  route("GET /v3/domains/:id", "domains", DOMAIN_TYPES, "a domain"),
  route("PUT /v3/domains/:id", "domains", ["Domain"], "a domain"),
  route("DELETE /v3/domains/:id", "domains", ["Domain"]),
  route("POST /v3/domains/:id/info", "domains", ["DomainRecords"], "the record of a domain"),
  route("POST /v3/domains/:id/verify", "domains", ["DomainVerification"], "the record of a domain"),
];

export const routes = (sender: Sender) => ({ domains: domainRoutes(sender) });

/** Milliseconds that a list of the domains is as good as a new one. */
const FRESH = 2_000;

/**
 * Domains. The same routes under two prefixes: `/v3/domains` takes an organization's IAM key, `/v3/admin/domains` the
 * signature of a service account. Which of them is the settings' choice, never the answer's.
 */
function domainRoutes(sender: Sender): NylasApi["domains"] {
  const { http, settings } = sender;
  const prefix = settings.domainCredential === "serviceAccount" ? "/v3/admin/domains" : "/v3/domains";
  const hint = (status: number) => otherDomainCredential(status, settings);

  const call = (method: Call<unknown>["method"], verb: string, object: string, route: string) => ({
    method,
    verb,
    object,
    key: settings.domainCredential,
    path: prefix + route,
    hint,
  });

  const read = (idOrAddress: string): Promise<Domain> =>
    http.send({
      ...call("GET", "read", `domain ${idOrAddress}`, path`/${idOrAddress}`),
      decode: (wire, answer) => wire.domain(answer),
    });

  const attempt =
    (route: "info" | "verify", verb: string) =>
    (id: string, purpose: RecordPurpose, options?: { dkimKeyLength?: 1024 | 2048 }) => {
      const length = options?.dkimKeyLength;
      const at = route === "info" ? path`/${id}/info` : path`/${id}/verify`;
      return http.send({
        ...call("POST", verb, `the ${purpose} record of domain ${id}`, at),
        body: { type: purpose, options: length === undefined ? undefined : { key_length: length } },
        repeatable: true,
        asks: true,
        decode: (wire, answer) => wire.domainAttempt(answer, id, purpose),
      });
    };

  const list = (): Promise<Domain[]> =>
    eachByCursor((query) =>
      page(
        sender,
        { key: settings.domainCredential, object: "domains", path: prefix, query, hint },
        (wire, item) => wire.domain(item),
      ),
    );

  let looked: { at: number; domains: Promise<Domain[]> } | undefined;
  /** Many accounts of one domain that is not there ask at once. */
  const listLately = (): Promise<Domain[]> => {
    const at = sender.clock.now();
    if (looked !== undefined && at - looked.at <= FRESH) return looked.domains;
    const domains = list();
    looked = { at, domains };
    // An error is of the one who asked: the next one asks again.
    domains.catch(() => (looked = undefined));
    return domains;
  };

  return {
    list,

    get: (idOrAddress) => orUndefined(read(idOrAddress)),

    findByAddress: async (address) => {
      const isIt = (found: Domain | undefined) => found?.address === address.toLowerCase();
      const found = await orUndefined(read(address)).catch((error: unknown) => {
        if (error instanceof NylasError && error.kind === "refused") return undefined;
        throw error;
      });
      // By one reading of the API a domain is read by its id alone. An answer that it is not there counts when the
      // list agrees.
      return isIt(found) ? found : (await listLately()).find(isIt);
    },

    create: ({ name, address }) =>
      http
        .send({
          ...call("POST", "create", `domain ${address}`, ""),
          body: { name, domain_address: address },
          decode: (wire, answer) => wire.domain(answer),
          explain: (_status, body) => capOn(/domain/i, body, "domains"),
        })
        // Also where the answer was lost: a list from before it tells nothing of what it made.
        .finally(() => (looked = undefined)),

    rename: async (id, name) => {
      await http.send({
        ...call("PUT", "rename", `domain ${id}`, path`/${id}`),
        body: { name },
        decode: () => undefined,
      });
      return read(id);
    },

    delete: async (id) => {
      const gone = call("DELETE", "delete", `domain ${id}`, path`/${id}`);
      return remove(sender, gone).catch((error: unknown) => {
        if (!isAboutBody(error)) throw error;
        // By one reading of the API a DELETE needs a body, and a signed one was sent without.
        return remove(sender, { ...gone, body: {} });
      });
    },

    info: attempt("info", "ask for"),

    verify: attempt("verify", "verify"),
  };
}

function isAboutBody(error: unknown): boolean {
  return (
    error instanceof NylasError && error.kind === "refused" && /\bbody\b|content.type/i.test(error.message)
  );
}

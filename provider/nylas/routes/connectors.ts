import { type NylasApi } from "../api";
import { NylasError } from "../errors";
import { path } from "../http";
import { eachByOffset } from "../pages";
import { page, type Sender, withApplicationKey } from "./calls";
import { list, route, type Route } from "./table";

export const CALLS: readonly Route[] = [
  list("GET /v3/connectors", "application", ["AgentAccount"], "a connector"),
  route("POST /v3/connectors", "application", ["AgentAccount"], "a connector"),
];

export const routes = (sender: Sender) => ({ connectors: connectorRoutes(sender) });

/** The connector that Agent Accounts need: made where there is none, and never deleted. */
function connectorRoutes(sender: Sender): NylasApi["connectors"] {
  const { http } = sender;
  let ensured: Promise<void> | undefined;
  let isMadeHere = false;

  return {
    ensureNylas: () => {
      ensured ??= ensure().catch((error: unknown) => {
        ensured = undefined;
        throw error;
      });
      return ensured;
    },

    hasNylas: exists,

    hadNylas: async () => {
      const isThere = await exists();
      // What another resource of this run makes at this moment may be seen already.
      await ensured?.catch(() => undefined);
      return isThere && !isMadeHere;
    },
  };

  async function ensure(): Promise<void> {
    try {
      if (await exists()) return;
    } catch (error) {
      if (!(error instanceof NylasError) || error.kind !== "forbidden") throw error;
      // A key that may not look may still make one, or accounts where there is one: else the create of the account says so.
      return make().catch((refusal: unknown) => {
        if (!(refusal instanceof NylasError) || !["conflict", "refused", "forbidden"].includes(refusal.kind))
          throw refusal;
      });
    }
    try {
      await make();
      isMadeHere = true;
    } catch (error) {
      // Another run may have made it in this moment, and an answer may be lost after the write: look, never write twice.
      if (!(error instanceof NylasError) || !["conflict", "ambiguous", "refused"].includes(error.kind))
        throw error;
      if (!(await exists())) throw error;
    }
  }

  function make(): Promise<void> {
    return create({ provider: "nylas" }).catch((error: unknown) => {
      // By one reading of the API a connector needs a name.
      if (!(error instanceof NylasError) || error.kind !== "refused" || !/\bname\b/i.test(error.message))
        throw error;
      return create({ provider: "nylas", name: "nylas" });
    });
  }

  function create(body: Record<string, unknown>): Promise<void> {
    return http.send({
      ...withApplicationKey("POST", "create", "the connector for Agent Accounts"),
      path: path`/v3/connectors`,
      body,
      decode: () => undefined,
    });
  }

  /** No limit is asked for: by one reading of the API the one that other lists take is too high here. */
  async function exists(): Promise<boolean> {
    const providers = await eachByOffset(({ offset }) =>
      page(
        sender,
        {
          key: "apiKey",
          object: "connectors",
          path: path`/v3/connectors`,
          query: offset === 0 ? {} : { offset },
        },
        (wire, item) => wire.connector(item),
      ),
    );
    return providers.includes("nylas");
  }
}

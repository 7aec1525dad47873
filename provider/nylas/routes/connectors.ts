import { type NylasApi } from "../api";
import { NylasError } from "../errors";
import { path } from "../http";
import { eachByOffset } from "../pages";
import { page, type Sender, withApplicationKey } from "./calls";

/** The connector that Agent Accounts need: made where there is none, and never deleted. */
export function connectorRoutes(sender: Sender): NylasApi["connectors"] {
  const { http } = sender;
  let ensured: Promise<void> | undefined;

  return {
    ensureNylas: () => {
      ensured ??= ensure().catch((error: unknown) => {
        ensured = undefined;
        throw error;
      });
      return ensured;
    },

    hasNylas: exists,
  };

  async function ensure(): Promise<void> {
    if (await exists()) return;
    try {
      await http.send({
        ...withApplicationKey("POST", "create", "the connector for Agent Accounts"),
        path: path`/v3/connectors`,
        body: { provider: "nylas" },
        decode: () => undefined,
      });
    } catch (error) {
      // Another run may have made it in this moment, and an answer may be lost after the write: look, never write twice.
      if (!(error instanceof NylasError) || !["conflict", "ambiguous", "refused"].includes(error.kind))
        throw error;
      if (!(await exists())) throw error;
    }
  }

  async function exists(): Promise<boolean> {
    const providers = await eachByOffset((query) =>
      page(sender, { key: "apiKey", object: "connectors", path: path`/v3/connectors`, query }, (wire, item) =>
        wire.connector(item),
      ),
    );
    return providers.includes("nylas");
  }
}

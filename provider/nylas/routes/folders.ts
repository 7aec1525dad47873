import { type NylasApi } from "../api";
import { path } from "../http";
import { eachByCursor } from "../pages";
import { hasAny, page, remove, type Sender, withApplicationKey } from "./calls";
import { list, route, type Route } from "./table";

export const CALLS: readonly Route[] = [
  list("GET /v3/grants/:id/folders", "application", ["AgentAccount"], "a folder"),
  route("POST /v3/grants/:id/folders", "application", ["AgentAccount"], "a folder"),
  route("DELETE /v3/grants/:id/folders/:id", "application", ["AgentAccount"]),
];

export const routes = (sender: Sender) => ({ folders: folderRoutes(sender) });

/** Folders of a mailbox, beside the six that it comes with. */
function folderRoutes(sender: Sender): NylasApi["folders"] {
  const { http } = sender;
  return {
    list: (grantId) =>
      eachByCursor((query) =>
        page(
          sender,
          {
            key: "apiKey",
            object: `the folders of account ${grantId}`,
            path: path`/v3/grants/${grantId}/folders`,
            query,
          },
          (wire, item) => wire.folder(item),
        ),
      ),

    create: (grantId, name) =>
      http.send({
        ...withApplicationKey("POST", "create", `folder ${JSON.stringify(name)} of account ${grantId}`),
        path: path`/v3/grants/${grantId}/folders`,
        body: { name },
        decode: (wire, answer) => wire.folder(answer),
      }),

    delete: (grantId, id) =>
      remove(sender, {
        ...withApplicationKey("DELETE", "delete", `folder ${id} of account ${grantId}`),
        path: path`/v3/grants/${grantId}/folders/${id}`,
      }),

    holdsMail: (grantId, id) =>
      hasAny(sender, `folder ${id} of account ${grantId}`, path`/v3/grants/${grantId}/messages`, { in: id }),
  };
}

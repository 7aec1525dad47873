import { type List, type NylasApi } from "../api";
import { path } from "../http";
import { eachByCursor } from "../pages";
import {
  capOn,
  given,
  isEmpty,
  page,
  remove,
  type Sender,
  unlessDeleted,
  withApplication,
  withApplicationKey,
  withoutDeleted,
} from "./calls";
import { list, route, type Route } from "./table";

export const CALLS: readonly Route[] = [
  list("GET /v3/lists", "application", ["List"], "a list"),
  route("POST /v3/lists", "application", ["List"], "a list"),
  route("GET /v3/lists/:id", "application", ["List"], "a list"),
  route("PUT /v3/lists/:id", "application", ["List"], "a list"),
  route("DELETE /v3/lists/:id", "application", ["List"]),
  list("GET /v3/lists/:id/items", "application", ["List"], "an item of a list"),
  route("POST /v3/lists/:id/items", "application", ["List"], "a list"),
  route("DELETE /v3/lists/:id/items", "application", ["List"], "a list"),
];

export const routes = (sender: Sender) => ({ lists: listRoutes(sender) });

/** What one call may carry. */
const CHUNK = 1000;

function listRoutes(sender: Sender): NylasApi["lists"] {
  const { http } = sender;
  const at = (id: string) => path`/v3/lists/${id}`;

  async function read(id: string): Promise<List> {
    const list = await http.send({
      ...withApplicationKey("GET", "read", `list ${id}`),
      path: at(id),
      decode: (wire, answer) => wire.list(answer),
    });
    return withApplication(sender, list);
  }

  const change =
    (method: "POST" | "DELETE", verb: string, what: string) =>
    async (id: string, values: string[]): Promise<void> => {
      for (let at = 0; at < values.length; at += CHUNK) {
        const items = values.slice(at, at + CHUNK);
        await http.send({
          ...withApplicationKey(method, verb, `${items.length} item(s) ${what} list ${id}`),
          path: path`/v3/lists/${id}/items`,
          body: { items },
          // What is there already is passed over, so a second time does no harm.
          repeatable: true,
          decode: () => undefined,
        });
      }
    };

  return {
    list: async () => {
      const all = await eachByCursor((query) =>
        page(sender, { key: "apiKey", object: "lists", path: path`/v3/lists`, query }, (wire, item) =>
          wire.list(item),
        ),
      );
      return Promise.all(withoutDeleted(sender, at, all).map((list) => withApplication(sender, list)));
    },

    get: async (id) => unlessDeleted(sender, at(id), () => read(id)),

    create: async ({ name, type, members }) => {
      const created = await http.send({
        ...withApplicationKey("POST", "create", `list ${JSON.stringify(name)}`),
        path: path`/v3/lists`,
        body: { name, type, ...members },
        decode: (wire, answer) => wire.list(answer),
        explain: (_status, body) => capOn(/lists/i, body, "lists"),
      });
      return withApplication(sender, created);
    },

    update: async (id, { name, members }) => {
      const body = given({ name, ...members });
      if (isEmpty(body)) return read(id);
      await http.send({
        ...withApplicationKey("PUT", "update", `list ${id}`),
        path: at(id),
        body,
        decode: () => undefined,
      });
      return read(id);
    },

    delete: (id) =>
      remove(sender, {
        ...withApplicationKey("DELETE", "delete", `list ${id}`),
        path: at(id),
      }),

    items: (id) =>
      eachByCursor((query) =>
        page(
          sender,
          { key: "apiKey", object: `the items of list ${id}`, path: path`/v3/lists/${id}/items`, query },
          (wire, item) => wire.listItem(item),
        ),
      ),

    addItems: change("POST", "add", "to"),

    removeItems: change("DELETE", "remove", "from"),
  };
}

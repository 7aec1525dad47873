import { type NylasApi, type Policy } from "../api";
import { type ErrorBody } from "../errors";
import { type Explanation } from "../explain";
import { path } from "../http";
import { pagesByCursor } from "../pages";
import { limitFigures } from "../plans";
import { policyBody, withOurNames } from "../policyFields";
import { isEmpty, page, reading, remove, type Sender, withApplication, withApplicationKey } from "./calls";
import { list, route, type Route } from "./table";

export const CALLS: readonly Route[] = [
  list("GET /v3/policies", "application", ["Policy"], "a policy"),
  route("POST /v3/policies", "application", ["Policy"], "a policy"),
  route("GET /v3/policies/:id", "application", ["Policy"], "a policy"),
  route("PUT /v3/policies/:id", "application", ["Policy"], "a policy"),
  route("DELETE /v3/policies/:id", "application", ["Policy"]),
];

export const routes = (sender: Sender) => ({ policies: policyRoutes(sender) });

function policyRoutes(sender: Sender): NylasApi["policies"] {
  const { http } = sender;
  const at = (id: string) => path`/v3/policies/${id}`;

  async function read(id: string): Promise<Policy> {
    const policy = await http.send({
      ...withApplicationKey("GET", "read", `policy ${id}`),
      path: at(id),
      decode: (wire, answer) => wire.policy(answer),
    });
    return withApplication(sender, policy);
  }

  const pages = () =>
    pagesByCursor((query) =>
      page(sender, { key: "apiKey", object: "policies", path: path`/v3/policies`, query }, (wire, item) =>
        wire.policy(item),
      ),
    );

  return {
    ...reading(sender, at, read, pages),

    create: async (policy) => {
      const created = await http.send({
        ...withApplicationKey("POST", "create", `policy ${JSON.stringify(policy.name)}`),
        path: path`/v3/policies`,
        body: policyBody(policy),
        decode: (wire, answer) => wire.policy(answer),
        explain: (_status, body) => explainPolicy(body),
      });
      return withApplication(sender, created);
    },

    update: async (id, change) => {
      const body = policyBody(change);
      if (isEmpty(body)) return read(id);
      await http.send({
        ...withApplicationKey("PUT", "update", `policy ${id}`),
        path: at(id),
        body,
        // Its answer may lack the id, and shows what was sent rather than what holds.
        decode: () => undefined,
        explain: (_status, body) => explainPolicy(body),
      });
      return read(id);
    },

    delete: (id) =>
      remove(sender, {
        ...withApplicationKey("DELETE", "delete", `policy ${id}`),
        path: at(id),
      }),
  };
}

function explainPolicy(body: ErrorBody): Partial<Explanation> | undefined {
  const message = withOurNames(body.message);
  if (!/\bplan/i.test(message) && !(/limit_/.test(message) && /exceed|maximum|above/i.test(message)))
    return { message };
  return {
    kind: "quota",
    message,
    next: `A limit is above what your Nylas plan allows (${limitFigures()}). Lower it, or leave it out to get the maximum.`,
  };
}

import { type NylasApi, type Rule, type RuleChange } from "../api";
import { type ErrorBody } from "../errors";
import { type Explanation } from "../explain";
import { type Call, path } from "../http";
import { pagesByCursor } from "../pages";
import {
  capOn,
  isEmpty,
  page,
  reading,
  remove,
  type Sender,
  withApplication,
  withApplicationKey,
} from "./calls";
import { list, route, type Route } from "./table";

export const CALLS: readonly Route[] = [
  list("GET /v3/rules", "application", ["Rule"], "a rule"),
  route("POST /v3/rules", "application", ["Rule"], "a rule"),
  route("GET /v3/rules/:id", "application", ["Rule"], "a rule"),
  route("PUT /v3/rules/:id", "application", ["Rule"], "a rule"),
  route("DELETE /v3/rules/:id", "application", ["Rule"]),
];

export const routes = (sender: Sender) => ({ rules: ruleRoutes(sender) });

function ruleRoutes(sender: Sender): NylasApi["rules"] {
  const { http } = sender;
  const at = (id: string) => path`/v3/rules/${id}`;

  async function read(id: string): Promise<Rule> {
    const rule = await http.send({
      ...withApplicationKey("GET", "read", `rule ${id}`),
      path: at(id),
      decode: (wire, answer) => wire.rule(answer),
    });
    return withApplication(sender, rule);
  }

  async function write(
    call: Pick<Call<unknown>, "method" | "key" | "verb" | "object" | "path">,
    change: RuleChange,
  ): Promise<Rule> {
    const written = await http.send({
      ...call,
      body: http.wire.ruleBody(change),
      decode: (wire, answer) => wire.rule(answer),
      explain: (_status, body) => explainRule(body),
    });
    return withApplication(sender, written);
  }

  const pages = () =>
    pagesByCursor((query) =>
      page(sender, { key: "apiKey", object: "rules", path: path`/v3/rules`, query }, (wire, item) =>
        wire.rule(item),
      ),
    );

  return {
    ...reading(sender, at, read, pages),

    create: (rule) =>
      write(
        {
          ...withApplicationKey("POST", "create", `rule ${JSON.stringify(rule.name)}`),
          path: path`/v3/rules`,
        },
        rule,
      ),

    update: (id, change) =>
      isEmpty(http.wire.ruleBody(change))
        ? read(id)
        : write({ ...withApplicationKey("PUT", "update", `rule ${id}`), path: at(id) }, change),

    delete: (id) =>
      remove(sender, {
        ...withApplicationKey("DELETE", "delete", `rule ${id}`),
        path: at(id),
      }),
  };
}

function explainRule(body: ErrorBody): Partial<Explanation> | undefined {
  const cap = capOn(/rule/i, body, "rules");
  if (cap) return cap;
  if (/rules are not allowed/i.test(body.message)) {
    return {
      kind: "quota",
      next: "The plan has no rules: change the plan, or take the rule out of the program.",
    };
  }
  if (!/list id/i.test(body.message)) return undefined;
  return {
    kind: "refused",
    next:
      "Every list of inList must exist in this application and be of the field's own type: a list of type address for *.address, " +
      "domain for *.domain, tld for *.tld.",
  };
}

/**
 * The SDK of a provider as it is usually written with `pulumi.dynamic`: for each kind of resource a class with a
 * provider object. The engine's SDK serializes the object's functions, with all that they refer to, into every
 * resource. A file beside a program that imports it by `./usual`. It does no more than what is asked for: no look
 * before a write, no retries.
 */
export function usualSdk(): Record<string, string> {
  return { "usual.js": TEXT };
}

const TEXT = `"use strict";
const pulumi = require("@pulumi/pulumi");

async function call(method, path, body) {
  const answer = await fetch(process.env.NYLAS_API_URL + path, {
    method,
    headers: { authorization: "Bearer " + process.env.NYLAS_API_KEY, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(method + " " + path + ": " + answer.status + " " + JSON.stringify(json));
  return json.data;
}

class KindProvider {
  constructor(kind) {
    this.kind = kind;
  }
  async create(inputs) {
    const made = await call("POST", this.kind.create, this.kind.body(inputs));
    return { id: made.id ?? made.workspace_id, outs: { ...inputs, createdAt: made.created_at } };
  }
  async diff(id, olds, news) {
    const replaces = this.kind.replaces.filter((key) => olds[key] !== news[key]);
    const changes = Object.keys(news).some(
      (key) => key !== "__provider" && JSON.stringify(olds[key]) !== JSON.stringify(news[key]),
    );
    return { changes: changes || replaces.length > 0, replaces };
  }
  async update(id, olds, news) {
    await call(this.kind.verb, this.kind.path + "/" + id, this.kind.change(news));
    return { outs: { ...news, createdAt: olds.createdAt } };
  }
  async read(id, props) {
    await call("GET", this.kind.path + "/" + id);
    return { id, props };
  }
  async delete(id) {
    await call("DELETE", this.kind.path + "/" + id);
  }
}

const policy = {
  create: "/v3/policies",
  path: "/v3/policies",
  verb: "PUT",
  replaces: [],
  body: (inputs) => ({ name: inputs.name, limits: { limit_count_daily_email_sent: inputs.limits.dailySends } }),
  change: (inputs) => ({ name: inputs.name, limits: { limit_count_daily_email_sent: inputs.limits.dailySends } }),
};
const workspace = {
  create: "/v3/workspaces",
  path: "/v3/workspaces",
  verb: "PATCH",
  replaces: [],
  body: (inputs) => ({ name: inputs.name, auto_group: false, policy_id: inputs.policyId }),
  change: (inputs) => ({ name: inputs.name, policy_id: inputs.policyId }),
};
const account = {
  create: "/v3/connect/custom",
  path: "/v3/grants",
  verb: "PATCH",
  replaces: ["email"],
  body: (inputs) => ({
    provider: "nylas",
    name: inputs.displayName,
    workspace_id: inputs.workspaceId,
    settings: { email: inputs.email },
  }),
  change: (inputs) => ({ name: inputs.displayName, workspace_id: inputs.workspaceId }),
};

exports.NylasPolicy = class NylasPolicy extends pulumi.dynamic.Resource {
  constructor(name, args, options) {
    super(new KindProvider(policy), name, args, options);
  }
};
exports.NylasWorkspace = class NylasWorkspace extends pulumi.dynamic.Resource {
  constructor(name, args, options) {
    super(new KindProvider(workspace), name, args, options);
  }
};
exports.AgentAccount = class AgentAccount extends pulumi.dynamic.Resource {
  constructor(name, args, options) {
    super(new KindProvider(account), name, args, options);
  }
};
`;

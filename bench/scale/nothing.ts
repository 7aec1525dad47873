/**
 * The SDK of a dynamic provider that does nothing, as files beside a program that imports it by `./nothing`. It has
 * the plugin process of ours, the same registration with one constant text, and the same outputs in the state. It
 * takes every resource as it is declared, at once. What an operation costs with it is the cost of the engine and of
 * Pulumi's own plugin.
 */
export function nothingSdk(...classes: string[]): Record<string, string> {
  const declared = classes.map(
    (name) => `exports.${name} = class ${name} extends pulumi.CustomResource {
  constructor(name, args, options) {
    const none = Object.fromEntries(outputs.${name}.map((output) => [output, undefined]));
    super("pulumi-nodejs:dynamic/nothing:${name}", name, { ...none, ...args, __provider: TEXT }, options);
  }
};
`,
  );
  return {
    "nothing.js": `const pulumi = require("@pulumi/pulumi");
const TEXT = 'exports.handler=()=>require(process.cwd()+"/nothingProvider")';
const outputs = ${JSON.stringify(OUTPUTS)};
${declared.join("")}`,
    "nothingProvider.js": PROVIDER,
  };
}

/** The properties that ours have as well, given or not: a resource class registers all that it has. */
const OUTPUTS: Record<string, string[]> = {
  NylasPolicy: ["name", "limits", "spamDetection", "applicationId"],
  NylasWorkspace: ["name", "domainName", "autoGroup", "policyId", "ruleIds", "applicationId"],
  AgentAccount: [
    "email",
    "displayName",
    "workspaceId",
    "appPassword",
    "folders",
    "currentWorkspaceId",
    "status",
    "hasAppPassword",
    "createdAt",
    "applicationId",
  ],
};

const PROVIDER = `const { randomUUID } = require("node:crypto");
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const made = { status: "valid", createdAt: 1790000000, applicationId: randomUUID() };
module.exports = {
  check: async (olds, { __provider, ...inputs }) => ({ inputs }),
  diff: async (id, olds, news) => ({
    changes: Object.keys(news).some((key) => key !== "__provider" && !same(olds[key], news[key])),
  }),
  create: async ({ __provider, ...inputs }) => ({ id: randomUUID(), outs: { ...made, ...inputs } }),
  update: async (id, olds, { __provider, ...news }) => ({ outs: { ...made, ...news } }),
  read: async (id, { __provider, ...props }) => ({ id, props }),
  delete: async () => undefined,
};
`;

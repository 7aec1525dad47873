import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import { createMembers, observedMembers, updateMembers } from "../core/wireMembers";
import { answerOf } from "../nylas/answer";
import { BINDINGS, principalProperties, type PrincipalProperties } from "../properties/principal";
import { type CommonInputs, type Definition } from "../core/definition";
import { type Failure, show } from "../core/fields";
import { holdsUnknown } from "../core/unknown";
import { type Binding, type Principal } from "../nylas/api";
import { ID } from "../properties/types";
import { assertPrincipals, iamOwner, organizationScope, type Session, stillListed } from "./session";
import { identityByName } from "./workspace";

export type PrincipalInputs = CommonInputs & PrincipalProperties;

/** What is not known yet is not taken for less. */
function mayDoLess(olds: Partial<PrincipalInputs>, news: PrincipalInputs): boolean {
  if (news.enabled === false && olds.enabled !== false) return Object.keys(olds).length > 0;
  return (["roles", "permissions"] as const).some((list) => {
    const now = news[list] ?? [];
    return !holdsUnknown(now) && (olds[list] ?? []).some((each) => !now.includes(each));
  });
}

export const principal: Definition<PrincipalInputs, Principal, Session> = {
  type: "Principal",
  noun: "principal",
  fields: (z) => fieldsOf(principalProperties, z),
  inputs: inputHandlingOf<PrincipalInputs>(principalProperties),
  identity: identityByName("principal", ({ api }) => api.principals.list(), organizationScope),
  validation: {
    failures: (news) => validateBinding(news.boundTo),
    warnings(olds, news) {
      const now = Object.entries(news.boundTo ?? {})[0];
      const isBoundAnew =
        JSON.stringify(olds.boundTo) !== JSON.stringify(news.boundTo) && now && !holdsUnknown(news.boundTo);
      return [
        ...(isBoundAnew
          ? [
              `principal "${news.name}" is bound to ${now[0]} ${now[1]} from then on: every key of it reaches that, and no longer what it reached before.`,
            ]
          : []),
        ...(mayDoLess(olds, news)
          ? [
              `principal "${news.name}" may do less from then on. People may be signed in to Nylas' MCP server by it; their sessions may end.`,
            ]
          : []),
      ];
    },
  },
  duplicates: { all: ({ api }) => api.principals.list(), duplicateKey: ({ name }) => name },
  get: ({ api }, id) => api.principals.get(id),
  gone: {
    isListed: (session, id) => stillListed(session, () => session.api.principals.list(), id),
  },
  create: ({ session }, inputs) =>
    session.api.principals.create({
      name: inputs.name!,
      binding: bindingOf(inputs.boundTo),
      members: createMembers(principalProperties, inputs),
    }),
  update: ({ session }, { id, news, changed }) =>
    session.api.principals.update(id, {
      ...(changed.has("name") ? { name: news.name! } : {}),
      ...(changed.has("boundTo") ? { binding: bindingOf(news.boundTo) } : {}),
      members: updateMembers(principalProperties, news, changed),
    }),
  delete: ({ session }, id) => session.api.principals.delete(id),

  id: (remote) => remote.id,
  describe: (remote) => `principal "${remote.name}" (id ${remote.id})`,
  observed: (remote) => ({
    ...observedMembers(principalProperties, answerOf(remote)),
    boundTo: { [remote.binding.type]: remote.binding.id },
    name: remote.name,
  }),
  outputs: (remote) => ({ organizationId: remote.organizationId }),
  owner: {
    of: iamOwner,
    assert: assertPrincipals,
  },
};

function bindingOf(boundTo: PrincipalInputs["boundTo"]): Binding {
  const type = BINDINGS.find((name) => boundTo[name] !== undefined)!;
  return { type, id: boundTo[type]! };
}

function validateBinding(boundTo: unknown): Failure[] {
  if (typeof boundTo !== "object" || boundTo === null) return [];
  const given = Object.entries(boundTo).filter(([, id]) => id !== undefined);
  const allowed = `allowed: exactly one of ${BINDINGS.join(", ")} with its id; for example boundTo: { workspace: customerA.id }`;
  const [first] = given;
  if (given.length !== 1 || !first || !(BINDINGS as readonly string[]).includes(first[0])) {
    return [
      {
        property: "boundTo",
        reason: `boundTo: given ${show(given.map(([name]) => name))}; ${allowed}`,
      },
    ];
  }
  const [name, id] = first;
  if (holdsUnknown(id) || (typeof id === "string" && ID.test(id))) return [];
  return [
    {
      property: `boundTo.${name}`,
      reason: `boundTo.${name}: given ${show(id)}; allowed: the id of ${name === "account" ? "a grant" : `the ${name}`}; for example boundTo: { workspace: customerA.id }`,
    },
  ];
}

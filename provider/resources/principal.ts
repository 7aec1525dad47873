import * as pulumi from "@pulumi/pulumi";
import { type CommonInputs, type Definition } from "../core/definition";
import { type Failure, show } from "../core/fields";
import { optionsFor, registered, typeToken } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { holdsUnknown } from "../core/unknown";
import { type Binding, type Principal } from "../nylas/api";
import { descriptionField, flag, ID, shortNameField } from "./fields";
import { assertPrincipals, iamOwner, organizationScope, type Session, stillListed } from "./session";
import { identityByName } from "./workspace";

/** What a principal may act on: exactly one of these. */
export type NylasBinding =
  | {
      /** The workspace's accounts, whichever these are at the moment of a request. */ workspace: pulumi.Input<string>;
    }
  | { /** One account, by its grant id. */ account: pulumi.Input<string> }
  | { /** A whole application, by its id. */ application: pulumi.Input<string> }
  | {
      /** The organization, by its id: for domains and for other principals. */ organization: pulumi.Input<string>;
    };

/** Arguments of {@link NylasPrincipal}. */
export interface NylasPrincipalArgs {
  /**
   * What it may act on. Changed in place, for all its keys at once: from then on they reach what is named now. A binding to a
   * workspace follows the accounts that are in it at the moment. API: `resource_binding`.
   */
  boundTo: NylasBinding;
  /** Ids of roles, as a set, such as `role_system_messages_reader`. Changed in place. API: `roles`. */
  roles?: pulumi.Input<pulumi.Input<string>[]>;
  /** Permissions of its own, as a set, such as `messages.read`. Changed in place. API: `direct_permissions`. */
  permissions?: pulumi.Input<pulumi.Input<string>[]>;
  /** A name for people, 1 to 128 characters. Default: `project/stack/name`. Changed in place. API: `name`. */
  name?: pulumi.Input<string>;
  /** Free text. Changed in place; taking the line away empties it. API: `description`. */
  description?: pulumi.Input<string>;
  /** Whether its keys work. Default: true. Changed in place. API: `status`. */
  enabled?: pulumi.Input<boolean>;
  /** Take over a principal that exists already (by name): true, or its id. Nothing is written then. */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:organizationKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/**
 * A caller with keys of its own ({@link NylasApiKey}): how a tenant gets a key that reads the mail of its own workspace and of no other.
 * Needs the organization key (`nylas:organizationKey`, with `iam.principals.*`). Deleting it deletes its keys.
 *
 * Experimental: these routes are new, and what they answer has not been seen in all its parts.
 * API: [IAM principals](https://developer.nylas.com/docs/reference/api/iam-principals/).
 */
export class NylasPrincipal extends pulumi.CustomResource {
  readonly boundTo!: pulumi.Output<{
    workspace?: string;
    account?: string;
    application?: string;
    organization?: string;
  }>;
  readonly roles!: pulumi.Output<string[] | undefined>;
  readonly permissions!: pulumi.Output<string[] | undefined>;
  readonly name!: pulumi.Output<string>;
  readonly description!: pulumi.Output<string | undefined>;
  readonly enabled!: pulumi.Output<boolean>;
  /** The organization it belongs to; undefined where Nylas does not say. */
  readonly organizationId!: pulumi.Output<string | undefined>;

  constructor(name: string, args: NylasPrincipalArgs, options?: pulumi.CustomResourceOptions) {
    super(
      typeToken("Principal"),
      name,
      registered("Principal", name, args, options, {
        outputs: ["boundTo", "roles", "permissions", "name", "description", "enabled", "organizationId"],
      }),
      optionsFor("Principal", options, {}),
    );
    restoreStackDepth();
  }

  /** A principal that is managed elsewhere, by its id. Asks Nylas, in a preview too. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): NylasPrincipal {
    return new NylasPrincipal(name, undefined as never, { ...options, id });
  }
}

export interface PrincipalInputs extends CommonInputs {
  boundTo: Partial<Record<Binding["type"], string>>;
  roles?: string[];
  permissions?: string[];
  name?: string;
  description?: string;
  enabled?: boolean;
}

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
  fields: (z) => ({
    boundTo: {
      schema: z.looseObject({}),
      allowed: `an object with one of ${BINDINGS.join(", ")}`,
      example: "{ workspace: customerA.id }",
      required: true,
    },
    roles: {
      schema: z.array(z.string().check(z.regex(/^[\x21-\x7e]{1,256}$/))).check(z.maxLength(100)),
      allowed: "a list of at most 100 ids of roles",
      example: '["role_system_messages_reader"]',
    },
    permissions: {
      schema: z
        .array(z.string().check(z.maxLength(256), z.regex(/^(?=.*\.)[\x21-\x7e]+$/)))
        .check(z.maxLength(100)),
      allowed: "a list of at most 100 permissions, each as Nylas spells it, such as resource.action",
      example: '["messages.read"]',
    },
    name: shortNameField(z, "Customer A"),
    description: descriptionField(z),
    enabled: flag(z),
  }),
  inputs: {
    defaults: { enabled: true },
    isNamedByDefault: true,
    normalForms: {
      roles: asSetOrNone,
      permissions: asSetOrNone,
      description: (text) => (text === "" ? undefined : text),
    },
  },
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
  create: ({ session }, { name, description, enabled, roles, permissions, boundTo }) =>
    session.api.principals.create({
      name: name!,
      binding: bindingOf(boundTo),
      ...(description === undefined ? {} : { description }),
      ...(enabled === undefined ? {} : { enabled }),
      ...(roles === undefined ? {} : { roles: asSet(roles) }),
      ...(permissions === undefined ? {} : { permissions: asSet(permissions) }),
    }),
  update: ({ session }, { id, news, changed }) =>
    session.api.principals.update(id, {
      ...(changed.has("name") ? { name: news.name! } : {}),
      ...(changed.has("description") ? { description: news.description ?? "" } : {}),
      ...(changed.has("enabled") ? { enabled: news.enabled ?? true } : {}),
      ...(changed.has("roles") ? { roles: asSet(news.roles ?? []) } : {}),
      ...(changed.has("permissions") ? { permissions: asSet(news.permissions ?? []) } : {}),
      ...(changed.has("boundTo") ? { binding: bindingOf(news.boundTo) } : {}),
    }),
  delete: ({ session }, id) => session.api.principals.delete(id),

  id: (remote) => remote.id,
  describe: (remote) => `principal "${remote.name}" (id ${remote.id})`,
  observed: (remote) => ({
    boundTo: { [remote.binding.type]: remote.binding.id },
    roles: remote.roles,
    permissions: remote.permissions,
    name: remote.name,
    description: remote.description,
    enabled: remote.enabled,
  }),
  outputs: (remote) => ({ organizationId: remote.organizationId }),
  owner: {
    of: iamOwner,
    assert: assertPrincipals,
  },
};

const BINDINGS = ["workspace", "account", "application", "organization"] as const;

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

/** None of them and no line for them are the same. */
function asSetOrNone(values: string[]): string[] | undefined {
  return values.length === 0 ? undefined : asSet(values);
}

function asSet(values: string[]): string[] {
  return [...new Set(values)].sort();
}

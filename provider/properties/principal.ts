import { kindTable, table, type InputsOf } from "../core/propertyTable";
import { flag, list, text, type Type } from "../core/types";
import { type Binding } from "../nylas/api";
import { description, name } from "./shared";
import { id, shortName, typed } from "./types";

/** What a principal can be bound to. */
export const BINDINGS = ["workspace", "account", "application", "organization"] as const;

type BoundTo = Partial<Record<Binding["type"], string>>;

// Which one it is, is for a rule to judge, which can name it.
const binding: Type<object> = {
  shape: {
    kind: "object",
    name: "NylasBinding",
    output: { text: "BoundTo" },
    text: "What a principal may act on: exactly one of these.",
    members: table({
      workspace: {
        type: id("workspace"),
        example: "customerA.id",
        text: "The workspace's accounts, whichever these are at the moment of a request.",
      },
      account: { type: id("account"), example: "bot.id", text: "One account, by its grant id." },
      application: {
        type: id("application"),
        example: '"ad410018-d306-43f9-8361-fa5d7b2172e0"',
        text: "A whole application, by its id.",
      },
      organization: {
        type: id("organization"),
        example: '"org-1"',
        text: "The organization, by its id: for domains and for other principals.",
      },
    }),
  },
  schema: (z) => z.looseObject({}),
  allowed: `an object with one of ${BINDINGS.join(", ")}`,
};

export const principalProperties = table({
  boundTo: {
    type: typed<BoundTo>(
      binding,
      { text: "NylasBinding", imports: { NylasBinding: "classes/types" }, isPlain: true },
      { text: "{ workspace?: string; account?: string; application?: string; organization?: string }" },
    ),
    example: "{ workspace: customerA.id }",
    text: "What it may act on.",
    required: true,
    whenChanged: {
      inPlace:
        ", for all its keys at once: from then on they reach what is named now. A binding to a workspace follows the accounts that are in it at the moment.",
    },
    api: "`resource_binding`",
    output: true,
    isReviewed: true,
  },
  roles: {
    type: list(text("a role", /^[\x21-\x7e]{1,256}$/), "a list of at most 100 ids of roles", { most: 100 }),
    example: '["role_system_messages_reader"]',
    text: "Ids of roles, as a set, such as `role_system_messages_reader`.",
    whenChanged: { inPlace: true },
    wire: "roles",
    unset: [],
    isSet: true,
    output: true,
    isReviewed: true,
  },
  permissions: {
    type: list(
      text("a permission", {
        checks: (z) => [z.maxLength(256), z.regex(/^(?=.*\.)[\x21-\x7e]+$/)],
      }),
      "a list of at most 100 permissions, each as Nylas spells it, such as resource.action",
      { most: 100 },
    ),
    example: '["messages.read"]',
    text: "Permissions of its own, as a set, such as `messages.read`.",
    whenChanged: { inPlace: true },
    wire: "direct_permissions",
    unset: [],
    isSet: true,
    output: true,
    isReviewed: true,
  },
  name: name('"Customer A"', shortName, 128),
  description,
  enabled: {
    type: flag,
    example: "true",
    text: "Whether its keys work.",
    default: "true",
    defaultValue: true,
    whenChanged: { inPlace: true },
    wire: { member: "status", yes: "active", no: "disabled" },
    output: true,
    isReviewed: true,
  },
});

export type PrincipalProperties = InputsOf<typeof principalProperties>;

export const principalKind = kindTable({
  type: "Principal",
  className: "NylasPrincipal",
  listedAfter: "SmokeTest",
  isExperimental: true,
  text: `A caller with keys of its own ({@link NylasApiKey}). Such a key lets a tenant read the mail of its own workspace and of no other. Needs the organization key (\`nylas:organizationKey\`, with \`iam.principals.*\`). Deleting it deletes its keys.

Experimental: these routes are new, and what they answer has not been seen in all its parts.`,
  api: {
    title: "IAM principals",
    address: "https://developer.nylas.com/docs/reference/api/iam-principals/",
  },
  properties: principalProperties,
  outputs: {
    organizationId: {
      type: { text: "string" },
      text: "The organization it belongs to; undefined where Nylas does not say.",
      mayBeMissing: true,
    },
  },
  get: { what: "A principal", by: "its id" },
  adopt: {
    text: "Take over a principal that exists already (by name): true, or its id. Nothing is written then.",
  },
  key: "organizationKey",
  review: { section: "rest", noun: "principal", sameBy: ["name"], isFoundByLikeness: true },
  needs: {
    permissions: [
      "iam.principals.read",
      "iam.principals.create",
      "iam.principals.update",
      "iam.principals.delete",
    ],
  },
});

import { type Role } from "../model/objects.js";

/** What a key needs for `/v3/domains`, all of them. */
export const DOMAIN_PERMISSIONS = ["domains.read", "domains.create", "domains.update", "domains.delete"];

/** The role without which an organization has nobody left to manage its keys. */
export const IAM_ADMIN = "role_system_iam_admin";

const ACTIONS = ["read", "create", "update", "delete"];

/** Those that every organization has. */
export const SYSTEM_ROLES: Role[] = [
  {
    id: IAM_ADMIN,
    permissions: ["iam.principals", "iam.credentials"].flatMap((r) => ACTIONS.map((a) => `${r}.${a}`)),
  },
  { id: "role_system_messages_reader", permissions: ["messages.read"] },
];

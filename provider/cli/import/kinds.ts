/** The kinds of objects that can be brought in. */
export const KINDS = ["domains", "policies", "lists", "rules", "workspaces", "accounts", "webhooks"] as const;
export type Kind = (typeof KINDS)[number];

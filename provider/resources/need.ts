/** What a resource needs to be let in: which key, and which permissions that key's principal has to have. */
export interface Need {
  /** The resource's class. */
  resource: string;
  /** `application`: `nylas:apiKey`. `organization`: `nylas:organizationKey`, or `nylas:serviceAccount` for domains. */
  key: "application" | "organization" | "none";
  /** Permissions of an IAM key; an application key has no finer ones. */
  permissions: readonly string[];
  /** Whether `nylas:serviceAccount` does in place of the organization key. */
  signed?: true;
  /** What else is asked for, and when. */
  also?: string;
}

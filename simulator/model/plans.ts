/** Limits of a policy as they stand on the wire; -1 means unlimited. */
export interface Limits {
  limit_attachment_size_limit: number;
  limit_attachment_count_limit: number;
  limit_attachment_allowed_types: string[];
  limit_size_total_mime: number;
  limit_storage_total: number;
  limit_count_daily_message_received: number;
  limit_count_daily_email_sent: number;
  limit_inbox_retention_period: number;
  limit_spam_retention_period: number;
}

export interface Plan {
  accounts: number;
  rules: number;
  lists: number;
  /** What a policy without the limit gets, and the most that it may ask for. */
  limits: Limits;
}

const MB = 1024 ** 2;
const GB = 1024 ** 3;

export const PLANS: Record<"free" | "full" | "later", Plan> = {
  free: {
    accounts: 3,
    rules: 5,
    lists: 10,
    limits: {
      limit_attachment_size_limit: 50 * MB,
      limit_attachment_count_limit: 10,
      limit_attachment_allowed_types: [],
      limit_size_total_mime: 50 * MB,
      limit_storage_total: 3 * GB,
      limit_count_daily_message_received: -1,
      limit_count_daily_email_sent: 200,
      limit_inbox_retention_period: 30,
      limit_spam_retention_period: 7,
    },
  },
  full: {
    accounts: 20,
    rules: 30,
    lists: 50,
    limits: {
      limit_attachment_size_limit: 50 * MB,
      limit_attachment_count_limit: 20,
      limit_attachment_allowed_types: [],
      limit_size_total_mime: 100 * MB,
      limit_storage_total: 10 * GB,
      limit_count_daily_message_received: -1,
      limit_count_daily_email_sent: -1,
      limit_inbox_retention_period: 365,
      limit_spam_retention_period: 30,
    },
  },
  // Figures that the vendor has never stated: some lower, some higher than today's, and no limit where there was one.
  later: {
    accounts: 25,
    rules: 40,
    lists: 40,
    limits: {
      limit_attachment_size_limit: 40 * MB,
      limit_attachment_count_limit: 25,
      limit_attachment_allowed_types: [],
      limit_size_total_mime: 120 * MB,
      limit_storage_total: 25 * GB,
      limit_count_daily_message_received: 5000,
      limit_count_daily_email_sent: 2000,
      limit_inbox_retention_period: 730,
      limit_spam_retention_period: 14,
    },
  },
};

/** Limits that may be -1 where the plan sets no ceiling of its own. */
export const UNLIMITABLE: ReadonlySet<keyof Limits> = new Set<keyof Limits>([
  "limit_storage_total",
  "limit_count_daily_message_received",
  "limit_count_daily_email_sent",
  "limit_inbox_retention_period",
  "limit_spam_retention_period",
]);

import { type Store } from "../model/store.js";
import { ApiError } from "./errors.js";

/** A bucket per application, as large as one second's worth. */
export class RateLimit {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  /** Takes one request out of the owner's bucket, or throws. */
  spend(store: Store, owner: string): void {
    const rate = store.settings.requestsPerSecond;
    if (rate === 0) return;
    const now = Date.now();
    const bucket = this.buckets.get(owner) ?? { tokens: rate, at: now };
    bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) / 1000) * rate);
    bucket.at = now;
    this.buckets.set(owner, bucket);
    if (bucket.tokens < 1) throw new ApiError(429, "nylas_rate_limit_exceeded", "Too many requests");
    bucket.tokens -= 1;
  }
}

// Token buckets, one for each key: full at first, a token a request, refilled evenly. How many buckets are kept is
// bounded; the least recently used one is removed first, and its key starts with a full bucket again.

export interface TokenBuckets {
  /** Takes a token of this key. Returns 0, or the seconds (1 at least) until there is one again. */
  take(key: string): number;
}

export interface TokenBucketsOptions {
  /** How many a bucket holds, and how many flow into it in a minute. */
  readonly perMinute: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: (() => number) | undefined;
  readonly bucketsLimit?: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

const minuteMs = 60_000;

export function createTokenBuckets(options: TokenBucketsOptions): TokenBuckets {
  const { perMinute, now = () => performance.now(), bucketsLimit = 10_000 } = options;
  const perMs = perMinute / minuteMs;
  const buckets = new Map<string, Bucket>();
  return {
    take(key) {
      const at = now();
      const bucket = buckets.get(key) ?? { tokens: perMinute, at };
      bucket.tokens = Math.min(perMinute, bucket.tokens + (at - bucket.at) * perMs);
      bucket.at = at;
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > bucketsLimit) {
        const [unseenLongest] = buckets.keys();
        if (unseenLongest !== undefined) buckets.delete(unseenLongest);
      }
      if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000));
      bucket.tokens -= 1;
      return 0;
    },
  };
}

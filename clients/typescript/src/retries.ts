import { KeyplaneApiError, KeyplaneConnectionError } from './keyplane-api-error.ts';

export interface RetryPolicy {
  /** How often a request is sent at the most. */
  readonly attempts: number;
  /** Milliseconds before the second; doubled each time, and jittered. */
  readonly baseMs: number;
  readonly capMs: number;
}

export const defaultRetries: RetryPolicy = Object.freeze({ attempts: 4, baseMs: 200, capMs: 5_000 });

/** Where the same request may well succeed: no answer, or one that says "not now". */
function mayPass(error: unknown): boolean {
  if (error instanceof KeyplaneConnectionError) return true;
  if (!(error instanceof KeyplaneApiError)) return false;
  return error.status === 429 || error.status === 502 || error.status === 503 || error.status === 504;
}

/**
 * Sends again what may be sent again.
 * @param isSafe whether doing it twice does it once: it reads, or it carries an Idempotency-Key
 */
export async function withRetries<T>(
  send: () => Promise<T>,
  { policy, isSafe, signal }: { policy: RetryPolicy; isSafe: boolean; signal?: AbortSignal | undefined },
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (!isSafe || attempt >= policy.attempts || !mayPass(error)) throw error;
      await pause(waitMs(error, attempt, policy), signal);
    }
  }
}

function waitMs(error: unknown, attempt: number, { baseMs, capMs }: RetryPolicy): number {
  if (error instanceof KeyplaneApiError && error.retryAfterSeconds !== undefined) {
    return error.retryAfterSeconds * 1000;
  }
  const most = Math.min(capMs, baseMs * 2 ** (attempt - 1));
  return most / 2 + (Math.random() * most) / 2;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}

// When a personal token was used last. It is recorded beside requests and only every ten minutes for a token, so that no
// request waits for it and a busy token costs nothing. What a crash loses is used again or was not worth keeping.

import type { SharedStore } from '../unit-of-work.ts';
import type { AccessStores, Token } from './access-store.ts';

const granularityMs = 10 * 60_000;
const collectMs = 500;
/** Uses that wait to be recorded; further ones are recorded at a later use. */
const mostPending = 1_000;

export interface TokenUse {
  readonly note: (token: Token) => void;
  /** Records what is pending. */
  close(): Promise<void>;
}

export interface TokenUseOptions {
  readonly store: SharedStore<AccessStores>;
  readonly clock: () => Date;
}

export function createTokenUse({ store, clock }: TokenUseOptions): TokenUse {
  const pending = new Map<string, Date>();
  /** A token that is known from memory still has the time of its last use but one. */
  const recorded = new Map<string, Date>();
  let timer: NodeJS.Timeout | undefined;
  let recording: Promise<void> = Promise.resolve();

  async function record(): Promise<void> {
    const uses = [...pending];
    pending.clear();
    if (uses.length === 0) return;
    if (recorded.size >= mostPending) recorded.clear();
    for (const [id, usedAt] of uses) recorded.set(id, usedAt);
    try {
      await store.asyncCommit(async ({ tokens }) => {
        for (const [id, usedAt] of uses) await tokens.recordUse(id, usedAt);
      });
    } catch {
      // The next use of the token is recorded instead.
      for (const [id] of uses) recorded.delete(id);
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    recording = recording.then(record);
    return recording;
  }

  return {
    note({ id, kind, lastUsedAt }) {
      const now = clock();
      if (kind !== 'PERSONAL' || pending.has(id) || pending.size >= mostPending) return;
      const last = Math.max(lastUsedAt?.getTime() ?? 0, recorded.get(id)?.getTime() ?? 0);
      if (now.getTime() - last < granularityMs) return;
      pending.set(id, now);
      timer ??= setTimeout(() => void flush(), collectMs).unref();
    },
    close: flush,
  };
}

// A manager learns the data keys that others made since it started: by polling, so that it seals under
// the newest one soon, and at once when the store reads a value that was sealed under a key it does not have.

import { IdleDetector } from '../runtime/idle-detector.ts';
import type { DataKeyLearner, DataKeyStore } from './data-key-store.ts';
import type { Sealing } from './open-sealing.ts';

/** For the store, which checks before it returns a sealed value. */
export function dataKeyLearner({ sealer, refresh }: Sealing): DataKeyLearner {
  return { knows: (sealed) => sealer.knows(sealed), learn: (stores) => refresh(stores) };
}

/** How often a manager polls for a newer data key; it seals under the old one that long at the most. */
const pollEveryMs = 2000;

export interface DataKeyWatch {
  close(): Promise<void>;
}

/** @param onStale called once, when there is a data key that the master key of this process does not open */
export function watchDataKeys(
  store: {
    read<T>(work: (stores: { readonly dataKeys: DataKeyStore }) => Promise<T>): Promise<T>;
    changeMark(): string | undefined;
  },
  sealing: Sealing,
  onStale: () => void,
): DataKeyWatch {
  let isStale = false;
  let polling: Promise<void> | undefined;
  const idle = new IdleDetector(
    () => store.changeMark(),
    () => new Date(),
  );
  const poll = async () => {
    idle.begin();
    try {
      const isFresh = await store.read((stores) => sealing.refresh(stores));
      if (!isFresh && !isStale) onStale();
      isStale = !isFresh;
      idle.foundNothingUntil(null);
    } catch {
      // The database does not answer now; other requests report it.
    }
    polling = undefined;
  };
  const timer = setInterval(() => {
    if (!idle.isIdle) polling ??= poll();
  }, pollEveryMs);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await polling;
    },
  };
}

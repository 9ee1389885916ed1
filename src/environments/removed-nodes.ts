// When a node of an environment was last removed: until then it may have served and used what it had. Key rings count it in
// as long as that matters, although its row is gone.

import type { RingStores } from '../rings/ring-store.ts';

export interface RemovedNodeStores extends RingStores {
  readonly installation: {
    get(key: string): Promise<string | undefined>;
    put(key: string, value: string): Promise<void>;
  };
}

const keyOf = (environmentId: string) => `node-removed:${environmentId}`;

/** In the transaction that removes it. */
export async function noteRemoval(
  { installation, rings }: RemovedNodeStores,
  environmentId: string,
): Promise<void> {
  await installation.put(keyOf(environmentId), String((await rings.now()).getTime()));
}

/** Of these environments; null: never. By the clock of the database. */
export async function lastRemovalOf(
  { installation }: RemovedNodeStores,
  environmentIds: readonly string[],
): Promise<Date | null> {
  const texts = await Promise.all(environmentIds.map((id) => installation.get(keyOf(id))));
  const times = texts.filter((text) => text !== undefined).map(Number);
  return times.length === 0 ? null : new Date(Math.max(...times));
}

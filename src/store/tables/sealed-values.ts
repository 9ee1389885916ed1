import type { DataKeyStore } from '../../sealing/data-key-store.ts';
import type { Sealed } from '../../sealing/sealed.ts';
import type { StoreKeys } from '../integrity/row-guard.ts';

/** Sealed values that leave the store: their data key is known to the sealer, however new it is. */
export class SealedValues {
  readonly #keys: StoreKeys;
  readonly #dataKeys: DataKeyStore;

  constructor(keys: StoreKeys, dataKeys: DataKeyStore) {
    this.#keys = keys;
    this.#dataKeys = dataKeys;
  }

  /** In the transaction that read them. */
  async learn(values: Iterable<Sealed | null>): Promise<void> {
    const learner = this.#keys.dataKeys;
    if (learner === undefined) return;
    for (const sealed of values) {
      if (sealed === null || learner.knows(sealed)) continue;
      await learner.learn({ dataKeys: this.#dataKeys });
      return;
    }
  }
}

interface Wanted<Key, Found> {
  readonly key: Key;
  readonly found: PromiseWithResolvers<Found>;
}

/** What is wanted in the same turn of the event loop is read together. */
export class GatheredReads<Key, Found> {
  #wanted: Wanted<Key, Found>[] = [];

  /** @param readAll is called once for all keys. @throws what it throws */
  read(key: Key, readAll: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Found>>): Promise<Found> {
    const found = Promise.withResolvers<Found>();
    if (this.#wanted.length === 0) queueMicrotask(() => void this.#readAll(readAll));
    this.#wanted.push({ key, found });
    return found.promise;
  }

  async #readAll(readAll: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Found>>): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = [];
    try {
      const all = await readAll(wanted.map(({ key }) => key));
      for (const { key, found } of wanted) found.resolve(all.get(key) as Found);
    } catch (error) {
      for (const { found } of wanted) found.reject(error);
    }
  }
}

import type { DeployedContent } from '../../protocol/content.ts';
import type { StoredObject } from '../stored-object.ts';
import type { RecordLocation } from './log-file.ts';
import type { LogTransaction, StateCopy } from './state-copy.ts';

/** The copy of a node that keeps nothing on its disk: contents in memory, as long as they belong to the state. */
export class MemoryCopy implements StateCopy {
  /** By the offset of their location: the contents of the state, and of a transaction. */
  readonly #contents = new Map<number, DeployedContent>();
  #next = 0;

  async begin(): Promise<LogTransaction> {
    const added: number[] = [];
    return {
      put: async ({ put }) => {
        const offset = this.#next;
        this.#next += 1;
        this.#contents.set(offset, put);
        added.push(offset);
        return { offset, bytes: 0 } satisfies RecordLocation;
      },
      gone: async () => undefined,
      commit: async () => undefined,
      abort: async () => {
        for (const offset of added) this.#contents.delete(offset);
      },
    };
  }

  async read({ location }: StoredObject): Promise<DeployedContent> {
    const content = this.#contents.get(location.offset);
    if (content === undefined) throw new Error('the object is no longer of the current state');
    return content;
  }

  dropPrivateParts(): void {}

  /** What is superseded is dropped at once. */
  async compactIfDue(objects: ReadonlyMap<string, StoredObject>): Promise<boolean> {
    if (this.#contents.size === objects.size) return false;
    const live = new Set([...objects.values()].map(({ location }) => location.offset));
    for (const offset of this.#contents.keys()) if (!live.has(offset)) this.#contents.delete(offset);
    return true;
  }

  async close(): Promise<void> {
    this.#contents.clear();
  }
}

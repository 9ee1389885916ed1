import type { EnvironmentNouns, NodeSighting } from '../environments/environment-store.ts';
import type { SharedStore } from '../unit-of-work.ts';

/** Confirmations of many nodes become one commit: soon where another manager may wait for them. */
const gatherMs = Object.freeze({ amongOthers: 5, alone: 250 });

export interface SightingsOptions {
  readonly store: SharedStore<Pick<EnvironmentNouns, 'nodes'>>;
  readonly isAlone: () => boolean;
  readonly onError: (error: unknown) => void;
}

export interface Sightings {
  note(sighting: NodeSighting): void;
  /** Writes what is still gathered. */
  flush(): Promise<void>;
}

/**
 * Records when nodes were seen and what they had. It is a record, not the truth: who is connected now is asked
 * of the sessions of all managers. A write that fails is tried again with the next.
 */
export function createSightings({ store, isAlone, onError }: SightingsOptions): Sightings {
  let gathered = new Map<string, NodeSighting>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    timer = undefined;
    if (gathered.size === 0) return;
    const batch = gathered;
    gathered = new Map();
    try {
      await store.aside((nouns) => nouns.nodes.record([...batch.values()]));
    } catch (error) {
      for (const [id, sighting] of batch) if (!gathered.has(id)) gathered.set(id, sighting);
      onError(error);
    }
  }

  return {
    note(sighting) {
      gathered.set(sighting.nodeId, sighting);
      const waitMs = isAlone() ? gatherMs.alone : gatherMs.amongOthers;
      timer ??= setTimeout(() => {
        writing = writing.then(write);
      }, waitMs);
    },
    async flush() {
      clearTimeout(timer);
      await writing;
      await write();
    },
  };
}

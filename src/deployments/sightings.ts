import type { EnvironmentNouns, NodeSighting } from '../environments/environment-store.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

/** Confirmations of many nodes become one commit. */
const gatherMs = 25;

export interface Sightings {
  note(sighting: NodeSighting): void;
  /** Writes what is still gathered. */
  flush(): Promise<void>;
}

/**
 * Records when nodes were seen and what they had. It is a record, not the truth: who is connected now is asked
 * of the sessions. A write that fails is tried again with the next.
 */
export function createSightings(
  store: UnitOfWork<Pick<EnvironmentNouns, 'nodes'>>,
  onError: (error: unknown) => void,
): Sightings {
  let gathered = new Map<string, NodeSighting>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    timer = undefined;
    if (gathered.size === 0) return;
    const batch = gathered;
    gathered = new Map();
    try {
      await store.write((nouns) => nouns.nodes.record([...batch.values()]));
    } catch (error) {
      for (const [id, sighting] of batch) if (!gathered.has(id)) gathered.set(id, sighting);
      onError(error);
    }
  }

  return {
    note(sighting) {
      gathered.set(sighting.nodeId, sighting);
      timer ??= setTimeout(() => {
        writing = writing.then(write);
      }, gatherMs);
    },
    async flush() {
      clearTimeout(timer);
      await writing;
      await write();
    },
  };
}

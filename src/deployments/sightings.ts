import type { EnvironmentNouns, NodeSighting } from '../environments/environment-store.ts';
import type { SharedStore } from '../unit-of-work.ts';

/** Confirmations of many nodes become one commit: soon where another manager may wait for them. */
const gatherMs = Object.freeze({ amongOthers: 5, alone: 250 });
const againMs = 1_000;

export interface SightingsOptions {
  readonly store: SharedStore<Pick<EnvironmentNouns, 'nodes'>>;
  readonly isAlone: () => boolean;
  readonly onError: (error: unknown) => void;
}

export interface Sightings {
  note(sighting: NodeSighting): void;
  /** Writes what is still gathered; what fails then is left to those who look for managers that are gone. */
  close(): Promise<void>;
}

/**
 * Records when nodes were seen and what they had. It is a record, not the truth: who is connected now is asked
 * of the sessions of all managers. A write that fails is tried again.
 */
export function createSightings({ store, isAlone, onError }: SightingsOptions): Sightings {
  let gathered = new Map<string, NodeSighting>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let closed = false;

  function writeAfter(waitMs: number): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      writing = writing.then(write);
    }, waitMs);
  }

  async function write(): Promise<void> {
    if (gathered.size === 0) return;
    const batch = gathered;
    gathered = new Map();
    try {
      await store.aside((nouns) => nouns.nodes.record([...batch.values()]));
    } catch (error) {
      for (const [id, sighting] of batch) if (!gathered.has(id)) gathered.set(id, sighting);
      onError(error);
      if (!closed) writeAfter(againMs);
    }
  }

  return {
    note(sighting) {
      gathered.set(sighting.nodeId, sighting);
      writeAfter(isAlone() ? gatherMs.alone : gatherMs.amongOthers);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      timer = undefined;
      await writing;
      await write();
    },
  };
}

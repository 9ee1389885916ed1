import type { DeployedKind } from '../protocol/content.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { ContentReader } from './content-reader.ts';
import type { DesiredStateNouns } from './desired-state-store.ts';
import {
  alteredState,
  readStatePart,
  type StatePart,
  type StatePosition,
  type tooFarBehind,
} from './state-part.ts';

/** Parts kept for other nodes at the same revision; a fan-out to 1,000 nodes reads the database once. */
const keptParts = 64;
/** They hold private members in the clear, so they are not kept for longer than a fan-out takes. */
const keptMs = 2_000;

export interface StatePartReader {
  /**
   * The next step from a position, or undefined when there is none.
   * @param atLeast a revision that was committed: what was read since for another node is good enough then.
   *   Infinity: the database is asked where the environment is
   */
  next(environmentId: string, position: StatePosition, atLeast: number): Promise<NextPart>;
}

export type NextPart = StatePart | typeof tooFarBehind | undefined;

/** What nodes are not told of. */
export interface LeftOut {
  readonly environmentId: string;
  /** `environment`: all of it, because its state was written past keyplane. */
  readonly kind: DeployedKind | 'environment';
  readonly objectId: string;
}

/**
 * Makes state messages out of desired state. An object that cannot be read, no longer has the digest it was desired with,
 * or whose row was written past keyplane, is reported and left out; what else changed still arrives.
 */
export function createStatePartReader<Nouns extends DesiredStateNouns>(options: {
  readonly store: UnitOfWork<Nouns>;
  readonly readers: readonly ContentReader<Nouns>[];
  readonly onLeftOut: (object: LeftOut) => void;
}): StatePartReader {
  const { store, readers, onLeftOut } = options;
  const kept = new Map<string, { readonly revision: number; readonly part: Promise<NextPart> }>();

  async function readAndReport(environmentId: string, position: StatePosition): Promise<NextPart> {
    const part = await store.read((nouns) => readStatePart(nouns, readers, { environmentId, ...position }));
    if (part === alteredState) {
      onLeftOut({ environmentId, kind: 'environment', objectId: environmentId });
      return undefined;
    }
    // Only now: had the database failed, everything would have looked unreadable.
    for (const key of typeof part === 'object' ? part.leftOut.keys() : []) {
      const [kind, objectId = ''] = key.split('/') as [DeployedKind, string];
      onLeftOut({ environmentId, kind, objectId });
    }
    return part;
  }

  return {
    async next(environmentId, position, atLeast) {
      const revision = Number.isFinite(atLeast)
        ? atLeast
        : (await store.read((nouns) => nouns.desired.state(environmentId))).revision;
      const key = `${environmentId} ${position.after} ${position.goneAbove}`;
      const known = kept.get(key);
      if (known !== undefined && known.revision >= revision) return known.part;
      const part = readAndReport(environmentId, position);
      const entry = { revision, part };
      kept.set(key, entry);
      const forget = () => kept.get(key) === entry && kept.delete(key);
      part.catch(forget);
      setTimeout(forget, keptMs).unref();
      for (const oldest of kept.keys()) {
        if (kept.size <= keptParts) break;
        kept.delete(oldest);
      }
      return part;
    },
  };
}

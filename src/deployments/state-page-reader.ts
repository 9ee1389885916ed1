import type { DeployedKind } from '../protocol/content.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { CommittedStep } from './committed-step.ts';
import type { ContentReader } from './content-reader.ts';
import type { DesiredStateStores } from './desired-state-store.ts';
import { RecentSteps } from './recent-steps.ts';
import {
  alteredState,
  readStatePage,
  type StatePage,
  type StatePosition,
  type tooFarBehind,
} from './state-page.ts';

/** Parts kept for other nodes at the same revision; a fan-out to 1,000 nodes reads the database once. */
const keptPages = 64;
/** They hold private members in the clear, so they are not kept for longer than a fan-out takes. */
const keptMs = 2_000;

export interface StatePageReader {
  /** What was committed for an environment that has nodes at this manager. */
  committed(step: CommittedStep): void;
  /**
   * The next step from a position as it was committed just now; undefined where it must be read.
   * @param atLeast a committed revision
   */
  recent(environmentId: string, position: StatePosition, atLeast: number): StatePage | undefined;
  /**
   * The next step from a position, or undefined when there is none.
   * @param atLeast a committed revision: a page that was read for another node after that commit may be reused.
   *   Infinity: the revision of the environment is read from the database
   */
  next(environmentId: string, position: StatePosition, atLeast: number): Promise<NextPage>;
}

export type NextPage = StatePage | typeof tooFarBehind | undefined;

/** An object that nodes are not sent. */
export interface LeftOut {
  readonly environmentId: string;
  /** `environment`: all of it, because its head was altered outside keyplane. */
  readonly kind: DeployedKind | 'environment';
  readonly objectId: string;
}

/**
 * Builds state messages from desired state. An object that cannot be read, whose digest differs from the desired one,
 * or whose row was altered outside keyplane, is reported and left out; other changes still arrive.
 */
export function createStatePageReader<Stores extends DesiredStateStores>(options: {
  readonly store: UnitOfWork<Stores>;
  readonly readers: readonly ContentReader<Stores>[];
  readonly onLeftOut: (object: LeftOut) => void;
}): StatePageReader {
  const { store, readers, onLeftOut } = options;
  const steps = new RecentSteps();
  const kept = new Map<string, { readonly revision: number; readonly page: Promise<NextPage> }>();

  async function readAndReport(environmentId: string, position: StatePosition): Promise<NextPage> {
    const page = await store.read((stores) => readStatePage(stores, readers, { environmentId, ...position }));
    if (page === alteredState) {
      onLeftOut({ environmentId, kind: 'environment', objectId: environmentId });
      return undefined;
    }
    // Only now: had the database failed, everything would have looked unreadable.
    for (const key of typeof page === 'object' ? page.leftOut.keys() : []) {
      const [kind, objectId = ''] = key.split('/') as [DeployedKind, string];
      onLeftOut({ environmentId, kind, objectId });
    }
    return page;
  }

  return {
    committed: (step) => steps.add(step),
    recent: (environmentId, position, atLeast) => steps.page(environmentId, position, atLeast),
    async next(environmentId, position, atLeast) {
      const revision = Number.isFinite(atLeast)
        ? atLeast
        : (await store.read((stores) => stores.desired.state(environmentId))).revision;
      const key = `${environmentId} ${position.after} ${position.tombstonesAbove}`;
      const known = kept.get(key);
      if (known !== undefined && known.revision >= revision) return known.page;
      const page = readAndReport(environmentId, position);
      const entry = { revision, page };
      kept.set(key, entry);
      const forget = () => kept.get(key) === entry && kept.delete(key);
      page.catch(forget);
      setTimeout(forget, keptMs).unref();
      for (const oldest of kept.keys()) {
        if (kept.size <= keptPages) break;
        kept.delete(oldest);
      }
      return page;
    },
  };
}

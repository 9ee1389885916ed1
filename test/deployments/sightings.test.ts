import { setTimeout } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { createSightings, type SightingsOptions } from '../../src/deployments/sightings.ts';
import type { NodeSighting } from '../../src/environments/environment-store.ts';

const sighting: NodeSighting = {
  nodeId: 'n1',
  managerId: 'm1',
  connection: 1,
  connected: true,
  appliedRevision: 3,
  version: '1',
  lastSeenAt: new Date(0),
  refusal: null,
};

/** A database that fails so many writes and then keeps what it is given. */
function databaseFailing(times: number) {
  const recorded: NodeSighting[] = [];
  let failures = times;
  const aside = async (work: (nouns: never) => Promise<unknown>) => {
    if (failures > 0) {
      failures -= 1;
      throw new Error('the database is away');
    }
    const nodes = { record: async (some: readonly NodeSighting[]) => void recorded.push(...some) };
    return work({ nodes } as never);
  };
  const store = { aside } as unknown as SightingsOptions['store'];
  return { recorded, store };
}

test('what could not be recorded is recorded once the database is back, also where nothing more is seen', async () => {
  const { recorded, store } = databaseFailing(2);
  const errors: unknown[] = [];
  const sightings = createSightings({ store, isAlone: () => false, onError: (error) => errors.push(error) });
  sightings.note(sighting);
  await vi.waitFor(() => expect(recorded).toEqual([sighting]), { timeout: 10_000 });
  expect(errors).toHaveLength(2);
  await sightings.close();
});

test('the end waits for what is gathered, and not for a database that stays away', async () => {
  const { recorded, store } = databaseFailing(1);
  const sightings = createSightings({ store, isAlone: () => false, onError: () => undefined });
  sightings.note(sighting);
  await sightings.close();
  await setTimeout(1_500);
  expect(recorded).toEqual([]);
  sightings.note(sighting);
  await sightings.close();
  expect(recorded).toEqual([sighting]);
});

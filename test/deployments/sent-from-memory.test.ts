// Pages of committed changes from memory: each is what the database would have given.

import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { DeploymentTarget } from '../../src/deployments/put-desired-state.ts';
import { RecentSteps } from '../../src/deployments/recent-steps.ts';
import { readStatePage, type StatePage } from '../../src/deployments/state-page.ts';
import { freshDatabases } from '../support/databases.ts';
import { calls, DesiredWorld } from './support/desired-world.ts';

const fresh = freshDatabases('sqlite');
let world: DesiredWorld;
beforeEach(async () => {
  world = await DesiredWorld.open(await fresh());
});

const commit = async (...transaction: Parameters<DesiredWorld['commit']>) =>
  (await world.commit(...transaction)).targets;
const stepsOf = (targets: readonly DeploymentTarget[]) => targets.flatMap(({ steps }) => steps?.take() ?? []);
const pageOfDatabase = (after: number) => {
  const { environmentId, reader } = world;
  return world.stores[0].read((stores) =>
    readStatePage(stores, [reader], { environmentId, after, tombstonesAbove: 0 }),
  );
};

function shown({ publicChanges, changes, ...page }: StatePage) {
  return { ...page, changes: JSON.parse(changes), publicChanges: JSON.parse(publicChanges()) };
}

describe('a page from memory', () => {
  test('is what the database gives from the same position, or there is none', async () => {
    let compared = 0;
    const history = fc.array(
      fc.record({ transaction: calls, known: fc.boolean(), elsewhere: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    const property = fc.asyncProperty(history, async (transactions) => {
      await world.startEnvironment();
      const steps = new RecentSteps();
      for (const { transaction, known, elsewhere } of transactions) {
        const targets = await commit(transaction, { known });
        // What another manager committed is not known here.
        if (!elsewhere) for (const step of stepsOf(targets)) steps.add(step);
        const { revision } = await world.head();
        for (let after = 1; after <= revision; after += 1) {
          const page = steps.page(world.environmentId, { after, tombstonesAbove: 0 }, revision);
          if (page === undefined) continue;
          compared += 1;
          expect(shown(page)).toEqual(shown((await pageOfDatabase(after)) as StatePage));
        }
      }
    });
    await fc.assert(property, { numRuns: 30, endOnFailure: true });
    expect(compared).toBeGreaterThan(30);
  });

  test('there is none from a position that a change of another manager separates from the head', async () => {
    await world.startEnvironment();
    const steps = new RecentSteps();
    const add = (targets: readonly DeploymentTarget[]) => {
      for (const step of stepsOf(targets)) steps.add(step);
    };
    add(await commit([[[1, 1]]]));
    await commit([[[2, 1]]]);
    add(await commit([[[3, 1]]]));
    const page = (after: number) => steps.page(world.environmentId, { after, tombstonesAbove: 0 }, 4);
    expect(page(1)).toBeUndefined();
    expect(page(2)).toBeUndefined();
    expect(page(3)).toMatchObject({ from: 3, to: 4 });
  });

  test('there is none for a snapshot, nor of a step that is larger than a message', async () => {
    await world.startEnvironment();
    const steps = new RecentSteps();
    for (const step of stepsOf(await commit([[[1, 1]]]))) steps.add(step);
    expect(steps.page(world.environmentId, { after: 0, tombstonesAbove: 'now' }, 2)).toBeUndefined();
    expect(steps.page(world.environmentId, { after: 1, tombstonesAbove: 1 }, 2)).toBeUndefined();
    const edits = Array.from({ length: 129 }, (_, index) => [index, 5] as const);
    expect(stepsOf(await commit([edits]))).toEqual([]);
  });

  test('a target that is stored is stored without what it carries', async () => {
    await world.startEnvironment();
    const targets = await commit([[[1, 1]]]);
    expect(targets[0]?.steps).toBeDefined();
    expect(JSON.stringify(targets)).toBe(
      JSON.stringify([{ environmentId: world.environmentId, revision: 2 }]),
    );
  });
});

// A model of deployment over both databases. Two managers change an environment, exclusively and within projects, at the
// same time; nodes are slow, lose their streams and come back. No node ever has what is not committed, revisions have no
// hole, and the audit log is one chain.

import { setImmediate as nextIteration } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { Deployments } from '../../src/deployments/deployments.ts';
import { createStatePageReader, type StatePageReader } from '../../src/deployments/state-page-reader.ts';
import { sampleNode, sampleNodeKey } from '../store/samples.ts';
import { withDatabases } from '../support/databases.ts';
import {
  type CommitOptions,
  type Committed,
  CommittedModel,
  calls,
  DesiredWorld,
  digestOf,
  type Edit,
  Undone,
} from './support/desired-world.ts';
import { type ModelManager, ModelNode } from './support/model-node.ts';

interface Burst {
  /** Within a project each; the others exclude every other write. */
  readonly creates: readonly { readonly project: 0 | 1; readonly by: 0 | 1; readonly known: boolean }[];
  readonly edits: readonly { readonly transaction: Edit[][]; readonly by: 0 | 1 }[];
  /** Counted through all; beyond their number: none. */
  readonly failing: number;
  /** It stays uncommitted while nodes answer and managers look. */
  readonly held: number;
}

type Step =
  | { readonly does: 'commit'; readonly transaction: Edit[][]; readonly by: 0 | 1; readonly known: boolean }
  | { readonly does: 'commit together'; readonly burst: Burst }
  | { readonly does: 'answer' | 'reconnect' | 'disconnect'; readonly node: number; readonly by: 0 | 1 }
  | { readonly does: 'look'; readonly by: 0 | 1 };

const by = fc.constantFrom(0 as const, 1 as const);
const burst: fc.Arbitrary<Burst> = fc.record({
  creates: fc.array(fc.record({ project: by, by, known: fc.boolean() }), { minLength: 1, maxLength: 5 }),
  edits: fc.array(fc.record({ transaction: calls, by }), { maxLength: 3 }),
  failing: fc.nat(9),
  held: fc.nat(9),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant('commit' as const), transaction: calls, by, known: fc.boolean() }),
  fc.record({ does: fc.constant('commit together' as const), burst }),
  fc.record({
    does: fc.constantFrom('answer' as const, 'reconnect' as const, 'disconnect' as const),
    node: fc.nat(2),
    by,
  }),
  fc.record({ does: fc.constant('look' as const), by }),
) as fc.Arbitrary<Step>;

/** Held uncommitted while nodes are looked at, which few of the random histories may do. */
const heldOpen: Step = {
  does: 'commit together',
  burst: { creates: [{ project: 0, by: 0, known: true }], edits: [], failing: 9, held: 0 },
};

withDatabases('deployment', (fresh) => {
  let world: DesiredWorld;
  /** Pages that came from memory. */
  let fromMemory: number;
  /** Nodes that were asked what they have while a transaction was open. */
  let looks: number;
  /** Of all environments. */
  let commits: number;
  beforeEach(async () => {
    world = await DesiredWorld.open(await fresh());
    fromMemory = 0;
    looks = 0;
    commits = 0;
  });

  test('a node never has what is not committed, and revisions have no hole, whatever happens to streams and to commits', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), runsThrough), {
      numRuns: 10,
      examples: [[[heldOpen, heldOpen]]],
      endOnFailure: true,
    });
    expect(fromMemory).toBeGreaterThan(3);
    expect(looks).toBeGreaterThan(3);
    expect(await world.verifiedRecords()).toBe(commits);
  }, 240_000);

  async function runsThrough(steps: readonly Step[]): Promise<void> {
    const errors: unknown[] = [];
    const model = new CommittedModel();
    const commit = async (committing: readonly Promise<Committed>[]) => {
      const results = await Promise.allSettled(committing);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(Undone);
      }
      const done = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
      commits += done.length;
      model.add(done);
      const { revision, digest } = await world.head();
      expect(model.revision).toBe(revision);
      expect(model.digests.get(revision)).toBe(digest.toString('hex'));
    };
    await commit([world.startEnvironment()]);
    const managers = [startManager(0, errors), startManager(1, errors)] as const;
    const nodes = await registerNodes();
    const connect = (node: ModelNode, to: 0 | 1) => node.connect(managers[to]);
    for (const [index, node] of nodes.entries()) await connect(node, index === 1 ? 1 : 0);

    /** What nodes do while a transaction is open. */
    async function meanwhile(): Promise<void> {
      for (let turn = 0; turn < 3; turn += 1) {
        for (const { deployments } of managers) deployments.wake();
        await nextIteration();
        for (const node of nodes) while (node.answer());
      }
      const { revision } = await world.head();
      for (const node of nodes) {
        looks += 1;
        expect(node.revision).toBeLessThanOrEqual(revision);
      }
    }

    async function deployed(committing: Promise<Committed>, manager: 0 | 1): Promise<Committed> {
      const committed = await committing;
      void managers[manager].deployments.deploy(committed.targets, 'deploy');
      return committed;
    }

    async function commitTogether({ creates, edits, failing, held }: Burst): Promise<void> {
      const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const hold = () => {
        reached.resolve();
        return released.promise;
      };
      const options = (index: number): CommitOptions => ({
        fails: index === failing,
        ...(index === held && { before: hold }),
      });
      const committing = [
        ...creates.map(({ project, by: manager, known }, index) =>
          deployed(world.create(project, { ...options(index), known }, manager), manager),
        ),
        ...edits.map(({ transaction, by: manager }, index) =>
          deployed(world.commit(transaction, options(creates.length + index), manager), manager),
        ),
      ];
      const all = commit(committing);
      if (held < committing.length) {
        await Promise.race([reached.promise, all]);
        await meanwhile().finally(released.resolve);
      }
      await all;
    }

    async function take(one: Step): Promise<void> {
      switch (one.does) {
        case 'commit':
          return commit([deployed(world.commit(one.transaction, { known: one.known }, one.by), one.by)]);
        case 'commit together':
          return commitTogether(one.burst);
        case 'answer':
          nodes[one.node]?.answer();
          return;
        case 'reconnect': {
          const node = nodes[one.node];
          return node && connect(node, one.by);
        }
        case 'disconnect':
          return nodes[one.node]?.disconnect();
        case 'look':
          return managers[one.by].deployments.wake();
        default:
          one satisfies never;
      }
    }

    for (const one of steps) {
      await take(one);
      await nextIteration();
    }
    for (const node of nodes) if (node.session === undefined) await connect(node, 0);
    await expect
      .poll(
        () => {
          for (const { deployments } of managers) deployments.wake();
          for (const node of nodes) while (node.answer());
          return nodes.every((node) => node.revision === model.revision);
        },
        { timeout: 30_000, interval: 2 },
      )
      .toBe(true);
    for (const node of nodes) {
      expect(digestOf(node.held.values())).toBe(model.digests.get(model.revision));
      for (const { revision, digest } of node.seen) expect(digest).toBe(model.digests.get(revision));
    }
    expect(errors).toEqual([]);
    for (const { deployments } of managers) await deployments.close();
  }

  function startManager(index: 0 | 1, errors: unknown[]): ModelManager {
    const store = world.stores[index];
    const managerId = `manager-${index}`;
    const read = createStatePageReader({
      store,
      readers: [world.reader],
      onLeftOut: (object) => errors.push(object),
    });
    const pages: StatePageReader = {
      ...read,
      recent(...position) {
        const page = read.recent(...position);
        if (page) fromMemory += 1;
        return page;
      },
    };
    const deployments = new Deployments({
      store,
      managerId,
      isAlone: () => false,
      deployTimeoutMs: 0,
      pages,
      clock: () => new Date(),
      revocations: async () => [],
      onError: (error) => errors.push(error),
    });
    return { managerId, store, pages, deployments };
  }

  function registerNodes(): Promise<readonly ModelNode[]> {
    const { environmentId } = world;
    return Promise.all(
      [true, true, false].map(async (privateKeys, index) => {
        const name = `node-${index}`;
        const key = sampleNodeKey(environmentId, { name });
        const registered = sampleNode(environmentId, { name, keyId: key.id });
        await world.stores[0].write(async ({ nodeKeys, nodes }) => {
          await nodeKeys.insert(key);
          await nodes.insert(registered);
        });
        return new ModelNode(name, privateKeys, registered);
      }),
    );
  }
});

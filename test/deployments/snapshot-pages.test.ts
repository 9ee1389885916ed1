// What pages of a snapshot or a difference add up to, while the environment changes between them, against a model: the
// set of what is desired. The rows are those of the real store; the node is the arithmetic that every node does.

import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import type { ContentReader } from '../../src/deployments/content-reader.ts';
import { tombstoneCompaction } from '../../src/deployments/history/tombstone-compaction.ts';
import { putDesiredState } from '../../src/deployments/put-desired-state.ts';
import {
  alteredState,
  readStatePage,
  type StatePage,
  tooFarBehind,
} from '../../src/deployments/state-page.ts';
import type { Change, DeployedContent } from '../../src/protocol/content.ts';
import { addDigest, contentDigest, emptyDigest } from '../../src/protocol/state-digest.ts';
import type { Store, Stores } from '../../src/store/store.ts';
import { sampleEnvironment } from '../store/samples.ts';
import { freshDatabases } from '../support/databases.ts';

const objects = 600;
const contentOf = (id: string, version: number, chain = 'AA=='): DeployedContent => ({
  kind: 'certificate',
  id,
  project: 'p',
  name: id,
  alias: String(version),
  chain: [chain],
});
const digestOf = (contents: Iterable<DeployedContent>) =>
  [...contents].reduce((sum, content) => addDigest(sum, contentDigest(content)), emptyDigest).toString('hex');

/** What an operator does between two pages: versions of objects, or null for one that is deleted. */
type Edit = readonly [index: number, version: number | null];
const edits = fc.array(
  fc.tuple(fc.nat(objects - 1), fc.option(fc.nat(3), { nil: null, freq: 2 })) as fc.Arbitrary<Edit>,
  { maxLength: 40 },
);

const fresh = freshDatabases('sqlite');
let store: Store;
beforeEach(async () => {
  store = await (await fresh()).open();
});

class World {
  readonly environmentId: string;
  readonly model = new Map<string, DeployedContent>();
  chain: string | undefined;
  readonly reader: ContentReader<Stores> = {
    kind: 'certificate',
    read: async (_stores, _environment, ids) => ids.flatMap((id) => this.model.get(id) ?? []),
    async *digestsOfProject() {},
  };

  constructor(environmentId: string) {
    this.environmentId = environmentId;
  }

  async edit(list: readonly Edit[]): Promise<void> {
    for (const [index, version] of list) {
      const id = `object-${index}`;
      if (version === null) this.model.delete(id);
      else this.model.set(id, contentOf(id, version, this.chain));
    }
    const changes = [...new Set(list.map(([index]) => `object-${index}`))].map((objectId) => {
      const content = this.model.get(objectId);
      const digest = content ? contentDigest(content) : null;
      return {
        environmentId: this.environmentId,
        kind: 'certificate' as const,
        objectId,
        projectId: 'p',
        digest,
      };
    });
    await store.write((stores) => putDesiredState(stores, changes));
  }

  /** Removes every tombstone, as if thousands of changes had come since. */
  async prune(): Promise<void> {
    await store.write(async ({ desired }) => {
      const { revision } = await desired.head(this.environmentId);
      await desired.deleteTombstones(this.environmentId, revision, objects);
      await desired.raiseCompactionRevision(this.environmentId, revision);
    });
  }
}

interface Holder {
  held: Map<string, DeployedContent>;
  revision: number;
}

/** Follows the parts as a session and its node do. `between` happens after each part. */
async function follow(
  world: World,
  node: Holder,
  between: (count: number, page: StatePage) => Promise<void>,
): Promise<void> {
  let reset = node.revision === 0;
  let position: { after: number; tombstonesAbove: number | 'now' } = {
    after: node.revision,
    tombstonesAbove: reset ? 'now' : 0,
  };
  let staged = new Map(reset ? [] : node.held);
  for (let count = 0; ; count += 1) {
    const page = await store.read((stores) =>
      readStatePage(stores, [world.reader], { environmentId: world.environmentId, ...position }),
    );
    if (page === undefined || page === alteredState) return;
    if (page === tooFarBehind) {
      reset = true;
      staged = new Map();
      position = { after: 0, tombstonesAbove: 'now' };
      continue;
    }
    for (const change of JSON.parse(page.changes) as Change[]) {
      expect(change.revision).toBeGreaterThan(page.from);
      expect(change.revision).toBeLessThanOrEqual(page.to);
      if ('put' in change) staged.set(change.put.id, change.put);
      else staged.delete(change.gone.id);
    }
    if (page.final) {
      expect(digestOf(staged.values())).toBe(page.digest);
      node.held = new Map(staged);
      node.revision = page.to;
      reset = false;
      if (page.to === 0) return;
    }
    position = { after: page.to, tombstonesAbove: reset ? page.tombstonesAbove : 0 };
    await between(count, page);
  }
}

const setUp = async () => {
  const environment = sampleEnvironment();
  await store.write(({ environments }) => environments.insert(environment));
  const world = new World(environment.id);
  await world.edit(Array.from({ length: objects }, (_, index) => [index, 9] as const));
  return world;
};

test('a snapshot adds up at its last part, whatever changes, goes or comes back while its pages are read', async () => {
  const property = fc.asyncProperty(
    edits,
    fc.array(edits, { maxLength: 4 }),
    fc.boolean(),
    async (before, rounds, prunes) => {
      const world = await setUp();
      await world.edit(before);
      const node: Holder = { held: new Map(), revision: 0 };
      await follow(world, node, async (count) => {
        await world.edit(rounds[count] ?? []);
        // At any moment: a snapshot under way then starts again.
        if (prunes && count === 1) await world.prune();
      });
      expect(node.held).toEqual(world.model);
    },
  );
  await fc.assert(property, { numRuns: 15 });
});

test('a node that was offline gets a delta or, below the compaction revision, a snapshot', async () => {
  const property = fc.asyncProperty(
    edits,
    edits,
    edits,
    fc.boolean(),
    async (first, away, during, prunes) => {
      const world = await setUp();
      await world.edit(first);
      const node: Holder = { held: new Map(), revision: 0 };
      await follow(world, node, async () => {});
      await world.edit(away);
      if (prunes) await world.prune();
      await follow(world, node, (count) => (count === 0 ? world.edit(during) : Promise.resolve()));
      expect(node.held).toEqual(world.model);
    },
  );
  await fc.assert(property, { numRuns: 15 });
});

test('a new node gets no tombstones from before it joined', async () => {
  const world = await setUp();
  await world.edit(Array.from({ length: objects - 1 }, (_, index) => [index, null] as const));
  const page = await store.read((stores) =>
    readStatePage(stores, [world.reader], {
      environmentId: world.environmentId,
      after: 0,
      tombstonesAbove: 'now',
    }),
  );
  expect(page).toMatchObject({ final: true, to: 2 * objects - 1 });
  expect(JSON.parse((page as { changes: string }).changes)).toHaveLength(1);
});

test('tombstones are deleted in bounded steps once ten thousand revisions follow them', async () => {
  const world = await setUp();
  await world.edit(Array.from({ length: objects }, (_, index) => [index, null] as const));
  const { environmentId } = world;
  expect(await store.write((stores) => tombstoneCompaction.prune(stores, tombstoneCompaction.limit))).toBe(0);
  const rows = () => store.read(({ desired }) => desired.countAfter(environmentId, 0));
  const moved = await store.write(async ({ desired }) => {
    const state = await desired.state(environmentId);
    await desired.putStates([{ ...state, revision: state.revision + 10_000 - 100 }]);
    return state.revision;
  });
  // The last hundred are not ten thousand revisions old.
  expect(await store.write((stores) => tombstoneCompaction.prune(stores, tombstoneCompaction.limit))).toBe(
    500,
  );
  expect(await rows()).toBe(100);
  expect(await store.write((stores) => tombstoneCompaction.prune(stores, tombstoneCompaction.limit))).toBe(0);
  const { compactionRevision } = await store.read(({ desired }) => desired.head(environmentId));
  expect(compactionRevision).toBe(moved - 100);
});

test('a part that has 64 kB of content is full, so that a node takes a snapshot in small pieces', async () => {
  const world = await setUp();
  const objectBytes = 4 * 1024;
  world.chain = 'A'.repeat(objectBytes);
  await world.edit(Array.from({ length: objects }, (_, index) => [index, 9] as const));
  const seen: number[] = [];
  const node: Holder = { held: new Map(), revision: 0 };
  await follow(world, node, async (_, { changes }) => void seen.push(changes.length));
  expect(node.held).toEqual(world.model);
  // Contents are read sixteen at a time, and what is read is sent.
  expect(Math.max(...seen)).toBeLessThan(64 * 1024 + 16 * (objectBytes + 500));
});

// What connected nodes are sent from memory, against the database and against a model. Two managers share one store; the
// nodes do the arithmetic that every node does. Nothing reaches a node that is not committed, revisions have no hole, and
// each message is what the database would have given.

import { setImmediate as nextIteration } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ContentReader } from '../../src/deployments/content-reader.ts';
import { Deployments } from '../../src/deployments/deployments.ts';
import { ensureLineage } from '../../src/deployments/history/lineage.ts';
import type { NodeSession, NodeStream } from '../../src/deployments/node-session.ts';
import {
  type DeploymentTarget,
  type DesiredChange,
  desiredContent,
  mergeTargets,
  putDesiredState,
} from '../../src/deployments/put-desired-state.ts';
import { RecentSteps } from '../../src/deployments/recent-steps.ts';
import { readStatePage, type StatePage } from '../../src/deployments/state-page.ts';
import { createStatePageReader, type StatePageReader } from '../../src/deployments/state-page-reader.ts';
import type { RegisteredNode } from '../../src/environments/environment-store.ts';
import type { Change, DeployedContent } from '../../src/protocol/content.ts';
import type { State } from '../../src/protocol/messages.ts';
import { addDigest, contentDigest, emptyDigest } from '../../src/protocol/state-digest.ts';
import type { Store, Stores } from '../../src/store/store.ts';
import { sampleEnvironment, sampleNode, sampleNodeKey } from '../store/samples.ts';
import { freshDatabases } from '../support/databases.ts';

const objects = 12;
const secret = 'c2VjcmV0LWhhbGY';
const contentOf = (index: number, version: number): DeployedContent => ({
  kind: 'jwk',
  id: `object-${index}`,
  project: 'p',
  name: `object-${index}`,
  jwk: { kty: 'OKP', crv: 'Ed25519', x: `${index}-${version}`, kid: String(index), d: secret },
  notBefore: null,
  expires: null,
});
const digestOf = (contents: Iterable<DeployedContent>) =>
  [...contents].reduce((sum, content) => addDigest(sum, contentDigest(content)), emptyDigest).toString('hex');

/** An object with its next version, or null where it is deleted. */
type Edit = readonly [index: number, version: number | null];
const edit = fc.tuple(
  fc.nat(objects - 1),
  fc.option(fc.nat(3), { nil: null, freq: 3 }),
) as fc.Arbitrary<Edit>;
/** Calls of a transaction: an object may change in several of them. */
const calls = fc.array(fc.array(edit, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 });

const fresh = freshDatabases('sqlite');
let store: Store;
let environmentId: string;
/** Everything that was ever desired, by its digest: the content of a row is found by the digest that the row has. */
let contents: Map<string, DeployedContent>;

const reader: ContentReader<Stores> = {
  kind: 'jwk',
  async read({ desired }, environment, ids) {
    const rows = await desired.findMany(
      ids.map((objectId) => ({ environmentId: environment, kind: 'jwk', objectId })),
    );
    return rows.flatMap(({ digest }) => (digest && contents.get(digest.toString('hex'))) ?? []);
  },
  async *digestsOfProject() {},
};

beforeEach(async () => {
  store = await (await fresh()).open();
  await ensureLineage(store);
  contents = new Map();
});

async function startEnvironment(): Promise<void> {
  const environment = sampleEnvironment();
  environmentId = environment.id;
  await store.write(({ environments }) => environments.insert(environment));
  await commit([[[0, 9]]]);
}

class Undone extends Error {}

/** One transaction. @param known whether the rule hands on contents */
async function commit(
  transaction: readonly (readonly Edit[])[],
  { known = true, fails = false } = {},
): Promise<readonly DeploymentTarget[]> {
  return store.write(async (stores) => {
    const targets: DeploymentTarget[] = [];
    for (const edits of transaction) {
      const changes = edits.map(([index, version]): DesiredChange => {
        const change = { environmentId, kind: 'jwk', objectId: `object-${index}`, projectId: 'p' } as const;
        if (version === null) return { ...change, digest: null };
        const content = contentOf(index, version);
        const desired = desiredContent(content);
        contents.set(contentDigest(content).toString('hex'), content);
        return { ...change, ...(known ? desired : { digest: desired.digest }) };
      });
      targets.push(...(await putDesiredState(stores, changes)));
    }
    if (fails) throw new Undone('the rule rejects it');
    return mergeTargets(targets);
  });
}

const stepsOf = (targets: readonly DeploymentTarget[]) => targets.flatMap(({ steps }) => steps?.take() ?? []);
const headOf = () => store.read(({ desired }) => desired.head(environmentId));
const pageOfDatabase = (after: number) =>
  store.read((stores) => readStatePage(stores, [reader], { environmentId, after, tombstonesAbove: 0 }));

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
      await startEnvironment();
      const steps = new RecentSteps();
      for (const { transaction, known, elsewhere } of transactions) {
        const targets = await commit(transaction, { known });
        // What another manager committed is not known here.
        if (!elsewhere) for (const step of stepsOf(targets)) steps.add(step);
        const { revision } = await headOf();
        for (let after = 1; after <= revision; after += 1) {
          const page = steps.page(environmentId, { after, tombstonesAbove: 0 }, revision);
          if (page === undefined) continue;
          compared += 1;
          expect(shown(page)).toEqual(shown((await pageOfDatabase(after)) as StatePage));
        }
      }
    });
    await fc.assert(property, { numRuns: 30, endOnFailure: true });
    expect(compared).toBeGreaterThan(30);
  }, 120_000);

  test('there is none from a position that a change of another manager separates from the head', async () => {
    await startEnvironment();
    const steps = new RecentSteps();
    const add = (targets: readonly DeploymentTarget[]) => {
      for (const step of stepsOf(targets)) steps.add(step);
    };
    add(await commit([[[1, 1]]]));
    await commit([[[2, 1]]]);
    add(await commit([[[3, 1]]]));
    const page = (after: number) => steps.page(environmentId, { after, tombstonesAbove: 0 }, 4);
    expect(page(1)).toBeUndefined();
    expect(page(2)).toBeUndefined();
    expect(page(3)).toMatchObject({ from: 3, to: 4 });
  });

  test('there is none for a snapshot, nor of a step that is larger than a message', async () => {
    await startEnvironment();
    const steps = new RecentSteps();
    for (const step of stepsOf(await commit([[[1, 1]]]))) steps.add(step);
    expect(steps.page(environmentId, { after: 0, tombstonesAbove: 'now' }, 2)).toBeUndefined();
    expect(steps.page(environmentId, { after: 1, tombstonesAbove: 1 }, 2)).toBeUndefined();
    const edits = Array.from({ length: 129 }, (_, index) => [index, 5] as const);
    expect(stepsOf(await commit([edits]))).toEqual([]);
  });

  test('a target that is stored is stored without what it carries', async () => {
    await startEnvironment();
    const targets = await commit([[[1, 1]]]);
    expect(targets[0]?.steps).toBeDefined();
    expect(JSON.stringify(targets)).toBe(JSON.stringify([{ environmentId, revision: 2 }]));
  });
});

/** A node: it applies each message that follows what it has, and can be slow, lose its stream, or refuse. */
class ModelNode {
  readonly name: string;
  readonly privateKeys: boolean;
  readonly registered: RegisteredNode;
  held = new Map<string, DeployedContent>();
  revision = 0;
  session: NodeSession | undefined;
  readonly #waiting: State[] = [];
  #staged: Map<string, DeployedContent> | undefined;
  /** Revisions at which it stood. */
  readonly seen: { readonly revision: number; readonly digest: string }[] = [];

  constructor(name: string, privateKeys: boolean, registered: RegisteredNode) {
    this.name = name;
    this.privateKeys = privateKeys;
    this.registered = registered;
  }

  async connect(deployments: Deployments, pages: StatePageReader, managerId: string): Promise<void> {
    this.disconnect(deployments);
    const { id: nodeId } = this.registered;
    const connection = await store.asyncCommit(({ nodes }) =>
      nodes.claim({
        nodeId,
        managerId,
        version: '1',
        keyId: this.registered.keyId ?? '',
        privateKeys: this.privateKeys,
        address: null,
        clockOffsetMs: 0,
        serveLimitMs: null,
        ephemeral: false,
      }),
    );
    const { revision, lineage } = await headOf();
    const stream: NodeStream = {
      send: (text, onLeft) => {
        this.#waiting.push(JSON.parse(text) as State);
        onLeft();
      },
      close: () => undefined,
      bufferedBytes: 0,
    };
    this.session = deployments.join(
      {
        identity: {
          nodeId,
          environmentId,
          keyId: this.registered.keyId ?? '',
          name: this.name,
          version: '1',
          connection: connection ?? 0,
        },
        clockOffsetMs: 0,
        privateKeys: this.privateKeys,
        stream,
        pages,
        seal: (header, changes) => ({ ...header, sealed: changes }),
        startRevision: this.revision,
        lineage,
        reset: this.revision === 0,
      },
      revision,
    );
  }

  disconnect(deployments: Deployments): void {
    if (this.session) deployments.leave(this.session);
    this.session = undefined;
    this.#waiting.length = 0;
    this.#staged = undefined;
  }

  /** Takes what it was sent. @returns whether there was anything */
  answer(): boolean {
    const message = this.#waiting.shift();
    if (message === undefined) return false;
    if (!message.reset) expect(message.from).toBe(this.#staged ? message.from : this.revision);
    const staged = this.#staged ?? new Map(message.reset ? [] : this.held);
    let before = message.from;
    for (const change of JSON.parse(message.sealed) as Change[]) {
      expect(change.revision).toBeGreaterThan(before);
      before = change.revision;
      if ('put' in change) {
        if (!this.privateKeys) expect(JSON.stringify(change)).not.toContain(secret);
        staged.set(change.put.id, change.put);
      } else staged.delete(change.gone.id);
    }
    expect(before).toBeLessThanOrEqual(message.to);
    this.#staged = staged;
    if (!message.final) return true;
    const digest = digestOf(staged.values());
    expect(digest).toBe(message.digest);
    this.held = staged;
    this.revision = message.to;
    this.#staged = undefined;
    this.seen.push({ revision: message.to, digest });
    this.session?.receive({ type: 'applied', revision: message.to, digest });
    return true;
  }
}

type Step =
  | { readonly does: 'commit'; readonly transaction: Edit[][]; readonly by: 0 | 1; readonly known: boolean }
  | { readonly does: 'commit together'; readonly transactions: Edit[][][]; readonly failing: number }
  | { readonly does: 'answer' | 'reconnect' | 'disconnect'; readonly node: number; readonly by: 0 | 1 }
  | { readonly does: 'look'; readonly by: 0 | 1 };
const by = fc.constantFrom(0 as const, 1 as const);
const node = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant('commit' as const), transaction: calls, by, known: fc.boolean() }),
  fc.record({
    does: fc.constant('commit together' as const),
    transactions: fc.array(calls, { minLength: 2, maxLength: 5 }),
    failing: fc.nat(5),
  }),
  fc.record({
    does: fc.constantFrom('answer' as const, 'reconnect' as const, 'disconnect' as const),
    node,
    by,
  }),
  fc.record({ does: fc.constant('look' as const), by }),
) as fc.Arbitrary<Step>;

test('a node never has what is not committed, and revisions without a hole, whatever happens to its stream and to commits', async () => {
  let fromMemory = 0;
  const property = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
    await startEnvironment();
    const errors: unknown[] = [];
    const managers = ['a', 'b'].map((managerId) => {
      const pages = createStatePageReader({
        store,
        readers: [reader],
        onLeftOut: (object) => errors.push(object),
      });
      const counting: StatePageReader = {
        ...pages,
        recent(...position) {
          const page = pages.recent(...position);
          if (page) fromMemory += 1;
          return page;
        },
      };
      const deployments = new Deployments({
        store,
        managerId,
        isAlone: () => false,
        deployTimeoutMs: 0,
        pages: counting,
        clock: () => new Date(),
        revocations: async () => [],
        onError: (error) => errors.push(error),
      });
      return { managerId, pages: counting, deployments };
    });
    const nodes: ModelNode[] = [];
    for (const [index, privateKeys] of [true, true, false].entries()) {
      const name = `node-${index}`;
      const key = sampleNodeKey(environmentId, { name });
      const registered = sampleNode(environmentId, { name, keyId: key.id });
      await store.write(async (stores) => {
        await stores.nodeKeys.insert(key);
        await stores.nodes.insert(registered);
      });
      nodes.push(new ModelNode(name, privateKeys, registered));
    }
    /** The digest at each revision at which a transaction ended. */
    const committed = new Map<number, string>();
    const managerOf = (node: ModelNode) =>
      managers[Number(node.registered.id.charCodeAt(35)) % 2] ?? managers[0];
    const connect = async (one: ModelNode) => {
      const manager = managerOf(one);
      if (manager) await one.connect(manager.deployments, manager.pages, manager.managerId);
    };
    for (const one of nodes) await connect(one);
    const note = async (targets: readonly DeploymentTarget[]) => {
      const { revision } = await headOf();
      const rows = await store.read(({ desired }) => desired.present(environmentId, 0, 1_000));
      const present = rows.flatMap(({ digest }) => (digest && contents.get(digest.toString('hex'))) ?? []);
      committed.set(revision, digestOf(present));
      return targets;
    };
    for (const one of steps) {
      switch (one.does) {
        case 'commit': {
          const targets = await note(await commit(one.transaction, { known: one.known }));
          void managers[one.by]?.deployments.deploy(targets, 'deploy');
          break;
        }
        case 'commit together': {
          const writes = one.transactions.map(async (transaction, index) => {
            const targets = await commit(transaction, { fails: index === one.failing });
            void managers[index % 2]?.deployments.deploy(targets, 'deploy');
          });
          const results = await Promise.allSettled(writes);
          for (const result of results) {
            if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(Undone);
          }
          await note([]);
          break;
        }
        case 'answer':
          nodes[one.node]?.answer();
          break;
        case 'reconnect': {
          const reconnected = nodes[one.node];
          if (reconnected) await connect(reconnected);
          break;
        }
        case 'disconnect': {
          const lost = nodes[one.node];
          if (lost) lost.disconnect((managerOf(lost) ?? managers[0])?.deployments as Deployments);
          break;
        }
        case 'look':
          managers[one.by]?.deployments.wake();
          break;
        default:
          one satisfies never;
      }
      await nextIteration();
    }
    for (const one of nodes) if (one.session === undefined) await connect(one);
    const { revision } = await headOf();
    await expect
      .poll(
        () => {
          for (const { deployments } of managers) deployments.wake();
          for (const one of nodes) while (one.answer());
          return nodes.every((one) => one.revision === revision);
        },
        { timeout: 10_000, interval: 2 },
      )
      .toBe(true);
    const desired = committed.get(revision) ?? digestOf([contentOf(0, 9)]);
    for (const one of nodes) {
      expect(digestOf(one.held.values())).toBe(desired);
      for (const { revision: at, digest } of one.seen) {
        if (committed.has(at)) expect(digest).toBe(committed.get(at));
      }
    }
    expect(errors).toEqual([]);
    for (const { deployments } of managers) await deployments.close();
  });
  await fc.assert(property, { numRuns: 16, endOnFailure: true });
  expect(fromMemory).toBeGreaterThan(15);
}, 240_000);

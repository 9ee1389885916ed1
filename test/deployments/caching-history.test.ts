import { beforeEach, expect, test } from 'vitest';
import { formerCachingOf, settleFormerCaching } from '../../src/deployments/caching-history.ts';
import { applyCaching } from '../../src/deployments/environment-settings.ts';
import type { Environment, RegisteredNode } from '../../src/environments/environment-store.ts';
import { defaultCaching } from '../../src/protocol/content.ts';
import type { Store } from '../../src/store/store.ts';
import { sampleEnvironment, sampleNode } from '../store/samples.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000);
const short = { maxAge: 10, staleWhileRevalidate: 2, staleIfError: 5 };
const long = { maxAge: 1_000, staleWhileRevalidate: 0, staleIfError: 0 };
const month = 30 * 86_400;

withDatabases('a change of the caching', (fresh) => {
  let database: TestDatabase;
  let store: Store;
  let environment: Environment;

  beforeEach(async () => {
    database = await fresh();
    store = await database.open();
    environment = sampleEnvironment();
    await store.write(({ environments }) => environments.insert(environment));
  });

  const addNode = async (over: Partial<RegisteredNode> = {}) => {
    const node = sampleNode(environment.id, over);
    await store.write(({ nodes }) => nodes.insert(node));
    return node;
  };
  const apply = (caching: typeof short, seconds: number) =>
    store.write((stores) => applyCaching(stores, caching, at(seconds)));
  const former = (seconds: number) => store.read((stores) => formerCachingOf(stores, at(seconds)));
  const settle = (seconds: number) => store.write((stores) => settleFormerCaching(stores, at(seconds)));
  const confirm = (node: RegisteredNode, revision: number) =>
    database.raw(`update nodes set applied_revision = ${revision} where id = '${node.id}'`);

  test('leaves nothing where no node ever served by the former one', async () => {
    expect(await apply(short, 0)).toBe(true);
    expect(await former(1)).toBeNull();
  });

  test('has the former time count until the last node confirmed it and that time has passed', async () => {
    const [first, second] = [await addNode(), await addNode()];
    expect(await apply(defaultCaching, 0)).toBe(false);
    expect(await former(0)).toBeNull();
    expect(await apply(short, 0)).toBe(true);
    const { revision } = await store.read(({ desired }) => desired.state(environment.id));
    expect(await former(1)).toEqual({ ms: 360_000, confirmedAt: null });
    await confirm(first, revision);
    expect(await settle(5)).toBe(false);
    await confirm(second, revision);
    expect(await settle(7)).toBe(true);
    // A node that connects again has confirmed nothing for a moment.
    await confirm(second, 0);
    expect([await settle(8), await former(8)]).toEqual([
      false,
      { ms: 360_000, confirmedAt: at(7).getTime() },
    ]);
    expect(await former(7 + 360 + month + 600)).toBeNull();
  });

  test('that follows another has the longest of the former times count', async () => {
    await addNode();
    await apply(long, 0);
    await apply(short, 10);
    expect(await former(11)).toEqual({ ms: 1_000_000, confirmedAt: null });
    await apply(long, 20);
    expect(await former(21)).toEqual({ ms: 1_000_000, confirmedAt: null });
  });

  test('is not waited for by a node that serves nothing without a manager, nor by one that was removed', async () => {
    await addNode({ serveLimitMs: 60_000, lastSeenAt: at(0) });
    const away = await addNode({ lastSeenAt: at(0) });
    await apply(short, 0);
    expect(await settle(100)).toBe(false);
    await store.write(({ nodes }) => nodes.delete(away.id));
    expect(await settle(59)).toBe(false);
    expect(await settle(60)).toBe(true);
    expect(await former(61)).toEqual({ ms: 360_000, confirmedAt: at(60).getTime() });
  });
});

import { afterEach, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { ringApi } from './rings/support/ring-api.ts';
import { accepted, projectApi } from './support/project-api.ts';
import { p256Public } from './support/sample-keys.ts';

let world: TestManager;
afterEach(() => world.close());

async function serving(settings: Record<string, string>): Promise<RunningNode> {
  world = await startTestManager({ environments: ['production'], settings });
  const node = await world.addNode('production', 'p1');
  accepted(await projectApi(world.api).paste('a', p256Public));
  return node;
}

const headerOf = async (node: RunningNode, path: string) =>
  (await fetch(`${node.url}${path}`)).headers.get('cache-control');

test.each([
  [{}, 'public, max-age=300, stale-while-revalidate=60'],
  [
    { KEYPLANE_JWKS_MAX_AGE: '20', KEYPLANE_JWKS_STALE_IF_ERROR: '7' },
    'public, max-age=20, stale-while-revalidate=60, stale-if-error=7',
  ],
  [{ KEYPLANE_JWKS_STALE_WHILE_REVALIDATE: '0' }, 'public, max-age=300'],
  [{ KEYPLANE_JWKS_MAX_AGE: '0', KEYPLANE_JWKS_STALE_WHILE_REVALIDATE: '0' }, 'public, no-cache'],
])('a manager started with %j has its nodes answer %s', async (settings, header) => {
  const node = await serving(settings);
  for (const path of [
    '/.well-known/jwks.json',
    '/projects/MyProject/.well-known/jwks.json',
    '/projects/MyProject/jwks/a',
  ]) {
    await until(async () => (await headerOf(node, path)) === header, `${path} has ${header}`);
  }
});

test('an environment that is made later has what the manager was started with', async () => {
  await serving({ KEYPLANE_JWKS_MAX_AGE: '9' });
  const body = { name: 'later', type: 'TEST', environmentSet: true };
  accepted(await world.api('POST', '/apiops/environments/', body));
  const later = await world.addNode('later', 'l1');
  const header = 'public, max-age=9, stale-while-revalidate=60';
  await until(async () => (await headerOf(later, '/.well-known/jwks.json')) === header, header);
});

test('an altered caching in the database reaches no node that joins later', async () => {
  await serving({ KEYPLANE_JWKS_MAX_AGE: '9' });
  await world.raw(
    `update installation set value = '{"maxAge":99,"staleWhileRevalidate":9,"staleIfError":9}' where key = 'caching'`,
  );
  const later = await world.addNode('production', 'p2');
  const header = 'public, max-age=9, stale-while-revalidate=60';
  await until(async () => (await headerOf(later, '/projects/MyProject/jwks/a')) === header, header);
});

test.each([
  [
    'altered',
    `update installation set value = '{"maxAge":99,"staleWhileRevalidate":9,"staleIfError":9}' where key = 'caching'`,
  ],
  ['removed', "delete from installation where key = 'caching'"],
])(
  'a caching that was %s in the database reaches no environment that is made later, until a manager starts',
  async (_how, sql) => {
    await serving({ KEYPLANE_JWKS_MAX_AGE: '9' });
    await world.raw(sql);
    const make = () => world.api('POST', '/apiops/environments/', { name: 'later', type: 'TEST' });
    expect(await make()).toMatchObject({ status: 503, body: { reason: 'ALTERED_IN_DATABASE' } });
    await world.restart();
    accepted(await make());
    const later = await world.addNode('later', 'l1');
    const header = 'public, max-age=9, stale-while-revalidate=60';
    await until(
      async () => (await headerOf(later, '/projects/MyProject/jwks/a')) === header,
      'it has what the manager was started with',
    );
  },
);

test('a key ring does not move by a caching that was altered in the database', async () => {
  world = await startTestManager({ environments: ['production'] });
  await world.addNode('production', 'p1');
  const rings = ringApi(world.api);
  expect(await rings.create({ name: 'signing' })).toMatchObject({ status: 200 });
  await world.raw(
    `update installation set value = '{"maxAge":0,"staleWhileRevalidate":0,"staleIfError":0}' where key = 'caching'`,
  );
  const rotation = await rings.call('POST', 'signing/rotate');
  expect(rotation).toMatchObject({ status: 503, body: { reason: 'ALTERED_IN_DATABASE' } });
  expect(await rings.ring('signing')).toMatchObject({ name: 'signing' });
});

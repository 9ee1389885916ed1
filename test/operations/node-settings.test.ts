// The settings that nodes get beside keys, through a backup and an upgrade: whether an environment publishes the set of
// all its projects, how long caches may keep a set, and which key the set keeps of a kid that two projects use.

import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { examine } from '../../src/compose/doctor.ts';
import { backUp, restore } from '../../src/compose/operations.ts';
import type { ManagerConfig } from '../../src/config.ts';
import { type RunningNode, startNode } from '../../src/node/start-node.ts';
import type { StoreOptions } from '../../src/store/store.ts';
import { accepted, type Item } from '../api/support/project-api.ts';
import { makeCurveKey, publicHalf } from '../api/support/sample-keys.ts';
import { withDatabases } from '../support/databases.ts';
import { silent, until } from '../support/manager.ts';
import {
  cleanUpInstallations,
  configOver,
  type Installation,
  made,
  masterKeyOf,
  scratchFolder,
  start,
  stop,
} from './support/installation.ts';
import { toSchemaWithoutMacs } from './support/older-schema.ts';

const nodes: RunningNode[] = [];
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close();
});
cleanUpInstallations();

const settings = { KEYPLANE_JWKS_MAX_AGE: '20', KEYPLANE_JWKS_STALE_IF_ERROR: '7' };
const cacheControl = 'public, max-age=20, stale-while-revalidate=60, stale-if-error=7';

const key = (): Item => ({ ...publicHalf(makeCurveKey('P-256')), kid: 'same' });

async function paste({ api }: Installation, project: string, jwk: Item): Promise<void> {
  const jwkStr = JSON.stringify(jwk);
  await made(api, `/apiops/projects/${project}/jwks/`, { name: 'a', sourceType: 'COPY_PASTE', jwkStr });
}

/** The settings of its environment that a node gets when it joins. */
async function toldIn({ manager, api }: Installation, environment: string) {
  const { body } = await api('POST', `/apiops/environments/${environment}/enrollment-tokens/`, {});
  const node = await startNode({
    managerUrl: manager.url,
    environment,
    name: `n${nodes.length}`,
    host: '127.0.0.1',
    port: 0,
    dataDir: join(await scratchFolder(), 'node'),
    token: body.token,
    logger: silent,
    version: 'test',
  });
  nodes.push(node);
  await until(async () => (await fetch(`${node.url}/readyz`)).status === 200, 'it has its first state');
  const [all, one] = await Promise.all([
    fetch(`${node.url}/.well-known/jwks.json`),
    fetch(`${node.url}/projects/Theirs/.well-known/jwks.json`),
  ]);
  const { keys = [] } = (await all.json()) as { keys?: Item[] };
  return {
    status: all.status,
    points: keys.map(({ x }) => x),
    cacheControl: one.headers.get('cache-control'),
  };
}

withDatabases('what nodes receive about their environment', (fresh) => {
  let options: StoreOptions;
  let config: ManagerConfig;
  let installation: Installation;
  const [elder, resident] = [key(), key()];

  beforeEach(async () => {
    ({ options } = await fresh({ withoutSchema: true }));
    config = await configOver(options, settings);
    installation = await start(config);
    const { api } = installation;
    for (const name of ['Mine', 'Theirs']) await made(api, '/apiops/projects/', { name });
    const environment = { type: 'TEST', projects: ['Theirs'] };
    await made(api, '/apiops/environments/', { ...environment, name: 'open', environmentSet: true });
    await made(api, '/apiops/environments/', { ...environment, name: 'closed', environmentSet: false });
    await paste(installation, 'Mine', elder);
    await paste(installation, 'Theirs', resident);
    accepted(await api('PUT', '/apiops/environments/open/', { projects: ['Mine', 'Theirs'] }));
  });

  const inOpen = { status: 200, points: [resident.x], cacheControl };
  const inClosed = { status: 404, points: [], cacheControl };

  test('is the same after a backup was restored', async () => {
    expect(await toldIn(installation, 'open')).toEqual(inOpen);
    expect(await toldIn(installation, 'closed')).toEqual(inClosed);
    const file = join(await scratchFolder(), 'backup');
    await backUp(config, file);
    await stop(installation);
    const masterKey = { KEYPLANE_MASTER_KEY: await masterKeyOf(config) };
    const there = await configOver((await fresh({ withoutSchema: true })).options, {
      ...settings,
      ...masterKey,
    });
    await restore(there, { file, replace: false });
    expect((await examine(there)).findings.filter(({ topic }) => topic === 'integrity')).toEqual([]);
    const restored = await start(there);
    expect(await toldIn(restored, 'open')).toEqual(inOpen);
    expect(await toldIn(restored, 'closed')).toEqual(inClosed);
    await stop(restored);

    const other = await start({ ...there, caching: { ...there.caching, maxAge: 5, staleIfError: 0 } });
    expect((await toldIn(other, 'closed')).cacheControl, 'the manager started last decides').toBe(
      'public, max-age=5, stale-while-revalidate=60',
    );
  });

  test('is, after an upgrade from the first release, the set of all projects and the caching of the manager', async () => {
    // The first release published every set.
    accepted(
      await installation.api('PUT', '/apiops/environments/closed/', {
        projects: ['Theirs'],
        environmentSet: true,
      }),
    );
    await stop(installation);
    await toSchemaWithoutMacs(options, await masterKeyOf(config));
    const upgraded = await start(config);
    // Of rows from before it was recorded, the JWK counts that has had the kid for longer.
    expect(await toldIn(upgraded, 'open')).toEqual({ status: 200, points: [elder.x], cacheControl });
    expect(await toldIn(upgraded, 'closed')).toEqual({ status: 200, points: [resident.x], cacheControl });
  });
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { databaseKind } from '../support/postgres-databases.ts';
import { accepted, type ProjectApi, projectApi } from './support/project-api.ts';
import { p256Public } from './support/sample-keys.ts';

let world: TestManager;
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production', 'staging'] });
  await world.addNode('production', 'p1');
  project = projectApi(world.api);
});
afterAll(() => world.close());

const scrape = async () => (await fetch(`${world.url}/metrics`)).text();

test('metrics count changes by source and outcome, deployments by environment, nodes, and keys that expire soon', async () => {
  accepted(await project.paste('kept', { ...p256Public }));
  expect((await project.paste('kept', { ...p256Public })).status).toBe(400);
  const soon = new Date(Date.now() + 24 * 3_600_000).toISOString();
  const made = await world.api('POST', '/apiops/projects/MyProject/jwks/generate', {
    name: 'short-lived',
    type: 'EC',
    ec: { curveType: 'P256', expirationTime: soon },
  });
  accepted(made);
  const before = ['keyplane_jwks_expiring 1', 'keyplane_jwks_expired 0'];
  const text = await (async () => {
    let seen = '';
    await until(async () => {
      seen = await scrape();
      return before.every((line) => seen.includes(line)) && /nodes_lagging.*production"} 0/.test(seen);
    }, 'counts come up to date');
    return seen;
  })();
  for (const line of [
    'keyplane_changes_total{operation="createJwk",source="COPY_PASTE",outcome="stored"} 1',
    'keyplane_changes_total{operation="createJwk",source="COPY_PASTE",outcome="bad_request"} 1',
    'keyplane_changes_total{operation="generateJwk",source="",outcome="stored"} 1',
    'keyplane_deployments_total{environment="production",outcome="confirmed"} 2',
    'keyplane_deployments_total{environment="staging",outcome="incomplete"} 2',
    'keyplane_deployment_duration_seconds_count 2',
    'keyplane_environment_revision{environment="production"} 2',
    'keyplane_nodes_registered{environment="staging"} 0',
    'keyplane_nodes_connected{environment="production"} 1',
    'keyplane_lease_held{lease="refresh"} 0',
    'keyplane_build_info{',
  ]) {
    expect(text).toContain(line);
  }
  expect(text).toMatch(/keyplane_database_commit_duration_seconds_count [1-9]/);
  expect(text).toMatch(/keyplane_database_commit_writes_bucket\{le="64"\} [1-9]/);
  expect(text).toMatch(/keyplane_database_writes_waiting \d+/);
  const connections = /keyplane_database_connections\{state="(busy|idle|awaited)"\} \d+/g;
  expect([...text.matchAll(connections)]).toHaveLength(databaseKind() === 'postgres' ? 3 : 0);
  expect(text).not.toMatch(/short-lived|kept/);
});

test('the documentation lists every metric of a manager, and no other', async () => {
  const names = [...(await scrape()).matchAll(/^# TYPE (keyplane_\w+) /gm)].map(([, name]) => name);
  const documented = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const listed = [...documented.matchAll(/`(keyplane_\w+)`/g)].map(([, name]) => name);
  // Those of a node are in a table of their own, which test/docs holds against a node.
  const ofManager = listed.filter((name) => !name?.startsWith('keyplane_node_'));
  expect(names.sort()).toEqual(ofManager.sort());
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Manager } from '../../src/compose/manager.ts';
import { accepted, type ProjectApi, projectApi } from '../api/support/project-api.ts';
import { makeCurveKey, publicHalf } from '../api/support/sample-keys.ts';
import { type HttpTestServer, startHttpServer } from '../support/http-servers.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let other: Manager;
let project: ProjectApi;
let server: HttpTestServer;
let beforeAnswer = async () => {};
let key = publicHalf(makeCurveKey('P-256'));

beforeAll(async () => {
  world = await startTestManager({ settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' } });
  other = await world.addManager();
  project = projectApi(world.api);
  server = await startHttpServer(async (_request, response) => {
    await beforeAnswer();
    response.end(JSON.stringify({ ...key, kid: 'a' }));
  });
  accepted(
    await project.create({ name: 'seen', sourceType: 'URL', url: server.origin, refreshInterval: 'PT1H' }),
  );
});
afterAll(async () => {
  await other.close();
  await world.close();
  await server.close();
});

async function comeDue(): Promise<number> {
  await world.manager.services.store.write(async (stores) => {
    const [myProject] = await stores.projects.list();
    const jwk = await stores.jwks.find(myProject?.id ?? '', 'seen');
    const refresh = await stores.refreshes.find(jwk?.id ?? '');
    if (!refresh) throw new Error('it is not followed');
    await stores.refreshes.put({ ...refresh, refreshAt: new Date(Date.now() - 1) });
  });
  return server.requests.length;
}
const refreshes = () =>
  world.manager.services.store.read(async ({ audit }) =>
    (await audit.list(0, 1000)).filter(({ action }) => action === 'jwk.refresh'),
  );

test('of two managers one refreshes, and when it stops the other goes on at once', async () => {
  key = publicHalf(makeCurveKey('P-256'));
  let asked = await comeDue();
  await Promise.all([world.manager.services.refresher.refreshDue(), other.services.refresher.refreshDue()]);
  expect(server.requests.length - asked).toBe(1);
  expect(await refreshes()).toHaveLength(1);

  key = publicHalf(makeCurveKey('P-256'));
  const [holder, next] = (await holds(world.manager)) ? [world.manager, other] : [other, world.manager];
  await holder.services.refresher.close();
  asked = await comeDue();
  await next.services.refresher.refreshDue();
  expect(server.requests.length - asked).toBe(1);
  expect(await refreshes()).toHaveLength(2);

  // It loses its lease between its request to the URL and its own write.
  key = publicHalf(makeCurveKey('P-256'));
  await comeDue();
  const { store } = world.manager.services;
  let isOvertaken = false;
  beforeAnswer = async () => {
    isOvertaken = await store.write(async ({ leases }) => {
      for (let fence = 1; fence <= 3; fence += 1) await leases.renew('refresh', fence, -1);
      return (await leases.acquire('refresh', 'a third', 60_000)) !== undefined;
    });
  };
  await next.services.refresher.refreshDue();
  expect(isOvertaken).toBe(true);
  expect(await refreshes()).toHaveLength(2);
  expect((await project.jwk('seen')).ec.x).not.toBe(key.x);
});

/** Only the holder itself knows its fence, so the test has it poll: it does, where it may. */
async function holds({ services }: Manager): Promise<boolean> {
  const asked = await comeDue();
  await services.refresher.refreshDue();
  return server.requests.length > asked;
}

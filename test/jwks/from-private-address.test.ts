import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ProjectApi, projectApi, refusal } from '../api/support/project-api.ts';
import { p256Public } from '../api/support/sample-keys.ts';
import { type HttpTestServer, startHttpServer } from '../support/http-servers.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let project: ProjectApi;
let server: HttpTestServer;
beforeAll(async () => {
  world = await startTestManager();
  project = projectApi(world.api);
  server = await startHttpServer((_request, response) => response.end(JSON.stringify(p256Public)));
});
afterAll(async () => {
  await world.close();
  await server.close();
});

const spellings = [
  '127.0.0.1',
  'localhost',
  'LOCALHOST',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '127.0.0.1.',
  '0',
  '0.0.0.0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:0:0:1]',
  '[64:ff9b::7f00:1]',
  '%31%32%37.0.0.1',
  '①②⑦.⓪.⓪.①',
  '１２７.0.0.1',
];

test.each(spellings)('an address of this machine is not visited, however it is spelled: %s', async (host) => {
  const url = `http://${host}:${server.port}/`;
  const text = refusal(await project.create({ name: 'refused', sourceType: 'URL', url }));
  expect(text).toMatch(/not allowed|private|loopback|special/);
  expect(server.connectionCount()).toBe(0);
});

test.each([
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '[fe80::1]',
  '[fd00::1]',
  '224.0.0.1',
])('a private address is not visited: %s', async (host) => {
  const text = refusal(await project.create({ name: 'refused', sourceType: 'URL', url: `http://${host}/` }));
  expect(text).toMatch(/not allowed|private|link-local|special/);
  expect(await project.names('jwks')).toEqual([]);
});

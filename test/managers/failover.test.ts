import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, signedIn } from '../support/manager.ts';
import { dropPostgresDatabase } from '../support/postgres-databases.ts';
import { createMigratedDatabase } from '../support/schema-templates.ts';
import { eventually } from '../system/support/eventually.ts';
import { endAllProcesses, node, type ServeProcess, serve } from '../system/support/keyplane-process.ts';
import { removeTemporaryFolders, temporaryFolder } from '../system/support/temporary-folder.ts';
import { jwksPath, kidsOf, made, password, pastedJwk } from '../system/support/world.ts';
import { isConnected } from './support/several-managers.ts';
import { startTcpRelay, type TcpRelay } from './support/tcp-relay.ts';

let folder: string;
let database: string;
let managers: Record<'a' | 'b' | 'c', ServeProcess>;
let balancer: TcpRelay;
let served: ServeProcess;
let api: Api;

beforeAll(async () => {
  folder = await temporaryFolder();
  database = await createMigratedDatabase();
  const settings = {
    KEYPLANE_DATABASE_URL: database,
    KEYPLANE_MASTER_KEY: randomBytes(32).toString('base64'),
    KEYPLANE_ADMIN_PASSWORD: password,
    KEYPLANE_DEPLOY_TIMEOUT: '60000',
  };
  const start = (name: string) => serve(join(folder, name), settings);
  managers = { a: await start('a'), b: await start('b'), c: await start('c') };
  api = await signedIn(managers.a.url, 'admin', password);
  await made(api, '/apiops/projects/', { name: 'MyProject' });
  await made(api, '/apiops/environments/', { name: 'production', type: 'PRODUCTION', environmentSet: true });
  const { token } = await made(api, '/apiops/environments/production/enrollment-tokens/');
  balancer = await startTcpRelay({ port: portOf(managers.b) });
  const managerUrl = `http://127.0.0.1:${balancer.port}`;
  served = await node({ managerUrl, token, name: 'n1', dataDir: join(folder, 'n1') });
  await eventually(() => isConnected(api, 'production', 'n1'), 'the node is connected');
});
afterAll(async () => {
  await endAllProcesses();
  await balancer.close();
  await dropPostgresDatabase(database);
  await removeTemporaryFolders();
});

const portOf = ({ url }: ServeProcess) => Number(new URL(url).port);
const deployed = [{ environmentName: 'production', success: true, message: 'Deployed successfully' }];

async function create(at: Api, name: string) {
  return (await made(at, jwksPath, pastedJwk(name))).deploymentResult.environmentResults;
}

test('a manager that is killed interrupts no client: its node connects to another, and a create waits for it there', async () => {
  expect(await create(api, 'before')).toEqual(deployed);
  const kill = managers.b.stop('SIGKILL');
  balancer.pointTo(portOf(managers.c));
  await kill;
  expect(await create(api, 'during')).toEqual(deployed);
  const third = await signedIn(managers.c.url, 'admin', password);
  expect(await create(third, 'after')).toEqual(deployed);
  expect((await kidsOf(served)).toSorted()).toEqual(['after', 'before', 'during']);
});

test('the nodes of a manager that was killed are listed as not connected once it has been silent for a while', async () => {
  await managers.c.stop('SIGKILL');
  balancer.pointTo(1);
  await eventually(async () => !(await isConnected(api, 'production', 'n1')), 'it is known to be gone');
  expect(await create(api, 'without')).toEqual([
    { environmentName: 'production', success: false, message: 'Node (n1): not connected' },
  ]);
  balancer.pointTo(portOf(managers.a));
  await eventually(async () => (await kidsOf(served)).includes('without'), 'the node catches up');
});

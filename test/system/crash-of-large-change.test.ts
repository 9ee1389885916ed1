// A change of many rows, in the middle of which the manager is killed: all of it is there afterwards, or nothing.

import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawSqlite } from '../support/databases.ts';
import { endAllProcesses } from './support/keyplane-process.ts';
import { removeTemporaryFolders } from './support/temporary-folder.ts';
import { jwksPath, made, pastedJwk, startWorld, type World } from './support/world.ts';

const keys = 600;
const clients = 16;

let world: World;
beforeAll(async () => {
  world = await startWorld();
  const names = Array.from({ length: keys }, (_, number) => `key-${number}`);
  const one = async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      await made(world.api, jwksPath, pastedJwk(name));
    }
  };
  await Promise.all(Array.from({ length: clients }, one));
});
afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

/** Kills the manager so long after it was asked, and starts it again. Whether it had answered that it is done. */
async function killedWhile(ask: () => Promise<{ readonly status: number }>, afterMs: number) {
  const answered = ask().then(
    ({ status }) => status === 200,
    () => false,
  );
  await setTimeout(afterMs);
  process.kill(world.manager.pid, 'SIGKILL');
  await world.manager.ended;
  const wasDone = await answered;
  await world.startManager();
  return wasDone;
}

async function rowsOf(environment: string) {
  const path = `${world.folder}/manager/keyplane.db`;
  const count = (what: string) => `(select count(*) from ${what})`;
  const own = `desired_objects join environments on environments.id = environment_id and name = '${environment}'`;
  const [row] = await rawSqlite(
    path,
    `select ${count(`environments where name = '${environment}'`)} as there,
      ${count(`${own} where digest is not null`)} as present, ${count(own)} as rows,
      ${count('desired_objects where environment_id not in (select id from environments)')} as strays`,
  );
  return row;
}

describe('a manager that is killed', () => {
  test.each([0, 10, 25, 50, 400])(
    '%i ms into making an environment has all of it or none',
    async (afterMs) => {
      const name = `made-${afterMs}`;
      const create = () =>
        world.api('POST', '/apiops/environments/', { name, type: 'TEST', environmentSet: true });
      const wasDone = await killedWhile(create, afterMs);
      const all = { there: 1, present: keys, rows: keys, strays: 0 };
      const none = { there: 0, present: 0, rows: 0, strays: 0 };
      const found = await rowsOf(name);
      if (wasDone) expect(found).toEqual(all);
      else expect([all, none]).toContainEqual(found);
    },
  );

  test.each([5, 20])('%i ms into taking a project out of one has taken all or nothing', async (afterMs) => {
    const name = 'production';
    const reach = (projects: string[] | undefined) =>
      world.api('PUT', `/apiops/environments/${name}/`, { type: 'TEST', projects });
    expect((await reach(undefined)).status).toBe(200);
    const wasDone = await killedWhile(() => reach([]), afterMs);
    const without = { there: 1, present: 0, rows: keys, strays: 0 };
    const found = await rowsOf(name);
    if (wasDone) expect(found).toEqual(without);
    else expect([without, { ...without, present: keys }]).toContainEqual(found);
  });

  test('into deleting an environment has deleted all of it or nothing', async () => {
    await made(world.api, '/apiops/environments/', { name: 'deleted', type: 'TEST', environmentSet: true });
    const wasDone = await killedWhile(() => world.api('DELETE', '/apiops/environments/deleted/'), 10);
    const found = await rowsOf('deleted');
    const gone = { there: 0, present: 0, rows: 0, strays: 0 };
    if (wasDone) expect(found).toEqual(gone);
    else expect([gone, { there: 1, present: keys, rows: keys, strays: 0 }]).toContainEqual(found);
  });
});

import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestManager, type TestManager, until } from '../support/manager.ts';

let world: TestManager;
beforeAll(async () => {
  world = await startTestManager();
});
afterAll(() => world.close());

it('a seal that does not open keeps its own JWK from a new environment, and no other', async () => {
  for (const name of ['whole', 'damaged']) {
    const path = '/apiops/projects/MyProject/jwks/generate';
    const made = await world.api('POST', path, { name, type: 'EC', ec: { curveType: 'P256' } });
    expect(made.status).toBe(200);
  }
  const database = new SqliteDatabase(join(world.dataDir, 'manager', 'keyplane.db'));
  const column = database
    .prepare<[string], Buffer>('select private_members from jwks where name = ?')
    .pluck();
  const sealed = column.get('damaged') ?? Buffer.alloc(0);
  sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
  database.prepare('update jwks set private_members = ? where name = ?').run(sealed, 'damaged');
  database.close();

  const environment = await world.api('POST', '/apiops/environments/', { name: 'later', type: 'TEST' });
  expect(environment.body).toEqual({ success: true });
  const node = await world.addNode('later', 'later-1');
  const jwkOnNode = async (name: string) =>
    (await fetch(`${node.url}/projects/MyProject/jwks/${name}`)).status;
  await until(async () => (await jwkOnNode('whole')) === 200, 'the node serves the whole one');
  expect(await jwkOnNode('damaged')).toBe(404);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { databaseKind } from '../support/postgres-databases.ts';

let world: TestManager;
beforeAll(async () => {
  world = await startTestManager();
});
afterAll(() => world.close());

test('a seal that does not open keeps its own JWK from a new environment, and no other', async () => {
  for (const name of ['whole', 'damaged']) {
    const path = '/apiops/projects/MyProject/jwks/generate';
    const made = await world.api('POST', path, { name, type: 'EC', ec: { curveType: 'P256' } });
    expect(made.status).toBe(200);
  }
  const [row] = await world.raw("select private_members from jwks where name = 'damaged'");
  const sealed = row?.private_members as Buffer;
  sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
  const literal =
    databaseKind() === 'sqlite' ? `x'${sealed.toString('hex')}'` : `'\\x${sealed.toString('hex')}'`;
  await world.raw(`update jwks set private_members = ${literal} where name = 'damaged'`);

  const environment = await world.api('POST', '/apiops/environments/', { name: 'later', type: 'TEST' });
  expect(environment.body).toEqual({ success: true });
  const node = await world.addNode('later', 'later-1');
  const jwkOnNode = async (name: string) =>
    (await fetch(`${node.url}/projects/MyProject/jwks/${name}`)).status;
  await until(async () => (await jwkOnNode('whole')) === 200, 'the node serves the whole one');
  expect(await jwkOnNode('damaged')).toBe(404);
});

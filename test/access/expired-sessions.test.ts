import { afterAll, beforeAll, expect, test } from 'vitest';
import { signedIn, startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
beforeAll(async () => {
  world = await startTestManager();
});
afterAll(() => world.close());

const countOf = async (condition: string) =>
  Number((await world.raw(`select count(*) as n from tokens where ${condition}`))[0]?.n);

test('upkeep removes sessions that expired more than a day ago; a sign-in and personal tokens leave all as it is', async () => {
  const user = await world.as('often');
  await user('POST', '/apiops/tokens/', { name: 'kept', expiresAt: '2999-01-01T00:00:00Z' });
  for (let signIn = 0; signIn < 3; signIn += 1) await signedIn(world.url, 'often', 'password of often');
  await world.raw('update tokens set expires_at = 1');
  await signedIn(world.url, 'often', 'password of often');
  expect(await countOf('expires_at = 1')).toBeGreaterThan(4);
  await world.manager.services.maintenance.run();
  expect(await world.raw('select name from tokens where expires_at = 1')).toEqual([{ name: 'kept' }]);
  expect(await countOf("kind = 'SESSION'")).toBe(1);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { bareStream, hello } from '../api/support/raw-node.ts';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';

let keyplane: TestManager;
let viewer: Api;
beforeAll(async () => {
  keyplane = await startTestManager();
  viewer = await keyplane.as('viewer', { project: 'MyProject', roles: ['ROLE_MANAGE_PROXIES'] });
});
afterAll(() => keyplane.close());

async function refusals(cause: string): Promise<number> {
  const text = await (await fetch(`${keyplane.url}/metrics`)).text();
  return Number(new RegExp(`keyplane_refusals_total\\{cause="${cause}"\\} (\\d+)`).exec(text)?.[1]);
}

test('hundreds of rejections of one user leave 60 audit records and, when the manager stops, one with their number', async () => {
  const before = await refusals('role');
  const answers = Array.from({ length: 200 }, () =>
    viewer('POST', '/apiops/environments/', { name: 'x', type: 'TEST' }),
  );
  for (const { status } of await Promise.all(answers)) expect(status).toBe(403);
  await expect.poll(() => refusals('role'), { timeout: 60_000 }).toBe(before + 200);
  await keyplane.restart();
  const { body } = await keyplane.api('GET', '/apiops/audit/?actor=viewer&outcome=DENIED&size=100');
  const details: { count?: number }[] = body.resultList.map(({ details }: { details: object }) => details);
  expect(details.filter(({ count }) => count === undefined)).toHaveLength(60);
  expect(details.filter(({ count }) => count !== undefined)).toMatchObject([{ count: 140 }]);
});

test('rejected nodes of one address leave 60 audit records and, when the manager stops, one with their number', async () => {
  for (let attempt = 0; attempt < 70; attempt += 1) {
    const stream = await bareStream(keyplane);
    stream.say({ ...hello(), protocol: 1, name: `node-${attempt}` });
    expect(await stream.closed).toMatchObject({ code: 4406 });
  }
  await keyplane.restart();
  const { body } = await keyplane.api('GET', '/apiops/audit/?action=node.refuse&size=100');
  const counted = body.resultList.filter(({ details }: { details: object }) => 'count' in details);
  expect(body.resultList).toHaveLength(61);
  expect(counted).toMatchObject([{ objectName: 'several', details: { address: '127.0.0.1', count: 10 } }]);
});

test('wrong current passwords of a user count as other rejections of that user do', async () => {
  const guesser = await keyplane.as('guesser');
  for (let attempt = 0; attempt < 59; attempt += 1) {
    expect((await guesser('POST', '/apiops/environments/', { name: 'x', type: 'TEST' })).status).toBe(403);
  }
  const change = { currentPassword: 'a wrong password', password: 'another password' };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect((await guesser('PUT', '/apiops/users/guesser/', change)).body.reason).toBe('PASSWORD_WRONG');
  }
  await keyplane.restart();
  const { body } = await keyplane.api('GET', '/apiops/audit/?action=user.password&actor=guesser&size=100');
  expect(body.resultList).toMatchObject([
    { outcome: 'FAILURE', details: { address: '127.0.0.1', count: 2 } },
    { outcome: 'FAILURE', details: { address: '127.0.0.1' } },
  ]);
});

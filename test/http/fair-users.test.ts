import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fairTurn } from '../../src/runtime/event-loop.ts';
import { authenticatedSafe, emptyMac, pfx } from '../formats/pkcs12-writer.ts';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';

let manager: TestManager;
let hostile: Api;
let other: Api;
const project = '/apiops/projects/MyProject';

beforeAll(async () => {
  manager = await startTestManager();
  const member = { project: 'MyProject', roles: ['ROLE_ADMIN'] };
  hostile = await manager.as('hostile', member);
  other = await manager.as('other', member);
});
afterAll(() => manager.close());

/** Sends many requests of one user, then one of another. @returns the position of the latter among the answers */
async function placeOfOther(
  many: number,
  send: (api: Api, number: number) => Promise<{ readonly status: number }>,
): Promise<number> {
  const order: string[] = [];
  const statuses = new Set<number>();
  const ask = async (api: Api, number: number) => {
    statuses.add((await send(api, number)).status);
    order.push(api === other ? 'other' : 'hostile');
  };
  const queued = Array.from({ length: many }, (_, number) => ask(hostile, number));
  // Once one of them is answered the others are in the queue.
  await Promise.race(queued);
  await ask(other, many);
  await Promise.all(queued);
  expect(statuses.size).toBe(1);
  return order.indexOf('other');
}

describe('a request of one user', () => {
  test('to generate an RSA key overtakes those that another user queued', async () => {
    const place = await placeOfOther(12, (api, number) =>
      api('POST', `${project}/jwks/generate`, { name: `rsa-${number}`, type: 'RSA', rsa: { keySize: 2048 } }),
    );
    expect(place).toBeLessThan(8);
  });

  test('to open a keystore overtakes those that another user queued', async () => {
    // The password is wrong, which shows after the iterations of the MAC.
    const file = (iterations: number) => pfx(authenticatedSafe([]), emptyMac(iterations)).toString('base64');
    const [large, small] = [file(1_000_000), file(1)];
    const place = await placeOfOther(8, (api) =>
      api('POST', `${project}/keystores/inspect`, { file: api === other ? small : large, password: 'no' }),
    );
    expect(place).toBeLessThan(4);
  });

  test('begins before the requests of a user whose turns of the event loop are all taken', async () => {
    const user = await manager.manager.services.store.read(({ users }) => users.find('hostile'));
    const id = user?.id ?? '';
    const order: string[] = [];
    const turns = Promise.all(Array.from({ length: 20_000 }, () => fairTurn(id)));
    await Promise.all([
      hostile('GET', `${project}/jwks/`).then(() => order.push('hostile')),
      other('GET', `${project}/jwks/`).then(() => order.push('other')),
      turns,
    ]);
    expect(order).toEqual(['other', 'hostile']);
  });

  test('has its token looked up before those of a user whose turns of the event loop are all taken', async () => {
    const form = {
      grant_type: 'client_credentials',
      client_id: 'hostile',
      client_secret: 'password of hostile',
    };
    const signedIn = await fetch(`${manager.url}/apiops/auth/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    const { access_token: token } = (await signedIn.json()) as { access_token: string };
    const authorization = `Bearer ${token}`;
    const order: string[] = [];
    const turns = Promise.all(Array.from({ length: 20_000 }, () => fairTurn(`token ${authorization}`)));
    await Promise.all([
      fetch(`${manager.url}${project}/jwks/`, { headers: { authorization } }).then(() =>
        order.push('hostile'),
      ),
      other('GET', `${project}/jwks/`).then(() => order.push('other')),
      turns,
    ]);
    expect(order).toEqual(['other', 'hostile']);
  });
});

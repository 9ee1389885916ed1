import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CallOptions, type HttpWorld, openHttpWorld, passwords } from './support/http-world.ts';

let world: HttpWorld;
beforeAll(async () => {
  world = await openHttpWorld();
  const bob = { username: 'bob', password: 'password of bob' };
  expect((await world.call('POST', '/apiops/users/', { body: bob })).statusCode).toBe(200);
});
afterAll(() => world.close());

const own = '/apiops/users/ada/';
const put = (body: unknown, options: CallOptions & { readonly url?: string } = {}) =>
  world.call('PUT', options.url ?? own, { token: world.tokens.ada, body, ...options });
const forbidden = {
  error: 'forbidden',
  error_description: 'You do not have permission to perform this action',
  reason: 'ROLE_MISSING',
};
const change = { currentPassword: passwords.ada, password: 'another password' };

async function signIn(username: string, password: string) {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: username,
    client_secret: password,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return world.call('POST', '/apiops/auth/token', { token: null, headers, payload: form.toString() });
}

describe('a user', () => {
  test.each<[what: string, body: object]>([
    ['an administrator of themselves', { admin: true }],
    ['an administrator of themselves beside the password', { ...change, admin: true }],
    ['nothing', {}],
    ['the password without the current one', { password: 'another password' }],
    ['the current password alone', { currentPassword: passwords.ada }],
    ['the name', { ...change, username: 'root' }],
  ])('makes %s: that is forbidden', async (_what, body) => {
    const answer = await put(body);
    expect([answer.statusCode, answer.json()]).toEqual([403, forbidden]);
    expect((await signIn('ada', passwords.ada)).statusCode).toBe(200);
  });

  test('does not change the password of another user, also not with the current one', async () => {
    const body = { currentPassword: 'password of bob', password: 'another password' };
    const answer = await put(body, { url: '/apiops/users/bob/' });
    expect([answer.statusCode, answer.json()]).toEqual([403, forbidden]);
    expect((await signIn('bob', 'password of bob')).statusCode).toBe(200);
  });

  test('does not change the password with a narrowed token', async () => {
    await world.call('POST', '/apiops/projects/', { body: { name: 'Mine' } });
    await world.call('PUT', '/apiops/projects/Mine/members/ada/', { body: { roles: ['ROLE_ADMIN'] } });
    const projects = [{ projectName: 'Mine', roles: ['ROLE_ADMIN'] }];
    const { token } = (
      await world.call('POST', '/apiops/tokens/', {
        token: world.tokens.ada,
        body: { name: 'narrow', projects },
      })
    ).json();
    const answer = await put(change, { token });
    expect([answer.statusCode, answer.json()]).toEqual([403, forbidden]);
  });

  test('gets an error if the current password is wrong', async () => {
    const answer = await put({ ...change, currentPassword: 'wrong password' });
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      {
        error: 'bad_request',
        error_description: 'currentPassword is wrong!',
        reason: 'PASSWORD_WRONG',
        member: 'currentPassword',
      },
    ]);
  });

  test('changes their own password, whatever the spelling of the name in the path', async () => {
    const session = (await signIn('ada', passwords.ada)).json().access_token;
    const answer = await put({ ...change, admin: null }, { url: '/apiops/users/%61da', token: session });
    expect([answer.statusCode, answer.json()]).toEqual([200, { success: true }]);
    expect((await world.call('GET', '/apiops/tokens/', { token: session })).statusCode).toBe(200);
    expect((await signIn('ada', passwords.ada)).statusCode).toBe(401);
    expect((await signIn('ada', change.password)).statusCode).toBe(200);
  });
});

describe('an administrator', () => {
  const admin = '/apiops/users/admin/';

  test('changes their own password like any other user, and keeps the token', async () => {
    const body = { currentPassword: passwords.admin, password: 'second password' };
    const answer = await world.call('PUT', admin, { body });
    expect([answer.statusCode, answer.json()]).toEqual([200, { success: true }]);
    expect((await world.call('GET', '/apiops/tokens/')).statusCode).toBe(200);
  });

  test.each<[what: string, url: string, body: object]>([
    ['of another user', own, { currentPassword: 'password of bob', password: 'another password' }],
    [
      'beside something else',
      admin,
      { currentPassword: 'second password', password: 'another one', admin: true },
    ],
    ['without a new one', admin, { currentPassword: 'second password' }],
  ])('gets an error if a current password %s is not allowed', async (_what, url, body) => {
    const answer = await world.call('PUT', url, { body });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ reason: 'FIELD_NOT_VALID', member: 'currentPassword' });
  });

  test('revokes every token with a reset, that of the request too', async () => {
    const answer = await world.call('PUT', admin, { body: { password: 'third password' } });
    expect(answer.statusCode).toBe(200);
    expect((await world.call('GET', '/apiops/tokens/')).statusCode).toBe(401);
    expect((await signIn('admin', 'third password')).statusCode).toBe(200);
  });
});

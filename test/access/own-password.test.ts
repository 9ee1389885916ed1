import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../src/access/caller.ts';
import { createOwnPassword } from '../../src/access/own-password.ts';
import { createPasswordHasher } from '../../src/access/passwords.ts';
import { adminOf, openRuleWorld, type RuleWorld } from './support/rule-world.ts';

const oldPassword = 'password of ada';
const newPassword = 'another password';
const address = '192.0.2.1';

let world: RuleWorld;
let ada: Caller;
beforeEach(async () => {
  world = await openRuleWorld();
  await world.access.users.create(await adminOf(world), { username: 'ada', password: oldPassword });
  ada = await authenticate(await signIn());
});
afterEach(() => world.close());

const signIn = async (password = oldPassword) =>
  (await world.access.signIn.signIn({ username: 'ada', password, address })).accessToken;
const authenticate = async (token: string) =>
  (await world.access.authenticator.authenticate(`Bearer ${token}`)).caller;
const change = (caller: Caller, currentPassword = oldPassword, password = newPassword) =>
  world.access.changeOwnPassword(caller, { currentPassword, password, address });
const lastRecord = async () => (await world.auditRecords()).at(-1);

describe('a user who changes their own password', () => {
  test('keeps the current session and the personal tokens, and loses all other sessions', async () => {
    const [session, other] = [await signIn(), await signIn()];
    const { secretToken } = await world.access.tokens.create(ada, { name: 'ci' });
    await change(await authenticate(session));
    await expect(authenticate(session)).resolves.toBeDefined();
    await expect(authenticate(secretToken)).resolves.toBeDefined();
    await expect(authenticate(other)).rejects.toThrow('Invalid token');
    await expect(signIn()).rejects.toThrow('Bad credentials');
    await expect(signIn(newPassword)).resolves.toBeDefined();
    const records = await world.auditRecords();
    expect(records.find(({ action }) => action === 'user.password')).toMatchObject({
      actor: 'ada',
      objectName: 'ada',
      outcome: 'SUCCESS',
      details: { address, endedSessions: 2 },
    });
    expect(JSON.stringify(records)).not.toMatch(/password of ada|another password/);
  });

  test('must give the current password; a wrong one changes nothing and is recorded', async () => {
    await expect(change(ada, 'wrong password')).rejects.toMatchObject({
      code: 'bad_request',
      reason: 'PASSWORD_WRONG',
      member: 'currentPassword',
      message: 'currentPassword is wrong!',
    });
    expect(await lastRecord()).toMatchObject({ action: 'user.password', outcome: 'FAILURE' });
    await expect(signIn()).resolves.toBeDefined();
  });

  test('cannot guess passwords faster than at sign-in: both share one limit', async () => {
    for (let attempt = 0; attempt < 5; attempt++) {
      await expect(signIn(`wrong ${attempt}`)).rejects.toThrow('Bad credentials');
      await expect(change(ada, `wrong ${attempt}`)).rejects.toThrow('currentPassword is wrong!');
    }
    await expect(change(ada)).rejects.toMatchObject({ code: 'rate_limit_exceeded', retryAfterSeconds: 60 });
    await expect(signIn()).rejects.toMatchObject({ code: 'rate_limit_exceeded' });
    world.time.advance(60_000);
    await expect(change(ada)).resolves.toBeUndefined();
  });

  test('must choose a long enough password, which is checked before the current one is compared', async () => {
    for (let attempt = 0; attempt < 11; attempt++) {
      await expect(change(ada, 'wrong password', 'short')).rejects.toMatchObject({
        message: 'Password must have 8 to 1024 characters!',
        member: 'password',
      });
    }
  });

  test('changes nothing if an administrator resets the password meanwhile', async () => {
    const { store, audit, rejections, access, time } = world;
    const admin = await adminOf(world);
    const slow = createOwnPassword({
      store,
      audit,
      rejections,
      clock: time.clock,
      hasher: createPasswordHasher(),
      async checkPassword(_who, _password, findUser) {
        const user = await findUser();
        await access.users.update(admin, 'ada', { password: 'password of the reset' });
        return { isRight: true, user };
      },
    });
    const late = slow(ada, { currentPassword: oldPassword, password: newPassword, address });
    await expect(late).rejects.toThrow('currentPassword is wrong!');
    await expect(signIn('password of the reset')).resolves.toBeDefined();
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CheckPassword } from '../../src/access/password-check.ts';
import { createSignIn } from '../../src/access/sign-in.ts';
import { adminOf, adminPassword, callerNamed, openRuleWorld, type RuleWorld } from './support/rule-world.ts';

let world: RuleWorld;
beforeEach(async () => {
  world = await openRuleWorld();
  await adminOf(world);
});
afterEach(() => world.close());

const address = '192.0.2.1';
const signIn = (username: string, password: string, from = address) =>
  world.access.signIn.signIn({ username, password, address: from });
const bearer = (token: string) =>
  world.access.authenticator.authenticate(`Bearer ${token}`).then(({ caller }) => caller);

describe('sign-in', () => {
  test('issues a token that is valid for an hour', async () => {
    const { accessToken, expiresInSeconds } = await signIn('admin', adminPassword);
    expect(expiresInSeconds).toBe(3600);
    expect(accessToken).toMatch(/^kps_[\w-]{43}$/);
    expect(await bearer(accessToken)).toMatchObject({ username: 'admin', admin: true });
    world.time.advance(3_599_999);
    await expect(bearer(accessToken)).resolves.toBeDefined();
    world.time.advance(1);
    await expect(bearer(accessToken)).rejects.toMatchObject({
      code: 'unauthorized_client',
      message: 'Invalid token',
    });
  });

  test('rejects a wrong password and an unknown user with the same error, and records both without a secret', async () => {
    for (const [username, password] of [
      ['admin', 'wrong password'],
      ['hunter2hunter2', 'wrong password'],
      ['', ''],
    ] as const) {
      await expect(signIn(username, password)).rejects.toMatchObject({
        code: 'unauthorized_client',
        message: 'Bad credentials',
      });
    }
    const failures = (await world.auditRecords()).filter(({ outcome }) => outcome === 'FAILURE');
    expect(failures.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      'admin user.signIn',
      'unknown user user.signIn',
      'unknown user user.signIn',
    ]);
    expect(JSON.stringify(failures)).not.toMatch(/hunter2|wrong password/);
  });

  test('after ten wrong passwords also the right one has to wait for the minute to pass', async () => {
    for (let attempt = 0; attempt < 10; attempt++) {
      await expect(signIn('admin', `wrong ${attempt}`)).rejects.toMatchObject({ message: 'Bad credentials' });
    }
    await expect(signIn('admin', adminPassword)).rejects.toMatchObject({
      code: 'rate_limit_exceeded',
      retryAfterSeconds: 60,
    });
    expect((await world.auditRecords()).filter(({ outcome }) => outcome === 'FAILURE')).toHaveLength(10);
    world.time.advance(60_000);
    await expect(signIn('admin', adminPassword)).resolves.toBeDefined();
  });

  test('of one network records 60 wrong passwords a minute, and then one record that counts the others', async () => {
    const { store, audit, rejections, time } = world;
    const checkPassword: CheckPassword = async (_who, _password, findUser) => ({
      isRight: false,
      user: await findUser(),
    });
    const guesses = createSignIn({ store, audit, rejections, clock: time.clock, checkPassword });
    const before = (await world.auditRecords()).length;
    const guess = (from: string) =>
      expect(guesses.signIn({ username: 'nobody', password: 'wrong', address: from })).rejects.toThrow(
        'Bad credentials',
      );
    for (let host = 1; host <= 90; host++) await guess(`2001:db8::${host}`);
    await guess('192.0.2.9');
    expect(await world.auditRecords()).toHaveLength(before + 61);
    await rejections.close();
    expect((await world.auditRecords()).slice(before + 61)).toMatchObject([
      { actor: 'unknown user', action: 'user.signIn', outcome: 'FAILURE', details: { count: 30 } },
    ]);
  });

  test('accepts a user from an address with ten wrong passwords for a name that does not exist', async () => {
    for (let attempt = 0; attempt < 10; attempt++) {
      await expect(signIn('nobody', `wrong ${attempt}`)).rejects.toMatchObject({
        message: 'Bad credentials',
      });
    }
    await expect(signIn('nobody', 'wrong again')).rejects.toMatchObject({ code: 'rate_limit_exceeded' });
    await expect(signIn('admin', adminPassword)).resolves.toBeDefined();
  });

  test('checks at most ten of many simultaneous passwords', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 60 }, () => signIn('admin', 'wrong password')),
    );
    const codes = answers.map((answer) => (answer.status === 'rejected' ? answer.reason.code : 'let in'));
    expect(codes.filter((code) => code === 'unauthorized_client')).toHaveLength(10);
    expect(codes.filter((code) => code === 'rate_limit_exceeded')).toHaveLength(50);
  });

  test('issues no session for a password that was replaced during the check', async () => {
    const { store, audit, rejections, access } = world;
    const admin = await callerNamed(store, 'admin');
    const slow = createSignIn({
      store,
      audit,
      rejections,
      clock: world.time.clock,
      async checkPassword(_who, _password, findUser) {
        const user = await findUser();
        await access.users.update(admin, 'admin', { password: 'another password' });
        return { isRight: true, user };
      },
    });
    const late = slow.signIn({ username: 'admin', password: adminPassword, address });
    await expect(late).rejects.toThrow('Bad credentials');
    expect(await store.write((stores) => stores.tokens.deleteOfUser(admin.userId, 'SESSION'))).toBe(0);
  });

  test('many correct passwords at once are all accepted', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => signIn('admin', adminPassword)));
    expect(new Set(answers.map(({ accessToken }) => accessToken)).size).toBe(20);
  });
});

describe('authentication', () => {
  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Basic YWRtaW46YWRtaW4=',
    'Bearer kp_unknown',
    'Bearer a b',
    'Bearer \u0000',
    `Bearer ${'a'.repeat(100_000)}`,
    'kp_unknown',
  ])('rejects invalid header %#', async (header) => {
    await expect(world.access.authenticator.authenticate(header)).rejects.toMatchObject({
      code: 'unauthorized_client',
      message: 'Invalid token',
    });
  });

  test('takes the scheme in any case and with several spaces', async () => {
    const { accessToken } = await signIn('admin', adminPassword);
    for (const scheme of ['bearer', 'BEARER ', 'Bearer  ']) {
      await expect(
        world.access.authenticator.authenticate(`${scheme} ${accessToken}`),
      ).resolves.toBeDefined();
    }
  });

  test('sees at once that an administrator no longer is one', async () => {
    const admin = await callerNamed(world.store, 'admin');
    await world.access.users.create(admin, { username: 'ada', password: 'password of ada', admin: true });
    const { accessToken } = await signIn('ada', 'password of ada');
    await world.access.users.update(admin, 'ada', { admin: false });
    expect(await bearer(accessToken)).toMatchObject({ username: 'ada', admin: false });
  });
});

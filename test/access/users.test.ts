import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../src/access/caller.ts';
import { adminOf, adminPassword, callerNamed, openRuleWorld, type RuleWorld } from './support/rule-world.ts';

let world: RuleWorld;
let admin: Caller;
beforeEach(async () => {
  world = await openRuleWorld();
  admin = await adminOf(world);
});
afterEach(() => world.close());

const signIn = (username: string, password: string) =>
  world.access.signIn.signIn({ username, password, address: '192.0.2.1' });
const authenticate = (token: string) => world.access.authenticator.authenticate(`Bearer ${token}`);

describe('the first administrator', () => {
  test('is created with the given password if there is no user', async () => {
    await expect(signIn('admin', adminPassword)).resolves.toBeDefined();
    expect(await callerNamed(world.store, 'admin')).toMatchObject({ admin: true });
  });

  test('is not created if there is any user, whatever the name', async () => {
    expect(await world.access.ensureFirstAdmin({ username: 'root' })).toBeUndefined();
    expect(await world.access.users.list()).toHaveLength(1);
  });

  test('gets a generated password, shown once, if none was given', async () => {
    const fresh = await openRuleWorld();
    try {
      const made = await fresh.access.ensureFirstAdmin({ username: 'root' });
      expect(made?.generatedPassword).toMatch(/^[\w-]{24}$/);
      const password = made?.generatedPassword ?? '';
      await expect(
        fresh.access.signIn.signIn({ username: 'root', password, address: 'x' }),
      ).resolves.toBeDefined();
      expect(JSON.stringify(await fresh.auditRecords())).not.toContain(password);
    } finally {
      await fresh.close();
    }
  });

  test('is created by only one of several simultaneous starts', async () => {
    const fresh = await openRuleWorld();
    try {
      const made = await Promise.all(
        ['a', 'b', 'c'].map((username) => fresh.access.ensureFirstAdmin({ username })),
      );
      expect(made.filter((one) => one !== undefined)).toHaveLength(1);
      expect(await fresh.access.users.list()).toHaveLength(1);
    } finally {
      await fresh.close();
    }
  });
});

describe('users', () => {
  test('sign in with their password, which is kept as an argon2id hash alone', async () => {
    await world.access.users.create(admin, { username: 'ada', password: 'password of ada' });
    await expect(signIn('ada', 'password of ada')).resolves.toBeDefined();
    const kept = await world.store.read((stores) => stores.users.find('ada'));
    expect(kept?.passwordHash).toMatch(/^\$argon2id\$/);
    expect(kept?.admin).toBe(false);
    expect(JSON.stringify(await world.auditRecords())).not.toContain('password of ada');
  });

  test.each([
    [{ username: '', password: 'long enough' }, 'Username can not be empty!'],
    [{ username: 'a b', password: 'long enough' }, /^Username \(a b\) is not valid!/],
    [{ username: 'ada', password: 'short' }, 'Password must have 8 to 1024 characters!'],
    [{ username: 'admin', password: 'long enough' }, 'User (name: admin) is already exist!'],
  ])('are refused when something is wrong, number %#', async (input, text) => {
    await expect(world.access.users.create(admin, input)).rejects.toThrow(text);
    expect(await world.access.users.list()).toHaveLength(1);
  });

  test('of one name are created once by twenty simultaneous requests', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        world.access.users.create(admin, { username: 'ada', password: 'password of ada' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === 'rejected')
        expect(answer.reason.message).toBe('User (name: ada) is already exist!');
    }
  });

  test('lose their sessions and personal tokens when an administrator resets their password', async () => {
    await world.access.users.create(admin, { username: 'ada', password: 'password of ada' });
    const { accessToken } = await signIn('ada', 'password of ada');
    const { secretToken } = await world.access.tokens.create(await callerNamed(world.store, 'ada'), {
      name: 'ci',
    });
    await world.access.users.update(admin, 'ada', { password: 'another password' });
    await expect(authenticate(accessToken)).rejects.toThrow('Invalid token');
    await expect(authenticate(secretToken)).rejects.toThrow('Invalid token');
    expect((await world.auditRecords()).at(-1)).toMatchObject({
      action: 'user.update',
      details: { passwordChanged: true, endedSessions: 1, endedTokens: 1 },
    });
    await expect(signIn('ada', 'password of ada')).rejects.toThrow('Bad credentials');
    await expect(signIn('ada', 'another password')).resolves.toBeDefined();
  });

  test('keep what an update leaves out', async () => {
    await world.access.users.create(admin, { username: 'ada', password: 'password of ada', admin: true });
    await world.access.users.update(admin, 'ada', {});
    expect(await callerNamed(world.store, 'ada')).toMatchObject({ admin: true });
    await expect(signIn('ada', 'password of ada')).resolves.toBeDefined();
  });

  test('cannot change their name', async () => {
    await expect(world.access.users.update(admin, 'admin', { username: 'root' })).rejects.toThrow(
      'Username can not be changed!',
    );
    await expect(world.access.users.update(admin, 'admin', { username: 'admin' })).resolves.toBeUndefined();
  });

  test('take their tokens along when they are deleted', async () => {
    await world.access.users.create(admin, { username: 'ada', password: 'password of ada' });
    const { accessToken } = await signIn('ada', 'password of ada');
    await world.access.users.delete(admin, 'ada');
    await expect(authenticate(accessToken)).rejects.toThrow('Invalid token');
    await expect(signIn('ada', 'password of ada')).rejects.toThrow('Bad credentials');
  });

  test('that do not exist cannot be changed or deleted', async () => {
    const text = 'User (name: nobody) is not found!';
    await expect(world.access.users.update(admin, 'nobody', {})).rejects.toThrow(text);
    await expect(world.access.users.delete(admin, 'nobody')).rejects.toThrow(text);
  });
});

describe('the last administrator', () => {
  const text = 'User (name: admin) is the last administrator! Make another user an administrator first.';

  test('cannot be deleted or demoted', async () => {
    await expect(world.access.users.delete(admin, 'admin')).rejects.toThrow(text);
    await expect(world.access.users.update(admin, 'admin', { admin: false })).rejects.toThrow(text);
    expect(await callerNamed(world.store, 'admin')).toMatchObject({ admin: true });
  });

  test('remains when two administrators delete each other at once', async () => {
    await world.access.users.create(admin, { username: 'ada', password: 'password of ada', admin: true });
    const ada = await callerNamed(world.store, 'ada');
    const answers = await Promise.allSettled([
      world.access.users.delete(admin, 'ada'),
      world.access.users.update(ada, 'admin', { admin: false }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await world.access.users.list()).filter((user) => user.admin)).toHaveLength(1);
  });
});

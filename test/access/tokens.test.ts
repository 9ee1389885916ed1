import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../src/access/caller.ts';
import { adminOf, callerNamed, openRuleWorld, type RuleWorld } from './support/rule-world.ts';

let world: RuleWorld;
let admin: Caller;
let ada: Caller;
beforeAll(async () => {
  world = await openRuleWorld();
  admin = await adminOf(world);
  await world.access.users.create(admin, { username: 'ada', password: 'password of ada' });
  ada = await callerNamed(world.store, 'ada');
});
afterAll(() => world.close());

const namesOf = async (caller: Caller) => (await world.access.tokens.list(caller)).map(({ name }) => name);

describe('personal tokens', () => {
  test('authenticate their user, are shown once, and only their hash is kept', async () => {
    const { secretToken, name, expiresAt } = await world.access.tokens.create(ada, { name: 'ci' });
    expect(secretToken).toMatch(/^kp_[\w-]{43}$/);
    const in90Days = new Date(world.time.now.getTime() + 90 * 24 * 3600 * 1000);
    expect({ name, expiresAt }).toEqual({ name: 'ci', expiresAt: in90Days });
    expect(await world.access.authenticator.authenticate(`Bearer ${secretToken}`)).toMatchObject({
      caller: { username: 'ada' },
    });
    const [kept] = await world.access.tokens.list(ada);
    expect(kept?.hash).toEqual(createHash('sha256').update(secretToken).digest());
    expect(JSON.stringify(await world.auditRecords())).not.toContain(secretToken);
  });

  test('are seen and deleted by their own user alone', async () => {
    await world.access.tokens.create(ada, { name: 'of-ada' });
    await world.access.tokens.create(admin, { name: 'of-admin' });
    expect(await namesOf(admin)).toEqual(['of-admin']);
    await expect(world.access.tokens.delete(admin, 'of-ada')).rejects.toMatchObject({
      code: 'bad_request',
      message: 'Token (name: of-ada) is not found!',
    });
    expect(await namesOf(ada)).toContain('of-ada');
  });

  test('have a name that the user has not used yet', async () => {
    await world.access.tokens.create(ada, { name: 'twice' });
    await expect(world.access.tokens.create(ada, { name: 'twice' })).rejects.toThrow(
      'Token (name: twice) is already exist!',
    );
    await expect(world.access.tokens.create(admin, { name: 'twice' })).resolves.toBeDefined();
    await expect(world.access.tokens.create(ada, { name: '' })).rejects.toThrow(
      'Token name can not be empty!',
    );
  });

  test('no longer authenticate once they are deleted', async () => {
    const { secretToken } = await world.access.tokens.create(ada, { name: 'gone' });
    await world.access.tokens.delete(ada, 'gone');
    await expect(world.access.authenticator.authenticate(`Bearer ${secretToken}`)).rejects.toThrow(
      'Invalid token',
    );
  });

  test('expire at their expiry time', async () => {
    const expiresAt = new Date(world.time.now.getTime() + 1000).toISOString();
    const { secretToken } = await world.access.tokens.create(ada, { name: 'short', expiresAt });
    await expect(world.access.authenticator.authenticate(`Bearer ${secretToken}`)).resolves.toBeDefined();
    world.time.advance(1000);
    await expect(world.access.authenticator.authenticate(`Bearer ${secretToken}`)).rejects.toThrow(
      'Invalid token',
    );
  });

  test.each(['2031-01-31T12:00:00Z', '2031-01-31T12:00:00.123Z', '2031-01-31T12:00:00+02:00'])(
    'may expire at %s',
    async (expiresAt) => {
      const made = await world.access.tokens.create(ada, {
        name: `until-${expiresAt.replaceAll(/[^0-9]/g, '')}`,
        expiresAt,
      });
      expect(made.expiresAt).toEqual(new Date(expiresAt));
    },
  );

  test.each([
    '',
    'tomorrow',
    '2031-01-31',
    '2031-02-31T12:00:00Z',
    '2031-13-01T12:00:00Z',
    '2031-01-31T12:00:00',
    '2031-01-31 12:00:00Z',
    '1900000000',
    '+275760-09-14T00:00:00Z',
  ])('cannot expire at %j, which is no date and time', async (expiresAt) => {
    await expect(world.access.tokens.create(ada, { name: 'never', expiresAt })).rejects.toThrow(
      'expiresAt must be an ISO 8601 date and time, such as 2030-01-31T12:00:00Z!',
    );
  });

  test('never expire if the request says so', async () => {
    const made = await world.access.tokens.create(ada, { name: 'forever', expiresAt: null });
    expect(made.expiresAt).toBeNull();
  });

  test('are listed and revoked by an administrator, which is recorded', async () => {
    const { secretToken } = await world.access.tokens.create(ada, { name: 'stolen' });
    const { tokens } = world.access;
    expect((await tokens.listOfUser('ada')).map(({ name }) => name)).toContain('stolen');
    await tokens.revoke(admin, 'ada', 'stolen');
    await expect(world.access.authenticator.authenticate(`Bearer ${secretToken}`)).rejects.toThrow(
      'Invalid token',
    );
    expect((await world.auditRecords()).at(-1)).toMatchObject({
      actor: 'admin',
      action: 'token.revoke',
      objectName: 'stolen',
      details: { username: 'ada' },
    });
    await expect(tokens.revoke(admin, 'ada', 'stolen')).rejects.toThrow('Token (name: stolen) is not found!');
    await expect(tokens.listOfUser('nobody')).rejects.toThrow('User (name: nobody) is not found!');
    await expect(tokens.revoke(admin, 'nobody', 'ci')).rejects.toThrow('User (name: nobody) is not found!');
  });

  test('have a time of last use, recorded at most every ten minutes', async () => {
    const { access, store, time } = world;
    const { secretToken } = await access.tokens.create(ada, { name: 'used' });
    const lastUsedAt = async () => {
      await access.tokenUse.close();
      return (await store.read((stores) => stores.tokens.findPersonal(ada.userId, 'used')))?.lastUsedAt;
    };
    const use = () => access.authenticator.authenticate(`Bearer ${secretToken}`);
    expect(await lastUsedAt()).toBeNull();
    await use();
    const first = time.now;
    expect(await lastUsedAt()).toEqual(first);
    time.advance(599_999);
    await use();
    expect(await lastUsedAt()).toEqual(first);
    time.advance(1);
    await use();
    expect(await lastUsedAt()).toEqual(time.now);
  });

  test('cannot expire in the past', async () => {
    const expiresAt = world.time.now.toISOString();
    await expect(world.access.tokens.create(ada, { name: 'never', expiresAt })).rejects.toThrow(
      'expiresAt must be in the future!',
    );
  });
});

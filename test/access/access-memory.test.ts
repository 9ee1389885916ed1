import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import type { Caller } from '../../src/access/caller.ts';
import type { Store } from '../../src/store/store.ts';
import { adminOf, callerNamed, openRuleWorld, type RuleWorld } from './support/rule-world.ts';

let world: RuleWorld;
let admin: Caller;
let made = 0;
/** A member of project `Mine` with a personal token. */
let username: string;
let bearer: string;
beforeAll(async () => {
  world = await openRuleWorld();
  admin = await adminOf(world);
  await world.access.projects.create(admin, { name: 'Mine' });
});
afterAll(() => world.close());
beforeEach(async () => {
  made += 1;
  username = `member-${made}`;
  const { access, store } = world;
  await access.users.create(admin, { username, password: `password of ${username}` });
  await access.members.put(admin, await mine(), { username, roles: ['ROLE_API_SECURITY'] });
  const { secretToken } = await access.tokens.create(await callerNamed(store, username), { name: 'ci' });
  bearer = `Bearer ${secretToken}`;
});

async function mine() {
  const project = await world.store.read((stores) => stores.projects.find('Mine'));
  return { projectId: project?.id ?? '', projectName: 'Mine', roles: [] };
}

/** Another manager over the same database that no notification reaches. */
function deafManager(store: Store = world.store): Access {
  const { audit, rejections, time, deployments } = world;
  const deaf = { ...store, listen: () => undefined, observe: () => undefined };
  return createAccess({ store: deaf, audit, rejections, clock: time.clock, deployments });
}

const known = (access: Access) => access.authenticator.recall(bearer, 'Mine')?.access?.roles;
const lookUp = async (access: Access) =>
  (await access.authenticator.authenticate(bearer, 'Mine')).access?.roles;

/** Each at the manager that makes the change, and what is true of the caller from then on. */
const changes = [
  ['a revoked token', () => world.access.tokens.revoke(admin, username, 'ci'), 'Invalid token'],
  ['a deleted user', () => world.access.users.delete(admin, username), 'Invalid token'],
  ['a removed member', async () => world.access.members.delete(admin, await mine(), username), undefined],
  [
    'a member with another role',
    async () => world.access.members.put(admin, await mine(), { username, roles: ['ROLE_MANAGE_PROXIES'] }),
    ['ROLE_MANAGE_PROXIES'],
  ],
  [
    'a user whose password was reset',
    () => world.access.users.update(admin, username, { password: 'another password' }),
    'Invalid token',
  ],
] as const;

async function expectChanged(access: Access, after: (typeof changes)[number][2]): Promise<void> {
  if (typeof after === 'string') await expect(lookUp(access)).rejects.toThrow(after);
  else expect(await lookUp(access)).toEqual(after);
}

describe('a manager', () => {
  test('knows a caller that it let in', async () => {
    expect(known(world.access)).toBeUndefined();
    await lookUp(world.access);
    expect(known(world.access)).toEqual(['ROLE_API_SECURITY']);
  });

  test.each(changes)('forgets %s before the change is answered', async (_, change, after) => {
    await lookUp(world.access);
    await change();
    expect(known(world.access)).toBeUndefined();
    await expectChanged(world.access, after);
  });

  test.each(changes)('forgets %s after 4 s if it is never notified', async (_, change, after) => {
    const other = deafManager();
    await lookUp(other);
    await change();
    world.time.advance(3_999);
    expect(known(other)).toEqual(['ROLE_API_SECURITY']);
    world.time.advance(1);
    expect(known(other)).toBeUndefined();
    await expectChanged(other, after);
  });

  test('does not keep what it read before a change that it has committed meanwhile', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: isRead, resolve: read } = Promise.withResolvers<void>();
    const slow: Store = {
      ...world.store,
      async read(callback) {
        const found = await world.store.read(callback);
        read();
        await released;
        return found;
      },
    };
    const { audit, rejections, time, deployments } = world;
    const access = createAccess({ store: slow, audit, rejections, clock: time.clock, deployments });
    const looking = lookUp(access);
    await isRead;
    await access.tokens.revoke(admin, username, 'ci');
    release();
    // It was accepted before it was revoked.
    expect(await looking).toEqual(['ROLE_API_SECURITY']);
    expect(known(access)).toBeUndefined();
    await expect(lookUp(access)).rejects.toThrow('Invalid token');
  });

  test('rejects a token that expires while it is known', async () => {
    const expiresAt = new Date(world.time.now.getTime() + 1_000).toISOString();
    const user = await callerNamed(world.store, username);
    const { secretToken } = await world.access.tokens.create(user, { name: 'short', expiresAt });
    bearer = `Bearer ${secretToken}`;
    await lookUp(world.access);
    world.time.advance(999);
    expect(known(world.access)).toEqual(['ROLE_API_SECURITY']);
    world.time.advance(1);
    expect(known(world.access)).toBeUndefined();
  });

  test('trusts nothing that it knows after its clock was set back', async () => {
    await lookUp(world.access);
    world.time.advance(-1);
    expect(known(world.access)).toBeUndefined();
  });

  test('knows nothing of a token, or of a project, that it did not let in', async () => {
    const { authenticator } = world.access;
    expect(authenticator.recall(undefined)).toBeUndefined();
    expect(authenticator.recall('Bearer kp_unknown')).toBeUndefined();
    await expect(authenticator.authenticate('Bearer kp_unknown')).rejects.toThrow('Invalid token');
    expect(authenticator.recall('Bearer kp_unknown')).toBeUndefined();
    expect((await authenticator.authenticate(bearer, 'Later')).access).toBeUndefined();
    expect(authenticator.recall(bearer, 'Later')).toBeUndefined();
  });

  test('keeps the callers of 4,096 tokens and projects, the latest ones', async () => {
    const { authenticator } = world.access;
    await authenticator.authenticate(bearer);
    await lookUp(world.access);
    expect(authenticator.recall(bearer)).toBeDefined();
    const { AccessMemory } = await import('../../src/access/access-memory.ts');
    const memory = new AccessMemory<number>(world.time.clock);
    const mark = memory.mark();
    for (let index = 0; index <= 4_096; index += 1) memory.keep(`key ${index}`, index, mark);
    expect(memory.recall('key 0')).toBeUndefined();
    expect(memory.recall('key 1')).toBe(1);
    expect(memory.recall('key 4096')).toBe(4_096);
  });
});

import { beforeEach, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { withDatabases } from '../support/databases.ts';
import { bytes, sampleEnvironment, sampleJwk, sampleProject, sampleToken, sampleUser } from './samples.ts';

withDatabases('access', (fresh) => {
  let store: Store;
  beforeEach(async () => {
    store = await (await fresh()).open();
  });

  test('users come back whole, are counted, and are listed by name', async () => {
    const bob = sampleUser({ username: 'bob', admin: true });
    const alice = sampleUser({ username: 'alice' });
    await store.write(async ({ users }) => {
      await users.insert(bob);
      await users.insert(alice);
    });
    await store.read(async ({ users }) => {
      expect(await users.count()).toBe(2);
      expect(await users.list()).toEqual([alice, bob]);
      expect(await users.find('bob')).toEqual(bob);
      expect(await users.find('Bob')).toBeUndefined();
    });
    const changed = { ...bob, passwordHash: 'other', admin: false, updatedAt: new Date() };
    await store.write(({ users }) => users.update(changed));
    expect(await store.read(({ users }) => users.find('bob'))).toEqual(changed);
  });

  test('a user is deleted with tokens and memberships', async () => {
    const user = sampleUser();
    const project = sampleProject();
    const token = sampleToken(user.id);
    await store.write(async ({ users, tokens, projects, members }) => {
      await users.insert(user);
      await projects.insert(project);
      await tokens.insert(token);
      await members.put(project.id, user.id, ['ROLE_ADMIN']);
    });
    await store.write(({ users }) => users.delete(user.id));
    await store.read(async ({ tokens, members, projects }) => {
      expect(await tokens.findByHash(token.hash)).toBeUndefined();
      expect(await members.rolesOf(project.id, user.id)).toBeUndefined();
      expect(await projects.list()).toEqual([project]);
    });
  });

  test('a token is found by its hash with its user', async () => {
    const user = sampleUser({ admin: true });
    const token = sampleToken(user.id, { expiresAt: new Date('2020-01-01T00:00:00Z') });
    await store.write(async ({ users, tokens }) => {
      await users.insert(user);
      await tokens.insert(token);
    });
    await store.read(async ({ tokens }) => {
      expect(await tokens.findByHash(token.hash)).toEqual({ token, user });
      expect(await tokens.findByHash(bytes(32))).toBeUndefined();
    });
  });

  test('personal tokens are distinguished from those of a sign-in, and by user', async () => {
    const [user, other] = [sampleUser(), sampleUser()];
    const personal = [sampleToken(user.id, { name: 'b' }), sampleToken(user.id, { name: 'a' })];
    const signIn = [1, 2].map(() => sampleToken(user.id, { kind: 'SESSION', name: null }));
    const foreign = sampleToken(other.id, { name: 'a' });
    await store.write(async ({ users, tokens }) => {
      for (const one of [user, other]) await users.insert(one);
      for (const token of [...personal, ...signIn, foreign]) await tokens.insert(token);
    });
    await store.write(async ({ tokens }) => {
      expect((await tokens.listPersonal(user.id)).map((token) => token.name)).toEqual(['a', 'b']);
      expect(await tokens.findPersonal(user.id, 'a')).toEqual(personal[1]);
      expect(await tokens.findPersonal(user.id, 'c')).toBeUndefined();
      expect(await tokens.deleteOfUser(user.id, 'SESSION')).toBe(2);
      await tokens.delete(personal[0]?.id ?? '');
      expect(await tokens.listPersonal(user.id)).toEqual([personal[1]]);
      expect(await tokens.listPersonal(other.id)).toEqual([foreign]);
    });
  });

  test('a user has no two personal tokens of one name, and no hash belongs to two tokens', async () => {
    const user = sampleUser();
    const token = sampleToken(user.id);
    await store.write(async ({ users, tokens }) => {
      await users.insert(user);
      await tokens.insert(token);
    });
    const sameName = sampleToken(user.id, { name: token.name });
    const sameHash = sampleToken(user.id, { hash: token.hash });
    for (const twin of [sameName, sameHash]) {
      await expect(store.write(({ tokens }) => tokens.insert(twin))).rejects.toMatchObject({
        code: 'conflict',
      });
    }
  });

  test('only sessions are pruned, the longest expired first: a wrong clock deletes no personal token', async () => {
    const user = sampleUser();
    // By the database's clock, with hours on either side of it.
    const hourMs = 3_600_000;
    const expiredFor = (hours: number, more: object = { kind: 'SESSION', name: null }) =>
      sampleToken(user.id, { expiresAt: new Date(Date.now() - hours * hourMs), ...more });
    const [old, older, recent, valid] = [expiredFor(26), expiredFor(27), expiredFor(23), expiredFor(-1)];
    const [personal, lasting] = [expiredFor(27, {}), sampleToken(user.id, { expiresAt: null })];
    await store.write(async ({ users, tokens }) => {
      await users.insert(user);
      for (const token of [old, older, recent, valid, personal, lasting]) await tokens.insert(token);
    });
    const prune = (limit: number) => store.write(({ tokens }) => tokens.pruneSessions(24 * hourMs, limit));
    const isThere = ({ hash }: typeof old) => store.read(({ tokens }) => tokens.findByHash(hash));
    expect(await prune(1)).toBe(1);
    expect(await isThere(older)).toBeUndefined();
    expect(await isThere(old)).toBeDefined();
    expect(await prune(10)).toBe(1);
    expect(await isThere(old)).toBeUndefined();
    for (const kept of [recent, valid, personal, lasting]) expect(await isThere(kept)).toBeDefined();
  });

  test('projects come back whole and in the same order from either database', async () => {
    const names = ['b', 'B', 'a', 'Z', '_', 'ä', 'z', '中', 'a-b', 'a.b', '\u{1F511}'];
    await store.write(async ({ projects }) => {
      for (const name of names) await projects.insert(sampleProject({ name }));
    });
    const listed = await store.read(({ projects }) => projects.list());
    const byCodePoint = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(listed.map((project) => project.name)).toEqual(byCodePoint);
  });

  test('names differ by case, and by code points that merely look alike', async () => {
    const names = ['key', 'KEY', 'Key', 'caf\u00e9', 'cafe\u0301'];
    await store.write(async ({ projects }) => {
      for (const name of names) await projects.insert(sampleProject({ name }));
    });
    for (const name of names) {
      expect((await store.read(({ projects }) => projects.find(name)))?.name).toBe(name);
    }
    expect(await store.read(({ projects }) => projects.find('kEY'))).toBeUndefined();
  });

  test('a project is found by name and id, and changes', async () => {
    const project = sampleProject({ description: 'before' });
    await store.write(({ projects }) => projects.insert(project));
    const changed = { ...project, name: 'renamed', description: null, updatedAt: new Date() };
    await store.write(async ({ projects }) => {
      expect(await projects.get(project.id)).toEqual(project);
      await projects.update(changed);
      expect(await projects.find('renamed')).toEqual(changed);
      expect(await projects.find(project.name)).toBeUndefined();
    });
  });

  test('a user is listed as a member of the projects it is in and of no other', async () => {
    const user = sampleUser();
    const [own, foreign] = [sampleProject(), sampleProject()];
    await store.write(async ({ users, projects, members }) => {
      await users.insert(user);
      for (const project of [own, foreign]) await projects.insert(project);
      await members.put(own.id, user.id, []);
    });
    expect(await store.read(({ members }) => members.listOfUser(user.id))).toEqual([
      { project: own, roles: [] },
    ]);
  });

  test('roles of a member are put, replaced and taken away', async () => {
    const user = sampleUser();
    const project = sampleProject();
    await store.write(async ({ users, projects, members }) => {
      await users.insert(user);
      await projects.insert(project);
      expect(await members.rolesOf(project.id, user.id)).toBeUndefined();
      await members.put(project.id, user.id, ['ROLE_API_SECURITY', 'ROLE_MANAGE_PROXIES']);
      expect(await members.rolesOf(project.id, user.id)).toEqual([
        'ROLE_API_SECURITY',
        'ROLE_MANAGE_PROXIES',
      ]);
      await members.put(project.id, user.id, ['ROLE_ADMIN']);
      expect(await members.rolesOf(project.id, user.id)).toEqual(['ROLE_ADMIN']);
      expect(await members.delete(project.id, user.id)).toBe(true);
      expect(await members.delete(project.id, user.id)).toBe(false);
    });
  });

  test('a deleted project takes its members, keys and environment links along and nothing else', async () => {
    const user = sampleUser();
    const [gone, kept] = [sampleProject(), sampleProject()];
    const environment = sampleEnvironment({ projectIds: [gone.id] });
    const jwk = sampleJwk(gone.id);
    const keptJwk = sampleJwk(kept.id);
    await store.write(async (stores) => {
      await stores.users.insert(user);
      for (const project of [gone, kept]) await stores.projects.insert(project);
      await stores.environments.insert(environment);
      await stores.members.put(gone.id, user.id, ['ROLE_ADMIN']);
      for (const one of [jwk, keptJwk]) await stores.jwks.insert(one);
    });
    await store.write(({ projects }) => projects.delete(gone.id));
    await store.read(async ({ projects, members, jwks, environments, users }) => {
      expect(await projects.list()).toEqual([kept]);
      expect(await members.rolesOf(gone.id, user.id)).toBeUndefined();
      expect(await jwks.getMany([jwk.id, keptJwk.id])).toEqual([keptJwk]);
      expect(await users.count()).toBe(1);
      // Not null: an environment of one project is not opened to all when that project is deleted.
      expect((await environments.get(environment.id))?.projectIds).toEqual([]);
      expect(await environments.listReachedBy(kept.id)).toEqual([]);
    });
  });
});

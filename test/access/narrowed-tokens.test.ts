import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '../../src/access/access-store.ts';
import { accessTo } from '../../src/access/authorizer.ts';
import type { Caller } from '../../src/access/caller.ts';
import type { NewToken, WantedProject } from '../../src/access/tokens.ts';
import { adminOf, callerNamed, openRuleWorld, type RuleWorld } from './support/rule-world.ts';

let world: RuleWorld;
let admin: Caller;
let ada: Caller;
let names = 0;
beforeAll(async () => {
  world = await openRuleWorld();
  admin = await adminOf(world);
  await world.access.users.create(admin, { username: 'ada', password: 'password of ada' });
  for (const name of ['One', 'Two', 'Three']) await world.access.projects.create(admin, { name });
  await putRoles('One', ['ROLE_API_SECURITY', 'ROLE_READ_PRIVATE_KEYS']);
  await putRoles('Two', ['ROLE_ADMIN']);
  ada = await callerNamed(world.store, 'ada');
});
afterAll(() => world.close());

async function putRoles(projectName: string, roles: readonly Role[]) {
  const project = await accessOf(admin, projectName);
  if (!project) throw new Error(`no project ${projectName}`);
  await world.access.members.put(admin, project, { username: 'ada', roles });
}
const accessOf = (caller: Caller, name: string) =>
  world.store.read(async (stores) => accessTo(stores, caller, await stores.projects.find(name)));
const rolesOf = async (caller: Caller, name: string) => (await accessOf(caller, name))?.roles;
const create = (caller: Caller, input: Partial<NewToken>) =>
  world.access.tokens.create(caller, { name: `token-${++names}`, ...input });
const callerOf = async (secretToken: string) =>
  (await world.access.authenticator.authenticate(`Bearer ${secretToken}`)).caller;
const narrowed = async (caller: Caller, projects: readonly WantedProject[], input: Partial<NewToken> = {}) =>
  callerOf((await create(caller, { ...input, projects })).secretToken);
const of = (projectName: string, ...roles: readonly Role[]): WantedProject => ({ projectName, roles });

describe('a narrowed token', () => {
  test('sees only its projects, with its roles as far as its user has them', async () => {
    const caller = await narrowed(ada, [
      of('One', 'ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES'),
      of('Two', 'ROLE_MANAGE_PROXIES'),
    ]);
    expect(await rolesOf(caller, 'One')).toEqual(['ROLE_API_SECURITY']);
    expect(await rolesOf(caller, 'Two')).toEqual(['ROLE_MANAGE_PROXIES']);
    expect(await rolesOf(caller, 'Three')).toBeUndefined();
    const only = await narrowed(ada, [of('One', 'ROLE_ADMIN')]);
    expect(await rolesOf(only, 'One')).toEqual(['ROLE_API_SECURITY', 'ROLE_READ_PRIVATE_KEYS']);
    expect(await rolesOf(only, 'Two')).toBeUndefined();
    expect((await world.access.projects.list(only)).map(({ name }) => name)).toEqual(['One']);
    expect(await world.access.members.projectsOf(only)).toMatchObject([
      { project: { name: 'One' }, roles: ['ROLE_API_SECURITY', 'ROLE_READ_PRIVATE_KEYS'] },
    ]);
  });

  test('loses access when its user does', async () => {
    const caller = await narrowed(ada, [of('One', 'ROLE_API_SECURITY')]);
    await putRoles('One', ['ROLE_MANAGE_PROXIES']);
    expect(await rolesOf(caller, 'One')).toEqual([]);
    await putRoles('One', ['ROLE_API_SECURITY', 'ROLE_READ_PRIVATE_KEYS']);
    expect(await rolesOf(caller, 'One')).toEqual(['ROLE_API_SECURITY']);
  });

  test('of an administrator is no administrator', async () => {
    const caller = await narrowed(admin, [of('Three', 'ROLE_API_SECURITY')]);
    expect(caller.admin).toBe(false);
    expect(await rolesOf(caller, 'Three')).toEqual(['ROLE_API_SECURITY']);
    expect(await rolesOf(caller, 'One')).toBeUndefined();
    expect((await world.access.projects.list(caller)).map(({ name }) => name)).toEqual(['Three']);
    await expect(world.access.authorizer.requireAdmin(caller, 'test')).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('does not see a project that was created again under the name of its project', async () => {
    await world.access.projects.create(admin, { name: 'Again' });
    const caller = await narrowed(admin, [of('Again', 'ROLE_API_SECURITY')]);
    const project = await accessOf(admin, 'Again');
    if (!project) throw new Error('no project');
    await world.access.projects.delete(admin, project);
    await world.access.projects.create(admin, { name: 'Again' });
    expect(await accessOf(caller, 'Again')).toBeUndefined();
    expect(await world.access.projects.list(caller)).toEqual([]);
  });

  test('creates only tokens that are no wider than itself', async () => {
    const expiresAt = new Date(world.time.now.getTime() + 60_000).toISOString();
    const roles = ['ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES'] as const;
    const caller = await narrowed(admin, [of('One', ...roles)], { expiresAt });
    const beyond: readonly Partial<NewToken>[] = [
      {},
      { projects: [of('One', 'ROLE_ADMIN')] },
      { projects: [of('One', 'ROLE_READ_PRIVATE_KEYS')] },
      { projects: [of('One', ...roles)], expiresAt: null },
      { projects: [of('One', ...roles)], expiresAt: '2039-01-01T00:00:00Z' },
    ];
    for (const input of beyond) {
      await expect(create(caller, input), JSON.stringify(input)).rejects.toMatchObject({ code: 'forbidden' });
    }
    await expect(create(caller, { projects: [of('Two', 'ROLE_API_SECURITY')] })).rejects.toThrow(
      'Project(Two) was not found or user does not have privilege to access it!',
    );
    const made = await create(caller, { projects: [of('One', 'ROLE_API_SECURITY')] });
    expect(made.expiresAt?.toISOString()).toBe(expiresAt);
  });

  test('creates no token of which only one role or one project is within its own limits', async () => {
    const caller = await narrowed(admin, [
      of('One', 'ROLE_API_SECURITY'),
      of('Two', 'ROLE_API_SECURITY', 'ROLE_MANAGE_PROXIES'),
    ]);
    const beyond: readonly (readonly WantedProject[])[] = [
      [of('One', 'ROLE_API_SECURITY', 'ROLE_READ_PRIVATE_KEYS')],
      [of('One', 'ROLE_API_SECURITY'), of('Two', 'ROLE_READ_PRIVATE_KEYS')],
      [of('Two', 'ROLE_MANAGE_PROXIES'), of('One', 'ROLE_MANAGE_PROXIES')],
    ];
    for (const projects of beyond) {
      await expect(create(caller, { projects }), JSON.stringify(projects)).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    await expect(
      create(caller, { projects: [of('One', 'ROLE_API_SECURITY'), of('Two', 'ROLE_MANAGE_PROXIES')] }),
    ).resolves.toBeDefined();
  });

  test('lists and deletes only tokens that are no wider than itself', async () => {
    const { tokens } = world.access;
    await create(ada, { name: 'whole' });
    await create(ada, { name: 'wider', projects: [of('One', 'ROLE_ADMIN')] });
    await create(ada, { name: 'within', projects: [of('One', 'ROLE_API_SECURITY')] });
    const caller = await narrowed(ada, [of('One', 'ROLE_API_SECURITY')], { name: 'itself' });
    const listed = (await tokens.list(caller)).map(({ name }) => name);
    expect(listed).toEqual(expect.arrayContaining(['itself', 'within']));
    expect(listed).not.toContain('whole');
    expect(listed).not.toContain('wider');
    for (const name of ['whole', 'wider']) {
      await expect(tokens.delete(caller, name)).rejects.toThrow(`Token (name: ${name}) is not found!`);
    }
    await tokens.delete(caller, 'within');
  });

  test('is not found by its plain SHA-256, by which a manager of an older version looks', async () => {
    const { secretToken } = await create(ada, { projects: [of('One', 'ROLE_API_SECURITY')] });
    expect(secretToken).toMatch(/^kp_narrow_[\w-]{43}$/);
    const plain = createHash('sha256').update(secretToken).digest();
    expect(await world.store.read((stores) => stores.tokens.findByHash(plain))).toBeUndefined();
  });

  test.each<[why: string, projects: readonly WantedProject[], text: string | RegExp]>([
    ['no project', [], 'projects can not be empty!'],
    ['no role', [{ projectName: 'One', roles: [] }], 'roles can not be empty!'],
    ['an unknown role', [{ projectName: 'One', roles: ['ROLE_KING'] }], 'Role (ROLE_KING) is not valid!'],
    [
      'a project twice',
      [of('One', 'ROLE_ADMIN'), of('One', 'ROLE_ADMIN')],
      'projects names project (name: One) twice!',
    ],
    ['a project of others', [of('Three', 'ROLE_ADMIN')], 'Project(Three) was not found'],
    ['a project that does not exist', [of('Four', 'ROLE_ADMIN')], 'Project(Four) was not found'],
  ])('is not created with %s', async (_why, projects, text) => {
    await expect(create(ada, { projects })).rejects.toMatchObject({ code: 'bad_request' });
    await expect(create(ada, { projects })).rejects.toThrow(text);
  });
});

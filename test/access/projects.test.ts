import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '../../src/access/access-store.ts';
import { accessTo } from '../../src/access/authorizer.ts';
import type { Caller } from '../../src/access/caller.ts';
import { adminOf, callerNamed, openRuleWorld, type RuleWorld } from './support/rule-world.ts';

let world: RuleWorld;
let admin: Caller;
let ada: Caller;
beforeEach(async () => {
  world = await openRuleWorld();
  admin = await adminOf(world);
  await world.access.users.create(admin, { username: 'ada', password: 'password of ada' });
  ada = await callerNamed(world.store, 'ada');
  await world.access.projects.create(admin, { name: 'MyProject', description: 'first' });
});
afterEach(() => world.close());

async function authorize(caller: Caller, projectName: string, roles: readonly Role[] = []) {
  const access = await world.store.read(async (stores) =>
    accessTo(stores, caller, await stores.projects.find(projectName)),
  );
  return world.access.authorizer.judge(caller, access, { projectName, roles, operation: 'test' });
}
const makeMember = async (...roles: readonly string[]) => {
  await world.access.members.put(admin, await authorize(admin, 'MyProject'), { username: 'ada', roles });
};
const namesFor = async (caller: Caller) => (await world.access.projects.list(caller)).map(({ name }) => name);

describe('a project', () => {
  test('is seen by its members and by administrators alone', async () => {
    expect(await namesFor(admin)).toEqual(['MyProject']);
    expect(await namesFor(ada)).toEqual([]);
    await makeMember('ROLE_API_SECURITY');
    expect(await namesFor(ada)).toEqual(['MyProject']);
  });

  test('has a name that is free, valid, and stays', async () => {
    const { projects } = world.access;
    await expect(projects.create(admin, { name: 'MyProject' })).rejects.toThrow(
      'Project (name: MyProject) is already exist!',
    );
    await expect(projects.create(admin, { name: '' })).rejects.toThrow('Project name can not be empty!');
    await expect(projects.create(admin, { name: '..' })).rejects.toThrow(
      /^Project name \(\.\.\) is not valid!/,
    );
    const project = await authorize(admin, 'MyProject');
    await expect(projects.update(admin, project, { name: 'Other' })).rejects.toThrow(
      'Project name can not be changed!',
    );
    await projects.update(admin, project, { name: 'MyProject', description: 'second' });
    expect(await projects.list(admin)).toMatchObject([{ name: 'MyProject', description: 'second' }]);
    await projects.update(admin, project, {});
    expect(await projects.list(admin)).toMatchObject([{ description: null }]);
  });

  test('keeps the key ring of its historical keys until an update names another', async () => {
    const { projects } = world.access;
    const project = await authorize(admin, 'MyProject');
    await projects.update(admin, project, { historicalKeyRingName: 'api-signing' });
    await projects.update(admin, project, { description: 'second' });
    expect(await projects.list(admin)).toMatchObject([{ historicalKeyRingName: 'api-signing' }]);
    await projects.update(admin, project, { historicalKeyRingName: null });
    expect(await projects.list(admin)).toMatchObject([{ historicalKeyRingName: null }]);
    expect(world.deployments.calls.filter((call) => call.startsWith('signer'))).toEqual([
      'signer of MyProject: api-signing after null',
      'signer of MyProject: null after api-signing',
    ]);
  });

  test('is withdrawn from its environments in the transaction that deletes it', async () => {
    await world.access.projects.delete(admin, await authorize(admin, 'MyProject'));
    expect(world.deployments.calls).toEqual(['withdraw MyProject', 'wake']);
    expect(await namesFor(admin)).toEqual([]);
  });

  test('that was deleted meanwhile is not found by later operations', async () => {
    const project = await authorize(admin, 'MyProject');
    await world.access.projects.delete(admin, project);
    const text = 'Project(MyProject) was not found or user does not have privilege to access it!';
    await expect(world.access.projects.delete(admin, project)).rejects.toThrow(text);
    await expect(world.access.projects.update(admin, project, {})).rejects.toThrow(text);
    await expect(
      world.access.members.put(admin, project, { username: 'ada', roles: ['ROLE_ADMIN'] }),
    ).rejects.toThrow(text);
    await expect(world.access.members.delete(admin, project, 'ada')).rejects.toThrow(text);
  });
});

describe('authorization', () => {
  test('a project is hidden from users who are no members, in the words for one that does not exist', async () => {
    for (const name of ['MyProject', 'NoProject']) {
      await expect(authorize(ada, name)).rejects.toMatchObject({
        code: 'not_found',
        message: `Project(${name}) was not found or user does not have privilege to access it!`,
      });
    }
    await expect(authorize(admin, 'myproject')).rejects.toMatchObject({ code: 'not_found' });
  });

  test.each<[held: Role[], needed: Role[], passes: boolean]>([
    [['ROLE_API_SECURITY'], [], true],
    [['ROLE_API_SECURITY'], ['ROLE_API_SECURITY'], true],
    [['ROLE_API_SECURITY'], ['ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES'], false],
    [['ROLE_DEPLOY_UNDEPLOY_PROXIES'], ['ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES'], false],
    [
      ['ROLE_DEPLOY_UNDEPLOY_PROXIES', 'ROLE_API_SECURITY'],
      ['ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES'],
      true,
    ],
    [['ROLE_MANAGE_PROXIES'], ['ROLE_API_SECURITY'], false],
    [['ROLE_ADMIN'], ['ROLE_API_SECURITY', 'ROLE_MANAGE_PROXIES', 'ROLE_DEPLOY_UNDEPLOY_PROXIES'], true],
  ])('a member with %j for what takes %j: %s', async (held, needed, passes) => {
    await makeMember(...held);
    const answer = authorize(ada, 'MyProject', needed);
    if (passes)
      await expect(answer).resolves.toMatchObject({
        projectName: 'MyProject',
        roles: expect.arrayContaining(held),
      });
    else {
      await expect(answer).rejects.toMatchObject({
        code: 'forbidden',
        message: 'You do not have permission to perform this action',
      });
    }
  });

  test('lets administrators do everything in every project', async () => {
    await expect(
      authorize(admin, 'MyProject', ['ROLE_API_SECURITY', 'ROLE_MANAGE_PROXIES']),
    ).resolves.toBeDefined();
  });

  test('records each denied user and permission', async () => {
    await makeMember('ROLE_MANAGE_PROXIES');
    await expect(authorize(ada, 'MyProject', ['ROLE_API_SECURITY'])).rejects.toThrow();
    await expect(world.access.authorizer.requireAdmin(ada, 'createUser')).rejects.toMatchObject({
      code: 'forbidden',
    });
    await world.access.authorizer.requireAdmin(admin, 'createUser');
    const denied = (await world.auditRecords()).filter(({ outcome }) => outcome === 'DENIED');
    expect(denied).toMatchObject([
      { actor: 'ada', action: 'access.deny', projectName: 'MyProject', details: { operation: 'test' } },
      { actor: 'ada', action: 'access.deny', projectName: null, details: { operation: 'createUser' } },
    ]);
  });
});

describe('members', () => {
  test('have exactly the roles of the last update', async () => {
    await makeMember('ROLE_API_SECURITY', 'ROLE_API_SECURITY', 'ROLE_ADMIN');
    expect((await authorize(ada, 'MyProject')).roles).toEqual(['ROLE_ADMIN', 'ROLE_API_SECURITY']);
    await makeMember('ROLE_MANAGE_PROXIES');
    expect((await authorize(ada, 'MyProject')).roles).toEqual(['ROLE_MANAGE_PROXIES']);
  });

  test('are no longer members once they are removed', async () => {
    await makeMember('ROLE_ADMIN');
    const project = await authorize(admin, 'MyProject');
    await world.access.members.delete(admin, project, 'ada');
    await expect(authorize(ada, 'MyProject')).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.access.members.delete(admin, project, 'ada')).rejects.toThrow(
      'Member (name: ada) is not found!',
    );
  });

  const valid =
    'Valid values: ROLE_ADMIN, ROLE_API_SECURITY, ROLE_MANAGE_PROXIES, ROLE_DEPLOY_UNDEPLOY_PROXIES, ROLE_READ_PRIVATE_KEYS';
  test.each([
    [['ROLE_ROOT'], `Role (ROLE_ROOT) is not valid! ${valid}`],
    [['ROLE_ADMIN', 'role_admin'], `Role (role_admin) is not valid! ${valid}`],
    [[], `roles can not be empty! ${valid}`],
  ])('cannot have the roles %j', async (roles, text) => {
    await expect(makeMember(...roles)).rejects.toThrow(text);
  });

  test('are users that exist', async () => {
    const project = await authorize(admin, 'MyProject');
    const text = 'User (name: nobody) is not found!';
    await expect(
      world.access.members.put(admin, project, { username: 'nobody', roles: ['ROLE_ADMIN'] }),
    ).rejects.toThrow(text);
    await expect(world.access.members.delete(admin, project, 'nobody')).rejects.toThrow(text);
  });
});

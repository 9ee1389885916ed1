import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpWorld, type Method, openHttpWorld, passwords } from './support/http-world.ts';

let world: HttpWorld;
beforeAll(async () => {
  world = await openHttpWorld();
});
afterAll(() => world.close());

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const ok = { success: true };
const answerOf = async (method: Method, url: string, body?: unknown, token?: string) =>
  (
    await world.call(method, url, {
      ...(body === undefined ? {} : { body }),
      ...(token === undefined ? {} : { token }),
    })
  ).json();
const refusal = (error_description: string, facts: { reason?: string; member?: string } = {}) =>
  expect.objectContaining({ error: 'bad_request', error_description, reason: expect.any(String), ...facts });

describe('tokens', () => {
  test('are created, listed and deleted; the token is in the first answer alone', async () => {
    const made = await answerOf('POST', '/apiops/tokens/', { name: 'ci', expiresAt: '2999-01-31T12:00:00Z' });
    expect(made).toEqual({
      success: true,
      token: expect.stringMatching(/^kp_/),
      name: 'ci',
      expiresAt: '2999-01-31T12:00:00.000Z',
      projects: null,
    });
    const list = await answerOf('GET', '/apiops/tokens/');
    expect(list).toEqual({
      success: true,
      resultList: [
        {
          name: 'ci',
          createdAt: instant,
          expiresAt: '2999-01-31T12:00:00.000Z',
          projects: null,
          lastUsedAt: null,
        },
        {
          name: 'of-the-test',
          createdAt: instant,
          expiresAt: instant,
          projects: null,
          // A use is recorded beside the request, so it may be seen already.
          lastUsedAt: expect.toBeOneOf([null, instant]),
        },
      ],
      resultCount: 2,
    });
    expect(await answerOf('DELETE', '/apiops/tokens/ci/')).toEqual(ok);
    expect(await answerOf('DELETE', '/apiops/tokens/ci/')).toEqual(refusal('Token (name: ci) is not found!'));
  });
});

describe('users', () => {
  test('are created, listed, changed and deleted, and no password is ever shown', async () => {
    expect(
      await answerOf('POST', '/apiops/users/', {
        username: 'bob',
        password: 'password of bob',
        admin: false,
      }),
    ).toEqual(ok);
    expect(await answerOf('PUT', '/apiops/users/bob/', { username: 'bob', admin: true })).toEqual(ok);
    const { resultList } = await answerOf('GET', '/apiops/users/');
    expect(resultList).toEqual(
      ['ada', 'admin', 'bob'].map((username) => ({
        username,
        admin: username !== 'ada',
        createdAt: instant,
        updatedAt: instant,
      })),
    );
    expect(await answerOf('DELETE', '/apiops/users/bob/')).toEqual(ok);
    expect(await answerOf('DELETE', '/apiops/users/bob/')).toEqual(refusal('User (name: bob) is not found!'));
    expect(await answerOf('DELETE', '/apiops/users/bob%00/')).toEqual(
      refusal('User (name: bob\u{fffd}) is not found!'),
    );
  });

  test.each<[body: unknown, text: string]>([
    [{ password: 'long enough' }, 'Username can not be empty!'],
    [{ username: 'x' }, 'Password can not be empty!'],
    [{ username: 'x', password: 12345678 }, 'password must be a string!'],
    [{ username: 'x', password: 'long enough', admin: 'yes' }, 'admin must be true or false!'],
    [
      { username: 'x', password: 'long enough', role: 1 },
      'Unknown member: role! Accepted members: username, password, admin',
    ],
    [{ username: 'ada', password: 'long enough' }, 'User (name: ada) is already exist!'],
  ])('are refused when something is wrong, number %#', async (body, text) => {
    expect(await answerOf('POST', '/apiops/users/', body)).toEqual(refusal(text));
  });
});

describe('projects, members and environments', () => {
  test('are created, listed, changed and deleted, and visible only to users with access', async () => {
    const { ada } = world.tokens;
    expect(await answerOf('POST', '/apiops/projects/', { name: 'MyProject', description: 'first' })).toEqual(
      ok,
    );
    expect(await answerOf('POST', '/apiops/projects/', { name: 'Secret' })).toEqual(ok);
    expect(await answerOf('POST', '/apiops/projects/', { name: 'MyProject' })).toEqual(
      refusal('Project (name: MyProject) is already exist!'),
    );
    expect(await answerOf('GET', '/apiops/projects/', undefined, ada)).toEqual({
      success: true,
      resultList: [],
      resultCount: 0,
    });

    const member = '/apiops/projects/MyProject/members/ada/';
    expect(await answerOf('PUT', member, { roles: ['ROLE_MANAGE_PROXIES'] })).toEqual(ok);
    expect(await answerOf('GET', '/apiops/projects/', undefined, ada)).toEqual({
      success: true,
      resultList: [
        {
          id: expect.any(String),
          name: 'MyProject',
          description: 'first',
          historicalKeyRingName: null,
          publishKeyTypes: ['RSA', 'EC', 'OKP'],
          createdAt: instant,
          updatedAt: instant,
        },
      ],
      resultCount: 1,
    });

    const open = { name: 'open', type: 'PRODUCTION', accessUrl: 'https://gw.example/', description: null };
    expect(await answerOf('POST', '/apiops/environments/', open)).toEqual(ok);
    const narrow = { name: 'narrow', type: 'TEST', projects: ['Secret', 'MyProject'] };
    expect(await answerOf('POST', '/apiops/environments/', narrow)).toEqual(ok);
    expect(
      await answerOf('POST', '/apiops/environments/', {
        name: 'other',
        type: 'SANDBOX',
        projects: ['Secret'],
      }),
    ).toEqual(ok);
    const all = await answerOf('GET', '/apiops/environments/');
    expect(
      all.resultList.map((item: { name: string; projects: unknown }) => [item.name, item.projects]),
    ).toEqual([
      ['narrow', ['MyProject', 'Secret']],
      ['open', null],
      ['other', ['Secret']],
    ]);

    const seen = await answerOf('GET', '/apiops/projects/MyProject/environments/', undefined, ada);
    expect(seen).toEqual({
      success: true,
      resultList: ['narrow', 'open'].map((name) => ({
        id: expect.any(String),
        name,
        description: null,
        type: name === 'open' ? 'PRODUCTION' : 'TEST',
        accessUrl: name === 'open' ? 'https://gw.example/' : null,
        environmentSet: false,
        createdAt: instant,
        updatedAt: instant,
      })),
      resultCount: 2,
    });
    expect(JSON.stringify(seen)).not.toContain('Secret');

    expect(await answerOf('PUT', '/apiops/environments/open/', { type: 'TEST', projects: [] })).toEqual(ok);
    expect(await answerOf('PUT', '/apiops/projects/MyProject/', { description: 'second' })).toEqual(ok);
    expect(await answerOf('DELETE', member)).toEqual(ok);
    expect(
      (await world.call('GET', '/apiops/projects/MyProject/environments/', { token: ada })).statusCode,
    ).toBe(404);
    expect(await answerOf('DELETE', '/apiops/projects/MyProject/')).toEqual(ok);
    expect((await world.call('DELETE', '/apiops/projects/MyProject/')).statusCode).toBe(404);
    expect(await answerOf('DELETE', '/apiops/environments/open/')).toEqual(ok);
  });

  test.each<[body: unknown, text: string]>([
    [{ type: 'TEST' }, 'Environment name can not be empty!'],
    [{ name: 'x' }, 'Environment type is required! Valid values: PRODUCTION, SANDBOX, TEST'],
    [
      { name: 'x', type: 'STAGING' },
      'Environment type (STAGING) is not valid! Valid values: PRODUCTION, SANDBOX, TEST',
    ],
    [{ name: 'x', type: 'TEST', projects: 'MyProject' }, 'projects must be a list!'],
    [{ name: 'x', type: 'TEST', projects: [1] }, 'projects[0] must be a string!'],
    [{ name: 'x', type: 'TEST', projects: ['none'] }, 'Project (name: none) is not found!'],
    [
      { name: 'x', type: 'TEST', accessUrl: 'x' },
      'accessUrl must be an http or https URL of at most 2048 characters!',
    ],
  ])('an environment is refused when something is wrong, number %#', async (body, text) => {
    expect(await answerOf('POST', '/apiops/environments/', body)).toEqual(refusal(text));
  });

  test('members have roles that exist', async () => {
    await answerOf('POST', '/apiops/projects/', { name: 'Roles' });
    const url = '/apiops/projects/Roles/members/ada/';
    const valid =
      'Valid values: ROLE_ADMIN, ROLE_API_SECURITY, ROLE_MANAGE_PROXIES, ROLE_DEPLOY_UNDEPLOY_PROXIES, ROLE_READ_PRIVATE_KEYS';
    expect(await answerOf('PUT', url, { roles: ['ROOT'] })).toEqual(
      refusal(`Role (ROOT) is not valid! ${valid}`, { reason: 'FIELD_NOT_VALID', member: 'roles' }),
    );
    expect(await answerOf('PUT', url, { roles: [] })).toEqual(
      refusal(`roles can not be empty! ${valid}`, { reason: 'FIELD_REQUIRED', member: 'roles' }),
    );
    expect(await answerOf('PUT', url, {})).toEqual(refusal('roles is required!'));
    expect(await answerOf('DELETE', url)).toEqual(refusal('Member (name: ada) is not found!'));
    expect(
      await answerOf('PUT', '/apiops/projects/Roles/members/nobody/', { roles: ['ROLE_ADMIN'] }),
    ).toEqual(refusal('User (name: nobody) is not found!'));
  });
});

describe('nodes', () => {
  test('get their enrollment token, are listed, and are removed', async () => {
    await answerOf('POST', '/apiops/environments/', { name: 'with-nodes', type: 'TEST' });
    const token = await answerOf('POST', '/apiops/environments/with-nodes/enrollment-tokens/');
    expect(token).toEqual({ success: true, token: expect.stringMatching(/^kpn_[\w-]{43}\.[\w-]{43}$/) });
    await world.services.store.write(async (stores) => {
      const environment = await stores.environments.find('with-nodes');
      const facts = {
        version: '1.0.0',
        appliedRevision: 3,
        connected: false,
        lastSeenAt: null,
        createdAt: new Date(),
        managerId: null,
        refusal: null,
        keyId: null,
        privateKeys: true,
        address: '192.0.2.7',
        clockOffsetMs: -12,
        appliedAt: null,
        serveLimitMs: null,
        ephemeral: false,
      };
      await stores.nodes.insert({
        id: 'a-node',
        environmentId: environment?.id ?? '',
        name: 'node-1',
        ...facts,
      });
    });
    expect(await answerOf('GET', '/apiops/environments/with-nodes/nodes/')).toEqual({
      success: true,
      resultList: [
        {
          name: 'node-1',
          connected: false,
          appliedRevision: 3,
          lastSeenAt: null,
          version: '1.0.0',
          privateKeys: true,
          address: '192.0.2.7',
          clockOffsetMs: -12,
          serveLimit: null,
          ephemeral: false,
          signsUntil: null,
        },
      ],
      resultCount: 1,
    });
    expect(await answerOf('DELETE', '/apiops/environments/with-nodes/nodes/node-1/')).toEqual({
      success: true,
      warnings: [
        expect.stringMatching(/^Node node-1 .* may publish and sign with what it holds until its copy/),
      ],
    });
    expect(await answerOf('DELETE', '/apiops/environments/with-nodes/nodes/node-1/')).toEqual(
      refusal('Node (name: node-1) is not found!'),
    );
    expect(await answerOf('GET', '/apiops/environments/none/nodes/')).toEqual(
      refusal('Environment (none) is not found or user does not have privilege to access it!'),
    );
  });

  test('tokens of nodes and passwords do not open the API', async () => {
    await answerOf('POST', '/apiops/environments/', { name: 'tokens', type: 'TEST' });
    const { token } = await answerOf('POST', '/apiops/environments/tokens/enrollment-tokens/');
    for (const wrong of [token, passwords.admin]) {
      expect((await world.call('GET', '/apiops/projects/', { token: wrong })).statusCode).toBe(401);
    }
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { type Api, apiOf, startTestManager, type TestManager } from '../support/manager.ts';
import {
  accepted,
  type Body,
  footprint,
  type ProjectApi,
  pemFile,
  projectApi,
} from './support/project-api.ts';
import { keystoreFixture, p256Public, pemFixture } from './support/sample-keys.ts';

let world: TestManager;
let node: RunningNode;
let admin: ProjectApi;
const users: Record<string, Api> = {};

const members: Readonly<Record<string, readonly string[]>> = {
  reader: ['ROLE_API_SECURITY'],
  deployer: ['ROLE_DEPLOY_UNDEPLOY_PROXIES'],
  proxies: ['ROLE_MANAGE_PROXIES'],
  both: ['ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES'],
  certifier: ['ROLE_MANAGE_PROXIES', 'ROLE_DEPLOY_UNDEPLOY_PROXIES'],
  chief: ['ROLE_ADMIN'],
};

const environmentName = 'production';
const bodies: Readonly<Record<string, (name: string) => Body | FormData>> = {
  jwks: (name) => ({ name, sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(p256Public) }),
  keys: (name) => {
    const cryptoKeyInfoEnvironmentList = [{ environmentName, content: pemFixture('ec.key') }];
    return { name, keyType: 'PRIVATE_KEY', cryptoKeyInfoEnvironmentList };
  },
  keystores: (name) => {
    const opened = { environmentName, password: 'changeit', keyStoreType: 'PKCS12' };
    return {
      name,
      keyStoreEnvironmentList: [{ ...opened, file: keystoreFixture('openssl3/key-alone.p12') }],
    };
  },
  certificates: (name) => {
    const form = new FormData();
    const fields = { certificateName: name, alias: name, environmentList: environmentName };
    for (const [field, value] of Object.entries(fields)) form.set(field, value);
    form.set('pemEncodedFile', pemFile(pemFixture('ec.pem')));
    return form;
  },
};
const kinds = Object.keys(bodies);

beforeAll(async () => {
  world = await startTestManager({ environments: ['production'], projects: ['MyProject', 'Other'] });
  node = await world.addNode('production', 'p1');
  admin = projectApi(world.api);
  for (const [name, roles] of Object.entries(members))
    users[name] = await world.as(name, { project: 'MyProject', roles });
  users.outsider = await world.as('outsider', { project: 'Other', roles: ['ROLE_ADMIN'] });
  users.nobody = await world.as('nobody');
  for (const kind of kinds) accepted(await admin.call('POST', `${kind}/`, bodies[kind]?.('there')));
});
afterAll(() => world.close());

const as = (user: string) => projectApi(users[user] as Api);
const forbidden = {
  status: 403,
  body: { error: 'forbidden', error_description: 'You do not have permission to perform this action' },
};

const mayRead: Readonly<Record<string, readonly string[]>> = {
  jwks: ['reader', 'both', 'chief'],
  keys: ['reader', 'both', 'chief'],
  keystores: ['reader', 'both', 'chief'],
  certificates: ['proxies', 'certifier', 'chief'],
};
const mayChange: Readonly<Record<string, readonly string[]>> = {
  jwks: ['both', 'chief'],
  keys: ['both', 'chief'],
  keystores: ['both', 'chief'],
  certificates: ['certifier', 'chief'],
};
const rows = kinds.flatMap((kind) => Object.keys(members).map((user) => ({ kind, user })));

describe('in a project', () => {
  test.each(rows)('the roles of $user decide over reading $kind', async ({ kind, user }) => {
    for (const path of [`${kind}/`, `${kind}/there/`]) {
      const answer = await as(user).call('GET', path);
      if (mayRead[kind]?.includes(user)) accepted(answer);
      else expect(answer).toMatchObject(forbidden);
    }
  });

  test.each(rows)('the roles of $user decide over creating and deleting $kind', async ({ kind, user }) => {
    const name = `by-${user}`;
    if (mayChange[kind]?.includes(user)) {
      accepted(await as(user).call('POST', `${kind}/`, bodies[kind]?.(name)));
      if (kind !== 'jwks') accepted(await as(user).call('DELETE', `${kind}/${name}/`));
      return;
    }
    const before = await footprint(admin, [node]);
    expect(await as(user).call('POST', `${kind}/`, bodies[kind]?.(name))).toMatchObject(forbidden);
    expect(await as(user).call('POST', `${kind}/`, '{"broken')).toMatchObject(forbidden);
    if (kind !== 'jwks') expect(await as(user).call('DELETE', `${kind}/there/`)).toMatchObject(forbidden);
    expect(await footprint(admin, [node])).toEqual(before);
  });

  test('members are not administrators, however many roles they have', async () => {
    const chief = users.chief as Api;
    for (const path of [
      '/apiops/users/',
      '/apiops/environments/',
      '/apiops/environments/production/nodes/',
    ]) {
      expect(await chief('GET', path)).toMatchObject(forbidden);
    }
    expect(await chief('POST', '/apiops/projects/', { name: 'Mine' })).toMatchObject(forbidden);
  });
});

describe('for a user who is not a member', () => {
  const notFound = (name: string) => ({
    status: 404,
    body: {
      error: 'not_found',
      error_description: `Project(${name}) was not found or user does not have privilege to access it!`,
    },
  });
  test.each(['outsider', 'nobody'])(
    '%s, a project does not exist, in the same words as one that does not',
    async (user) => {
      const before = await footprint(admin, [node]);
      for (const name of ['MyProject', 'NoProject', 'myproject']) {
        const project = projectApi(users[user] as Api, name);
        for (const kind of kinds) {
          expect(await project.call('GET', `${kind}/`)).toMatchObject(notFound(name));
          expect(await project.call('GET', `${kind}/there/`)).toMatchObject(notFound(name));
          expect(await project.call('POST', `${kind}/`, bodies[kind]?.('x'))).toMatchObject(notFound(name));
        }
      }
      expect(await footprint(admin, [node])).toEqual(before);
      const { body } = await (users[user] as Api)('GET', '/apiops/projects/');
      expect(JSON.stringify(body)).not.toContain('MyProject');
    },
  );
});

describe('without a valid token', () => {
  const garbage = [
    '',
    'x',
    'undefined',
    'null',
    'Bearer',
    'a'.repeat(5000),
    `${'x'.repeat(43)}`,
    'ключ'.replace(/./g, 'k'),
  ];
  test.each(garbage)('such as %.20j, everything is refused with 401', async (token) => {
    const api = apiOf(world.url, token);
    for (const kind of kinds) {
      const answer = await api('POST', `/apiops/projects/MyProject/${kind}/`, bodies[kind]?.('x'));
      expect(answer).toMatchObject({
        status: 401,
        body: { error: 'unauthorized_client', error_description: 'Invalid token' },
      });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  test.each([undefined, 'Basic YWRtaW46YWRtaW4=', 'Bearer', 'bearer  ', 'Token x'])(
    'such as the header %j, too',
    async (authorization) => {
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await fetch(`${world.url}/apiops/projects/MyProject/jwks/`, { headers });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({
        error: 'unauthorized_client',
        error_description: 'Invalid token',
      });
    },
  );

  test('that was cut by a letter or changed by one, too', async () => {
    const { token } = world.api;
    const last = token.endsWith('A') ? 'B' : 'A';
    for (const wrong of [token.slice(0, -1), token.slice(0, -1) + last, token.toUpperCase(), `${token}A`]) {
      const answer = await apiOf(world.url, wrong)('GET', '/apiops/projects/MyProject/jwks/');
      expect(answer.status).toBe(401);
    }
  });
});

test('an API access token does what its user may do, until it is deleted', async () => {
  const reader = users.reader as Api;
  const { body } = await reader('POST', '/apiops/tokens/', { name: 'ci' });
  const withToken = projectApi(apiOf(world.url, body.token));
  accepted(await withToken.call('GET', 'jwks/'));
  expect(await withToken.create(bodies.jwks?.('by-token'))).toMatchObject(forbidden);
  expect((await reader('DELETE', '/apiops/tokens/ci/')).status).toBe(200);
  expect((await withToken.call('GET', 'jwks/')).status).toBe(401);
});

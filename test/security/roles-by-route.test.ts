// Every route against everyone. The expectations are written out here and not read off the routes, so that a route
// whose access is wrong, or one without an expectation, is red.

import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrations } from '../../src/store/migrations/steps.ts';
import { type HttpWorld, type Method, openHttpWorld } from '../http/support/http-world.ts';
import { tablesOf } from '../store/older-manager.ts';

const secure = 'ROLE_API_SECURITY';
const proxies = 'ROLE_MANAGE_PROXIES';
const deploy = 'ROLE_DEPLOY_UNDEPLOY_PROXIES';
const chief = 'ROLE_ADMIN';

/** `anyone`, `signed in`, `admin`, or the roles that a member of the project needs all of; `chief` has them all. */
type Expectation = 'anyone' | 'signed in' | 'admin' | 'project admin' | readonly string[];

const read = [secure] as const;
const change = [secure, deploy] as const;
const readCertificates = [proxies] as const;
const changeCertificates = [proxies, deploy] as const;
const project = '/apiops/projects/:projectName';

const expected: Readonly<Record<string, Expectation>> = {
  'GET /': 'anyone',
  'GET /healthz': 'anyone',
  'GET /readyz': 'anyone',
  'GET /metrics': 'anyone',
  'GET /openapi.json': 'anyone',
  'POST /apiops/auth/token': 'anyone',
  'POST /apiops/auth/session/': 'anyone',
  'GET /apiops/auth/session/': 'signed in',
  'DELETE /apiops/auth/session/': 'signed in',
  'GET /apiops/overview/': 'signed in',
  'GET /apiops/audit/': 'admin',
  'GET /apiops/tokens/': 'signed in',
  'POST /apiops/tokens/': 'signed in',
  'DELETE /apiops/tokens/:tokenName/': 'signed in',
  'GET /apiops/users/': 'admin',
  'POST /apiops/users/': 'admin',
  'PUT /apiops/users/:username/': 'admin', // and oneself, below
  'DELETE /apiops/users/:username/': 'admin',
  'GET /apiops/users/:username/tokens/': 'admin',
  'DELETE /apiops/users/:username/tokens/:tokenName/': 'admin',
  'GET /apiops/projects/': 'signed in',
  'POST /apiops/projects/': 'admin',
  [`PUT ${project}/`]: 'project admin',
  [`DELETE ${project}/`]: 'project admin',
  [`GET ${project}/environments/`]: [],
  [`GET ${project}/members/`]: 'project admin',
  [`PUT ${project}/members/:username/`]: 'project admin',
  [`DELETE ${project}/members/:username/`]: 'project admin',
  'GET /apiops/environments/': 'admin',
  'POST /apiops/environments/': 'admin',
  'PUT /apiops/environments/:environmentName/': 'admin',
  'DELETE /apiops/environments/:environmentName/': 'admin',
  'POST /apiops/environments/:environmentName/enrollment-tokens/': 'admin',
  'GET /apiops/environments/:environmentName/enrollment-tokens/': 'admin',
  'DELETE /apiops/environments/:environmentName/enrollment-tokens/:tokenId/': 'admin',
  'GET /apiops/environments/:environmentName/nodes/': 'admin',
  'DELETE /apiops/environments/:environmentName/nodes/:nodeName/': 'admin',
  'POST /apiops/environments/:environmentName/nodes/:nodeName/readmit': 'admin',
  [`GET ${project}/jwks/`]: read,
  [`POST ${project}/jwks/`]: change,
  [`GET ${project}/jwks/:jwkName/`]: read,
  [`PUT ${project}/jwks/:jwkName/`]: change,
  [`DELETE ${project}/jwks/:jwkName/`]: change,
  [`GET ${project}/jwks/:jwkName/export-file/`]: read,
  [`GET ${project}/jwks/:jwkName/public/`]: read,
  [`GET ${project}/jwks/:jwkName/history/`]: read,
  [`GET ${project}/jwks/:jwkName/deployment/`]: read,
  [`POST ${project}/jwks/inspect/`]: read,
  [`POST ${project}/jwks/generate`]: change,
  [`POST ${project}/jwks/import-file/`]: change,
  [`POST ${project}/jwks/:jwkName/adopt`]: change,
  [`GET ${project}/key-rings/`]: read,
  [`POST ${project}/key-rings/`]: change,
  [`GET ${project}/key-rings/:ringName/`]: read,
  [`PUT ${project}/key-rings/:ringName/`]: change,
  [`DELETE ${project}/key-rings/:ringName/`]: change,
  [`POST ${project}/key-rings/:ringName/rotate`]: change,
  [`POST ${project}/key-rings/:ringName/activate`]: change,
  [`POST ${project}/key-rings/:ringName/hold`]: change,
  [`POST ${project}/key-rings/:ringName/resume`]: change,
  [`POST ${project}/key-rings/:ringName/revoke`]: change,
  [`GET ${project}/key-rings/:ringName/revocations/:revocationId/`]: read,
  [`GET ${project}/key-rings/:ringName/timeline`]: read,
  [`GET ${project}/applications/`]: read,
  [`POST ${project}/applications/`]: change,
  [`GET ${project}/applications/:applicationName/`]: read,
  [`PUT ${project}/applications/:applicationName/`]: change,
  [`DELETE ${project}/applications/:applicationName/`]: change,
  [`POST ${project}/applications/:applicationName/token`]: change,
  [`GET ${project}/token-profiles/`]: read,
  [`POST ${project}/token-profiles/`]: change,
  [`GET ${project}/token-profiles/:tokenProfileName/`]: read,
  [`PUT ${project}/token-profiles/:tokenProfileName/`]: change,
  [`DELETE ${project}/token-profiles/:tokenProfileName/`]: change,
  [`POST ${project}/token-profiles/:tokenProfileName/try`]: read,
  [`GET ${project}/views/`]: read,
  [`POST ${project}/views/`]: change,
  [`GET ${project}/views/:viewName/`]: read,
  [`PUT ${project}/views/:viewName/`]: change,
  [`DELETE ${project}/views/:viewName/`]: change,
  [`GET ${project}/events/`]: read,
  [`GET ${project}/outlets/`]: read,
  [`POST ${project}/outlets/`]: change,
  [`GET ${project}/outlets/:outletName/`]: read,
  [`PUT ${project}/outlets/:outletName/`]: change,
  [`DELETE ${project}/outlets/:outletName/`]: change,
  [`POST ${project}/outlets/:outletName/deliver`]: change,
  [`POST ${project}/outlets/:outletName/test`]: change,
  [`GET ${project}/usage/`]: read,
  ...Object.fromEntries(
    ['url', 'clipboard', 'certificate', 'key', 'keystore'].map((source) => [
      `POST ${project}/jwks/parse-from-${source}`,
      change,
    ]),
  ),
  ...materials('keys', ':keyName', { read, change }),
  ...materials('keystores', ':keystoreName', { read, change }),
  ...materials('certificates', ':certificateName', { read: readCertificates, change: changeCertificates }),
  [`GET ${project}/keystores/:keystoreName/entries/`]: read,
  [`GET ${project}/certificates/:certificateName/export/`]: readCertificates,
  [`GET ${project}/certificates/truststore/:environmentName/`]: readCertificates,
};

function materials(
  kind: string,
  name: string,
  may: { readonly read: Expectation; readonly change: Expectation },
): Record<string, Expectation> {
  return {
    [`GET ${project}/${kind}/`]: may.read,
    [`POST ${project}/${kind}/`]: may.change,
    [`POST ${project}/${kind}/inspect/`]: may.read,
    [`GET ${project}/${kind}/${name}/`]: may.read,
    [`PUT ${project}/${kind}/${name}/`]: may.change,
    [`DELETE ${project}/${kind}/${name}/`]: may.change,
    // To those who may not read JWKs it lists none (test/materials).
    [`GET ${project}/${kind}/${name}/references/`]: may.read,
  };
}

/** Every set of roles that decides differently somewhere. */
const members: Readonly<Record<string, readonly string[]>> = {
  'a member without a role': [],
  'a member with the role for keys': [secure],
  'a member with the role for certificates': [proxies],
  'a member with the role to deploy': [deploy],
  'a member for keys who deploys': [secure, deploy],
  'a member for certificates who deploys': [proxies, deploy],
  'a member for keys and certificates': [secure, proxies],
  'a member with every role': [chief],
};

let world: HttpWorld;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  world = await openHttpWorld();
  for (const name of ['Mine', 'Other']) await world.call('POST', '/apiops/projects/', { body: { name } });
  for (const [at, [who, roles]] of Object.entries(members).entries()) {
    tokens[who] = await tokenOf(`member-${at}`, { Mine: roles });
  }
  tokens['a member of another project'] = await tokenOf('other', { Other: [chief] });
  tokens['a user of no project'] = await tokenOf('nobody', {});
});
afterAll(() => world.close());

async function tokenOf(
  username: string,
  roles: Readonly<Record<string, readonly string[]>>,
): Promise<string> {
  const password = `password of ${username}`;
  await world.call('POST', '/apiops/users/', { body: { username, password } });
  await world.services.store.write(async (stores) => {
    const user = await stores.users.find(username);
    for (const [name, held] of Object.entries(roles)) {
      const found = await stores.projects.find(name);
      await stores.members.put(found?.id ?? '', user?.id ?? '', held as never);
    }
  });
  const answer = await world.call('POST', '/apiops/auth/token', {
    token: null,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: username,
      client_secret: password,
    }).toString(),
  });
  return answer.json().access_token;
}

/** They would revoke what later requests need, so a caller with access does not call them. */
const spared: ReadonlySet<string> = new Set([`DELETE ${project}/`, 'DELETE /apiops/auth/session/']);

interface Route {
  readonly key: string;
  readonly method: Method;
  readonly url: string;
}

function served(): readonly Route[] {
  return world.routes
    .filter(({ url }) => !/^\/(docs|assets)(\/|$)/.test(url))
    .flatMap(({ method, url }) =>
      [method].flat().map((one) => ({ key: `${one} ${url}`, method: one as Method, url })),
    )
    .filter(({ method }) => method !== 'HEAD');
}

/** A body that every route rejects as soon as it reads it: a caller with access changes nothing either. */
const unreadable = { headers: { 'content-type': 'text/nonsense' }, payload: 'nonsense' };

function ask({ method, url }: Route, token: string | null, projectName = 'Mine') {
  const path = url.replace(':projectName', projectName).replaceAll(/:\w+/g, 'nothing');
  return world.call(method, path, { token, ...(method === 'POST' || method === 'PUT' ? unreadable : {}) });
}

/** Of each table, but for what managers say of themselves, the record of what was denied, and when tokens were used. */
async function footprint(): Promise<Readonly<Record<string, string>>> {
  const tables = tablesOf(migrations).filter(({ name }) => !/^(audit_|managers$|leases$)/.test(name));
  const digests = tables.map(async ({ name }) => {
    const rows = (await world.raw(`select * from ${name}`)).map(({ last_used_at: _, ...row }) => row);
    return [name, `${rows.length} rows, ${hash('sha256', JSON.stringify(rows))}`] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}

const isOfProject = (expectation: Expectation) =>
  Array.isArray(expectation) || expectation === 'project admin';

function mayPass(expectation: Expectation, roles: readonly string[]): boolean {
  if (expectation === 'anyone' || expectation === 'signed in') return true;
  if (expectation === 'admin' || expectation === 'project admin') return false;
  return roles.includes(chief) || expectation.every((role) => roles.includes(role));
}

const forbidden = {
  error: 'forbidden',
  error_description: 'You do not have permission to perform this action',
  reason: 'ROLE_MISSING',
};
const noProject = (name: string) => ({
  error: 'not_found',
  error_description: `Project(${name}) was not found or user does not have privilege to access it!`,
  reason: 'NOT_FOUND',
});

describe('routes', () => {
  test('each has its expectation here, and each expectation its route', () => {
    const keys = [...new Set(served().map(({ key }) => key))].sort();
    expect(keys).toEqual(Object.keys(expected).sort());
    expect(keys.length).toBeGreaterThan(70);
  });

  test('each is as open as expected to every role, and a refusal stores nothing', async () => {
    const before = await footprint();
    for (const route of served()) {
      const expectation = expected[route.key] ?? 'admin';
      for (const [who, roles] of Object.entries(members)) {
        if (spared.has(route.key) && mayPass(expectation, roles)) continue;
        const answer = await ask(route, tokens[who] ?? null);
        const where = `${route.key} as ${who}: ${answer.body}`;
        if (mayPass(expectation, roles)) expect([401, 403, 404], where).not.toContain(answer.statusCode);
        else expect([answer.statusCode, answer.json()], where).toEqual([403, forbidden]);
      }
    }
    expect(await footprint()).toEqual(before);
  });

  test('each hides a project from members of another in the words for one that does not exist', async () => {
    const before = await footprint();
    for (const who of ['a member of another project', 'a user of no project']) {
      for (const route of served()) {
        const expectation = expected[route.key] ?? 'admin';
        if (!isOfProject(expectation)) {
          if (expectation !== 'admin') continue;
          const answer = await ask(route, tokens[who] ?? null);
          expect([answer.statusCode, answer.json()], route.key).toEqual([403, forbidden]);
          continue;
        }
        for (const name of ['Mine', 'Absent', 'mine']) {
          const answer = await ask(route, tokens[who] ?? null, name);
          expect([answer.statusCode, answer.json()], route.key).toEqual([404, noProject(name)]);
        }
      }
    }
    expect(await footprint()).toEqual(before);
  });

  test('each but the open ones is closed without a token, and lets an administrator in', async () => {
    for (const route of served()) {
      const expectation = expected[route.key] ?? 'admin';
      const unauthenticated = await ask(route, null);
      const where = `${route.key}: ${unauthenticated.body}`;
      if (expectation === 'anyone') expect(unauthenticated.statusCode, where).not.toBe(401);
      else expect(unauthenticated.statusCode, where).toBe(401);
      if (spared.has(route.key)) continue;
      expect([401, 403, 404], where).not.toContain((await ask(route, world.tokens.admin)).statusCode);
    }
  });
});

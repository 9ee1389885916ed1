import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, projectApi } from '../api/support/project-api.ts';
import { makeRsaKey, octKey, p256Private, p256Public } from '../api/support/sample-keys.ts';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';

const names = ['rsa', 'ec', 'oct'] as const;
const warning = 'Private members are left out: reading them takes ROLE_READ_PRIVATE_KEYS';

let world: TestManager;
let without: Api;
let withRole: Api;
beforeAll(async () => {
  world = await startTestManager();
  const project = projectApi(world.api);
  accepted(await project.paste('rsa', { ...makeRsaKey(), kid: 'rsa' }));
  accepted(await project.paste('ec', { ...p256Private, kid: 'ec' }));
  accepted(await project.paste('oct', { ...octKey(32), kid: 'oct' }));
  accepted(await project.paste('public', { ...p256Public, kid: 'public' }));
  const roles = ['ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES'];
  without = await world.as('without', { project: 'MyProject', roles });
  withRole = await world.as('with', {
    project: 'MyProject',
    roles: ['ROLE_API_SECURITY', 'ROLE_READ_PRIVATE_KEYS'],
  });
});
afterAll(() => world.close());

const path = (name: string, more = '') => `/apiops/projects/MyProject/jwks/${name}/${more}`;
const reveals = async (name: string) =>
  (await world.api('GET', `/apiops/audit/?action=jwk.reveal&objectName=${name}`)).body.resultCount as number;
const materialOf = ({ body }: { body: { resultList: Record<string, Record<string, unknown>>[] } }) => {
  const [item] = body.resultList;
  return item?.rsa ?? item?.ec ?? item?.oct ?? item?.okp ?? {};
};
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

describe('a member without ROLE_READ_PRIVATE_KEYS', () => {
  test.each(names)('gets the public part of %s and a warning, and no record of a reveal', async (name) => {
    const before = await reveals(name);
    const answer = await without('GET', path(name));
    expect(answer.status).toBe(200);
    expect(answer.body.warnings).toEqual([warning]);
    expect(Object.keys(materialOf(answer)).filter((member) => privateMembers.includes(member))).toEqual([]);
    expect(materialOf(answer).kty).toBeDefined();
    expect(await reveals(name)).toBe(before);
  });

  test.each(names)('is forbidden to export the private part of %s, which is recorded', async (name) => {
    const before = await reveals(name);
    for (const query of ['', '?format=pem', '?publicOnly=false']) {
      const answer = await without('GET', path(name, `export-file/${query}`));
      expect([answer.status, answer.body]).toEqual([
        403,
        {
          error: 'forbidden',
          error_description: 'You do not have permission to perform this action',
          reason: 'ROLE_MISSING',
        },
      ]);
    }
    expect(await reveals(name)).toBe(before);
    const denied = await world.api('GET', '/apiops/audit/?action=access.deny&actor=without');
    expect(denied.body.resultList[0]).toMatchObject({
      outcome: 'DENIED',
      details: { operation: 'exportJwkFile' },
    });
  });

  test('is not warned where nothing is left out, and exports what is public', async () => {
    for (const answer of [
      await without('GET', path('public')),
      await without('GET', path('ec', '?publicOnly=true')),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.body).not.toHaveProperty('warnings');
    }
    for (const file of [
      'public/export-file/',
      'public/export-file/?format=pem',
      'ec/export-file/?publicOnly=true',
    ]) {
      expect((await without('GET', `/apiops/projects/MyProject/jwks/${file}`)).status, file).toBe(200);
    }
  });

  test('creates private keys', async () => {
    const body = { name: 'made', type: 'EC', ec: { curveType: 'P256' } };
    expect((await without('POST', '/apiops/projects/MyProject/jwks/generate', body)).status).toBe(200);
    expect((await without('POST', '/apiops/projects/MyProject/jwks/', { ...pasted('pasted') })).status).toBe(
      200,
    );
  });
});

const pasted = (name: string) => ({
  name,
  sourceType: 'COPY_PASTE',
  jwkStr: JSON.stringify({ ...p256Private, kid: name }),
});

describe('a member with ROLE_READ_PRIVATE_KEYS', () => {
  test.each(names)('reads and exports the private part of %s, and both are recorded', async (name) => {
    const before = await reveals(name);
    const answer = await withRole('GET', path(name));
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty('warnings');
    expect(materialOf(answer)).toHaveProperty(name === 'oct' ? 'k' : 'd');
    expect((await withRole('GET', path(name, 'export-file/'))).status).toBe(200);
    expect(await reveals(name)).toBe(before + 2);
  });

  test('needs ROLE_API_SECURITY beside it', async () => {
    const alone = await world.as('alone', { project: 'MyProject', roles: ['ROLE_READ_PRIVATE_KEYS'] });
    for (const more of ['', 'export-file/']) expect((await alone('GET', path('ec', more))).status).toBe(403);
  });
});

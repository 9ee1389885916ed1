// Which key types are in the own set of a project, and in that of the environment.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { base, keysAt, patient, startViewWorld, type ViewWorld } from './support/view-world.ts';

let viewWorld: ViewWorld;
let api: ViewWorld['api'];
let node: ViewWorld['node'];
let ok: ViewWorld['ok'];
let generate: ViewWorld['generate'];
let create: ViewWorld['create'];
let addressOf: ViewWorld['addressOf'];
let namesIn: ViewWorld['namesIn'];

beforeAll(async () => {
  viewWorld = await startViewWorld();
  ({ api, node, ok, generate, create, addressOf, namesIn } = viewWorld);
});

afterAll(() => viewWorld?.close());

describe('the key types of a project’s own set', () => {
  const setUrl = () => `${node.url}/projects/MyProject/.well-known/jwks.json`;
  const shown = async () =>
    (await api('GET', '/apiops/projects/?search=MyProject')).body.resultList[0].publishKeyTypes;
  const types = async (url: string) => [...new Set((await keysAt(url)).map(({ kty }) => kty))].sort();

  test('are RSA, EC and OKP unless the project says otherwise', async () => {
    expect(await shown()).toEqual(['RSA', 'EC', 'OKP']);
    expect(await types(setUrl())).toEqual(['EC', 'OKP', 'RSA']);
  });

  test('are those that the project names, in the set of the environment, too, and views do not care', async () => {
    await create('everything');
    await ok('PUT', '/apiops/projects/MyProject/', { publishKeyTypes: ['EC'] });
    expect(await shown()).toEqual(['EC']);
    await expect.poll(() => types(setUrl()), patient).toEqual(['EC']);
    expect(await types(`${node.url}/.well-known/jwks.json`)).toEqual(['EC']);
    expect(await types(addressOf('everything'))).toEqual(['EC', 'OKP', 'RSA']);
    await ok('PUT', '/apiops/projects/MyProject/', { description: 'd' });
    expect(await shown()).toEqual(['EC']);
    await ok('PUT', '/apiops/projects/MyProject/', { publishKeyTypes: null });
    expect(await shown()).toEqual(['RSA', 'EC', 'OKP']);
    await expect.poll(() => types(setUrl()), patient).toEqual(['EC', 'OKP', 'RSA']);
  });

  test('have AKP only where the project names it: views may hold such keys all the same', async () => {
    await generate({ name: 'pq', type: 'AKP', akp: { algorithm: 'ML-DSA-44' } });
    await create('classic', { exclude: { keyTypes: ['AKP'] } });
    await create('post-quantum', { include: { keyTypes: ['AKP'] } });
    await create('any');
    const environmentSet = `${node.url}/.well-known/jwks.json`;
    expect(await types(setUrl())).toEqual(['EC', 'OKP', 'RSA']);
    expect(await types(environmentSet)).toEqual(['EC', 'OKP', 'RSA']);
    expect(await types(addressOf('classic'))).toEqual(['EC', 'OKP', 'RSA']);
    expect(await namesIn('post-quantum')).toEqual(['pq']);
    expect(await types(addressOf('any'))).toEqual(['AKP', 'EC', 'OKP', 'RSA']);
    await ok('PUT', '/apiops/projects/MyProject/', { publishKeyTypes: ['AKP', 'RSA', 'EC', 'OKP'] });
    await expect.poll(() => types(setUrl()), patient).toEqual(['AKP', 'EC', 'OKP', 'RSA']);
    expect(await types(environmentSet)).toEqual(['AKP', 'EC', 'OKP', 'RSA']);
    await ok('PUT', '/apiops/projects/MyProject/', { publishKeyTypes: ['OKP', 'EC', 'RSA'] });
    await expect.poll(() => types(setUrl()), patient).toEqual(['EC', 'OKP', 'RSA']);
  });

  test('do not give a key of another type a kid that is taken: a kid names one key in every set of the project', async () => {
    const [taken] = await keysAt(setUrl());
    const { status, body } = await api('POST', `${base}/jwks/generate`, {
      name: 'pq-dup',
      type: 'AKP',
      kid: taken?.kid,
      akp: { algorithm: 'ML-DSA-44', keyIdType: 'NONE' },
    });
    expect([status, body.reason]).toEqual([400, 'KID_TAKEN']);
  });

  test('can be given when the project is created', async () => {
    await ok('POST', '/apiops/projects/', { name: 'Narrow', publishKeyTypes: ['EC'] });
    const { body } = await api('GET', '/apiops/projects/?search=Narrow');
    expect(body.resultList).toMatchObject([{ publishKeyTypes: ['EC'] }]);
  });

  test.each([
    [['OCT'], /^publishKeyTypes \(OCT\) is not valid! Valid values: RSA, EC, OKP/],
    [[], /^publishKeyTypes has no items!/],
  ])('%j are rejected', async (publishKeyTypes, text) => {
    for (const [method, path, name] of [
      ['PUT', '/apiops/projects/MyProject/', 'MyProject'],
      ['POST', '/apiops/projects/', 'Refused'],
    ] as const) {
      const { status, body } = await api(method, path, { name, publishKeyTypes });
      expect([status, body.reason, body.member]).toEqual([400, 'FIELD_NOT_VALID', 'publishKeyTypes']);
      expect(body.error_description).toMatch(text);
    }
    expect(await shown()).toEqual(['RSA', 'EC', 'OKP']);
  });
});

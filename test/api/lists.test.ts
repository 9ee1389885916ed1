import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { accepted, type ProjectApi, pemFile, projectApi, refusal } from './support/project-api.ts';
import { keystoreFixture, octKey, p256Public, pemFixture } from './support/sample-keys.ts';

let world: TestManager;
let project: ProjectApi;
const names = Array.from({ length: 25 }, (_, index) => `key-${String(index + 1).padStart(2, '0')}`);

beforeAll(async () => {
  world = await startTestManager({ environments: ['production'], projects: ['MyProject', 'Empty'] });
  project = projectApi(world.api);
  for (const name of names.toReversed()) accepted(await project.paste(name, p256Public));
  const jwkStr = JSON.stringify(octKey(32));
  const secret = {
    name: 'secret',
    description: 'Signs 100% of the Tokens_',
    sourceType: 'COPY_PASTE',
    jwkStr,
  };
  accepted(await project.create(secret));
  const pemEncodedFile = pemFile(pemFixture('ec.pem'));
  for (const name of ['c2', 'c1']) {
    const fields = { certificateName: name, alias: name, environmentList: 'production', pemEncodedFile };
    accepted(await project.certificate(fields));
  }
  const cryptoKeyInfoEnvironmentList = [{ environmentName: 'production', content: pemFixture('ec.key') }];
  for (const name of ['k2', 'k1']) {
    accepted(
      await project.call('POST', 'keys/', { name, keyType: 'PRIVATE_KEY', cryptoKeyInfoEnvironmentList }),
    );
  }
  const file = keystoreFixture('openssl3/key-alone.p12');
  const opened = { environmentName: 'production', file, password: 'changeit', keyStoreType: 'PKCS12' };
  for (const name of ['s2', 's1']) {
    accepted(await project.call('POST', 'keystores/', { name, keyStoreEnvironmentList: [opened] }));
  }
});
afterAll(() => world.close());

async function listed(query: string, kind = 'jwks') {
  const { status, body } = await project.call('GET', `${kind}/${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(Object.keys(body).sort()).toEqual(['resultCount', 'resultList', 'success']);
  const found: readonly { name: string }[] = body.resultList;
  return { names: found.map(({ name }) => name), count: body.resultCount };
}

describe('a list of JWKs', () => {
  const backwards = ['secret', ...names.toReversed()];
  test.each<[query: string, expected: readonly string[], count?: number]>([
    ['', [...names, 'secret']],
    ['?page=1&size=10', names.slice(0, 10)],
    ['?page=3&size=10', [...names.slice(20), 'secret']],
    ['?page=2', [...names.slice(20), 'secret']],
    ['?size=2', names.slice(0, 2)],
    ['?page=4&size=10', []],
    ['?page=1000000&size=100', []],
    ['?sort=name,asc', [...names, 'secret']],
    ['?sort=name,desc', backwards],
    ['?sort=name,desc&size=3', backwards.slice(0, 3)],
    ['?sort=type&size=1', names.slice(-1)],
    ['?sort=type,desc&size=1', ['secret']],
    ['?sort=createdAt,asc&size=1', names.slice(-1)],
    ['?sort=', [...names, 'secret']],
    ['?search=', [...names, 'secret']],
    ['?search=key-1', names.filter((name) => name.startsWith('key-1')), 10],
    ['?search=KEY-1&size=3&page=2', names.slice(12, 15), 10],
    ['?search=tokens', ['secret'], 1],
    ['?search=100%25', ['secret'], 1],
    ['?search=_', ['secret'], 1],
    ['?search=%25', ['secret'], 1],
    ['?search=%27%20or%201%3D1--', [], 0],
    ['?search=nothing', [], 0],
    ['?search=%C3%96', [], 0],
  ])('asked for with %j shows its part, and counts the whole', async (query, expected, count = 26) => {
    expect(await listed(query)).toEqual({ names: expected, count });
  });

  const page = 'It takes a whole number from 1 to 1000000';
  const size = 'It takes a whole number from 1 to 100';
  const fields = 'fields: name, type, kid, createdAt, updatedAt, expirationTime';
  const sort = `It takes a field and asc or desc, such as name,asc; ${fields}`;
  test.each([
    ['?page=0', `page (0) is not valid! ${page}`],
    ['?page=-1', `page (-1) is not valid! ${page}`],
    ['?page=1.5', `page (1.5) is not valid! ${page}`],
    ['?page=one', `page (one) is not valid! ${page}`],
    ['?page=', `page () is not valid! ${page}`],
    ['?page=1000001', `page (1000001) is not valid! ${page}`],
    ['?page=99999999999999999999', `page (99999999999999999999) is not valid! ${page}`],
    ['?size=0', `size (0) is not valid! ${size}`],
    ['?size=101', `size (101) is not valid! ${size}`],
    ['?size=1e1', `size (1e1) is not valid! ${size}`],
    ['?sort=name,up', `sort (name,up) is not valid! ${sort}`],
    ['?sort=name,asc,desc', `sort (name,asc,desc) is not valid! ${sort}`],
    ['?sort=private_members', `sort (private_members) is not valid! ${sort}`],
    ['?sort=NAME', `sort (NAME) is not valid! ${sort}`],
    ['?sort=constructor', `sort (constructor) is not valid! ${sort}`],
    ['?page=1&page=2', 'page must be a string!'],
    ['?search=a&search=b', 'search must be a string!'],
    [`?search=${'x'.repeat(257)}`, 'search must have at most 256 characters!'],
    ['?search=%00', 'search is not valid! It can not hold NUL'],
  ])('asked for with %j is refused', async (query, text) => {
    expect(refusal(await project.call('GET', `jwks/${query}`))).toBe(text);
  });

  test('requested with an unknown parameter is rejected', async () => {
    const text = refusal(await project.call('GET', 'jwks/?limit=5'));
    expect(text).toMatch(/^Unknown parameter: limit! Accepted parameters: page, size, sort, search/);
  });

  test('is empty where a project has none', async () => {
    const empty = projectApi(world.api, 'Empty');
    for (const kind of ['jwks', 'certificates', 'keys', 'keystores']) {
      expect((await empty.call('GET', `${kind}/`)).body).toEqual({
        success: true,
        resultList: [],
        resultCount: 0,
      });
    }
  });

  test('is the same without the trailing slash', async () => {
    expect((await project.call('GET', 'jwks')).body).toEqual((await project.call('GET', 'jwks/')).body);
  });
});

describe('a list of what JWKs are made from', () => {
  test.each([
    ['certificates', 'c'],
    ['keys', 'k'],
    ['keystores', 's'],
  ])('of %s is sorted, paged and searched like any other', async (kind, letter) => {
    expect(await listed('', kind)).toEqual({ names: [`${letter}1`, `${letter}2`], count: 2 });
    expect(await listed('?sort=name,desc&size=1', kind)).toEqual({ names: [`${letter}2`], count: 2 });
    expect(await listed('?sort=createdAt', kind)).toEqual({ names: [`${letter}2`, `${letter}1`], count: 2 });
    expect(await listed('?page=2&size=1', kind)).toEqual({ names: [`${letter}2`], count: 2 });
    expect(await listed(`?search=${letter}1`, kind)).toEqual({ names: [`${letter}1`], count: 1 });
    expect(refusal(await project.call('GET', `${kind}/?sort=type`))).toContain(
      'fields: name, createdAt, updatedAt',
    );
    expect(refusal(await project.call('GET', `${kind}/?page=0`))).toContain('page (0) is not valid!');
  });
});

describe('an object that does not exist', () => {
  const kinds = [
    ['jwks', 'JWK'],
    ['certificates', 'Certificate'],
    ['keys', 'Key'],
    ['keystores', 'Keystore'],
  ] as const;
  test.each(kinds)('in %s is not found, in any spelling', async (kind, label) => {
    const spellings = [
      'nothing',
      'KEY-01',
      '%2e%2e%2fx',
      'a%2Fb',
      '%25',
      '%20',
      '%F0%9F%98%80',
      'x'.repeat(2000),
      '1%3D1',
    ];
    for (const spelling of spellings) {
      const name = decodeURIComponent(spelling);
      const shown = name.length > 128 ? `${name.slice(0, 128)}…` : name;
      expect(refusal(await project.call('GET', `${kind}/${spelling}/`))).toBe(
        `${label} (name: ${shown}) is not found!`,
      );
    }
    expect(refusal(await project.call('GET', `${kind}/a%00b/`))).toBe(
      `${label} (name: a\u{fffd}b) is not found!`,
    );
    expect((await project.call('GET', `${kind}/%ff/`)).status).toBe(404);
    expect((await project.call('GET', `${kind}/a/b/`)).status).toBe(404);
  });

  test('is not what publicOnly is asked for', async () => {
    const text = 'publicOnly (yes) is not valid! Valid values: true, false';
    expect(refusal(await project.call('GET', 'jwks/key-01/?publicOnly=yes'))).toBe(text);
    accepted(await project.call('GET', 'jwks/key-01/?publicOnly=false'));
    expect((await project.call('GET', 'jwks/key-01')).body.resultCount).toBe(1);
  });
});

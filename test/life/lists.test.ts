import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, type ProjectApi, projectApi, refusal } from '../api/support/project-api.ts';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let project: ProjectApi;
let member: Api;
const people = ['admin', 'ayşe', 'Bob', 'carol', 'dave'];
const places = ['alpha', 'beta', 'gamma'];
beforeAll(async () => {
  world = await startTestManager({ environments: places, projects: ['MyProject', 'Other', 'third'] });
  project = projectApi(world.api);
  for (const username of people.slice(1, -1).toReversed()) {
    accepted(await world.api('POST', '/apiops/users/', { username, password: `password of ${username}` }));
  }
  member = await world.as('dave', { project: 'Other', roles: ['ROLE_API_SECURITY'] });
  accepted(
    await world.api('PUT', '/apiops/environments/beta/', { description: 'The SECOND one', type: 'SANDBOX' }),
  );
  for (const [name, expiresAt] of [
    ['t2', '2099-01-01T00:00:00Z'],
    ['t1', undefined],
    ['t3', '2098-01-01T00:00:00Z'],
  ]) {
    accepted(await world.api('POST', '/apiops/tokens/', { name, expiresAt }));
  }
  for (const name of ['n3', 'n1', 'n2']) await world.addNode('alpha', name);
});
afterAll(() => world.close());

const byCode = ['Bob', 'admin', 'ayşe', 'carol', 'dave'];
const lists: readonly (readonly [
  path: string,
  key: string,
  query: string,
  expected: readonly string[],
  count: number,
])[] = [
  ['users', 'username', '', byCode, 5],
  ['users', 'username', '?page=1&size=2', byCode.slice(0, 2), 5],
  ['users', 'username', '?page=3&size=2', ['dave'], 5],
  ['users', 'username', '?page=4&size=2', [], 5],
  ['users', 'username', '?sort=username,desc&size=1', ['dave'], 5],
  ['users', 'username', '?sort=admin,desc&size=1', ['admin'], 5],
  ['users', 'username', '?sort=createdAt&size=3', ['admin', 'carol', 'Bob'], 5],
  ['users', 'username', '?search=B', ['Bob'], 1],
  ['users', 'username', '?search=A&size=2', ['admin', 'ayşe'], 4],
  ['users', 'username', '?search=%C5%9F', ['ayşe'], 1],
  ['users', 'username', '?search=%25', [], 0],
  ['tokens', 'name', '', ['t1', 't2', 't3'], 3],
  ['tokens', 'name', '?sort=expiresAt', ['t1', 't3', 't2'], 3],
  ['tokens', 'name', '?sort=createdAt,desc&size=1', ['t3'], 3],
  ['tokens', 'name', '?search=T2', ['t2'], 1],
  ['environments', 'name', '', places, 3],
  ['environments', 'name', '?page=2&size=2', ['gamma'], 3],
  ['environments', 'name', '?sort=name,desc', places.toReversed(), 3],
  ['environments', 'name', '?sort=type&size=1', ['beta'], 3],
  ['environments', 'name', '?search=second', ['beta'], 1],
  ['environments/alpha/nodes', 'name', '', ['n1', 'n2', 'n3'], 3],
  ['environments/alpha/nodes', 'name', '?sort=name,desc&size=2', ['n3', 'n2'], 3],
  ['environments/alpha/nodes', 'name', '?search=N2', ['n2'], 1],
  ['environments/beta/nodes', 'name', '?page=1', [], 0],
  ['projects', 'name', '', ['MyProject', 'Other', 'third'], 3],
  ['projects', 'name', '?size=1&page=2', ['Other'], 3],
  ['projects', 'name', '?search=my', ['MyProject'], 1],
  ['projects/MyProject/environments', 'name', '?sort=name,desc&size=1', ['gamma'], 3],
];

describe('a list of what an administrator keeps', () => {
  test.each(lists)(
    '%s by %s asked for with %j shows its part and counts the whole',
    async (path, key, query, expected, count) => {
      const { status, body } = await world.api('GET', `/apiops/${path}/${query}`);
      expect(status, JSON.stringify(body)).toBe(200);
      expect(body.resultList.map((item: Record<string, string>) => item[key])).toEqual(expected);
      expect(body.resultCount).toBe(count);
    },
  );

  test.each([
    ['users', 'passwordHash', 'username, admin, createdAt, updatedAt'],
    ['tokens', 'hash', 'name, createdAt, expiresAt, lastUsedAt'],
    ['environments', 'projects', 'name, type, createdAt, updatedAt'],
    ['environments/alpha/nodes', 'version', 'name, connected, appliedRevision, lastSeenAt'],
    ['projects', 'id', 'name, createdAt, updatedAt'],
    ['projects/MyProject/environments', 'id', 'name, type, createdAt, updatedAt'],
  ])('%s refuses what is out of range, and sorts by no field but its own', async (path, field, fields) => {
    const get = async (query: string) => refusal(await world.api('GET', `/apiops/${path}/${query}`));
    expect(await get('?page=0')).toBe('page (0) is not valid! It takes a whole number from 1 to 1000000');
    expect(await get('?size=101')).toBe('size (101) is not valid! It takes a whole number from 1 to 100');
    const sort = `It takes a field and asc or desc, such as name,asc; fields: ${fields}`;
    expect(await get(`?sort=${field}`)).toBe(`sort (${field}) is not valid! ${sort}`);
    expect(await get('?sort=constructor')).toBe(`sort (constructor) is not valid! ${sort}`);
    expect(await get('?limit=1')).toBe(
      'Unknown parameter: limit! Accepted parameters: page, size, sort, search',
    );
    expect(await get('?search=%00')).toBe('search is not valid! It can not hold NUL');
  });

  test('counts for a member only the projects that the member sees', async () => {
    const { body } = await member('GET', '/apiops/projects/?size=1');
    expect(body).toMatchObject({ resultCount: 1, resultList: [{ name: 'Other' }] });
  });
});

describe('JWKs that are about to expire', () => {
  beforeAll(async () => {
    const day = 86_400_000;
    for (const [name, days] of [
      ['tomorrow', 1],
      ['in-a-month', 29],
      ['in-a-year', 365],
    ] as const) {
      const expirationTime = new Date(Date.now() + days * day).toISOString();
      const oct = { keySize: 256, expirationTime };
      accepted(await project.call('POST', 'jwks/generate', { name, type: 'OCT', oct }));
    }
    const past = {
      keySize: 256,
      notBeforeTime: '2020-01-01T00:00:00Z',
      expirationTime: '2021-01-01T00:00:00Z',
    };
    accepted(await project.call('POST', 'jwks/generate', { name: 'past', type: 'OCT', oct: past }));
    accepted(await project.paste('never', { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url') }));
  });

  test.each([
    ['P30D', ['tomorrow', 'in-a-month'], 2],
    ['P30D&size=1&page=2', ['in-a-month'], 2],
    ['P30D&search=to', ['tomorrow'], 1],
    ['P5W&sort=name', ['in-a-month', 'tomorrow'], 2],
    ['PT25H', ['tomorrow'], 1],
    ['PT24H0M1S', ['tomorrow'], 1],
    ['P366D', ['tomorrow', 'in-a-month', 'in-a-year'], 3],
    ['PT0S', [], 0],
  ])('are listed within %s', async (duration, names, count) => {
    const sort = duration.includes('sort') ? '' : '&sort=expirationTime';
    const { body } = await project.call('GET', `jwks/?expiringWithin=${duration}${sort}`);
    expect(body.resultList.map(({ name }: { name: string }) => name)).toEqual(names);
    expect(body.resultCount).toBe(count);
  });

  test.each([
    '30',
    'P',
    'PT',
    '30D',
    'P1M',
    'P1Y',
    '-P1D',
    'P1.5D',
    'p1d',
    'P36526D',
    'P999999999W',
    'P1D%00',
  ])('are not listed within %j', async (duration) => {
    const text = refusal(await project.call('GET', `jwks/?expiringWithin=${duration}`));
    expect(text).toMatch(
      /^expiringWithin \(.*\) is not valid! It takes an ISO 8601 duration of up to 100 years, such as P30D$/,
    );
  });
});
